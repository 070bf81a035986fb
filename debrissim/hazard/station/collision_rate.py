"""Long-term collision rate on an orbit: orbit-averaged flux times cross-section, object by object.

Source: Kessler (1981), Icarus 48, 39-48, and Opik (1951), Proc. R. Irish Acad. 54A, both as in
`debrissim.catalog.population.flux`; mean radius of an orbit under J2 from the formulas of SGP4: Hoots & Roehrich
(1980), Spacetrack Report No. 3, and Vallado, Crawford, Hujsak & Kelso (2006), AIAA 2006-6753.

Assumptions
- The assumptions of `debrissim.catalog.population.flux`: nodes and anomalies are uniform and independent of the
  target's. Objects released by the target itself, docked vehicles and constellations in phase with it do not follow
  these assumptions: leave them out.
- Objects and target are spheres; a hit is a passage with centres closer than the sum of their radii. Relative motion is
  straight on that scale.
- A large disc (counting spheres of tens of km) is summed strip by strip: density changes with altitude, not with the
  direction of approach, which is horizontal except for flight-path angles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog import Catalog, ObjectKind
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.catalog.stations import at_crewed_station
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_J2, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError

_STRIP_KM = 2.5  # no finer: two-body radii are accurate to about this
_CENTRES = 24
ISS_LAUNCH = "1998-067"


@dataclass(frozen=True)
class GroupRate:
    """The contribution of one group of objects.

    object_count: number of objects that contribute at all; rate_per_year: collisions with the target; effective_count:
    number of equal objects that would give the same scatter, (sum f)^2 / sum f^2.
    """

    name: str
    object_count: int
    flux_per_m2_year: float
    rate_per_year: float
    effective_count: float


def independent_objects(catalog: Catalog, launch: str = ISS_LAUNCH) -> NDArray[np.bool_]:
    """Find the objects that move independently of the target.

    Parameters
    ----------
    catalog : Catalog
        n objects.
    launch : str
        Launch number of the target, as international designators begin; by default that of the ISS.

    Returns
    -------
    (n,) bool
        False for crewed stations and vehicles at them, by name, and for objects with the launch number of the target
        (objects that the ISS releases are catalogued under it).
    """
    same = np.char.startswith(catalog.international_designator, launch)
    return np.asarray(~(at_crewed_station(catalog) | (same & ~catalog.synthetic)))


def with_mean_radius(catalog: Catalog) -> Catalog:
    """The orbits, with mean motions from which Kepler's third law gives SGP4's mean radius; for densities only.

    Published mean motions are Kozai's; the mean radius differs from Kepler's third law by -0.3 km on the orbit of the
    ISS and by +1.5 km at 82 degrees, which matters where density changes by 2 % per kilometre.
    """
    semi_major = catalog.semi_major_axis_km / WGS72_RADIUS_KM
    parameter = 1.0 - catalog.eccentricity**2
    oblique = 3.0 * np.cos(np.radians(catalog.inclination_deg)) ** 2 - 1.0
    kozai = 0.75 * WGS72_J2 * oblique / (parameter**1.5 * semi_major**2)
    brouwer = semi_major * (1.0 + kozai) ** (2.0 / 3.0)
    radius = brouwer * (1.0 - 0.75 * WGS72_J2 * oblique * np.sqrt(parameter) / (brouwer * parameter) ** 2)
    rate = np.sqrt(WGS72_MU_KM3_S2 / (radius * WGS72_RADIUS_KM) ** 3)
    return catalog.with_columns(mean_motion_rev_day=rate * SECONDS_PER_DAY / (2.0 * np.pi))


def flux_through_disc_per_m2_year(
    catalog: Catalog,
    altitude_km: float,
    inclination_deg: float,
    disc_radius_km: float,
    *,
    radial_amplitude_km: float = 0.0,
) -> Array:
    """Compute the flux of each object through a disc about a target on a near-circular orbit, averaged over the disc.

    For a disc of some metres use `flux_by_object_per_m2_year`; this function is for the spheres of tens of km in which
    passages are counted.

    Parameters
    ----------
    catalog : Catalog
        n objects.
    altitude_km : float, km
        Altitude of the target's orbit.
    inclination_deg : float, deg
        Inclination of the target's orbit.
    disc_radius_km : float, km
        Radius of the disc, above 0.
    radial_amplitude_km : float, km
        Semi-major axis times eccentricity of the target.

    Returns
    -------
    (n,) 1/(m^2 year).

    Raises
    ------
    InputError
        For a radius that is not above 0.
    """
    if not disc_radius_km > 0.0:
        raise InputError(f"disc_radius_km: expected above 0, got {disc_radius_km}")
    reach = disc_radius_km + radial_amplitude_km
    edges = np.linspace(-reach, reach, 2 * int(np.ceil(reach / _STRIP_KM)) + 1)
    centres = -radial_amplitude_km * np.cos(2.0 * np.pi * (np.arange(_CENTRES) + 0.5) / _CENTRES)
    heights = np.clip((edges[None, :] - centres[:, None]) / disc_radius_km, -1.0, 1.0)
    # Fraction of the disc below a height; its differences are the fractions of the strips.
    below = (heights * np.sqrt(1.0 - heights**2) + np.arcsin(heights)) / np.pi
    strips = np.diff(below, axis=1).mean(axis=0)
    flux = np.zeros(len(catalog))
    for low, high, fraction in zip(edges[:-1], edges[1:], strips, strict=True):
        flux += fraction * flux_by_object_per_m2_year(
            catalog,
            altitude_km + 0.5 * (low + high),
            inclination_deg,
            shell_half_width_km=0.5 * (high - low),
        )
    return flux


def rate_by_object_per_year(
    flux_per_m2_year: ArrayLike, target_radius_m: float, object_radius_m: ArrayLike
) -> Array:
    """Compute the collision rate of a target with each object, pi (r + r_i)^2 f_i.

    Parameters
    ----------
    flux_per_m2_year : (n,), 1/(m^2 year)
        Flux f_i of each object.
    target_radius_m : float, m
        Radius r of the target, at least 0.
    object_radius_m : (n,), m
        Radii r_i of the objects, at least 0.

    Returns
    -------
    (n,) collisions per year.

    Raises
    ------
    InputError
        For a radius below 0 or not finite.
    """
    radius = np.append(np.asarray(object_radius_m, dtype=np.float64), target_radius_m)
    allowed = np.isfinite(radius) & (radius >= 0.0)
    if not allowed.all():
        name = "object_radius_m" if allowed[-1] else "target_radius_m"
        raise InputError(f"{name}: expected finite numbers of at least 0 m, got {radius[~allowed][-1]}")
    return np.asarray(
        np.pi * (radius[:-1] + radius[-1]) ** 2 * np.asarray(flux_per_m2_year, dtype=np.float64)
    )


def rates_by_group(
    catalog: Catalog,
    flux_per_m2_year: Array,
    rate_per_year: Array,
    **groups: Sequence[tuple[str, NDArray[np.bool_]]],
) -> dict[str, list[GroupRate]]:
    """Sum the flux and rate of a catalogue's objects by group.

    Parameters
    ----------
    catalog : Catalog
        n objects.
    flux_per_m2_year : (n,), 1/(m^2 year)
        Flux of each object.
    rate_per_year : (n,), 1/year
        Collision rate of each object.
    **groups : sequence of (name, rows (n,)) pairs
        Further groupings, by keyword.

    Returns
    -------
    dict of str to list of GroupRate
        The groups of each grouping, the largest flux first. Keys are "all", "kind", "parent event" (objects without a
        known event are left out), and the keyword of each further grouping.
    """
    kinds = [(kind.label, catalog.object_kind == kind) for kind in ObjectKind]
    events = [(str(e), catalog.parent_event == e) for e in np.unique(catalog.parent_event) if e]
    total = [("all", np.ones(len(catalog), dtype=np.bool_))]
    return {
        grouping: sorted(
            (_group_rate(name, flux_per_m2_year[rows], rate_per_year[rows]) for name, rows in members),
            key=lambda group: -group.flux_per_m2_year,
        )
        for grouping, members in {"all": total, "kind": kinds, "parent event": events, **groups}.items()
    }


def crossing_count(catalog: Catalog, low_km: float = 415.0, high_km: float = 420.0) -> int:
    """Count the objects that cross a band of altitudes: perigee below its top, apogee above its bottom.

    Parameters
    ----------
    catalog : Catalog
        Objects to count.
    low_km, high_km : float, km
        Bottom and top of the band.
    """
    inside = (catalog.perigee_altitude_km < high_km) & (catalog.apogee_altitude_km > low_km)
    return int(np.count_nonzero(inside))


def _group_rate(name: str, flux: Array, rate: Array) -> GroupRate:
    total, squares = float(flux.sum()), float((flux**2).sum())
    return GroupRate(
        name=name,
        object_count=int(np.count_nonzero(flux > 0.0)),
        flux_per_m2_year=total,
        rate_per_year=float(rate.sum()),
        effective_count=total**2 / squares if squares > 0.0 else 0.0,
    )
