"""How two element sets of one object differ: only by their age, or by a manoeuvre between their epochs."""

from __future__ import annotations

import numpy as np

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.verification.compare.causes import Cause
from debrissim.verification.compare.models import Model, Pairs

JUMP_M = 25.0
"""Semi-major axes of two sets that differ by more than this, and by more than drag explains, show a manoeuvre."""
_DRAG_FACTOR = 3.0
_MU, _DAY = 398600.8, SECONDS_PER_DAY


def set_causes(pairs: Pairs, k: int, model: Model) -> tuple[Cause, ...]:
    """The causes that a model is, for one pair."""
    replaced = [slot for slot in (0, 1) if model.theirs[slot]]
    if model.states:
        return (Cause.STATE,)
    if not replaced:
        return model.theory_causes
    jumped = any(has_manoeuvred(pairs, k, slot) for slot in replaced)
    return (Cause.MANOEUVRE if jumped else Cause.ELEMENT_SET, *model.theory_causes)


def has_manoeuvred(pairs: Pairs, k: int, slot: int) -> bool:
    """Whether an object's semi-major axis differs between the two sets by more than drag between their epochs can.

    The change by drag is that of the mean motion's own derivative, which both sets' B* make: it is taken from the decay
    that SGP4 itself gives between the epochs, thrice.
    """
    own, other = pairs.own_record(k, slot), pairs.their_record(k, slot)
    if own is None or other is None:
        return False
    own_s, other_s = pairs.epochs_s(k, slot)
    axis = [float((_MU / (n * 2.0 * np.pi / _DAY) ** 2) ** (1.0 / 3.0)) for n in pairs.mean_motions(k, slot)]
    older, newer = (own, other) if own_s <= other_s else (other, own)
    change_m = 1000.0 * abs(axis[0] - axis[1])
    return change_m > JUMP_M + _DRAG_FACTOR * _decay_m(older, newer)


def _decay_m(older: object, newer: object) -> float:
    """m, the change of the mean semi-major axis that SGP4's drag of the older set gives up to the newer epoch."""
    jd, fraction = newer.jdsatepoch, newer.jdsatepochF  # type: ignore[attr-defined]
    minutes = ((jd - older.jdsatepoch) + (fraction - older.jdsatepochF)) * 1440.0  # type: ignore[attr-defined]
    if minutes == 0.0:
        return 0.0
    begin = older.am if older.sgp4_tsince(0.0)[0] == 0 else float("nan")  # type: ignore[attr-defined]
    code = older.sgp4_tsince(minutes)[0]  # type: ignore[attr-defined]
    end = older.am if code == 0 else float("nan")  # type: ignore[attr-defined]
    return float("inf") if not np.isfinite(begin - end) else abs(begin - end) * older.radiusearthkm * 1000.0  # type: ignore[attr-defined]
