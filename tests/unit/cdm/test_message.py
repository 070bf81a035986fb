"""Frames of a message: what turns with the Earth gains its rotation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.cdm.message import EARTH_ROTATION_RAD_S, is_earth_fixed


def message():
    return parse_cdm(kvn().encode(), "x")[0]


def earth_fixed(item, angle: float):
    """The same object as seen from the rotating Earth, whose axes are rotated by that angle."""
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    rate = EARTH_ROTATION_RAD_S * np.array([[-sine, cosine, 0.0], [-cosine, -sine, 0.0], [0.0, 0.0, 0.0]])
    position, velocity = item.state[:3], item.state[3:]
    state = np.concatenate([turn @ position, turn @ velocity + rate @ position])
    return replace(item, state=state, reference_frame="ITRF")


def test_earth_fixed_states_give_the_same_encounter() -> None:
    inertial = message()
    fixed = replace(
        inertial,
        primary=earth_fixed(inertial.primary, 1.234),
        secondary=earth_fixed(inertial.secondary, 1.234),
    )
    # In the Earth's axes the states themselves differ, by the rotation of 0.5 km/s at this height.
    assert np.linalg.norm(fixed.primary.state[3:]) < np.linalg.norm(inertial.primary.state[3:]) - 0.3
    assert fixed.relative_state_rtn == pytest.approx(inertial.relative_state_rtn, abs=1e-9)


def test_relative_state_is_along_the_primarys_axes() -> None:
    found = message().relative_state_rtn
    # The primary is on x and moves along (0, 7.5, 0.1): R is x, N nearly z.
    tilt = np.arctan2(0.1, 7.5)
    along = np.array([0.0, np.cos(tilt), np.sin(tilt)])
    assert found[:3] == pytest.approx([0.1, 0.4 * along[1], -0.4 * np.sin(tilt)], abs=1e-12)
    assert np.linalg.norm(found[3:]) == pytest.approx(np.hypot(14.76, 0.1), rel=1e-12)


@pytest.mark.parametrize(
    ("frame", "turns"),
    [("ITRF", True), ("itrf-97", True), ("ITRF2014", True), ("GCRF", False), ("TEME", False)],
)
def test_frames_that_turn_with_the_earth(frame: str, turns: bool) -> None:
    assert is_earth_fixed(frame) is turns


def test_inertial_frames_may_be_called_by_their_other_names() -> None:
    text = kvn(OBJECT1_REF_FRAME="EME2000", OBJECT2_REF_FRAME="J2000")
    assert parse_cdm(text.encode(), "x")[0].secondary.reference_frame == "J2000"
