"""Split Julian dates: round trips, texts, no digit lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sgp4.conveniences import jday_datetime

from debrissim.core.time import offset_days, split_julian_date, utc_datetime, utc_text

moments = st.datetimes(datetime(1957, 1, 1), datetime(2056, 12, 31), timezones=st.just(UTC))


@given(moments)
def test_there_and_back(moment: datetime) -> None:
    jd, fraction = split_julian_date(moment)
    assert jd % 1.0 == 0.5
    assert 0.0 <= fraction < 1.0
    assert utc_datetime(jd, fraction) == moment


@given(moments)
def test_it_is_the_date_that_python_sgp4_makes(moment: datetime) -> None:
    jd, fraction = split_julian_date(moment)
    their_jd, their_fraction = jday_datetime(moment)
    assert (jd - their_jd) + (fraction - their_fraction) == pytest.approx(0.0, abs=1e-11)


@given(moments, st.floats(0.0, 30.0 * 86400.0))
def test_seconds_after(moment: datetime, seconds: float) -> None:
    jd, fraction = split_julian_date(moment)
    expected = moment + timedelta(seconds=seconds)
    assert abs(utc_datetime(jd, fraction, seconds) - expected) <= timedelta(microseconds=1)


def test_known_dates() -> None:
    assert split_julian_date(datetime(2000, 1, 1, 12, tzinfo=UTC)) == (2451544.5, 0.5)
    assert split_julian_date(datetime(2024, 11, 1)) == (2460615.5, 0.0)
    assert split_julian_date(datetime(2024, 11, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == (
        2460615.5,
        0.0,
    )
    assert split_julian_date(datetime(1969, 12, 31, 18, tzinfo=UTC)) == (2440586.5, 0.75)


def test_texts() -> None:
    assert utc_text(2460615.5, 0.0, 1.2345) == "2024-11-01T00:00:01.234Z"
    assert utc_text(2460615.5, 0.0, 86399.9996) == "2024-11-02T00:00:00.000Z"
    assert utc_text(2460615.5, 0.5, decimals=0) == "2024-11-01T12:00:00Z"
    assert utc_text(2460615.5, 0.25, -1e-6, decimals=6) == "2024-11-01T05:59:59.999999Z"


def test_offsets_keep_the_day_and_all_digits() -> None:
    jd, fraction = offset_days(2460615.5, 0.3125, [0.0, 1e-6, 86400.0, 7.0 * 86400.0])
    assert (jd == 2460615.5).all()
    assert (fraction - 0.3125) * 86400.0 == pytest.approx([0.0, 1e-6, 86400.0, 604800.0], abs=1e-9)
    assert offset_days(2460615.5, 0.0, 5.0)[0].shape == (1,)
    assert np.diff(fraction[:2])[0] > 0.0
