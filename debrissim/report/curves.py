"""The curves of stored encounters: Pc against the size of errors and hard body, and relative motion over time.

Everything comes from the columns of conjunctions.csv: of one event for its figures, of many at once for the page.

Assumptions
- Motion about TCA is two-body motion through both of SGP4's states at TCA. At the ends of a track, a minute from
  TCA and hundreds of kilometres apart, that differs from SGP4 by up to 0.1 km, a quarter of a minute from TCA by up to
  0.015 km (seen on the six likeliest encounters of scenarios/iss_week.toml). An arc of minutes and the revolution of an
  orbit are pictures on the scale of the Earth, not an ephemeris.
- Dilution curves are those of the circular hard body by Foster's integral, whatever method gave the table's values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.cumulative import cumulative_through_encounter, hit_time
from debrissim.probability.dilution import SIGMA_RANGE, dilution_curve, probability_by_radius
from debrissim.probability.encounter_plane import STANDSTILL_KM_S, EncounterPlane, plane_from_components
from debrissim.probability.registry import DEFAULT_METHOD, METHODS
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.propagation.two_body import EquinoctialOrbits, bound, equinoctial
from debrissim.report.figures.top_event import TopEvent
from debrissim.report.html.data import EncounterCurves
from debrissim.results.folder import float_column

_POINTS = 161
_RADIUS_RANGE = 30.0
# Of the standard deviation of the time of a hit, on either side of its mean.
_TIME_SIGMAS = 4.0
_STRAIGHT_IS_DOUBTFUL = ProbabilityFlag.SLOW_ENCOUNTER | ProbabilityFlag.NO_RELATIVE_VELOCITY


def top_event(table: dict[str, list[str]], row: int, label: str) -> TopEvent | None:
    """The curves of that row of conjunctions.csv; None where it has no Pc.

    Raises KeyError for a table without the columns, ValueError for a cell that is no number.
    """

    def at(name: str) -> float:
        return float(float_column([table[name][row]])[0])

    plane, along, along_km = _plane(at)
    probability, radius_km = at("collision_probability"), at("hard_body_radius_m") / 1000.0
    if not (np.isfinite(probability) and np.isfinite(plane.miss_km).all()):
        return None
    method = table["collision_probability_method"][row]
    # The curves need many values of one encounter: what only full states can give has no curve.
    curve_method = method if method in METHODS else DEFAULT_METHOD
    dilution = dilution_curve(plane, np.array([radius_km]), _scales(at("maximum_sigma_factor")))
    radii = radius_km * np.geomspace(1.0 / _RADIUS_RANGE, _RADIUS_RANGE, _POINTS)
    when = hit_time(plane, along, along_km)
    half = _TIME_SIGMAS * when.sigma_s[0]
    moving = bool(np.isfinite(half)) and half > 0.0
    time = np.linspace(when.mean_s[0] - half, when.mean_s[0] + half, _POINTS) if moving else np.empty(0)
    doubtful = set(table["flags"][row].split(";")) & set(_STRAIGHT_IS_DOUBTFUL.labels)
    note = "slow encounter: straight motion is doubtful" if doubtful else ""
    return TopEvent(
        label=label,
        method=method if method == curve_method else f"{method}; curve by {curve_method} in the plane",
        probability=probability,
        maximum_probability=at("maximum_probability"),
        maximum_scale=at("maximum_sigma_factor"),
        hard_body_radius_km=radius_km,
        miss_km=float(plane.miss_distance_km[0]),
        sigma_range=SIGMA_RANGE,
        scale=dilution.scale,
        dilution_probability=dilution.probability[0],
        radius_km=radii,
        radius_probability=probability_by_radius(plane, radii, method=curve_method),
        time_s=time,
        cumulative=cumulative_through_encounter([probability], when, time)[0],
        note=note if moving else "no relative motion to speak of",
    )


def _plane(at: Callable[[str], float]) -> tuple[EncounterPlane, Array, float]:
    """The plane of one row, what it leaves out of the covariance (1, 3), and the position along the velocity, km."""

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
    """Factors from 1/100 to 100, wide enough to have the maximum and both of its sides in view."""
    low, high = 1e-2, 1e2
    if 0.0 < maximum_scale < np.inf:
        low, high = min(low, maximum_scale / 10.0), max(high, maximum_scale * 10.0)
    return np.geomspace(max(low, 1e-6), min(high, 1e6), _POINTS)


_SCALES = np.geomspace(1e-2, 1e3, 81)


# Denser towards TCA, where the range turns: 0.23 s, then ever wider, to a minute.
_TRACK_TIME_S = 60.0 * np.linspace(-1.0, 1.0, 33) * np.abs(np.linspace(-1.0, 1.0, 33))


_ARC_TIME_S = np.linspace(-600.0, 600.0, 21)


_ORBIT_SHARE = np.linspace(-0.5, 0.5, 49)


def encounter_curves(table: dict[str, list[str]]) -> EncounterCurves:
    """The curves of every row of a table with the columns of conjunctions.csv.

    Raises KeyError for a table without the columns, ValueError for a cell that is no number.
    """
    primary, secondary = _states(table, "primary"), _states(table, "secondary")
    moving = _on_ellipses(primary) & _on_ellipses(secondary)
    m = len(primary)
    track = np.full((m, len(_TRACK_TIME_S), 3), np.nan)
    arc = np.full((m, len(_ARC_TIME_S), 3), np.nan)
    orbit = np.full((m, len(_ORBIT_SHARE), 3), np.nan)
    period = np.full(m, np.nan)
    if moving.any():
        one, other = equinoctial(primary[moving]), equinoctial(secondary[moving])
        period[moving] = one.period_s
        track[moving] = _relative(one, other)
        arc[moving] = np.stack([other.states(time)[:, :3] for time in _ARC_TIME_S], axis=1)
        orbit[moving] = np.stack([one.states(share * one.period_s)[:, :3] for share in _ORBIT_SHARE], axis=1)
    return EncounterCurves(
        scale=_SCALES,
        dilution=_dilution(table),
        track_time_s=_TRACK_TIME_S,
        track_rtn_km=track,
        arc_time_s=_ARC_TIME_S,
        arc_km=arc,
        orbit_share=_ORBIT_SHARE,
        orbit_km=orbit,
        orbit_period_s=period,
    )


def _states(table: dict[str, list[str]], role: str) -> Array:
    """(m, 6) km, km/s."""
    names = [f"{role}_{axis}_km" for axis in "xyz"] + [f"{role}_v{axis}_km_s" for axis in "xyz"]
    return np.stack([float_column(table[name]) for name in names], axis=1)


def _on_ellipses(state: Array) -> NDArray[np.bool_]:
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(state).all(axis=1))
    return np.asarray(finite & bound(np.where(finite[:, None], state, 1.0)))


def _relative(one: EquinoctialOrbits, other: EquinoctialOrbits) -> Array:
    """(m, k, 3) km, the other as seen from the one, in its RTN of each moment."""
    parts = []
    for time in _TRACK_TIME_S:
        here, there = one.states(time), other.states(time)
        parts.append(rotate(rtn_basis(here[:, :3], here[:, 3:]), there[:, :3] - here[:, :3]))
    return np.stack(parts, axis=1)


def _dilution(table: dict[str, list[str]]) -> Array:
    """(m, n) probability; NaN where there is no plane or no hard body."""
    miss = np.stack([float_column(table[f"plane_miss_{axis}_km"]) for axis in "xy"], axis=1)
    xx, xy, yy = (float_column(table[f"plane_covariance_{name}_km2"]) for name in ("xx", "xy", "yy"))
    covariance = np.stack([np.stack([xx, xy], axis=1), np.stack([xy, yy], axis=1)], axis=1)
    radius = float_column(table["hard_body_radius_m"]) / 1000.0
    good = np.isfinite(miss).all(axis=1) & np.isfinite(covariance).all(axis=(1, 2)) & np.isfinite(radius)
    curves = np.full((len(radius), len(_SCALES)), np.nan)
    if good.any():
        plane = plane_from_components(miss[good], covariance[good])
        curves[good] = dilution_curve(plane, radius[good], _SCALES).probability
    return curves
