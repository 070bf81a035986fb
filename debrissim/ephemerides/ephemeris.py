"""The trajectory of one object as its operator or a tracking network states it: segments of states.

Everything is converted on reading: states to TEME of date, times to UTC as split Julian dates, covariances to the RTN
of the object's own inertial state. Between the states of a segment the trajectory is interpolated
(`debrissim.ephemerides.interpolation`), never from one segment to the next, because there may be a manoeuvre between
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY


@dataclass(frozen=True, eq=False)
class CovarianceHistory:
    """Covariances of one segment at c moments, ordered in time.

    | column       | shape     | unit, frame                                                           |
    |--------------|-----------|-----------------------------------------------------------------------|
    | jd, fraction | (c,)      | UTC, split Julian dates                                               |
    | covariance   | (c, 6, 6) | km2, km2/s, km2/s2: position and velocity along the object's RTN axes |

    The axes are those of the moment, held fixed. If the file states only positions, the rest is NaN.
    """

    jd: Array
    fraction: Array
    covariance: Array


@dataclass(frozen=True, eq=False)
class Segment:
    """k states of one arc, strictly ordered in time, and the span in which they may be used.

    | field                     | shape  | unit, frame                                                       |
    |---------------------------|--------|-------------------------------------------------------------------|
    | jd, fraction              | (k,)   | UTC, split Julian dates                                           |
    | leap_s                    | (k,)   | leap seconds since the first state; with them time runs evenly    |
    | positions_km              | (k, 3) | km, TEME of date                                                  |
    | velocities_km_s           | (k, 3) | km/s, TEME of date, inertial; NaN where the file has none         |
    | usable_start, usable_stop | (2,)   | UTC, (jd, fraction)                                               |
    | interpolation, degree     |        | as the file states them, such as "LAGRANGE" and 5; else "" and 0  |
    | covariances               |        | `CovarianceHistory`, or None                                      |
    | frame_error_km            |        | bound on the error of the conversion to TEME                      |
    | line                      |        | line of the file at which the segment begins, for messages        |
    """

    jd: Array
    fraction: Array
    leap_s: Array
    positions_km: Array
    velocities_km_s: Array
    usable_start: tuple[float, float]
    usable_stop: tuple[float, float]
    interpolation: str = ""
    degree: int = 0
    covariances: CovarianceHistory | None = None
    frame_error_km: float = 0.0
    line: int = 0

    def __len__(self) -> int:
        return int(self.jd.size)


@dataclass(frozen=True)
class DeclaredManeuver:
    """A burn that a file declares: its start, its duration (s) and the change of velocity (m/s, NaN if not stated).

    duration_s is 0 where the file does not state it. A change of velocity of 0 marks an event such as an undocking,
    which is not a manoeuvre unless the states show one.
    """

    jd: float
    fraction: float
    duration_s: float
    delta_v_m_s: float = float("nan")
    comment: str = ""


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """The trajectory of one object, as read from a file.

    norad_id is None and the texts are empty where the file does not state them; source: name of the file, for messages;
    notes: what was ignored, assumed or corrected in reading, one sentence each, without repetition.
    """

    name: str
    norad_id: int | None
    international_designator: str
    originator: str
    source: str
    segments: tuple[Segment, ...]
    maneuvers: tuple[DeclaredManeuver, ...] = ()
    notes: tuple[str, ...] = ()
    creation: tuple[float, float] | None = field(default=None)

    def __len__(self) -> int:
        return len(self.segments)


def elapsed_s(jd: Array, fraction: Array, start_jd: float, start_fraction: float) -> NDArray[np.float64]:
    """Run time (k,) in s of split Julian dates (k,): days of 86,400 s, as in SGP4."""
    days = (np.asarray(jd) - start_jd) + (np.asarray(fraction) - start_fraction)
    return np.asarray(days * SECONDS_PER_DAY, dtype=np.float64)


def around(
    ephemeris: Ephemeris, start_jd: float, start_fraction: float, span_s: tuple[float, float]
) -> Ephemeris:
    """The ephemeris with only the states and covariances within a span, and one more on either side, as copies.

    span_s: run time in s. Every segment remains, with its limits of use, even if none of its states does.
    """

    def chosen(jd: Array, fraction: Array) -> slice:
        moments = elapsed_s(jd, fraction, start_jd, start_fraction)
        first = int(np.searchsorted(moments, span_s[0], side="left")) - 1
        return slice(max(first, 0), int(np.searchsorted(moments, span_s[1], side="right")) + 1)

    def part(segment: Segment) -> Segment:
        kept = chosen(segment.jd, segment.fraction)
        history = segment.covariances
        if history is not None:
            own = chosen(history.jd, history.fraction)
            history = CovarianceHistory(
                history.jd[own].copy(), history.fraction[own].copy(), history.covariance[own].copy()
            )
        return replace(
            segment,
            jd=segment.jd[kept].copy(),
            fraction=segment.fraction[kept].copy(),
            leap_s=segment.leap_s[kept].copy(),
            positions_km=segment.positions_km[kept].copy(),
            velocities_km_s=segment.velocities_km_s[kept].copy(),
            covariances=history,
        )

    return replace(ephemeris, segments=tuple(part(segment) for segment in ephemeris.segments))
