"""Latitude, longitude and altitude against their definition and against SGP4's own sidereal time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sgp4.propagation import gstime

from debrissim.propagation.frames import geodetic, sidereal_angle

A_KM, F = 6378.137, 1.0 / 298.257223563


def earth_fixed(latitude_deg: float, longitude_deg: float, altitude_km: float) -> np.ndarray:
    """The definition: along the ellipsoid's normal."""
    latitude, longitude = np.radians([latitude_deg, longitude_deg])
    squared = F * (2.0 - F)
    radius = A_KM / np.sqrt(1.0 - squared * np.sin(latitude) ** 2)
    return np.array(
        [
            (radius + altitude_km) * np.cos(latitude) * np.cos(longitude),
            (radius + altitude_km) * np.cos(latitude) * np.sin(longitude),
            (radius * (1.0 - squared) + altitude_km) * np.sin(latitude),
        ]
    )


def turned(vector: np.ndarray, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ vector


@given(
    st.floats(-90.0, 90.0),
    st.floats(-179.9, 179.9),
    st.floats(100.0, 50_000.0),
    st.floats(2436000.0, 2470000.0),
    st.floats(0.0, 0.999999),
)
def test_a_place_comes_back(latitude: float, longitude: float, altitude: float, day: float, fraction: float):
    jd = np.floor(day) + 0.5
    teme = turned(earth_fixed(latitude, longitude, altitude), gstime(jd + fraction))
    result = geodetic(teme[None], np.array([jd]), np.array([fraction]))
    assert result[0][0] == pytest.approx(latitude, abs=1e-9)
    # The oracle's date in one number resolves 40 microseconds, 2e-7 degrees; at a pole there is no longitude.
    off = (result[1][0] - longitude + 180.0) % 360.0 - 180.0
    assert abs(off) * np.cos(np.radians(latitude)) < 1e-6
    assert result[2][0] == pytest.approx(altitude, abs=1e-8)


def test_sidereal_time_is_sgp4s():
    days = np.arange(2440000.5, 2465000.5, 997.0)
    result = sidereal_angle(days, np.full(days.shape, 0.25))
    expected = np.array([gstime(day + 0.25) for day in days])
    assert np.abs(np.angle(np.exp(1j * (result - expected)))).max() < 1e-8


def test_poles_and_equator():
    jd, fraction = np.full(3, 2460000.5), np.zeros(3)
    positions = np.array([[0.0, 0.0, 6800.0], [0.0, 0.0, -6800.0], [6800.0, 0.0, 0.0]])
    latitude, _, altitude = geodetic(positions, jd, fraction)
    assert latitude == pytest.approx([90.0, -90.0, 0.0], abs=1e-9)
    assert altitude == pytest.approx([6800.0 - A_KM * (1.0 - F)] * 2 + [6800.0 - A_KM])
