"""SGP4 mean elements that pass through a state at their epoch: SGP4 inverted.

Source: the fixed point of Walter (1967), "Conversion of osculating orbital elements into mean elements", Astronomical
Journal 72, 994: the mean elements are corrected by the difference between the osculating elements of the state and
those of the SGP4 state that they give, until this difference vanishes. SGP4: Hoots & Roehrich (1980), Spacetrack Report
#3; Vallado et al. (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753 (WGS-72, mode i). If the fixed point does
not converge, Newton's method with differences is used.

Assumptions
- One state gives six numbers, the six elements. B* has no effect at the epoch itself (every drag term has a factor of
  time) and is chosen independently.
- Differences are taken in equinoctial elements (Broucke & Cefola 1972, `two_body`), which are smooth at circular and
  equatorial orbits; retrograde orbits near the equator use the mirrored set.
- SGP4 does not reach every state. It leaves gaps where it jumps: between its near-Earth and its deep-space half at a
  period of 225 minutes; in deep space at a perturbed inclination of 0.2 rad, where the periodics of the node change
  their formulae, below that at a node of 0; near an inclination of 180 degrees, where it divides by 1 + cos i; and it
  replaces mean eccentricities below 1e-6 by 1e-6. A state in a gap belongs to no element set: the nearest set found is
  returned with its errors, and with a status if these exceed 1 m or 1 mm/s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import MINUTES_PER_DAY, SGP4_DAY_ZERO_JD, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.propagation import kernels, two_body
from debrissim.propagation.element_conversions import equinoctial_from_keplerian, keplerian_from_equinoctial

MAX_POSITION_ERROR_KM = 1e-3
MAX_VELOCITY_ERROR_KM_S = 1e-6

# Reference density of SGP4's atmosphere, kg/m^2 per Earth radius: 2.461e-5 times the radius in km (Hoots & Roehrich
# 1980, section 12: rho_0 = 2.461e-5 XKMPER kg/m^2/ER; Vallado 2013, "Fundamentals", 2-116: 1/BC = 12.741621 B*).
REFERENCE_DENSITY_KG_M2_ER = 2.461e-5 * WGS72_RADIUS_KM

_DEEP_SPACE_MINUTES = 225.0
_MAX_ITERATIONS = 40
_MAX_NEWTON_ITERATIONS = 20
# Converged: far below the accuracy required, above rounding.
_CONVERGED_KM = 1e-7
_CHUNK = 20_000
# Size of the lunar-solar periodics of the inclination, rad, and the number of nodes tried for planes with inclinations
# as small as that.
_LUNAR_SOLAR_TILT, _TURNS = 7e-4, 8
_ALTERNATIVES = 4 + 2 * _TURNS


class ElementsStatus(IntEnum):
    """Status of the conversion of a state."""

    OK = 0
    UNBOUND = 1
    BELOW_GROUND = 2
    UNREACHED = 3

    @property
    def reason(self) -> str:
        """The status as a phrase for reports."""
        return _REASONS[self]


_REASONS = {
    ElementsStatus.OK: "SGP4 passes through the state",
    ElementsStatus.UNBOUND: "not on an ellipse: escapes the Earth, or falls straight down",
    ElementsStatus.BELOW_GROUND: "already below the Earth's surface (WGS-72)",
    ElementsStatus.UNREACHED: "SGP4 has no element set within 1 m and 1 mm/s of the state",
}


@dataclass(frozen=True, eq=False)
class MeanElements(Rows):
    """SGP4 mean elements of n states at their epochs, in the units of `Catalog`, all (n,).

    status: `ElementsStatus`; the elements of UNREACHED are the nearest reached, those of UNBOUND and BELOW_GROUND NaN.
    position_error_km, velocity_error_km_s: difference of SGP4's state at the epoch from the input; NaN as above.
    """

    _labels: ClassVar[Mapping[str, type[ElementsStatus]]] = {"status": ElementsStatus}

    mean_motion_rev_day: Array
    eccentricity: Array
    inclination_deg: Array
    raan_deg: Array
    arg_perigee_deg: Array
    mean_anomaly_deg: Array
    status: NDArray[np.int8]
    position_error_km: Array
    velocity_error_km_s: Array


def bstar_from_area_to_mass(area_to_mass_m2_kg: ArrayLike, drag_coefficient: float = 2.2) -> Array:
    """Compute B* from area-to-mass ratios: Cd (A/m) rho_0 / 2.

    This is the physical ballistic coefficient for SGP4's atmosphere, a power law without solar activity. The B* of real
    element sets is fitted so that SGP4 follows the object, and differs from it (docs/clouds.md).

    Parameters
    ----------
    area_to_mass_m2_kg : array_like, any shape
        Area-to-mass ratios in m^2/kg, finite and not negative.
    drag_coefficient : float
        Drag coefficient Cd, above 0.

    Returns
    -------
    Array, shape of area_to_mass_m2_kg
        B* in 1/Earth radii.

    Raises
    ------
    InputError
        If a ratio is negative or not finite, or the coefficient is not above 0.
    """
    ratio = np.asarray(area_to_mass_m2_kg, dtype=np.float64)
    if not (np.isfinite(ratio) & (ratio >= 0.0)).all():
        raise InputError("area_to_mass_m2_kg: expected finite numbers of 0 or more, m^2/kg")
    if not (np.isfinite(drag_coefficient) and drag_coefficient > 0.0):
        raise InputError(f"drag_coefficient: expected a number above 0, got {drag_coefficient!r}")
    return np.asarray(0.5 * drag_coefficient * REFERENCE_DENSITY_KG_M2_ER * ratio)


def mean_elements_from_states(
    position_km: ArrayLike, velocity_km_s: ArrayLike, epoch_jd: ArrayLike, epoch_fraction: ArrayLike
) -> MeanElements:
    """Compute the SGP4 mean elements of n states at their epochs.

    Parameters
    ----------
    position_km, velocity_km_s : array_like, shape (n, 3)
        States in km and km/s, TEME of date.
    epoch_jd, epoch_fraction : array_like, scalar or shape (n,)
        UTC as a split Julian date, one for all states or one per state.

    Returns
    -------
    MeanElements
        One row per state. States without elements are reported by `status`.

    Raises
    ------
    InputError
        If a shape is wrong or a number is not finite.
    """
    state = _checked_states(position_km, velocity_km_s)
    n = state.shape[0]
    jd, fraction = (np.asarray(part, dtype=np.float64) for part in (epoch_jd, epoch_fraction))
    if any(part.shape not in ((), (n,)) for part in (jd, fraction)):
        raise InputError(f"epoch: expected one or ({n},) of them, got {jd.shape} and {fraction.shape}")
    days = np.ascontiguousarray(np.broadcast_to((jd - SGP4_DAY_ZERO_JD) + fraction, (n,)))
    if not np.isfinite(days).all():
        raise InputError("epoch: expected finite Julian dates, got NaN or infinity")

    status = np.zeros(n, dtype=np.int8)
    status[np.linalg.norm(state[:, :3], axis=1) < WGS72_RADIUS_KM] = ElementsStatus.BELOW_GROUND
    status[~two_body.is_bound(state, mu_km3_s2=WGS72_MU_KM3_S2)] = ElementsStatus.UNBOUND
    elements, errors = np.full((n, 6), np.nan), np.full((n, 2), np.nan)
    rows = np.flatnonzero(status == ElementsStatus.OK)
    for start in range(0, rows.size, _CHUNK):
        part = rows[start : start + _CHUNK]
        elements[part], errors[part] = _invert(state[part], days[part])
    far = (errors[rows, 0] > MAX_POSITION_ERROR_KM) | (errors[rows, 1] > MAX_VELOCITY_ERROR_KM_S)
    # An error that is not finite counts as too large.
    status[rows[far | ~np.isfinite(errors[rows]).all(axis=1)]] = ElementsStatus.UNREACHED
    motion, eccentricity, inclination, node, perigee, anomaly = elements.T
    return MeanElements(
        mean_motion_rev_day=motion * (MINUTES_PER_DAY / (2.0 * np.pi)),
        eccentricity=eccentricity,
        inclination_deg=np.rad2deg(inclination),
        raan_deg=np.rad2deg(node),
        arg_perigee_deg=np.rad2deg(perigee),
        mean_anomaly_deg=np.rad2deg(anomaly),
        status=status,
        position_error_km=errors[:, 0],
        velocity_error_km_s=errors[:, 1],
    )


def _checked_states(position_km: ArrayLike, velocity_km_s: ArrayLike) -> Array:
    position, velocity = (np.asarray(part, dtype=np.float64) for part in (position_km, velocity_km_s))
    if position.ndim != 2 or position.shape[1] != 3 or velocity.shape != position.shape:
        raise InputError(
            f"position_km, velocity_km_s: expected (n, 3) both, got {position.shape} and {velocity.shape}"
        )
    state = np.concatenate([position, velocity], axis=1)
    if not np.isfinite(state).all():
        raise InputError("position_km, velocity_km_s: expected finite numbers, got NaN or infinity")
    return state


def _invert(state: Array, days: Array) -> tuple[Array, Array]:
    """(n, 6) elements n rad/min, e, i, node, argument of perigee, mean anomaly, rad; (n, 2) errors km, km/s."""
    target = two_body.equinoctial(state, mu_km3_s2=WGS72_MU_KM3_S2)
    best, error = _fixed_point(target, state, days, keplerian_from_equinoctial(target.elements, target.sense))
    unsolved = np.flatnonzero(_combined_error(error) > _CONVERGED_KM * 10.0)
    if unsolved.size:
        for move in range(_ALTERNATIVES):
            start = _alternative_start(best[unsolved], move)
            retry, retry_error = _newton(target[unsolved], state[unsolved], days[unsolved], start)
            better = _combined_error(retry_error) < _combined_error(error[unsolved])
            best[unsolved[better]], error[unsolved[better]] = retry[better], retry_error[better]
            unsolved = unsolved[_combined_error(error[unsolved]) > _CONVERGED_KM * 10.0]
            if unsolved.size == 0:
                break
    tidy = best.copy()
    tidy[:, 3:] = np.mod(best[:, 3:], 2.0 * np.pi)
    tidy_error = _errors(_states(tidy, days)[0], state)
    # A node below 0 is on another branch of the deep-space periodics: it is kept if a full turn would change the state.
    keep = ~(_combined_error(tidy_error) <= np.maximum(_combined_error(error), _CONVERGED_KM))
    tidy[keep, 3], tidy_error[keep] = best[keep, 3], error[keep]
    return tidy, tidy_error


def _alternative_start(keplerian: Array, alternative: int) -> Array:
    """Elements (n, 6) shifted in one of _ALTERNATIVES ways, because the side of a jump of SGP4 is not known in advance.

    The first is unchanged; then follow elements with the node reduced by one turn; then on either side of the period of
    225 minutes; and with the plane rotated, as the lunar-solar periodics can rotate the plane of a nearly equatorial
    orbit anywhere.
    """
    shifted = keplerian.copy()
    if alternative == 1:
        shifted[:, 3] -= 2.0 * np.pi
    elif alternative in (2, 3):
        shifted[:, 0] *= 1.0 + (3e-4 if alternative == 2 else -3e-4)
    elif alternative > 3:
        turn, tilt = divmod(alternative - 4, 2)
        shifted[:, 2] += tilt * _LUNAR_SOLAR_TILT
        shifted[:, 3] += 2.0 * np.pi * turn / _TURNS
        shifted[:, 4] -= 2.0 * np.pi * turn / _TURNS
    return shifted


def _combined_error(error: Array) -> Array:
    """(n,) position and velocity errors combined, 1 mm/s counting as 1 m; infinite where not finite."""
    return np.asarray(
        np.where(np.isfinite(error).all(axis=1), np.maximum(error[:, 0], 1e3 * error[:, 1]), np.inf)
    )


def _errors(reached: Array, state: Array) -> Array:
    """(n, 2) km, km/s, distances of position and velocity."""
    difference = reached - state
    return np.stack([np.linalg.norm(difference[:, :3], axis=1), np.linalg.norm(difference[:, 3:], axis=1)], 1)


def _fixed_point(
    target: two_body.EquinoctialOrbits, state: Array, days: Array, start: Array
) -> tuple[Array, Array]:
    """Elements corrected by differences of osculating elements while that improves them, and their errors."""
    best, error = start.copy(), np.full((state.shape[0], 2), np.inf)
    mean = target.elements.copy()
    rows, keplerian = np.arange(state.shape[0]), start
    for _ in range(_MAX_ITERATIONS):
        reached, code = _states(keplerian, days[rows])
        current_error = _errors(reached, state[rows])
        better = _combined_error(current_error) < _combined_error(error[rows])
        best[rows[better]], error[rows[better]] = keplerian[better], current_error[better]
        # An error that does not fall is rounding, or a gap.
        active = (
            better
            & (_combined_error(current_error) > _CONVERGED_KM)
            & two_body.is_bound(reached, mu_km3_s2=WGS72_MU_KM3_S2)
        )
        active &= (code == 0) | (code == 6)
        rows, reached = rows[active], reached[active]
        if rows.size == 0:
            break
        sense = target.sense[rows]
        current = two_body.equinoctial(reached, mu_km3_s2=WGS72_MU_KM3_S2, sense=sense)
        difference = target.elements[rows] - current.elements
        difference[:, 5] = np.remainder(difference[:, 5] + np.pi, 2.0 * np.pi) - np.pi
        mean[rows] += difference
        keplerian = keplerian_from_equinoctial(mean[rows], sense, keplerian[active, 3])
    return best, error


def _newton(
    target: two_body.EquinoctialOrbits, state: Array, days: Array, start: Array
) -> tuple[Array, Array]:
    """Newton's method in equinoctial elements with central differences and damped steps; as `_fixed_point`."""
    sense, near = target.sense, start[:, 3]
    mean, error = equinoctial_from_keplerian(start, sense), _errors(_states(start, days)[0], state)
    best = start.copy()
    scale = np.array([1e-6, 1.0, 1.0, 1.0, 1.0, 1.0])
    weight = np.array([1.0, 1.0, 1.0, 1e3, 1e3, 1e3])
    for _ in range(_MAX_NEWTON_ITERATIONS):
        if not (_combined_error(error) > _CONVERGED_KM).any():
            break
        jacobian = np.empty((state.shape[0], 6, 6))
        for k in range(6):
            step = np.zeros(6)
            step[k] = 1e-6 * scale[k]
            ahead, behind = (
                _states(keplerian_from_equinoctial(mean + sign * step, sense, near), days)[0]
                for sign in (1.0, -1.0)
            )
            jacobian[:, :, k] = (ahead - behind) * weight / 2e-6
        residual = (state - _states(best, days)[0]) * weight
        usable = np.isfinite(jacobian).all(axis=(1, 2)) & np.isfinite(residual).all(axis=1)
        step = np.zeros_like(mean)
        step[usable] = np.einsum("nij,nj->ni", np.linalg.pinv(jacobian[usable]), residual[usable]) * scale
        for damping in (1.0, 0.5, 0.1, 0.01):
            trial = keplerian_from_equinoctial(mean + damping * step, sense, near)
            current_error = _errors(_states(trial, days)[0], state)
            better = _combined_error(current_error) < _combined_error(error)
            mean[better] += damping * step[better]
            best[better], error[better] = trial[better], current_error[better]
            step[better] = 0.0
    return best, error


def _states(keplerian: Array, days: Array) -> tuple[Array, NDArray[np.uint8]]:
    """SGP4's states (n, 6) km, km/s and codes (n,) at the epochs of elements (n, 6)."""
    elements = np.concatenate([keplerian, np.zeros((keplerian.shape[0], 1))], axis=1)
    near = kernels.near_earth.near_earth_constants(elements)
    with np.errstate(divide="ignore"):
        deep_rows = np.flatnonzero(2.0 * np.pi / near[:, 22] >= _DEEP_SPACE_MINUTES)
    deep_row = np.full(elements.shape[0], -1, dtype=np.int64)
    deep_row[deep_rows] = np.arange(deep_rows.size)
    # Sidereal time matters only to resonance, which has no effect at the epoch.
    deep = kernels.deep_space.deep_space_constants(
        near[deep_rows], elements[deep_rows], days[deep_rows], np.zeros(deep_rows.size)
    )
    out, codes = np.empty((elements.shape[0], 6)), np.zeros(elements.shape[0], dtype=np.uint8)
    kernels.epoch_states.epoch_states(near, elements, deep_row, deep, out, codes)
    return out, codes
