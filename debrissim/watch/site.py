"""The page of a store's events: as one file, or as a static site of a page and its data that needs no server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.files import replace_text, unwritable
from debrissim.core.numbers import level_of, one_in, plus_minus, probability
from debrissim.core.text import printable
from debrissim.core.time import Time
from debrissim.report.html.data import SpacePaths
from debrissim.report.html.events_page import (
    CraftVerdict,
    EventRow,
    EventsPage,
    events_html,
    events_json,
    json_file,
)
from debrissim.report.html.libraries import missing_libraries
from debrissim.watch.answers import level_name, most_probable_first, overview, range_text, when
from debrissim.watch.event import Event, EventUpdate, State, TrackedObject
from debrissim.watch.history import source_words, thresholds
from debrissim.watch.queries import StoreReader
from debrissim.watch.sigmas import miss_sigma_km

MAX_EVENTS = 300
"""Events in the page, the most probable if there are more."""
PAST_DAYS = 3.0
"""For so long after its TCA an event stays in the page."""
INDEX, DATA = "index.html", "events.json"
_MARK = '<meta name="generator" content="debrissim'
_UNKNOWN: State = (float("nan"),) * 6


def write_site(
    store: StoreReader,
    folder: str | PathLike[str],
    *,
    now: Time | None = None,
    stale_after_h: float | None = None,
) -> Path:
    """Write index.html and events.json into a folder, which any web server or `file://` shows as they are.

    Parameters
    ----------
    store : Store
        The store, open.
    folder : path
        Made if it does not exist; other files in it stay.
    now : Time, optional
        The moment from which events are ahead; by default the clock's.
    stale_after_h : float, h, optional
        The page warns its readers when it is older, so that they can distinguish silence from a watch that has stopped.

    Returns
    -------
    Path
        That of index.html.

    Raises
    ------
    InputError
        If the folder has an index.html that this program did not write, or Jinja2 is missing.
    RunError
        If writing fails.
    """
    place = Path(folder)
    _require_libraries()
    index = place / INDEX
    _require_own(index)
    page = events_page(store, now=now, stale_after_h=stale_after_h)
    # Both before either is written.
    data, text = json_file(events_json(page)), events_html(page, data_file=DATA)
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(place, error) from error
    replace_text(place / DATA, data)
    replace_text(index, text)
    return index


def write_page(
    store: StoreReader, path: str | PathLike[str], *, now: Time | None = None, every: bool = False
) -> Path:
    """Write the page as one file with its data in it; its path. every: also the events whose TCA is long past.

    Raises InputError if Jinja2 is missing, RunError if writing fails.
    """
    _require_libraries()
    place = Path(path)
    replace_text(place, events_html(events_page(store, now=now, every=every)))
    return place


def _require_libraries() -> None:
    if missing := missing_libraries():
        raise InputError(missing.replace("report.html is left out: it needs", "the page of events needs"))


def _require_own(index: Path) -> None:
    """Raise InputError if there is a page that this program did not write."""
    try:
        with index.open(encoding="utf-8", errors="replace") as file:
            begin = file.read(4096)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unwritable(index, error) from error
    if _MARK not in begin:
        raise InputError(f"{index}: was not written by this program; give another folder, or remove it")


def events_page(
    store: StoreReader,
    *,
    now: Time | None = None,
    stale_after_h: float | None = None,
    every: bool = False,
) -> EventsPage:
    """The content of the page: the events ahead and those just over, or every event of the store."""
    from importlib.metadata import version

    now = now or Time.from_datetime(datetime.now(UTC))
    yellow, red = thresholds(store)
    found = store.events(after=None if every else now + -PAST_DAYS * SECONDS_PER_DAY)
    ahead = [event for event in found if event.latest.tca >= now]
    kept = {event.number for event in most_probable_first(ahead)[:MAX_EVENTS]}
    kept |= {event.number for event in most_probable_first(found)[: MAX_EVENTS - len(kept)]}
    shown = [event for event in found if event.number in kept]
    craft = _spacecraft(store, ahead)
    places = {one.key: k for k, one in enumerate(craft)}
    words = overview(store, found if every and not ahead else ahead, now, yellow, red, relative=False)
    runs = store.runs(limit=1)
    newest = max([run.made for run in runs] + [event.latest.reported for event in found], default=None)
    return EventsPage(
        title=printable(runs[0].title) if runs else "Events of messages",
        answer=words.answer,
        range=words.range,
        method=words.method,
        level=words.level,
        written_utc=str(now),
        data_utc="" if newest is None else str(newest),
        stale_after_h=stale_after_h,
        yellow=yellow,
        red=red,
        spacecraft=tuple(_verdict(one, ahead, yellow, red) for one in craft),
        rows=tuple(_row(event, places, now, yellow, red) for event in shown),
        hidden=len(found) - len(shown),
        histories=tuple(_columns(store.history(event), event.latest.tca) for event in shown),
        paths=_paths([event.latest for event in shown]),
        version=version("debrissim"),
    )


def _spacecraft(store: StoreReader, events: Sequence[Event]) -> list[TrackedObject]:
    """The spacecraft of the newest run of each scenario, and the first objects of messages, the most probable first.

    events: those ahead; an object that is only in messages is listed if it has one of them.
    """
    found: dict[str, TrackedObject] = {}
    scenarios: set[str] = set()
    for run in store.runs():
        if run.scenario_sha256 not in scenarios:
            scenarios.add(run.scenario_sha256)
            found |= {one.key: one for one in run.spacecraft if one.key not in found}
    for event in events:
        if event.latest.origin:
            found.setdefault(event.latest.primary.key, event.latest.primary)
    place: dict[str, int] = {}
    for k, event in enumerate(most_probable_first(events)):
        for one in (event.first, event.second):
            place.setdefault(one.key, k)
    return sorted(found.values(), key=lambda one: (place.get(one.key, len(events)), one.label, one.key))


def _verdict(craft: TrackedObject, ahead: Sequence[Event], yellow: float, red: float) -> CraftVerdict:
    key = printable(craft.key)
    own = [event for event in ahead if craft.key in (event.first.key, event.second.key)]
    levels = [level_name(event.latest.probability, yellow, red) for event in own]
    reds, yellows, greens, unknown = (levels.count(level) for level in ("red", "yellow", "green", "no Pc"))
    if not own:
        return CraftVerdict(key, craft.label, "", "no event ahead", 0, 0, 0, 0, "", "")
    worst = most_probable_first(own)[0].latest
    odds = "Pc not known" if worst.probability is None else one_in(worst.probability)
    return CraftVerdict(
        key,
        craft.label,
        level_name(worst.probability, yellow, red),
        f"{odds} with {_other(worst, craft).label}, {when(worst.tca, None)}",
        reds,
        yellows,
        greens,
        unknown,
        str(own[0].latest.tca),
        _other(own[0].latest, craft).label,
    )


def _other(update: EventUpdate, craft: TrackedObject) -> TrackedObject:
    return update.secondary if update.primary.key == craft.key else update.primary


def _row(event: Event, places: dict[str, int], now: Time, yellow: float, red: float) -> EventRow:
    latest = event.latest
    level = "" if latest.probability is None else level_of(latest.probability, yellow, red) or "green"
    return EventRow(
        number=event.number,
        tca_utc=str(latest.tca),
        ahead=latest.tca >= now,
        primary=latest.primary.label,
        primary_key=printable(latest.primary.key),
        secondary=latest.secondary.label,
        secondary_key=printable(latest.secondary.key),
        craft=places.get(latest.primary.key, places.get(latest.secondary.key, -1)),
        level=level,
        miss=plus_minus(latest.miss_distance_km, miss_sigma_km(latest), "km"),
        odds=one_in(latest.probability),
        probability=probability(latest.probability),
        range=range_text(latest),
        maximum=probability(latest.maximum_probability),
        reports=event.update_count,
        speed_km_s=latest.relative_speed_km_s,
        diluted=bool(latest.dilution),
    )


def _columns(updates: Sequence[EventUpdate], tca: Time) -> dict[str, list[Any]]:
    """The reports of one event by column, the oldest first."""
    numbers = (
        "miss_distance_km",
        "probability",
        "probability_low",
        "probability_high",
        "maximum_probability",
    )
    sigmas = [miss_sigma_km(update) for update in updates]
    columns: dict[str, list[Any]] = {
        "reported_utc": [str(update.reported) for update in updates],
        "source": [source_words(update.source) for update in updates],
        "tca_utc": [str(update.tca) for update in updates],
        "days_to_tca": [round((tca - update.reported) / SECONDS_PER_DAY, 5) for update in updates],
        "tca_shift_s": [round(update.tca - tca, 3) + 0.0 for update in updates],
        "miss_sigma_km": [_short(sigma) for sigma in sigmas],
        "diluted": [bool(update.dilution) for update in updates],
        "miss": [
            plus_minus(update.miss_distance_km, sigma, "km")
            for update, sigma in zip(updates, sigmas, strict=True)
        ],
        "pc": [probability(update.probability) for update in updates],
        "range": list(map(range_text, updates)),
    }
    return columns | {name: [_short(getattr(update, name)) for update in updates] for name in numbers}


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.7g}")


def _paths(updates: Sequence[EventUpdate]) -> SpacePaths:
    """The paths of both objects of each update, NaN where it has no states."""
    from debrissim.report.curves import paths_in_space

    primary, secondary = (
        np.array([getattr(update, role) or _UNKNOWN for update in updates], dtype=np.float64).reshape(-1, 6)
        for role in ("primary_state", "secondary_state")
    )
    jd, fraction = (
        np.array([getattr(update.tca, part) for update in updates]) for part in ("jd", "fraction")
    )
    return paths_in_space(primary, secondary, jd, fraction)
