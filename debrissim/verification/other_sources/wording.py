"""Sentences on the computations made for an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.catalog import identifier
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import count
from debrissim.core.time import utc_text
from debrissim.verification.other_sources.causes import Cause
from debrissim.verification.other_sources.examination import Examination, outside
from debrissim.verification.other_sources.models import Model, Pairs
from debrissim.verification.other_sources.motion import AT_THE_MOMENT, Approaches
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents

Slots = tuple[Cause | None, Cause | None]
"""The reason that kept each object of a pair out of the run, the primary first."""

_BARS = {
    Cause.DOCKED: "both are docked to each other or to one station, by their element sets (co_located.csv)",
    Cause.TOGETHER: "both fly together all the time and were left out (co_located.csv)",
    Cause.NOT_LISTED: "not in the catalogue of the run",
    Cause.STALE: "element set too old for the start of the span (excluded.csv)",
    Cause.FAILS: "SGP4 cannot follow its element set to that moment",
    Cause.NOT_COVERED: "no ephemeris or element set covers that moment (gaps.csv)",
}
_MODES = {Cause.AFSPC: "SGP4's mode afspc", Cause.WGS84: "the constants of WGS-84"}


@dataclass(frozen=True, eq=False)
class Words:
    """Sentences about the events of a source that a run lacks or has with other numbers."""

    examination: Examination
    other: OtherList
    events: ReportedEvents
    pairs: Pairs

    def own(self, own: Approaches) -> str:
        """The run's own approach."""
        if not bool(own.found[0]):
            return "by the run's own data nothing can be computed then"
        if int(own.kind[0]) == AT_THE_MOMENT:
            return (
                f"by the run's own data the distance is {own.miss_km[0]:.3f} km then, without a minimum "
                "within ten minutes"
            )
        return (
            f"by the run's own data the miss is {own.miss_km[0]:.3f} km at "
            f"{self._moment(float(own.time_s[0]))}"
        )

    def fault(self, own: Approaches) -> str:
        """An approach that ought to be a row of the run."""
        return (
            "SGP4 finds it inside the volumes and nothing bars it: check the run with debrissim verify; "
            f"{self.own(own)}"
        )

    def stay(self, k: int, rows: list[int], own: Approaches) -> str:
        """A pair that stays inside, of which the run has other minima."""
        times = self.examination.rows.tca_s[rows]
        nearest = float(times[np.abs(times - self.pairs.run_s[k]).argmin()]) - self.pairs.offset_s
        return (
            f"the pair stays inside for long, and the run lists its minima, {count(len(rows), 'row')}, the nearest at "
            f"{self._moment(nearest)}; {self.own(own)}"
        )

    def lifted(self, k: int, slots: Slots, of_pair: tuple[Cause, ...], own: Approaches) -> str:
        """The approach of the run's own data once what bars it is lifted."""
        head = "; ".join(self._bars(k, slots, of_pair))
        return f"{head}; without that, {self.own(own)}" if head else self.own(own)

    def with_model(self, k: int, model: Model, there: Approaches, own: Approaches) -> str:
        """The approach under a model that gives the reported numbers, and that of the run's own data."""
        if model.states:
            return f"with the states of the message the miss is {there.miss_km[0]:.3f} km; {self.own(own)}"
        changes = [*self._sets(k, model), *(_MODES[cause] for cause in model.theory_causes)]
        instead = self.own(own)
        if not bool(own.found[0]) and bool((self.pairs.arcs[k] < 0).any()):
            instead = "without it nothing can be computed"
        return f"with {' and '.join(changes)} the miss is {there.miss_km[0]:.3f} km as reported; {instead}"

    def outside(self, k: int, shown: Approaches | None, cause: Cause) -> str:
        """By how much an approach is outside the volumes."""
        if shown is None:
            return (
                f"; the reported miss of {self.events.miss_km[k]:.3f} km is beyond every volume, which reach to "
                f"{self.examination.radius_km:g} km"
            )
        relative = np.round(shown.relative_rtn_km[0], 6)
        _, words = outside(self.examination.volumes, relative)
        if cause == Cause.DEFINITION:
            return f"; at TCA it is {words}, but it passes through the volume at another moment"
        rtn = ", ".join(
            f"{axis} {value + 0.0:.3f}" for axis, value in zip("RTN", relative.tolist(), strict=True)
        )
        return f"; it passes at {rtn} km: {words}" if words else ""

    def untested(
        self,
        k: int,
        slots: Slots,
        of_pair: tuple[Cause, ...],
        own: Approaches,
        tried: list[tuple[Model, float]],
    ) -> str:
        """The facts about an event whose numbers no model gives."""
        parts = [*self._bars(k, slots, of_pair), self.own(own)]
        for model, miss in tried:
            if len(model.theory_causes) == 1 and not any(model.theirs):
                parts.append(f"with {_MODES[model.theory_causes[0]]} {miss:.3f} km")
            elif any(model.theirs) and not model.theory_causes:
                parts.append(
                    f"with {'both their sets' if all(model.theirs) else 'one of their sets'} {miss:.3f} km"
                )
        for slot in (0, 1):
            parts += self._staleness(k, slot)
        if not self.other.uses_sgp4 and not np.isfinite(self.events.states_teme[k]).all():
            parts.append("it does not contain orbits, so a different orbit cannot be tested")
        return "; ".join(parts)

    def with_their_sets(self, k: int, model: Model, miss_km: float) -> str:
        """The miss that an approach of the run has by the other source's sets, beyond its limit."""
        return (
            f"with {' and '.join(self._sets(k, model))} the miss is {miss_km:.3f} km, beyond the "
            f"{self.other.limit_km:g} km of {self.other.label}"
        )

    def unlisted(self, without_set: list[int]) -> str:
        """An approach of the run that the other source ought to have by all that is known of it."""
        if not without_set:
            return f"by its own element sets and rules it ought to be in {self.other.label}"
        objects = " and ".join(map(identifier, without_set))
        return (
            f"{self.other.label}: its element set of {objects} is not available; to test it, give a catalogue that "
            f"contains it with --catalog"
        )

    def _sets(self, k: int, model: Model) -> list[str]:
        """The sets of the other source that a model uses, each with the one of the run."""
        return [
            f"the set of {self._epoch(k, slot, theirs=True)} for {identifier(int(self.pairs.numbers[k, slot]))} "
            f"(here: {self._epoch(k, slot, theirs=False)})"
            for slot in (0, 1)
            if model.theirs[slot]
        ]

    def _staleness(self, k: int, slot: int) -> list[str]:
        """The epoch of the other source's set by the age that it states, if the set itself is not available."""
        place = 1 - slot if self.pairs.swapped[k] else slot
        age = float((self.events.first_age_days, self.events.second_age_days)[place][k])
        if not np.isfinite(age) or self.pairs.theirs[k, slot] >= 0:
            return []
        number = identifier(int(self.pairs.numbers[k, slot]))
        their_epoch_s = float(self.pairs.tca_s[k]) - age * SECONDS_PER_DAY
        own = self.pairs.own_record(k, slot)
        if own is not None:
            own_s = self.pairs.epochs_s(k, slot)[0]
            apart = (their_epoch_s - own_s) / SECONDS_PER_DAY
            if abs(apart) <= self.other.precision.age_days:
                return [f"their set of {number} has the epoch of ours"]
            newer = "newer" if apart > 0.0 else "older"
            ours = f", {abs(apart):.2f} days {newer} than ours"
        else:
            ours = ""
        return [
            f"their set of {number} was {age:.2f} days old at TCA (epoch {self._moment(their_epoch_s)}{ours}); it is "
            f"not available: to test it, give a catalogue that contains it with --catalog"
        ]

    def _bars(self, k: int, slots: Slots, of_pair: tuple[Cause, ...]) -> list[str]:
        """The reasons that kept each object, and the pair, out of the run."""
        parts = [
            f"{identifier(int(number))}: {_BARS[bar]}"
            for number, bar in zip(self.pairs.numbers[k].tolist(), slots, strict=True)
            if bar is not None
        ]
        for bar in of_pair:
            if bar != Cause.SPAN:
                parts.append(_BARS[bar])
                continue
            run_s = float(self.pairs.run_s[k])
            late = run_s - self.examination.run.inputs.duration_s
            away = (
                f"{_duration(late)} after the end" if late > 0.0 else f"{_duration(-run_s)} before the start"
            )
            parts.append(f"TCA is {away} of the span")
        return parts

    def _epoch(self, k: int, slot: int, *, theirs: bool) -> str:
        own, other = self.pairs.epochs_s(k, slot)
        seconds = other if theirs else own
        if np.isfinite(seconds):
            return self._moment(seconds)
        return "an ephemeris" if not theirs and self.pairs.arcs[k, slot] >= 0 else "none"

    def _moment(self, seconds: float) -> str:
        return utc_text(*self.pairs.origin, seconds, decimals=0).replace("T", " ").removesuffix("Z")


def _duration(seconds: float) -> str:
    """A length of time with its unit."""
    if seconds < 120.0:
        return f"{seconds:.3g} s"
    if seconds < 7200.0:
        return f"{seconds / 60.0:.0f} minutes"
    if seconds < 2.0 * SECONDS_PER_DAY:
        return f"{seconds / 3600.0:.1f} hours"
    return f"{seconds / SECONDS_PER_DAY:.1f} days"
