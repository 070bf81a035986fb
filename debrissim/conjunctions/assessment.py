"""From encounters to risk: covariance, probability, impact, direction of each; totals of the run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, ObjectKind
from debrissim.conjunctions.curved_encounters import refine_curved, shorter_period_s
from debrissim.core.arrays import Array
from debrissim.core.constants import DAYS_PER_YEAR, SECONDS_PER_DAY
from debrissim.core.statistics import garwood_interval
from debrissim.hazard.impact import (
    Consequences,
    Impact,
    approach_direction,
    consequences,
    impact_severity,
    mass_range_kg,
)
from debrissim.probability.collision import (
    CollisionProbability,
    collision_probability,
    cumulative_probability,
)
from debrissim.probability.cumulative import along_covariance_km2
from debrissim.probability.dilution import SIGMA_RANGE
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.registry import AUTO, DEFAULT_METHOD, get_method
from debrissim.screening.encounters import Encounters
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import ElementSetErrorModel
from debrissim.uncertainty.object_covariances import ObjectCovariances
from debrissim.uncertainty.rotation import to_primary_rtn

SPEED_EDGES_KM_S = np.arange(0.0, 17.0)


@dataclass(frozen=True, eq=False)
class Assessment:
    """Risk of m encounters.

    | column                  | shape  | unit |
    |-------------------------|--------|-------------------------------------------------------------------------------|
    | probability             |        | `CollisionProbability` of m rows |
    | probability_half_sigma, probability_double_sigma | (m,) | the same with every sigma halved, doubled |
    | primary_sigma_rtn_km, secondary_sigma_rtn_km | (m, 3) | km, modelled, each in its own RTN |
    | primary_covariance_rtn_km2, secondary_covariance_rtn_km2 | (m, 3, 3) | km^2, each in its own RTN |
    | miss_sigma_km           | (m,)   | km, standard deviation of the position difference along the miss |
    | along_covariance_km2    | (m, 3) | km^2, xz, yz, zz of the combined covariance; x, y of the plane, z along |
    |                         |        | the relative velocity |
    | impact                  |        | `Impact` of m rows |
    | consequences            |        | `Consequences` of m rows: the ranges that unknown masses leave |
    | azimuth_deg, elevation_deg | (m,) | where the secondary comes from: `hazard.impact.approach_direction` |
    | inside                  | (m, v) | bool, in which of the screening volumes |
    """

    probability: CollisionProbability
    probability_half_sigma: Array
    probability_double_sigma: Array
    primary_sigma_rtn_km: Array
    secondary_sigma_rtn_km: Array
    primary_covariance_rtn_km2: Array
    secondary_covariance_rtn_km2: Array
    miss_sigma_km: Array
    along_covariance_km2: Array
    impact: Impact
    consequences: Consequences
    azimuth_deg: Array
    elevation_deg: Array
    inside: NDArray[np.bool_]


@dataclass(frozen=True)
class VolumeRate:
    """Close approaches in one volume; the rates with the 95 % interval of a Poisson count (Garwood 1936)."""

    name: str
    count: int
    per_day: float
    per_day_low: float
    per_day_high: float
    per_year: float


@dataclass(frozen=True)
class Fraction:
    """One kind's or one parent event's part in the approaches and in the probability."""

    name: str
    count: int
    cumulative_probability: float


@dataclass(frozen=True)
class Totals:
    """The run as a whole."""

    encounter_count: int
    cumulative_probability: float
    cumulative_half_sigma: float
    cumulative_double_sigma: float
    above_yellow: int
    above_red: int
    volumes: tuple[VolumeRate, ...]
    kinds: tuple[Fraction, ...]
    parent_events: tuple[Fraction, ...]
    speed_edges_km_s: tuple[float, ...]
    speed_counts: tuple[int, ...]


def assess_encounters(
    encounters: Encounters,
    catalog: Catalog,
    volumes: tuple[ScreeningVolume, ...],
    model: ElementSetErrorModel,
    *,
    primary_factor: float = 1.0,
    secondary_factor: float = 1.0,
    method: str = DEFAULT_METHOD,
    object_covariances: ObjectCovariances | None = None,
) -> Assessment:
    """Compute covariance, collision probability, impact and direction of every encounter.

    Parameters
    ----------
    encounters : m close approaches
    catalog : the catalogue that was screened, with radii (m) and masses (kg) filled in
    volumes : the screening volumes, for `Assessment.inside`
    model : errors of element sets
    primary_factor, secondary_factor : factors on the modelled standard deviations of each role
    method : name of a method of collision probability, or "auto"
    object_covariances : errors of single objects, in place of the model's

    Returns
    -------
    Assessment
        of m rows, in the order of the encounters.

    Raises
    ------
    InputError
        if there is no method of that name.
    """
    object_covariances = object_covariances or ObjectCovariances()
    primary, secondary = encounters.primary, encounters.secondary
    roles = (
        (catalog[primary], encounters.primary_state, encounters.primary_age_days, primary_factor),
        (catalog[secondary], encounters.secondary_state, encounters.secondary_age_days, secondary_factor),
    )
    primary_covariance, secondary_covariance = (
        _covariance(model, object_covariances, *role) for role in roles
    )
    in_primary_rtn = to_primary_rtn(
        secondary_covariance, encounters.secondary_state, encounters.primary_state
    )
    period_s = shorter_period_s(encounters, catalog)
    probability = collision_probability(
        encounters.relative_position_rtn_km,
        encounters.relative_velocity_rtn_km_s,
        primary_covariance,
        in_primary_rtn,
        catalog.hard_body_radius_m[primary] + catalog.hard_body_radius_m[secondary],
        method=method,
        covariance_label=object_covariances.label_with(model.label),
        period_s=period_s,
    )
    half, double = (_rescaled(probability, factor) for factor in SIGMA_RANGE)
    if method == AUTO:
        primary_state_covariance, secondary_state_covariance = (
            object_covariances.with_velocities(covariance, *role)
            for covariance, role in zip((primary_covariance, secondary_covariance), roles, strict=True)
        )
        probability, scaled, rows = refine_curved(
            probability,
            encounters,
            primary_state_covariance,
            secondary_state_covariance,
            period_s,
            SIGMA_RANGE,
        )
        half[rows], double[rows] = scaled
    azimuth, elevation = approach_direction(encounters.relative_velocity_rtn_km_s)
    return Assessment(
        probability=probability,
        probability_half_sigma=half,
        probability_double_sigma=double,
        primary_sigma_rtn_km=_sigmas(primary_covariance),
        secondary_sigma_rtn_km=_sigmas(secondary_covariance),
        primary_covariance_rtn_km2=primary_covariance,
        secondary_covariance_rtn_km2=secondary_covariance,
        miss_sigma_km=_sigma_along(encounters.relative_position_rtn_km, primary_covariance + in_primary_rtn),
        along_covariance_km2=along_covariance_km2(probability.plane, primary_covariance + in_primary_rtn),
        impact=impact_severity(
            catalog.mass_kg[primary], catalog.mass_kg[secondary], encounters.relative_speed_km_s
        ),
        consequences=consequences(
            catalog.mass_kg[primary],
            catalog.mass_kg[secondary],
            mass_range_kg(catalog.object_kind[primary], catalog.mass_kg[primary]),
            mass_range_kg(catalog.object_kind[secondary], catalog.mass_kg[secondary]),
            encounters.relative_speed_km_s,
        ),
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        inside=_inside(encounters.relative_position_rtn_km, volumes),
    )


def total(
    encounters: Encounters,
    assessment: Assessment,
    catalog: Catalog,
    volumes: tuple[ScreeningVolume, ...],
    duration_s: float,
    *,
    yellow: float,
    red: float,
) -> Totals:
    """Sum up a run.

    Cumulative probabilities take the encounters as independent. Repeated encounters of one pair are not: their
    cumulative probability is an upper bound.

    Parameters
    ----------
    encounters, assessment : m close approaches and their risk
    catalog, volumes : the catalogue and the volumes that were screened
    duration_s : length of the span, s
    yellow, red : thresholds of collision probability, above which encounters are counted
    """
    value = assessment.probability.value
    days = duration_s / SECONDS_PER_DAY
    kind = catalog.object_kind[encounters.secondary]
    event = catalog.parent_event[encounters.secondary]
    return Totals(
        encounter_count=len(encounters),
        cumulative_probability=cumulative_probability(value),
        cumulative_half_sigma=cumulative_probability(assessment.probability_half_sigma),
        cumulative_double_sigma=cumulative_probability(assessment.probability_double_sigma),
        above_yellow=int((value >= yellow).sum()),
        above_red=int((value >= red).sum()),
        volumes=tuple(
            _rate(volume.name, int(assessment.inside[:, k].sum()), days) for k, volume in enumerate(volumes)
        ),
        kinds=tuple(_fraction(k.label, kind == k, value) for k in ObjectKind if (kind == k).any()),
        parent_events=tuple(_fraction(str(e), event == e, value) for e in np.unique(event[event != ""])),
        speed_edges_km_s=tuple(SPEED_EDGES_KM_S.tolist()),
        speed_counts=_speed_counts(encounters.relative_speed_km_s),
    )


def _covariance(
    model: ElementSetErrorModel,
    object_covariances: ObjectCovariances,
    objects: Catalog,
    state: Array,
    age_days: Array,
    factor: float,
) -> Array:
    modelled = model.covariance_rtn_km2(
        objects.perigee_altitude_km,
        objects.eccentricity,
        objects.inclination_deg,
        age_days,
        sigma_factor=factor,
    )
    return object_covariances.apply(modelled, objects, state, age_days, factor)


def _speed_counts(speed_km_s: Array) -> tuple[int, ...]:
    """Encounters by relative speed; the last bin holds all that are faster."""
    counts, _ = np.histogram(np.minimum(speed_km_s, SPEED_EDGES_KM_S[-1]), SPEED_EDGES_KM_S)
    return tuple(counts.tolist())


def _inside(position_rtn_km: Array, volumes: tuple[ScreeningVolume, ...]) -> NDArray[np.bool_]:
    """(m, v); a run of messages alone has no volumes."""
    inside = np.zeros((len(position_rtn_km), len(volumes)), dtype=np.bool_)
    for k, volume in enumerate(volumes):
        inside[:, k] = volume.contains(position_rtn_km)
    return inside


def _sigmas(covariance_km2: Array) -> Array:
    return np.sqrt(np.diagonal(covariance_km2, axis1=1, axis2=2))


def _sigma_along(direction: Array, covariance_km2: Array) -> Array:
    """(m,) standard deviation along directions (m, 3) of any length; along R where the direction is zero."""
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    unit = np.where(length > 0.0, direction / np.where(length > 0.0, length, 1.0), np.array([1.0, 0.0, 0.0]))
    return np.asarray(np.sqrt(np.einsum("mi,mij,mj->m", unit, covariance_km2, unit)))


def _rescaled(probability: CollisionProbability, factor: float) -> Array:
    """(m,) the probability by the same method with every standard deviation multiplied."""
    plane = probability.plane
    scaled = replace(
        plane_from_components(plane.miss_km, factor**2 * plane.covariance_km2),
        relative_speed_km_s=plane.relative_speed_km_s,
        no_relative_velocity=plane.no_relative_velocity,
        sigma_along_km=factor * plane.sigma_along_km,
    )
    return get_method(probability.method)(scaled, probability.hard_body_radius_m / 1000.0)


def _rate(name: str, count: int, days: float) -> VolumeRate:
    low, high = garwood_interval(count)
    return VolumeRate(name, count, count / days, low / days, high / days, count / days * DAYS_PER_YEAR)


def _fraction(name: str, rows: NDArray[np.bool_], value: Array) -> Fraction:
    return Fraction(name, int(rows.sum()), cumulative_probability(value[rows]))
