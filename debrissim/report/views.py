"""The values that figures are built from: the typed tables of a results folder, its labels and its thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import moment
from debrissim.report.verdict import REAL, SAMPLED
from debrissim.results.reader import kinds_of
from debrissim.results.table import Table

MAX_PLANES = 3
"""Events whose encounter planes are plotted."""
MAX_MESSAGES = 6
"""Messages that have figures."""
MANY = 5
"""Minimum number of events for figures of all of them together."""
MAX_PRIMARIES = 4
"""Spacecraft of a run that have figures of their own."""
MAX_TRACKS = 3
"""Events whose relative motion is plotted."""


@dataclass(frozen=True)
class VolumeOutline:
    """A screening volume: half-widths along R, T, N, km; if it is round, semi-axes, or its radius three times."""

    name: str
    half_widths_km: tuple[float, float, float]
    is_round: bool


@dataclass(frozen=True, eq=False)
class EventPlane:
    """One event in its encounter plane; see `plot_encounter_plane` for units. moment: TCA, UTC, to be read."""

    label: str
    miss_km: Array
    covariance_km2: Array
    hard_body_radius_km: float
    probability: float
    maximum_probability: float
    miss_sigma_km: float = float("nan")
    moment: str = ""


def read_plane(event: Table, label: str) -> EventPlane:
    """The plane of one row of conjunctions.csv or events.csv."""
    xx, xy, yy = (event[f"plane_covariance_{name}_km2"][0] for name in ("xx", "xy", "yy"))
    return EventPlane(
        label=label,
        miss_km=np.array([event.plane_miss_x_km[0], event.plane_miss_y_km[0]]),
        covariance_km2=np.array([[xx, xy], [xy, yy]]),
        hard_body_radius_km=float(event.hard_body_radius_m[0]) / 1000.0,
        probability=float(event.collision_probability[0]),
        maximum_probability=float(event.maximum_probability[0]),
        # A message's row has none.
        miss_sigma_km=float(event.miss_distance_sigma_km[0]) if "miss_distance_sigma_km" in event else np.nan,
        moment=f"{moment(event.cells('tca_utc')[0])} UTC",
    )


@dataclass(frozen=True, eq=False)
class EventTrack:
    """Relative motion of one event: time_s (k,) s from TCA, relative_rtn_km (k, 3) km in the primary's RTN."""

    label: str
    time_s: Array
    relative_rtn_km: Array


@dataclass(frozen=True, eq=False)
class TopEvent:
    """One event and its curves.

    method: that of every curve, and of probability and maximum_probability at maximum_scale on every sigma; if the
    table's method needs full states, its name and value follow. hard_body_radius_km combined; miss_km projected.
    Curves: dilution_probability (k,) at scale (k,); radius_probability (k,) at radius_km (k,); cumulative (k,) at
    time_s (k,) s from TCA. sigma_range: plausible factors on sigma. note: a limit of the last curve, or "".
    """

    label: str
    method: str
    probability: float
    maximum_probability: float
    maximum_scale: float
    hard_body_radius_km: float
    miss_km: float
    sigma_range: tuple[float, float]
    scale: Array
    dilution_probability: Array
    radius_km: Array
    radius_probability: Array
    time_s: Array
    cumulative: Array
    note: str


@dataclass(frozen=True, eq=False)
class RunView:
    """A run of conjunctions.

    run_kind: `report.verdict.REAL`, `SAMPLED` or `MESSAGES`; for a sampled run only figures of rates are plotted. sums:
    the totals of these events, as in summary.json. tables: those of the results folder by name, with typed columns.
    volumes: those of the screening. band_km: perigee and apogee altitude of the primary, None if there is more than
    one. planes and tracks: the top events of real objects, most probable first; top: the most probable of all, with its
    curves. synthetic: some objects are synthetic; partly_synthetic: others are real. start_utc: of the span.
    """

    title: str
    primary_name: str
    start_label: str
    span_days: float
    catalog_label: str
    covariance_label: str
    synthetic: bool
    partly_synthetic: bool
    yellow: float
    red: float
    tables: Mapping[str, Table]
    run_kind: str = REAL
    volumes: tuple[VolumeOutline, ...] = ()
    band_km: tuple[float, float] | None = None
    planes: tuple[EventPlane, ...] = ()
    tracks: tuple[EventTrack, ...] = ()
    top: TopEvent | None = None
    sums: Mapping[str, Any] = field(default_factory=dict)
    start_utc: np.datetime64 = field(default_factory=lambda: np.datetime64("NaT"))

    ranked: ClassVar[bool] = True
    """Planes and curves are those of the most probable events of many."""

    @property
    def events(self) -> Table:
        """The rows of conjunctions.csv, m of them."""
        return self.tables["conjunctions"]

    @cached_property
    def kind(self) -> NDArray[Any]:
        """(m,) `ObjectKind` of each event's secondary."""
        return kinds_of(self.events["object_kind"])

    @cached_property
    def tca_days(self) -> Array:
        """(m,) TCA in days since the start of the span."""
        return np.asarray(self.events["tca_s"] / SECONDS_PER_DAY)

    @cached_property
    def probability(self) -> Array:
        """(m,) of the events of real objects, NaN of those with synthetic ones."""
        return np.where(self.events.synthetic, np.nan, self.events.collision_probability)

    @property
    def rates_alone(self) -> bool:
        """Whether every object is synthetic: no dates, no probability, no alerts."""
        return self.run_kind == SAMPLED

    @property
    def has_events(self) -> bool:
        return len(self.events) > 0

    @property
    def has_many(self) -> bool:
        """Whether there are enough events for a figure of all of them; for fewer a table is more informative."""
        return len(self.events) >= MANY

    @property
    def has_probabilities(self) -> bool:
        """Whether there is an encounter of real objects with a probability."""
        return not self.rates_alone and bool(np.isfinite(self.probability).any())


@dataclass(frozen=True, eq=False)
class FleetView:
    """The spacecraft of one run, p of them, in the order of its scenario.

    volume: the one whose approaches are counted, in words. approaches (p, 3): their counts, and both ends of the 95 %
    intervals of their means. probability (p, 3): of a collision within the span, and its range. closest_km (p,): the
    nearest miss of a real object. NaN where there is none, as in a sampled run.
    """

    title: str
    span_days: float
    catalog_label: str
    covariance_label: str
    synthetic: bool
    partly_synthetic: bool
    rates_alone: bool
    volume: str
    names: tuple[str, ...]
    approaches: Array
    probability: Array
    closest_km: Array


@dataclass(frozen=True, eq=False)
class MessageView(RunView):
    """One conjunction reported by a message: its plane, if it is known, and its curves."""

    ranked: ClassVar[bool] = False


@dataclass(frozen=True, eq=False)
class ParentView:
    """One parent: period_min, perigee_km, apogee_km of its fragments (k,), and the same three of its own orbit."""

    name: str
    columns: Mapping[str, Array]
    origin: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class CloudView:
    """The modelled clouds of a run, seen from one primary and one volume.

    revolutions, days: the rows of cloud.csv and cloud_days.csv of that primary and volume. time_s (d,): moments of
    in_orbit (d,), crossing (d,) and per_km3 (d, bins) in altitude_edges_km (bins + 1,). band_km: the primary's shell.
    sampled: number of fragments the model sampled. partly_synthetic: there are real objects, too. not_compared: the
    reason why all other objects are not shown with the fragments, "" if they are.
    """

    title: str
    primary_name: str
    event_label: str
    start_label: str
    catalog_label: str
    count_label: str
    volume: str
    revolutions: Table
    days: Table
    time_s: Array
    in_orbit: Array
    crossing: Array
    sampled: int
    altitude_edges_km: Array
    per_km3: Array
    band_km: tuple[float, float]
    parents: tuple[ParentView, ...] = ()
    partly_synthetic: bool = False
    not_compared: str = ""
