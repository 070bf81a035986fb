"""The motions of pairs under changed assumptions: another element set of an object, other constants or mode of SGP4.

Each assumption is a `Model`; the first of `MODELS` whose closest approach is the reported one explains the numbers of a
report, and they are tried from the fewest changes to the most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sgp4.api import Satrec

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.verification.other_sources.causes import Cause
from debrissim.verification.other_sources.element_sets import TheirSets
from debrissim.verification.other_sources.examination import Examination
from debrissim.verification.other_sources.motion import (
    NOT_FOUND,
    OURS,
    Approaches,
    Motions,
    Theory,
    closest_approaches,
    distance_at,
    epoch_s,
    motions_of,
    records_of,
    with_theory,
)
from debrissim.verification.other_sources.reported import ReportedEvents

_MARGIN_DAYS = 2.0
_SAME_EPOCH_S = 1e-3
_SAME_AGE_DAYS = 1e-5
_SAME_ELEMENT = 1e-9
_ELEMENTS = ("ecco", "argpo", "inclo", "mo", "no_kozai", "nodeo", "bstar")


@dataclass(frozen=True)
class Model:
    """An assumption: the objects (primary, secondary) that fly the other source's element set, and SGP4's theory.

    states: both fly the states that the other source gives at TCA.
    """

    theirs: tuple[bool, bool] = (False, False)
    theory: Theory = OURS
    states: bool = False

    @property
    def theory_causes(self) -> tuple[Cause, ...]:
        """The causes that the theory is."""
        named = ((self.theory.afspc, Cause.AFSPC), (self.theory.wgs84, Cause.WGS84))
        return tuple(cause for changed, cause in named if changed)


_SETS = ((False, False), (True, False), (False, True), (True, True))
_THEORIES = (OURS, Theory(afspc=True), Theory(wgs84=True), Theory(afspc=True, wgs84=True))
MODELS = tuple(
    sorted(
        (Model(sets, theory) for sets in _SETS for theory in _THEORIES),
        key=lambda m: (sum(m.theirs) + m.theory.afspc + m.theory.wgs84, m.theory.afspc + m.theory.wgs84),
    )
)
"""All models of element sets, fewest changes first; of equally many a set before a theory."""
STATES = Model((True, True), states=True)
"""The states of a message. They give its numbers by definition; the test is that its approach is listed."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """m pairs around the times of reports, the primary of the run first.

    numbers: (m, 2) catalogue numbers; rows: (m, 2) rows of the run's catalogue, arcs: (m, 2) its arcs, NOT_FOUND where
    it has no such object; theirs: (m, 2) rows of `their_records`, NOT_FOUND for none; tca_s: (m,) reported, from
    `origin`; swapped: (m,) the report has the objects in the other order; same: (m, 2) whether both sets are one;
    other_epoch: (m, 2) whether the age that the source states is not that of the run's set.
    """

    examination: Examination
    numbers: Index
    rows: Index
    arcs: Index
    theirs: Index
    their_records: dict[int, Satrec]
    tca_s: Array
    origin: tuple[float, float]
    swapped: Mask
    same: Mask
    other_epoch: Mask

    def __len__(self) -> int:
        return int(self.tca_s.size)

    @property
    def offset_s(self) -> float:
        """From the start of the run to `origin`."""
        start = self.examination.start
        return ((self.origin[0] - start[0]) + (self.origin[1] - start[1])) * SECONDS_PER_DAY

    @property
    def run_s(self) -> Array:
        """(m,) reported TCA in s since the start of the run."""
        return self.tca_s + self.offset_s

    @staticmethod
    def of(
        examination: Examination,
        events: ReportedEvents,
        sets: TheirSets,
        theirs: Index,
        age_digits_days: float,
    ) -> Pairs:
        """The pairs of m events.

        theirs: (m, 2) rows of the other source's sets, in the order of the report; age_digits_days: half of the last
        digit in which it states ages.
        """
        start = examination.start
        run_s = events.tca_s(*start)
        days = min(0.0, float(np.floor(run_s.min(initial=0.0) / SECONDS_PER_DAY))) - _MARGIN_DAYS
        origin = start[0] + days, start[1]
        numbers = np.stack([events.first_number, events.second_number], axis=1)
        swapped = np.array([not examination.order(*pair) for pair in numbers.tolist()], dtype=bool)
        numbers = np.where(swapped[:, None], numbers[:, ::-1], numbers)
        theirs = np.where(swapped[:, None], theirs[:, ::-1], theirs)
        row_of = examination.row_of
        rows = np.array(
            [[row_of.get(n, NOT_FOUND) for n in pair] for pair in numbers.tolist()], dtype=np.int64
        )
        rows = rows.reshape(-1, 2)
        arcs = np.stack([examination.arc_at(rows[:, k], run_s) for k in (0, 1)], axis=1)
        used = np.unique(theirs[theirs >= 0])
        records = dict(zip(used.tolist(), records_of(sets.catalog[used], origin), strict=True))
        none = np.zeros(numbers.shape, dtype=bool)
        pairs = Pairs(
            examination,
            numbers,
            rows,
            arcs,
            theirs,
            records,
            events.tca_s(*origin),
            origin,
            swapped,
            none,
            none,
        )
        every = [(k, slot) for k in range(len(pairs)) for slot in (0, 1)]
        ages = np.stack([events.first_age_days, events.second_age_days], axis=1)
        ages = np.where(swapped[:, None], ages[:, ::-1], ages)
        own_s = np.array([pairs.epochs_s(*each)[0] for each in every]).reshape(-1, 2)
        off_days = np.abs((pairs.tca_s[:, None] - own_s) / SECONDS_PER_DAY - ages)
        return replace(
            pairs,
            same=np.array([pairs._is_same(*each) for each in every], dtype=bool).reshape(-1, 2),
            other_epoch=off_days > max(age_digits_days, _SAME_AGE_DAYS),
        )

    def own_record(self, k: int, slot: int) -> Satrec | None:
        """The record of the run's own element set; None if it has no such object or the object flies an ephemeris."""
        arc = int(self.arcs[k, slot])
        if arc < 0 or self._is_interpolated(arc):
            return None
        return self.examination.run.propagator.records[arc]

    def their_record(self, k: int, slot: int) -> Satrec | None:
        """The record of the other source's set; None if it is not available."""
        return self.their_records.get(int(self.theirs[k, slot]))

    def usable(self, model: Model, rows: Index) -> Mask:
        """(k,) whether pairs (rows of this table) can be computed under a model, and it differs from a simpler one."""
        good = np.ones(rows.size, dtype=bool)
        for slot, from_them in enumerate(model.theirs):
            known = self.theirs[rows, slot] >= 0
            if from_them:
                good &= known & ~self.same[rows, slot]
            else:
                good &= self.arcs[rows, slot] >= 0
                if model.theory != OURS:
                    # An object with a different set, judging by its age, does not differ only by the theory.
                    good &= ~self._interpolated(self.arcs[rows, slot]) & ~self.other_epoch[rows, slot]
        return good

    def evaluate(self, model: Model, rows: Index) -> tuple[Motions, Approaches]:
        """The closest approaches of pairs under a model for which they are usable, and their motions, 2 k rows."""
        motions = self._motions(model, rows)
        size = rows.size
        return motions, closest_approaches(motions, np.arange(size), size + np.arange(size), self.tca_s[rows])

    def distances(self, model: Model, rows: Index) -> Array:
        """(k,) km at the reported moments, under a model."""
        size = rows.size
        return distance_at(
            self._motions(model, rows), np.arange(size), size + np.arange(size), self.tca_s[rows]
        )

    def epochs_s(self, k: int, slot: int) -> tuple[float, float]:
        """Seconds from `origin` to the epochs of the run's own set and of the other source's; NaN for none."""
        own, other = self.own_record(k, slot), self.their_record(k, slot)
        return (
            float("nan") if own is None else epoch_s(own, self.origin),
            float("nan") if other is None else epoch_s(other, self.origin),
        )

    def _motions(self, model: Model, rows: Index) -> Motions:
        records: list[Satrec | None] = []
        arcs = np.concatenate([self.arcs[rows, 0], self.arcs[rows, 1]])
        for slot, from_them in enumerate(model.theirs):
            for k in rows.tolist():
                record = self.their_record(k, slot) if from_them else self.own_record(k, slot)
                records.append(None if record is None else with_theory(record, model.theory))
        return motions_of(records, arcs, self.origin, self.examination.run.propagator, self.offset_s)

    def _is_interpolated(self, arc: int) -> bool:
        return bool(self._interpolated(np.array([arc]))[0])

    def _interpolated(self, arcs: Index) -> Mask:
        flights = self.examination.run.inputs.flights
        return np.zeros(arcs.size, dtype=bool) if flights is None else (arcs >= 0) & (flights.arc[arcs] >= 0)

    def _is_same(self, k: int, slot: int) -> bool:
        own, other = self.own_record(k, slot), self.their_record(k, slot)
        if own is None or other is None:
            return False
        if abs(epoch_s(own, self.origin) - epoch_s(other, self.origin)) > _SAME_EPOCH_S:
            return False
        return all(abs(getattr(own, n) - getattr(other, n)) <= _SAME_ELEMENT for n in _ELEMENTS)
