"""Events of messages as lines for the terminal, the answer first. Text of messages is shown as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from debrissim.cdm.answer import level
from debrissim.cdm.facts import encounter_facts
from debrissim.cdm.history import EventAssessment, HistoryEntry, revision_text
from debrissim.cdm.reports import ReportFiles
from debrissim.cdm.revision import INCONSISTENT, STRAINED
from debrissim.cdm.series_answer import (
    event_headline,
    event_summary,
    events_ahead,
    events_headline,
    events_summary,
    faults_summary,
)
from debrissim.cli.cdm_table import grid, line
from debrissim.cli.layout import Column, FittedTable
from debrissim.core.numbers import NOTHING, duration, length, moment, probability, short_odds
from debrissim.core.text import printable

_MIN_LAST = 16
# Narrower terminals show sentences.
_MIN_TABLE = 60
_EVENTS = (
    Column("#"), Column("collision"), Column("Pc", rank=4), Column("by", rank=6), Column("miss", rank=1),
    Column("TCA (UTC)"), Column("reports", rank=5), Column("object", names=14), Column("with", names=14),
)  # fmt: skip
_STYLES = {"red": "bold red", "yellow": "bold yellow"}


def event_lines(
    events: Sequence[EventAssessment], files: ReportFiles, *, width: int, now: datetime | None = None
) -> Iterator[RenderableType]:
    """All events: the answer, the counts and a row for each; those without a probability separately."""
    among = events_ahead(events, now=now) or events
    style = _STYLES.get(level(among[0].latest.value) if among else "", "bold")
    yield line(events_headline(events, now=now), width, style)
    for sentence in events_summary(events, files):
        yield line(sentence, width)
    known = [one for one in events if one.latest.value is not None]
    if known:
        yield Text()
        yield from _table(known, 1, width)
    if len(known) < len(events):
        yield Text()
        yield line("without a probability, by miss distance:", width)
        yield from _table(events[len(known) :], len(known) + 1, width)
    for sentence in faults_summary(files.faults):
        yield line(sentence, width, "yellow")


def _table(events: Sequence[EventAssessment], first: int, width: int) -> Iterator[RenderableType]:
    """One row per event, or one sentence on a narrow terminal; columns that would be empty are left out."""
    is_known = events[0].latest.value is not None
    of_known = ("collision", "Pc", "by")
    columns = [
        column
        for column in (*_EVENTS[:4], Column(f"at {duration(events[0].decision_s)}", rank=3), *_EVENTS[4:])
        if is_known or column.heading not in of_known
    ]
    rows = []
    for number, found in enumerate(events, start=first):
        latest = found.latest
        known = (
            short_odds(latest.value),
            probability(latest.value),
            "stated" if latest.is_stated else latest.method,
        )
        rows.append(
            (
                str(number),
                *(known if is_known else ()),
                "none" if found.at_decision is None else probability(found.at_decision.value),
                length(found.event.latest.miss_distance_m / 1000.0),
                moment(str(found.event.latest.tca))[:16],
                str(len(found.event.reports)),
                *found.event.labels,
            )
        )
    styles = [_STYLES.get(level(found.latest.value), "") for found in events]
    if width >= _MIN_TABLE:
        yield FittedTable(columns, rows, styles)
        return
    for row, style in zip(rows, styles, strict=True):
        cells = (f"{column.heading} {cell}" for column, cell in zip(columns[1:], row[1:], strict=True))
        yield line(f"{row[0]}: {', '.join(cells)}", width, style)


def history_lines(
    number: int, found: EventAssessment, *, width: int, now: datetime | None = None
) -> Iterator[Text]:
    """One event: the answer, its state at the decision time, every report and its change from the previous one."""
    yield line(event_headline(found), width, _STYLES.get(level(found.latest.value), "bold"))
    for sentence in event_summary(found, now=now):
        yield line(sentence, width)
    yield Text()
    header = (
        "created, UTC",
        "to TCA",
        "miss",
        "stated",
        "collision",
        "our Pc",
        "by",
        "change from the report before",
    )
    rows = [
        (
            moment(str(entry.report.created))[:16],
            _to_tca(entry),
            length(entry.report.miss_distance_m / 1000.0),
            probability(entry.report.stated_probability),
            short_odds(entry.probability.value),
            NOTHING if entry.probability.is_stated else probability(entry.probability.value),
            "" if entry.probability.is_stated else entry.probability.method,
            revision_text(entry.revision),
        )
        for entry in found.history
    ]
    texts = list(grid(header, rows, width, min_last=_MIN_LAST))
    # Without room for columns there is no header.
    body = texts[len(texts) - len(rows) :]
    for text, entry in zip(body, found.history, strict=True):
        if entry.revision is not None and entry.revision.verdict in (STRAINED, INCONSISTENT):
            text.stylize("yellow")
    yield from texts
    yield from _rtn(found, width)
    yield line(f"event {number}; the others: without --event", width, "dim")


def _rtn(found: EventAssessment, width: int) -> Iterator[Text]:
    """Miss and errors of each message in the RTN of its OBJECT1."""
    rows = []
    for entry in found.history:
        message = entry.report.conjunction
        if message is not None:
            facts = encounter_facts(message, 1.0, usable=False)
            rows.append(
                (
                    moment(str(entry.report.created))[5:16],
                    *map(length, facts.miss_rtn_km.tolist()),
                    *map(length, facts.combined_sigma_rtn_km.tolist()),
                    printable(entry.report.originator)[:24] + (", swapped" if entry.is_swapped else ""),
                )
            )
    if rows:
        yield Text()
        header = ("created", "miss R", "T", "N", "sigma R", "T", "N", "by")
        yield from grid(header, rows, width, min_last=_MIN_LAST)


def _to_tca(entry: HistoryEntry) -> str:
    seconds = entry.report.time_to_tca_s
    return duration(seconds) if seconds >= 0.0 else f"{duration(seconds)} after"
