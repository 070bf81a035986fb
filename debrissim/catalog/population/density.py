"""Orbit-averaged spatial density by altitude from mean elements, without Monte Carlo.

Source: Kessler, D. J. (1981), "Derivation of the collision probability between orbiting objects: the
lifetimes of Jupiter's outer moons", Icarus 48, 39-48. Here his density is integrated over shells of finite
thickness, so the integrable poles at perigee and apogee never appear: the time an orbit spends between two
radii follows in closed form from Kepler's equation.

Assumptions:

- mean anomalies, nodes and arguments of perigee are uniform: an object is anywhere along its orbit;
- two-body motion on the mean elements (the semi-major axis of `Catalog.semi_major_axis_km`); SGP4's periodic
  terms move an object by up to about 10 km in radius, so bins much thinner than that describe elements, not
  positions;
- altitude is the distance from the Earth's centre less the equatorial radius of WGS-72.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.errors import InputError

_CIRCULAR = 1e-12  # below this eccentricity an orbit is one radius: the radial excursion is under 10 nm


def time_fraction_below(
    radius_km: ArrayLike, semi_major_axis_km: ArrayLike, eccentricity: ArrayLike
) -> NDArray[np.float64]:
    """The fraction of its period that an orbit is closer to the Earth's centre than `radius_km`; arguments broadcast.

    r = a (1 - e cos E) gives the eccentric anomaly at which the radius is crossed, M = E - e sin E the time;
    both halves of the orbit are alike. A circular orbit is below any radius greater than its own, and not
    below its own.
    """
    a = np.asarray(semi_major_axis_km, dtype=np.float64)
    e = np.asarray(eccentricity, dtype=np.float64)
    excess = 1.0 - np.asarray(radius_km, dtype=np.float64) / a
    circular = e < _CIRCULAR
    cosine = np.clip(excess / np.where(circular, 1.0, e), -1.0, 1.0)
    anomaly = np.arccos(cosine)
    fraction = (anomaly - e * np.sin(anomaly)) / np.pi
    return np.where(circular, (excess < 0.0).astype(np.float64), fraction)


def shell_time_fractions(
    catalog: Catalog, altitude_edges_km: ArrayLike, chunk: int = 4096
) -> NDArray[np.float64]:
    """(n, bins) the fraction of its period that each object spends in each altitude shell [edge, next edge).

    `altitude_edges_km` is (bins + 1,), ascending. Worked through in chunks of objects to keep temporaries
    small.
    """
    radii = WGS72_RADIUS_KM + _checked_edges(altitude_edges_km)
    a, e = catalog.semi_major_axis_km, catalog.eccentricity
    out = np.empty((len(catalog), radii.size - 1))
    for start in range(0, len(catalog), chunk):
        rows = slice(start, start + chunk)
        out[rows] = np.diff(time_fraction_below(radii[None, :], a[rows, None], e[rows, None]), axis=1)
    return out


def spatial_density_per_km3(
    catalog: Catalog, altitude_edges_km: ArrayLike, weights: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Compute the spatial density, averaged over each altitude shell (all latitudes) and over time.

    The density of one kind is that of `catalog[catalog.object_kind == kind]`.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    altitude_edges_km : array_like, shape (bins + 1,)
        Edges of the shells in km above the equatorial radius of WGS-72, ascending.
    weights : array_like, shape (n,), optional
        How often each object counts, more or less than once; by default 1 each.

    Returns
    -------
    Array, shape (bins,)
        Objects per km^3.

    Raises
    ------
    InputError
        If there are fewer than two edges, they do not ascend or do not begin above the Earth's centre, or if the
        weights are not one per object.
    """
    edges = _checked_edges(altitude_edges_km)
    counts = object_weights(catalog, weights) @ shell_time_fractions(catalog, edges)
    return np.asarray(counts / shell_volumes_km3(edges))


def shell_volumes_km3(altitude_edges_km: ArrayLike) -> NDArray[np.float64]:
    """(bins,) km^3, the volume of each spherical shell between successive altitude edges (bins + 1,)."""
    radii = WGS72_RADIUS_KM + np.asarray(altitude_edges_km, dtype=np.float64)
    return np.asarray(4.0 / 3.0 * np.pi * np.diff(radii**3))


def _checked_edges(altitude_edges_km: ArrayLike) -> NDArray[np.float64]:
    edges = np.asarray(altitude_edges_km, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0.0):
        raise InputError("altitude_edges_km: expected at least two ascending altitudes in km")
    if edges[0] <= -WGS72_RADIUS_KM:
        raise InputError(f"altitude_edges_km: expected altitudes above the Earth's centre, got {edges[0]} km")
    return edges


def object_weights(catalog: Catalog, weights: ArrayLike | None) -> NDArray[np.float64]:
    """(n,) how often each object counts: once where `weights` is None."""
    if weights is None:
        return np.ones(len(catalog))
    array = np.asarray(weights, dtype=np.float64)
    if array.shape != (len(catalog),):
        raise InputError(f"weights: expected shape ({len(catalog)},), got {array.shape}")
    return array
