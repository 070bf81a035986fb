"""The answer of a run with modelled breakups: passes of the fragments, compared with those of all other objects of that
time.

Assumptions
- Passes are proportional to the number of fragments, so they have its range, which is that of observed breakups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from debrissim.catalog import identifier
from debrissim.core.numbers import count, rounded
from debrissim.report.sentences import span_words


def cloud_answer(summary: Mapping[str, Any]) -> tuple[str, str]:
    """The most passes of fragments of any primary and volume, and their range, from summary.json."""
    shown = most_passes(summary["cloud"])
    passes, others = shown["fragment_passes"], shown["background_passes"]
    sampled, low, high = fragment_numbers(summary["provenance"]["clouds"])
    span = span_words(summary["provenance"]["span"]["duration_days"])
    compared = "" if others is None else f"; {others:,} of all other objects"
    scale = passes / max(sampled, 1)
    return (
        f"{primary_names(summary)[shown['primary_norad_id']]}: {count(passes, 'pass', 'passes')} of modelled fragments "
        f"inside {volume_words(summary)[shown['volume']]} within {span}{compared}",
        f"range {rounded(scale * low)} to {rounded(scale * high)} passes, from the number of fragments in observed "
        f"breakups",
    )


def most_passes(cloud: Mapping[str, Any]) -> Mapping[str, Any]:
    """The primary and volume with most passes of fragments; if equal, the one with most passes of all other objects."""
    shown: Mapping[str, Any] = max(
        cloud["passes"], key=lambda entry: (entry["fragment_passes"], entry["background_passes"] or 0)
    )
    return shown


def fragment_numbers(events: Sequence[Mapping[str, Any]]) -> tuple[int, float, float]:
    """Fragments sampled, and the lowest and highest number by observed breakups, of all events together."""
    ranges = [event["count"]["stated_range"] for event in events]
    return sum(e["fragments_sampled"] for e in events), sum(r[0] for r in ranges), sum(r[1] for r in ranges)


def cloud_sentences(summary: Mapping[str, Any]) -> Iterator[str]:
    """Each primary and volume, each breakup, and the comparison, from summary.json."""
    cloud, names, volumes = summary["cloud"], primary_names(summary), volume_words(summary)
    for entry in cloud["passes"]:
        others = entry["background_passes"]
        compared = "" if others is None else f", {others:,} of all other objects"
        yield (
            f"{names[entry['primary_norad_id']]}, {volumes[entry['volume']]}: "
            f"{count(entry['fragment_passes'], 'pass', 'passes')} of modelled fragments{compared}"
        )
    for event in summary["provenance"]["clouds"]:
        low, high = event["count"]["stated_range"]
        yield (
            f"{event['event']}: {event['fragments_sampled']:,} fragments sampled from the breakup model, "
            f"{rounded(low)} to {rounded(high)} by observed breakups"
        )
    if cloud["not_compared"]:
        yield f"not compared with all other objects: {cloud['not_compared']}"


def primary_names(summary: Mapping[str, Any]) -> dict[int, str]:
    """The names of the primaries by catalogue number."""
    return {
        p["norad_id"]: str(p["name"] or identifier(p["norad_id"])) for p in summary["provenance"]["primaries"]
    }


def volume_words(summary: Mapping[str, Any]) -> dict[str, str]:
    """The volumes in words by name."""
    return {volume["name"]: volume["description"] for volume in summary["totals"]["volumes"]}
