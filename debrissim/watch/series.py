"""A series of catalogues as a watch: each in turn screened on the basis of the one before and added to a store.

The span is the same for all, so pairs of which neither element set changed are not screened again. The events of
the store are the encounters: their identity is that of `core.events`. An encounter outside the screening volumes in one
catalogue is also computed there: only its pair is screened around the time known from the nearest newer catalogue,
within `REACH_KM`. Only a pass farther away than that has no numbers.

Assumptions
- Pairs that fly along with one another have no pass of their own; their rows carry the flag of slow encounters.
- Element sets of successive days share observations: the rows of one encounter are not independent measurements of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from debrissim.catalog import CatalogFile, catalog_epoch, read_catalog
from debrissim.conjunctions.assessment import assess_encounters
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.settings import covariance_model, load_object_covariances
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, RunError, ScenarioError
from debrissim.core.numbers import count
from debrissim.core.progress import Progress, no_progress
from debrissim.core.time import Time, utc_datetime
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.scenario.conjunctions import Scenario, load_scenario
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import screen
from debrissim.screening.settled import Earlier
from debrissim.screening.volumes import ScreeningVolume
from debrissim.studies.evolution.history import (
    FAR,
    INSIDE,
    MISSING,
    OUTSIDE,
    REACH_KM,
    CatalogRun,
    EncounterHistory,
    Evolution,
    Update,
)
from debrissim.watch.batches import run_batch
from debrissim.watch.examine import examine
from debrissim.watch.store import Store

WINDOW_S = 1200.0
"""A pass outside the volumes is looked for so long before and after the time known from another catalogue."""


def follow_encounters(
    scenario: Scenario | str | PathLike[str],
    files: Sequence[str | PathLike[str]],
    *,
    limit: int = 20,
    store: str | PathLike[str] | None = None,
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
    store : path, optional
        File of a store of events that keeps the runs, new or with other runs; by default a temporary one.
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
    read = sorted((_read_real(Path(file)) for file in files), key=lambda one: one[1])
    if not isinstance(scenario.span.start, str):
        fixed = scenario
    else:
        newest = read[-1][1]
        span = scenario.span.model_copy(update={"start": utc_datetime(newest.jd, newest.fraction)})
        fixed = scenario.model_copy(update={"span": span})
    with _opened(store) as events:
        runs, groups = _replay(fixed, read, events, progress)
    chosen = sorted(groups, key=lambda group: _rank(group, runs))[:limit]
    histories = []
    for done, group in enumerate(chosen):
        progress("following", done / len(chosen))
        histories.append(_follow(group, runs, fixed))
    return Evolution(fixed, tuple(runs), tuple(histories), len(groups))


def _replay(
    scenario: Scenario, files: Sequence[tuple[CatalogFile, Time]], store: Store, progress: Progress
) -> tuple[list[CatalogRun], list[dict[int, int]]]:
    """The runs of the catalogues in order, and the rows {catalogue: row} of each event, all of them in the store."""
    runs: list[CatalogRun] = []
    catalogues: dict[str, list[int]] = {}
    earlier: Earlier | None = None
    for done, (file, epoch) in enumerate(files):
        progress(f"{file.path.name}", done / len(files))
        try:
            # A catalogue that lacks the secondary is a finding.
            examined = examine(scenario, earlier, catalogs=[file], require_pairs=False)
        except RunError as error:
            raise RunError(f"{file.path}: {error}") from error
        earlier, result = examined.earlier, examined.result
        start = Time(result.inputs.start_jd, result.inputs.start_fraction)
        batch = run_batch(result, made=epoch)
        assert batch.run is not None
        store.add(batch)
        catalogues.setdefault(batch.run.key, []).append(done)
        runs.append(CatalogRun(file.path, epoch - start, result))
    groups = []
    for event in store.events():
        group: dict[int, int] = {}
        for update in store.history(event):
            key, _, row = update.key.rpartition(":")
            group |= dict.fromkeys(catalogues.get(key, ()), int(row) if key in catalogues else 0)
        if group:
            groups.append(group)
    return runs, groups


@contextmanager
def _opened(path: str | PathLike[str] | None) -> Iterator[Store]:
    """A store in a file, or in one that lasts no longer than this."""
    if path is not None:
        with Store.open(path) as store:
            yield store
        return
    with (
        TemporaryDirectory(prefix="debrissim-") as folder,
        Store.open(Path(folder) / "track.sqlite") as store,
    ):
        yield store


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
            f"{ephemerides[0]}: track follows encounters from catalogue to catalogue, expected only element sets"
        )
    if scenario.catalog.policy == "segments":
        raise ScenarioError('catalog.policy: track expected one element set per object, got "segments"')


def _read_real(path: Path) -> tuple[CatalogFile, Time]:
    """A catalogue and its epoch. Raises InputError if it holds sampled objects, which have no later element sets."""
    file = read_catalog(path)
    catalog = file.catalog
    if catalog.synthetic.any():
        sampled = count(int(catalog.synthetic.sum()), "object")
        raise InputError(
            f"{path}: {sampled} in it sampled from statistics, which no other catalogue has; expected real ones"
        )
    return file, Time(*catalog_epoch(catalog))


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
    start_s = expected_tca_s - WINDOW_S
    fraction = inputs.start_fraction + start_s / SECONDS_PER_DAY
    days = float(np.floor(fraction))
    volumes = (ScreeningVolume.sphere(REACH_KM),)
    passes = screen(
        both,
        [0],
        inputs.start_jd + days,
        fraction - days,
        2.0 * WINDOW_S,
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
