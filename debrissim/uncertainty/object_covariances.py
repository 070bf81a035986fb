"""Covariances of single objects: from a table, or measured from the history of their element sets.

Source: the order of precedence is our own: the table of the user, then the covariances of the ephemeris that the
object flies, then errors measured on the object itself (fitted to many sets, or the class average scaled by a few),
then the class average of the model.

Assumptions
- The assumptions of `uncertainty.covariance_table`, `uncertainty.ephemeris_covariances`, `uncertainty.history` and
  `uncertainty.element_set_error`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.read import read_catalog
from debrissim.catalog.records import Rejection
from debrissim.core.arrays import Array, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.files import unreadable
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.uncertainty.aged_element_sets import aged, argument_of_latitude_deg
from debrissim.uncertainty.calibrated_errors import calibrated_covariance_km2
from debrissim.uncertainty.covariance_table import CovarianceTable, read_covariance_table
from debrissim.uncertainty.element_differences import sort_sets
from debrissim.uncertainty.element_set_error import CovarianceFunction, ElementSetErrorModel
from debrissim.uncertainty.ephemeris_covariances import EphemerisCovariances, StatedCovariances
from debrissim.uncertainty.history import MIN_PAIRS, errors_from_history
from debrissim.uncertainty.own_scale import OwnScales, scales_from_sets
from debrissim.uncertainty.rotation import with_velocity_errors

SCALED_LABEL = "measured on a few element sets of each"


@dataclass(frozen=True, eq=False)
class ObjectCovariances:
    """Errors of single objects: a table, which takes precedence, the ephemerides that objects fly, measured error
    models by catalogue number, and factors on the class average for objects with few sets.

    history_records, rejected: the number of records in the histories, and the records that cannot be read.
    """

    measured: Mapping[int, ElementSetErrorModel] = field(default_factory=dict)
    table: CovarianceTable | None = None
    scales: OwnScales | None = None
    history_records: int = 0
    rejected: tuple[Rejection, ...] = ()
    ephemerides: EphemerisCovariances | None = None

    def notes(self) -> list[str]:
        """A sentence on the records of the histories that could not be used, if there are any."""
        if not self.rejected:
            return []
        first = self.rejected[0]
        return [
            f"histories: {len(self.rejected):,} of {self.history_records:,} records rejected; first: "
            f"{first.file}, line {first.line}: {first.reason}"
        ]

    def label_with(self, model_label: str, *, of_ephemerides: bool = True) -> str:
        """The label of the model, followed by the objects with errors of their own; those with ephemerides are included
        on request."""
        parts = [f"{number} {model.label}" for number, model in sorted(self.measured.items())]
        if self.scales is not None and len(self.scales):
            parts.append(
                f"class average scaled by their own element sets for {len(self.scales):,} objects ({SCALED_LABEL})"
            )
        if self.table is not None:
            parts.append(self.table.label)
        if of_ephemerides and self.ephemerides is not None and self.ephemerides.label:
            parts.append(self.ephemerides.label)
        return "; ".join([model_label, *parts])

    def records(self) -> list[dict[str, Any]]:
        """The objects with errors of their own, and the sources of these errors, for the provenance."""
        of_history = [
            {
                "norad_ids": [number],
                "label": model.label,
                "source": model.source,
                "warning": model.warning,
            }
            for number, model in sorted(self.measured.items())
        ]
        if self.scales is not None and len(self.scales):
            of_history.append(
                {
                    "norad_ids": self.scales.norad_id.tolist(),
                    "label": SCALED_LABEL,
                    "source": "element sets of the histories against each other, in units of the class average",
                    "warning": "Few element sets of each object: its past scatter, not its future manoeuvres.",
                }
            )
        if self.ephemerides is not None and self.ephemerides.stating:
            of_history.append(self.ephemerides.record())
        if self.table is None:
            return of_history
        tabulated = {
            "norad_ids": self.table.norad_id.tolist(),
            "label": self.table.label,
            "source": "the scenario",
            "warning": "Supplied by the user: how well it fits the element sets is not known.",
        }
        return [*of_history, tabulated]

    def stated(self, objects: Catalog, age_days: Array, sigma_factor: float) -> StatedCovariances:
        """The covariances that ephemerides state for m objects at the moments given by their ages.

        Parameters
        ----------
        objects : Catalog
            m objects; for objects in the table, no covariance is stated.
        age_days : (m,), days
            Time since the epochs of their rows.
        sigma_factor : float
            Multiplies every standard deviation, after the factor and the floor of the ephemerides.

        Returns
        -------
        StatedCovariances
        """
        if self.ephemerides is None:
            return StatedCovariances.none()
        start = self.ephemerides.start_jd, self.ephemerides.start_fraction
        times = elapsed_s(objects.epoch_jd, objects.epoch_fraction, *start) + age_days * SECONDS_PER_DAY
        number = objects.norad_id
        if self.table is not None:
            # No object has the number 0.
            number = np.where(self.table.row_indices(number) >= 0, 0, number)
        own = self.ephemerides.at(number, times)
        return replace(own, covariance=sigma_factor**2 * own.covariance)

    def is_tabulated(self, objects: Catalog) -> Mask:
        """(m,) whether the table has errors of the objects."""
        if self.table is None:
            return np.zeros(len(objects), dtype=np.bool_)
        return np.asarray(self.table.row_indices(objects.norad_id) >= 0)

    def apply(
        self,
        covariance_rtn_km2: Array,
        objects: Catalog,
        state: Array,
        age_days: Array,
        sigma_factor: float,
        common: CovarianceFunction | None = None,
        stated: StatedCovariances | None = None,
    ) -> Array:
        """Replace the covariances of objects that have their own.

        Parameters
        ----------
        covariance_rtn_km2 : (m, 3, 3) km^2 by the model
        objects : m element sets
        state : (m, 6) km, km/s, TEME
        age_days : (m,)
        sigma_factor : multiplies every standard deviation
        common : `ElementSetErrorModel.common` of the model; added to the errors measured on element sets, which lack it
        stated : result of `stated` for these objects; by default it is computed

        Returns
        -------
        (m, 3, 3) km^2.
        """
        out = np.array(covariance_rtn_km2)
        scatter = np.zeros(len(objects), dtype=np.bool_)
        if self.scales is not None:
            factor, known = self.scales.of(objects.norad_id)
            rows = np.flatnonzero(known & ~objects.synthetic)
            if rows.size:
                sets = aged(
                    objects[rows],
                    age_days[rows],
                    argument_of_latitude_deg=argument_of_latitude_deg(state[rows]),
                )
                out[rows] = sigma_factor**2 * calibrated_covariance_km2(sets, scale=factor[rows])
                scatter[rows] = True
        for number, model in self.measured.items():
            rows = np.flatnonzero(objects.norad_id == number)
            if rows.size:
                out[rows] = model.covariance_of(
                    objects[rows],
                    age_days[rows],
                    argument_of_latitude_deg=argument_of_latitude_deg(state[rows]),
                    sigma_factor=sigma_factor,
                )
                scatter[rows] = True
        if common is not None and scatter.any():
            out[scatter] += sigma_factor**2 * common(aged(objects[scatter], age_days[scatter]))
        of_ephemeris = self.stated(objects, age_days, sigma_factor) if stated is None else stated
        given = of_ephemeris.given
        out[of_ephemeris.rows[given]] = of_ephemeris.covariance[given, :3, :3]
        if self.table is not None:
            places = self.table.row_indices(objects.norad_id)
            rows = np.flatnonzero(places >= 0)
            out[rows] = sigma_factor**2 * self.table.position_covariance_rtn_km2(
                places[rows],
                state[rows],
                age_days[rows],
                objects.epoch_jd[rows],
                objects.epoch_fraction[rows],
            )
        return out

    def with_velocities(
        self,
        covariance_rtn_km2: Array,
        objects: Catalog,
        state: Array,
        age_days: Array,
        sigma_factor: float,
        stated: StatedCovariances | None = None,
    ) -> Array:
        """Add velocity errors to the position covariances that `apply` returns.

        Velocity errors come from the table or the ephemeris if it has them, and are otherwise derived from the position
        errors (`rotation.with_velocity_errors`).

        Parameters
        ----------
        covariance_rtn_km2 : (m, 3, 3), km^2
            Result of `apply`.
        objects : Catalog
            m element sets.
        state : (m, 6), km and km/s
            States, TEME.
        age_days : (m,), days
            Ages of the element sets.
        sigma_factor : float
            Multiplies every standard deviation of the table; the position covariances include it already.
        stated : StatedCovariances, optional
            Result of `stated` for these objects; by default it is computed.

        Returns
        -------
        (m, 6, 6) km^2, km^2/s, km^2/s^2, position before velocity.
        """
        out = with_velocity_errors(covariance_rtn_km2, state)
        of_ephemeris = self.stated(objects, age_days, sigma_factor) if stated is None else stated
        whole = of_ephemeris.whole
        out[of_ephemeris.rows[whole]] = of_ephemeris.covariance[whole]
        if self.table is not None:
            places = self.table.row_indices(objects.norad_id)
            rows = np.flatnonzero(np.where(places >= 0, self.table.has_velocity[places], False))
            out[rows] = sigma_factor**2 * self.table.state_covariance_rtn(
                places[rows],
                state[rows],
                age_days[rows],
                objects.epoch_jd[rows],
                objects.epoch_fraction[rows],
            )
        return out


def read_object_covariances(
    table: Path | str | None,
    histories: Sequence[Path | str],
    start_jd: float,
    start_fraction: float,
    history_days: float,
    *,
    coasting: bool = False,
) -> ObjectCovariances | None:
    """Read the covariances of single objects from files.

    Parameters
    ----------
    table : path or None
        File of a `CovarianceTable`.
    histories : sequence of paths
        Files of element sets, as for `read_catalog`, or folders of such files, of which all are read: an object may be
        in several, as in a store of past catalogues. An object with enough sets gets its own fits, an object with a few
        sets the scaled class average, and the others the class average.
    start_jd, start_fraction : float
        Start of the span, UTC, as a split Julian date.
    history_days : float, days
        Only element sets from this many days before the start are used; later ones could not have been known.
    coasting : bool
        Leave out pairs of element sets with a manoeuvre between them.

    Returns
    -------
    ObjectCovariances or None
        None if there are no files.

    Raises
    ------
    InputError
        With the name of the file.
    """
    if table is None and not histories:
        return None
    last = start_jd + start_fraction
    own = _measure(histories, last - history_days, last, history_days, coasting=coasting)
    return own if table is None else replace(own, table=read_covariance_table(table))


def _measure(
    histories: Sequence[Path | str], first_jd: float, last_jd: float, days: float, *, coasting: bool
) -> ObjectCovariances:
    files = [read_catalog(path) for history in histories for path in _files(Path(history))]
    if not files:
        return ObjectCovariances()
    catalogs = [file.catalog for file in files]
    catalog = sort_sets(Catalog.concat(catalogs) if len(catalogs) > 1 else catalogs[0])
    moment = catalog.epoch_jd + catalog.epoch_fraction
    catalog = catalog[(moment >= first_jd) & (moment < last_jd)]
    numbers, start, count = np.unique(catalog.norad_id, return_index=True, return_counts=True)
    measured: dict[int, ElementSetErrorModel] = {}
    problem = f"history: expected element sets, got none; {len(moment)} lie outside"
    for number, low, size in zip(numbers.tolist(), start.tolist(), count.tolist(), strict=True):
        # So few sets cannot have enough pairs in two bins.
        if size * (size - 1) // 2 < 2 * MIN_PAIRS and numbers.size > 1:
            continue
        try:
            errors = errors_from_history(catalog[low : low + size], leave_out_manoeuvres=coasting)
        except InputError as error:
            problem = str(error)
            continue
        measured[number] = errors.model()
    scales = scales_from_sets(catalog[~np.isin(catalog.norad_id, list(measured))])
    if not measured and not len(scales):
        raise InputError(f"{files[0].path}: in the {days:g} days before the start, {problem}")
    rejected = tuple(rejection for file in files for rejection in file.rejected)
    return ObjectCovariances(measured, None, scales, sum(file.record_count for file in files), rejected)


def _files(path: Path) -> list[Path]:
    """A file itself, or the files in a folder, by name."""
    if not path.is_dir():
        return [path]
    try:
        files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        raise unreadable(path, error) from None
    if not files:
        raise InputError(f"{path}: expected files of element sets in this folder, got none")
    return files
