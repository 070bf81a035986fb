"""The assessment of a message in sentences, the answer first: for terminals, for `repr`, for notebooks."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from debrissim.cdm.doubts import miss_doubt
from debrissim.core.constants import CARA_YELLOW_PROBABILITY, RED_PROBABILITY, YELLOW_PROBABILITY
from debrissim.core.numbers import (
    against_thresholds,
    duration,
    length,
    level_of,
    one_in,
    probability,
    rounded,
    scientific,
    threshold,
)
from debrissim.core.text import printable
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.registry import DEFAULT_METHOD

if TYPE_CHECKING:
    from debrissim.cdm.assess import CdmAssessment


def level(value: float | None) -> str:
    """ "red" or "yellow" from that threshold on, "" below both and without a value."""
    return level_of(value, YELLOW_PROBABILITY, RED_PROBABILITY)


def level_counts(values: Sequence[float | None]) -> str:
    """ "1 red, 2 yellow, 9 below, 0 without a probability": every value counts once."""
    levels = ["none" if value is None else level(value) for value in values]
    return (
        f"{levels.count('red')} red, {levels.count('yellow')} yellow, {levels.count('')} below, "
        f"{levels.count('none')} without a probability"
    )


def headline(report: CdmAssessment) -> str:
    """The odds in words, the probability with its method, and its place against the thresholds."""
    value = report.recommended.value
    if value is None:
        return f"No collision probability: {printable(report.reason)}"
    return f"{to_collide(value)} (Pc {probability(value)}, by {report.chosen}): {_against_thresholds(value)}"


def named_headline(report: CdmAssessment) -> str:
    """The headline behind the names of both objects, to tell one message from another."""
    message, words = report.conjunction, headline(report)
    return f"{message.primary.label} x {message.secondary.label}: {words[0].lower()}{words[1:]}"


def to_collide(value: float) -> str:
    """ "1 in 3,100 to collide", "Less than 1 in 10 billion to collide": the begin of a sentence."""
    odds = one_in(value)
    return f"{odds[0].upper()}{odds[1:]} to collide"


def remaining_lines(report: CdmAssessment) -> list[str]:
    """The maxima that hold whatever is unknown, where no probability can be computed."""
    if report.recommended.value is not None:
        return []
    known = [result for result in report.values if result.value is not None]
    if not known:
        return ["nothing can be said about the probability"]
    return [
        f"a bound remains: Pc is at most {probability(result.value)} ({one_in(result.value)}), "
        f"{printable(result.description)}"
        for result in known
    ]


def stated_line(report: CdmAssessment) -> str:
    """The probability that the message states, and how it compares; "" where it states none."""
    found = report.stated
    if found is None:
        return ""
    method = f" ({printable(found.method)})" if found.method else " (no method stated)"
    shown = scientific(found.value, 4) if found.value else "0"
    compared = ""
    if (
        found.ratio is not None
        and 0.0 < found.ratio < math.inf
        and not found.reason.startswith(("agrees", "both"))
    ):
        compared = f", {rounded(found.ratio) if found.ratio >= 1e-3 else scientific(found.ratio)} times ours"
    return f"stated by {printable(report.conjunction.originator)}: {shown}{method}{compared}: {found.reason}"


def dilution_line(report: CdmAssessment) -> str:
    """Whether the errors are so large that they hide the risk, and which object's errors; "" if nothing is known."""
    dilutes = None if report.recommended.value is None else report.facts.dilutes
    if dilutes is None:
        return ""
    is_own = math.isfinite(report.maximum)
    maximum, scale, is_diluted = report.maximum, report.maximum_scale, report.dilution
    if not is_own:
        # The recommended method has no maximum: the plane's is shown.
        best = maximum_probability(report.plane, np.array([report.hard_body_radius_m / 1000.0]))
        maximum, scale, is_diluted = float(best.value[0]), float(best.scale[0]), bool(best.dilution[0])
    names = [item.label for item in (report.conjunction.primary, report.conjunction.secondary)]
    guilty = " and of ".join(name for name, is_guilty in zip(names, dilutes, strict=True) if is_guilty)
    if is_diluted:
        whose = f"by the errors of {guilty}" if guilty else "by both objects' errors together"
        verdict = f"DILUTED {whose}, better tracking would raise Pc"
    else:
        verdict = "not diluted, smaller errors of both would lower Pc"
        if guilty:
            verdict += f" (those of {guilty} alone would raise it)"
    where = "" if is_own else f"in the plane, by {DEFAULT_METHOD}: "
    return f"{where}maximum {probability(maximum)} with every sigma x {rounded(scale, 3)}: {verdict}"


def summary_lines(report: CdmAssessment) -> list[str]:
    """A few lines: the answer, the stated value, the objects, the geometry."""
    message, facts = report.conjunction, report.facts
    usable = report.recommended.value is not None
    sigmas = f" ({rounded(report.miss_sigmas, 3)} sigma in the plane)" if usable else ""
    lines = [
        headline(report),
        miss_doubt(message),
        *remaining_lines(report),
        stated_line(report),
        f"{message.primary.label} x {message.secondary.label}, TCA {message.tca_utc}, "
        f"{duration(facts.message_age_s)} after the message",
        f"miss {length(report.miss_distance_km)}{sigmas}, "
        f"{report.relative_speed_km_s:.4g} km/s, hard body {radius_text(report)}",
        f"cautions: {', '.join(report.flags)}" if usable and report.flags else "",
    ]
    return [line for line in lines if line]


def summary_html(report: CdmAssessment) -> str:
    """The same lines for a notebook."""
    first, *others = (html.escape(line) for line in summary_lines(report))
    return f"<div><b>{first}</b><br>{'<br>'.join(others)}</div>"


def radius_text(report: CdmAssessment) -> str:
    """The combined radius and how it is known."""
    return f"{report.hard_body_radius_m:g} m, {report.radius_origin}"


def _against_thresholds(value: float) -> str:
    place = against_thresholds(value, YELLOW_PROBABILITY, RED_PROBABILITY)
    if CARA_YELLOW_PROBABILITY <= value < YELLOW_PROBABILITY:
        return f"{place}, at or above {threshold(CARA_YELLOW_PROBABILITY)}, where NASA CARA begins to watch"
    return place
