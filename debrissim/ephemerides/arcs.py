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
from itertools import pairwise

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides.bounds import (
    Choice,
    Nodes,
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
from debrissim.ephemerides.maneuvers import Jump, declared_intervals, find_jumps, jump_in, refined_jump
from debrissim.propagation.frames import sidereal_angle

_FEWEST = 4
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
    ephemeris: Ephemeris, start_jd: float, start_fraction: float, *, limit_km: float = 1.0
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

    Returns
    -------
    ArcTable
        The arcs in the order of the segments and of time; its `cuts` and `gaps` list manoeuvres and breaks.

    Raises
    ------
    InputError
        If a segment has fewer than two states, or states too far apart for the limit.
    """
    tables = []
    for index, segment in enumerate(ephemeris.segments):
        if len(segment) < 2:
            raise InputError(f"{_where(ephemeris, index)}: expected at least two states, got {len(segment)}")
        tables += _segment_tables(ephemeris, index, start_jd, start_fraction, limit_km)
    return join_arcs(tables)


def _where(ephemeris: Ephemeris, index: int) -> str:
    segment = ephemeris.segments[index]
    line = f" (line {segment.line})" if segment.line else ""
    return f"{ephemeris.source or ephemeris.name}: segment {index + 1}{line}"


def _segment_tables(
    ephemeris: Ephemeris, index: int, start_jd: float, start_fraction: float, limit_km: float
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
        tables.append(
            _table(
                arcs,
                cuts,
                gaps,
                index,
                float(leap),
                max(usable[0], since),
                min(usable[1], until),
                segment.frame_error_km,
            )
        )
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
    kept = [arc for arc in arcs if arc.begin_s - shift_s < end_s and arc.end_s - shift_s > begin_s]
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


def _split(
    ephemeris: Ephemeris, index: int, nodes: Nodes, limit_km: float
) -> tuple[list[_Arc], list[Cut], list[Gap]]:
    """Arcs, manoeuvres and gaps of one segment, in even seconds and ordered in time."""
    step = np.diff(nodes.time_s)
    choice = choose_polynomials(nodes)
    residuals = measure_residuals(nodes, choice)
    bounds = interval_bounds(residuals, choice.full)
    breaks = set(np.flatnonzero((bounds > limit_km) & (step > _BREAK * np.median(step))).tolist())
    declared = declared_intervals(ephemeris.segments[index], ephemeris.maneuvers, nodes.time_s)
    jumps: dict[int, Jump] = {}
    for first, last in _runs(step.size, breaks | set(declared)):
        jumps |= {jump.interval: jump for jump in find_jumps(nodes, first, last)}
    unknown = {k: float(np.linalg.norm(jump.impulse)) + jump.noise for k, jump in jumps.items()}
    for k, (maneuver, start_s) in declared.items():
        if k not in breaks:
            jumps[k], unknown[k] = _declared_jump(nodes, k, choice.full, maneuver, start_s)

    typical = float(np.median(unmodelled_acceleration(residuals, choice.full)))
    arcs: list[_Arc] = []
    for first, last in _runs(step.size, breaks | set(jumps)):
        if last - first + 1 >= _FEWEST:
            arcs.append(_polynomial_arc(ephemeris, index, nodes.part(first, last), limit_km))
        else:
            quiet = [Jump(k, 0.0, (0.0, 0.0, 0.0), 0.0, False) for k in range(first, last)]
            for jump in quiet:
                arcs += _bridge(nodes, jump, choice.full, 0.0, typical, residuals.roughness_km)
    gaps = [_gap(nodes, index, k, f"its states there are {step[k]:.0f} s apart") for k in sorted(breaks)]
    cuts = []
    for k, jump in sorted(jumps.items()):
        ends = float(nodes.time_s[k]), float(nodes.time_s[k + 1])
        moment = ends[0] + jump.fraction * (ends[1] - ends[0])
        cuts.append(Cut(index, *ends, moment, jump.impulse, k in declared))
        bridge = _bridge(nodes, jump, choice.full, unknown[k], typical, residuals.roughness_km)
        if bridge[0].error_km <= limit_km:
            arcs += bridge
        else:
            reason = f"a manoeuvre leaves its position there uncertain by {bridge[0].error_km:.3g} km"
            gaps.append(_gap(nodes, index, k, reason))
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


def _polynomial_arc(ephemeris: Ephemeris, index: int, nodes: Nodes, limit_km: float) -> _Arc:
    """Raises InputError where the nodes are too far apart."""
    choice = choose_polynomials(nodes)
    bounds = interval_bounds(measure_residuals(nodes, choice), choice.full)
    worst = int(np.argmax(bounds))
    if not bounds[worst] <= limit_km:
        step = float(nodes.time_s[worst + 1] - nodes.time_s[worst])
        factor = (
            0.8 * (limit_km / bounds[worst]) ** (1.0 / (choice.degree + 1)) if bounds[worst] < np.inf else 0.5
        )
        raise InputError(
            f"{_where(ephemeris, index)}: its states are {step:.0f} s apart, which leaves an interpolation error of "
            f"up to {bounds[worst]:.3g} km; expected at most {limit_km:g} km, as with states about "
            f"{factor * step:.0f} s apart"
        )
    return _Arc(
        nodes.time_s, nodes.positions_km, nodes.velocities_km_s, choice,
        float(nodes.time_s[0]), float(nodes.time_s[-1]), float(bounds[worst]), False,
    )  # fmt: skip


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
