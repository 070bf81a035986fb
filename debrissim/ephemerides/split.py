"""The arcs of one segment: cut at manoeuvres, declared or found, and at breaks in the states.

The interval with a manoeuvre is bridged by dynamics from its first node to its last, with the measured impulse at its
estimated moment; the bound of that bridge holds for any moment of the interval, so no time is lost.
The interval is a gap only if this bound exceeds the limit. Runs of a few nodes, such as those within a burn, are
bridged from node to node where that is better than a polynomial.
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
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Segment
from debrissim.ephemerides.interpolation import Cut, Gap
from debrissim.ephemerides.maneuvers import (
    Jump,
    declared_intervals,
    find_jumps,
    jump_in,
    seen_acceleration,
)

_SHORT = 8
_PREFERENCE = 5.0
_BREAK = 2.5


@dataclass(frozen=True, eq=False)
class Arc:
    """One arc: its nodes, polynomials, the span of nodes that belongs to it, its bound, and whether it is a bridge."""

    time_s: Array
    positions_km: Array
    velocities_km_s: Array
    choice: Choice
    begin_s: float
    end_s: float
    error_km: float
    bridge: bool


def split_segment(
    segment: Segment,
    maneuvers: tuple[DeclaredManeuver, ...],
    nodes: Nodes,
    index: int,
    where: str,
    limit_km: float,
) -> tuple[list[Arc], list[Cut], list[Gap]]:
    """Arcs, manoeuvres and gaps of one segment, ordered in time.

    nodes: its states, at evenly running times; index, where: the segment's index, and its name for messages; limit_km:
    largest bound of an arc. Raises InputError where states are too far apart for it.
    """
    step = np.diff(nodes.time_s)

    @cache
    def measured(first: int, last: int) -> tuple[Choice, Residuals]:
        part = nodes.part(first, last)
        choice = choose_polynomials(part)
        found = measure_residuals(part, choice)
        if (first, last) == (0, step.size):
            return choice, found
        # A few nodes may look smooth by chance; rounding is that of the whole segment.
        rounding_km = max(found.roughness_km, measured(0, step.size)[1].roughness_km)
        return choice, replace(found, roughness_km=rounding_km)

    choice, residuals = measured(0, step.size)
    bounds = interval_bounds(residuals, choice)
    breaks = set(np.flatnonzero((bounds > limit_km) & (step > _BREAK * np.median(step))).tolist())
    declared = declared_intervals(segment, maneuvers, nodes.time_s)
    jumps: dict[int, Jump] = {}
    for first, last in _runs(step.size, breaks | set(declared)):
        jumps |= {jump.interval: jump for jump in find_jumps(nodes, first, last, measured)}
    unknown = {k: float(np.linalg.norm(jump.impulse)) + jump.noise for k, jump in jumps.items()}
    for k, maneuver in declared.items():
        if k not in breaks:
            jumps[k], unknown[k] = _declared_jump(nodes, k, choice.full, maneuver)

    background = _background(nodes, choice, residuals)
    arcs: list[Arc] = []
    gaps = [_gap(nodes, index, k, f"its states there are {step[k]:.0f} s apart") for k in sorted(breaks)]
    for first, last in _runs(step.size, breaks | set(jumps)):
        arc = _polynomial_arc(nodes.part(first, last), *measured(first, last))
        if last - first + 1 > _SHORT:
            if not arc.error_km <= limit_km:
                raise _too_wide(where, arc, limit_km)
            arcs.append(arc)
            continue
        bridges = _short_run(nodes, first, last, background)
        if arc.error_km <= min(limit_km, _PREFERENCE * max(bridge.error_km for bridge in bridges)):
            arcs.append(arc)
            continue
        arcs += [bridge for bridge in bridges if bridge.error_km <= limit_km]
        gaps += [
            Gap(index, bridge.begin_s, bridge.end_s, _uncertain(bridge.error_km))
            for bridge in bridges
            if bridge.error_km > limit_km
        ]
    cuts = []
    for k, jump in sorted(jumps.items()):
        ends = float(nodes.time_s[k]), float(nodes.time_s[k + 1])
        moment = ends[0] + jump.fraction * (ends[1] - ends[0])
        cuts.append(Cut(index, *ends, moment, jump.impulse, k in declared))
        bridge = _bridge(nodes, jump, unknown[k], background)
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


def _declared_jump(nodes: Nodes, interval: int, full: bool, maneuver: DeclaredManeuver) -> tuple[Jump, float]:
    """The impulse in an interval with a declared manoeuvre, and the part of it (km/s) that may act at another moment.

    Its moment is the measured one: files state when a burn starts, but often not how long it lasts.
    """
    jump = jump_in(nodes, interval, full)
    size = float(np.linalg.norm(jump.impulse))
    edge = interval == 0 or interval == len(nodes) - 2
    if edge and not jump.by_velocity:
        # Positions on one side alone show only part of the impulse.
        stated = maneuver.delta_v_m_s * 1e-3
        size = max(2.0 * size, stated if np.isfinite(stated) else 0.0)
    return jump, size + jump.noise


def _uncertain(error_km: float) -> str:
    return f"a manoeuvre leaves its position there uncertain by {error_km:.3g} km"


def _polynomial_arc(nodes: Nodes, choice: Choice, residuals: Residuals) -> Arc:
    """One arc over all nodes; the bound may be infinite."""
    bounds = interval_bounds(residuals, choice)
    return Arc(
        nodes.time_s, nodes.positions_km, nodes.velocities_km_s, choice,
        float(nodes.time_s[0]), float(nodes.time_s[-1]), float(bounds.max()), False,
    )  # fmt: skip


def _too_wide(where: str, arc: Arc, limit_km: float) -> InputError:
    step = float(np.diff(arc.time_s).max())
    # The error falls with the power degree + 1 of the step, once the nodes resolve the orbit.
    factor = (
        0.5 if arc.error_km == np.inf else 0.8 * (limit_km / arc.error_km) ** (1.0 / (arc.choice.degree + 1))
    )
    return InputError(
        f"{where}: its states are up to {step:.0f} s apart, which leaves an interpolation error of "
        f"up to {arc.error_km:.3g} km; expected at most {limit_km:g} km, as with states about "
        f"{max(factor * step, 1.0):.0f} s apart"
    )


@dataclass(frozen=True)
class _Background:
    """For bridges: the model of gravity, accelerations beyond it (km/s^2), roughness of the states (km).

    whole: whether these are all states of a segment, too few to tell impulses from other forces.
    """

    full: bool
    unmodelled: float
    roughness_km: float
    whole: bool


def _background(nodes: Nodes, choice: Choice, residuals: Residuals) -> _Background:
    if len(nodes) > _SHORT:
        unmodelled = float(np.median(unmodelled_acceleration(residuals, choice)))
        return _Background(choice.full, unmodelled, residuals.roughness_km, False)
    # Polynomials through a few nodes are too coarse: bridges between them show the forces beyond gravity.
    lowest = np.linalg.norm(nodes.positions_km, axis=1).min()
    found = [(float(gravity_margin(lowest, False)), True)]
    if len(nodes) > 2:
        found = [(seen_acceleration(nodes, full), full) for full in (True, False)]
    unmodelled, full = min(found)
    return _Background(full, unmodelled, 0.0, True)


def _short_run(nodes: Nodes, first: int, last: int, background: _Background) -> list[Arc]:
    """Bridges over each interval of a few nodes, each with the impulse seen in it."""
    arcs = []
    for k in range(first, last):
        jump, unknown = Jump(k, 0.0, (0.0, 0.0, 0.0), 0.0, False), 0.0
        if not background.whole:
            jump = jump_in(nodes, k, background.full)
            unknown = float(np.linalg.norm(jump.impulse)) + jump.noise
        arcs += _bridge(nodes, jump, unknown, background)
    return arcs


def _bridge(nodes: Nodes, jump: Jump, unknown: float, background: _Background) -> list[Arc]:
    """The path over one interval, as arcs; unknown: impulse (km/s) whose moment is not known."""
    k = jump.interval
    ends = float(nodes.time_s[k]), float(nodes.time_s[k + 1])
    moment = ends[0] + jump.fraction * (ends[1] - ends[0])
    parts = ballistic_path(
        ends, nodes.positions_km[k : k + 2], moment, np.array(jump.impulse), background.full, nodes.angle_rad
    )
    lowest = 0.99 * min(float(np.linalg.norm(path, axis=1).min()) for _, path in parts)
    unmodelled = max(float(gravity_margin(np.array(lowest), background.full)), background.unmodelled)
    error = float(bound_km(ends[1] - ends[0], unmodelled, lowest, background.roughness_km, unknown))
    choice = Choice(POINTS, False, background.full)
    return [
        Arc(grid, path, np.full_like(path, np.nan), choice, float(grid[0]), float(grid[-1]), error, True)
        for grid, path in parts
    ]
