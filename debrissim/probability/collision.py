"""From encounters and covariances to collision probabilities that carry their method, bounds and flags.

Source: Foster & Estes (1992) for the plane, Alfano (2005) for the maximum and dilution (see those modules);
the usage limits of the plane, extended and offset, after Hall (2019), "Implementation Recommendations and Usage
Boundaries for the Two-Dimensional Probability of Collision Calculation", AAS 19-632 (NASA CARA), on the time
bounds of Coppola (2012), AAS 12-248, for a small hard body; the slow encounter from the gravity gradient, below.

Assumptions
- Those of the method; the errors of the two objects are independent, so their covariances add.
- Extended: between T - D and T + D all but 1e-16 of the probability of a straight encounter accrues, T the time
  at which the errors are likeliest to bring both together and D = 8.30 of its standard deviations. Flagged where
  2 D is above 2 % of the shorter orbital period. Offset: flagged where the farther of both bounds lies more than
  1 % of that period from closest approach.
- Slow: flagged where the pair needs over a minute to cross six standard deviations along the relative velocity
  plus the hard body's diameter. In a time t from the middle gravity bends the relative path by about n^2 t^2 / 2
  of its length, n = 1.2e-3 rad/s in low orbit: 0.07 % for t = 30 s. In higher orbits n is smaller and the flag
  errs on the safe side.
- These flags see straight motion. That curvature alone moves the probability, as it may where the uncertainty
  along the tracks is many kilometres, only the methods with full states can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.probability.encounter_plane import (
    EncounterPlane,
    checked,
    checked_symmetric,
    encounter_plane,
    indefinite,
)
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.methods.foster import foster
from debrissim.probability.registry import AUTO, DEFAULT_METHOD, get_method

SLOW_ENCOUNTER_S = 60.0
EXTENDED_SHARE = 0.02
OFFSET_SHARE = 0.01
SHORTEST_PERIOD_S = 5280.0
"""A circular orbit at 200 km; taken where the caller gives no period, to err on the safe side."""
INACCURATE = 1e-3
"""Relative difference of a method's value from the disc integral that is flagged."""

# sqrt(2) erfcinv(1e-16)
_BOUND_SIGMAS = 8.304785425194114


class ProbabilityFlag(IntFlag):
    """What a reader must know about a value before relying on it; 0 is nothing to report."""

    NON_POSITIVE_DEFINITE = 1
    """A covariance, of either object or combined, is not positive definite; the projection of the sum was clipped
    where it needed to be."""
    NO_RELATIVE_VELOCITY = 2
    """No encounter plane exists: the value is an upper bound on the momentary probability."""
    SLOW_ENCOUNTER = 4
    """The passage takes longer than 60 s: straight relative motion is doubtful."""
    HARD_BODY_OVERLAP = 8
    """The predicted miss is within the hard body: a collision is the nominal outcome, the maximum is 1."""
    EXTENDED_ENCOUNTER = 16
    """The probability accrues over more than 2 % of an orbit: straight motion does not last that long."""
    OFFSET_ENCOUNTER = 32
    """Some of it accrues more than 1 % of an orbit away from closest approach, for which the states stand."""
    INACCURATE_QUADRATURE = 64
    """The method's value is over 0.1 % off the disc integral: by its rule, or because it is an approximation."""
    CURVED_ORBITS = 128
    """The curvature of the orbits alone moves the probability; looked for only by "auto" with full states."""
    WINDOW_LIMITED = 256
    """Along the orbits: the collision rate is not negligible at an end of the window, the value is that of it."""
    REPEATED_CONTACT = 512
    """Along the orbits: more collisions are expected than one; the probability is cut at 1."""
    NO_PEAK_OVERLAP = 1024
    """Along the orbits: where the errors meet was not found at some instant that counts; mean orbits stood in."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The words used in tables, e.g. ("slow encounter",)."""
        return tuple(str(flag.name).lower().replace("_", " ") for flag in self)


@dataclass(frozen=True, eq=False)
class CollisionProbability(Rows):
    """m encounters' probabilities, one method, one model of covariance.

    | column             | dtype   | shape | meaning                                                       |
    |--------------------|---------|-------|---------------------------------------------------------------|
    | value              | float64 | (m,)  | collision probability by `method`                             |
    | maximum            | float64 | (m,)  | greatest value over one factor on the covariance              |
    | maximum_scale      | float64 | (m,)  | that factor, on every standard deviation                      |
    | dilution           | bool    | (m,)  | factor < 1: better tracking would raise Pc                    |
    | flags              | int64   | (m,)  | `ProbabilityFlag` bits                                        |
    | hard_body_radius_m | float64 | (m,)  | m, combined                                                   |
    | plane              |         |       | the `EncounterPlane`: miss, covariance, principal sigmas      |
    | method             | str     |       | name in `METHODS`, or "auto" where each row has its own       |
    | row_method         | str     | (m,)  | the name of the method behind each value                      |
    | covariance_label   | str     |       | whence the covariance, e.g. "modelled, not measured: ..."     |
    """

    _labels = MappingProxyType({"flags": ProbabilityFlag})

    value: Array
    maximum: Array
    maximum_scale: Array
    dilution: NDArray[np.bool_]
    flags: NDArray[np.int64]
    hard_body_radius_m: Array
    plane: EncounterPlane
    method: str
    row_method: NDArray[np.str_]
    covariance_label: str

    @property
    def sigma_major_km(self) -> Array:
        """(m,) km, larger standard deviation in the encounter plane."""
        return self.plane.sigma_major_km

    @property
    def sigma_minor_km(self) -> Array:
        """(m,) km, smaller standard deviation in the encounter plane."""
        return self.plane.sigma_minor_km


def collision_probability(
    relative_position_km: Array,
    relative_velocity_km_s: Array,
    covariance_primary_km2: Array,
    covariance_secondary_km2: Array,
    hard_body_radius_m: ArrayLike,
    *,
    method: str = DEFAULT_METHOD,
    covariance_label: str = "covariance as given by the caller",
    period_s: ArrayLike = SHORTEST_PERIOD_S,
) -> CollisionProbability:
    """Collision probabilities of m encounters.

    relative_position_km, relative_velocity_km_s: (m, 3) km, km/s, secondary minus primary at one instant;
    covariance_primary_km2, covariance_secondary_km2: (m, 3, 3) km^2, position; all four in one frame, the
    primary's RTN in the pipeline (`uncertainty.rotation.to_primary_rtn` takes the secondary's there);
    hard_body_radius_m: combined radius, m, >= 0, scalar or (m,); covariance_label: carried to the reports;
    period_s: the shorter of the two orbital periods, s, scalar or (m,), for the flags only; method: a name in
    `METHODS`, where "auto" becomes the plane method it stands for.

    Raises InputError, naming the argument, where shapes disagree, a number is not finite, a covariance not
    symmetric, a radius negative or a period not positive.
    """
    compute = get_method(method)
    if method == AUTO:
        method = DEFAULT_METHOD
    position = checked("relative_position_km", relative_position_km, (-1, 3))
    m = position.shape[0]
    primary = checked_symmetric("covariance_primary_km2", covariance_primary_km2, (m, 3, 3))
    secondary = checked_symmetric("covariance_secondary_km2", covariance_secondary_km2, (m, 3, 3))
    radius_m = np.asarray(hard_body_radius_m, dtype=np.float64)
    if radius_m.ndim == 0:
        radius_m = np.full(m, float(radius_m))
    radius_m = checked("hard_body_radius_m", radius_m, (m,))
    if (radius_m < 0.0).any():
        raise InputError(f"hard_body_radius_m: expected >= 0 m, got {radius_m.min()}")
    period = np.asarray(period_s, dtype=np.float64)
    if period.shape not in ((), (m,)):
        raise InputError(f"period_s: expected one number or shape ({m},), got {period.shape}")
    if not (period > 0.0).all():
        raise InputError(f"period_s: expected > 0 s, got {np.min(period)}")

    plane = encounter_plane(position, relative_velocity_km_s, primary + secondary)
    radius_km = radius_m / 1000.0
    value = compute(plane, radius_km)
    flags = _flags(plane, radius_km, period)
    flags[indefinite(primary) | indefinite(secondary)] |= int(ProbabilityFlag.NON_POSITIVE_DEFINITE)
    if compute is not foster:
        flags[inaccurate(value, foster(plane, radius_km))] |= int(ProbabilityFlag.INACCURATE_QUADRATURE)
    greatest = maximum_probability(plane, radius_km)
    return CollisionProbability(
        value=value,
        maximum=greatest.value,
        maximum_scale=greatest.scale,
        dilution=greatest.dilution,
        flags=flags,
        hard_body_radius_m=radius_m,
        plane=plane,
        method=method,
        row_method=np.full(m, method),
        covariance_label=covariance_label,
    )


def crossing_time_s(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) s to cross six standard deviations along the relative velocity and the hard body; infinite
    at standstill.
    """
    length = 6.0 * plane.sigma_along_km + 2.0 * hard_body_radius_km
    moving = ~plane.no_relative_velocity
    time = np.divide(length, plane.relative_speed_km_s, out=np.full(len(plane), np.inf), where=moving)
    return np.asarray(time)


def inaccurate(value: Array, exact: Array) -> NDArray[np.bool_]:
    """(m,) whether a method's values are off the exact ones by more than `INACCURATE`; below 1e-300 none are."""
    return np.asarray(np.abs(value - exact) > INACCURATE * exact + 1e-300)


def cumulative_probability(values: ArrayLike) -> float:
    """The probability of at least one collision in independent encounters: 1 - product of (1 - p).

    values: any number of probabilities in [0, 1]; no encounters give 0. Accurate however small they are.
    Raises InputError for a value outside [0, 1] or NaN.
    """
    p = np.asarray(values, dtype=np.float64).ravel()
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise InputError(f"values: expected probabilities in [0, 1], got {p[~((p >= 0.0) & (p <= 1.0))][0]}")
    if (p == 1.0).any():
        return 1.0
    # Adding 0.0 turns the -0.0 of no encounters into 0.0.
    return float(-np.expm1(np.log1p(-p).sum())) + 0.0


def _flags(plane: EncounterPlane, radius_km: Array, period_s: Array) -> NDArray[np.int64]:
    flags = np.zeros(len(plane), dtype=np.int64)
    flags[plane.non_positive_definite] |= int(ProbabilityFlag.NON_POSITIVE_DEFINITE)
    flags[plane.no_relative_velocity] |= int(ProbabilityFlag.NO_RELATIVE_VELOCITY)
    flags[crossing_time_s(plane, radius_km) > SLOW_ENCOUNTER_S] |= int(ProbabilityFlag.SLOW_ENCOUNTER)
    half = _BOUND_SIGMAS * plane.passage_sigma_s
    flags[2.0 * half > EXTENDED_SHARE * period_s] |= int(ProbabilityFlag.EXTENDED_ENCOUNTER)
    farther = np.abs(plane.passage_time_s) + half
    flags[farther > OFFSET_SHARE * period_s] |= int(ProbabilityFlag.OFFSET_ENCOUNTER)
    covered = (radius_km > 0.0) & (plane.miss_distance_km <= radius_km)
    flags[covered] |= int(ProbabilityFlag.HARD_BODY_OVERLAP)
    return flags
