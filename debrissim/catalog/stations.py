"""Objects at crewed stations: the modules, by designator where it is known, and the vehicles that visit them, by name.

Whether a vehicle is docked is not a question of its name: see `debrissim.screening.docked`.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog

ISS, CSS = 1, 2
_MODULES = {
    # Zarya, Unity, Zvezda, Destiny, Nauka.
    ISS: ("1998-067A", "1998-069F", "2000-037A", "2001-006B", "2021-066A"),
    # Tianhe, Wentian, Mengtian.
    CSS: ("2021-035A", "2022-085A", "2022-143A"),
}
# For element sets without a designator.
_MODULE_NAMES = {ISS: re.compile(r"^ISS \("), CSS: re.compile(r"^(CSS \(|TIANHE|WENTIAN|MENGTIAN)")}
_VISITOR = re.compile(
    r"^(SOYUZ[ -]|PROGRESS\b|(CREW |CARGO )?DRAGON\b|CYGNUS\b|HTV|STARLINER|SHENZHOU|SZ-|TIANZHOU)"
)
_NO_VISITOR = re.compile(r"\b(DEB|R/B|MODULE)\b")


def station_of_module(catalog: Catalog) -> NDArray[np.int64]:
    """(n,) the station to which a module belongs, `ISS` or `CSS`, otherwise 0.

    By international designator; by name only if there is no designator.
    """
    station = np.zeros(len(catalog), dtype=np.int64)
    for number, designators in _MODULES.items():
        station[np.isin(catalog.international_designator, designators)] = number
    for row in np.flatnonzero(catalog.international_designator == "").tolist():
        name = str(catalog.name[row])
        for number, pattern in _MODULE_NAMES.items():
            if pattern.match(name) and not _NO_VISITOR.search(name):
                station[row] = number
    return station


def at_crewed_station(catalog: Catalog) -> NDArray[np.bool_]:
    """(n,) true for the modules of crewed stations (`station_of_module`), and for vehicles that visit them, by name."""
    visitors = [bool(_VISITOR.match(text)) and not _NO_VISITOR.search(text) for text in catalog.name.tolist()]
    return np.asarray((station_of_module(catalog) > 0) | np.array(visitors, dtype=bool))
