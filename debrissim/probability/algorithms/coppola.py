"""Coppola's time-integrate probability in three dimensions, with velocity uncertainty.

Source: Coppola (2012), "Including Velocity Uncertainty in the Probability of Collision Between Space
Objects", AAS 12-247: the probability already in the sphere plus the flux through its surface over time.

Assumptions
- Two-body motion of the mean states; covariances follow by the partial derivatives along the mean orbits
  (the state transition matrix). At every instant relative position and velocity are jointly Gaussian.
- Where the uncertainty along the orbit bends sideways by more than a hard body or a standard deviation, no Gaussian in
  position fits, and the value can be wrong by many orders of magnitude in either direction (Hall 2021, and the cases in
  docs/slow_encounters.md). `hall.py` has no such limit; this method is included for comparison, and because other tools
  report it.
- Unless the caller gives a window, only the approach at the given states counts, not another approach that the wide
  Gaussian reaches within the encounter's window.
- The hard body is a sphere; the rate counts each entry. Where contact can repeat, the value is the expected number, the
  bounds are the momentary probability and the value itself, and the row is flagged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.probability.algorithms.hall import integrate, integration_window
from debrissim.probability.ball import Linearization, RelativeGaussian
from debrissim.probability.method import StateMethod
from debrissim.probability.peak_overlap import ElementPair, element_pair
from debrissim.probability.state_pair import StatePair, StateProbability, radii_km


def time_integrated(
    pair: StatePair,
    hard_body_radius_km: ArrayLike,
    *,
    window_s: ArrayLike | None = None,
    mu_km3_s2: float = WGS84_MU_KM3_S2,
) -> StateProbability:
    """Compute Coppola's three-dimensional probability of m encounters.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    window_s : (2,) or (m, 2), s, optional
        Beginning and end, counted from the instant of the states; by default the window of the encounter, as in
        `hall.py`, in which only the approach at the given states counts.
    mu_km3_s2 : float, km^3/s^2
        Gravitational parameter of the two-body motion.

    Raises
    ------
    InputError
        For a bad radius or window, or an orbit that is not an ellipse.
    """
    pair, clipped = pair.remediated()
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, len(pair))
    elements = element_pair(pair, mu_km3_s2=mu_km3_s2)
    return integrate(
        pair,
        radius,
        clipped,
        elements,
        mean_orbits(elements),
        integration_window(elements, radius, window_s),
        METHOD.name,
        everywhere=window_s is not None,
    )


def mean_orbits(elements: ElementPair) -> Linearization:
    """The linearization about the mean orbits, for `collision_rate`'s integrals."""

    def linearize(rows: NDArray[np.intp], times: Array) -> RelativeGaussian:
        mean, covariance = np.zeros((rows.size, 6)), np.zeros((rows.size, 6, 6))
        for orbits, spread, sign in (
            (elements.primary, elements.primary_covariance, -1.0),
            (elements.secondary, elements.secondary_covariance, 1.0),
        ):
            state, partials = orbits[rows].states_and_partials(times)
            mean += sign * state
            covariance += partials @ spread[rows] @ np.swapaxes(partials, -1, -2)
        return RelativeGaussian(mean, covariance, np.ones(rows.size, dtype=bool))

    return linearize


METHOD = StateMethod(
    name="coppola-3d",
    function=time_integrated,
    summary="flux into the sphere about the mean orbits (Coppola 2012)",
    source=(
        "Coppola (2012), Including Velocity Uncertainty in the Probability of Collision Between Space Objects, "
        "AAS 12-247"
    ),
)
