"""The outcome of a cycle in words: the answer, its range, what changed, and how it was obtained."""

from __future__ import annotations

from collections.abc import Iterator

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import count, moment, one_in, probability, probability_range
from debrissim.watch.answers import most_probable_first
from debrissim.watch.cycle import CycleReport
from debrissim.watch.differences import LEVELS
from debrissim.watch.history import level_counts
from debrissim.watch.messages import label, sentence

SHOWN = 10
"""Changes on the terminal."""


def cycle_lines(report: CycleReport) -> Iterator[str]:
    """The sentences about a cycle."""
    yield from _answer(report)
    changes = sorted(report.differences, key=lambda one: -LEVELS.index(one.level))
    if not changes:
        yield "Nothing changed since the last cycle."
    for change in changes[:SHOWN]:
        yield f"- {sentence(change, report.now)}"
    if len(changes) > SHOWN:
        yield f"and {count(len(changes) - SHOWN, 'further change')}; debrissim events lists the events."
    yield f"{report.effort.sentence[0].upper()}{report.effort.sentence[1:]}."
    for download in report.result.inputs.downloads:
        yield f"{download.source}: {download.answer}."
    if report.delivery.sent:
        yield f"{count(len(report.delivery.sent), 'message')} sent."


def _answer(report: CycleReport) -> Iterator[str]:
    inputs = report.result.inputs
    days = f"{inputs.duration_s / SECONDS_PER_DAY:.3g}"
    n = 0 if inputs.primaries is None else len(inputs.primaries)
    examined = f"{count(n, 'spacecraft', 'spacecraft')} against {count(len(inputs.catalog), 'object')}"
    if not report.events:
        yield f"No close approach within the volumes in the next {days} days: {examined} were examined."
        return
    latest = most_probable_first(report.events)[0].latest
    counts = level_counts(report.events, report.rules.yellow, report.rules.red)
    level = f", {report.level.upper()}" if report.level else ""
    yield (
        f"{label(latest.primary)} and {label(latest.secondary)}: {one_in(latest.probability)} to collide{level}, "
        f"at {moment(latest.tca.iso)} UTC; {count(len(report.events), 'close approach', 'close approaches')} in "
        f"the next {days} days: {counts}."
    )
    low, high = latest.probability_low, latest.probability_high
    if latest.probability is not None and low is not None and high is not None:
        yield (
            f"Pc {probability(latest.probability)} ({probability_range(low, high)}) by models of the errors, not a "
            f"warning; {examined}."
        )
