"""Events of a store as tables for the terminal; names are shown as text, and columns are left out on narrow
terminals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from debrissim.cli.layout import Column, FittedTable, Sentence
from debrissim.core.numbers import fixed, moment, plus_minus, probability, short_odds
from debrissim.core.text import printable
from debrissim.core.time import Time
from debrissim.report.sentences import DILUTED
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

_STYLES = {"red": "red", "yellow": "yellow"}
_EVENT_COLUMNS = (
    Column("event", right=True), Column("TCA (UTC)"), Column("time", right=True, rank=4),
    Column("object", names=14), Column("with", names=14), Column("miss km", right=True, rank=3),
    Column("collision", right=True), Column("Pc", right=True, rank=2),
    Column("range of Pc", right=True, rank=6), Column("max Pc", right=True, rank=5),
    Column("level", rank=1), Column("reports", right=True, rank=7),
)  # fmt: skip
_UPDATE_COLUMNS = (
    Column("made (UTC)"), Column("left", right=True, rank=3), Column("source", names=12, rank=4),
    Column("TCA moved s", right=True, rank=2), Column("miss km", right=True), Column("collision", right=True),
    Column("Pc", right=True, rank=1), Column("range of Pc", right=True, rank=6), Column("max Pc", right=True, rank=7),
    Column("ages d", right=True, rank=8), Column("level", rank=5),
)  # fmt: skip


def event_rows(
    overview: Overview,
    events: Sequence[Event],
    now: Time,
    yellow: float,
    red: float,
    *,
    limit: int,
) -> Iterator[RenderableType]:
    """The answer, its range, the most probable events, and how they were found."""
    yield _line(overview.answer, f"bold {_STYLES.get(overview.level, '')}".strip())
    if overview.range:
        yield _line(overview.range)
    ranked = most_probable_first(events)
    if ranked:
        yield _table(_EVENT_COLUMNS, [_event_cells(event, now, yellow, red) for event in ranked[:limit]])
    if any(event.latest.dilution for event in ranked[:limit]):
        yield _line(DILUTED, "dim")
    if len(ranked) > limit:
        yield _line(f"and {len(ranked) - limit} more: --limit {len(ranked)} shows all", "dim")
    yield _line(overview.method, "dim")


def history_rows(
    event: Event, updates: Sequence[EventUpdate], now: Time, yellow: float, red: float
) -> Iterator[RenderableType]:
    """One event: the answer, its range, its reports from the oldest to the newest, and the origin of the latest."""
    level = level_name(event.latest.probability, yellow, red)
    yield _line(event_answer(event, now, yellow, red), f"bold {_STYLES.get(level, '')}".strip())
    if found := update_range(event.latest):
        yield _line(found)
    keys = f"{event.latest.primary.numbered} with {event.latest.secondary.numbered}"
    yield _line(f"event {event.number}: {keys}, TCA {moment(str(event.latest.tca))} UTC")
    yield _table(
        _UPDATE_COLUMNS, [_update_cells(update, event.latest.tca, yellow, red) for update in updates]
    )
    if any(update.dilution for update in updates):
        yield _line(DILUTED, "dim")
    yield _line(event_method(event), "dim")


def _event_cells(event: Event, now: Time, yellow: float, red: float) -> list[str]:
    latest = event.latest
    return [
        str(event.number),
        moment(str(latest.tca))[:16],
        when(latest.tca, now),
        latest.primary.numbered,
        latest.secondary.numbered,
        plus_minus(latest.miss_distance_km, miss_sigma_km(latest)),
        short_odds(latest.probability),
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
        short_odds(update.probability),
        probability(update.probability) + ("*" if update.dilution else ""),
        range_text(update),
        probability(update.maximum_probability),
        "/".join(fixed(age, 1) for age in ages),
        level_name(update.probability, yellow, red),
    ]


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> FittedTable:
    """The rows, red and yellow ones in that colour."""
    return FittedTable(
        columns, rows, [next((_STYLES[cell] for cell in row if cell in _STYLES), "") for row in rows]
    )


def _line(text: str, style: str = "") -> Sentence:
    return Sentence(printable(text), style, break_long_words=True)
