"""The orbits of fragments right after a breakup: period, perigee and apogee from the state.

Source: two-body mechanics (Vallado 2013, "Fundamentals of Astrodynamics and Applications", chapter 2); their diagram is
due to J. Gabbard (Portree & Loftus 1999, "Orbital Debris: A Chronology", NASA TP-1999-208856).

Assumptions
- A point-mass Earth with gravity constant and radius of WGS-72, as in element sets. The flattening moves perigee and
  apogee of a low orbit by up to some 10 km about those of its mean elements, equally for a parent and its fragments.
- A fragment with a perigee below 120 km comes down within its first revolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows

REENTRY_PERIGEE_KM = 120.0


class Fate(IntEnum):
    """The fate of a fragment right after the breakup."""

    ORBIT = 0
    REENTRY = 1
    ESCAPE = 2

    @property
    def label(self) -> str:
        """The word used in tables: "orbit", "re-entry", "escape"."""
        return ("orbit", "re-entry", "escape")[self]


@dataclass(frozen=True, eq=False)
class FragmentOrbits(Rows):
    """k orbits: period_min (k,) minutes, perigee_km and apogee_km (k,) altitudes in km, inclination_deg (k,) degrees,
    fate (k,) `Fate`. Period and apogee are infinite if the orbit is not an ellipse."""

    _labels: ClassVar[Mapping[str, type[Fate]]] = {"fate": Fate}

    period_min: Array
    perigee_km: Array
    apogee_km: Array
    inclination_deg: Array
    fate: NDArray[np.int8]


def fragment_orbits(position_km: Array, velocity_km_s: Array) -> FragmentOrbits:
    """Compute the orbits through given positions and velocities.

    Parameters
    ----------
    position_km : (k, 3), km
        Positions, inertial.
    velocity_km_s : (k, 3), km/s
        Velocities, in the same frame.

    Raises
    ------
    InputError
        If a shape is wrong, a number is not finite or a position is the centre of the Earth.
    """
    r, v = np.asarray(position_km, dtype=np.float64), np.asarray(velocity_km_s, dtype=np.float64)
    if r.ndim != 2 or r.shape != v.shape or r.shape[1] != 3:
        raise InputError(f"position_km, velocity_km_s: expected shapes (k, 3), got {r.shape} and {v.shape}")
    radius = np.linalg.norm(r, axis=1)
    if not (np.isfinite(r).all() and np.isfinite(v).all() and (radius > 0.0).all()):
        raise InputError("position_km, velocity_km_s: expected finite numbers, and no position at the centre")
    momentum = np.cross(r, v)
    h = np.linalg.norm(momentum, axis=1)
    energy = 0.5 * np.square(v).sum(axis=1) - WGS72_MU_KM3_S2 / radius
    parameter = h**2 / WGS72_MU_KM3_S2
    # From the length of the vector, because the root of 1 + 2 E h^2 / mu^2 would lose half the digits of a
    # near-circular orbit.
    eccentricity = np.linalg.norm(np.cross(v, momentum) / WGS72_MU_KM3_S2 - r / radius[:, None], axis=1)
    bound = energy < 0.0
    axis = np.where(bound, -WGS72_MU_KM3_S2 / (2.0 * np.where(bound, energy, -1.0)), np.inf)
    # p / (1 + e) holds for every conic.
    perigee = parameter / (1.0 + eccentricity) - WGS72_RADIUS_KM
    apogee = np.where(bound, axis * (1.0 + eccentricity) - WGS72_RADIUS_KM, np.inf)
    # A path straight up or down has no plane; 90 degrees is reported.
    cosine = np.divide(momentum[:, 2], h, out=np.zeros_like(h), where=h > 0.0)
    fate = np.where(perigee < REENTRY_PERIGEE_KM, Fate.REENTRY, Fate.ORBIT)
    rising = np.einsum("ki,ki->k", r, v) >= 0.0
    fate = np.where(~bound & ((perigee >= REENTRY_PERIGEE_KM) | rising), Fate.ESCAPE, fate)
    return FragmentOrbits(
        period_min=2.0 * np.pi * np.sqrt(axis**3 / WGS72_MU_KM3_S2) / 60.0,
        perigee_km=perigee,
        apogee_km=apogee,
        inclination_deg=np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))),
        fate=fate.astype(np.int8),
    )
