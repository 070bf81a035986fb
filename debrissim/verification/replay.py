"""A finished run's input again, from what its results folder records: scenario, catalogue, who took part until when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import summarize_catalog
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.time import split_julian_date, utc_text
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, make_propagator
from debrissim.results.folder import read_summary
from debrissim.results.schema.conjunctions import CO_LOCATED, EXCLUDED
from debrissim.results.table import read_table
from debrissim.scenario.conjunctions import CatalogueSource, Scenario, parse_scenario


@dataclass(frozen=True, eq=False)
class ReplayedRun:
    """What was screened. latest_s: (n,) until when each object takes part, -1 for never; co_located: pairs."""

    inputs: RunInputs
    propagator: Propagator
    latest_s: Array
    co_located: frozenset[tuple[int, int]]


def replay(folder: Path, files: list[Path]) -> ReplayedRun:
    """The run of a results folder; files: its catalogue files. Raises InputError where it cannot be had again."""
    inputs = prepared_again(read_summary(folder), folder, files)
    return ReplayedRun(
        inputs=inputs,
        propagator=make_propagator(inputs.catalog, inputs.start_jd, inputs.start_fraction),
        latest_s=latest_of(folder, inputs),
        co_located=co_located_of(folder),
    )


def prepared_again(summary: Mapping[str, Any], folder: Path, files: list[Path]) -> RunInputs:
    """The run's input from its own summary; the files are found by their hash, and the outcome is compared."""
    try:
        provenance = summary["provenance"]
        recorded = provenance["catalogue"]
        scenario = parse_scenario(provenance["scenario"], source=str(folder / "summary.json"), folder=Path())
        sources = [(str(source["label"]), str(source["sha256"])) for source in recorded["sources"]]
    except (KeyError, TypeError) as error:
        raise InputError(f"{folder}: summary.json lacks what a run records there ({error})") from error
    scenario, replaced = _with_files(scenario, sources, files, folder)
    inputs = load_inputs(scenario, replaced)
    kinds = summarize_catalog(inputs.catalog)
    start = inputs.start_jd, inputs.start_fraction
    for what, again, before in (
        ("objects", len(inputs.catalog), recorded["objects"]),
        ("first epoch", utc_text(*kinds.first_epoch), recorded["first_epoch_utc"]),
        ("last epoch", utc_text(*kinds.last_epoch), recorded["last_epoch_utc"]),
        ("start of the span", utc_text(*start), provenance["span"]["start_utc"]),
    ):
        if again != before:
            raise InputError(
                f"{folder}: the catalogue of this run cannot be had again: {what} {again}, but it was {before}"
            )
    return inputs


def _with_files(
    scenario: Scenario, sources: list[tuple[str, str]], files: list[Path], folder: Path
) -> tuple[Scenario, tuple[Path, ...]]:
    """The scenario with the run's files in their places, or the files that took the place of its sources."""
    wanted = [(label, digest) for label, digest in sources if digest]
    own = [source for source in scenario.catalogue.sources if source.file is not None]
    drawn = [source for source in scenario.catalogue.sources if source.population is not None]
    candidates = [*files, *(source.file for source in own if source.file is not None)]
    by_digest = {_digest(path): path for path in candidates if path in files or path.is_file()}
    found: list[Path] = []
    for label, digest in wanted:
        if digest not in by_digest:
            given = ", ".join(str(path) for path in files)
            told = f"{given}: not the catalogue of this run" if files else f"{folder}: needs its catalogue"
            raise InputError(f"{told}; give with --catalog the file {label} with SHA-256 {digest}")
        found.append(by_digest[digest].absolute())
    unused = [path for path in files if path.absolute() not in found]
    if unused:
        raise InputError(f"{unused[0]}: not a catalogue of this run, whose files are {wanted or 'none'}")
    # Sizes decide about probabilities, not about encounters: what is not needed is not asked for.
    catalogue = scenario.catalogue.model_copy(update={"sizes": None})
    as_written = [source.file.name for source in own if source.file is not None] == [
        label for label, _ in wanted
    ]
    if as_written and len(sources) == len(own) + len(drawn):
        placed = iter(found)
        again = tuple(
            source if source.file is None else CatalogueSource(file=next(placed), population=None, count=None)
            for source in catalogue.sources
        )
        catalogue, found = catalogue.model_copy(update={"sources": again}), []
    return scenario.model_copy(update={"catalogue": catalogue}), tuple(found)


def _digest(path: Path) -> str:
    return hashlib.sha256(read_bytes(path, "a catalogue file")).hexdigest()


def latest_of(folder: Path, inputs: RunInputs) -> Array:
    """(n,) until when each object takes part, by excluded.csv."""
    latest = np.full(len(inputs.catalog), inputs.duration_s)
    table = read_table(folder / EXCLUDED.file, EXCLUDED)
    row_of = rows_by_number(inputs)
    for number, status, until in zip(
        table.norad_id.tolist(), table.status.tolist(), table.valid_until_utc.tolist(), strict=True
    ):
        row = row_of.get(number)
        if row is None:
            raise InputError(f"{folder / EXCLUDED.file}: object {number} is not in the catalogue of this run")
        # NaT is None among Python's values.
        if status == ObjectStatus.STALE or until is None:
            latest[row] = -1.0
            continue
        jd, fraction = split_julian_date(until)
        days = (jd - inputs.start_jd) + (fraction - inputs.start_fraction)
        latest[row] = days * SECONDS_PER_DAY if days > 0.0 else -1.0
    return latest


def co_located_of(folder: Path) -> frozenset[tuple[int, int]]:
    table = read_table(folder / CO_LOCATED.file, CO_LOCATED)
    pairs = zip(table.first_norad_id.tolist(), table.second_norad_id.tolist(), strict=True)
    return frozenset(pair_of(first, second) for first, second in pairs)


def rows_by_number(inputs: RunInputs) -> dict[int, int]:
    return {number: row for row, number in enumerate(inputs.catalog.norad_id.tolist())}


def pair_of(one: int, two: int) -> tuple[int, int]:
    return (one, two) if one < two else (two, one)
