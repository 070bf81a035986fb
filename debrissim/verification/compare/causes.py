"""The causes for which two sources differ, and the outcome of testing them on one event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Cause(Enum):
    """Why a close approach of one source is missing in the other, or has other numbers there."""

    ELEMENT_SET = "another element set"
    MANOEUVRE = "manoeuvre between the element sets"
    STATE = "another orbit in the message"
    VOLUME = "outside the volume"
    DEFINITION = "inside at another moment than TCA"
    MINIMUM = "another minimum of one stay"
    SPAN = "outside the span"
    NOT_LISTED = "not in the catalogue"
    DOCKED = "docked"
    TOGETHER = "flies together"
    STALE = "stale element set"
    FAILS = "cannot be propagated"
    NOT_COVERED = "not covered by an ephemeris"
    AFSPC = "SGP4 mode"
    WGS84 = "SGP4 constants"
    RADIUS = "other hard-body radius"
    COVARIANCE = "other covariance"
    LIMIT = "limit of the other list"
    SPACECRAFT = "other spacecraft"
    MISSED = "missed by the screening"
    UNKNOWN = "not determined"

    @property
    def label(self) -> str:
        """The words of tables."""
        return str(self.value)


@dataclass(frozen=True)
class Explanation:
    """The outcome for one event.

    causes: together they make the difference. tested: True: with the causes removed a computation no longer shows the
    difference; False: this could not be tested, or no cause was found. sentence: what was computed, in words.
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

    @property
    def label(self) -> str:
        """The causes, separated by ;"""
        return ";".join(cause.label for cause in self.causes)

    def saying(self, sentence: str) -> Explanation:
        """The same with one sentence more."""
        return replace(self, sentence=f"{self.sentence}; {sentence}" if self.sentence else sentence)


AGREES = Explanation((), True, "")
"""There is no difference beyond the digits of the source."""
