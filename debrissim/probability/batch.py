"""Run a compiled kernel over many encounters, on as many threads as there are processors.

The kernels work row by row and release the interpreter lock, so threads on slices give the same bytes as a single call
on all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.threads import processors
from debrissim.probability.encounter_plane import EncounterPlane

# Below this many rows a thread costs more than it saves.
_ROWS = 4096


def apply_rows(
    kernel: Callable[..., object],
    plane: EncounterPlane,
    radius_km: Array,
    *outputs: Array,
    parameters: tuple[float, ...] = (),
) -> None:
    """Call kernel(miss major, miss minor, sigma major, sigma minor, radius, *parameters, *outputs) on slices.

    Lengths in km, one row per encounter; the outputs, of m rows each, are filled in place.
    """
    columns = (
        plane.miss_principal_km[:, 0],
        plane.miss_principal_km[:, 1],
        plane.sigma_major_km,
        plane.sigma_minor_km,
        np.broadcast_to(np.asarray(radius_km, dtype=np.float64), len(plane)),
    )
    # Copies: for a read-only or strided argument the kernels would be compiled again.
    inputs = tuple(np.array(column) for column in columns)
    workers = min(processors(), -(-len(plane) // _ROWS))
    if workers <= 1:
        kernel(*inputs, *parameters, *outputs)
        return
    # Several slices per worker, because difficult rows may be adjacent.
    edges = np.linspace(0, len(plane), 8 * workers + 1).astype(int)

    def run(part: tuple[int, int]) -> None:
        rows = slice(*part)
        kernel(*(column[rows] for column in inputs), *parameters, *(output[rows] for output in outputs))

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)))
