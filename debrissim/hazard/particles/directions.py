"""Directions and speeds of particles as weighted rays, and the flux on surfaces by orientation.

The rays of a source distribute its flux: `weight` sums to one, and a plate with the normal n receives from each ray
4 F weight max(0, n . direction), where F is the flux on one side of a randomly tumbling plate (as the models give it).
The mean of max(0, cos) over all orientations is 1/4, so a tumbling plate receives F.

Axes: radial (zenith), transverse (ram), normal (port), for a spacecraft on a circular orbit with a fixed attitude
relative to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows

FACES: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "ram": (0.0, 1.0, 0.0),
        "wake": (0.0, -1.0, 0.0),
        "port": (0.0, 0.0, 1.0),
        "starboard": (0.0, 0.0, -1.0),
        "zenith": (1.0, 0.0, 0.0),
        "nadir": (-1.0, 0.0, 0.0),
    }
)


@dataclass(frozen=True, eq=False)
class Rays(Rows):
    """k rays of a source.

    direction (k, 3): unit vectors towards the origin of the particles, in radial, transverse, normal axes;
    speed_km_s (k,): relative to the spacecraft; weight (k,): fraction of the flux on a sphere; the weights sum to one.
    """

    direction: Array
    speed_km_s: Array
    weight: Array

    @property
    def mean_speed_km_s(self) -> float:
        """Mean speed over the hits on a sphere or on a tumbling plate."""
        return float(self.weight @ self.speed_km_s)


def circular_speed_km_s(altitude_km: float) -> float:
    """Speed on a circular orbit at an altitude."""
    return float(np.sqrt(WGS72_MU_KM3_S2 / (WGS72_RADIUS_KM + altitude_km)))


def unit_normal(direction: str | ArrayLike) -> Array:
    """(3,) unit vector of a face by its name in `FACES`, or of three components along radial, transverse, normal.

    Raises InputError for an unknown name, or for components that have no direction.
    """
    if isinstance(direction, str):
        if direction not in FACES:
            raise InputError(f"direction: expected one of {', '.join(FACES)}, got {direction!r}")
        return np.array(FACES[direction])
    vector = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(vector))
    if vector.shape != (3,) or not (np.isfinite(length) and length > 0.0):
        raise InputError(f"direction: expected three components, not all zero, got {vector.tolist()}")
    return np.asarray(vector / length)


def face_factor(rays: Rays, direction: str | ArrayLike) -> float:
    """Compute the ratio of the flux on a plate to the flux on one side of a tumbling plate.

    Parameters
    ----------
    rays : Rays
        Rays of the source.
    direction : str or (3,)
        Normal of the plate: the name of a face in `FACES`, or components along radial, transverse, normal.

    Returns
    -------
    float
        The ratio, 0 to 4.

    Raises
    ------
    InputError
        For an unknown name, or for components that have no direction.
    """
    return float(4.0 * rays.weight @ np.maximum(rays.direction @ unit_normal(direction), 0.0))


def face_mean_speed_km_s(rays: Rays, direction: str | ArrayLike) -> float:
    """Compute the mean speed of the particles that hit a plate.

    Parameters
    ----------
    rays : Rays
        Rays of the source.
    direction : str or (3,)
        Normal of the plate: the name of a face in `FACES`, or components along radial, transverse, normal.

    Returns
    -------
    float
        Mean speed in km/s; NaN if no particle hits.

    Raises
    ------
    InputError
        For an unknown name, or for components that have no direction.
    """
    hits = rays.weight * np.maximum(rays.direction @ unit_normal(direction), 0.0)
    return float(hits @ rays.speed_km_s / hits.sum()) if hits.any() else float("nan")
