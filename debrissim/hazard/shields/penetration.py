"""Expected penetrations of shielded surfaces, and the probability of no penetration (PNP).

Source: Christiansen et al. (2009), "Handbook for Designing MMOD Protection", NASA/TM-2009-214785: PNP = exp(-N), where
N is the expected number of impacts above the critical diameter, summed here over the directions and speeds of each
source, the parts of the surface, and the densities of the particles:

    N = A T sum_k 4 w_k max(0, n . c_k) sum_j F_j(d_c(v_k, angle_k, rho_j)).

Assumptions
- Hits are independent (Poisson). Surfaces are convex and unobstructed by other modules, trusses or arrays
  (`exposed_fraction` scales by hand), and no part that was hit is replaced.
- For the range, all fluxes of a source are too low or too high together, by its factor. Ballistic limits have no such
  factor: the equations classify three of four real shots correctly (docs/shields.md).
- Equations are extrapolated to speeds that no gun reaches: the fraction of N beyond the tested speed is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.constants import DAYS_PER_YEAR
from debrissim.core.errors import InputError
from debrissim.hazard.particles import debris_flux, meteoroids
from debrissim.hazard.particles.debris_flux import DebrisFlux
from debrissim.hazard.particles.directions import Rays
from debrissim.hazard.particles.meteoroids import MeteoroidFlux, sphere_mass_g
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.surfaces import Surface

ALUMINIUM_G_CM3 = 2.8
SPEED_EDGES_KM_S = np.arange(0.0, 81.0, 2.0)


@dataclass(frozen=True, eq=False)
class DensityClass:
    """Particles of one density. flux_above(diameter_cm): per m^2 and year on a tumbling plate."""

    density_g_cm3: float
    flux_above: Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class ParticleSource:
    """Particles of one origin: rays, densities, and the factor by which the flux may be too high or too low."""

    name: str
    rays: Rays
    classes: tuple[DensityClass, ...]
    uncertainty_factor: float

    def penetrating_flux(self, shield: Shield, speed_km_s: Array, angle_deg: Array) -> Array:
        """Compute the flux of particles that penetrate a shield.

        Parameters
        ----------
        shield : Shield
            The shield.
        speed_km_s : array of any shape, km/s
            Impact speeds.
        angle_deg : array of any shape, deg
            Angles from the normal of the surface, broadcast against the speeds.

        Returns
        -------
        Flux on a tumbling plate, 1/(m^2 year), in the broadcast shape.
        """
        flux = np.zeros(np.broadcast_shapes(np.shape(speed_km_s), np.shape(angle_deg)))
        for part in self.classes:
            flux += part.flux_above(shield.critical_diameter_cm(speed_km_s, angle_deg, part.density_g_cm3))
        return flux


def debris_source(
    flux: DebrisFlux, density_g_cm3: float = ALUMINIUM_G_CM3, rays: Rays | None = None
) -> ParticleSource:
    """Make a source of man-made particles with a single density.

    Parameters
    ----------
    flux : DebrisFlux
        Flux by size.
    density_g_cm3 : float, g/cm^3
        Density, above 0 to 25; by default 2.8 (aluminium in the handbook).
    rays : Rays, optional
        By default those of the flux.

    Raises
    ------
    InputError
        For a density that is not above 0 to 25 g/cm^3.
    """
    if not 0.0 < density_g_cm3 <= 25.0:
        raise InputError(f"density_g_cm3: expected above 0 to 25 g/cm3, got {density_g_cm3}")
    return ParticleSource(
        "debris",
        rays or flux.rays(),
        (DensityClass(density_g_cm3, flux.flux_per_m2_year),),
        debris_flux.UNCERTAINTY_FACTOR,
    )


def meteoroid_source(flux: MeteoroidFlux, rays: Rays | None = None) -> ParticleSource:
    """Make a source of natural particles, with one density or the density by mass.

    Parameters
    ----------
    flux : MeteoroidFlux
        Flux by size; its density determines which of the two is used.
    rays : Rays, optional
        By default those of the flux.
    """
    steps: tuple[tuple[float, float, float], ...] = meteoroids.DENSITY_STEPS
    if flux.density_g_cm3 is not None:
        steps = ((0.0, np.inf, flux.density_g_cm3),)
    classes = tuple(DensityClass(rho, _flux_within(flux, low, high, rho)) for low, high, rho in steps)
    return ParticleSource("meteoroids", rays or flux.rays(), classes, meteoroids.UNCERTAINTY_FACTOR)


def _flux_within(
    flux: MeteoroidFlux, low_g: float, high_g: float, density_g_cm3: float
) -> Callable[[Array], Array]:
    """Flux of particles between two masses that are larger than a diameter."""
    beyond = float(flux.flux_above_mass(high_g)) if np.isfinite(high_g) else 0.0

    def above(diameter_cm: Array) -> Array:
        mass = sphere_mass_g(np.minimum(diameter_cm, 1e6), density_g_cm3)
        return np.asarray(flux.flux_above_mass(np.clip(mass, max(low_g, 1e-300), high_g)) - beyond)

    return above


@dataclass(frozen=True, eq=False)
class Penetrations:
    """Expected penetrations of one surface by one source.

    expected: the number in the duration; by_speed (40,): its fractions between `SPEED_EDGES_KM_S`; beyond_tests: its
    fraction from speeds above those of tests; factor: factor by which it may be too high or too low.
    """

    expected: float
    by_speed: Array = field(repr=False)
    beyond_tests: float
    factor: float


def penetrations(
    surface: Surface, shield: Shield, source: ParticleSource, duration_days: float
) -> Penetrations:
    """Compute expected penetrations of a surface behind a shield.

    Parameters
    ----------
    surface : Surface
        The exposed surface.
    shield : Shield
        The shield in front of it.
    source : ParticleSource
        Rays, densities and flux of the particles.
    duration_days : float, days
        Duration of the exposure, above 0.

    Raises
    ------
    InputError
        For a duration that is not above 0.
    """
    if not (np.isfinite(duration_days) and duration_days > 0.0):
        raise InputError(f"duration_days: expected above 0 days, got {duration_days}")
    rays = source.rays
    years = duration_days / DAYS_PER_YEAR
    by_ray = np.zeros(rays.weight.size)
    for cosine, area in surface.parts(rays.direction):
        hit = cosine > 0.0
        angle = np.degrees(np.arccos(np.minimum(cosine[hit], 1.0)))
        flux = source.penetrating_flux(shield, rays.speed_km_s[hit], angle)
        by_ray[hit] += 4.0 * area * years * rays.weight[hit] * cosine[hit] * flux
    expected = float(by_ray.sum())
    binned, _ = np.histogram(rays.speed_km_s, SPEED_EDGES_KM_S, weights=by_ray)
    beyond = float(by_ray[rays.speed_km_s > shield.tested_to_km_s].sum())
    scale = expected or 1.0
    return Penetrations(expected, binned / scale, beyond / scale, source.uncertainty_factor)


def no_penetration_probability(expected: ArrayLike) -> Array:
    """PNP = exp(-N)."""
    return np.asarray(np.exp(-np.asarray(expected, dtype=np.float64)))


def expected_range(parts: Sequence[Penetrations]) -> tuple[float, float, float]:
    """(nominal, low, high) expected penetrations of several parts, all too high or too low together."""
    return (
        sum(p.expected for p in parts),
        sum(p.expected / p.factor for p in parts),
        sum(p.expected * p.factor for p in parts),
    )


def monte_carlo_penetrations(
    surface: Surface,
    shield: Shield,
    source: ParticleSource,
    duration_days: float,
    *,
    rays: Callable[[int, np.random.Generator], tuple[Array, Array, Array]],
    samples: int,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Estimate expected penetrations from random hits: points on the surface, directions and speeds.

    Sizes are integrated as in `penetrations`.

    Parameters
    ----------
    surface : Surface
        The exposed surface.
    shield : Shield
        The shield in front of it.
    source : ParticleSource
        Densities and flux of the particles.
    duration_days : float, days
        Duration of the exposure.
    rays : callable
        rays(samples, generator) gives directions (m, 3), speeds (m,) in km/s and weights (m,) of mean one, sampled from
        the distributions of the source and not from its quadrature (`sample_debris`, `sample_meteoroids`).
    samples : int
        Number of hits.
    generator : numpy.random.Generator
        Source of the samples.

    Returns
    -------
    expected, standard_error : float
        Expected penetrations in the duration, and their standard error.
    """
    direction, speed, weight = rays(samples, generator)
    cosine = np.maximum(np.einsum("ij,ij->i", direction, surface.random_normals(samples, generator)), 0.0)
    angle = np.degrees(np.arccos(np.minimum(cosine, 1.0)))
    flux = source.penetrating_flux(shield, speed, angle)
    years = duration_days / DAYS_PER_YEAR
    values = 4.0 * surface.exposed_area_m2 * years * weight * cosine * flux
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(samples))
