"""The answer of a run in words: the answer first, then its range, how it was obtained, and the objects not examined.

The terminal, the page and the figures take their sentences from here; they are made only from summary.json and
conjunctions.csv.

Assumptions
- Encounters of real objects have a probability; those with synthetic objects count only in the rates. - A probability
  is compared with an operator's practice only if an operator gave the errors of both objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.numbers import count, one_in, threshold
from debrissim.report import message_verdict
from debrissim.report.cloud_verdict import cloud_answer, cloud_sentences
from debrissim.report.error_words import covariance_sources, error_words, given_by_operators
from debrissim.report.hits import hit_sentence
from debrissim.report.sampled_answer import hit_answer, own_hits, rate_answer
from debrissim.report.sentences import (
    MANOEUVRE,
    also,
    encounter,
    level_of,
    odds_range,
    own_totals,
    rate,
    span_words,
    split_volumes,
    subject,
    summed_up,
)
from debrissim.results.coverage import co_located_sentence, examined_sentence, has_large_gap, limit_sentences
from debrissim.results.table import Table
from debrissim.uncertainty.alarm_rates import alarm_sentence

REAL, SAMPLED, MESSAGES = "real", "sampled", "messages"
"""Kinds of run: real objects were screened; synthetic ones alone; nothing was screened, messages were assessed."""
_SPEEDS_MIN = 20


@dataclass(frozen=True)
class Verdict:
    """One answer: of a run, or of one of its spacecraft.

    subject: the spacecraft in words. level: "red", "yellow" or "none". answer: the first sentence. range: of the number
    in it, "" where it has none. details: further sentences.
    """

    subject: str
    level: str
    answer: str
    range: str
    details: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All sentences, the answer first."""
        return (self.answer, *([self.range] if self.range else []), *self.details)


@dataclass(frozen=True)
class RunVerdict:
    """The answer of a run.

    kind: `REAL`, `SAMPLED` or `MESSAGES`. whole: of the run. primaries: of each spacecraft, if there are several.
    scale: how often such a screening exceeds red, and how often the station manoeuvres; "" if that was not measured.
    messages: a sentence on each conjunction that messages report in addition to a screening. method: how the numbers
    were obtained. population: how much of it is synthetic.
    limits: those of the answer, to be read with it: spacecraft not propagated over the whole span, objects that their
    ephemerides do not cover, a large part of the catalogue not examined. examined: objects that were and were not. A
    text is "" if there is nothing to say, or if `limits` say it. notes: anything that had to be decided or assumed, in
    sentences.
    """

    kind: str
    whole: Verdict
    primaries: tuple[Verdict, ...]
    scale: str
    messages: tuple[str, ...]
    method: tuple[str, ...]
    population: str
    limits: tuple[str, ...]
    examined: str
    notes: tuple[str, ...]


def run_verdict(summary: Mapping[str, Any], conjunctions: Table) -> RunVerdict:
    """Put a run of conjunctions into words.

    Parameters
    ----------
    summary : mapping
        The content of its summary.json.
    conjunctions : Table
        All rows of its conjunctions.csv.

    Returns
    -------
    RunVerdict

    Raises
    ------
    KeyError
        If a part of the summary is missing.
    """
    kind = run_kind(summary)
    run = _Run(summary, conjunctions)
    totals = summary["totals"]
    if kind == MESSAGES:
        answer = message_verdict.message_answer(summary["events"], run.thresholds)
        whole, own = Verdict("messages", *answer), tuple[Verdict, ...]()
    else:
        describe = run.real if kind == REAL else run.sampled
        sampled = summary["provenance"]["catalogue"]["synthetic_objects"] if kind == SAMPLED else None
        whole = describe(totals, subject(summary["provenance"]["primaries"], sampled=sampled))
        if summary.get("cloud"):
            whole = _with_clouds(whole, summary, first=kind == SAMPLED)
        own = tuple(describe(each, each["name"]) for each in own_totals(totals))
    examined = run.examined(kind)
    large_gap = kind != MESSAGES and has_large_gap(run.provenance)
    return RunVerdict(
        kind=kind,
        whole=whole,
        primaries=own,
        scale=run.scale(kind),
        messages=() if kind == MESSAGES else tuple(message_verdict.message_lines(summary["events"])),
        method=tuple(run.method(kind)),
        population=run.population(kind),
        limits=(*limit_sentences(run.provenance), *([examined] if large_gap else [])),
        examined="" if large_gap else examined,
        notes=tuple(filter(None, (co_located_sentence(run.provenance), *run.provenance["notes"]))),
    )


def _with_clouds(verdict: Verdict, summary: Mapping[str, Any], *, first: bool) -> Verdict:
    """The verdict with the modelled clouds: before its own answer, or among the details."""
    sentences = tuple(cloud_sentences(summary))
    if not first:
        return replace(verdict, details=(*verdict.details, *sentences))
    answer, extent = cloud_answer(summary)
    own: tuple[str, ...] = ()
    if not summary["cloud"]["not_compared"]:
        own = (
            f"of all objects: {verdict.answer}",
            *([verdict.range] if verdict.range else []),
            *verdict.details,
        )
    return replace(verdict, answer=answer, range=extent, details=(*sentences, *own))


def run_kind(summary: Mapping[str, Any]) -> str:
    """`REAL`, `SAMPLED` or `MESSAGES`, of the content of summary.json."""
    if not summary["provenance"]["catalogue"]["objects"]:
        return MESSAGES
    return SAMPLED if summary["totals"]["cumulative_probability"] is None else REAL


@dataclass(frozen=True, eq=False)
class _Run:
    """A run's results, and the sentences made of them. `sums`: the totals of a run or of one of its primaries."""

    summary: Mapping[str, Any]
    conjunctions: Table

    @property
    def provenance(self) -> Mapping[str, Any]:
        provenance: Mapping[str, Any] = self.summary["provenance"]
        return provenance

    @property
    def thresholds(self) -> Mapping[str, Any]:
        thresholds: Mapping[str, Any] = self.provenance["scenario"]["probability"]
        return thresholds

    @property
    def span(self) -> str:
        return span_words(self.provenance["span"]["duration_days"])

    def real(self, sums: Mapping[str, Any], subject: str) -> Verdict:
        """For real objects: the probability of a collision within the span."""
        if sums["encounter_count"] == sums["sampled_count"]:
            answer = f"{subject}: no real object came inside the screening volumes within {self.span}"
            return Verdict(subject, "none", answer, "", tuple(self._counts(sums)))
        missing = sums["without_probability"]
        if missing == sums["encounter_count"] - sums["sampled_count"]:
            answer = f"{subject}: {count(missing, 'encounter')} within {self.span}, none with a computable probability"
            return Verdict(subject, "none", answer, "", tuple(self._counts(sums)))
        low, value, high = (sums[f"cumulative_{name}"] for name in ("low", "probability", "high"))
        rows = self._rows(sums)
        given = bool(self.given[rows].all())
        has_common = bool(self.provenance["method"]["covariance"].get("with_common"))
        words = "a probability" if given else "a screening probability"
        errors = error_words(self.sources[rows])
        return Verdict(
            subject,
            "red" if sums["above_red"] else "yellow" if sums["above_yellow"] else "none",
            f"{subject}: a collision within {self.span} has {words} of {one_in(value)} ({errors})",
            odds_range(low, value, high, with_common=has_common and not given),
            (
                *self._most_probable(sums["most_probable"], subject),
                self._thresholds(sums),
                *(
                    [f"{count(missing, 'encounter')} without a computable probability left out"]
                    if missing
                    else []
                ),
                *self._counts(sums),
                *self._hits(sums),
                *self._dilution(sums),
            ),
        )

    def sampled(self, sums: Mapping[str, Any], subject: str) -> Verdict:
        """For synthetic objects: the chance of a hit if it is known, how often they come close, and how fast."""
        shown, others = split_volumes(sums)
        speeds = tuple(self._speeds(self._rows(sums, sampled=True)))
        hits = [] if self.summary.get("cloud") else own_hits(self.summary, sums)
        if hits:
            answer, extent = hit_answer(self.summary, hits, subject)
            return Verdict(subject, "none", answer, extent, (rate(shown), *also(others), *speeds))
        answer, extent = rate_answer(shown, subject, self.span)
        return Verdict(subject, "none", answer, extent, (*also(others), *self._hits(sums), *speeds))

    def scale(self, kind: str) -> str:
        """The meaning of a level of probability from modelled errors; "" for errors that an operator gave."""
        if kind != REAL or bool(self.given.all()):
            return ""
        return alarm_sentence(self.provenance["method"]["covariance"]["name"]) or ""

    def method(self, kind: str) -> Iterator[str]:
        """How the numbers were obtained."""
        if kind == MESSAGES:
            yield message_verdict.METHOD
            return
        method = self.provenance["method"]
        yield f"method: {method['propagation']}; {method['rates']}"
        if kind == REAL:
            yield f"Pc by {method['probability']}; errors {method['covariance']['label']}"
            yield f"cumulative: {method['cumulative']}"

    def population(self, kind: str) -> str:
        """How much of the population is synthetic; "" if nothing is."""
        catalogue = self.provenance["catalogue"]
        sampled = catalogue["synthetic_objects"]
        if kind == SAMPLED:
            return (
                f"SYNTHETIC POPULATION: {sampled:,} objects sampled from statistics; none exists, so there are no "
                "dates, names or alerts"
            )
        words = f"PARTLY SYNTHETIC: {sampled:,} of {catalogue['objects']:,} objects are sampled from statistics and"
        return f"{words} count only in the rates" if sampled else ""

    def examined(self, kind: str) -> str:
        """Objects that were examined and that were not, and records and pairs set aside; "" for messages alone."""
        if kind == MESSAGES:
            return ""
        counts = self.provenance["counts"]
        aside = [count(counts[name], *words) for name, words in _SET_ASIDE.items() if counts[name]]
        return "; ".join([examined_sentence(self.provenance), *aside])

    @cached_property
    def sources(self) -> NDArray[np.object_]:
        """(m, 2) the origin of the errors of both objects."""
        return covariance_sources(self.conjunctions, self.provenance)

    @property
    def given(self) -> NDArray[np.bool_]:
        """(m,) whether the errors of both objects are an operator's, not a model's."""
        return given_by_operators(self.sources)

    def _rows(self, sums: Mapping[str, Any], *, sampled: bool = False) -> NDArray[np.bool_]:
        """(m,) the encounters with real objects, or with sampled ones, that are summed up."""
        return np.asarray(summed_up(self.conjunctions, sums) & (self.conjunctions.synthetic == sampled))

    def _most_probable(self, row: int | None, subject: str) -> Iterator[str]:
        if row is None:
            return
        words = f"most probable: {encounter(self.conjunctions, row, subject)}"
        red = level_of(float(self.conjunctions.collision_probability[row]), self.thresholds) == "red"
        yield f"{words}; {MANOEUVRE} (the errors are the operators')" if red and self.given[row] else words

    def _thresholds(self, sums: Mapping[str, Any]) -> str:
        red, yellow = (threshold(self.thresholds[name]) for name in ("red", "yellow"))
        if not sums["above_yellow"]:
            return f"no encounter is at or above yellow ({yellow})"
        if not sums["above_red"]:
            notable = count(sums["above_yellow"], "encounter")
            return f"{notable} at or above yellow ({yellow}), none at or above red ({red})"
        words = f"{count(sums['above_red'], 'encounter')} at or above red ({red})"
        more = sums["above_yellow"] - sums["above_red"]
        return f"{words}, {more:,} more at or above yellow ({yellow})" if more else words

    def _counts(self, sums: Mapping[str, Any]) -> Iterator[str]:
        shown, others = split_volumes(sums)
        yield rate(shown)
        yield from also(others)
        sampled = sums["sampled_count"]
        if sampled:
            yield f"{sampled:,} of {count(sums['encounter_count'], 'encounter')} are with sampled objects"

    def _hits(self, sums: Mapping[str, Any]) -> Iterator[str]:
        """The long-run rate of hits on the only primary, or on the primary being summed up."""
        if sums.get("norad_id") is None and len(self.summary["totals"]["primaries"]) > 1:
            return
        own = own_hits(self.summary, sums)
        yield from (f"a hit in the long run, without manoeuvres: {hit_sentence(entry)}" for entry in own)

    def _dilution(self, sums: Mapping[str, Any]) -> Iterator[str]:
        diluted = int((self.conjunctions.dilution & self._rows(sums)).sum())
        if diluted:
            yield (
                f"* {count(diluted, 'encounter')} diluted: a small Pc there means that the orbits are poorly known, "
                "not that the approach is safe"
            )

    def _speeds(self, rows: NDArray[np.bool_]) -> Iterator[str]:
        speed = self.conjunctions.relative_speed_km_s[rows]
        if len(speed) >= _SPEEDS_MIN:
            low, middle, high = np.percentile(speed, (5.0, 50.0, 95.0))
            yield f"relative speed: median {middle:.1f} km/s, 90 % between {low:.1f} and {high:.1f} km/s"


_SET_ASIDE = {
    "records_rejected": ("record rejected", "records rejected"),
    "superseded": ("superseded element set", "superseded element sets"),
}
"""The counts in summary.json of exclusions other than objects, in words for one and for several."""
