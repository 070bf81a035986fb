"""Effects of burns: closed forms, dilution, goals, common axes of the encounter plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.two_body_motion import crossing_states, impulses, two_body_event

from debrissim.core.errors import InputError
from debrissim.maneuvers.effect import effect_of, meets_goals
from debrissim.maneuvers.execution_error import NO_EXECUTION_ERROR, ExecutionError
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.reference import without_burn
from debrissim.probability.auto import assess_pairs
from debrissim.probability.state_pair import StatePair
from debrissim.uncertainty.rotation import state_rtn_to_inertial

MU = 398600.4418


def _effect(event, burns, error=NO_EXECUTION_ERROR, **options):  # type: ignore[no-untyped-def]
    return effect_of(event, burns, error, event.primary.after(burns), **options)


def test_no_burn_is_the_event_itself() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(0.2, 0.0, 0.1)))
    found = _effect(
        event, impulses(event.tca_s - np.array([0.0, 3000.0, 40_000.0]), np.zeros(3)), ExecutionError()
    )
    own, other = event.primary.state[None], event.secondary.state[None]  # type: ignore[attr-defined]
    pair = StatePair(
        own,
        other,
        state_rtn_to_inertial(event.primary_covariance[None], own),
        state_rtn_to_inertial(event.secondary_covariance[None], other),
    )
    np.testing.assert_allclose(found.probability, assess_pairs(pair, 0.01).value[0], rtol=1e-9)
    np.testing.assert_array_equal(found.probability, found.probability_exact)
    np.testing.assert_allclose(found.tca_shift_s, 0.0, atol=1e-9)
    assert not found.diluted.any()
    assert not found.meets_goal.any()
    # The common axes are the principal axes here: no covariance between them, the larger one first.
    np.testing.assert_allclose(found.plane_covariance_km2[:, 0, 1], 0.0, atol=1e-12)
    assert (found.plane_covariance_km2[:, 0, 0] >= found.plane_covariance_km2[:, 1, 1]).all()
    np.testing.assert_allclose(np.linalg.norm(found.plane_miss_km, axis=1), found.miss_km, rtol=1e-9)


@pytest.mark.parametrize("direction", [0, 1, 2])
@pytest.mark.parametrize("revolutions", [0.1, 0.25, 0.5, 1.25, 3.5])
def test_miss_agrees_with_the_equations_of_relative_motion(direction: int, revolutions: float) -> None:
    """Clohessy & Wiltshire (1960): displacement of a circular orbit by an impulse, to first order."""
    radius, angle = 7000.0, 1.2
    event = two_body_event(*crossing_states(radius_km=radius, angle_rad=angle, miss_rtn_km=(0.0, 0.0, 0.0)))
    n = np.sqrt(MU / radius**3)
    t = revolutions * 2.0 * np.pi / n
    change = np.zeros(3)
    change[direction] = 0.05
    s, c, v = np.sin(n * t), np.cos(n * t), 1e-3 * change
    moved = np.array(
        [
            v[0] * s / n + 2.0 * v[1] * (1.0 - c) / n,
            -2.0 * v[0] * (1.0 - c) / n + v[1] * (4.0 * s / n - 3.0 * t),
            v[2] * s / n,
        ]
    )
    speed = radius * n
    relative = np.array([0.0, speed * (np.cos(angle) - 1.0), speed * np.sin(angle)])
    across = -moved + (moved @ relative) / (relative @ relative) * relative
    found = _effect(event, impulses(event.tca_s - t, change))
    np.testing.assert_allclose(
        found.miss_rtn_km[0], across, rtol=0.01, atol=0.01 * float(np.linalg.norm(across)) + 1e-5
    )
    assert found.relative_speed_km_s[0] == pytest.approx(np.linalg.norm(relative), rel=1e-3)


def test_large_execution_errors_are_not_safety() -> None:
    # Errors of metres, a burn of millimetres, and an execution error that spreads the spacecraft over kilometres.
    event = two_body_event(
        *crossing_states(miss_rtn_km=(0.02, 0.0, 0.0)),
        sigma_rtn_km=(0.01, 0.02, 0.01),
        hard_body_radius_m=5.0,
    )
    burns = impulses(event.tca_s - 8000.0, [0.0, 0.001, 0.0])
    wild = ExecutionError(5.0, 0.0, 5.0, 0.0)
    found = _effect(event, burns, wild, goals=Goals(1e-4, 0.0))
    assert found.probability[0] < 1e-4 < found.probability_exact[0]
    assert found.diluted[0]
    assert not found.meets_goal[0]


def test_a_hump_between_exact_and_wild_is_found() -> None:
    # Executed exactly it is safe, and expected so widely spread that the probability is small again: in between it is
    # not.
    event = two_body_event(
        *crossing_states(miss_rtn_km=(0.02, 0.0, 0.0)),
        sigma_rtn_km=(0.01, 0.02, 0.01),
        hard_body_radius_m=5.0,
    )
    burns = impulses(event.tca_s - 8000.0, [0.0, 0.02, 0.0])
    wild = ExecutionError(5.0, 0.0, 5.0, 0.0)
    found = _effect(event, burns, wild, goals=Goals(1e-4, 0.0))
    assert max(found.probability[0], found.probability_exact[0]) < 1e-4
    assert found.diluted[0]
    assert not found.meets_goal[0]
    tame = _effect(event, burns, ExecutionError(0.0, 0.01, 0.0, 0.01), goals=Goals(1e-4, 0.0))
    assert not tame.diluted[0]
    assert tame.meets_goal[0]


def test_moving_away_is_not_dilution_however_large_the_errors() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(0.5, 0.0, 0.0)), sigma_rtn_km=(2.0, 3.0, 2.0))
    found = _effect(
        event, impulses(event.tca_s - 8000.0, [0.0, 1.5, 0.0]), ExecutionError(), goals=Goals(1e-6)
    )
    assert found.meets_goal[0]
    assert not found.diluted[0]


def test_goals_need_both_the_probability_and_the_miss() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(0.1, 0.0, 0.0)))
    burns = impulses(event.tca_s - 8000.0, [[0.0, 0.2, 0.0], [0.0, -0.2, 0.0]])
    found = _effect(event, burns)
    assert (found.probability < 1e-6).all()
    assert found.meets_goal.all()
    assert not _effect(event, burns, goals=Goals(1e-6, 100.0)).meets_goal.any()
    assert not _effect(event, burns, goals=Goals(1e-300)).meets_goal.any()


def test_a_burn_into_the_next_passage_does_not_meet_the_goals() -> None:
    # Nearly together: an impulse opens this passage and closes another within half a revolution.
    event = two_body_event(
        *crossing_states(angle_rad=1e-4, miss_rtn_km=(0.2, 0.0, 0.3)), sigma_rtn_km=(0.01, 0.02, 0.01)
    )
    changes = np.random.default_rng(1).normal(0.0, 0.3, (60, 3))
    found = _effect(event, impulses(event.tca_s - 3000.0, changes), goals=Goals(1e-6, 0.0))
    near = np.isfinite(found.neighbour_miss_km)
    assert near.any()
    assert (found.neighbour_miss_km[near] < found.miss_km[near]).all()
    unsafe = near & (found.neighbour_probability > 1e-6)
    assert not found.meets_goal[unsafe].any()


@pytest.mark.parametrize(
    ("geometry", "errors", "goals"),
    [
        ({}, {}, Goals()),
        ({"miss_rtn_km": (0.4, 0.0, 0.0)}, {}, Goals(1e-6, 0.5)),
        # Neighbours that are closer than the encounter itself.
        ({"angle_rad": np.pi - 0.01}, {}, Goals(1e-5, 2.0)),
        # Burns that only dilute the probability.
        ({"miss_rtn_km": (0.5, 0.0, 0.0)}, {"sigma_rtn_km": (1.0, 6.0, 1.0)}, Goals(1e-5)),
        # Slow: the probability is integrated along the orbits.
        ({"angle_rad": 0.004}, {"sigma_rtn_km": (0.05, 0.2, 0.05)}, Goals(1e-4)),
    ],
)
def test_goals_alone_are_those_of_the_whole_effect(geometry: dict, errors: dict, goals: Goals) -> None:  # type: ignore[type-arg]
    event = two_body_event(*crossing_states(**geometry), **errors)
    rng = np.random.default_rng(9)
    changes = rng.normal(size=(60, 3)) * 10.0 ** rng.uniform(-3.0, 1.0, (60, 1))
    leads = rng.choice([0.0, 30.0, 1500.0, 2900.0, 20000.0], 60)
    burns = impulses(event.tca_s - leads, changes)
    after, reference = event.primary.after(burns), without_burn(event, event.tca_s - 20000.0)
    for error in (NO_EXECUTION_ERROR, ExecutionError(), ExecutionError(magnitude_fraction=0.5)):
        whole = effect_of(event, burns, error, after, goals=goals, reference=reference).meets_goal
        alone = meets_goals(event, burns, error, after, goals=goals, reference=reference)
        assert (alone == whole).all()
        assert 0 < whole.sum() < 60


def test_burns_after_the_closest_approach_are_refused() -> None:
    event = two_body_event(*crossing_states())
    with pytest.raises(
        InputError, match="time_s: expected burns before the closest approach, got one 10 s after it"
    ):
        _effect(event, impulses(event.tca_s + 10.0, [0.0, 0.1, 0.0]))


def test_thrust_beyond_the_closest_approach_is_refused() -> None:
    """The execution error of a burn that is not over would count in full."""
    event = two_body_event(*crossing_states())
    impulse = impulses(event.tca_s - 90.0, [0.0, 0.1, 0.0])
    late = replace(impulse, duration_s=np.array([100.0]))
    with pytest.raises(
        InputError, match="end_s: expected burns before the closest approach, got one 10 s after"
    ):
        effect_of(event, late, ExecutionError(), event.primary.after(impulse))


def test_thousands_of_burns_give_what_each_gives_alone() -> None:
    event = two_body_event(*crossing_states())
    rng = np.random.default_rng(2)
    burns = impulses(event.tca_s - rng.uniform(0.0, 20_000.0, 5000), rng.normal(0.0, 0.3, (5000, 3)))
    found = _effect(event, burns, ExecutionError())
    assert np.isfinite(found.probability).all()
    for k in (0, 2_499, 4_999):
        alone = _effect(event, burns[[k]], ExecutionError())
        assert alone.miss_km[0] == pytest.approx(found.miss_km[k], rel=1e-9)
        assert alone.probability_exact[0] == pytest.approx(found.probability_exact[k], rel=1e-9)
        # Errors move along one orbit with J2 that begins at the first burn.
        assert alone.probability[0] == pytest.approx(found.probability[k], rel=0.01)
