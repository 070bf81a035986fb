"""Keplerian and equinoctial elements, one from the other."""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array

_LARGEST_ECCENTRICITY = 0.999999


def _keplerian(elements: Array, sense: Array, near_node: Array | None = None) -> Array:
    """(n, 6) n rad/min, e, i, node, argument of perigee, mean anomaly of equinoctial elements (n, 6).

    The node in [0, 2 pi), or on the turn nearest to near_node (n,): in deep space SGP4 cares.
    """
    motion, af, ag, chi, psi, longitude = elements.T
    eccentricity = np.minimum(np.hypot(af, ag), _LARGEST_ECCENTRICITY)
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


def _equinoctial(keplerian: Array, sense: Array) -> Array:
    """The inverse of `_keplerian`."""
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
