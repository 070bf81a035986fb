"""Trajectories for tests, integrated numerically (DOP853) and written as segments of states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

from debrissim.core.arrays import Array
from debrissim.ephemerides import ArcTable, DeclaredManeuver, Ephemeris, Segment, arc_positions
from debrissim.ephemerides.kernels.gravity import MU, TURN, full_acceleration, zonal_acceleration
from debrissim.propagation import sidereal_angle

JD, FRACTION = 2459600.5, 0.25
ANGLE = float(sidereal_angle(np.array([JD]), np.array([FRACTION]))[0])


@dataclass(frozen=True)
class Burn:
    """Thrust in km/s^2 for a duration in s or, with duration 0, an impulse in km/s; from start_s on."""

    start_s: float
    duration_s: float
    vector: tuple[float, float, float]


def kepler_state(
    axis: float, eccentricity: float, inclination: float, node: float, perigee: float, mean: float
) -> Array:
    """State (6,) km, km/s of Keplerian elements (km, rad)."""
    anomaly = mean
    for _ in range(80):
        change = anomaly - eccentricity * np.sin(anomaly) - mean
        anomaly -= change / (1.0 - eccentricity * np.cos(anomaly))
    root = np.sqrt(1.0 - eccentricity**2)
    plane = np.array([np.cos(anomaly) - eccentricity, root * np.sin(anomaly), 0.0]) * axis
    rate = np.sqrt(MU / axis) / (1.0 - eccentricity * np.cos(anomaly))
    velocity = np.array([-np.sin(anomaly), root * np.cos(anomaly), 0.0]) * rate

    def turn(angle: float, first: int, second: int) -> Array:
        out = np.eye(3)
        out[first, first] = out[second, second] = np.cos(angle)
        out[first, second], out[second, first] = -np.sin(angle), np.sin(angle)
        return out

    rotation = turn(node, 0, 1) @ turn(inclination, 1, 2) @ turn(perigee, 0, 1)
    return np.concatenate([rotation @ plane, rotation @ velocity])


def zonal_force(_: float, state: Array) -> Array:
    """Acceleration (3,) by J2 to J4."""
    return np.array(zonal_acceleration(*state[:3]))


def rich_force(time: float, state: Array) -> Array:
    """Acceleration (3,) by harmonics to degree 10, and by forces that no model of ours has: harmonics of higher degree
    as large as in the ISS's real trajectory, a tide, and drag.
    """
    position, velocity = state[:3], state[3:]
    angle = ANGLE + TURN * time
    radius = float(np.linalg.norm(position))
    longitude = np.arctan2(position[1], position[0]) - angle
    latitude = np.arcsin(position[2] / radius)
    bumps = 1.5e-7 * (6798.0 / radius) ** 12 * np.sin(14.0 * longitude) * np.cos(11.0 * latitude)
    tide = 1.1e-8 * radius / 42164.0 * np.array([1.0, 0.3, 0.2])
    drag = 6.5e-11 * np.exp(-(radius - 6778.0) / 60.0) * velocity
    return np.asarray(np.array(full_acceleration(*position, angle)) + bumps * position / radius + tide - drag)


def fly(
    state: Array, span_s: float, force: Callable[[float, Array], Array], burns: tuple[Burn, ...] = ()
) -> Callable[[Array], Array]:
    """States (m, 6) as a function of times (m,) from 0 to the span; at an impulse, that after it."""
    borders = {0.0, span_s} | {b.start_s for b in burns} | {b.start_s + b.duration_s for b in burns}
    pieces = []
    for begin, end in pairwise(sorted(borders)):
        thrust = np.zeros(3)
        for burn in burns:
            if burn.duration_s == 0.0 and burn.start_s == begin:
                state = state + np.concatenate([np.zeros(3), burn.vector])
            if burn.start_s <= begin < burn.start_s + burn.duration_s:
                thrust = thrust + burn.vector

        def rates(time: float, now: Array, thrust: Array = thrust) -> Array:
            return np.concatenate([now[3:], force(time, now) + thrust])

        run = solve_ivp(
            rates, (begin, end), state, method="DOP853", rtol=1e-12, atol=1e-10, dense_output=True
        )
        pieces.append((begin, end, run.sol))
        state = run.y[:, -1]

    def at(times: Array) -> Array:
        out = np.empty((times.size, 6))
        for begin, end, solution in pieces:
            inside = (times >= begin) & (times <= end)
            if inside.any():
                out[inside] = solution(times[inside]).T
        return out

    return at


def as_segment(
    times: Array, states: Array, *, digits: float = 0.0, velocities: bool = True, **fields: object
) -> Segment:
    """States (k, 6) as a segment; digits: unit (km) of rounded positions, and a thousandth of it for velocities."""
    positions, rates = states[:, :3].copy(), states[:, 3:].copy()
    if digits:
        positions = np.round(positions / digits) * digits
        rates = np.round(rates / digits * 1e3) * digits * 1e-3
    given: dict[str, object] = {
        "jd": np.full(times.size, JD),
        "fraction": FRACTION + times / 86400.0,
        "leap_s": np.zeros(times.size),
        "positions_km": positions,
        "velocities_km_s": rates if velocities else np.full_like(rates, np.nan),
        "usable_start": (JD, FRACTION + times[0] / 86400.0),
        "usable_stop": (JD, FRACTION + times[-1] / 86400.0),
    }
    return Segment(**{**given, **fields})  # type: ignore[arg-type]


def as_ephemeris(*segments: Segment, maneuvers: tuple[DeclaredManeuver, ...] = ()) -> Ephemeris:
    """An ephemeris of segments."""
    return Ephemeris("OBJECT", None, "", "", "object.oem", segments, maneuvers)


def declared(burn: Burn) -> DeclaredManeuver:
    """The burn as a file declares it."""
    return DeclaredManeuver(JD, FRACTION + burn.start_s / 86400.0, burn.duration_s)


def errors_of_arcs(table: ArcTable, times: Array, truth: Array) -> tuple[Array, Array]:
    """Largest error (a,) km of each arc at times (m,) with true positions (m, 3), and which times an arc covers."""
    worst, covered = np.zeros(len(table)), np.zeros(times.size, dtype=bool)
    for arc in range(len(table)):
        inside = (times >= table.begin_s[arc]) & (times <= table.end_s[arc])
        # A Julian date resolves 1e-11 s of a day.
        covered |= (times >= table.begin_s[arc] - 1e-9) & (times <= table.end_s[arc] + 1e-9)
        if inside.any():
            codes, positions = arc_positions(table, np.array([arc]), times[inside])
            assert not codes.any()
            worst[arc] = np.linalg.norm(positions[0] - truth[inside], axis=1).max()
    return worst, covered
