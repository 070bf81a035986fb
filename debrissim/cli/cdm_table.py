"""Assessments of `pc` as lines for the terminal, the answer first.

Text of messages is shown as text: no markup, no control codes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.text import Text

from debrissim.cdm.answer import (
    dilution_line,
    headline,
    level,
    named_headline,
    radius_text,
    remaining_lines,
    stated_line,
)
from debrissim.cdm.assess import CdmAssessment
from debrissim.cdm.density_error import shared_drag_line
from debrissim.cdm.doubts import miss_doubt
from debrissim.cdm.facts import OrbitQuality
from debrissim.cdm.method_results import MethodResult
from debrissim.cli.layout import PROSE
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import (
    MIN_PROBABILITY,
    NOTHING,
    duration,
    length,
    moment,
    rounded,
    scientific,
    short_odds,
)
from debrissim.core.text import printable, shorten
from debrissim.core.time import split_julian_date
from debrissim.report.lines import wrap

_MIN_NAME = 18
# The last column of a grid is wrapped, down to this width.
_MIN_LAST = 24


def cdm_lines(
    report: CdmAssessment, *, width: int, now: datetime | None = None, named: bool = False
) -> Iterator[Text]:
    """One conjunction: the answer, times, geometry, errors, quality of the orbits, methods, notes.

    width: columns of the terminal; now: the time of reading, by default the clock's; named: the answer begins with the
    names of the objects.
    """
    value = report.recommended.value
    style = {"red": "bold red", "yellow": "bold yellow"}.get(level(value), "bold")
    first = named_headline(report) if named else headline(report)
    yield line(first, width, "bold red" if value is None else style)
    doubt = miss_doubt(report.conjunction)
    if doubt:
        yield line(f"the message contradicts itself: {doubt}", width, "bold yellow")
    yield from _lines([*remaining_lines(report), stated_line(report)], width)
    if value is not None:
        yield from _lines([f"{report.chosen}: {report.reason}", dilution_line(report)], width)
        yield from _lines([shared_drag_line(report.shared_drag)], width)
        if report.flags:
            yield line(f"cautions: {', '.join(report.flags)}", width, "yellow")
    yield Text()
    message = report.conjunction
    yield line(f"{message.primary.label}  x  {message.secondary.label}", width, "bold")
    yield from _lines([_times(report, now or datetime.now(UTC)), _source(report)], width)
    yield from _geometry(report, width)
    yield from _quality(report, width)
    yield from _methods(report, width)
    for note in (note for note in message.notes if note != doubt):
        yield line(f"note: {printable(note)}", width, "dim")


def _times(report: CdmAssessment, now: datetime) -> str:
    message = report.conjunction
    jd, fraction = split_julian_date(now)
    left = SECONDS_PER_DAY * ((message.tca_jd - jd) + (message.tca_fraction - fraction))
    then = f"in {duration(left)}" if left > 0.0 else f"{duration(left)} ago"
    age = report.facts.message_age_s
    made = f"the message is {duration(age)} old at TCA"
    if age <= 0.0:
        made = f"the message was made {'at' if age == 0.0 else 'after'} TCA"
    return f"TCA {moment(message.tca_utc)} UTC, {then}; {made} (made {moment(report.facts.created_utc)})"


def _source(report: CdmAssessment) -> str:
    message = report.conjunction
    receiver = f" for {printable(message.message_for)}" if message.message_for else ""
    identity = f"{printable(message.originator)}{receiver}, message {printable(message.message_id)}"
    return f"{printable(Path(message.source).name)}: {identity}"


def _geometry(report: CdmAssessment, width: int) -> Iterator[Text]:
    """Miss, velocity and errors along RTN; then the plane and the duration of the encounter."""
    facts, message = report.facts, report.conjunction
    names = [item.label for item in (message.primary, message.secondary)]
    speed = 1000.0 * facts.velocity_rtn_km_s
    sigmas = [*facts.sigma_rtn_km.tolist(), facts.combined_sigma_rtn_km.tolist()]
    rows = [
        ("miss", *map(length, facts.miss_rtn_km.tolist()), length(report.miss_distance_km)),
        ("velocity", *(f"{v:,.1f} m/s" for v in [*speed.tolist(), float(np.linalg.norm(speed))])),
        *(
            (f"sigma {name}", *(map(_sigma, sigma) if any(sigma) else ("not given", "", "")), "")
            for name, sigma in zip([*names, "together"], sigmas, strict=True)
        ),
    ]
    yield from grid(("", "R", "T", "N", "total"), rows, width, right=True)
    excluded = [item.exclusion_radius_m for item in (message.primary, message.secondary)]
    volumes = ", ".join("not stated" if radius is None else f"{radius:g} m" for radius in excluded)
    usable = report.recommended.value is not None
    sentences = [
        "RTN of the first object; each sigma along its own object's RTN, together along the first's",
        f"Mahalanobis distance in the plane {rounded(report.miss_sigmas, 3)}; "
        f"sigmas there {length(report.sigma_major_km)} x {length(report.sigma_minor_km)}"
        if usable
        else "",
        f"hard body {radius_text(report)}"
        + (f"; exclusion volumes {volumes}" if any(r is not None for r in excluded) else ""),
    ]
    if facts.begin_s is not None and facts.end_s is not None:
        sentences.append(
            f"the encounter lasts {duration(facts.end_s - facts.begin_s)}, from {_beside_tca(facts.begin_s)} "
            f"to {_beside_tca(facts.end_s)}"
            if np.isfinite(facts.begin_s)
            else "the encounter has no bounds: the objects have no relative motion"
        )
    yield from _lines(sentences, width)


def _beside_tca(seconds: float) -> str:
    return f"{duration(seconds)} {'before' if seconds < 0.0 else 'after'} TCA"


def _sigma(value_km: float) -> str:
    return "negative" if np.isnan(value_km) else length(value_km)


def _quality(report: CdmAssessment, width: int) -> Iterator[Text]:
    """The orbit determinations behind both states, as far as the message states them."""
    quality, message = report.facts.quality, report.conjunction
    if not any(one.is_known for one in quality):
        yield line("the message says nothing about the orbit determinations", width, "dim")
        return
    rows = [
        (printable(item.name) or item.label, *_quality_cells(one))
        for item, one in zip((message.primary, message.secondary), quality, strict=True)
    ]
    header = ("orbit of", "last obs", "span/advised", "obs used", "tracks", "residuals", "wRMS")
    yield from grid(header, rows, width, right=True)


def _quality_cells(one: OrbitQuality) -> tuple[str, ...]:
    def pair(used: float | None, available: float | None, unit: str = "") -> str:
        if used is None and available is None:
            return NOTHING
        digits = ".2f" if unit else "g"
        return "/".join("?" if x is None else f"{x:{digits}}" for x in (used, available)) + unit

    return (
        NOTHING if one.last_observation_days is None else f"{one.last_observation_days:.1f} d",
        pair(one.span_days, one.recommended_span_days, " d"),
        pair(one.observations_used, one.observations_available),
        pair(one.tracks_used, one.tracks_available),
        NOTHING if one.residuals_accepted is None else f"{one.residuals_accepted:g} %",
        NOTHING if one.weighted_rms is None else f"{one.weighted_rms:g}",
    )


def _methods(report: CdmAssessment, width: int) -> Iterator[Text]:
    results = {result.method: result for result in (report.recommended, *report.results)}
    usable = report.recommended.value is not None
    # Without a probability the methods have no value either: a dozen rows would say so.
    rows = [_row(result) for result in results.values() if usable or result.value is not None]
    if not rows:
        return
    chosen = report.chosen if usable else ""
    for text in grid(("method", "collision", "Pc", "bounds, remarks"), rows, width):
        if chosen and text.plain.partition(" ")[0] == chosen:
            text.stylize("bold")
        yield text


def _row(result: MethodResult) -> tuple[str, str, str, str]:
    remarks = [printable(flag) for flag in result.flags]
    if result.value is not None and result.lower is not None and result.upper is not None:
        low, high = _digits(result.lower), _digits(result.upper)
        remarks.insert(0, "" if low == high else f"{low} to {high}")
    return result.method, short_odds(result.value), _digits(result.value), ", ".join(filter(None, remarks))


def _digits(value: float | None) -> str:
    """A value for comparing methods: four digits."""
    if value is None:
        return "none"
    return "< 1e-10" if value < MIN_PROBABILITY else scientific(value, 4)


def grid(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    right: bool = False,
    min_last: int = _MIN_LAST,
) -> Iterator[Text]:
    """Rows in columns, all but the first flush right if `right`, else with the last one wrapped down to `min_last`.

    Names in the first column are cut where the terminal is too narrow; where that is not enough, each row becomes a
    sentence.
    """
    sizes = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    room = width - sum(sizes[1:]) - 2 * (len(sizes) - 1)
    if right and sizes[0] > room >= _MIN_NAME:
        rows = [(shorten(row[0], room), *row[1:]) for row in rows]
        sizes[0] = room
    before = sum(sizes[:-1]) + 2 * (len(sizes) - 1)
    last = width - before
    if last < (sizes[-1] if right else min(sizes[-1], min_last)):
        for row in rows:
            cells = [f"{name} {cell}".strip() for name, cell in zip(header[1:], row[1:], strict=True) if cell]
            yield line(f"{row[0]}: {', '.join(cells)}", width)
        return
    for number, row in enumerate([header, *rows]):
        cells = [
            cell.rjust(size) if right and k else cell.ljust(size)
            for k, (cell, size) in enumerate(zip(row[:-1], sizes[:-1], strict=True))
        ]
        pieces = [row[-1].rjust(sizes[-1])] if right else textwrap.wrap(row[-1], last) or [""]
        text = ("\n" + " " * before).join(pieces)
        yield Text(f"{'  '.join(cells)}  {text}".rstrip(), "dim" if number == 0 else "")


def _lines(sentences: Sequence[str], width: int) -> Iterator[Text]:
    for sentence in sentences:
        if sentence:
            yield line(sentence, width)


def line(text: str, width: int, style: str = "") -> Text:
    """Text wrapped at the width or at `PROSE`, all lines but the first indented."""
    return Text("\n".join(wrap(text, max(min(width, PROSE), 20), break_long_words=True)), style)
