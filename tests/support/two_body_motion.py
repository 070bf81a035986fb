"""Two-body motions of a spacecraft and a secondary: a double of SGP4 in tests of avoidance manoeuvres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.propagation.frames import rtn_basis
from debrissim.propagation.two_body import EquinoctialOrbits, equinoctial

Floats = NDArray[np.float64]


def _states(orbits: EquinoctialOrbits, rows: NDArray[np.int64], times: Floats) -> Floats:
    """(m, t, 6) at times (m, t) since the orbits' own time zero."""
    m, t = times.shape
    chosen = orbits[np.repeat(rows, t)]
    return chosen.states(times.ravel()).reshape(m, t, 6)


@dataclass(frozen=True, eq=False)
class TwoBodyMotion:
    """A state (6,) at a time in s of run time, moved by two-body motion within limits."""

    state: Floats
    at_s: float
    limits_s: tuple[float, float] = (-1e7, 1e7)
    theory: str = "two-body motion"
    orbit: EquinoctialOrbits = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "orbit", equinoctial(np.asarray(self.state, np.float64)[None]))

    def states(self, times_s: Floats) -> Floats:
        times = np.asarray(times_s, np.float64)
        out = _states(self.orbit, np.zeros(1, np.int64), (times - self.at_s)[None])[0]
        out[(times < self.limits_s[0]) | (times > self.limits_s[1])] = np.nan
        return out

    def after(self, burns: Burns) -> TwoBodyAfter:
        assert (burns.duration_s == 0.0).all(), "impulses only"
        begin = self.states(burns.time_s)
        axes = rtn_basis(begin[:, :3], begin[:, 3:])
        begin[:, 3:] += 1e-3 * np.einsum("kji,kj->ki", axes, burns.delta_v_rtn_m_s)
        return TwoBodyAfter(self, burns, np.zeros(len(burns), np.int8), equinoctial(begin))


@dataclass(frozen=True, eq=False)
class TwoBodyAfter:
    """The trajectories after k impulses."""

    before: TwoBodyMotion
    burns: Burns
    status: NDArray[np.int8]
    orbits: EquinoctialOrbits

    def states_along(self, rows: NDArray[np.int64], times_s: Floats) -> Floats:
        times = np.asarray(times_s, np.float64)
        out = _states(self.orbits, np.asarray(rows), times - self.burns.time_s[rows][:, None])
        early = (times < self.burns.time_s[rows][:, None]) | (self.burns.size_m_s[rows] == 0.0)[:, None]
        out[early] = self.before.states(times[early])
        return out

    def flights(self, rows: NDArray[np.int64], end_s: float) -> Any:
        raise AssertionError(f"not screened in these tests: {rows} up to {end_s}")


def impulses(times_s: Any, delta_v_rtn_m_s: Any, direction: int = 3) -> Burns:
    """Impulses of k times and velocity changes (k, 3), or of one of them repeated."""
    changes = np.atleast_2d(np.asarray(delta_v_rtn_m_s, np.float64))
    times = np.atleast_1d(np.asarray(times_s, np.float64))
    k = max(len(times), len(changes))
    return Burns(
        np.array(np.broadcast_to(times, k)),
        np.zeros(k),
        np.array(np.broadcast_to(changes, (k, 3))),
        np.full(k, direction, np.int8),
    )


def two_body_event(
    primary: Floats,
    secondary: Floats,
    *,
    tca_s: float = 50_000.0,
    sigma_rtn_km: tuple[float, float, float] = (0.05, 0.3, 0.05),
    covariances: tuple[Floats, Floats] | None = None,
    hard_body_radius_m: float = 10.0,
) -> AvoidableEvent:
    """The event of two states (6,) at their closest approach."""
    if covariances is None:
        one = np.diag(np.concatenate([np.square(sigma_rtn_km), np.full(3, 1e-10)]))
        covariances = (one, one)
    return AvoidableEvent(
        start=(2460310.5, 0.0),
        tca_s=tca_s,
        primary=TwoBodyMotion(primary, tca_s),
        secondary=TwoBodyMotion(secondary, tca_s),
        primary_covariance=covariances[0],
        secondary_covariance=covariances[1],
        hard_body_radius_m=hard_body_radius_m,
        covariance_label="of the test",
        modelled=True,
        primary_name="PRIMARY",
        secondary_name="SECONDARY",
    )


def crossing_states(
    *,
    radius_km: float = 7000.0,
    eccentricity: float = 0.0,
    anomaly_rad: float = 0.0,
    angle_rad: float = 1.2,
    miss_rtn_km: tuple[float, float, float] = (0.1, 0.0, 0.0),
    speed_ratio: float = 1.0,
) -> tuple[Floats, Floats]:
    """Two states at closest approach: the secondary's velocity is turned by an angle about the radial direction.

    The miss is made perpendicular to the relative velocity.
    """
    mu = 398600.4418
    parameter = radius_km * (1.0 + eccentricity * np.cos(anomaly_rad))
    radial = np.sqrt(mu / parameter) * eccentricity * np.sin(anomaly_rad)
    along = np.sqrt(mu * parameter) / radius_km
    tilt = 0.7
    turn = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(tilt), -np.sin(tilt)], [0.0, np.sin(tilt), np.cos(tilt)]])
    own = np.array([radius_km, 0.0, 0.0]), np.array([radial, along, 0.0])
    speed = speed_ratio * np.array([radial, along * np.cos(angle_rad), along * np.sin(angle_rad)])
    gap = np.asarray(miss_rtn_km, np.float64)
    relative = speed - own[1]
    size = float(relative @ relative)
    if size > 0.0:
        gap = gap - (gap @ relative) / size * relative
    primary = np.concatenate([turn @ own[0], turn @ own[1]])
    secondary = np.concatenate([turn @ (own[0] + gap), turn @ speed])
    return primary, secondary
