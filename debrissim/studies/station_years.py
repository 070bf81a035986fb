"""`kind = "station-years"`: the ISS through its years, its risk per year and since launch, and the rate counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from pydantic import Field

from debrissim.catalog import Catalog, ObjectKind, read_catalog
from debrissim.catalog.elements import EARTH_MU_KM3_S2, EARTH_RADIUS_KM
from debrissim.catalog.flux import flux_by_object_per_m2_year
from debrissim.errors import InputError, ScenarioError
from debrissim.folder import read_csv, read_summary
from debrissim.hazard import long_run, station, station_risk
from debrissim.hazard.passes import Comparison, compare_groups, count_passes
from debrissim.scenario_fields import Flag, Positive, ScenarioTable
from debrissim.studies.population_source import Population, PopulationSource, load_population
from debrissim.studies.study import Progress, Study, StudyResult, StudyScenario
from debrissim.tables import Table

Array = NDArray[np.float64]

_ISS = 25544
_ECCENTRICITY, _BSTAR = 0.0003, 2.4e-5  # means of the element sets of 2020
_LARGEST_EVENTS = 8

# Name of a size, the column's end: what the station's radius is taken for.
SIZES = ("drag_area", "mean_shadow", "enclosing_sphere", "socrates", "jspoc")


class Counting(ScenarioTable):
    """Passes counted by screening, beside the analytic rate."""

    enabled: Flag = Field(True, description="count")
    radius_km: Positive = Field(50.0, description="radius of the sphere around the station")
    days: Positive = Field(
        2.0, description="how long, from the catalogue's epoch; low objects sink in longer spans"
    )
    phases: Annotated[int, Field(ge=2, le=500, strict=True)] = Field(
        48, description="the station and copies of it at random phases"
    )


class StationYearsScenario(StudyScenario):
    """How likely has the ISS been to be hit by a catalogued object, year by year since its launch?"""

    kind: Literal["station-years"] = "station-years"
    last_year: Annotated[int, Field(ge=station.FIRST_DAY.year, le=2100, strict=True)] = Field(
        2025, description="end of the span, which begins with the launch of Zarya on 1998-11-20"
    )
    catalogues: tuple[PopulationSource, ...] = Field(
        min_length=1, description="populations in the order of their epochs"
    )
    history: Path | None = Field(
        None, description="element sets of the station, for its altitude by year; by default published means"
    )
    counting: Counting = Field(default_factory=Counting)


class _Year(NamedTuple):
    year: int
    length: float
    altitude_km: float
    configuration: station.Configuration
    radii_m: dict[str, float]
    scaled: bool
    shares: dict[str, list[long_run.RateShare]]
    rates: dict[str, float]


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
    return StudyResult(
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
    own = history.select(history.norad_id == _ISS)
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
    weights = station_risk.weights_at(year + 0.5, [p.objects for p in populations], epochs)
    radii = {
        "drag_area": float(np.sqrt(station.DRAG_AREA_SHARE * area_square)),
        "mean_shadow": float(np.sqrt(area_square)),
        "enclosing_sphere": float(np.sqrt(sphere_square)),
        "socrates": station.SOCRATES_RADIUS_M,
        "jspoc": station.JSPOC_RADIUS_M,
    }
    rates = dict.fromkeys(SIZES, 0.0)
    mixed_shares: dict[str, list[long_run.RateShare]] = {}
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
        mixed_shares = _added(mixed_shares, long_run.shares(population.objects, flux, rate, fleet=fleet))
    if scaled:
        # Fragments of today stand for those of then, whatever broke up.
        mixed_shares["parent event"] = []
    return _Year(year, length, altitude, middle, radii, scaled, mixed_shares, rates)


def _added(
    one: dict[str, list[long_run.RateShare]], other: dict[str, list[long_run.RateShare]]
) -> dict[str, list[long_run.RateShare]]:
    """Shares of two weighted catalogues, by name."""
    summed = {}
    for what in other:
        by_name = {share.name: share for share in one.get(what, [])}
        for share in other[what]:
            before = by_name.get(share.name)
            by_name[share.name] = share if before is None else _sum_of(before, share)
        summed[what] = sorted(by_name.values(), key=lambda share: -share.flux_per_m2_year)
    return summed


def _sum_of(one: long_run.RateShare, other: long_run.RateShare) -> long_run.RateShare:
    flux = one.flux_per_m2_year + other.flux_per_m2_year
    # The scatter of two catalogues of one time is mostly the same scatter: the smaller count stands for both.
    fewer = [s.effective_count for s in (one, other) if s.flux_per_m2_year > 0.0]
    return long_run.RateShare(
        name=one.name,
        object_count=max(one.object_count, other.object_count),
        flux_per_m2_year=flux,
        rate_per_year=one.rate_per_year + other.rate_per_year,
        effective_count=min(fewer, default=0.0),
    )


def _counted(scenario: StationYearsScenario, population: Population) -> list[Comparison]:
    wanted = scenario.counting
    own = population.catalog
    target = own.select((own.norad_id == _ISS) & ~own.synthetic)
    if len(target) != 1:
        target = _published_orbit(population)
    objects = population.objects
    passes = count_passes(
        target, objects, population.epoch_jd, population.epoch_fraction, wanted.days, wanted.radius_km,
        wanted.phases, np.random.default_rng([scenario.seed, 1]),
    )  # fmt: skip
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
    rate = np.sqrt(EARTH_MU_KM3_S2 / (EARTH_RADIUS_KM + altitude) ** 3) * 86400.0 / (2.0 * np.pi)
    return population.catalog.select([0]).with_columns(
        norad_id=np.array([_ISS], dtype=np.int64),
        name=np.array(["ISS"]),
        epoch_jd=np.array([population.epoch_jd]),
        epoch_fraction=np.array([population.epoch_fraction]),
        mean_motion_rev_day=np.array([rate]),
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


def _relative_error(year: _Year) -> float:
    """Of a year's flux, without that of scaling: the model's, and the counting noise of the objects that make it up."""
    total = year.shares["all"][0]
    noise = 1.0 / total.effective_count if total.effective_count > 0.0 else 0.0
    return float(np.sqrt(station_risk.MODEL_ERROR**2 + noise))


def _tables(years: list[_Year], counted: list[tuple[Population, list[Comparison]]]) -> dict[str, Table]:
    cumulative = np.cumsum([y.rates["mean_shadow"] * y.length for y in years])
    by_year: Table = {
        "year": [y.year for y in years],
        "years_in_orbit": [y.length for y in years],
        "mean_altitude_km": [y.altitude_km for y in years],
        "revolutions_per_day": [_revolutions(y.altitude_km) for y in years],
        "itemised_mass_kg": [y.configuration.mass_kg for y in years],
        "itemised_mass_with_ships_kg": [y.configuration.mass_with_ships_kg for y in years],
        **{f"radius_{name}_m": [y.radii_m[name] for y in years] for name in SIZES},
        "flux_per_m2_year": [y.shares["all"][0].flux_per_m2_year for y in years],
        "relative_error": [_relative_error(y) for y in years],
        "scaled": ["true" if y.scaled else "false" for y in years],
        **{f"rate_{name}_per_year": [y.rates[name] for y in years] for name in SIZES},
        "probability_since_launch_mean_shadow": [station_risk.probability(float(s)) for s in cumulative],
    }
    parts = [
        (y, what, share)
        for y in years
        for what in ("kind", "fleet", "parent event")
        for share in y.shares[what]
    ]
    parts = [part for part in parts if part[2].flux_per_m2_year > 0.0]
    return {
        "years": by_year,
        "shares": {
            "year": [y.year for y, _, _ in parts],
            "what": [what for _, what, _ in parts],
            "name": [share.name for _, _, share in parts],
            "object_count": [share.object_count for _, _, share in parts],
            "effective_count": [share.effective_count for _, _, share in parts],
            "flux_per_m2_year": [share.flux_per_m2_year for _, _, share in parts],
            "rate_mean_shadow_per_year": [share.rate_per_year for _, _, share in parts],
            "scaled": ["true" if y.scaled else "false" for y, _, _ in parts],
        },
        "elements": {
            "name": [p.name for p in station.elements()],
            "country": [p.country for p in station.elements()],
            "from": [p.start.isoformat() for p in station.elements()],
            "until": ["" if p.until is None else p.until.isoformat() for p in station.elements()],
            "mass_kg": [p.mass_kg for p in station.elements()],
            "mean_shadow_m2": [p.area_m2 for p in station.elements()],
            "certainty": [p.certainty for p in station.elements()],
            "source": [p.source for p in station.elements()],
        },
        "counted": _counted_table(counted),
    }


def _counted_table(counted: list[tuple[Population, list[Comparison]]]) -> Table:
    rows = [(population.label, c) for population, found in counted for c in found]
    return {
        "catalogue": [label for label, _ in rows],
        "group": [c.name for _, c in rows],
        "expected_passes": [c.expected for _, c in rows],
        "counted_mean": [c.mean for _, c in rows],
        "counted_error": [c.error for _, c in rows],
        "ratio": ["" if np.isnan(c.ratio) else c.ratio for _, c in rows],
        "altitude_error": [c.altitude_error for _, c in rows],
        "perigee_error": [c.perigee_error for _, c in rows],
        "total_error": [c.total_error for _, c in rows],
        "deviation_sigmas": [c.deviation for _, c in rows],
        "scatter_of_one_phase": [c.scatter for _, c in rows],
        "counted_actual_phase": [c.actual for _, c in rows],
    }


def _answer(years: list[_Year], counted: list[tuple[Population, list[Comparison]]]) -> dict[str, Any]:
    sums = {name: sum(y.rates[name] * y.length for y in years) for name in SIZES}
    scaled = sum(y.rates["mean_shadow"] * y.length for y in years if y.scaled)
    known = sums["mean_shadow"] - scaled
    factor, error = station_risk.SCALED_FACTOR, max(_relative_error(y) for y in years)
    last = years[-1]
    return {
        "probability_since_launch": station_risk.probability(sums["mean_shadow"]),
        "probability_since_launch_by_size": {n: station_risk.probability(s) for n, s in sums.items()},
        "probability_since_launch_range_of_traffic": [
            station_risk.probability((1.0 - error) * (known + scaled / factor)),
            station_risk.probability((1.0 + error) * (known + scaled * factor)),
        ],
        "last_year": last.year,
        "last_year_rate_per_year": last.rates["mean_shadow"],
        "last_year_rate_per_year_by_size": last.rates,
        "last_year_relative_error": _relative_error(last),
        "last_year_flux_per_m2_year": last.shares["all"][0].flux_per_m2_year,
        "counted_over_analytic": {
            population.label: {
                "ratio": found[0].ratio,
                "error": found[0].total_error / found[0].expected,
                "passes": found[0].mean,
            }
            for population, found in counted
            if found[0].expected > 0.0
        },
    }


def _method(
    scenario: StationYearsScenario, populations: list[Population], years: list[_Year]
) -> dict[str, Any]:
    estimates = [p.name for p in station.elements() if p.certainty == "estimate"]
    flags = ["nobody manoeuvres: working satellites and the station itself avoid most of these hits"]
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
            "drag_area": "0.53 of the mean shadow: NASA's drag areas of 2021 to 2024",
            "mean_shadow": "sphere with the sum of the parts' mean shadows (Cauchy), ships included; no shadowing",
            "enclosing_sphere": "half the diagonal of the extents over all",
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


def _revolutions(altitude_km: float) -> float:
    return float(np.sqrt(EARTH_MU_KM3_S2 / (6378.137 + altitude_km) ** 3) * 86400.0 / (2.0 * np.pi))


def draw(folder: Path) -> Mapping[str, Figure]:
    from debrissim.report.station_years import figures

    years, shares, counted = (read_csv(folder / f"{name}.csv") for name in ("years", "shares", "counted"))
    return figures(read_summary(folder), years, shares, counted)


def lines(summary: Mapping[str, Any]) -> Iterator[str]:
    answer = summary["answer"]
    low, high = answer["probability_since_launch_range_of_traffic"]
    sizes = answer["probability_since_launch_by_size"]
    yield (
        f"hit by a catalogued object since 1998: {answer['probability_since_launch']:.1e} "
        f"(traffic {low:.1e} to {high:.1e})"
    )
    yield f"by size: drag area {sizes['drag_area']:.1e}, enclosing sphere {sizes['enclosing_sphere']:.1e}"
    yield (
        f"{answer['last_year']}: {answer['last_year_rate_per_year']:.1e} a year "
        f"+- {100 * answer['last_year_relative_error']:.0f} %, "
        f"{answer['last_year_flux_per_m2_year']:.2e} per m2 and year, no manoeuvres"
    )
    for label, found in answer["counted_over_analytic"].items():
        yield (
            f"counted / analytic {found['ratio']:.2f} +- {found['error']:.2f} "
            f"({found['passes']:.0f} passes), {label[:30]}"
        )


STUDY = Study(StationYearsScenario, run, draw, lines)
