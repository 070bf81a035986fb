"""The history of an event: the probability of each report, its change from the one before, the state at a decision.

Sources: `cdm.assess` for the probability, `cdm.revision` for the changes.

Assumptions
- The probability of a report is ours where it is a message that has covariances and a radius, otherwise the one it
  states, otherwise unknown. Unknown is not zero.
- The state at the decision time is the last report that was made that long, or longer, before its own TCA: the
  knowledge of that time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from debrissim.cdm.assess import CdmAssessment, assess_cdms
from debrissim.cdm.reports import CdmReport
from debrissim.cdm.revision import SUCCESSIVE, Revision, revision
from debrissim.cdm.series import CdmEvent
from debrissim.core.errors import InputError
from debrissim.core.numbers import scientific

DECISION_S = 86400.0
"""Default time of the decision before TCA, s."""
_NO_VALUE = "the summary states no probability, and has no states to compute one from"


@dataclass(frozen=True, eq=False)
class ReportProbability:
    """The probability of one report.

    value: None if it is unknown; reason explains this, and also the use of a stated value instead of ours. method:
    of our value, or as stated. is_stated: the value is the originator's, not ours.
    """

    value: float | None
    method: str
    is_stated: bool
    reason: str
    assessment: CdmAssessment | None = None


@dataclass(frozen=True, eq=False)
class HistoryEntry:
    """A report of an event, its probability, and its change from the one before (None for the first one).

    The change of a message is from the message before, whatever summaries are between them.
    """

    report: CdmReport
    is_swapped: bool
    probability: ReportProbability
    revision: Revision | None


@dataclass(frozen=True, eq=False)
class EventAssessment:
    """An event with the probability of its latest report, and of the one at the decision time.

    decision_s: time of the decision before TCA; at_decision, decision_report: None where no report was made by then.
    """

    event: CdmEvent
    hard_body_radius_m: float | None
    latest: ReportProbability
    decision_s: float
    decision_report: CdmReport | None
    at_decision: ReportProbability | None

    @cached_property
    def history(self) -> tuple[HistoryEntry, ...]:
        """Every report that says something, in the order of creation."""
        entries = []
        known = {id(self.event.latest): self.latest}
        if self.decision_report is not None and self.at_decision is not None:
            known[id(self.decision_report)] = self.at_decision
        before: int | None = None
        message: int | None = None
        for k in self.event.revisions:
            report = self.event.reports[k]
            found = known.get(id(report)) or probability_of(report, self.hard_body_radius_m)
            # A summary between two messages does not part them.
            last = before if report.conjunction is None or message is None else message
            change = None if last is None else _revision(self.event, last, k)
            entries.append(HistoryEntry(report, self.event.swapped[k], found, change))
            before = k
            message = message if report.conjunction is None else k
        return tuple(entries)


def assess_cdm_events(
    events: Sequence[CdmEvent], *, hard_body_radius_m: float | None = None, decision_s: float = DECISION_S
) -> tuple[EventAssessment, ...]:
    """The probability of each event by its latest report, the highest first; the unknown ones last, nearest first.

    Parameters
    ----------
    events : sequence of CdmEvent
        As `read_cdm_events` gives them.
    hard_body_radius_m : float, optional
        Combined radius in m, above 0, for every message; by default as each states.
    decision_s : float, s
        Time of the decision before TCA, 0 or more.

    Raises
    ------
    InputError
        For a radius that is not positive, or a time that is negative.
    """
    if hard_body_radius_m is not None and not (
        math.isfinite(hard_body_radius_m) and hard_body_radius_m > 0.0
    ):
        raise InputError(f"hard_body_radius_m: expected a finite number > 0, got {hard_body_radius_m}")
    if not (math.isfinite(decision_s) and decision_s >= 0.0):
        raise InputError(f"decision_s: expected a finite number of seconds >= 0, got {decision_s}")
    found = [_assessed(event, hard_body_radius_m, decision_s) for event in events]
    return tuple(sorted(found, key=_order))


def probability_of(report: CdmReport, hard_body_radius_m: float | None) -> ReportProbability:
    """The probability of one report: ours, otherwise as stated, otherwise unknown."""
    stated = report.stated_probability
    if report.conjunction is None:
        return ReportProbability(stated, report.stated_method, True, "" if stated is not None else _NO_VALUE)
    try:
        (assessment,) = assess_cdms(
            [report.conjunction], hard_body_radius_m=hard_body_radius_m, methods=["foster"]
        )
    except InputError:
        reason = "it states no hard-body radius; give one with --hbr"
        return ReportProbability(stated, report.stated_method, True, reason)
    value = assessment.recommended.value
    reason = "" if value is not None else assessment.reason
    return ReportProbability(value, assessment.chosen, False, reason, assessment)


def _assessed(event: CdmEvent, radius_m: float | None, decision_s: float) -> EventAssessment:
    latest = probability_of(event.latest, radius_m)
    early = [report for report in event.reports if report.time_to_tca_s >= decision_s]
    report = early[-1] if early else None
    at_decision = None
    if report is not None:
        at_decision = latest if report is event.latest else probability_of(report, radius_m)
    return EventAssessment(event, radius_m, latest, decision_s, report, at_decision)


def _order(found: EventAssessment) -> tuple[bool, float, float]:
    value = found.latest.value
    return value is None, 0.0 if value is None else -value, found.event.latest.miss_distance_m


def _revision(event: CdmEvent, before: int, after: int) -> Revision:
    older, newer = event.reports[before].conjunction, event.reports[after].conjunction
    if older is None or newer is None:
        shift_s = event.reports[after].tca - event.reports[before].tca
        return Revision("", "summaries have no states", tca_shift_s=shift_s)
    return revision(older, newer, swapped=(event.swapped[before], event.swapped[after]))


def revision_text(found: Revision | None) -> str:
    """The verdict on a change with its numbers: "consistent, p 0.31", or why it was not tested."""
    if found is None:
        return ""
    if not found.verdict:
        return f"not tested: {found.reason}"
    p = found.p_value if found.p_value is not None else math.nan
    shown = f"{p:.2g}" if p >= 1e-3 else scientific(p) if p >= 1e-10 else "< 1e-10"
    basis = "" if found.basis == SUCCESSIVE else ", independent"
    return f"{found.verdict}{basis}, chi-square {found.chi_square:.3g}, p {shown}"
