"""Approaches: the pairs and moments that the narrow phase finds, merged into one list and turned into `Encounters`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import identifier_order
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.propagation import frames
from debrissim.propagation.element_ages import age_days
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.colocation import pair_key
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.volumes import Membership, ScreeningVolume

if TYPE_CHECKING:
    from debrissim.screening.stays import Stays

FALLBACK = -1
"""Status of an approach that counts (as SPAN_START) only if its pair has no other."""

# Two minima of one pair are never this close in time; the errors of a slow pair's flat minimum may be.
_SAME_MINIMUM_S = 1.0
# Rows of the table made at a time: the intermediate arrays are then small compared with the table.
_ROWS_PER_BATCH = 100_000


@dataclass(frozen=True, eq=False)
class Approaches(Rows):
    """m pairs, each at one moment.

    | column        | shape | unit                             |
    |---------------|-------|----------------------------------|
    | first, second | (m,)  | rows of the catalogue            |
    | time_s        | (m,)  | s since the start of the span    |
    | status        | (m,)  | `EncounterStatus`, or `FALLBACK` |
    """

    first: Index
    second: Index
    time_s: Array
    status: NDArray[np.int8]


def merge_approaches(parts: Sequence[Approaches], excluded_keys: Index) -> Approaches:
    """All approaches once each, by pair and time, without excluded pairs (by `pair_key`) and unneeded fallbacks."""
    table = Approaches.concat(parts)
    key = pair_key(table.first, table.second)
    fallback = table.status == FALLBACK
    table = replace(
        table, status=np.where(fallback, EncounterStatus.SPAN_START, table.status).astype(np.int8)
    )
    table = table[~np.isin(key, excluded_keys) & ~(fallback & np.isin(key, key[~fallback]))]
    table = table[np.lexsort((table.time_s, table.second, table.first))]
    distinct = np.ones(len(table), dtype=bool)
    distinct[1:] = (
        (np.diff(table.first) != 0) | (np.diff(table.second) != 0) | (np.diff(table.time_s) > _SAME_MINIMUM_S)
    )
    return table[distinct]


def with_roles(approaches: Approaches, primaries: Index | None, object_count: int) -> Approaches:
    """The approaches with the primary of each pair first; a pair's rows keep their order.

    primaries: catalogue rows (p,), or None if every object is a primary. The first of a pair that is listed there
    becomes the primary of the encounter; without a list, the object with the lower row.
    """
    if primaries is None:
        return approaches
    first, second = approaches.first, approaches.second
    rank = np.full(object_count, object_count, dtype=np.int64)
    rank[primaries] = np.arange(primaries.size)
    swap = rank[second] < rank[first]
    return replace(approaches, first=np.where(swap, second, first), second=np.where(swap, first, second))


def allowed_volumes(
    primary: Index, listed: Index | None, volumes: Sequence[ScreeningVolume], volumes_of: Mask | None
) -> Mask:
    """(m, v) the volumes that apply to approaches of these primaries."""
    if volumes_of is None or listed is None:
        return np.ones((primary.size, len(volumes)), dtype=bool)
    order = np.argsort(listed)
    return np.asarray(volumes_of[order[np.searchsorted(listed, primary, sorter=order)]])


def encounter_table(
    catalog: Catalog,
    propagator: Propagator,
    approaches: Approaches,
    stays: Stays,
    volumes: Sequence[ScreeningVolume],
    membership: Membership,
    allowed: Mask,
) -> Encounters:
    """The encounters inside at least one volume, ordered by TCA, then primary, then secondary.

    stays: of the approaches (m,); allowed: (m, v), the volumes that count for each.
    """
    order = np.empty(len(catalog), dtype=np.int64)
    order[identifier_order(catalog.norad_id)] = np.arange(len(catalog))
    rows = np.lexsort((order[approaches.second], order[approaches.first], approaches.time_s))
    rows = rows[stays.near[rows]]
    batches = [rows[k : k + _ROWS_PER_BATCH] for k in range(0, max(rows.size, 1), _ROWS_PER_BATCH)]
    return Encounters.concat(
        [
            _encounters(
                catalog, propagator, approaches[batch], stays[batch], volumes, membership, allowed[batch]
            )
            for batch in batches
        ]
    )


def _encounters(
    catalog: Catalog,
    propagator: Propagator,
    approaches: Approaches,
    stays: Stays,
    volumes: Sequence[ScreeningVolume],
    membership: Membership,
    allowed: Mask,
) -> Encounters:
    """Encounters with the states of SGP4 at TCA, in the given order, only those inside a volume."""
    first, second, time = approaches.first, approaches.second, approaches.time_s
    _, position_a, velocity_a = propagator.states_along(first, time[:, None])
    _, position_b, velocity_b = propagator.states_along(second, time[:, None])
    position_a, velocity_a = position_a[:, 0], velocity_a[:, 0]
    position_b, velocity_b = position_b[:, 0], velocity_b[:, 0]
    basis = frames.rtn_basis(position_a, velocity_a)
    relative_position = frames.rotate(basis, position_b - position_a)
    relative_velocity = frames.rotate(basis, velocity_b - velocity_a)
    at_tca = np.stack([volume.contains(relative_position) for volume in volumes], axis=1) & allowed
    inside_at_tca = np.asarray(at_tca.any(axis=1))
    start = propagator.start_jd, propagator.start_fraction
    # A pair that grazes a volume at its closest point: its stay is shorter than rounding.
    instant = inside_at_tca & ~stays.inside.any(axis=1)
    table = Encounters(
        primary=first,
        secondary=second,
        primary_norad_id=catalog.norad_id[first],
        secondary_norad_id=catalog.norad_id[second],
        tca_s=time,
        miss_distance_km=np.linalg.norm(position_b - position_a, axis=1),
        relative_position_rtn_km=relative_position,
        relative_velocity_rtn_km_s=relative_velocity,
        relative_speed_km_s=np.linalg.norm(velocity_b - velocity_a, axis=1),
        primary_state=np.concatenate([position_a, velocity_a], axis=1),
        secondary_state=np.concatenate([position_b, velocity_b], axis=1),
        primary_age_days=age_days(catalog, first, *start, time),
        secondary_age_days=age_days(catalog, second, *start, time),
        status=approaches.status,
        entry_s=np.where(instant, time, stays.entry_s),
        exit_s=np.where(instant, time, stays.exit_s),
        inside_at_tca=inside_at_tca,
        inside=at_tca if membership == Membership.TCA else at_tca | stays.inside,
    )
    return table[table.inside.any(axis=1)]
