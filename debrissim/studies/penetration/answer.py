"""The answer of the penetration study in words: the odds of a penetration where every limit has a printed source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debrissim.core.numbers import count, rounded, scientific
from debrissim.report.hits import odds, odds_range
from debrissim.report.lines import TableLine, between
from debrissim.studies.particle_environment import UNVERIFIED

_NAME_WIDTH = 22


def penetration_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """The lines for the terminal."""
    answer, method = summary["answer"], summary["method"]
    days = summary["provenance"]["scenario"]["mission"]["duration_days"]
    yield from _verdict(answer, days)
    yield TableLine(f"{'expected in the mission':<{_NAME_WIDTH}}   debris  meteoroids  both (low to high)")
    for row in answer["modules"]:
        numbers = (
            f"{scientific(row['debris_expected']):>8}  {scientific(row['meteoroids_expected']):>10}  "
            f"{scientific(row['expected'])} ({between(row['low'], row['high'])})"
        )
        note = "" if row["in_total"] else " *"
        yield TableLine(f"{row['module'][:_NAME_WIDTH]:<{_NAME_WIDTH}} {numbers}{note}")
    if not all(row["in_total"] for row in answer["modules"]):
        yield "* the same target by another limit, not in the sum"
    if answer["left_out"]:
        yield f"left out: {', '.join(answer['left_out'])}"
    check = "agrees" if answer["monte_carlo_agrees"] else "DOES NOT AGREE"
    yield from (
        f"method: {method['debris']['model'].split(' (')[0]} and {method['meteoroids']['model']}, ballistic limits of "
        "NASA/TM-2009-214785; the range is that of the fluxes; no shadows of other parts: docs/shields.md",
        f"Monte Carlo check: {check}",
        UNVERIFIED,
        *(f"flag: {flag}" for flag in method["flags"]),
    )


def _verdict(answer: Mapping[str, Any], days: float) -> Iterator[str]:
    span = f"{rounded(24.0 * days, 2)} hours" if days < 2.0 else f"{rounded(days, 3)} days"
    published = (
        f"published: {entry['name']}: {odds(entry['expected'])} ({entry['source']})"
        for entry in answer["published"]
    )
    if not answer["unverified"]:
        expected, modules = answer["expected"], sum(row["in_total"] for row in answer["modules"])
        yield (
            f"at least one penetration of the {count(modules, 'module')} below in {span}: {odds(expected['nominal'])} "
            f"({odds_range(expected['low'], expected['high'])})"
        )
        yield from published
        return
    yield f"no answer, for want of a printed source for: {', '.join(answer['unverified'])}"
    yield from published
    yield f"for scale, in {span}: " + "; ".join(
        f"{row['module']} {odds(row['expected'])} ({odds_range(row['low'], row['high'])})"
        for row in answer["modules"]
    )
