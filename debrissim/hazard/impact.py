"""Consequences of a collision, to an order of magnitude, and the direction from which it would come.

Source: Johnson, Krisko, Liou & Anz-Meador (2001), "NASA's New Breakup Model of EVOLVE 4.0", Advances in
Space Research 28(9), 1377-1384: a collision is catastrophic where the smaller object's kinetic energy
relative to the larger, divided by the larger's mass, is 40 J/g or more. The number of fragments of size
Lc or larger is 0.1 M^0.75 Lc^-1.71 (m, kg), with M the sum of both masses in a catastrophic collision, otherwise
the smaller mass times v^2 (km/s; squared as corrected in NASA's Orbital Debris Quarterly News 15-4, 2011).

Assumptions
- Where a mass is only the default of its kind, `mass_range_kg` gives the central 90 % of the masses of that kind, and
  `consequences` gives energies and fragments over the whole range of masses.
- Numbers of fragments are those of compact spacecraft struck centrally. Real collisions
  left 2 to 3 times as many catalogued fragments above 10 cm (Fengyun 1C, Iridium 33 and Cosmos 2251).
- The whole smaller object takes part. A glancing hit, or a hit on a solar array, delivers a small part of this energy.
- Masses are known. They rarely are: most catalogue masses are estimates from radar cross-section or type
  and may be wrong by a factor of several, and with them the energy; only a ratio far from 40 J/g supports
  the word "catastrophic". An unknown mass (NaN) gives NaN energies and is never called catastrophic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog import DEFAULT_SIZES, SizeGroup
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows

CATASTROPHIC_J_G = 40.0
"""Energy of an impact per mass of the target, J/g, above which the target breaks up as a whole."""
# Number law of a collision: N(L and above) = 0.1 M^0.75 L^-1.71, M in kg, L in m.
COUNT_FACTOR, COUNT_MASS_EXPONENT, COUNT_LENGTH_EXPONENT = 0.1, 0.75, 1.71

# The 5th and 95th percentiles of the masses whose medians are `DEFAULT_SIZES`: a public table of radar estimates (SFK)
# and of CARA's protected spacecraft, without its default values, joined with the catalogue of 2024-11-01 by number.
MASS_RANGES_KG: Mapping[SizeGroup, tuple[float, float]] = {
    # 147 masses (from 18 kg); large science spacecraft are over-represented, and CubeSats are missing; as not all
    # CubeSats have a name that shows it, the range extends down to one unit.
    SizeGroup.PAYLOAD: (1.0, 6600.0),
    # Only 11 masses, capped at 10 t: the range is theirs, rounded.
    SizeGroup.ROCKET_BODY: (430.0, 10000.0),
    # 9276 masses, from radar cross-sections.
    SizeGroup.DEBRIS: (0.026, 36.0),
    # A fragment (224 radar estimates, from 0.020 kg) or a spacecraft.
    SizeGroup.UNKNOWN: (0.020, 6600.0),
    # A quarter of a unit, and twelve units by the CubeSat Design Specification, Rev. 14.1 (not seen in print).
    SizeGroup.CUBESAT: (0.25, 24.0),
}

_MASS_COUNT = 9
_ROWS_PER_BATCH = 20000  # 100 pairs of masses per row: 16 MB per temporary array
FRAGMENT_SIZES_M = (0.1, 0.01)


@dataclass(frozen=True, eq=False)
class Impact(Rows):
    """m impacts.

    | column              | dtype   | shape | unit                                                          |
    |---------------------|---------|-------|---------------------------------------------------------------|
    | kinetic_energy_j    | float64 | (m,)  | J, of the smaller object relative to the larger               |
    | energy_to_mass_j_g  | float64 | (m,)  | J per g of the larger object                                  |
    | catastrophic        | bool    | (m,)  | 40 J/g or more: both objects break up                         |
    """

    kinetic_energy_j: Array
    energy_to_mass_j_g: Array
    catastrophic: NDArray[np.bool_]


def impact_severity(
    mass_primary_kg: ArrayLike, mass_secondary_kg: ArrayLike, relative_speed_km_s: ArrayLike
) -> Impact:
    """Compute the energy of m impacts, and whether they are catastrophic.

    Parameters
    ----------
    mass_primary_kg, mass_secondary_kg : scalar or (m,), kg
        Masses, above 0; NaN where unknown.
    relative_speed_km_s : scalar or (m,), km/s
        Relative speed, at least 0.

    Raises
    ------
    InputError
        For a mass that is not positive or a speed that is negative or not finite.
    """
    first, second, speed = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(x, dtype=np.float64))
            for x in (mass_primary_kg, mass_secondary_kg, relative_speed_km_s)
        )
    )
    for name, mass in (("mass_primary_kg", first), ("mass_secondary_kg", second)):
        if (mass <= 0.0).any():
            raise InputError(f"{name}: expected > 0 kg (NaN where unknown), got {np.nanmin(mass)}")
    allowed = np.isfinite(speed) & (speed >= 0.0)
    if not allowed.all():
        raise InputError(f"relative_speed_km_s: expected finite numbers >= 0, got {speed[~allowed][0]}")
    energy = 0.5 * np.minimum(first, second) * (1000.0 * speed) ** 2
    ratio = energy / (1000.0 * np.maximum(first, second))
    return Impact(kinetic_energy_j=energy, energy_to_mass_j_g=ratio, catastrophic=ratio >= CATASTROPHIC_J_G)


@dataclass(frozen=True, eq=False)
class Consequences:
    """m impacts over the ranges of their masses: pairs of columns (m,), with the lowest and the highest values.

    | column                                | unit | meaning                                                       |
    |---------------------------------------|------|---------------------------------------------------------------|
    | secondary_mass_kg                     | kg   | the range of the secondary's mass                             |
    | energy_to_mass_j_g                    | J/g  | over both masses' ranges                                      |
    | fragments                             |      | number of size `FRAGMENT_SIZES_M` or larger, for each size    |
    | expected_fragments                    |      | the same at the nominal masses, NaN where one is unknown      |
    """

    secondary_mass_kg: tuple[Array, Array]
    energy_to_mass_j_g: tuple[Array, Array]
    fragments: tuple[tuple[Array, Array], ...]
    expected_fragments: tuple[Array, ...]

    @property
    def catastrophic_over_range(self) -> list[str]:
        """Whether each impact is catastrophic over the ranges of the masses: "never", "possibly" or "always"."""
        low, high = (ends >= CATASTROPHIC_J_G for ends in self.energy_to_mass_j_g)
        labels = ("never", "possibly", "always")
        return [labels[int(a) + int(b)] for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def fragment_count(first_kg: ArrayLike, second_kg: ArrayLike, speed_km_s: ArrayLike, size_m: float) -> Array:
    """Compute the expected number of fragments of a given size or larger from collisions.

    Parameters
    ----------
    first_kg, second_kg : array_like, kg
        Masses, NaN where unknown.
    speed_km_s : array_like, km/s
        Relative speed. All three are broadcast against each other.
    size_m : float, m
        Minimum size, above 0.

    Raises
    ------
    InputError
        As `impact_severity`, and for a size that is not above 0 m.
    """
    if not size_m > 0.0:
        raise InputError(f"size_m: expected above 0 m, got {size_m}")
    hit = impact_severity(first_kg, second_kg, speed_km_s)
    first, second, speed = np.broadcast_arrays(first_kg, second_kg, speed_km_s)
    mass = np.where(hit.catastrophic, first + second, np.minimum(first, second) * np.square(speed))
    return np.asarray(COUNT_FACTOR * mass**COUNT_MASS_EXPONENT * size_m**-COUNT_LENGTH_EXPONENT)


def mass_range_kg(
    group: NDArray[np.int8], mass_kg: Array, is_default: NDArray[np.bool_] | None = None
) -> tuple[Array, Array]:
    """Get the minimum and maximum mass that each object may have.

    Parameters
    ----------
    group : (n,) int8
        `SizeGroup` of each object; an `ObjectKind` is also accepted.
    mass_kg : (n,), kg
        Mass of each object, NaN where unknown.
    is_default : (n,) bool, optional
        Whether the mass is only the default of the group; by default, where it equals the group's default.

    Returns
    -------
    low, high : (n,), kg
        `MASS_RANGES_KG` of the group where the mass is a default or NaN; the mass, twice, where it is known.
    """
    groups = list(SizeGroup)
    ranges = np.array([MASS_RANGES_KG[one] for one in groups])[group]
    if is_default is None:
        is_default = mass_kg == np.array([DEFAULT_SIZES[one].mass_kg for one in groups])[group]
    unknown = np.isnan(mass_kg) | is_default
    return np.where(unknown, ranges[:, 0], mass_kg), np.where(unknown, ranges[:, 1], mass_kg)


def consequences(
    primary_kg: Array,
    secondary_kg: Array,
    primary_range_kg: tuple[Array, Array],
    secondary_range_kg: tuple[Array, Array],
    relative_speed_km_s: Array,
) -> Consequences:
    """Compute energies and fragments of m impacts over the ranges of both masses.

    The extremes are taken over ten masses per object, nine of them evenly spaced in the logarithm: at 40 J/g the number
    of fragments jumps, so an extreme need not lie at an end of a range.

    Parameters
    ----------
    primary_kg, secondary_kg : (m,), kg
        Nominal masses, NaN where unknown.
    primary_range_kg, secondary_range_kg : pair of (m,), kg
        Minimum and maximum masses.
    relative_speed_km_s : (m,), km/s
        Relative speed.
    """
    speed = np.asarray(relative_speed_km_s, dtype=np.float64)
    parts = [
        _extremes(
            _mass_samples(primary_range_kg, secondary_range_kg, rows),
            _mass_samples(secondary_range_kg, primary_range_kg, rows),
            speed[rows, None, None],
        )
        for rows in (slice(k, k + _ROWS_PER_BATCH) for k in range(0, max(1, speed.size), _ROWS_PER_BATCH))
    ]
    ends = [
        (np.concatenate([p[k][0] for p in parts]), np.concatenate([p[k][1] for p in parts])) for k in range(3)
    ]
    return Consequences(
        secondary_mass_kg=secondary_range_kg,
        energy_to_mass_j_g=ends[0],
        fragments=tuple(ends[1:]),
        expected_fragments=tuple(
            fragment_count(primary_kg, secondary_kg, relative_speed_km_s, size) for size in FRAGMENT_SIZES_M
        ),
    )


def _mass_samples(ends_kg: tuple[Array, Array], opposite_kg: tuple[Array, Array], rows: slice) -> Array:
    """(r, k) masses over a range, including both ends exactly, and the mass nearest to the other body's maximum,
    because equal masses have the largest energy per mass."""
    low, high = (end[rows, None] for end in ends_kg)
    masses = low * (high / low) ** np.linspace(0.0, 1.0, _MASS_COUNT)
    masses[:, -1:] = high
    return np.concatenate([masses, np.clip(opposite_kg[1][rows, None], low, high)], axis=1)


def _extremes(first_kg: Array, second_kg: Array, speed_km_s: Array) -> list[tuple[Array, Array]]:
    """Minima and maxima (r,) of the energy-to-mass ratio and of each size's fragments, over masses (r, k) of both."""
    first, second = first_kg[:, :, None], second_kg[:, None, :]
    values = [impact_severity(first, second, speed_km_s).energy_to_mass_j_g]
    values += [fragment_count(first, second, speed_km_s, size) for size in FRAGMENT_SIZES_M]
    return [(v.min(axis=(1, 2)), v.max(axis=(1, 2))) for v in values]


def approach_direction(relative_velocity_rtn_km_s: Array) -> tuple[Array, Array]:
    """Azimuth (m,) and elevation (m,), degrees, of the direction from which secondaries come, seen from the primary.

    relative_velocity_rtn_km_s: (m, 3) km/s, secondary minus primary, in the primary's RTN.

    Azimuth is measured in the horizontal plane (T, N), clockwise seen from above: 0 from ahead (+T), +90
    from starboard (-N), -90 from port (+N), 180 from behind; in (-180, 180]. Elevation is +90 from the
    zenith (+R), -90 from the nadir. Both are NaN where the relative velocity is zero.
    """
    origin = -np.asarray(relative_velocity_rtn_km_s, dtype=np.float64)
    radial, along, normal = origin[:, 0], origin[:, 1], origin[:, 2]
    moving = np.linalg.norm(origin, axis=-1) > 0.0
    # Adding 0.0 turns -0.0 into 0.0: straight behind gives +180, straight above 0, never -180.
    azimuth = np.degrees(np.arctan2(-normal + 0.0, along + 0.0))
    elevation = np.degrees(np.arctan2(radial, np.hypot(along, normal)))
    return np.where(moving, azimuth, np.nan), np.where(moving, elevation, np.nan)
