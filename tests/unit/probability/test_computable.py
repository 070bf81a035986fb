"""Data that allow no probability: the reason, whose they are, and no number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.state_cases import crossing, stacked

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.hall import expected_collisions
from debrissim.probability.auto import assess_pairs
from debrissim.probability.collision import ProbabilityFlag, collision_probability
from debrissim.probability.computable import Fault, check_computable
from debrissim.probability.state_pair import StateFlag, StatePair
from debrissim.propagation.frames import rtn_basis


def in_rtn(pair: StatePair, side: str, change) -> StatePair:
    """The pair with one covariance changed along its object's own RTN."""
    turn = np.zeros((6, 6))
    state = getattr(pair, f"{side}_state")
    turn[:3, :3] = turn[3:, 3:] = rtn_basis(state[:, :3], state[:, 3:])[0]
    covariance = turn @ getattr(pair, f"{side}_covariance")[0] @ turn.T
    change(covariance)
    return replace(pair, **{f"{side}_covariance": (turn.T @ covariance @ turn)[None]})


def put(*places):
    def change(covariance):
        for i, k, value in places:
            covariance[i, k] = covariance[k, i] = value

    return change


def zeros(pair):
    return replace(pair, primary_covariance=np.zeros((1, 6, 6)), secondary_covariance=np.zeros((1, 6, 6)))


def states(pair, factor_position, factor_velocity):
    scale = np.repeat([factor_position, factor_velocity], 3)
    return replace(pair, secondary_state=pair.secondary_state * scale)


FAULTY = {
    "zeros": (zeros, Fault.NO_COVARIANCE, "has no covariance"),
    "negative": (lambda p: in_rtn(p, "secondary", put((0, 0, -4e-4))), Fault.NEGATIVE_VARIANCE, "-0.0004 km^2 along R"),
    "barely negative": (lambda p: in_rtn(p, "secondary", put((2, 2, -1e-8))), Fault.NEGATIVE_VARIANCE, "along N"),
    "indefinite": (
        lambda p: in_rtn(p, "secondary", put((0, 1, 1.2 * 0.05 * 0.2))),
        Fault.INDEFINITE_COVARIANCE, "grossly indefinite",
    ),
    "default": (
        lambda p: in_rtn(p, "secondary", put(*((k, k, 63781.37**2) for k in range(3)))),
        Fault.UNKNOWN_POSITION, "10 Earth radii: its position is not known (the default covariance of CSpOC)",
    ),
    "velocity": (lambda p: in_rtn(p, "secondary", put((3, 3, 1e6))), Fault.UNKNOWN_VELOCITY, "1e+03 km/s, more than"),
    "far": (lambda p: states(p, 1000.0, 1.0), Fault.NOT_IN_ORBIT, "is not in orbit, 7.00005e+06 km"),
    "near": (lambda p: states(p, 1e-3, 1e-3), Fault.NOT_IN_ORBIT, "is not in orbit, 7.0"),
    "fast": (lambda p: states(p, 1.0, 1000.0), Fault.NOT_IN_ORBIT, "km/s"),
    "falling": (lambda p: states(p, 1.0, 1e-3), Fault.NOT_IN_ORBIT, "is not in orbit"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_the_value_is_none_and_the_reason_names_the_object(name):
    make, fault, words = FAULTY[name]
    pair = stacked(crossing(), make(crossing()))
    data = check_computable(pair)
    assert data.usable.tolist() == [True, False]
    assert data.secondary[1] & int(fault)
    found = assess_pairs(pair, 0.02)
    assert found.value[0] > 0.0
    assert np.isnan(found.value[1])
    assert np.isnan([found.lower[1], found.upper[1], found.probability.maximum[1]]).all()
    assert found.choice.method == ("foster", "none")
    assert found.choice.reason[1].startswith("not computable: the ")
    assert words in found.choice.reason[1]
    assert found.probability.flags[1] & ProbabilityFlag.NOT_COMPUTABLE
    assert ("the primary" in found.choice.reason[1]) == (name == "zeros")
    # A row of its own does not change its neighbour.
    assert found.value[0] == assess_pairs(pair[[0]], 0.02).value[0]


def test_the_other_object_is_named_when_it_is_at_fault():
    pair = in_rtn(crossing(), "primary", put((1, 1, -1.0)))
    assert assess_pairs(pair, 0.02).choice.reason[0].startswith("not computable: the primary has a negative")


def test_one_covariance_of_zeros_and_rounded_matrices_are_computable():
    one = replace(crossing(), secondary_covariance=np.zeros((1, 6, 6)))
    rounded = in_rtn(crossing(), "secondary", put((0, 1, 1.003 * 0.05 * 0.2)))
    assert check_computable(stacked(one, rounded, crossing())).usable.all()
    assert np.isfinite(assess_pairs(stacked(one, rounded), 0.02).value).all()


def test_a_velocity_covariance_that_is_none_leaves_the_plane():
    pair = in_rtn(crossing(), "secondary", put((0, 4, 2.0 * 0.05 * 1e-5)))
    data = check_computable(pair)
    assert (bool(data.usable[0]), bool(data.full_states[0])) == (True, False)
    found = assess_pairs(pair, 0.02)
    assert found.choice.method == ("foster",)
    assert "not checked along the orbits: the secondary has a velocity covariance" in found.choice.reason[0]


def test_slight_asymmetry_is_symmetrised_and_said():
    pair = crossing()
    odd = pair.primary_covariance.copy()
    odd[0, 0, 1] += 2e-4 * np.sqrt(odd[0, 0, 0] * odd[0, 1, 1])
    skewed = StatePair(pair.primary_state, pair.secondary_state, odd, pair.secondary_covariance)
    assert skewed.symmetrised.tolist() == [True]
    assert pair.symmetrised.tolist() == [False]
    np.testing.assert_array_equal(skewed.primary_covariance, np.swapaxes(skewed.primary_covariance, 1, 2))
    both = stacked(skewed, pair)
    found = assess_pairs(StatePair(both.primary_state, both.secondary_state, np.concatenate([odd, odd]),
                                   both.secondary_covariance)[[1]], 0.02)  # fmt: skip
    assert found.probability.flags[0] & ProbabilityFlag.SYMMETRISED
    assert expected_collisions(skewed, 0.02).flags[0] == StateFlag.SYMMETRISED
    position = pair.primary_covariance[0, :3, :3], odd[0, :3, :3]
    arguments = pair.relative_state[0, :3], pair.relative_state[0, 3:]
    plain, noted = (collision_probability(*arguments, c, position[0], 20.0) for c in position)
    assert noted.flags[0] == plain.flags[0] | int(ProbabilityFlag.SYMMETRISED)
    assert noted.value[0] == pytest.approx(plain.value[0], rel=1e-3)
    odd[0, 0, 1] += 1e-2 * np.sqrt(odd[0, 0, 0] * odd[0, 1, 1])
    with pytest.raises(InputError, match="primary_covariance: expected symmetric matrices"):
        StatePair(pair.primary_state, pair.secondary_state, odd, pair.secondary_covariance)


def test_nothing_to_check():
    assert len(check_computable(crossing()[[]])) == 0
