"""Encounters whose relative motion is not straight: assessed with full states, along the orbits.

Source: `probability.auto` for the choice, `probability.algorithms.hall` for the value.

Assumptions
- Two-body motion from the states at TCA, between the maxima of the distance around it (`encounter_window`): approaches
  of one pair divide the time between them, whether or not the others are listed.
- Velocity errors: those of a covariance table where it has them, else those of `uncertainty.rotation`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.probability.auto import NONE, evaluate, recommend
from debrissim.probability.collision import CollisionProbability
from debrissim.probability.state_pair import StatePair
from debrissim.screening.encounters import Encounters
from debrissim.uncertainty.rotation import state_rtn_to_inertial


def shorter_period_s(encounters: Encounters, catalog: Catalog) -> Array:
    """(m,) s, the shorter period of the two orbits, from the mean motions of the element sets."""
    fastest = np.maximum(
        catalog.mean_motion_rev_day[encounters.primary], catalog.mean_motion_rev_day[encounters.secondary]
    )
    return np.asarray(SECONDS_PER_DAY / fastest)


def refine_curved(
    plane: CollisionProbability,
    encounters: Encounters,
    primary_covariance_rtn: Array,
    secondary_covariance_rtn: Array,
    sigma_factors: tuple[float, ...],
) -> tuple[CollisionProbability, tuple[Array, ...], NDArray[np.intp]]:
    """Compute every encounter by the method that suits it.

    Parameters
    ----------
    plane : the probabilities in the encounter plane, m rows
    encounters : the close approaches
    primary_covariance_rtn, secondary_covariance_rtn : (m, 6, 6) km, s, each in its own RTN
    sigma_factors : factors on every standard deviation, for which the probability is computed as well

    Returns
    -------
    probability : CollisionProbability
        of all m rows
    scaled : tuple of (k,) arrays
        for each factor the probabilities of the k refined rows
    rows : (k,)
        the rows that were refined.
    """
    pair = StatePair(
        primary_state=encounters.primary_state,
        secondary_state=encounters.secondary_state,
        primary_covariance=state_rtn_to_inertial(primary_covariance_rtn, encounters.primary_state),
        secondary_covariance=state_rtn_to_inertial(secondary_covariance_rtn, encounters.secondary_state),
    )
    found = recommend(plane, pair)
    refined = found.probability
    rows = np.flatnonzero(refined.row_method != plane.row_method)
    kept, computed = pair[rows], refined.row_method[rows] != NONE
    scaled = tuple(
        np.where(computed, along.value, np.nan)
        for along in (
            evaluate(
                plane[rows],
                StatePair(
                    kept.primary_state,
                    kept.secondary_state,
                    factor**2 * kept.primary_covariance,
                    factor**2 * kept.secondary_covariance,
                ),
                found.choice[rows],
            )
            for factor in sigma_factors
        )
    )
    return refined, scaled, rows
