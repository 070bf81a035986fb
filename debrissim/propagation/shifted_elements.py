"""Element sets at a given epoch that pass through states at other times: SGP4 inverted away from its epoch.

A trajectory that is changed by an impulse is continued by the theory that described it before: the solution is the mean
elements at the epoch of the original set, with its B*, for which SGP4 gives the new state at the time of the impulse.
The new trajectory therefore depends continuously on the impulse, and a zero impulse gives the original set; a set
fitted at the time of the impulse would instead restart SGP4's terms in powers of time (drag, resonance).

Method: Newton's for six equations in equinoctial elements (Broucke & Cefola 1972, `two_body`), which are smooth at
circular and equatorial orbits. The Jacobian is that of the original set, by central differences, one per time, and is
kept (chord iterations); where that does not converge, each state gets Jacobians of its own and damped steps.

Assumptions
- SGP4 does not reach every state. Its gaps are those listed in `mean_elements`; away from the epoch there are further
  gaps at a mean eccentricity of 1e-4, where drag terms begin, and in deep space at an inclination of 3 degrees, where
  the lunar-solar rate of the node begins. Elements of a state in a gap are reported with their errors and a status.
- Two gaps matter to burns. For a set with an eccentricity of 0, which SGP4 propagates at 1e-6, burns of up to 2 cm/s
  lead into the gap below 1e-6, up to 11 m from the nearest set (1 % of burns of 1 cm/s to 2 m/s in low orbit). Near an
  inclination of 0 in deep space, lunar-solar periodics are added to a mean inclination that cannot be negative: some
  0.5 % of burns at 0.02 degrees, by kilometres. Newton's method, from 216 starts over inclination, node and turns of
  the node, did not reach any of four such states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import MINUTES_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.propagation.element_conversions import equinoctial_from_keplerian, keplerian_from_equinoctial
from debrissim.propagation.mean_elements import ElementsStatus
from debrissim.propagation.sgp4 import make_propagator

MAX_POSITION_ERROR_KM = 1e-5
MAX_VELOCITY_ERROR_KM_S = 1e-8

# SGP4 ends its iteration of Kepler's equation within 1e-12 of the axis: 4e-8 km in a geostationary orbit.
_CONVERGED_KM = 1e-7
_CHORDS, _NEWTONS = 12, 25
_RETROGRADE = np.deg2rad(170.0)
# Steps of the differences: relative to the mean motion, and of elements of order one.
_STEPS = np.array([1e-7, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5])
# SGP4 is not smooth in nearly circular orbits: it leaves out drag terms below a mean eccentricity of 1e-4, and replaces
# an eccentricity below 1e-6, which drag can reach from above; derivatives are taken where it is smooth.
_LEAST_ECCENTRICITY = 1e-3
_REV_DAY = MINUTES_PER_DAY / (2.0 * np.pi)


@dataclass(frozen=True, eq=False)
class ShiftedElements(Rows):
    """k element sets, each through its own state.

    sets: the element sets; status: (k,) `ElementsStatus`, OK or UNREACHED, in which case the nearest set found is
    given; position_error_km, velocity_error_km_s: (k,) difference of SGP4's state from the required one.
    """

    _labels: ClassVar[Mapping[str, type[ElementsStatus]]] = {"status": ElementsStatus}

    sets: Catalog
    status: NDArray[np.int8]
    position_error_km: Array
    velocity_error_km_s: Array


@dataclass(frozen=True, eq=False)
class _Problem:
    """k states (k, 6) at times (k,) s after `start`, to be reached from one element set."""

    original: Catalog
    start: tuple[float, float]
    times_s: Array
    states: Array
    sense: float
    node: float

    @property
    def rate(self) -> float:
        """rad/s, the mean motion, which makes velocities and positions comparable."""
        return float(self.original.mean_motion_rev_day[0]) / (_REV_DAY * 60.0)

    @property
    def weight(self) -> Array:
        """(6,) factors that turn differences of states into km."""
        return np.repeat([1.0, 1.0 / self.rate], 3)

    def part(self, rows: Index) -> _Problem:
        return replace(self, times_s=self.times_s[rows], states=self.states[rows])

    def sets(self, elements: Array) -> Catalog:
        """The element sets of equinoctial elements (k, 6)."""
        sense = np.full(elements.shape[0], self.sense)
        motion, eccentricity, inclination, node, perigee, anomaly = keplerian_from_equinoctial(
            elements, sense, np.full(elements.shape[0], self.node)
        ).T
        return self.original[np.zeros(elements.shape[0], dtype=np.int64)].with_columns(
            mean_motion_rev_day=motion * _REV_DAY,
            eccentricity=eccentricity,
            inclination_deg=np.rad2deg(inclination),
            raan_deg=np.rad2deg(node),
            arg_perigee_deg=np.mod(np.rad2deg(perigee), 360.0),
            mean_anomaly_deg=np.mod(np.rad2deg(anomaly), 360.0),
        )

    def residual(self, elements: Array) -> Array:
        """(k, 6) km, required states minus those of elements (k, 6)."""
        return (self.states - _states(self.sets(elements), self.start, self.times_s)) * self.weight

    def jacobian(self, elements: Array) -> Array:
        """(k, 6, 6) km, derivatives of the states by elements (k, 6), in units of the steps' scale."""
        elements = _off_the_circle(elements)
        out = np.empty((elements.shape[0], 6, 6))
        for column, step in enumerate(self.steps):
            shift = np.zeros(6)
            shift[column] = step
            ahead, behind = (
                _states(self.sets(elements + sign * shift), self.start, self.times_s) for sign in (1.0, -1.0)
            )
            out[:, :, column] = (ahead - behind) * self.weight / (2.0 * _STEPS[column])
        return out

    @property
    def steps(self) -> Array:
        """(6,) steps of the differences, in the units of the elements."""
        return _STEPS * self.scale

    @property
    def scale(self) -> Array:
        """(6,) units of the elements in the Jacobian: the mean motion itself, and 1."""
        return np.array([self.rate, 1.0, 1.0, 1.0, 1.0, 1.0])


def elements_through_states(
    element_set: Catalog, start: tuple[float, float], times_s: Array, states: Array
) -> ShiftedElements:
    """Solve for the element sets, at the epoch and with the B* of one, that pass through states at given times.

    Parameters
    ----------
    element_set : Catalog
        One row; its own trajectory should be near the states.
    start : (float, float)
        Run time zero, UTC, as a split Julian date.
    times_s : Array, shape (k,)
        Run time of each state in s.
    states : Array, shape (k, 6)
        km, km/s, TEME of date.

    Returns
    -------
    ShiftedElements
        k rows.

    Raises
    ------
    InputError
        If there is not exactly one element set, shapes disagree, or a number is not finite.
    """
    times, wanted = np.asarray(times_s, dtype=np.float64), np.asarray(states, dtype=np.float64)
    if len(element_set) != 1:
        raise InputError(f"element_set: expected one element set, got {len(element_set)}")
    if times.ndim != 1 or wanted.shape != (times.size, 6):
        raise InputError(f"states: expected shape (k, 6) for k times, got {wanted.shape} for {times.shape}")
    if not (np.isfinite(times).all() and np.isfinite(wanted).all()):
        raise InputError("times_s, states: expected finite numbers, got NaN or infinity")
    keplerian = _keplerian(element_set)
    problem = _Problem(
        element_set,
        start,
        times,
        wanted,
        -1.0 if keplerian[0, 2] > _RETROGRADE else 1.0,
        float(keplerian[0, 3]),
    )
    elements, residual = _chords(problem, equinoctial_from_keplerian(keplerian, np.array([problem.sense]))[0])
    sets = problem.sets(elements)
    # In deep space the turn of the node matters to SGP4.
    for turn in (0.0, -2.0 * np.pi, 2.0 * np.pi):
        rows = np.flatnonzero(_size(residual) > 10.0 * _CONVERGED_KM)
        if rows.size == 0:
            break
        other = replace(problem.part(rows), node=problem.node + turn)
        found, left = _newton(other, elements[rows])
        better = _size(left) < _size(residual[rows])
        kept = rows[better]
        residual[kept], elements[kept] = left[better], found[better]
        sets = _replaced(sets, kept, other.sets(found)[better])
    position = np.linalg.norm(residual[:, :3], axis=1)
    velocity = np.linalg.norm(residual[:, 3:], axis=1) * problem.rate
    reached = (position <= MAX_POSITION_ERROR_KM) & (velocity <= MAX_VELOCITY_ERROR_KM_S)
    return ShiftedElements(
        sets=sets,
        status=np.where(reached, ElementsStatus.OK, ElementsStatus.UNREACHED).astype(np.int8),
        position_error_km=position,
        velocity_error_km_s=velocity,
    )


def _keplerian(sets: Catalog) -> Array:
    """(k, 6) as returned by `keplerian_from_equinoctial`."""
    angles = (sets.inclination_deg, sets.raan_deg, sets.arg_perigee_deg, sets.mean_anomaly_deg)
    return np.stack(
        [sets.mean_motion_rev_day / _REV_DAY, sets.eccentricity, *(np.deg2rad(angle) for angle in angles)],
        axis=1,
    )


def _states(sets: Catalog, start: tuple[float, float], times_s: Array) -> Array:
    """(k, 6) km, km/s of row k at its own time; NaN where SGP4 fails."""
    codes, positions, velocities = make_propagator(sets, *start).states_along(
        np.arange(len(sets)), times_s[:, None]
    )
    states = np.concatenate([positions[:, 0], velocities[:, 0]], axis=1)
    return np.where(codes == 0, states, np.nan)


def _off_the_circle(elements: Array) -> Array:
    """The elements (k, 6) with an eccentricity of _LEAST_ECCENTRICITY or more, in the same direction."""
    eccentricity = np.hypot(elements[:, 1], elements[:, 2])
    round_ones = eccentricity < _LEAST_ECCENTRICITY
    moved = elements.copy()
    turn = np.arctan2(elements[round_ones, 2], elements[round_ones, 1])
    moved[round_ones, 1] = _LEAST_ECCENTRICITY * np.cos(turn)
    moved[round_ones, 2] = _LEAST_ECCENTRICITY * np.sin(turn)
    return moved


def _size(residual: Array) -> Array:
    """(k,) km, infinite where not finite."""
    size = np.maximum(np.linalg.norm(residual[:, :3], axis=1), np.linalg.norm(residual[:, 3:], axis=1))
    return np.where(np.isfinite(size), size, np.inf)


def _chords(problem: _Problem, first: Array) -> tuple[Array, Array]:
    """Elements (k, 6) and residuals (k, 6) km after iterations with the Jacobians of the original elements (6,)."""
    moments, of_moment = np.unique(problem.times_s, return_inverse=True)
    at = replace(problem, times_s=moments, states=np.zeros((moments.size, 6)))
    inverse = np.linalg.pinv(at.jacobian(np.broadcast_to(first, (moments.size, 6))))[of_moment]
    elements = np.broadcast_to(first, problem.states.shape).copy()
    residual = problem.residual(elements)
    rows = np.arange(elements.shape[0])
    for _ in range(_CHORDS):
        rows = rows[np.isfinite(inverse[rows]).all(axis=(1, 2)) & (_size(residual[rows]) > _CONVERGED_KM)]
        if rows.size == 0:
            break
        trial = elements[rows] + np.einsum("kij,kj->ki", inverse[rows], residual[rows]) * problem.scale
        left = problem.part(rows).residual(trial)
        better = _size(left) < _size(residual[rows])
        rows = rows[better]
        elements[rows], residual[rows] = trial[better], left[better]
    return elements, residual


def _newton(problem: _Problem, first: Array) -> tuple[Array, Array]:
    """Elements and residuals (k, 6) after Newton's method from elements (k, 6), each with its own damped steps."""
    elements, residual = first.copy(), problem.residual(first)
    rows = np.arange(elements.shape[0])
    for _ in range(_NEWTONS):
        rows = rows[_size(residual[rows]) > _CONVERGED_KM]
        if rows.size == 0:
            break
        part = problem.part(rows)
        jacobian = part.jacobian(elements[rows])
        usable = np.isfinite(jacobian).all(axis=(1, 2)) & np.isfinite(residual[rows]).all(axis=1)
        step = np.zeros((rows.size, 6))
        step[usable] = np.einsum("kij,kj->ki", np.linalg.pinv(jacobian[usable]), residual[rows][usable])
        step *= problem.scale
        improved = np.zeros(rows.size, dtype=np.bool_)
        for damping in (1.0, 0.5, 0.1, 0.01):
            trial = elements[rows] + damping * step
            left = part.residual(trial)
            better = ~improved & (_size(left) < _size(residual[rows]))
            elements[rows[better]], residual[rows[better]] = trial[better], left[better]
            improved |= better
        rows = rows[improved]
    return elements, residual


def _replaced(sets: Catalog, rows: Index, others: Catalog) -> Catalog:
    """The sets, with some rows replaced."""
    order = np.arange(len(sets))
    order[rows] = len(sets) + np.arange(rows.size)
    return Catalog.concat([sets, others])[order]
