"""The bound on probabilities that are not integrated, against the integration along the orbits."""

from __future__ import annotations

import numpy as np

from debrissim.maneuvers.negligible import is_negligible
from debrissim.probability.auto import assess_pairs
from debrissim.probability.state_pair import StatePair
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors

MU_KM3_S2 = 398600.4418


def random_pairs(seed: int, count: int) -> StatePair:
    """Passes in low orbits at 1 to 179 degrees, of misses up to 60 km and errors of up to 40 km along the orbits."""
    rng = np.random.default_rng(seed)
    up = np.array([1.0, 0.0, 0.0])
    radius = rng.uniform(6600.0, 7500.0, count)
    angle = np.deg2rad(
        np.where(rng.random(count) < 0.3, rng.uniform(1, 15, count), rng.uniform(15, 179, count))
    )
    speed = np.sqrt(MU_KM3_S2 / radius)
    first = np.zeros((count, 6))
    first[:, :3] = radius[:, None] * up
    first[:, 4] = speed
    second = first.copy()
    tilt = rng.normal(0.0, 0.02, count)
    second[:, 3] = speed * tilt
    second[:, 4], second[:, 5] = speed * np.cos(angle), speed * np.sin(angle)
    rate = second[:, 3:] - first[:, 3:]
    along = rate / np.linalg.norm(rate, axis=1, keepdims=True)
    miss = rng.normal(size=(count, 3)) * np.array([1.0, 0.2, 0.2])
    miss -= np.einsum("mc,mc->m", miss, along)[:, None] * along
    miss *= (60.0 * rng.uniform(0.0, 1.0, count) ** 2 / np.linalg.norm(miss, axis=1))[:, None]
    second[:, :3] += miss
    covariances = []
    for state in (first, second):
        sigma = 10.0 ** np.stack(
            [rng.uniform(-2.0, 0.0, count), rng.uniform(-1.0, 1.6, count), rng.uniform(-2.0, 0.0, count)],
            axis=1,
        )
        position = sigma[:, :, None] ** 2 * np.eye(3)
        covariances.append(state_rtn_to_inertial(with_velocity_errors(position, state), state))
    return StatePair(first, second, *covariances)


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
