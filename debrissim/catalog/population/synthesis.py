"""Sample a synthetic catalogue from a `PopulationModel`.

Method: systematic sampling over the boxes (each box gets its exact fraction of the count, to within one, so that
no noise is added to the fitted density), uniform samples within a box, then nodes, anomalies and (near-circular
orbits) arguments of perigee uniform over the circle. Members of station-kept shells are set in Walker
patterns (`walker`).

Assumptions:

- nodes and phases are independent: no Sun-synchronous local times, no planes of navigation satellites, no
  slots of the geostationary ring, no node clustering of young clouds;
- satellites that keep station have B* = 0: their thrust makes up for drag, and SGP4 does not model thrust;
- ages of element sets follow the fitted quantiles of their regime and are independent of everything else;
- derivatives of the mean motion are 0: SGP4 does not use them.

Synthetic objects are marked in three ways: their origin, the word SYNTHETIC first in the name, and negative numbers,
which no catalogue can use (`catalog.identifiers`). Name and number stay with an element set that passes through another
program.
"""

from __future__ import annotations

from datetime import datetime
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import Origin, internal_numbers
from debrissim.catalog.population.checks import MAX_OBJECTS
from debrissim.catalog.population.model import (
    AGE_PROBABILITIES,
    ALTITUDE_STEP_KM,
    ARG_PERIGEE_STEP_DEG,
    BSTAR_STEP,
    INCLINATION_STEP_DEG,
    LOW_ORBIT_ALTITUDE_KM,
    PopulationModel,
    StationKeptShells,
    bstar_from_coordinate,
    bundled_population,
    read_population,
)
from debrissim.catalog.population.walker import walker_pattern
from debrissim.core.constants import MINUTES_PER_DAY, SECONDS_PER_DAY, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.time import split_julian_date

_NAME_PREFIX = "SYNTHETIC"
_MICROSECONDS_PER_DAY = SECONDS_PER_DAY * 1e6
_FROZEN_ARG_PERIGEE_RAD = np.pi / 2.0  # where J2 and J3 hold the perigee of a kept near-circular orbit


def synthesize(
    model: PopulationModel,
    count: int,
    rng: np.random.Generator,
    epoch_jd: float,
    epoch_fraction: float,
) -> Catalog:
    """Sample synthetic objects whose element sets are as old at the epoch as a real catalogue's.

    Parameters
    ----------
    model : PopulationModel
        The fitted population.
    count : int
        Number of objects. `model.object_count` gives a population like the fitted one, other counts scale all boxes
        and shells equally.
    rng : numpy.random.Generator
        Source of the random numbers. The same generator state gives the same catalogue.
    epoch_jd, epoch_fraction : float
        The epoch, UTC, as a split Julian date.

    Raises
    ------
    InputError
        If the count is below 1 or above 99,999,999.
    """
    if not 1 <= count <= MAX_OBJECTS:
        raise InputError(f"synthesize: expected a count from 1 to {MAX_OBJECTS}, got {count}")
    members = np.concatenate([model.shells.count, model.bins.count])
    allotted = _systematic_counts(members, count, rng)
    shell_count = len(model.shells)
    box = np.repeat(np.arange(len(model.bins)), allotted[shell_count:])
    parts = [
        _shell_elements(model.shells, k, int(allotted[k]), model.age_days, rng)
        for k in range(shell_count)
        if allotted[k] > 0
    ]
    parts.append(_box_elements(model, box, rng))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    group = columns.pop("group").astype(np.int64)
    age_days = columns.pop("age_days")
    order = np.argsort(group, kind="stable")
    return _catalog(
        model,
        group[order],
        {k: v[order] for k, v in columns.items()},
        age_days[order],
        epoch_jd,
        epoch_fraction,
    )


def _systematic_counts(members: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(m,) whole parts of `count` in proportion to `members`: each within one of exact, summing to it."""
    edges = np.concatenate([[0.0], np.cumsum(members) * (count / members.sum())])
    edges[-1] = count
    return np.diff(np.floor(edges + rng.random())).astype(np.int64)


def _box_elements(
    model: PopulationModel, box: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Elements of one object per entry of `box`, which names its row of `model.bins`."""
    n = box.size
    bins = model.bins[box]

    def sample(low: NDArray[np.int64], high: NDArray[np.int64], step: float) -> NDArray[np.float64]:
        return np.asarray(step * (low + rng.random(n) * (high - low)))

    def sample_about(
        low: NDArray[np.int64], median: NDArray[np.int64], high: NDArray[np.int64], step: float
    ) -> NDArray[np.float64]:
        upper = rng.random(n) < 0.5
        return sample(np.where(upper, median, low), np.where(upper, high, median), step)

    perigee = sample_about(bins.perigee_low, bins.perigee_median, bins.perigee_high, ALTITUDE_STEP_KM)
    rise = sample_about(bins.rise_low, bins.rise_median, bins.rise_high, ALTITUDE_STEP_KM)
    inclination = sample_about(
        bins.inclination_low, bins.inclination_median, bins.inclination_high, INCLINATION_STEP_DEG
    )
    bstar = bstar_from_coordinate(sample(bins.bstar_low, bins.bstar_high, BSTAR_STEP))
    arg_perigee = sample(bins.arg_perigee_low, bins.arg_perigee_high, ARG_PERIGEE_STEP_DEG)
    semi_major_axis = WGS72_RADIUS_KM + perigee + rise / 2.0
    return {
        "group": bins.group.astype(np.float64),
        "age_days": _ages(model.age_days, semi_major_axis, rng),
        "mean_motion_rev_day": _mean_motion_rev_day(semi_major_axis),
        "eccentricity": rise / (2.0 * semi_major_axis),
        "inclination_deg": inclination,
        "raan_deg": 360.0 * rng.random(n),
        "arg_perigee_deg": arg_perigee,
        "mean_anomaly_deg": 360.0 * rng.random(n),
        "bstar": bstar,
    }


def _shell_elements(
    shells: StationKeptShells,
    row: int,
    count: int,
    age_table: NDArray[np.float64],
    rng: np.random.Generator,
) -> dict[str, NDArray[np.float64]]:
    """One shell as a Walker pattern at the common epoch, each set carried back to its own by SGP4's rates."""
    semi_major_axis = np.full(count, WGS72_RADIUS_KM + shells.mean_altitude_km[row])
    mean_motion = np.round(_mean_motion_rev_day(semi_major_axis), 8)
    low, median, high = (
        column[row]
        for column in (shells.eccentricity_low, shells.eccentricity_median, shells.eccentricity_high)
    )
    eccentricity = np.interp(rng.random(count), [0.0, 0.5, 1.0], [low, median, high])
    inclination = float(shells.inclination_deg[row])
    node, latitude_argument, _ = walker_pattern(count, np.radians(inclination))
    offsets = 2.0 * np.pi * rng.random(2)
    ages = _ages(age_table, semi_major_axis, rng)
    rates = _secular_rates_rad_min(float(mean_motion[0]), float(median), inclination)
    minutes = ages * MINUTES_PER_DAY
    return {
        "group": np.full(count, float(shells.group[row])),
        "age_days": ages,
        "mean_motion_rev_day": mean_motion,
        "eccentricity": eccentricity,
        "inclination_deg": np.full(count, inclination),
        "raan_deg": np.degrees(node + offsets[0] - rates[0] * minutes),
        "arg_perigee_deg": np.degrees(_FROZEN_ARG_PERIGEE_RAD - rates[1] * minutes),
        "mean_anomaly_deg": np.degrees(
            latitude_argument + offsets[1] - _FROZEN_ARG_PERIGEE_RAD - rates[2] * minutes
        ),
        "bstar": np.zeros(count),
    }


def _secular_rates_rad_min(
    mean_motion_rev_day: float, eccentricity: float, inclination_deg: float
) -> tuple[float, float, float]:
    """SGP4's own rates of node, argument of perigee and mean anomaly without drag, rad/min."""
    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",
        0,
        0.0,
        0.0,
        0.0,
        0.0,
        eccentricity,
        0.0,
        np.radians(inclination_deg),
        0.0,
        mean_motion_rev_day * 2.0 * np.pi / MINUTES_PER_DAY,
        0.0,
    )
    return float(satellite.nodedot), float(satellite.argpdot), float(satellite.mdot)


def _ages(
    table: NDArray[np.float64], semi_major_axis_km: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """(n,) days, sampled from the quantiles of each object's regime."""
    probability = rng.random(semi_major_axis_km.size)
    low, high = (np.interp(probability, AGE_PROBABILITIES, row) for row in table)
    low_orbit = semi_major_axis_km - WGS72_RADIUS_KM < LOW_ORBIT_ALTITUDE_KM
    return np.asarray(np.where(low_orbit, low, high))


def _mean_motion_rev_day(semi_major_axis_km: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(WGS72_MU_KM3_S2 / semi_major_axis_km**3) * (SECONDS_PER_DAY / (2.0 * np.pi)))


def _catalog(
    model: PopulationModel,
    group: NDArray[np.int64],
    elements: dict[str, NDArray[np.float64]],
    age_days: NDArray[np.float64],
    epoch_jd: float,
    epoch_fraction: float,
) -> Catalog:
    """Elements as columns, rounded to the digits that catalogues publish: a written one reads back."""
    n = group.size
    tags = np.array([f"{_NAME_PREFIX} {g.tag} " for g in model.groups])
    serial = np.arange(n)
    whole, fraction = _split_epoch(epoch_jd, epoch_fraction, age_days)
    return Catalog(
        norad_id=internal_numbers(Origin.SYNTHETIC, serial),
        name=np.char.add(tags[group], np.char.zfill(serial.astype(np.str_), 6)),
        international_designator=np.full(n, "", dtype=np.str_),
        object_kind=np.array([int(g.object_kind) for g in model.groups], dtype=np.int8)[group],
        parent_event=np.array([g.parent_event for g in model.groups], dtype=np.str_)[group],
        epoch_jd=whole,
        epoch_fraction=fraction,
        mean_motion_rev_day=np.round(elements["mean_motion_rev_day"], 8),
        eccentricity=np.round(elements["eccentricity"], 7),
        inclination_deg=np.round(elements["inclination_deg"], 4),
        raan_deg=_rounded_angle(elements["raan_deg"]),
        arg_perigee_deg=_rounded_angle(elements["arg_perigee_deg"]),
        mean_anomaly_deg=_rounded_angle(elements["mean_anomaly_deg"]),
        bstar=_five_digits(elements["bstar"]),
        mean_motion_dot=np.zeros(n),
        mean_motion_ddot=np.zeros(n),
        hard_body_radius_m=np.full(n, np.nan),
        mass_kg=np.full(n, np.nan),
    )


def _split_epoch(
    jd: float, fraction: float, age_days: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The epoch less the ages as Julian dates at midnight and fractions in [0, 1), in whole microseconds."""
    midnight = np.floor(jd - 0.5) + 0.5
    since = np.round(((jd - midnight) + fraction - age_days) * _MICROSECONDS_PER_DAY)  # exact in float64
    days = np.floor(since / _MICROSECONDS_PER_DAY)
    return midnight + days, (since - days * _MICROSECONDS_PER_DAY) / _MICROSECONDS_PER_DAY


def _rounded_angle(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded = np.round(np.mod(degrees, 360.0), 4)
    return np.where(rounded >= 360.0, 0.0, rounded)


def _five_digits(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded to five significant digits, as an OMM or TLE carries B*."""
    size = np.where(value == 0.0, 1.0, np.abs(value))
    places = 4.0 - np.floor(np.log10(size))
    scale = 10.0 ** np.minimum(places, 12.0)  # below 1e-9 it is zero for SGP4
    return np.asarray(np.round(value * scale) / scale)


def synthetic_catalog(
    count: int | None = None,
    *,
    seed: int = 1,
    population: PopulationModel | str | PathLike[str] | None = None,
) -> Catalog:
    """Sample synthetic objects, at the epoch that the population was fitted to: no real object is among them.

    Parameters
    ----------
    count : int, optional
        Number of objects, by default as many as the population was fitted to.
    seed : int
        Seed of the sampling.
    population : PopulationModel or path, optional
        A model, or a table written by `debrissim catalog fit`; by default the bundled one.

    Raises
    ------
    InputError
        For a table that cannot be read.
    """
    if population is None:
        model = bundled_population()
    elif isinstance(population, PopulationModel):
        model = population
    else:
        model = read_population(Path(population))
    epoch = split_julian_date(datetime.fromisoformat(model.source_epoch_utc))
    return synthesize(model, count or model.object_count, np.random.default_rng([seed, 0]), *epoch)
