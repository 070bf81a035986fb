"""The contradictions within a message that was read."""

from __future__ import annotations

import numpy as np

from debrissim.cdm.message import Conjunction
from debrissim.core.numbers import length, rounded

# Beyond, no object is in orbit about the Earth.
_MAX_DISTANCE_KM = 1e6


def doubts(conjunction: Conjunction) -> list[str]:
    """The contradictions within a message, one sentence each."""
    found = list(filter(None, [miss_doubt(conjunction)]))
    for number, item in enumerate((conjunction.primary, conjunction.secondary), start=1):
        size = float(np.linalg.norm(item.state[:3]))
        if size > _MAX_DISTANCE_KM and size / 1000.0 < _MAX_DISTANCE_KM:
            found.append(
                f"OBJECT{number} is {rounded(size, 4)} km from the Earth's centre; are its states in metres?"
            )
        if not item.covariance_rtn.any():
            found.append(f"the covariance of OBJECT{number} is all zeros")
        elif not item.has_velocity_covariance:
            found.append(f"OBJECT{number} has no velocity covariance (zeros)")
        if item.covariance_method.upper() == "DEFAULT":
            found.append(f"the covariance of OBJECT{number} is a default, not calculated")
    return found


def miss_doubt(conjunction: Conjunction) -> str:
    """The contradiction between the stated miss and that of the states, "" if there is none."""
    distance = 1000.0 * float(np.linalg.norm(conjunction.relative_state_rtn[:3]))
    stated = conjunction.miss_distance_m
    if stated is None or abs(stated - distance) <= max(2.0, 0.01 * distance):
        return ""
    return (
        f"MISS_DISTANCE is {length(stated / 1000.0)}, the states are {length(distance / 1000.0)} apart; "
        "the states count"
    )
