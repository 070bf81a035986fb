"""Identifiers of objects: a catalogue's own numbers, and those that this program gives.

A catalogue numbers its objects from 1 to 999999999. Objects that no catalogue has (sampled from a population, fragments
of a modelled breakup, spacecraft that a scenario describes) have negative numbers, which no catalogue can use. A block
of a thousand million belongs to each origin, so the number alone says where an object comes from. Files hold the text.

| origin     | number                     | text       |
|------------|----------------------------|------------|
| real       | 1 to 999999999             | `25544`    |
| synthetic  | -1000000000 and below      | `S-021739` |
| fragment   | -2000000000 and below      | `F-000012` |
| unnumbered | -3000000000 and below      | `U-000001` |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog_numbers import MAX_CATALOG_NUMBER

_BLOCK = MAX_CATALOG_NUMBER + 1
_LETTERS = " SFU"
_TEXT = re.compile(r"([SFU])-([0-9]{1,9})", re.IGNORECASE)


class Origin(IntEnum):
    """The origin of an object."""

    REAL = 0
    """Listed in a catalogue under its own number."""
    SYNTHETIC = 1
    """Sampled from a statistical population: it does not exist."""
    FRAGMENT = 2
    """Sampled from a breakup model: it does not exist."""
    UNNUMBERED = 3
    """A spacecraft without a catalogue number."""

    @property
    def label(self) -> str:
        """The word used in tables and files: "real", "synthetic", ..."""
        return self.name.lower()


def internal_numbers(origin: Origin, serial: ArrayLike) -> NDArray[np.int64]:
    """The numbers of objects that no catalogue has.

    Parameters
    ----------
    origin : Origin
        Any but `Origin.REAL`.
    serial : array_like of int, shape (n,)
        0 to 999999999, distinct within one origin.

    Returns
    -------
    array of int64, shape (n,)
        Negative numbers.
    """
    return -(np.int64(origin) * _BLOCK + np.asarray(serial, dtype=np.int64))


def origins(numbers: ArrayLike) -> NDArray[np.int8]:
    """(n,) `Origin` of objects by their numbers (n,)."""
    values = np.asarray(numbers, dtype=np.int64)
    return np.where(values >= 0, 0, np.minimum(-values // _BLOCK, Origin.UNNUMBERED)).astype(np.int8)


def serials(numbers: ArrayLike) -> NDArray[np.int64]:
    """(n,) numbers within each origin: the catalogue number itself, or the digits of the text."""
    values = np.asarray(numbers, dtype=np.int64)
    return np.where(values >= 0, values, -values % _BLOCK)


def identifier(number: int) -> str:
    """The text of an object's number: `25544`, or `S-021739`, `F-000012`, `U-000001`."""
    if number >= 0:
        return str(int(number))
    return f"{_LETTERS[int(origins(number))]}-{int(serials(number)):06d}"


def parse_identifier(text: str) -> int | None:
    """The number of a text such as `S-021739`, or None for any other text."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        return None
    return int(internal_numbers(Origin(_LETTERS.index(match[1].upper())), int(match[2])))


def object_label(number: int, name: str) -> str:
    """Name and number of an object for a person, "COSMOS 2251 (22675)"; only the number if it has no name."""
    text = identifier(number)
    return text if name in ("", text) else f"{name} ({text})"


def identifier_order(numbers: ArrayLike) -> NDArray[np.int64]:
    """The rows (n,) in the order of their identifiers: real objects by number, then each origin by its digits."""
    values = np.asarray(numbers, dtype=np.int64)
    return np.lexsort((serials(values), origins(values))).astype(np.int64)


def names_or_identifiers(numbers: Iterable[int], names: Iterable[str]) -> NDArray[np.str_]:
    """(n,) names, with the identifier instead of a blank one."""
    return np.array(
        [name or identifier(number) for number, name in zip(numbers, names, strict=True)], dtype=np.str_
    )


def bare_designator(text: str) -> str:
    """An international designator without its century and hyphens, which are not always written: "98067A"."""
    bare = re.sub("[^0-9A-Z]", "", text.upper())
    return bare[2:] if bare[:2] in ("19", "20") and bare[2:7].isdigit() else bare
