"""STK ephemeris files (.e).

Source: AGI/Ansys, STK help, "Ephemeris File Format (*.e)" (second-hand where marked "unverified" in
docs/ephemeris_formats.md).

Assumptions
- Keywords are not case-sensitive; text after # is a comment. Keywords of display and memory are ignored.
- Times are true seconds since ScenarioEpoch (UTC), so a leap second counts. Distances are in DistanceUnit, by default
  metres; velocities are in that unit per second.
- Without CoordinateSystem the frame is Fixed. Covariances are in the axes of CoordinateSystem unless
  CovarianceCoordinateSystem names others.
- At a segment boundary the trajectory may jump: if there are two states at it, the first ends the earlier segment and
  the second begins the next; a single state belongs to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import printable, quoted, split_lines
from debrissim.ephemerides.build import build_segment
from debrissim.ephemerides.columns import (
    joined_rows,
    lower_triangle,
    moments_after,
    number_table,
    symmetric,
    upper_triangle,
)
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris, Segment
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.raw import RawCovariances, RawSegment
from debrissim.ephemerides.stk_file import INVISIBLE, StkFile, Table, parse
from debrissim.ephemerides.stk_values import (
    EXPECTED_DATE,
    FRAMES,
    StkFrame,
    check_keywords,
    epoch_of,
    frame_of_file,
    interpolation,
    kilometres_per_unit,
)
from debrissim.ephemerides.time_systems import Moments

_FIRST = re.compile(r"stk\.v\.[0-9]", re.IGNORECASE)
_SEARCHED = 20_000
# Times of boundaries and of states may be written with different numbers of digits.
_SAME_TIME_S = 1e-6
_STATES = {"ephemeristimepos": 3, "ephemeristimeposvel": 6, "ephemeristimeposvelacc": 9}
_COVARIANCES = {"covariancetimepos": 3, "covariancetimeposvel": 6}


@dataclass(frozen=True)
class _Rows:
    """The rows of a table: times in s since ScenarioEpoch, numbers as the file has them, and lines."""

    seconds: Array
    numbers: Array
    lines: Sequence[int]

    def take(self, rows: slice) -> _Rows:
        return _Rows(self.seconds[rows], self.numbers[rows], self.lines[rows])


def is_like(text: str) -> bool:
    """Whether the text begins with "stk.v.", possibly after comments."""
    for line in split_lines(text[:_SEARCHED]):
        bare = line.partition("#")[0].strip(INVISIBLE)
        if bare:
            return _FIRST.match(bare) is not None
    return False


def read(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The object of the text. Raises InputError naming file and line."""
    notes = Notes()
    file = parse(text, name, notes)
    check_keywords(file, name)
    tables = [table for table in file.tables if table.keyword in _STATES]
    for table in file.tables:
        if table.keyword not in (*_STATES, *_COVARIANCES):
            _refuse_table(table, name, notes)
    if len(tables) != 1:
        where = f"line {tables[1].line}" if tables else f"line {file.line}"
        raise InputError(
            f"{name}: {where}: {len(tables)} tables of states; expected one of EphemerisTimePos, "
            "EphemerisTimePosVel and EphemerisTimePosVelAcc"
        )
    segments = _segments(file, tables[0], name, eop, notes)
    return (
        Ephemeris(
            name="",
            norad_id=None,
            international_designator="",
            originator="",
            source=name,
            segments=segments,
            notes=notes.sentences(),
        ),
    )


def _refuse_table(table: Table, name: str, notes: Notes) -> None:
    """Other covariance data are noted; states in other coordinates are an error."""
    if table.keyword.startswith("ephemeris"):
        raise InputError(
            f"{name}: line {table.line}: states as {quoted(table.written, 60)}; expected EphemerisTimePos, "
            "EphemerisTimePosVel or EphemerisTimePosVelAcc"
        )
    notes.add("a table that is not used", printable(table.written)[:60])


def _segments(
    file: StkFile, table: Table, name: str, eop: EarthOrientation | None, notes: Notes
) -> tuple[Segment, ...]:
    epoch = epoch_of(file, "scenarioepoch", name)
    if epoch is None:
        raise InputError(f"{name}: line {file.line}: ScenarioEpoch is missing; expected {EXPECTED_DATE}")
    km = kilometres_per_unit(file, name)
    frame = frame_of_file(file, name, notes)
    states = _rows(table, _STATES[table.keyword], name, "a coordinate")
    _check_count(file, states, name)
    if table.keyword.endswith("acc"):
        notes.add("accelerations are not used")
    boundaries = _boundaries(file, name)
    covariances = _covariance_tables(file, boundaries, name, notes)
    method, degree = interpolation(file, name)
    segments = []
    for piece, part in _kept_pieces(_pieces(states.seconds, boundaries)):
        rows = states.take(part)
        numbers = np.full((len(rows.seconds), 6), np.nan)
        width = min(rows.numbers.shape[1], 6)
        numbers[:, :width] = rows.numbers[:, :width] * km
        raw = RawSegment(
            moments=moments_after(epoch, rows.seconds, rows.lines, name, "ScenarioEpoch"),
            states=numbers,
            lines=rows.lines,
            frame=frame.name,
            frame_epoch=frame.epoch,
            interpolation=method,
            degree=degree,
            covariances=_raw_covariances(file, covariances[piece], epoch, km, frame, name),
            line=rows.lines[0],
        )
        segments.append(build_segment(raw, name, eop, notes))
    if not segments:
        raise InputError(f"{name}: line {table.line}: no states; expected some")
    return tuple(segments)


def _rows(table: Table, count: int, name: str, label: str) -> _Rows:
    """The rows of a table with `count` numbers after the time."""
    for row, line in zip(table.rows, table.lines, strict=True):
        if len(row) != 1 + count:
            raise InputError(
                f"{name}: line {line}: expected a time and {count} numbers of {quoted(table.written, 60)}, got "
                f"{len(row) - 1} after the time"
            )
    numbers = number_table(table.rows, 1 + count, table.lines, name, label)
    seconds = numbers[:, 0]
    back = np.flatnonzero(np.diff(seconds) < 0.0)
    if back.size:
        later = int(back[0]) + 1
        raise InputError(
            f"{name}: line {table.lines[later]}: the time {seconds[later]:g} s is before the one of the line above "
            f"({seconds[later - 1]:g} s); expected times in order"
        )
    return _Rows(seconds, numbers[:, 1:], table.lines)


def _check_count(file: StkFile, states: _Rows, name: str) -> None:
    """Check the number of states given in the file, so that a truncated file is not taken for a complete one."""
    if "numberofephemerispoints" not in file.values:
        return
    value, line = file.values["numberofephemerispoints"]
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) != len(states.seconds):
        raise InputError(
            f"{name}: line {line}: NumberOfEphemerisPoints {quoted(value, 20)}; expected the number of states, "
            f"{len(states.seconds)}"
        )


def _pieces(seconds: Array, boundaries: Array) -> list[slice]:
    """The rows between boundaries; a single row at one is in the pieces on both sides."""
    first = np.searchsorted(seconds, boundaries - _SAME_TIME_S, side="left")
    after = np.searchsorted(seconds, boundaries + _SAME_TIME_S, side="right")
    # If there are several rows at a boundary, the first ends a piece; more than two leave a repeated time, which is an
    # error.
    ends = [*np.minimum(first + 1, after).tolist(), seconds.size]
    starts = [0, *np.where(after - first >= 2, first + 1, first).tolist()]
    return [slice(start, end) for start, end in zip(starts, ends, strict=True)]


def _kept_pieces(pieces: Sequence[slice]) -> Iterator[tuple[int, slice]]:
    """The pieces with rows, and their positions, except a piece whose single row is also in a neighbour."""
    for place, part in enumerate(pieces):
        if part.stop - part.start == 1:
            before = pieces[place - 1] if place else slice(0, 0)
            after = pieces[place + 1] if place + 1 < len(pieces) else slice(0, 0)
            in_after = after.start <= part.start < after.stop and after.stop - after.start > 1
            if in_after or before.start <= part.start < before.stop:
                continue
        if part.stop > part.start:
            yield place, part


def _boundaries(file: StkFile, name: str) -> Array:
    """Times of the boundaries, in order, without repetition."""
    seconds = number_table(file.boundaries, 1, file.boundary_lines, name, "a time of a boundary")
    return np.unique(seconds[:, 0])


def _covariance_tables(
    file: StkFile, boundaries: Array, name: str, notes: Notes
) -> list[tuple[_Rows, int] | None]:
    """Per piece: the rows of the covariance and the size of its matrices."""
    tables = [table for table in file.tables if table.keyword in _COVARIANCES]
    if not tables:
        return [None] * (boundaries.size + 1)
    if len(tables) > 1:
        notes.add("several tables of covariances; the one with velocities counts")
    table = max(tables, key=lambda one: _COVARIANCES[one.keyword])
    size = _COVARIANCES[table.keyword]
    count = size * (size + 1) // 2
    joined, lines = joined_rows(table.rows, table.lines, count, name, quoted(table.written, 60))
    rows = _rows(replace(table, rows=joined, lines=lines), count, name, "a covariance")
    return [(rows.take(part), size) for part in _pieces(rows.seconds, boundaries)]


def _raw_covariances(
    file: StkFile, given: tuple[_Rows, int] | None, epoch: Moments, km: float, frame: StkFrame, name: str
) -> RawCovariances | None:
    if given is None or given[0].seconds.size == 0:
        return None
    rows, size = given
    written, line = file.values.get("covarianceformat", ("LowerTriangular", 0))
    orders = {"lowertriangular": lower_triangle(size), "uppertriangular": upper_triangle(size)}
    if written.lower() not in orders:
        raise InputError(
            f"{name}: line {line}: CovarianceFormat: expected LowerTriangular or UpperTriangular, got "
            f"{quoted(written, 40)}"
        )
    matrices = symmetric(rows.numbers * km**2, orders[written.lower()])
    axes = file.values.get("covariancecoordinatesystem", ("", 0))[0]
    axes = FRAMES.get(axes.lower(), axes) or frame.name
    return RawCovariances(
        moments_after(epoch, rows.seconds, rows.lines, name, "ScenarioEpoch"),
        [axes] * len(matrices),
        matrices,
        rows.lines,
    )


FORMAT = EphemerisFormat("stk", "an STK ephemeris (stk.v. ...)", is_like, read)
