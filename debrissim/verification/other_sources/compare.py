"""A run of conjunctions compared with another source of events, and the cause of each difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog, read_catalog
from debrissim.conjunctions.recorded_inputs import RunFiles, run_files
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.errors import InputError
from debrissim.core.events import NONE, match_events, unordered_pair
from debrissim.core.files import sha256_of
from debrissim.core.progress import Progress, no_progress
from debrissim.results.folder import read_summary
from debrissim.results.reader import reading, require_conjunctions
from debrissim.results.result import Result
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.verification.other_sources.causes import Explanation
from debrissim.verification.other_sources.differences import explain_differences
from debrissim.verification.other_sources.element_sets import TheirSets, their_sets
from debrissim.verification.other_sources.examination import Examination, MatchedEvents, examine
from debrissim.verification.other_sources.missing import explain_missing
from debrissim.verification.other_sources.other_results import results_folder
from debrissim.verification.other_sources.probabilities import explain_probabilities
from debrissim.verification.other_sources.read_other import located, read_other
from debrissim.verification.other_sources.reported import (
    RESULTS,
    SOCRATES,
    SOCRATES_SETS,
    OtherList,
    ReportedEvents,
)
from debrissim.verification.other_sources.result import Comparison, comparison_of
from debrissim.verification.other_sources.unlisted import explain_unlisted

_LISTS = (SOCRATES, SOCRATES_SETS, RESULTS)
"""Sources of which the absence of an event means something."""


@dataclass(frozen=True, eq=False)
class Matches:
    """m events of the other source against the rows of a run.

    pair_examined: (m,) whether one of the two is a spacecraft of the run; in_span: (m,) whether TCA is in its span;
    row: (m,) the row of the run that is the same event, NONE for none.
    """

    pair_examined: Mask
    in_span: Mask
    row: Index


@dataclass(frozen=True, eq=False)
class _GivenFiles:
    """Files of one run or of several, with their hashes, each computed once."""

    files: RunFiles
    digests: Mapping[Path, str]

    @staticmethod
    def of(files: RunFiles) -> _GivenFiles:
        every = [*files.catalogs, *files.ephemerides, *filter(None, [files.earth_orientation])]
        return _GivenFiles(files, {path: sha256_of(path, "a file of a run") for path in every})

    def of_run(self, folder: Path) -> RunFiles:
        """Those whose hash the run of a results folder records."""
        provenance = read_summary(folder)["provenance"]
        recorded = [*provenance["catalogue"]["sources"], *provenance.get("ephemerides", [])]
        recorded += [provenance.get("satcat") or {}, provenance.get("earth_orientation") or {}]
        known = {str(entry.get("sha256")) for entry in recorded}
        orientation = self.files.earth_orientation
        return RunFiles(
            tuple(path for path in self.files.catalogs if self.digests[path] in known),
            tuple(path for path in self.files.ephemerides if self.digests[path] in known),
            orientation if orientation is not None and self.digests[orientation] in known else None,
        )


def compare(
    results: Result | Path | str,
    other: Path | str,
    *,
    catalog_files: Path | str | Iterable[Path | str] = (),
    ephemeris_files: Path | str | Iterable[Path | str] = (),
    earth_orientation_file: Path | str | None = None,
    progress: Progress = no_progress,
) -> Comparison:
    """Compare a run of conjunctions with another source, and explain each difference.

    Parameters
    ----------
    results : Result, Path or str
        A results folder of a conjunction run, or its result, written or opened.
    other : Path or str
        A SOCRATES list (CSV, or the name of a source such as "socrates:min-range", which is fetched), Space-Track's
        public CDM summaries, CDMs (a file or a folder), or a results folder.
    catalog_files : Path or str, or several
        Catalogue files, or names of sources such as "celestrak:active": those of the run (and of the other run),
        recognised by their hash; all others are searched for the element sets that the other source used.
    ephemeris_files : Path or str, or several
        The run's ephemerides (and those of the other run), recognised by their hash; by default those at the scenario's
        own paths.
    earth_orientation_file : Path or str, optional
        Its file of Earth orientation, likewise.
    progress : callable
        Called with the phase and the fraction of it that is done.

    Returns
    -------
    Comparison
        The events that both have, those that one side lacks, and the cause of each difference.

    Raises
    ------
    InputError
        If the folder is not one of conjunctions, its catalogue cannot be reconstructed, or the other source cannot be
        read.
    """
    folder = _folder(results)
    catalogs = _paths(catalog_files)
    given = _GivenFiles.of(run_files(catalogs, ephemeris_files, earth_orientation_file))
    progress("reading", 0.0)
    with reading(folder):
        require_conjunctions(folder)
        own_files = given.of_run(folder)
        examination = examine(folder, own_files)
    source = read_other(other)
    other_run = _other_run(source, given)
    used = {*own_files.catalogs}
    if source.folder is not None:
        used.update(given.of_run(source.folder).catalogs)
    progress("element sets", 0.0)
    # The run's own files may hold further sets, of which its policy chose one.
    searched = [file for file in catalogs if file not in used or examination.run.inputs.superseded_count]
    pool = [read_catalog(file).catalog for file in searched]
    sets = their_sets(source, [*pool, *_own_sets(examination, source)])
    matches = match(examination, source.events)
    theirs = np.stack([sets.first, sets.second], axis=1)
    events = source.events
    matched = np.flatnonzero(matches.row != NONE)
    lacking = np.flatnonzero((matches.row == NONE) & matches.pair_examined)
    progress("differences", 0.2)
    both = MatchedEvents(examination, source, events[matched], matches.row[matched])
    differences = explain_differences(both, sets, theirs[matched])
    chances = explain_probabilities(both, differences)
    progress("missing events", 0.5)
    missing = explain_missing(examination, source, events[lacking], sets, theirs[lacking])
    progress("events only in these results", 0.8)
    alone = np.setdiff1d(np.arange(len(examination.rows)), both.row)
    here, unlisted = _alone(examination, source, other_run, alone, sets)
    scenario = parse_scenario(
        read_summary(folder)["provenance"]["scenario"], source=str(folder / "summary.json"), recorded=True
    )
    outside = ~matches.in_span & matches.pair_examined & (matches.row == NONE)
    return comparison_of(
        both,
        scenario,
        differences,
        chances,
        events[lacking],
        missing,
        here,
        unlisted,
        events_outside=int(outside.sum()),
        other_pairs=int((~matches.pair_examined).sum()),
        other_replayed=other_run is not None,
    )


def match(examination: Examination, events: ReportedEvents) -> Matches:
    """The rows of a run that are the same events as those reported (`core.events`)."""
    rows = examination.rows
    tca_s = events.tca_s(*examination.start)
    pairs = list(zip(events.first_number.tolist(), events.second_number.tolist(), strict=True))
    known = [
        (unordered_pair(first, second), float(time_s))
        for first, second, time_s in zip(
            rows.primary_norad_id.tolist(), rows.secondary_norad_id.tolist(), rows.tca_s.tolist(), strict=True
        )
    ]
    reports = [(unordered_pair(*pair), time_s) for pair, time_s in zip(pairs, tca_s.tolist(), strict=True)]
    return Matches(
        pair_examined=np.array([examination.examines_pair(*pair) for pair in pairs], dtype=bool),
        in_span=(tca_s >= 0.0) & (tca_s <= examination.run.inputs.duration_s),
        row=match_events(known, reports),
    )


def _alone(
    examination: Examination,
    source: OtherList,
    other_run: Examination | None,
    rows: Index,
    sets: TheirSets,
) -> tuple[ReportedEvents | None, list[Explanation]]:
    """The rows of the run that the other source lacks, and why; None if their absence means nothing."""
    if source.format not in _LISTS:
        return None, []
    listed = results_folder(examination.folder)
    if source.format != RESULTS:
        # A list cannot hold objects that do not exist.
        rows = rows[~examination.rows.synthetic[rows]]
    part = listed.events[rows]
    if source.format != RESULTS:
        return part, explain_unlisted(examination, source, part, sets)
    # For a run of other spacecraft, pairs that it did not examine are not a difference.
    pairs = zip(part.first_number.tolist(), part.second_number.tolist(), strict=True)
    wanted = [
        source.primaries is None or first in source.primaries or second in source.primaries
        for first, second in pairs
    ]
    part = part[np.array(wanted, dtype=bool)]
    if other_run is None:
        return part, explain_unlisted(examination, source, part, sets)
    theirs = their_sets(replace(listed, label="these results", events=part), [])
    both = np.stack([theirs.first, theirs.second], axis=1)
    return part, explain_missing(other_run, replace(listed, label="these results"), part, theirs, both)


def _other_run(source: OtherList, given: _GivenFiles) -> Examination | None:
    """The other run, if it is one and its catalogue is available."""
    if source.folder is None:
        return None
    try:
        with reading(source.folder):
            return examine(source.folder, given.of_run(source.folder))
    except InputError:
        return None


def _own_sets(examination: Examination, source: OtherList) -> Sequence[Catalog]:
    """The run's own catalogue, where ages tell which element sets the source used: some may be the same."""
    ages: Array = source.events.first_age_days
    return [examination.run.inputs.catalog] if np.isfinite(ages).any() else []


def _folder(results: Result | Path | str) -> Path:
    if isinstance(results, Result):
        if results.folder is None:
            raise InputError("compare: this result has no folder yet; write it with write(folder)")
        return results.folder
    return Path(results)


def _paths(files: Path | str | Iterable[Path | str]) -> list[Path]:
    return [located(file) for file in ([files] if isinstance(files, Path | str) else files)]
