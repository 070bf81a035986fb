"""What became of each object in a run: SGP4's own error codes, continued by ours."""

from __future__ import annotations

from enum import IntEnum


class ObjectStatus(IntEnum):
    """Codes 1 to 6 are SGP4's (Vallado et al. 2006); the first failure of an object is latched."""

    OK = 0
    MEAN_ECCENTRICITY = 1
    MEAN_MOTION = 2
    PERTURBED_ECCENTRICITY = 3
    SEMI_LATUS_RECTUM = 4
    SUBORBITAL_ELEMENTS = 5
    DECAYED = 6
    STALE = 10
    """The element set's epoch lies further from the start of the span than the limit."""

    @property
    def reason(self) -> str:
        """One sentence for reports."""
        return _REASONS[self]


_REASONS = {
    ObjectStatus.OK: "propagated over the whole span",
    ObjectStatus.MEAN_ECCENTRICITY: "SGP4 error 1: mean eccentricity outside 0 to 1 or orbit below 0.95 Earth radii",
    ObjectStatus.MEAN_MOTION: "SGP4 error 2: mean motion below zero",
    ObjectStatus.PERTURBED_ECCENTRICITY: "SGP4 error 3: perturbed eccentricity outside 0 to 1",
    ObjectStatus.SEMI_LATUS_RECTUM: "SGP4 error 4: semi-latus rectum below zero",
    ObjectStatus.SUBORBITAL_ELEMENTS: "SGP4 error 5: sub-orbital element set",
    ObjectStatus.DECAYED: "SGP4 error 6: decayed (below the Earth's surface)",
    ObjectStatus.STALE: "element set too old for the start of the span",
}
