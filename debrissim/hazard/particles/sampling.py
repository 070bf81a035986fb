"""Random particles sampled from the distributions of a source, to check the quadrature over its rays.

Speeds come from rejection sampling, directions are uniform over the open sky, and the directions of meteoroids include
aberration due to the moving spacecraft; no grid is shared with `DebrisFlux.rays` and `MeteoroidFlux.rays`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from debrissim.core.arrays import Array
from debrissim.hazard.particles.debris_flux import DebrisFlux, debris_speed_density, model_orbit_speed_km_s
from debrissim.hazard.particles.directions import circular_speed_km_s
from debrissim.hazard.particles.meteoroids import (
    MeteoroidFlux,
    motion_factor,
    shielding_factor,
    speed_density,
)

SampledRays = tuple[Array, Array, Array]


def sample_debris(flux: DebrisFlux, count: int, generator: np.random.Generator) -> SampledRays:
    """Sample directions, speeds and weights of man-made particles.

    Parameters
    ----------
    flux : DebrisFlux
        Flux to sample from.
    count : int
        Number of samples.
    generator : numpy.random.Generator
        Source of the samples.

    Returns
    -------
    directions : (count, 3)
        Unit vectors towards the origin of the particles, in radial, transverse, normal axes.
    speeds : (count,), km/s
        Relative to the spacecraft.
    weights : (count,)
        Of mean one.
    """
    v0 = model_orbit_speed_km_s(flux.inclination_deg)
    speed = _rejection_sample(
        lambda v: debris_speed_density(v, flux.inclination_deg), 0.0, 2.0 * v0, count, generator
    )
    side = generator.choice([-1.0, 1.0], count)
    cosine = speed / (2.0 * v0)
    direction = np.stack([np.zeros(count), cosine, side * np.sqrt(1.0 - cosine**2)], axis=1)
    return direction, speed, np.ones(count)


def sample_meteoroids(flux: MeteoroidFlux, count: int, generator: np.random.Generator) -> SampledRays:
    """Sample directions, speeds and weights of natural particles.

    Parameters
    ----------
    flux : MeteoroidFlux
        Flux to sample from.
    count : int
        Number of samples.
    generator : numpy.random.Generator
        Source of the samples.

    Returns
    -------
    directions : (count, 3)
        Unit vectors towards the origin of the particles, in radial, transverse, normal axes.
    speeds : (count,), km/s
        Relative to the spacecraft.
    weights : (count,)
        Weights with mean one. A weight is relative speed over speed, divided by its mean K.
    """
    # The density falls by a factor of a thousand, so proposals uniform in the logarithm of speed are seldom rejected.
    log_speed = _rejection_sample(
        lambda x: np.exp(x) * speed_density(np.exp(x)), np.log(11.1), np.log(72.2), count, generator
    )
    speed = np.exp(log_speed)
    up = generator.uniform(1.0 - 2.0 * shielding_factor(flux.altitude_km), 1.0, count)
    angle = generator.uniform(0.0, 2.0 * np.pi, count)
    across = np.sqrt(1.0 - up**2)
    sky = np.stack([up, across * np.cos(angle), across * np.sin(angle)], axis=1)
    incoming = speed[:, None] * sky + np.array([0.0, circular_speed_km_s(flux.altitude_km), 0.0])
    relative = np.linalg.norm(incoming, axis=1)
    weight = relative / speed / motion_factor(flux.altitude_km)
    return incoming / relative[:, None], relative, weight


def _rejection_sample(
    density: Callable[[Array], Array], low: float, high: float, count: int, generator: np.random.Generator
) -> Array:
    """(count,) samples of a density (not normalised) on an interval."""
    # Slightly above the maximum on a fine grid.
    top = 1.01 * float(np.max(density(np.linspace(low, high, 20001))))
    kept: list[Array] = []
    accepted = 0
    while accepted < count:
        x = generator.uniform(low, high, 2 * count)
        x = x[generator.uniform(0.0, top, x.size) < density(x)]
        kept.append(x)
        accepted += x.size
    return np.concatenate(kept)[:count]
