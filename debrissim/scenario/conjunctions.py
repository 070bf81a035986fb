"""The scenario of a conjunction run: the keys of its TOML file. Unknown keys are errors.

There is no arithmetic here, and no file is read except the scenario's own; `debrissim.conjunctions` acts on the keys.
`debrissim new` writes every key with its description below.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from debrissim.scenario.assessment import CoLocation, Covariance, Probability
from debrissim.scenario.base import ScenarioFile, StudyOutput
from debrissim.scenario.breakups import BreakupEvent
from debrissim.scenario.fields import ElementTable as ElementTable
from debrissim.scenario.fields import (
    Moment,
    Name,
    NameIn,
    Positive,
    Radius,
    Reading,
    ScenarioTable,
    Seed,
    Title,
    Triple,
)
from debrissim.scenario.file import checked, read_content
from debrissim.scenario.objects import CatalogSource as CatalogSource
from debrissim.scenario.objects import CatalogTable as CatalogTable
from debrissim.scenario.objects import EphemerisTable as EphemerisTable
from debrissim.scenario.objects import Primary as Primary
from debrissim.screening.volumes import AUTO, PRESETS, Membership, ScreeningVolume

VolumePreset = Annotated[str, NameIn(lambda: (*PRESETS, AUTO))]


class Span(ScenarioTable):
    """The time span of the run."""

    old_values: ClassVar = {"start": {"catalogue epoch": "catalog epoch"}}

    start: Moment | Literal["catalog epoch"] = Field(
        "catalog epoch", description='UTC time such as 2024-11-01T00:00:00Z, or "catalog epoch"'
    )
    duration_days: Annotated[float, Field(gt=0.0, le=366.0, strict=True)] = Field(
        7.0, description="length of the span, days"
    )


class VolumeTable(ScenarioTable):
    """A screening volume of your own: sphere_km, or the half-widths of a box, or the semi-axes of an ellipsoid."""

    name: Name | None = Field(None, description="name in tables")
    sphere_km: Positive | None = Field(None, description="radius, km")
    box_km: Triple | None = Field(None, description="half-widths along R, T and N, km")
    ellipsoid_km: Triple | None = Field(None, description="semi-axes along R, T and N, km")

    @model_validator(mode="after")
    def _one_shape(self) -> VolumeTable:
        shapes = (self.sphere_km, self.box_km, self.ellipsoid_km)
        if sum(shape is not None for shape in shapes) != 1:
            raise ValueError("expected either sphere_km, box_km or ellipsoid_km")
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
        description=(
            f'an approach inside any of them is kept; presets: {", ".join(PRESETS)}; "{AUTO}": for each primary the '
            "one of leo1 to leo4 that suits its perigee"
        ),
    )
    inside: Literal["any moment", "tca"] = Field(
        "any moment",
        description='when the secondary must be inside: at any moment of the approach, or "tca": at closest approach',
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

    @model_validator(mode="before")
    @classmethod
    def _as_recorded(cls, content: Any, info: ValidationInfo) -> Any:
        """Results of versions that do not record `inside` are those at TCA."""
        recorded = isinstance(info.context, Reading) and info.context.recorded
        return (
            {"inside": Membership.TCA.value} | content if recorded and isinstance(content, dict) else content
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
    parquet_above: Annotated[int, Field(ge=0, strict=True)] | None = Field(
        None,
        description=(
            "write more close approaches than this as conjunctions.parquet instead of conjunctions.csv; needs the "
            "extra parquet"
        ),
    )

    @model_serializer(mode="wrap")
    def _recorded(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the later key if it is not set: scenarios of earlier versions keep their record and hash."""
        content: dict[str, Any] = handler(self)
        if content.get("parquet_above") is None:
            content.pop("parquet_above", None)
        return content


class Scenario(ScenarioFile):
    """A complete scenario file."""

    old_keys: ClassVar = {"catalogue": "catalog", "co_location": "colocation"}

    kind: Literal["conjunctions"] = Field(
        "conjunctions",
        description="kind of run; for kinds other than conjunctions see docs/studies.md",
    )
    title: Title = Field(description="title of the run, for reports")
    seed: Seed = Field(1, description="seed of all random numbers in the run")
    span: Span = Field(default_factory=Span)
    catalog: CatalogTable = Field(default_factory=CatalogTable)
    primaries: tuple[Primary, ...] = Field((), description="in one-vs-all mode at least one, or only events")
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
    content: dict[str, Any],
    source: str = "scenario",
    folder: str | PathLike[str] = ".",
    *,
    recorded: bool = False,
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
    recorded : bool
        The content is that of a summary.json, perhaps of an earlier version.

    Returns
    -------
    Scenario
        The checked scenario.

    Raises
    ------
    InputError
        In one sentence that names the source and the key at fault.
    """
    return checked(Scenario, content, source, folder=folder, recorded=recorded)


def volume_of(volume: str | VolumeTable) -> ScreeningVolume:
    """The volume of a preset's name (`AUTO` is none) or of a scenario's table."""
    if isinstance(volume, str):
        return ScreeningVolume.of(volume)
    if volume.sphere_km is not None:
        return ScreeningVolume.sphere(volume.sphere_km, volume.name)
    if volume.ellipsoid_km is not None:
        return ScreeningVolume.ellipsoid(*volume.ellipsoid_km, volume.name)
    assert volume.box_km is not None
    return ScreeningVolume.box(*volume.box_km, volume.name)
