"""`kind = "penetration"`: expected penetrations of the shields of a spacecraft in a mission, by surface and module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.figure import Figure
from pydantic import Field, model_validator

from debrissim.core.arrays import Array
from debrissim.core.memory import require_memory
from debrissim.core.progress import Progress
from debrissim.hazard.particles.debris_flux import DebrisFlux
from debrissim.hazard.particles.meteoroids import MeteoroidFlux
from debrissim.hazard.particles.sampling import sample_debris, sample_meteoroids
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.penetration import (
    ParticleSource,
    Penetrations,
    debris_source,
    expected_range,
    meteoroid_source,
    monte_carlo_penetrations,
    penetrations,
)
from debrissim.hazard.shields.surfaces import Surface
from debrissim.report.figures.flux import SOURCES
from debrissim.report.figures.registry import plot_figures
from debrissim.report.figures.shields import PenetrationView
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.penetration import CRITICAL_DIAMETER, MODULES, SPEEDS
from debrissim.results.table import Table, read_table
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Moment, Positive, ScenarioTable, Title
from debrissim.studies.particle_environment import (
    Density,
    Meteoroids,
    ParticleOrbit,
    Samples,
    describe_models,
    meteoroid_flux,
)
from debrissim.studies.penetration.answer import penetration_answer
from debrissim.studies.penetration.shields import ShieldTable, SurfaceTable, resolve_shields
from debrissim.studies.penetration.tables import (
    Check,
    SurfaceRisk,
    check_table,
    curves_table,
    modules_table,
    pnp,
    speeds_table,
    surfaces_table,
    value_low_high,
)
from debrissim.studies.study import Study, StudyResult

Sampler = Callable[[int, np.random.Generator], tuple[Array, Array, Array]]

# The Monte Carlo check allows for this many of its standard errors, and for the error of the quadrature.
_CHECK_SIGMAS = 4.0
_CHECK_QUADRATURE = 0.01
# Measured: a million samples take 137 MB.
SAMPLE_BYTES = 150


class Mission(ScenarioTable):
    """Start and duration of the mission. The debris flux is averaged over that time."""

    start: Moment = Field(description="start of the mission")
    duration_days: Positive = Field(description="length; a space walk of 6.5 h is 0.27083")

    @model_validator(mode="after")
    def _within_range(self) -> Mission:
        if self.duration_days > 20000.0:
            raise ValueError(f"duration_days: expected at most 20000 days, got {self.duration_days:g}")
        if not 1957 <= self.start.year < 2040:
            raise ValueError(f"start: expected a year from 1957 to 2039, got {self.start.year}")
        return self


class PublishedRisk(ScenarioTable):
    """A published risk of penetration in the time of the mission."""

    name: Title = Field(description="the object of the risk and the authors of the figure")
    expected: Positive = Field(description="penetrations expected in the mission")
    source: Title = Field(description="its printed source")


class PenetrationScenario(StudyScenario):
    """Expected penetrations of shielded surfaces, and the probability of none (PNP), per module and for all of them.
    See shields.md.
    """

    kind: Literal["penetration"] = Field("penetration", description="the kind of study")
    orbit: ParticleOrbit = Field(description="circular orbit, and the activity of the Sun")
    mission: Mission = Field(description="start and duration")
    surfaces: tuple[SurfaceTable, ...] = Field(min_length=1, description="surfaces that can be hit")
    shields: tuple[ShieldTable, ...] = Field((), description="shields by their own numbers")
    meteoroids: Meteoroids = Field(default_factory=Meteoroids, description="model of natural particles")
    debris_density_g_cm3: Density = Field(2.8, description="of man-made particles; 2.8 is aluminium")
    monte_carlo_samples: Samples = Field(
        20000, description="particles per surface and source in the Monte Carlo check"
    )
    left_out: tuple[Title, ...] = Field((), description="parts of the spacecraft that no surface represents")
    unverified: tuple[Title, ...] = Field(
        (), description="inputs without a printed source; if there are any, the sum is not given as an answer"
    )
    published: tuple[PublishedRisk, ...] = Field((), description="published risks to compare with")

    @model_validator(mode="after")
    def _shields_are_known(self) -> PenetrationScenario:
        resolve_shields(self.shields, self.surfaces)
        if not any(table.in_total for table in self.surfaces):
            raise ValueError("surfaces: in_total: expected true of at least one surface")
        return self


def run_penetration(scenario: PenetrationScenario, progress: Progress) -> StudyResult:
    """The tables and the answer."""
    require_memory("monte_carlo_samples", scenario.monte_carlo_samples, SAMPLE_BYTES, "samples")
    shields = resolve_shields(scenario.shields, scenario.surfaces)
    debris, natural = _models(scenario)
    sources = (debris_source(debris, scenario.debris_density_g_cm3), meteoroid_source(natural))
    samplers: dict[str, Sampler] = {
        "debris": partial(sample_debris, debris),
        "meteoroids": partial(sample_meteoroids, natural),
    }
    generator = np.random.default_rng(scenario.seed)
    risks: list[SurfaceRisk] = []
    checks: list[Check] = []
    for k, table in enumerate(scenario.surfaces):
        progress("penetrations", k / len(scenario.surfaces))
        surface, shield = table.surface(), shields[table.shield]
        by_source = {
            source.name: penetrations(surface, shield, source, scenario.mission.duration_days)
            for source in sources
        }
        risks.append(SurfaceRisk(table, by_source))
        checks += _checks(table, surface, shield, sources, by_source, samplers, scenario, generator)
    tables = {
        "surfaces": surfaces_table(risks, shields),
        "modules": modules_table(risks),
        "critical_diameter": curves_table(shields, scenario.debris_density_g_cm3),
        "speeds": speeds_table(risks),
        "monte_carlo": check_table(checks),
    }
    counted = [risk.by_source for risk in risks if risk.surface.in_total]
    total = expected_range([part for by_source in counted for part in by_source.values()])
    headline = {
        "expected": value_low_high(total),
        "pnp": pnp(total),
        "expected_by_source": {
            name: value_low_high(expected_range([by_source[name] for by_source in counted]))
            for name in SOURCES
        },
        "unverified": unverified_inputs(scenario),
        "left_out": list(scenario.left_out),
        "published": [entry.model_dump() for entry in scenario.published],
        "monte_carlo_agrees": _agree(checks),
        "modules": _records(tables["modules"], {t.module for t in scenario.surfaces if t.in_total}),
    }
    method = describe_models(natural) | {
        "shields": {name: shield.label for name, shield in shields.items()},
        "flags": _flags(scenario, debris, natural, shields, risks, sources),
        "assumed": [
            "independent hits (Poisson), surfaces that nothing shadows (exposed_fraction scales by hand)",
            "the range covers only the fluxes: the Whipple equation predicts 73 % of 1,135 real shots correctly",
        ],
        "source": "NASA/TM-2009-214785 (shields); see docs/shields.md and docs/small_debris.md",
    }
    return StudyResult.of(scenario, tables, headline, method)


def _models(scenario: PenetrationScenario) -> tuple[DebrisFlux, MeteoroidFlux]:
    start = scenario.mission.start
    start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    years = (
        _decimal_year(start),
        _decimal_year(start + timedelta(days=scenario.mission.duration_days)),
    )
    orbit = scenario.orbit
    debris = DebrisFlux(orbit.altitude_km, orbit.inclination_deg, years, orbit.solar_flux)
    return debris, meteoroid_flux(orbit.altitude_km, scenario.meteoroids)


def _decimal_year(moment: datetime) -> float:
    begin = datetime(moment.year, 1, 1, tzinfo=UTC)
    length = datetime(moment.year + 1, 1, 1, tzinfo=UTC) - begin
    return moment.year + (moment - begin) / length


def _checks(
    table: SurfaceTable,
    surface: Surface,
    shield: Shield,
    sources: tuple[ParticleSource, ...],
    by_source: Mapping[str, Penetrations],
    samplers: Mapping[str, Sampler],
    scenario: PenetrationScenario,
    generator: np.random.Generator,
) -> Iterator[Check]:
    for source in sources:
        value, error = monte_carlo_penetrations(
            surface,
            shield,
            source,
            scenario.mission.duration_days,
            rays=samplers[source.name],
            samples=scenario.monte_carlo_samples,
            generator=generator,
        )
        yield Check(table.module, table.part, source.name, by_source[source.name].expected, value, error)


def _agree(checks: list[Check]) -> bool:
    return all(
        abs(c.monte_carlo - c.expected) <= _CHECK_SIGMAS * c.standard_error + _CHECK_QUADRATURE * c.expected
        for c in checks
    )


def _records(modules: Table, in_total: set[str]) -> list[dict[str, Any]]:
    """The modules, each by column and with whether it is in the total, for JSON."""
    columns = {name: values.tolist() for name, values in modules.columns().items()}
    return [
        {name: values[row] for name, values in columns.items()}
        | {"in_total": columns["module"][row] in in_total}
        for row in range(len(modules))
    ]


def unverified_inputs(scenario: PenetrationScenario) -> list[str]:
    """The inputs of the surfaces in the total that have no printed source: with any, the sum is not an answer."""
    used = {table.shield for table in scenario.surfaces if table.in_total}
    limits = [s.name for s in scenario.shields if s.name in used and not s.has_printed_limit]
    return [*(f"the ballistic limit of {name!r}" for name in limits), *scenario.unverified]


def _flags(
    scenario: PenetrationScenario,
    debris: DebrisFlux,
    natural: MeteoroidFlux,
    shields: Mapping[str, Shield],
    risks: Sequence[SurfaceRisk],
    sources: tuple[ParticleSource, ...],
) -> list[str]:
    """Warnings where a model is outside its range: orbit, years, decisive sizes, shields, speeds beyond any shot."""
    # Critical diameters at the speeds of each source, from the normal to 60 degrees.
    angles = np.array([0.0, 60.0])
    critical_cm = [
        np.concatenate(
            [
                shield.critical_diameter_cm(
                    source.rays.speed_km_s[:, None], angles, part.density_g_cm3
                ).ravel()
                for shield in shields.values()
                for part in source.classes
            ]
        )
        for source in sources
    ]
    flags = [*debris.flags(critical_cm[0]), *natural.flags(critical_cm[1])]
    for name, shield in shields.items():
        flags += [f"{name}: {flag}" for flag in getattr(shield, "flags", ())]
    beyond = sum(risk.expected_beyond_tests for risk in risks)
    total = sum(risk.expected for risk in risks)
    if beyond > 0.0:
        flags.append(
            f"{100.0 * beyond / total:.0f} % of the penetrations are at speeds beyond those of any shot"
        )
    if scenario.mission.duration_days > 3.0 * 365.25:
        flags.append("one F10.7 for a mission of years: the Sun's cycle is not in it")
    return flags


def draw_penetration(folder: Path) -> Mapping[str, Figure]:
    """The figures, from the files of a results folder."""
    modules, curves, speeds = (
        read_table(folder / schema.file, schema) for schema in (MODULES, CRITICAL_DIAMETER, SPEEDS)
    )
    return plot_figures(PenetrationView(read_summary(folder), modules, curves, speeds))


STUDY = Study(
    PenetrationScenario, run_penetration, draw_penetration, penetration_answer, SCHEMAS["penetration"]
)
