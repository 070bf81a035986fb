"""Errors of element sets: modelled position covariances, always labelled as modelled; the registry of models.

Sources
- `calibrated-2020`: `uncertainty.calibrated_errors`.
- `flohrer-2008` and its growth: `uncertainty.published_errors`.
- Shape only: SOCRATES (CelesTrak), 100/300/100 m.

Assumptions and uncertainties
- The assumptions of the two modules. No model includes manoeuvres, except that they widen the errors of payloads in the
  calibrated model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.registry import Registry
from debrissim.uncertainty.aged_element_sets import AgedElementSets, Behaviour, aged
from debrissim.uncertainty.calibrated_errors import (
    calibrated_covariance_km2,
    common_error_km2,
    wide_covariance_km2,
    with_common_error_km2,
)
from debrissim.uncertainty.published_errors import (
    ACTIVE,
    MODERATE,
    QUIET,
    Growth,
    SigmaFunction,
    flohrer_sigma_km,
    flohrer_with_growth,
)

DEFAULT_MODEL = "calibrated-2020"
PUBLISHED_MODEL = "flohrer-2008+growth"
FIXED_MODEL = "fixed"

CovarianceFunction: TypeAlias = Callable[[AgedElementSets], Array]
"""m element sets -> (m, 3, 3) km^2 in the RTN of each."""


@dataclass(frozen=True)
class ElementSetErrorModel:
    """A named model. `label` accompanies every number computed with it; `source` and `warning` go to the reports.

    with_common: name of the same model with the error that all sets of an object have in common, "" if there is no such
    model. common: that error, if the covariance contains it: it also applies to objects whose scatter was measured.
    """

    name: str
    label: str
    source: str
    warning: str
    covariance: CovarianceFunction
    with_common: str = ""
    common: CovarianceFunction | None = None

    def covariance_of(
        self,
        objects: Catalog,
        age_days: ArrayLike,
        *,
        argument_of_latitude_deg: ArrayLike = 0.0,
        sigma_factor: float = 1.0,
    ) -> Array:
        """Compute position covariances of the element sets of a catalogue, using every property that the model takes
        into account.

        Parameters
        ----------
        objects : Catalog
            m element sets.
        age_days : scalar or (m,), days
            Age; signed.
        argument_of_latitude_deg : scalar or (m,), deg
            Positions of the objects on their orbits; by default the ascending node, at which most sets are issued.
        sigma_factor : float
            Multiplies every standard deviation, > 0.

        Returns
        -------
        (m, 3, 3) km^2, in each object's own RTN.

        Raises
        ------
        InputError
            As `covariance_rtn_km2`.
        """
        sets = aged(objects, age_days, argument_of_latitude_deg=argument_of_latitude_deg)
        return _scaled(self.covariance(sets), sigma_factor)

    def covariance_rtn_km2(
        self,
        perigee_altitude_km: ArrayLike,
        eccentricity: ArrayLike,
        inclination_deg: ArrayLike,
        age_days: ArrayLike,
        *,
        bstar: ArrayLike = np.nan,
        argument_of_latitude_deg: ArrayLike = 0.0,
        behaviour: ArrayLike = Behaviour.PASSIVE,
        sigma_factor: float = 1.0,
    ) -> Array:
        """Compute position covariances of element sets of a given age.

        Parameters
        ----------
        perigee_altitude_km : scalar or (m,), km
            Altitude of perigee.
        eccentricity : scalar or (m,)
            At least 0 and below 1.
        inclination_deg : scalar or (m,), deg
            Inclination.
        age_days : scalar or (m,), days
            Age; signed.
        bstar : scalar or (m,), 1 / Earth radii
            Drag term of the element sets; NaN, the default, for a typical value. Only the calibrated model uses this
            and the following two arguments.
        argument_of_latitude_deg : scalar or (m,), deg
            Positions of the objects on their orbits; by default the ascending node.
        behaviour : scalar or (m,)
            `Behaviour` of the objects.
        sigma_factor : float
            Multiplies every standard deviation (the scenario's factor for this role, primary or secondary), > 0.

        Returns
        -------
        (m, 3, 3) km^2, in each object's own RTN.

        Raises
        ------
        InputError
            Where a number is not finite or an orbit is not an ellipse, and for a factor that is not
            positive and finite.
        """
        sets = AgedElementSets.of(
            perigee_altitude_km,
            eccentricity,
            inclination_deg,
            age_days,
            bstar=bstar,
            argument_of_latitude_deg=argument_of_latitude_deg,
            behaviour=behaviour,
        )
        return _scaled(self.covariance(sets), sigma_factor)

    def sigma_rtn_km(self, *orbit_and_age: Any, **optional: Any) -> Array:
        """Compute standard deviations of position, (m, 3) km along R, T, N; arguments as `covariance_rtn_km2`."""
        covariance = self.covariance_rtn_km2(*orbit_and_age, **optional)
        return np.asarray(np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))


def diagonal(sigma: SigmaFunction) -> CovarianceFunction:
    """The covariances without correlation of standard deviations by perigee, eccentricity, inclination and age."""

    def covariance(sets: AgedElementSets) -> Array:
        sigmas = sigma(sets.perigee_altitude_km, sets.eccentricity, sets.inclination_deg, sets.age_days)
        return np.asarray(sigmas[:, :, None] ** 2 * np.eye(3))

    return covariance


def fixed_model(sigma_rtn_km: tuple[float, float, float]) -> ElementSetErrorModel:
    """The caller's own standard deviations (R, T, N) in km for every object and age, each > 0."""
    if len(sigma_rtn_km) != 3 or not all(np.isfinite(s) and s > 0.0 for s in sigma_rtn_km):
        raise InputError(f"sigma_rtn_km: expected three finite numbers > 0 (R, T, N), got {sigma_rtn_km}")
    shown = "/".join(f"{1000.0 * s:g}" for s in sigma_rtn_km)
    return replace(
        _FIXED, label=f"{_FIXED.label} {shown} m (R/T/N)", covariance=diagonal(_constant(sigma_rtn_km))
    )


def _scaled(covariance: Array, sigma_factor: float) -> Array:
    if not (np.isfinite(sigma_factor) and sigma_factor > 0.0):
        raise InputError(f"sigma_factor: expected a finite number > 0, got {sigma_factor}")
    return np.asarray(sigma_factor**2 * covariance)


def _constant(sigma_rtn_km: tuple[float, float, float]) -> SigmaFunction:
    def sigma(perigee: Array, _eccentricity: Array, _inclination: Array, _age: Array) -> Array:
        return np.tile(np.asarray(sigma_rtn_km, dtype=np.float64), (perigee.shape[0], 1))

    return sigma


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
        covariance=diagonal(flohrer_with_growth(growth)),
    )


_NO_SIGMAS = "fixed_sigma_rtn_km: expected three sigmas (R, T, N) in km for the model 'fixed', got none"


def _no_sigmas(_sets: AgedElementSets) -> Array:
    raise InputError(_NO_SIGMAS)


_FIXED = ElementSetErrorModel(
    name=FIXED_MODEL,
    label="modelled, not measured: fixed",
    source="the scenario",
    warning="One size of error for every object, orbit and age: Pc is only as good as that number.",
    covariance=_no_sigmas,
)

MODELS: Registry[ElementSetErrorModel] = Registry(
    "covariance model",
    (
        ElementSetErrorModel(
            name=DEFAULT_MODEL,
            label=(
                "modelled, not measured: scatter of element sets as in December 2020, without the error that all "
                "sets of an object have in common"
            ),
            source=(
                "element sets of some 6,500 objects in SOCRATES of December 2020 against later ones of the same "
                "object: by inclination, perigee, drag (B*), behaviour and age; elsewhere Flohrer, Krag & Klinkrad "
                "2008, Table 2, growing as under a quiet Sun"
            ),
            warning=(
                "A class average of the scatter of element sets, not this object's covariance, and not its distance "
                "from the truth: SGP4's own error, hundreds of metres, is the same in all sets and not in it "
                f"({DEFAULT_MODEL}+common has it). Calibrated on one month near the solar minimum; other activity "
                "enters through B* alone. Tails are heavier than a Gaussian's: a manoeuvre between epoch and "
                "encounter makes the predicted miss meaningless. Read Pc together with the maximum probability and "
                "the dilution flag."
            ),
            covariance=calibrated_covariance_km2,
            with_common=f"{DEFAULT_MODEL}+common",
        ),
        ElementSetErrorModel(
            name=f"{DEFAULT_MODEL}+common",
            label=(
                "modelled, not measured: scatter of element sets as in December 2020 and, common to all sets, "
                "Flohrer 2008 at epoch"
            ),
            source=f"as {DEFAULT_MODEL}, and Flohrer, Krag & Klinkrad 2008, Table 2, in quadrature at every age",
            warning=(
                "For the distance from the truth, as in a single event; wider than the scatter of element sets, by "
                "most after a day. Otherwise as the model without the common error."
            ),
            covariance=with_common_error_km2,
            common=common_error_km2,
        ),
        ElementSetErrorModel(
            name=f"{DEFAULT_MODEL}-wide",
            label="modelled, not measured: tails of element sets of December 2020 (twice sigma holds 95 %)",
            source=f"as {DEFAULT_MODEL}, with the sigmas whose double holds 95 % of the differences",
            warning=(
                "Right for large errors and too large for most: for single events in which a payload may have "
                "manoeuvred, not for sums or rankings. Otherwise as the model without tails."
            ),
            covariance=wide_covariance_km2,
        ),
        _growth_model(PUBLISHED_MODEL, MODERATE, "moderate Sun, as in 2014"),
        _growth_model(f"{PUBLISHED_MODEL}-quiet", QUIET, "quiet Sun, as in 2020"),
        _growth_model(f"{PUBLISHED_MODEL}-active", ACTIVE, "active Sun, as in 2002"),
        ElementSetErrorModel(
            name="flohrer-2008",
            label="modelled, not measured: Flohrer 2008 at epoch, no growth",
            source="Flohrer, Krag & Klinkrad 2008, Table 2",
            warning=(
                "The error at the element set's epoch, whatever its age: after a day the true along-track error "
                "is kilometres, so Pc of small misses is too high and of large ones too low."
            ),
            covariance=diagonal(flohrer_sigma_km),
        ),
        ElementSetErrorModel(
            name="socrates",
            label="modelled, not measured: SOCRATES shape, 100/300/100 m (R/T/N)",
            source="SOCRATES (CelesTrak), shape of the covariance only",
            warning="Only the shape has a source: use the maximum probability, not Pc.",
            covariance=diagonal(_constant((0.1, 0.3, 0.1))),
        ),
        _FIXED,
    ),
)
"""Models by name. A new model is added as a value here; `fixed` needs the caller's standard deviations
(`fixed_model`)."""


def get_covariance_model(
    name: str, *, fixed_sigma_rtn_km: tuple[float, float, float] | None = None
) -> ElementSetErrorModel:
    """Get the covariance model with a given name.

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
