"""Arcs of an ephemeris: where they begin and end, and with what error they are interpolated.

Segments are cut at manoeuvres, declared or found (`debrissim.ephemerides.maneuvers`), and at breaks in their states.
The interval with a manoeuvre is bridged by dynamics from its first node to its last, with the measured impulse at its
declared or estimated moment; the bound of that bridge holds for any moment of the interval, so that no time is lost.
Only where this bound exceeds the limit, the interval is a gap.

At a leap second a segment is continued by a second arc over the same nodes: run time has 86,400 s in every day, and
from then on is one second behind the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides.bounds import (
    Choice,
    Nodes,
    Residuals,
    bound_km,
    choose_polynomials,
    gravity_margin,
    interval_bounds,
    measure_residuals,
    unmodelled_acceleration,
)
from debrissim.ephemerides.bridge import POINTS, ballistic_path
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Ephemeris, Segment, elapsed_s
from debrissim.ephemerides.interpolation import ArcTable, Cut, Gap, join_arcs
from debrissim.ephemerides.kernels.arcs import MAX_WIDTH
from debrissim.ephemerides.maneuvers import Jump, declared_intervals, find_jumps, jump_in, refined_jump
from debrissim.propagation.frames import sidereal_angle

_FEWEST = 4
_SHORT = 8
_BREAK = 2.5


@dataclass(frozen=True, eq=False)
class _Arc:
    """One arc: nodes, polynomials, the span of its nodes that is its own, bound, and whether it is a bridge."""

    time_s: Array
    positions_km: Array
    velocities_km_s: Array
    choice: Choice
    begin_s: float
    end_s: float
    error_km: float
    bridge: bool


def make_arcs(
    ephemeris: Ephemeris,
    start_jd: float,
    start_fraction: float,
    *,
    limit_km: float = 1.0,
    span_s: tuple[float, float] = (-np.inf, np.inf),
) -> ArcTable:
    """Make the arcs of an ephemeris.

    Parameters
    ----------
    ephemeris : Ephemeris
        States of one object.
    start_jd, start_fraction : float
        UTC, split Julian date: run time 0.
    limit_km : float, default 1.0
        Largest error bound of an arc in km.
    span_s : tuple of two floats
        Run time in s: arcs end there, and only the nodes that they need are kept. Their values and bounds do not depend
        on it.

    Returns
    -------
    ArcTable
        The arcs in the order of the segments and of time; its `cuts` and `gaps` list manoeuvres and breaks.

    Raises
    ------
    InputError
        If a segment has fewer than two states, or states too far apart for the limit.
    """
    tables: list[ArcTable] = []
    for index, segment in enumerate(ephemeris.segments):
        if len(segment) < 2:
            raise InputError(f"{_where(ephemeris, index)}: expected at least two states, got {len(segment)}")
        tables += _segment_tables(ephemeris, index, start_jd, start_fraction, limit_km, span_s)
    return join_arcs(tables)


def _where(ephemeris: Ephemeris, index: int) -> str:
    segment = ephemeris.segments[index]
    line = f" (line {segment.line})" if segment.line else ""
    return f"{ephemeris.source or ephemeris.name}: segment {index + 1}{line}"


def _segment_tables(
    ephemeris: Ephemeris,
    index: int,
    start_jd: float,
    start_fraction: float,
    limit_km: float,
    span_s: tuple[float, float],
) -> list[ArcTable]:
    """The arcs of one segment: one table, and one more for each leap second within it."""
    segment = ephemeris.segments[index]
    run_s = elapsed_s(segment.jd, segment.fraction, start_jd, start_fraction)
    even_s = run_s + segment.leap_s
    angle = float(sidereal_angle(np.array([start_jd]), np.array([start_fraction]))[0])
    nodes = Nodes(
        even_s,
        np.ascontiguousarray(segment.positions_km, dtype=np.float64),
        np.ascontiguousarray(segment.velocities_km_s, dtype=np.float64),
        angle,
    )
    arcs, cuts, gaps = _split(ephemeris, index, nodes, limit_km)
    usable = [
        float(elapsed_s(np.array([jd]), np.array([fraction]), start_jd, start_fraction)[0])
        for jd, fraction in (segment.usable_start, segment.usable_stop)
    ]
    tables = []
    for leap in np.unique(segment.leap_s):
        same = np.flatnonzero(segment.leap_s == leap)
        # A leap second ends with a UTC day: the midnight before the first node after it.
        since = _midnight(segment, int(same[0]), start_jd, start_fraction) if same[0] else -np.inf
        after = int(same[-1]) + 1
        until = _midnight(segment, after, start_jd, start_fraction) if after < len(segment) else np.inf
        begin, end = max(usable[0], since, span_s[0]), min(usable[1], until, span_s[1])
        tables.append(_table(arcs, cuts, gaps, index, float(leap), begin, end, segment.frame_error_km))
    return tables


def _midnight(segment: Segment, node: int, start_jd: float, start_fraction: float) -> float:
    day = np.floor(segment.jd[node] + segment.fraction[node] - 0.5) + 0.5
    return float(elapsed_s(np.array([day]), np.zeros(1), start_jd, start_fraction)[0])


def _table(
    arcs: list[_Arc],
    cuts: list[Cut],
    gaps: list[Gap],
    segment: int,
    shift_s: float,
    begin_s: float,
    end_s: float,
    frame_error_km: float,
) -> ArcTable:
    """Arcs with node times shifted back, and cut off outside begin_s to end_s."""
    kept = [
        _trimmed(arc, begin_s + shift_s, end_s + shift_s)
        for arc in arcs
        if arc.begin_s - shift_s < end_s and arc.end_s - shift_s > begin_s
    ]
    count = np.array([arc.time_s.size for arc in kept], dtype=np.int64)

    def moved(items: list[Cut] | list[Gap]) -> tuple[Cut | Gap, ...]:
        inside = (item for item in items if item.begin_s - shift_s < end_s and item.end_s - shift_s > begin_s)
        return tuple(
            replace(item, begin_s=item.begin_s - shift_s, end_s=item.end_s - shift_s) for item in inside
        )

    return ArcTable(
        node_s=np.concatenate([arc.time_s - shift_s for arc in kept] or [np.empty(0)]),
        positions_km=np.concatenate([arc.positions_km for arc in kept] or [np.empty((0, 3))]),
        velocities_km_s=np.concatenate([arc.velocities_km_s for arc in kept] or [np.empty((0, 3))]),
        first=np.cumsum(count) - count,
        count=count,
        degree=np.array([arc.choice.degree for arc in kept], dtype=np.int64),
        hermite=np.array([arc.choice.hermite for arc in kept], dtype=bool),
        begin_s=np.array([max(arc.begin_s - shift_s, begin_s) for arc in kept]),
        end_s=np.array([min(arc.end_s - shift_s, end_s) for arc in kept]),
        error_km=np.array([arc.error_km + frame_error_km for arc in kept]),
        segment=np.full(count.size, segment, dtype=np.int64),
        bridge=np.array([arc.bridge for arc in kept], dtype=bool),
        gaps=tuple(gap for gap in moved(gaps) if isinstance(gap, Gap)),
        cuts=tuple(
            replace(cut, moment_s=cut.moment_s - shift_s) for cut in moved(cuts) if isinstance(cut, Cut)
        ),
    )


def _trimmed(arc: _Arc, begin_s: float, end_s: float) -> _Arc:
    """The arc with the nodes for times between two, and as many beyond as the widest stencil has."""
    low = max(int(np.searchsorted(arc.time_s, begin_s)) - MAX_WIDTH, 0)
    high = int(np.searchsorted(arc.time_s, end_s)) + MAX_WIDTH
    chosen = slice(low, high)
    return replace(
        arc,
        time_s=arc.time_s[chosen],
        positions_km=arc.positions_km[chosen],
        velocities_km_s=arc.velocities_km_s[chosen],
    )


def _split(
    ephemeris: Ephemeris, index: int, nodes: Nodes, limit_km: float
) -> tuple[list[_Arc], list[Cut], list[Gap]]:
    """Arcs, manoeuvres and gaps of one segment, in even seconds and ordered in time."""
    step = np.diff(nodes.time_s)

    @cache
    def measured(first: int, last: int) -> tuple[Choice, Residuals]:
        part = nodes.part(first, last)
        choice = choose_polynomials(part)
        return choice, measure_residuals(part, choice)

    choice, residuals = measured(0, step.size)
    bounds = interval_bounds(residuals, choice.full)
    breaks = set(np.flatnonzero((bounds > limit_km) & (step > _BREAK * np.median(step))).tolist())
    declared = declared_intervals(ephemeris.segments[index], ephemeris.maneuvers, nodes.time_s)
    jumps: dict[int, Jump] = {}
    for first, last in _runs(step.size, breaks | set(declared)):
        jumps |= {jump.interval: jump for jump in find_jumps(nodes, first, last, measured)}
    unknown = {k: float(np.linalg.norm(jump.impulse)) + jump.noise for k, jump in jumps.items()}
    for k, (maneuver, start_s) in declared.items():
        if k not in breaks:
            jumps[k], unknown[k] = _declared_jump(nodes, k, choice.full, maneuver, start_s)

    typical = float(np.median(unmodelled_acceleration(residuals, choice.full)))
    arcs: list[_Arc] = []
    gaps = [_gap(nodes, index, k, f"its states there are {step[k]:.0f} s apart") for k in sorted(breaks)]
    for first, last in _runs(step.size, breaks | set(jumps)):
        if last - first + 1 >= _FEWEST:
            arc = _polynomial_arc(nodes.part(first, last), *measured(first, last))
            if arc.error_km <= limit_km:
                arcs.append(arc)
                continue
            if last - first + 1 > _SHORT:
                raise _too_wide(ephemeris, index, arc, limit_km)
        for arc in _short_run(nodes, first, last, choice.full, typical, residuals.roughness_km):
            if arc.error_km <= limit_km:
                arcs.append(arc)
            else:
                gaps.append(Gap(index, arc.begin_s, arc.end_s, _uncertain(arc.error_km)))
    cuts = []
    for k, jump in sorted(jumps.items()):
        ends = float(nodes.time_s[k]), float(nodes.time_s[k + 1])
        moment = ends[0] + jump.fraction * (ends[1] - ends[0])
        cuts.append(Cut(index, *ends, moment, jump.impulse, k in declared))
        bridge = _bridge(nodes, jump, choice.full, unknown[k], typical, residuals.roughness_km)
        if bridge[0].error_km <= limit_km:
            arcs += bridge
        else:
            gaps.append(_gap(nodes, index, k, _uncertain(bridge[0].error_km)))
    return (
        sorted(arcs, key=lambda arc: arc.begin_s),
        cuts,
        sorted(gaps, key=lambda gap: gap.begin_s),
    )


def _runs(intervals: int, broken: set[int]) -> list[tuple[int, int]]:
    """First and last node of each run of intervals that are not broken."""
    borders = [-1, *sorted(broken), intervals]
    return [(a + 1, b) for a, b in pairwise(borders) if b > a + 1]


def _gap(nodes: Nodes, index: int, interval: int, reason: str) -> Gap:
    return Gap(index, float(nodes.time_s[interval]), float(nodes.time_s[interval + 1]), reason)


def _declared_jump(
    nodes: Nodes, interval: int, full: bool, maneuver: DeclaredManeuver, start_s: float
) -> tuple[Jump, float]:
    """The impulse in an interval with a declared manoeuvre, and how much (km/s) may act at another moment of it."""
    jump = jump_in(nodes, interval, full)
    inside = nodes.time_s[interval] <= start_s <= nodes.time_s[interval + 1]
    if maneuver.duration_s <= 0.0 and inside:
        jump = refined_jump(nodes, interval, jump.noise, jump.by_velocity, full, start_s)
        return jump, jump.noise
    size = float(np.linalg.norm(jump.impulse))
    edge = interval == 0 or interval == len(nodes) - 2
    if edge and not jump.by_velocity:
        # Positions at one side alone show only part of the impulse.
        stated = maneuver.delta_v_m_s * 1e-3
        size = max(2.0 * size, stated if np.isfinite(stated) else 0.0)
    return jump, size + jump.noise


def _uncertain(error_km: float) -> str:
    return f"a manoeuvre leaves its position there uncertain by {error_km:.3g} km"


def _polynomial_arc(nodes: Nodes, choice: Choice, residuals: Residuals) -> _Arc:
    """One arc over all nodes; the bound may be infinite."""
    bounds = interval_bounds(residuals, choice.full)
    return _Arc(
        nodes.time_s, nodes.positions_km, nodes.velocities_km_s, choice,
        float(nodes.time_s[0]), float(nodes.time_s[-1]), float(bounds.max()), False,
    )  # fmt: skip


def _too_wide(ephemeris: Ephemeris, index: int, arc: _Arc, limit_km: float) -> InputError:
    step = float(np.diff(arc.time_s).max())
    # The error falls with the power degree + 1 of the step, once the nodes resolve the orbit.
    factor = (
        0.5 if arc.error_km == np.inf else 0.8 * (limit_km / arc.error_km) ** (1.0 / (arc.choice.degree + 1))
    )
    return InputError(
        f"{_where(ephemeris, index)}: its states are up to {step:.0f} s apart, which leaves an interpolation error of "
        f"up to {arc.error_km:.3g} km; expected at most {limit_km:g} km, as with states about "
        f"{max(factor * step, 1.0):.0f} s apart"
    )


def _short_run(
    nodes: Nodes, first: int, last: int, full: bool, typical: float, roughness_km: float
) -> list[_Arc]:
    """Bridges over each interval of a few nodes, each with the impulse seen in it."""
    arcs = []
    for k in range(first, last):
        jump = jump_in(nodes, k, full)
        unknown = float(np.linalg.norm(jump.impulse)) + jump.noise
        arcs += _bridge(nodes, jump, full, unknown, typical, roughness_km)
    return arcs


def _bridge(
    nodes: Nodes, jump: Jump, full: bool, unknown: float, typical: float, roughness_km: float
) -> list[_Arc]:
    """The path over one interval, as arcs; unknown: impulse (km/s) whose moment is not known; typical: km/s^2."""
    k = jump.interval
    ends = float(nodes.time_s[k]), float(nodes.time_s[k + 1])
    moment = ends[0] + jump.fraction * (ends[1] - ends[0])
    parts = ballistic_path(
        ends, nodes.positions_km[k : k + 2], moment, np.array(jump.impulse), full, nodes.angle_rad
    )
    lowest = 0.99 * min(float(np.linalg.norm(path, axis=1).min()) for _, path in parts)
    unmodelled = max(float(gravity_margin(np.array(lowest), full)), typical)
    error = float(bound_km(ends[1] - ends[0], unmodelled, lowest, roughness_km, unknown))
    choice = Choice(POINTS, False, full)
    return [
        _Arc(grid, path, np.full_like(path, np.nan), choice, float(grid[0]), float(grid[-1]), error, True)
        for grid, path in parts
    ]
