"""Expected entries and the probability of one: pairs that stay near each other, against Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from support.state_cases import crossing, stacked

from debrissim.probability.algorithms.coppola import time_integrated
from debrissim.probability.algorithms.hall import expected_collisions
from debrissim.probability.algorithms.monte_carlo import monte_carlo
from debrissim.probability.auto import assess_pairs
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.peak_overlap import element_pair
from debrissim.probability.repeated_contact import _entries, first_contacts
from debrissim.probability.state_pair import StateFlag


def formation(seed, *, miss_km=0.05, scale=1.0):
    """A pair that drifts past at a few centimetres a second, errors of 30 and 100 m times a scale."""
    rng = np.random.default_rng(seed)
    return crossing(
        miss_km=tuple(rng.standard_normal(3) * miss_km),
        relative_rtn_km_s=tuple(rng.standard_normal(3) * 10.0 ** rng.uniform(-6.0, -4.5)),
        sigma_km=(0.03 * scale, 0.1 * scale, 0.03 * scale),
        sigma_km_s=(scale * 10.0 ** rng.uniform(-5.5, -4.5),) * 3,
    )


PAIRS = stacked(*(formation(seed) for seed in range(6)))
RADII_KM = np.array([0.03, 0.1, 0.03, 0.1, 0.03, 0.1])


@pytest.fixture(scope="module")
def together():
    """All pairs at once, over the windows of their encounters."""
    return expected_collisions(PAIRS, RADII_KM)


@pytest.mark.parametrize(
    "window_s",
    [None, *(pytest.param(w, marks=pytest.mark.slow) for w in ((-2900.0, 2900.0), (-300.0, 5000.0)))],
)
def test_the_value_lies_inside_monte_carlos_interval_and_the_expected_number_above(together, window_s):
    found = together if window_s is None else expected_collisions(PAIRS, RADII_KM, window_s=window_s)
    trials = monte_carlo(
        PAIRS, RADII_KM, np.random.default_rng(1), samples=30_000, confidence=0.9999, window_s=window_s
    )
    assert (trials.hits > 300).all()
    assert ((trials.lower < found.value) & (found.value < trials.upper)).all()
    assert ((found.lower <= found.value) & (found.value <= found.upper)).all()
    assert (found.value <= found.expected + 1e-12).all()
    repeated = (found.flags & int(StateFlag.REPEATED_CONTACT)) != 0
    assert repeated.sum() >= 4
    np.testing.assert_allclose(found.value[~repeated], found.expected[~repeated], rtol=1e-9)
    if window_s == (-2900.0, 2900.0):
        # Here the number of entries is not the probability.
        assert (found.expected > 1.03 * found.value).any()
        assert (found.expected > trials.upper).any()


def test_repetition_is_flagged_at_any_size_of_the_probability():
    far = stacked(*(formation(seed, miss_km=0.3, scale=0.3) for seed in range(6)))
    found = expected_collisions(far, 0.03, window_s=(-2900.0, 2900.0))
    rare = (found.flags & int(StateFlag.REPEATED_CONTACT) != 0) & (found.value < 1e-4)
    assert rare.any()
    assert (found.value[rare] <= found.expected[rare]).all()
    assert ((found.lower < found.value) & (found.value <= found.upper))[rare].all()
    auto = assess_pairs(far, 0.03)
    assert set(auto.choice.method) == {"hall-3d"}
    assert (auto.probability.flags & int(ProbabilityFlag.REPEATED_CONTACT)).any()


def test_the_fraction_is_that_of_unweighted_samples():
    # Plain samples of the elements, each followed in fine steps: entries, and samples with any.
    pair, radius = PAIRS[[1]], 0.1
    elements = element_pair(pair)
    rng = np.random.default_rng(5)
    trials, span = 10_000, np.array([-2900.0, 2900.0])
    orbits = []
    for one, covariance in (
        (elements.primary, elements.primary_covariance),
        (elements.secondary, elements.secondary_covariance),
    ):
        sample = rng.multivariate_normal(one.elements[0], covariance[0], trials, method="eigh")
        orbits.append(type(one)(sample, np.repeat(one.sense, trials), one.mu_km3_s2))
    entries = np.zeros(trials, dtype=int)
    first = np.zeros(trials, dtype=bool)
    inside = None
    for time in np.linspace(*span, 1161):
        gap = orbits[1].states(time)[:, :3] - orbits[0].states(time)[:, :3]
        now = np.linalg.norm(gap, axis=1) <= radius
        if inside is None:
            start = now
        else:
            entries += now & ~inside
        inside = now
    first = (entries > 0) & ~start
    plain = first.sum() / entries.sum()
    # Counted by steps of 5 s, the kernel's own count agrees.
    kernel, at_start = _entries(orbits[0], orbits[1], radius, span)
    assert (at_start == start).all()
    assert (kernel != entries).mean() < 5e-3
    found = first_contacts(elements, np.array([0]), np.array([radius]), span[None])
    error = np.sqrt(plain * (1.0 - plain) / entries.sum())
    assert abs(found.fraction[0] - plain) < 4.0 * np.hypot(error, found.error[0])
    assert plain < 0.97


def test_contact_that_cannot_repeat_is_left_alone():
    found = expected_collisions(stacked(crossing(), crossing(relative_rtn_km_s=(0.0, 0.1, 0.2))), 0.02)
    assert (found.value == found.expected).all()
    assert (found.flags == 0).all()


def test_rows_do_not_depend_on_one_another(together):
    for k in (1, 4):
        assert together.value[k] == pytest.approx(
            expected_collisions(PAIRS[[k]], RADII_KM[[k]]).value[0], rel=1e-12
        )


def test_coppolas_expected_number_is_bounded_by_the_momentary_probability():
    found = time_integrated(PAIRS, RADII_KM, window_s=(-2900.0, 2900.0))
    trials = monte_carlo(
        PAIRS,
        RADII_KM,
        np.random.default_rng(1),
        samples=20_000,
        confidence=0.9999,
        window_s=(-2900.0, 2900.0),
    )
    assert (found.flags & int(StateFlag.REPEATED_CONTACT) != 0).all()
    assert ((found.lower < trials.upper) & (trials.lower < found.upper)).all()
