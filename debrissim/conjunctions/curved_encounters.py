"""Encounters whose relative motion is not straight: assessed with full states, along the orbits.

Source: `probability.auto` for the choice, `probability.algorithms.hall` for the value.

Assumptions
- Two-body motion from the states at TCA, between the maxima of the distance around it (`encounter_window`): approaches
  of one pair divide the time between them, whether or not the others are listed.
- Velocity errors: those of a covariance table where it has them, otherwise those of `uncertainty.rotation`.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    covariances: tuple[Array, Array],
    sigma_factors: tuple[float, ...],
    others: Sequence[tuple[Array, Array]] = (),
) -> tuple[CollisionProbability, tuple[Array, ...], NDArray[np.intp]]:
    """Compute every encounter by the method that suits it.

    Parameters
    ----------
    plane : the probabilities in the encounter plane, m rows
    encounters : the close approaches
    covariances : of the primary and of the secondary, (m, 6, 6) km, s, each in its own RTN
    sigma_factors : factors on every standard deviation, for which the probability is computed as well
    others : further such covariances, for which it is computed as well

    Returns
    -------
    probability : CollisionProbability
        of all m rows
    varied : tuple of (k,) arrays
        for each factor, then for each of `others`, the probabilities of the k refined rows
    rows : (k,)
        the rows that were refined.
    """
    found = recommend(plane, _state_pair(encounters, covariances))
    refined = found.probability
    rows = np.flatnonzero(refined.row_method != plane.row_method)
    computed = refined.row_method[rows] != NONE
    first, second = (covariance[rows] for covariance in covariances)
    variations = [
        *((factor**2 * first, factor**2 * second) for factor in sigma_factors),
        *((first_other[rows], second_other[rows]) for first_other, second_other in others),
    ]
    varied = (
        evaluate(plane[rows], _state_pair(encounters[rows], variation), found.choice[rows])
        for variation in variations
    )
    return refined, tuple(np.where(computed, along.value, np.nan) for along in varied), rows


def _state_pair(encounters: Encounters, covariances: tuple[Array, Array]) -> StatePair:
    return StatePair(
        primary_state=encounters.primary_state,
        secondary_state=encounters.secondary_state,
        primary_covariance=state_rtn_to_inertial(covariances[0], encounters.primary_state),
        secondary_covariance=state_rtn_to_inertial(covariances[1], encounters.secondary_state),
    )
