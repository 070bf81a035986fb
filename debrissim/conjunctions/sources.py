"""The records of a run's catalogue sources, for the provenance."""

from __future__ import annotations

from dataclasses import dataclass

from debrissim.catalog import Catalog, CatalogFile, catalog_epoch
from debrissim.catalog.population.model import PopulationModel
from debrissim.core.time import utc_text
from debrissim.sources import is_source_name


@dataclass(frozen=True)
class SourceRecord:
    """The records of one catalogue source, for the provenance; epoch_utc: the instant that it represents."""

    label: str
    format: str
    sha256: str
    record_count: int
    accepted_count: int
    rejected_count: int
    epoch_utc: str


def file_record(file: CatalogFile) -> SourceRecord:
    return SourceRecord(
        # A network source is not a path.
        label=str(file.path) if is_source_name(str(file.path)) else file.path.name,
        format=file.format,
        sha256=file.sha256,
        record_count=file.record_count,
        accepted_count=len(file.catalog),
        rejected_count=len(file.rejected),
        epoch_utc=utc_text(*catalog_epoch(file.catalog), decimals=0) if len(file.catalog) else "",
    )


def synthetic_record(model: PopulationModel, catalog: Catalog) -> SourceRecord:
    return SourceRecord(
        label=f"SYNTHETIC: {model.title}",
        format="statistical population, no real objects",
        sha256="",
        record_count=len(catalog),
        accepted_count=len(catalog),
        rejected_count=0,
        epoch_utc=f"{model.source_epoch_utc}:00Z",
    )
