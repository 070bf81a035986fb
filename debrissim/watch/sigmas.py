"""Standard deviations of an update's miss and TCA, from the covariance of its relative position."""

from __future__ import annotations

import numpy as np

from debrissim.watch.event import EventUpdate, Vector


def miss_sigma_km(update: EventUpdate) -> float | None:
    """The standard deviation of the relative position along the miss, km; None if it is not known."""
    return _sigma_along_km(update, update.relative_position_rtn_km)


def tca_sigma_s(update: EventUpdate) -> float | None:
    """The standard deviation of the TCA, s: along the relative velocity, over the relative speed; None if not known."""
    sigma = _sigma_along_km(update, update.relative_velocity_rtn_km_s)
    if sigma is None or update.relative_velocity_rtn_km_s is None:
        return None
    return sigma / float(np.linalg.norm(update.relative_velocity_rtn_km_s))


def _sigma_along_km(update: EventUpdate, direction: Vector | None) -> float | None:
    if direction is None or update.covariance_rtn_km2 is None:
        return None
    length = float(np.linalg.norm(direction))
    if not length > 0.0:
        return None
    along = np.array(direction) / length
    rr, tr, tt, nr, nt, nn = update.covariance_rtn_km2
    variance = float(along @ np.array([[rr, tr, nr], [tr, tt, nt], [nr, nt, nn]]) @ along)
    return float(np.sqrt(variance)) if variance >= 0.0 else None
