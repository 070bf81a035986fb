"""Covariances of single objects: from a table, or measured from the history of their element sets.

Source: none; the order of precedence is ours: the table of the user, then errors measured on the object itself, then
the class average of the model.

Assumptions
- Those of `uncertainty.covariance_table`, `uncertainty.history` and `uncertainty.element_set_error`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.read import read_catalog
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.uncertainty.aged_element_sets import argument_of_latitude_deg
from debrissim.uncertainty.covariance_table import CovarianceTable, read_covariance_table
from debrissim.uncertainty.element_set_error import ElementSetErrorModel
from debrissim.uncertainty.history import errors_from_history
from debrissim.uncertainty.rotation import with_velocity_errors


@dataclass(frozen=True, eq=False)
class ObjectCovariances:
    """Errors of single objects: measured error models by catalogue number, and a table, which takes precedence."""

    measured: Mapping[int, ElementSetErrorModel] = field(default_factory=dict)
    table: CovarianceTable | None = None

    def label_with(self, model_label: str) -> str:
        """The label of the model, followed by the objects with errors of their own."""
        parts = [f"{number} {model.label}" for number, model in sorted(self.measured.items())]
        if self.table is not None:
            parts.append(self.table.label)
        return "; ".join([model_label, *parts])

    def records(self) -> list[dict[str, Any]]:
        """The objects with errors of their own, and the sources of these, for the provenance."""
        of_history = [
            {
                "norad_ids": [number],
                "label": model.label,
                "source": model.source,
                "warning": model.warning,
            }
            for number, model in sorted(self.measured.items())
        ]
        if self.table is None:
            return of_history
        tabulated = {
            "norad_ids": self.table.norad_id.tolist(),
            "label": self.table.label,
            "source": "the scenario",
            "warning": "Supplied by the user: how well it fits the element sets is not known.",
        }
        return [*of_history, tabulated]

    def apply(
        self, covariance_rtn_km2: Array, objects: Catalog, state: Array, age_days: Array, sigma_factor: float
    ) -> Array:
        """Replace the covariances of objects that have their own.

        Parameters
        ----------
        covariance_rtn_km2 : (m, 3, 3) km^2 by the model
        objects : m element sets
        state : (m, 6) km, km/s, TEME
        age_days : (m,)
        sigma_factor : multiplies every standard deviation

        Returns
        -------
        (m, 3, 3) km^2.
        """
        out = np.array(covariance_rtn_km2)
        for number, model in self.measured.items():
            rows = np.flatnonzero(objects.norad_id == number)
            if rows.size:
                out[rows] = model.covariance_of(
                    objects[rows],
                    age_days[rows],
                    argument_of_latitude_deg=argument_of_latitude_deg(state[rows]),
                    sigma_factor=sigma_factor,
                )
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
        self, covariance_rtn_km2: Array, objects: Catalog, state: Array, age_days: Array, sigma_factor: float
    ) -> Array:
        """Add velocity errors to the position covariances that `apply` returns.

        Velocity errors are those of the table where it has them, else those that belong to the position errors
        (`rotation.with_velocity_errors`).

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

        Returns
        -------
        (m, 6, 6) km^2, km^2/s, km^2/s^2, position before velocity.
        """
        out = with_velocity_errors(covariance_rtn_km2, state)
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
        Files of element sets, as for `read_catalog`; the errors of every object in them are measured.
    start_jd, start_fraction : float
        Start of the span, UTC, as a split Julian date.
    history_days : float, days
        Only element sets of so many days before the start are used; later ones could not have been known.
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
    measured: dict[int, ElementSetErrorModel] = {}
    for path in histories:
        history = read_catalog(path).catalog
        for number in np.unique(history.norad_id).tolist():
            if number in measured:
                raise InputError(f"{path}: object {number} is in an earlier history already")
            try:
                errors = errors_from_history(
                    history,
                    norad_id=number,
                    first_jd=last - history_days,
                    last_jd=last,
                    leave_out_manoeuvres=coasting,
                )
            except InputError as error:
                raise InputError(f"{path}: in the {history_days:g} days before the start, {error}") from error
            measured[number] = errors.model()
    return ObjectCovariances(measured, None if table is None else read_covariance_table(table))
