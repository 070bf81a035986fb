"""Inputs of a finished run, reconstructed from its results folder: scenario, catalogue, objects."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import identifier, summarize_catalog
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.time import split_julian_date, utc_text
from debrissim.ephemerides.flights import Flights
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.results.folder import read_summary
from debrissim.results.schema.left_out import CO_LOCATED, EXCLUDED, GAPS
from debrissim.results.table import read_table
from debrissim.scenario.conjunctions import CatalogSource, Scenario, parse_scenario
from debrissim.screening.volumes import Membership
from debrissim.sources import Cache, is_source_name, parse_source
from debrissim.verification.flown import FlownArcs


@dataclass(frozen=True, eq=False)
class ReplayedRun:
    """Inputs and trajectories of a finished run.

    membership: when a secondary must be inside a volume; co_located: pairs of catalogue numbers that were left out.
    """

    inputs: RunInputs
    flown: FlownArcs
    co_located: frozenset[tuple[int, int]]
    membership: Membership

    def inside(self, relative_rtn_km: Array, primary: Index, margin_km: float = 0.0) -> NDArray[np.bool_]:
        """(m,) whether relative positions (m, 3) are inside a volume of primaries (m,), by at least margin_km."""
        inputs = self.inputs
        counts = np.ones((primary.size, len(inputs.volumes)), dtype=bool)
        if inputs.volumes_of is not None and inputs.primaries is not None:
            place = np.zeros(len(inputs.catalog), dtype=np.int64)
            place[inputs.primaries] = np.arange(inputs.primaries.size)
            counts = inputs.volumes_of[place[primary]]
        inside = np.zeros(primary.size, dtype=bool)
        for k, volume in enumerate(inputs.volumes):
            # Magnified about the primary, a position leaves the volume sooner.
            magnified = relative_rtn_km * (1.0 + margin_km / min(volume.half_widths_km))
            inside |= volume.contains(magnified) & counts[:, k]
        return inside

    @property
    def propagator(self) -> Propagator:
        """Of the arcs."""
        return self.flown.propagator

    @property
    def numbers(self) -> Index:
        """(a,) the catalogue number of the object of each arc."""
        numbers: Index = self.inputs.catalog.norad_id[self.flown.owner]
        return numbers


def replay(folder: Path, files: list[Path], ephemerides: list[Path] | None = None) -> ReplayedRun:
    """The run of a results folder; files, ephemerides: its own. Raises InputError if it cannot be reconstructed."""
    summary = read_summary(folder)
    inputs = reconstruct_inputs(summary, folder, files, ephemerides or [])
    earliest_s, latest_s = read_existence(folder, inputs)
    start, flights = (inputs.start_jd, inputs.start_fraction), inputs.flights
    if flights is None:
        rows = np.arange(len(inputs.catalog))
        flown = FlownArcs(make_propagator(inputs.catalog, *start), rows, earliest_s, latest_s)
    else:
        limits = read_arc_limits(folder, inputs, flights, earliest_s, latest_s)
        flown = FlownArcs(flights.propagator(*start), flights.row, *limits)
    # Results of versions that do not record it are those at TCA.
    inside = summary["provenance"]["scenario"]["screening"].get("inside", Membership.TCA.value)
    return ReplayedRun(
        inputs=inputs, flown=flown, co_located=read_co_located(folder), membership=Membership.of(inside)
    )


def read_arc_limits(
    folder: Path, inputs: RunInputs, flights: Flights, earliest_s: Array, latest_s: Array
) -> tuple[Array, Array]:
    """(a,), (a,) s from and up to which each arc takes part: its own, without the gaps of gaps.csv.

    earliest_s, latest_s: (n,), (n,) s of the objects, for those with one element set over the whole span.
    """
    begin, end = np.maximum(flights.begin_s, 0.0), np.minimum(flights.end_s, inputs.duration_s)
    whole = ~np.isfinite(flights.begin_s) & ~np.isfinite(flights.end_s)
    early = np.where(whole, earliest_s[flights.row], begin)
    late = np.where(whole, latest_s[flights.row], end)
    table, row_of = read_table(folder / GAPS.file, GAPS), rows_by_number(inputs)
    for number, since, until in zip(
        table.norad_id.tolist(), table.begin_s.tolist(), table.end_s.tolist(), strict=True
    ):
        arcs = flights.row == row_of.get(number, -1)
        late = np.where(arcs & (early < since) & (late > since) & (late <= until), since, late)
        early = np.where(arcs & (early >= since) & (early < until), until, early)
    never = ~(late > early)
    return np.where(never, 0.0, early), np.where(never, -1.0, late)


def reconstruct_inputs(
    summary: Mapping[str, Any], folder: Path, files: list[Path], ephemerides: Sequence[Path] = ()
) -> RunInputs:
    """The inputs of a run from its summary: files are recognised by their hash, and the outcome is compared."""
    try:
        provenance = summary["provenance"]
        recorded = provenance["catalogue"]
        scenario = parse_scenario(
            provenance["scenario"], source=str(folder / "summary.json"), folder=Path(), recorded=True
        )
        sources = [(str(source["label"]), str(source["sha256"])) for source in recorded["sources"]]
        listed = provenance.get("satcat")
        satcat = None if listed is None else (str(listed["label"]), str(listed["sha256"]))
        flown = [(str(own["file"]), str(own["sha256"])) for own in provenance.get("ephemerides", [])]
    except (KeyError, TypeError) as error:
        raise InputError(f"{folder}: summary.json lacks an entry that a run records ({error})") from error
    scenario, replaced = _with_files(scenario, sources, satcat, files, folder)
    scenario = with_ephemerides(scenario, flown, list(ephemerides), folder)
    inputs = load_inputs(scenario, replaced)
    kinds = summarize_catalog(inputs.catalog)
    start = inputs.start_jd, inputs.start_fraction
    for quantity, again, before in (
        ("objects", len(inputs.catalog), recorded["objects"]),
        ("first epoch", utc_text(*kinds.first_epoch), recorded["first_epoch_utc"]),
        ("last epoch", utc_text(*kinds.last_epoch), recorded["last_epoch_utc"]),
        ("start of the span", utc_text(*start), provenance["span"]["start_utc"]),
    ):
        if again != before:
            raise InputError(
                f"{folder}: the catalogue of this run cannot be reconstructed: {quantity} {again}, but it was {before}"
            )
    return inputs


def _with_files(
    scenario: Scenario,
    sources: list[tuple[str, str]],
    satcat: tuple[str, str] | None,
    files: list[Path],
    folder: Path,
) -> tuple[Scenario, tuple[Path, ...]]:
    """The scenario with the run's files in their places, or the files that replaced its sources."""
    recorded = [(label, digest) for label, digest in sources if digest]
    table = scenario.catalog
    own = [source for source in table.sources if source.file is not None or source.source is not None]
    sampled = [source for source in table.sources if source.population is not None]
    listed = [] if table.satcat is None else [_copy_of(table.satcat)]
    candidates = [
        *files,
        *(_copy_of(source.source) if source.file is None else source.file for source in own),
        *listed,
    ]
    by_digest = {
        _digest(path): path for path in candidates if path is not None and (path in files or path.is_file())
    }

    def found(label: str, digest: str) -> Path:
        if digest not in by_digest:
            names = ", ".join(str(path) for path in files)
            reason = f"{names}: not the catalogue of this run" if files else f"{folder}: needs its catalogue"
            raise InputError(f"{reason}; give with --catalog the file {label} with SHA-256 {digest}")
        return by_digest[digest].absolute()

    matching = [found(label, digest) for label, digest in recorded]
    of_satcat = None if satcat is None else found(*satcat)
    unused = [path for path in files if path.absolute() not in (*matching, of_satcat)]
    if unused:
        raise InputError(f"{unused[0]}: not a catalogue of this run, whose files are {recorded or 'none'}")
    # Sizes affect probabilities, not encounters: a file that is not needed is not required.
    table = table.model_copy(update={"sizes": None, "satcat": None if of_satcat is None else str(of_satcat)})
    labels = [source.source if source.file is None else source.file.name for source in own]
    if labels == [label for label, _ in recorded] and len(sources) == len(own) + len(sampled):
        placed = iter(matching)
        again = tuple(
            CatalogSource.model_validate({"file": next(placed)}) if source in own else source
            for source in table.sources
        )
        table, matching = table.model_copy(update={"sources": again}), []
    return scenario.model_copy(update={"catalog": table}), tuple(matching)


def _copy_of(name: str | None) -> Path | None:
    """The file of a name in a scenario: the copy of a source in the cache, None if there is none, or a path."""
    if name is None or not is_source_name(name):
        return None if name is None else Path(name)
    query = parse_source(name)
    cache = Cache.default()
    copy = cache.record(query).copy
    return None if copy is None else cache.body(query, copy)


def _digest(path: Path) -> str:
    return hashlib.sha256(read_bytes(path, "a catalogue file")).hexdigest()


def with_ephemerides(
    scenario: Scenario, recorded: list[tuple[str, str]], files: list[Path], folder: Path
) -> Scenario:
    """The scenario with the run's ephemerides in their places: names and hashes as recorded, in the run's order.

    Raises InputError if one is missing, differs, or is not of this run.
    """
    listed = [primary.ephemeris for primary in scenario.primaries if primary.ephemeris is not None]
    for source in scenario.catalog.sources:
        for pattern in source.ephemerides or ():
            listed += sorted(Path(pattern).parent.glob(Path(pattern).name))
    by_digest = {_digest(path): path for path in [*(p for p in listed if p.is_file()), *files]}
    for label, digest in recorded:
        if digest not in by_digest:
            changed = [path for path in [*files, *listed] if path.name == label and path.is_file()]
            reason = (
                f"{changed[0]}: not the ephemeris of this run"
                if changed
                else f"{folder}: needs its ephemeris"
            )
            raise InputError(f"{reason}; give with --ephemeris the file {label} with SHA-256 {digest}")
    unused = [path for path in files if _digest(path) not in {digest for _, digest in recorded}]
    if unused:
        raise InputError(f"{unused[0]}: not an ephemeris of this run")
    found = [by_digest[digest].absolute() for _, digest in recorded]
    own = iter(found)
    primaries = tuple(
        primary if primary.ephemeris is None else primary.model_copy(update={"ephemeris": next(own)})
        for primary in scenario.primaries
    )
    # A file may hold several objects. Which of the sources it is of makes no difference.
    rest = tuple(dict.fromkeys(str(path.parent / escape(path.name)) for path in own))
    sources = tuple(source for source in scenario.catalog.sources if source.ephemerides is None)
    if rest:
        sources = (*sources, CatalogSource.model_validate({"ephemerides": rest}))
    table = scenario.catalog.model_copy(update={"sources": sources})
    return scenario.model_copy(update={"catalog": table, "primaries": primaries})


def read_existence(folder: Path, inputs: RunInputs) -> tuple[Array, Array]:
    """(n,), (n,) s of run time from and up to which each object takes part, by excluded.csv."""
    earliest, latest = np.zeros(len(inputs.catalog)), np.full(len(inputs.catalog), inputs.duration_s)
    table = read_table(folder / EXCLUDED.file, EXCLUDED)
    row_of = rows_by_number(inputs)
    until = table.valid_until_utc
    # Results of earlier versions have no object that begins within the span.
    since = table.valid_from_utc if "valid_from_utc" in table else np.full_like(until, "NaT")
    for number, took_part, begin, end in zip(
        table.norad_id.tolist(), table.took_part.tolist(), since.tolist(), until.tolist(), strict=True
    ):
        row = row_of.get(number)
        if row is None:
            raise InputError(
                f"{folder / EXCLUDED.file}: object {identifier(number)} is not in the catalogue of this run"
            )
        # NaT is None among Python's values.
        if not took_part or (begin is None and end is None):
            latest[row] = -1.0
            continue
        if begin is not None:
            earliest[row] = _run_time_s(begin, inputs)
        if end is not None:
            latest[row] = _run_time_s(end, inputs)
    return earliest, latest


def _run_time_s(moment: datetime, inputs: RunInputs) -> float:
    jd, fraction = split_julian_date(moment)
    return ((jd - inputs.start_jd) + (fraction - inputs.start_fraction)) * SECONDS_PER_DAY


def read_co_located(folder: Path) -> frozenset[tuple[int, int]]:
    """The pairs of catalogue numbers in co_located.csv."""
    table = read_table(folder / CO_LOCATED.file, CO_LOCATED)
    pairs = zip(table.first_norad_id.tolist(), table.second_norad_id.tolist(), strict=True)
    return frozenset(pair_of(first, second) for first, second in pairs)


def rows_by_number(inputs: RunInputs) -> dict[int, int]:
    """The row of the catalogue of each catalogue number."""
    return {number: row for row, number in enumerate(inputs.catalog.norad_id.tolist())}


def pair_of(first: int, second: int) -> tuple[int, int]:
    """The two numbers in ascending order."""
    return (first, second) if first < second else (second, first)
