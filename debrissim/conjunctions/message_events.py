"""Conjunctions of messages: read and assessed; and the empty inputs of a run that has only messages."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import numpy as np

from debrissim.catalog import Catalog
from debrissim.cdm import Conjunction, read_cdm
from debrissim.cdm.assess import CdmAssessment, assess_cdms
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import split_julian_date
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.colocation import CoLocated
from debrissim.screening.encounters import Encounters
from debrissim.screening.existence import Existence
from debrissim.screening.screen import ScreeningResult

_DTYPES: dict[str, Any] = {
    "norad_id": np.int64,
    "object_kind": np.int8,
    "rcs_size": np.int8,
    "synthetic": np.bool_,
    **dict.fromkeys(("name", "international_designator", "parent_event"), np.str_),
}


@dataclass(frozen=True, eq=False)
class MessageEvent:
    """A conjunction of a message, and the scenario's hard-body radius for it (m), None to use the message's."""

    conjunction: Conjunction
    hard_body_radius_m: float | None


def read_message_events(scenario: Scenario) -> tuple[MessageEvent, ...]:
    """The conjunctions of the scenario's messages.

    Raises InputError, naming the file, for a message that cannot be read.
    """
    return tuple(
        # As written, so that results do not depend on where the scenario file lies.
        MessageEvent(replace(conjunction, source=str(event.file)), event.hard_body_radius_m)
        for event in scenario.events
        for conjunction in read_cdm(scenario.located(event.file))
    )


def assess_message_events(events: tuple[MessageEvent, ...]) -> tuple[CdmAssessment, ...]:
    """Assess each event by all methods of collision probability."""
    return tuple(
        report
        for event in events
        for report in assess_cdms([event.conjunction], hard_body_radius_m=event.hard_body_radius_m)
    )


def message_only_inputs(scenario: Scenario, events: tuple[MessageEvent, ...]) -> RunInputs:
    """The inputs of a run without a catalogue: its span starts at the first TCA unless the scenario states a start."""
    start = scenario.span.start
    jd, fraction = (
        split_julian_date(start)
        if isinstance(start, datetime)
        else min((event.conjunction.tca_jd, event.conjunction.tca_fraction) for event in events)
    )
    empty = {f.name: np.empty(0, dtype=_DTYPES.get(f.name, np.float64)) for f in fields(Catalog)}
    return RunInputs(
        catalog=Catalog(**empty),
        size_is_default=np.empty(0, dtype=np.bool_),
        mass_is_default=np.empty(0, dtype=np.bool_),
        primaries=np.empty(0, dtype=np.int64),
        primary_origin=(),
        start_jd=jd,
        start_fraction=fraction,
        duration_s=scenario.span.duration_days * SECONDS_PER_DAY,
        volumes=(),
    )


def empty_screening() -> ScreeningResult:
    """The outcome of a screening of no objects."""
    rows = np.empty(0, dtype=np.int64)
    numbers, states = np.empty(0), np.empty((0, 6))
    return ScreeningResult(
        encounters=Encounters(
            primary=rows,
            secondary=rows,
            primary_norad_id=rows,
            secondary_norad_id=rows,
            tca_s=numbers,
            miss_distance_km=numbers,
            relative_position_rtn_km=states[:, :3],
            relative_velocity_rtn_km_s=states[:, 3:],
            relative_speed_km_s=numbers,
            primary_state=states,
            secondary_state=states,
            primary_age_days=numbers,
            secondary_age_days=numbers,
            status=np.empty(0, dtype=np.int8),
            entry_s=numbers,
            exit_s=numbers,
            inside_at_tca=np.empty(0, dtype=np.bool_),
            inside=np.empty((0, 0), dtype=np.bool_),
        ),
        existence=Existence(
            begin_status=np.empty(0, dtype=np.int8),
            begin_s=numbers,
            status=np.empty(0, dtype=np.int8),
            failure_s=numbers,
        ),
        co_located=CoLocated(rows, rows, numbers, numbers, numbers, np.empty(0, dtype=np.bool_)),
        searched_count=0,
        candidate_count=0,
        uncovered_s=numbers,
    )
