"""Errors of element sets: modelled position covariances by regime and age, always labelled as modelled.

Sources
- Epoch: Flohrer, Krag & Klinkrad (2008), "Assessment and Categorization of TLE Orbit Errors for the US SSN
  Catalogue", AMOS, Table 2 (1 sigma of radial, along-track and cross-track by eccentricity, perigee
  altitude and inclination).
- Growth above the drag: Levit & Marshall (2011), "Improved orbit predictions using two-line elements",
  Advances in Space Research 47, 1107-1115: 1.5 km/day along-track.
- Growth with drag: the ISS against itself, older element sets propagated to newer epochs (37,424 of them,
  robust sigma), along-track a t + b t^2 fitted for each year; years of three solar activities are taken.
- Shape only: SOCRATES (CelesTrak), 100/300/100 m.

Assumptions and uncertainties
- Diagonal in the object's own RTN. Real errors correlate radial with along-track.
- Epoch and growth errors are independent (quadrature sum); growth depends on |age| alone.
- The quadratic term, a mismodelled drag, follows the air density at perigee: exp(-(h - h_ISS)/65 km), down
  to 200 km. 65 km is about the scale height between 400 and 600 km. The ISS's own b, 5.5 times larger at
  349 km (2009) than at 419 km (2020) near the same solar minimum, agrees in order of magnitude (3).
  Ballistic coefficients differ between objects by factors of ten, and with them this term; perigee density
  overstates it for eccentric orbits.
- The linear terms go from the ISS's to Levit & Marshall's with the same factor. Above the drag, radial and
  normal growth are the quiet-Sun ISS's: an extrapolation, for want of a source.
- ISS radial growth is fitted to the first three days: later its measured radial difference is the
  along-track error falling below the tangent (T^2/2a, 2.7 km at 7 days in 2014), a curvature, not an
  uncertainty of the radius.
- Reboosts and manoeuvres are not included: with them the ISS's 90th percentile at 3 days is 65 to 766 km.
- Along-track sigma is limited to that of an object anywhere on its orbit (2 pi a / sqrt 12).
- Table 2 has no cell for e < 0.1 above 25,000 km at i >= 30 deg (the i < 30 cell is taken) nor for e >= 0.1
  above 25,000 km at i >= 60 deg (the 30-60 cell is taken).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.registry import Registry

DEFAULT_MODEL = "flohrer-2008+growth"
FIXED_MODEL = "fixed"

# R, T, N in m by [eccentricity: < 0.1, >= 0.1][perigee km: < 800, 800-25000, >= 25000][inclination deg: < 30,
# 30-60, >= 60]; the repeated triples fill the cells the table lacks.
_FLOHRER_M = np.array(
    [
        [
            [(67, 118, 75), (107, 308, 169), (115, 517, 137)],
            [(191, 256, 203), (71, 228, 95), (91, 428, 114)],
            [(357, 432, 83), (357, 432, 83), (357, 432, 83)],
        ],
        [
            [(2252, 4270, 1421), (629, 909, 2057), (494, 814, 1337)],
            [(1748, 3119, 971), (1832, 1878, 1454), (529, 817, 1570)],
            [(402, 418, 83), (4712, 6223, 1208), (4712, 6223, 1208)],
        ],
    ],
    dtype=np.float64,
)
_DENSITY_SCALE_HEIGHT_KM = 65.0
_LOWEST_PERIGEE_KM = 200.0


@dataclass(frozen=True)
class Growth:
    """The growth of sigma with age of one solar activity: linear rates (R, T, N) and the along-track
    quadratic term.
    """

    linear_km_day: tuple[float, float, float]
    quadratic_km_day2: float
    reference_altitude_km: float


# The years' mean ISS altitudes are those of the element sets the growth was measured on.
_QUIET = Growth((0.050, 1.257, 0.140), 0.356, 419.0)  # 2020
_MODERATE = Growth((0.075, 1.588, 0.130), 2.769, 415.0)  # 2014
_ACTIVE = Growth((0.115, 2.787, 0.190), 3.494, 390.0)  # 2002
_ABOVE_DRAG_KM_DAY = (0.050, 1.500, 0.140)

SigmaFunction: TypeAlias = Callable[[Array, Array, Array, Array], Array]
"""(perigee altitude km, eccentricity, inclination deg, age days), each (m,) -> sigma R, T, N (m, 3) km."""


@dataclass(frozen=True)
class ElementSetErrorModel:
    """A named model. `label` accompanies every number computed with it; `source` and `warning` go to the reports."""

    name: str
    label: str
    source: str
    warning: str
    sigma: SigmaFunction

    def sigma_rtn_km(
        self,
        perigee_altitude_km: ArrayLike,
        eccentricity: ArrayLike,
        inclination_deg: ArrayLike,
        age_days: ArrayLike,
    ) -> Array:
        """Compute standard deviations of position of element sets of a given age.

        Parameters
        ----------
        perigee_altitude_km : scalar or (m,), km
            Altitude of perigee.
        eccentricity : scalar or (m,)
            At least 0 and below 1.
        inclination_deg : scalar or (m,), deg
            Inclination.
        age_days : scalar or (m,), days
            Age; signed, its size counts.

        Returns
        -------
        (m, 3) km, along R, T, N.

        Raises
        ------
        InputError
            Where a number is not finite or an orbit is not an ellipse.
        """
        columns = np.broadcast_arrays(
            *(
                np.atleast_1d(np.asarray(column, dtype=np.float64))
                for column in (perigee_altitude_km, eccentricity, inclination_deg, age_days)
            )
        )
        for name, column in zip(
            ("perigee_altitude_km", "eccentricity", "inclination_deg", "age_days"), columns, strict=True
        ):
            if not np.isfinite(column).all():
                raise InputError(f"{name}: expected finite numbers, got {column[~np.isfinite(column)][0]}")
        if ((columns[1] < 0.0) | (columns[1] >= 1.0)).any():
            raise InputError("eccentricity: expected 0 <= e < 1")
        return self.sigma(*columns)

    def covariance_rtn_km2(
        self,
        perigee_altitude_km: ArrayLike,
        eccentricity: ArrayLike,
        inclination_deg: ArrayLike,
        age_days: ArrayLike,
        *,
        sigma_factor: float = 1.0,
    ) -> Array:
        """Compute diagonal position covariances of element sets of a given age.

        Parameters
        ----------
        perigee_altitude_km, eccentricity, inclination_deg, age_days : scalar or (m,)
            As for `sigma_rtn_km`.
        sigma_factor : float
            Multiplies every standard deviation (the scenario's factor for this role, primary or secondary), > 0.

        Returns
        -------
        (m, 3, 3) km^2, in each object's own RTN.

        Raises
        ------
        InputError
            As `sigma_rtn_km`, and for a factor that is not positive and finite.
        """
        if not (np.isfinite(sigma_factor) and sigma_factor > 0.0):
            raise InputError(f"sigma_factor: expected a finite number > 0, got {sigma_factor}")
        sigma = sigma_factor * self.sigma_rtn_km(perigee_altitude_km, eccentricity, inclination_deg, age_days)
        covariance = np.zeros((sigma.shape[0], 3, 3))
        covariance[:, (0, 1, 2), (0, 1, 2)] = sigma**2
        return covariance


def flohrer_epoch_sigma_km(perigee_altitude_km: Array, eccentricity: Array, inclination_deg: Array) -> Array:
    """(m, 3) km: Table 2 of Flohrer et al. 2008, R T N at epoch; intervals are closed below and open
    above.
    """
    e = (eccentricity >= 0.1).astype(np.intp)
    h = np.digitize(perigee_altitude_km, (800.0, 25000.0))
    i = np.digitize(inclination_deg, (30.0, 60.0))
    return np.asarray(_FLOHRER_M[e, h, i] / 1000.0)


def growth_sigma_km(
    growth: Growth, perigee_altitude_km: Array, eccentricity: Array, age_days: Array
) -> Array:
    """(m, 3) km: the growth with age, R T N, to be summed in quadrature with the error at epoch."""
    height = np.maximum(perigee_altitude_km, _LOWEST_PERIGEE_KM)
    # Clipped far above any drag, where the exponential would underflow.
    density = np.exp(np.clip((growth.reference_altitude_km - height) / _DENSITY_SCALE_HEIGHT_KM, -50.0, None))
    fraction = np.minimum(density, 1.0)[:, None]
    days = np.abs(age_days)
    rate = fraction * np.asarray(growth.linear_km_day) + (1.0 - fraction) * np.asarray(_ABOVE_DRAG_KM_DAY)
    sigma = rate * days[:, None]
    sigma[:, 1] += growth.quadratic_km_day2 * density * days**2
    semi_major_axis = (WGS72_RADIUS_KM + perigee_altitude_km) / (1.0 - eccentricity)
    anywhere = np.pi * np.abs(semi_major_axis) / np.sqrt(3.0)
    sigma[:, 1] = np.minimum(sigma[:, 1], anywhere)
    return np.asarray(sigma)


def _flohrer(perigee: Array, eccentricity: Array, inclination: Array, _age: Array) -> Array:
    return flohrer_epoch_sigma_km(perigee, eccentricity, inclination)


def _with_growth(growth: Growth) -> SigmaFunction:
    def sigma(perigee: Array, eccentricity: Array, inclination: Array, age: Array) -> Array:
        epoch = flohrer_epoch_sigma_km(perigee, eccentricity, inclination)
        return np.asarray(np.hypot(epoch, growth_sigma_km(growth, perigee, eccentricity, age)))

    return sigma


def _constant(sigma_rtn_km: tuple[float, float, float]) -> SigmaFunction:
    def sigma(perigee: Array, _eccentricity: Array, _inclination: Array, _age: Array) -> Array:
        return np.tile(np.asarray(sigma_rtn_km, dtype=np.float64), (perigee.shape[0], 1))

    return sigma


def fixed_model(sigma_rtn_km: tuple[float, float, float]) -> ElementSetErrorModel:
    """The caller's own standard deviations (R, T, N) in km for every object and age, each > 0."""
    if len(sigma_rtn_km) != 3 or not all(np.isfinite(s) and s > 0.0 for s in sigma_rtn_km):
        raise InputError(f"sigma_rtn_km: expected three finite numbers > 0 (R, T, N), got {sigma_rtn_km}")
    shown = "/".join(f"{1000.0 * s:g}" for s in sigma_rtn_km)
    return replace(_FIXED, label=f"{_FIXED.label} {shown} m (R/T/N)", sigma=_constant(sigma_rtn_km))


def _growth_model(name: str, growth: Growth, when: str) -> ElementSetErrorModel:
    return ElementSetErrorModel(
        name=name,
        label=f"modelled, not measured: Flohrer 2008 at epoch, growing with age ({when})",
        source=(
            "epoch: Flohrer, Krag & Klinkrad 2008, Table 2; growth: ISS element sets against each other "
            f"({when}), scaled with air density at perigee; 1.5 km/day along-track above the drag, "
            "Levit & Marshall 2011"
        ),
        warning=(
            "A class average by regime and age, not this object's covariance: true errors differ by factors "
            "of several, growth by ten with solar activity and ballistic coefficient, and manoeuvres are not "
            "in it. Read Pc together with the maximum probability and the dilution flag."
        ),
        sigma=_with_growth(growth),
    )


_NO_SIGMAS = "fixed_sigma_rtn_km: expected three sigmas (R, T, N) in km for the model 'fixed', got none"


def _no_sigmas(_perigee: Array, _eccentricity: Array, _inclination: Array, _age: Array) -> Array:
    raise InputError(_NO_SIGMAS)


_FIXED = ElementSetErrorModel(
    name=FIXED_MODEL,
    label="modelled, not measured: fixed",
    source="the scenario",
    warning="One size of error for every object, orbit and age: Pc is only as good as that number.",
    sigma=_no_sigmas,
)

MODELS: Registry[ElementSetErrorModel] = Registry(
    "covariance model",
    (
        _growth_model(DEFAULT_MODEL, _MODERATE, "moderate Sun, as in 2014"),
        _growth_model(f"{DEFAULT_MODEL}-quiet", _QUIET, "quiet Sun, as in 2020"),
        _growth_model(f"{DEFAULT_MODEL}-active", _ACTIVE, "active Sun, as in 2002"),
        ElementSetErrorModel(
            name="flohrer-2008",
            label="modelled, not measured: Flohrer 2008 at epoch, no growth",
            source="Flohrer, Krag & Klinkrad 2008, Table 2",
            warning=(
                "The error at the element set's epoch, whatever its age: after a day the true along-track error "
                "is kilometres, so Pc of small misses is too high and of large ones too low."
            ),
            sigma=_flohrer,
        ),
        ElementSetErrorModel(
            name="socrates",
            label="modelled, not measured: SOCRATES shape, 100/300/100 m (R/T/N)",
            source="SOCRATES (CelesTrak), shape of the covariance only",
            warning="Only the shape has a source: use the maximum probability, not Pc.",
            sigma=_constant((0.1, 0.3, 0.1)),
        ),
        _FIXED,
    ),
)
"""Models by name. A new one is a value here; `fixed` needs the caller's standard deviations (`fixed_model`)."""


def get_covariance_model(
    name: str, *, fixed_sigma_rtn_km: tuple[float, float, float] | None = None
) -> ElementSetErrorModel:
    """Get the covariance model of a name.

    Parameters
    ----------
    name : str
        Name of the model.
    fixed_sigma_rtn_km : (float, float, float), km, optional
        Standard deviations along R, T, N, each > 0, that the model "fixed" needs.

    Raises
    ------
    InputError
        For an unknown name, listing the names, and for "fixed" without standard deviations.
    """
    if name != FIXED_MODEL:
        return MODELS[name]
    if fixed_sigma_rtn_km is None:
        raise InputError(_NO_SIGMAS)
    return fixed_model(fixed_sigma_rtn_km)
