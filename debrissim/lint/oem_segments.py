"""The rules of the segments of an orbit ephemeris message.

Source: CCSDS 502.0-B-3, 5.1.3, 5.2.3 to 5.2.5 and 7.7.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from debrissim.core.text import quoted
from debrissim.ephemerides.odm_blocks import COVARIANCE_KEYWORDS
from debrissim.lint.covariances import matrix_fault
from debrissim.lint.findings import Collector
from debrissim.lint.odm_tables import OEM_COVARIANCE, OEM_SEGMENT
from debrissim.lint.sections import SectionCheck
from debrissim.lint.tables import OEM_CLAUSES as CLAUSES
from debrissim.lint.tables import Part
from debrissim.lint.values import (
    Moment,
    displayed_number_fault,
    implausible,
    moment,
    normalised,
    number_fault,
)

_SHOWN = 40
_NUMBERS = 21


@dataclass
class OemMatrix:
    """A covariance: its keywords, and its lines of numbers with their lines in the file."""

    part: Part
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


@dataclass
class OemSegment:
    """A segment: metadata, ephemeris lines (line of the file, fields), covariances."""

    metadata: Part
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    matrices: list[OemMatrix] = field(default_factory=list)
    has_stop: bool = False
    covariance_line: int = 0


def check_segments(
    segments: Sequence[OemSegment], line: int, out: Collector, sections: SectionCheck, *, xml: bool
) -> None:
    """Check the segments of a message, each and together. line: of the message."""
    if not segments:
        text = "no metadata and no ephemeris lines; both are mandatory"
        out.fault("no-segment", line, text, CLAUSES.cite("table 5-1"))
    for segment in segments:
        sections.check(segment.metadata, OEM_SEGMENT)
        if segment.rows and not segment.has_stop:
            text = "no META_STOP between the metadata and the ephemeris lines"
            out.fault("block", segment.rows[0][0], text, CLAUSES.cite("5.2.3.3"))
        if segment.has_stop and not segment.rows:
            text = "no ephemeris line in the segment"
            out.fault("no-states", segment.metadata.line, text, CLAUSES.cite("table 5-1"))
        epochs = _check_rows(segment, out, xml=xml)
        _check_span(segment, epochs, out)
        _check_interpolation(segment, out)
        _check_matrices(segment, out, sections, xml=xml)
        if normalised(segment.metadata.text("REF_FRAME")).upper() == "TEME":
            text = "REF_FRAME: TEME is only for OMMs made of TLEs (although table 5-3 has it as an example)"
            out.advice("frame-teme", segment.metadata.line_of("REF_FRAME"), text, CLAUSES.cite("4.2.4.9"))
    _check_together(segments, out)


def _check_rows(segment: OemSegment, out: Collector, *, xml: bool) -> list[Moment]:
    """Check the ephemeris lines; returns their times, except those that cannot be read."""
    epochs: list[Moment] = []
    previous: Moment | None = None
    counts = set()
    for line, fields in segment.rows:
        if not xml:
            _check_fields(line, fields, out)
        counts.add(len(fields))
        at = moment(fields[0])
        if at is None:
            continue
        if previous is not None and at == previous:
            text = f"the time {quoted(fields[0], _SHOWN)} again; time tags repeat only from one block to the next"
            out.fault("time-twice", line, text, CLAUSES.cite("5.2.4.4"))
        elif previous is not None and at < previous:
            text = f"{quoted(fields[0], _SHOWN)} is before the time of the line before; readers expect increasing times"
            out.advice("time-order", line, text, CLAUSES.cite("5.2.4"))
        previous = at
        epochs.append(at)
    center = segment.metadata.text("CENTER_NAME")
    for line, fields in segment.rows:
        strange = implausible(fields[1:], center)
        if strange:
            out.advice("state-implausible", line, f"the state {strange}", CLAUSES.cite("5.2.4"))
            break
    if counts == {7, 10}:
        text = "some ephemeris lines have accelerations and others have none"
        out.advice("accelerations", segment.metadata.line, text, CLAUSES.cite("5.2.4.2"))
    return epochs


def _check_fields(line: int, fields: Sequence[str], out: Collector) -> None:
    """Check an ephemeris line of KVN."""
    if len(fields) not in (7, 10):
        text = f"expected a time and 6 numbers (9 with accelerations), got {len(fields) - 1} after the time"
        out.fault("ephemeris-line", line, text, CLAUSES.cite("7.4.1.2"))
        return
    if moment(fields[0]) is None:
        text = f"expected a time of the form YYYY-MM-DDThh:mm:ss, got {quoted(fields[0], _SHOWN)}"
        out.fault("time", line, text, CLAUSES["time"])
    fault = displayed_number_fault(fields[1:], CLAUSES, "7.7.2.1", xml=False)
    if fault is not None:
        rule, text, clause = fault
        out.fault(rule, line, text, clause)


def _check_span(segment: OemSegment, epochs: Sequence[Moment], out: Collector) -> None:
    part = segment.metadata
    names = ("START_TIME", "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME")
    known = [(name, at) for name in names if (at := moment(part.text(name))) is not None]
    for (before, first), (after, second) in pairwise(known):
        if second < first:
            shown = [quoted(part.text(name), _SHOWN) for name in (after, before)]
            text = f"{after} ({shown[0]}) is before {before} ({shown[1]})"
            out.fault("interval", part.line_of(after), text, CLAUSES.cite("table 5-3"))
    span = dict(known)
    if not epochs:
        return
    start, stop = span.get("START_TIME"), span.get("STOP_TIME")
    lines = [line for line, fields in segment.rows if moment(fields[0]) is not None]
    outside = [
        k
        for k, at in enumerate(epochs)
        if (start is not None and at < start) or (stop is not None and at > stop)
    ]
    if outside:
        text = f"{len(outside)} of {len(epochs)} ephemeris lines outside START_TIME and STOP_TIME, the total span"
        out.fault("span", lines[outside[0]], text, CLAUSES.cite("table 5-3"))
    elif start is not None and stop is not None and (min(epochs) > start or max(epochs) < stop):
        text = "the ephemeris lines do not reach from START_TIME to STOP_TIME"
        out.advice("span-not-covered", part.line_of("START_TIME"), text, CLAUSES.cite("table 5-3"))


def _check_interpolation(segment: OemSegment, out: Collector) -> None:
    part = segment.metadata
    method, degree = part.text("INTERPOLATION").upper(), part.text("INTERPOLATION_DEGREE")
    line = part.line_of("INTERPOLATION")
    if method and not degree:
        text = "INTERPOLATION without INTERPOLATION_DEGREE, which is mandatory with it"
        out.fault("keyword-missing", line, text, CLAUSES.cite("table 5-3"))
    if not (method and degree.isdigit() and len(degree) < 6 and segment.rows):
        return
    # A Hermite polynomial uses positions and velocities: two conditions per state.
    needed = math.ceil((int(degree) + 1) / 2) if method == "HERMITE" else int(degree) + 1
    if len(segment.rows) < needed:
        text = (
            f"{len(segment.rows)} ephemeris lines; {quoted(method, _SHOWN)} of degree {degree} needs {needed}"
        )
        out.fault("too-few-states", line, text, CLAUSES.cite("5.2.4.7"))


def _check_matrices(segment: OemSegment, out: Collector, sections: SectionCheck, *, xml: bool) -> None:
    previous: Moment | None = None
    if segment.covariance_line and not segment.matrices:
        text = "a block without a covariance"
        out.advice("no-covariance", segment.covariance_line, text, CLAUSES.cite("5.2.5.2"))
    for matrix in segment.matrices:
        if not xml:
            sections.check(matrix.part, OEM_COVARIANCE)
        at = moment(matrix.part.text("EPOCH"))
        if at is not None:
            if previous is not None and at <= previous:
                shown_epoch = quoted(matrix.part.text("EPOCH"), _SHOWN)
                text = f"the covariance of {shown_epoch} is not after the one before it"
                out.fault("covariance-order", matrix.part.line_of("EPOCH"), text, CLAUSES.cite("5.2.5.7"))
            previous = at
        _check_matrix(matrix, out, xml=xml)


def _check_matrix(matrix: OemMatrix, out: Collector, *, xml: bool) -> None:
    texts: list[str] = []
    places: list[int] = []
    for row, (line, fields) in enumerate(matrix.rows):
        if not xml and len(fields) != row + 1:
            text = f"line {row + 1} of a covariance has {len(fields)} numbers; expected {row + 1}"
            if row >= 6:
                text = "a seventh line of a covariance; expected EPOCH of the next one before it"
            out.fault("covariance-rows", line, text, CLAUSES.cite("5.2.5.4"))
            return
        for field_ in fields:
            fault = None if xml else number_fault(field_, CLAUSES, xml=False)
            if fault is not None:
                out.fault(fault[0], line, f"covariance: {fault[1]}", fault[2])
            texts.append(field_)
            places.append(line)
    if len(texts) != _NUMBERS:
        text = f"a covariance of {len(texts)} numbers; expected {_NUMBERS}"
        out.fault("covariance-rows", matrix.part.line, text, CLAUSES.cite("5.2.5.4"))
        return
    found = matrix_fault(texts, COVARIANCE_KEYWORDS)
    if found is not None:
        found.add(out, places[found.place], "covariance: ", CLAUSES.cite("5.2.5.4"))


def _check_together(segments: Sequence[OemSegment], out: Collector) -> None:
    first = segments[0].metadata if segments else Part("", 0)
    for before, segment in pairwise(segments):
        part = segment.metadata
        for name, clause in (("TIME_SYSTEM", "5.2.4.5"), ("OBJECT_ID", "5.1.3"), ("OBJECT_NAME", "5.1.3")):
            if part.text(name) and first.text(name) and part.text(name) != first.text(name):
                shown = [quoted(of.text(name), _SHOWN) for of in (part, first)]
                text = f"{name} is {shown[0]}, in the first segment {shown[1]}; expected one in a message"
                out.fault("segments-differ", part.line_of(name), text, CLAUSES.cite(clause))
        stop = moment(before.metadata.text("USEABLE_STOP_TIME") or before.metadata.text("STOP_TIME"))
        start = moment(part.text("USEABLE_START_TIME") or part.text("START_TIME"))
        limits = before.metadata.entry("USEABLE_STOP_TIME"), part.entry("USEABLE_START_TIME")
        if stop is None or start is None or start >= stop:
            continue
        line = part.line_of("START_TIME" if limits[1] is None else "USEABLE_START_TIME")
        if limits != (None, None):
            text = "the useable span overlaps that of the segment before"
            out.fault("spans-overlap", line, text, CLAUSES.cite("5.2.4.4"))
        else:
            text = "the span overlaps that of the segment before, without USEABLE_START_TIME and USEABLE_STOP_TIME"
            out.advice("spans-overlap", line, text, CLAUSES.cite("5.2.4.4"))
