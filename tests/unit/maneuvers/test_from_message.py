"""The encounter to be avoided, from a conjunction data message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.ephemeris_samples import EOP_CSV
from support.maneuvering import iridium_oem, screened_nearby
from support.paths import ROOT
from support.small import COSMOS_2251, IRIDIUM_33

from debrissim.cdm import assess_cdms, cdm_kvn, read_cdm
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.ephemerides.earth_orientation import read_earth_orientation
from debrissim.ephemerides.frames import to_teme
from debrissim.maneuvers.from_message import MessageFiles, event_from_message
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
    assert event.primary.theory.startswith(
        "one state, integrated both ways with gravity to degree and order 10"
    )
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
    with pytest.raises(InputError, match="expected one of its 1 message, counted from 0"):
        event_from_message(message, number)


@pytest.fixture
def sky(tmp_path: Path) -> str:
    """A catalogue of the two objects."""
    path = tmp_path / "sky.3le"
    names = ("0 IRIDIUM 33", "0 COSMOS 2251")
    lines = [
        line for name, tle in zip(names, (IRIDIUM_33, COSMOS_2251), strict=True) for line in (name, *tle)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return str(path)


@pytest.mark.parametrize("flown", [False, True])
@pytest.mark.parametrize("radii_m", [(None, None), (8.0, None), (None, 9.0)])
def test_screened_again_the_encounter_is_that_of_the_message(
    message: Path, sky: str, radii_m: tuple[float | None, float | None], flown: bool
) -> None:
    """Its radius, too, which is not the spacecraft's and the default of the other object."""
    (one,) = read_cdm(message)
    own, other = (
        replace(obj, hard_body_radius_m=radius)
        for obj, radius in zip((one.primary, one.secondary), radii_m, strict=True)
    )
    message.write_text(cdm_kvn(replace(one, primary=own, secondary=other)), encoding="utf-8")
    ephemeris = iridium_oem(message.parent / "iridium.oem") if flown else None
    found = event_from_message(
        message,
        hard_body_radius_m=20.0,
        files=MessageFiles((sky,), ephemeris),
        earliest_hours=2.0,
        horizon_days=0.05,
    )
    (report,) = assess_cdms(read_cdm(message), hard_body_radius_m=20.0)
    assert found.around is not None
    assert found.around.surroundings.excluded.size == 0
    assert any("flies its ephemeris" in note for note in found.notes) == flown
    assert any("states no separate radius of IRIDIUM 33" in note for note in found.notes) == (
        radii_m == (None, None)
    )
    again = screened_nearby(found)
    assert again.event_found
    assert again.encounters.norad_id.tolist() == [22675, 22675]
    assert again.encounters.probability == pytest.approx([report.recommended.value] * 2, rel=1e-2)


def test_earth_fixed_states_need_the_orientation_of_the_earth(message: Path) -> None:
    """The same states in ITRF are those in EME2000, with a file of orientation; without one a note says how far off."""
    first, second = EOP_CSV.split("\n")[:2]
    days = [second.replace("57753", str(54870 + day)) for day in range(5)]
    finals = message.parent / "finals"
    finals.write_text("\n".join([first, *days]) + "\n", encoding="ascii")
    (one,) = read_cdm(message)
    near = {"hard_body_radius_m": 20.0, "earliest_hours": 1.0, "horizon_days": 0.05}
    expected = event_from_message(message, **near).event
    tca = np.array([one.tca_jd]), np.array([one.tca_fraction])
    inertial = to_teme("EME2000", *tca)
    fixed = np.linalg.inv(to_teme("ITRF", *tca, read_earth_orientation(finals)).jacobian()[0])
    own, other = (
        replace(obj, reference_frame="ITRF", state=fixed @ inertial.states(obj.state[None])[0])
        for obj in (one.primary, one.secondary)
    )
    message.write_text(cdm_kvn(replace(one, primary=own, secondary=other)), encoding="utf-8")
    found = event_from_message(message, files=MessageFiles(earth_orientation=finals), **near)
    at = np.array([expected.tca_s])
    for motion, known in (
        (found.event.primary, expected.primary),
        (found.event.secondary, expected.secondary),
    ):
        assert motion.states(at) == pytest.approx(known.states(at), abs=2e-5)
    assert not any("Earth-fixed" in note for note in found.notes)
    without = event_from_message(message, **near)
    apart = [motion.states(at)[0, :3] for motion in (without.event.primary, found.event.primary)]
    assert 0.03 < np.linalg.norm(apart[0] - apart[1]) < 0.5
    assert any("Earth-fixed (ITRF) and no Earth orientation is given" in note for note in without.notes)
