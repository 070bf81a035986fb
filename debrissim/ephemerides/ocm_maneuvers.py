"""Manoeuvres of an orbit comprehensive message.

Source: CCSDS 502.0-B-3, section 6.2.8 and table 6-8 (MAN_COMPOSITION).

Assumptions
- A line of data is one manoeuvre, or one piece of a long one: its time, its duration where the composition has
  MAN_DURA, and its change of velocity: DV_X to DV_Z in km/s, or the accelerations ACC_X to ACC_Z in km/s2 times the
  duration. For thrusts (THR_*) it is unknown, because the mass is unknown.
- A duty cycle is a further manoeuvre, over the whole time from DC_EXEC_START to DC_EXEC_STOP.
- Manoeuvres of every MAN_BASIS are kept: they only prevent the trajectory from being interpolated across them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt, quoted
from debrissim.ephemerides.columns import number_table
from debrissim.ephemerides.ephemeris import DeclaredManeuver
from debrissim.ephemerides.ocm_clock import Clock
from debrissim.ephemerides.odm_blocks import Block

KEYWORDS = (
    "MAN_ID",
    "MAN_PREV_ID",
    "MAN_NEXT_ID",
    "MAN_BASIS",
    "MAN_BASIS_ID",
    "MAN_DEVICE_ID",
    "MAN_PREV_EPOCH",
    "MAN_NEXT_EPOCH",
    "MAN_PURPOSE",
    "MAN_PRED_SOURCE",
    "MAN_REF_FRAME",
    "MAN_FRAME_EPOCH",
    "GRAV_ASSIST_NAME",
    "DC_TYPE",
    "DC_WIN_OPEN",
    "DC_WIN_CLOSE",
    "DC_MIN_CYCLES",
    "DC_MAX_CYCLES",
    "DC_EXEC_START",
    "DC_EXEC_STOP",
    "DC_REF_TIME",
    "DC_TIME_PULSE_DURATION",
    "DC_TIME_PULSE_PERIOD",
    "DC_REF_DIR",
    "DC_BODY_FRAME",
    "DC_BODY_TRIGGER",
    "DC_PA_START_ANGLE",
    "DC_PA_STOP_ANGLE",
    "MAN_COMPOSITION",
    "MAN_UNITS",
)
_TIMES = ("TIME_ABSOLUTE", "TIME_RELATIVE")
_DV = ("DV_X", "DV_Y", "DV_Z")
_ACCELERATION = ("ACC_X", "ACC_Y", "ACC_Z")


def read_maneuvers(block: Block, clock: Clock, notes: Notes) -> Iterator[DeclaredManeuver]:
    """The manoeuvres of a block MAN. Raises InputError, naming the line, for data that MAN_COMPOSITION does not fit."""
    name = clock.name
    block.require(("MAN_COMPOSITION",), name)
    line = block.line_of("MAN_COMPOSITION")
    columns = [part.strip().upper() for part in block.text("MAN_COMPOSITION").strip("[]").split(",")]
    times = [column for column in columns if column in _TIMES]
    if len(times) != 1 or len(set(columns)) != len(columns):
        raise InputError(
            f"{name}: line {line}: MAN_COMPOSITION: expected TIME_ABSOLUTE or TIME_RELATIVE once, and no part twice, "
            f"got {quoted(block.text('MAN_COMPOSITION'), 60)}"
        )
    for row, row_line in zip(block.rows, block.row_lines, strict=True):
        if len(row) != len(columns):
            raise InputError(
                f"{name}: line {row_line}: {len(row)} values of a manoeuvre; expected {len(columns)}, as "
                "MAN_COMPOSITION has parts"
            )
    basis = block.text("MAN_BASIS").upper()
    if basis:
        notes.add("MAN_BASIS of manoeuvres; all of them are taken as flown", excerpt(basis)[:40])
    parts = (block.text(keyword) for keyword in ("MAN_ID", "MAN_PURPOSE"))
    comment = excerpt(", ".join(part for part in parts if part))
    if block.rows:
        at = columns.index(times[0])
        moments = clock.moments([row[at] for row in block.rows], block.row_lines)
        for k, row in enumerate(block.rows):
            values = dict(zip(columns, row, strict=True))
            yield _maneuver(
                values,
                (float(moments.jd[k]), float(moments.fraction[k])),
                block.row_lines[k],
                comment,
                name,
            )
    yield from _duty_cycle(block, clock, comment)


def _maneuver(
    values: dict[str, str], at: tuple[float, float], line: int, comment: str, name: str
) -> DeclaredManeuver:
    duration = _numbers(values, ("MAN_DURA",), line, name)[0] if "MAN_DURA" in values else 0.0
    if duration < 0.0:
        raise InputError(f"{name}: line {line}: MAN_DURA: expected 0 s or more, got {duration:g}")
    delta_v = math.nan
    if all(column in values for column in _DV):
        delta_v = 1e3 * math.hypot(*_numbers(values, _DV, line, name))
    elif all(column in values for column in _ACCELERATION) and "MAN_DURA" in values:
        delta_v = 1e3 * duration * math.hypot(*_numbers(values, _ACCELERATION, line, name))
    return DeclaredManeuver(*at, duration, delta_v, comment)


def _numbers(values: dict[str, str], columns: tuple[str, ...], line: int, name: str) -> list[float]:
    texts = [values[column] for column in columns]
    row: list[float] = number_table([texts], len(columns), [line], name, columns[0])[0].tolist()
    return row


def _duty_cycle(block: Block, clock: Clock, comment: str) -> Iterator[DeclaredManeuver]:
    if block.text("DC_TYPE", "CONTINUOUS").upper() == "CONTINUOUS":
        return
    block.require(("DC_EXEC_START", "DC_EXEC_STOP"), clock.name)
    start, stop = clock.moment(block, "DC_EXEC_START"), clock.moment(block, "DC_EXEC_STOP")
    duration = float(stop.seconds_since(start)[0])
    if duration < 0.0:
        line = block.line_of("DC_EXEC_STOP")
        raise InputError(
            f"{clock.name}: line {line}: DC_EXEC_STOP is before DC_EXEC_START; expected it after"
        )
    yield DeclaredManeuver(float(start.jd[0]), float(start.fraction[0]), duration, comment=comment)
