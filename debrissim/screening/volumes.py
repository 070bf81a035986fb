"""Screening volumes: the region around the primary that a secondary must be in at its closest approach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.registry import Registry


@dataclass(frozen=True)
class ScreeningVolume:
    """A sphere, or a box along the primary's R, T and N.

    name: as tables show it; half_widths_km: (radial, transverse, normal) of a box, or three times the radius of a
    sphere, with is_sphere; source: of the numbers, empty for a volume of the caller's; owner: the name by which readers
    know the volume. Membership is decided at the closest approach, as with operators' volumes.
    Raises InputError unless every half-width is finite and above 0 km.
    """

    name: str
    half_widths_km: tuple[float, float, float]
    is_sphere: bool
    source: str = field(default="", compare=False, repr=False)
    owner: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if not all(np.isfinite(w) and w > 0.0 for w in self.half_widths_km):
            raise InputError(
                f"screening volume {self.name!r}: expected half-widths above 0 km, got {self.half_widths_km}"
            )

    @property
    def dimensions(self) -> str:
        """Half-widths along R, T and N, or the radius, in km, as text."""
        if self.is_sphere:
            return f"sphere of {self.half_widths_km[0]:g}"
        return " x ".join(f"{width:g}" for width in self.half_widths_km)

    @property
    def description(self) -> str:
        """The volume in a sentence: "NASA's box of 4 x 50 x 50 km", its whole widths; "a sphere of 5 km radius"."""
        if self.is_sphere:
            return f"{self.owner or 'a sphere'} of {self.half_widths_km[0]:g} km radius"
        widths = " x ".join(f"{2.0 * width:g}" for width in self.half_widths_km)
        return f"{self.owner or 'a box'} of {widths} km"

    @property
    def enclosing_radius_km(self) -> float:
        """Radius of the smallest sphere around the primary that holds the volume."""
        return self.half_widths_km[0] if self.is_sphere else float(np.linalg.norm(self.half_widths_km))

    def contains(self, relative_position_rtn_km: Array) -> NDArray[np.bool_]:
        """(m,) whether relative positions (m, 3), km in the primary's RTN, lie inside (the surface counts)."""
        if self.is_sphere:
            return np.asarray(np.linalg.norm(relative_position_rtn_km, axis=1) <= self.half_widths_km[0])
        return np.asarray((np.abs(relative_position_rtn_km) <= np.array(self.half_widths_km)).all(axis=1))

    @classmethod
    def sphere(cls, radius_km: float, name: str | None = None, *, source: str = "", owner: str = "") -> Self:
        """Make a sphere around the primary.

        Parameters
        ----------
        radius_km : float
            Radius in km, finite and above 0.
        name : str, optional
            Name as tables show it; by default made of the radius.
        source, owner : str
            Source of the numbers, and the name by which readers know the volume; empty for one of the caller's.

        Raises
        ------
        InputError
            If the radius is not finite and above 0 km.
        """
        return cls(
            name or f"sphere {radius_km:g} km", (radius_km,) * 3, is_sphere=True, source=source, owner=owner
        )

    @classmethod
    def box(
        cls,
        radial_km: float,
        transverse_km: float,
        normal_km: float,
        name: str | None = None,
        *,
        source: str = "",
        owner: str = "",
    ) -> Self:
        """Make a box along the primary's R, T and N.

        Parameters
        ----------
        radial_km, transverse_km, normal_km : float
            Half-widths along R, T and N in km, finite and above 0.
        name : str, optional
            Name as tables show it; by default made of the half-widths.
        source, owner : str
            Source of the numbers, and the name by which readers know the volume; empty for one of the caller's.

        Raises
        ------
        InputError
            If a half-width is not finite and above 0 km.
        """
        widths = (radial_km, transverse_km, normal_km)
        default = "box {:g} x {:g} x {:g} km".format(*widths)
        return cls(name or default, widths, is_sphere=False, source=source, owner=owner)

    @staticmethod
    def of(volume: str | ScreeningVolume) -> ScreeningVolume:
        """The preset of a name; a volume is returned as it is. Raises InputError for an unknown name."""
        return PRESETS[volume] if isinstance(volume, str) else volume


HEADLINE_VOLUME = "iss-2x25x25"
"""The box whose count opens a report: an operator's, so that the count does not depend on a volume of one's choice."""

PRESETS: Registry[ScreeningVolume] = Registry(
    "screening volume",
    (
        ScreeningVolume.box(
            0.75,
            25.0,
            25.0,
            "iss-0.75x25x25",
            source='"pizza box" of the ISS, 1.5 x 50 x 50 km overall: NASA\'s public page on debris avoidance',
            owner="NASA's older box",
        ),
        ScreeningVolume.box(
            2.0,
            25.0,
            25.0,
            HEADLINE_VOLUME,
            owner="NASA's box",
            source=(
                "notification box of the ISS, 4 x 50 x 50 km overall: Foster et al., Orbital Debris Quarterly News, "
                "April 2001"
            ),
        ),
        # An object inside it may yet drift into the notification box.
        ScreeningVolume.box(
            20.0,
            40.0,
            40.0,
            "iss-watch-20x40x40",
            owner="the watch box",
            source=(
                "watch box of the ISS, 40 x 80 x 80 km overall: Foster et al., Orbital Debris Quarterly News, "
                "April 2001"
            ),
        ),
        ScreeningVolume.sphere(
            5.0,
            "socrates-5km",
            source="threshold of the approaches that SOCRATES (CelesTrak) lists",
            owner="SOCRATES's sphere",
        ),
    ),
)
"""Volumes by name. A new one is a line here; scenarios know it by its name."""
