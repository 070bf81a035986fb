"""Whether a run examined the pair of an event at its time, and if not, why not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.core.time import Time
from debrissim.watch.batches import tracked_object
from debrissim.watch.event import Event
from debrissim.watch.messages import label


def examined_by(result: ConjunctionResult) -> Callable[[Event], str]:
    """A function that returns "" for an event whose pair a run examined at its TCA, otherwise the reason.

    result: of `conjunctions.run`, with its arrays.
    """
    inputs, screened = result.inputs, result.screening
    rows = {
        tracked_object(number, name).key: row
        for row, (number, name) in enumerate(
            zip(inputs.catalog.norad_id.tolist(), inputs.catalog.name.tolist(), strict=True)
        )
    }
    primaries = (
        set(range(len(inputs.catalog))) if inputs.primaries is None else set(inputs.primaries.tolist())
    )
    begin_s, end_s = screened.existence.span(inputs.duration_s)
    start = Time(inputs.start_jd, inputs.start_fraction)
    together = {
        frozenset(pair)
        for pair in zip(screened.co_located.first.tolist(), screened.co_located.second.tolist(), strict=True)
    }

    def reason(event: Event) -> str:
        pair = [rows.get(tracked.key) for tracked in (event.first, event.second)]
        for tracked, row in zip((event.first, event.second), pair, strict=True):
            if row is None:
                return f"{label(tracked)} is not in the catalogue"
            moment_s = event.latest.tca - start
            if not begin_s[row] <= moment_s <= end_s[row] or np.isnan(moment_s):
                return f"{label(tracked)}: {screened.existence.reason(row)}"
        if not primaries.intersection(row for row in pair if row is not None):
            return "neither object is a spacecraft of the fleet any longer"
        if frozenset(pair) in together:
            return "the two fly together, docked or in formation"
        return ""

    return reason
