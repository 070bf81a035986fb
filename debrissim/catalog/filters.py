"""Selection of objects of a catalogue by kind, altitude, name and number."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.core.errors import InputError


def select_objects(
    catalog: Catalog,
    kinds: ObjectKind | str | int | Iterable[ObjectKind | str | int] | None = None,
    perigee_km: tuple[float, float] | None = None,
    apogee_km: tuple[float, float] | None = None,
    name_pattern: str | None = None,
    norad_ids: ArrayLike | None = None,
    exclude_norad_ids: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Select the objects that meet every condition given.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    kinds : ObjectKind, str, int or iterable of these, optional
        One kind or several, each as an `ObjectKind`, its number or its name ("debris", "rocket body").
    perigee_km, apogee_km : (float, float), optional
        Lowest and highest altitude in km, both included (of the mean orbit, see `Catalog.perigee_altitude_km`).
    name_pattern : str, optional
        A shell pattern for the whole name, upper and lower case alike: "COSMOS 2251*", "*DEB*"; `*` any run, `?` any
        character, `[AB]` one of these.
    norad_ids, exclude_norad_ids : array_like of int, optional
        Catalogue number or numbers to take, and to leave out.

    Returns
    -------
    Mask, shape (n,)
        True for the objects that meet every condition.

    Raises
    ------
    InputError
        For a kind that does not exist, limits that are not a pair in order, and numbers that are not whole.
    """
    mask = np.ones(len(catalog), dtype=np.bool_)
    if kinds is not None:
        mask &= np.isin(catalog.object_kind, _kinds(kinds))
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
        mask &= np.isin(catalog.norad_id, _numbers(norad_ids))
    if exclude_norad_ids is not None:
        mask &= ~np.isin(catalog.norad_id, _numbers(exclude_norad_ids))
    return mask


def _kinds(kinds: ObjectKind | str | int | Iterable[ObjectKind | str | int]) -> list[int]:
    several = [kinds] if isinstance(kinds, str) or not isinstance(kinds, Iterable) else kinds
    return [int(ObjectKind.of(kind)) for kind in several]


def _numbers(numbers: ArrayLike) -> NDArray[np.int64]:
    array = np.atleast_1d(np.asarray(numbers))
    if array.size and array.dtype.kind not in "iu":
        raise InputError(f"catalogue numbers: expected whole numbers, got {numbers!r}")
    return array.astype(np.int64)


def _within(values: NDArray[np.float64], limits: tuple[float, float], name: str) -> NDArray[np.bool_]:
    try:
        low, high = map(float, limits)
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not low <= high:
        raise InputError(f"{name}: expected (lowest, highest) in km, got {limits!r}")
    return np.asarray((values >= low) & (values <= high))
