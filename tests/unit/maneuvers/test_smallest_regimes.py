"""The smallest burns of slow, high and eccentric encounters, late ones, and each goal by itself, against fine grids.

The grid knows nothing of the search: along an axis all sizes up to the one found; of free directions a sphere of them,
then random steps from the shortest burn that meets the goals to ever shorter ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.two_body_motion import crossing_states, impulses, two_body_event

from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import NO_EXECUTION_ERROR, ExecutionError
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.reference import WithoutBurn, without_burn
from debrissim.maneuvers.smallest import smallest_burns
from debrissim.maneuvers.trade_space import (
    FREE,
    POSIGRADE,
    AllowedDirection,
    direction_vectors,
    effects_in_parts,
)

LARGEST, TOLERANCE = 5.0, 0.995
ALLOWED = (POSIGRADE, AllowedDirection(Direction.RADIAL), AllowedDirection(Direction.NORMAL), FREE)
ORDINARY = ExecutionError()
WILD = ExecutionError(0.01, 0.05, 0.01, 0.1)
PROBABILITY, MISS, BOTH = Goals(1e-6, 0.0), Goals(0.999, 1.0), Goals(1e-5, 0.7)
GEO_SIGMA = {"sigma_rtn_km": (0.3, 1.0, 0.3)}
# Geometry, errors of the objects, goals, errors of the burn, leads in revolutions.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Goals, ExecutionError, tuple[float, ...]]] = {
    "64 m/s along one orbit": ({"angle_rad": 0.0, "speed_ratio": 0.99}, {}, PROBABILITY, ORDINARY, (0.05,)),
    "50 m/s, both goals": ({"angle_rad": 0.0066}, {}, BOTH, ORDINARY, (0.25, 0.49)),
    "50 m/s, miss alone": ({"angle_rad": 0.0066}, {}, MISS, NO_EXECUTION_ERROR, (0.25, 1.5)),
    "0.1 km/s, exact": ({"angle_rad": 0.0133}, {}, PROBABILITY, NO_EXECUTION_ERROR, (0.25, 1.5)),
    "0.3 km/s, wild": ({"angle_rad": 0.04}, {}, PROBABILITY, WILD, (0.05, 0.25, 1.5)),
    "1 km/s": ({"angle_rad": 0.133}, {}, Goals(), ORDINARY, (0.1, 0.45, 2.37)),
    "formation": ({"angle_rad": 1e-3, "speed_ratio": 1.0002}, {}, PROBABILITY, ORDINARY, (0.3,)),
    "geostationary": (
        {"radius_km": 42164.0, "angle_rad": 0.15, "miss_rtn_km": (0.5, 0.0, 0.0)}, GEO_SIGMA, Goals(1e-6, 1.0),
        ORDINARY, (0.1, 0.4, 1.0),
    ),
    "perigee": ({"eccentricity": 0.7, "radius_km": 6900.0}, {}, PROBABILITY, ORDINARY, (0.02, 0.3, 0.49)),
    "apogee": (
        {"eccentricity": 0.7, "radius_km": 40000.0, "anomaly_rad": np.pi}, {}, Goals(1e-6, 0.5), ORDINARY,
        (0.02, 0.3, 0.49),
    ),
    "eccentric and slow": (
        {"eccentricity": 0.7, "radius_km": 15000.0, "anomaly_rad": 2.0, "angle_rad": 0.05}, {}, MISS,
        NO_EXECUTION_ERROR, (0.02, 0.3, 1.3),
    ),
}  # fmt: skip
QUICK = ("64 m/s along one orbit",)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CASES]
)
def test_no_smaller_burn_meets_the_goals(name: str) -> None:
    geometry, errors, goals, error, leads = CASES[name]
    event = two_body_event(*crossing_states(**geometry), **errors)
    reference = without_burn(event, event.tca_s - 3.0 * without_burn(event, event.tca_s).period_s)
    times = event.tca_s - reference.period_s * np.array(leads)
    # A formation takes long: its probabilities are integrated over many contacts.
    allowed = ALLOWED[:2] if name == "formation" else ALLOWED
    found = smallest_burns(
        event, times, allowed, error, goals=goals, reference=reference, largest_m_s=LARGEST
    )
    assert found.found.any()
    grid = _Grid(event, error, goals, reference)
    for k in range(len(found)):
        time, direction = float(times[k % times.size]), allowed[k // times.size]
        top = float(found.effects.burns.size_m_s[k]) if found.found[k] else LARGEST
        if direction == FREE:
            start = found.effects.burns.delta_v_rtn_m_s[k] if found.found[k] else None
            best = grid.shortest_free(time, top, start)
        else:
            best = grid.shortest_along(
                time, top, direction_vectors(event.primary, np.array([time]), direction)
            )
        assert best >= TOLERANCE * top, (direction.direction.label, leads[k % times.size], top, best)


class _Grid:
    """All smaller burns, by the full model."""

    def __init__(
        self, event: AvoidableEvent, error: ExecutionError, goals: Goals, reference: WithoutBurn
    ) -> None:
        self._given = event, error, goals, reference

    def _shortest(self, time: float, changes: NDArray[np.float64]) -> NDArray[np.float64] | None:
        event, error, goals, reference = self._given
        met = effects_in_parts(event, impulses(time, changes), error, goals, reference).meets_goal
        size = np.where(met, np.linalg.norm(changes, axis=1), np.inf)
        return changes[np.argmin(size)] if met.any() else None

    def shortest_along(self, time: float, top: float, unit: NDArray[np.float64]) -> float:
        sizes = np.concatenate([np.geomspace(1e-4, 0.99, 25), np.linspace(0.01, TOLERANCE, 40)]) * top
        best = self._shortest(time, sizes[:, None] * unit)
        return np.inf if best is None else float(np.linalg.norm(best))

    def shortest_free(self, time: float, top: float, start: NDArray[np.float64] | None) -> float:
        rng = np.random.default_rng(4)
        units = rng.normal(size=(60, 3))
        units /= np.linalg.norm(units, axis=1, keepdims=True)
        sizes = np.array([0.03, 0.1, 0.3, 0.6, 0.9, 0.98]) * top
        best = self._shortest(time, (units[:, None] * sizes[:, None]).reshape(-1, 3))
        best = start if best is None else best
        if best is None:
            return np.inf
        width = 0.3
        for _ in range(12):
            size = float(np.linalg.norm(best))
            near = best / size + width * rng.normal(size=(40, 3))
            near /= np.linalg.norm(near, axis=1, keepdims=True)
            shorter = size * (1.0 - width * np.array([0.3, 0.03, 0.005]))
            found = self._shortest(time, (near[:, None] * shorter[:, None]).reshape(-1, 3))
            best, width = (best, 0.6 * width) if found is None else (found, width)
        return float(np.linalg.norm(best))
