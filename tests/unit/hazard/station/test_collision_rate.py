"""The long-term rate: against the plain flux, brute force over SGP4's radii, and sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, Elements, make_catalog, mean_motion_at

from debrissim.catalog import ObjectKind, Origin, internal_numbers
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.hazard.station import collision_rate
from debrissim.propagation.sgp4 import make_propagator


def crossing(perigee_km: float = 300.0, apogee_km: float = 900.0, inclination_deg: float = 82.0) -> Elements:
    mean = 0.5 * (perigee_km + apogee_km)
    return Elements(
        mean_motion_rev_day=mean_motion_at(mean),
        eccentricity=0.5 * (apogee_km - perigee_km) / (WGS72_RADIUS_KM + mean),
        inclination_deg=inclination_deg,
    )


@pytest.mark.parametrize("inclination", [0.5, 28.0, 51.6, 63.4, 82.5, 97.6, 140.0])
@pytest.mark.parametrize("eccentricity", [0.0005, 0.02])
def test_the_mean_radius_is_that_of_sgp4(inclination, eccentricity):
    """Averaged over many revolutions: within 0.4 km, where Kepler's third law alone is off by up to 3 km."""
    catalog = make_catalog(
        Elements(15.4, eccentricity, inclination, bstar=0.0, epoch_days=0.0, arg_perigee_deg=0.0)
    )
    _, position, _ = make_propagator(catalog, START_JD, START_FRACTION).states(
        [0], np.linspace(0.0, 30 * 86400.0, 40001)
    )
    sampled = np.linalg.norm(position[0], axis=1).mean()
    # The mean over time of a (1 - e cos E) is a (1 + e^2 / 2).
    result = collision_rate.with_mean_radius(catalog).semi_major_axis_km[0] * (1.0 + eccentricity**2 / 2.0)
    assert result == pytest.approx(sampled, abs=0.4)


def test_a_disc_in_even_density_sees_the_plain_flux():
    """An eccentric object is nearly evenly spread over 20 km: the disc's average is the flux in the middle."""
    catalog = make_catalog(crossing())
    plain = flux_by_object_per_m2_year(catalog, 600.0, 51.64)
    disc = collision_rate.flux_through_disc_per_m2_year(catalog, 600.0, 51.64, 10.0)
    wobbling = collision_rate.flux_through_disc_per_m2_year(
        catalog, 600.0, 51.64, 10.0, radial_amplitude_km=6.0
    )
    assert disc[0] == pytest.approx(plain[0], rel=0.01)
    assert wobbling[0] == pytest.approx(plain[0], rel=0.01)


def test_a_thin_shell_is_seen_by_the_chord_of_the_disc_at_its_height():
    """An object 31.25 km above the middle of a disc of 50 km: the strip there is 2 sqrt(50^2 - 31.25^2) km wide."""
    shell = make_catalog(Elements(mean_motion_at(448.75), 0.0, 70.0))
    flux = collision_rate.flux_through_disc_per_m2_year(shell, 417.5, 51.64, 50.0)[0]
    one_km = flux_by_object_per_m2_year(shell, 448.75, 51.64, shell_half_width_km=0.5)[0]
    assert flux == pytest.approx(one_km * 2.0 * np.sqrt(50.0**2 - 31.25**2) / (np.pi * 50.0**2), rel=2e-3)
    # Beyond the disc it is seen only as the target rises towards it: 55 - 50 km need an amplitude of more than 5.
    beyond = make_catalog(Elements(mean_motion_at(472.5), 0.0, 70.0))
    assert collision_rate.flux_through_disc_per_m2_year(beyond, 417.5, 51.64, 50.0)[0] == 0.0
    risen = collision_rate.flux_through_disc_per_m2_year(beyond, 417.5, 51.64, 50.0, radial_amplitude_km=10.0)
    assert 0.0 < risen[0] < flux


def test_the_rate_is_the_flux_through_both_radii_together():
    assert collision_rate.rate_by_object_per_year([2e-6, 0.0], 30.0, [1.0, 5.0]) == pytest.approx(
        [2e-6 * np.pi * 31.0**2, 0.0]
    )
    for target, size, message in (
        (-1.0, 1.0, "target_radius_m: expected finite numbers of at least 0 m, got -1"),
        (1.0, np.nan, r"object_radius_m: .* got nan"),
        (1.0, -1.0, r"object_radius_m: .* got -1"),
    ):
        with pytest.raises(InputError, match=message):
            collision_rate.rate_by_object_per_year([1.0], target, [size])
    with pytest.raises(InputError, match="disc_radius_km"):
        collision_rate.flux_through_disc_per_m2_year(make_catalog(crossing()), 400.0, 50.0, 0.0)


def test_rates_by_group_add_up_and_name_the_contributors():
    catalog = make_catalog(*(crossing() for _ in range(4))).with_columns(
        object_kind=np.array([3, 3, 2, 1], dtype=np.int8), parent_event=np.array(["Fengyun 1C", "", "", ""])
    )
    flux, rate = np.array([4.0, 2.0, 1.0, 0.0]), np.array([8.0, 4.0, 2.0, 0.0])
    named = collision_rate.rates_by_group(
        catalog, flux, rate, even=[("first two", np.array([True, True, False, False]))]
    )
    total = named["all"][0]
    assert (total.flux_per_m2_year, total.rate_per_year, total.object_count) == (7.0, 14.0, 3)
    assert total.effective_count == pytest.approx(49.0 / 21.0)
    assert [group.name for group in named["kind"]][:2] == ["debris", "rocket body"]
    assert sum(group.flux_per_m2_year for group in named["kind"]) == 7.0
    assert [(group.name, group.rate_per_year) for group in named["parent event"]] == [("Fengyun 1C", 8.0)]
    assert named["even"][0].flux_per_m2_year == 6.0


def test_companions_and_released_objects_are_not_independent_traffic():
    catalog = make_catalog(*(crossing() for _ in range(5))).with_columns(
        name=np.array(["ISS (ZARYA)", "PROGRESS-MS 28", "CUBESAT", "COSMOS 1408 DEB", "SYNTHETIC DEB"]),
        international_designator=np.array(
            ["1998-067A", "2024-148A", "1998-067XB", "1982-092AB", "1998-067C"]
        ),
        norad_id=np.array([1, 2, 3, 4, int(internal_numbers(Origin.SYNTHETIC, 5))]),
    )
    assert collision_rate.independent_objects(catalog).tolist() == [False, False, False, True, True]


def test_crossings_are_counted_by_perigee_and_apogee():
    catalog = make_catalog(
        crossing(300, 900), crossing(416, 418), crossing(300, 414), crossing(421, 900), crossing(418, 900)
    )
    assert collision_rate.crossing_count(catalog) == 3
    assert ObjectKind.UNKNOWN in catalog.object_kind
