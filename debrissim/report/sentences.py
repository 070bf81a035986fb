"""Sentences that the verdict, the figures and the page share; their data are those of summary.json and the tables.

Source: the thresholds, and the manoeuvre that is considered at red, are NASA's practice for the ISS: Orbital Debris
Quarterly News, April 2001 and April 2012.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import identifier
from debrissim.core.numbers import (
    count,
    fixed,
    moment,
    one_in,
    plus_minus,
    probability,
    probability_range,
    rounded,
    threshold,
)
from debrissim.core.numbers import level_of as core_level
from debrissim.results.table import Table
from debrissim.screening.volumes import HEADLINE_VOLUME

MANOEUVRE = "NASA considers an avoidance manoeuvre at this level"
"""Used only for a probability from an operator's errors."""
NAMES_SHOWN = 2
"""Spacecraft that an answer names; more are counted."""
_MORE_DIGITS = 4


def level_of(value: float | None, thresholds: Mapping[str, Any]) -> str:
    """ "red", "yellow" or "none": a value equal to a threshold reaches it."""
    return core_level(value, thresholds["yellow"], thresholds["red"]) or "none"


DILUTED = "Pc with *: diluted, where better tracking would raise it"
"""Explains the mark of a Pc in a table."""


def level_words(value: float, thresholds: Mapping[str, Any], *, operator: bool) -> str:
    """The level of a probability relative to the thresholds; operator: whether an operator gave the errors behind
    it."""
    level = level_of(value, thresholds)
    if level == "none":
        return f"below yellow ({threshold(thresholds['yellow'])})"
    words = f"at or above {level} ({threshold(thresholds[level])})"
    return f"{words}: {MANOEUVRE}" if operator and level == "red" else words


def encounter(conjunctions: Table, row: int, subject: str = "") -> str:
    """One encounter in a sentence.

    conjunctions: the rows of conjunctions.csv. subject: the only primary, which is not repeated.
    """
    table = conjunctions
    primary = str(table.primary_name[row])
    pair = "" if primary == subject else f"{primary} and "
    miss = plus_minus(float(table.miss_distance_km[row]), float(table.miss_distance_sigma_km[row]), "km")
    value = float(table.collision_probability[row])
    return (
        f"{pair}{table.secondary_name[row]} ({identifier(table.secondary_norad_id[row])}, {table.object_kind[row]}), "
        f"{moment(table[row].cells('tca_utc')[0])} UTC: {one_in(value)}, Pc {probability(value)}"
        f"{'*' if table.dilution[row] else ''}, miss {miss} at {table.relative_speed_km_s[row]:.1f} km/s"
    )


def subject(primaries: Sequence[Mapping[str, Any]], *, sampled: int | None = None) -> str:
    """The spacecraft of a run in words; primaries: as summary.json has them.

    sampled: the number of objects where all of them are synthetic: fewer may have been sampled than are in orbit.
    """
    names = [str(primary["name"] or identifier(primary["norad_id"])) for primary in primaries]
    if not names:
        return (
            "All objects against each other"
            if sampled is None
            else f"{sampled:,} sampled objects against each other"
        )
    return " and ".join(names) if len(names) <= NAMES_SHOWN else f"{len(names)} spacecraft"


def summed_up(conjunctions: Table, sums: Mapping[str, Any]) -> NDArray[np.bool_]:
    """(m,) the rows of conjunctions.csv behind the totals of a run, or of one of its primaries."""
    number, table = sums.get("norad_id"), conjunctions
    if number is None:
        return np.ones(len(table), dtype=np.bool_)
    return np.asarray((table.primary_norad_id == number) | (table.secondary_norad_id == number))


def own_totals(totals: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The totals of each of several spacecraft, the most probable collision first.

    Empty if all have the same encounters, namely with each other.
    """
    primaries = list(totals["primaries"])
    differ = any(own["encounter_count"] != totals["encounter_count"] for own in primaries)
    if len(primaries) < 2 or not differ:
        return []
    # Of sampled objects there is no probability: all keep their order.
    return sorted(primaries, key=lambda own: -(own["cumulative_probability"] or 0.0))


def span_words(days: float) -> str:
    """ "7 days", "1 day", "12 hours", "58 minutes"."""
    for size, unit in ((1.0, "day"), (1.0 / 24.0, "hour")):
        if days >= size:
            number = f"{days / size:.3g}"
            return f"{number} {unit}{'' if number == '1' else 's'}"
    return f"{rounded(1440.0 * days)} minutes"


def split_volumes(sums: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """The volume whose count opens a report, and the others: the operator's box, otherwise the scenario's first."""
    volumes = list(sums["volumes"])
    shown = next((volume for volume in volumes if volume["name"] == HEADLINE_VOLUME), volumes[0])
    return shown, [volume for volume in volumes if volume is not shown]


def interval(low: float, high: float) -> str:
    """ "0.1 to 1.3": both to the decimals of the upper end, or to as many more as it takes to tell them apart."""
    first = 1 - math.floor(math.log10(high)) if high > 0.0 else 0
    ends = ((fixed(low, first + k), fixed(high, first + k)) for k in range(_MORE_DIGITS))
    return " to ".join(
        next((pair for pair in ends if pair[0] != pair[1]), (fixed(low, first), fixed(high, first)))
    )


def odds_range(low: float, value: float, high: float, *, with_common: bool) -> str:
    """The range of a probability over its errors, as odds and as numbers; ends with the same text appear once.

    with_common: the range includes the error that all element sets of an object have in common.
    """
    odds = one_in(low), one_in(high)
    errors = "with errors half to twice as large"
    errors += " or with SGP4's own error added" if with_common else ""
    if odds[0] == odds[1]:
        return f"also {odds[0]} {errors}: Pc {probability(value)}"
    within = probability_range(low, high)
    return f"range from {odds[0]} to {odds[1]}, {errors}: Pc {probability(value)} ({within})"


def approaches(volume: Mapping[str, Any]) -> str:
    """The count of close approaches in a volume."""
    return f"{count(volume['count'], 'close approach', 'close approaches')} inside {volume['description']}"


def also(volumes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The counts of volumes other than the one of the headline."""
    if volumes:
        yield "also " + ", ".join(f"{v['count']:,} inside {v['description']}" for v in volumes)


def rate(volume: Mapping[str, Any]) -> str:
    """The count of close approaches in a volume, and its rate with the 95 % interval where there is one."""
    if volume["per_day"] is None:
        return approaches(volume)
    spread = interval(volume["per_day_low"], volume["per_day_high"])
    return f"{approaches(volume)}: {rounded(volume['per_day'])} a day (95 %: {spread})"
