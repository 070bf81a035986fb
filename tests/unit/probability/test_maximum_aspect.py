"""The maximum over aspect: no covariance within the limit does better, and the limit's closed form."""

from __future__ import annotations

import numpy as np
import pytest
from support.planes import plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.maximum import maximum_over_aspect, maximum_probability


@pytest.mark.parametrize("radius", [0.01, 0.3, 0.9])
def test_no_covariance_within_the_limit_does_better(radius):
    rng = np.random.default_rng(49)
    count = 3000
    angle, ratio = rng.uniform(0.0, np.pi, count), rng.uniform(1.0, 5.0, count)
    axes = np.stack(
        [np.stack([np.cos(angle), np.sin(angle)], -1), np.stack([-np.sin(angle), np.cos(angle)], -1)], -2
    )
    covariance = np.einsum("mai,ma,maj->mij", axes, np.stack([ratio**2, np.ones(count)], -1), axes)
    other = maximum_probability(
        plane_from_components(np.tile([1.0, 0.0], (count, 1)), covariance), np.full(count, radius)
    ).value
    best = maximum_over_aspect([1.0], [radius], max_aspect=5.0)
    assert other.max() <= best.value[0] * (1.0 + 1e-9)
    assert other.max() > 0.95 * best.value[0]
    plane = plane_of(1.0, 0.0, best.sigma_major_km, best.sigma_minor_km)
    assert foster(plane, np.array([radius]))[0] == pytest.approx(best.value[0], rel=1e-9)


def test_the_limit_is_approached_from_below():
    miss, radius = np.array([1.0, 2.0, 5.0]), np.array([0.05, 1.0, 4.9])
    line = maximum_over_aspect(miss, radius)
    values = [maximum_over_aspect(miss, radius, max_aspect=a).value for a in (1.0, 3.0, 10.0, 1e4)]
    assert (np.diff([*values, line.value], axis=0) > 0.0).all()
    assert values[-1] == pytest.approx(line.value, rel=1e-4)


def test_the_line_closed_form():
    # s^2 = 2 d R / ln((d + R) / (d - R)); checked against a scan of the one-dimensional probability.
    d, r = 1.0, 0.4
    found = maximum_over_aspect([d], [r])
    assert found.sigma_major_km[0] == pytest.approx(
        np.sqrt(2.0 * d * r / np.log((d + r) / (d - r))), rel=1e-14
    )
    scan = foster(plane_of(np.full(4000, d), 0.0, np.geomspace(0.1, 10.0, 4000), 1e-13), np.full(4000, r))
    assert scan.max() == pytest.approx(found.value[0], rel=1e-6)
    assert scan.max() <= found.value[0] * (1.0 + 1e-9)


def test_small_objects_keep_their_digits():
    # phi(1) 2 R / d.
    found = maximum_over_aspect([1.0], [1e-12])
    assert found.value[0] == pytest.approx(0.48394144903828673e-12, rel=1e-10)


def test_limits():
    found = maximum_over_aspect([1.0, 1.0, 0.0, 0.0, 3.0], [1.0, 2.0, 1.0, 0.0, 0.0])
    assert found.value.tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert np.isfinite(found.sigma_major_km).all()


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match=r"max_aspect: expected a ratio of at least 1, got 0\.5"):
        maximum_over_aspect([1.0], [0.1], max_aspect=0.5)
    with pytest.raises(InputError, match=r"hard_body_radius_km: expected >= 0 km, got -1\.0"):
        maximum_over_aspect([1.0], [-1.0])
    with pytest.raises(InputError, match=r"hard_body_radius_km: expected shape \(1\), got \(2,\)"):
        maximum_over_aspect([1.0], [1.0, 2.0])
