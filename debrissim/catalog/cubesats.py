"""CubeSats, recognised by name: catalogues do not mark them, and other spacecraft are ten times their size.

The patterns come from the public catalogue of November 2024: names that contain CUBE, all of which were CubeSats there,
and fleets whose operators call them CubeSats: Planet's Flock and Dove, Spire's Lemur, Swarm's SpaceBEE, those of
Astrocast and Kepler Communications, Tevel, Unseenlabs's BRO, SITRO-AIS. A CubeSat with another name is not recognised:
it has the wide range of any spacecraft.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_NAMES = re.compile(
    r"CUBE|^(?:FLOCK|LEMUR|SPACEBEE|TEVEL|ASTROCAST|SITRO-AIS)\b|^SPACEBEE|^(?:DOVE|KEPLER|BRO)[- ][0-9]+\b",
    re.IGNORECASE,
)


def is_cubesat_name(name: NDArray[np.str_]) -> NDArray[np.bool_]:
    """(n,) whether names (n,) are those of CubeSats."""
    return np.array([_NAMES.search(text) is not None for text in name.tolist()], dtype=np.bool_)
