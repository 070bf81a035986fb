"""Values of events over time: an event, each update of it, and the run or the messages that an update comes from.

All are frozen and compare by content. None is a number that is not known. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.events import unordered_pair
from debrissim.core.text import printable
from debrissim.core.time import Time

Vector = tuple[float, float, float]
Symmetric = tuple[float, float, float, float, float, float]
"""A symmetric matrix by its lower triangle, in the order of a CDM: RR, TR, TT, NR, NT, NN."""
State = tuple[float, float, float, float, float, float]

OWN_SOURCE = "debrissim"
"""The source of updates that a run of this program reports; those of messages have the message's originator."""


LABEL_LENGTH = 80
"""The longest text of an object's name in sentences and tables."""


@dataclass(frozen=True, order=True)
class TrackedObject:
    """An object of an event.

    key: its identity over all sources: the catalogue number as text, or another designator. name: as the source of the
    latest update writes it, "" if that has none.
    """

    key: str
    name: str = ""

    @property
    def label(self) -> str:
        """The name, or the key of an object without one, as it is shown: printable, and cut where it is very long."""
        text = printable(self.name or self.key)
        return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 3] + "..."

    @property
    def numbered(self) -> str:
        """The label, with the key behind it where that is not the name: "FENGYUN 1C DEB (30648)"."""
        return f"{self.label} ({printable(self.key)})" if self.name not in ("", self.key) else self.label


@dataclass(frozen=True)
class CatalogueSeen:
    """A catalogue of which a run was made: the hash of its file, its file name, its source and its epoch."""

    sha256: str
    label: str
    source: str = ""
    epoch: Time | None = None


@dataclass(frozen=True)
class RunRecord:
    """A run that was added to a store.

    key: hash of everything that its results depend on: a run with the same key is the same run. made: the moment of
    its data, by which updates are in order. start, span_days: the span that was screened. complete: false if parts of
    the span, or spacecraft, could not be screened. spacecraft: the primaries. yellow, red: thresholds of Pc.
    """

    key: str
    scenario_sha256: str
    title: str
    made: Time
    start: Time
    span_days: float
    version: str
    complete: bool
    yellow: float
    red: float
    spacecraft: tuple[TrackedObject, ...] = ()
    catalogues: tuple[CatalogueSeen, ...] = ()

    @property
    def end(self) -> Time:
        """The end of the span."""
        return self.start + self.span_days * SECONDS_PER_DAY


@dataclass(frozen=True)
class EventUpdate:
    """One report of a close approach, by a run or by a message.

    | field                      | unit | meaning                                                              |
    |----------------------------|------|----------------------------------------------------------------------|
    | key                        |      | identity of the report: if added twice, it is recorded once             |
    | source                     |      | `OWN_SOURCE`, or the originator of the message                       |
    | reported                   | UTC  | when the report, or its data, was made                               |
    | primary, secondary         |      | the objects; RTN is that of the primary                              |
    | tca                        | UTC  | time of closest approach                                             |
    | miss_distance_km           | km   | distance at TCA                                                      |
    | relative_position_rtn_km   | km   | secondary minus primary at TCA                                       |
    | relative_velocity_rtn_km_s | km/s | the same of the velocities                                           |
    | relative_speed_km_s        | km/s |                                                                      |
    | covariance_rtn_km2         | km^2 | of the relative position: sum of both objects' covariances           |
    | probability                |      | collision probability, by `probability_method`                       |
    | probability_low, _high     |      | its range over the errors of its covariance                          |
    | maximum_probability        |      | maximum over the scale of the covariance                             |
    | dilution                   |      | whether it is in the dilution region                                 |
    | hard_body_radius_m         | m    | combined, of both objects                                            |
    | primary_age_days, ...      | d    | age of each object's element set, or last observation, at TCA        |
    | status                     |      | "minimum", or why TCA is not a minimum of the distance               |
    | flags                      |      | applicability of the probability                                     |
    | primary_state, ...         | km,  | position and velocity of each object at TCA, TEME of date            |
    |                            | km/s |                                                                      |
    | origin                     |      | name of the message's file, "" of a run                              |
    """

    key: str
    source: str
    reported: Time
    primary: TrackedObject
    secondary: TrackedObject
    tca: Time
    miss_distance_km: float
    relative_position_rtn_km: Vector | None = None
    relative_velocity_rtn_km_s: Vector | None = None
    relative_speed_km_s: float | None = None
    covariance_rtn_km2: Symmetric | None = None
    probability: float | None = None
    probability_low: float | None = None
    probability_high: float | None = None
    probability_method: str = ""
    maximum_probability: float | None = None
    dilution: bool | None = None
    hard_body_radius_m: float | None = None
    primary_age_days: float | None = None
    secondary_age_days: float | None = None
    status: str = ""
    flags: tuple[str, ...] = ()
    primary_state: State | None = None
    secondary_state: State | None = None
    origin: str = ""

    @property
    def pair(self) -> frozenset[object]:
        """The unordered pair of the objects' keys."""
        return unordered_pair(self.primary.key, self.secondary.key)


@dataclass(frozen=True)
class Event:
    """A close approach of two objects, with its latest update.

    number: its number in the store. first, second: the objects, in the order of their keys. update_count: updates from
    all sources. first_reported: when the first of them was made.
    """

    number: int
    first: TrackedObject
    second: TrackedObject
    update_count: int
    first_reported: Time
    latest: EventUpdate


@dataclass(frozen=True)
class Batch:
    """Updates that are recorded together or not at all: those of one run, or of messages that were read together.

    run: the run, None for messages. catalogues: seen without a run.
    """

    updates: tuple[EventUpdate, ...] = ()
    run: RunRecord | None = None
    catalogues: tuple[CatalogueSeen, ...] = ()


@dataclass(frozen=True)
class Change:
    """The effect of one update.

    event: as it is now. update: the update. previous: the one before it from the same source, None if that had not
    reported the event. is_new: no source had.
    """

    event: Event
    update: EventUpdate
    previous: EventUpdate | None
    is_new: bool


@dataclass(frozen=True)
class Added:
    """The outcome of adding a batch.

    recorded: false if the store had all of it already. changes: of each update of the batch, in the order of report
    and TCA; of a run that the store had, as they were then. gone: events ahead of the run's data, in its span and with
    one of its spacecraft, that earlier runs report and this one does not.
    """

    recorded: bool
    changes: tuple[Change, ...] = ()
    gone: tuple[Event, ...] = ()
