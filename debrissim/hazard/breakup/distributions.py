"""The laws of the NASA standard breakup model: number, area-to-mass ratio and velocity of fragments.

Source: Johnson, N. L., Krisko, P. H., Liou, J.-C. & Anz-Meador, P. D. (2001), "NASA's New Breakup Model of
EVOLVE 4.0", Advances in Space Research 28(9), 1377-1384: number (equations 2 and 4), area-to-mass ratio
(equations 5 to 7), area (equations 8 and 9), velocity (equations 11 and 12). The M of a collision that is not
catastrophic is the smaller mass times the square of the speed in km/s, as corrected in NASA's Orbital Debris
Quarterly News 15-4 (2011); the paper prints the speed itself.

With L the characteristic length (mean of three extents) in m, lambda = log10 L, chi = log10 of the area-to-mass
ratio in m^2/kg:

- number of fragments of length L and above: 6 S L^-1.6 (explosion), 0.1 M^0.75 L^-1.71 (collision);
- chi, for L of 11 cm and above: a mixture of two normal distributions, different for rocket bodies and spacecraft;
  for 8 cm and below one normal distribution for both;
- log10 of the velocity change in m/s: normal, sigma 0.4, mean 0.2 chi + 1.85 (explosion), 0.9 chi + 2.9 (collision).

Assumptions
- A mixture means that a fragment belongs to one normal distribution or the other. (A weighted sum of one sample from
  each, which some open codes use instead, has far too small a variance.)
- Between 8 and 11 cm, for which the paper gives no formula, a fragment follows the law of large fragments with a
  probability that rises linearly with L, and otherwise the law of small fragments.
- Directions of the velocity change are isotropic.
- The laws hold from 1 mm to 1 m. They come from catalogued fragments of exploded upper stages, a ground test (a
  spacecraft hit at 6 km/s) and a few collisions in orbit: single events differ from them by factors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.impact import COUNT_FACTOR, COUNT_LENGTH_EXPONENT, COUNT_MASS_EXPONENT, impact_severity

MIN_LENGTH_M = 1e-3
MAX_LENGTH_M = 1.0
SMALL_BELOW_M = 0.08
LARGE_ABOVE_M = 0.11
VELOCITY_SIGMA = 0.4

_LN10 = np.log(10.0)
# Points per decade of the sum over sizes; the law is smooth except at its breaks, so the sum is accurate to 1e-4.
_POINTS_PER_DECADE = 400


@dataclass(frozen=True)
class NumberLaw:
    """N(L and above) = factor * L^-exponent, L in m.

    catastrophic, energy_to_mass_j_g and law_mass_kg (the M of a collision) are None for an explosion.
    """

    factor: float
    exponent: float
    catastrophic: bool | None = None
    energy_to_mass_j_g: float | None = None
    law_mass_kg: float | None = None

    @property
    def is_collision(self) -> bool:
        return self.catastrophic is not None

    def lengths_m(self, uniform: ArrayLike, min_length_m: float) -> Array:
        """Compute lengths of fragments from uniform random numbers.

        Parameters
        ----------
        uniform : array_like
            Numbers uniform in [0, 1).
        min_length_m : float, m
            Minimum length.

        Returns
        -------
        Lengths in m, at least min_length_m, in the shape of `uniform`.
        """
        return np.asarray(
            min_length_m * (1.0 - np.asarray(uniform, dtype=np.float64)) ** (-1.0 / self.exponent)
        )

    def velocity_mean(self, log_area_to_mass: ArrayLike) -> Array:
        """Mean of log10 of the velocity change in m/s, for log10 of the area-to-mass ratio in m^2/kg."""
        slope, constant = (0.9, 2.9) if self.is_collision else (0.2, 1.85)
        return np.asarray(slope * np.asarray(log_area_to_mass, dtype=np.float64) + constant)


def explosion_law(scale: float = 1.0) -> NumberLaw:
    """The number law of an explosion. scale: S, 1 for an upper stage of 600 to 1000 kg.

    Raises InputError for a scale that is not positive and finite.
    """
    check_positive("scale", scale)
    return NumberLaw(factor=6.0 * scale, exponent=1.6)


def collision_law(
    target_mass_kg: float,
    projectile_mass_kg: float,
    relative_speed_km_s: float,
    *,
    catastrophic: bool | None = None,
) -> NumberLaw:
    """Compute the number law of a collision; target and projectile may be exchanged.

    Parameters
    ----------
    target_mass_kg, projectile_mass_kg : float, kg
        Masses, above 0.
    relative_speed_km_s : float, km/s
        Relative speed, above 0.
    catastrophic : bool, optional
        By default, whether `impact_severity` gives 40 J/g or more; True or False overrides this (for a hit on a solar
        array, or another criterion).

    Raises
    ------
    InputError
        For masses or a speed that are not positive and finite.
    """
    for name, value in (
        ("target_mass_kg", target_mass_kg),
        ("projectile_mass_kg", projectile_mass_kg),
        ("relative_speed_km_s", relative_speed_km_s),
    ):
        check_positive(name, value)
    impact = impact_severity(target_mass_kg, projectile_mass_kg, relative_speed_km_s)
    is_catastrophic = bool(impact.catastrophic[0]) if catastrophic is None else catastrophic
    both = target_mass_kg + projectile_mass_kg
    # Below 40 J/g this is at most 8 % of the larger mass; prescribed as not catastrophic, it may exceed their sum.
    cratering = min(target_mass_kg, projectile_mass_kg) * relative_speed_km_s**2
    law_mass = both if is_catastrophic else min(cratering, both)
    return NumberLaw(
        factor=COUNT_FACTOR * law_mass**COUNT_MASS_EXPONENT,
        exponent=COUNT_LENGTH_EXPONENT,
        catastrophic=is_catastrophic,
        energy_to_mass_j_g=float(impact.energy_to_mass_j_g[0]),
        law_mass_kg=float(law_mass),
    )


def cumulative_count(length_m: ArrayLike, law: NumberLaw) -> Array:
    """Compute the expected number of fragments of each length and above, by the number law only. The mass sets no
    limit.

    Parameters
    ----------
    length_m : array_like, m
        Lengths, above 0.
    law : NumberLaw
        Number law of the breakup.

    Raises
    ------
    InputError
        For lengths that are not positive.
    """
    length = np.asarray(length_m, dtype=np.float64)
    if not (length > 0.0).all():
        raise InputError(f"length_m: expected numbers above 0, got {np.min(length)}")
    return np.asarray(law.factor * length**-law.exponent)


def area_m2(length_m: ArrayLike) -> Array:
    """Mean cross-section (m^2) of fragments of a length (m)."""
    length = np.asarray(length_m, dtype=np.float64)
    return np.asarray(np.where(length < 0.00167, 0.540424 * length**2, 0.556945 * length**2.0047077))


@dataclass(frozen=True, eq=False)
class AreaToMass:
    """The distribution of log10 of the area-to-mass ratio (m^2/kg) for k lengths: a mixture of three normals.

    weight, mean, sigma: (3, k); rows: small fragments, first and second of large fragments. Weights add up to 1.
    """

    weight: Array
    mean: Array
    sigma: Array

    def cdf(self, log_area_to_mass: ArrayLike) -> Array:
        """(k,) probability of a ratio of at most 10^x, x scalar or (k,)."""
        x = np.asarray(log_area_to_mass, dtype=np.float64)
        return np.asarray((self.weight * scipy.special.ndtr((x - self.mean) / self.sigma)).sum(axis=0))

    def moments(self) -> tuple[Array, Array]:
        """(k,) mean and (k,) standard deviation."""
        mean = (self.weight * self.mean).sum(axis=0)
        square = (self.weight * (self.sigma**2 + self.mean**2)).sum(axis=0)
        return mean, np.sqrt(square - mean**2)

    def mean_inverse(self) -> Array:
        """(k,) kg/m^2, the expectation of mass over area."""
        return np.asarray(
            (self.weight * 10.0**-self.mean * np.exp(0.5 * (self.sigma * _LN10) ** 2)).sum(axis=0)
        )

    def sample(self, rng: np.random.Generator) -> Array:
        """(k,) samples."""
        uniform, normal = rng.random(self.weight.shape[1]), rng.standard_normal(self.weight.shape[1])
        part = (uniform >= self.weight[0]).astype(np.intp) + (uniform >= self.weight[0] + self.weight[1])
        column = np.arange(part.size)
        return np.asarray(self.mean[part, column] + self.sigma[part, column] * normal)


def area_to_mass(length_m: ArrayLike, *, rocket_body: bool) -> AreaToMass:
    """Compute the area-to-mass distribution of fragments.

    Parameters
    ----------
    length_m : (k,), m
        Lengths of the fragments.
    rocket_body : bool
        Whether the parent is a rocket body.
    """
    length = np.atleast_1d(np.asarray(length_m, dtype=np.float64))
    x = np.log10(length)
    if rocket_body:
        fraction = _ramp(x, -1.4, 1.0, 0.0, 0.5, -0.3571)
        means = _ramp(x, -0.5, -0.45, 0.0, -0.9, -0.9), np.full_like(x, -0.9)
        sigmas = np.full_like(x, 0.55), _ramp(x, -1.0, 0.28, 0.1, 0.1, -0.1636)
    else:
        fraction = _ramp(x, -1.95, 0.0, 0.55, 1.0, 0.4)
        means = _ramp(x, -1.1, -0.6, 0.0, -0.95, -0.318), _ramp(x, -0.7, -1.2, -0.1, -2.0, -1.333)
        sigmas = _ramp(x, -1.3, 0.1, -0.3, 0.3, 0.2), _ramp(x, -0.5, 0.5, -0.3, 0.3, -1.0)
    small_mean = _ramp(x, -1.75, -0.3, -1.25, -1.0, -1.4)
    small_sigma = np.where(x <= -3.5, 0.2, 0.2 + 0.1333 * (x + 3.5))
    large = np.clip((length - SMALL_BELOW_M) / (LARGE_ABOVE_M - SMALL_BELOW_M), 0.0, 1.0)
    return AreaToMass(
        weight=np.stack([1.0 - large, large * fraction, large * (1.0 - fraction)]),
        mean=np.stack([small_mean, *means]),
        sigma=np.stack([small_sigma, *sigmas]),
    )


def expected_mass_kg(law: NumberLaw, from_m: float, to_m: float, *, rocket_body: bool) -> float:
    """Compute the mean mass that the laws assign to all fragments between two lengths.

    Parameters
    ----------
    law : NumberLaw
        Number law of the breakup.
    from_m, to_m : float, m
        The two lengths; the mass is 0 unless the second is above the first.
    rocket_body : bool
        Whether the parent is a rocket body.

    Returns
    -------
    float
        Mass in kg.
    """
    if to_m <= from_m:
        return 0.0
    points = 2 + int(np.ceil(_POINTS_PER_DECADE * np.log10(to_m / from_m)))
    length = np.geomspace(from_m, to_m, points)
    each = area_m2(length) * area_to_mass(length, rocket_body=rocket_body).mean_inverse()
    density = law.factor * law.exponent * length**-law.exponent
    return float(np.trapezoid(density * each, np.log(length)))


def check_positive(name: str, value: float) -> None:
    """Raise InputError if a parameter is not finite and above 0."""
    if not (np.isfinite(value) and value > 0.0):
        raise InputError(f"{name}: expected a finite number above 0, got {value}")


def _ramp(x: Array, x0: float, y0: float, x1: float, y1: float, slope: float) -> Array:
    """y0 up to x0, y1 from x1 onwards, and in between with the rounded slope printed in the paper."""
    return np.asarray(np.where(x <= x0, y0, np.where(x >= x1, y1, y0 + slope * (x - x0))))
