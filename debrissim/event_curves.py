"""The curves of one stored event: its Pc against the size of the errors and of the hard body, and over time.

Everything comes from the columns of conjunctions.csv.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from debrissim.assessment import SIGMA_RANGE
from debrissim.folder import numbers
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.cumulative import cumulative_through_encounter, hit_time
from debrissim.probability.dilution import dilution_curve
from debrissim.probability.encounter_plane import STANDSTILL_KM_S, EncounterPlane, plane_from_components
from debrissim.probability.methods import DEFAULT_METHOD, METHODS
from debrissim.probability.sensitivity import probability_by_radius
from debrissim.report.top_event import TopEvent

Array = NDArray[np.float64]

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
        return float(numbers([table[name][row]])[0])

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
