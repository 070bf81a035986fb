"""Times of ephemeris files in UTC."""

from __future__ import annotations

import erfa
import numpy as np
import pytest
from astropy.time import Time as AstropyTime
from support.ephemeris_samples import finals2000a

from debrissim.core.errors import InputError
from debrissim.core.leap_seconds import tai_minus_utc
from debrissim.core.time import utc_text
from debrissim.ephemerides.earth_orientation import parse_earth_orientation
from debrissim.ephemerides.time_systems import moments_of_texts, moments_since, time_system

TEXTS = ["2024-11-01T12:00:00.000", "2024-306T12:00:00.5Z", "1999-01-01T00:00:10", "2016-12-31T23:59:59.75"]


@pytest.mark.parametrize(("system", "scale"), [("UTC", "utc"), ("TAI", "tai"), ("TT", "tt"), ("TDB", "tdb")])
def test_astropy_gives_the_same_utc(system: str, scale: str) -> None:
    moments, bad = moments_of_texts(TEXTS, system, None)
    assert bad == []
    for row, text in enumerate(("2024-11-01T12:00:00.000", "2024-11-01T12:00:00.5", TEXTS[2], TEXTS[3])):
        expected = AstropyTime(text, scale=scale).utc
        expected.precision = 9
        seconds = np.datetime64(expected.isot) - np.datetime64("1970-01-01T00:00:00.000000000")
        got = (moments.jd[row] - 2440587.5) * 86400.0 + moments.fraction[row] * 86400.0
        # TDB: astropy, too, takes dtdb at the centre of the Earth; a float64 of seconds since 1970 resolves 0.2 us.
        assert got == pytest.approx(seconds.astype(float) / 1e9, abs=1e-6)


def test_gps_time_is_nineteen_seconds_behind_tai() -> None:
    gps, _ = moments_of_texts(["2024-11-01T12:00:00"], "GPS", None)
    assert utc_text(gps.jd[0], gps.fraction[0]) == "2024-11-01T11:59:42.000Z"


def test_time_runs_evenly_across_a_leap_second_in_every_system() -> None:
    in_tai = [f"2017-01-01T00:00:{second:02d}" for second in range(30, 45)]
    tai, _ = moments_of_texts(in_tai, "TAI", None)
    np.testing.assert_allclose(tai.seconds_since(tai.take(slice(0, 1))), np.arange(15.0), atol=1e-9)
    assert np.flatnonzero(tai.inside_leap).tolist() == [6]
    # 00:00:36 TAI is 23:59:60 UTC.
    in_utc = [f"2016-12-31T23:59:{second:02d}" for second in range(54, 61)]
    in_utc += [f"2017-01-01T00:00:{second:02d}" for second in range(8)]
    utc, bad = moments_of_texts(in_utc, "UTC", None)
    assert bad == []
    np.testing.assert_allclose(utc.seconds_since(tai), 0.0, atol=1e-9)
    np.testing.assert_array_equal(utc.inside_leap, tai.inside_leap)
    np.testing.assert_array_equal(utc.jd, tai.jd)


def test_every_leap_second_agrees_with_erfa() -> None:
    for year, month, offset in erfa.leap_seconds.get()[["year", "month", "tai_utc"]].tolist():
        if year < 1972:
            continue
        midnight = sum(erfa.cal2jd(year, month, 1))
        assert tai_minus_utc(midnight, 0.0) == offset
        if (year, month) != (1972, 1):
            assert tai_minus_utc(midnight - 1.0, np.nextafter(1.0, 0.0)) == offset - 1.0
            before, _ = moments_of_texts([_text(midnight - 1.0, 23, 59, 59)], "UTC", None)
            later = moments_since(before, [0.5, 1.0, 1.5, 2.0, 3.0])
            assert later.inside_leap.tolist() == [False, True, True, False, False]
            assert utc_text(later.jd[3], later.fraction[3]) == utc_text(midnight, 0.0)


def _text(jd: float, hour: int, minute: int, second: int) -> str:
    return utc_text(jd, (hour * 3600 + minute * 60 + second) / 86400.0).removesuffix("Z")


def test_seconds_since_an_epoch_are_true_seconds() -> None:
    epoch, _ = moments_of_texts(["2016-12-31T00:00:00"], "UTC", None)
    later = moments_since(epoch, np.array([0.0, 86400.5, 86401.0, 2 * 86400.0]))
    shown = [utc_text(jd, fraction) for jd, fraction in zip(later.jd, later.fraction, strict=True)]
    assert shown[0] == "2016-12-31T00:00:00.000Z"
    assert shown[2:] == ["2017-01-01T00:00:00.000Z", "2017-01-01T23:59:59.000Z"]
    assert later.inside_leap.tolist() == [False, True, False, False]


def test_ut1_needs_the_orientation_of_the_earth() -> None:
    table = parse_earth_orientation(finals2000a(), "finals")
    text = ["2024-11-02T12:00:00"]
    known, _ = moments_of_texts(text, "UT1", table)
    unknown, _ = moments_of_texts(text, "UT1", None)
    assert (known.error_s, unknown.error_s) == (0.0, 0.9)
    # UT1 - UTC is 0.04 + 1.5 * 0.0005 s.
    assert unknown.seconds_since(known)[0] == pytest.approx(0.04075, abs=1e-6)
    with pytest.raises(InputError, match="2024-11-01 to 2024-11-05; 2024-11-09 is needed"):
        moments_of_texts(["2024-11-09T12:00:00"], "UT1", table)


@pytest.mark.parametrize(
    "text",
    ["2016-12-30T23:59:60", "2024-13-01T00:00:00", "1971-12-31T00:00:00", "2101-01-01T00:00:00", "x", ""],
)
def test_other_times_are_unreadable(text: str) -> None:
    moments, bad = moments_of_texts(["2024-11-01T12:00:00", text], "UTC", None)
    assert bad == [1]
    assert np.isnan(moments.jd[1])


def test_a_leap_second_is_one_of_utc() -> None:
    assert moments_of_texts(["2016-12-31T23:59:60"], "TAI", None)[1] == [0]


def test_other_time_systems_are_named() -> None:
    assert time_system(" gps ", "x") == "GPS"
    with pytest.raises(
        InputError, match=r"^f: line 3: expected one of UTC, TAI, TT, GPS, UT1, TDB, got 'MET'$"
    ):
        time_system("MET", "f: line 3")
