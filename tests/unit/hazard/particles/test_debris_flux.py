"""NASA90: published points inline, growth, directions, ranges, and the distance from ORDEM2000's tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from debrissim.core.errors import InputError
from debrissim.hazard.particles.debris_flux import (
    UNCERTAINTY_FACTOR,
    DebrisFlux,
    debris_speed_density,
    model_orbit_speed_km_s,
)
from debrissim.hazard.particles.directions import face_factor, face_mean_speed_km_s
from debrissim.hazard.particles.published_flux import DEBRIS_BY_ALTITUDE_KM, DEBRIS_BY_YEAR, nearest_published

# Yearly means of F10.7 (rounded, unverified), 2001 to 2022.
F107 = dict(
    zip(
        range(2001, 2023),
        (181, 179, 128, 106, 92, 80, 73, 68, 70, 80, 113, 120, 123, 146, 118, 89, 77, 70, 70, 74, 82, 131),
        strict=True,
    )
)


def nasa90(diameter_cm, altitude_km, inclination_deg, year, solar_flux):
    """The flux of NASA90 at one moment."""
    return DebrisFlux(altitude_km, inclination_deg, (year, year), solar_flux).flux_per_m2_year(diameter_cm)


@pytest.mark.parametrize(
    ("d", "h", "i", "year", "s", "flux"),
    [  # the formula evaluated independently
        (0.01, 400.0, 51.6, 1995.0, 70.0, 0.7203182906069692),
        (0.3, 400.0, 51.6, 2010.0, 100.0, 1.5231877297073454e-4),
        (1.0, 420.0, 51.6, 2025.0, 150.0, 1.1833401396796855e-05),
        (100.0, 800.0, 98.0, 2010.0, 100.0, 1.1166964602147916e-06),
    ],
)
def test_published_points(d, h, i, year, s, flux):
    assert float(nasa90(d, h, i, year, s)) == pytest.approx(flux, rel=1e-12)


def test_a_span_is_the_average_of_its_moments():
    for years in ((2005.0, 2020.0), (2015.0, 2016.0), (1990.0, 1990.0)):
        span = float(DebrisFlux(400.0, 51.6, years, 100.0).flux_per_m2_year(0.5))
        if years[0] == years[1]:
            mean = float(nasa90(0.5, 400.0, 51.6, years[0], 100.0))
        else:
            total = integrate.quad(
                lambda t: float(nasa90(0.5, 400.0, 51.6, t, 100.0)), *years, points=[2011.0]
            )[0]
            mean = total / (years[1] - years[0])
        assert span == pytest.approx(mean, rel=1e-9)


def test_mean_speed_and_the_ram_by_scipy():
    v0 = model_orbit_speed_km_s(51.6)

    def moment(power):
        return integrate.quad(lambda v: v**power * float(debris_speed_density(v, 51.6)), 0.0, 2.0 * v0)[0]

    rays = DebrisFlux(400.0, 51.6, (2010.0, 2010.0), 100.0).rays()
    mean = moment(1) / moment(0)
    assert mean == pytest.approx(10.796, abs=1e-3)
    assert rays.mean_speed_km_s == pytest.approx(mean, rel=1e-4)
    # cos = v / (2 v0) with the ram: the leading face gets 4 <v> / (2 v0), and sees the faster ones.
    assert face_factor(rays, "ram") == pytest.approx(2.0 * mean / v0, rel=1e-4)
    assert face_mean_speed_km_s(rays, "ram") == pytest.approx(moment(2) / moment(1), rel=1e-4)
    assert face_factor(rays, "port") == face_factor(rays, "starboard")
    assert [face_factor(rays, face) for face in ("wake", "zenith", "nadir")] == [0.0, 0.0, 0.0]
    assert np.isnan(face_mean_speed_km_s(rays, "wake"))


def test_distance_from_ordem2000():
    """NASA/TM-2009-214785, Tables 2-3 and 2-4: the stated factor holds for all 28 entries, with the Sun as it was."""

    def ratio(h, year, s, printed):
        return float(nasa90(0.3, h, 51.6, year, s)) / printed

    at_100 = [ratio(h, 2010.0, 100.0, f) for h, f in DEBRIS_BY_ALTITUDE_KM.items()]
    assert at_100 == pytest.approx([1.91, 1.54, 1.29, 0.64, 0.58, 1.33], abs=0.006)
    as_was = [ratio(h, 2010.0, 70.0, f) for h, f in DEBRIS_BY_ALTITUDE_KM.items()]
    as_was += [ratio(400.0, year, F107[year - 1], f) for year, f in DEBRIS_BY_YEAR.items()]
    assert max(as_was) == pytest.approx(2.84, abs=0.01)
    assert all(1.0 / UNCERTAINTY_FACTOR < r < UNCERTAINTY_FACTOR for r in as_was)


def test_published_entries_are_the_nearest_ones():
    debris, natural = nearest_published(417.0, 2024.8)
    assert (debris.conditions, debris.flux_per_m2_year) == ("400 km, 51.6 deg, 2023", 12.2e-5)
    assert natural.flux_per_m2_year == 2.79e-5
    assert nearest_published(700.0, 1999.0)[0].conditions == "800 km, 51.6 deg, 2010"


def test_inputs_outside_the_ranges_are_flagged():
    inside = DebrisFlux(400.0, 51.6, (2010.0, 2011.0), 100.0)
    assert inside.flags([1e-3, 10.0]) == ()
    assert len(inside.flags([1e-5])) == len(inside.flags([600.0])) == 1
    far = DebrisFlux(250.0, 10.0, (2010.0, 2030.0), 100.0)
    assert [flag.split()[1] for flag in far.flags(0.1)] == ["altitude", "inclination", "years"]
    assert float(far.flux_per_m2_year(np.inf)) == pytest.approx(0.0, abs=1e-20)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nasa90(0.0, 400.0, 51.6, 2010.0, 100.0), "diameter_cm: expected above 0 cm, got 0"),
        (lambda: DebrisFlux(50.0, 51.6, (2010.0, 2010.0), 100.0), "altitude_km: expected 100 to 40000 km, got 50"),
        (lambda: DebrisFlux(400.0, 181.0, (2010.0, 2010.0), 100.0), "inclination_deg: expected 0 to 180"),
        (lambda: DebrisFlux(400.0, 51.6, (2010.0, 2009.0), 100.0), "years: expected 2010 to 2100, got 2009"),
        (lambda: DebrisFlux(400.0, 51.6, (2010.0, 2010.0), 7.0), "solar_flux: expected 60 to 400 (F10.7), got 7"),
    ],
)  # fmt: skip
def test_invalid_arguments_are_rejected(make, message):
    with pytest.raises(InputError) as refused:
        make()
    assert message in str(refused.value)
