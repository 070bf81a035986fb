"""The answer of conjunction data messages in words, from the events of summary.json.

Assumptions
- States, covariances and sizes are those of the messages: an operator's errors, so NASA's practice can be named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from debrissim.core.numbers import count, moment, one_in, probability, rounded
from debrissim.report.sentences import level_of, level_words

METHOD = (
    "method: states, covariances and hard-body radii as given in the messages (operators' errors); each conjunction by "
    "the method that suits it, events.csv has all; nothing was screened"
)
_SHOWN = 10


def message_answer(
    events: Sequence[Mapping[str, Any]], thresholds: Mapping[str, Any]
) -> tuple[str, str, str, tuple[str, ...]]:
    """Level, answer, range and details of messages, of which there is at least one; events: as in summary.json."""
    ranked = _ranked(events)
    first, value = ranked[0], chosen_probability(ranked[0])
    several = f"the most probable of {len(ranked)} conjunctions: " if len(ranked) > 1 else ""
    answer = f"{several}{_pair(first)}: " + (
        f"no probability can be computed of a collision on {moment(first['tca_utc'])} UTC"
        if value is None
        else f"a collision on {moment(first['tca_utc'])} UTC has a probability of {one_in(value)}"
    )
    details = () if value is None else (level_words(value, thresholds, operator=True),)
    return (
        level_of(value, thresholds),
        answer[0].upper() + answer[1:],
        "" if value is None else _maximum(first),
        (*details, *message_lines(events)),
    )


def message_lines(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One sentence per conjunction of a message, the most probable first."""
    for event in _ranked(events)[:_SHOWN]:
        value = chosen_probability(event)
        auto = event["auto"]
        words = (
            f"no probability, {auto['reason']}"
            if value is None
            else f"{one_in(value)} (Pc {probability(value)}) by {auto['method']}"
        )
        yield (
            f"message: {_pair(event)}, {moment(event['tca_utc'])} UTC: {words}, miss "
            f"{rounded(event['miss_distance_km'], 3)} km at {rounded(event['relative_speed_km_s'], 3)} km/s"
        )
    if len(events) > _SHOWN:
        yield f"and {count(len(events) - _SHOWN, 'more message')}: events.csv"


def chosen_probability(event: Mapping[str, Any]) -> float | None:
    """The probability of a message's conjunction by the recommended method; event: as in summary.json."""
    values = {entry["method"]: entry["collision_probability"] for entry in event["methods"]}
    value = values.get(event["auto"]["method"])
    return None if value is None else float(value)


def _ranked(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The most probable first, those without a probability last."""
    values = [chosen_probability(event) for event in events]
    order = sorted(
        range(len(events)), key=lambda k: -1.0 if (value := values[k]) is None else value, reverse=True
    )
    return [events[k] for k in order]


def _maximum(event: Mapping[str, Any]) -> str:
    maximum = event["maximum_probability"]
    if maximum is None:
        return ""
    words = f"at most {one_in(maximum)} (Pc {probability(maximum)}) whatever the size of the errors"
    return f"{words}; diluted: smaller errors would raise Pc" if event["dilution"] else words


def _pair(event: Mapping[str, Any]) -> str:
    return " and ".join(
        str(event[role]["name"] or event[role]["designator"]) for role in ("primary", "secondary")
    )
