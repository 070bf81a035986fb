"""The line along which an object continues for a while where its ephemeris ends, and its distance from any path there.

A sample before or after the end needs a position, close to some path along which gravity could have taken the object.
Along a chord over c seconds of flight, within which the ephemeris is known to e, a position t after the end is wrong by
no more than

    e + 2 e t / c + g t (t + c) / 2:

both ends of the chord may be off in opposite directions, its direction is that of the middle of its time, and gravity g
bends the path from there on. A long chord turns, a short one magnifies e. A flight of less than a second does not
define a direction: the object stays at its end, which no path leaves faster than at escape speed.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array

ESCAPE_SPEED_KM_S = 11.19
"""Maximum speed of a bound orbit above the ground."""

# At the equator, with J2.
_SURFACE_GRAVITY_KM_S2 = 9.82e-3
_SHARE = 0.25
_SHORTEST_S = 1.0


def chord_s(flight_s: float, grace_s: float) -> float:
    """The length (s) of the chord that continues a flight of flight_s for grace_s; 0: the object stays at its end."""
    return min(max(_SHARE * grace_s, _SHORTEST_S), flight_s) if flight_s >= _SHORTEST_S else 0.0


def continued_error_km(error_km: Array, flight_s: float, grace_s: float) -> Array:
    """Bound (n,) km on the error of positions until grace_s after a flight of flight_s known to error_km (n,)."""
    chord = chord_s(flight_s, grace_s)
    if chord == 0.0:
        return np.asarray(error_km + ESCAPE_SPEED_KM_S * grace_s)
    fall_km = 0.5 * _SURFACE_GRAVITY_KM_S2 * grace_s * (grace_s + chord)
    return np.asarray(error_km * (1.0 + 2.0 * grace_s / chord) + fall_km)
