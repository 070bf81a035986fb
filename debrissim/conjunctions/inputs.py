"""The inputs of a run as arrays, from a scenario: catalogue, primaries, span, volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import (
    Catalog,
    CatalogFile,
    ObjectKind,
    Origin,
    Rejection,
    catalog_epoch,
    internal_numbers,
    latest_before,
    mass_is_default,
    names_or_identifiers,
    select_objects,
    separate_shared_numbers,
    size_is_default,
    with_default_sizes,
)
from debrissim.catalog.ages import SharedNumber, nearest_epoch, with_own_numbers
from debrissim.catalog.population.model import (
    BUNDLED_POPULATIONS,
    PopulationModel,
    bundled_population,
    read_population,
)
from debrissim.catalog.population.synthesis import synthesize
from debrissim.conjunctions.breakup_events import BreakupCloud, add_fragments, simulate_breakups
from debrissim.conjunctions.catalog_files import read_run_files
from debrissim.conjunctions.primaries import (
    distinct_numbers,
    rows_of,
    rows_with_stated_sizes,
    with_listed_sizes,
    with_primaries,
    with_primary_sizes,
)
from debrissim.conjunctions.sources import SourceRecord, file_record, synthetic_record
from debrissim.conjunctions.trajectories import (
    Trajectory,
    read_trajectories,
    with_objects,
    with_replaced_sets,
)
from debrissim.conjunctions.volumes import volumes_of_run
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import ScenarioError
from debrissim.core.memory import require_memory
from debrissim.core.time import split_julian_date
from debrissim.ephemerides.assignment import make_flights
from debrissim.ephemerides.flights import Flights
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.scenario.conjunctions import (
    CatalogSource,
    CatalogTable,
    Scenario,
)
from debrissim.scenario.element_sets import element_set_from_table
from debrissim.screening.volumes import ScreeningVolume

if TYPE_CHECKING:
    from debrissim.sources import Download

# Measured: 100,000 objects of a run take 430 MB.
OBJECT_BYTES = 4500


@dataclass(frozen=True, eq=False)
class RunInputs:
    """A run's input as arrays.

    catalog: the objects, one element set each, sizes filled in; size_is_default, mass_is_default: (n,)
    radius, mass by class default.
    primaries: rows of the catalogue, None in all-vs-all; primary_origin: the source of each primary's element set.
    volumes_of: (p, v) bool, which volumes count for which primary, None: all for each.
    start_jd, start_fraction: UTC; duration_s: s. superseded_count: element sets that a better one replaced;
    shared_numbers: objects that got a separate number; filtered_count: objects that the scenario's filters left
    out; unreadable_count: objects with only rejected records. clouds: the scenario's breakups; fragments: rows of the
    catalogue that come from them. trajectories: the ephemerides that objects fly; flights: the arcs of all objects,
    None where each flies its element set over the whole span. downloads: the sources on the network; replacing: the
    files and sources instead of the scenario's own; satcat: facts of the satellite catalogue, None without one.
    """

    catalog: Catalog
    size_is_default: NDArray[np.bool_]
    mass_is_default: NDArray[np.bool_]
    primaries: NDArray[np.int64] | None
    primary_origin: tuple[str, ...]
    start_jd: float
    start_fraction: float
    duration_s: float
    volumes: tuple[ScreeningVolume, ...]
    sources: tuple[SourceRecord, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    superseded_count: int = 0
    shared_numbers: tuple[SharedNumber, ...] = ()
    filtered_count: int = 0
    unreadable_count: int = 0
    clouds: tuple[BreakupCloud, ...] = ()
    fragments: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    volumes_of: NDArray[np.bool_] | None = None
    trajectories: tuple[Trajectory, ...] = ()
    flights: Flights | None = None
    downloads: tuple[Download, ...] = ()
    replacing: tuple[str, ...] = ()
    satcat: dict[str, Any] | None = None

    def propagator(self, rows: NDArray[np.int64], times_s: NDArray[np.float64]) -> Propagator:
        """A propagator of rows (k,) of the catalogue, each with the arc that it flies at its own time (k,)."""
        start = self.start_jd, self.start_fraction
        if self.flights is None:
            return make_propagator(self.catalog[rows], *start)
        return self.flights[self.flights.arcs_at(rows, times_s)].propagator(*start)


def load_inputs(
    scenario: Scenario,
    catalogs: Sequence[Path | str | Catalog | CatalogFile] = (),
    *,
    offline: bool = False,
) -> RunInputs:
    """Read, merge, filter and size the catalogue and find the primaries in it.

    Parameters
    ----------
    scenario : the checked scenario
    catalogs : files or catalogues that replace the scenario's own sources (`--catalog`)
    offline : sources on the network are taken from the cache alone

    Raises
    ------
    InputError
        naming the file, if a catalogue or a results folder cannot be read.
    DownloadError
        if a source on the network has no copy that is recent enough.
    ScenarioError
        naming the key at fault, such as a primary that is in none of the sources or a breakup that is impossible.
    """
    sources = () if catalogs else scenario.catalog.sources
    read = read_run_files(scenario, catalogs, offline=offline)
    files = list(read.files)
    models = [(s, _population(scenario, s.population)) for s in sources if s.population is not None]
    require_memory(
        "catalog.sources.count",
        sum(source.count or model.object_count for source, model in models),
        OBJECT_BYTES,
        "objects",
    )
    duration_s = scenario.span.duration_days * SECONDS_PER_DAY
    begin = _start(scenario, files, models)
    trajectories, (start_jd, start_fraction) = read_trajectories(scenario, begin, duration_s)
    synthetic = [
        synthesize(
            model,
            source.count or model.object_count,
            np.random.default_rng([scenario.seed, k]),
            start_jd,
            start_fraction,
        )
        for k, (source, model) in enumerate(models)
    ]
    primary_sets = [
        element_set_from_table(p, f"primaries[{k}]", f"PRIMARY {k}", _unnumbered(k), start_jd, start_fraction)
        for k, p in enumerate(scenario.primaries, start=1)
    ]
    fewest = (1 if scenario.breakups else 2) - len(trajectories)
    merged, element_sets, superseded, shared = _merged(
        [f.catalog for f in files] + synthetic,
        primary_sets,
        fewest,
        start_jd,
        start_fraction,
        scenario.catalog.policy,
    )
    merged, trajectories = with_objects(merged, trajectories, start_jd, start_fraction)
    merged = merged.with_columns(name=names_or_identifiers(merged.norad_id.tolist(), merged.name.tolist()))
    flown = {t.primary: t.number for t in trajectories if t.primary is not None}
    merged, origins = with_primaries(merged, scenario.primaries, primary_sets, flown)
    numbers = distinct_numbers(scenario.primaries, origins)
    # Before the breakups: the masses of the file are those of the parents, too.
    merged = with_listed_sizes(merged, scenario)
    gone = np.zeros(len(merged), dtype=np.bool_)
    satcat = None
    if read.listed is not None:
        gone = read.listed.decayed(merged, start_jd, start_fraction)
        joined = read.listed.joined(merged)
        satcat = read.listed.record(merged, joined, gone, numbers)
        merged = joined
    clouds = simulate_breakups(scenario, merged, numbers, start_jd, start_fraction)
    catalog = _filtered(merged, scenario.catalog, numbers, gone)
    filtered = len(merged) - len(catalog)
    catalog, fragments = add_fragments(catalog, clouds)
    rows = rows_of(catalog, numbers)
    catalog = with_primary_sizes(catalog, rows, scenario.primaries)
    stated = rows_with_stated_sizes(rows, scenario.primaries)
    sized = with_default_sizes(catalog)
    volumes, volumes_of = volumes_of_run(scenario, catalog, rows)
    return RunInputs(
        catalog=sized,
        size_is_default=size_is_default(catalog) & ~np.isin(np.arange(len(catalog)), stated[0]),
        mass_is_default=mass_is_default(catalog) & ~np.isin(np.arange(len(catalog)), stated[1]),
        primaries=rows if scenario.screening.mode == "one-vs-all" else None,
        primary_origin=tuple(origin for _, origin in origins),
        start_jd=start_jd,
        start_fraction=start_fraction,
        duration_s=duration_s,
        volumes=volumes,
        volumes_of=volumes_of,
        sources=(
            *(file_record(f) for f in files),
            *(synthetic_record(model, c) for (_, model), c in zip(models, synthetic, strict=True)),
        ),
        rejected=tuple(rejection for f in files for rejection in f.rejected),
        superseded_count=superseded,
        shared_numbers=shared,
        filtered_count=filtered,
        unreadable_count=_unreadable(files, merged),
        clouds=clouds,
        fragments=fragments,
        trajectories=trajectories,
        downloads=read.downloads,
        replacing=tuple(str(catalog) for catalog in catalogs if isinstance(catalog, Path | str)),
        satcat=satcat,
        flights=flights_of(sized, trajectories, element_sets, start_jd, start_fraction, duration_s),
    )


def flights_of(
    catalog: Catalog,
    trajectories: tuple[Trajectory, ...],
    element_sets: Catalog | None,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
) -> Flights | None:
    """The arcs of the catalogue's objects; those of objects that the filters left out are not included."""
    row_of = {number: row for row, number in enumerate(catalog.norad_id.tolist())}
    arcs = {row_of[t.number]: t.arcs for t in trajectories if t.number in row_of}
    described = with_replaced_sets(catalog, trajectories)
    return make_flights(catalog, arcs, element_sets, start_jd, start_fraction, duration_s, described)


def _unreadable(files: list[CatalogFile], merged: Catalog) -> int:
    numbers = {rejection.norad_id for file in files for rejection in file.rejected} - {None}
    return len(numbers - set(merged.norad_id.tolist()))


def _unnumbered(place: int) -> int:
    return int(internal_numbers(Origin.UNNUMBERED, place))


def _population(scenario: Scenario, name: str) -> PopulationModel:
    if name in BUNDLED_POPULATIONS:
        return bundled_population(name)
    return read_population(scenario.located(Path(name)))


def _start(
    scenario: Scenario, files: list[CatalogFile], models: list[tuple[CatalogSource, PopulationModel]]
) -> tuple[float, float] | None:
    """The start of the span; "catalog epoch" is the files', otherwise that of the population's source, else None."""
    if isinstance(scenario.span.start, datetime):
        return split_julian_date(scenario.span.start)
    if files:
        return catalog_epoch(Catalog.concat([f.catalog for f in files]))
    if not models:
        return None
    return split_julian_date(datetime.fromisoformat(models[0][1].source_epoch_utc))


def _merged(
    catalogs: list[Catalog],
    primary_sets: list[Catalog | None],
    fewest: int,
    jd: float,
    fraction: float,
    policy: str,
) -> tuple[Catalog, Catalog | None, int, tuple[SharedNumber, ...]]:
    """One element set per object of the sources, and all of them where objects fly several; otherwise None.

    Without a source, the empty catalogue.
    """
    known = [element_set for element_set in primary_sets if element_set is not None]
    if catalogs:
        # After the primaries, so that no unnumbered object of a source is taken for one.
        numbered = with_own_numbers([*known, *catalogs])[len(known) :]
        listed, shared = separate_shared_numbers(Catalog.concat(numbered))
        choose = nearest_epoch if policy == "nearest-epoch" else latest_before
        chosen, superseded = choose([listed], jd, fraction)
        return chosen, listed if policy == "segments" else None, superseded, shared
    if len(known) < fewest:
        raise ScenarioError(
            f"catalog.sources: expected a source, or at least {('one primary', 'two primaries')[fewest - 1]} "
            "with an element set of their own"
        )
    return Catalog.empty() if not known else known[0][[]], None, 0, ()


def _filtered(
    catalog: Catalog, filters: CatalogTable, primaries: list[int], gone: NDArray[np.bool_]
) -> Catalog:
    """The objects that pass the scenario's filters and are not gone (n,), and the primaries in any case."""
    kinds = (
        None
        if filters.kinds is None
        else [ObjectKind[kind.upper().replace(" ", "_")] for kind in filters.kinds]
    )
    mask = select_objects(
        catalog,
        kinds=kinds,
        perigee_km=filters.perigee_km,
        apogee_km=filters.apogee_km,
        name_pattern=filters.name,
        norad_ids=filters.norad_ids,
        exclude_norad_ids=filters.exclude_norad_ids or None,
    )
    return catalog[(mask & ~gone) | np.isin(catalog.norad_id, primaries)]
