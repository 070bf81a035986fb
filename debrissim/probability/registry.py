"""The methods of collision probability by name: one file each, one line here.

A plane method takes m encounters in their planes and gives m probabilities. The methods for slow encounters need
full states; `auto` says when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from debrissim.core.errors import InputError
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.methods.alfano2005 import alfano2005
from debrissim.probability.methods.alfriend_akella import alfriend_akella
from debrissim.probability.methods.chan import chan
from debrissim.probability.methods.elrod import elrod
from debrissim.probability.methods.foster import foster
from debrissim.probability.methods.laas import laas
from debrissim.probability.methods.patera import patera
from debrissim.probability.methods.square import (
    foster_square,
    foster_square_equal_area,
    square_circumscribing,
    square_equal_area,
)

Method: TypeAlias = Callable[[EncounterPlane, NDArray[np.float64]], NDArray[np.float64]]
"""(plane of m encounters, combined hard-body radius (m,) km) -> probability (m,)."""

DEFAULT_METHOD = "foster"
AUTO = "auto"

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        DEFAULT_METHOD: foster,
        "alfano-2005": alfano2005,
        "patera-2005": patera,
        "laas-2015": laas,
        "elrod": elrod,
        "chan-1997": chan,
        "alfriend-akella": alfriend_akella,
        "foster-square": foster_square,
        "foster-square-equal-area": foster_square_equal_area,
        "square-circumscribing": square_circumscribing,
        "square-equal-area": square_equal_area,
        # No other plane method is more exact; which encounters are beyond the plane, `auto` says.
        AUTO: foster,
    }
)

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        DEFAULT_METHOD: "2-D integral over the disc, to rounding (Foster & Estes 1992)",
        "alfano-2005": "Simpson's rule over strips (Alfano 2005)",
        "patera-2005": "contour integral about the rim (Patera 2005)",
        "laas-2015": "power series with proved bounds (Serra et al. 2016)",
        "elrod": "Gauss-Chebyshev quadrature, 64 nodes (Elrod 2019)",
        "chan-1997": "series for an equivalent disc, approximate (Chan 1997)",
        "alfriend-akella": "density times area, approximate (Alfriend & Akella 1999)",
        "foster-square": "square of side 2 R along the miss, an upper bound (Foster & Estes 1992)",
        "foster-square-equal-area": "square of equal area along the miss",
        "square-circumscribing": "square of side 2 R along the principal axes, an upper bound",
        "square-equal-area": "square of equal area along the principal axes",
        AUTO: "chosen by the flags, with the reason",
    }
)
"""One line on each, with its source."""

EXACT_METHODS = frozenset({DEFAULT_METHOD, "laas-2015", "patera-2005", "alfano-2005", "elrod"})
"""Those that converge to the disc integral; the others integrate something else on purpose."""


def get_method(name: str) -> Method:
    """The method of that name; InputError lists the names where there is none."""
    try:
        return METHODS[name]
    except KeyError:
        raise InputError(f"method: expected one of {', '.join(sorted(METHODS))}, got {name!r}") from None
