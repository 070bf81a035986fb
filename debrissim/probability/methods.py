"""The methods of collision probability by name: one file each, one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from debrissim.errors import InputError
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.foster import foster

Method: TypeAlias = Callable[[EncounterPlane, NDArray[np.float64]], NDArray[np.float64]]
"""(plane of m encounters, combined hard-body radius (m,) km) -> probability (m,)."""

DEFAULT_METHOD = "foster"

METHODS: Mapping[str, Method] = MappingProxyType({DEFAULT_METHOD: foster})


def method_named(name: str) -> Method:
    """The method of that name; InputError lists the names where there is none."""
    try:
        return METHODS[name]
    except KeyError:
        raise InputError(f"method: expected one of {', '.join(sorted(METHODS))}, got {name!r}") from None
