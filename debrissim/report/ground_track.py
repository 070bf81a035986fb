"""The ground track of the primary around a stored encounter.

Assumption: two-body motion through the state at TCA. Over half a revolution it departs from the track of SGP4 by the
precession of the node and the perigee, about 0.2 degrees in low orbit: a line on a map, not an ephemeris.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import Time
from debrissim.propagation.frames import geodetic
from debrissim.propagation.two_body import equinoctial, is_bound
from debrissim.results.table import Table

_POINTS = 121
_MAX_HOURS = 12.0


def ground_track(conjunctions: Table, row: int) -> Array:
    """The points below the primary, half a revolution either side of TCA, at most 12 hours.

    Parameters
    ----------
    conjunctions : Table
        The rows of conjunctions.csv.
    row : int
        The encounter.

    Returns
    -------
    Array, shape (k, 2)
        Longitude and geodetic latitude, degrees; a row of NaN where the track is cut at the antimeridian. Empty if the
        orbit is not an ellipse.
    """
    names = (*(f"primary_{axis}_km" for axis in "xyz"), *(f"primary_v{axis}_km_s" for axis in "xyz"))
    state = np.array([[conjunctions[name][row] for name in names]])
    if not (np.isfinite(state).all() and is_bound(state)[0]):
        return np.empty((0, 2))
    orbit = equinoctial(np.repeat(state, _POINTS, axis=0))
    half_s = min(0.5 * float(orbit.period_s[0]), 3600.0 * _MAX_HOURS)
    time_s = np.linspace(-half_s, half_s, _POINTS)
    tca = Time.of(conjunctions["tca_utc"][row])
    latitude, longitude, _ = geodetic(
        orbit.states(time_s)[:, :3], np.full(_POINTS, tca.jd), tca.fraction + time_s / SECONDS_PER_DAY
    )
    return _cut(np.stack([longitude, latitude], axis=1))


def _cut(track: Array) -> Array:
    """The track (k, 2) with its crossings of the antimeridian: a point on one side, a row of NaN, a point on the other
    side."""
    before = np.flatnonzero(np.abs(np.diff(track[:, 0])) > 180.0)
    side = np.copysign(180.0, track[before, 0])
    beyond = track[before + 1, 0] + 2.0 * side
    part = (side - track[before, 0]) / (beyond - track[before, 0])
    latitude = track[before, 1] + part * (track[before + 1, 1] - track[before, 1])
    nothing = np.full(len(before), np.nan)
    rows = [(side, latitude), (nothing, nothing), (-side, latitude)]
    crossings = np.array(rows).transpose(2, 0, 1).reshape(-1, 2)
    return np.insert(track, np.repeat(before + 1, 3), crossings, axis=0)
