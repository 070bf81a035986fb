"""The size of a spacecraft for the rate of hits on it: the same rule in every study.

Source: kinetic theory of the flux (Kessler 1981, Icarus 48, 39-48): hits per year are flux times the projected area.
Averaged over all directions, a convex body of surface S has a projected area of S / 4 (Cauchy 1841); a sphere of equal
mean projected area therefore has the same rate.

- Estimate: the sphere of equal mean projected area. Published areas are for parts, summed without mutual shadowing.
- Upper bound: the sphere around the body, half the diagonal of its extents. A pass within it need not hit anything.
- Lower bound: the sphere inscribed in the box of its extents, whose radius is half the shortest extent.

The radius used for a probability of collision is different: operators use the sphere around the body, so that no hit is
missed, and thresholds were set for that radius. The station's numbers, and the radii that others use, are in
docs/station.md.

Assumptions
- Objects that hit are spheres of their own radius; a hit is a passage of centres within the sum of both radii.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.errors import InputError
from debrissim.hazard.station.collision_rate import rate_by_object_per_year


@dataclass(frozen=True)
class BodyRadii:
    """Radii (m) of the spheres that represent a body: mean projected area, inscribed and enclosing sphere.

    mean_area_m and inscribed_m are None where unknown; the enclosing sphere is always known.
    """

    enclosing_m: float
    mean_area_m: float | None = None
    inscribed_m: float | None = None

    @classmethod
    def of(
        cls,
        hard_body_radius_m: float,
        mean_area_m2: float | None = None,
        dimensions_m: Sequence[float] | None = None,
    ) -> BodyRadii:
        """Derive the radii of a body from its known dimensions.

        Parameters
        ----------
        hard_body_radius_m : float, m
            Radius of the sphere around the body.
        mean_area_m2 : float, m^2, optional
            Projected area averaged over all directions.
        dimensions_m : (3,), m, optional
            Extents; if given, the enclosing sphere is the one around the box, and the inscribed sphere is known.

        Raises
        ------
        InputError
            For a mean area larger than the cross-section of the enclosing sphere.
        """
        enclosing, inscribed = hard_body_radius_m, None
        if dimensions_m is not None:
            enclosing, inscribed = 0.5 * float(np.linalg.norm(dimensions_m)), 0.5 * min(dimensions_m)
        mean = None if mean_area_m2 is None else float(np.sqrt(mean_area_m2 / np.pi))
        if mean is not None and mean > enclosing:
            raise InputError(
                f"mean_area_m2: expected at most {np.pi * enclosing**2:.0f} m2, the cross-section of the sphere of "
                f"{enclosing:g} m around the body, got {mean_area_m2:g}"
            )
        if mean is not None and inscribed is not None:
            # A body that does not fill its extents (arrays, booms) can have a smaller area than the sphere in them.
            inscribed = min(inscribed, mean)
        return cls(enclosing, mean, inscribed)


@dataclass(frozen=True)
class HitRate:
    """Expected hits per year on one body: by its mean projected area, and by the spheres that bound it.

    estimate and low are None if only the sphere around the body is known: there is then only an upper bound.
    """

    high: float
    estimate: float | None = None
    low: float | None = None

    @property
    def value(self) -> float:
        """The estimate, or the upper bound if there is none."""
        return self.high if self.estimate is None else self.estimate


def hit_rate(flux_per_m2_year: ArrayLike, object_radius_m: ArrayLike, radii: BodyRadii) -> HitRate:
    """Compute the expected hits per year on a body by n objects.

    Parameters
    ----------
    flux_per_m2_year : (n,), 1/(m^2 year)
        Flux of each object on the body's orbit.
    object_radius_m : (n,), m
        Radii of the objects.
    radii : BodyRadii
        Radii of the body.

    Raises
    ------
    InputError
        For a radius that is negative or not finite.
    """

    def rate(radius_m: float | None) -> float | None:
        if radius_m is None:
            return None
        return float(rate_by_object_per_year(flux_per_m2_year, radius_m, object_radius_m).sum())

    high = rate(radii.enclosing_m)
    assert high is not None
    return HitRate(high=high, estimate=rate(radii.mean_area_m), low=rate(radii.inscribed_m))
