"""One cycle of a watch: fetch, screen, record, compare, send.

A cycle records everything at once: the run, its events and the messages to send are one transaction of the store.
Before it nothing has happened; after it the next cycle can make up for whatever did not succeed. Two cycles of one
fleet never run at once (a lock next to the store).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from debrissim.catalog import Catalog, CatalogFile, identifier
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, PrimaryNotFlownError, RunError, UnknownPrimaryError
from debrissim.core.files import unwritable
from debrissim.core.numbers import count
from debrissim.core.progress import Progress, no_progress
from debrissim.core.time import Time, utc_datetime
from debrissim.results.folder import json_text
from debrissim.screening.executors import Executor
from debrissim.screening.rescreen import Effort
from debrissim.screening.settled import Earlier
from debrissim.watch.batches import run_batch
from debrissim.watch.differences import LEVELS, Difference, Kind, Rules, event_differences, upcoming
from debrissim.watch.earlier_file import read_earlier, write_earlier
from debrissim.watch.event import Added, Change, Event
from debrissim.watch.examine import Examined, examine
from debrissim.watch.examined import examined_by
from debrissim.watch.fleet import Fleet
from debrissim.watch.jumped import manoeuvres
from debrissim.watch.messages import Message, alive, failed, message, summed
from debrissim.watch.outbox import Channel, Delivery, deliver, queued
from debrissim.watch.set_history import read_history, updated, write_history
from debrissim.watch.store import Store

MOST_MESSAGES = 10
"""The maximum number of messages of one cycle; one more sums up the rest."""

LAST_CYCLE, LAST_FAILURE, LAST_ALIVE = "last cycle", "last failure", "last alive message"
"""Notes of each fleet in the store: `note_key`."""
_LAST_RUN, _REPORTED = "last run", "reported:"
# A cycle every day that starts some minutes earlier than the day before still sends the message of that day.
_SLACK_S = 1800.0


@dataclass(frozen=True, eq=False)
class CycleReport:
    """The outcome of a cycle.

    events: those ahead, by TCA; level: "red", "yellow" or "", the highest of them. problems: a sentence each on what
    did not succeed though the events are recorded.
    """

    now: Time
    run_key: str
    effort: Effort
    differences: tuple[Difference, ...]
    events: tuple[Event, ...]
    level: str
    delivery: Delivery
    problems: tuple[str, ...]
    result: ConjunctionResult
    rules: Rules


def run_cycle(
    fleet: Fleet,
    *,
    now: Time,
    channels: Sequence[Channel] = (),
    catalogs: Sequence[Path | str | Catalog | CatalogFile] = (),
    offline: bool = False,
    executor: Executor | None = None,
    progress: Progress = no_progress,
) -> CycleReport:
    """Run one cycle of a watch on its store.

    Parameters
    ----------
    fleet : Fleet
        The checked fleet file.
    now : Time
        Moment of the cycle, from which the span begins.
    channels : sequence of Channel
        Where messages go.
    catalogs : sequence of path or Catalog
        Used instead of the scenario's own sources.
    offline : bool
        Never touch the network: sources on it are taken from the cache.
    executor : Executor, optional
        Screens the time windows.
    progress : callable
        Called with the phase and the fraction of it that is done.

    Returns
    -------
    CycleReport
        Differences, and the events ahead.

    Raises
    ------
    InputError
        For bad input: a catalogue, a store of a later version.
    RunError
        If the run fails, the store cannot be written, or another cycle of the fleet runs. Nothing is recorded then.
    """
    now = Time.of(utc_datetime(now.jd, now.fraction, decimals=0))
    with _opened(fleet) as store:
        basis, history = (
            read_earlier(_beside(fleet, ".screening.npz")),
            read_history(_beside(fleet, ".sets.npz")),
        )
        examined, lost = _examine(
            fleet, now, basis, catalogs=catalogs, offline=offline, executor=executor, progress=progress
        )
        result, inputs = examined.result, examined.result.inputs
        batch = run_batch(result, made=now, sources={d.sha256: d.source for d in inputs.downloads})
        assert batch.run is not None
        # For the fleet, regardless of the spacecraft that could be propagated today.
        batch = replace(batch, run=replace(batch.run, scenario_sha256=_scenario_hash(fleet, now)))
        assert batch.run is not None
        key = batch.run.key
        rules = Rules(fleet.yellow, fleet.red, fleet.watch.tolerance_sigmas)
        last_run = store.note(note_key(fleet, _LAST_RUN)) or ""
        found: list[Difference] = []
        progress("recording", 0.0)

        def notes(added: Added) -> dict[str, str | None]:
            found.extend(
                event_differences(added, key, rules, examined_by(result), _known_to(store, last_run))
            )
            levels = _levels(added, rules)
            jumps = manoeuvres(
                basis, history, inputs.catalog, inputs.primaries, levels, fleet.watch.manoeuvre_sigmas
            )
            objects = {note_key(fleet, _REPORTED + one.key): one for one in (*jumps, *lost.values())}
            found.extend(one for name, one in objects.items() if store.note(name) is None)
            followed = {own.norad_id for own in fleet.primaries} - lost.keys()
            last = {"utc": now.iso, "run": key, "effort": examined.effort.sentence, "changes": len(found)}
            values: dict[str, str | None] = {
                **{note_key(fleet, _REPORTED + _lost_key(number)): None for number in followed},
                **dict.fromkeys(objects, now.iso),
                note_key(fleet, _LAST_RUN): key,
                note_key(fleet, LAST_CYCLE): json.dumps(last),
                note_key(fleet, LAST_FAILURE): None,
            }
            messages = chosen_messages(found, fleet.notify.level, key, now)
            if _alive_is_due(store, fleet, now):
                messages.append(_alive(fleet, result, upcoming(store.events(after=now), now, key), now))
                values[note_key(fleet, LAST_ALIVE)] = now.iso
            return values | queued(messages, now, fleet.identity)

        store.add(batch, notes)
        problems = _keep(fleet, examined.earlier, updated(history, _spacecraft(result)))
        events = upcoming(store.events(after=now), now, key)
        delivery = deliver(store, channels, now, fleet.identity)
        return CycleReport(
            now=now,
            run_key=key,
            effort=examined.effort,
            differences=tuple(found),
            events=events,
            level=max((rules.level(event.latest) for event in events), key=LEVELS.index, default=""),
            delivery=delivery,
            problems=(*(one.detail for one in lost.values()), *problems, *delivery.problems),
            result=result,
            rules=rules,
        )


def _examine(
    fleet: Fleet, now: Time, basis: Earlier | None, **options: Any
) -> tuple[Examined, dict[int, Difference]]:
    """The run of the spacecraft that can be propagated, and the others by number; raises if there is none."""
    lost: dict[int, Difference] = {}
    while True:
        try:
            return examine(fleet.scenario_at(now, lost), basis, **options), lost
        except (UnknownPrimaryError, PrimaryNotFlownError) as error:
            names = {own.norad_id: own.name for own in fleet.primaries}
            if len(lost) + 1 >= len(fleet.primaries) or error.norad_id not in names:
                raise
            lost[error.norad_id] = Difference(
                key=_lost_key(error.norad_id),
                kind=Kind.NOT_FOLLOWED,
                level="yellow",
                subject=(names[error.norad_id] or "", identifier(error.norad_id)),
                # Without the key, whose place is that among the spacecraft that are left.
                detail=str(error).removeprefix("primaries[").partition(": ")[2] or str(error),
            )


def _lost_key(number: int | None) -> str:
    return f"{number}:{Kind.NOT_FOLLOWED.value}"


def _scenario_hash(fleet: Fleet, now: Time) -> str:
    scenario = fleet.scenario_at(now).model_dump(mode="json")
    scenario["span"]["start"] = None
    return hashlib.sha256(json_text(scenario).encode()).hexdigest()


def record_failure(fleet: Fleet, reason: str, now: Time, channels: Sequence[Channel] = ()) -> Delivery:
    """Note in the store that a cycle failed, and send a message about it, one until a cycle succeeds again.

    Raises RunError if the store cannot be written, and InputError if the file is not a store.
    """
    with _opened(fleet) as store:
        first = store.note(note_key(fleet, LAST_FAILURE)) is None
        last = json.dumps({"utc": now.iso, "reason": reason[:500]})
        messages = [failed(reason, now)] if first else []
        store.set_notes({note_key(fleet, LAST_FAILURE): last} | queued(messages, now, fleet.identity))
        return deliver(store, channels, now, fleet.identity)


def chosen_messages(found: Sequence[Difference], level: str, key: str, now: Time) -> list[Message]:
    """One message per difference of at least a level ("any": of all), the highest first; beyond ten they are summed."""
    lowest = {"any": 0, "yellow": 1, "red": 2}[level]
    chosen = [one for one in found if LEVELS.index(one.level) >= lowest]
    chosen.sort(key=lambda one: -LEVELS.index(one.level))
    first, rest = chosen[:MOST_MESSAGES], chosen[MOST_MESSAGES:]
    return [
        *(message(one, now) for one in first),
        *([summed(rest, f"{key[:16]}:further")] if rest else []),
    ]


def _known_to(store: Store, run_key: str) -> Callable[[Change], bool]:
    """Whether a run had reported the event of a change; true where there was no run."""

    def known(change: Change) -> bool:
        of_run = f"{run_key}:"
        if not run_key or (change.previous is not None and change.previous.key.startswith(of_run)):
            return True
        # A run of another fleet may have reported it since.
        return any(update.key.startswith(of_run) for update in store.history(change.event))

    return known


def _levels(added: Added, rules: Rules) -> dict[str, str]:
    """The highest level of each object's events, by key, of those that the run has or has lost."""
    levels: dict[str, str] = {}
    updates = [
        *(change.update for change in added.changes),
        *(change.previous for change in added.changes if change.previous is not None),
        *(event.latest for event in added.gone),
    ]
    for update in updates:
        own = rules.level(update)
        for tracked in (update.primary, update.secondary):
            levels[tracked.key] = max(own, levels.get(tracked.key, ""), key=LEVELS.index)
    return levels


def _alive_is_due(store: Store, fleet: Fleet, now: Time) -> bool:
    hours, last = fleet.notify.alive_hours, store.note(note_key(fleet, LAST_ALIVE))
    return hours > 0.0 and (last is None or now - Time.from_iso(last) >= hours * 3600.0 - _SLACK_S)


def _alive(fleet: Fleet, result: ConjunctionResult, events: tuple[Event, ...], now: Time) -> Message:
    catalogue = result.provenance["catalogue"]
    text = f"Catalogue of {count(catalogue['objects'], 'object')}, newest element set of {catalogue['last_epoch_utc']}."
    days = result.inputs.duration_s / SECONDS_PER_DAY
    return alive(events, days, text, fleet.notify.alive_hours, now)


def _spacecraft(result: ConjunctionResult) -> Catalog:
    rows, catalog = result.inputs.primaries, result.inputs.catalog
    own = catalog[[]] if rows is None else catalog[rows]
    return own[own.norad_id > 0]


def _keep(fleet: Fleet, earlier: Any, history: Any) -> tuple[str, ...]:
    """Write the caches; a failure costs the next cycle time, no result."""
    problems = []
    for write, value, suffix in (
        (write_earlier, earlier, ".screening.npz"),
        (write_history, history, ".sets.npz"),
    ):
        try:
            if value is not None:
                write(_beside(fleet, suffix), value)
        except RunError as error:
            problems.append(f"{error}; the next cycle takes longer for it")
    return tuple(problems)


def _beside(fleet: Fleet, suffix: str) -> Path:
    return fleet.store.with_name(f"{fleet.store.name}.{fleet.identity}{suffix}")


def note_key(fleet: Fleet, name: str) -> str:
    """The key of a note of a fleet in the store."""
    return f"watch:{fleet.identity}:{name}"


@contextmanager
def _opened(fleet: Fleet) -> Iterator[Store]:
    """The store, for the only cycle of the fleet. RunError at once if another one runs, or if writing fails."""
    from filelock import FileLock, Timeout

    path = _beside(fleet, ".lock")
    try:
        if fleet.watch.store is None:
            path.parent.mkdir(parents=True, exist_ok=True)
        # FileLock would wait for a lock file that writing fails to make.
        if path.parent.is_dir():
            path.touch()
            lock = FileLock(path, timeout=0)
            lock.acquire()
    except Timeout:
        raise RunError(f"{fleet.store}: another watch of this fleet is working on it") from None
    except OSError as error:
        raise unwritable(path, error) from error
    if not path.parent.is_dir():
        raise InputError(f"{fleet.store}: its folder does not exist")
    try:
        with Store.open(fleet.store) as store:
            yield store
    finally:
        lock.release()
