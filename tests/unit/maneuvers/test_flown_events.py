"""Events of runs whose spacecraft flies an ephemeris: the errors are those of the run, also when screened again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sgp4.api import Satrec
from support.ephemeris_samples import HEADER, oem_segment
from support.maneuvering import impulses
from support.small import COSMOS_2251, IRIDIUM_33

from debrissim.conjunctions.run import run
from debrissim.core.arrays import Array
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.from_run import event_from_run
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.reference import without_burn
from debrissim.maneuvers.screened_again import ScreenedAgain, screen_again
from debrissim.scenario.conjunctions import parse_scenario

FIRST_DAY_JD = 2454871.5
STATED = np.diag([0.04, 0.9, 0.09, 1e-6, 1e-7, 1e-7])
TABLE = "norad_id,sigma_r_km,sigma_t_km,sigma_n_km,growth_t_km_day\n24946,0.1,0.5,0.15,2.0\n"


def _oem(path: Path, covariance: Array | None) -> None:
    """Iridium 33 by SGP4 from a day before the run on, in TEME; a covariance near the encounter."""
    minutes = np.arange(0, 1800, 2)
    codes, position, velocity = Satrec.twoline2rv(*IRIDIUM_33).sgp4_array(
        np.full(minutes.size, FIRST_DAY_JD), 0.5 + minutes / 1440.0
    )
    assert not codes.any()
    stamps = [
        str(np.datetime64("2009-02-09T12:00:00.000") + np.timedelta64(60_000 * m, "ms"))
        for m in minutes.tolist()
    ]
    metadata = {"REF_FRAME": "TEME", "OBJECT_NAME": "IRIDIUM 33", "OBJECT_ID": "1997-051C"}
    text = HEADER + oem_segment(stamps, np.hstack([position, velocity]), **metadata)
    if covariance is not None:
        rows = [" ".join(f"{x:.9e}" for x in covariance[k, : k + 1]) for k in range(6)]
        head = ["COVARIANCE_START", "EPOCH = 2009-02-10T16:50:00.000", "COV_REF_FRAME = RTN"]
        text += "\n".join([*head, *rows, "COVARIANCE_STOP", ""])
    path.write_text(text, encoding="utf-8")


def _found(folder: Path, errors: str) -> tuple[FoundEvent, float]:
    """The event of a run in which Iridium 33 flies its ephemeris, and the probability that the run gives it."""
    _oem(folder / "iridium.oem", STATED if errors == "stated" else None)
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


def _screened(found: FoundEvent) -> ScreenedAgain:
    """Without a burn, and with one that changes nothing to speak of."""
    event, around = found.event, found.around
    assert around is not None
    return screen_again(
        event.primary,
        impulses([event.tca_s - 3600.0], [[0.0, 1e-6, 0.0]]),
        around.surroundings,
        event.tca_s + 3000.0,
        around.errors,
        event=(around.event_row or 0, event.tca_s),
    )


@pytest.mark.parametrize("errors", ["by age", "stated", "table"])
def test_the_run_and_all_that_follows_it_agree_on_the_probability(tmp_path: Path, errors: str) -> None:
    """Not that of an ephemeris that begins with the burn, as its errors would be smaller."""
    found, probability = _found(tmp_path, errors)
    assert isinstance(found.event.primary, IntegratedMotion)
    reference = without_burn(found.event, found.event.tca_s - 3600.0)
    assert reference.probability.value[0] == pytest.approx(probability, rel=1e-3, abs=0.0)
    again = _screened(found)
    assert again.event_found
    of_event = again.encounters.of_event
    assert again.encounters.burn[of_event].tolist() == [0, 1]
    assert again.encounters.probability[of_event] == pytest.approx([probability] * 2, rel=1e-3, abs=0.0)
