"""The answer of the penetration study in words: the odds of a penetration, its own if every limit has a printed source,
otherwise those published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debrissim.core.numbers import rounded, scientific
from debrissim.report.answer import AnswerTable, StudyAnswer, flag_sentences, sentence
from debrissim.report.hits import odds, odds_range
from debrissim.report.lines import between
from debrissim.studies.particle_environment import UNVERIFIED


def penetration_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words, from the content of summary.json."""
    answer, method = summary["answer"], summary["method"]
    first, extent = _verdict(answer, summary["provenance"]["scenario"]["mission"]["duration_days"])
    check = "agrees" if answer["monte_carlo_agrees"] else "DOES NOT AGREE"
    left_out = [f"Left out: {', '.join(answer['left_out'])}."] if answer["left_out"] else []
    return StudyAnswer(
        answer=first,
        extent=extent,
        tables=tuple(_tables(answer)),
        details=(f"A Monte Carlo computation of the same numbers {check}.",),
        method=(
            f"{method['debris']['model'].split(' (')[0]} and {method['meteoroids']['model']}, ballistic limits of "
            "NASA/TM-2009-214785: docs/shields.md.",
            "The range is that of the fluxes.",
        ),
        limits=(
            *left_out,
            "Shadows that other parts cast on a surface are not in it.",
            sentence(UNVERIFIED),
            *flag_sentences(method["flags"]),
        ),
    )


def _verdict(answer: Mapping[str, Any], days: float) -> tuple[str, str]:
    span = f"{rounded(24.0 * days, 2)} hours" if days < 2.0 else f"{rounded(days, 3)} days"
    if answer["unverified"]:
        none_own = (
            "This study gives no probability of its own, for want of a printed source for "
            f"{' and for '.join(answer['unverified'])}"
        )
        if not answer["published"]:
            return (
                f"{none_own}.",
                f"The table below shows the order of magnitude for {span} alone.",
            )
        published = " or ".join(
            f"{odds(entry['expected'])} ({entry['name']})" for entry in answer["published"]
        )
        return (
            f"The published probability of a penetration is {published}.",
            f"{none_own}: its tables show the order of magnitude for {span} alone.",
        )
    expected, modules = answer["expected"], sum(row["in_total"] for row in answer["modules"])
    targets = "the part" if modules == 1 else f"at least one of the {modules} parts"
    return (
        f"Within {span}, a piece of debris or a meteoroid penetrates {targets} below with a probability of "
        f"{odds(expected['nominal'])}.",
        f"The range is {odds_range(expected['low'], expected['high'])}, by the uncertainty of the fluxes.",
    )


def _tables(answer: Mapping[str, Any]) -> Iterator[AnswerTable]:
    scale = ", for scale alone" if answer["unverified"] else ""
    several = not all(row["in_total"] for row in answer["modules"])
    yield AnswerTable(
        f"Probability of a penetration{scale}",
        ("Part", "Probability", "Range"),
        tuple(
            (_part(row), odds(row["expected"]), odds_range(row["low"], row["high"]))
            for row in answer["modules"]
        ),
    )
    yield AnswerTable(
        f"Penetrations expected{scale}",
        ("Part", "By debris", "By meteoroids", "By both", "Range"),
        tuple(
            (
                _part(row),
                scientific(row["debris_expected"]),
                scientific(row["meteoroids_expected"]),
                scientific(row["expected"]),
                between(row["low"], row["high"]),
            )
            for row in answer["modules"]
        ),
        "* The same part by another limit, not in the sum." if several else "",
    )
    if answer["published"]:
        yield AnswerTable(
            "Published values",
            ("Probability", "Published", "Source"),
            tuple((odds(entry["expected"]), entry["name"], entry["source"]) for entry in answer["published"]),
        )


def _part(row: Mapping[str, Any]) -> str:
    return str(row["module"]) + ("" if row["in_total"] else " *")
