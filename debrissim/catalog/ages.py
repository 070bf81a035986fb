"""Ages of element sets: days from an instant, the newest set of each object, and the epoch of a catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import Origin, internal_numbers, origins, serials
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError

_EPOCH_PERCENTILE = 99.0


def latest_before(catalogs: Sequence[Catalog], start_jd: float, start_fraction: float) -> tuple[Catalog, int]:
    """Keep one element set per object: the newest at or before the start, else the nearest after it.

    An older set was made from observations before the start; a later one already contains later manoeuvres and drag.
    Of two sets of one epoch the later row is kept (a later file is taken as a correction). Objects that
    no catalogue has are never merged: see `with_own_numbers`.

    Parameters
    ----------
    catalogs : sequence of Catalog
        Any number of catalogues, at least one.
    start_jd, start_fraction : float
        The start, UTC, as a split Julian date.

    Returns
    -------
    catalog : Catalog
        The merged catalogue, rows in their first order.
    superseded : int
        Number of element sets that were superseded.
    """
    catalog = Catalog.concat(with_own_numbers(catalogs))
    since_start = days_since(catalog, start_jd, start_fraction)
    after = since_start > 0.0
    # Primary key last: object, then past before future, then closeness, then the later row first.
    order = np.lexsort((-np.arange(len(catalog)), np.abs(since_start), after, catalog.norad_id))
    number = catalog.norad_id[order]
    is_first = np.ones(len(catalog), dtype=np.bool_)
    is_first[1:] = number[1:] != number[:-1]
    winners = np.sort(order[is_first])
    return catalog[winners], len(catalog) - int(winners.size)


def with_own_numbers(catalogs: Sequence[Catalog]) -> list[Catalog]:
    """The catalogues, with other numbers for objects that no catalogue has where two catalogues use the same.

    Two samples of a population are numbered alike, but none of their objects are the same.
    """
    numbered: list[Catalog] = []
    used = np.empty(0, dtype=np.int64)
    for catalog in catalogs:
        number = catalog.norad_id.copy()
        for origin in (Origin.SYNTHETIC, Origin.FRAGMENT, Origin.UNNUMBERED):
            own = catalog.origin == origin
            earlier = used[origins(used) == origin]
            if np.isin(number[own], earlier).any():
                number[own] = internal_numbers(origin, serials(number[own]) + serials(earlier).max() + 1)
        used = np.concatenate([used, number[number < 0]])
        numbered.append(catalog.with_columns(norad_id=number))
    return numbered


def catalog_epoch(catalog: Catalog) -> tuple[float, float]:
    """The time of a catalogue as a whole, UTC as (jd, fraction), on a whole second: a run's default start.

    The 99th percentile of the element sets' epochs, rounded down to an epoch that occurs and to a whole second. Not
    the latest one: a snapshot holds some epochs far ahead (predicted sets of launches, errors), and a run
    that starts there would propagate everything else too far.
    """
    if len(catalog) == 0:
        raise InputError("catalog_epoch: expected at least one element set, got an empty catalogue")
    # Midnights first, so that equal percentiles cannot depend on rounding of the sum.
    order = np.lexsort((catalog.epoch_fraction, catalog.epoch_jd))
    row = order[int(np.floor((len(catalog) - 1) * _EPOCH_PERCENTILE / 100.0))]
    # A microsecond up before flooring: a whole second's fraction of a day may lie one bit below it.
    second = np.floor(catalog.epoch_fraction[row] * SECONDS_PER_DAY + 1e-6)
    # x.9999999 s before midnight would come out as 86400.
    second = min(float(second), SECONDS_PER_DAY - 1.0)
    return float(catalog.epoch_jd[row]), second / SECONDS_PER_DAY


def days_since(catalog: Catalog, jd: float, fraction: float) -> NDArray[np.float64]:
    """Compute the days from an instant to each element set's epoch; negative for epochs before it.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    jd, fraction : float
        The instant, UTC, as a split Julian date.

    Returns
    -------
    Array, shape (n,)
        Days.
    """
    return np.asarray((catalog.epoch_jd - jd) + (catalog.epoch_fraction - fraction))
