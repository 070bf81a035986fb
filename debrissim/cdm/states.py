"""States and covariances of messages in the form that the methods take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from debrissim.cdm.message import Conjunction
from debrissim.core.arrays import Array
from debrissim.probability.state_pair import StatePair
from debrissim.uncertainty.rotation import state_rtn_to_inertial, to_primary_rtn


def to_state_pair(conjunctions: Sequence[Conjunction]) -> StatePair:
    """m messages as states and covariances in one inertial frame each (the message's own, made inertial)."""
    primary, secondary = inertial_states(conjunctions)
    of_primary, of_secondary = _covariances(conjunctions)
    return StatePair(
        primary_state=primary,
        secondary_state=secondary,
        primary_covariance=state_rtn_to_inertial(of_primary, primary),
        secondary_covariance=state_rtn_to_inertial(of_secondary, secondary),
    )


def inertial_states(conjunctions: Sequence[Conjunction]) -> tuple[Array, Array]:
    """(m, 6) and (m, 6) km, km/s, inertial."""
    pairs = [(c.primary.inertial_state, c.secondary.inertial_state) for c in conjunctions]
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2, 6)
    return both[:, 0], both[:, 1]


def _covariances(conjunctions: Sequence[Conjunction]) -> tuple[Array, Array]:
    """(m, 6, 6) and (m, 6, 6), each in its own RTN."""
    pairs = [(c.primary.covariance_rtn, c.secondary.covariance_rtn) for c in conjunctions]
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2, 6, 6)
    return both[:, 0], both[:, 1]


def position_covariances_rtn(conjunctions: Sequence[Conjunction]) -> tuple[Array, Array]:
    """(m, 3, 3) km^2 of either object's position, both in the primary's RTN."""
    primary, secondary = inertial_states(conjunctions)
    of_primary, of_secondary = (cov[:, :3, :3] for cov in _covariances(conjunctions))
    return of_primary, to_primary_rtn(of_secondary, secondary, primary)


def combined_covariance_rtn(conjunctions: Sequence[Conjunction]) -> Array:
    """(m, 3, 3) km^2 of the relative position, in the primary's RTN."""
    of_primary, of_secondary = position_covariances_rtn(conjunctions)
    return np.asarray(of_primary + of_secondary)
