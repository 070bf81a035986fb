"""Events of runs whose spacecraft flies an ephemeris: the errors are those of the run, also when screened again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.maneuvering import iridium_oem, screened_nearby
from support.small import COSMOS_2251

from debrissim.conjunctions.run import run
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.from_run import event_from_run
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.reference import without_burn
from debrissim.scenario.conjunctions import parse_scenario

STATED = np.diag([0.04, 0.9, 0.09, 1e-6, 1e-7, 1e-7])
TABLE = "norad_id,sigma_r_km,sigma_t_km,sigma_n_km,growth_t_km_day\n24946,0.1,0.5,0.15,2.0\n"


def _found(folder: Path, errors: str) -> tuple[FoundEvent, float]:
    """The event of a run in which Iridium 33 flies its ephemeris, and the probability that the run gives it."""
    iridium_oem(folder / "iridium.oem", STATED if errors == "stated" else None)
    (folder / "own.csv").write_text(TABLE, encoding="utf-8")
    scenario = parse_scenario(
        {
            "title": "Iridium 33 on its ephemeris",
            "span": {"start": "2009-02-10T15:00:00Z", "duration_days": 0.1},
            "catalog": {"sources": []},
            "primaries": [
                {"norad_id": 24946, "ephemeris": "iridium.oem", "hard_body_radius_m": 10.0},
                {"name": "COSMOS 2251", "tle": list(COSMOS_2251), "hard_body_radius_m": 10.0},
            ],
            "screening": {"volumes": ["socrates-5km"]},
            "covariance": {"table": "own.csv"} if errors == "table" else {},
            "output": {"plots": False, "report": False},
        },
        folder=folder,
    )
    result = run(scenario)
    result.write(folder / "run")
    found = event_from_run(folder / "run", 0, horizon_days=0.05)
    return found, float(result.tables["conjunctions"].collision_probability[0])


@pytest.mark.parametrize("errors", ["by age", "stated", "table"])
def test_the_run_and_all_that_follows_it_agree_on_the_probability(tmp_path: Path, errors: str) -> None:
    """Not that of an ephemeris that begins with the burn, as its errors would be smaller."""
    found, probability = _found(tmp_path, errors)
    assert isinstance(found.event.primary, IntegratedMotion)
    reference = without_burn(found.event, found.event.tca_s - 3600.0)
    assert reference.probability.value[0] == pytest.approx(probability, rel=1e-3, abs=0.0)
    again = screened_nearby(found)
    assert again.event_found
    of_event = again.encounters.of_event
    assert again.encounters.burn[of_event].tolist() == [0, 1]
    assert again.encounters.probability[of_event] == pytest.approx([probability] * 2, rel=1e-2, abs=0.0)
