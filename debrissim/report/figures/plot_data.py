"""What the figures of a run show, as arrays: `report.figures` draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.report.figures.top_event import TopEvent
from debrissim.report.figures.volume_view import VolumeOutline


@dataclass(frozen=True, eq=False)
class PlaneData:
    """One event in its encounter plane; see `draw_encounter_plane` for units."""

    label: str
    miss_km: Array
    covariance_km2: Array
    hard_body_radius_km: float
    probability: float
    maximum_probability: float


@dataclass(frozen=True, eq=False)
class TrackData:
    """One event's relative motion: time_s (k,) s from TCA, relative_rtn_km (k, 3) km in the primary's RTN."""

    label: str
    time_s: Array
    relative_rtn_km: Array


@dataclass(frozen=True, eq=False)
class PlotData:
    """What the figures show. The columns have one row per event, m of them.

    tca_days: days since start_label; miss_distance_km; relative_speed_km_s; azimuth_deg from ahead, +90 to
    starboard, NaN where there is none; probability and maximum_probability, NaN where there is none;
    diluted: in the dilution region; object_kind: `ObjectKind` of the secondary; latitude_deg, altitude_km: geodetic, of
    the primary at TCA; secondary_age_days; relative_rtn_km (m, 3): secondary minus primary, km. volumes: those of the
    screening. planes and tracks: the top
    events, most probable first; top: the most probable of all, with its curves. altitude_edges_km (bins + 1,)
    with density_per_km3 (bins,) per kind, 1/km^3; band_km: the primary's perigee and apogee altitude.
    synthetic: any object is not a real one; partly_synthetic: and any other is.
    """

    title: str
    primary_name: str
    start_label: str
    span_days: float
    catalog_label: str
    covariance_label: str
    synthetic: bool
    yellow: float
    red: float
    tca_days: Array
    miss_distance_km: Array
    relative_speed_km_s: Array
    azimuth_deg: Array
    probability: Array
    maximum_probability: Array
    diluted: NDArray[np.bool_]
    object_kind: NDArray[np.int8]
    latitude_deg: Array
    altitude_km: Array
    secondary_age_days: Array
    relative_rtn_km: Array
    volumes: tuple[VolumeOutline, ...]
    altitude_edges_km: Array
    density_per_km3: Mapping[ObjectKind, Array]
    band_km: tuple[float, float] | None = None
    planes: tuple[PlaneData, ...] = field(default=())
    tracks: tuple[TrackData, ...] = field(default=())
    top: TopEvent | None = None
    partly_synthetic: bool = False

    def __post_init__(self) -> None:
        m = len(self.tca_days)
        columns = (
            "miss_distance_km", "relative_speed_km_s", "azimuth_deg", "probability", "maximum_probability",
            "diluted", "object_kind", "latitude_deg", "altitude_km", "secondary_age_days",
        )  # fmt: skip
        for name in columns:
            shape = getattr(self, name).shape
            if shape != (m,):
                raise InputError(f"PlotData column {name!r}: expected shape ({m},) as tca_days, got {shape}")
        if self.relative_rtn_km.shape != (m, 3):
            got = self.relative_rtn_km.shape
            raise InputError(f"PlotData column 'relative_rtn_km': expected shape ({m}, 3), got {got}")
