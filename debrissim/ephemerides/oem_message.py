"""Orbit ephemeris messages (OEM), as read from their two notations, and the objects they contain.

Source: CCSDS 502.0-B-2 (2009) and 502.0-B-3 (2023), "Orbit Data Messages", section 5: keywords, mandatory ones, units.

Assumptions
- Accelerations are not used: the trajectory is interpolated from positions and velocities.
- A covariance without COV_REF_FRAME is in the frame of its segment.
- Without USEABLE_START_TIME and USEABLE_STOP_TIME, START_TIME and STOP_TIME apply, within the states.
- Segments of one OBJECT_ID (or, where that is neither a designator nor a number, of one OBJECT_NAME and OBJECT_ID)
  belong to one object, in whatever message of the file they are.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from debrissim.catalog.catalog_numbers import MAX_CATALOG_NUMBER
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import printable, quoted
from debrissim.ephemerides.build import build_segment, in_order
from debrissim.ephemerides.columns import lower_triangle, moments_of_lines, symmetric
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Ephemeris, Segment
from debrissim.ephemerides.event_table import declared_events
from debrissim.ephemerides.odm_blocks import (
    HEADER_KEYWORDS,
    Block,
    creation_of,
    international_designator,
    interpolation_of,
    moment_of,
)
from debrissim.ephemerides.raw import RawCovariances, RawSegment
from debrissim.ephemerides.time_systems import Moments, time_system

VERSION = "CCSDS_OEM_VERS"
HEADER = (VERSION, *HEADER_KEYWORDS)
METADATA = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "REF_FRAME_EPOCH",
    "TIME_SYSTEM",
    "START_TIME",
    "USEABLE_START_TIME",
    "USEABLE_STOP_TIME",
    "STOP_TIME",
    "INTERPOLATION",
    "INTERPOLATION_DEGREE",
)
OBLIGATORY_HEADER = (VERSION, "CREATION_DATE", "ORIGINATOR")
OBLIGATORY = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "TIME_SYSTEM",
    "START_TIME",
    "STOP_TIME",
)
ACCELERATIONS = "accelerations are not used"
COVARIANCE_NUMBERS = 21
_VERSION = re.compile(r"[123](?:\.[0-9]+)?")


@dataclass
class OemSegment:
    """The content of a segment, filled line by line or element by element."""

    line: int
    metadata: Block = field(init=False)
    comments: list[str] = field(default_factory=list)
    epochs: list[str] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("l"))
    values: array[float] = field(default_factory=lambda: array("d"))
    covariance_epochs: list[str] = field(default_factory=list)
    covariance_lines: list[int] = field(default_factory=list)
    covariance_frames: list[str] = field(default_factory=list)
    covariance_values: array[float] = field(default_factory=lambda: array("d"))

    def __post_init__(self) -> None:
        self.metadata = Block("the segment", self.line)

    def add_state(self, epoch: str, values: Sequence[float], line: int) -> None:
        """Take six numbers in km and km/s."""
        self.epochs.append(epoch)
        self.lines.append(line)
        self.values.extend(values)

    def add_covariance(self, epoch: str, frame: str, values: Sequence[float], line: int) -> None:
        """Take the 21 numbers of the lower triangle, row by row, in km2, km2/s and km2/s2."""
        self.covariance_epochs.append(epoch)
        self.covariance_lines.append(line)
        self.covariance_frames.append(printable(frame))
        self.covariance_values.extend(values)


@dataclass
class OemMessage:
    """One message."""

    line: int
    header: Block = field(init=False)
    comments: list[str] = field(default_factory=list)
    segments: list[OemSegment] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.header = Block("the header", self.line)


def number(text: str, name: str, line: int, label: str) -> float:
    """A finite number of a file. InputError, naming the line and `label`, for other text."""
    try:
        # float() would also take 1_000 and digits of other scripts.
        value = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        value = None
    if value is None or value - value != 0.0:
        raise InputError(f"{name}: line {line}: expected {label} as a finite number, got {quoted(text, 40)}")
    return value


def to_ephemerides(
    messages: Sequence[OemMessage], name: str, eop: EarthOrientation | None
) -> tuple[Ephemeris, ...]:
    """The objects of the messages of a file, in the order in which they are first named."""
    parts: dict[tuple[str, ...], list[tuple[OemMessage, OemSegment]]] = {}
    for message in messages:
        message.header.require(OBLIGATORY_HEADER, name)
        version, line = message.header.values[VERSION]
        if not _VERSION.fullmatch(version):
            raise InputError(
                f"{name}: line {line}: {VERSION}: expected 1.0, 2.0 or 3.0, got {quoted(version, 40)}"
            )
        if not message.segments:
            raise InputError(f"{name}: line {message.line}: a message without segments; expected some")
        for segment in message.segments:
            segment.metadata.require(OBLIGATORY, name)
            number_, designator = _identity(segment)
            key = (str(number_ or designator),) if number_ or designator else _names(segment)
            parts.setdefault(key, []).append((message, segment))
    return tuple(_ephemeris(group, name, eop) for group in parts.values())


def _names(segment: OemSegment) -> tuple[str, ...]:
    return segment.metadata.text("OBJECT_NAME"), segment.metadata.text("OBJECT_ID")


def _identity(segment: OemSegment) -> tuple[int | None, str]:
    """Catalogue number and international designator from OBJECT_ID, at most one of which is present."""
    text = segment.metadata.text("OBJECT_ID")
    designator = international_designator(text)
    if designator:
        return None, designator
    is_number = re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= MAX_CATALOG_NUMBER
    return (int(text), "") if is_number else (None, "")


def _ephemeris(
    group: Sequence[tuple[OemMessage, OemSegment]], name: str, eop: EarthOrientation | None
) -> Ephemeris:
    notes = Notes()
    segments: list[Segment] = []
    events: list[DeclaredManeuver] = []
    for message, segment in group:
        segments.append(build_segment(_raw(segment, name, eop, notes), name, eop, notes))
        comments = segment.comments
        if segment is message.segments[0]:
            comments = message.comments + comments
        for event in declared_events(comments, segments[-1], notes):
            if event not in events:
                events.append(event)
    first, segment = group[0]
    number_, designator = _identity(segment)
    if not number_ and not designator:
        notes.add("OBJECT_ID is neither an international designator nor a catalogue number")
    sentences = [sentence for message, _ in group for sentence in message.notes.sentences()]
    return Ephemeris(
        name=segment.metadata.text("OBJECT_NAME"),
        norad_id=number_,
        international_designator=designator,
        originator=first.header.text("ORIGINATOR"),
        source=name,
        segments=in_order(segments, name),
        maneuvers=tuple(sorted(events, key=lambda event: (event.jd, event.fraction))),
        notes=tuple(dict.fromkeys((*sentences, *notes.sentences()))),
        creation=creation_of(first.header, name),
    )


def _raw(segment: OemSegment, name: str, eop: EarthOrientation | None, notes: Notes) -> RawSegment:
    metadata = segment.metadata
    center = metadata.text("CENTER_NAME")
    if center.upper() != "EARTH":
        line = metadata.line_of("CENTER_NAME")
        raise InputError(f"{name}: line {line}: CENTER_NAME: expected EARTH, got {quoted(center, 40)}")
    system = time_system(
        metadata.text("TIME_SYSTEM"), f"{name}: line {metadata.line_of('TIME_SYSTEM')}: TIME_SYSTEM"
    )

    def time_of(keyword: str) -> Moments | None:
        if not metadata.text(keyword):
            return None
        return moment_of(metadata, keyword, system, name, eop)

    start, stop = time_of("START_TIME"), time_of("STOP_TIME")
    if start is not None and stop is not None and stop.seconds_since(start)[0] < 0.0:
        line = metadata.line_of("STOP_TIME")
        raise InputError(f"{name}: line {line}: STOP_TIME is before START_TIME; expected one after the other")
    epoch = time_of("REF_FRAME_EPOCH")
    moments = moments_of_lines(segment.epochs, segment.lines, system, name, eop)
    method, degree = interpolation_of(metadata, name)
    if method and not degree:
        notes.add("INTERPOLATION without INTERPOLATION_DEGREE")
    return RawSegment(
        moments=moments,
        states=np.array(segment.values, dtype=np.float64).reshape(-1, 6),
        lines=segment.lines,
        frame=metadata.text("REF_FRAME"),
        frame_epoch=None if epoch is None else (float(epoch.jd[0]), float(epoch.fraction[0])),
        usable_start=time_of("USEABLE_START_TIME") or start,
        usable_stop=time_of("USEABLE_STOP_TIME") or stop,
        interpolation=method,
        degree=degree,
        covariances=_covariances(segment, system, name, eop),
        line=segment.line,
    )


def _covariances(
    segment: OemSegment, system: str, name: str, eop: EarthOrientation | None
) -> RawCovariances | None:
    if not segment.covariance_epochs:
        return None
    numbers = np.array(segment.covariance_values, dtype=np.float64).reshape(-1, COVARIANCE_NUMBERS)
    matrices = symmetric(numbers, lower_triangle(6))
    moments = moments_of_lines(segment.covariance_epochs, segment.covariance_lines, system, name, eop)
    return RawCovariances(moments, segment.covariance_frames, matrices, segment.covariance_lines)
