"""Screening volumes: the region around the primary that a secondary must be in at its closest approach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError


@dataclass(frozen=True)
class ScreeningVolume:
    """A sphere, or a box along the primary's R, T and N.

    name: what tables call it. half_widths_km: (radial, transverse, normal) of a box, or the radius of a sphere
    three times with is_sphere. Membership is decided at the closest approach, as operators' volumes are.
    """

    name: str
    half_widths_km: tuple[float, float, float]
    is_sphere: bool

    def __post_init__(self) -> None:
        if not all(np.isfinite(w) and w > 0.0 for w in self.half_widths_km):
            raise InputError(
                f"screening volume {self.name!r}: expected half-widths above 0 km, got {self.half_widths_km}"
            )

    @property
    def enclosing_radius_km(self) -> float:
        """Radius of the smallest sphere around the primary that holds the volume."""
        return self.half_widths_km[0] if self.is_sphere else float(np.linalg.norm(self.half_widths_km))

    def contains(self, relative_position_rtn_km: Array) -> NDArray[np.bool_]:
        """(m,) whether relative positions (m, 3), km in the primary's RTN, lie inside (the surface counts)."""
        if self.is_sphere:
            return np.asarray(np.linalg.norm(relative_position_rtn_km, axis=1) <= self.half_widths_km[0])
        return np.asarray((np.abs(relative_position_rtn_km) <= np.array(self.half_widths_km)).all(axis=1))


def sphere(radius_km: float, name: str | None = None) -> ScreeningVolume:
    """A sphere of that radius."""
    return ScreeningVolume(
        name or f"sphere {radius_km:g} km", (radius_km, radius_km, radius_km), is_sphere=True
    )


def box(radial_km: float, transverse_km: float, normal_km: float, name: str | None = None) -> ScreeningVolume:
    """A box with those half-widths in RTN."""
    widths = (radial_km, transverse_km, normal_km)
    return ScreeningVolume(name or "box {:g} x {:g} x {:g} km".format(*widths), widths, is_sphere=False)


PRESETS = {
    # NASA's "pizza box" around the ISS, 1.5 x 50 x 50 km over all; later pages give 4 x 50 x 50 km over all.
    "iss-0.75x25x25": box(0.75, 25.0, 25.0, "iss-0.75x25x25"),
    "iss-2x25x25": box(2.0, 25.0, 25.0, "iss-2x25x25"),
    # NASA's watch box around the ISS, 40 x 80 x 80 km over all (Foster et al., Orbital Debris Quarterly News,
    # April 2001): what is inside may yet drift into the notification box of 4 x 50 x 50 km.
    "iss-watch-20x40x40": box(20.0, 40.0, 40.0, "iss-watch-20x40x40"),
    # SOCRATES (CelesTrak) lists approaches under 5 km.
    "socrates-5km": sphere(5.0, "socrates-5km"),
}
