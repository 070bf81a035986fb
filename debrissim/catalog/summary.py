"""Summary of a catalogue in a few numbers, for `debrissim catalog info` and a results file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.ages import catalog_epoch, days_since
from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.core.errors import InputError

PERCENTILES = (0, 5, 25, 50, 75, 95, 100)


@dataclass(frozen=True)
class CatalogSummary:
    """Result of `summarize_catalog`.

    `element_set_count` counts rows, `object_count` distinct objects. `by_kind` has every kind's label, also
    at zero; `by_parent_event` the labelled breakups, most fragments first. The altitudes map percentiles to
    km. Epochs are UTC as (jd, fraction). `stale_count` counts element sets older than `stale_after_days` at
    `epoch`, `future_count` those after it. `known_size_count` counts rows with a hard-body radius.
    """

    element_set_count: int
    object_count: int
    by_kind: Mapping[str, int]
    by_parent_event: Mapping[str, int]
    perigee_altitude_km: Mapping[int, float]
    apogee_altitude_km: Mapping[int, float]
    first_epoch: tuple[float, float]
    last_epoch: tuple[float, float]
    epoch: tuple[float, float]
    stale_after_days: float
    stale_count: int
    future_count: int
    synthetic_count: int
    known_size_count: int


def summarize_catalog(catalog: Catalog, stale_after_days: float = 10.0) -> CatalogSummary:
    """Count objects per kind and breakup, and summarize altitudes and ages of the element sets.

    Parameters
    ----------
    catalog : Catalog
        At least one element set.
    stale_after_days : float
        Element sets older than this at `catalog_epoch` are counted as stale, days.

    Raises
    ------
    InputError
        For an empty catalogue.
    """
    if len(catalog) == 0:
        raise InputError("summarize_catalog: expected at least one element set, got an empty catalogue")
    epoch = catalog_epoch(catalog)
    since = days_since(catalog, *epoch)
    in_time = np.lexsort((catalog.epoch_fraction, catalog.epoch_jd))
    events = Counter(catalog.parent_event[catalog.parent_event != ""].tolist())
    return CatalogSummary(
        element_set_count=len(catalog),
        object_count=int(np.unique(catalog.norad_id).size),
        by_kind={kind.label: int(np.count_nonzero(catalog.object_kind == kind)) for kind in ObjectKind},
        by_parent_event=dict(sorted(events.items(), key=lambda item: (-item[1], item[0]))),
        perigee_altitude_km=_percentiles(catalog.perigee_altitude_km),
        apogee_altitude_km=_percentiles(catalog.apogee_altitude_km),
        first_epoch=_epoch_of(catalog, int(in_time[0])),
        last_epoch=_epoch_of(catalog, int(in_time[-1])),
        epoch=epoch,
        stale_after_days=stale_after_days,
        stale_count=int(np.count_nonzero(since < -stale_after_days)),
        future_count=int(np.count_nonzero(since > 0.0)),
        synthetic_count=int(np.count_nonzero(catalog.synthetic)),
        known_size_count=int(np.count_nonzero(~np.isnan(catalog.hard_body_radius_m))),
    )


def _percentiles(values: NDArray[np.float64]) -> dict[int, float]:
    return dict(zip(PERCENTILES, np.percentile(values, PERCENTILES).tolist(), strict=True))


def _epoch_of(catalog: Catalog, row: int) -> tuple[float, float]:
    return float(catalog.epoch_jd[row]), float(catalog.epoch_fraction[row])
