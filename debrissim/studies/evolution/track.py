"""One scenario on a series of catalogues: how probability, miss distance and TCA of its encounters change.

Assumptions
- An encounter is the same in two catalogues if the pair is and its TCAs differ by at most `SAME_PASS_S`: two objects
  that pass at kilometres a second meet again no sooner than half a revolution later, 43 minutes in low orbits. Pairs
  that fly along with one another have no pass of their own; their rows carry the flag of slow encounters.
- An encounter outside the screening volumes in one catalogue is computed there, too: its pair alone is screened around
  the time known from the nearest newer catalogue, within `REACH_KM`. Only a pass farther away than that has no numbers.
- Element sets of successive days share observations: the rows of one encounter are not independent measurements of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np

from debrissim.catalog import catalog_epoch, read_catalog
from debrissim.conjunctions.assessment import Assessment, assess_encounters
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.conjunctions.settings import covariance_model, load_object_covariances
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, RunError, ScenarioError
from debrissim.core.numbers import count
from debrissim.core.progress import Progress, no_progress
from debrissim.core.time import utc_datetime
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.scenario.conjunctions import Scenario, load_scenario
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import Encounters
from debrissim.screening.screen import screen
from debrissim.screening.volumes import ScreeningVolume

SAME_PASS_S = 1200.0
REACH_KM = 1000.0

INSIDE, OUTSIDE, FAR, MISSING = (
    "inside",
    "outside the volumes",
    f"over {REACH_KM:g} km away",
    "not in the catalogue",
)


@dataclass(frozen=True, eq=False)
class CatalogRun:
    """The scenario with one catalogue; epoch_s: of the catalogue, s since the start of the span."""

    file: Path
    epoch_s: float
    result: ConjunctionResult


@dataclass(frozen=True, eq=False)
class Update:
    """One encounter in one catalogue.

    outcome: `INSIDE`, `OUTSIDE`, or why there are no numbers (then `row` is None). encounters, assessment: the tables
    in which the encounter is `row`.
    """

    catalogue: int
    outcome: str
    encounters: Encounters | None = None
    assessment: Assessment | None = None
    row: int | None = None

    @property
    def probability(self) -> float:
        """Pc, NaN if there is none."""
        if self.assessment is None or self.row is None:
            return float("nan")
        return float(self.assessment.probability.value[self.row])


@dataclass(frozen=True, eq=False)
class EncounterHistory:
    """One encounter through the catalogues: its pair by catalogue number, one update per catalogue, oldest first."""

    primary: int
    secondary: int
    updates: tuple[Update, ...]


@dataclass(frozen=True, eq=False)
class Evolution:
    """Encounters through a series of catalogues: runs, oldest catalogue first; histories, the most probable first.

    encounter_count: encounters in any catalogue, followed or not.
    """

    scenario: Scenario
    runs: tuple[CatalogRun, ...]
    histories: tuple[EncounterHistory, ...]
    encounter_count: int


def follow_encounters(
    scenario: Scenario | str | PathLike[str],
    files: Sequence[str | PathLike[str]],
    *,
    limit: int = 20,
    progress: Progress = no_progress,
) -> Evolution:
    """Run the scenario on each catalogue file and follow its encounters through them.

    The span is the same for all: a start of "catalog epoch" is that of the newest one.

    Parameters
    ----------
    scenario : path or Scenario
        Scenario file of conjunctions, or the checked scenario.
    files : sequence of path
        At least two catalogue files.
    limit : int
        Maximum number of encounters to follow, by their highest Pc in any catalogue, then by their smallest miss.
    progress : callable
        Called with the phase and the fraction of it that is done.

    Raises
    ------
    InputError
        For fewer than two files, a limit below 1, a scenario with ephemerides or segments of element sets, or bad
        input.
    RunError
        Naming the file with which the run fails.
    """
    if len(files) < 2:
        raise InputError(f"track: expected at least two catalogue files, got {len(files)}")
    if limit < 1:
        raise InputError(f"track: expected at least one encounter to follow, got {limit}")
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    _require_element_sets(scenario)
    paths = [Path(file) for file in files]
    epochs = [_epoch_of_real(path) for path in paths]
    order = sorted(range(len(paths)), key=lambda k: epochs[k])
    if not isinstance(scenario.span.start, str):
        fixed = scenario
    else:
        span = scenario.span.model_copy(update={"start": utc_datetime(*epochs[order[-1]])})
        fixed = scenario.model_copy(update={"span": span})
    runs = []
    for done, k in enumerate(order):
        progress(f"{paths[k].name}", done / len(paths))
        try:
            # A catalogue that lacks the secondary is a finding.
            result = run(fixed, catalogs=[paths[k]], require_pairs=False)
        except RunError as error:
            raise RunError(f"{paths[k]}: {error}") from error
        days = (epochs[k][0] - result.inputs.start_jd) + (epochs[k][1] - result.inputs.start_fraction)
        runs.append(CatalogRun(paths[k], days * SECONDS_PER_DAY, result))
    groups = link_encounters([run.result.screening.encounters for run in runs])
    chosen = sorted(groups, key=lambda group: _rank(group, runs))[:limit]
    histories = []
    for done, group in enumerate(chosen):
        progress("following", done / len(chosen))
        histories.append(_follow(group, runs, fixed))
    return Evolution(fixed, tuple(runs), tuple(histories), len(groups))


def _require_element_sets(scenario: Scenario) -> None:
    """Raise ScenarioError if an object flies anything but the element set of each catalogue."""
    ephemerides = [
        *(
            f"primaries[{k}].ephemeris"
            for k, own in enumerate(scenario.primaries, 1)
            if own.ephemeris is not None
        ),
        *(
            f"catalog.sources[{k}].ephemerides"
            for k, source in enumerate(scenario.catalog.sources, 1)
            if source.ephemerides is not None
        ),
    ]
    if ephemerides:
        raise ScenarioError(
            f"{ephemerides[0]}: track follows encounters from catalogue to catalogue, expected element sets alone"
        )
    if scenario.catalog.policy == "segments":
        raise ScenarioError('catalog.policy: track expected one element set per object, got "segments"')


def _epoch_of_real(path: Path) -> tuple[float, float]:
    """The epoch of a catalogue. Raises InputError if it holds sampled objects, which have no later element sets."""
    catalog = read_catalog(path).catalog
    if catalog.synthetic.any():
        sampled = count(int(catalog.synthetic.sum()), "object")
        raise InputError(
            f"{path}: {sampled} in it sampled from statistics, which no other catalogue has; expected real ones"
        )
    return catalog_epoch(catalog)


def link_encounters(tables: Sequence[Encounters]) -> list[dict[int, int]]:
    """The rows that are the same encounter, {catalogue: row} for each, from the tables of all catalogues in order.

    Starts with the last catalogue; rows of each earlier one are assigned to the nearest TCA of their pair, one to one.
    """
    groups: list[dict[int, int]] = []
    groups_of_pair: dict[tuple[int, int], list[int]] = {}
    last_tca: list[float] = []
    for catalogue in reversed(range(len(tables))):
        table = tables[catalogue]
        pairs = list(zip(table.primary_norad_id.tolist(), table.secondary_norad_id.tolist(), strict=True))
        near = sorted(
            (abs(last_tca[group] - tca), row, group)
            for row, (pair, tca) in enumerate(zip(pairs, table.tca_s.tolist(), strict=True))
            for group in groups_of_pair.get(pair, [])
            if abs(last_tca[group] - tca) <= SAME_PASS_S
        )
        assigned: dict[int, int] = {}
        for _, row, group in near:
            if row not in assigned and catalogue not in groups[group]:
                assigned[row] = group
                groups[group][catalogue] = row
        for row, group in assigned.items():
            last_tca[group] = float(table.tca_s[row])
        for row, pair in enumerate(pairs):
            if row not in assigned:
                groups_of_pair.setdefault(pair, []).append(len(groups))
                groups.append({catalogue: row})
                last_tca.append(float(table.tca_s[row]))
    return groups


def _rank(group: dict[int, int], runs: Sequence[CatalogRun]) -> tuple[float, float]:
    """Sort key: the most probable first, then the nearest."""
    values = [np.nan_to_num(runs[k].result.assessment.probability.value[row]) for k, row in group.items()]
    misses = [runs[k].result.screening.encounters.miss_distance_km[row] for k, row in group.items()]
    return -float(max(values)), float(min(misses))


def _follow(group: dict[int, int], runs: Sequence[CatalogRun], scenario: Scenario) -> EncounterHistory:
    newest = max(group)
    table = runs[newest].result.screening.encounters
    pair = int(table.primary_norad_id[group[newest]]), int(table.secondary_norad_id[group[newest]])
    updates: list[Update] = []
    expected_tca_s = float(table.tca_s[group[newest]])
    for catalogue in reversed(range(len(runs))):
        result = runs[catalogue].result
        if catalogue in group:
            update = Update(
                catalogue, INSIDE, result.screening.encounters, result.assessment, group[catalogue]
            )
        else:
            update = _outside(catalogue, result, pair, expected_tca_s, scenario)
        if update.encounters is not None and update.row is not None:
            expected_tca_s = float(update.encounters.tca_s[update.row])
        updates.append(update)
    return EncounterHistory(*pair, tuple(reversed(updates)))


def _outside(
    catalogue: int,
    result: ConjunctionResult,
    pair: tuple[int, int],
    expected_tca_s: float,
    scenario: Scenario,
) -> Update:
    """The pair in a catalogue in which it passes outside the volumes, around its TCA in a newer catalogue."""
    inputs = result.inputs
    rows = [np.flatnonzero(inputs.catalog.norad_id == number) for number in pair]
    if not all(matches.size for matches in rows):
        return Update(catalogue, MISSING)
    index = np.array([int(matches[0]) for matches in rows])
    for row in index.tolist():
        status = ObjectStatus(int(result.screening.object_status[row]))
        if status != ObjectStatus.OK:
            return Update(catalogue, status.reason)
    both = inputs.catalog[index]
    start_s = expected_tca_s - SAME_PASS_S
    fraction = inputs.start_fraction + start_s / SECONDS_PER_DAY
    days = float(np.floor(fraction))
    volumes = (ScreeningVolume.sphere(REACH_KM),)
    passes = screen(
        both,
        [0],
        inputs.start_jd + days,
        fraction - days,
        2.0 * SAME_PASS_S,
        volumes,
        colocation=CoLocationRule(False),
        require_pairs=False,
    ).encounters
    if len(passes) == 0:
        return Update(catalogue, FAR)
    nearest = int(np.argmin(np.abs(passes.tca_s + start_s - expected_tca_s)))
    encounters = replace(passes[[nearest]], tca_s=passes.tca_s[[nearest]] + start_s)
    assessment = assess_encounters(
        encounters,
        both,
        covariance_model(scenario),
        primary_factor=scenario.covariance.primary_factor,
        secondary_factor=scenario.covariance.secondary_factor,
        method=scenario.probability.method,
        object_covariances=load_object_covariances(scenario, inputs),
    )
    return Update(catalogue, OUTSIDE, encounters, assessment, 0)
