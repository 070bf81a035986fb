"""Encounters given by full states and covariances, and the results of the methods beyond the encounter plane.

Assumptions
- States and covariances at one instant, near closest approach, in one inertial frame.
- The errors of the two objects are independent: there is no cross-covariance.
- A covariance that is not positive semi-definite has its negative eigenvalues raised to zero, after
  scaling to unit variances so that km and km/s are comparable; the row is flagged. (Clipping after Hall 2019, AAS
  19-632; the scaling is our own.) A zero variance means exact knowledge and is not a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntFlag
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.probability.encounter_plane import checked, checked_symmetric

# Published covariances carry about ten digits: an eigenvalue this far below zero is not due to rounding.
_NEGATIVE = -1e-9


class CautionFlag(IntFlag):
    """Reasons to treat a value with care; 0 if there is no reason."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The words used in tables, e.g. ("window limited",)."""
        return tuple(str(flag.name).lower().replace("_", " ") for flag in self)


class StateFlag(CautionFlag):
    """Reasons to treat the value of a method for full states with care."""

    NON_POSITIVE_DEFINITE = 1
    """A covariance had negative eigenvalues, which were raised to zero."""
    WINDOW_LIMITED = 2
    """The collision rate is not yet negligible at an end of the window: the value applies to the window only."""
    INACCURATE_QUADRATURE = 4
    """The numerical integral did not reach its tolerance."""
    NO_PEAK_OVERLAP = 8
    """The orbits of peak overlap were not found at some instant that matters; the mean orbits were used instead."""
    REPEATED_CONTACT = 16
    """Contact can repeat in the window: the expected number of entries exceeds the probability of one."""
    UNBOUND_SAMPLES = 32
    """Some Monte Carlo samples were not elliptic orbits; they count as misses."""
    ANOTHER_PASSAGE = 64
    """Within half a period the pair may meet in another passage as well, which is not counted."""
    SYMMETRISED = 128
    """A covariance was asymmetric by at most 1e-3 of its sigmas' product; its mean with its transpose is used."""


@dataclass(frozen=True, eq=False)
class StatePair(Rows):
    """m encounters as two states and two covariances each.

    | column               | dtype   | shape     | unit, frame                              |
    |----------------------|---------|-----------|------------------------------------------|
    | primary_state        | float64 | (m, 6)    | km, km/s, inertial                       |
    | secondary_state      | float64 | (m, 6)    | the same frame and instant               |
    | primary_covariance   | float64 | (m, 6, 6) | km^2, km^2/s, km^2/s^2, the same axes    |
    | secondary_covariance | float64 | (m, 6, 6) | the same units and axes                  |

    Covariances that are asymmetric by at most 1e-3 of the product of their sigmas are replaced by their mean with their
    transpose; `symmetrised`, (m,), is set if the asymmetry exceeds rounding.

    Raises InputError, naming the column, where shapes disagree, a number is not finite or a covariance is not
    symmetric.
    """

    primary_state: Array
    secondary_state: Array
    primary_covariance: Array
    secondary_covariance: Array
    symmetrised: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        primary = checked("primary_state", self.primary_state, (-1, 6))
        m = primary.shape[0]
        object.__setattr__(self, "primary_state", primary)
        object.__setattr__(self, "secondary_state", checked("secondary_state", self.secondary_state, (m, 6)))
        uneven = self.symmetrised if len(self.symmetrised) == m else np.zeros(m, dtype=np.bool_)
        for name in ("primary_covariance", "secondary_covariance"):
            matrix, odd = checked_symmetric(name, getattr(self, name), (m, 6, 6))
            object.__setattr__(self, name, matrix)
            uneven = uneven | odd
        object.__setattr__(self, "symmetrised", uneven)

    @property
    def relative_state(self) -> Array:
        """(m, 6) km, km/s, secondary minus primary."""
        return np.asarray(self.secondary_state - self.primary_state)

    @property
    def relative_covariance(self) -> Array:
        """(m, 6, 6) sum of both covariances."""
        return np.asarray(self.primary_covariance + self.secondary_covariance)

    def remediated(self) -> tuple[StatePair, NDArray[np.bool_]]:
        """The pair with semi-definite covariances, and (m,) whether they changed by more than rounding."""
        primary, first = semi_definite(self.primary_covariance)
        secondary, second = semi_definite(self.secondary_covariance)
        return replace(self, primary_covariance=primary, secondary_covariance=secondary), first | second


@dataclass(frozen=True, eq=False)
class StateProbability(Rows):
    """m probabilities by one state method.

    | column      | dtype   | shape  | meaning                                                              |
    |-------------|---------|--------|----------------------------------------------------------------------|
    | value       | float64 | (m,)   | probability of a collision within the window, in [0, 1]              |
    | lower       | float64 | (m,)   | lower bound by the method's own error: quadrature, or confidence     |
    | upper       | float64 | (m,)   | upper bound, of the same kind                                        |
    | expected    | float64 | (m,)   | expected number of collisions; above `value` where contact repeats   |
    | initial     | float64 | (m,)   | part of `value` already in contact when the window opens             |
    | flags       | int64   | (m,)   | `StateFlag` bits                                                     |
    | window_s    | float64 | (m, 2) | s from the states' instant, the window searched                      |
    | peak_time_s | float64 | (m,)   | s from the states' instant, the time of peak overlap or hits         |
    | samples     | int64   | (m,)   | evaluations of the rate, or Monte Carlo trials                       |
    | method      | str     |        | its name                                                             |
    """

    _labels = MappingProxyType({"flags": StateFlag})

    value: Array
    lower: Array
    upper: Array
    expected: Array
    initial: Array
    flags: NDArray[np.int64]
    window_s: Array
    peak_time_s: Array
    samples: NDArray[np.int64]
    method: str


def semi_definite(covariance: Array) -> tuple[Array, NDArray[np.bool_]]:
    """(m, k, k) covariances with negative eigenvalues of their correlations raised to zero, and (m,) whether
    one was clearly negative (or a variance was).
    """
    symmetric = 0.5 * (covariance + np.swapaxes(covariance, -1, -2))
    variance = np.diagonal(symmetric, axis1=-2, axis2=-1)
    sigma = np.sqrt(np.maximum(variance, 0.0))
    bottom = np.where(sigma > 0.0, sigma, 1.0)
    scaled = symmetric / bottom[:, :, None] / bottom[:, None, :]
    # A component without variance has no covariance either; a matrix that states otherwise is not a covariance.
    known = (sigma > 0.0)[:, :, None] & (sigma > 0.0)[:, None, :]
    stray = (np.where(known, 0.0, symmetric) != 0.0).any(axis=(-1, -2))
    values, vectors = np.linalg.eigh(np.where(known, scaled, 0.0))
    clipped = values.min(axis=-1) < 0.0
    rebuilt = np.einsum("mij,mj,mkj->mik", vectors, np.maximum(values, 0.0), vectors)
    rebuilt = rebuilt * sigma[:, :, None] * sigma[:, None, :]
    repaired = np.where((clipped | stray)[:, None, None], rebuilt, symmetric)
    return np.asarray(repaired), np.asarray((values.min(axis=-1) < _NEGATIVE) | stray)


def radii_km(name: str, hard_body_radius_km: ArrayLike, m: int) -> Array:
    """(m,) combined radii, km, from a scalar or (m,); InputError where not finite or negative."""
    radius = np.asarray(hard_body_radius_km, dtype=np.float64)
    if radius.ndim == 0:
        radius = np.full(m, float(radius))
    radius = checked(name, radius, (m,))
    if (radius < 0.0).any():
        raise InputError(f"{name}: expected >= 0 km, got {radius.min():g}")
    return radius
