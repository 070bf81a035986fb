"""The error of the element sets of one object, measured from their history.

Sources
- Pairwise differencing: see `uncertainty.pairwise`; Flohrer, Krag & Klinkrad (2008), AMOS; Levit & Marshall (2011),
  "Improved orbit predictions using two-line elements", Advances in Space Research 47, 1107-1115.

Method
- Differences of pairs by age: `uncertainty.pairwise`. Of several sets with one epoch, the first in the file is used.
- Per bin: median and robust sigma of R, T and N; median and 90th percentile of the distance.
- Fits, with the same relative weight for each bin: a t + b t^2 along-track (b t^2 is mismodelled drag), c + d t for
  radial and normal. No coefficient is negative.

Assumptions and limits
- The newer element set is taken as the truth. Its own error is part of the difference (making sigma too large); a
  common error, from a bias of SGP4 or shared observations, is not (making sigma too small, mostly below a day).
- At the epoch itself there is nothing to compare: the resulting model adds the error at epoch of the calibrated class
  average, some 10 m. The differences already contain the newer sets' scatter at epoch. The error that all sets have in
  common is added only with models that contain it (`ObjectCovariances.apply`).
- Manoeuvres: up to half of the pairs in a bin may straddle a manoeuvre; sigma is then larger than for undisturbed pairs
  by a factor of about 1.5 (a quarter of the pairs) or 2.5 (a third). The 90th percentile shows manoeuvres in full.
  Pairs between which the mean motion jumps can be left out: sigma then applies to coasting flight.
- The along-track error T, measured along the tangent, adds T^2 / 2a to R by the curvature of the orbit, which is not an
  error of the radius. Bins in which this exceeds half of sigma R are left out of the radial fit.
- The errors in the years of the history are assumed to hold for the run; solar activity limits how long this is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.uncertainty.aged_element_sets import AgedElementSets
from debrissim.uncertainty.calibrated_errors import calibrated_covariance_km2
from debrissim.uncertainty.element_set_error import ElementSetErrorModel, diagonal
from debrissim.uncertainty.pairwise import (
    DEFAULT_BINS,
    AgeBin,
    drop_straddling,
    manoeuvre_jumps,
    pairwise_differences,
    robust_sigma,
    sort_by_epoch,
)

MIN_PAIRS = 20
"""Bins with fewer pairs are left out."""


@dataclass(frozen=True, eq=False)
class HistoryErrors:
    """Errors of the element sets of one object: k bins of age, and the fits through them.

    | column                    | shape  | unit                                                             |
    |---------------------------|--------|------------------------------------------------------------------|
    | age_days                  | (k,)   | days, centre of the bin                                          |
    | pair_count                | (k,)   |                                                                  |
    | sigma_rtn_km              | (k, 3) | km, robust standard deviation along R, T, N                      |
    | median_rtn_km             | (k, 3) | km, median difference, the bias                                  |
    | distance_percentiles_km   | (k, 2) | km, median and 90th percentile of the distance, with manoeuvres  |

    along_track: (a km/day, b km/day^2); radial, normal: (c km, d km/day); along_track_misfit: maximum
    relative difference between the fit and a bin. jump_count: jumps of mean motion, mostly manoeuvres;
    manoeuvres_left_out: whether pairs that straddle a manoeuvre are left out. perigee_altitude_km, eccentricity,
    inclination_deg, semi_major_axis_km: the medians over the history.
    """

    norad_id: int
    object_name: str
    element_set_count: int
    first_epoch_utc: str
    last_epoch_utc: str
    failed_pair_count: int
    jump_count: int
    manoeuvres_left_out: bool
    age_days: Array
    pair_count: NDArray[np.int64]
    sigma_rtn_km: Array
    median_rtn_km: Array
    distance_percentiles_km: Array
    along_track: tuple[float, float]
    radial: tuple[float, float]
    normal: tuple[float, float]
    along_track_misfit: float
    perigee_altitude_km: float
    eccentricity: float
    inclination_deg: float
    semi_major_axis_km: float

    def fitted_sigma_rtn_km(self, age_days: Array) -> Array:
        """The fits (m, 3) km at ages (m,) days, without the error at epoch; negative ages are taken by magnitude.

        Along-track is limited to the sigma of an object that may be anywhere on its orbit (2 pi a / sqrt 12).
        """
        days = np.abs(np.asarray(age_days, dtype=np.float64))
        along = self.along_track[0] * days + self.along_track[1] * days**2
        anywhere = np.pi * self.semi_major_axis_km / np.sqrt(3.0)
        columns = (
            self.radial[0] + self.radial[1] * days,
            np.minimum(along, anywhere),
            self.normal[0] + self.normal[1] * days,
        )
        return np.stack(columns, axis=-1)

    def model(self) -> ElementSetErrorModel:
        """An error model of this object: the fits, combined in quadrature with the class's error at epoch."""
        days = self.last_epoch_utc[:10], self.first_epoch_utc[:10]
        return ElementSetErrorModel(
            name=f"history-{self.norad_id}",
            label=(
                f"measured from {self.element_set_count} element sets of {self.norad_id}, {days[1]} to {days[0]}"
                + (", manoeuvres left out" if self.manoeuvres_left_out else "")
            ),
            source=(
                f"growth: element sets of {self.norad_id} {self.object_name} against each other, "
                f"{self.first_epoch_utc} to {self.last_epoch_utc}, {int(self.pair_count.sum())} pairs, ages "
                f"{self.age_days[0]:g} to {self.age_days[-1]:g} days; at epoch: class average of element "
                "sets of December 2020"
            ),
            warning=(
                "Consistency of element sets with each other, not with the truth: errors that they have in common are "
                "not included, nor are manoeuvres. Valid for the solar activity of those dates; beyond the longest age "
                "it is an extrapolation."
            ),
            covariance=diagonal(self._sigma),
        )

    def _sigma(self, perigee: Array, eccentricity: Array, inclination: Array, age: Array) -> Array:
        epoch = calibrated_covariance_km2(
            AgedElementSets.of(perigee, eccentricity, inclination, np.zeros_like(age))
        )
        return np.asarray(
            np.hypot(np.sqrt(np.diagonal(epoch, axis1=1, axis2=2)), self.fitted_sigma_rtn_km(age))
        )


def errors_from_history(
    history: Catalog,
    *,
    norad_id: int | None = None,
    first_jd: float = -np.inf,
    last_jd: float = np.inf,
    bins: Sequence[AgeBin] = DEFAULT_BINS,
    leave_out_manoeuvres: bool = False,
) -> HistoryErrors:
    """Measure the errors of the element sets of one object.

    Parameters
    ----------
    history : Catalog
        Element sets of the object, in any order; those of other objects are ignored.
    norad_id : int, optional
        The object; may be omitted if the history has only one.
    first_jd, last_jd : float
        Julian dates (UTC); only epochs from the first to before the last are used.
    bins : sequence of AgeBin
        Bins of age.
    leave_out_manoeuvres : bool
        Use only pairs without a jump of mean motion between them.

    Raises
    ------
    InputError
        If the object is missing or ambiguous, or if fewer than two bins have `MIN_PAIRS` pairs.
    """
    of_object = _element_sets_of(history, norad_id)
    moment = of_object.epoch_jd + of_object.epoch_fraction
    catalog = sort_by_epoch(of_object[(moment >= first_jd) & (moment < last_jd)])
    number = int(of_object.norad_id[0])
    pairs = pairwise_differences(catalog, bins)
    jumps = manoeuvre_jumps(catalog)
    if leave_out_manoeuvres:
        pairs = drop_straddling(pairs, jumps)
    counts = np.bincount(pairs.bin, minlength=len(bins))
    kept = np.flatnonzero(counts >= MIN_PAIRS)
    if kept.size < 2:
        raise InputError(
            f"history: expected at least {MIN_PAIRS} pairs in at least 2 bins of age, got "
            f"{counts.tolist()} pairs at {[b.centre_days for b in bins]} days from {len(catalog)} element sets "
            f"of object {number}"
        )
    groups = [pairs.difference_rtn_km[pairs.bin == k] for k in kept.tolist()]
    ages = np.array([bins[k].centre_days for k in kept.tolist()])
    sigma = np.stack([robust_sigma(group) for group in groups])
    semi_major = float(np.median(catalog.semi_major_axis_km))
    along = _fit(ages, ages**2, sigma[:, 1])
    straight = sigma[:, 1] ** 2 / (2.0 * semi_major) <= 0.5 * sigma[:, 0]
    # The two bins of lowest age always take part: two coefficients need two bins.
    straight[:2] = True
    fitted = along[0] * ages + along[1] * ages**2
    return HistoryErrors(
        norad_id=number,
        object_name=str(catalog.name[-1]),
        element_set_count=len(catalog),
        first_epoch_utc=utc_text(float(catalog.epoch_jd[0]), float(catalog.epoch_fraction[0]), decimals=0),
        last_epoch_utc=utc_text(float(catalog.epoch_jd[-1]), float(catalog.epoch_fraction[-1]), decimals=0),
        failed_pair_count=pairs.failed_count,
        jump_count=int(np.count_nonzero(jumps)),
        manoeuvres_left_out=leave_out_manoeuvres,
        age_days=ages,
        pair_count=counts[kept].astype(np.int64),
        sigma_rtn_km=sigma,
        median_rtn_km=np.stack([np.median(group, axis=0) for group in groups]),
        distance_percentiles_km=np.stack(
            [np.percentile(np.linalg.norm(group, axis=1), (50.0, 90.0)) for group in groups]
        ),
        along_track=along,
        radial=_fit(np.ones_like(ages[straight]), ages[straight], sigma[straight, 0]),
        normal=_fit(np.ones_like(ages), ages, sigma[:, 2]),
        along_track_misfit=_max_misfit(fitted, sigma[:, 1]),
        perigee_altitude_km=semi_major * (1.0 - float(np.median(catalog.eccentricity))) - WGS72_RADIUS_KM,
        eccentricity=float(np.median(catalog.eccentricity)),
        inclination_deg=float(np.median(catalog.inclination_deg)),
        semi_major_axis_km=semi_major,
    )


def _element_sets_of(history: Catalog, norad_id: int | None) -> Catalog:
    numbers = np.unique(history.norad_id)
    if norad_id is None:
        if numbers.size != 1:
            raise InputError(
                f"history: expected element sets of one object, got {numbers.size}; name one of them (norad_id)"
            )
        return history
    if norad_id not in numbers:
        raise InputError(f"history: object {norad_id} is not in it")
    return history[history.norad_id == norad_id]


def _fit(first: Array, second: Array, sigma: Array) -> tuple[float, float]:
    """Non-negative coefficients of two columns that fit sigma best, in relative terms."""
    scale = np.where(sigma > 0.0, sigma, 1.0)
    solution, _ = scipy.optimize.nnls(np.stack([first, second], axis=1) / scale[:, None], sigma / scale)
    return float(solution[0]), float(solution[1])


def _max_misfit(fitted: Array, sigma: Array) -> float:
    measured = sigma > 0.0
    return float(np.max(np.abs(fitted[measured] / sigma[measured] - 1.0), initial=0.0))
