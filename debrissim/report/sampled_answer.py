"""The first sentences of a run with synthetic objects alone: the chance of a hit, else the rate of close approaches.

Assumptions
- A hit by one of the sampled objects does not depend on a screening volume or on the week that was sampled, so it
  opens the answer where a size is known (`debrissim.conjunctions.hit_rates`).
- Fragments of the run's own breakups are not among the objects of that rate: with them it does not open the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from debrissim.core.numbers import rounded
from debrissim.report.cloud_verdict import primary_names
from debrissim.report.hits import hit_parts
from debrissim.report.sentences import NAMES_SHOWN, approaches, interval


def own_hits(summary: Mapping[str, Any], sums: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The long-run hits of summary.json on the primaries that are summed up; none unless each of a few has them."""
    number = sums.get("norad_id")
    own = [entry for entry in summary.get("long_run_hits", []) if number in (None, entry["norad_id"])]
    expected = 1 if number is not None else len(summary["provenance"]["primaries"])
    return own if len(own) == expected <= NAMES_SHOWN else []


def hit_answer(
    summary: Mapping[str, Any], hits: Sequence[Mapping[str, Any]], subject: str
) -> tuple[str, str]:
    """The chance of a hit by a sampled object within a year, and its range; hits: of `own_hits`."""
    names = primary_names(summary)
    several = len(hits) > 1
    parts = [(names[hit["norad_id"]], *hit_parts(hit)) for hit in hits]
    values = " and ".join(f"{value} a year{f' for {name}' if several else ''}" for name, value, _, _ in parts)
    extents = ", ".join(
        f"{extent} for {name}" if several else f"{extent}, {basis}" for name, _, extent, basis in parts
    )
    sampled = summary["provenance"]["catalogue"]["synthetic_objects"]
    return (
        f"{subject}: the chance of a hit by one of {sampled:,} sampled objects is {values}, without manoeuvres",
        f"range {extents}",
    )


def rate_answer(volume: Mapping[str, Any], subject: str, span: str) -> tuple[str, str]:
    """The rate of close approaches in a volume, or their number in a span too short for a rate, and its range."""
    if volume["per_day"] is None:
        spread = interval(volume["count_low"], volume["count_high"])
        return (
            f"{subject}: {approaches(volume)} in {span}, not enough for a rate",
            f"such a span has {spread} of them (95 %)",
        )
    spread = interval(volume["per_day_low"], volume["per_day_high"])
    return (
        f"{subject}: {rounded(volume['per_day'])} close approaches a day inside {volume['description']}",
        f"range {spread} a day (95 %), from {volume['count']:,} in {span}",
    )
