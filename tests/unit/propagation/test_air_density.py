"""Air density, and the B* that SGP4 must be given to meet it."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from debrissim.core.errors import InputError
from debrissim.propagation.air_density import air_density_kg_m3, bstar_for_density, sgp4_air_density_kg_m3
from debrissim.propagation.mean_elements import bstar_from_area_to_mass

EARTH_RADIUS_KM = 6378.135


def test_density_meets_the_table_and_falls_between_its_rows() -> None:
    assert air_density_kg_m3(450.0, "quiet") == pytest.approx(2.47e-13)
    assert air_density_kg_m3(450.0, "moderate") == pytest.approx(1.13e-12)
    assert air_density_kg_m3(450.0, "active") == pytest.approx(3.61e-12)
    # Half way between two rows: their geometric mean.
    assert air_density_kg_m3(475.0, "moderate") == pytest.approx(np.sqrt(1.13e-12 * 4.89e-13))
    heights = np.linspace(80.0, 3000.0, 500)
    for sun in ("quiet", "moderate", "active"):
        assert np.all(np.diff(air_density_kg_m3(heights, sun)) < 0.0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="sun: expected one of"):
        air_density_kg_m3(450.0, "stormy")  # type: ignore[arg-type]


def test_drag_in_sgp4_agrees_with_the_density_formula() -> None:
    # The oracle: a circular orbit loses da/dt = -rho sqrt(mu a) Cd A/m; SGP4's own, in an hour.
    for altitude in (250.0, 400.0, 700.0):
        a = EARTH_RADIUS_KM + altitude
        motion = np.sqrt(398600.8 / a**3)
        ratio = 0.01
        bstar = float(bstar_from_area_to_mass(ratio))
        record = Satrec()
        record.sgp4init(WGS72, "i", 0, 26000.0, bstar, 0.0, 0.0, 1e-4, 0.0, 1.0, 0.0, motion * 60.0, 0.0)
        axis_km = []
        for minutes in (0.0, 60.0):
            record.sgp4_tsince(minutes)
            axis_km.append(record.am * EARTH_RADIUS_KM)
        hour_loss_km = axis_km[0] - axis_km[1]
        density = float(sgp4_air_density_kg_m3(altitude, altitude))
        expected = density * 1e9 * np.sqrt(398600.8 * a) * 2.2 * ratio * 1e-6 * 3600.0
        assert hour_loss_km == pytest.approx(expected, rel=0.03)


def test_bstar_is_scaled_to_the_real_density_at_perigee() -> None:
    perigee = np.array([150.0, 200.0, 450.0, 800.0])
    for sun in ("quiet", "moderate", "active"):
        result = bstar_for_density(sun, np.full(4, 0.1), perigee)  # type: ignore[arg-type]
        drag = result * sgp4_air_density_kg_m3(perigee, perigee)
        wanted = bstar_from_area_to_mass(0.1) * air_density_kg_m3(perigee, sun)  # type: ignore[arg-type]
        np.testing.assert_allclose(drag, wanted, rtol=1e-12)
    # What the module says of SGP4's own atmosphere.
    ratio = sgp4_air_density_kg_m3([400.0, 800.0], [400.0, 800.0]) / air_density_kg_m3(
        [400.0, 800.0], "moderate"
    )
    np.testing.assert_allclose(ratio, [2.6, 29.0], rtol=0.03)
