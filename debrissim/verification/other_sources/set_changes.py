"""Differences between two element sets of one object: only their age, or a manoeuvre between their epochs.

Rule: the mean semi-major axis differs from what the older set's own drag makes of it at the newer epoch by more than
`JUMP_M` and half of that drag. Source: none; chosen on the sets of SOCRATES of December 2020, consecutive ones up to 5
days apart: it flags 4 of 3,188 pairs of debris and rocket bodies, which cannot manoeuvre, and 2,650 of 5,113 of the
satellites of Starlink, OneWeb and Planet. Periods above 225 minutes are not judged: the Moon and the Sun also change
these axes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.core.constants import MINUTES_PER_DAY
from debrissim.verification.other_sources.causes import Cause
from debrissim.verification.other_sources.models import Model, Pairs

JUMP_M = 20.0
_DRAG_FACTOR = 0.5
_DEEP_SPACE = "d"
# SGP4's drag says nothing about a longer time.
_MAX_GAP_DAYS = 30.0


def set_causes(pairs: Pairs, k: int, model: Model) -> tuple[Cause, ...]:
    """The causes that a model is, for one pair."""
    if model.states:
        return (Cause.STATE,)
    found = [set_cause(pairs, k, slot) for slot in (0, 1) if model.theirs[slot]]
    return tuple(dict.fromkeys([*found, *model.theory_causes]))


def set_cause(pairs: Pairs, k: int, slot: int) -> Cause:
    """The cause that the other source's set of one object of a pair is."""
    jumped = has_manoeuvred(pairs.own_record(k, slot), pairs.their_record(k, slot))
    return Cause.MANOEUVRE if jumped else Cause.ELEMENT_SET


def has_manoeuvred(one: Any, other: Any) -> bool:
    """Whether an object seems to have manoeuvred between the epochs of two of its records; False if one is None."""
    if one is None or other is None or _DEEP_SPACE in (one.method, other.method):
        return False
    minutes = ((other.jdsatepoch - one.jdsatepoch) + (other.jdsatepochF - one.jdsatepochF)) * MINUTES_PER_DAY
    older, newer = (one, other) if minutes >= 0.0 else (other, one)
    before, expected, after = _axis_m(older, 0.0), _axis_m(older, abs(minutes)), _axis_m(newer, 0.0)
    if not np.isfinite([before, expected, after]).all() or abs(minutes) > _MAX_GAP_DAYS * MINUTES_PER_DAY:
        return False
    return abs(after - expected) > JUMP_M + _DRAG_FACTOR * abs(expected - before)


def _axis_m(record: Any, minutes: float) -> float:
    """m, SGP4's mean semi-major axis after its epoch; NaN where SGP4 fails."""
    code, _, _ = record.sgp4_tsince(minutes)
    return float("nan") if code else float(record.am * record.radiusearthkm * 1000.0)
