"""The choice by flags and its reason."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.probability import auto
from debrissim.probability.algorithms import hall
from debrissim.probability.auto import assess_pairs, choose
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.state_pair import StatePair


def test_the_plane_where_its_limits_hold():
    for flags in (0, ProbabilityFlag.NON_POSITIVE_DEFINITE, ProbabilityFlag.HARD_BODY_OVERLAP):
        choice = choose([int(flags)], full_states=True)
        assert choice.method == ("foster",)
        assert choice.reason[0].startswith("short encounter")


@pytest.mark.parametrize(
    "flag",
    [
        ProbabilityFlag.SLOW_ENCOUNTER,
        ProbabilityFlag.EXTENDED_ENCOUNTER,
        ProbabilityFlag.OFFSET_ENCOUNTER,
        ProbabilityFlag.NO_RELATIVE_VELOCITY,
    ],
)
def test_beyond_the_plane(flag):
    choice = choose([int(flag)], full_states=True)
    assert choice.method == ("hall-3d",)
    assert choice.reason[0].startswith(flag.labels[0])
    without = choose([int(flag), 0], full_states=False)
    assert without.method == ("foster", "foster")
    assert "no full states" in without.reason[0]
    assert without.reason[0] != without.reason[1]


def test_curvature_alone_is_a_reason():
    choice = choose([0, 0], full_states=True, curved=[False, True])
    assert choice.method == ("foster", "hall-3d")
    assert choice.reason[1].startswith("curved orbits: ")


def test_pairs_are_judged_by_the_method_chosen():
    # One fast crossing and one slow drift side by side, at 7000 km.
    speed = np.sqrt(398600.4418 / 7000.0)
    primary = np.tile([7000.0, 0.0, 0.0, 0.001, 0.8 * speed, 0.6 * speed], (2, 1))
    secondary = np.array(
        [[7000.05, 0.0, 0.0, 0.0, 0.0, speed], [7000.0, 0.05, 0.02, 0.001, 0.8 * speed, 0.6 * speed + 1e-5]]
    )
    covariance = np.tile(np.diag([1e-4, 4e-4, 1e-4, 1e-12, 1e-12, 1e-12]), (2, 1, 1))
    found = assess_pairs(StatePair(primary, secondary, covariance, covariance), 0.02)
    assert found.choice.method == ("foster", hall.METHOD.name)
    assert found.value[0] == found.plane.value[0]
    assert not found.plane.flags[0]
    assert found.value[1] != found.plane.value[1]
    assert ((found.value >= 0.0) & (found.value <= 1.0)).all()
    # The maximum is that of the method recommended, or none.
    assert found.probability.maximum[0] == found.plane.maximum[0] >= found.value[0]
    assert np.isnan(found.probability.maximum[1])
    assert "no max" in repr(found.probability[1])


def test_a_long_curved_ellipse_of_errors_leaves_the_plane():
    # 30 km along either track, 10 m above and below; a miss of 40 km between the tracks that these errors must make
    # up. Over so far the faster of the two sinks some 17 m less below its tangent.
    speed = np.sqrt(398600.4418 / 7000.0)
    one, other = np.array([0.0, 0.8, 0.6]), np.array([0.0, 0.6, -0.8])
    there = np.array([7000.03, 0.0, 0.0]) + 40.0 / np.sqrt(2.0) * (one + other)
    primary = np.concatenate([[7000.0, 0.0, 0.0], speed * one])[None]
    secondary = np.concatenate([there, 1.2 * speed * other])[None]
    spread = []
    for state in (primary, secondary):
        along = state[0, 3:] / np.linalg.norm(state[0, 3:])
        covariance = np.zeros((1, 6, 6))
        covariance[0, :3, :3] = 1e-4 * np.eye(3) + 900.0 * np.outer(along, along)
        covariance[0, 3:, 3:] = 1e-12 * np.eye(3)
        spread.append(covariance)
    found = assess_pairs(StatePair(primary, secondary, *spread), 0.02)
    assert found.choice.method == (hall.METHOD.name,)
    assert "curved orbits" in found.choice.reason[0]
    # The flags alone, from straight motion, would have stayed in the plane.
    assert choose(found.plane.flags, full_states=True).method == ("foster",)


def test_batches_choose_as_the_whole_does(monkeypatch):
    # The ellipse above, and a small one about a near miss, in turn.
    speed = np.sqrt(398600.4418 / 7000.0)
    one, other = np.array([0.0, 0.8, 0.6]), np.array([0.0, 0.6, -0.8])
    there = np.array([7000.03, 0.0, 0.0]) + 40.0 / np.sqrt(2.0) * (one + other)
    primary = np.tile(np.concatenate([[7000.0, 0.0, 0.0], speed * one]), (7, 1))
    secondary = np.tile(np.concatenate([there, 1.2 * speed * other]), (7, 1))
    secondary[1::2, :3] = [7000.03, 0.0, 0.0]
    spread = []
    for direction in (one, other):
        covariance = np.tile(np.diag([1e-4, 1e-4, 1e-4, 1e-12, 1e-12, 1e-12]), (7, 1, 1))
        covariance[::2, :3, :3] += 900.0 * np.outer(direction, direction)
        spread.append(covariance)
    pair = StatePair(primary, secondary, *spread)
    whole = assess_pairs(pair, 0.02)
    monkeypatch.setattr(auto, "_ROWS_PER_BATCH", 3)
    parts = assess_pairs(pair, 0.02)
    assert len(set(whole.choice.method)) == 2
    assert parts.choice == whole.choice
    np.testing.assert_array_equal(parts.value, whole.value)
