"""Covariances of an orbit comprehensive message.

Source: CCSDS 502.0-B-3, section 6.2.7 and annex B; the SANA registry of orbital elements (CARTP, CARTPV, ADBARV).

Assumptions
- A matrix is a time and its numbers in COV_ORDERING: the lower triangle row by row (LTM, the default), the upper one
  (UTM), or all (FULL, LTMWCC, UTMWCC). The lower triangle of LTMWCC and the upper triangle of UTMWCC are used: the
  other triangles hold correlations. FULL must be symmetric to a thousandth of its standard deviations.
- The units are those of COV_TYPE, whatever COV_UNITS says. COV_REF_FRAME is TNW_INERTIAL by default. Other types are
  noted and left out.
- ADBARV: right ascension, declination, flight path angle from the radial direction, azimuth from north by east (deg),
  radius (km), speed (km/s), in an inertial frame. It is converted to Cartesian by the derivatives at the state of its
  moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt, quoted
from debrissim.ephemerides.columns import joined_rows, lower_triangle, number_table, symmetric, upper_triangle
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.frames import frame_of, is_rotating, to_teme
from debrissim.ephemerides.ocm_clock import Clock
from debrissim.ephemerides.odm_blocks import Block
from debrissim.ephemerides.raw import RawCovariances, RawSegment
from debrissim.ephemerides.time_systems import Moments

KEYWORDS = (
    "COV_ID",
    "COV_PREV_ID",
    "COV_NEXT_ID",
    "COV_BASIS",
    "COV_BASIS_ID",
    "COV_REF_FRAME",
    "COV_FRAME_EPOCH",
    "COV_SCALE_MIN",
    "COV_SCALE_MAX",
    "COV_CONFIDENCE",
    "COV_TYPE",
    "COV_ORDERING",
    "COV_UNITS",
)
_SIZES = {"CARTP": 3, "CARTPV": 6, "CARTPVA": 9, "ADBARV": 6}
ORDERINGS = ("LTM", "UTM", "FULL", "LTMWCC", "UTMWCC")
_ASYMMETRY = 1e-3
_SAME_TIME_S = 1e-3


def read_covariances(
    block: Block, clock: Clock, states: Sequence[RawSegment], eop: EarthOrientation | None, notes: Notes
) -> RawCovariances | None:
    """The covariances of a block COV, Cartesian; None, with a note, for a type that is not read.

    Parameters
    ----------
    block : Block
    clock : Clock
    states : sequence of RawSegment
        The trajectory, at whose states ADBARV is converted.
    eop : EarthOrientation or None
    notes : Notes

    Raises
    ------
    InputError
        Naming the line, for an unknown ordering, a number count that does not fit the ordering, and ADBARV in a
        rotating frame or without states.
    """
    name = clock.name
    block.require(("COV_TYPE",), name)
    kind = block.text("COV_TYPE").upper()
    if kind not in _SIZES:
        notes.add("a covariance of a type that is not read", excerpt(kind)[:40])
        return None
    if not block.text("COV_REF_FRAME"):
        notes.add("no COV_REF_FRAME; taken as TNW_INERTIAL, the standard's default")
    frame = block.text("COV_REF_FRAME", "TNW_INERTIAL")
    if block.text("COV_SCALE_MIN") or block.text("COV_SCALE_MAX"):
        notes.add("COV_SCALE_MIN and COV_SCALE_MAX are not used")
    if block.text("COV_FRAME_EPOCH"):
        notes.add("COV_FRAME_EPOCH is not used: the axes are those of each moment")
    times, numbers, lines = _rows(block, _count(block, _SIZES[kind], name), name)
    if not times:
        return None
    matrices = _matrices(numbers, _SIZES[kind], block, lines, name)
    moments = clock.moments(times, lines)
    if kind == "ADBARV":
        # States are checked later: those of damaged files may be anything.
        with np.errstate(all="ignore"):
            matrices = _cartesian(matrices, moments, frame, block, states, eop, name)
    return RawCovariances(moments, [frame] * len(times), matrices, lines)


def _ordering(block: Block, name: str) -> str:
    written = block.text("COV_ORDERING", "LTM")
    if written.upper() not in ORDERINGS:
        line = block.line_of("COV_ORDERING")
        raise InputError(
            f"{name}: line {line}: COV_ORDERING: expected one of {', '.join(ORDERINGS)}, got {quoted(written, 40)}"
        )
    return written.upper()


def _count(block: Block, size: int, name: str) -> int:
    """Numbers of a matrix in the file."""
    return size * (size + 1) // 2 if _ordering(block, name) in ("LTM", "UTM") else size * size


def _rows(block: Block, count: int, name: str) -> tuple[list[str], Array, list[int]]:
    """Times, numbers (c, count) and lines of the matrices; each may go over several lines."""
    rows, lines = joined_rows(block.rows, block.row_lines, count, name, "a covariance")
    numbers = number_table([row[1:] for row in rows], count, lines, name, "a covariance")
    return [row[0] for row in rows], numbers, lines


def _matrices(numbers: Array, size: int, block: Block, lines: Sequence[int], name: str) -> Array:
    """(c, 6, 6), NaN outside positions if only they are given."""
    ordering = _ordering(block, name)
    order = upper_triangle(size) if ordering.startswith("UTM") else lower_triangle(size)
    if ordering not in ("LTM", "UTM"):
        given = numbers.reshape(-1, size, size)
        if ordering == "FULL":
            _check_symmetry(given, lines, name)
        numbers = given[:, order[:, 0], order[:, 1]]
    kept = (order < 6).all(axis=1)
    return symmetric(numbers[:, kept], order[kept])


def _check_symmetry(given: Array, lines: Sequence[int], name: str) -> None:
    sigma = np.sqrt(np.abs(np.diagonal(given, axis1=1, axis2=2)))
    limit = _ASYMMETRY * sigma[:, :, None] * sigma[:, None, :]
    wrong = (np.abs(given - np.swapaxes(given, 1, 2)) > limit).any(axis=(1, 2))
    if wrong.any():
        raise InputError(
            f"{name}: line {lines[int(np.argmax(wrong))]}: a full covariance that is not symmetric; expected "
            "the same number on both sides of its diagonal"
        )


def _cartesian(
    matrices: Array,
    moments: Moments,
    frame: str,
    block: Block,
    states: Sequence[RawSegment],
    eop: EarthOrientation | None,
    name: str,
) -> Array:
    """Covariances of position and velocity from those of ADBARV."""
    line = block.line_of("COV_REF_FRAME")
    known = frame_of(frame, f"{name}: line {line}: COV_REF_FRAME of ADBARV")
    if is_rotating(known):
        raise InputError(
            f"{name}: line {line}: COV_REF_FRAME of ADBARV: expected an inertial frame, got {quoted(frame, 40)}"
        )
    at = _states_at(moments, states, block, eop, name)
    rotation = np.swapaxes(to_teme(known, moments.jd, moments.fraction, eop).rotation, -1, -2)
    vectors = np.einsum("cij,caj->cai", rotation, at.reshape(-1, 2, 3))
    jacobian = adbarv_jacobian(vectors[:, 0], vectors[:, 1])
    return np.asarray(jacobian @ matrices @ np.swapaxes(jacobian, -1, -2))


def _states_at(
    moments: Moments, states: Sequence[RawSegment], block: Block, eop: EarthOrientation | None, name: str
) -> Array:
    """(c, 6) states in TEME, by cubics; good enough for directions."""
    found = np.full((len(moments), 6), np.nan)
    for segment in states:
        if len(segment.moments) == 0 or not np.isfinite(segment.states).all():
            continue
        start = segment.moments.take(slice(0, 1))
        times, seconds = segment.moments.seconds_since(start), moments.seconds_since(start)
        frame = frame_of(segment.frame, f"{name}: line {segment.line}: TRAJ_REF_FRAME")
        inside = (seconds >= times[0] - _SAME_TIME_S) & (seconds <= times[-1] + _SAME_TIME_S)
        if not inside.any() or not (np.diff(times) > 0.0).all():
            continue
        teme = to_teme(frame, segment.moments.jd, segment.moments.fraction, eop, segment.frame_epoch).states(
            segment.states
        )
        if len(times) == 1:
            found[inside] = teme[0]
            continue
        curve = scipy.interpolate.CubicHermiteSpline(times, teme[:, :3], teme[:, 3:])
        at = np.clip(seconds[inside], times[0], times[-1])
        found[inside] = np.concatenate([curve(at), curve.derivative()(at)], axis=1)
    missing = ~np.isfinite(found).all(axis=1)
    if missing.any():
        raise InputError(
            f"{name}: line {block.row_lines[0]}: covariances as ADBARV outside the states with velocities; expected "
            "them within"
        )
    return found


def adbarv_jacobian(position: Array, velocity: Array) -> Array:
    """Derivatives of position and velocity with respect to ADBARV.

    Parameters
    ----------
    position, velocity : Array, shape (c, 3)
        km, km/s, inertial.

    Returns
    -------
    Array, shape (c, 6, 6)
        km and km/s by degrees (four), km and km/s: rows as the state, columns as ADBARV.
    """
    radius = np.linalg.norm(position, axis=1, keepdims=True)
    speed = np.linalg.norm(velocity, axis=1, keepdims=True)
    up = position / radius
    sin_d = up[:, 2:]
    cos_d = np.hypot(up[:, :1], up[:, 1:2])
    # At a pole the right ascension is arbitrary, and any direction is east.
    pole = cos_d == 0.0
    cos_a = np.where(pole, 1.0, up[:, :1] / np.where(pole, 1.0, cos_d))
    sin_a = np.where(pole, 0.0, up[:, 1:2] / np.where(pole, 1.0, cos_d))
    east = np.concatenate([-sin_a, cos_a, np.zeros_like(sin_a)], axis=1)
    north = np.cross(up, east)
    outward = cos_d * up - sin_d * north
    along = velocity / speed
    cos_b = np.einsum("ci,ci->c", along, up)[:, None]
    level = along - cos_b * up
    sin_b = np.linalg.norm(level, axis=1, keepdims=True)
    sin_az = np.einsum("ci,ci->c", level, east)[:, None] / np.where(sin_b == 0.0, 1.0, sin_b)
    cos_az = np.einsum("ci,ci->c", level, north)[:, None] / np.where(sin_b == 0.0, 1.0, sin_b)
    heading = cos_az * north + sin_az * east
    out = np.zeros((len(position), 6, 6))
    out[:, :3, 0] = radius * cos_d * east
    out[:, :3, 1] = radius * north
    out[:, :3, 4] = up
    out[:, 3:, 0] = speed * (cos_b * cos_d * east + sin_b * (-cos_az * sin_d * east - sin_az * outward))
    out[:, 3:, 1] = speed * (cos_b * north - sin_b * cos_az * up)
    out[:, 3:, 2] = speed * (-sin_b * up + cos_b * heading)
    out[:, 3:, 3] = speed * sin_b * (cos_az * east - sin_az * north)
    out[:, 3:, 5] = along
    out[:, :, :4] *= np.pi / 180.0
    return out


def shared_out(states: Sequence[RawSegment], given: Sequence[RawCovariances]) -> list[RawSegment]:
    """The trajectories, each with the covariances whose moments its span of use covers or is nearest to.

    A covariance at the border between two trajectories belongs to both.
    """
    if not given:
        return list(states)
    covariances = _joined(given)
    origin = states[0].moments.take(slice(0, 1))
    seconds = covariances.moments.seconds_since(origin)
    spans = np.array([_span(raw, origin) for raw in states])
    order = np.argsort(spans[:, 0], kind="stable")
    start, stop = spans[order].T
    # The last trajectory that has begun, its predecessor and its successor.
    last = np.clip(np.searchsorted(start, seconds + _SAME_TIME_S, side="right") - 1, 0, len(order) - 1)
    before, after = np.maximum(last - 1, 0), np.minimum(last + 1, len(order) - 1)
    inside = seconds <= stop[last] + _SAME_TIME_S
    also = inside & (seconds <= stop[before] + _SAME_TIME_S) & (before != last)
    nearest = np.where(~inside & (start[after] - seconds < seconds - stop[last]), after, last)
    place = np.concatenate([nearest, before[also]])
    rows = np.concatenate([np.arange(seconds.size), np.flatnonzero(also)])
    by_place = np.argsort(place, kind="stable")
    borders = np.searchsorted(place[by_place], np.arange(len(order) + 1))
    out = list(states)
    for k, segment in enumerate(order.tolist()):
        own = np.sort(rows[by_place[borders[k] : borders[k + 1]]])
        if own.size:
            out[segment] = replace(states[segment], covariances=_take(covariances, own))
    return out


def _span(raw: RawSegment, origin: Moments) -> tuple[float, float]:
    """Start and stop of use, s after the origin."""
    first, last = raw.moments.take(slice(0, 1)), raw.moments.take(slice(-1, None))
    start = max(moment.seconds_since(origin)[0] for moment in (first, raw.usable_start or first))
    stop = min(moment.seconds_since(origin)[0] for moment in (last, raw.usable_stop or last))
    return float(start), float(stop)


def _take(one: RawCovariances, rows: NDArray[np.int64]) -> RawCovariances:
    frames = [one.frames[k] for k in rows.tolist()]
    return RawCovariances(
        one.moments.take(rows), frames, one.matrices[rows], [one.lines[k] for k in rows.tolist()]
    )


def _joined(parts: Sequence[RawCovariances]) -> RawCovariances:
    moments = [part.moments for part in parts]
    return RawCovariances(
        Moments(
            jd=np.concatenate([one.jd for one in moments]),
            fraction=np.concatenate([one.fraction for one in moments]),
            tai_utc_s=np.concatenate([one.tai_utc_s for one in moments]),
            inside_leap=np.concatenate([one.inside_leap for one in moments]),
            error_s=max(one.error_s for one in moments),
        ),
        [frame for part in parts for frame in part.frames],
        np.concatenate([part.matrices for part in parts]),
        [line for part in parts for line in part.lines],
    )
