"""Conversions between states, Keplerian elements and equinoctial elements.

Source: Broucke & Cefola (1972), "On the Equinoctial Orbit Elements", Celestial Mechanics 5, 303-310; equinoctial
elements are those of `two_body` (n rad/s, af, ag, chi, psi, lambda) with their sense, and Keplerian elements those of
SGP4 (n rad/min, e, inclination, node, argument of perigee, mean anomaly, rad).
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_MU_KM3_S2

_MAX_ECCENTRICITY = 0.999999


def keplerian_from_equinoctial(elements: Array, sense: Array, near_node: Array | None = None) -> Array:
    """Convert equinoctial elements to Keplerian elements.

    Parameters
    ----------
    elements : Array, shape (n, 6)
        Equinoctial elements: n rad/s, af, ag, chi, psi, lambda rad.
    sense : Array, shape (n,)
        Their sense, +1 or -1.
    near_node : Array, shape (n,), optional
        Put each node on the turn nearest to this angle (rad), which matters to SGP4 in deep space; by default the node
        is in [0, 2 pi).

    Returns
    -------
    Array, shape (n, 6)
        Mean motion rad/min, eccentricity, then inclination, node, argument of perigee and mean anomaly in rad.
    """
    motion, af, ag, chi, psi, longitude = elements.T
    eccentricity = np.minimum(np.hypot(af, ag), _MAX_ECCENTRICITY)
    inclination = 2.0 * np.arctan(np.hypot(chi, psi))
    inclination = np.where(sense > 0.0, inclination, np.pi - inclination)
    node = np.mod(np.arctan2(chi, psi), 2.0 * np.pi)
    if near_node is not None:
        node = node + 2.0 * np.pi * np.round((near_node - node) / (2.0 * np.pi))
    perigee_longitude = np.arctan2(ag, af)
    return np.stack(
        [
            np.maximum(motion, 1e-9) * 60.0,
            eccentricity,
            inclination,
            node,
            perigee_longitude - sense * node,
            longitude - perigee_longitude,
        ],
        axis=1,
    )


def equinoctial_from_keplerian(keplerian: Array, sense: Array) -> Array:
    """Convert Keplerian elements to equinoctial elements: the inverse of `keplerian_from_equinoctial`.

    Parameters
    ----------
    keplerian : Array, shape (n, 6)
        Mean motion rad/min, eccentricity, then inclination, node, argument of perigee and mean anomaly in rad.
    sense : Array, shape (n,)
        Sense of the equinoctial elements, +1 or -1.

    Returns
    -------
    Array, shape (n, 6)
        Equinoctial elements: n rad/s, af, ag, chi, psi, lambda rad.
    """
    motion, eccentricity, inclination, node, perigee, anomaly = keplerian.T
    tangent = np.where(sense > 0.0, np.tan(0.5 * inclination), np.tan(0.5 * (np.pi - inclination)))
    perigee_longitude = perigee + sense * node
    return np.stack(
        [
            motion / 60.0,
            eccentricity * np.cos(perigee_longitude),
            eccentricity * np.sin(perigee_longitude),
            tangent * np.sin(node),
            tangent * np.cos(node),
            anomaly + perigee_longitude,
        ],
        axis=1,
    )


def kepler_elements(positions_km: Array, velocities_km_s: Array) -> tuple[Array, Array, Array]:
    """Compute the osculating orbits of states, with the gravity constant of WGS-72.

    Parameters
    ----------
    positions_km, velocities_km_s : Array, shape (n, 3)
        Inertial states in km and km/s.

    Returns
    -------
    semi_major_axis_km : Array, shape (n,)
    eccentricity : Array, shape (n,)
    mean_anomaly_rad : Array, shape (n,)
    """
    radius = np.linalg.norm(positions_km, axis=1)
    speed_squared = np.einsum("ij,ij->i", velocities_km_s, velocities_km_s)
    axis = 1.0 / np.maximum(2.0 / radius - speed_squared / WGS72_MU_KM3_S2, 1e-7)
    e_cos = 1.0 - radius / axis
    e_sin = np.einsum("ij,ij->i", positions_km, velocities_km_s) / np.sqrt(WGS72_MU_KM3_S2 * axis)
    return axis, np.hypot(e_cos, e_sin), np.arctan2(e_sin, e_cos) - e_sin


def perigee_radius_km(positions_km: Array, velocities_km_s: Array) -> Array:
    """Compute the perigee radius of the osculating orbits of states.

    Parameters
    ----------
    positions_km, velocities_km_s : Array, shape (n, 3)
        Inertial states in km and km/s.

    Returns
    -------
    Array, shape (n,)
        Distance of the perigee from the Earth's centre in km.
    """
    axis, eccentricity, _ = kepler_elements(positions_km, velocities_km_s)
    return np.asarray(axis * (1.0 - eccentricity))
