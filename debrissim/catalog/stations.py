"""Objects at crewed stations: the modules, and the vehicles that visit them."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog

_STATION = re.compile(
    r"^(ISS \(|CSS \(|TIANHE|WENTIAN|MENGTIAN|SOYUZ[ -]|PROGRESS|(CREW |CARGO )?DRAGON|CYGNUS|HTV|STARLINER"
    r"|SHENZHOU|SZ-|TIANZHOU)"
)
# The first modules of the stations: ISS (Zarya) and CSS (Tianhe).
_STATION_CORES = ("1998-067A", "2021-035A")
_NOT_STATION = re.compile(r"\b(DEB|R/B|MODULE)\b")


def at_crewed_station(name: NDArray[np.str_]) -> NDArray[np.bool_]:
    """(n,) true for the modules of crewed stations and the vehicles that visit them, by name."""
    matches = [bool(_STATION.match(text)) and not _NOT_STATION.search(text) for text in name.tolist()]
    return np.array(matches, dtype=bool)


def belongs_to_station(catalog: Catalog) -> NDArray[np.bool_]:
    """(n,) true as by `at_crewed_station`, and for the first modules of the stations whatever a scenario calls them."""
    return at_crewed_station(catalog.name) | np.isin(catalog.international_designator, _STATION_CORES)
