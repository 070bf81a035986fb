"""`kind = "flux"`: the flux of small particles by size, its direction and its impact speed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from debrissim.core.arrays import Array
from debrissim.core.numbers import rounded, scientific
from debrissim.core.progress import Progress
from debrissim.hazard.particles.debris_flux import DebrisFlux
from debrissim.hazard.particles.directions import FACES, Rays, face_factor, face_mean_speed_km_s
from debrissim.hazard.particles.meteoroids import MeteoroidFlux
from debrissim.hazard.particles.published_flux import DIAMETER_CM, nearest_published
from debrissim.report.answer import AnswerTable, StudyAnswer, flag_sentences, sentence
from debrissim.report.figures.flux import SOURCES, FluxView
from debrissim.report.figures.registry import plot_figures
from debrissim.report.hits import odds, odds_range
from debrissim.report.lines import percent
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema import flux as schema
from debrissim.results.table import Table, read_table
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Positive, ScenarioTable
from debrissim.studies.particle_environment import (
    UNVERIFIED,
    Meteoroids,
    ParticleOrbit,
    describe_models,
    meteoroid_flux,
)
from debrissim.studies.study import Study, StudyResult

_HEADLINE_DIAMETERS_CM = (0.01, 0.1, 0.3, 1.0)
_IN_FULL = 0.01
_SPEED_EDGES_KM_S = np.arange(0.0, 81.0, 2.0)


class Sizes(ScenarioTable):
    """Diameters of the table and the figure."""

    lowest_cm: Positive = Field(1e-3, description="smallest diameter")
    highest_cm: Positive = Field(100.0, description="largest diameter")
    count: Annotated[int, Field(ge=2, le=10000, strict=True)] = Field(
        101, description="number of diameters, evenly spaced in logarithm"
    )

    @model_validator(mode="after")
    def _ascending(self) -> Sizes:
        if self.lowest_cm >= self.highest_cm:
            raise ValueError(
                f"lowest_cm: expected below highest_cm, {self.highest_cm:g}, got {self.lowest_cm:g}"
            )
        return self


class FluxScenario(StudyScenario):
    """Flux of man-made debris and of meteoroids against size, on an orbit in a year, and how it falls on the faces of a
    spacecraft that keeps its attitude. See small_debris.md.
    """

    kind: Literal["flux"] = Field("flux", description="the kind of study")
    orbit: ParticleOrbit = Field(description="circular orbit, and the activity of the Sun")
    year: Annotated[float, Field(ge=1957.0, le=2100.0, strict=True)] = Field(description="decimal year")
    sizes: Sizes = Field(default_factory=Sizes, description="diameters of the table and the figure")
    meteoroids: Meteoroids = Field(default_factory=Meteoroids, description="model of natural particles")


def run_flux(scenario: FluxScenario, progress: Progress) -> StudyResult:
    """The tables and the headline of an orbit and a year."""
    progress("fluxes", 0.0)
    orbit = scenario.orbit
    debris = DebrisFlux(
        orbit.altitude_km, orbit.inclination_deg, (scenario.year, scenario.year), orbit.solar_flux
    )
    natural = meteoroid_flux(orbit.altitude_km, scenario.meteoroids)
    sizes = scenario.sizes
    diameter = np.geomspace(sizes.lowest_cm, sizes.highest_cm, sizes.count)
    method = describe_models(natural)
    factors = {name: float(method[name]["uncertainty_factor"]) for name in SOURCES}
    rays = {"debris": debris.rays(speeds=128), "meteoroids": natural.rays(speeds=32)}
    method["flags"] = [*debris.flags(diameter), *natural.flags(diameter)]
    method["published"] = "NASA/TM-2009-214785, Tables 2-3 and 2-4 (3 mm and more)"
    models: dict[str, DebrisFlux | MeteoroidFlux] = {"debris": debris, "meteoroids": natural}
    published = _published(scenario, models)
    headline = {
        "flux_per_m2_year": [
            {"diameter_cm": d}
            | {
                name: _with_range(float(model.flux_per_m2_year(d)), factors[name])
                for name, model in models.items()
            }
            for d in _HEADLINE_DIAMETERS_CM
        ],
        "over_published": dict(zip(published["source"], published["ratio"].tolist(), strict=True)),
        "unverified": {
            "mean_impact_speed_km_s": {name: source.mean_speed_km_s for name, source in rays.items()},
            "face_factor": {
                name: {face: face_factor(source, face) for face in FACES} for name, source in rays.items()
            },
        },
    }
    tables = {
        "flux": _flux_table(diameter, models, factors),
        "faces": _faces_table(rays),
        "speeds": _speeds_table(rays),
        "published": published,
    }
    return StudyResult.of(scenario, tables, headline, method)


def _with_range(value: float, factor: float) -> dict[str, float]:
    return {"nominal": value, "low": value / factor, "high": value * factor}


def _flux_table(
    diameter: Array, models: Mapping[str, DebrisFlux | MeteoroidFlux], factors: Mapping[str, float]
) -> Table:
    """Flux of particles larger than each diameter, with its range."""
    columns: dict[str, ArrayLike] = {"diameter_cm": diameter}
    for name, model in models.items():
        flux = model.flux_per_m2_year(diameter)
        columns |= {
            f"{name}_per_m2_year": flux,
            f"{name}_low": flux / factors[name],
            f"{name}_high": flux * factors[name],
            f"{name}_in_range": [not any("sizes" in flag for flag in model.flags(d)) for d in diameter],
        }
    return schema.FLUX.table(columns)


def _faces_table(rays: Mapping[str, Rays]) -> Table:
    """Flux on a plate facing each direction over that on a tumbling plate, and its mean impact speed."""
    columns: dict[str, ArrayLike] = {"face": list(FACES)}
    for name, source in rays.items():
        columns |= {
            f"{name}_factor": [face_factor(source, face) for face in FACES],
            f"{name}_mean_speed_km_s": [face_mean_speed_km_s(source, face) for face in FACES],
        }
    return schema.FACES.table(columns)


def _speeds_table(rays: Mapping[str, Rays]) -> Table:
    """Fraction of the impacts on a tumbling plate by impact speed."""
    fractions = {
        f"{name}_share": np.histogram(source.speed_km_s, _SPEED_EDGES_KM_S, weights=source.weight)[0]
        for name, source in rays.items()
    }
    return schema.SPEEDS.table(
        {"low_km_s": _SPEED_EDGES_KM_S[:-1], "high_km_s": _SPEED_EDGES_KM_S[1:], **fractions}
    )


def _published(scenario: FluxScenario, models: Mapping[str, DebrisFlux | MeteoroidFlux]) -> Table:
    """Published fluxes, and the ratio of this study's to them."""
    entries = nearest_published(scenario.orbit.altitude_km, scenario.year)
    flux = np.array([entry.flux_per_m2_year for entry in entries])
    computed = np.array([float(models[entry.source].flux_per_m2_year(DIAMETER_CM)) for entry in entries])
    return schema.PUBLISHED.table(
        {
            "source": [entry.source for entry in entries],
            "model": [entry.model for entry in entries],
            "conditions": [entry.conditions for entry in entries],
            "diameter_cm": np.full(len(entries), DIAMETER_CM),
            "flux_per_m2_year": flux,
            "ratio": computed / flux,
        }
    )


def draw_flux(folder: Path) -> Mapping[str, Figure]:
    """Both figures, from the files of a results folder."""
    flux, faces, speeds, published = (
        read_table(folder / table.file, table)
        for table in (schema.FLUX, schema.FACES, schema.SPEEDS, schema.PUBLISHED)
    )
    return plot_figures(FluxView(read_summary(folder), flux, faces, speeds, published))


def flux_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words: the odds of an impact on a square metre, and the fluxes by size."""
    headline, method = summary["answer"], summary["method"]
    scenario = summary["provenance"]["scenario"]
    rows = {row["diameter_cm"]: row for row in headline["flux_per_m2_year"]}
    debris, natural = (rows[0.1][name] for name in SOURCES)
    total = debris["nominal"] + natural["nominal"]
    low, high = debris["low"] + natural["low"], debris["high"] + natural["high"]
    ratio = headline["over_published"]
    return StudyAnswer(
        answer=(
            f"On an orbit at {rounded(scenario['orbit']['altitude_km'], 3)} km, a square metre of surface is hit by a "
            f"particle of 1 mm or more with a probability of {odds(total)} within a year ({scenario['year']:g})."
        ),
        extent=(
            f"The range of the models is {odds_range(low, high)}; {percent(debris['nominal'] / total)} of these "
            "particles are man-made, the others are meteoroids."
        ),
        tables=(
            AnswerTable(
                "Particles per m² and year, one side of a tumbling plate",
                ("Diameter, at least", "Debris", "Range of debris", "Meteoroids", "Range of meteoroids"),
                tuple(
                    (
                        f"{10.0 * row['diameter_cm']:.1f} mm",
                        *(cell for name in SOURCES for cell in _flux_cells(row[name])),
                    )
                    for row in headline["flux_per_m2_year"]
                ),
            ),
        ),
        details=(
            f"At 3 mm the models give {ratio['debris']:.1f} times the nearest published value for debris, and "
            f"{ratio['meteoroids']:.1f} times that for meteoroids ({method['published'].partition(' (')[0]}).",
        ),
        method=(
            f"{method['debris']['model']}; {method['meteoroids']['model']}.",
            f"The ranges are factors of {method['debris']['uncertainty_factor']:g} (debris) and "
            f"{method['meteoroids']['uncertainty_factor']:g} (meteoroids) either way, from published values at 3 mm "
            "(docs/small_debris.md).",
        ),
        limits=(sentence(UNVERIFIED), *flag_sentences(method["flags"])),
    )


def _flux_cells(source: Mapping[str, float]) -> tuple[str, str]:
    value, low, high = (_flux(source[name]) for name in ("nominal", "low", "high"))
    return value, f"{low} to {high}"


def _flux(value: float) -> str:
    return rounded(value) if value >= _IN_FULL else scientific(value)


STUDY = Study(FluxScenario, run_flux, draw_flux, flux_answer, SCHEMAS["flux"])
