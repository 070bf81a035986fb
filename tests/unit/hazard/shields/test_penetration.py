"""Penetrations: the quadrature compared with slow sums and random hits, surfaces, ranges, rejected input."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy import integrate

from debrissim.core.constants import DAYS_PER_YEAR
from debrissim.core.errors import InputError
from debrissim.hazard.particles.debris_flux import DebrisFlux, debris_speed_density, model_orbit_speed_km_s
from debrissim.hazard.particles.directions import FACES, face_factor, unit_normal
from debrissim.hazard.particles.meteoroids import MeteoroidFlux
from debrissim.hazard.particles.sampling import sample_debris, sample_meteoroids
from debrissim.hazard.shields.ballistic_limits import CriticalDiameter
from debrissim.hazard.shields.iss_shields import get_shield
from debrissim.hazard.shields.penetration import (
    debris_source,
    expected_range,
    meteoroid_source,
    monte_carlo_penetrations,
    no_penetration_probability,
    penetrations,
)
from debrissim.hazard.shields.surfaces import CylinderSide, Plate, Tumbling
from debrissim.hazard.shields.whipple import WhippleNno

DEBRIS = DebrisFlux(419.0, 51.64, (2020.0, 2021.0), 70.0)
NATURAL = MeteoroidFlux(419.0)
SOURCES = {"debris": debris_source(DEBRIS), "meteoroids": meteoroid_source(NATURAL)}
LAB = CylinderSide(np.pi * 4.3 * 8.5)


def by_name(name):
    samplers = {"debris": partial(sample_debris, DEBRIS), "meteoroids": partial(sample_meteoroids, NATURAL)}
    return SOURCES[name], samplers[name]


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(
    "surface",
    [
        Plate(10.0, 1.0, "ram"),
        Plate(10.0, 0.5, (1.0, 1.0, 1.0)),
        CylinderSide(10.0, 1.0, "port"),
        Tumbling(10.0),
    ],
)
def test_a_limit_independent_of_speed_gives_flux_times_area(surface, name):
    """A target with one critical diameter gets flux x area x time x the surface's own mean factor."""
    source, _ = by_name(name)
    model = DEBRIS if name == "debris" else NATURAL
    flux = float(model.flux_per_m2_year(0.1))
    result = penetrations(surface, CriticalDiameter(0.1), source, 100.0)
    if isinstance(surface, Tumbling):
        factor = 1.0
    elif isinstance(surface, Plate):
        factor = face_factor(source.rays, surface.faces)
    else:
        angle = np.linspace(0.0, 2.0 * np.pi, 150, endpoint=False)
        normals = np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1)  # around the axis to port
        factor = float(np.mean([face_factor(source.rays, tuple(n)) for n in normals]))
    expected = flux * surface.exposed_area_m2 * 100.0 / DAYS_PER_YEAR * factor
    assert result.expected == pytest.approx(expected, rel=2e-3)
    assert result.by_speed.sum() == pytest.approx(1.0)
    assert result.beyond_tests == 0.0


def test_a_plate_that_faces_ahead_by_scipy():
    """Debris at the ram: one integral over speed, the angle follows from it."""
    shield = get_shield("us-lab-cylinder")
    v0 = model_orbit_speed_km_s(51.64)

    def hits(v, weighted):
        cosine = v / (2.0 * v0)
        f = float(debris_speed_density(v, 51.64))
        if not weighted:
            return f
        d = shield.critical_diameter_cm(v, np.degrees(np.arccos(cosine)), 2.8)
        return 4.0 * f * cosine * float(DEBRIS.flux_per_m2_year(d))

    total = integrate.quad(hits, 1e-6, 2.0 * v0, args=(True,), limit=500, points=[7.0, 7.57])[0]
    norm = integrate.quad(hits, 1e-6, 2.0 * v0, args=(False,))[0]
    result = penetrations(Plate(2.0, 1.0, "ram"), shield, SOURCES["debris"], DAYS_PER_YEAR)
    assert result.expected == pytest.approx(2.0 * total / norm, rel=3e-3)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(
    "shield", ["us-lab-cylinder", "node-forward-cylinder", "service-module-large-cylinder"]
)
@pytest.mark.parametrize("surface", [LAB, Plate(5.0, 1.0, "port"), Tumbling(5.0)])
def test_random_hits_agree_within_their_error(surface, shield, name):
    source, samplers = by_name(name)
    limit = get_shield(shield)
    result = penetrations(surface, limit, source, 365.25)
    value, error = monte_carlo_penetrations(
        surface, limit, source, 365.25, rays=samplers, samples=40_000, generator=np.random.default_rng(11)
    )
    assert result.expected == pytest.approx(value, abs=4.0 * error + 2e-3 * value)
    assert error < 0.08 * value


def test_particles_one_by_one():
    """Random sizes, too: sample meteoroids of a fixed density above a diameter that never penetrates, count those that
    go through a thin shield."""
    flux = MeteoroidFlux(419.0, "ecss", 1.0)
    source, shield = meteoroid_source(flux), get_shield("service-module-small-cylinder")
    surface, smallest, n = Plate(10.0, 1.0, "zenith"), 0.03, 400_000
    generator = np.random.default_rng(7)
    direction, speed, weight = sample_meteoroids(flux, n, generator)
    cosine = np.maximum(direction @ unit_normal("zenith"), 0.0)
    # Sizes by the inverse of the flux on a fine grid.
    grid = np.geomspace(smallest, 2.0, 4000)
    fraction = flux.flux_per_m2_year(grid) / flux.flux_per_m2_year(smallest)
    size = np.exp(np.interp(-np.log(generator.uniform(0.0, 1.0, n)), -np.log(fraction), np.log(grid)))
    limit = shield.critical_diameter_cm(speed, np.degrees(np.arccos(cosine)), 1.0)
    assert limit[cosine > 0.0].min() > smallest
    through = 4.0 * 10.0 * float(flux.flux_per_m2_year(smallest)) * weight * cosine * (size > limit)
    result = penetrations(surface, shield, source, DAYS_PER_YEAR)
    assert result.expected == pytest.approx(through.mean(), abs=4.0 * through.std() / np.sqrt(n))


def test_densities_by_mass_add_up_to_the_whole():
    """Where everything above a diameter goes through, the classes together are the flux above it."""
    classes = SOURCES["meteoroids"].classes
    for d in (0.003, 0.0113, 0.1, 0.3, 1.0):
        together = sum(float(part.flux_above(np.array(d))) for part in classes)
        assert together == pytest.approx(float(NATURAL.flux_per_m2_year(d)), rel=1e-12)


def test_the_quadrature_has_converged():
    shield = get_shield("node-forward-cylinder")
    for source, fine in (
        (SOURCES["debris"], debris_source(DEBRIS, rays=DEBRIS.rays(speeds=400))),
        (SOURCES["meteoroids"], meteoroid_source(NATURAL, NATURAL.rays(12, 20, 36))),
    ):
        coarse = penetrations(LAB, shield, source, 365.25).expected
        assert coarse == pytest.approx(penetrations(LAB, shield, fine, 365.25).expected, rel=2e-3)


def test_a_thicker_wall_lets_less_through_and_twice_the_time_twice_as_much():
    thin, thick = WhippleNno(0.1, 10.0, 0.2, 57.0), WhippleNno(0.1, 10.0, 0.4, 57.0)
    for source in SOURCES.values():
        one = penetrations(Plate(5.0), thin, source, 100.0)
        assert penetrations(Plate(5.0), thick, source, 100.0).expected < one.expected
        assert penetrations(Plate(5.0), thin, source, 200.0).expected == pytest.approx(2.0 * one.expected)
        assert 0.0 < one.beyond_tests <= 1.0


def test_range_and_probability():
    parts = [penetrations(Plate(5.0), get_shield("node-2-3"), source, 365.25) for source in SOURCES.values()]
    nominal, low, high = expected_range(parts)
    assert nominal == pytest.approx(sum(p.expected for p in parts))
    assert low < nominal / 2.5 < nominal * 2.5 < high < nominal * 3.0
    assert no_penetration_probability([0.0, np.log(2.0)]).tolist() == pytest.approx([1.0, 0.5])


def test_faces_are_right_handed():
    radial, transverse, normal = (np.array(FACES[face]) for face in ("zenith", "ram", "port"))
    assert np.cross(radial, transverse).tolist() == normal.tolist()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Plate(-1.0), "area_m2: expected above 0 m2, got -1.0"),
        (lambda: Plate(1.0, 1.5), "exposed_fraction: expected above 0 to 1, got 1.5"),
        (lambda: Plate(1.0, 1.0, "up"), "direction: expected one of ram, wake, port"),
        (lambda: CylinderSide(1.0, 1.0, (0.0, 0.0, 0.0)), "three components, not all zero"),
        (
            lambda: penetrations(LAB, CriticalDiameter(0.1), SOURCES["debris"], 0.0),
            "duration_days: expected above 0",
        ),
        (lambda: debris_source(DEBRIS, 30.0), "density_g_cm3: expected above 0 to 25 g/cm3, got 30.0"),
    ],
)
def test_invalid_arguments_are_rejected(make, message):
    with pytest.raises(InputError) as refused:
        make()
    assert message in str(refused.value)
