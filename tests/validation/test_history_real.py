"""The ISS against itself: pairwise differences of its element sets, as published with the shared data."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import Catalog, read_catalog
from debrissim.core.time import split_julian_date
from debrissim.uncertainty.history import HistoryErrors, errors_from_history

YEARS = ("2002", "2005", "2009", "2014", "2017", "2019", "2020")


@cache
def _history() -> Catalog:
    return read_catalog(shared_path("data/iss/iss_element_history_1998-2021.csv.gz")).catalog


@cache
def _reference() -> dict:
    return json.loads(shared_path("reference/tle_covariance.json").read_text(encoding="utf-8"))[
        "iss_pairwise"
    ]


def _year(year: str, **options: bool) -> HistoryErrors:
    first, last = (sum(split_julian_date(datetime(int(year) + k, 1, 1))) for k in (0, 1))
    return errors_from_history(_history(), first_jd=first, last_jd=last, **options)


@pytest.mark.parametrize("year", YEARS)
def test_every_digit_of_the_reference(year):
    errors, reference = _year(year), _reference()["years"][year]
    assert [f"{age:g}" for age in errors.age_days] == list(reference)
    for k, row in enumerate(reference.values()):
        assert errors.pair_count[k] == row["n"]
        # The reference is in whole metres.
        assert np.abs(1000.0 * errors.sigma_rtn_km[k] - [row[axis] for axis in "RTN"]).max() <= 0.51
        assert np.abs(1000.0 * errors.distance_percentiles_km[k] - [row["p50"], row["p90"]]).max() <= 0.51


@pytest.mark.parametrize("year", YEARS)
def test_the_fits_of_the_reference(year):
    """The fits of the reference use rounded metres: the last digits differ."""
    errors, reference = _year(year), _reference()["fits"][year]
    assert 1000.0 * errors.along_track[0] == pytest.approx(reference["a_m_per_day"], rel=5e-4)
    assert 1000.0 * errors.along_track[1] == pytest.approx(reference["b_m_per_day2"], rel=5e-4)
    assert errors.along_track_misfit == pytest.approx(reference["max_rel_misfit"], rel=2e-3)


def test_the_year_with_tle_lines_agrees():
    errors = errors_from_history(
        read_catalog(shared_path("data/iss/iss_elements_with_tles_2019-12_2020-12.csv.xz")).catalog
    )
    # 1,630 m at one day according to the reference's note, from the rounded epochs of the lines.
    assert 1000.0 * errors.sigma_rtn_km[1, 1] == pytest.approx(1630.0, abs=10.0)
    assert errors.model().label == "measured from 1804 element sets of 25544, 2019-12-08 to 2020-12-07"


def test_errors_are_smaller_without_reboosts():
    with_all, coasting = _year("2014"), _year("2014", leave_out_manoeuvres=True)
    assert with_all.jump_count == coasting.jump_count > 20
    assert coasting.sigma_rtn_km[-1, 1] < 0.5 * with_all.sigma_rtn_km[-1, 1]
    # The 90th percentile of a normal distribution is 1.64 sigma; with reboosts it is eight.
    assert 1.3 < coasting.distance_percentiles_km[-1, 1] / coasting.sigma_rtn_km[-1, 1] < 2.6
    assert with_all.distance_percentiles_km[-1, 1] / with_all.sigma_rtn_km[-1, 1] > 5.0
