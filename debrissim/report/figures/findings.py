"""The finding of each figure of a run or of its clouds, which is its heading: the answer that the figure shows."""

from __future__ import annotations

import numpy as np

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import (
    MIN_PROBABILITY,
    count,
    one_in,
    plus_minus,
    probability,
    rounded,
    threshold,
)
from debrissim.report.lines import percent
from debrissim.report.sentences import span_words, split_volumes
from debrissim.report.views import CloudView, RunView, TopEvent

_AHEAD_DEG = 45.0


def approaches(view: RunView, number: int | None = None) -> str:
    """ "266 close approaches", "173 sampled approaches"; number: of only some of them."""
    number = len(view.events) if number is None else number
    if view.rates_alone:
        return count(number, "sampled approach", "sampled approaches")
    return count(number, "close approach", "close approaches")


def most_probable(view: RunView) -> str:
    """Finding of the encounter planes."""
    if not view.planes:
        return "no encounter plane"
    first = view.planes[0]
    miss = plus_minus(float(np.hypot(*first.miss_km)), first.miss_sigma_km, "km")
    words = "the most probable encounter" if view.ranked and len(view.events) > 1 else "the encounter"
    return f"{one_in(first.probability)} for {words}, miss {miss}"


def passes(view: RunView) -> str:
    """Of the tracks."""
    misses = [float(np.linalg.norm(track.relative_rtn_km, axis=1).min()) for track in view.tracks]
    return f"the most probable pass within {_listed([rounded(miss) for miss in misses])} km"


def levels(view: RunView) -> str:
    """Finding of the timeline of probabilities."""
    known = view.probability[np.isfinite(view.probability)]
    red, yellow = (int((known >= level).sum()) for level in (view.red, view.yellow))
    of = f"of {count(len(known), 'encounter')}"
    yellow_words = f"yellow ({threshold(view.yellow)})"
    if not yellow:
        return f"none {of} reaches {yellow_words}"
    notable, words = (red, f"red ({threshold(view.red)})") if red else (yellow, yellow_words)
    more = f"{yellow} yellow" if red else "none red"
    return f"{notable} {of} {'reaches' if notable == 1 else 'reach'} {words}, {more}"


def speeds(view: RunView) -> str:
    """Finding of miss distance and relative speed."""
    median = float(np.median(view.events.relative_speed_km_s))
    return f"half of {approaches(view)} are faster than {median:.1f} km/s"


def directions(view: RunView) -> str:
    """Finding of the directions of approach."""
    azimuth = view.events.approach_azimuth_deg[np.isfinite(view.events.approach_azimuth_deg)]
    ahead = float((np.abs(azimuth) <= _AHEAD_DEG).mean())
    words = approaches(view, len(azimuth))
    return f"{100.0 * ahead:.0f} % of {words} come from ahead, within {_AHEAD_DEG:g}\N{DEGREE SIGN}"


def ages(view: RunView) -> str:
    """Finding of the ages of element sets."""
    notable = view.probability >= view.yellow
    rows = notable if notable.any() else np.isfinite(view.probability)
    words = "at or above yellow" if notable.any() else "with a Pc"
    age = float(np.median(view.events.secondary_age_days[rows]))
    return f"median age of the element sets of {count(int(rows.sum()), 'encounter')} {words}: {age:.1f} days"


def inside(view: RunView) -> str:
    """Finding of the screening volumes."""
    shown, _ = split_volumes(view.sums)
    verb = "comes" if shown["count"] == 1 else "come"
    return f"{shown['count']:,} of {approaches(view)} {verb} inside {shown['description']}"


def density(view: RunView) -> str:
    """Finding of the density over altitude."""
    shells = view.tables["density"]
    low, high = shells.altitude_low_km, shells.altitude_high_km
    total = np.sum([shells[name] for name in shells.columns() if name.endswith("_per_km3")], axis=0)
    peak = f"the density peaks at {low[total.argmax()]:.0f} to {high[total.argmax()]:.0f} km"
    if view.band_km is None or not total.any():
        return peak if total.any() else "spatial density of the catalogue"
    middle = 0.5 * sum(view.band_km)
    here = total[(low <= middle) & (middle < high)]
    return (
        f"{peak}, and is {percent(float(here[0] / total.max()))} of that at its altitude"
        if len(here)
        else peak
    )


def dilution(event: TopEvent) -> str:
    """Finding of the dilution curve: the range of the odds over half to twice the errors."""
    low, high = event.sigma_range
    within = event.dilution_probability[(event.scale >= low) & (event.scale <= high)]
    values = [*within.tolist(), event.probability]
    if low <= event.maximum_scale <= high:
        values.append(event.maximum_probability)
    ends = one_in(min(values)), one_in(max(values))
    return f"{ends[0] if ends[0] == ends[1] else ' to '.join(ends)} with half to twice the errors"


def radii(event: TopEvent) -> str:
    """Finding of the curve over the hard-body radius."""
    half, double = (
        float(np.interp(factor * event.hard_body_radius_km, event.radius_km, event.radius_probability))
        for factor in (0.5, 2.0)
    )
    if probability(half) == probability(double):
        return f"Pc {probability(half)} with half and with twice the radius"
    return f"Pc {probability(half)} with half the radius, {probability(double)} with twice"


def passage(event: TopEvent) -> str:
    """Finding of the probability through the encounter."""
    if len(event.time_s) < 2:
        return "no significant passage"
    early, late = (
        np.interp(level * event.probability, event.cumulative, event.time_s) for level in (0.05, 0.95)
    )
    seconds = float(late - early)
    duration = f"{rounded(1000.0 * seconds)} ms" if seconds < 1.0 else f"{rounded(seconds)} s"
    return f"90 % of Pc builds up within {duration}"


def builds_up(view: RunView) -> bool:
    """Whether there is a probability large enough to show how it builds up."""
    return view.top is not None and view.top.probability >= MIN_PROBABILITY


def decay(view: CloudView) -> str:
    """Finding of the fragments in orbit over time."""
    fraction = 100.0 * float(view.in_orbit[-1]) / max(view.sampled, 1)
    span = span_words(float(view.time_s[-1]) / SECONDS_PER_DAY)
    return f"{fraction:.0f} % of the fragments are in orbit after {span}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
