"""The history of an event as arrays for figures, pages and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import RED_PROBABILITY, SECONDS_PER_DAY, YELLOW_PROBABILITY
from debrissim.core.numbers import count, level_of
from debrissim.report.event_views import MAX_PANELS, EventsView, HistoryView
from debrissim.watch.event import OWN_SOURCE, Event, EventUpdate, TrackedObject
from debrissim.watch.queries import StoreReader
from debrissim.watch.sigmas import miss_sigma_km


def thresholds(store: StoreReader) -> tuple[float, float]:
    """The yellow and the red threshold of Pc: those of the newest run, or NASA's if there is none."""
    for run in store.runs(limit=1):
        return run.yellow, run.red
    return YELLOW_PROBABILITY, RED_PROBABILITY


def pair_words(event: Event) -> str:
    """Both objects in words, the primary of the latest update first."""
    return f"{event.latest.primary.label} and {event.latest.secondary.label}"


def source_words(source: str) -> str:
    """The source of an update in words, printable."""
    return "own runs" if source == OWN_SOURCE else TrackedObject(source).label


def level_counts(events: Sequence[Event], yellow: float, red: float) -> str:
    """ "1 red, 2 yellow, 4 green, 1 without Pc", leaving out those without any."""
    levels = [
        "without Pc"
        if event.latest.probability is None
        else level_of(event.latest.probability, yellow, red) or "green"
        for event in events
    ]
    found = [
        f"{levels.count(level)} {level}"
        for level in ("red", "yellow", "green", "without Pc")
        if level in levels
    ]
    return ", ".join(found) or "none"


def history_view(event: Event, updates: Sequence[EventUpdate], yellow: float, red: float) -> HistoryView:
    """The history of an event for its figure. updates: as `Store.history` gives them."""
    latest = event.latest

    def column(values: Iterable[float | None]) -> Array:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    return HistoryView(
        number=event.number,
        pair=pair_words(event),
        tca_utc=str(latest.tca),
        yellow=yellow,
        red=red,
        days_to_tca=column((latest.tca - update.reported) / SECONDS_PER_DAY for update in updates),
        probability=column(update.probability for update in updates),
        probability_low=column(update.probability_low for update in updates),
        probability_high=column(update.probability_high for update in updates),
        maximum_probability=column(update.maximum_probability for update in updates),
        miss_distance_km=column(update.miss_distance_km for update in updates),
        miss_sigma_km=column(map(miss_sigma_km, updates)),
        tca_shift_s=column(update.tca - latest.tca for update in updates),
        diluted=np.array([bool(update.dilution) for update in updates], dtype=np.bool_),
        sources=tuple(source_words(update.source) for update in updates),
    )


def event_view(store: StoreReader, number: int) -> HistoryView:
    """The history of the event with that number. Raises InputError if there is none."""
    return history_view(store.event(number), store.history(number), *thresholds(store))


def events_view(store: StoreReader, events: Sequence[Event]) -> EventsView:
    """The histories of the first events, as many as a figure has panels."""
    yellow, red = thresholds(store)
    shown = events[:MAX_PANELS]
    return EventsView(
        title=f"{count(len(events), 'event')} over the time left to TCA: {level_counts(events, yellow, red)}",
        histories=tuple(history_view(event, store.history(event), yellow, red) for event in shown),
        hidden=len(events) - len(shown),
    )
