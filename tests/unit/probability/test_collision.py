"""`collision_probability`: values with their flags, and the sum over encounters."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.probability.collision import (
    CollisionProbability,
    ProbabilityFlag,
    collision_probability,
    cumulative_probability,
)
from debrissim.probability.registry import METHODS, get_method, plane_methods

HALF = np.diag([0.01, 0.25, 0.02])[None] / 2.0


def one(position=(0.3, 0.5, 0.4), velocity=(0.1, -9.0, 8.0), covariance=HALF, radius=20.0, **options):
    return collision_probability(
        np.array([position]), np.array([velocity]), covariance, covariance, radius, **options
    )


def test_an_ordinary_encounter():
    found = one(covariance_label="modelled, not measured: test")
    assert len(found) == 1
    assert 0.0 < found.value[0] < found.maximum[0] < 1.0
    assert found.flags[0] == 0
    assert found.method == "foster"
    assert found.covariance_label == "modelled, not measured: test"
    assert found.hard_body_radius_m.tolist() == [20.0]
    assert found.sigma_major_km[0] > found.sigma_minor_km[0] > 0.0
    assert found.dilution[0] == (found.maximum_scale[0] < 1.0)


SLOW, EXTENDED, OFFSET = (
    ProbabilityFlag.SLOW_ENCOUNTER,
    ProbabilityFlag.EXTENDED_ENCOUNTER,
    ProbabilityFlag.OFFSET_ENCOUNTER,
)


def test_flags():
    assert one(velocity=(0.0, 0.0, 0.0)).flags[0] == (
        ProbabilityFlag.NO_RELATIVE_VELOCITY | SLOW | EXTENDED | OFFSET
    )
    # 0.5 km along the track: 3.04 km to cross; 8.3 sigmas either side.
    assert one(velocity=(0.0, 0.04, 0.0)).flags[0] == SLOW | EXTENDED | OFFSET
    assert one(velocity=(0.0, 0.06, 0.0)).flags[0] == EXTENDED | OFFSET
    assert one(velocity=(0.0, 0.1, 0.0)).flags[0] == 0
    assert one(position=(0.001, 0.0, 0.0)).flags[0] == ProbabilityFlag.HARD_BODY_OVERLAP
    assert one(covariance=-HALF).flags[0] == ProbabilityFlag.NON_POSITIVE_DEFINITE
    both = ProbabilityFlag.SLOW_ENCOUNTER | ProbabilityFlag.HARD_BODY_OVERLAP
    assert both.labels == ("slow encounter", "hard body overlap")


def test_extended_and_offset_by_the_period():
    # 0.5 km along the track at 0.1 km/s: half a width of 41.5 s, 1 % of 4150 s, 2 % of it in all.
    for period, flags in ((4100.0, EXTENDED | OFFSET), (4200.0, 0)):
        assert one(velocity=(0.0, 0.1, 0.0), position=(0.3, 0.0, 0.4), period_s=period).flags[0] == flags
    # States 0.2 km before closest approach are 2 s off it; a correlated miss moves the likeliest time as well.
    assert one(velocity=(0.0, 0.1, 0.0), position=(0.3, -0.2, 0.4), period_s=4200.0).flags[0] == OFFSET
    skewed = HALF.copy()
    skewed[0, 0, 1] = skewed[0, 1, 0] = 0.01
    found = one(velocity=(0.0, 0.1, 0.0), position=(0.3, 0.0, 0.4), covariance=skewed, period_s=4200.0)
    assert found.plane.passage_time_s[0] == pytest.approx(0.02 / 0.01 * 0.3 / 0.1)
    assert found.plane.passage_sigma_s[0] == pytest.approx(np.sqrt(0.25 - 0.02**2 / 0.01) / 0.1)
    assert found.flags[0] == OFFSET


def test_passage_against_the_likelihood_of_all_three_axes():
    # Hall's form, with the inverse of the whole covariance: T = -r A^-1 v / (v A^-1 v), 1 / sqrt(v A^-1 v).
    rng = np.random.default_rng(8)
    root = rng.normal(size=(40, 3, 3))
    a = root @ np.swapaxes(root, 1, 2)
    r, v = rng.normal(size=(40, 3)), rng.normal(size=(40, 3))
    plane = collision_probability(r, v, 0.5 * a, 0.5 * a, 10.0).plane
    weighed = np.linalg.solve(a, v[:, :, None])[:, :, 0]
    top, bottom = (r * weighed).sum(axis=1), (v * weighed).sum(axis=1)
    assert plane.passage_time_s == pytest.approx(-top / bottom, rel=1e-8)
    assert plane.passage_sigma_s == pytest.approx(1.0 / np.sqrt(bottom), rel=1e-8)


def test_one_bad_covariance_of_two_is_flagged():
    bad = np.diag([0.01, -1e-5, 0.02])[None]
    found = collision_probability(np.ones((1, 3)), np.array([[0.0, 9.0, 1.0]]), HALF, bad, 10.0)
    assert found.flags[0] == ProbabilityFlag.NON_POSITIVE_DEFINITE
    assert not found.plane.non_positive_definite[0]


@pytest.mark.parametrize("position", [(0.0, 0.0, 0.0), (0.3, 0.5, 0.4), (1e5, 0.0, 0.0)])
@pytest.mark.parametrize("velocity", [(0.0, 0.0, 0.0), (1e-12, 0.0, 0.0), (0.0, 7.0, 7.0)])
@pytest.mark.parametrize(
    "covariance", [0.0 * HALF, HALF, -HALF, np.ones((1, 3, 3)), 1e200 * HALF, 1e-200 * HALF]
)
@pytest.mark.parametrize("radius", [0.0, 1.0, 1e7])
def test_nothing_is_ever_nan(position, velocity, covariance, radius):
    found = one(position, velocity, covariance, radius)
    for column in (found.value, found.maximum):
        assert ((column >= 0.0) & (column <= 1.0)).all()
    assert not np.isnan(found.maximum_scale).any()
    assert found.value[0] <= found.maximum[0] * (1.0 + 1e-12)


def test_zero_miss_with_zero_relative_velocity_is_an_upper_bound_of_the_sphere():
    found = one(position=(0.0, 0.0, 0.0), velocity=(0.0, 0.0, 0.0), radius=50.0)
    rng = np.random.default_rng(2)
    samples = rng.multivariate_normal(np.zeros(3), 2.0 * HALF[0], 200_000)
    assert found.value[0] > (np.linalg.norm(samples, axis=1) < 0.05).mean() > 0.0


def test_unequal_covariances_add():
    split = collision_probability(np.ones((1, 3)), np.eye(3)[:1], HALF, 3.0 * HALF, 100.0)
    even = collision_probability(np.ones((1, 3)), np.eye(3)[:1], 2.0 * HALF, 2.0 * HALF, [100.0])
    assert split.value == pytest.approx(even.value, rel=1e-12)


def test_one_encounter_without_a_leading_axis():
    vectors = [0.3, 0.5, 0.4], (0.1, -9.0, 8.0)
    found = collision_probability(*vectors, HALF[0], HALF[0].tolist(), hard_body_radius_m=20)
    assert len(found) == 1
    for name in ("value", "maximum", "maximum_scale", "flags", "hard_body_radius_m"):
        assert getattr(found, name).tobytes() == getattr(one(), name).tobytes()
    with pytest.raises(InputError, match=r"covariance_primary_km2: expected shape \(1, 3, 3\), got \(1, 3\)"):
        collision_probability(*vectors, HALF[0, 0], HALF[0], 20.0)
    with pytest.raises(InputError, match=r"relative_velocity_km_s: expected shape \(1, 3\), got \(1, 1, 3\)"):
        collision_probability(vectors[0], [vectors[1]], HALF[0], HALF[0], 20.0)


def test_one_row_reads_as_a_sentence():
    found = one()
    assert repr(found) == "<Probability 1.45e-05 by foster; max 3.5e-04 at 2.5 sigma; no flags>"
    assert repr(one(velocity=(0.0, 0.06, 0.0))).endswith("sigma; extended encounter, offset encounter>")
    both = CollisionProbability.concat([found, found])
    assert repr(both).startswith("<CollisionProbability: 2 rows x")
    assert repr(both[1]) == repr(found)


def test_compare_lists_every_plane_method():
    table = one(method="alfriend-akella").compare()
    assert table.method.tolist() == list(plane_methods())
    for k, name in enumerate(plane_methods()):
        single = one(method=name)
        assert table.value[k] == single.value[0]
        assert table.relative_difference[k] == pytest.approx(
            single.value[0] / one().value[0] - 1.0, abs=1e-15
        )
        assert table.source[k] == METHODS[name].source
        assert table.sana_name[k] == (METHODS[name].sana_name or "")
    assert repr(table).count("\n") == len(table) == 11
    assert "chan-1997" in repr(table)
    # Without a hard body every method gives 0, and none differs.
    assert (one(radius=0.0).compare().relative_difference == 0.0).all()
    with pytest.raises(InputError, match="compare: expected one encounter, got 2"):
        CollisionProbability.concat([one(), one()]).compare()


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="hard_body_radius_m: expected >= 0"):
        one(radius=-1.0)
    with pytest.raises(InputError, match="hard_body_radius_m: expected finite"):
        one(radius=np.nan)
    with pytest.raises(InputError, match=r"period_s: expected > 0 s, got 0\.0"):
        one(period_s=0.0)
    with pytest.raises(InputError, match=r"period_s: expected one number or shape \(1,\), got \(2,\)"):
        one(period_s=[1.0, 2.0])
    with pytest.raises(
        InputError, match=r"method: expected one of foster, .*, auto, got 'chan'; did you mean 'chan-1997'\?"
    ):
        one(method="chan")


def test_registry_and_selection():
    assert get_method("foster") is METHODS["foster"]
    rng = np.random.default_rng(3)
    found = collision_probability(
        rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), *(np.repeat(HALF, 5, 0),) * 2, np.arange(1, 6)
    )
    part = found[found.value > np.median(found.value)]
    assert len(part) == 2
    assert part.plane.miss_km.shape == (2, 2)
    assert part.method == found.method


def test_cumulative_probability():
    assert cumulative_probability([]) == 0.0
    assert cumulative_probability([0.5, 0.5]) == pytest.approx(0.75)
    assert cumulative_probability(np.full(1000, 1e-18)) == pytest.approx(1e-15, rel=1e-12)
    assert cumulative_probability([1.0, 0.2]) == 1.0
    with pytest.raises(InputError, match=r"values: expected probabilities in \[0, 1\], got 1.5"):
        cumulative_probability([0.1, 1.5])
