"""Modified ITC: the format of Space-Track's exchange of ephemerides and of Starlink's public files.

Source: Space-Track, "Spaceflight Safety Handbook for Satellite Operators" 1.7, section on ephemerides (second-hand: the
layout was checked against descriptions of it and of public Starlink files).

Assumptions
- A header of lines up to the first state: created, ephemeris_start, ephemeris_stop, step_size, ephemeris_source; its
  last line is the frame of the covariances (UVW).
- A state is yyyydddhhmmss.sss in UTC, km and km/s. Either each state is followed by three lines of seven numbers, or
  none is: the lower triangle of its covariance, row by row, in km2, km2/s and km2/s2. Its axes are unverified: UVW is
  taken as RTN, held fixed at the moment.
- The file name states the frame, the catalogue number and the name: MEME_25544_ISS_3060000_operational_..._...txt. MEME
  is EME2000. Without such a name the frame is EME2000 and the object is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from debrissim.catalog.catalog_numbers import parse_catalog_number
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt, printable, quoted, split_lines
from debrissim.ephemerides.build import build_segment
from debrissim.ephemerides.columns import lower_triangle, moments_of_lines, number_table, symmetric
from debrissim.ephemerides.covariance_frames import covariance_frame
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.itc_lines import read_table
from debrissim.ephemerides.raw import RawCovariances, RawSegment
from debrissim.ephemerides.time_systems import EXPECTED_TIME, Moments

_EPOCH = re.compile(r"[0-9]{13}(?:\.[0-9]{0,12})?")
_STATE = re.compile(r"[ \t]*[0-9]{13}(?:\.[0-9]{0,12})?(?:[ \t]+[+-]?[0-9][0-9.eE+-]{0,40}){6}[ \t]*")
_EXPECTED_EPOCH = "a time yyyydddhhmmss.sss of 1972 to 2099"
_CREATED = re.compile(r"\s*created\s*:", re.IGNORECASE)
_FIELD = re.compile(
    r"(created|ephemeris_start|ephemeris_stop|step_size|ephemeris_source)\s*:\s*", re.IGNORECASE
)
_MAX_HEADER = 20
_SEARCHED = 4000
_NUMBERS_PER_LINE, _COVARIANCE_LINES = 7, 3
# Data type, catalogue number, name, day and time, and what follows; a name may have underscores in it.
_FILE_NAME = re.compile(
    r"([A-Za-z0-9]{1,20})_([0-9]{1,9})_(.{1,100})_([0-9]{3}(?:[0-9]{4})?)_([A-Za-z]{1,40})_([^_]{0,100})_([A-Za-z]{1,40})"
    r"(?:\.[A-Za-z0-9]{1,8}){0,2}"
)
_DATA_TYPES = {
    "MEME": "EME2000",
    "EME2000": "EME2000",
    "J2000": "EME2000",
    "TEME": "TEME",
    "GCRF": "GCRF",
    "ITRF": "ITRF",
}


@dataclass
class _Header:
    fields: dict[str, tuple[str, int]] = field(default_factory=dict)
    covariance_frame: tuple[str, int] = ("", 0)


def is_like(text: str) -> bool:
    """Whether the text begins with "created:", or one of its first lines is a state."""
    first = split_lines(text[:_SEARCHED])[:_MAX_HEADER]
    return bool(_CREATED.match(text[:100])) or any(_STATE.fullmatch(line) for line in first)


def read(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The object of the text. Raises InputError naming file and line."""
    notes = Notes()
    raw, header, object_name, norad_id = _regular(text, name, notes) or _by_lines(text, name, eop, notes)
    created = _time(header, "created", name)
    return (
        Ephemeris(
            name=object_name,
            norad_id=norad_id,
            international_designator="",
            originator="",
            source=name,
            segments=(build_segment(raw, name, eop, notes),),
            notes=notes.sentences(),
            creation=None if created is None else (float(created.jd[0]), float(created.fraction[0])),
        ),
    )


_Read = tuple[RawSegment, _Header, str, int | None]
"""Segment, header, name and number of the object."""


def _regular(text: str, name: str, notes: Notes) -> _Read | None:
    """The content of a regular file, read at once; None for any other file, for which no notes are made."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows: list[list[str]] = []
    lines: list[int] = []
    place = 0
    for line in range(1, _SEARCHED):
        stop = text.find("\n", place)
        fields = text[place : max(stop, place)].split()
        if fields and _EPOCH.fullmatch(fields[0]):
            break
        if stop < 0 or len(rows) > _MAX_HEADER:
            return None
        if fields:
            rows.append(fields)
            lines.append(line)
        place = stop + 1
    else:
        return None
    after = text[stop + 1 :].lstrip()[:_SEARCHED].split(maxsplit=1)
    has_covariance = bool(after) and not _EPOCH.fullmatch(after[0])
    table = read_table(text[place:], 1 + _COVARIANCE_LINES if has_covariance else 1)
    if table is None:
        return None
    header = _header(rows, lines, name, notes)
    frame, norad_id, object_name = _of_file_name(name, notes)
    numbers = table.lines + line
    covariances = None
    if has_covariance:
        _check_covariance_frame(header, line, name)
        covariances = _raw_covariances(table.covariances, numbers[:, 1].tolist(), table.moments, header)
    raw = _raw(table.moments, table.states, numbers[:, 0].tolist(), covariances, header, frame, name, notes)
    return raw, header, object_name, norad_id


def _by_lines(text: str, name: str, eop: EarthOrientation | None, notes: Notes) -> _Read:
    """The content of any file, line by line. Raises InputError naming file and line."""
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, written in enumerate(split_lines(text), start=1):
        fields = written.split()
        if fields:
            rows.append(fields)
            lines.append(line)
    first = next((k for k, row in enumerate(rows) if _EPOCH.fullmatch(row[0])), len(rows))
    if first == len(rows):
        raise InputError(f"{name}: no states; expected lines of {_EXPECTED_EPOCH} and six numbers")
    header = _header(rows[:first], lines[:first], name, notes)
    frame, norad_id, object_name = _of_file_name(name, notes)
    raw = _segment(rows[first:], lines[first:], header, frame, name, eop, notes)
    return raw, header, object_name, norad_id


def _header(rows: Sequence[Sequence[str]], lines: Sequence[int], name: str, notes: Notes) -> _Header:
    if len(rows) > _MAX_HEADER:
        raise InputError(
            f"{name}: line {lines[_MAX_HEADER]}: expected a state ({_EXPECTED_EPOCH} and six numbers), got "
            f"{quoted(' '.join(rows[_MAX_HEADER]), 60)}"
        )
    header = _Header()
    for row, line in zip(rows, lines, strict=True):
        parts = _FIELD.split(" ".join(row))
        if len(parts) > 1 and not parts[0]:
            for key, value in zip(parts[1::2], parts[2::2], strict=True):
                if key.lower() in header.fields:
                    raise InputError(f"{name}: line {line}: {key.lower()} is given twice")
                header.fields[key.lower()] = (value.strip(), line)
        elif len(row) == 1 and not header.covariance_frame[0]:
            header.covariance_frame = (row[0], line)
        else:
            notes.add("a line of the header is not understood", excerpt(" ".join(row))[:60])
    return header


def _segment(
    rows: list[list[str]],
    lines: list[int],
    header: _Header,
    frame: str,
    name: str,
    eop: EarthOrientation | None,
    notes: Notes,
) -> RawSegment:
    has_covariance = len(rows) > 1 and not _EPOCH.fullmatch(rows[1][0])
    group = 1 + _COVARIANCE_LINES if has_covariance else 1
    _check_groups(rows, lines, group, name)
    at = lines[::group]
    written = [row[0] for row in rows[::group]]
    moments = moments_of_lines(
        [f"{t[:4]}-{t[4:7]}T{t[7:9]}:{t[9:11]}:{t[11:]}" for t in written],
        at,
        "UTC",
        name,
        eop,
        shown=written,
        expected=_EXPECTED_EPOCH,
    )
    states = number_table([row[1:] for row in rows[::group]], 6, at, name, "a coordinate")
    covariances = _covariances(rows, lines, moments, header, name) if has_covariance else None
    return _raw(moments, states, at, covariances, header, frame, name, notes)


def _raw(
    moments: Moments,
    states: Array,
    at: list[int],
    covariances: RawCovariances | None,
    header: _Header,
    frame: str,
    name: str,
    notes: Notes,
) -> RawSegment:
    """The segment of states (k, 6) at lines `at`, with the times of the header."""
    start, stop = _time(header, "ephemeris_start", name), _time(header, "ephemeris_stop", name)
    if start is not None and stop is not None and stop.seconds_since(start)[0] < 0.0:
        line = header.fields["ephemeris_stop"][1]
        raise InputError(f"{name}: line {line}: ephemeris_stop is before ephemeris_start; expected it after")
    _note_gaps(header, moments, name, notes)
    return RawSegment(
        moments=moments,
        states=states,
        lines=at,
        frame=frame,
        usable_start=start,
        usable_stop=stop,
        covariances=covariances,
        line=at[0],
    )


def _check_groups(rows: Sequence[Sequence[str]], lines: Sequence[int], group: int, name: str) -> None:
    """States and covariances in turn, seven numbers on every line."""
    for k, row in enumerate(rows):
        is_state = k % group == 0
        if len(row) == _NUMBERS_PER_LINE and is_state == (_EPOCH.fullmatch(row[0]) is not None):
            continue
        expected = (
            f"a state ({_EXPECTED_EPOCH} and six numbers)"
            if is_state
            else f"seven numbers of the covariance (line {k % group} of {_COVARIANCE_LINES})"
        )
        raise InputError(f"{name}: line {lines[k]}: expected {expected}, got {quoted(' '.join(row), 60)}")
    if len(rows) % group:
        raise InputError(
            f"{name}: line {lines[-1]}: the file ends within a covariance; expected {_COVARIANCE_LINES} lines of "
            "seven numbers after each state"
        )


def _covariances(
    rows: Sequence[Sequence[str]], lines: Sequence[int], moments: Moments, header: _Header, name: str
) -> RawCovariances:
    _check_covariance_frame(header, lines[0], name)
    group = 1 + _COVARIANCE_LINES
    # Row by row in the file: the three lines of one covariance follow one another.
    kept = [k for k in range(len(rows)) if k % group]
    numbers = number_table(
        [rows[k] for k in kept], _NUMBERS_PER_LINE, [lines[k] for k in kept], name, "a covariance"
    )
    return _raw_covariances(numbers, lines[1::group], moments, header)


def _check_covariance_frame(header: _Header, first_line: int, name: str) -> None:
    frame, line = header.covariance_frame
    if not frame:
        raise InputError(
            f"{name}: line {first_line}: covariances without a frame; expected UVW on the line before the states"
        )
    covariance_frame(frame, f"{name}: line {line}: the frame of the covariances")


def _raw_covariances(
    numbers: Array, lines: Sequence[int], moments: Moments, header: _Header
) -> RawCovariances:
    """The covariances from three lines of seven numbers for each moment, the first of which are at `lines`."""
    matrices = symmetric(numbers.reshape(-1, _COVARIANCE_LINES * _NUMBERS_PER_LINE), lower_triangle(6))
    return RawCovariances(moments, [header.covariance_frame[0]] * len(moments), matrices, lines)


def _time(header: _Header, key: str, name: str) -> Moments | None:
    """The moment of a line of the header, such as "2024-11-01 12:00:00 UTC"; None if the header has none."""
    if key not in header.fields:
        return None
    written, line = header.fields[key]
    text = re.sub(r"\s*UTC$", "", written, flags=re.IGNORECASE)
    expected = f"{key} as {EXPECTED_TIME}"
    return moments_of_lines([text], [line], "UTC", name, None, shown=[written], expected=expected)


def _note_gaps(header: _Header, moments: Moments, name: str, notes: Notes) -> None:
    """Compare the steps between the states with the one stated."""
    if "step_size" not in header.fields:
        return
    text, line = header.fields["step_size"]
    if not re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]{1,9})?", text) or float(text) == 0.0:
        raise InputError(f"{name}: line {line}: step_size: expected seconds, got {quoted(text, 40)}")
    steps = moments.take(slice(1, None)).seconds_since(moments.take(slice(None, -1)))
    longer = int(np.count_nonzero(steps > float(text) + 1e-3))
    if longer:
        notes.add(
            f"states are up to {steps.max():,.6g} s apart; step_size states {float(text):,.6g} s",
            f"line {line}",
        )


def _of_file_name(name: str, notes: Notes) -> tuple[str, int | None, str]:
    """Frame, catalogue number and name of the object."""
    match = _FILE_NAME.fullmatch(re.split(r"[/\\]", name)[-1])
    frame = "" if match is None else _DATA_TYPES.get(match[1].upper(), "")
    if match is None or not frame:
        notes.add("the name of the file is not of the form MEME_<number>_<name>_...; taken as EME2000")
        return "EME2000", None, ""
    norad_id = parse_catalog_number(match[2])
    if norad_id is None:
        notes.add("the name of the file has no catalogue number", excerpt(match[2]))
    return frame, norad_id, printable(match[3])


FORMAT = EphemerisFormat("modified-itc", "Modified ITC (created: ...)", is_like, read)
