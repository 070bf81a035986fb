"""The maximum of the probability over parts of the execution error, against dense scans of random planes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.maneuvers.goals import highest_probability
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import plane_from_components

M = 60


def covariances(rng: np.random.Generator, scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m, 2, 2) km2 of any shape and orientation."""
    angle, sigma = rng.uniform(0.0, np.pi, M), 10.0 ** rng.uniform(-2.5, 1.0, (M, 2)) * scale
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cos, -sin], axis=1), np.stack([sin, cos], axis=1)], axis=1)
    return np.asarray(np.einsum("mij,mj,mkj->mik", turn, sigma**2, turn))


def test_the_maximum_over_the_execution_error_is_that_of_a_dense_scan() -> None:
    rng = np.random.default_rng(5)
    own = covariances(rng, np.ones((M, 1)))
    added = covariances(rng, 10.0 ** rng.uniform(-2.0, 2.0, (M, 1)))
    miss = 10.0 ** rng.uniform(-3.0, 1.5, (M, 1)) * rng.normal(size=(M, 2))
    radius_m = rng.uniform(1.0, 50.0, M)

    def assessed(covariance: NDArray[np.float64]) -> Any:
        plane = plane_from_components(miss, covariance)
        return SimpleNamespace(
            value=foster(plane, radius_m / 1000.0),
            plane=SimpleNamespace(plane=plane),
            probability=SimpleNamespace(hard_body_radius_m=radius_m),
        )

    found = highest_probability(assessed(own), assessed(own + added))
    scan = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 1500)])
    dense = np.array(
        [
            foster(
                plane_from_components(
                    np.tile(miss[k], (scan.size, 1)), own[k] + scan[:, None, None] ** 2 * added[k]
                ),
                np.full(scan.size, radius_m[k] / 1000.0),
            ).max()
            for k in range(M)
        ]
    )
    rows = dense > 1e-200
    assert rows.sum() > 40
    np.testing.assert_allclose(found[rows], dense[rows], rtol=1e-3)
