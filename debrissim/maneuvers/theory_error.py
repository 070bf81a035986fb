"""Error of the difference that a burn causes in the trajectory after it, from a measured model.

Measured in benchmarks/maneuvers/theory_error.py: the largest over burns of 0.01 to 5 m/s along each of R, T, N, after
0.1 to 7 days, against numerical integration, in orbits at 300 to 1,200 km, at 20,200 km, geostationary, transfer and
Molniya. The model is above all of these. Other orbits use the values of their regime, and longer times the same growth:
both are extrapolations. The error of the trajectory without a burn is not included.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_MU_KM3_S2
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.element_sets import ElementSetMotion
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.reference import WithoutBurn
from debrissim.propagation.element_conversions import perigee_radius_km

_ECCENTRIC = 0.1
_LOWEST_REV_DAY, _LOW_REV_DAY = 15.72, 6.4
# In the first revolutions the error does not yet grow.
_SHORTEST_DAYS = 0.33
# For burns along R, T and N: km per m/s after a day, and the power of the number of days with which it grows.
_SGP4 = {
    "lowest": ((0.125, 1.5), (0.62, 1.5), (0.0014, 1.5)),
    "low": ((0.12, 1.0), (0.9, 1.0), (0.001, 1.0)),
    "high": ((0.045, 0.5), (0.28, 1.0), (0.047, 0.5)),
    "eccentric": ((5.0, 2.0), (7.7, 2.0), (0.3, 1.0)),
}
_INTEGRATED = {
    "lowest": ((0.0185, 2.0), (0.17, 2.0), (0.0034, 1.0)),
    "low": ((0.0085, 1.0), (0.021, 1.5), (0.0024, 1.0)),
    "high": ((0.0073, 1.0), (0.026, 2.0), (0.0007, 1.0)),
    "eccentric": ((2.5, 1.0), (4.4, 1.0), (0.043, 0.5)),
}


def _regime(mean_motion_rev_day: float, eccentricity: float) -> str:
    """Eccentric at e = 0.1 and above; otherwise lowest below about 350 km, and high above a period of about 4 hours."""
    if eccentricity > _ECCENTRIC:
        return "eccentric"
    if mean_motion_rev_day > _LOWEST_REV_DAY:
        return "lowest"
    return "low" if mean_motion_rev_day > _LOW_REV_DAY else "high"


def theory_error_km(
    delta_v_rtn_m_s: Array,
    days: Array,
    *,
    mean_motion_rev_day: float,
    eccentricity: float,
    integrated: bool,
) -> Array:
    """Estimate the error of the difference that burns cause, (k,) km: the sum of the errors of their components along
    R, T and N.

    delta_v_rtn_m_s: (k, 3) velocity changes; days: (k,) after the burns, taken as 0.33 below; mean_motion_rev_day,
    eccentricity: of the orbit; integrated: whether the difference is integrated (`IntegratedMotion`) or computed by
    SGP4.
    """
    values = (_INTEGRATED if integrated else _SGP4)[_regime(mean_motion_rev_day, eccentricity)]
    rate, power = np.array(values).T
    grown = rate * np.maximum(np.asarray(days), _SHORTEST_DAYS)[:, None] ** power
    return np.asarray(np.sum(np.abs(delta_v_rtn_m_s) * grown, axis=1))


def theory_errors_of(event: AvoidableEvent, reference: WithoutBurn, burns: Burns, times_s: Array) -> Array:
    """(k,) km, `theory_error_km` of k burns of an event at times (k,) s of run time."""
    state = event.primary.states(np.array([reference.tca_s]))
    axis_km = (WGS72_MU_KM3_S2 * (reference.period_s / (2.0 * np.pi)) ** 2) ** (1.0 / 3.0)
    perigee_km = float(perigee_radius_km(state[:, :3], state[:, 3:])[0])
    return theory_error_km(
        burns.delta_v_rtn_m_s,
        (times_s - burns.end_s) / SECONDS_PER_DAY,
        mean_motion_rev_day=SECONDS_PER_DAY / reference.period_s,
        eccentricity=max(1.0 - perigee_km / axis_km, 0.0),
        integrated=not isinstance(event.primary, ElementSetMotion),
    )
