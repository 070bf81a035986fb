"""The choice by flags and its reason."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.probability import hall
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


def test_pairs_are_judged_by_the_method_chosen():
    # One fast crossing and one slow drift beside each other, at 7000 km.
    speed = np.sqrt(398600.4418 / 7000.0)
    primary = np.tile([7000.0, 0.0, 0.0, 0.001, 0.8 * speed, 0.6 * speed], (2, 1))
    secondary = np.array(
        [[7000.05, 0.0, 0.0, 0.0, 0.0, speed], [7000.0, 0.05, 0.02, 0.001, 0.8 * speed, 0.6 * speed + 1e-5]]
    )
    covariance = np.tile(np.diag([1e-4, 4e-4, 1e-4, 1e-12, 1e-12, 1e-12]), (2, 1, 1))
    found = assess_pairs(StatePair(primary, secondary, covariance, covariance), 0.02)
    assert found.choice.method == ("foster", hall.NAME)
    assert found.value[0] == found.plane.value[0]
    assert not found.plane.flags[0]
    assert found.value[1] != found.plane.value[1]
    assert ((found.value >= 0.0) & (found.value <= 1.0)).all()
