"""Curves of stored encounters: Pc against the size of the errors and of the hard body, and relative motion over time.

All are computed from the columns of conjunctions.csv: for one event in its figures, or for many at once on the page.

Assumptions
- Motion about TCA is two-body motion through both of SGP4's states at TCA. At the ends of a track, a minute from
  TCA and hundreds of kilometres apart, that differs from SGP4 by up to 0.1 km, a quarter of a minute from TCA by up to
  0.015 km (seen on the six most probable encounters of scenarios/iss_week.toml). An arc of minutes and the revolution
  of an orbit are illustrations on the scale of the Earth, not an ephemeris. - The curves of one event all use one
  method in the encounter plane, and its point lies on them: the table's method, or the default where that method needs
  full states, which no table contains. The label says so, with the table's value.
- The dilution curves of many events are those of the circular hard body by Foster's integral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.numbers import probability as probability_text
from debrissim.core.time import split_julian_dates
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.cumulative import cumulative_through_encounter, hit_time
from debrissim.probability.dilution import SIGMA_RANGE, dilution_curve, probability_by_radius
from debrissim.probability.encounter_plane import STANDSTILL_KM_S, EncounterPlane, plane_from_components
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.method import PlaneMethod
from debrissim.probability.registry import DEFAULT_METHOD, get_method, plane_methods
from debrissim.propagation.frames import rotate, rtn_basis, sidereal_angle
from debrissim.propagation.sun import sun_direction
from debrissim.propagation.two_body import EquinoctialOrbits, equinoctial, is_bound
from debrissim.report.html.data import EncounterCurves, SpacePaths
from debrissim.report.views import TopEvent
from debrissim.results.table import Table

_POINTS = 161
_RADIUS_RANGE = 30.0
# Standard deviations of the time of a hit on either side of its mean.
_TIME_SIGMAS = 4.0
# Of the curves in the page.
_SCALES = np.geomspace(1e-2, 1e3, 81)
# Denser towards TCA, where the range turns: 0.23 s, then ever wider, to a minute.
_TRACK_TIME_S = 60.0 * np.linspace(-1.0, 1.0, 33) * np.abs(np.linspace(-1.0, 1.0, 33))
_ARC_TIME_S = np.linspace(-600.0, 600.0, 21)
_ORBIT_FRACTION = np.linspace(-0.5, 0.5, 49)
_NOT_STRAIGHT = ProbabilityFlag.SLOW_ENCOUNTER | ProbabilityFlag.NO_RELATIVE_VELOCITY


def top_event(table: Table, row: int, label: str, method: str) -> TopEvent | None:
    """The curves of a row of conjunctions.csv or events.csv; None if it has no Pc.

    method: name of the probability method that gave the Pc. Raises KeyError if the table lacks a column.
    """

    def at(name: str) -> float:
        return float(table[name][row])

    plane, along, along_km = _plane(at)
    probability, radius_km = at("collision_probability"), at("hard_body_radius_m") / 1000.0
    if not (np.isfinite(probability) and np.isfinite(plane.miss_km).all()):
        return None
    # The curves need many values of one encounter, which a method that needs full states cannot give.
    compute = plane_methods().get(method, get_method(DEFAULT_METHOD))
    if compute.name != method:
        label_method = f"{compute.summary}; {probability_text(probability)} by {method}"
        probability = float(compute(plane, np.array([radius_km]))[0])
    else:
        label_method = compute.summary
    best = maximum_probability(plane, np.array([radius_km]))
    scale = _scales(float(best.scale[0]))
    curve = _by_scale(compute, plane, radius_km, scale)
    maximum, maximum_scale = float(best.value[0]), float(best.scale[0])
    if not compute.is_exact:
        maximum, maximum_scale = _highest(compute, plane, radius_km, scale, curve)
    radii = radius_km * np.geomspace(1.0 / _RADIUS_RANGE, _RADIUS_RANGE, _POINTS)
    hit = hit_time(plane, along, along_km)
    half = _TIME_SIGMAS * hit.sigma_s[0]
    moving = bool(np.isfinite(half)) and half > 0.0
    time = np.linspace(hit.mean_s[0] - half, hit.mean_s[0] + half, _POINTS) if moving else np.empty(0)
    doubtful = set(table["flags"][row].split(";")) & set(_NOT_STRAIGHT.labels)
    note = "slow encounter: straight motion is doubtful" if doubtful else ""
    return TopEvent(
        label=label,
        method=label_method,
        probability=probability,
        maximum_probability=maximum,
        maximum_scale=maximum_scale,
        hard_body_radius_km=radius_km,
        miss_km=float(plane.miss_distance_km[0]),
        sigma_range=SIGMA_RANGE,
        scale=scale,
        dilution_probability=curve,
        radius_km=radii,
        radius_probability=probability_by_radius(plane, radii, method=compute.name),
        time_s=time,
        cumulative=cumulative_through_encounter([probability], hit, time)[0],
        note=note if moving else "no significant relative motion",
    )


def _by_scale(method: PlaneMethod, plane: EncounterPlane, radius_km: float, scale: Array) -> Array:
    """(k,) probabilities of one encounter with every standard deviation times each of (k,) factors."""
    covariance = scale[:, None, None] ** 2 * plane.covariance_km2
    scaled = plane_from_components(np.repeat(plane.miss_km, len(scale), axis=0), covariance)
    return method(scaled, radius_km)


def _highest(
    method: PlaneMethod, plane: EncounterPlane, radius_km: float, scale: Array, curve: Array
) -> tuple[float, float]:
    """The maximum of a method's curve and its factor, refined between the points about the highest."""
    top = int(np.argmax(curve))
    low, high = np.log(scale[max(top - 1, 0)]), np.log(scale[min(top + 1, len(scale) - 1)])
    found = scipy.optimize.minimize_scalar(
        lambda x: -float(_by_scale(method, plane, radius_km, np.exp([x]))[0]),
        bounds=(low, high),
        method="bounded",
    )
    return max(-float(found.fun), float(curve[top])), float(np.exp(found.x))


def _plane(at: Callable[[str], float]) -> tuple[EncounterPlane, Array, float]:
    """The plane of one row, the covariance terms outside it (1, 3), and the position along the velocity, km."""

    def of(stem: str, names: str) -> Array:
        return np.array([at(stem.format(name)) for name in names.split()])

    xx, xy, yy = of("plane_covariance_{}_km2", "xx xy yy")
    position, velocity = of("relative_position_{}_km", "r t n"), of("relative_velocity_{}_km_s", "r t n")
    speed = float(np.linalg.norm(velocity))
    along = of("plane_covariance_{}_km2", "xz yz zz")
    still = speed <= STANDSTILL_KM_S
    plane = replace(
        plane_from_components(of("plane_miss_{}_km", "x y")[None], np.array([[[xx, xy], [xy, yy]]])),
        relative_speed_km_s=np.array([speed]),
        sigma_along_km=np.sqrt(np.maximum(along[2:], 0.0)),
        no_relative_velocity=np.array([still]),
    )
    return plane, along[None], 0.0 if still else float(position @ velocity) / speed


def _scales(maximum_scale: float) -> Array:
    """Factors from 1/100 to 100, or wider, so that the maximum and both of its sides are in view."""
    low, high = 1e-2, 1e2
    if 0.0 < maximum_scale < np.inf:
        low, high = min(low, maximum_scale / 10.0), max(high, maximum_scale * 10.0)
    return np.geomspace(max(low, 1e-6), min(high, 1e6), _POINTS)


def encounter_curves(table: Table) -> EncounterCurves:
    """The curves of every row of conjunctions.csv. Raises KeyError if the table lacks a column."""
    primary, secondary = _states(table, "primary"), _states(table, "secondary")
    moving = _on_ellipses(primary) & _on_ellipses(secondary)
    track = np.full((len(primary), len(_TRACK_TIME_S), 3), np.nan)
    if moving.any():
        track[moving] = _relative(equinoctial(primary[moving]), equinoctial(secondary[moving]))
    return EncounterCurves(
        scale=_SCALES,
        dilution=_dilution(table),
        track_time_s=_TRACK_TIME_S,
        track_rtn_km=track,
        paths=paths_in_space(primary, secondary, *split_julian_dates(table["tca_utc"])),
    )


def paths_in_space(primary: Array, secondary: Array, jd: Array, fraction: Array) -> SpacePaths:
    """The orbits of primaries, the arcs of secondaries, and the Earth and the Sun.

    primary, secondary: states (m, 6) at TCA, km and km/s, TEME of date. jd, fraction: TCA (m,), UTC.
    """
    moving = _on_ellipses(primary) & _on_ellipses(secondary)
    m = len(primary)
    arc = np.full((m, len(_ARC_TIME_S), 3), np.nan)
    orbit = np.full((m, len(_ORBIT_FRACTION), 3), np.nan)
    period = np.full(m, np.nan)
    if moving.any():
        first, second = equinoctial(primary[moving]), equinoctial(secondary[moving])
        period[moving] = first.period_s
        arc[moving] = np.stack([second.states(time)[:, :3] for time in _ARC_TIME_S], axis=1)
        times_s = [part * first.period_s for part in _ORBIT_FRACTION]
        orbit[moving] = np.stack([first.states(time)[:, :3] for time in times_s], axis=1)
    return SpacePaths(
        arc_time_s=_ARC_TIME_S,
        arc_km=arc,
        orbit_fraction=_ORBIT_FRACTION,
        orbit_km=orbit,
        orbit_period_s=period,
        earth_angle_rad=sidereal_angle(jd, fraction),
        sun=sun_direction(jd, fraction),
    )


def _states(table: Table, role: str) -> Array:
    """(m, 6) km, km/s."""
    names = [f"{role}_{axis}_km" for axis in "xyz"] + [f"{role}_v{axis}_km_s" for axis in "xyz"]
    return np.stack([table[name] for name in names], axis=1)


def _on_ellipses(state: Array) -> NDArray[np.bool_]:
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(state).all(axis=1))
    return np.asarray(finite & is_bound(np.where(finite[:, None], state, 1.0)))


def _relative(first: EquinoctialOrbits, second: EquinoctialOrbits) -> Array:
    """(m, k, 3) km, the second relative to the first, in the RTN frame of the first at each time."""
    parts = []
    for time in _TRACK_TIME_S:
        origin, target = first.states(time), second.states(time)
        parts.append(rotate(rtn_basis(origin[:, :3], origin[:, 3:]), target[:, :3] - origin[:, :3]))
    return np.stack(parts, axis=1)


def _dilution(table: Table) -> Array:
    """(m, n) probability; NaN where a row has no plane or no hard body."""
    miss = np.stack([table[f"plane_miss_{axis}_km"] for axis in "xy"], axis=1)
    xx, xy, yy = (table[f"plane_covariance_{name}_km2"] for name in ("xx", "xy", "yy"))
    covariance = np.stack([np.stack([xx, xy], axis=1), np.stack([xy, yy], axis=1)], axis=1)
    radius = table["hard_body_radius_m"] / 1000.0
    good = np.isfinite(miss).all(axis=1) & np.isfinite(covariance).all(axis=(1, 2)) & np.isfinite(radius)
    curves = np.full((len(radius), len(_SCALES)), np.nan)
    if good.any():
        plane = plane_from_components(miss[good], covariance[good])
        curves[good] = dilution_curve(plane, radius[good], _SCALES).probability
    return curves
