"""Choosing objects of a catalogue by kind, altitude, name and number."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.core.errors import InputError


def select_objects(
    catalog: Catalog,
    kinds: Collection[ObjectKind] | None = None,
    perigee_km: tuple[float, float] | None = None,
    apogee_km: tuple[float, float] | None = None,
    name_pattern: str | None = None,
    norad_ids: ArrayLike | None = None,
    exclude_norad_ids: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """(n,) mask of the objects that meet every condition given; None is no condition.

    Parameters
    ----------
    kinds : the kinds wanted
    perigee_km, apogee_km : lowest and highest altitude in km, both included (of the mean orbit, see
        `Catalog.perigee_altitude_km`)
    name_pattern : a shell pattern for the whole name, upper and lower case alike: "COSMOS 2251*", "*DEB*";
        `*` any run, `?` any character, `[AB]` one of these
    norad_ids, exclude_norad_ids : catalogue numbers to take, and to leave out
    """
    mask = np.ones(len(catalog), dtype=np.bool_)
    if kinds is not None:
        mask &= np.isin(catalog.object_kind, [int(kind) for kind in kinds])
    if perigee_km is not None:
        mask &= _within(catalog.perigee_altitude_km, perigee_km, "perigee_km")
    if apogee_km is not None:
        mask &= _within(catalog.apogee_altitude_km, apogee_km, "apogee_km")
    if name_pattern is not None:
        pattern = re.compile(fnmatch.translate(name_pattern), re.IGNORECASE)
        names, rows = np.unique(catalog.name, return_inverse=True)
        matches = [pattern.match(name) is not None for name in names.tolist()]
        mask &= np.array(matches, dtype=np.bool_)[rows]
    if norad_ids is not None:
        mask &= np.isin(catalog.norad_id, np.asarray(norad_ids, dtype=np.int64))
    if exclude_norad_ids is not None:
        mask &= ~np.isin(catalog.norad_id, np.asarray(exclude_norad_ids, dtype=np.int64))
    return mask


def _within(values: NDArray[np.float64], limits: tuple[float, float], name: str) -> NDArray[np.bool_]:
    low, high = limits
    if not low <= high:
        raise InputError(f"select_objects: {name}: expected (lowest, highest), got ({low:g}, {high:g})")
    return np.asarray((values >= low) & (values <= high))
