"""Split Julian dates: round trips, texts, no digit lost."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sgp4.conveniences import jday_datetime

from debrissim.core.errors import InputError
from debrissim.core.time import (
    Time,
    offset_days,
    parse_datetime64,
    split_julian_date,
    split_julian_dates,
    utc_datetime,
    utc_text,
)

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


def test_only_whole_texts_are_times() -> None:
    assert parse_datetime64("2024-11-01T06:00:00.25Z") == np.datetime64("2024-11-01T06:00:00.250", "ms")
    assert parse_datetime64("2024-11-01T06:00:00Z") == np.datetime64("2024-11-01T06:00:00.000", "ms")
    for text in ("2024-11-01T06:00:00", "2024-11-01Z", "2024-11Z", "Z", "NaTZ", "todayZ",
                 "2024-11-01T06:00:00+01:00Z", "2024-11-01T06:00:00.1234Z"):  # fmt: skip
        with pytest.raises(ValueError, match=r"expected a UTC time such as"):
            parse_datetime64(text)
    with pytest.raises(ValueError, match="Month out of range"):
        parse_datetime64("2024-13-01T00:00:00Z")


fractions = st.floats(0.0, 1.0, exclude_max=True)
days = st.integers(-20_000, 100_000).map(lambda day: 2440587.5 + day)
times = st.builds(Time, days, fractions)


@given(days, fractions)
def test_a_split_date_in_order_is_kept_to_the_bit(jd: float, fraction: float) -> None:
    time = Time(jd, fraction)
    assert (time.jd, time.fraction) == (jd, fraction)
    assert Time.of((jd, fraction)) == time == Time.of(time) == pickle.loads(pickle.dumps(time))
    assert hash(Time(jd, fraction)) == hash(time)


@given(days, st.floats(-3.0, 3.0))
def test_any_split_is_normalised_to_a_midnight(jd: float, fraction: float) -> None:
    for time in (Time(jd, fraction), Time(jd + 0.25, fraction - 0.25)):
        assert time.jd % 1.0 == 0.5
        assert 0.0 <= time.fraction < 1.0
        assert (time.jd - jd) + (time.fraction - fraction) == pytest.approx(0.0, abs=1e-15)


@given(times)
def test_iso_text_reads_back_the_same(time: Time) -> None:
    assert time.iso.endswith("Z")
    assert Time.of(time.iso) == time
    assert abs(Time.from_datetime(time.datetime) - time) <= 0.6e-6
    assert time.datetime.tzinfo is UTC


@given(times, st.floats(-1e8, 1e8))
def test_seconds_are_added_and_taken_back(time: Time, seconds: float) -> None:
    later = time + seconds
    assert later - time == pytest.approx(seconds, abs=1e-7)
    assert time - later == -(later - time)
    assert (later > time) == (later - time > 0.0)
    assert (later + -seconds) - time == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "value",
    [
        "2024-11-01T06:00:00Z",
        "2024-11-01 06:00:00.000",
        "2024-306T06:00:00",
        "2024-11-01T06:00",
        "2024-11-01T08:00:00+02:00",
        datetime(2024, 11, 1, 6),
        datetime(2024, 11, 1, 7, tzinfo=timezone(timedelta(hours=1))),
        np.datetime64("2024-11-01T06"),
        (2460615.5, 0.25),
        (2460615.75, 0.0),
        (2460615.0, np.float64(0.75)),
    ],
)
def test_every_spelling_of_a_moment_is_taken(value: Any) -> None:
    assert Time.of(value) == Time(2460615.5, 0.25)


def test_a_date_is_its_midnight() -> None:
    assert Time.of("2024-11-01") == Time.of(date(2024, 11, 1)) == Time(2460615.5)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("yesterday", "expected a UTC time such as 2024-11-01T06:00:00Z, got 'yesterday'"),
        ("2024-02-30", "expected a UTC time"),
        ("", "expected a UTC time"),
        (None, r"expected a time \(ISO text, a datetime, an astropy Time or the pair .*, got None"),
        (2460615.5, "expected a time"),
        ((1.0, 2.0, 3.0), "expected a time"),
        (np.datetime64("NaT", "s"), "expected a time"),
        ((np.nan, 0.0), "expected a Julian date of the years 1 to 9999"),
        ((2460615.5, np.inf), "expected a Julian date"),
        ((60615.0, 0.0), "expected a Julian date"),
        (("a", "b"), "expected a Julian date"),
    ],
)
def test_anything_else_is_reported(value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Time.of(value)


def test_a_time_shows_its_milliseconds() -> None:
    time = Time.of("2024-10-31T06:12:43.1186Z")
    assert repr(time) == "Time('2024-10-31T06:12:43.119Z')"
    assert str(time) == "2024-10-31T06:12:43.119Z"
    assert time.iso == "2024-10-31T06:12:43.118600Z"
    assert time < Time.of("2024-10-31T06:12:43.1187Z") <= Time.of("2024-11-01")
    with pytest.raises(TypeError):
        _ = time + "1 s"  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = time - 1.0  # type: ignore[operator]
    with pytest.raises(AttributeError):
        time.jd = 0.0  # type: ignore[misc]


# ERFA calls years without a published leap-second table dubious.
@pytest.mark.filterwarnings("ignore:.*dubious year")
@given(times)
@example(Time.of("1968-01-31T12:00:00"))
def test_astropy_gives_and_takes_the_same_moment(time: Time) -> None:
    pytest.importorskip("astropy", reason="astropy is not installed")
    # UTC was stepped by 0.1 s or less before 1972, and ERFA reads and writes these eleven days in two ways.
    tolerance_s = 1e-10 if time >= Time.of("1972-01-01") else 0.11
    assert abs(Time.of(time.to_astropy()) - time) < tolerance_s


def test_astropy_days_with_a_leap_second_and_other_scales() -> None:
    astropy = pytest.importorskip("astropy.time", reason="astropy is not installed")
    # Astropy divides 2016-12-31 by 86,401 s.
    noon = astropy.Time("2016-12-31T12:00:00", scale="utc")
    assert Time.of(noon) == Time.of("2016-12-31T12:00:00")
    assert abs(Time.of("2016-12-31T12:00:00").to_astropy() - noon).sec < 1e-9
    leap = Time.of(astropy.Time("2016-12-31T23:59:60.5", scale="utc"))
    assert abs(leap - Time.of("2017-01-01T00:00:00.5")) < 2e-9
    assert (
        abs(Time.of(astropy.Time("2024-11-01T06:01:09.184", scale="tt")) - Time.of("2024-11-01T06:00:00"))
        < 1e-9
    )
    with pytest.raises(InputError, match=r"expected one time, got an astropy Time of shape \(2,\)"):
        Time.of(astropy.Time(["2024-11-01", "2024-11-02"]))


def test_split_julian_dates_are_those_of_the_moments_and_nan_for_missing_ones():
    texts = ["1957-10-04T19:28:34.001", "1970-01-01", "2024-11-02T21:26:58.999", "NaT"]
    jd, fraction = split_julian_dates(np.array(texts, dtype="datetime64[ms]"))
    expected = [Time.of(text) for text in texts[:3]]
    assert jd[:3].tolist() == [moment.jd for moment in expected]
    assert fraction[:3] == pytest.approx([moment.fraction for moment in expected], abs=1e-14)
    assert np.isnan([jd[3], fraction[3]]).all()
