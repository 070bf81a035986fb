"""What a hit would do, to the order of magnitude, and from where it would come.

Source: Johnson, Krisko, Liou & Anz-Meador (2001), "NASA's New Breakup Model of EVOLVE 4.0", Advances in
Space Research 28(9), 1377-1384: a collision is catastrophic where the smaller object's kinetic energy
relative to the larger, divided by the larger's mass, is 40 J/g or more. The number of fragments of at least a
size Lc is 0.1 M^0.75 Lc^-1.71 (m, kg), with M the sum of both masses in a catastrophic collision, otherwise the
smaller mass times v^2 (km/s; squared as corrected in NASA's Orbital Debris Quarterly News 15-4, 2011).

Assumptions
- Where a mass is only the default of its kind, `mass_range_kg` says between which values nineteen of twenty would
  lie, and energies and fragments are given at both ends of what these masses can do (`consequences`).
- Numbers of fragments are those of compact spacecraft struck centrally. Catalogued fragments of real collisions
  were 2 to 3 times as many above 10 cm (Fengyun 1C, Iridium 33 and Cosmos 2251).
- The whole smaller object takes part. A glancing hit, or one on a solar array, delivers a small part of
  this energy.
- Masses are known. They rarely are: most catalogue masses are estimates from radar cross-section or type
  and may be wrong by a factor of several, and with them the energy; only a ratio far from 40 J/g supports
  the word "catastrophic". An unknown mass (NaN) gives NaN energies and is never called catastrophic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog import DEFAULT_SIZES, ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError

CATASTROPHIC_J_G = 40.0
# Of a collision: N(L and above) = 0.1 M^0.75 L^-1.71, M in kg, L in m.
COUNT_FACTOR, COUNT_MASS_EXPONENT, COUNT_LENGTH_EXPONENT = 0.1, 0.75, 1.71

# The 5th and 95th percentile of the same masses whose medians are `DEFAULT_SIZES`: a public table of radar estimates
# (SFK) and of CARA's protected spacecraft, without its own defaults, joined with the catalogue of 2024-11-01 by number.
MASS_RANGES_KG: Mapping[ObjectKind, tuple[float, float]] = {
    # 147 masses, large science spacecraft more than their share.
    ObjectKind.PAYLOAD: (18.0, 6600.0),
    # 11 masses only, capped at 10 t: their range, rounded.
    ObjectKind.ROCKET_BODY: (430.0, 10000.0),
    # 9276 masses, from radar cross-sections.
    ObjectKind.DEBRIS: (0.026, 36.0),
    # A fragment (224 radar estimates, from 0.020 kg) or a spacecraft.
    ObjectKind.UNKNOWN: (0.020, 6600.0),
}

_MASS_COUNT = 9
_ROWS_PER_BATCH = 20000  # 100 pairs of masses each: 16 MB a temporary
FRAGMENT_SIZES_M = (0.1, 0.01)


@dataclass(frozen=True, eq=False)
class Impact:
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
    """The energy of m hits: masses in kg (NaN where unknown) and relative speed in km/s, each scalar or (m,).

    Raises InputError for a mass that is not positive or a speed that is negative or not finite.
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
    if not (np.isfinite(speed) & (speed >= 0.0)).all():
        raise InputError("relative_speed_km_s: expected finite numbers >= 0")
    energy = 0.5 * np.minimum(first, second) * (1000.0 * speed) ** 2
    ratio = energy / (1000.0 * np.maximum(first, second))
    return Impact(kinetic_energy_j=energy, energy_to_mass_j_g=ratio, catastrophic=ratio >= CATASTROPHIC_J_G)


@dataclass(frozen=True, eq=False)
class Consequences:
    """m impacts, with the range that unknown masses leave: columns (m,) of lowest, and of highest, values.

    | column                                | unit | what                                                          |
    |---------------------------------------|------|---------------------------------------------------------------|
    | secondary_mass_kg                     | kg   | the range of the secondary's mass                             |
    | energy_to_mass_j_g                    | J/g  | over both masses' ranges                                      |
    | fragments                             |      | (m,) for each of `FRAGMENT_SIZES_M`: at least so large        |
    | expected_fragments                    |      | the same at the masses given, NaN where a mass is unknown     |
    """

    secondary_mass_kg: tuple[Array, Array]
    energy_to_mass_j_g: tuple[Array, Array]
    fragments: tuple[tuple[Array, Array], ...]
    expected_fragments: tuple[Array, ...]

    @property
    def catastrophic_over_range(self) -> list[str]:
        """Of each impact "never", "possibly" or "always" catastrophic, over the masses' ranges."""
        low, high = (ends >= CATASTROPHIC_J_G for ends in self.energy_to_mass_j_g)
        words = ("never", "possibly", "always")
        return [words[int(a) + int(b)] for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def fragment_count(first_kg: ArrayLike, second_kg: ArrayLike, speed_km_s: ArrayLike, size_m: float) -> Array:
    """Fragments of at least a size from a collision of two masses (kg, NaN where unknown); arguments broadcast.

    Raises InputError as `impact_severity` does, and for a size that is not above 0 m.
    """
    if not size_m > 0.0:
        raise InputError(f"size_m: expected above 0 m, got {size_m}")
    hit = impact_severity(first_kg, second_kg, speed_km_s)
    first, second, speed = np.broadcast_arrays(first_kg, second_kg, speed_km_s)
    mass = np.where(hit.catastrophic, first + second, np.minimum(first, second) * np.square(speed))
    return np.asarray(COUNT_FACTOR * mass**COUNT_MASS_EXPONENT * size_m**-COUNT_LENGTH_EXPONENT)


def mass_range_kg(object_kind: NDArray[np.int8], mass_kg: Array) -> tuple[Array, Array]:
    """(n,), (n,) kg: between which masses an object lies: `MASS_RANGES_KG` of its kind where the mass (n,) is the
    kind's default or NaN, the mass itself where it is known."""
    kinds = list(ObjectKind)
    default = np.array([DEFAULT_SIZES[kind].mass_kg for kind in kinds])[object_kind]
    ranges = np.array([MASS_RANGES_KG[kind] for kind in kinds])[object_kind]
    unknown = np.isnan(mass_kg) | (mass_kg == default)
    return np.where(unknown, ranges[:, 0], mass_kg), np.where(unknown, ranges[:, 1], mass_kg)


def consequences(
    primary_kg: Array,
    secondary_kg: Array,
    primary_range_kg: tuple[Array, Array],
    secondary_range_kg: tuple[Array, Array],
    relative_speed_km_s: Array,
) -> Consequences:
    """Energies and fragments of m hits over the ranges of both masses, each (m,).

    The extremes are sought on ten masses each, nine of them evenly spaced in the logarithm: where a mass grows past
    the threshold of 40 J/g the number of fragments jumps, so neither end need be an extreme.
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


def _mass_samples(ends_kg: tuple[Array, Array], other_kg: tuple[Array, Array], rows: slice) -> Array:
    """(r, k) masses from the one end to the other, which are among them to the bit, and the nearest to the other
    body's heaviest: bodies alike have the greatest ratio."""
    low, high = (end[rows, None] for end in ends_kg)
    masses = low * (high / low) ** np.linspace(0.0, 1.0, _MASS_COUNT)
    masses[:, -1:] = high
    return np.concatenate([masses, np.clip(other_kg[1][rows, None], low, high)], axis=1)


def _extremes(first_kg: Array, second_kg: Array, speed_km_s: Array) -> list[tuple[Array, Array]]:
    """Least and greatest (r,) of the energy-to-mass ratio and of each size's fragments, over (r, k) masses each."""
    first, second = first_kg[:, :, None], second_kg[:, None, :]
    values = [impact_severity(first, second, speed_km_s).energy_to_mass_j_g]
    values += [fragment_count(first, second, speed_km_s, size) for size in FRAGMENT_SIZES_M]
    return [(v.min(axis=(1, 2)), v.max(axis=(1, 2))) for v in values]


def approach_direction(relative_velocity_rtn_km_s: Array) -> tuple[Array, Array]:
    """Where the secondaries come from, seen from the primary: (azimuth (m,), elevation (m,)) in degrees.

    relative_velocity_rtn_km_s: (m, 3) km/s, secondary minus primary, in the primary's RTN.

    Azimuth is counted in the horizontal plane (T, N), clockwise seen from above: 0 from ahead (+T), +90
    from starboard (-N), -90 from port (+N), 180 from behind; in (-180, 180]. Elevation is +90 from the
    zenith (+R), -90 from the nadir. Without relative velocity there is no direction: both are NaN.
    """
    origin = -np.asarray(relative_velocity_rtn_km_s, dtype=np.float64)
    radial, along, normal = origin[:, 0], origin[:, 1], origin[:, 2]
    moving = np.linalg.norm(origin, axis=-1) > 0.0
    # Adding 0.0 turns -0.0 into 0.0: from straight behind is +180, from straight above 0, never -180.
    azimuth = np.degrees(np.arctan2(-normal + 0.0, along + 0.0))
    elevation = np.degrees(np.arctan2(radial, np.hypot(along, normal)))
    return np.where(moving, azimuth, np.nan), np.where(moving, elevation, np.nan)
