"""The answer of a comparison with another source, in words, from its summary alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debrissim.core.numbers import count
from debrissim.report.answer import AnswerTable, StudyAnswer


def comparison_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words: events found in both, and the causes of the differences."""
    answer = summary["answer"]
    found, examined = int(answer["found"]), int(answer["examined"])
    label, events, agree = answer["other"]["label"], int(answer["events"]), int(answer["agree"])
    return StudyAnswer(
        answer=(
            f"Of {count(events, 'event')} in {label}, {examined:,} {_are(examined, 'concerns', 'concern')} objects and "
            f"times that these results examined{_outcome(found, examined - found)}."
        ),
        extent=(
            f"Of the {count(found, 'event')} found, {agree:,} {_are(agree, 'agrees', 'agree')} in TCA, miss and speed "
            f"to the digits of {label}; {found - agree:,} {_are(found - agree, 'differs', 'differ')}."
            if found
            else "No event common to both could be compared in TCA, miss and speed."
        ),
        tables=(_numbers(answer), *_causes(answer)),
        details=tuple(_details(answer, label)),
        method=(str(summary["method"]["label"]),),
        limits=(
            "Each side has its own catalogue, covariance and sizes: a difference does not say which side is right.",
            *map(str, answer["notes"]),
        ),
    )


def _numbers(answer: Mapping[str, Any]) -> AnswerTable:
    names = {
        "events": "events of the other source",
        "examined": "of them examined by these results",
        "found": "found",
        "agree": "found, and equal to the last digit",
        "outside_span": "outside the span of these results",
        "other_pairs": "of other spacecraft",
        "missing_in_other": "events only in these results",
    }
    return AnswerTable(
        "Events compared",
        ("Events", "Number"),
        tuple(
            (words, "not known" if answer[key] is None else f"{int(answer[key]):,}")
            for key, words in names.items()
        ),
    )


def _details(answer: Mapping[str, Any], label: str) -> Iterator[str]:
    beyond = int(answer["outside_span"])
    if beyond:
        yield (
            f"{count(beyond, 'further event')} of the same spacecraft {_are(beyond, 'lies', 'lie')} outside the span "
            "of these results."
        )
    foreign = int(answer["other_pairs"])
    if foreign:
        yield f"{count(foreign, 'event')} of other spacecraft {_are(foreign, 'was', 'were')} not compared."
    only_here = answer["missing_in_other"]
    if only_here is None:
        yield f"The events that {label} leave out are not known: those only in these results were not compared."
    else:
        yield f"{count(int(only_here), 'event')} of these results {_are(int(only_here))} not in {label}."
    total, tested = int(answer["differences"]), int(answer["explained"])
    if total:
        yield (
            f"Of {count(total, 'difference')}, {tested:,} {_are(tested)} explained by a cause without which a "
            f"computation no longer shows {_are(tested, 'it', 'them')}; {total - tested:,} {_are(total - tested)} not."
        )


def _causes(answer: Mapping[str, Any]) -> Iterator[AnswerTable]:
    if int(answer["differences"]):
        yield AnswerTable(
            "Causes of the differences",
            ("Cause", "Differ", "Only there", "Only here"),
            tuple(
                (
                    cause["causes"].replace(";", " + "),
                    *(
                        f"{int(cause[place]):,}"
                        for place in ("differ", "missing_in_results", "missing_in_other")
                    ),
                )
                for cause in answer["causes"]
            ),
        )


def _outcome(found: int, lacking: int) -> str:
    """The second half of the first sentence."""
    if not found + lacking:
        return ""
    if not lacking:
        return ", and all of them are found" if found > 1 else ", and it is found"
    if not found:
        return ", and none of them is found" if lacking > 1 else ", and it is missing"
    return f": {found:,} {_are(found)} found, {lacking:,} {_are(lacking)} missing"


def _are(number: int, one: str = "is", several: str = "are") -> str:
    return one if number == 1 else several
