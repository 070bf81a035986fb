"""Frames of ephemeris files to TEME of date."""

from __future__ import annotations

import erfa
import numpy as np
import pytest
from astropy import units
from astropy.coordinates import GCRS, ITRS, TEME, CartesianDifferential, CartesianRepresentation
from astropy.time import Time as AstropyTime
from astropy.utils import iers
from support.ephemeris_samples import circular_states, finals2000a

from debrissim.core.errors import InputError
from debrissim.ephemerides.earth_orientation import EarthOrientation, parse_earth_orientation
from debrissim.ephemerides.frames import frame_of, is_rotating, to_teme
from debrissim.propagation.celestial import about_z, teme_to_eme2000

JD = np.array([2460615.5, 2460616.5, 2460617.5])
FRACTION = np.array([0.5, 0.123456789, 0.9])
STATES = circular_states(3, 1000.0)


def _moments() -> AstropyTime:
    return AstropyTime(JD, FRACTION, format="jd", scale="utc")


def _of_astropy(frame: object) -> np.ndarray:
    cartesian = frame.cartesian  # type: ignore[attr-defined]
    speed = cartesian.differentials["s"]
    return np.hstack([cartesian.xyz.to_value(units.km).T, speed.d_xyz.to_value(units.km / units.s).T])


def _representation() -> CartesianRepresentation:
    speed = CartesianDifferential(*STATES[:, 3:].T, unit=units.km / units.s)
    return CartesianRepresentation(*STATES[:, :3].T, unit=units.km, differentials=speed)


class _Table(iers.IERS_B):
    """Earth orientation of a table of our own for astropy, without a file."""


def _iers(table: EarthOrientation | None) -> iers.IERS:
    days = np.arange(60610.0, 60625.0)
    x = np.zeros(days.size) if table is None else np.interp(days, table.mjd, table.x_arcsec)
    y = np.zeros(days.size) if table is None else np.interp(days, table.mjd, table.y_arcsec)
    ut1 = np.zeros(days.size) if table is None else np.interp(days, table.mjd, table.ut1_tai_s) + 37.0
    zero = np.zeros(days.size) * units.arcsec
    return _Table(
        {
            "MJD": days * units.d,
            "UT1_UTC": ut1 * units.s,
            "PM_x": x * units.arcsec,
            "PM_y": y * units.arcsec,
            "dX_2000A": zero,
            "dY_2000A": zero,
        }
    )


@pytest.mark.parametrize("with_table", [False, True])
def test_astropy_gives_the_same_from_itrf(with_table: bool) -> None:
    table = parse_earth_orientation(finals2000a(), "finals") if with_table else None
    with iers.earth_orientation_table.set(_iers(table)):
        moments = _moments()
        there = ITRS(_representation(), obstime=moments).transform_to(TEME(obstime=moments))
        expected = _of_astropy(there)
    got = to_teme("ITRF", JD, FRACTION, table).states(STATES)
    # 1 mm and, as astropy differentiates positions, 1e-6 km/s; polar motion and UT1 are some 15 m.
    np.testing.assert_allclose(got[:, :3], expected[:, :3], rtol=0.0, atol=1e-6)
    np.testing.assert_allclose(got[:, 3:], expected[:, 3:], rtol=0.0, atol=5e-6)
    if with_table:
        bare = to_teme("ITRF", JD, FRACTION).states(STATES)
        assert np.linalg.norm(got - bare, axis=1).min() > 0.01


def test_astropy_gives_the_same_from_gcrf() -> None:
    with iers.earth_orientation_table.set(_iers(None)):
        moments = _moments()
        # GCRS at the centre of the Earth: no aberration between its axes and those of ITRS for a thing near the Earth.
        there = GCRS(_representation(), obstime=moments).transform_to(TEME(obstime=moments))
        expected = _of_astropy(there)
    got = to_teme("GCRF", JD, FRACTION).states(STATES)
    np.testing.assert_allclose(got[:, :3], expected[:, :3], rtol=0.0, atol=1e-5)
    np.testing.assert_allclose(got[:, 3:], expected[:, 3:], rtol=0.0, atol=5e-6)


def test_vallados_worked_example() -> None:
    # Vallado, Crawford, Hujsak & Kelso (2006), AIAA 2006-6753, appendix C: 2004-04-06 07:51:28.386009 UTC, dAT = 32 s,
    # UT1 - UTC = -0.4399619 s, pole -0.140682 and 0.333309 arc seconds; GCRF: Vallado (2013), example 3-14.
    jd, fraction = np.array([2453101.5]), np.array([(7 * 3600 + 51 * 60 + 28.386009) / 86400])
    days, one = np.array([53101.0, 53102.0]), np.ones(2)
    table = EarthOrientation(days, -0.140682 * one, 0.333309 * one, (-0.4399619 - 32.0) * one, "Vallado")
    teme = [[5094.18016210, 6127.64465950, 6380.34453270, -4.746131487, 0.785818041, 5.531931288]]
    published = {
        "ITRF": [[-1033.4793830, 7901.2952754, 6380.3565958, -3.225636520, -2.872451450, 5.531924446]],
        "PEF": [[-1033.47503130, 7901.30558560, 6380.34453270, -3.225632747, -2.872442511, 5.531931288]],
        "GCRF": [[5102.508958, 6123.011401, 6378.136928, -4.743220157, 0.790536497, 5.533755727]],
    }
    for frame, states in published.items():
        got = to_teme(frame, jd, fraction, table).states(np.array(states))
        # A Julian date in one number, as in the publication, resolves 40 microseconds: up to 12 mm of the Earth's
        # rotation either way (9 mm here). GCRF: 3 mm by the observed offsets of the pole, which are left out.
        np.testing.assert_allclose(got[:, :3], np.array(teme)[:, :3], rtol=0.0, atol=1e-5)
        np.testing.assert_allclose(got[:, 3:], np.array(teme)[:, 3:], rtol=0.0, atol=2e-8)


def test_eme2000_is_that_of_the_files_written_here() -> None:
    rotation = to_teme("EME2000", JD, FRACTION).rotation
    np.testing.assert_allclose(
        rotation @ teme_to_eme2000(JD, FRACTION), np.broadcast_to(np.eye(3), (3, 3, 3)), atol=1e-15
    )


@pytest.mark.parametrize("year", [1973, 1985, 1995, 2005, 2015, 2026, 2036, 2047])
def test_frames_of_several_theories_agree_to_the_stated_errors(year: int) -> None:
    jd = 2451544.5 + np.floor((year - 2000) * 365.25) + 11.0 * np.arange(60)
    fraction = np.full(60, 0.3)

    def angle(first: np.ndarray, frame: str) -> float:
        turn = np.swapaxes(first, -1, -2) @ to_teme(frame, jd, fraction).rotation
        return float(np.sqrt(turn[:, 0, 1] ** 2 + turn[:, 0, 2] ** 2 + turn[:, 1, 2] ** 2).max())

    of_gcrf = to_teme("GCRF", jd, fraction).rotation
    of_eme2000 = to_teme("EME2000", jd, fraction)
    bias = np.asarray(erfa.bp06(2451545.0, 0.0)[0])
    assert angle(of_gcrf, "EME2000") < of_eme2000.error_rad
    assert angle(of_gcrf @ bias.T, "EME2000") < of_eme2000.error_rad
    # TOD and MOD of 1976/1980, from which TEME differs by the equation of the equinoxes.
    longitude, obliquity = erfa.nut80(jd, fraction)
    mean = np.asarray(erfa.obl80(jd, fraction))
    tod = about_z(longitude * np.cos(mean))
    assert angle(tod, "TOD") < to_teme("TOD", jd, fraction).error_rad
    mod = tod @ np.asarray(erfa.numat(mean, longitude, obliquity))
    assert angle(mod, "MOD") < to_teme("MOD", jd, fraction).error_rad


def test_frames_of_date() -> None:
    teme = to_teme("TEME", JD, FRACTION)
    np.testing.assert_array_equal(teme.rotation, np.broadcast_to(np.eye(3), (3, 3, 3)))
    assert (teme.error_rad, teme.error_km) == (0.0, 0.0)
    # TOD has the same pole as TEME; their x axes are an equation of the equinoxes (a second of time) apart.
    tod = to_teme("TOD", JD, FRACTION).rotation
    np.testing.assert_allclose(tod[:, 2, 2], 1.0, rtol=0.0, atol=1e-15)
    assert 1e-6 < np.abs(tod[:, 0, 1]).max() < 1e-4
    # Nutation moves the pole of MOD by 10 arc seconds at most.
    mod = to_teme("MOD", JD, FRACTION).rotation
    assert 1e-6 < np.hypot(mod[:, 0, 2], mod[:, 1, 2]).max() < 5e-5
    # A frame frozen a year before has turned by 50 arc seconds.
    frozen = to_teme("TEME", JD, FRACTION, frame_epoch=(float(JD[0]) - 365.25, 0.0)).rotation
    assert np.abs(np.degrees(frozen[0, 0, 1]) * 3600.0) == pytest.approx(46.1, abs=2.0)
    same = to_teme("TOD", JD[:1], FRACTION[:1], frame_epoch=(float(JD[0]), float(FRACTION[0]))).rotation
    np.testing.assert_allclose(same, tod[:1], rtol=0.0, atol=1e-15)


def test_velocities_of_an_earth_fixed_frame_become_inertial() -> None:
    # At rest over the equator: 0.465 km/s to the east.
    at_rest = np.array([[6378.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    got = to_teme("ITRF", JD[:1], FRACTION[:1]).states(at_rest)[0]
    assert np.linalg.norm(got[3:]) == pytest.approx(6378.0 * 7.292115146706979e-5, rel=1e-12)
    assert got[:3] @ got[3:] == pytest.approx(0.0, abs=1e-9)
    assert np.cross(got[:3], got[3:])[2] > 0.0


def test_missing_earth_orientation_is_in_the_error() -> None:
    table = parse_earth_orientation(finals2000a(), "finals")
    bare, known = (to_teme("ITRF", JD, FRACTION, eop) for eop in (None, table))
    moved = np.linalg.norm((bare.states(STATES) - known.states(STATES))[:, :3], axis=1)
    assert moved.max() < 6878.0 * bare.error_rad < 0.5
    assert 6878.0 * known.error_rad < 2e-4
    with pytest.raises(InputError, match="is needed"):
        to_teme("ITRF", JD + 100.0, FRACTION, table)


def test_the_jacobian_is_that_of_the_states() -> None:
    conversion = to_teme("ITRF", JD, FRACTION)
    change = np.array([1.0, -2.0, 3.0, 0.01, 0.02, -0.03])
    moved = conversion.states(STATES + change) - conversion.states(STATES)
    np.testing.assert_allclose(conversion.jacobian() @ change, moved, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("EME2000", "EME2000"),
        ("j2000", "EME2000"),
        ("ICRF", "GCRF"),
        ("ICRF3", "GCRF"),
        ("ITRF-97", "ITRF"),
        ("ITRF2014", "ITRF"),
        ("ITRF_93", "ITRF"),
        ("WGS-84", "ITRF"),
        ("TDR", "PEF"),
        ("TEMEOFDATE", "TEME"),
        ("True of Date", "TOD"),
    ],
)
def test_names_of_frames(name: str, frame: str) -> None:
    assert frame_of(name, "x") == frame
    assert is_rotating(frame) == (frame in ("ITRF", "PEF"))


@pytest.mark.parametrize("name", ["", "MCI", "B1950", "ITRF201"])
def test_other_frames_are_named(name: str) -> None:
    with pytest.raises(InputError, match=r"^f: line 9: expected EME2000, .* or TEME, got "):
        frame_of(name, "f: line 9")
