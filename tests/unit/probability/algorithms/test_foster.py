"""The default method against 25-digit integration, its limits and its symmetries."""

from __future__ import annotations

import numpy as np
import pytest
from support.disc_oracle import disc_probability

from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import plane_from_components

# (miss along major, along minor, sigma major, sigma minor, radius, probability), computed by `disc_oracle`.
FROZEN = [
    (0, 0, 1, 1, 1e-06, 4.99999999999875e-13),
    (1, 1, 2, 1, 0.1, 0.001337838618179544),
    (3, 2, 4, 1, 0.3, 0.0011874425154942035),
    (0, 0, 1, 1, 1, 0.3934693402873666),
    (1, 2, 3, 1, 2.5, 0.2927068179472084),
    (0, 10, 1, 1, 0.5, 2.147849080768906e-22),
    (25, 0, 1, 1, 0.1, 1.9256558831615932e-138),
    (0, 37, 5, 1, 1, 1.3779233429265343e-285),
    (20, 20, 1, 1, 2, 3.829681897856368e-153),
    (5, 30, 7, 1, 4, 1.0689630528503268e-150),
    (2, 3, 1.5, 1, 10, 0.9999992272642135),
    (9, 0, 2, 1, 10, 0.6824354867708184),
    (30, 5, 20, 1, 30, 0.4898335758874726),
    (100, 99.5, 1.2, 1, 141, 0.47387076820439783),
    (1000, 1000, 1, 1, 1400, 3.755178826654367e-46),
    (0, 1000.5, 3, 1, 1000, 0.30695864045402205),
    (1000.5, 0, 3, 1, 1000, 0.43375059679055294),
    (1e06, 1, 1e06, 1, 0.001, 1.8393972058571925e-13),
    (2e06, 3, 1e06, 1, 50, 5.3882835119038466e-06),
    (0, 0, 1e06, 1, 1e06, 0.6826894921368439),
    (1.2e06, 2, 1e06, 1, 1e06, 0.40683684304633205),
    (100000, 100000, 1e06, 1, 141420, 0.0792581942253081),
    (400000, 1000, 10000, 1, 1000, 0.0),
    (1000, 20, 10000, 1, 1e-06, 6.884971570415704e-104),
    (3, 40, 10000, 1, 3, 1.6237924938117964e-304),
    (5e08, 0.5, 1e06, 1, 5e08, 0.4999999999999995),
    (50, 5000, 10, 1, 5001, 0.7692408008352271),
]


def probability(miss_major, miss_minor, major, minor, radius):
    miss = np.atleast_2d(np.stack(np.broadcast_arrays(miss_major, miss_minor), axis=-1)).astype(float)
    covariance = np.zeros((miss.shape[0], 2, 2))
    covariance[:, 0, 0] = np.square(major)
    covariance[:, 1, 1] = np.square(minor)
    return foster(
        plane_from_components(miss, covariance), np.broadcast_to(radius, miss.shape[0]).astype(float)
    )


@pytest.mark.parametrize("case", FROZEN, ids=lambda c: "-".join(f"{x:g}" for x in c[:5]))
def test_frozen_high_precision_values(case):
    u, v, major, minor, radius, expected = case
    assert probability(u, v, major, minor, radius)[0] == pytest.approx(expected, rel=2e-12, abs=1e-307)


@pytest.mark.parametrize("row", [1, 4, 9, 16])
def test_frozen_values_are_the_oracles(row):
    *inputs, expected = FROZEN[row]
    assert disc_probability(*inputs) == pytest.approx(expected, rel=1e-15)


def adversarial_inputs(count, seed):
    """Axis ratios 1 to 1e6, radii 1e-6 to 1e3 of either sigma, offsets to 40 sigma of centre or edge."""
    rng = np.random.default_rng(seed)
    ratio = 10.0 ** rng.uniform(0.0, 6.0, count)
    ratio[::3] = 10.0 ** rng.uniform(0.0, 1.0, ratio[::3].size)
    radius = 10.0 ** rng.uniform(-6.0, 3.0, count) * np.where(rng.uniform(size=count) < 0.5, 1.0, ratio)
    offset = 40.0 * rng.uniform(size=count) * rng.uniform(size=count) ** 2
    angle = rng.uniform(0.0, np.pi / 2.0, count)
    angle[::5] = 0.0
    angle[1::7] = np.pi / 2.0
    edge = np.where(rng.uniform(size=count) < 0.3, radius, 0.0)
    u = (offset * ratio + edge) * np.cos(angle)
    v = (offset + edge) * np.sin(angle)
    return u, v, ratio, np.ones(count), radius


def largest_error(count, seed):
    columns = adversarial_inputs(count, seed)
    found = probability(*columns)
    assert np.isfinite(found).all()
    worst = 0.0
    for value, *inputs in zip(found, *columns, strict=True):
        expected = disc_probability(*inputs)
        if expected > 1e-300:
            worst = max(worst, abs(value / expected - 1.0))
    return worst


def test_a_few_adversarial_inputs_against_the_oracle():
    assert largest_error(5, seed=11) < 1e-11


@pytest.mark.slow
def test_many_adversarial_inputs_against_the_oracle():
    assert largest_error(300, seed=12) < 1e-11


def test_the_two_quadratures_agree_where_they_meet():
    # Order and rule change with the radius; the sum must not jump. Circle at the centre: 1 - exp(-R^2/2).
    radius = np.linspace(0.01, 60.0, 4001)
    assert probability(np.zeros_like(radius), 0.0, 1.0, 1.0, radius) == pytest.approx(
        -np.expm1(-0.5 * radius**2), rel=1e-12
    )


def test_published_values_of_the_chan_and_csm_cases():
    # Chan (2008) and Serra et al. (2016, J. Guid. Control Dyn. 39(5)), as in Orekit's Alfano2005Test; metres.
    cases = [
        ((0.0, 10.0), (25.0, 50.0), 5.0, 9.742e-3, 1e-6),
        ((10000.0, 0.0), (1000.0, 10000.0), 10.0, 9.656e-28, 1e-31),
        ((84.875546, 60.583685), (57.918666, 152.8814468), 10.3, 1.9002e-3, 1e-7),
        ((-1.2217895, 2.1230067), (0.0373279, 177.8109003), 10.0, 4.4510e-2, 1e-6),
    ]
    for miss, sigma, radius, printed, digits in cases:
        plane = plane_from_components(np.array([miss]) / 1e3, np.diag(np.square(sigma) / 1e6)[None])
        assert foster(plane, np.array([radius / 1e3]))[0] == pytest.approx(printed, abs=digits)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ((1.0, 2.0, 3.0, 1.0, 0.0), 0.0),
        ((1.0, 2.0, 3.0, 1.0, np.inf), 1.0),
        ((0.0, 0.0, 0.0, 0.0, 1.0), 1.0),
        ((2.0, 0.0, 0.0, 0.0, 1.0), 0.0),
        ((0.0, 0.0, 0.0, 0.0, 0.0), 0.0),
        ((0.0, 0.0, 1e150, 1e150, 1.0), 5e-301),
        ((1e300, 1e300, 1.0, 1.0, 1.0), 0.0),
        ((1e5, 0.0, 1.0, 1.0, 1.0), 0.0),
        ((0.0, 0.0, 1e-150, 1e-150, 1.0), 1.0),
    ],
)
def test_limits_give_numbers(inputs, expected):
    assert probability(*inputs)[0] == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_singular_covariance_is_the_one_dimensional_probability():
    # sigma_minor = 0: the miss is known to be 3 across, so the disc of 5 offers a chord of 4 either side.
    found = probability(0.0, 3.0, 4.0, 0.0, 5.0)[0]
    assert found == pytest.approx(0.6826894921370859, rel=1e-6)
    assert probability(0.0, 5.1, 4.0, 0.0, 5.0)[0] == 0.0


def test_more_radius_is_more_probability():
    radius = np.geomspace(1e-4, 1e4, 3001)
    found = probability(np.full_like(radius, 30.0), 4.0, 20.0, 1.0, radius)
    assert (np.diff(found) >= -1e-13 * found[1:]).all()
    assert found[-1] == 1.0
