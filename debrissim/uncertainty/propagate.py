"""Covariance of position and velocity propagated from one moment to another: P(t) = Phi P(t0) Phi^T.

Source: `debrissim.propagation.conics` for Phi, of two-body motion or with J2.

Assumptions
- Linear: errors are small compared with the distance over which gravity changes. After a day an along-track error of 10
  km has bent while the ellipsoid has not: a limit of every such propagation, but not of Monte Carlo.
- No process noise and no drag: errors of forces outside the model are not added. These dominate the growth over days,
  so propagate a covariance over hours, and use an error model by age over days.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.propagation.conics import Gravity, checked_states, state_transition


def propagate_covariance(
    covariance: Array, state: Array, seconds: ArrayLike, *, gravity: Gravity = "two-body"
) -> Array:
    """Propagate covariances of position and velocity over a time.

    Parameters
    ----------
    covariance : (m, 6, 6), km^2, km^2/s, km^2/s^2
        Covariances, inertial, at the moment of `state`.
    state : (m, 6), km and km/s
        States, inertial.
    seconds : scalar or (m,), s
        Time from the state; negative for earlier.
    gravity : {"two-body", "j2"}
        Gravity field of the motion.

    Returns
    -------
    (m, 6, 6) km^2, km^2/s, km^2/s^2.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, a state lies at the centre or the gravity is unknown.
    """
    states, elapsed = checked_states(state, seconds)
    initial = np.asarray(covariance, dtype=np.float64)
    if initial.shape != (states.shape[0], 6, 6):
        raise InputError(
            f"covariance: expected shape ({states.shape[0]}, 6, 6) as state, got {initial.shape}"
        )
    if not np.isfinite(initial).all():
        raise InputError(f"covariance: expected finite numbers, got {initial[~np.isfinite(initial)][0]}")
    _, transition = state_transition(states, elapsed, gravity=gravity)
    product = transition @ initial @ np.swapaxes(transition, -1, -2)
    return np.asarray(0.5 * (product + np.swapaxes(product, -1, -2)))
