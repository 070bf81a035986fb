"""Messages about differences: a title, a sentence, and the same as data.

Names come from catalogues. In a message they are text: without line breaks, control characters and the signs by which
services mark up text or call people; the data have them as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.json import parse_json
from debrissim.core.numbers import count, moment, one_in, plus_minus, probability, rounded
from debrissim.core.text import printable
from debrissim.core.time import Time
from debrissim.watch.answers import most_probable_first
from debrissim.watch.differences import LEVELS, Difference, Kind
from debrissim.watch.event import Event, EventUpdate, TrackedObject
from debrissim.watch.sigmas import tca_sigma_s

# Markup and mentions of the services that people send to: HTML, Markdown, Slack, Discord, Telegram.
_SIGNS = str.maketrans(dict.fromkeys("<>`*~|\\@#$[]{}", " ") | {"_": "-"})
_MAX_NAME, _MAX_TITLE = 40, 120


@dataclass(frozen=True)
class Message:
    """A message to send. key: its identity; level: "red", "yellow" or ""; data: its content for programs."""

    key: str
    level: str
    title: str
    body: str
    data: dict[str, Any]

    @property
    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """From JSON. Raises InputError for other text."""
        content = parse_json(text, "message")
        names = ("key", "level", "title", "body")
        if (
            not isinstance(content, dict)
            or not all(isinstance(content.get(name), str) for name in names)
            or not isinstance(content.get("data"), dict)
        ):
            raise InputError("message: expected key, level, title, body and data")
        return cls(content["key"], content["level"], content["title"], content["body"], content["data"])


def plain(name: str) -> str:
    """A name from a catalogue as text of a message."""
    shown = " ".join(printable(name).translate(_SIGNS).split())
    return shown if len(shown) <= _MAX_NAME else shown[: _MAX_NAME - 3] + "..."


def label(tracked: TrackedObject) -> str:
    """Name and catalogue number: "ISS (ZARYA), 25544"."""
    key = plain(tracked.key)
    return f"{plain(tracked.name)}, {key}" if plain(tracked.name) and tracked.name != tracked.key else key


def sentence(difference: Difference, now: Time) -> str:
    """A difference in one sentence, its subject first."""
    if difference.event is None:
        assert difference.subject is not None
        if difference.kind is Kind.NOT_FOLLOWED:
            reason = plain_line(difference.detail)
            return f"{_subject(difference)}: its close approaches are not watched any longer: {reason}"
        return (
            f"{_subject(difference)}: its element set jumped, it has probably manoeuvred: {difference.detail}"
        )
    latest = difference.update or difference.event.latest
    pair = f"{label(latest.primary)} and {label(latest.secondary)}"
    before, at = difference.previous, f"TCA {moment(latest.tca.iso)} UTC, {_ahead(latest.tca, now)}"
    if difference.kind is Kind.GONE:
        return f"{pair}: examined again, no longer within the volumes; before, {_risk(latest)}, {at}"
    if difference.kind is Kind.NOT_EXAMINED:
        return f"{pair}: could not be examined again ({difference.detail}); before, {_risk(latest)}, {at}"
    words = {
        Kind.NEW: "new",
        Kind.AGAIN: "found again",
        Kind.RISEN: f"risen to {difference.level}",
        Kind.FALLEN: "fallen",
        Kind.TCA_MOVED: "TCA has moved",
    }[difference.kind]
    was = "" if before is None else f" (was {one_in(before.probability)})"
    moved = "" if difference.shift_s is None else f"; TCA moved by {difference.shift_s:+.1f} s"
    return f"{pair}: {words}, {_risk(latest, was)}, {at}{moved}"


def message(difference: Difference, now: Time) -> Message:
    """The message about a difference."""
    body = sentence(difference, now)
    subject = _subject(difference)
    level = f"{difference.level.upper()} " if difference.level else ""
    return Message(
        key=difference.key,
        level=difference.level,
        title=f"debrissim: {level}{difference.kind.value}: {subject}"[:_MAX_TITLE],
        body=body + ".",
        data={"sentence": body, **_data(difference)},
    )


def summed(differences: Sequence[Difference], key: str) -> Message:
    """One message about several differences, the highest levels first in its sentence."""
    kinds = {kind: [d for d in differences if d.kind is kind] for kind in Kind}
    parts = [f"{len(some)} {kind.value}" for kind, some in kinds.items() if some]
    level = max((d.level for d in differences), key=LEVELS.index)
    body = f"{count(len(differences), 'further change')}: {', '.join(parts)}; debrissim events lists them."
    return Message(
        key, level, f"debrissim: {count(len(differences), 'further change')}", body,
        {"kind": "summary", "changes": [_data(d) for d in differences]},
    )  # fmt: skip


def alive(events: Sequence[Event], horizon_days: float, catalogue: str, hours: float, now: Time) -> Message:
    """The message that the watch is alive, with the date by which the next one is due."""
    due = moment((now + 3600.0 * hours).iso)
    known = [event for event in events if event.latest.probability is not None]
    best = most_probable_first(known)[0].latest if known else None
    ahead = f"{count(len(events), 'close approach', 'close approaches')} in the next {horizon_days:.3g} days"
    risk = (
        ""
        if best is None
        else f", the most probable: {label(best.primary)} and {label(best.secondary)}, {_risk(best)}, "
        f"TCA {moment(best.tca.iso)} UTC"
    )
    body = (
        f"The watch is alive: {ahead}{risk}. {catalogue} The next message like this is due by {due} UTC; "
        "if none has come by then, the watch has failed."
    )
    data = {
        "kind": "alive", "events": len(events), "due_utc": (now + 3600.0 * hours).iso,
        "highest_probability": None if best is None else best.probability,
    }  # fmt: skip
    return Message(f"alive:{now.iso}", "", "debrissim: the watch is alive", body, data)


def failed(reason: str, now: Time) -> Message:
    """The message that a cycle failed."""
    body = (
        f"A cycle of the watch failed at {moment(now.iso)} UTC; the events on record may be out of date. Reason: "
        f"{plain_line(reason)}."
    )
    return Message(
        f"failed:{now.iso}", "", "debrissim: a cycle of the watch failed", body,
        {"kind": "failed", "reason": plain_line(reason)},
    )  # fmt: skip


def plain_line(text: str) -> str:
    """A sentence that may quote other text, on one line, at most 500 characters."""
    return " ".join(printable(text).translate(_SIGNS).split())[:500].rstrip(".")


def _subject(difference: Difference) -> str:
    if difference.event is None:
        name, key = difference.subject or ("", "")
        return label(TrackedObject(key, name))
    latest = difference.update or difference.event.latest
    return f"{plain(latest.primary.label)} and {plain(latest.secondary.label)}"


def _risk(update: EventUpdate, was: str = "") -> str:
    miss = plus_minus(update.miss_distance_km, None, "km")
    return f"collision probability {one_in(update.probability)}{was}, miss {miss}"


def _ahead(tca: Time, now: Time) -> str:
    days = (tca - now) / SECONDS_PER_DAY
    if days < 0.0:
        return "past"
    return f"in {rounded(days)} days" if days >= 2.0 else f"in {rounded(24.0 * days)} h"


def _data(difference: Difference) -> dict[str, Any]:
    """A difference as JSON: numbers as they are, None where one is not known."""
    content: dict[str, Any] = {
        "kind": difference.kind.value,
        "level": difference.level,
        "event": None if difference.event is None else difference.event.number,
        "tca_shift_s": difference.shift_s,
        "detail": difference.detail,
    }
    if difference.event is None:
        name, key = difference.subject or ("", "")
        return content | {"object": {"key": key, "name": name}}
    return content | {"now": _update(difference.update), "before": _update(difference.previous)}


def _update(update: EventUpdate | None) -> dict[str, Any] | None:
    if update is None:
        return None
    return {
        "primary": asdict(update.primary),
        "secondary": asdict(update.secondary),
        "tca_utc": update.tca.iso,
        "tca_sigma_s": tca_sigma_s(update),
        "miss_distance_km": update.miss_distance_km,
        "relative_speed_km_s": update.relative_speed_km_s,
        "collision_probability": update.probability,
        "collision_probability_text": probability(update.probability),
        "maximum_probability": update.maximum_probability,
    }
