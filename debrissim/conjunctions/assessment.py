"""From encounters to risk: covariance, probability and its range, impact and direction of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, mass_is_default, size_group
from debrissim.conjunctions.curved_encounters import refine_curved, shorter_period_s
from debrissim.core.arrays import Array, Mask
from debrissim.hazard.impact import (
    Consequences,
    Impact,
    approach_direction,
    consequences,
    impact_severity,
    mass_range_kg,
)
from debrissim.probability.collision import CollisionProbability, collision_probability
from debrissim.probability.cumulative import along_covariance_km2
from debrissim.probability.dilution import SIGMA_RANGE
from debrissim.probability.encounter_plane import encounter_plane, plane_from_components
from debrissim.probability.registry import AUTO, DEFAULT_METHOD, get_method
from debrissim.screening.encounters import Encounters
from debrissim.uncertainty.aged_element_sets import argument_of_latitude_deg
from debrissim.uncertainty.element_set_error import ElementSetErrorModel, get_covariance_model
from debrissim.uncertainty.ephemeris_covariances import StatedCovariances, role_labels, words_of
from debrissim.uncertainty.object_covariances import ObjectCovariances
from debrissim.uncertainty.rotation import to_primary_rtn

# Factors on every sigma that are tried for the range of a probability, besides 1 and the factor of its maximum.
_LOW, _HIGH = SIGMA_RANGE
_SCAN = (_LOW, _LOW**0.5, _HIGH**0.5, _HIGH)


@dataclass(frozen=True, eq=False)
class Assessment:
    """Risk of m encounters.

    | column                  | shape  | unit |
    |-------------------------|--------|-------------------------------------------------------------------------------|
    | probability             |        | `CollisionProbability` of m rows |
    | probability_half_sigma, probability_double_sigma | (m,) | the same with every sigma halved, doubled |
    | probability_low, probability_high | (m,) | its minimum and maximum between half and twice the sigmas, and with |
    |                         |        | the error that all element sets have in common, if the model leaves it out    |
    | primary_sigma_rtn_km, secondary_sigma_rtn_km | (m, 3) | km, modelled, each in its own RTN |
    | primary_covariance_rtn_km2, secondary_covariance_rtn_km2 | (m, 3, 3) | km^2, each in its own RTN |
    | stated                  |        | the covariances among them that ephemerides state, `StatedCovariances` of m |
    |                         |        | rows, of the primary and of the secondary |
    | covariance_sources      |        | (m,) words for the primary and for the secondary: "modelled", "given" (by the |
    |                         |        | scenario), or "stated", "interpolated", "propagated" in an ephemeris |
    | covariance_labels       | (m,)   | the covariances in words |
    | miss_sigma_km           | (m,)   | km, standard deviation of the position difference along the miss |
    | along_covariance_km2    | (m, 3) | km^2, xz, yz, zz of the combined covariance; x, y of the plane, z along |
    |                         |        | the relative velocity |
    | impact                  |        | `Impact` of m rows |
    | consequences            |        | `Consequences` of m rows: the ranges that unknown masses leave |
    | azimuth_deg, elevation_deg | (m,) | where the secondary comes from: `hazard.impact.approach_direction` |
    """

    probability: CollisionProbability
    probability_half_sigma: Array
    probability_double_sigma: Array
    probability_low: Array
    probability_high: Array
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
    stated: tuple[StatedCovariances, StatedCovariances]
    covariance_sources: tuple[list[str], list[str]]
    covariance_labels: list[str]


def assess_encounters(
    encounters: Encounters,
    catalog: Catalog,
    model: ElementSetErrorModel,
    *,
    primary_factor: float = 1.0,
    secondary_factor: float = 1.0,
    method: str = DEFAULT_METHOD,
    object_covariances: ObjectCovariances | None = None,
    assumed_masses: NDArray[np.bool_] | None = None,
) -> Assessment:
    """Compute covariance, collision probability, impact and direction of every encounter.

    Parameters
    ----------
    encounters : m close approaches
    catalog : the catalogue that was screened, with radii (m) and masses (kg) filled in
    model : errors of element sets
    primary_factor, secondary_factor : factors on the modelled standard deviations of each role
    method : name of a method of collision probability, or "auto"
    object_covariances : errors of single objects, instead of the model's
    assumed_masses : (n,) whether the mass of an object is only the default of its group; by default if it equals that

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
    stated = tuple(object_covariances.stated(objects, age, factor) for objects, _, age, factor in roles)
    models = [model, *([get_covariance_model(model.with_common)] if model.with_common else [])]
    (primary_covariance, secondary_covariance), *others = (
        (
            position_covariance(m, object_covariances, *roles[0], stated[0]),
            position_covariance(m, object_covariances, *roles[1], stated[1]),
        )
        for m in models
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
    scan = np.stack(
        [probability.value, *_scan(probability), *(_with(probability, encounters, o) for o in others)]
    )
    if method == AUTO:
        covariances, *rest = (
            (
                object_covariances.with_velocities(first, *roles[0], stated[0]),
                object_covariances.with_velocities(second, *roles[1], stated[1]),
            )
            for first, second in ((primary_covariance, secondary_covariance), *others)
        )
        probability, varied, rows = refine_curved(probability, encounters, covariances, _SCAN, rest)
        # Along the orbits the maximum is not known: the factors of the scan have to do.
        value, scaled = probability.value[rows], varied[: len(_SCAN)]
        scan[:, rows] = np.stack([value, *scaled, value, *varied[len(_SCAN) :]])
    assumed = mass_is_default(catalog) if assumed_masses is None else assumed_masses
    low_kg, high_kg = mass_range_kg(size_group(catalog), catalog.mass_kg, assumed)
    sources = [
        _source_words(own, object_covariances.is_tabulated(objects))
        for own, (objects, *_) in zip(stated, roles, strict=True)
    ]
    adjustment = object_covariances.ephemerides.adjustment if object_covariances.ephemerides else ""
    model_label = object_covariances.label_with(model.label, of_ephemerides=False)
    labels = role_labels(stated[0], stated[1], len(encounters), model_label, adjustment)
    # For an unknown mass the number of fragments is only a range.
    known_kg = np.where(assumed, np.nan, catalog.mass_kg)
    azimuth, elevation = approach_direction(encounters.relative_velocity_rtn_km_s)
    return Assessment(
        probability=probability,
        probability_half_sigma=scan[1],
        probability_double_sigma=scan[len(_SCAN)],
        probability_low=scan.min(axis=0),
        probability_high=scan.max(axis=0),
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
            known_kg[primary],
            known_kg[secondary],
            (low_kg[primary], high_kg[primary]),
            (low_kg[secondary], high_kg[secondary]),
            encounters.relative_speed_km_s,
        ),
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        stated=(stated[0], stated[1]),
        covariance_sources=(sources[0], sources[1]),
        covariance_labels=labels,
    )


def has_sampled(encounters: Encounters, catalog: Catalog) -> NDArray[np.bool_]:
    """(m,) whether an object of the encounter, on either side, is sampled from statistics or a breakup model."""
    return catalog.synthetic[encounters.primary] | catalog.synthetic[encounters.secondary]


def position_covariance(
    model: ElementSetErrorModel,
    object_covariances: ObjectCovariances,
    objects: Catalog,
    state: Array,
    age_days: Array,
    factor: float,
    stated: StatedCovariances,
) -> Array:
    """The position covariances of m objects: from the model, except for those with their own errors.

    Parameters
    ----------
    model : errors of element sets
    object_covariances : errors of single objects
    objects : m element sets
    state : (m, 6) km, km/s, TEME
    age_days : (m,) of the element sets
    factor : on the modelled standard deviations
    stated : result of `object_covariances.stated` for these objects

    Returns
    -------
    (m, 3, 3) km^2, each along its own object's RTN axes.
    """
    modelled = model.covariance_of(
        objects,
        age_days,
        argument_of_latitude_deg=argument_of_latitude_deg(state),
        sigma_factor=factor,
    )
    return object_covariances.apply(modelled, objects, state, age_days, factor, model.common, stated)


def _source_words(stated: StatedCovariances, tabulated: Mask) -> list[str]:
    """(m,) the origin of each covariance for a table."""
    return [
        "given" if own else words_of(source)
        for own, source in zip(tabulated.tolist(), stated.sources(tabulated.size).tolist(), strict=True)
    ]


def _with(
    probability: CollisionProbability, encounters: Encounters, covariances: tuple[Array, Array]
) -> Array:
    """(m,) the probability in the plane by the same method with other covariances (m, 3, 3), each in its own RTN."""
    first, second = covariances
    plane = encounter_plane(
        encounters.relative_position_rtn_km,
        encounters.relative_velocity_rtn_km_s,
        first + to_primary_rtn(second, encounters.secondary_state, encounters.primary_state),
    )
    return get_method(probability.method)(plane, probability.hard_body_radius_m / 1000.0)


def _sigmas(covariance_km2: Array) -> Array:
    return np.sqrt(np.diagonal(covariance_km2, axis1=1, axis2=2))


def _sigma_along(direction: Array, covariance_km2: Array) -> Array:
    """(m,) standard deviation along directions (m, 3) of any length; along R where the direction is zero."""
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    unit = np.where(length > 0.0, direction / np.where(length > 0.0, length, 1.0), np.array([1.0, 0.0, 0.0]))
    return np.asarray(np.sqrt(np.einsum("mi,mij,mj->m", unit, covariance_km2, unit)))


def _rescaled(probability: CollisionProbability, factor: Array) -> Array:
    """(m,) the probability by the same method, every standard deviation multiplied by the factors (m,)."""
    plane = probability.plane
    scaled = replace(
        plane_from_components(plane.miss_km, factor[:, None, None] ** 2 * plane.covariance_km2),
        relative_speed_km_s=plane.relative_speed_km_s,
        no_relative_velocity=plane.no_relative_velocity,
        sigma_along_km=factor * plane.sigma_along_km,
    )
    return get_method(probability.method)(scaled, probability.hard_body_radius_m / 1000.0)


def _scan(probability: CollisionProbability) -> tuple[Array, ...]:
    """The probabilities (m,) at the factors of `_SCAN`, and at that of the maximum where it is between them.

    As a function of the factor a probability rises to its maximum and falls from there: so the smallest of these is its
    minimum between half and twice the sigmas, and the largest its maximum.
    """
    m = len(probability.value)
    peak = np.clip(np.nan_to_num(probability.maximum_scale, nan=1.0), _LOW, _HIGH)
    return tuple(_rescaled(probability, np.broadcast_to(factor, m)) for factor in (*_SCAN, peak))
