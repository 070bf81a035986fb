"""The pairs whose approaches an earlier screening settles: see `debrissim.screening.rescreen`, which proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Self

import numpy as np
import scipy

from debrissim.catalog.ages import days_since
from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.colocation import STATION_FACTOR, CoLocationRule
from debrissim.screening.docked import docked_complexes
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.screen import ScreeningResult, ScreeningSettings
from debrissim.screening.volumes import Membership, ScreeningVolume
from debrissim.screening.window_search import digest

GUARD_S = 600.0
"""Approaches and stays closer than this to an edge of a span may depend on it."""

SLOW_KM_S = 0.2
"""Slower pairs stay close together for a long time: their approaches depend on the span's edges."""

ELEMENTS = (
    "epoch_jd", "epoch_fraction", "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg",
    "arg_perigee_deg", "mean_anomaly_deg", "bstar", "mean_motion_dot", "mean_motion_ddot",
)  # fmt: skip
"""The columns of a catalogue that make up an element set."""


@dataclass(frozen=True, eq=False)
class Earlier:
    """The part of a finished screening that the next one needs.

    key: digest of everything except the catalogue and the span (`search_key`). norad_id: (n,); elements: (n, 11), the
    columns `ELEMENTS`; free: (n,), whether the object existed over the whole span and, the primaries aside, was neither
    docked nor co-located. start_jd, start_fraction: UTC; duration_s: s. encounters: by rows of that catalogue.
    """

    key: str
    norad_id: Index
    elements: Array
    free: Mask
    start_jd: float
    start_fraction: float
    duration_s: float
    encounters: Encounters

    @classmethod
    def of(
        cls,
        key: str,
        catalog: Catalog,
        primaries: Index,
        start: tuple[float, float],
        duration_s: float,
        result: ScreeningResult,
    ) -> Self:
        """Make the record of a screening of primaries (rows) against a catalogue."""
        alone = docked_complexes(catalog) == 0
        alone[result.co_located.first] = alone[result.co_located.second] = False
        alone[primaries] = True
        free = alone & (result.object_status == 0) & (catalog.norad_id > 0)
        return cls(key, catalog.norad_id, elements_of(catalog), free, *start, duration_s, result.encounters)

    def shift_s(self, start_jd: float, start_fraction: float) -> float:
        """Seconds from the start of this span to the start of another."""
        return ((start_jd - self.start_jd) + (start_fraction - self.start_fraction)) * SECONDS_PER_DAY


def elements_of(catalog: Catalog) -> Array:
    """(n, 11) the columns `ELEMENTS`."""
    return np.stack([getattr(catalog, name) for name in ELEMENTS], axis=1).astype(np.float64)


def search_key(
    catalog: Catalog,
    primaries: Index,
    volumes: Sequence[ScreeningVolume],
    volumes_of: Mask | None,
    membership: Membership,
    rule: CoLocationRule,
    settings: ScreeningSettings,
) -> str:
    """A digest of everything that determines the approaches of a pair, except its element sets and the span."""
    return digest(
        (
            version("debrissim"), catalog.norad_id[primaries].tolist(),
            [(v.name, v.half_widths_km, v.shape) for v in volumes],
            [] if volumes_of is None else volumes_of.tolist(), membership.value, rule, settings.max_age_days,
        )
    )  # fmt: skip


def settled_objects(
    earlier: Earlier,
    catalog: Catalog,
    primaries: Index,
    start: tuple[float, float],
    duration_s: float,
    rule: CoLocationRule,
    max_age_days: float,
) -> tuple[Mask, Encounters]:
    """The objects (n,) for which every pair with another such object is settled, and their known encounters.

    Changes of primaries do not prevent another object from being settled, except in pairs of two primaries, which are
    never settled. The encounters have rows of this catalogue and times of its span.
    """
    order = np.argsort(earlier.norad_id, kind="stable")
    place = np.clip(np.searchsorted(earlier.norad_id, catalog.norad_id, sorter=order), 0, order.size - 1)
    row_before = order[place] if order.size else np.zeros(len(catalog), dtype=np.int64)
    is_primary = np.zeros(len(catalog), dtype=np.bool_)
    is_primary[primaries] = True
    settled = (
        (earlier.norad_id[row_before] == catalog.norad_id)
        & (elements_of(catalog) == earlier.elements[row_before]).all(axis=1)
        & earlier.free[row_before]
        & (is_primary | (docked_complexes(catalog) == 0))
        & (np.abs(days_since(catalog, *start)) <= max_age_days)
    )
    shift_s = earlier.shift_s(*start)
    if shift_s > 0.0 and rule.enabled:
        settled[_near_primaries(catalog, primaries, start, rule) & ~is_primary] = False
    row_now = np.full(len(earlier.norad_id), -1, dtype=np.int64)
    row_now[row_before[settled]] = np.flatnonzero(settled)
    old = earlier.encounters
    old = replace(old, primary=row_now[old.primary], secondary=row_now[old.secondary])
    old = old[(old.primary >= 0) & (old.secondary >= 0)]
    old = replace(old, tca_s=old.tca_s - shift_s, entry_s=old.entry_s - shift_s, exit_s=old.exit_s - shift_s)
    until_s = earlier.duration_s - shift_s
    edge = np.zeros(len(old), dtype=np.bool_)
    if shift_s > 0.0:
        edge |= touches_edge(old, 0.0)
    if until_s < duration_s:
        edge |= touches_edge(old, until_s)
    settled[old.secondary[edge & ~is_primary[old.secondary]]] = False
    kept = settled[old.secondary] & settled[old.primary] & (old.tca_s >= 0.0)
    return settled, old[kept]


def touches_edge(encounters: Encounters, edge_s: float) -> Mask:
    """(m,) whether an approach may depend on an edge of a span at that moment."""
    first = np.fmin(encounters.entry_s, encounters.tca_s) - GUARD_S
    last = np.fmax(encounters.exit_s, encounters.tca_s) + GUARD_S
    # NaN if the stay extends to the first or last moment, which is then the edge.
    open_ended = np.isnan(encounters.entry_s) | np.isnan(encounters.exit_s)
    slow = encounters.relative_speed_km_s < SLOW_KM_S
    at_boundary = encounters.status != EncounterStatus.MINIMUM
    return np.asarray(((first <= edge_s) & (last >= edge_s)) | open_ended | slow | at_boundary)


def _near_primaries(
    catalog: Catalog, primaries: Index, start: tuple[float, float], rule: CoLocationRule
) -> Mask:
    """(n,) objects near enough to a primary at the start to be called co-located, by the widest limit."""
    codes, positions, _ = make_propagator(catalog, *start).states(np.arange(len(catalog)), [0.0])
    # An element set can pass SGP4's own checks and still give no numbers.
    flies = (codes[:, 0] == 0) & np.isfinite(positions[:, 0]).all(axis=1)
    near: Mask = np.logical_not(flies)
    good, centres = np.flatnonzero(flies), primaries[flies[primaries]]
    if not centres.size:
        return near
    found = scipy.spatial.cKDTree(positions[good, 0]).query_ball_point(
        positions[centres, 0], STATION_FACTOR * rule.start_separation_km
    )
    for centre, rows in zip(centres.tolist(), found, strict=True):
        own = good[rows]
        near[own[own != centre]] = True
    return near
