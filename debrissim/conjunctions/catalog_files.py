"""The catalogue files of a run: read from files, passed by the caller, or fetched from sources on the network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, CatalogFile, parse_catalog, read_catalog
from debrissim.catalog.satcat import Satcat, decayed_by, join_satcat, parse_satcat
from debrissim.core.files import read_bytes
from debrissim.core.time import utc_datetime
from debrissim.scenario.conjunctions import CatalogSource, Scenario
from debrissim.sources import fetch, is_source_name, shared_transports

if TYPE_CHECKING:
    from debrissim.sources import Download, Transport


@dataclass(frozen=True, eq=False)
class ListedObjects:
    """The satellite catalogue of a run. label: file name or source; sha256: of its content."""

    satcat: Satcat
    label: str
    sha256: str

    def joined(self, catalog: Catalog) -> Catalog:
        """The catalogue with its kinds, size classes and radii."""
        return join_satcat(catalog, self.satcat)

    def decayed(self, catalog: Catalog, start_jd: float, start_fraction: float) -> NDArray[np.bool_]:
        """(n,) whether an object has decayed before the day of the start, UTC as a split Julian date."""
        start = utc_datetime(start_jd, start_fraction).replace(tzinfo=None)
        return decayed_by(catalog, self.satcat, np.datetime64(start, "D"))

    def record(
        self, catalog: Catalog, joined: Catalog, gone: NDArray[np.bool_], primaries: Sequence[int]
    ) -> dict[str, Any]:
        """Its label, hash and counts, for the provenance.

        objects: all that it contains; listed: those of the catalogue (n objects) that it lists; decayed: those that it
        has as decayed (`gone`, (n,)); radii: those whose radius is from it (`joined`, n objects), without the decayed
        and without the primaries (catalogue numbers), which may state their own.
        """
        listed = np.isin(catalog.norad_id, self.satcat.norad_id)
        filled = np.isnan(catalog.hard_body_radius_m) & ~np.isnan(joined.hard_body_radius_m)
        return {
            "label": self.label,
            "sha256": self.sha256,
            "objects": len(self.satcat),
            "listed": int(listed.sum()),
            "radii": int((filled & ~gone & ~np.isin(catalog.norad_id, primaries)).sum()),
            "decayed": int(gone.sum()),
        }


@dataclass(frozen=True, eq=False)
class RunFiles:
    """The catalogue files of a run, in the order of its sources, and the downloads among them."""

    files: tuple[CatalogFile, ...]
    listed: ListedObjects | None = None
    downloads: tuple[Download, ...] = ()


def read_run_files(
    scenario: Scenario, catalogs: Sequence[Path | str | Catalog | CatalogFile], *, offline: bool
) -> RunFiles:
    """The files of the scenario's sources, or the catalogues in their place, and its satellite catalogue.

    Raises InputError, naming the file or source, for one that cannot be read, and DownloadError for a source without a
    copy that is recent enough.
    """
    with shared_transports() as transport_of:
        return _read_run_files(scenario, catalogs, transport_of, offline=offline)


def _read_run_files(
    scenario: Scenario,
    catalogs: Sequence[Path | str | Catalog | CatalogFile],
    transport_of: Callable[[str], Transport],
    *,
    offline: bool,
) -> RunFiles:
    downloads: list[Download] = []

    def fetched(name: str, max_age_hours: float | None) -> bytes:
        transport = transport_of(name)
        download = fetch(name, offline=offline, max_age_hours=max_age_hours, transport=transport)
        downloads.append(download)
        return read_bytes(download.path, "a download")

    def of_source(source: CatalogSource) -> CatalogFile:
        if source.source is None:
            assert source.file is not None
            return read_catalog(scenario.located(source.file))
        return parse_catalog(fetched(source.source, source.max_age_hours), source.source)

    if catalogs:
        files = [
            parse_catalog(fetched(str(catalog), None), str(catalog))
            if isinstance(catalog, Path | str) and is_source_name(str(catalog))
            else _catalog_file(catalog)
            for catalog in catalogs
        ]
    else:
        sources = scenario.catalog.sources
        files = [of_source(one) for one in sources if one.file is not None or one.source is not None]
    listed = None
    name = scenario.catalog.satcat
    if name is not None:
        path = scenario.located(Path(name))
        named = is_source_name(name)
        data = (
            fetched(name, scenario.catalog.satcat_max_age_hours)
            if named
            else read_bytes(path, "the satellite catalogue (CSV)")
        )
        satcat = parse_satcat(data, name if named else str(path))
        listed = ListedObjects(satcat, name if named else path.name, hashlib.sha256(data).hexdigest())
    return RunFiles(tuple(files), listed, tuple(downloads))


def _catalog_file(source: Path | str | Catalog | CatalogFile) -> CatalogFile:
    """A catalogue as its file: read from there, unless it was passed as a value."""
    if isinstance(source, CatalogFile):
        return source
    if isinstance(source, Catalog):
        return CatalogFile(Path("catalogue passed by the caller"), source, (), "in memory", len(source), "")
    return read_catalog(source)
