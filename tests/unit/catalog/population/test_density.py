"""Spatial density and flux against shells of known content, closed forms and a brute-force orbit average."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import Elements, make_catalog, mean_motion_at

from debrissim.catalog import Catalog
from debrissim.catalog.population.density import (
    shell_time_fractions,
    shell_volumes_km3,
    spatial_density_per_km3,
    time_fraction_below,
)
from debrissim.catalog.population.flux import (
    flux_by_object_per_m2_year,
    flux_on_orbit_per_m2_year,
)
from debrissim.core.constants import SECONDS_PER_YEAR, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError


def orbit(perigee_km: float, apogee_km: float, inclination_deg: float = 60.0) -> Elements:
    a = WGS72_RADIUS_KM + (perigee_km + apogee_km) / 2.0
    return Elements(
        mean_motion_rev_day=mean_motion_at(a - WGS72_RADIUS_KM),
        eccentricity=(apogee_km - perigee_km) / (2.0 * a),
        inclination_deg=inclination_deg,
    )


def sampled_fraction(e: float, low: float, high: float) -> float:
    """The fraction of a period with low <= r/a < high, from 200,000 mean anomalies and Newton's method."""
    mean = (np.arange(200_000) + 0.5) * (np.pi / 200_000)
    anomaly = mean + e * np.sin(mean)
    for _ in range(12):
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    r = 1.0 - e * np.cos(anomaly)
    return float(((r >= low) & (r < high)).mean())


@pytest.mark.parametrize(
    ("e", "low", "high"), [(0.001, 0.9995, 1.0004), (0.1, 0.9, 0.95), (0.74, 0.2, 0.3), (0.74, 1.7, 1.8)]
)
def test_the_time_between_two_radii_is_that_of_keplers_equation(e: float, low: float, high: float) -> None:
    inside = np.diff(time_fraction_below(np.array([low, high]), 1.0, e))[0]
    assert inside == pytest.approx(sampled_fraction(e, low, high), abs=1e-5)


@pytest.mark.parametrize("e", [0.0, 1e-13, 1e-9, 1e-6])
def test_circular_orbits_are_safe_and_the_limit_of_eccentric_ones(e: float) -> None:
    below = time_fraction_below(np.array([0.999, 1.001]), 1.0, e)
    np.testing.assert_array_equal(below, [0.0, 1.0])


def test_density_times_volume_counts_every_object_once() -> None:
    catalog = make_catalog(orbit(400, 400), orbit(500, 900), orbit(250, 35000), orbit(705, 712))
    edges = np.array([200.0, 450.0, 700.0, 710.0, 1000.0, 40000.0])
    counted = spatial_density_per_km3(catalog, edges) @ shell_volumes_km3(edges)
    assert counted == pytest.approx(4.0, rel=1e-12)
    np.testing.assert_allclose(shell_time_fractions(catalog, edges).sum(axis=1), 1.0, rtol=1e-12)


def test_weights_and_kinds_add_up() -> None:
    catalog = make_catalog(orbit(400, 420), orbit(500, 900), orbit(250, 35000))
    edges = np.linspace(200.0, 2000.0, 10)
    parts = [spatial_density_per_km3(catalog[[k]], edges) for k in range(3)]
    np.testing.assert_allclose(spatial_density_per_km3(catalog, edges), np.sum(parts, axis=0))
    weighted = spatial_density_per_km3(catalog, edges, weights=[2.0, 0.0, 1.0])
    np.testing.assert_allclose(weighted, 2.0 * parts[0] + parts[2])
    empty = catalog[np.zeros(3, dtype=bool)]
    np.testing.assert_array_equal(spatial_density_per_km3(empty, edges), np.zeros(9))


def test_chunks_of_objects_do_not_change_the_shares() -> None:
    catalog = make_catalog(*(orbit(300.0 + k, 400.0 + 7.0 * k) for k in range(10)))
    whole, parts = (shell_time_fractions(catalog, [200.0, 350.0, 500.0], chunk=c) for c in (100, 3))
    np.testing.assert_array_equal(whole, parts)


@pytest.mark.parametrize("edges", [[300.0], [300.0, 300.0], [400.0, 300.0], [[300.0, 400.0]], [-7000.0, 0.0]])
def test_edges_that_are_no_shells_are_refused(edges: list[float]) -> None:
    with pytest.raises(InputError, match="altitude_edges_km"):
        spatial_density_per_km3(make_catalog(orbit(400, 400)), edges)


def test_weights_of_another_length_are_refused() -> None:
    with pytest.raises(InputError, match="weights"):
        spatial_density_per_km3(make_catalog(orbit(400, 400)), [300.0, 500.0], weights=[1.0, 2.0])


def opik_flux(inclination_1: float, inclination_2: float, radius_km: float, half_width_km: float) -> float:
    """1/(m^2 year) between circular orbits at one radius, the second spread over a shell: no bands.

    Two crossing circles meet at two points; the rate of meetings within a cross-section sigma there, over the
    radial spread H, is sigma v_rel / (H v1 v2 T1 T2 sin I), with I the angle between the planes. Averaged
    over the difference of the nodes.
    """
    nodes = (np.arange(20_000) + 0.5) * (2.0 * np.pi / 20_000)
    i1, i2 = np.radians([inclination_1, inclination_2])
    cosine = np.cos(i1) * np.cos(i2) + np.sin(i1) * np.sin(i2) * np.cos(nodes)
    mutual = np.arccos(np.clip(cosine, -1.0, 1.0))
    speed = np.sqrt(WGS72_MU_KM3_S2 / radius_km)
    relative = 2.0 * speed * np.sin(mutual / 2.0)
    around = 2.0 * np.pi * radius_km
    rate = 2.0 * relative / (2.0 * half_width_km * around**2 * np.sin(mutual))
    return float(rate.mean() * SECONDS_PER_YEAR * 1e-6)


@pytest.mark.parametrize("pair", [(51.6, 82.0), (51.6, 98.0), (98.0, 51.6), (30.0, 65.0), (51.6, 51.6)])
def test_flux_between_circular_orbits_is_that_of_opiks_crossings(pair: tuple[float, float]) -> None:
    target, other = pair
    catalog = make_catalog(orbit(800.0, 800.0, other))
    flux = flux_on_orbit_per_m2_year(catalog, 800.0, target, shell_half_width_km=10.0, latitude_band_deg=0.05)
    expected = opik_flux(target, other, WGS72_RADIUS_KM + 800.0, 10.0)
    # Equal inclinations meet where both turn back: there the bands blur direction and density together.
    assert flux == pytest.approx(expected, rel=0.02 if target == other else 5e-3)


def test_one_degree_bands_are_enough_for_a_mixture() -> None:
    catalog = make_catalog(*(orbit(800.0, 800.0, i) for i in np.linspace(20.0, 105.0, 40)))
    coarse = flux_on_orbit_per_m2_year(catalog, 800.0, 51.64)
    fine = flux_on_orbit_per_m2_year(catalog, 800.0, 51.64, latitude_band_deg=0.05)
    assert coarse == pytest.approx(fine, rel=0.01)


def test_flux_at_perigee_uses_the_speed_there() -> None:
    """An equatorial transfer orbit met head-on by a retrograde target: v_rel is the sum of the speeds."""
    catalog = make_catalog(orbit(500.0, 35786.0, 0.0))
    # At altitude 505 km: horizontal to within a few degrees, prograde against retrograde.
    flux = flux_on_orbit_per_m2_year(catalog, 505.0, 180.0, shell_half_width_km=1.0, latitude_band_deg=1.0)
    r = WGS72_RADIUS_KM + 505.0
    a = catalog.semi_major_axis_km[0]
    speed = np.sqrt(WGS72_MU_KM3_S2 * (2.0 / r - 1.0 / a))
    band = np.sin(np.radians(0.5))
    density = spatial_density_per_km3(catalog, [504.0, 506.0])[0] / band
    expected = density * (speed + np.sqrt(WGS72_MU_KM3_S2 / r)) * SECONDS_PER_YEAR * 1e-6
    assert flux == pytest.approx(expected, rel=2e-3)


def test_flux_is_the_sum_over_objects_and_zero_for_those_that_stay_away() -> None:
    catalog: Catalog = make_catalog(orbit(390, 430), orbit(800, 820), orbit(300, 1500, 98.0))
    each = flux_by_object_per_m2_year(catalog, 418.0, 51.64)
    assert each[1] == 0.0
    assert np.all(each[[0, 2]] > 0.0)
    assert flux_on_orbit_per_m2_year(catalog, 418.0, 51.64) == pytest.approx(each.sum())
    weighted = flux_on_orbit_per_m2_year(catalog, 418.0, 51.64, weights=[0.0, 5.0, 2.0])
    assert weighted == pytest.approx(2.0 * each[2])


@pytest.mark.parametrize("inclination", [0.0, 1e-9, 0.3, 90.0, 179.9, 180.0])
def test_any_inclination_of_target_and_object_gives_a_finite_flux(inclination: float) -> None:
    catalog = make_catalog(*(orbit(410.0, 425.0, i) for i in (0.0, 0.3, 51.64, 90.0, 180.0)))
    each = flux_by_object_per_m2_year(catalog, 418.0, inclination)
    assert np.all(np.isfinite(each) & (each >= 0.0))
    assert each.max() > 0.0


def test_arguments_without_meaning_are_refused() -> None:
    catalog = make_catalog(orbit(410.0, 425.0))
    with pytest.raises(InputError, match="inclination_deg"):
        flux_on_orbit_per_m2_year(catalog, 418.0, 181.0)
    with pytest.raises(InputError, match="positive"):
        flux_on_orbit_per_m2_year(catalog, 418.0, 51.6, shell_half_width_km=0.0)
