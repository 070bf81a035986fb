"""The content of a segment as a file states it: read, but not yet checked or converted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debrissim.core.arrays import Array
from debrissim.ephemerides.time_systems import Moments


@dataclass(frozen=True, eq=False)
class RawCovariances:
    """c covariances of a segment.

    | field    | shape     | unit, frame                                                                               |
    |----------|-----------|-------------------------------------------------------------------------------------------|
    | moments  | (c,)      | UTC                                                                                       |
    | frames   | c names   | as the file writes them: "RTN", "TNW", "EME2000", "ITRF2014"; of the segment: its own name|
    | matrices | (c, 6, 6) | km2, km2/s, km2/s2, position before velocity; NaN outside positions if only they are given|
    | lines    | c numbers | lines of the file, for messages; 0 where unknown                                          |
    """

    moments: Moments
    frames: Sequence[str]
    matrices: Array
    lines: Sequence[int]


@dataclass(frozen=True, eq=False)
class RawSegment:
    """k states of a segment.

    | field       | shape     | unit, frame                                                                            |
    |-------------|-----------|----------------------------------------------------------------------------------------|
    | moments     | (k,)      | UTC                                                                                    |
    | states      | (k, 6)    | km, km/s in `frame`; NaN where the file has no velocities                              |
    | lines       | k numbers | lines of the file, for messages                                                        |
    | frame       |           | as the file writes it: "EME2000", "ITRF-97", "TEMEOFDATE"                              |
    | frame_epoch | (2,)      | UTC at which a frame of date is frozen (REF_FRAME_EPOCH), or None                      |
    | usable      | (1,) each | start and stop of use as the file states them, or None: then all states                |
    | line        |           | line at which the segment begins                                                       |
    """

    moments: Moments
    states: Array
    lines: Sequence[int]
    frame: str
    frame_epoch: tuple[float, float] | None = None
    usable_start: Moments | None = None
    usable_stop: Moments | None = None
    interpolation: str = ""
    degree: int = 0
    covariances: RawCovariances | None = None
    line: int = 0
