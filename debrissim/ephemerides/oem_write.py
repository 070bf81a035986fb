"""Orbit ephemeris messages as KVN text: segments of states of one object.

Source: CCSDS 502.0-B-2 (2009), "Orbit Data Messages", section 5.

Assumptions
- Times are UTC, to the digits of `OemSegment.decimals`. Positions are written to 1e-7 km, velocities to 1e-10 km/s: far
  below the error of any orbit determination.
- An interpolation of degree 7 is recommended if a segment has enough states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from debrissim.catalog.catalog_numbers import INTERNATIONAL_DESIGNATOR
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import ascii_line
from debrissim.core.time import utc_text
from debrissim.propagation.celestial import teme_to_eme2000

DEGREE = 7
FRAMES = ("eme2000", "teme")


@dataclass(frozen=True, eq=False)
class OemSegment:
    """States of one segment: time_s (k,) s of run time, ascending; states (k, 6) km, km/s in the frame of the message.

    decimals: of the seconds in its times, 3 or 6. comments: one line each.
    """

    time_s: Array
    states: Array
    decimals: int = 3
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class OemObject:
    """The object of a message: its name, international designator and catalogue number as text, "" if not known."""

    name: str
    designator: str
    number: str

    @property
    def identifier(self) -> str:
        """OBJECT_ID: the designator in the format of the standard, otherwise the number, otherwise UNKNOWN."""
        if INTERNATIONAL_DESIGNATOR.fullmatch(self.designator):
            return self.designator
        return self.number or "UNKNOWN"

    @property
    def label(self) -> str:
        """OBJECT_NAME: the name as one line of ASCII, otherwise the identifier."""
        return ascii_line(self.name) or self.identifier


def oem_kvn(
    own: OemObject,
    segments: Sequence[OemSegment],
    *,
    frame: str,
    originator: str,
    start: tuple[float, float],
    comments: Sequence[str] = (),
) -> str:
    """The message as KVN text.

    Parameters
    ----------
    own : OemObject
    segments : sequence of OemSegment
        In the order of time, none overlapping the next.
    frame : str
        "eme2000" or "teme", as in `FRAMES`.
    originator : str
    start : tuple of float
        UTC of run time zero as a split Julian date; also CREATION_DATE, so that the same states give the same bytes.
    comments : sequence of str
        Of the header, one line each.
    """
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        *(f"COMMENT {ascii_line(comment)}" for comment in comments),
        f"CREATION_DATE = {utc_text(*start).removesuffix('Z')}",
        f"ORIGINATOR = {originator}",
    ]
    for segment in segments:
        lines += ["", *_segment(own, segment, frame, start)]
    return "\n".join(lines) + "\n"


def state_text(state: Sequence[float]) -> list[str]:
    """The six numbers of a state as text."""
    return [*(f"{x:.7f}" for x in state[:3]), *(f"{v:.10f}" for v in state[3:])]


def in_frame(start: tuple[float, float], time_s: Array, states: Array, frame: str) -> Array:
    """(k, 6) km, km/s: states (k, 6) in TEME of date at times (k,) s of run time, in a frame of `FRAMES`."""
    if frame == "teme":
        return states
    days, fraction = np.divmod(start[1] + time_s / SECONDS_PER_DAY, 1.0)
    matrices = teme_to_eme2000(start[0] + days, fraction)
    rotated = np.einsum("kij,kaj->kai", matrices, states.reshape(-1, 2, 3))
    return np.asarray(rotated.reshape(-1, 6))


def _segment(own: OemObject, segment: OemSegment, frame: str, start: tuple[float, float]) -> Iterator[str]:
    stamps = [utc_text(*start, time, segment.decimals).removesuffix("Z") for time in segment.time_s.tolist()]
    yield "META_START"
    yield from (f"COMMENT {ascii_line(comment)}" for comment in segment.comments)
    yield f"OBJECT_NAME = {own.label}"
    yield f"OBJECT_ID = {own.identifier}"
    yield "CENTER_NAME = EARTH"
    yield f"REF_FRAME = {frame.upper()}"
    yield "TIME_SYSTEM = UTC"
    yield f"START_TIME = {stamps[0]}"
    yield f"STOP_TIME = {stamps[-1]}"
    if len(stamps) > 1:
        yield "INTERPOLATION = LAGRANGE"
        yield f"INTERPOLATION_DEGREE = {min(DEGREE, len(stamps) - 1)}"
    yield "META_STOP"
    for stamp, state in zip(stamps, segment.states.tolist(), strict=True):
        yield " ".join([stamp, *state_text(state)])
