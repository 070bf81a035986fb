"""The coastlines of the Earth, for maps and globes: Natural Earth 1:110m, in the public domain (data/README.md)."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np

from debrissim.core.arrays import Array

_FILE = "coastlines.json"
_PER_DEGREE = 100.0


def coastlines() -> tuple[Array, ...]:
    """The lines of all coasts, the longest first.

    Returns
    -------
    tuple of (k, 2) float64 arrays
        Longitude, -180 to 180, and geodetic latitude of the points of each line, degrees, to within 0.15 degrees of the
        source. A line that crosses the antimeridian is cut there; a closed one ends at its first point.
    """
    text = (files("debrissim.report") / "data" / _FILE).read_text(encoding="utf-8")
    return tuple(np.cumsum(np.reshape(line, (-1, 2)), axis=0) / _PER_DEGREE for line in json.loads(text))
