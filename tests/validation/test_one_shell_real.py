"""Two real element sets of one shell: Starlink satellites that SOCRATES listed in December 2020.

Both orbits have one period and nearly one shape, so they meet near both nodes of their planes. A run with "auto"
counts each meeting once.
"""

from __future__ import annotations

import csv
import lzma

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.probability.algorithms.hall import expected_collisions
from debrissim.probability.short_passage import short_encounter
from debrissim.probability.state_pair import StatePair
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors

EVENTS = "data/socrates/2020-12_events_with_elements.csv.xz"
PAIRS = (("45381", "45773"), ("45366", "45763"), ("45058", "45746"))


@pytest.fixture(scope="module")
def lines() -> list[str]:
    with lzma.open(shared_path(EVENTS), "rt") as stream:
        events = list(csv.DictReader(stream))
    found = {}
    for event in events:
        pair = (event["sat1_norad"], event["sat2_norad"])
        if pair in PAIRS and pair not in found:
            found[pair] = (event["sat1_tle"], event["sat2_tle"])
    assert len(found) == len(PAIRS)
    return [line for sets in found.values() for one in sets for line in one.split(",")]


def run_by(lines: list[str], tmp_path, sigma_km: list[float]) -> ConjunctionResult:
    (tmp_path / "shell.tle").write_text("\n".join(lines) + "\n", encoding="utf-8")
    toml = {
        "title": "One shell",
        "span": {"start": "2020-12-12T12:00:00Z", "duration_days": 3.0},
        "catalog": {
            "sources": [{"file": str(tmp_path / "shell.tle")}],
        },
        "screening": {"mode": "all-vs-all", "volumes": [{"name": "near", "sphere_km": 10.0}]},
        "covariance": {"model": "fixed", "fixed_sigma_rtn_km": sigma_km},
        "probability": {"method": "auto"},
        "output": {"plots": False},
    }
    return run(parse_scenario(toml))


def states_of(result: ConjunctionResult) -> StatePair:
    encounters, risk = result.screening.encounters, result.assessment
    sides = (
        (encounters.primary_state, risk.primary_covariance_rtn_km2),
        (encounters.secondary_state, risk.secondary_covariance_rtn_km2),
    )
    spreads = [state_rtn_to_inertial(with_velocity_errors(c, state), state) for state, c in sides]
    return StatePair(sides[0][0], sides[1][0], *spreads)


@pytest.mark.parametrize("sigma_rtn_km", [[0.3, 0.3, 0.3], [0.3, 120.0, 0.3]])
def test_auto_counts_each_meeting_of_one_shell_once(lines, tmp_path, sigma_rtn_km):
    result = run_by(lines, tmp_path, sigma_rtn_km)
    risk, pair = result.assessment.probability, states_of(result)
    radius_km = risk.hard_body_radius_m / 1000.0
    fast = result.screening.encounters.relative_speed_km_s > 1.0
    assert fast.sum() >= 5
    quarter = np.array([-1.0, 1.0]) * 0.25 * 86400.0 / 15.056
    once = expected_collisions(pair, radius_km, window_s=quarter)
    half = expected_collisions(pair, radius_km, window_s=2.0 * quarter)
    along = expected_collisions(pair, radius_km)
    assert along.value[fast] == pytest.approx(once.value[fast], rel=1e-3)
    assert (half.value[fast] > 1.1 * along.value[fast]).any()
    orbits = fast & (risk.row_method == "hall-3d")
    assert orbits.any() == (sigma_rtn_km[1] > 1.0)
    assert risk.value[orbits] == pytest.approx(once.value[orbits], rel=1e-3)
    plane = fast & ~orbits
    size = np.abs(short_encounter(pair, radius_km).curvature)
    assert (np.abs(np.log(along.value / risk.value)) < 1e-3 + 1.5 * size)[plane].all()
