"""The differences between a run of a watch and the earlier record: at most one per event, and those of objects.

An event is *gone* only if it was examined again: both objects were in the catalogue, followed at its time, and did not
come near each other. Otherwise it is *not examined*, with the reason, which does not mean that it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from debrissim.core.numbers import level_of
from debrissim.core.time import Time
from debrissim.watch.event import Added, Change, Event, EventUpdate
from debrissim.watch.sigmas import tca_sigma_s

LEVELS = ("", "yellow", "red")
"""The levels of an event by its Pc, the lowest first."""


class Kind(Enum):
    """The kind of a difference."""

    NEW = "new"
    RISEN = "risen"
    FALLEN = "fallen"
    TCA_MOVED = "TCA moved"
    AGAIN = "found again"
    GONE = "gone"
    NOT_EXAMINED = "not examined"
    MANOEUVRED = "manoeuvred"
    NOT_FOLLOWED = "not followed"


@dataclass(frozen=True)
class Difference:
    """One difference.

    key: its identity: reported again, it has the same. level: "red", "yellow" or "", the higher one of before and now.
    event, update, previous: None for a change of an object; update is None for an event that is gone. shift_s: of the
    TCA, s, None where it has not moved. subject: name and key of that object. detail: the reason or the size, in words.
    """

    key: str
    kind: Kind
    level: str
    event: Event | None = None
    update: EventUpdate | None = None
    previous: EventUpdate | None = None
    shift_s: float | None = None
    subject: tuple[str, str] | None = None
    detail: str = ""


@dataclass(frozen=True)
class Rules:
    """Thresholds: yellow and red of Pc; a TCA has moved if it differs by more than this many sigmas."""

    yellow: float
    red: float
    tolerance_sigmas: float

    def level(self, update: EventUpdate | None) -> str:
        """ "red", "yellow" or "" of an update; "" without one."""
        return "" if update is None else level_of(update.probability, self.yellow, self.red)


def event_differences(
    added: Added,
    run_key: str,
    rules: Rules,
    examined: Callable[[Event], str],
    was_known: Callable[[Change], bool] = lambda _: True,
) -> tuple[Difference, ...]:
    """The differences of a run in the order of its events' TCAs.

    Parameters
    ----------
    added : Added
        Outcome of adding the run to the store.
    run_key : str
        Its key.
    rules : Rules
        Thresholds.
    examined : callable
        Returns "" if the pair of an event was examined at its time, otherwise the reason.
    was_known : callable
        Whether the watch's run before this one had the event of a change that is not its first: otherwise it counts as
        found again.
    """
    found = [_of_change(change, run_key, rules, was_known) for change in added.changes]
    gone = (_of_gone(event, run_key, rules, examined(event)) for event in added.gone)
    return tuple(difference for difference in (*found, *gone) if difference is not None)


def _of_change(
    change: Change, run_key: str, rules: Rules, was_known: Callable[[Change], bool]
) -> Difference | None:
    update, previous = change.update, change.previous
    now, before = rules.level(update), rules.level(previous)
    shift_s = None if previous is None else tca_shift_s(update, previous, rules.tolerance_sigmas)
    if previous is None:
        kind = Kind.NEW
    elif not was_known(change):
        kind = Kind.AGAIN
    elif LEVELS.index(now) > LEVELS.index(before):
        kind = Kind.RISEN
    elif LEVELS.index(now) < LEVELS.index(before):
        kind = Kind.FALLEN
    elif shift_s is not None:
        kind = Kind.TCA_MOVED
    else:
        return None
    return Difference(
        key=f"{run_key[:16]}:{change.event.number}:{kind.value}",
        kind=kind,
        level=max(now, before, key=LEVELS.index),
        event=change.event,
        update=update,
        previous=previous,
        shift_s=shift_s,
    )


def _of_gone(event: Event, run_key: str, rules: Rules, reason: str) -> Difference:
    kind = Kind.NOT_EXAMINED if reason else Kind.GONE
    return Difference(
        key=f"{run_key[:16]}:{event.number}:{kind.value}",
        kind=kind,
        level=rules.level(event.latest),
        event=event,
        previous=event.latest,
        detail=reason,
    )


def tca_shift_s(update: EventUpdate, previous: EventUpdate, sigmas: float) -> float | None:
    """Shift of the TCA, s, if it is more than this many standard deviations of the earlier one; otherwise None.

    Without a covariance the error is not known, and the TCA has moved if it differs by more than a second.
    """
    shift = update.tca - previous.tca
    sigma = tca_sigma_s(previous)
    return shift if abs(shift) > (1.0 if sigma is None else sigmas * sigma) else None


def upcoming(events: Sequence[Event], now: Time, run_key: str) -> tuple[Event, ...]:
    """The events ahead that a run found, in their order."""
    return tuple(
        event for event in events if event.latest.tca >= now and event.latest.key.startswith(run_key + ":")
    )
