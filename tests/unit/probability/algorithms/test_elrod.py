"""Elrod's rule: NASA CARA's printed values, its convergence, and where it ends."""

from __future__ import annotations

import numpy as np
import pytest
from support.planes import ordinary, plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.elrod import elrod
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.collision import ProbabilityFlag, collision_probability

# PcElrod_UnitTest.m, Omitron case 2: km, km/s, km^2.
R1 = (-3239.128337196251, 2404.575152356222, 5703.228541709001)
V1 = (-3.745768373154199, 5.012339015927846, -4.231864565717194)
R2 = (-3239.138264917246, 2404.568320465936, 5703.235605231182)
V2 = (6.110192790100711, -1.767321407894830, 4.140369261741708)
COV1 = 1e-3 * np.array(
    [
        [0.342072996423899, -0.412677096778269, 0.371500417511149],
        [-0.412677096778269, 0.609905946319294, -0.540401385544286],
        [0.371500417511149, -0.540401385544286, 0.521238634755377],
    ]
)
COV2 = np.array(
    [
        [0.028351300975134, -0.008204103437377, 0.019253747960155],
        [-0.008204103437377, 0.002404377774847, -0.005586512197914],
        [0.019253747960155, -0.005586512197914, 0.013289250260317],
    ]
)


@pytest.mark.parametrize("method", ["elrod", "foster", "patera-2005", "laas-2015"])
def test_printed_value_of_a_second_conjunction(method):
    found = collision_probability(
        np.array([R2]) - np.array([R1]),
        np.array([V2]) - np.array([V1]),
        COV1[None],
        COV2[None],
        20.0,
        method=method,
    )
    assert found.value[0] == pytest.approx(0.180736305849476, rel=1e-3)


def test_a_covariance_no_clipping_can_mend_gives_a_number_and_a_flag():
    # Omitron case 4, where CARA gives NaN.
    r, v = np.array([[8233.278, -49341.373, 4278.588]]), np.array([[3133.072, 72.112, -5202.560]])
    first = np.array(
        [
            [1.065106865424844e-3, 25162.51806981900, -4653.47179860534],
            [25162.51806981900, 61873.55078822979, -11370.63814221593],
            [-4653.47179860534, -11370.63814221593, 2108.71780971058],
        ]
    )
    second = np.array(
        [
            [38324418857.201, 409236977944.646, 182366534533.406],
            [409236977944.646, 4369926131386.673, 1947351616381.380],
            [182366534533.406, 1947351616381.380, 867790027954.990],
        ]
    )
    found = collision_probability(r, v, first[None], second[None], 52.84, method="elrod")
    assert 0.0 <= found.value[0] <= 1.0
    assert found.flags[0] & ProbabilityFlag.NON_POSITIVE_DEFINITE


def test_more_nodes_are_better_until_rounding():
    plane, radius = ordinary(200, seed=41)
    radius = 4.0 * radius
    exact = foster(plane, radius)
    errors = [np.abs(elrod(plane, radius, order=n) / exact - 1.0).max() for n in (4, 16, 64)]
    assert errors[0] > 1e-4
    assert errors[1] < 1e-2 * errors[0]
    assert errors[2] < 1e-11


def test_a_body_of_thousands_of_sigmas_is_beyond_the_rule():
    plane, radius = plane_of(0.0, 4000.5, 1e4, 1.0), np.array([4000.0])
    assert abs(elrod(plane, radius)[0] / foster(plane, radius)[0] - 1.0) > 1e-3
    assert elrod(plane, radius, order=20_000) == pytest.approx(foster(plane, radius), rel=1e-10)


def test_nodes_along_the_major_axis():
    plane, radius = ordinary(200, seed=41)
    found = elrod(plane, radius, nodes="along the major axis")
    assert found == pytest.approx(foster(plane, radius), rel=1e-11)
    # Far beyond 64 nodes in minor sigmas, but not in major ones.
    plane, radius = plane_of(3000.0, 100.0, 1e4, 1.0), np.array([4000.0])
    exact = foster(plane, radius)[0]
    assert elrod(plane, radius, nodes="along the major axis")[0] == pytest.approx(exact, rel=1e-3)
    assert abs(elrod(plane, radius)[0] / exact - 1.0) > 0.1
    with pytest.raises(
        InputError, match='nodes: expected "across the miss" or "along the major axis", got 3'
    ):
        elrod(plane, radius, nodes=3)


@pytest.mark.parametrize("order", [0, 7, -2])
def test_wrong_order(order):
    with pytest.raises(InputError, match=f"order: expected an even number of nodes from 2, got {order}"):
        elrod(plane_of(0.0, 0.0, 1.0, 1.0), np.ones(1), order=order)
