"""Encounters: the close approaches found by screening, one row per local minimum of distance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.identifiers import identifier
from debrissim.core.rows import Rows


class EncounterStatus(IntEnum):
    """Reason for a row of the table."""

    MINIMUM = 0
    """A local minimum of distance inside the span."""
    SPAN_START = 1
    """The pair is near the volume and receding when the span, or the existence of an object, starts: the true TCA lies
    before it."""
    SPAN_END = 2
    """The pair is near the volume and closing when the span, or the existence of an object, ends."""
    SWITCH = 3
    """The closest approach falls on the moment at which an object changes from one arc to the next, where its
    trajectory jumps: the distance is that of one side."""

    @property
    def label(self) -> str:
        """The name as tables show it."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, eq=False)
class Encounters(Rows):
    """m close approaches, ordered by TCA, then primary, then secondary.

    | column                     | dtype   | shape  | unit, frame                                               |
    |----------------------------|---------|--------|-----------------------------------------------------------|
    | primary, secondary         | int64   | (m,)   | rows of the Catalog that was screened                     |
    | primary_norad_id, secondary_norad_id | int64 | (m,) |                                                       |
    | tca_s                      | float64 | (m,)   | s since the start of the span                             |
    | miss_distance_km           | float64 | (m,)   | km, |secondary - primary| at TCA, from SGP4               |
    | relative_position_rtn_km   | float64 | (m, 3) | km, secondary minus primary, in the primary's RTN         |
    | relative_velocity_rtn_km_s | float64 | (m, 3) | km/s, as the position (inertial velocities, axes frozen)  |
    | relative_speed_km_s        | float64 | (m,)   | km/s                                                      |
    | primary_state, secondary_state | float64 | (m, 6) | km, km/s, TEME of date at TCA                         |
    | primary_age_days, secondary_age_days | float64 | (m,) | days from element-set epoch to TCA (negative: before) |
    | status                     | int8    | (m,)   | `EncounterStatus`                                         |
    | entry_s, exit_s            | float64 | (m,)   | s since the start of the span: the stay inside the volumes, of |
    |                            |         |        | any of them; NaN where it reaches to the first or last moment |
    |                            |         |        | of the pair (`debrissim.screening.stays`)                 |
    | inside_at_tca              | bool    | (m,)   | inside a volume at TCA                                    |
    | inside                     | bool    | (m, v) | in which of the v volumes, at the moments that count      |
    """

    _labels = MappingProxyType({"status": EncounterStatus})
    _texts = MappingProxyType({"primary_norad_id": identifier, "secondary_norad_id": identifier})
    _shown = (
        "primary_norad_id",
        "secondary_norad_id",
        "tca_s",
        "miss_distance_km",
        "relative_speed_km_s",
        "status",
    )

    primary: NDArray[np.int64]
    secondary: NDArray[np.int64]
    primary_norad_id: NDArray[np.int64]
    secondary_norad_id: NDArray[np.int64]
    tca_s: NDArray[np.float64]
    miss_distance_km: NDArray[np.float64]
    relative_position_rtn_km: NDArray[np.float64]
    relative_velocity_rtn_km_s: NDArray[np.float64]
    relative_speed_km_s: NDArray[np.float64]
    primary_state: NDArray[np.float64]
    secondary_state: NDArray[np.float64]
    primary_age_days: NDArray[np.float64]
    secondary_age_days: NDArray[np.float64]
    status: NDArray[np.int8]
    entry_s: NDArray[np.float64]
    exit_s: NDArray[np.float64]
    inside_at_tca: NDArray[np.bool_]
    inside: NDArray[np.bool_]
