"""Errors of element sets as errors of the orbit, calibrated by comparing element sets with later ones of the same
object.

Sources
- Coefficients: `data/calibrated-2020.json`, fitted by `benchmarks/covariance_calibration/fit.py` to half of the objects
  in CelesTrak's SOCRATES of December 2020 (element sets compared with later ones, Osweiler 2006). Tests and limits:
  docs/covariance.md.
- Drag: the secular term 3/2 C1 t^2 of SGP4's mean anomaly, C1 = B* C2, Hoots & Roehrich (1980), Spacetrack Report #3.

Method. Five errors of a near-circular orbit of radius a, each with a zero mean, independent, at argument of latitude u:

| error | in R | in T | in N | growth of sigma with age t |
|---|---|---|---|---|
| X, Y: a times that of the eccentricity vector | -X cos u - Y sin u | 2 X sin u - 2 Y cos u | | linear |
| L: along-track | -4 L / (3 n t), by drag | L | | linear, and D^p (t, t^2) |
| W, I: a times those of node (times sin i) and inclination | | | -W cos u + I sin u | linear |

D is the distance in km by which drag moves the object ahead of itself on the first day, from its own B*. A fitted B*
follows the density of the air, and with it the activity of the Sun at the date; the model must account for the relative
error of D. X and W are mostly the terms that SGP4 lacks: nearly the same for all objects of an inclination.

Assumptions and uncertainties
- The model describes the scatter of element sets, not their distance from the truth: an error shared by all sets of an
  object is not included.
- The data cover one month near solar minimum. The 22 years of the ISS (D of 0.6 to 20 km) support the dependence on D
  to within a factor of two.
- Tails are heavier than a Gaussian's. Sigma is the geometric mean of the 68.27 % quantile and half of the 95.45 %
  quantile, within the 66 % and the 74 % quantile: this brings the coverage of one and two sigma as close to a
  Gaussian's as a single number can.
- Retrograde orbits are treated as prograde orbits with 180 deg - i (measured to be the same).
- Where no pairs were available (eccentricity of 0.1 and above, perigee above 3,000 km) the errors are those published
  by Flohrer et al. (2008), growing as under a quiet Sun (`published_errors`).
- Without B*, a drag typical of debris at that perigee in December 2020 is assumed.
- The covariance is straight: the curvature of the orbit, T^2 / 2a, is not included in R.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import MINUTES_PER_DAY, SECONDS_PER_DAY, WGS72_RADIUS_KM
from debrissim.uncertainty.aged_element_sets import AgedElementSets
from debrissim.uncertainty.published_errors import QUIET, flohrer_epoch_sigma_km, flohrer_with_growth

TABLE = "calibrated-2020.json"
MAX_ECCENTRICITY = 0.1
MAX_PERIGEE_KM = 3000.0
REFERENCE_ALTITUDE_KM = 700.0
# Below this age, the relation between the along-track and radial errors due to drag is taken at this age.
_SHORTEST_DRAG_DAYS = 0.25
# Constants of SGP4: altitudes q_0 and s, km.
_Q0_KM, _S_KM = 120.0, 78.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """Coefficients of the model; B behaviours, K inclinations, H altitudes, four errors X, Y, W, I.

    | field                     | shape  | unit                                                                     |
    |---------------------------|--------|--------------------------------------------------------------------------|
    | inclination_deg           | (K,)   | deg, folded into 0 to 90, ascending; linear between, constant beyond      |
    | rate_km_day               | (K, 4) | km/day of X, Y, W, I at `REFERENCE_ALTITUDE_KM`                          |
    | scale_height_km           | (4,)   | km, of the exponential fall of the rates with perigee                    |
    | floor_km                  | (4,)   | km, at epoch                                                             |
    | plane_factor              | (B, 2) | on X and Y, on W and I, by behaviour                                     |
    | plane_altitude_factor     | (H, 2) | the same by perigee; geometric between, constant beyond                  |
    | along_floor_km            | (B,)   | km, at epoch                                                             |
    | along_rate_km_day         | (B,)   | km/day                                                                   |
    | drag_linear, drag_square  | (B,)   | on D^p t and D^p t^2, D in km                                            |
    | drag_power                | (B,)   | p                                                                        |
    | min_drag_km               | (B,)   | km, added to D in quadrature                                             |
    | altitude_km               | (H,)   | km, ascending                                                            |
    | along_factor              | (B, H) | on L by behaviour and perigee; geometric between, constant beyond         |
    | tail_factor               | (B, 3) | on X and Y, on W and I, and on L: sigma whose double holds 95.45 %       |
    | typical_drag_km           | (H,)   | km, D of debris without B*, by perigee; geometric between                |
    """

    inclination_deg: Array
    rate_km_day: Array
    scale_height_km: Array
    floor_km: Array
    plane_factor: Array
    plane_altitude_factor: Array
    along_floor_km: Array
    along_rate_km_day: Array
    drag_linear: Array
    drag_square: Array
    drag_power: Array
    min_drag_km: Array
    altitude_km: Array
    along_factor: Array
    tail_factor: Array
    typical_drag_km: Array


@cache
def bundled_calibration() -> Calibration:
    """The coefficients that come with the package."""
    text = resources.files("debrissim.uncertainty").joinpath("data", TABLE).read_text(encoding="utf-8")
    table = json.loads(text)["coefficients"]
    return Calibration(
        **{field.name: np.asarray(table[field.name], dtype=np.float64) for field in fields(Calibration)}
    )


def drag_displacement_km(sets: AgedElementSets) -> Array:
    """(m,) km: the distance by which drag, according to B*, moves an object along its track in the first day; NaN
    without B*. It grows with the square of time: 3/2 a n C1 t^2 of SGP4.
    """
    perigee = sets.perigee_altitude_km
    s_km = np.where(perigee < 156.0, np.where(perigee < 98.0, 20.0, perigee - _S_KM), _S_KM)
    axis = sets.semi_major_axis_km / WGS72_RADIUS_KM
    e = sets.eccentricity
    inverse = 1.0 / np.maximum(axis - 1.0 - s_km / WGS72_RADIUS_KM, 1e-4)
    eta = axis * e * inverse
    rate = sets.mean_motion_rad_s * SECONDS_PER_DAY / MINUTES_PER_DAY
    c2 = ((_Q0_KM - s_km) / WGS72_RADIUS_KM) ** 4 * inverse**4 * rate
    c2 *= axis * (1.0 + 1.5 * eta**2 + e * eta * (4.0 + eta**2)) / np.abs(1.0 - eta**2) ** 3.5
    return np.asarray(1.5 * sets.semi_major_axis_km * sets.bstar * c2 * rate * MINUTES_PER_DAY**2)


def element_sigmas_km(table: Calibration, sets: AgedElementSets) -> tuple[Array, Array]:
    """Compute the standard deviations of the errors of the orbit.

    Parameters
    ----------
    table : Calibration
        Coefficients.
    sets : AgedElementSets
        m element sets.

    Returns
    -------
    errors : (m, 4), km
        X, Y, W, I.
    along : (m,), km
        L, limited to its value for an object that may be anywhere on its orbit.
    """
    b = sets.behaviour
    days = np.abs(sets.age_days)[:, None]
    folded = np.minimum(sets.inclination_deg, 180.0 - sets.inclination_deg)
    rate = np.stack(
        [np.interp(folded, table.inclination_deg, column) for column in table.rate_km_day.T], axis=1
    )
    height = np.clip(sets.perigee_altitude_km, table.altitude_km[0], table.altitude_km[-1])
    fall = np.exp((REFERENCE_ALTITUDE_KM - height[:, None]) / table.scale_height_km)
    factor = table.plane_factor[b] * _geometric(height, table.altitude_km, table.plane_altitude_factor.T)
    errors = np.repeat(factor, 2, axis=1) * np.hypot(table.floor_km, rate * fall * days)

    t = days[:, 0]
    drag = np.hypot(_drag_km(table, sets, height), table.min_drag_km[b]) ** table.drag_power[b]
    along = np.sqrt(
        table.along_floor_km[b] ** 2
        + (table.along_rate_km_day[b] * t) ** 2
        + (table.drag_linear[b] * drag * t) ** 2
        + (table.drag_square[b] * drag * t**2) ** 2
    )
    factor = _geometric(height, table.altitude_km, table.along_factor)[np.arange(t.size), b]
    anywhere = np.pi * sets.semi_major_axis_km / np.sqrt(3.0)
    return errors, np.minimum(factor * along, anywhere)


def compose_covariance_km2(sets: AgedElementSets, errors_km: Array, along_km: Array) -> Array:
    """(m, 3, 3) km^2 in RTN of errors of the orbit X, Y, W, I (m, 4) km and L (m,) km, where the objects are."""
    u = np.radians(sets.argument_of_latitude_deg)
    cos, sin = np.cos(u), np.sin(u)
    age = np.where(sets.age_days < 0.0, -1.0, 1.0) * np.maximum(np.abs(sets.age_days), _SHORTEST_DRAG_DAYS)
    radial = -4.0 / (3.0 * sets.mean_motion_rad_s * SECONDS_PER_DAY * age)
    zero = np.zeros_like(u)
    # Columns X, Y, W, I, L; rows R, T, N.
    effect = np.stack(
        [
            np.stack([-cos, -sin, zero, zero, radial], axis=-1),
            np.stack([2.0 * sin, -2.0 * cos, zero, zero, np.ones_like(u)], axis=-1),
            np.stack([zero, zero, -cos, sin, zero], axis=-1),
        ],
        axis=1,
    )
    scaled = effect * np.concatenate([errors_km, along_km[:, None]], axis=1)[:, None, :]
    return np.asarray(scaled @ np.swapaxes(scaled, 1, 2))


def calibrated_covariance_km2(
    sets: AgedElementSets, table: Calibration | None = None, scale: Array | None = None
) -> Array:
    """Compute the position covariances of element sets in their own RTN.

    Parameters
    ----------
    sets : AgedElementSets
        m element sets.
    table : Calibration, optional
        Coefficients; by default those of the package.
    scale : (m, 5), optional
        Factors on the sigmas of X, Y, W, I and L, as from `own_scale`; the published errors used elsewhere are not
        scaled.

    Returns
    -------
    (m, 3, 3) km^2.
    """
    errors, along = element_sigmas_km(bundled_calibration() if table is None else table, sets)
    if scale is not None:
        errors, along = scale[:, :4] * errors, scale[:, 4] * along
    covariance = compose_covariance_km2(sets, errors, along)
    outside = ~within_calibration(sets)
    if outside.any():
        sigma = flohrer_with_growth(QUIET)(
            sets.perigee_altitude_km[outside],
            sets.eccentricity[outside],
            sets.inclination_deg[outside],
            sets.age_days[outside],
        )
        covariance[outside] = sigma[:, :, None] * np.eye(3) * sigma[:, None, :]
    return covariance


def wide_covariance_km2(sets: AgedElementSets) -> Array:
    """Compute the covariances whose two-sigma ranges, not the one-sigma ranges, contain the same fraction as a
    Gaussian's.

    Parameters
    ----------
    sets : AgedElementSets
        m element sets.

    Returns
    -------
    (m, 3, 3) km^2.
    """
    table = bundled_calibration()
    return calibrated_covariance_km2(sets, table, table.tail_factor[sets.behaviour][:, (0, 0, 1, 1, 2)])


def common_error_km2(sets: AgedElementSets) -> Array:
    """Compute the covariances of the error that all sets of an object have in common.

    Differences between sets cannot reveal it: the error of SGP4 itself is the same in both. It is taken to be the
    published error at epoch (Flohrer et al. 2008, Table 2), where the scatter does not already contain it.

    Parameters
    ----------
    sets : AgedElementSets
        m element sets.

    Returns
    -------
    (m, 3, 3) km^2.
    """
    common = flohrer_epoch_sigma_km(sets.perigee_altitude_km, sets.eccentricity, sets.inclination_deg)
    # Outside the calibration, the published errors already contain the error at epoch and its growth.
    common[~within_calibration(sets)] = 0.0
    return np.asarray(common[:, :, None] ** 2 * np.eye(3))


def with_common_error_km2(sets: AgedElementSets) -> Array:
    """(m, 3, 3) km^2: the covariances of the scatter and of the common error."""
    return calibrated_covariance_km2(sets) + common_error_km2(sets)


def within_calibration(sets: AgedElementSets) -> NDArray[np.bool_]:
    """(m,) bool, whether the orbits are among those to which the coefficients were fitted."""
    return np.asarray((sets.eccentricity < MAX_ECCENTRICITY) & (sets.perigee_altitude_km < MAX_PERIGEE_KM))


def _drag_km(table: Calibration, sets: AgedElementSets, height_km: Array) -> Array:
    typical = _geometric(height_km, table.altitude_km, table.typical_drag_km[None])[:, 0]
    drag = np.abs(drag_displacement_km(sets))
    return np.where(np.isnan(drag), typical, drag)


def _geometric(height_km: Array, altitude_km: Array, values: Array) -> Array:
    """(m, c) at heights (m,), of positive values (c, H) at altitudes (H,)."""
    return np.stack([np.exp(np.interp(height_km, altitude_km, np.log(column))) for column in values], axis=1)
