"""Simulated breakups: number, size and velocity follow the laws; mass and momentum are conserved; seeds repeat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, poisson

from debrissim.core.errors import InputError
from debrissim.hazard.breakup.distributions import area_to_mass, cumulative_count
from debrissim.hazard.breakup.fragments import BreakupResult
from debrissim.hazard.breakup.model import simulate_collision, simulate_explosion

MIN_P = 1e-3


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def iridium_cosmos(seed: int = 1, min_length_m: float = 0.01) -> BreakupResult:
    return simulate_collision(950.0, 560.0, 11.7, min_length_m=min_length_m, rng=rng(seed))


def check(breakup: BreakupResult) -> None:
    """Check the properties of every breakup."""
    fragments, balance = breakup.fragments, breakup.balance
    for column in (fragments.characteristic_length_m, fragments.area_m2, fragments.mass_kg):
        assert column.shape == (len(fragments),)
        assert np.isfinite(column).all()
        assert (column > 0.0).all()
    assert fragments.velocity_change_km_s.shape == (len(fragments), 3)
    assert np.isfinite(fragments.velocity_change_km_s).all()
    assert fragments.area_to_mass_m2_kg == pytest.approx(fragments.area_m2 / fragments.mass_kg)
    assert (fragments.characteristic_length_m >= breakup.min_length_m).all()
    parts = (
        balance.fragment_mass_kg,
        balance.below_min_length_kg,
        balance.remnant_mass_kg,
        balance.residual_kg,
    )
    assert all((part >= 0.0).all() for part in parts)
    assert sum(parts) == pytest.approx(balance.parent_mass_kg, rel=1e-12, abs=1e-300)
    for parent in (0, 1):
        mine = fragments.mass_kg[fragments.parent == parent].sum()
        assert mine == pytest.approx(balance.fragment_mass_kg[parent])
    # Of each object by itself, and of both together.
    moved = fragments.mass_kg[:, None] * fragments.velocity_change_km_s
    scale = np.abs(moved).sum() + 1e-300
    for parent in (0, 1):
        total = moved[fragments.parent == parent].sum(axis=0)
        total = total + balance.remnant_mass_kg[parent] * balance.remnant_velocity_change_km_s[parent]
        assert np.abs(total).max() <= 1e-12 * scale
    assert np.abs(balance.momentum_residual_kg_km_s).max() <= 1e-12 * scale


def test_sizes_follow_the_number_law_up_to_where_the_mass_ends():
    breakup = iridium_cosmos()
    check(breakup)
    length = breakup.fragments.characteristic_length_m
    assert breakup.expected_count == pytest.approx(63713.7, abs=0.1)
    assert len(length) == pytest.approx(63713.7, abs=4.0 * np.sqrt(63713.7))
    below = length[length < 0.5]
    top = 1.0 - (0.5 / 0.01) ** -1.71
    assert kstest(below, lambda x: (1.0 - (x / 0.01) ** -1.71) / top).pvalue > MIN_P
    for length_m in (0.05, 0.1, 0.3):
        law = float(cumulative_count(length_m, breakup.law))
        low, high = poisson.ppf([1e-4, 1.0 - 1e-4], law)
        assert low <= (length >= length_m).sum() <= high + 0.5


def test_numbers_are_poisson_about_the_law():
    counts = np.array(
        [
            len(simulate_explosion(800.0, min_length_m=0.3, rocket_body=True, rng=rng(s)).fragments)
            + simulate_explosion(800.0, min_length_m=0.3, rocket_body=True, rng=rng(s)).balance.dropped_count[
                0
            ]
            for s in range(400)
        ]
    )
    law = 6.0 * 0.3**-1.6
    assert counts.mean() == pytest.approx(law, abs=4.0 * np.sqrt(law / 400))
    assert counts.var() == pytest.approx(law, rel=4.0 * np.sqrt(2.0 / 400))


def test_area_to_mass_and_velocity_follow_their_laws():
    fragments = iridium_cosmos().fragments
    near = np.abs(fragments.characteristic_length_m - 0.0105) < 5e-4
    chi = np.log10(fragments.area_to_mass_m2_kg[near])
    law = area_to_mass(0.0105, rocket_body=False)
    # A band of sizes against the law at its middle: its mean moves by 0.02 across the band.
    assert chi.mean() == pytest.approx(float(law.moments()[0][0]), abs=0.02)
    assert chi.std() == pytest.approx(float(law.moments()[1][0]), rel=0.03)
    speed = np.log10(np.linalg.norm(fragments.velocity_change_km_s, axis=1) * 1000.0)
    standard = (speed - (0.9 * np.log10(fragments.area_to_mass_m2_kg) + 2.9)) / 0.4
    assert kstest(standard, "norm").pvalue > MIN_P


def test_directions_are_isotropic():
    fragments = iridium_cosmos().fragments
    unit = fragments.velocity_change_km_s / np.linalg.norm(fragments.velocity_change_km_s, axis=1)[:, None]
    for axis in range(3):
        assert kstest(unit[:, axis], "uniform", (-1.0, 2.0)).pvalue > MIN_P
    assert np.abs(np.cov(unit.T) - np.eye(3) / 3.0).max() < 0.01


def test_fragments_divide_by_mass():
    parent = iridium_cosmos().fragments.parent
    expected = parent.size * 560.0 / 1510.0
    assert (parent == 1).sum() == pytest.approx(expected, abs=4.0 * np.sqrt(expected))
    assert (np.diff(parent) >= 0).all()


def test_a_catastrophic_collision_leaves_nothing_whole():
    breakup = iridium_cosmos(min_length_m=0.05)
    check(breakup)
    assert breakup.catastrophic
    assert breakup.balance.remnant_mass_kg.tolist() == [0.0, 0.0]
    # What lies between 1 mm and 5 cm, by the laws' mean: 7 % of the mass.
    assert breakup.balance.below_min_length_kg.sum() / 1510.0 == pytest.approx(0.073, abs=0.001)
    assert breakup.balance.fragment_energy_j < 0.01 * breakup.balance.impact_energy_j
    assert breakup.balance.impact_energy_j == pytest.approx(0.5 * 950.0 * 560.0 / 1510.0 * 11700.0**2)


def test_a_collision_that_is_not_catastrophic_leaves_the_target():
    # 1 kg at 10 km/s into a space station: 100 kg break.
    breakup = simulate_collision(420e3, 1.0, 10.0, rng=rng())
    check(breakup)
    assert breakup.catastrophic is False
    assert breakup.balance.remnant_mass_kg == pytest.approx([420e3 - 99.0, 0.0])
    assert (
        breakup.balance.fragment_mass_kg.sum() + breakup.balance.below_min_length_kg.sum()
        == pytest.approx(100.0)
    )
    # The station hardly moves.
    assert np.linalg.norm(breakup.balance.remnant_velocity_change_km_s[0]) < 1e-4


def test_the_smaller_object_breaks_first_whichever_it_is():
    for masses, smaller in (((950.0, 560.0), 1), ((560.0, 950.0), 0)):
        breakup = simulate_collision(*masses, 0.1, min_length_m=0.02, rng=rng())
        check(breakup)
        assert set(breakup.fragments.parent.tolist()) == {smaller}
        assert breakup.balance.remnant_mass_kg[smaller] == pytest.approx(560.0 - 5.6)
        assert breakup.balance.remnant_mass_kg[1 - smaller] == 950.0
        assert any("hypervelocity" in flag for flag in breakup.flags)


def test_an_explosion_of_a_stage_conserves_its_mass_in_its_large_pieces():
    breakup = simulate_explosion(839.0, rocket_body=True, rng=rng())
    check(breakup)
    assert breakup.expected_count == pytest.approx(724.1, abs=0.1)
    large = breakup.fragments.characteristic_length_m >= 1.0
    assert large.any()
    # The laws give 13 % of the stage to fragments up to 1 m in the mean; the pieces beyond share the rest.
    assert breakup.fragments.mass_kg[~large].sum() < 0.4 * 839.0
    # With the rest added, the area-to-mass ratios of the large ones agree within the spread of the sampled ones.
    assert breakup.fragments.area_to_mass_m2_kg[large].max() < 0.1
    assert any("larger than 1 m" in flag for flag in breakup.flags)


def test_a_small_explosion_leaves_a_remnant():
    breakup = simulate_explosion(839.0, rocket_body=True, scale=0.01, rng=rng(3))
    check(breakup)
    assert breakup.balance.remnant_mass_kg[0] > 800.0


def test_the_law_is_cut_and_flagged_when_the_mass_runs_out():
    breakup = simulate_collision(10.0, 10.0, 10.0, rng=rng())
    check(breakup)
    assert breakup.balance.dropped_count.sum() > 0
    assert (breakup.balance.mass_runs_out_m < 1.0).any()
    assert any("mass is used up" in flag for flag in breakup.flags)
    # No fragment is larger than a 10 kg object, 0.42 m across at 0.01 m^2/kg.
    assert breakup.fragments.area_m2.max() <= 0.1


def test_flags_of_validity():
    assert any("spacecraft" in flag for flag in simulate_explosion(900.0, rocket_body=False, rng=rng()).flags)
    assert any(
        "600 to 1000" in flag for flag in simulate_explosion(4000.0, rocket_body=True, rng=rng()).flags
    )
    near = simulate_collision(1250.0, 1.2, 10.0, rng=rng())
    assert any("is uncertain" in flag for flag in near.flags)
    fast = simulate_collision(950.0, 560.0, 3.0, min_length_m=0.002, rng=rng())
    assert any("faster than the impact" in flag for flag in fast.flags)


def test_velocity_and_speed_are_the_same_to_the_model():
    one = simulate_collision(950.0, 560.0, [0.0, 11.7, 0.0], rng=rng())
    other = simulate_collision(950.0, 560.0, 11.7, rng=rng())
    assert one.fragments.mass_kg.tobytes() == other.fragments.mass_kg.tobytes()


def test_the_same_seed_gives_the_same_bytes():
    first, second, third = iridium_cosmos(7), iridium_cosmos(7), iridium_cosmos(8)
    for name in first.fragments.__dataclass_fields__:
        assert getattr(first.fragments, name).tobytes() == getattr(second.fragments, name).tobytes()
    assert first.fragments.mass_kg.tobytes() != third.fragments.mass_kg.tobytes()


def test_selection():
    fragments = iridium_cosmos(min_length_m=0.05).fragments
    large = fragments[fragments.characteristic_length_m >= 0.1]
    assert 0 < len(large) < len(fragments)
    assert large.velocity_change_km_s.shape == (len(large), 3)
    assert len(fragments[[]]) == 0


@settings(deadline=None, max_examples=80)
@example(1e6, 1e-6, 30.0, 0.05, (True, False), None, 1)
@example(2048.5283401867537, 6143.508819709094, 2.0, 1.0, (False, False), False, 0)
@example(1e6, 1e5, 0.001, 1.0, (True, True), True, 1)
@example(1e-3, 1e-6, 15.0, 0.05, (False, False), True, 1)
@given(
    st.floats(1e-3, 1e4),
    st.floats(1e-6, 1e4),
    st.floats(1e-3, 30.0),
    st.floats(0.05, 1.0),
    st.tuples(st.booleans(), st.booleans()),
    st.sampled_from([None, True, False]),
    st.integers(0, 2**32),
)
def test_every_collision_is_balanced(target, projectile, speed, min_length_m, kinds, catastrophic, seed):
    check(
        simulate_collision(target, projectile, speed, min_length_m=min_length_m, rocket_body=kinds, rng=rng(seed),
                  catastrophic=catastrophic)
    )  # fmt: skip


@settings(deadline=None, max_examples=80)
@given(
    st.floats(1e-3, 1e6), st.floats(1e-3, 10.0), st.floats(0.02, 1.0), st.booleans(), st.integers(0, 2**32)
)
@example(29799.0, 2.0**-7, 0.02, False, 17241)  # the heaviest fragment carries nearly all momentum
def test_every_explosion_is_balanced(mass, scale, min_length_m, rocket_body, seed):
    check(
        simulate_explosion(
            mass, scale=scale, min_length_m=min_length_m, rocket_body=rocket_body, rng=rng(seed)
        )
    )


@pytest.mark.parametrize("length", [0.0009, 1.1, 0.0, -1.0, np.nan])
def test_lengths_outside_the_model_are_refused(length):
    with pytest.raises(InputError, match=r"min_length_m: expected 0.001 to 1 m"):
        simulate_explosion(800.0, rocket_body=True, min_length_m=length, rng=rng())


def test_bad_input_is_named():
    for mass in (0.0, -5.0, np.nan, np.inf):
        with pytest.raises(InputError, match="mass_kg: expected a finite number above 0"):
            simulate_explosion(mass, rocket_body=True, rng=rng())
        with pytest.raises(InputError, match="projectile_mass_kg"):
            simulate_collision(1.0, mass, 10.0, rng=rng())
    with pytest.raises(InputError, match=r"expected a speed or shape \(3,\)"):
        simulate_collision(1.0, 1.0, [1.0, 2.0], rng=rng())
    with pytest.raises(InputError, match="more than 20000000"):
        simulate_collision(1e5, 1e5, 10.0, min_length_m=0.001, rng=rng())
