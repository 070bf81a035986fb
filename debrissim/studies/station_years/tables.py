"""The tables of the station through its years, its headline and its method."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.hazard.station import collision_rate, station, station_risk
from debrissim.hazard.station.counted_passes import Comparison
from debrissim.results.schema.station_years import COUNTED, ELEMENTS, SHARES, YEARS
from debrissim.results.table import Table
from debrissim.studies.population_source import Population
from debrissim.studies.station_years.scenario import StationYearsScenario

# Definitions of the station's radius; they name columns.
SIZES = ("inscribed_sphere", "drag_area", "mean_shadow", "enclosing_sphere", "socrates", "jspoc")


class YearRisk(NamedTuple):
    """One calendar year of the station.

    length: part of the year in orbit. radii_m, rates (expected collisions per year): by size. fractions: contributions
    by grouping (all, kind, fleet, parent event). scaled: no catalogue from that time; the flux is scaled from a later
    one.
    """

    year: int
    length: float
    altitude_km: float
    configuration: station.Configuration
    radii_m: dict[str, float]
    scaled: bool
    fractions: dict[str, list[collision_rate.GroupRate]]
    rates: dict[str, float]


def mean_motion_rev_day(altitude_km: float) -> float:
    """Revolutions per day of a circular orbit at an altitude above the equatorial radius of WGS-72."""
    rate = np.sqrt(WGS72_MU_KM3_S2 / (WGS72_RADIUS_KM + altitude_km) ** 3)
    return float(rate * SECONDS_PER_DAY / (2.0 * np.pi))


def _relative_error(year: YearRisk) -> float:
    """Relative standard error of a year's flux, without the scaling's: the model's and the objects' counting noise."""
    total = year.fractions["all"][0]
    noise = 1.0 / total.effective_count if total.effective_count > 0.0 else 0.0
    return float(np.sqrt(station_risk.MODEL_ERROR**2 + noise))


def make_tables(
    years: list[YearRisk], counted: list[tuple[Population, list[Comparison]]]
) -> dict[str, Table]:
    return {
        "years": _years_table(years),
        "shares": _shares_table(years),
        "elements": _elements_table(),
        "counted": _counted_table(counted),
    }


def _years_table(years: list[YearRisk]) -> Table:
    length = np.array([y.length for y in years])
    rates = {name: np.array([y.rates[name] for y in years]) for name in SIZES}
    expected = np.cumsum(rates["mean_shadow"] * length)
    low, high = probability_range(years)
    return YEARS.table(
        {
            "year": [y.year for y in years],
            "years_in_orbit": length,
            "mean_altitude_km": [y.altitude_km for y in years],
            "revolutions_per_day": [mean_motion_rev_day(y.altitude_km) for y in years],
            "itemised_mass_kg": [y.configuration.mass_kg for y in years],
            "itemised_mass_with_ships_kg": [y.configuration.mass_with_vehicles_kg for y in years],
            **{f"radius_{name}_m": [y.radii_m[name] for y in years] for name in SIZES},
            "flux_per_m2_year": [y.fractions["all"][0].flux_per_m2_year for y in years],
            "relative_error": [_relative_error(y) for y in years],
            "scaled": [y.scaled for y in years],
            **{f"rate_{name}_per_year": rate for name, rate in rates.items()},
            "probability_since_launch_mean_shadow": [
                station_risk.hit_probability(float(n)) for n in expected
            ],
            "probability_since_launch_low": low,
            "probability_since_launch_high": high,
        }
    )


def _shares_table(years: list[YearRisk]) -> Table:
    rows = [
        (year, grouping, fraction)
        for year in years
        for grouping in ("kind", "fleet", "parent event")
        for fraction in year.fractions[grouping]
        if fraction.flux_per_m2_year > 0.0
    ]
    return SHARES.table(
        {
            "year": [year.year for year, _, _ in rows],
            "what": [grouping for _, grouping, _ in rows],
            "name": [fraction.name for _, _, fraction in rows],
            "object_count": [fraction.object_count for _, _, fraction in rows],
            "effective_count": [fraction.effective_count for _, _, fraction in rows],
            "flux_per_m2_year": [fraction.flux_per_m2_year for _, _, fraction in rows],
            "rate_mean_shadow_per_year": [fraction.rate_per_year for _, _, fraction in rows],
            "scaled": [year.scaled for year, _, _ in rows],
        }
    )


def _elements_table() -> Table:
    parts = station.elements()
    return ELEMENTS.table(
        {
            "name": [part.name for part in parts],
            "country": [part.country for part in parts],
            "from": [part.start.isoformat() for part in parts],
            "until": ["" if part.until is None else part.until.isoformat() for part in parts],
            "mass_kg": [part.mass_kg for part in parts],
            "mean_shadow_m2": [part.area_m2 for part in parts],
            "certainty": [part.certainty for part in parts],
            "source": [part.source for part in parts],
        }
    )


def _counted_table(counted: list[tuple[Population, list[Comparison]]]) -> Table:
    rows = [
        (population.label, comparison) for population, comparisons in counted for comparison in comparisons
    ]
    return COUNTED.table(
        {
            "catalogue": [label for label, _ in rows],
            "group": [c.name for _, c in rows],
            "expected_passes": [c.expected for _, c in rows],
            "counted_mean": [c.mean for _, c in rows],
            "counted_error": [c.error for _, c in rows],
            "ratio": [c.ratio for _, c in rows],
            "altitude_error": [c.altitude_error for _, c in rows],
            "perigee_error": [c.perigee_error for _, c in rows],
            "total_error": [c.total_error for _, c in rows],
            "deviation_sigmas": [c.deviation for _, c in rows],
            "scatter_of_one_phase": [c.scatter for _, c in rows],
            "counted_actual_phase": [c.actual for _, c in rows],
        }
    )


def make_headline(
    years: list[YearRisk], counted: list[tuple[Population, list[Comparison]]]
) -> dict[str, Any]:
    sums = {name: sum(y.rates[name] * y.length for y in years) for name in SIZES}
    last, last_error = years[-1], _relative_error(years[-1])
    rate = last.rates["mean_shadow"]
    return {
        "question": "probability of at least one hit since launch, had the station never manoeuvred",
        "probability_since_launch": station_risk.hit_probability(sums["mean_shadow"]),
        "probability_since_launch_by_size": {n: station_risk.hit_probability(s) for n, s in sums.items()},
        "probability_since_launch_range_of_traffic": [float(p[-1]) for p in probability_range(years)],
        "last_year": last.year,
        "last_year_rate_per_year": rate,
        "last_year_rate_per_year_by_size": last.rates,
        "last_year_relative_error": last_error,
        "last_year_radius_m": last.radii_m,
        "last_year_flux_per_m2_year": last.fractions["all"][0].flux_per_m2_year,
        "counted_over_analytic": {
            population.label: {
                "ratio": comparisons[0].ratio,
                "error": comparisons[0].total_error / comparisons[0].expected,
                "passes": comparisons[0].mean,
            }
            for population, comparisons in counted
            if comparisons[0].expected > 0.0
        },
    }


def probability_range(years: list[YearRisk]) -> tuple[Array, Array]:
    """The range (low, high) of the probability since launch at the end of each year, by the mean projected area.

    Scaled years within their factor, all years within the largest relative error of the flux, at the same time.
    """
    factor, error = station_risk.SCALED_FACTOR, max(_relative_error(y) for y in years)
    expected = np.array([y.rates["mean_shadow"] * y.length for y in years])
    scaled = np.array([y.scaled for y in years])
    low_factor, high_factor = station_risk.rate_range(1.0, error)
    low = np.cumsum(low_factor * np.where(scaled, expected / factor, expected))
    high = np.cumsum(high_factor * np.where(scaled, expected * factor, expected))
    return -np.expm1(-low), -np.expm1(-high)


def make_method(
    scenario: StationYearsScenario, populations: list[Population], years: list[YearRisk]
) -> dict[str, Any]:
    estimates = [p.name for p in station.elements() if p.certainty == "estimate"]
    flags = ["no manoeuvres are modelled: working satellites and the station itself avoid most of these hits"]
    flags += [f"size or mass estimated, not published: {name}" for name in estimates]
    if any(y.scaled for y in years):
        flags.append("years before the first catalogue are scaled, not counted (column scaled)")
    if scenario.last_year > int(station.published_altitudes().year[-1]):
        flags.append("years after the last known altitude have the last one")
    if any(p.synthetic for p in populations):
        flags.append("SYNTHETIC population: statistics of a catalogue, no real object")
    return {
        "flux": "orbit-averaged spatial density times relative speed (Kessler 1981, Opik 1951), per object",
        "rate": "flux x pi (station radius + object radius)^2; probability 1 - exp(-sum of rates)",
        "sizes": {
            "inscribed_sphere": "half the shortest extent: a lower bound",
            "drag_area": "0.53 of the mean shadow: NASA's drag areas of 2021 to 2024",
            "mean_shadow": (
                "the estimate: sphere with the sum of the parts' mean projected areas (Cauchy), ships included, no "
                "mutual shadowing"
            ),
            "enclosing_sphere": "half the diagonal of the extents: an upper bound",
            "socrates": "14.57 m, all years",
            "jspoc": "70 m, all years: the radius that reproduces 14 real messages",
        },
        "traffic": (
            "between catalogues linear; before the first scaled by kind by objects passing 415 to 420 km "
            "(NASA ODQN 18-1: 500 in 1998, 800 in 2013), fleets from 2019 on, factor 1.5 either way"
        ),
        "relative_error": "15 % of the model (passes within 10 km) and 1/sqrt(effective number of objects)",
        "left_out": "stations, ships at them, and what the ISS released (1998-067): their phase is not random",
        "catalogues": [population.record() for population in populations],
        "flags": flags,
    }
