"""The encounter to be avoided, from a finished run and from a scenario that is run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.paths import ROOT
from support.small import small

from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.maneuvers.from_run import event_from_run, event_from_scenario
from debrissim.maneuvers.reference import without_burn
from debrissim.scenario.conjunctions import load_scenario

COLLISION = ROOT / "scenarios" / "iridium_cosmos_2009.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("run") / "collision"
    run(load_scenario(COLLISION)).write(target)
    return target


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sampled") / "hour"
    run(small()).write(target)
    return target


def test_the_event_is_the_row_of_the_run(folder: Path) -> None:
    """Time, miss and probability are those in conjunctions.csv (published: 0.69801 km, 8.73e-4)."""
    found = event_from_run(folder, 0)
    event = found.event
    reference = without_burn(event, event.tca_s - 7200.0)
    assert (event.primary_name, event.secondary_name) == ("IRIDIUM 33", "COSMOS 2251")
    assert reference.tca_s == pytest.approx(event.tca_s, abs=1e-5)
    assert reference.miss_km == pytest.approx(0.69801, abs=2e-5)
    assert reference.probability.value[0] == pytest.approx(8.73e-4, rel=1e-3)
    assert event.hard_body_radius_m == pytest.approx(19.942)
    assert found.mass_kg == 560.0
    assert event.modelled


def test_without_a_number_the_most_probable_event_is_taken(folder: Path) -> None:
    assert event_from_run(folder).label == event_from_run(folder, 0).label


def test_the_other_object_can_burn(folder: Path) -> None:
    """Everything changes places, and the encounter remains."""
    first, second = event_from_run(folder, 0).event, event_from_run(folder, 0, object_number=2).event
    assert second.primary_name == "COSMOS 2251"
    assert np.array_equal(first.primary_covariance, second.secondary_covariance)
    time = np.array([first.tca_s])
    assert np.array_equal(first.primary.states(time), second.secondary.states(time))
    earlier = first.tca_s - 7200.0
    own, other = (without_burn(event, earlier).probability.value[0] for event in (first, second))
    assert own == pytest.approx(other, rel=1e-9)


def test_others_fly_for_the_days_after_the_event(folder: Path) -> None:
    """The span of the run is half a day; the screening goes on for the horizon."""
    around = event_from_run(folder, 0, horizon_days=3.0).around
    assert around is not None
    assert around.event_row is not None
    assert around.surroundings.catalog.name[around.event_row] == "COSMOS 2251"
    assert around.surroundings.catalog.name[around.surroundings.together].tolist() == ["IRIDIUM 33"]


def test_a_scenario_that_is_run_gives_the_same_event(folder: Path) -> None:
    of_folder = event_from_run(folder, 0).event
    of_scenario = event_from_scenario(load_scenario(COLLISION), 0).event
    assert of_scenario.tca_s == of_folder.tca_s
    assert np.array_equal(of_scenario.primary_covariance, of_folder.primary_covariance)
    assert np.array_equal(of_scenario.secondary_covariance, of_folder.secondary_covariance)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "of its 1 conjunction, a row"), (-1, "counted from 0, got -1")]
)
def test_an_event_that_is_not_there_is_named(folder: Path, number: int, words: str) -> None:
    with pytest.raises(InputError, match=words):
        event_from_run(folder, number)


def test_a_sampled_object_cannot_be_avoided(sampled: Path) -> None:
    with pytest.raises(InputError, match="one that does not exist cannot be avoided"):
        event_from_run(sampled, 0)
    with pytest.raises(InputError, match="all its conjunctions are with sampled objects"):
        event_from_run(sampled)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a results folder"):
        event_from_run(tmp_path)


def test_a_result_is_not_changed(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    event_from_run(folder, 0)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
