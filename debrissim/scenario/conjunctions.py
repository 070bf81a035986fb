"""The scenario of a conjunction run: the keys of its TOML file. Unknown keys are errors.

There is no arithmetic here, and no file is read but the scenario's own; `debrissim.conjunctions` acts on the keys.
`debrissim new` writes every key with its description below.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from debrissim.scenario.assessment import CoLocation, Covariance, Probability
from debrissim.scenario.base import ScenarioFile, StudyOutput
from debrissim.scenario.breakups import BreakupEvent
from debrissim.scenario.fields import (
    Band,
    CatalogNumber,
    Mass,
    Moment,
    Name,
    NameIn,
    Positive,
    Radius,
    ScenarioTable,
    Seed,
    Title,
    Triple,
    Zero,
)
from debrissim.scenario.fields import ElementTable as ElementTable
from debrissim.scenario.file import checked, read_content
from debrissim.screening.volumes import PRESETS, ScreeningVolume

KindName = Literal["payload", "rocket body", "debris", "unknown"]
VolumePreset = Annotated[str, NameIn(lambda: PRESETS)]


class Span(ScenarioTable):
    """The time span of the run."""

    old_values: ClassVar = {"start": {"catalogue epoch": "catalog epoch"}}

    start: Moment | Literal["catalog epoch"] = Field(
        "catalog epoch", description='UTC time such as 2024-11-01T00:00:00Z, or "catalog epoch"'
    )
    duration_days: Annotated[float, Field(gt=0.0, le=366.0, strict=True)] = Field(
        7.0, description="length of the span, days"
    )


class CatalogSource(ScenarioTable):
    """One source of objects: a file of element sets, files of ephemerides, or a sample of a statistical population."""

    file: Path | None = Field(
        None,
        description="TLE, 3LE or OMM (CSV, JSON, XML, KVN), plain, .gz or .xz; relative to the scenario file",
    )
    ephemerides: tuple[str, ...] | None = Field(
        None,
        description=(
            "files of ephemerides (OEM, Modified ITC, STK .e, OPM, OCM), or patterns such as "
            '"folder/*.oem"; relative to the scenario file. Their objects fly these instead of an element set'
        ),
    )
    population: str | None = Field(
        None,
        description='"bundled" (of November 2024), "bundled-2022" (of January 2022, without Cosmos 1408), or a table '
        "made by `debrissim catalog fit`: synthetic objects",
    )
    count: Annotated[int, Field(ge=1, le=5_000_000, strict=True)] | None = Field(
        None, description="synthetic objects to sample; by default as many as the population was fitted to"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> CatalogSource:
        if sum(value is not None for value in (self.file, self.ephemerides, self.population)) != 1:
            raise ValueError("expected one of file, ephemerides and population")
        if self.population is None and self.count is not None:
            raise ValueError("count goes with population alone")
        if self.ephemerides == ():
            raise ValueError("expected at least one file or pattern in ephemerides")
        return self


class CatalogTable(ScenarioTable):
    """The sources of the objects, and the filters that select some of them."""

    old_keys: ClassVar = {"greatest_age_days": "max_age_days"}

    sources: tuple[CatalogSource, ...] = Field(
        (CatalogSource(population="bundled"),),
        description=(
            "merged: of each object the newest element set at or before the start, else the nearest after "
            "it; [] leaves the primaries' own element sets alone with each other"
        ),
    )
    policy: Literal["latest", "nearest-epoch", "segments"] = Field(
        "latest",
        description=(
            'of several element sets of an object: "latest", the newest at or before the start, else the nearest after '
            'it; "nearest-epoch", the one nearest to the start, before or after it; "segments", at each moment of the '
            "span the newest one made by then"
        ),
    )
    sizes: Path | None = Field(
        None, description="CSV of hard-body radius (m) and mass (kg) by catalogue number; else class defaults"
    )
    kinds: tuple[KindName, ...] | None = Field(None, description="only these kinds of object")
    perigee_km: Band | None = Field(None, description="only objects with a perigee altitude in this band, km")
    apogee_km: Band | None = Field(None, description="only objects with an apogee altitude in this band, km")
    name: str | None = Field(None, description='only names that match, such as "COSMOS 1408*"')
    norad_ids: tuple[CatalogNumber, ...] | None = Field(None, description="only these catalogue numbers")
    exclude_norad_ids: tuple[CatalogNumber, ...] = Field((), description="never these catalogue numbers")
    max_age_days: Positive = Field(
        30.0,
        description="element sets with an epoch further from the start than this are excluded and counted",
    )


class Primary(ScenarioTable):
    """A spacecraft whose approaches are searched."""

    old_values: ClassVar = {"prefer": {"catalogue": "catalog"}}

    norad_id: CatalogNumber | None = Field(None, description="catalogue number")
    name: Name | None = Field(None, description="name in reports; by default its catalogue name")
    tle: tuple[str, str] | None = Field(None, description="its own element set as two TLE lines")
    elements: ElementTable | None = Field(None, description="its own element set as mean elements")
    ephemeris: Path | None = Field(
        None,
        description=(
            "file with its ephemeris (OEM, Modified ITC, STK .e, OPM, OCM), which it flies instead of an element set; "
            "relative to the scenario file"
        ),
    )
    prefer: Literal["catalog", "scenario"] = Field(
        "catalog", description="the element set used if the catalogue has the object, too"
    )
    hard_body_radius_m: Radius | None = Field(
        None,
        description="radius of the sphere around it, m; by default the catalogue's, else the class default",
    )
    mass_kg: Mass | None = Field(None, description="mass, kg; by default as the radius")
    dimensions_m: Triple | None = Field(
        None, description="length, width, height, m; a missing radius is half their diagonal"
    )
    mean_area_m2: Positive | None = Field(
        None,
        description="projected area averaged over all directions, m2: the estimate of long-run hits (docs/station.md)",
    )

    @model_validator(mode="after")
    def _has_an_orbit(self) -> Primary:
        own = [value for value in (self.tle, self.elements, self.ephemeris) if value is not None]
        if len(own) > 1:
            raise ValueError("expected one of tle, elements and ephemeris")
        if self.norad_id is None and not own:
            raise ValueError("expected norad_id, tle, elements or ephemeris")
        return self


class EphemerisTable(ScenarioTable):
    """The use of ephemerides: Earth orientation, and the limits and covariances of their trajectories."""

    earth_orientation: Path | None = Field(
        None,
        description=(
            "file of Earth orientation parameters for Earth-fixed states (IERS finals2000A or C04, or CelesTrak's "
            "CSV); without it they are taken as zero, and the error of that counts as error of the trajectory"
        ),
    )
    max_error_km: Positive = Field(
        1.0, description="ephemerides whose interpolation cannot be bounded by this are refused, km"
    )
    covariance_factor: Positive = Field(
        1.0, description="multiplies the standard deviations of the ephemerides' own covariances"
    )
    floor_sigma_rtn_km: tuple[Zero, Zero, Zero] = Field(
        (0.0, 0.0, 0.0), description="minimum standard deviations along R, T and N, km, of these covariances"
    )


class VolumeTable(ScenarioTable):
    """A screening volume of your own: sphere_km, or the half-widths of a box."""

    name: Name | None = Field(None, description="name in tables")
    sphere_km: Positive | None = Field(None, description="radius, km")
    box_km: Triple | None = Field(None, description="half-widths along R, T and N, km")

    @model_validator(mode="after")
    def _one_shape(self) -> VolumeTable:
        if (self.sphere_km is None) == (self.box_km is None):
            raise ValueError("expected either sphere_km or box_km")
        return self


def _volume_tag(value: Any) -> str:
    # Capitals, so that the tag is not taken for a key in the location of an error.
    return "Preset" if isinstance(value, str) else "Table"


Volume = Annotated[
    Annotated[VolumePreset, Tag("Preset")] | Annotated[VolumeTable, Tag("Table")],
    Discriminator(_volume_tag),
]


class Screening(ScenarioTable):
    """The definition of a close approach, and the search for it."""

    mode: Literal["one-vs-all", "all-vs-all"] = Field(
        "one-vs-all", description="primaries against the catalogue, or every object against every other"
    )
    volumes: Annotated[tuple[Volume, ...], Field(min_length=1)] = Field(
        ("iss-2x25x25", "iss-0.75x25x25", "socrates-5km"),
        description=("an approach inside any of them at its TCA is kept; presets: " + ", ".join(PRESETS)),
    )
    step_s: Annotated[float, Field(ge=0.1, le=3600.0, strict=True)] | None = Field(
        None, description="sampling step; by default the cheapest by a cost model"
    )
    window_hours: Annotated[float, Field(ge=0.05, le=24.0, strict=True)] = Field(
        4.0, description="length of a time window"
    )
    workers: Annotated[int, Field(ge=1, le=256, strict=True)] = Field(
        2, description="threads; `debrissim run --workers` overrides it"
    )


class Event(ScenarioTable):
    """A conjunction reported by a message, assessed in addition to those found by screening."""

    file: Path = Field(
        description=(
            "conjunction data message (KVN, XML, Space-Track's JSON), plain, .gz or .xz; relative to the "
            "scenario file"
        )
    )
    hard_body_radius_m: Radius | None = Field(
        None, description="combined radius of both objects, m; by default as the message states"
    )


class Output(StudyOutput):
    """The outputs of a run in addition to its tables."""

    table_rows: Annotated[int, Field(ge=0, le=1000, strict=True)] = Field(
        10, description="rows of the table on the terminal"
    )
    cdm_above: Annotated[float, Field(gt=0.0, le=1.0, strict=True)] | None = Field(
        None,
        description="write a conjunction data message of each encounter of real objects of at least this probability",
    )
    cdm_format: Literal["kvn", "xml", "both"] = Field("kvn", description="kvn, xml, or both")


class Scenario(ScenarioFile):
    """A complete scenario file."""

    old_keys: ClassVar = {"catalogue": "catalog", "co_location": "colocation"}

    kind: Literal["conjunctions"] = Field(
        "conjunctions",
        description="kind of run; for kinds other than conjunctions see docs/studies.md",
    )
    title: Title = Field(description="title of the run, for reports")
    seed: Seed = Field(1, description="of all randomness in the run")
    span: Span = Field(default_factory=Span)
    catalog: CatalogTable = Field(default_factory=CatalogTable)
    primaries: tuple[Primary, ...] = Field((), description="in one-vs-all mode at least one, or events alone")
    screening: Screening = Field(default_factory=Screening)
    ephemerides: EphemerisTable = Field(default_factory=EphemerisTable)
    colocation: CoLocation = Field(default_factory=CoLocation)
    covariance: Covariance = Field(default_factory=Covariance)
    probability: Probability = Field(default_factory=Probability)
    events: tuple[Event, ...] = Field((), description="conjunctions reported by messages")
    breakups: tuple[BreakupEvent, ...] = Field(
        (), description="explosions and collisions whose modelled fragments join the catalogue"
    )
    output: Output = Field(default_factory=Output)

    @property
    def only_events(self) -> bool:
        """Whether nothing is screened: messages alone are assessed, no catalogue is read."""
        nothing_else = not self.primaries and not self.breakups
        return self.screening.mode == "one-vs-all" and nothing_else and bool(self.events)

    @model_validator(mode="after")
    def _has_primaries(self) -> Scenario:
        if self.screening.mode == "one-vs-all" and not self.primaries and not self.only_events:
            raise ValueError('expected at least one [[primaries]] or [[events]] table in mode "one-vs-all"')
        numbers = [p.norad_id for p in self.primaries if p.norad_id is not None]
        if len(set(numbers)) != len(numbers):
            raise ValueError("expected every primary's norad_id once")
        return self


def load_scenario(path: str | PathLike[str]) -> Scenario:
    """Read and check a scenario file; relative paths in it are taken from its own folder.

    Raises InputError with one sentence naming the file and the line (TOML) or the key (content) at fault.
    """
    path = Path(path)
    return parse_scenario(read_content(path), source=str(path), folder=path.parent)


def parse_scenario(
    content: dict[str, Any], source: str = "scenario", folder: str | PathLike[str] = "."
) -> Scenario:
    """Check the content of a scenario.

    Parameters
    ----------
    content : dict
        Keys and tables, as in a scenario file.
    source : str
        Name of the scenario in errors.
    folder : str or Path
        Folder where relative paths start.

    Returns
    -------
    Scenario
        The checked scenario.

    Raises
    ------
    InputError
        In one sentence that names the source and the key at fault.
    """
    return checked(Scenario, content, source, folder=folder)


def volume_of(volume: str | VolumeTable) -> ScreeningVolume:
    """The volume of a preset's name or of a scenario's table."""
    if isinstance(volume, str):
        return ScreeningVolume.of(volume)
    if volume.sphere_km is not None:
        return ScreeningVolume.sphere(volume.sphere_km, volume.name)
    assert volume.box_km is not None
    return ScreeningVolume.box(*volume.box_km, volume.name)
