"""The contradictions within a message that was read."""

from __future__ import annotations

import numpy as np

from debrissim.cdm.message import Conjunction

# Beyond, no object is in orbit about the Earth.
_MAX_DISTANCE_KM = 1e6


def doubts(conjunction: Conjunction) -> list[str]:
    """The contradictions within a message, one sentence each."""
    found = []
    distance = 1000.0 * float(np.linalg.norm(conjunction.relative_state_rtn[:3]))
    stated = conjunction.miss_distance_m
    if stated is not None and abs(stated - distance) > max(2.0, 0.01 * distance):
        found.append(
            f"MISS_DISTANCE is {stated:g} m, the states are {distance:.6g} m apart; the states count"
        )
    for number, item in enumerate((conjunction.primary, conjunction.secondary), start=1):
        size = float(np.linalg.norm(item.state[:3]))
        if size > _MAX_DISTANCE_KM and size / 1000.0 < _MAX_DISTANCE_KM:
            found.append(
                f"OBJECT{number} is {size:.4g} km from the Earth's centre; are its states in metres?"
            )
        if not item.covariance_rtn.any():
            found.append(f"the covariance of OBJECT{number} is all zeros")
        elif not item.has_velocity_covariance:
            found.append(f"OBJECT{number} has no velocity covariance (zeros)")
        if item.covariance_method.upper() == "DEFAULT":
            found.append(f"the covariance of OBJECT{number} is a default, not calculated")
    return found
