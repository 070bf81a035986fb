"""Walker patterns: positions of n satellites of one shell that never meet.

Satellites that keep station have phases chosen to avoid each other. Sampled at random they would instead pass
each other at the rate of debris, in shells several times as crowded as any debris band. The even pattern
of Walker, J. G. (1970), "Circular orbit patterns providing continuous whole earth coverage", RAE TR 70211, is
the simplest such choice.

Assumptions:

- the members share one circular orbit's size and inclination, so that the pattern turns as a whole;
- planes are evenly spaced in node, satellites evenly along each plane; real fleets differ (unfilled planes,
  spares).

Smallest distance of two such satellites: Speckman, L. E., Lang, T. J. and Boyce, W. H. (1990), "An analysis
of the line of sight vector between two satellites in common altitude circular orbits", Astrodynamics 1989
(AAS/AIAA), p. 866, checked here by a brute-force test.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def walker_pattern(
    count: int, inclination_rad: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Node (count,) rad, argument of latitude (count,) rad, and the minimum distance as a fraction of the radius.

    About as many planes as satellites per plane; the phasing between neighbouring planes is the integer
    factor that keeps the satellites farthest apart; slots left over are spread evenly over the
    pattern.
    """
    planes = max(1, round(np.sqrt(count)))
    per_plane = -(-count // planes)
    slots = planes * per_plane
    node_step = np.arange(planes) * (2.0 * np.pi / planes)
    phase_step = np.arange(per_plane) * (2.0 * np.pi / per_plane)
    best_factor, best_distance = 0, -1.0
    for factor in range(planes):
        phases = phase_step[None, :] + (np.arange(planes) * (factor * 2.0 * np.pi / slots))[:, None]
        distances = minimum_distance(node_step[:, None], phases, inclination_rad)
        if slots > 1:
            distances[0, 0] = np.inf  # the satellite itself
        distance = float(distances.min())
        if distance > best_distance:
            best_factor, best_distance = factor, distance
    filled = np.arange(count) * slots // max(count, 1)
    plane, place = filled // per_plane, filled % per_plane
    latitude_argument = phase_step[place] + plane * (best_factor * 2.0 * np.pi / slots)
    return node_step[plane], latitude_argument, best_distance


def minimum_distance(
    node_difference_rad: ArrayLike, phase_difference_rad: ArrayLike, inclination_rad: float
) -> NDArray[np.float64]:
    """The minimum distance of two satellites, in units of the radius of their common circular orbit; arguments
    broadcast.

    Arguments are the differences of node and of argument of latitude; both satellites are at `inclination_rad`.
    """
    half = np.asarray(node_difference_rad, dtype=np.float64) / 2.0
    cosine = np.cos(inclination_rad)
    # The mean longitude difference seen from the crossing; atan2 follows it past a half turn.
    along = np.asarray(phase_difference_rad) + 2.0 * np.arctan2(cosine * np.sin(half), np.cos(half))
    lever = np.cos(half) ** 2 + (cosine * np.sin(half)) ** 2  # = cos^2 of half the planes' mutual inclination
    return np.asarray(2.0 * np.sqrt(lever) * np.abs(np.sin(along / 2.0)))
