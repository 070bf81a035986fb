"""Burns to first order: the dependence of the miss in the encounter plane on the velocity change, at each burn time.

The position at the closest approach moves by a matrix times the velocity change, and only its component across the
relative velocity matters (Bombardelli & Hernando-Ayuso 2015, "Optimal Impulsive Collision Avoidance in Low Earth
Orbit", J. Guidance 38(2), 217-225, with their analytic matrix; here it is obtained from the motion theory itself, by
central differences). The matrix has rank 2 at most: the component of a burn across both of its rows is wasted.

Assumptions
- Linear in the burn, which holds while the displacement is small compared with the radius of the orbit and the
  encounter is fast. Where neither holds, the result is only a starting point for the full model, never an answer.
- A miss of zero has no direction: the gradient is then the direction in which the miss grows fastest, with either sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.reference import WithoutBurn
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.propagation.frames import rtn_basis

_STEP_M_S = 0.01
_NOTHING_KM = 1e-6
# Below this fraction of the smaller standard deviation, a miss has no direction.
_ZERO_MISS = 1e-6


@dataclass(frozen=True, eq=False)
class PlaneMap(Rows):
    """The miss in the encounter plane by the velocity change, at t times of a burn.

    | column           | dtype   | shape     | unit, frame                                                           |
    |------------------|---------|-----------|-----------------------------------------------------------------------|
    | time_s           | float64 | (t,)      | s of run time                                                         |
    | by_delta_v       | float64 | (t, 2, 3) | km per m/s: along major and minor axis of the combined error, by R, T,|
    |                  |         |           | N at the burn                                                         |
    | miss_km          | float64 | (t, 2)    | km, the miss without a burn, same axes                                |
    | sigma_km         | float64 | (t, 2)    | km, standard deviations of the combined error                         |
    """

    time_s: Array
    by_delta_v: Array
    miss_km: Array
    sigma_km: Array

    @property
    def miss_gradient(self) -> Array:
        """(t, 3) unit vectors, R, T, N, of the burn that increases the miss the most; NaN where no burn changes it."""
        return self._gradient(np.ones_like(self.sigma_km))

    @property
    def mahalanobis_gradient(self) -> Array:
        """(t, 3) unit vectors of the burn that increases the miss in units of its error the most."""
        return self._gradient(self.sigma_km)

    def _gradient(self, unit_km: Array) -> Array:
        scaled = np.nan_to_num(self.by_delta_v) / unit_km[:, :, None]
        slope = np.einsum("ti,tij->tj", self.miss_km / unit_km, scaled)
        steepest = np.linalg.svd(scaled)[2][:, 0]
        steepest = steepest * np.where(steepest[:, 1] < 0.0, -1.0, 1.0)[:, None]
        nowhere = np.linalg.norm(self.miss_km, axis=1) <= _ZERO_MISS * self.sigma_km.min(axis=1)
        slope = np.where(nowhere[:, None], steepest, slope)
        slope[~scaled.any(axis=(1, 2))] = 0.0
        length = np.linalg.norm(slope, axis=1, keepdims=True)
        return np.asarray(np.divide(slope, length, out=np.full_like(slope, np.nan), where=length > 0.0))

    def row_space(self) -> Array:
        """(t, 2, 3) orthonormal velocity changes that change the miss; every other direction is wasted."""
        return np.asarray(np.linalg.svd(np.nan_to_num(self.by_delta_v), full_matrices=False)[2])

    def smallest(
        self,
        units: Array,
        sizes_m_s: Array,
        error: ExecutionError,
        probability: Array,
        miss_km: float,
        hard_body_radius_m: float,
    ) -> tuple[Array, Array]:
        """Find, to first order, where burns of increasing size along one direction begin to meet the goals, and where
        they cease to.

        Parameters
        ----------
        units : Array, shape (t, 3)
            Unit vectors of the burns.
        sizes_m_s : Array, shape (s,) or (t, s)
            Ascending sizes in m/s.
        error : ExecutionError
            Of each burn.
        probability : Array, shape (t,)
            Goals of the probability.
        miss_km : float
            Goal of the miss.
        hard_body_radius_m : float
            Sum of both radii.

        Returns
        -------
        (t,) the first size that meets the goals, and (t,) the first size after it that does not; infinite if there is
        no such size.
        """
        sizes = np.broadcast_to(sizes_m_s, (len(self), np.shape(sizes_m_s)[-1]))
        miss, exact, expected = self._planes(units, sizes, error)
        met = np.isfinite(miss).all(axis=2) & (np.linalg.norm(miss, axis=2) >= miss_km)
        radius = hard_body_radius_m / 1000.0
        for total in (exact, expected):
            rows, at = np.nonzero(met)
            plane = plane_from_components(miss[rows, at], total[rows, at])
            met[rows, at] = foster(plane, np.full(rows.size, radius)) <= np.asarray(probability)[rows]
        first = np.argmax(met, axis=1)
        over = ~met & (np.arange(met.shape[1]) > first[:, None])
        each = np.arange(len(self))
        begins = np.where(met.any(axis=1), sizes[each, first], np.inf)
        ceases = np.where(met.any(axis=1) & over.any(axis=1), sizes[each, np.argmax(over, axis=1)], np.inf)
        return begins, ceases

    def probability(self, changes_m_s: Array, error: ExecutionError, hard_body_radius_m: float) -> Array:
        """(t,) the larger of the probabilities with and without the execution error, for burns (t, 3) m/s; NaN if
        unknown."""
        size = np.linalg.norm(changes_m_s, axis=1)
        units = changes_m_s / np.where(size > 0.0, size, 1.0)[:, None]
        miss, exact, expected = self._planes(units, size[:, None], error)
        out = np.full(len(self), np.nan)
        rows = np.flatnonzero(np.isfinite(miss).all(axis=(1, 2)))
        values = [
            foster(
                plane_from_components(miss[rows, 0], total[rows, 0]),
                np.full(rows.size, hard_body_radius_m / 1000.0),
            )
            for total in (exact, expected)
        ]
        out[rows] = np.maximum(*values)
        return out

    def _planes(self, units: Array, sizes: Array, error: ExecutionError) -> tuple[Array, Array, Array]:
        """Miss (t, s, 2) and covariances (t, s, 2, 2), without execution errors and with them."""
        reach = np.einsum("tij,tj->ti", self.by_delta_v, units)
        miss = self.miss_km[:, None] + sizes[:, :, None] * reach[:, None]
        own = (np.eye(2) * np.square(self.sigma_km)[:, None, :])[:, None]
        along, across = error.variances_m2_s2(sizes)
        every = self.by_delta_v @ np.swapaxes(self.by_delta_v, 1, 2)
        added = (along - across)[..., None, None] * (reach[:, :, None] * reach[:, None])[:, None]
        added = added + across[..., None, None] * every[:, None]
        return miss, np.broadcast_to(own, added.shape), own + added


def plane_map(event: AvoidableEvent, reference: WithoutBurn, times_s: Array) -> PlaneMap:
    """The first-order map of burns at times (t,) s of run time; NaN where the motion cannot be continued."""
    t = len(times_s)
    # Six burns for each time: forwards and backwards along R, T and N.
    changes = np.concatenate([_STEP_M_S * np.eye(3), -_STEP_M_S * np.eye(3)])
    burns = Burns(
        np.repeat(np.asarray(times_s, np.float64), 6),
        np.zeros(6 * t),
        np.tile(changes, (t, 1)),
        np.full(6 * t, int(Direction.FREE), np.int8),
    )
    after = event.primary.after(burns)
    tca = np.full((6 * t, 1), reference.tca_s)
    moved = after.states_along(np.arange(6 * t), tca)[:, 0, :3].reshape(t, 2, 3, 3)
    slope = (moved[:, 0] - moved[:, 1]) / (2.0 * _STEP_M_S)
    own = reference.approach.spacecraft_state
    # Within rounding, a burn at the closest approach has no effect.
    slope[np.abs(slope).max(axis=(1, 2)) < _NOTHING_KM] = 0.0
    axes = reference.plane_axes @ rtn_basis(own[:, :3], own[:, 3:])[0]
    plane = reference.probability.plane.plane
    return PlaneMap(
        time_s=np.asarray(times_s, np.float64),
        by_delta_v=-np.einsum("ij,tkj->tik", axes, slope),
        miss_km=np.tile(plane.miss_principal_km, (t, 1)),
        sigma_km=np.tile(np.stack([plane.sigma_major_km, plane.sigma_minor_km], axis=1), (t, 1)),
    )


def miss_gradients(event: AvoidableEvent, reference: WithoutBurn, effects: BurnEffects) -> Array:
    """(k, 3) unit vectors R, T, N at the start of each burn: the further change that increases the miss the most.

    From the map of an impulse at that time, evaluated at the miss of the full model after the burn. NaN where no change
    affects the miss.
    """
    times, place = np.unique(effects.burns.time_s, return_inverse=True)
    mapped = plane_map(event, reference, times)[place]
    return replace(mapped, miss_km=effects.plane_miss_km).miss_gradient
