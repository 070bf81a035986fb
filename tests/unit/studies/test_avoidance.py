"""The study of an avoidance manoeuvre: an event of 2009 with two burns a revolution, so that it takes seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.paths import ROOT

import debrissim
from debrissim.core.errors import InputError
from debrissim.ephemerides.read import read_ephemerides
from debrissim.studies.protocol import open_results, parse_scenario, run
from debrissim.studies.study import StudyResult

COLLISION = ROOT / "scenarios" / "iridium_cosmos_2009.toml"
BURNS = {
    "earliest_hours": 3.0,
    "coarse_steps": 1,
    "fine_steps": 4,
    "sizes_m_s": [0.05, 0.5],
    "directions": ["posigrade", "retrograde", "outward"],
}


def avoided(**tables: Any) -> StudyResult:
    content = {
        "kind": "avoidance",
        "title": "Iridium 33",
        "event": {"scenario": str(COLLISION)},
        "burns": BURNS,
        "rescreening": {"candidates": 30, "horizon_days": 0.5, "return_burn": True},
    }
    result = run(parse_scenario(content | tables))
    assert isinstance(result, StudyResult)
    return result


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return avoided()


def test_the_first_line_is_the_smallest_certified_burn(result: StudyResult) -> None:
    candidates, burn = result.tables["candidates"], result.headline["burn"]
    assert result.headline["verdict"] == "certified"
    row = candidates[candidates.burn == burn["number"]]
    assert row.verdict[0] == "green"
    assert abs(row.delta_v_m_s[0]) == np.abs(candidates.delta_v_m_s[candidates.verdict == "green"]).min()
    text = " ".join(" ".join(result.terminal_lines()).split())
    assert text.startswith("A burn of ")
    assert "against the velocity" in text
    assert "from 1 in 1,100 to 1 in 1 million" in text
    assert "No encounter with the 1 object examined until 2009-02-11" in text
    assert "not an instruction" in text
    assert (
        "Resolution: it is the smallest burn at its time and direction that meets the goals; smaller burns"
        in text
    )


def test_the_error_of_the_theory_is_stated(result: StudyResult) -> None:
    burn = result.headline["burn"]
    days = (np.datetime64(result.headline["examined"]["end_utc"][:-1]) - np.datetime64(burn["utc"][:-1])) / (
        np.timedelta64(1, "D")
    )
    # A low circular orbit by SGP4, along the track: 0.9 km per m/s and day, and a third of a day at the shortest.
    size, lead_days = abs(burn["delta_v_m_s"]), max(burn["before_tca_hours"] / 24.0, 0.33)
    assert burn["theory_error_km"] == pytest.approx(0.9 * size * days, rel=0.01)
    assert burn["theory_error_at_tca_km"] == pytest.approx(0.9 * size * lead_days, rel=0.01)
    cells = result.tables["cells"]
    rows = (cells.direction == "along-track") & (cells.status == "ok")
    lead = np.maximum((cells.before_tca_hours + cells.tca_shift_s / 3600.0) / 24.0, 0.33)[rows]
    np.testing.assert_allclose(
        cells.theory_error_km[rows], 0.9 * np.abs(cells.delta_v_m_s[rows]) * lead, rtol=0.01
    )
    text = " ".join(" ".join(result.terminal_lines()).split())
    assert "The change that the burn makes to the trajectory is off by some 0." in text


def test_every_candidate_meets_the_goals_by_itself(result: StudyResult) -> None:
    candidates = result.tables["candidates"]
    assert 5 < len(candidates) <= 30
    assert candidates.meets_goal.all()
    assert (candidates.collision_probability <= 1e-6).all()
    assert (candidates.probability_without_execution_error <= 1e-6).all()
    assert not candidates.diluted.any()
    assert (candidates.miss_distance_km >= 0.698).all()


def test_burns_keep_their_numbers_over_the_tables(result: StudyResult) -> None:
    """A burn of the trade space that was screened again has one number; no two burns share one."""
    candidates, cells, minima = (result.tables[name] for name in ("candidates", "cells", "minima"))
    count = len(candidates)
    assert candidates.burn.tolist() == list(range(1, count + 1))
    assert (np.diff(np.abs(candidates.delta_v_m_s)) >= 0.0).all()
    shared = np.intersect1d(candidates.burn, cells.burn)
    assert shared.size > 0
    for number in shared.tolist():
        one, other = candidates[candidates.burn == number], cells[cells.burn == number]
        for name in ("burn_utc", "delta_v_r_m_s", "delta_v_t_m_s", "collision_probability"):
            assert one[name][0] == other[name][0]
    others = np.concatenate([cells.burn, minima.burn])
    assert np.unique(others).size == others.size
    assert result.tables["plane"].burn.tolist() == list(range(count + 1))


def test_cells_are_the_grid(result: StudyResult) -> None:
    cells = result.tables["cells"]
    assert set(np.abs(cells.delta_v_m_s).round(9).tolist()) == {0.05, 0.5}
    assert set(cells.direction.tolist()) == {"along-track", "radial"}
    assert cells.before_tca_hours.max() <= 3.0 + 1e-9
    assert cells.before_tca_hours.min() == pytest.approx(0.0, abs=1e-6)


def test_the_burn_back_undoes_a_retrograde_one(result: StudyResult) -> None:
    """An along-track burn is undone by its opposite a whole revolution later, at twice the cost."""
    returns, candidates = result.tables["returns"], result.tables["candidates"]
    row = int(np.flatnonzero(candidates.direction == "along-track")[0])
    back = returns[returns.burn == candidates.burn[row]]
    assert back.delta_v_t_m_s[0] == pytest.approx(-candidates.delta_v_t_m_s[row], rel=0.01)
    assert back.cost_m_s[0] == pytest.approx(2.0 * abs(candidates.delta_v_m_s[row]), rel=0.01)
    assert back.return_utc[0] > np.datetime64("2009-02-10T16:56:00")


def test_the_folder_opens_and_holds_the_messages(result: StudyResult, tmp_path: Path) -> None:
    written = result.write(tmp_path / "out")
    again = open_results(tmp_path / "out")
    assert again.kind == "avoidance"
    assert dict(again.headline) == dict(written.headline)
    assert again.terminal_lines() == result.terminal_lines()
    for name in result.tables:
        assert again.tables[name].columns().keys() == result.tables[name].columns().keys()
    assert {path.stem for path in (tmp_path / "out" / "plots").glob("*.png")}
    (flown,) = read_ephemerides(tmp_path / "out" / "messages" / "burn.oem")
    assert len(flown.segments) == 2
    assert "no instruction" in (tmp_path / "out" / "messages" / "burn.opm").read_text(encoding="utf-8")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(f"messages/burn.{ending}" in page for ending in ("oem", "opm", "ocm"))
    result.write(tmp_path / "out", force=True)


def test_an_event_that_meets_the_goal_needs_no_burn() -> None:
    result = avoided(goals={"probability": 0.01})
    assert result.headline["verdict"] == "not needed"
    assert len(result.tables["candidates"]) == 0
    assert "meets the goal without a burn" in " ".join(" ".join(result.terminal_lines()).split())


def test_no_burn_is_an_answer(tmp_path: Path) -> None:
    """Half a millimetre a second does not move anything far enough."""
    result = avoided(burns=BURNS | {"sizes_m_s": [0.0005], "largest_m_s": 0.0005})
    assert result.headline["verdict"] == "no burn"
    assert result.headline["burn"] is None
    assert result.terminal_lines()[0].startswith("No burn that was tried lowers the probability")
    assert result.write(tmp_path / "out").notes == ()


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"event": {"scenario": "a.toml", "results": "b"}}, "expected one of results, scenario and message"),
        ({"event": {"scenario": str(COLLISION), "hard_body_radius_m": 5.0}}, "can be used only with message"),
        ({"event": {"scenario": str(COLLISION), "number": 3}}, "counted from 0, got 3"),
        ({"burns": BURNS | {"directions": ["sideways"]}}, "burns.directions"),
        ({"burns": BURNS | {"thrust_n": 1.0}}, "expected specific_impulse_s or mass_flow_kg_s with thrust_n"),
        ({"burns": BURNS | {"latest_hours": 4.0}}, "expected latest_hours below earliest_hours"),
        ({"goals": {"probability": 0.0}}, "goals.probability"),
    ],
)
def test_bad_input_is_one_sentence(tables: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        avoided(**tables)
    assert "\n" not in str(caught.value)


def test_from_python_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        debrissim.avoid(tmp_path / "nothing")
