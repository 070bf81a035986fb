"""The answer of a run with modelled breakups: the chance of a hit by a fragment, computed from their passes.

Assumptions
- Passes are proportional to the number of fragments, so they have the same range as that number, taken from observed
  breakups.
- Within a sphere of up to 50 km, passes are spread evenly over its disc, so the ratio of expected hits to passes is
  that of the area of the spacecraft to the area of the disc. For all other objects of
  scenarios/asat_cosmos_1408.toml this gives 0.0063 hits a year, and the flux of their orbits 0.0067. The fragments'
  own size, about 10 cm, is neglected.
- A box has no such disc, and a spacecraft with a default radius has no known size: then only passes are reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from debrissim.catalog import identifier
from debrissim.core.numbers import count, rounded
from debrissim.core.statistics import garwood_interval
from debrissim.report.hits import odds, odds_range
from debrissim.report.sentences import span_words
from debrissim.screening.volumes import PRESETS

# With fewer the count says little.
_MIN_PASSES = 10
# Density changes over a scale height of some tens of kilometres.
_MAX_SPHERE_KM = 50.0


def cloud_answer(summary: Mapping[str, Any]) -> tuple[str, str]:
    """The chance of a hit by a fragment, or the passes with the reason why it is not known, and the range; from
    summary.json.

    Of the primary and volume with most passes of fragments.
    """
    shown = most_passes(summary["cloud"])
    passes, others = shown["fragment_passes"], shown["background_passes"]
    sampled, low, high = fragment_numbers(summary["provenance"]["clouds"])
    span = span_words(summary["provenance"]["span"]["duration_days"])
    compared = "" if others is None else f"; {others:,} of all other objects"
    scale = passes / max(sampled, 1)
    name = primary_names(summary)[shown["primary_norad_id"]]
    counted = f"{count(passes, 'pass', 'passes')} of modelled fragments inside {volume_words(summary)[shown['volume']]}"
    basis, per_pass = _hits_per_pass(summary, shown)
    if per_pass is None:
        return (
            f"{name}: {counted} within {span}{compared}; the chance of a hit is not known, because {basis}",
            f"range {rounded(scale * low)} to {rounded(scale * high)} passes, from the number of fragments in observed "
            f"breakups",
        )
    fewest, most = garwood_interval(passes)
    extent = odds_range(per_pass * fewest * low / sampled, per_pass * most * high / sampled)
    return (
        f"{name}: the chance of a hit by a modelled fragment is {basis[0]}{odds(per_pass * passes)} within {span}, "
        "without manoeuvres",
        f"range {extent}, from the number of fragments in observed breakups and the count of passes (95 %), "
        f"{basis[1]}; from {counted}",
    )


def _hits_per_pass(
    summary: Mapping[str, Any], shown: Mapping[str, Any]
) -> tuple[tuple[str, str], float] | tuple[str, None]:
    """Expected hits per pass, with "" or "at most " and the size behind it; or why they are not known."""
    number = shown["primary_norad_id"]
    (primary,) = (p for p in summary["provenance"]["primaries"] if p["norad_id"] == number)
    sphere_km = _sphere_km(summary["provenance"]["scenario"]["screening"]["volumes"], shown["volume"])
    if primary["radius_is_default"]:
        return "the size of the spacecraft is not stated", None
    if sphere_km is None:
        return "passes through a box do not give a flux: a sphere among the volumes does", None
    if sphere_km > _MAX_SPHERE_KM:
        return f"passes are not even over a sphere of more than {_MAX_SPHERE_KM:g} km", None
    if shown["fragment_passes"] < _MIN_PASSES:
        return "there are too few passes", None
    mean = [h["mean_shadow_radius_m"] for h in summary.get("long_run_hits", []) if h["norad_id"] == number]
    if mean and mean[0] is not None:
        basis, radius_m = ("", f"by its mean projected area, as a sphere of {mean[0]:.2g} m"), mean[0]
    else:
        radius_m = primary["hard_body_radius_m"]
        basis = "at most ", f"by the sphere of {radius_m:.3g} m around it; its projected area is not known"
    return basis, (radius_m / (1000.0 * sphere_km)) ** 2


def _sphere_km(volumes: Sequence[Any], name: str) -> float | None:
    """The radius of the volume of that name among those of a scenario, None if it is not a sphere."""
    for volume in volumes:
        if isinstance(volume, Mapping) and volume["name"] == name:
            radius: float | None = volume["sphere_km"]
            return radius
    preset = PRESETS.get(name)
    return preset.half_widths_km[0] if preset is not None and preset.is_sphere else None


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
