"""The series of Serra, Arzelier, Joldes, Lasserre, Rondepierre & Salvy (LAAS), with bounds that are proved.

Source: Serra et al. (2016), "Fast and Accurate Computation of Orbital Collision Probability for Short-Term
Encounters", J. Guid. Control Dyn. 39(5), 1009-1021 (first in Serra's thesis, 2015, hence "Laas 2015"). As a
function of the squared radius, Pc is exp(-p R^2), p = 1 / (2 sigma_minor^2), times a power series whose
coefficients are all positive; its Laplace transform is, with w the inverse of the transform's variable and
phi = 1 - (sigma_minor / sigma_major)^2,

    w^2 (1 - p w)^(-1) (1 - p phi w)^(-1/2) exp(omega_minor w + omega_major w / (1 - p phi w))

Here the coefficients are obtained from the logarithmic derivative of that function by one-step recurrences without
subtractions (the paper's own recurrence has four steps and differences); the bounds before the first term are those of
the paper, and the bound after n terms is the smaller of the paper's bound and a Chernoff bound (see the kernel).

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- No further assumptions: with enough terms the series equals the integral. About R^2 / (2 sigma_minor^2) terms are
  needed, so a radius of hundreds of minor sigmas is out of practical reach; the bounds then show it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod

TERMS = 100_000
_TOLERANCE = 1e-13


@dataclass(frozen=True, eq=False)
class BoundedProbability:
    """m rows: the sum of the terms taken, and two numbers, each (m,), between which Pc is proved to lie."""

    value: Array
    lower: Array
    upper: Array


def laas(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) collision probabilities; hard_body_radius_km (m,) km, >= 0."""
    return laas_bounded(plane, hard_body_radius_km).value


def laas_bounded(
    plane: EncounterPlane, hard_body_radius_km: Array, *, terms: int = TERMS
) -> BoundedProbability:
    """The series with its bounds; hard_body_radius_km (m,) km, >= 0.

    terms: the maximum number; fewer are used if the bounds agree to 1e-13 sooner. Zero terms give only the paper's two
    closed bounds, and the value 0.

    The bounds hold for the inputs as the plane gives them and allow for rounding. Raises InputError for a
    negative number of terms.
    """
    if terms < 0:
        raise InputError(f"terms: expected >= 0, got {terms}")
    value, lower, upper = (np.empty(len(plane)) for _ in range(3))
    apply_rows(
        kernels.series.laas, plane, hard_body_radius_km, value, lower, upper, parameters=(terms, _TOLERANCE)
    )
    return BoundedProbability(value=value, lower=lower, upper=upper)


def laas_bounds(plane: EncounterPlane, hard_body_radius_km: Array) -> tuple[Array, Array]:
    """The proved bounds of `laas`, lower and upper, each (m,); hard_body_radius_km (m,) km, >= 0."""
    bounded = laas_bounded(plane, hard_body_radius_km)
    return bounded.lower, bounded.upper


METHOD = PlaneMethod(
    name="laas-2015",
    function=laas,
    summary="power series with proved bounds (Serra et al. 2016)",
    source=(
        "Serra, Arzelier, Joldes, Lasserre, Rondepierre & Salvy (2016), Fast and Accurate Computation of Orbital "
        "Collision Probability for Short-Term Encounters, J. Guid. Control Dyn. 39(5), 1009-1021"
    ),
    is_exact=True,
    bounds=laas_bounds,
)
