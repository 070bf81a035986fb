"""How uncertain the number of fragments is: Poisson, and the law against what was observed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from debrissim.core.errors import InputError
from debrissim.core.statistics import poisson_range
from debrissim.hazard.breakup.counts import count_range
from debrissim.hazard.breakup.distributions import collision_law, cumulative_count, explosion_law


@given(st.floats(0.0, 1e6))
def test_the_interval_is_scipys(mean):
    if mean == 0.0:
        assert poisson_range(mean) == (0, 0)
    else:
        assert poisson_range(mean) == tuple(poisson.ppf([0.025, 0.975], mean))


def test_the_observed_clouds_lie_in_the_stated_range():
    # Fragments catalogued, NASA's history of 2018; masses and speeds of ESA's examples.
    for masses, speed, seen in (
        ((880.0, 500.0), 9.36, 3442),
        ((560.0, 950.0), 11.7, 2296),
        ((850.0, 16.0), 7.0, 285),
    ):
        result = count_range(0.1, collision_law(*masses, speed))
        assert result.stated_range[0] <= seen <= result.stated_range[1]
        assert not result.poisson_95[0] <= seen <= result.poisson_95[1]


def test_the_factors_are_those_of_the_events():
    assert 285 / cumulative_count(0.1, collision_law(850.0, 16.0, 7.0)) == pytest.approx(0.348, abs=1e-3)
    assert 2296 / cumulative_count(0.1, collision_law(560.0, 950.0, 11.7)) == pytest.approx(1.848, abs=1e-3)
    assert 3442 / cumulative_count(0.1, collision_law(880.0, 500.0, 9.36)) == pytest.approx(2.964, abs=1e-3)


def test_few_fragments_are_uncertain_for_being_few():
    result = count_range(1.0, explosion_law())
    assert result.law == pytest.approx(6.0)
    assert result.poisson_95 == (2, 11)
    assert result.stated_range == (0, 17)
    with pytest.raises(InputError, match="mean"):
        poisson_range(-1.0)
