"""The answer of a comparison with another source, in lines, from its summary alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debrissim.core.numbers import count
from debrissim.report.lines import TableLine

_PLACES = (("differ", "differ"), ("missing_in_results", "only there"), ("missing_in_other", "only here"))


def comparison_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """The lines of summary.json of a comparison: the answer, the differences, the table of causes, the method."""
    answer = summary["answer"]
    label, found = answer["other"]["label"], int(answer["found"])
    examined, events = int(answer["examined"]), int(answer["events"])
    lacking = examined - found
    yield (
        f"Of {count(events, 'event')} in {label}, {examined:,} {_are(examined, 'concerns', 'concern')} objects and "
        f"times that these results examined{_outcome(found, lacking)}."
    )
    beyond = int(answer["outside_span"])
    if beyond:
        yield (
            f"{count(beyond, 'further event')} of the same spacecraft {_are(beyond, 'lies', 'lie')} outside the span "
            "of these results."
        )
    foreign = int(answer["other_pairs"])
    if foreign:
        yield f"{count(foreign, 'event')} of other spacecraft {_are(foreign, 'was', 'were')} not compared."
    if found:
        agree = int(answer["agree"])
        yield (
            f"Of the {count(found, 'event')} found, {agree:,} {_are(agree, 'agrees', 'agree')} in TCA, miss and speed "
            f"to the digits of {label}; {found - agree:,} {_are(found - agree, 'differs', 'differ')}."
        )
    only_here = answer["missing_in_other"]
    if only_here is None:
        yield f"Which events {label} leave out is not known: those of these results alone were not compared."
    else:
        yield f"{count(int(only_here), 'event')} of these results {_are(int(only_here))} not in {label}."
    yield from _causes(answer)
    for note in answer["notes"]:
        yield str(note)
    if answer["causes"]:
        yield summary["method"]["label"]


def _causes(answer: Mapping[str, Any]) -> Iterator[str]:
    total, tested = int(answer["differences"]), int(answer["explained"])
    if not total:
        return
    yield (
        f"Of {count(total, 'difference')}, {tested:,} {_are(tested)} explained by a cause without which a computation "
        f"no longer shows {_are(tested, 'it', 'them')}; {total - tested:,} {_are(total - tested)} not."
    )
    yield TableLine(f"{''.join(f'{head:>11}' for _, head in _PLACES)}  cause")
    for cause in answer["causes"]:
        cells = "".join(f"{int(cause[place]):>11,}" for place, _ in _PLACES)
        yield TableLine(f"{cells}  {cause['causes'].replace(';', ' + ')}")


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
