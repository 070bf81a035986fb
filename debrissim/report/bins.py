"""The edges of the bins of a table of results."""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array


def bin_edges(low: Array, high: Array) -> Array:
    """The edges (n + 1,) of adjoining bins, from their low and high ends (n,); empty for no bin.

    Raises ValueError for edges that do not ascend, as in a damaged table: a bin without width has no density.
    """
    edges = np.append(low, high[-1:])
    if not (np.diff(edges) > 0.0).all():
        raise ValueError("the edges of the bins do not ascend")
    return edges
