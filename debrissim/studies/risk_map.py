"""`kind = "risk-map"`: collision rates of circular orbits over altitude and inclination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from debrissim.catalog import Catalog, ObjectKind
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.numbers import NOTHING
from debrissim.core.progress import Progress
from debrissim.hazard.station.collision_rate import with_mean_radius
from debrissim.hazard.station.radii import BodyRadii, HitRate, hit_rate
from debrissim.hazard.station.station_risk import MODEL_ERROR, rate_range, relative_flux_error
from debrissim.report.answer import AnswerTable, StudyAnswer, flag_sentences
from debrissim.report.hits import POLICY, hit_sentence, odds, odds_range
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.risk_map import BOUNDS, MAP, MARKED, RADII
from debrissim.results.table import Table, read_table
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Band, Positive, ScenarioTable, Title, Triple
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
        description="of its mean radius above the equatorial radius, as SGP4 has it (docs/station.md)"
    )
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0)] = Field(description="degrees")
    hard_body_radius_m: Positive = Field(description="of the sphere around its spacecraft")
    mean_area_m2: Positive | None = Field(
        None,
        description="projected area averaged over all directions; without it the rate is an upper bound "
        "(docs/station.md)",
    )
    dimensions_m: Triple | None = Field(
        None, description="extents: half their diagonal is the upper bound, half the shortest the lower one"
    )

    @property
    def radii(self) -> BodyRadii:
        """The spheres that represent the spacecraft."""
        return BodyRadii.of(self.hard_body_radius_m, self.mean_area_m2, self.dimensions_m)

    @model_validator(mode="after")
    def _area_fits(self) -> MarkedOrbit:
        try:
            _ = self.radii
        except InputError as error:
            raise ValueError(str(error)) from error
        return self


class RiskMapScenario(StudyScenario):
    """The collision rate of one spacecraft in circular orbits of every altitude and inclination."""

    old_keys: ClassVar = {"catalogue": "catalog"}

    kind: Literal["risk-map"] = Field("risk-map", description="the kind of study")
    catalog: PopulationSource = Field(description="the population")
    altitude_km: Band = Field((300.0, 1600.0), description="lowest and highest altitude")
    altitude_step_km: Positive = Field(20.0, description="step between the rows of the map")
    inclination_deg: Band = Field((0.0, 180.0), description="lowest and highest inclination")
    inclination_step_deg: Positive = Field(5.0, description="step between the columns of the map")
    hard_body_radius_m: Positive = Field(5.0, description="of the map's spacecraft, a sphere")
    marked: tuple[MarkedOrbit, ...] = Field(
        (), description="orbits to mark, each with a spacecraft of its own"
    )


def run(scenario: RiskMapScenario, progress: Progress) -> StudyResult:
    """The map and the marked orbits. Raises InputError for bands or steps that give no map, or too large a one."""
    progress("catalogue", 0.0)
    population = load_population(scenario.catalog, scenario.located, scenario.seed, "catalog")
    objects = with_mean_radius(population.objects)
    rows = _step_count("altitude_km", scenario.altitude_km, scenario.altitude_step_km)
    columns = _step_count("inclination_deg", scenario.inclination_deg, scenario.inclination_step_deg)
    if rows * columns > _MAX_CELLS:
        raise InputError(
            f"altitude_step_km, inclination_step_deg: expected at most {_MAX_CELLS} cells in the map"
        )
    altitudes = _steps(scenario.altitude_km, scenario.altitude_step_km)
    inclinations = _steps(scenario.inclination_deg, scenario.inclination_step_deg)
    if not 0.0 <= scenario.inclination_deg[0] < scenario.inclination_deg[1] <= 180.0 or altitudes[0] < 100.0:
        raise InputError(
            "altitude_km, inclination_deg: expected altitudes of 100 km or more and inclinations of 0 to 180 degrees"
        )
    cells, sphere = [], BodyRadii(scenario.hard_body_radius_m)
    for k, altitude in enumerate(altitudes.tolist()):
        progress("map", k / altitudes.size)
        # Objects that never reach this altitude cost as much as the others: leave them out, once per row.
        near = objects[
            (objects.perigee_altitude_km < altitude + 11.0) & (objects.apogee_altitude_km > altitude - 11.0)
        ]
        cells += [_cell(near, altitude, inclination, sphere)[0] for inclination in inclinations.tolist()]
    risk_map = MAP.table(_columns(cells))
    marked = _marked_table(scenario, objects)
    highest = int(np.argmax(risk_map["flux_per_m2_year"]))
    headline = {
        "highest_flux_per_m2_year": float(risk_map["flux_per_m2_year"][highest]),
        "highest_rate_per_year": float(risk_map["rate_per_year"][highest]),
        "highest_relative_error": float(risk_map["relative_error"][highest]),
        "highest_at_altitude_km": float(risk_map["altitude_km"][highest]),
        "highest_at_inclination_deg": float(risk_map["inclination_deg"][highest]),
        "hard_body_radius_m": scenario.hard_body_radius_m,
        "relative_model_error": MODEL_ERROR,
        "marked": {name: _mark(marked, k) for k, name in enumerate(marked["name"])},
    }
    method = {
        "flux": "orbit-averaged density times relative speed (Kessler 1981, Opik 1951), per object, circular orbits",
        "rate": "flux x pi (radius + object radius)^2",
        "radius": "of the mean projected area; bounds: inscribed and enclosing sphere (docs/station.md, Radius)",
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


def _step_count(key: str, band: tuple[float, float], step: float) -> float:
    """How many values `_steps` gives, about: before they take memory. Raises InputError for a band without extent."""
    if not band[1] > band[0]:
        raise InputError(f"{key}: expected a band from a lower to a higher value, got {list(band)}")
    return (band[1] - band[0]) / step + 1.0


def _steps(band: tuple[float, float], step: float) -> Array:
    """The values of a band, both ends included."""
    return np.arange(band[0], band[1] + 1e-9 * step, step)


def _cell(
    objects: Catalog, altitude_km: float, inclination_deg: float, radii: BodyRadii
) -> tuple[dict[str, float], HitRate]:
    """One circular orbit: its columns of map.csv by name, and the rate of hits with its bounds."""
    flux = flux_by_object_per_m2_year(objects, altitude_km, inclination_deg)
    rate = hit_rate(flux, objects.hard_body_radius_m, radii)
    columns = {
        "altitude_km": altitude_km,
        "inclination_deg": inclination_deg,
        "flux_per_m2_year": float(flux.sum()),
        "relative_error": relative_flux_error(flux),
        "rate_per_year": rate.value,
        **{column: float(flux[objects.object_kind == kind].sum()) for kind, column in _FLUX_COLUMNS.items()},
    }
    return columns, rate


def _columns(cells: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    """The columns (m,) of m cells."""
    return {name: np.array([cell[name] for cell in cells], dtype=np.float64) for name in _COLUMNS}


def _marked_table(scenario: RiskMapScenario, objects: Catalog) -> Table:
    """The marked orbits, each with its own spacecraft."""
    radii = [orbit.radii for orbit in scenario.marked]
    orbits = [
        _cell(objects, orbit.altitude_km, orbit.inclination_deg, own)
        for orbit, own in zip(scenario.marked, radii, strict=True)
    ]
    return MARKED.table(
        {
            "name": [orbit.name for orbit in scenario.marked],
            "enclosing_radius_m": [own.enclosing_m for own in radii],
            "mean_shadow_radius_m": [_or_nan(own.mean_area_m) for own in radii],
            "inscribed_radius_m": [_or_nan(own.inscribed_m) for own in radii],
            "rate_high_per_year": [rate.high for _, rate in orbits],
            "rate_low_per_year": [_or_nan(rate.low) for _, rate in orbits],
            **_columns([columns for columns, _ in orbits]),
        }
    )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _mark(marked: Table, row: int) -> dict[str, float | None]:
    """A marked orbit in summary.json; None where a radius or a rate is not known."""
    names = (*RADII, "flux_per_m2_year", "relative_error", "rate_per_year", *BOUNDS)
    values = {name: float(marked[name][row]) for name in names}
    return {name: None if np.isnan(value) else value for name, value in values.items()}


def draw(folder: Path) -> Mapping[str, Figure]:
    """Both figures, from the files of a results folder."""
    from debrissim.report.figures.registry import plot_figures
    from debrissim.report.figures.risk_map import RiskMapView

    cells, marked = (read_table(folder / schema.file, schema) for schema in (MAP, MARKED))
    return plot_figures(RiskMapView(read_summary(folder), cells, marked))


def answer_in_words(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words: the orbit with most hits, and the odds of each marked spacecraft."""
    answer, method = summary["answer"], summary["method"]
    place = f"{answer['highest_at_altitude_km']:.0f} km and {answer['highest_at_inclination_deg']:.0f}°"
    rate, error = answer["highest_rate_per_year"], answer["highest_relative_error"]
    marked = answer["marked"]
    spread = odds_range(*rate_range(rate, error))
    return StudyAnswer(
        answer=(
            f"A sphere of {answer['hard_body_radius_m']:g} m radius that never manoeuvres would be hit by a catalogued "
            f"object most often on an orbit of {place} inclination: with a probability of {odds(rate)} within a year."
        ),
        extent=(f"The range is {spread}, by the error of the model (± {100.0 * error:.0f} %)."),
        tables=(
            AnswerTable(
                "Hits within a year, without manoeuvres",
                ("Spacecraft", "Probability", "Range", "By other sizes"),
                (
                    (f"sphere of {answer['hard_body_radius_m']:g} m at {place}", odds(rate), spread, NOTHING),
                    *((str(name), *_odds_cells(orbit)) for name, orbit in marked.items()),
                ),
                "By other sizes: by the inscribed and by the enclosing sphere.",
            ),
        ),
        details=tuple(f"{name}: {hit_sentence(orbit)}." for name, orbit in marked.items()),
        method=(
            "Flux of catalogued objects (Kessler 1981, Öpik 1951) times the mean projected area of the spacecraft; "
            f"{POLICY}.",
            f"Population: {method['catalogue']['label']}.",
        ),
        limits=(
            "No manoeuvres: working satellites avoid most of these hits. Objects too small for the catalogue are not "
            "counted.",
            f"Left out: {method['left_out']}.",
            *flag_sentences(method["flags"]),
        ),
    )


def _odds_cells(orbit: Mapping[str, float | None]) -> tuple[str, str, str]:
    """The odds of a hit within a year, their range, and the odds by the inscribed and the enclosing sphere."""
    rate, error = orbit["rate_per_year"], orbit["relative_error"]
    assert rate is not None
    assert error is not None
    spread = odds_range(*rate_range(rate, error))
    if orbit["mean_shadow_radius_m"] is None:
        return f"at most {odds(rate)}", spread, NOTHING
    low, high = orbit["rate_low_per_year"], orbit["rate_high_per_year"]
    return odds(rate), spread, NOTHING if low is None or high is None else odds_range(low, high)


def _with_catalogs(scenario: RiskMapScenario, files: tuple[Path, ...]) -> RiskMapScenario:
    """The map of another catalogue. Raises ScenarioError for more than one file."""
    if len(files) != 1:
        raise ScenarioError(f"--catalog: expected one file, got {len(files)}")
    return scenario.model_copy(
        update={
            "catalog": scenario.catalog.model_copy(
                update={"file": files[0], "population": None, "count": None}
            )
        }
    )


STUDY = Study(RiskMapScenario, run, draw, answer_in_words, SCHEMAS["risk-map"], _with_catalogs)
