"""The tables of a scenario for its objects: sources and filters of the catalogue, primaries, use of ephemerides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from debrissim.core.errors import InputError
from debrissim.scenario.fields import (
    Band,
    CatalogNumber,
    ElementTable,
    Mass,
    Name,
    Positive,
    Radius,
    ScenarioTable,
    Triple,
    Zero,
)
from debrissim.sources.names import is_source_name, parse_source

KindName = Literal["payload", "rocket body", "debris", "unknown"]


def _source_of(text: str, noun: str) -> str:
    """The name of a source of such records in its normal spelling."""
    try:
        query = parse_source(text)
    except InputError as error:
        raise ValueError(str(error)) from None
    if query.content.noun != noun:
        raise ValueError(f"expected a source of {noun}, which {query.name} is not")
    return query.name


def _element_sets(text: str) -> str:
    return _source_of(text, "element sets")


def _file_or_source(text: str) -> str:
    return _source_of(text, "objects") if is_source_name(text) else text


SourceName = Annotated[str, AfterValidator(_element_sets)]
FileOrSource = Annotated[str, AfterValidator(_file_or_source)]


class CatalogSource(ScenarioTable):
    """One source of objects: element sets from a file or the network, ephemerides, or a statistical population."""

    file: Path | None = Field(
        None,
        description="TLE, 3LE or OMM (CSV, JSON, XML, KVN), plain, .gz or .xz; relative to the scenario file",
    )
    source: SourceName | None = Field(
        None,
        description='element sets on the network, such as "celestrak:active", through the cache: docs/sources.md',
    )
    max_age_hours: Positive | None = Field(
        None, description="maximum age of the copy of `source` that is used, hours; by default 72"
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
        origins = (self.file, self.source, self.ephemerides, self.population)
        if sum(value is not None for value in origins) != 1:
            raise ValueError("expected one of file, ephemerides and population, or source")
        if self.source is None and self.max_age_hours is not None:
            raise ValueError("max_age_hours can be used only with source")
        if self.population is None and self.count is not None:
            raise ValueError("count can be used only with population")
        if self.ephemerides == ():
            raise ValueError("expected at least one file or pattern in ephemerides")
        return self


class CatalogTable(ScenarioTable):
    """The sources of the objects, and the filters that select some of them."""

    old_keys: ClassVar = {"greatest_age_days": "max_age_days"}

    sources: tuple[CatalogSource, ...] = Field(
        (CatalogSource(population="bundled"),),
        description=(
            "merged; `policy` chooses among several element sets of an object; with [] only the primaries' own element "
            "sets are screened, against each other"
        ),
    )
    policy: Literal["latest", "nearest-epoch", "segments"] = Field(
        "latest",
        description=(
            'choice among several element sets of an object: "latest", the newest at or before the start, otherwise '
            'the nearest after it; "nearest-epoch", the one nearest to the start, before or after it; "segments", at '
            "each moment of the span the newest one available by then"
        ),
    )
    sizes: Path | None = Field(
        None,
        description="CSV of hard-body radius (m) and mass (kg) by catalogue number; otherwise class defaults",
    )
    satcat: FileOrSource | None = Field(
        None,
        description=(
            'the satellite catalogue, a file or a source such as "celestrak:satcat": kinds, size classes and radii by '
            "number; objects that it lists as decayed before the day of the start are left out"
        ),
    )
    satcat_max_age_hours: Positive | None = Field(
        None,
        description="maximum age of the copy of a source in `satcat` that is used, hours; by default 72",
    )
    kinds: tuple[KindName, ...] | None = Field(None, description="only these kinds of object")
    perigee_km: Band | None = Field(None, description="only objects with a perigee altitude in this band, km")
    apogee_km: Band | None = Field(None, description="only objects with an apogee altitude in this band, km")
    name: str | None = Field(None, description='only names that match, such as "COSMOS 1408*"')
    norad_ids: tuple[CatalogNumber, ...] | None = Field(None, description="only these catalogue numbers")
    exclude_norad_ids: tuple[CatalogNumber, ...] = Field((), description="never these catalogue numbers")
    max_age_days: Positive = Field(
        30.0,
        description=(
            "element sets with an epoch further from the start than this are excluded and counted; with policy "
            '"segments" those to which an object changes within the span are kept'
        ),
    )

    @model_validator(mode="after")
    def _age_of_a_source(self) -> CatalogTable:
        named = self.satcat is not None and is_source_name(self.satcat)
        if self.satcat_max_age_hours is not None and not named:
            raise ValueError("satcat_max_age_hours can be used only with a source in satcat")
        return self


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
        "catalog", description="the element set used if the catalogue also has the object"
    )
    hard_body_radius_m: Radius | None = Field(
        None,
        description="radius of the sphere around it, m; by default the catalogue's, otherwise the class default",
    )
    mass_kg: Mass | None = Field(None, description="mass, kg; defaults as for the radius")
    dimensions_m: Triple | None = Field(
        None, description="length, width, height, m; if there is no radius, it is half their diagonal"
    )
    mean_area_m2: Positive | None = Field(
        None,
        description=(
            "projected area averaged over all directions, m2, for the estimate of long-run hits (docs/station.md)"
        ),
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
            "CSV); without it they are taken as zero, and the resulting error is added to that of the trajectory"
        ),
    )
    max_error_km: Positive = Field(
        1.0,
        description="maximum bound on the interpolation error, km; ephemerides with a larger one are rejected",
    )
    covariance_factor: Positive = Field(
        1.0, description="multiplies the standard deviations of the ephemerides' own covariances"
    )
    floor_sigma_rtn_km: tuple[Zero, Zero, Zero] = Field(
        (0.0, 0.0, 0.0), description="minimum standard deviations along R, T and N, km, of these covariances"
    )
