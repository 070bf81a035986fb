"""Events in words: the answer, its range, and how it was obtained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debrissim.core.numbers import (
    NOTHING,
    against_thresholds,
    count,
    duration,
    level_of,
    moment,
    one_in,
    probability,
    probability_range,
)
from debrissim.core.text import printable
from debrissim.core.time import Time
from debrissim.watch.event import Event, EventUpdate, RunRecord
from debrissim.watch.history import level_counts, pair_words, source_words
from debrissim.watch.queries import StoreReader

MODELLED = "the Pc of own runs is by models of the errors, not a warning"


@dataclass(frozen=True)
class Overview:
    """The events of a store at a moment, in words.

    answer, range, method: sentences, "" where there is nothing to say. level: "red", "yellow" or "", of the answer.
    """

    answer: str
    range: str
    method: str
    level: str


def most_probable_first(events: Sequence[Event]) -> list[Event]:
    """By latest Pc, then by the maximum Pc, then the closest; events without a Pc last."""

    def rank(event: Event) -> tuple[float, float, float]:
        latest = event.latest
        return (
            -1.0 if latest.probability is None else latest.probability,
            -1.0 if latest.maximum_probability is None else latest.maximum_probability,
            -latest.miss_distance_km,
        )

    return sorted(events, key=rank, reverse=True)


def level_name(value: float | None, yellow: float, red: float) -> str:
    """ "red", "yellow", "green", or "no Pc"."""
    return "no Pc" if value is None else level_of(value, yellow, red) or "green"


def when(tca: Time, now: Time | None) -> str:
    """ "in 2.3 days" or "5.1 h ago"; the moment itself without a `now`, for a page that is read later."""
    if now is None:
        return f"{moment(str(tca))} UTC"
    left = tca - now
    return f"in {duration(left)}" if left >= 0.0 else f"{duration(left)} ago"


def update_range(update: EventUpdate) -> str:
    """The range of an update's Pc in a sentence, "" if it has none."""
    if update.probability is None:
        if update.maximum_probability is None:
            return ""
        most = update.maximum_probability
        return f"whatever its errors, at most {one_in(most)}: maximum Pc {probability(most)}"
    low, high = update.probability_low, update.probability_high
    if low is None or high is None:
        return ""
    odds = one_in(low), one_in(high)
    numbers = f"Pc {probability(update.probability)} ({probability_range(low, high)})"
    if odds[0] == odds[1]:
        return f"over its errors also {odds[0]}: {numbers}"
    return f"range from {odds[0]} to {odds[1]} over its errors: {numbers}"


def range_text(update: EventUpdate) -> str:
    """The range of an update's Pc in numbers; a dash if it has none."""
    if update.probability_low is None or update.probability_high is None:
        return NOTHING
    return probability_range(update.probability_low, update.probability_high)


def event_answer(event: Event, now: Time | None, yellow: float, red: float) -> str:
    """The latest report of an event in a sentence."""
    latest = event.latest
    odds = (
        "the collision probability is not known"
        if latest.probability is None
        else f"{one_in(latest.probability)} to collide"
    )
    place = "" if latest.probability is None else f", {against_thresholds(latest.probability, yellow, red)}"
    return f"{pair_words(event)}: {odds}, {when(latest.tca, now)}{place}"


def event_method(event: Event) -> str:
    """Where the latest report of an event comes from."""
    latest = event.latest
    method = (
        f"Pc by {latest.probability_method}, "
        if latest.probability_method and latest.probability is not None
        else ""
    )
    place = f" ({printable(latest.origin)})" if latest.origin else ""
    return (
        f"{method}from {source_words(latest.source)}{place}, made {moment(str(latest.reported))} UTC; "
        f"{count(event.update_count, 'report')} since {moment(str(event.first_reported))} UTC"
    )


def overview(
    store: StoreReader,
    events: Sequence[Event],
    now: Time,
    yellow: float,
    red: float,
    *,
    relative: bool = True,
) -> Overview:
    """The state of events, those of the store that are ahead or all of them, in words.

    relative: TCA is given as the remaining time.
    """
    runs = store.runs()
    if not events:
        return Overview(f"No event ahead of {moment(str(now))} UTC", "", _examined(runs, store), "")
    worst = most_probable_first(events)[0]
    counts = level_counts(events, yellow, red)
    return Overview(
        f"{event_answer(worst, now if relative else None, yellow, red)}; {count(len(events), 'event')}: {counts}",
        update_range(worst.latest),
        _examined(runs, store),
        level_of(worst.latest.probability, yellow, red),
    )


def _examined(runs: Sequence[RunRecord], store: StoreReader) -> str:
    """The runs and spacecraft behind the events, so that "nothing found" states where the search was made."""
    if not runs:
        return _messages_alone(store.events())
    newest = runs[0]
    craft = sorted({one.label for one in newest.spacecraft})
    names = (
        ", ".join(map(printable, craft))
        if 0 < len(craft) <= 3
        else count(len(craft), "spacecraft", "spacecraft")
    )
    subject = names if craft else "all objects against each other"
    whole = "" if newest.complete else "; parts of that span could not be screened"
    span = f"{moment(str(newest.start))} to {moment(str(newest.end))} UTC"
    return (
        f"from {count(len(runs), 'run')}; the newest, {printable(newest.title)}, of data of "
        f"{moment(str(newest.made))} UTC: {subject}, {span}{whole}; {MODELLED}"
    )


def _messages_alone(events: Sequence[Event]) -> str:
    if not events:
        return "nothing was recorded: no run, no message"
    reports = sum(event.update_count for event in events)
    sources = sorted({source_words(event.latest.source) for event in events})
    names = ", ".join(sources) if len(sources) <= 3 else count(len(sources), "source")
    return f"from {count(reports, 'report')} by {names}; no run of this program was recorded"
