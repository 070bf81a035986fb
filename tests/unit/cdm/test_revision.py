"""Revisions of an event against the shift that their covariances allow: series with known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy
from support.cdm_series import TRUTH, conjunction, series

from debrissim.cdm.revision import (
    CONSISTENT,
    INCONSISTENT,
    INDEPENDENT,
    LEVEL,
    SMALLEST_PART,
    STRAINED,
    SUCCESSIVE,
    UNCHANGED,
    chi_square,
    difference_covariance,
    is_positive_definite,
    p_values,
    revision,
)
from debrissim.propagation.conics import state_transition
from debrissim.uncertainty.rotation import state_inertial_to_rtn, state_rtn_to_inertial

STRAIGHT = (False, False)


def positive_definite(rng: np.random.Generator, m: int) -> np.ndarray:
    factor = rng.standard_normal((m, 3, 3))
    return factor @ np.swapaxes(factor, 1, 2) + 0.05 * np.eye(3)


def changes(messages, swapped=None):
    flags = swapped or [False] * len(messages)
    return [
        revision(messages[k], messages[k + 1], swapped=(flags[k], flags[k + 1]))
        for k in range(len(messages) - 1)
    ]


def rate_is(hits: int, trials: int, level: float) -> bool:
    low, high = scipy.stats.binom(trials, level).ppf([5e-4, 1.0 - 5e-4])
    return bool(low <= hits <= high)


def test_an_optimal_filter_is_rejected_as_often_as_the_level_says() -> None:
    """Estimates that combine all observations, 40,000 times: the p-values are uniform."""
    rng = np.random.default_rng(3)
    m = 40_000
    older = positive_definite(rng, m)
    fresh = older * rng.uniform(0.8, 2.0, m)[:, None, None]
    newer = np.linalg.inv(np.linalg.inv(older) + np.linalg.inv(fresh))
    estimate = np.einsum("mij,mj->mi", np.linalg.cholesky(older), rng.standard_normal((m, 3)))
    seen = np.einsum("mij,mj->mi", np.linalg.cholesky(fresh), rng.standard_normal((m, 3)))
    weighted = np.linalg.solve(older, estimate[..., None]) + np.linalg.solve(fresh, seen[..., None])
    joined = (newer @ weighted)[..., 0]
    covariance = difference_covariance(older, newer)
    np.testing.assert_allclose(covariance, older - newer, rtol=1e-6, atol=1e-9)
    p = p_values(chi_square(joined - estimate, covariance))
    for level in (0.001, LEVEL, 0.1, 0.5):
        assert rate_is(int((p < level).sum()), m, level), level
    assert scipy.stats.kstest(p, "uniform").pvalue > 1e-3


def test_a_sliding_window_is_rejected_as_often_as_the_level_says() -> None:
    """A fit that exchanges one of ten passes: P does not change, and the bound is the covariance of its shift."""
    rng = np.random.default_rng(4)
    m = 40_000
    one = np.diag([1.0, 30.0, 0.5])
    passes = np.einsum("ij,mkj->mki", np.sqrt(one), rng.standard_normal((m, 11, 3)))
    covariance = np.tile(one / 10.0, (m, 1, 1))
    shift = passes[:, 1:].mean(axis=1) - passes[:, :-1].mean(axis=1)
    p = p_values(chi_square(shift, difference_covariance(covariance, covariance)))
    assert rate_is(int((p < LEVEL).sum()), m, LEVEL)
    assert pytest.approx(0.2) == SMALLEST_PART


def test_the_difference_is_never_below_a_part_of_the_older_covariance() -> None:
    rng = np.random.default_rng(5)
    older, newer = positive_definite(rng, 200), positive_definite(rng, 200)
    found = difference_covariance(older, newer)
    assert (np.linalg.eigvalsh(found - (SMALLEST_PART - 1e-9) * older) > 0.0).all()
    assert (np.linalg.eigvalsh(found - (older - newer)) > -1e-9).all()
    with pytest.raises(np.linalg.LinAlgError):
        difference_covariance(-older, newer)


def test_series_of_messages_with_known_truth() -> None:
    """Whole messages, each at its own TCA: TCAs differ by a fraction of a second, p-values are uniform."""
    rng = np.random.default_rng(6)
    found = [change for _ in range(150) for change in changes(series(rng))]
    p = np.array([change.p_value for change in found])
    assert all(change.basis == SUCCESSIVE for change in found)
    assert 0.01 < np.std([change.tca_shift_s for change in found]) < 1.0
    assert scipy.stats.kstest(p, "uniform").pvalue > 1e-3
    assert rate_is(int((p < 0.1).sum()), len(p), 0.1)
    assert rate_is(sum(change.verdict != CONSISTENT for change in found), len(p), LEVEL)


def test_a_manoeuvre_is_found_where_it_happens() -> None:
    rng = np.random.default_rng(7)
    verdicts = [[c.verdict for c in changes(series(rng, jump_km=8.0, jump_at=2))] for _ in range(20)]
    assert all(row[1] == INCONSISTENT for row in verdicts)
    assert sum(row[k] != CONSISTENT for row in verdicts for k in (0, 2)) <= 3


def test_between_the_two_bounds_a_change_is_strained() -> None:
    first = conjunction(TRUTH, covariances(1.0), 72.0)
    moved = TRUTH.copy()
    # 3.4 standard deviations of the difference, 1.5 of independent solutions, along the velocity of the second.
    moved[1, :3] += 0.9 * moved[1, 3:] / np.linalg.norm(moved[1, 3:])
    found = revision(first, conjunction(moved, covariances(0.9), 60.0), swapped=STRAIGHT)
    assert found.p_value < LEVEL <= found.independent_p_value
    assert found.verdict == STRAINED


def covariances(scale: float) -> np.ndarray:
    one = np.diag([0.2, 0.2, 0.2, 1e-4, 1e-4, 1e-4]) ** 2
    return scale * np.stack([one, 4.0 * one])


def test_swapped_objects_change_nothing() -> None:
    rng = np.random.default_rng(8)
    plain = series(rng)
    swapped = [
        replace(m, primary=m.secondary, secondary=m.primary) if k % 2 else m for k, m in enumerate(plain)
    ]
    flags = [bool(k % 2) for k in range(len(plain))]
    for one, other in zip(changes(plain), changes(swapped, flags), strict=True):
        assert one.verdict == other.verdict
        assert one.chi_square == pytest.approx(other.chi_square, rel=1e-9)
        np.testing.assert_allclose(one.shift_rtn_km, other.shift_rtn_km, atol=1e-12)


def test_another_originator_is_independent() -> None:
    rng = np.random.default_rng(9)
    found = []
    for _ in range(150):
        first, second = series(rng, hours=(72.0,)), series(rng, hours=(60.0,), originator="OTHER")
        found += changes([*first, *second])
    assert {change.basis for change in found} == {INDEPENDENT}
    p = np.array([change.p_value for change in found])
    assert scipy.stats.kstest(p, "uniform").pvalue > 1e-3
    (flown,) = changes(
        [
            conjunction(TRUTH, covariances(1.0), 72.0),
            _with_ephemeris(conjunction(TRUTH, covariances(1.0), 60.0)),
        ]
    )
    assert flown.basis == INDEPENDENT


def _with_ephemeris(message):
    return replace(message, primary=replace(message.primary, ephemeris_name="craft.oem"))


def test_the_same_solution_again_is_unchanged() -> None:
    message = conjunction(TRUTH, covariances(1.0), 72.0)
    again = conjunction(TRUTH, covariances(1.0), 60.0)
    (found,) = changes([message, again])
    assert found.verdict == UNCHANGED
    assert found.chi_square < 1e-6


def test_a_tca_that_moves_by_minutes_is_carried_along_the_orbits() -> None:
    """The same orbits at a TCA that is minutes later: a shift of TCA alone is no shift of the miss."""
    first = conjunction(TRUTH, covariances(1e-2), 72.0)
    # The same solution, stated 200 s later: not the closest approach, but the same orbits.
    states = np.stack([first.primary.state, first.secondary.state])
    moved, transition = state_transition(states, 200.0, gravity="j2")
    own = state_rtn_to_inertial(
        np.stack([first.primary.covariance_rtn, first.secondary.covariance_rtn]), states
    )
    spread = state_inertial_to_rtn(transition @ own @ np.swapaxes(transition, 1, 2), moved)
    later = replace(
        first,
        tca_fraction=first.tca_fraction + 200.0 / 86400.0,
        primary=replace(first.primary, state=moved[0], covariance_rtn=spread[0]),
        secondary=replace(first.secondary, state=moved[1], covariance_rtn=spread[1]),
    )
    found = revision(first, later, swapped=STRAIGHT)
    assert found.verdict == UNCHANGED
    assert found.tca_shift_s == pytest.approx(200.0, abs=1e-4)


def test_without_covariances_there_is_no_verdict() -> None:
    message = conjunction(TRUTH, covariances(1.0), 72.0)
    bare = replace(message, secondary=replace(message.secondary, covariance_rtn=np.zeros((6, 6))))
    for pair in ((message, bare), (bare, message)):
        found = revision(*pair, swapped=STRAIGHT)
        assert (found.verdict, found.p_value) == ("", None)
        assert found.reason == "a covariance is missing or not positive definite"
        assert found.shift_rtn_km is not None
    lost = replace(message, secondary=replace(message.secondary, covariance_rtn=1e9 * np.eye(6)))
    reason = revision(lost, message, swapped=STRAIGHT).reason
    assert reason.startswith("of the previous report OBJECT2 has a position error of ")
    far = replace(message, tca_jd=message.tca_jd + 1.0)
    assert revision(message, far, swapped=STRAIGHT).reason == "TCA moved by more than an hour"


def test_a_velocity_covariance_that_cannot_be_used_is_left_out() -> None:
    """The shift of a second would carry its variance of 100 km^2/s^2 into the positions."""
    message = conjunction(TRUTH, covariances(1.0), 72.0)
    moved = TRUTH.copy()
    moved[1, :3] += 8.0 * moved[1, 3:] / np.linalg.norm(moved[1, 3:])
    newer = conjunction(moved, covariances(0.9), 60.0)
    broken = message.secondary.covariance_rtn.copy()
    broken[3:, :3] = broken[:3, 3:] = 3.0
    broken[3:, 3:] += 0.01 * np.eye(3)
    older = replace(message, secondary=replace(message.secondary, covariance_rtn=broken))
    found = revision(older, newer, swapped=STRAIGHT)
    plain = revision(message, newer, swapped=STRAIGHT)
    assert found.verdict == plain.verdict == INCONSISTENT
    assert found.chi_square == pytest.approx(plain.chi_square, rel=0.05)


def test_a_covariance_that_is_singular_in_double_precision_is_not_tested() -> None:
    message = conjunction(TRUTH, covariances(1.0), 72.0)
    thin = np.outer([1.0, 2.0, 3.0, 0, 0, 0], [1.0, 2.0, 3.0, 0, 0, 0]) * 1e-4
    flat = [replace(item, covariance_rtn=thin) for item in (message.primary, message.primary)]
    line = replace(
        message, primary=flat[0], secondary=replace(message.secondary, covariance_rtn=1e-30 * thin)
    )
    assert (
        revision(line, message, swapped=STRAIGHT).reason == "a covariance is missing or not positive definite"
    )
    assert not is_positive_definite(np.full((3, 3), np.nan))
