"""The causes for which two sources differ, and the outcome of testing them on one event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """A reason for which a close approach of one source is missing in the other, or has other numbers there."""

    NOT_LISTED = "not in the catalogue"
    STALE = "stale element set"
    FAILS = "cannot be propagated"
    NOT_COVERED = "not covered by an ephemeris"
    DOCKED = "docked"
    TOGETHER = "flies together"
    SPAN = "outside the span"
    VOLUME = "outside the volume"
    DEFINITION = "inside at another moment than TCA"
    MINIMUM = "another minimum of one stay"
    LIMIT = "limit of the other list"
    MANOEUVRE = "manoeuvre between the element sets"
    ELEMENT_SET = "another element set"
    STATE = "another orbit in the message"
    AFSPC = "SGP4 mode"
    WGS84 = "SGP4 constants"
    RADIUS = "other hard-body radius"
    COVARIANCE = "other covariance"
    MISSED = "missed by the screening"
    UNKNOWN = "not determined"

    @property
    def label(self) -> str:
        """The words of tables."""
        return str(self.value)


_ORDER = {cause: place for place, cause in enumerate(Cause)}


def label_of(causes: Iterable[Cause]) -> str:
    """Causes in one order, separated by ;"""
    return ";".join(cause.label for cause in sorted(set(causes), key=_ORDER.__getitem__))


@dataclass(frozen=True)
class Explanation:
    """The outcome for one event.

    causes: together they make the difference. tested: True: with the causes removed a computation no longer shows the
    difference; False: this could not be tested, or no cause was found. sentence: what was computed, in words. ought: by
    all that is known of the side that lacks the event it ought to have it.
    computed_miss_km, computed_shift_s: by the side that lacks the event, or differs, with its own data: miss, and its
    TCA minus that reported; NaN if it cannot be computed. counterfactual_miss_km, counterfactual_shift_s: the same with
    the causes removed. outside_km: by how much the computed approach is outside the volumes, NaN if inside.
    """

    causes: tuple[Cause, ...]
    tested: bool
    sentence: str
    computed_miss_km: float = float("nan")
    computed_shift_s: float = float("nan")
    computed_rtn_km: tuple[float, float, float] = (float("nan"),) * 3
    outside_km: float = float("nan")
    counterfactual_miss_km: float = float("nan")
    counterfactual_shift_s: float = float("nan")
    ought: bool = False

    @property
    def label(self) -> str:
        """The causes, separated by ;"""
        return label_of(self.causes)


AGREES = Explanation((), True, "")
"""There is no difference beyond the digits of the source."""
