"""`kind = "flux"`: how many small particles cross a square metre in a year, of what size, from where, how fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from matplotlib.figure import Figure
from pydantic import Field, model_validator

from debrissim.conjunctions.tables import Table
from debrissim.core.arrays import Array
from debrissim.hazard.particles.debris_flux import DebrisFlux
from debrissim.hazard.particles.directions import FACES, Rays, face_factor, face_mean_speed_km_s
from debrissim.hazard.particles.meteoroids import MeteoroidFlux
from debrissim.hazard.particles.published_flux import DIAMETER_CM, nearest_published
from debrissim.report.figures import flux as plots
from debrissim.results.folder import float_column, read_csv, read_summary
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Positive, ScenarioTable
from debrissim.studies.particle_environment import Meteoroids, ParticleOrbit, describe_models, meteoroid_flux
from debrissim.studies.study import Progress, Study, StudyResult

# Sizes that the answer names, cm.
_TOLD_CM = (0.01, 0.1, 0.3, 1.0)
_SPEED_EDGES_KM_S = np.arange(0.0, 81.0, 2.0)


class Sizes(ScenarioTable):
    """The diameters of the table and the figure."""

    lowest_cm: Positive = Field(1e-3, description="smallest diameter")
    highest_cm: Positive = Field(100.0, description="largest diameter")
    count: Annotated[int, Field(ge=2, le=10000, strict=True)] = Field(
        101, description="how many, evenly in logarithm"
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

    kind: Literal["flux"] = "flux"
    orbit: ParticleOrbit
    year: Annotated[float, Field(ge=1957.0, le=2100.0, strict=True)] = Field(description="decimal year")
    sizes: Sizes = Field(default_factory=Sizes)
    meteoroids: Meteoroids = Field(default_factory=Meteoroids)


def run_flux(scenario: FluxScenario, progress: Progress) -> StudyResult:
    """The tables and the answer."""
    progress("fluxes", 0.0)
    orbit = scenario.orbit
    debris = DebrisFlux(
        orbit.altitude_km, orbit.inclination_deg, (scenario.year, scenario.year), orbit.solar_flux
    )
    natural = meteoroid_flux(orbit.altitude_km, scenario.meteoroids)
    sizes = scenario.sizes
    diameter = np.geomspace(sizes.lowest_cm, sizes.highest_cm, sizes.count)
    method = describe_models(natural)
    factors = {name: float(method[name]["uncertainty_factor"]) for name in ("debris", "meteoroids")}
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
            for d in _TOLD_CM
        ],
        "mean_impact_speed_km_s": {name: source.mean_speed_km_s for name, source in rays.items()},
        "face_factor": {
            name: {face: face_factor(source, face) for face in FACES} for name, source in rays.items()
        },
        "over_published": dict(zip(published["source"], published["ratio"], strict=True)),
    }
    tables: dict[str, Table] = {
        "flux": _flux_table(diameter, models, factors),
        "faces": _faces_table(rays),
        "speeds": _speeds_table(rays),
        "published": published,
    }
    return StudyResult(scenario, tables, headline, method)


def _with_range(value: float, factor: float) -> dict[str, float]:
    return {"nominal": value, "low": value / factor, "high": value * factor}


def _flux_table(
    diameter: Array, models: Mapping[str, DebrisFlux | MeteoroidFlux], factors: Mapping[str, float]
) -> Table:
    table: Table = {"diameter_cm": diameter.tolist()}
    for name, model in models.items():
        flux = model.flux_per_m2_year(diameter)
        table[f"{name}_per_m2_year"] = flux.tolist()
        table[f"{name}_low"] = (flux / factors[name]).tolist()
        table[f"{name}_high"] = (flux * factors[name]).tolist()
        table[f"{name}_in_range"] = [
            "false" if any("sizes" in flag for flag in model.flags(d)) else "true" for d in diameter
        ]
    return table


def _faces_table(rays: Mapping[str, Rays]) -> Table:
    """What a plate that faces each way gets, over what a tumbling one gets, and how fast."""
    table: Table = {"face": list(FACES)}
    for name, source in rays.items():
        table[f"{name}_factor"] = [face_factor(source, face) for face in FACES]
        speeds = [face_mean_speed_km_s(source, face) for face in FACES]
        table[f"{name}_mean_speed_km_s"] = ["" if np.isnan(v) else v for v in speeds]
    return table


def _speeds_table(rays: Mapping[str, Rays]) -> Table:
    """Share of the hits on a tumbling plate by impact speed, per km/s."""
    table: Table = {"low_km_s": _SPEED_EDGES_KM_S[:-1].tolist(), "high_km_s": _SPEED_EDGES_KM_S[1:].tolist()}
    for name, source in rays.items():
        share, _ = np.histogram(source.speed_km_s, _SPEED_EDGES_KM_S, weights=source.weight)
        table[f"{name}_share"] = share.tolist()
    return table


def _published(scenario: FluxScenario, models: Mapping[str, DebrisFlux | MeteoroidFlux]) -> Table:
    table: Table = {
        key: [] for key in ("source", "model", "conditions", "diameter_cm", "flux_per_m2_year", "ratio")
    }
    for entry in nearest_published(scenario.orbit.altitude_km, scenario.year):
        ours = float(models[entry.source].flux_per_m2_year(DIAMETER_CM))
        row = (
            entry.source,
            entry.model,
            entry.conditions,
            DIAMETER_CM,
            entry.flux_per_m2_year,
            ours / entry.flux_per_m2_year,
        )
        for column, value in zip(table.values(), row, strict=True):
            column.append(value)
    return table


def draw_flux(folder: Path) -> dict[str, Figure]:
    """Both figures, from the folder."""
    summary = read_summary(folder)
    content = summary["provenance"]["scenario"]
    orbit = content["orbit"]
    flux, faces = read_csv(folder / "flux.csv"), read_csv(folder / "faces.csv")
    speeds, published = read_csv(folder / "speeds.csv"), read_csv(folder / "published.csv")
    where = (
        f"{orbit['altitude_km']:g} km, {orbit['inclination_deg']:g} deg, {content['year']:g}, "
        f"F10.7 {orbit['solar_flux']:g}"
    )
    footer = plots.footer(summary["method"])
    bands = {
        name: plots.Band(
            float_column(flux["diameter_cm"]),
            float_column(flux[f"{name}_per_m2_year"]),
            float_column(flux[f"{name}_low"]),
            float_column(flux[f"{name}_high"]),
            np.array([value == "true" for value in flux[f"{name}_in_range"]]),
        )
        for name in plots.SOURCES
    }
    points = [
        plots.Point(source, f"{model} ({conditions})", float(diameter), float(value))
        for source, model, conditions, diameter, value in zip(
            *(published[key] for key in ("source", "model", "conditions", "diameter_cm", "flux_per_m2_year")),
            strict=True,
        )
    ]
    edges = np.append(float_column(speeds["low_km_s"]), float_column(speeds["high_km_s"])[-1:])
    return {
        "flux_by_size": plots.flux_figure(f"Small particles: {where}", bands, points, footer),
        "faces_and_speeds": plots.faces_figure(
            f"Where from and how fast: {where}",
            faces["face"],
            {name: float_column(faces[f"{name}_factor"]) for name in plots.SOURCES},
            edges,
            {name: float_column(speeds[f"{name}_share"]) for name in plots.SOURCES},
            footer,
        ),
    }


def flux_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """What the terminal shows."""
    headline, method = summary["answer"], summary["method"]
    yield "particles per m2 and year, one side of a tumbling plate"
    yield "larger than         debris (low to high)            meteoroids (low to high)"
    for row in headline["flux_per_m2_year"]:
        cells = [
            f"{row[name]['nominal']:.2e} ({row[name]['low']:.0e} to {row[name]['high']:.0e})"
            for name in plots.SOURCES
        ]
        yield f"{10.0 * row['diameter_cm']:7.1f} mm    {cells[0]:>30}  {cells[1]:>30}"
    speed = headline["mean_impact_speed_km_s"]
    yield f"mean impact speed {speed['debris']:.1f} km/s (debris), {speed['meteoroids']:.1f} km/s (meteoroids)"
    ratio = headline["over_published"]
    yield (
        f"over the nearest published value at 3 mm: debris {ratio['debris']:.2f}, "
        f"meteoroids {ratio['meteoroids']:.2f}"
    )
    yield "impact speeds and most of psi(i) stand from memory: see docs/small_debris.md"
    yield from (f"flag: {flag}" for flag in method["flags"])


STUDY = Study(FluxScenario, run_flux, draw_flux, flux_lines)
