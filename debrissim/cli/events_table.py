"""Events of a store as tables for the terminal; names are shown as text, and columns go as the terminal narrows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from debrissim.core.numbers import fixed, moment, plus_minus, probability
from debrissim.core.text import printable
from debrissim.core.time import Time
from debrissim.report.lines import wrap
from debrissim.watch.answers import (
    Overview,
    event_answer,
    event_method,
    level_name,
    most_probable_first,
    range_text,
    update_range,
    when,
)
from debrissim.watch.event import Event, EventUpdate
from debrissim.watch.history import source_words
from debrissim.watch.sigmas import miss_sigma_km

_MAX_WIDTH = 140
_STYLES = {"red": "red", "yellow": "yellow"}
# Columns in the order in which they are shown, each with its priority: those of the highest number go first.
_EVENT_COLUMNS = (
    ("event", True, 0), ("TCA (UTC)", False, 0), ("time", True, 4), ("objects", False, 0), ("miss km", True, 2),
    ("Pc", True, 0), ("range of Pc", True, 5), ("max Pc", True, 3), ("level", False, 1), ("reports", True, 6),
)  # fmt: skip
_UPDATE_COLUMNS = (
    ("made (UTC)", False, 0), ("left", True, 2), ("source", False, 3), ("TCA moved s", True, 1), ("miss km", True, 0),
    ("Pc", True, 0), ("range of Pc", True, 4), ("max Pc", True, 5), ("ages d", True, 6), ("level", False, 1),
)  # fmt: skip
_MIN_NAMES, _MAX_NAMES = 22, 44


def event_rows(
    overview: Overview,
    events: Sequence[Event],
    now: Time,
    yellow: float,
    red: float,
    *,
    limit: int,
    width: int,
) -> Iterator[RenderableType]:
    """The answer, its range, the most probable events, and how they were found."""
    yield _line(overview.answer, width, f"bold {_STYLES.get(overview.level, '')}".strip())
    if overview.range:
        yield _line(overview.range, width)
    ranked = most_probable_first(events)
    if ranked:
        rows = [_event_cells(event, now, yellow, red) for event in ranked[:limit]]
        yield _fitted(_EVENT_COLUMNS, rows, width, names="objects")
    if len(ranked) > limit:
        yield _line(f"and {len(ranked) - limit} more: --limit {len(ranked)} shows all", width, "dim")
    yield _line(overview.method, width, "dim")


def history_rows(
    event: Event, updates: Sequence[EventUpdate], now: Time, yellow: float, red: float, *, width: int
) -> Iterator[RenderableType]:
    """One event: the answer, its range, its reports from the oldest to the newest, and where the latest comes from."""
    level = level_name(event.latest.probability, yellow, red)
    yield _line(event_answer(event, now, yellow, red), width, f"bold {_STYLES.get(level, '')}".strip())
    if found := update_range(event.latest):
        yield _line(found, width)
    keys = f"{event.latest.primary.key} with {event.latest.secondary.key}"
    yield _line(f"event {event.number}: {keys}, TCA {event.latest.tca} UTC".replace("Z UTC", " UTC"), width)
    rows = [_update_cells(update, event.latest.tca, yellow, red) for update in updates]
    yield _fitted(_UPDATE_COLUMNS, rows, width, names="source")
    yield _line(event_method(event), width, "dim")


def _event_cells(event: Event, now: Time, yellow: float, red: float) -> list[str]:
    latest = event.latest
    return [
        str(event.number),
        moment(str(latest.tca))[:16],
        when(latest.tca, now),
        f"{latest.primary.label} - {latest.secondary.label}",
        plus_minus(latest.miss_distance_km, miss_sigma_km(latest)),
        probability(latest.probability) + ("*" if latest.dilution else ""),
        range_text(latest),
        probability(latest.maximum_probability),
        level_name(latest.probability, yellow, red),
        str(event.update_count),
    ]


def _update_cells(update: EventUpdate, tca: Time, yellow: float, red: float) -> list[str]:
    ages = (update.primary_age_days, update.secondary_age_days)
    return [
        moment(str(update.reported))[:16],
        f"{fixed((tca - update.reported) / 86400.0, 2)} d",
        source_words(update.source),
        f"{update.tca - tca:+.2f}",
        plus_minus(update.miss_distance_km, miss_sigma_km(update)),
        probability(update.probability) + ("*" if update.dilution else ""),
        range_text(update),
        probability(update.maximum_probability),
        "/".join(fixed(age, 1) for age in ages),
        level_name(update.probability, yellow, red),
    ]


def _fitted(
    columns: Sequence[tuple[str, bool, int]], rows: Sequence[Sequence[str]], width: int, *, names: str
) -> Table:
    """The rows in as many columns as the width holds; the column of names is cut first, then others are left out."""
    cells = [[printable(cell) for cell in row] for row in rows]
    place = [name for name, _, _ in columns].index(names)
    needed = [
        max(len(name), *(len(row[k]) for row in cells)) if k != place else 0
        for k, (name, _, _) in enumerate(columns)
    ]
    longest = max(len(names), *(len(row[place]) for row in cells))
    shown = set(range(len(columns)))

    def room() -> int:
        return width - sum(needed[k] + 2 for k in shown)

    for k in sorted(shown, key=lambda k: -columns[k][2]):
        if room() >= min(longest, _MIN_NAMES) or columns[k][2] == 0:
            break
        shown.discard(k)
    size = max(min(longest, room(), _MAX_NAMES), 4)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for k in sorted(shown):
        name, right, _ = columns[k]
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in cells:
        kept = [_cut(row[k], size) if k == place else row[k] for k in sorted(shown)]
        table.add_row(*kept, style=next((_STYLES[level] for level in row if level in _STYLES), ""))
    return table


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: max(size - 3, 1)].rstrip() + "..."


def _line(text: str, width: int, style: str = "") -> Text:
    return Text(
        "\n".join(wrap(printable(text), max(min(width, _MAX_WIDTH), 20), break_long_words=True)), style
    )
