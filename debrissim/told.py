"""A run of messages alone: what takes the place of catalogue and screening where there is neither."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np

from debrissim.catalog import Catalog
from debrissim.prepare import Prepared
from debrissim.propagation.time import SECONDS_PER_DAY, split_julian_date
from debrissim.scenario import Scenario
from debrissim.screening.colocation import CoLocated
from debrissim.screening.encounters import Encounters
from debrissim.screening.screen import ScreeningResult

_WORDS = ("name", "international_designator", "parent_event")
_KINDS: dict[str, Any] = {
    "norad_id": np.int64,
    "object_kind": np.int8,
    "synthetic": np.bool_,
    **dict.fromkeys(_WORDS, np.str_),
}


def prepared_for_events(scenario: Scenario, first_tca: tuple[float, float]) -> Prepared:
    """An empty catalogue, no volume, and the scenario's span.

    first_tca: split Julian date (UTC), the start of the span unless the scenario says otherwise.
    """
    given = scenario.span.start
    start = split_julian_date(given) if isinstance(given, datetime) else first_tca
    nothing = {f.name: np.empty(0, dtype=_KINDS.get(f.name, np.float64)) for f in fields(Catalog)}
    return Prepared(
        catalog=Catalog(**nothing),
        size_is_default=np.empty(0, dtype=np.bool_),
        primaries=np.empty(0, dtype=np.int64),
        primary_origin=(),
        start_jd=start[0],
        start_fraction=start[1],
        duration_s=scenario.span.duration_days * SECONDS_PER_DAY,
        volumes=(),
        sources=(),
        rejected=(),
        superseded_count=0,
        filtered_count=0,
    )


def nothing_screened() -> ScreeningResult:
    """What a screening of no objects would find."""
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
        ),
        object_status=np.empty(0, dtype=np.int8),
        failure_s=numbers,
        co_located=CoLocated(rows, rows, numbers, numbers, numbers),
        sieved_count=0,
        candidate_count=0,
    )
