"""Segments and objects from the content of a file: the checks and conversions common to all formats.

Assumptions
- States are 6,300 to 1,000,000 km from the centre of the Earth, and slower than 20 km/s: any others must be in
  different units.
- A state inside a leap second is left out, because a split Julian date cannot represent it.
- A segment may be used where the file says so, but never outside its states. States that end more than a step before
  the stated stop mean that the file was cut short, which is an error.
- The axes of a covariance between two states are those of the cubic through both; for a covariance outside the states
  they are unknown, so it is kept only if it is in orbit-relative axes.
- A covariance that is not positive semi-definite beyond the digits of the file is kept and noted; a negative variance
  is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.time import utc_text
from debrissim.ephemerides.covariance_frames import (
    covariance_frame,
    covariances_to_rtn,
    in_rtn,
    is_orbit_relative,
)
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import CovarianceHistory, Segment
from debrissim.ephemerides.frames import frame_of, to_teme
from debrissim.ephemerides.raw import RawCovariances, RawSegment

MIN_RADIUS_KM, MAX_RADIUS_KM = 6300.0, 1e6
MAX_SPEED_KM_S = 20.0
# Errors of a million kilometres.
MAX_VARIANCE = 1e12
# Times are written at least to the millisecond; borders of segments that differ by less are the same.
_SAME_TIME_S = 1e-3
_LARGE = 1e15
# Tolerance of the largest correlation: files have five or more digits.
_ROUNDING = 1e-4


def build_segment(raw: RawSegment, name: str, eop: EarthOrientation | None, notes: Notes) -> Segment:
    """The segment in TEME of date and UTC.

    Parameters
    ----------
    raw : RawSegment
    name : str
        Name of the file, with which messages begin.
    eop : EarthOrientation or None
    notes : Notes
        Collects notes about omissions and oddities.

    Raises
    ------
    InputError
        Naming the line, for states that are not numbers, not in order, or not around the Earth, or that end before
        their span of use; a span of use without states; an unknown frame; and covariances with negative variances.
    """
    frame = frame_of(raw.frame, f"{name}: line {raw.line}: the reference frame")
    raw = _without_leap_seconds(raw, notes)
    _check_numbers(raw, name)
    _check_order(raw, name)
    jd, fraction = raw.moments.jd, raw.moments.fraction
    conversion = to_teme(frame, jd, fraction, eop, raw.frame_epoch)
    states = conversion.states(raw.states)
    radius = np.linalg.norm(states[:, :3], axis=1)
    speed = np.linalg.norm(states[:, 3:], axis=1)
    _check_sizes(raw, radius, speed, name)
    start, stop = _usable(raw, name, notes)
    moving_km_s = np.nanmax(speed) if np.isfinite(speed).all() else MAX_SPEED_KM_S
    error_km = conversion.error_rad * radius.max() + conversion.error_km + raw.moments.error_s * moving_km_s
    return Segment(
        jd=jd,
        fraction=fraction,
        leap_s=raw.moments.tai_utc_s - raw.moments.tai_utc_s[0],
        positions_km=np.ascontiguousarray(states[:, :3]),
        velocities_km_s=np.ascontiguousarray(states[:, 3:]),
        usable_start=start,
        usable_stop=stop,
        interpolation=raw.interpolation,
        degree=raw.degree,
        covariances=None if raw.covariances is None else _covariances(raw, states, name, eop, notes),
        frame_error_km=float(error_km),
        line=raw.line,
    )


def in_order(segments: Sequence[Segment], name: str) -> tuple[Segment, ...]:
    """The segments of one object in the order of their spans of use; InputError, naming lines, if two overlap."""
    ordered = sorted(segments, key=lambda segment: (segment.usable_start, segment.usable_stop))
    for earlier, later in pairwise(ordered):
        if _seconds(later.usable_start, earlier.usable_stop) < -_SAME_TIME_S:
            first, second = sorted((earlier, later), key=lambda segment: segment.line)
            raise InputError(
                f"{name}: line {second.line}: the segment overlaps the one of line {first.line} "
                f"({utc_text(*later.usable_start)} is before {utc_text(*earlier.usable_stop)}); expected spans of use "
                "one after another"
            )
    return tuple(ordered)


def _without_leap_seconds(raw: RawSegment, notes: Notes) -> RawSegment:
    inside = raw.moments.inside_leap
    if not inside.any() or inside.all():
        return raw
    notes.add("states inside a leap second are left out", utc_text(raw.moments.jd[inside][0], 0.0)[:10])
    keep = ~inside
    lines = [line for line, kept in zip(raw.lines, keep.tolist(), strict=True) if kept]
    return replace(raw, moments=raw.moments.take(keep), states=raw.states[keep], lines=lines)


def _check_numbers(raw: RawSegment, name: str) -> None:
    if len(raw.moments) == 0:
        raise InputError(f"{name}: line {raw.line}: a segment without states; expected some")
    position, velocity = np.isfinite(raw.states[:, :3]).all(axis=1), np.isfinite(raw.states[:, 3:])
    none = bool(np.isnan(raw.states[:, 3:]).all())
    wrong = ~position if none else ~(position & velocity.all(axis=1))
    if wrong.any():
        line = raw.lines[int(np.argmax(wrong))]
        raise InputError(f"{name}: line {line}: expected finite numbers in every state")
    # Squares of larger numbers would overflow.
    large = (np.abs(raw.states) > _LARGE).any(axis=1)
    if large.any():
        line = raw.lines[int(np.argmax(large))]
        raise InputError(f"{name}: line {line}: expected numbers up to {_LARGE:g} in every state")


def _check_order(raw: RawSegment, name: str) -> None:
    """Strictly increasing times."""
    if len(raw.moments) < 2:
        return
    steps = raw.moments.take(slice(1, None)).seconds_since(raw.moments.take(slice(None, -1)))
    wrong = np.flatnonzero(~(steps > 0.0))
    if wrong.size:
        row = int(wrong[0]) + 1
        before, moment = (
            utc_text(raw.moments.jd[k], raw.moments.fraction[k], decimals=6) for k in (row - 1, row)
        )
        fault = "repeats the time of" if steps[row - 1] == 0.0 else "is earlier than"
        raise InputError(
            f"{name}: line {raw.lines[row]}: the state at {moment} {fault} the one before it ({before}); expected "
            "states in order within a segment"
        )


def _check_sizes(raw: RawSegment, radius: Array, speed: Array, name: str) -> None:
    wrong = ~((radius >= MIN_RADIUS_KM) & (radius <= MAX_RADIUS_KM))
    if wrong.any():
        row = int(np.argmax(wrong))
        metres = "; are positions in m?" if MIN_RADIUS_KM <= radius[row] / 1e3 <= MAX_RADIUS_KM else ""
        raise InputError(
            f"{name}: line {raw.lines[row]}: a state {radius[row]:,.6g} km from the centre of the Earth; expected "
            f"6,300 to 1,000,000 km{metres}"
        )
    with np.errstate(invalid="ignore"):
        fast = speed > MAX_SPEED_KM_S
    if fast.any():
        row = int(np.argmax(fast))
        metres = "; are velocities in m/s?" if speed[row] <= 1e3 * MAX_SPEED_KM_S else ""
        raise InputError(
            f"{name}: line {raw.lines[row]}: a speed of {speed[row]:,.6g} km/s; expected at most "
            f"{MAX_SPEED_KM_S:g} km/s{metres}"
        )


def _usable(raw: RawSegment, name: str, notes: Notes) -> tuple[tuple[float, float], tuple[float, float]]:
    """Start and stop of use: as stated, within the states."""
    first, last = raw.moments.take(slice(0, 1)), raw.moments.take(slice(-1, None))
    start, stop = raw.usable_start or first, raw.usable_stop or last
    if start.seconds_since(first)[0] < 0.0:
        if start.seconds_since(first)[0] < -_SAME_TIME_S:
            notes.add(
                "the stated start is before the first state, from which on it is used", f"line {raw.line}"
            )
        start = first
    missing_s = float(stop.seconds_since(last)[0])
    if missing_s > 0.0:
        step_s = (
            float(last.seconds_since(raw.moments.take(slice(-2, -1)))[0]) if len(raw.moments) > 1 else 0.0
        )
        if missing_s > step_s + _SAME_TIME_S:
            raise InputError(
                f"{name}: line {raw.lines[-1]}: the last state is {missing_s:,.6g} s before the stated stop; expected "
                "states up to it (is the file cut short?)"
            )
        if missing_s > _SAME_TIME_S:
            notes.add("the stated stop is after the last state, until which it is used", f"line {raw.line}")
        stop = last
    if stop.seconds_since(start)[0] < 0.0:
        raise InputError(
            f"{name}: line {raw.line}: no states between the start and the stop of use; expected some"
        )
    return (float(start.jd[0]), float(start.fraction[0])), (float(stop.jd[0]), float(stop.fraction[0]))


def _covariances(
    raw: RawSegment, states: Array, name: str, eop: EarthOrientation | None, notes: Notes
) -> CovarianceHistory | None:
    given = raw.covariances
    if given is None or len(given.moments) == 0:
        return None
    frames, of_frame = _distinct_frames(given, raw.frame, name)
    _check_covariances(given, name, notes)
    seconds = given.moments.seconds_since(raw.moments.take(slice(0, 1)))
    times = raw.moments.seconds_since(raw.moments.take(slice(0, 1)))
    inside = (seconds >= -_SAME_TIME_S) & (seconds <= times[-1] + _SAME_TIME_S)
    # TNW and similar frames also require the direction of flight.
    keep = inside | np.array([frame == "RTN" for frame in frames])[of_frame]
    if not keep.all():
        notes.add("covariances outside the states of their segment are left out", f"line {raw.line}")
    if frames == ["RTN"] and np.isfinite(states).all():
        turned = in_rtn(given.matrices)
    else:
        at = _states_at(times, states, np.clip(seconds, 0.0, times[-1]))
        if not np.isfinite(at).all():
            notes.add("a segment of one state without a velocity has no RTN; its covariance is left out")
            return None
        turned = np.empty_like(given.matrices)
        for frame in sorted(set(frames)):
            rows = np.array([other == frame for other in frames])[of_frame]
            turned[rows] = covariances_to_rtn(
                given.matrices[rows],
                frame,
                at[rows],
                given.moments.jd[rows],
                given.moments.fraction[rows],
                eop,
                None if is_orbit_relative(frame) else raw.frame_epoch,
            )
    rows = np.argsort(seconds, kind="stable")
    rows = rows[keep[rows]]
    # If there are several covariances at one moment (a file may state it in two frames), the first is used.
    repeated = np.concatenate([[False], np.diff(seconds[rows]) <= 0.0]) if rows.size else np.zeros(0, bool)
    if repeated.any():
        notes.add("several covariances at one moment; the first one counts", f"line {raw.line}")
        rows = rows[~repeated]
    if not rows.size:
        return None
    return CovarianceHistory(given.moments.jd[rows], given.moments.fraction[rows], turned[rows])


def _distinct_frames(given: RawCovariances, default: str, name: str) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct frames given in the file, and for each covariance the index (c,) of its frame among them.

    Raises InputError, naming the first line, for an unknown frame.
    """
    written = [text or default for text in given.frames]
    place = {text: row for row, text in enumerate(dict.fromkeys(written))}
    of_frame = np.fromiter(map(place.__getitem__, written), dtype=np.int64, count=len(written))
    frames = [
        covariance_frame(
            text, f"{name}: line {given.lines[written.index(text)]}: the frame of the covariance"
        )
        for text in place
    ]
    return frames, of_frame


def _check_covariances(given: RawCovariances, name: str, notes: Notes) -> None:
    matrices = given.matrices
    variances = np.diagonal(matrices, axis1=1, axis2=2)
    size = np.abs(matrices).max(axis=(1, 2), where=~np.isnan(matrices), initial=0.0)
    with np.errstate(invalid="ignore"):
        negative = (variances < 0.0).any(axis=1)
    positions = np.isfinite(matrices[:, :3, :3]).all(axis=(1, 2))
    for wrong, reason in (
        (~positions | np.isinf(size), "expected finite numbers in every covariance"),
        (size > MAX_VARIANCE, f"a covariance above {MAX_VARIANCE:g}; expected km2, km2/s and km2/s2"),
        (negative, "a negative variance; expected 0 or more"),
    ):
        if wrong.any():
            raise InputError(f"{name}: line {given.lines[int(np.argmax(wrong))]}: {reason}")
    whole = np.isfinite(matrices).all(axis=(1, 2))
    doubtful = np.zeros(len(matrices), dtype=np.bool_)
    for rows, dimension in ((whole, 6), (~whole, 3)):
        doubtful[rows] = ~_is_covariance(matrices[rows, :dimension, :dimension])
    for row in np.flatnonzero(doubtful).tolist():
        notes.add("the covariance is not positive semi-definite; kept unchanged", f"line {given.lines[row]}")


def _is_covariance(matrices: Array) -> NDArray[np.bool_]:
    """(c,) whether matrices (c, d, d) are positive semi-definite, to the digits of a file."""
    sigma = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    correlation = matrices / (scale[:, :, None] * scale[:, None, :])
    bounded = np.abs(correlation).max(axis=(1, 2), initial=0.0) < 1e6
    correlation = np.where(bounded[:, None, None], correlation, 0.0)
    try:
        # This takes a tenth of the time: a matrix that it decomposes has no eigenvalue below the limit.
        np.linalg.cholesky(correlation + 0.99 * _ROUNDING * np.eye(matrices.shape[-1]))
        return np.asarray(bounded)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(correlation).min(axis=1, initial=np.inf)
    return np.asarray(bounded & (smallest >= -_ROUNDING))


def _states_at(times: Array, states: Array, seconds: Array) -> Array:
    """(c, 6) states between those at `times` (k,), by cubics; only good enough for directions."""
    if np.isnan(states[:, 3:]).any():
        if len(times) < 3:
            return np.full((seconds.size, 6), np.nan)
        curve = scipy.interpolate.CubicSpline(times, states[:, :3])
    elif len(times) < 2:
        return np.broadcast_to(states, (seconds.size, 6)).copy()
    else:
        curve = scipy.interpolate.CubicHermiteSpline(times, states[:, :3], states[:, 3:])
    return np.concatenate([curve(seconds), curve.derivative()(seconds)], axis=1)


def _seconds(later: tuple[float, float], earlier: tuple[float, float]) -> float:
    return ((later[0] - earlier[0]) + (later[1] - earlier[1])) * SECONDS_PER_DAY
