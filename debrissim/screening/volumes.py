"""Screening volumes: the regions around a primary in which a secondary is reported, and the rule that decides when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.registry import Registry, unknown_name


class Membership(Enum):
    """The moments at which a secondary must be inside a volume for its approach to count."""

    ANY_MOMENT = "any moment"
    """At any moment, as CCSDS (SCREEN_ENTRY_TIME), NASA and other screening services count."""
    TCA = "tca"
    """At the closest approach."""

    @classmethod
    def of(cls, name: str) -> Self:
        """The member with a name. Raises InputError if there is none."""
        if name not in (names := [member.value for member in cls]):
            raise unknown_name("inside", name, names)
        return cls(name)


Shape = Literal["sphere", "ellipsoid", "box"]


@dataclass(frozen=True)
class ScreeningVolume:
    """A sphere, or an ellipsoid or a box along the primary's R, T and N.

    name: as tables show it; half_widths_km: (radial, transverse, normal) of a box, the semi-axes of an ellipsoid, or
    the radius of a sphere three times; source: where the numbers come from, empty for a user-defined volume; owner: the
    name by which readers know the volume. By default a secondary counts if it is inside at any moment (`Membership`).
    Raises InputError unless every half-width is finite and above 0 km.
    """

    name: str
    half_widths_km: tuple[float, float, float]
    shape: Shape
    source: str = field(default="", compare=False, repr=False)
    owner: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if not all(np.isfinite(w) and w > 0.0 for w in self.half_widths_km):
            raise InputError(
                f"screening volume {self.name!r}: expected half-widths above 0 km, got {self.half_widths_km}"
            )

    @property
    def is_sphere(self) -> bool:
        return self.shape == "sphere"

    @property
    def dimensions(self) -> str:
        """Half-widths along R, T and N, the semi-axes, or the radius, in km, as text."""
        if self.is_sphere:
            return f"sphere of {self.half_widths_km[0]:g}"
        widths = " x ".join(f"{width:g}" for width in self.half_widths_km)
        return widths if self.shape == "box" else f"ellipsoid of {widths}"

    @property
    def description(self) -> str:
        """The volume in a sentence: "NASA's box of 4 x 50 x 50 km", its whole widths; "a sphere of 5 km radius"."""
        if self.is_sphere:
            return f"{self.owner or 'a sphere'} of {self.half_widths_km[0]:g} km radius"
        widths = " x ".join(f"{2.0 * width:g}" for width in self.half_widths_km)
        kind = "a box" if self.shape == "box" else "an ellipsoid"
        return f"{self.owner or kind} of {widths} km"

    @property
    def enclosing_radius_km(self) -> float:
        """Distance of its farthest point: radius of the smallest sphere around the primary that encloses the volume."""
        return float(np.linalg.norm(self.half_widths_km)) if self.shape == "box" else max(self.half_widths_km)

    def contains(self, relative_position_rtn_km: Array) -> NDArray[np.bool_]:
        """(m,) whether relative positions (m, 3), km in the primary's RTN, lie inside (the surface counts)."""
        if self.is_sphere:
            return np.asarray(np.linalg.norm(relative_position_rtn_km, axis=1) <= self.half_widths_km[0])
        if self.shape == "ellipsoid":
            scaled = relative_position_rtn_km / np.array(self.half_widths_km)
            return np.asarray(np.linalg.norm(scaled, axis=1) <= 1.0)
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
        return cls(name or f"sphere {radius_km:g} km", (radius_km,) * 3, "sphere", source=source, owner=owner)

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
        return cls(name or default, widths, "box", source=source, owner=owner)

    @classmethod
    def ellipsoid(
        cls,
        radial_km: float,
        transverse_km: float,
        normal_km: float,
        name: str | None = None,
        *,
        source: str = "",
        owner: str = "",
    ) -> Self:
        """Make an ellipsoid with its semi-axes, in km, along the primary's R, T and N.

        The parameters and errors are those of `box`, with semi-axes instead of half-widths.
        """
        axes = (radial_km, transverse_km, normal_km)
        default = "ellipsoid {:g} x {:g} x {:g} km".format(*axes)
        return cls(name or default, axes, "ellipsoid", source=source, owner=owner)

    @staticmethod
    def of(volume: str | ScreeningVolume) -> ScreeningVolume:
        """The preset with a name; a volume is returned unchanged. Raises InputError for an unknown name."""
        return PRESETS[volume] if isinstance(volume, str) else volume


HEADLINE_VOLUME = "iss-2x25x25"
"""The box whose count opens a report: an operator's box, so that the count does not depend on the user's own
volumes."""

_HANDBOOK = (
    "screening volume by regime of the Spaceflight Safety Handbook, UNVERIFIED: second-hand, as are its shape and that "
    "these are half-widths"
)
_BY_PERIGEE = tuple(
    (
        top_km,
        ScreeningVolume.box(
            *half_widths, f"leo{k}-" + "x".join(f"{w:g}" for w in half_widths),
            source=f"perigee up to {top_km:,.0f} km: {_HANDBOOK}", owner=f"the LEO {k} box",
        ),
    )
    for k, (top_km, half_widths) in enumerate(
        (
            (500.0, (0.4, 44.0, 51.0)),
            (750.0, (0.4, 25.0, 25.0)),
            (1200.0, (0.4, 12.0, 12.0)),
            (2000.0, (0.4, 2.0, 2.0)),
        ),
        start=1,
    )
)  # fmt: skip
_MAX_ECCENTRICITY = 0.25

AUTO = "auto"
"""Used in place of a preset's name: the volume of each primary's regime."""


def volume_by_orbit(perigee_altitude_km: float, eccentricity: float, label: str) -> ScreeningVolume:
    """The published volume for an orbit's regime; label: the object, for messages.

    Raises InputError for a regime for which no volume is available: an eccentricity above 0.25, or a perigee above
    2,000 km (medium and geosynchronous orbits).
    """
    if eccentricity > _MAX_ECCENTRICITY:
        regime = f"eccentric orbits ({eccentricity:.2f}, above {_MAX_ECCENTRICITY:g})"
    elif not perigee_altitude_km <= _BY_PERIGEE[-1][0]:
        regime = f"a perigee above {_BY_PERIGEE[-1][0]:,.0f} km ({perigee_altitude_km:,.0f} km)"
    else:
        return next(volume for top_km, volume in _BY_PERIGEE if perigee_altitude_km <= top_km)
    raise InputError(
        f"{AUTO}: no published screening volume is known for {regime}, that of {label}; state your own"
    )


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
        *(volume for _, volume in _BY_PERIGEE),
    ),
)
"""Volumes by name. A new one is a line here; scenarios know it by its name."""
