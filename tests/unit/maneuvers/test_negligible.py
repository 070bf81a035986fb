"""The bound on probabilities that are not integrated, against the integration along the orbits."""

from __future__ import annotations

import numpy as np
from support.state_cases import random_pairs

from debrissim.maneuvers.negligible import is_negligible
from debrissim.probability.auto import assess_pairs
from debrissim.probability.state_pair import StatePair


def test_what_counts_as_negligible_is_below_the_limit_along_the_orbits() -> None:
    pairs = random_pairs(3, 400)
    radius_km = np.full(len(pairs), 0.05)
    limit = 1e-7
    far = is_negligible(pairs, pairs, radius_km, limit)
    found = assess_pairs(pairs, radius_km)
    # Both kinds, and of the far ones some for which straight motion would not do.
    assert 60 < far.sum() < 380
    curved = found.probability.row_method != found.plane.method
    assert (curved & far).sum() > 10
    assert found.value[far].max() < limit
    assert (found.value[~far] > limit).sum() > 20


def test_neither_slow_nor_unknown_encounters_are_negligible() -> None:
    pairs = random_pairs(4, 40)
    radius_km = np.full(40, 0.05)
    slow = pairs.secondary_state.copy()
    slow[:, 3:] = pairs.primary_state[:, 3:] + 0.01
    slow[:, :3] += 100.0
    same = StatePair(pairs.primary_state, slow, pairs.primary_covariance, pairs.secondary_covariance)
    assert not is_negligible(same, same, radius_km, 1e-9).any()
    nothing = np.zeros((40, 6, 6))
    unknown = StatePair(pairs.primary_state, pairs.secondary_state, nothing, nothing)
    assert not is_negligible(unknown, unknown, radius_km, 1e-9).any()


def test_a_wide_execution_error_makes_fewer_encounters_negligible() -> None:
    pairs = random_pairs(5, 300)
    radius_km = np.full(300, 0.05)
    wider = StatePair(
        pairs.primary_state, pairs.secondary_state, 100.0 * pairs.primary_covariance, pairs.secondary_covariance
    )  # fmt: skip
    exact = is_negligible(pairs, pairs, radius_km, 1e-9)
    both = is_negligible(pairs, wider, radius_km, 1e-9)
    assert (both <= exact).all()
    assert both.sum() < exact.sum()


def test_unbound_orbits_are_left_to_the_full_computation() -> None:
    pairs = random_pairs(6, 30)
    fast = pairs.secondary_state.copy()
    fast[:, 3:] *= 3.0
    away = fast.copy()
    away[:, :3] += 30.0
    unbound = StatePair(pairs.primary_state, away, pairs.primary_covariance, pairs.secondary_covariance)
    radius_km = np.full(30, 0.05)
    far = is_negligible(unbound, unbound, radius_km, 1e-9)
    assert (assess_pairs(unbound, radius_km).value[far] < 1e-9).all()
