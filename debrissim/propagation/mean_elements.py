"""From a state to the SGP4 mean elements that pass through it at their epoch: SGP4 turned round.

Source: the fixed point of Walter (1967), "Conversion of osculating orbital elements into mean elements",
Astronomical Journal 72, 994: the mean elements are corrected by what the osculating elements of their own SGP4 state
lack of those wanted, until nothing lacks. SGP4: Hoots & Roehrich (1980), Spacetrack Report #3; Vallado et al. (2006),
"Revisiting Spacetrack Report #3", AIAA 2006-6753 (WGS-72, mode i). Where the fixed point does not contract: Newton's
method with differences.

Assumptions
- One state gives six numbers, the six elements. B* does nothing at the epoch itself, near the Earth and in deep space
  (every drag term has a factor of time), and is given beside.
- Differences are taken in equinoctial elements (Broucke & Cefola 1972, `two_body`), which circular and equatorial
  orbits leave smooth; retrograde orbits near the equator take their mirror image.
- SGP4 is not onto. It leaves gaps where it jumps: between its near-Earth and its deep-space half at a period of 225
  minutes; in deep space at a perturbed inclination of 0.2 rad, where the periodics of the node change their formulae,
  below that at a node of 0; near an inclination of 180 degrees, where it divides by 1 + cos i; and a mean eccentricity
  below 1e-6 is 1e-6 to it. A state in a gap is the image of no
  element set: the nearest found is returned with its errors, and with a status where these exceed a metre or a
  millimetre a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import MINUTES_PER_DAY, SGP4_DAY_ZERO_JD, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.propagation import two_body
from debrissim.propagation.element_conversions import equinoctial_from_keplerian, keplerian_from_equinoctial
from debrissim.propagation.kernels.deep_space import deep_space_constants
from debrissim.propagation.kernels.epoch_states import epoch_states
from debrissim.propagation.kernels.near_earth import near_earth_constants

MAX_POSITION_ERROR_KM = 1e-3
MAX_VELOCITY_ERROR_KM_S = 1e-6

# Reference density of SGP4's atmosphere, kg/m^2 per Earth radius: 2.461e-5 times the radius in km (Hoots & Roehrich
# 1980, section 12: rho_0 = 2.461e-5 XKMPER kg/m^2/ER; Vallado 2013, "Fundamentals", 2-116: 1/BC = 12.741621 B*).
REFERENCE_DENSITY_KG_M2_ER = 2.461e-5 * WGS72_RADIUS_KM

_DEEP_SPACE_MINUTES = 225.0
# Cosine of the inclination below which the mirror image is taken, as `two_body` does.
_RETROGRADE = -0.985
_MAX_ITERATIONS = 40
_MAX_NEWTON_ITERATIONS = 20
# Good enough to stop: far below what is asked for, above what rounding leaves.
_CONVERGED_KM = 1e-7
_CHUNK = 20_000
# Size of the lunar-solar periodics of the inclination, rad, and the directions tried for planes as flat as that.
_LUNAR_SOLAR_TILT, _TURNS = 7e-4, 8
_ALTERNATIVES = 4 + 2 * _TURNS


class ElementsStatus(IntEnum):
    """What became of a state."""

    OK = 0
    UNBOUND = 1
    BELOW_GROUND = 2
    UNREACHED = 3

    @property
    def reason(self) -> str:
        """Why there are no elements, in words."""
        return _REASONS[self]


_REASONS = {
    ElementsStatus.OK: "SGP4 passes through the state",
    ElementsStatus.UNBOUND: "on no ellipse: it leaves the Earth, or falls straight",
    ElementsStatus.BELOW_GROUND: "already below the Earth's surface as SGP4 knows it",
    ElementsStatus.UNREACHED: "SGP4 has no element set within a metre and a millimetre a second of the state",
}


@dataclass(frozen=True, eq=False)
class MeanElements:
    """SGP4 mean elements of n states at their epochs, in the units of `Catalog`, all (n,).

    status: `ElementsStatus`; the elements of UNREACHED are the nearest found, those of UNBOUND and BELOW_GROUND NaN.
    position_error_km, velocity_error_km_s: how far SGP4's state at the epoch is from the one given; NaN as above.
    """

    mean_motion_rev_day: Array
    eccentricity: Array
    inclination_deg: Array
    raan_deg: Array
    arg_perigee_deg: Array
    mean_anomaly_deg: Array
    status: NDArray[np.int8]
    position_error_km: Array
    velocity_error_km_s: Array

    def __len__(self) -> int:
        return int(self.status.shape[0])


def bstar_from_area_to_mass(area_to_mass_m2_kg: ArrayLike, drag_coefficient: float = 2.2) -> Array:
    """B* (1/Earth radii) of objects by their area-to-mass ratio: Cd (A/m) rho_0 / 2.

    A physical ballistic coefficient as SGP4's atmosphere has it, a power law that knows no solar activity: B* of real
    element sets is what makes SGP4 follow the object, and differs (docs/clouds.md).

    Raises InputError where the ratio is negative or no number, or the coefficient is not above 0.
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
    """The element sets with which SGP4 passes through n states at their epochs.

    Parameters
    ----------
    position_km, velocity_km_s : (n, 3), TEME of date
    epoch_jd, epoch_fraction : UTC as a split Julian date, one for all or (n,)

    Raises InputError where shapes are wrong or a number is not finite. What cannot be done is told by the status.
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
    # Not "<=": an error that is no number is too large as well.
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
    wanted = two_body.equinoctial(state, mu_km3_s2=WGS72_MU_KM3_S2)
    best, error = _fixed_point(wanted, state, days, keplerian_from_equinoctial(wanted.elements, wanted.sense))
    left = np.flatnonzero(_combined_error(error) > _CONVERGED_KM * 10.0)
    if left.size:
        for move in range(_ALTERNATIVES):
            start = _alternative_start(best[left], move)
            again, again_error = _newton(wanted[left], state[left], days[left], start)
            better = _combined_error(again_error) < _combined_error(error[left])
            best[left[better]], error[left[better]] = again[better], again_error[better]
            left = left[_combined_error(error[left]) > _CONVERGED_KM * 10.0]
            if left.size == 0:
                break
    tidy = best.copy()
    tidy[:, 3:] = np.mod(best[:, 3:], 2.0 * np.pi)
    tidy_error = _errors(_states(tidy, days)[0], state)
    # A node below 0 is another branch of the deep-space periodics: it stays where a turn would spoil the state.
    keep = ~(_combined_error(tidy_error) <= np.maximum(_combined_error(error), _CONVERGED_KM))
    tidy[keep, 3], tidy_error[keep] = best[keep, 3], error[keep]
    return tidy, tidy_error


def _alternative_start(keplerian: Array, move: int) -> Array:
    """Elements (n, 6) set aside in one of _MOVES ways: on which side of a jump of SGP4 a state lies, nothing tells.

    First as they are; then the node on the turn before; to either side of the period of 225 minutes; and, as the
    lunar-solar periodics of an orbit almost in the equator may turn its plane anywhere, with the plane turned.
    """
    moved = keplerian.copy()
    if move == 1:
        moved[:, 3] -= 2.0 * np.pi
    elif move in (2, 3):
        moved[:, 0] *= 1.0 + (3e-4 if move == 2 else -3e-4)
    elif move > 3:
        turn, tilt = divmod(move - 4, 2)
        moved[:, 2] += tilt * _LUNAR_SOLAR_TILT
        moved[:, 3] += 2.0 * np.pi * turn / _TURNS
        moved[:, 4] -= 2.0 * np.pi * turn / _TURNS
    return moved


def _combined_error(error: Array) -> Array:
    """(n,) position and velocity errors as one, a millimetre a second beside a metre; infinite where unknown."""
    return np.asarray(
        np.where(np.isfinite(error).all(axis=1), np.maximum(error[:, 0], 1e3 * error[:, 1]), np.inf)
    )


def _errors(found: Array, state: Array) -> Array:
    difference = found - state
    return np.stack([np.linalg.norm(difference[:, :3], axis=1), np.linalg.norm(difference[:, 3:], axis=1)], 1)


def _fixed_point(
    wanted: two_body.EquinoctialOrbits, state: Array, days: Array, start: Array
) -> tuple[Array, Array]:
    """Elements corrected by what their osculating elements lack, for as long as that helps; and their errors."""
    best, error = start.copy(), np.full((state.shape[0], 2), np.inf)
    mean = wanted.elements.copy()
    rows, keplerian = np.arange(state.shape[0]), start
    for _ in range(_MAX_ITERATIONS):
        found, code = _states(keplerian, days[rows])
        now = _errors(found, state[rows])
        better = _combined_error(now) < _combined_error(error[rows])
        best[rows[better]], error[rows[better]] = keplerian[better], now[better]
        # Twice the same error is rounding, or a gap.
        going = (
            better
            & (_combined_error(now) > _CONVERGED_KM)
            & two_body.is_bound(found, mu_km3_s2=WGS72_MU_KM3_S2)
        )
        going &= (code == 0) | (code == 6)
        rows, found = rows[going], found[going]
        if rows.size == 0:
            break
        sense = wanted.sense[rows]
        has = two_body.equinoctial(found, mu_km3_s2=WGS72_MU_KM3_S2, sense=sense)
        lack = wanted.elements[rows] - has.elements
        lack[:, 5] = np.remainder(lack[:, 5] + np.pi, 2.0 * np.pi) - np.pi
        mean[rows] += lack
        keplerian = keplerian_from_equinoctial(mean[rows], sense, keplerian[going, 3])
    return best, error


def _newton(
    wanted: two_body.EquinoctialOrbits, state: Array, days: Array, start: Array
) -> tuple[Array, Array]:
    """Newton's method in equinoctial elements with central differences, halved steps; as `_fixed_point`."""
    sense, near = wanted.sense, start[:, 3]
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
        for share in (1.0, 0.5, 0.1, 0.01):
            trial = keplerian_from_equinoctial(mean + share * step, sense, near)
            now = _errors(_states(trial, days)[0], state)
            better = _combined_error(now) < _combined_error(error)
            mean[better] += share * step[better]
            best[better], error[better] = trial[better], now[better]
            step[better] = 0.0
    return best, error


def _states(keplerian: Array, days: Array) -> tuple[Array, NDArray[np.uint8]]:
    """SGP4's states (n, 6) km, km/s and codes (n,) at the epochs of elements (n, 6)."""
    elements = np.concatenate([keplerian, np.zeros((keplerian.shape[0], 1))], axis=1)
    near = near_earth_constants(elements)
    with np.errstate(divide="ignore"):
        deep_rows = np.flatnonzero(2.0 * np.pi / near[:, 22] >= _DEEP_SPACE_MINUTES)
    deep_row = np.full(elements.shape[0], -1, dtype=np.int64)
    deep_row[deep_rows] = np.arange(deep_rows.size)
    # Sidereal time matters to resonance alone, and resonance not at the epoch.
    deep = deep_space_constants(
        near[deep_rows], elements[deep_rows], days[deep_rows], np.zeros(deep_rows.size)
    )
    out, codes = np.empty((elements.shape[0], 6)), np.zeros(elements.shape[0], dtype=np.uint8)
    epoch_states(near, elements, deep_row, deep, out, codes)
    return out, codes
