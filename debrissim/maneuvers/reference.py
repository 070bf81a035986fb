"""The event without a burn, with which the effects of burns are compared, and the probabilities of its encounters.

Probabilities are computed by `probability.auto`, by the same rule, with one exception to save time: for short passages,
a probability of 1e-20 or less in the encounter plane that the curvature of the orbits cannot raise above 1e-16 is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array, Mask
from debrissim.core.errors import InputError
from debrissim.maneuvers.approach import BurnApproaches, closest_approaches, period_s, search_nodes
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import TransitionTable
from debrissim.probability.auto import BEYOND_THE_PLANE, AutoProbability, recommend
from debrissim.probability.collision import CollisionProbability, ProbabilityFlag, collision_probability
from debrissim.probability.computable import check_computable
from debrissim.probability.short_passage import short_encounter, shorter_period_s
from debrissim.probability.state_pair import StatePair
from debrissim.propagation.frames import rtn_basis
from debrissim.propagation.two_body import is_bound
from debrissim.uncertainty.rotation import state_rtn_to_inertial

# Neighbours that exist without a burn are searched for slightly farther away, because burns shift them.
_REFERENCE_REVOLUTIONS = 0.6
# If the exponent of the density is wrong by a fifth, a probability of 1e-20 is still below 1e-16.
_NEGLIGIBLE, _CURVATURE = 1e-20, 0.2
_SYMMETRISED = int(ProbabilityFlag.SYMMETRISED)


@dataclass(frozen=True, eq=False)
class WithoutBurn:
    """Everything about an event without a burn with which the effects of burns are compared.

    period_s: period of the spacecraft; nodes_s: (n,) s of run time within which closest approaches are searched for;
    approach: one row, with its state and time; probability: probability of that encounter; neighbour_miss_km,
    neighbour_probability: values at the closest other minimum within 0.6 revolutions, NaN without one; plane_axes: (2,
    3) unit vectors along the major and minor axis of the combined error in the encounter plane, in the spacecraft's
    RTN; plane_handedness: +1 where their cross product points along the relative velocity, otherwise -1; transitions:
    transition matrices of the spacecraft.
    """

    period_s: float
    nodes_s: Array
    approach: BurnApproaches
    probability: AutoProbability
    neighbour_miss_km: float
    neighbour_probability: float
    plane_axes: Array
    plane_handedness: float
    transitions: TransitionTable

    @property
    def tca_s(self) -> float:
        """Time of the closest approach, s of run time."""
        return float(self.approach.time_s[0])

    @property
    def miss_km(self) -> float:
        """Distance at the closest approach, km."""
        return float(self.approach.miss_km[0])


def no_burns(times_s: Array) -> Burns:
    """Burns of zero size at times (k,) s of run time."""
    k = len(times_s)
    return Burns(
        np.asarray(times_s, np.float64),
        np.zeros(k),
        np.zeros((k, 3)),
        np.full(k, int(Direction.FREE), np.int8),
    )


def without_burn(event: AvoidableEvent, earliest_s: float) -> WithoutBurn:
    """Prepare the effects of burns from earliest_s (s of run time) onwards.

    Raises InputError where the spacecraft or the secondary has no state at the closest approach.
    """
    period = period_s(event.primary, event.tca_s)
    wide = search_nodes(event.primary, event.secondary, event.tca_s, _REFERENCE_REVOLUTIONS * period)
    nodes = search_nodes(event.primary, event.secondary, event.tca_s, 0.5 * period)
    after = event.primary.after(no_burns(np.array([min(earliest_s, event.tca_s)])))
    approach = closest_approaches(after, event.secondary, event.tca_s, nodes)
    if not np.isfinite(approach.time_s[0]):
        raise InputError(
            f"tca_s: expected a closest approach in the motions of both objects, got none at {event.tca_s:g} s"
        )
    found = assess_states(event, approach.spacecraft_state, approach.secondary_state, np.zeros((1, 6, 6)))
    plane = found.plane.plane
    basis = rtn_basis(approach.spacecraft_state[:, :3], approach.spacecraft_state[:, 3:])[0]
    axes = np.asarray(plane.principal_axes[0] @ plane.basis[0] @ basis.T)
    handedness = float(np.sign(np.linalg.det(plane.principal_axes[0])))
    time = closest_approaches(after, event.secondary, event.tca_s, wide).neighbour_s
    near_miss, near_probability = np.nan, np.nan
    if np.isfinite(time[0]):
        own, other = (
            after.states_along(np.zeros(1, np.int64), time[:, None])[:, 0],
            event.secondary.states(time),
        )
        near_miss = float(np.linalg.norm(other[0, :3] - own[0, :3]))
        near_probability = float(assess_states(event, own, other, np.zeros((1, 6, 6))).value[0])
    begin = max(min(earliest_s, event.tca_s), event.primary.limits_s[0])
    transitions = TransitionTable(event.primary, begin, max(event.tca_s, float(approach.time_s[0])))
    return WithoutBurn(
        period, nodes, approach, found, near_miss, near_probability, axes, handedness, transitions
    )


def assess_states(event: AvoidableEvent, own: Array, other: Array, added: Array) -> AutoProbability:
    """The probabilities of m encounters of the objects of an event.

    Parameters
    ----------
    event : AvoidableEvent
        Covariances, which belong to the RTN axes of the states, and hard body.
    own, other : Array, shape (m, 6)
        States of the spacecraft and of the secondary at one instant each, km, km/s, TEME.
    added : Array, shape (m, 6, 6)
        Covariance to be added to the spacecraft's, km2, km2/s, km2/s2, TEME.
    """
    m = len(own)
    primary = state_rtn_to_inertial(np.broadcast_to(event.primary_covariance, (m, 6, 6)), own)
    secondary = state_rtn_to_inertial(np.broadcast_to(event.secondary_covariance, (m, 6, 6)), other)
    pair = StatePair(own, other, primary + added, secondary)
    relative = pair.relative_state
    plane = collision_probability(
        relative[:, :3],
        relative[:, 3:],
        pair.primary_covariance[:, :3, :3],
        pair.secondary_covariance[:, :3, :3],
        event.hard_body_radius_m,
        covariance_label=event.covariance_label,
        period_s=shorter_period_s(pair),
    )
    plane = replace(plane, flags=np.where(pair.symmetrised, plane.flags | _SYMMETRISED, plane.flags))
    return recommend(plane, pair, full_states=~_negligible(plane, pair))


def _negligible(plane: CollisionProbability, pair: StatePair) -> Mask:
    """(m,) whether a probability is so small that the curvature of the orbits, where it is checked, cannot make it
    significant."""
    out = (plane.value <= _NEGLIGIBLE) & ((plane.flags & int(BEYOND_THE_PLANE)) == 0)
    rows = np.flatnonzero(
        out
        & is_bound(pair.primary_state)
        & is_bound(pair.secondary_state)
        & check_computable(pair).full_states
    )
    if rows.size:
        check = short_encounter(pair[rows], plane.hard_body_radius_m[rows] / 1000.0)
        change = np.maximum(np.abs(check.curvature), np.abs(check.density_change))
        exponent = 0.5 * plane.plane.mahalanobis_distance[rows] ** 2
        out[rows] = change <= _CURVATURE * exponent
    return np.asarray(out)
