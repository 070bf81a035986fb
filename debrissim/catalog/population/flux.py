"""Flux of a catalogue on a circular orbit: objects crossing a square metre per year.

Source: Kessler, D. J. (1981), "Derivation of the collision probability between orbiting objects: the
lifetimes of Jupiter's outer moons", Icarus 48, 39-48; the geometry of the crossing is that of Öpik, E. J.
(1951), "Collision probabilities with the planets and the distribution of interplanetary matter", Proc. R.
Irish Acad. 54A.

The flux is the average along the target's orbit of (spatial density) x (relative speed), summed over objects.
The density of one object is its fraction of time in a thin altitude shell times its fraction of time in a latitude
band, over the volume of that shell and band. Averaging over bands, not evaluating at points, keeps it finite
where the density of an orbit peaks (its own inclination), the more so for a target that turns back at the
same latitude.

Assumptions:

- nodes and mean anomalies are uniform and independent of the target's; arguments of perigee too, so that
  altitude and latitude of an object are independent (wrong for orbits frozen with their apogee over one
  hemisphere, and for fleets that keep a phase to each other: a constellation does not hit itself);
- the target moves on a circle, horizontally; the object has the speed and flight-path angle of its orbit at
  that radius and is as often northbound as southbound;
- directions are those at the middle of each latitude band, rotation and flattening of the Earth are left out;
- "square metre" is the cross-section presented to the object, the same from all sides (a sphere's).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.population.density import object_weights, shell_time_fractions, shell_volumes_km3
from debrissim.core.constants import SECONDS_PER_YEAR, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError

_KM2_PER_M2 = 1e-6


def flux_on_orbit_per_m2_year(
    catalog: Catalog,
    altitude_km: float,
    inclination_deg: float,
    *,
    weights: ArrayLike | None = None,
    shell_half_width_km: float = 10.0,
    latitude_band_deg: float = 1.0,
) -> float:
    """Compute the flux of a catalogue on a circular orbit, in objects per m^2 of cross-section and year.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    altitude_km : float
        Altitude of the circular orbit in km above the equatorial radius of WGS-72.
    inclination_deg : float
        Inclination of the circular orbit, 0 to 180 degrees.
    weights : array_like, shape (n,), optional
        How often each object counts, more or less than once; by default 1 each.
    shell_half_width_km : float
        Half the thickness in km over which the density is averaged, above 0. The default is about the radial range
        that a near-circular orbit covers by itself (eccentricity and flattening).
    latitude_band_deg : float
        Maximum width in degrees of the latitude bands over which the density is averaged, above 0.

    Returns
    -------
    float
        Objects per m^2 and year.

    Raises
    ------
    InputError
        If the inclination is outside 0 to 180 degrees, a width is not positive, the shell begins below the Earth's
        centre, or the weights are not one per object.
    """
    per_object = flux_by_object_per_m2_year(
        catalog,
        altitude_km,
        inclination_deg,
        shell_half_width_km=shell_half_width_km,
        latitude_band_deg=latitude_band_deg,
    )
    return float(object_weights(catalog, weights) @ per_object)


def flux_by_object_per_m2_year(
    catalog: Catalog,
    altitude_km: float,
    inclination_deg: float,
    *,
    shell_half_width_km: float = 10.0,
    latitude_band_deg: float = 1.0,
) -> NDArray[np.float64]:
    """(n,) the contribution of each object to `flux_on_orbit_per_m2_year`, 1/(m^2 year)."""
    if not 0.0 <= inclination_deg <= 180.0:
        raise InputError(f"inclination_deg: expected 0 to 180 degrees, got {inclination_deg}")
    if shell_half_width_km <= 0.0 or latitude_band_deg <= 0.0:
        raise InputError("shell_half_width_km, latitude_band_deg: expected positive widths")
    shell = np.array([altitude_km - shell_half_width_km, altitude_km + shell_half_width_km])
    radius_km = WGS72_RADIUS_KM + altitude_km
    in_shell = shell_time_fractions(catalog, shell)[:, 0]
    flux = np.zeros(len(catalog))
    rows = np.flatnonzero(in_shell > 0.0)

    # Bands up to the target's maximum latitude, one hemisphere: the two are mirror images.
    count = max(1, int(np.ceil(_max_latitude_deg(inclination_deg) / latitude_band_deg)))
    sines = np.sin(np.radians(np.linspace(0.0, _max_latitude_deg(inclination_deg), count + 1)))
    if sines[-1] == 0.0:  # an equatorial target lives in one thin band about the equator
        sines = np.array([0.0, np.sin(np.radians(latitude_band_deg / 2.0))])
    target_fraction = np.diff(_time_fraction_below_latitude(sines, np.array([inclination_deg])), axis=1)[0]

    speed, cos_flight_path = _speed_and_flight_path(catalog[rows], radius_km)
    inclinations = catalog.inclination_deg[rows]
    object_fraction = np.diff(_time_fraction_below_latitude(sines, inclinations), axis=1)
    volumes_km3 = shell_volumes_km3(shell)[0] * np.diff(sines)  # both hemispheres' bands together
    middle_cos = np.sqrt(1.0 - ((sines[1:] + sines[:-1]) / 2.0) ** 2)
    target_speed = np.sqrt(WGS72_MU_KM3_S2 / radius_km)
    per_volume = np.zeros(rows.size)
    for band in range(volumes_km3.size):
        relative_km_s = _mean_relative_speed(
            target_speed,
            speed,
            cos_flight_path,
            _cos_heading(inclination_deg, middle_cos[band]),
            _cos_heading(inclinations, middle_cos[band]),
        )
        per_volume += target_fraction[band] * object_fraction[:, band] * relative_km_s / volumes_km3[band]
    flux[rows] = in_shell[rows] * per_volume * SECONDS_PER_YEAR * _KM2_PER_M2
    return flux


def _max_latitude_deg(inclination_deg: float) -> float:
    return min(inclination_deg, 180.0 - inclination_deg)


def _time_fraction_below_latitude(
    sines: NDArray[np.float64], inclination_deg: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, k) fraction of time that an orbit of inclination (n,) spends at |latitude| below arcsin(`sines`) (k,)."""
    sine_i = np.sin(np.radians(inclination_deg))[:, None]
    ratio = np.clip(sines[None, :] / np.maximum(sine_i, 1e-300), 0.0, 1.0)
    return np.asarray(np.arcsin(ratio) * (2.0 / np.pi))


def _cos_heading(inclination_deg: ArrayLike, cos_latitude: float) -> NDArray[np.float64]:
    """Cosine of the angle between track and east at a latitude, clipped where the orbit turns back."""
    return np.clip(np.cos(np.radians(inclination_deg)) / cos_latitude, -1.0, 1.0)


def _speed_and_flight_path(
    catalog: Catalog, radius_km: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) km/s and (n,) cosine of the flight-path angle of each orbit at a radius within its range."""
    a, e = catalog.semi_major_axis_km, catalog.eccentricity
    r = np.clip(radius_km, a * (1.0 - e), a * (1.0 + e))
    speed = np.sqrt(WGS72_MU_KM3_S2 * (2.0 / r - 1.0 / a))
    momentum = np.sqrt(WGS72_MU_KM3_S2 * a * (1.0 - e**2))
    return speed, np.clip(momentum / (r * speed), 0.0, 1.0)


def _mean_relative_speed(
    target_speed: float,
    speed: NDArray[np.float64],
    cos_flight_path: NDArray[np.float64],
    cos_target_heading: NDArray[np.float64],
    cos_heading: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(n,) km/s, the mean over the two crossings: both northbound, and one north- the other southbound."""
    product = cos_target_heading * cos_heading
    sines = np.sqrt(1.0 - cos_target_heading**2) * np.sqrt(1.0 - cos_heading**2)
    squares = target_speed**2 + speed**2
    cross = 2.0 * target_speed * speed * cos_flight_path
    same = np.sqrt(np.maximum(0.0, squares - cross * (product + sines)))
    opposite = np.sqrt(np.maximum(0.0, squares - cross * (product - sines)))
    return np.asarray((same + opposite) / 2.0)
