"""The motion of an object of a run, as it was flown there: its element sets, or the arcs of its ephemeris."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.arrays import Array
from debrissim.ephemerides.flights import Flights
from debrissim.maneuvers.arc_motion import arcs_in_time
from debrissim.maneuvers.element_sets import ElementSetMotion
from debrissim.maneuvers.motion import Motion
from debrissim.propagation.sgp4 import Propagator


@dataclass(frozen=True, eq=False)
class FlownMotion:
    """One object on several element sets or arcs, without a burn; the protocol `Motion`.

    propagator: the propagator of its arcs. begin_s, end_s: (a,) s of run time, the limits of the arcs.
    """

    propagator: Propagator
    begin_s: Array
    end_s: Array

    @property
    def limits_s(self) -> tuple[float, float]:
        return float(self.begin_s.min()), float(self.end_s.max())

    def states(self, times_s: Array) -> Array:
        """(t, 6) km, km/s in TEME of date at times (t,) s of run time; NaN where the object has no state."""
        times = np.asarray(times_s, dtype=np.float64)
        arc = arcs_in_time(self.begin_s, self.end_s, times)
        codes, positions, velocities = self.propagator.states_along(arc, times[:, None])
        states = np.concatenate([positions[:, 0], velocities[:, 0]], axis=1)
        return np.where(codes == 0, states, np.nan)


def flown_motion(inputs: RunInputs, row: int) -> Motion:
    """The motion of the object in a row of the catalogue of a run."""
    start = inputs.start_jd, inputs.start_fraction
    own = own_arcs(inputs, row)
    if own is None:
        return ElementSetMotion(inputs.catalog[[row]], start)
    return FlownMotion(own.propagator(*start), own.begin_s, own.end_s)


def own_arcs(inputs: RunInputs, row: int) -> Flights | None:
    """The arcs of one object, in order of time; None if every object flies a single element set."""
    if inputs.flights is None:
        return None
    return inputs.flights[np.flatnonzero(inputs.flights.row == row)]
