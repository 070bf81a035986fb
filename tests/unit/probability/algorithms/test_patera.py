"""The contour integral: inside, on and outside the rim, in the far tail, and where its nodes give out."""

from __future__ import annotations

import numpy as np
import pytest
from support.disc_oracle import disc_probability
from support.planes import hard, plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.patera import patera


@pytest.mark.parametrize(
    "case",
    [
        (0.0, 0.0, 2.0, 1.0, 0.5),
        (0.3, 0.4, 2.0, 1.0, 0.5),  # miss equal to the radius
        (0.3, 0.4 + 1e-12, 2.0, 1.0, 0.5),
        (3.0, 4.0, 2.0, 1.0, 0.5),
        (0.0, 37.0, 5.0, 1.0, 1.0),
        (2.0, 3.0, 1.5, 1.0, 10.0),
        (4.0, 4.0, 10.0, 1.0, 1e-6),
        (0.5, 0.2, 1e3, 1.0, 1e-3),
        (60.0, 0.0, 1.0, 1.0, 40.0),
    ],
)
def test_against_the_oracle(case):
    u, v, a, b, radius = case
    assert patera(plane_of(u, v, a, b), np.array([radius]))[0] == pytest.approx(
        disc_probability(*case), rel=1e-9, abs=1e-305
    )


def test_hard_encounters_with_a_body_of_few_sigmas():
    plane, radius = hard(3000, seed=43)
    rows = radius < 10.0 * plane.sigma_minor_km
    exact = foster(plane[rows], radius[rows])
    found = patera(plane[rows], radius[rows])
    seen = exact > 1e-290
    assert seen.sum() > 500
    assert found[seen] == pytest.approx(exact[seen], rel=1e-8)


def test_the_limit_on_nodes_limits():
    plane, radius = plane_of(0.0, 2000.5, 3e3, 1.0), np.array([2000.0])
    exact = foster(plane, radius)[0]
    assert abs(patera(plane, radius, max_nodes=256)[0] / exact - 1.0) > 1e-3
    assert patera(plane, radius, max_nodes=65536)[0] == pytest.approx(exact, rel=1e-9)


def test_too_few_nodes():
    with pytest.raises(InputError, match="max_nodes: expected at least 128 nodes, got 64"):
        patera(plane_of(0.0, 0.0, 1.0, 1.0), np.ones(1), max_nodes=64)
