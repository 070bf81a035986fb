"""Ages of element sets: days from an instant, the newest set of each object, and the epoch of a catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import (
    Origin,
    bare_designator,
    identifier,
    internal_numbers,
    origins,
    serials,
)
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError

_EPOCH_PERCENTILE = 99.0
_SAME_EPOCH_DAYS = 0.05 / SECONDS_PER_DAY
# Two fits of one object to one epoch agree to some kilometres; these limits are above a hundred.
_APART_DEG, _APART_MEAN_MOTION = 1.0, 0.01
_FIRST_SHARED = 100_001
_ELEMENTS = (
    "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg", "arg_perigee_deg", "mean_anomaly_deg",
    "bstar",
)  # fmt: skip


def latest_before(catalogs: Sequence[Catalog], start_jd: float, start_fraction: float) -> tuple[Catalog, int]:
    """Keep one element set per object: the newest at or before the start, otherwise the nearest after it.

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
    return _one_per_object(catalogs, start_jd, start_fraction, past_first=True)


def nearest_epoch(catalogs: Sequence[Catalog], start_jd: float, start_fraction: float) -> tuple[Catalog, int]:
    """Keep one element set per object: the one nearest to the start, before or after it.

    Parameters and result as for `latest_before`.
    """
    return _one_per_object(catalogs, start_jd, start_fraction, past_first=False)


def _one_per_object(
    catalogs: Sequence[Catalog], start_jd: float, start_fraction: float, *, past_first: bool
) -> tuple[Catalog, int]:
    catalog = Catalog.concat(with_own_numbers(catalogs))
    since_start = days_since(catalog, start_jd, start_fraction)
    after = past_first & (since_start > 0.0)
    # Primary key last: object, then past before future, then closeness, then the later row first.
    order = np.lexsort((-np.arange(len(catalog)), np.abs(since_start), after, catalog.norad_id))
    number = catalog.norad_id[order]
    is_first = np.ones(len(catalog), dtype=np.bool_)
    is_first[1:] = number[1:] != number[:-1]
    winners = np.sort(order[is_first])
    return catalog[winners], len(catalog) - int(winners.size)


def with_own_numbers(catalogs: Sequence[Catalog]) -> list[Catalog]:
    """The catalogues with new internal numbers where an earlier catalogue has used the same ones.

    Two samples of a population are numbered alike, but their objects are different.
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


@dataclass(frozen=True)
class SharedNumber:
    """Two objects under one number: the number, their names, and the number that the second has instead."""

    number: int
    names: tuple[str, str]
    own_number: int

    @property
    def sentence(self) -> str:
        """The case in words."""
        first, second = (name or "an unnamed object" for name in self.names)
        return (
            f"two objects have the number {self.number} at one epoch, {first} and {second}: the second is listed as "
            f"{identifier(self.own_number)}"
        )


def separate_shared_numbers(catalog: Catalog) -> tuple[Catalog, tuple[SharedNumber, ...]]:
    """Give separate numbers to objects that share the number of another object.

    Two element sets of one number and epoch are two versions of one object, unless they differ and so do their
    designators, or their orbits are further apart than a correction can be. Then the earliest row keeps the number, and
    every other object becomes an unnumbered one, so none is lost. Sets of different epochs are one object's, which may
    have manoeuvred between them.

    Parameters
    ----------
    catalog : Catalog
        n element sets, several per object allowed.

    Returns
    -------
    catalog : Catalog
        The same rows.
    shared : tuple of SharedNumber
        One for each object that got another number.
    """
    # Rows of one number and epoch side by side, in their first order.
    order = np.lexsort((catalog.epoch_fraction, catalog.epoch_jd, catalog.norad_id))
    listed = catalog.norad_id[order]
    same = (np.diff(listed) == 0) & (np.abs(np.diff(_days(catalog)[order])) < _SAME_EPOCH_DAYS)
    own_serials = serials(catalog.norad_id[catalog.origin == Origin.UNNUMBERED])
    free = max(_FIRST_SHARED, int(own_serials.max(initial=0)) + 1)
    number = catalog.norad_id.copy()
    shared: list[SharedNumber] = []
    objects: list[int] = []  # of the given number and epoch, one row each
    for place in np.flatnonzero(same & (listed[1:] > 0)).tolist():
        row = int(order[place + 1])
        if place == 0 or not same[place - 1]:
            objects = [int(order[place])]
        known = next((other for other in objects if not _are_different(catalog, other, row)), None)
        if known is not None:
            number[row] = number[known]
            continue
        number[row] = internal_numbers(Origin.UNNUMBERED, free + len(shared))
        names = str(catalog.name[objects[0]]), str(catalog.name[row])
        shared.append(SharedNumber(int(catalog.norad_id[row]), names, int(number[row])))
        objects.append(row)
    return catalog.with_columns(norad_id=number), tuple(shared)


def _are_different(catalog: Catalog, first: int, second: int) -> bool:
    a, b = catalog[first], catalog[second]
    if all(getattr(a, name)[0] == getattr(b, name)[0] for name in _ELEMENTS):
        return False
    designators = {bare_designator(str(row.international_designator[0])) for row in (a, b)} - {""}
    along = (a.arg_perigee_deg + a.mean_anomaly_deg + a.raan_deg) - (
        b.arg_perigee_deg + b.mean_anomaly_deg + b.raan_deg
    )
    apart = (
        np.abs(a.mean_motion_rev_day / b.mean_motion_rev_day - 1.0) > _APART_MEAN_MOTION,
        np.abs(a.inclination_deg - b.inclination_deg) > _APART_DEG,
        np.abs((along + 180.0) % 360.0 - 180.0) > 3.0 * _APART_DEG,
    )
    return len(designators) == 2 or bool(np.any(apart))


def _days(catalog: Catalog) -> NDArray[np.float64]:
    return np.asarray(catalog.epoch_jd + catalog.epoch_fraction)


def catalog_epoch(catalog: Catalog) -> tuple[float, float]:
    """The time of a catalogue as a whole, UTC as (jd, fraction), on a whole second: a run's default start.

    The 99th percentile of the element sets' epochs, rounded down to an epoch that occurs and to a whole second. Not
    the latest one: a snapshot contains some epochs far ahead (predicted sets of launches, errors), and a run
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
