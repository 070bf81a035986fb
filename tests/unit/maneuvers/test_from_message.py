"""The encounter to be avoided, from a conjunction data message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.paths import ROOT

from debrissim.cdm import assess_cdms, cdm_kvn, read_cdm
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.maneuvers.from_message import event_from_message
from debrissim.maneuvers.reference import without_burn
from debrissim.scenario.conjunctions import load_scenario


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A message of the collision of 2009, as a run writes it."""
    scenario = load_scenario(ROOT / "scenarios" / "iridium_cosmos_2009.toml")
    quiet = scenario.output.model_copy(update={"plots": False, "report": False, "cdm_above": 1e-9})
    folder = tmp_path_factory.mktemp("run") / "collision"
    run(scenario.model_copy(update={"output": quiet})).write(folder)
    (path,) = (folder / "cdm").glob("*.cdm")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def message(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "event.cdm"
    path.write_text(text, encoding="utf-8")
    return path


def rewritten(path: Path, first: str, second: str) -> Path:
    """The message with other words for whether its objects can burn."""
    (one,) = read_cdm(path)
    own = replace(one.primary, maneuverable=first), replace(one.secondary, maneuverable=second)
    path.write_text(cdm_kvn(replace(one, primary=own[0], secondary=own[1])), encoding="utf-8")
    return path


def test_the_encounter_is_that_of_the_message(message: Path) -> None:
    """Miss, speed and probability are those of `debrissim pc`; TEME turns both states together."""
    found = event_from_message(message, hard_body_radius_m=20.0, earliest_hours=2.0, horizon_days=0.1)
    (report,) = assess_cdms(read_cdm(message), hard_body_radius_m=20.0)
    event = found.event
    reference = without_burn(event, 0.0)
    assert found.around is None
    assert event.tca_s == pytest.approx(7200.0, abs=1e-3)
    assert reference.tca_s == pytest.approx(event.tca_s, abs=0.05)
    assert reference.miss_km == pytest.approx(report.miss_distance_km, rel=1e-3)
    assert reference.probability.value[0] == pytest.approx(report.recommended.value, rel=1e-2)
    assert not event.modelled


def test_object_two_burns_if_it_alone_can(message: Path) -> None:
    default = event_from_message(message, hard_body_radius_m=20.0, earliest_hours=1.0, horizon_days=0.1)
    (one,) = read_cdm(message)
    assert default.event.primary_name == one.primary.name
    other = event_from_message(
        rewritten(message, "NO", "YES"), hard_body_radius_m=20.0, earliest_hours=1.0, horizon_days=0.1
    )
    assert other.event.primary_name == one.secondary.name
    assert np.array_equal(other.event.primary_covariance, default.event.secondary_covariance)


def test_two_objects_that_cannot_burn_are_refused_unless_one_is_chosen(message: Path) -> None:
    path = rewritten(message, "NO", "NO")
    with pytest.raises(InputError, match="neither object is manoeuvrable by the message"):
        event_from_message(path, hard_body_radius_m=20.0)
    found = event_from_message(
        path, object_number=1, hard_body_radius_m=20.0, earliest_hours=1.0, horizon_days=0.1
    )
    assert any("not manoeuvrable by the message" in note for note in found.notes)


@pytest.mark.parametrize("number", [1, -1])
def test_a_message_that_is_not_there_is_named(message: Path, number: int) -> None:
    with pytest.raises(InputError, match="expected one of its 1 messages, counted from 0"):
        event_from_message(message, number)
