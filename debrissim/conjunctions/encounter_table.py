"""The table of close approaches with the verbs that one of them has: its curves, and its encounter plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debrissim.catalog import object_label
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.report.curves import top_event
from debrissim.results.reader import rank_events
from debrissim.results.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class DilutionCurve(Rows):
    """The probability (k,) if every standard deviation were multiplied by a factor (k,)."""

    sigma_factor: Array
    probability: Array


@dataclass(frozen=True, eq=False)
class RadiusCurve(Rows):
    """The probability (k,) against the combined hard-body radius (k,), m."""

    hard_body_radius_m: Array
    probability: Array


@dataclass(frozen=True, eq=False)
class CumulativeCurve(Rows):
    """The probability (k,) accrued until a time (k,), s from TCA."""

    time_s: Array
    probability: Array


@dataclass(frozen=True, eq=False)
class Curves:
    """The curves of one encounter, by `method`; note: a limit of the last one, or ""."""

    method: str
    dilution: DilutionCurve
    radius: RadiusCurve
    cumulative: CumulativeCurve
    note: str


class EncounterTable(Table):
    """conjunctions.csv: one row per close approach, in the order of TCA."""

    __slots__ = ()
    _shown = (
        "tca_utc",
        "secondary_name",
        "miss_distance_km",
        "collision_probability",
        "relative_speed_km_s",
        "secondary_norad_id",
    )

    @property
    def curves(self) -> Curves:
        """The curves of one encounter.

        Raises InputError for more or fewer than one row and for an encounter without a probability.
        """
        self._require_one("curves")
        found = top_event(self, 0, self.label, str(self.collision_probability_method[0]))
        if found is None:
            raise InputError(f"curves: {self.label} has no collision probability")
        return Curves(
            method=found.method,
            dilution=DilutionCurve(found.scale, found.dilution_probability),
            radius=RadiusCurve(found.radius_km * 1000.0, found.radius_probability),
            cumulative=CumulativeCurve(found.time_s, found.cumulative),
            note=found.note,
        )

    @property
    def label(self) -> str:
        """Name and number of the secondary of the first row."""
        return object_label(self.secondary_norad_id[0], self.secondary_name[0])

    def plot(self, ax: Axes | None = None) -> Axes | Figure:
        """Plot the encounter plane of one encounter into `ax` and return it; without one, return a new Figure.

        Raises InputError for more or fewer than one row.
        """
        from debrissim.report.figures.encounter_plane import plot_event

        self._require_one("plot")
        return plot_event(self, self.label, ax)

    def ranked(self) -> EncounterTable:
        """The most probable first; of equal probabilities the higher maximum, then the closer approach."""
        ranked: EncounterTable = self[rank_events(self)]
        return ranked

    def _require_one(self, verb: str) -> None:
        if len(self) != 1:
            raise InputError(
                f"{verb}: expected one encounter, got {len(self)}; choose a row, such as encounters[0]"
            )
