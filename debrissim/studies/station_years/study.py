"""`kind = "station-years"`: the ISS through its years, its risk per year and since launch, and the rate counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from debrissim.catalog import Catalog, ObjectKind, read_catalog
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.core.errors import InputError, ScenarioError
from debrissim.hazard.station import collision_rate as long_run
from debrissim.hazard.station import station, station_risk
from debrissim.hazard.station.counted_passes import Comparison, compare_groups, count_passes
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.station_years import COUNTED, SHARES, YEARS
from debrissim.results.table import read_table
from debrissim.studies.population_source import Population, PopulationSource, load_population
from debrissim.studies.station_years.scenario import StationYearsScenario
from debrissim.studies.station_years.tables import (
    SIZES,
    _answer,
    _method,
    _tables,
    _Year,
    lines,
    mean_motion_rev_day,
)
from debrissim.studies.study import Progress, Study, StudyResult

_ISS = 25544
_ECCENTRICITY, _BSTAR = 0.0003, 2.4e-5  # means of the element sets of 2020
_LARGEST_EVENTS = 8


def run(scenario: StationYearsScenario, progress: Progress) -> StudyResult:
    progress("catalogues", 0.0)
    populations = [
        load_population(source, scenario.located, scenario.seed + k, f"catalogues[{k + 1}]")
        for k, source in enumerate(scenario.catalogues)
    ]
    altitudes = _altitudes(scenario)
    years = []
    span = range(station.FIRST_DAY.year, scenario.last_year + 1)
    for k, year in enumerate(span):
        progress("years", k / len(span))
        years.append(_of_year(year, altitudes, populations))
    counted = []
    for k, population in enumerate(populations if scenario.counting.enabled else []):
        progress("counting", k / len(populations))
        counted.append((population, _counted(scenario, population)))
    return StudyResult.of(
        scenario,
        _tables(years, counted),
        _answer(years, counted),
        _method(scenario, populations, years),
        synthetic=any(population.synthetic for population in populations),
    )


def _altitudes(scenario: StationYearsScenario) -> station.StationYears:
    """Published yearly means, replaced by those of the history where it has the year."""
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


def _altitude_of(year: int, altitudes: station.StationYears) -> float:
    """The year's altitude; after the last year known, the last."""
    row = np.flatnonzero(altitudes.year <= year)
    if row.size == 0:
        raise InputError(f"altitude: none is known for {year} or before")
    return float(altitudes.mean_altitude_km[row[-1]])


def _of_year(year: int, altitudes: station.StationYears, populations: list[Population]) -> _Year:
    length, middle, (area_square, sphere_square) = station.yearly_means(year, date(year, 12, 31))
    altitude = _altitude_of(year, altitudes)
    epochs = [population.epoch_year for population in populations]
    scaled = station_risk.is_scaled(year + 0.5, epochs)
    weights = station_risk.catalog_weights(year + 0.5, [p.objects for p in populations], epochs)
    radii = {
        "drag_area": float(np.sqrt(station.DRAG_AREA_FRACTION * area_square)),
        "mean_shadow": float(np.sqrt(area_square)),
        "enclosing_sphere": float(np.sqrt(sphere_square)),
        "socrates": station.SOCRATES_RADIUS_M,
        "jspoc": station.JSPOC_RADIUS_M,
    }
    rates = dict.fromkeys(SIZES, 0.0)
    mixed_shares: dict[str, list[long_run.GroupRate]] = {}
    for population, weight in zip(populations, weights, strict=True):
        if not weight.any():
            continue
        flux = weight * flux_by_object_per_m2_year(
            long_run.with_mean_radius(population.objects), altitude, station.INCLINATION_DEG
        )
        size = population.objects.hard_body_radius_m
        for name, radius in radii.items():
            rates[name] += float(long_run.rate_by_object_per_year(flux, radius, size).sum())
        rate = long_run.rate_by_object_per_year(flux, radii["mean_shadow"], size)
        fleet = [("fleet satellites", station_risk.in_fleet(population.objects))]
        mixed_shares = _added(
            mixed_shares, long_run.rates_by_group(population.objects, flux, rate, fleet=fleet)
        )
    if scaled:
        # Fragments of today stand for those of then, whatever broke up.
        mixed_shares["parent event"] = []
    return _Year(year, length, altitude, middle, radii, scaled, mixed_shares, rates)


def _added(
    one: dict[str, list[long_run.GroupRate]], other: dict[str, list[long_run.GroupRate]]
) -> dict[str, list[long_run.GroupRate]]:
    """Shares of two weighted catalogues, by name."""
    summed = {}
    for what in other:
        by_name = {share.name: share for share in one.get(what, [])}
        for share in other[what]:
            before = by_name.get(share.name)
            by_name[share.name] = share if before is None else _sum_of(before, share)
        summed[what] = sorted(by_name.values(), key=lambda share: -share.flux_per_m2_year)
    return summed


def _sum_of(one: long_run.GroupRate, other: long_run.GroupRate) -> long_run.GroupRate:
    flux = one.flux_per_m2_year + other.flux_per_m2_year
    # The scatter of two catalogues of one time is mostly the same scatter: the smaller count stands for both.
    fewer = [s.effective_count for s in (one, other) if s.flux_per_m2_year > 0.0]
    return long_run.GroupRate(
        name=one.name,
        object_count=max(one.object_count, other.object_count),
        flux_per_m2_year=flux,
        rate_per_year=one.rate_per_year + other.rate_per_year,
        effective_count=min(fewer, default=0.0),
    )


def _counted(scenario: StationYearsScenario, population: Population) -> list[Comparison]:
    wanted = scenario.counting
    own = population.catalog
    target = own[(own.norad_id == _ISS) & ~own.synthetic]
    if len(target) != 1:
        target = _published_orbit(population)
    objects = population.objects
    passes = count_passes(
        target,
        objects,
        population.epoch_jd,
        population.epoch_fraction,
        wanted.days,
        wanted.radius_km,
        wanted.phases,
        np.random.default_rng([scenario.seed, 1]),
    )
    groups = [("all", np.ones(len(objects), dtype=np.bool_))]
    groups += [(kind.label, objects.object_kind == kind) for kind in ObjectKind]
    groups += [("fleet satellites", station_risk.in_fleet(objects))]
    events = [(str(e), objects.parent_event == e) for e in np.unique(objects.parent_event) if e]
    found = compare_groups(target, objects, passes, [*groups, *events])
    of_events = sorted(found[len(groups) :], key=lambda comparison: -comparison.expected)
    return found[: len(groups)] + [c for c in of_events[:_LARGEST_EVENTS] if c.expected > 1.0]


def _published_orbit(population: Population) -> Catalog:
    """The station's element set where the population holds none: its published altitude, an arbitrary phase."""
    altitude = _altitude_of(int(population.epoch_year), station.published_altitudes())
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
        synthetic=np.array([False]),
    )


def draw(folder: Path) -> Mapping[str, Figure]:
    from debrissim.report.figures.station_years import figures

    years, shares, counted = (read_table(folder / schema.file, schema) for schema in (YEARS, SHARES, COUNTED))
    return figures(read_summary(folder), years, shares, counted)


def _with_catalogs(scenario: StationYearsScenario, files: tuple[Path, ...]) -> StationYearsScenario:
    """The years by other catalogues, in the order of their epochs."""
    sources = tuple(PopulationSource(file=file, population=None, count=None) for file in files)
    return scenario.model_copy(update={"catalogues": sources})


STUDY = Study(StationYearsScenario, run, draw, lines, SCHEMAS["station-years"], _with_catalogs)
