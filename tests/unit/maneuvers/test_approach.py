"""The closest approach after each burn, against dense sampling with another propagator."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from support.two_body_motion import crossing_states, impulses, two_body_event

from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.maneuvers.approach import closest_approaches, period_s, search_nodes
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.propagation.two_body import equinoctial

Floats = NDArray[np.float64]


def _distance(event: AvoidableEvent, burn_s: float, change: Floats, times: Floats) -> Floats:
    """Distances at times, by the elements before and after the burn, one state at a time."""
    own0, other = (
        equinoctial(np.asarray(motion.state)[None], mu_km3_s2=WGS84_MU_KM3_S2)  # type: ignore[attr-defined]
        for motion in (event.primary, event.secondary)
    )
    begin = own0.states(burn_s - event.tca_s)[0]
    r, v = begin[:3], begin[3:]
    radial = r / np.linalg.norm(r)
    normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    v = v + 1e-3 * (change[0] * radial + change[1] * np.cross(normal, radial) + change[2] * normal)
    own1 = equinoctial(np.concatenate([r, v])[None])
    out = []
    for t in times:
        own = own1.states(t - burn_s) if t >= burn_s else own0.states(t - event.tca_s)
        out.append(np.linalg.norm(other.states(t - event.tca_s)[0, :3] - own[0, :3]))
    return np.array(out)


def _bounded(
    event: AvoidableEvent, burn_s: float, change: Floats, low: float, high: float
) -> tuple[float, float]:
    """The minimum between two times, sought twice, as it is known to the root of the rounding error only."""
    center, half = 0.5 * (low + high), 0.5 * (high - low)
    for _ in range(3):
        result = minimize_scalar(
            lambda x, t=center: float(_distance(event, burn_s, change, np.array([t + x]))[0]),
            bounds=(max(low - center, -half), min(high - center, half)),
            method="bounded",
            options={"xatol": 1e-9 * half},
        )
        center, half = center + float(result.x), 1e-4 * half
    return center, float(result.fun)


def _oracle(event: AvoidableEvent, burn_s: float, change: Floats, half_s: float) -> list[tuple[float, float]]:
    """All minima within half_s, and first of them the one downhill from the closest approach."""
    steps = 600
    times = event.tca_s + np.linspace(-half_s, half_s, 2 * steps + 1)
    distance = _distance(event, burn_s, change, times)
    at = steps
    while 0 < at < 2 * steps and min(distance[at - 1], distance[at + 1]) < distance[at]:
        at += 1 if distance[at + 1] < distance[at - 1] else -1
    places = [
        k for k in range(1, 2 * steps) if distance[k] < distance[k - 1] and distance[k] <= distance[k + 1]
    ]
    found = []
    for k in [at, *[place for place in places if place != at]]:
        low, high = times[max(k - 1, 0)], times[min(k + 1, 2 * steps)]
        pieces = np.unique(np.clip([low, burn_s, high], low, high))
        best = min(
            (_bounded(event, burn_s, change, a, b) for a, b in pairwise(pieces)),
            key=lambda point: point[1],
        )
        found.append(best)
    return found


CASES = {
    "fast": {},
    "zero miss": {"miss_rtn_km": (0.0, 0.0, 0.0)},
    "head on": {"angle_rad": np.pi - 0.01},
    "slow crossing": {"angle_rad": 0.002, "miss_rtn_km": (0.4, 0.0, 0.0)},
    "nearly together": {"angle_rad": 1e-4, "miss_rtn_km": (0.2, 0.0, 0.3), "speed_ratio": 1.00002},
    "geostationary": {"radius_km": 42164.0, "angle_rad": 0.01, "miss_rtn_km": (3.0, 0.0, 0.0)},
    "eccentric": {"radius_km": 7000.0, "eccentricity": 0.7, "angle_rad": 1.0},
    "eccentric, at apogee": {
        "radius_km": 40000.0,
        "eccentricity": 0.7,
        "anomaly_rad": np.pi,
        "angle_rad": 0.4,
    },
}


@pytest.mark.parametrize("name", CASES)
def test_minima_agree_with_dense_sampling(name: str) -> None:
    event = two_body_event(*crossing_states(**CASES[name]))  # type: ignore[arg-type]
    period = period_s(event.primary, event.tca_s)
    nodes = search_nodes(event.primary, event.secondary, event.tca_s, 0.5 * period)
    rng = np.random.default_rng(5)
    # In the last moment, within the search, half a revolution before, and several revolutions before.
    leads = period * np.array([0.0, 1e-4, 0.01, 0.2, 0.5, 1.0, 2.3, 4.1])
    sizes = np.array([0.0, 0.01, 0.3, 5.0, 30.0, 1.0, 0.1, 3.0])
    changes = rng.normal(size=(8, 3))
    changes *= (sizes / np.linalg.norm(changes, axis=1))[:, None]
    burns = impulses(event.tca_s - leads, changes)
    found = closest_approaches(event.primary.after(burns), event.secondary, event.tca_s, nodes)
    for k in range(8):
        minima = _oracle(event, float(burns.time_s[k]), changes[k], 0.5 * period)
        own, others = minima[0], minima[1:]
        assert found.miss_km[k] <= own[1] + 1e-7
        assert found.miss_km[k] == pytest.approx(own[1], abs=1e-6), (name, k)
        if not found.at_the_end[k]:
            assert found.time_s[k] == pytest.approx(own[0], abs=1e-3 * period / 100.0)
        closer = [other for other in others if other[1] < own[1] - 1e-6]
        if abs(found.neighbour_s[k] - event.tca_s) > 0.5 * period * (1.0 - 1.0 / 600.0):
            # Within the last sample of the oracle, which does not see it.
            assert found.neighbour_s[k] <= event.tca_s + 0.5 * period
            continue
        assert np.isfinite(found.neighbour_s[k]) == bool(closer), (name, k, closer)
        if closer:
            lowest = min(closer, key=lambda other: other[1])
            near = _distance(event, float(burns.time_s[k]), changes[k], found.neighbour_s[k : k + 1])[0]
            assert near == pytest.approx(lowest[1], abs=1e-6)


def test_without_a_burn_the_event_is_found() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(0.123, 0.0, 0.0)))
    nodes = search_nodes(event.primary, event.secondary, event.tca_s, 2900.0)
    burns = impulses(event.tca_s - np.array([0.0, 100.0, 9000.0]), np.zeros(3))
    found = closest_approaches(event.primary.after(burns), event.secondary, event.tca_s, nodes)
    np.testing.assert_allclose(found.time_s, event.tca_s, atol=1e-8)
    np.testing.assert_allclose(found.miss_km, 0.123, rtol=1e-9)


def test_nodes_end_where_an_object_has_no_states() -> None:
    event = two_body_event(*crossing_states())
    object.__setattr__(event.secondary, "limits_s", (49_000.0, 50_100.0))
    nodes = search_nodes(event.primary, event.secondary, event.tca_s, 2900.0)
    assert nodes[0] == 49_000.0
    assert nodes[-1] == 50_100.0
    assert event.tca_s in nodes
    object.__setattr__(event.secondary, "limits_s", (49_000.0, 49_100.0))
    with pytest.raises(InputError, match="tca_s: expected a closest approach within"):
        search_nodes(event.primary, event.secondary, event.tca_s, 2900.0)
