"""Messages of a burn, read back by the project's own readers and checked by `lint`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.ephemerides import Ephemeris, Flights, read_ephemerides
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.lint import lint_file
from debrissim.maneuvers import AvoidableEvent, Burns
from debrissim.maneuvers.messages import Mass, burn_messages
from debrissim.maneuvers.motion import MotionStatus
from debrissim.propagation.two_body import propagate

START = (2459601.5, 0.25)
STATE = np.array([6800.0, 0.0, 0.0, 0.0, 4.7, 6.0])
SPAN = (0.0, 20_000.0)


@dataclass(frozen=True, eq=False)
class Kepler:
    """Two-body motion from a state at run time `since_s`."""

    state: Array
    since_s: float = 0.0
    limits_s: tuple[float, float] = (-np.inf, np.inf)
    theory: str = "two-body motion"

    def states(self, times_s: Array) -> Array:
        times = np.asarray(times_s) - self.since_s
        return propagate(np.broadcast_to(self.state, (times.size, 6)), times, mu_km3_s2=WGS84_MU_KM3_S2)

    def after(self, burns: Burns) -> After:
        return After(self, burns)


@dataclass(frozen=True, eq=False)
class After:
    """Impulses, or thrust that acts as an impulse in the middle of its time."""

    own: Kepler
    burns: Burns

    @property
    def status(self) -> NDArray[np.int8]:
        return np.zeros(len(self.burns), dtype=np.int8)

    def states_along(self, rows: Index, times_s: Array) -> Array:
        out = np.empty((*times_s.shape, 6))
        for k, row in enumerate(np.asarray(rows).tolist()):
            middle = float(self.burns.time_s[row] + 0.5 * self.burns.duration_s[row])
            state = self.own.states(np.array([middle]))[0]
            state[3:] += rtn_axes(state).T @ self.burns.delta_v_rtn_m_s[row] / 1000.0
            late = times_s[k] >= middle
            out[k, late] = Kepler(state, middle).states(times_s[k, late])
            out[k, ~late] = self.own.states(times_s[k, ~late])
        return out

    def flights(self, rows: Index, end_s: float) -> Flights:
        raise AssertionError(f"not screened in these tests: {rows} up to {end_s}")


def rtn_axes(state: Array) -> Array:
    radial = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(state[:3], state[3:])
    normal /= np.linalg.norm(normal)
    return np.stack([radial, np.cross(normal, radial), normal])


def event(name: str = "MINE", number: int | None = 25544) -> AvoidableEvent:
    motion = Kepler(STATE)
    return AvoidableEvent(
        start=START,
        tca_s=15_000.0,
        primary=motion,
        secondary=motion,
        primary_covariance=np.eye(6),
        secondary_covariance=np.eye(6),
        hard_body_radius_m=10.0,
        covariance_label="",
        modelled=True,
        primary_name=name,
        secondary_name="OTHER",
        primary_number=number,
    )


def burns(time_s: float = 5_000.0, duration_s: float = 0.0) -> Burns:
    return Burns(
        np.array([time_s]), np.array([duration_s]), np.array([[0.1, 1.5, -0.2]]), np.zeros(1, dtype=np.int8)
    )


def read_back(text: str, folder: Path, ending: str) -> Ephemeris:
    path = folder / f"burn.{ending}"
    path.write_text(text, encoding="ascii")
    (found,) = read_ephemerides(path)
    return found


def velocity_jump(found: Ephemeris) -> Array:
    before, later = found.segments[0], found.segments[-1]
    jump: Array = later.velocities_km_s[0] - before.velocities_km_s[-1]
    return jump


@pytest.mark.parametrize("ending", ["oem", "ocm"])
@pytest.mark.parametrize("frame", ["eme2000", "teme"])
def test_both_trajectories_meet_at_the_impulse_and_differ_by_it(tmp_path: Path, ending: str, frame: str):
    own, after = event(), Kepler(STATE).after(burns())
    found = read_back(burn_messages(own, after, 0, SPAN, frame=frame)[ending], tmp_path, ending)
    assert (len(found.segments), found.norad_id) == (2, 25544)
    before, later = found.segments
    assert np.allclose(before.positions_km[-1], later.positions_km[0], atol=1e-6)
    state = own.primary.states(np.array([5_000.0]))[0]
    assert np.allclose(velocity_jump(found), rtn_axes(state).T @ [1e-4, 1.5e-3, -2e-4], atol=1e-9)
    for segment, motion in (
        (before, own.primary.states),
        (later, lambda t: after.states_along([0], t[None])[0]),
    ):
        times = elapsed_s(segment.jd, segment.fraction, *START)
        assert np.abs(segment.positions_km - motion(times)[:, :3]).max() < 1e-5
    (burn,) = found.maneuvers if ending == "ocm" else (None,)
    if burn is not None:
        assert burn.delta_v_m_s == pytest.approx(np.linalg.norm([0.1, 1.5, -0.2]))


def test_a_parameter_message_holds_the_state_before_the_burn_and_the_burn(tmp_path: Path):
    own, after = event(), Kepler(STATE).after(burns())
    text = burn_messages(own, after, 0, SPAN, mass=Mass(420_000.0, 12.5, assumed=True))["opm"]
    found = read_back(text, tmp_path, "opm")
    state = own.primary.states(np.array([5_000.0]))[0]
    assert np.allclose(found.segments[0].positions_km[0], state[:3], atol=1e-6)
    assert np.allclose(found.segments[0].velocities_km_s[0], state[3:], atol=1e-9)
    (burn,) = found.maneuvers
    assert burn.delta_v_m_s == pytest.approx(np.linalg.norm([0.1, 1.5, -0.2]))
    lines = text.splitlines()
    assert "MASS = 420000.000" in lines
    assert "MAN_DELTA_MASS = -12.500000" in lines
    assert any("mass is assumed" in line for line in lines)
    assert lines.index("MAN_DV_2 = 0.001500000000") == lines.index("MAN_REF_FRAME = RTN") + 2


def test_without_a_mass_there_is_no_parameter_message():
    assert sorted(burn_messages(event(), Kepler(STATE).after(burns()), 0, SPAN)) == ["ocm", "oem"]


def test_thrust_is_a_segment_of_its_own(tmp_path: Path):
    after = Kepler(STATE).after(burns(duration_s=300.0))
    messages = burn_messages(event(), after, 0, SPAN, mass=Mass(1000.0))
    found = read_back(messages["oem"], tmp_path, "oem")
    times = [elapsed_s(part.jd[[0, -1]], part.fraction[[0, -1]], *START) for part in found.segments]
    assert np.allclose(times, [[0.0, 5_000.0], [5_000.0, 5_300.0], [5_300.0, 20_000.0]], atol=1e-5)
    assert read_back(messages["opm"], tmp_path, "opm").maneuvers[0].duration_s == 300.0
    assert read_back(messages["ocm"], tmp_path, "ocm").maneuvers[0].duration_s == 300.0


@pytest.mark.parametrize("ending", ["oem", "ocm"])
def test_the_messages_follow_the_standard(tmp_path: Path, ending: str):
    hostile = "MINE\nSTOP_TIME = 2030-01-01\x1b[31m"
    for name, number in (("MINE", 25544), (hostile, None)):
        path = tmp_path / f"burn.{ending}"
        path.write_text(
            burn_messages(event(name, number), Kepler(STATE).after(burns()), 0, SPAN, designator="1998-067A")[
                ending
            ],
            encoding="ascii",
        )
        assert [finding.text for finding in lint_file(path).findings] == []
        (found,) = read_ephemerides(path)
        assert "\n" not in found.name
        assert "\x1b" not in found.name


def test_faults_are_named():
    after = Kepler(STATE).after(burns())
    with pytest.raises(InputError, match=r"expected a frame among eme2000, teme, got 'itrf'"):
        burn_messages(event(), after, 0, SPAN, frame="itrf")
    with pytest.raises(InputError, match="expected a burn between 6000 and 20000 s"):
        burn_messages(event(), after, 0, (6_000.0, 20_000.0))

    class Short(Kepler):
        def states(self, times_s: Array) -> Array:
            return np.where(times_s[:, None] > 4_000.0, np.nan, super().states(times_s))

    short = replace(event(), primary=Short(STATE))
    with pytest.raises(InputError, match="does not cover the span"):
        burn_messages(short, after, 0, SPAN)

    class Failed(After):
        status = np.array([MotionStatus.REENTERS], dtype=np.int8)

    with pytest.raises(InputError, match="meets the ground or escapes"):
        burn_messages(event(), Failed(Kepler(STATE), burns()), 0, SPAN)
