"""The answer of a breakup study in words: the number of fragments, and its range in observed breakups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debrissim.core.numbers import NOTHING, rounded
from debrissim.report.answer import AnswerTable, StudyAnswer, flag_sentences

_EVENTS = {
    "explosion": "the explosion of",
    "collision": "the collision of",
    "asat": "the anti-satellite test against",
}


def breakup_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words, from the content of summary.json."""
    answer, method = summary["answer"], summary["method"]
    rows = {row["length_m"]: row for row in answer["counts"]}
    low, high = rows[0.1]["stated_range"]
    return StudyAnswer(
        answer=(
            f"By NASA's breakup model {_event(summary['provenance']['scenario'])} leaves about "
            f"{_number(rows[0.1]['law'])} fragments of 10 cm and more, and about {rounded(rows[0.01]['law'], 1)} of 1 "
            "cm and more."
        ),
        extent=(
            f"By observed breakups, the number of 10 cm and more is between {_number(low)} and {_number(high)}."
        ),
        tables=(_counts(answer), _fates(answer)),
        details=tuple(_energy(answer)),
        method=(
            f"{method['source']}.",
            f"One random sample of fragments, with seed {summary['provenance']['seed']}.",
            f"Ranges: {method['range'].partition(': ')[2]}.",
            *(f"Assumption: {assumption}." for assumption in method["assumptions"]),
        ),
        limits=(
            "The model is an average of observed events: a single event differs by the factors of its range.",
            *flag_sentences(method["flags"]),
        ),
    )


def _event(scenario: Mapping[str, Any]) -> str:
    """ "the collision of Cosmos 2251 and Iridium 33"."""
    target, projectile = scenario["target"], scenario["projectile"]
    name = str(target["name"] or "the object")
    other = "" if projectile is None else str(projectile["name"])
    both = f" and {other}" if other and scenario["event"]["type"] == "collision" else ""
    return f"{_EVENTS[scenario['event']['type']]} {name}{both}"


def _energy(answer: Mapping[str, Any]) -> Iterator[str]:
    if answer["catastrophic"] is None:
        return
    outcome = "breaks both objects up" if answer["catastrophic"] else "breaks up only a part of the target"
    energy = f"{rounded(answer['energy_to_mass_j_g'])} J per gram of the target"
    yield (
        f"At {answer['relative_speed_km_s']:.1f} km/s the impact {outcome}: {energy}, where the limit is 40 J/g."
    )


def _counts(answer: Mapping[str, Any]) -> AnswerTable:
    return AnswerTable(
        "Number of fragments",
        ("Length, at least", "By the model", "By observed breakups", "In this sample"),
        tuple(
            (
                _length(row["length_m"]),
                _number(row["law"]),
                " to ".join(_number(n) for n in row["stated_range"]),
                NOTHING if row["sampled"] is None else f"{row['sampled']:,}",
            )
            for row in answer["counts"]
        ),
    )


def _fates(answer: Mapping[str, Any]) -> AnswerTable:
    mass, fates = answer["mass_kg"], answer["fates"]
    total = max(1, sum(fates.values()))
    residual = [("mass without a place", f"{rounded(mass['residual'])} kg")] if mass["residual"] else []
    return AnswerTable(
        "The sampled fragments",
        ("Quantity", "Value"),
        (
            (f"fragments of {_length(answer['min_length_m'])} and more", f"{answer['fragments']:,}"),
            ("of them in orbit", f"{100.0 * fates['orbit'] / total:.0f} %"),
            ("of them re-enter at once", f"{100.0 * answer['reentry_share']:.0f} %"),
            ("of them escape from the Earth", f"{fates['escape']:,}"),
            ("mass of the objects", f"{rounded(mass['parents'], 3)} kg"),
            ("mass of these fragments", f"{rounded(mass['fragments'], 3)} kg"),
            ("mass of smaller ones", f"{rounded(mass['below_minimum_length'])} kg"),
            ("mass of remnants", f"{rounded(mass['remnants'], 3)} kg"),
            *residual,
        ),
    )


def _number(number: float) -> str:
    """A number of fragments, to two digits."""
    return f"{number:.0f}" if number < 100.0 else rounded(number)


def _length(length_m: float) -> str:
    if length_m < 0.01:
        return f"{length_m * 1000.0:g} mm"
    return f"{length_m * 100.0:g} cm" if length_m < 1.0 else f"{length_m:g} m"
