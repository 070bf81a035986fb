"""`kind = "station-years"`: the collision risk of the ISS per year and since launch, checked by counting passes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from debrissim.catalog import Catalog, ObjectKind, read_catalog
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.progress import Progress
from debrissim.hazard.station import collision_rate, station, station_risk
from debrissim.hazard.station.counted_passes import Comparison, compare_groups, count_passes
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.station_years import COUNTED, SHARES, YEARS
from debrissim.results.table import read_table
from debrissim.studies.population_source import Population, load_population
from debrissim.studies.station_years.scenario import StationYearsScenario
from debrissim.studies.station_years.tables import (
    SIZES,
    YearRisk,
    make_headline,
    make_method,
    make_tables,
    mean_motion_rev_day,
)
from debrissim.studies.station_years.wording import years_answer
from debrissim.studies.study import Study, StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ISS = 25544
_ECCENTRICITY, _BSTAR = 0.0003, 2.4e-5  # means of the element sets of 2020
_MAX_EVENTS = 8


def run(scenario: StationYearsScenario, progress: Progress) -> StudyResult:
    """The risk of each year, and passes counted in each catalogue."""
    progress("catalogues", 0.0)
    populations = [
        load_population(source, scenario.located, scenario.seed + k, f"catalogs[{k + 1}]")
        for k, source in enumerate(scenario.catalogs)
    ]
    altitudes = _altitudes(scenario)
    years = []
    span = range(station.FIRST_DAY.year, scenario.last_year + 1)
    for k, year in enumerate(span):
        progress("years", k / len(span))
        years.append(_year_risk(year, altitudes, populations))
    counted = []
    for k, population in enumerate(populations if scenario.counting.enabled else []):
        progress("counting", k / len(populations))
        counted.append((population, _count(scenario, population)))
    return StudyResult.of(
        scenario,
        make_tables(years, counted),
        make_headline(years, counted),
        make_method(scenario, populations, years),
        synthetic=any(population.synthetic for population in populations),
    )


def _altitudes(scenario: StationYearsScenario) -> station.StationYears:
    """Mean altitudes by year: the history's where it covers the year, otherwise the published ones."""
    published = station.published_altitudes()
    if scenario.history is None:
        return published
    history = read_catalog(scenario.located(scenario.history)).catalog
    own = history[history.norad_id == _ISS]
    if len(own) == 0:
        raise ScenarioError(f"history: no element set of {_ISS} in {scenario.history}")
    finer = station.altitudes_from_epochs(own.epoch_jd + own.epoch_fraction, own.semi_major_axis_km)
    merged = dict(zip(published.year.tolist(), published.mean_altitude_km.tolist(), strict=True))
    merged.update(zip(finer.year.tolist(), finer.mean_altitude_km.tolist(), strict=True))
    return station.StationYears(
        np.array(list(merged), dtype=np.int64), np.array(list(merged.values()), dtype=np.float64)
    )


def _altitude_in(year: int, altitudes: station.StationYears) -> float:
    """The altitude in a year; after the last known year, the last one."""
    known = np.flatnonzero(altitudes.year <= year)
    if known.size == 0:
        raise InputError(f"altitude: none is known for {year} or before")
    return float(altitudes.mean_altitude_km[known[-1]])


def _year_risk(year: int, altitudes: station.StationYears, populations: list[Population]) -> YearRisk:
    length, configuration, squares = station.yearly_means(year, date(year, 12, 31))
    altitude = _altitude_in(year, altitudes)
    epochs = [population.epoch_year for population in populations]
    scaled = station_risk.is_scaled(year + 0.5, epochs)
    weights = station_risk.catalog_weights(year + 0.5, [p.objects for p in populations], epochs)
    mean_shadow, enclosing, inscribed = np.sqrt(squares).tolist()
    radii = {
        "inscribed_sphere": inscribed,
        "drag_area": float(np.sqrt(station.DRAG_AREA_FRACTION)) * mean_shadow,
        "mean_shadow": mean_shadow,
        "enclosing_sphere": enclosing,
        "socrates": station.SOCRATES_RADIUS_M,
        "jspoc": station.JSPOC_RADIUS_M,
    }
    rates = dict.fromkeys(SIZES, 0.0)
    fractions: dict[str, list[collision_rate.GroupRate]] = {}
    for population, weight in zip(populations, weights, strict=True):
        if not weight.any():
            continue
        flux = weight * flux_by_object_per_m2_year(
            collision_rate.with_mean_radius(population.objects), altitude, station.INCLINATION_DEG
        )
        size = population.objects.hard_body_radius_m
        for name, radius in radii.items():
            rates[name] += float(collision_rate.rate_by_object_per_year(flux, radius, size).sum())
        rate = collision_rate.rate_by_object_per_year(flux, radii["mean_shadow"], size)
        fleet = [("fleet satellites", station_risk.in_fleet(population.objects))]
        fractions = _add(
            fractions, collision_rate.rates_by_group(population.objects, flux, rate, fleet=fleet)
        )
    if scaled:
        # The fragments of a later catalogue represent those of that time, whichever breakup they come from.
        fractions["parent event"] = []
    return YearRisk(year, length, altitude, configuration, radii, scaled, fractions, rates)


def _add(
    first: dict[str, list[collision_rate.GroupRate]], second: dict[str, list[collision_rate.GroupRate]]
) -> dict[str, list[collision_rate.GroupRate]]:
    """The contributions in two weighted catalogues together, by grouping; the largest flux first."""
    total = {}
    for grouping, fractions in second.items():
        by_name = {fraction.name: fraction for fraction in first.get(grouping, [])}
        for fraction in fractions:
            earlier = by_name.get(fraction.name)
            by_name[fraction.name] = fraction if earlier is None else _sum(earlier, fraction)
        total[grouping] = sorted(by_name.values(), key=lambda fraction: -fraction.flux_per_m2_year)
    return total


def _sum(first: collision_rate.GroupRate, second: collision_rate.GroupRate) -> collision_rate.GroupRate:
    # Two catalogues of one time scatter mostly together: the smaller count holds for both.
    counts = [f.effective_count for f in (first, second) if f.flux_per_m2_year > 0.0]
    return collision_rate.GroupRate(
        name=first.name,
        object_count=max(first.object_count, second.object_count),
        flux_per_m2_year=first.flux_per_m2_year + second.flux_per_m2_year,
        rate_per_year=first.rate_per_year + second.rate_per_year,
        effective_count=min(counts, default=0.0),
    )


def _count(scenario: StationYearsScenario, population: Population) -> list[Comparison]:
    """Passes counted and expected: of all objects, each kind, the fleets, and the events that contribute most."""
    catalog, objects, counting = population.catalog, population.objects, scenario.counting
    target = catalog[catalog.norad_id == _ISS]
    if len(target) != 1:
        target = _published_orbit(population)
    passes = count_passes(
        target,
        objects,
        population.epoch_jd,
        population.epoch_fraction,
        counting.days,
        counting.radius_km,
        counting.phases,
        np.random.default_rng([scenario.seed, 1]),
    )
    groups = [("all", np.ones(len(objects), dtype=np.bool_))]
    groups += [(kind.label, objects.object_kind == kind) for kind in ObjectKind]
    groups += [("fleet satellites", station_risk.in_fleet(objects))]
    events = [(str(e), objects.parent_event == e) for e in np.unique(objects.parent_event) if e]
    comparisons = compare_groups(target, objects, passes, [*groups, *events])
    by_event = sorted(comparisons[len(groups) :], key=lambda comparison: -comparison.expected)
    return comparisons[: len(groups)] + [c for c in by_event[:_MAX_EVENTS] if c.expected > 1.0]


def _published_orbit(population: Population) -> Catalog:
    """An element set of the station for a population without one: its published altitude, an arbitrary phase."""
    altitude = _altitude_in(int(population.epoch_year), station.published_altitudes())
    return population.catalog[[0]].with_columns(
        norad_id=np.array([_ISS], dtype=np.int64),
        name=np.array(["ISS"]),
        epoch_jd=np.array([population.epoch_jd]),
        epoch_fraction=np.array([population.epoch_fraction]),
        mean_motion_rev_day=np.array([mean_motion_rev_day(altitude)]),
        eccentricity=np.array([_ECCENTRICITY]),
        inclination_deg=np.array([station.INCLINATION_DEG]),
        raan_deg=np.array([30.0]),
        arg_perigee_deg=np.array([60.0]),
        mean_anomaly_deg=np.array([0.0]),
        bstar=np.array([_BSTAR]),
        mean_motion_dot=np.zeros(1),
        mean_motion_ddot=np.zeros(1),
    )


def draw(folder: Path) -> Mapping[str, Figure]:
    """The figures, from the files of a results folder."""
    from debrissim.report.figures.registry import plot_figures
    from debrissim.report.figures.station_years import StationYearsView

    years, shares, counted = (read_table(folder / schema.file, schema) for schema in (YEARS, SHARES, COUNTED))
    return plot_figures(StationYearsView(read_summary(folder), years, shares, counted))


def _with_catalogs(scenario: StationYearsScenario, files: tuple[Path, ...]) -> StationYearsScenario:
    """The years by other catalogues, in the order of their epochs; sizes and maximum age as the scenario's first."""
    first = scenario.catalogs[0]
    sources = tuple(first.model_copy(update={"file": f, "population": None, "count": None}) for f in files)
    return scenario.model_copy(update={"catalogs": sources})


STUDY = Study(StationYearsScenario, run, draw, years_answer, SCHEMAS["station-years"], _with_catalogs)
