"""`kind = "risk-map"`: collision rates of circular orbits over altitude and inclination."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from debrissim.catalog import Catalog, ObjectKind
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.progress import Progress
from debrissim.hazard.station.collision_rate import rate_by_object_per_year, with_mean_radius
from debrissim.hazard.station.station_risk import MODEL_ERROR
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.risk_map import MAP, MARKED
from debrissim.results.table import Table, read_table
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Band, Positive, ScenarioTable, Title
from debrissim.studies.population_source import PopulationSource, load_population
from debrissim.studies.study import Study, StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_CELLS = 20000
_FLUX_COLUMNS = {kind: f"{kind.label.replace(' ', '_')}_flux_per_m2_year" for kind in ObjectKind}
_COLUMNS = (
    "altitude_km",
    "inclination_deg",
    "flux_per_m2_year",
    "relative_error",
    "rate_per_year",
    *_FLUX_COLUMNS.values(),
)


class MarkedOrbit(ScenarioTable):
    """An orbit that is marked in the map and reported by itself."""

    name: Title = Field(description="label in the map and the tables")
    altitude_km: Annotated[float, Field(ge=100.0, le=50000.0)] = Field(
        description="above the equatorial radius"
    )
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0)] = Field(description="degrees")
    hard_body_radius_m: Positive | None = Field(None, description="of its spacecraft, by default the map's")


class RiskMapScenario(StudyScenario):
    """The collision rate of one spacecraft in circular orbits of every altitude and inclination."""

    old_keys: ClassVar = {"catalogue": "catalog"}

    kind: Literal["risk-map"] = Field("risk-map", description="the kind of study")
    catalog: PopulationSource = Field(description="the population")
    altitude_km: Band = Field((300.0, 1600.0), description="lowest and highest altitude")
    altitude_step_km: Positive = Field(20.0, description="step between the rows of the map")
    inclination_deg: Band = Field((0.0, 180.0), description="lowest and highest inclination")
    inclination_step_deg: Positive = Field(5.0, description="step between the columns of the map")
    hard_body_radius_m: Positive = Field(5.0, description="of the spacecraft")
    marked: tuple[MarkedOrbit, ...] = Field((), description="orbits to mark")


def run(scenario: RiskMapScenario, progress: Progress) -> StudyResult:
    """The map and the marked orbits. Raises InputError for bands or steps that give no map, or too large a one."""
    progress("catalogue", 0.0)
    population = load_population(scenario.catalog, scenario.located, scenario.seed, "catalog")
    objects = with_mean_radius(population.objects)
    altitudes = _steps("altitude_km", scenario.altitude_km, scenario.altitude_step_km)
    inclinations = _steps("inclination_deg", scenario.inclination_deg, scenario.inclination_step_deg)
    if not 0.0 <= scenario.inclination_deg[0] < scenario.inclination_deg[1] <= 180.0 or altitudes[0] < 100.0:
        raise InputError(
            "altitude_km, inclination_deg: expected altitudes of 100 km or more and inclinations of 0 to 180 degrees"
        )
    if altitudes.size * inclinations.size > _MAX_CELLS:
        raise InputError(
            f"altitude_step_km, inclination_step_deg: expected at most {_MAX_CELLS} cells in the map"
        )
    cells = []
    for k, altitude in enumerate(altitudes.tolist()):
        progress("map", k / altitudes.size)
        # Objects that never reach this altitude cost as much as the others: leave them out, once per row.
        near = objects[
            (objects.perigee_altitude_km < altitude + 11.0) & (objects.apogee_altitude_km > altitude - 11.0)
        ]
        cells += [
            _cell(near, altitude, inclination, scenario.hard_body_radius_m)
            for inclination in inclinations.tolist()
        ]
    risk_map = MAP.table(_columns(cells))
    marked = _marked_table(scenario, objects)
    highest = int(np.argmax(risk_map["flux_per_m2_year"]))
    headline = {
        "highest_flux_per_m2_year": float(risk_map["flux_per_m2_year"][highest]),
        "highest_at_altitude_km": float(risk_map["altitude_km"][highest]),
        "highest_at_inclination_deg": float(risk_map["inclination_deg"][highest]),
        "hard_body_radius_m": scenario.hard_body_radius_m,
        "relative_model_error": MODEL_ERROR,
        "marked": {
            name: {
                column: float(marked[column][k])
                for column in ("flux_per_m2_year", "relative_error", "rate_per_year")
            }
            for k, name in enumerate(marked["name"])
        },
    }
    method = {
        "flux": "orbit-averaged density times relative speed (Kessler 1981, Opik 1951), per object, circular orbits",
        "rate": "flux x pi (hard-body radius + object radius)^2",
        "relative_error": "15 % of the model (docs/station.md) and 1/sqrt(effective number of objects)",
        "left_out": "crewed stations, ships at them, and what the ISS released (1998-067)",
        "catalogue": population.record(),
        "flags": [
            "fleets that keep a phase to each other do not hit themselves: near their shells the map is an upper bound",
            *(
                ["SYNTHETIC population: statistics of a catalogue, no real object"]
                if population.synthetic
                else []
            ),
        ],
    }
    return StudyResult.of(
        scenario, {"map": risk_map, "marked": marked}, headline, method, synthetic=population.synthetic
    )


def _steps(key: str, band: tuple[float, float], step: float) -> Array:
    """The values of a band, both ends included."""
    if not band[1] > band[0]:
        raise InputError(f"{key}: expected a band from a lower to a higher value, got {list(band)}")
    return np.arange(band[0], band[1] + 1e-9 * step, step)


def _cell(objects: Catalog, altitude_km: float, inclination_deg: float, radius_m: float) -> dict[str, float]:
    """One circular orbit: its columns of map.csv by name."""
    flux = flux_by_object_per_m2_year(objects, altitude_km, inclination_deg, latitude_band_deg=2.0)
    rate = rate_by_object_per_year(flux, radius_m, objects.hard_body_radius_m)
    total, squares = float(flux.sum()), float((flux**2).sum())
    noise = squares / total**2 if total > 0.0 else 0.0
    return {
        "altitude_km": altitude_km,
        "inclination_deg": inclination_deg,
        "flux_per_m2_year": total,
        "relative_error": float(np.sqrt(MODEL_ERROR**2 + noise)),
        "rate_per_year": float(rate.sum()),
        **{column: float(flux[objects.object_kind == kind].sum()) for kind, column in _FLUX_COLUMNS.items()},
    }


def _columns(cells: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    """The columns (m,) of m cells."""
    return {name: np.array([cell[name] for cell in cells], dtype=np.float64) for name in _COLUMNS}


def _marked_table(scenario: RiskMapScenario, objects: Catalog) -> Table:
    """The marked orbits, each with its own spacecraft."""
    radii = [orbit.hard_body_radius_m or scenario.hard_body_radius_m for orbit in scenario.marked]
    cells = [
        _cell(objects, orbit.altitude_km, orbit.inclination_deg, radius)
        for orbit, radius in zip(scenario.marked, radii, strict=True)
    ]
    names = [orbit.name for orbit in scenario.marked]
    return MARKED.table({"name": names, "hard_body_radius_m": radii, **_columns(cells)})


def draw(folder: Path) -> Mapping[str, Figure]:
    """Both figures, from the files of a results folder."""
    from debrissim.report.figures.registry import plot_figures
    from debrissim.report.figures.risk_map import RiskMapView

    cells, marked = (read_table(folder / schema.file, schema) for schema in (MAP, MARKED))
    return plot_figures(RiskMapView(read_summary(folder), cells, marked))


def lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """The lines for the terminal."""
    headline = summary["answer"]
    yield (
        f"highest flux {headline['highest_flux_per_m2_year']:.2e} per m2 and year at "
        f"{headline['highest_at_altitude_km']:.0f} km, {headline['highest_at_inclination_deg']:.0f} deg"
    )
    for name, orbit in headline["marked"].items():
        yield (
            f"{name[:20]}: {orbit['flux_per_m2_year']:.2e} per m2 and year "
            f"+- {100 * orbit['relative_error']:.0f} %, {orbit['rate_per_year']:.1e} hits a year"
        )


def _with_catalogs(scenario: RiskMapScenario, files: tuple[Path, ...]) -> RiskMapScenario:
    """The map of another catalogue. Raises ScenarioError for more than one file."""
    if len(files) != 1:
        raise ScenarioError(f"--catalog: expected one file, got {len(files)}")
    return scenario.model_copy(
        update={"catalog": PopulationSource(file=files[0], population=None, count=None)}
    )


STUDY = Study(RiskMapScenario, run, draw, lines, SCHEMAS["risk-map"], _with_catalogs)
