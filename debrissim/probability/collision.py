"""From encounters and covariances to collision probabilities that carry their method, bounds and flags.

Source: Foster & Estes (1992) for the plane, Alfano (2005) for the maximum and dilution (see those modules); the usage
limits of the plane ("extended" and "offset") after Hall (2019), "Implementation Recommendations and Usage Boundaries
for the Two-Dimensional Probability of Collision Calculation", AAS 19-632 (NASA CARA), based on the time bounds of
Coppola (2012), AAS 12-248, for a small hard body; the limit for slow encounters follows from the gravity gradient,
below.

Assumptions
- The assumptions of the method; the errors of the two objects are independent, so their covariances add.
- Extended: all but 1e-16 of the probability of a straight encounter accrues between T - D and T + D, where T is the
  time at which the errors are most likely to bring the objects together and D is 8.30 of its standard deviations.
  Flagged where 2 D is above 2 % of the shorter orbital period. Offset: flagged where the farther of the two bounds lies
  more than 1 % of that period from closest approach.
- Slow: flagged where the pair needs more than a minute to cross six standard deviations along the relative velocity
  plus the hard body's diameter. Within a time t from the middle, gravity bends the relative path by about n^2 t^2 / 2
  of its length, where n = 1.2e-3 rad/s in low orbit: 0.07 % for t = 30 s. In higher orbits n is smaller and the flag
  errs on the safe side.
- These flags assume straight motion. Only the methods for full states show whether curvature by itself changes the
  probability, as it may if the uncertainty along the tracks is many kilometres.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.registry import unknown_name
from debrissim.core.rows import Rows
from debrissim.probability.algorithms import foster
from debrissim.probability.encounter_plane import (
    EncounterPlane,
    checked,
    checked_symmetric,
    encounter_plane,
    indefinite,
)
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.method import PlaneMethod
from debrissim.probability.registry import AUTO, DEFAULT_METHOD, get_method, plane_method_names, plane_methods
from debrissim.probability.state_pair import CautionFlag

SLOW_ENCOUNTER_S = 60.0
EXTENDED_FRACTION = 0.02
"""Fraction of the shorter orbital period above which a passage is extended."""
OFFSET_FRACTION = 0.01
"""Fraction of the shorter orbital period: a passage that reaches farther than this from closest approach is offset."""
SHORTEST_PERIOD_S = 5280.0
"""The default period, that of a circular orbit at 200 km, to err on the safe side."""
INACCURATE = 1e-3
"""Relative difference of a method's value from the disc integral that is flagged."""

# sqrt(2) erfcinv(1e-16)
_BOUND_SIGMAS = 8.304785425194114


class ProbabilityFlag(CautionFlag):
    """Reasons to be careful with a value of a table of probabilities."""

    NON_POSITIVE_DEFINITE = 1
    """A covariance, of either object or combined, is not positive definite; the projection of the sum was clipped where
    necessary."""
    NO_RELATIVE_VELOCITY = 2
    """No encounter plane exists: the value is an upper bound on the momentary probability."""
    SLOW_ENCOUNTER = 4
    """The passage takes longer than 60 s: straight relative motion is doubtful."""
    HARD_BODY_OVERLAP = 8
    """The predicted miss is within the hard body: a collision is the nominal outcome, the maximum is 1."""
    EXTENDED_ENCOUNTER = 16
    """The probability accrues over more than 2 % of an orbit: straight motion does not last that long."""
    OFFSET_ENCOUNTER = 32
    """Some of the probability accrues more than 1 % of an orbit away from closest approach, the instant of the
    states."""
    INACCURATE_QUADRATURE = 64
    """The rule of an exact method has too few nodes here: its value is more than 0.1 % off the disc integral."""
    CURVED_ORBITS = 128
    """Only the curvature of the orbits changes the probability; only "auto" with full states checks it."""
    WINDOW_LIMITED = 256
    """Along the orbits: the collision rate is not negligible at an end of the window, which cuts the value."""
    REPEATED_CONTACT = 512
    """Along the orbits: contact can repeat; the value is the probability of one, not the expected number of entries."""
    NO_PEAK_OVERLAP = 1024
    """Along the orbits: no peak overlap was found at some instant that matters; the mean orbits were used instead."""
    ANOTHER_PASSAGE = 2048
    """Along the orbits: within half a period the pair may meet in another passage as well, which is not counted."""
    NOT_COMPUTABLE = 4096
    """The states or covariances do not allow a probability: the value is NaN."""
    SYMMETRISED = 8192
    """A covariance was asymmetric by at most 1e-3 of its sigmas' product; its mean with its transpose is used."""
    APPROXIMATION = 16384
    """The method is an approximation, and is more than 0.1 % off the disc integral here."""
    SQUARE_HARD_BODY = 32768
    """The method's hard body is a square (or another shape), whose probability differs by more than 0.1 % from the
    disc."""


@dataclass(frozen=True, eq=False)
class MethodComparison(Rows):
    """One encounter by every method of the encounter plane.

    | column              | dtype   | shape | meaning                                                          |
    |---------------------|---------|-------|------------------------------------------------------------------|
    | method              | str     | (n,)  | name in `methods`                                                |
    | value               | float64 | (n,)  | collision probability                                            |
    | relative_difference | float64 | (n,)  | from the integral over the disc, which the default method gives  |
    | sana_name           | str     | (n,)  | name in the SANA registry, empty if it has none                  |
    | source              | str     | (n,)  | author, year, title                                              |
    """

    method: NDArray[np.str_]
    value: Array
    relative_difference: Array
    sana_name: NDArray[np.str_]
    source: NDArray[np.str_]

    def __repr__(self) -> str:
        width = max(map(len, self.method), default=0)
        return "\n".join(
            [
                f"<MethodComparison: {len(self)} methods; value, relative difference from the disc integral>",
                *(
                    f"{self.method[k]:<{width}}  {self.value[k]:.5e}  {self.relative_difference[k]:+.1e}  "
                    f"{self.sana_name[k]}".rstrip()
                    for k in range(len(self))
                ),
            ]
        )


@dataclass(frozen=True, eq=False)
class CollisionProbability(Rows):
    """The probabilities of m encounters, by one method and with one model of covariance.

    | column             | dtype   | shape | meaning                                                       |
    |--------------------|---------|-------|---------------------------------------------------------------|
    | value              | float64 | (m,)  | collision probability by `method`                             |
    | maximum            | float64 | (m,)  | maximum over one factor on the covariance, by `row_method`;   |
    |                    |         |       | NaN along the orbits, where it is not computed                |
    | maximum_scale      | float64 | (m,)  | that factor, on every standard deviation                      |
    | dilution           | bool    | (m,)  | factor < 1: better tracking would raise Pc                    |
    | flags              | int64   | (m,)  | `ProbabilityFlag` bits                                        |
    | hard_body_radius_m | float64 | (m,)  | m, combined                                                   |
    | plane              |         |       | the `EncounterPlane`: miss, covariance, principal sigmas      |
    | method             | str     |       | name in `methods`, or "auto" if each row has its own          |
    | row_method         | str     | (m,)  | the name of the method behind each value                      |
    | covariance_label   | str     |       | origin of the covariance, e.g. "modelled, not measured: ..."  |
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

    def compare(self) -> MethodComparison:
        """Compute the single encounter by every method of the encounter plane.

        Raises InputError unless there is one row; use `probability[k].compare()` for one of several.
        """
        if len(self) != 1:
            raise InputError(f"compare: expected one encounter, got {len(self)}; index one of them first")
        radius_km = self.hard_body_radius_m / 1000.0
        entries = list(plane_methods().values())
        value = np.concatenate([entry(self.plane, radius_km) for entry in entries])
        exact = foster.foster(self.plane, radius_km)
        difference = np.where(value == exact, 0.0, np.inf)
        np.divide(value - exact, exact, out=difference, where=exact > 0.0)
        return MethodComparison(
            method=np.array([entry.name for entry in entries]),
            value=value,
            relative_difference=difference,
            sana_name=np.array([entry.sana_name or "" for entry in entries]),
            source=np.array([entry.source for entry in entries]),
        )

    def __repr__(self) -> str:
        if len(self) != 1:
            return super().__repr__()
        flags = ", ".join(ProbabilityFlag(int(self.flags[0])).labels) or "no flags"
        most = f"max {self.maximum[0]:.1e} at {self.maximum_scale[0]:.2g} sigma"
        if np.isnan(self.maximum[0]):
            most = "no max"
        return f"<Probability {self.value[0]:.2e} by {self.row_method[0]}; {most}; {flags}>"


def collision_probability(
    relative_position_km: ArrayLike,
    relative_velocity_km_s: ArrayLike,
    covariance_primary_km2: ArrayLike,
    covariance_secondary_km2: ArrayLike,
    hard_body_radius_m: ArrayLike,
    *,
    method: str = DEFAULT_METHOD,
    covariance_label: str = "covariance as given by the caller",
    period_s: ArrayLike = SHORTEST_PERIOD_S,
) -> CollisionProbability:
    """Compute the collision probability of one encounter, or of m of them.

    Parameters
    ----------
    relative_position_km, relative_velocity_km_s
        Secondary minus primary at one instant near closest approach, km and km/s: (3,) for one encounter, or (m, 3).
    covariance_primary_km2, covariance_secondary_km2
        Position covariances, km^2: (3, 3) or (m, 3, 3). All four arguments are in one frame, inertial or the primary's
        RTN (`uncertainty.rotation.to_primary_rtn` rotates the secondary's covariance there).
    hard_body_radius_m
        Combined radius, m, >= 0, scalar or (m,).
    method
        Name of a method of the encounter plane (`debrissim.probability.methods`), or "auto", which without full states
        always chooses the default.
    covariance_label
        Origin of the covariances, for reports.
    period_s
        Shorter of the two orbital periods, s, scalar or (m,); it is used only for the flags.

    Returns
    -------
    CollisionProbability
        One row per encounter, each with its maximum over the covariance's size, dilution and flags.

    Raises
    ------
    InputError
        Naming the argument, if shapes disagree, a number is not finite, a covariance is not symmetric, a radius is
        negative, a period is not positive, or the method is unknown.
    """
    if method not in plane_method_names():
        raise unknown_name("method", method, plane_method_names())
    if method == AUTO:
        method = DEFAULT_METHOD
    compute = get_method(method)
    if np.ndim(relative_position_km) == 1:
        relative_position_km, relative_velocity_km_s = (
            np.asarray(vector)[None] for vector in (relative_position_km, relative_velocity_km_s)
        )
        covariance_primary_km2, covariance_secondary_km2 = (
            np.asarray(matrix)[None] for matrix in (covariance_primary_km2, covariance_secondary_km2)
        )
    position = checked("relative_position_km", relative_position_km, (-1, 3))
    m = position.shape[0]
    velocity = checked("relative_velocity_km_s", relative_velocity_km_s, (m, 3))
    primary, uneven = checked_symmetric("covariance_primary_km2", covariance_primary_km2, (m, 3, 3))
    secondary, odd = checked_symmetric("covariance_secondary_km2", covariance_secondary_km2, (m, 3, 3))
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

    plane = encounter_plane(position, velocity, primary + secondary)
    radius_km = radius_m / 1000.0
    value = compute(plane, radius_km)
    flags = _flags(plane, radius_km, period)
    flags[indefinite(primary) | indefinite(secondary)] |= int(ProbabilityFlag.NON_POSITIVE_DEFINITE)
    flags[uneven | odd] |= int(ProbabilityFlag.SYMMETRISED)
    if method != foster.METHOD.name:
        flags[inaccurate(value, foster.foster(plane, radius_km))] |= int(_deviation(compute))
    maximum = maximum_probability(plane, radius_km)
    return CollisionProbability(
        value=value,
        maximum=maximum.value,
        maximum_scale=maximum.scale,
        dilution=maximum.dilution,
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


def _deviation(method: PlaneMethod) -> ProbabilityFlag:
    """The flag of values that differ from the disc integral, by the kind of method."""
    if not method.is_disc:
        return ProbabilityFlag.SQUARE_HARD_BODY
    return ProbabilityFlag.INACCURATE_QUADRATURE if method.is_exact else ProbabilityFlag.APPROXIMATION


def inaccurate(value: Array, exact: Array) -> NDArray[np.bool_]:
    """(m,) whether a method's values differ from the exact ones by more than `INACCURATE`; never true below 1e-300."""
    return np.asarray(np.abs(value - exact) > INACCURATE * exact + 1e-300)


def cumulative_probability(values: ArrayLike) -> float:
    """The probability of at least one collision in independent encounters: 1 - product of (1 - p).

    values: any number of probabilities in [0, 1]; no encounters give 0. The result is accurate however small they are.
    Raises InputError for a value outside [0, 1] or NaN.
    """
    p = np.asarray(values, dtype=np.float64).ravel()
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise InputError(f"values: expected probabilities in [0, 1], got {p[~((p >= 0.0) & (p <= 1.0))][0]}")
    if (p == 1.0).any():
        return 1.0
    # Adding 0.0 turns -0.0, the result for no encounters, into 0.0.
    return float(-np.expm1(np.log1p(-p).sum())) + 0.0


def _flags(plane: EncounterPlane, radius_km: Array, period_s: Array) -> NDArray[np.int64]:
    flags = np.zeros(len(plane), dtype=np.int64)
    flags[plane.non_positive_definite] |= int(ProbabilityFlag.NON_POSITIVE_DEFINITE)
    flags[plane.no_relative_velocity] |= int(ProbabilityFlag.NO_RELATIVE_VELOCITY)
    flags[crossing_time_s(plane, radius_km) > SLOW_ENCOUNTER_S] |= int(ProbabilityFlag.SLOW_ENCOUNTER)
    half = _BOUND_SIGMAS * plane.passage_sigma_s
    flags[2.0 * half > EXTENDED_FRACTION * period_s] |= int(ProbabilityFlag.EXTENDED_ENCOUNTER)
    farther = np.abs(plane.passage_time_s) + half
    flags[farther > OFFSET_FRACTION * period_s] |= int(ProbabilityFlag.OFFSET_ENCOUNTER)
    covered = (radius_km > 0.0) & (plane.miss_distance_km <= radius_km)
    flags[covered] |= int(ProbabilityFlag.HARD_BODY_OVERLAP)
    return flags
