"""Messages assessed by all methods side by side, and what the command says of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.cdm.answer import headline, level
from debrissim.cdm.assess import assess_cdms
from debrissim.cdm.keywords import COVARIANCE
from debrissim.cdm.method_results import assess_conjunctions
from debrissim.cdm.states import to_state_pair
from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.probability.collision import collision_probability
from debrissim.probability.registry import plane_methods, state_methods
from debrissim.propagation.frames import rtn_basis

STATE_METHODS = [name for name, method in state_methods().items() if not method.is_sampled]


def text_of(**changes: str | None) -> str:
    # Off the line of nodes, so that no element of the orbits is special.
    return kvn(comments=("HBR = 20 [m]",), **({"OBJECT1_Z": "10.0", "OBJECT2_Z": "10.0"} | changes))


def message(**changes: str | None):
    return parse_cdm(text_of(**changes).encode(), "x.cdm")[0]


def slow(speed_m_s: float):
    """The same message with the secondary moving almost as the primary does."""
    found = message()
    state = found.secondary.state.copy()
    state[3:] = found.primary.state[3:] + np.array([0.0, 0.0, speed_m_s / 1000.0])
    return replace(found, secondary=replace(found.secondary, state=state))


def test_the_plane_sees_the_message_as_an_assembly_by_hand() -> None:
    found = message()
    primary, secondary = found.primary, found.secondary
    to_first = rtn_basis(primary.state[None, :3], primary.state[None, 3:])[0]
    to_second = rtn_basis(secondary.state[None, :3], secondary.state[None, 3:])[0]
    across = to_first @ to_second.T
    by_hand = collision_probability(
        (to_first @ (secondary.state[:3] - primary.state[:3]))[None],
        (to_first @ (secondary.state[3:] - primary.state[3:]))[None],
        primary.covariance_rtn[None, :3, :3],
        (across @ secondary.covariance_rtn[:3, :3] @ across.T)[None],
        20.0,
    )
    (report,) = assess_cdms([found])
    assert report.value_of("foster") == pytest.approx(by_hand.value[0], rel=1e-12)
    assert 1e-12 < by_hand.value[0] < 0.1
    assert report.maximum == pytest.approx(by_hand.maximum[0], rel=1e-12)
    assert report.miss_distance_km == pytest.approx(np.hypot(0.1, 0.4), rel=1e-12)
    assert report.relative_speed_km_s == pytest.approx(np.hypot(14.76, 0.1), rel=1e-12)
    assert (report.hard_body_radius_m, report.radius_from_message) == (20.0, True)


def test_all_methods_are_listed_and_agree_where_they_must() -> None:
    (report,) = assess_cdms([message()])
    assert [value.method for value in report.values] == [*plane_methods(), *STATE_METHODS]
    exact = report.value_of("foster")
    for name in ("laas-2015", "patera-2005", "elrod"):
        assert report.value_of(name) == pytest.approx(exact, rel=1e-9)
    for name in STATE_METHODS:
        assert report.value_of(name) == pytest.approx(exact, rel=0.01)
    bounds = next(value for value in report.values if value.method == "laas-2015")
    assert bounds.lower <= exact <= bounds.upper
    assert report.chosen == "foster"
    assert report.flags == ()


def test_earth_fixed_messages_give_the_same_probability() -> None:
    inertial = message()

    def fixed(item):
        velocity = item.state[3:] - np.cross([0.0, 0.0, 7.292115e-5], item.state[:3])
        return replace(item, state=np.concatenate([item.state[:3], velocity]), reference_frame="ITRF")

    turned = replace(inertial, primary=fixed(inertial.primary), secondary=fixed(inertial.secondary))
    one, other = assess_cdms([inertial, turned], methods=["foster", "hall-3d"])
    for name in ("foster", "hall-3d"):
        assert one.value_of(name) == pytest.approx(other.value_of(name), rel=1e-9)


def test_the_state_pair_is_inertial_and_keeps_its_variances() -> None:
    pair = to_state_pair([message(), message()])
    assert len(pair) == 2
    found = message().secondary
    assert np.trace(pair.secondary_covariance[1, :3, :3]) == pytest.approx(
        np.trace(found.covariance_rtn[:3, :3]), rel=1e-12
    )
    np.testing.assert_allclose(pair.secondary_state[1], found.state)
    assert len(to_state_pair([])) == 0
    assert assess_cdms([]) == ()


def test_slow_encounters_are_left_to_the_orbits() -> None:
    (report,) = assess_cdms([slow(0.2)], methods=["foster", "hall-3d"])
    assert report.chosen == "hall-3d"
    assert "slow encounter" in report.flags
    assert "slow encounter" in report.reason
    (auto,) = assess_cdms([slow(0.2)], methods=["auto"])
    assert auto.values[0].value == report.value_of("hall-3d")
    assert auto.values[0].flags[0] == "by hall-3d"


def test_without_velocity_covariance_the_choice_stays_in_the_plane_and_says_so() -> None:
    known = slow(0.2)

    def positions_only(item):
        covariance = np.zeros((6, 6))
        covariance[:3, :3] = item.covariance_rtn[:3, :3]
        return replace(item, covariance_rtn=covariance)

    bare = replace(known, primary=positions_only(known.primary), secondary=positions_only(known.secondary))
    (report,) = assess_cdms([bare], methods=["foster"])
    assert report.chosen == "foster"
    assert "no full states" in report.reason


def bent():
    """A fast pass nearly head on, 2 km aside, wide along the tracks: where these meet, both have curved away."""
    found = message()

    def stretched(item, state):
        covariance = np.diag([4e-4, 1600.0, 4e-4, 1e-12, 1e-12, 1e-12])
        return replace(item, covariance_rtn=covariance, state=np.array(state))

    return replace(
        found,
        primary=stretched(found.primary, [7000.0, 0.0, 10.0, 0.0, 7.546, 0.1]),
        secondary=stretched(found.secondary, [7000.0, 0.0, 12.0, 0.0, -7.54, 0.4]),
    )


def test_curvature_that_no_flag_sees_is_seen():
    (report,) = assess_cdms([bent()], methods=["foster", "hall-3d"])
    assert not report.flags
    assert abs(report.value_of("hall-3d") / report.value_of("foster") - 1.0) > 0.1
    assert report.chosen == "hall-3d"
    assert report.reason.startswith("curved orbits: ")
    assert report.recommended.flags == ("curved orbits",)


@pytest.mark.parametrize("make", [message, bent, lambda: slow(0.2), lambda: message(OBJECT2_Y_DOT="-12.0")])
def test_auto_depends_on_the_message_alone_and_not_on_the_methods_displayed(make):
    (full,) = assess_cdms([make()])
    for methods in (["foster"], ["hall-3d"], ["auto"], ["elrod", "auto"], []):
        (report,) = assess_cdms([make()], methods=methods)
        assert (report.chosen, report.reason) == (full.chosen, full.reason)
        assert report.recommended == full.recommended
        assert report.value_of(report.chosen) == full.value_of(full.chosen) == full.recommended.value
        if "auto" in methods:
            assert report.value_of("auto") == full.recommended.value


def test_monte_carlo_brackets_the_value_and_repeats() -> None:
    found = message(**{f"OBJECT{n}_{key}": "4E+04" for n in (1, 2) for key in ("CR_R", "CT_T", "CN_N")})
    (one,) = assess_cdms([found], hard_body_radius_m=150.0, methods=["hall-3d"], monte_carlo_samples=20_000)
    (again,) = assess_cdms([found], hard_body_radius_m=150.0, methods=["hall-3d"], monte_carlo_samples=20_000)
    trials = one.values[-1]
    assert trials.method == "monte-carlo"
    assert trials == again.values[-1]
    assert trials.lower < one.value_of("hall-3d") < trials.upper
    assert trials.value > 0.0
    assert not one.radius_from_message


def test_a_missing_covariance_brings_frisbees_maximum() -> None:
    found = message(**{f"OBJECT2_{key}": "0" for key in COVARIANCE})
    (report,) = assess_cdms([found], methods=["foster"])
    assert [value.method for value in report.values] == ["foster", "frisbee-maximum"]
    assert "OBJECT2" in report.values[1].description
    assert report.values[1].value > report.values[0].value
    (both,) = assess_cdms([message()], methods=["foster"])
    assert len(both.values) == 1


def test_unbound_orbits_leave_the_plane_methods() -> None:
    (report,) = assess_cdms([message(OBJECT2_Y_DOT="-12.0")], methods=["foster", "hall-3d"])
    assert report.value_of("foster") > 0.0
    assert report.value_of("hall-3d") is None
    assert "not applicable" in report.values[1].flags[0]
    with pytest.raises(KeyError, match="method: expected one of "):
        report.value_of("elrod")


def test_faults_of_the_caller() -> None:
    bare = parse_cdm(kvn().encode(), "bare.cdm")[0]
    with pytest.raises(InputError, match=r"^bare.cdm: states no combined hard-body radius"):
        assess_cdms([bare])
    for radius in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(InputError, match="hard_body_radius_m: expected a finite number > 0"):
            assess_cdms([bare], hard_body_radius_m=radius)
    with pytest.raises(InputError, match=r"method: expected one of auto, foster, .* got 'best'"):
        assess_cdms([message()], methods=["best"])
    with pytest.raises(InputError, match="monte_carlo_samples: expected 0 or more, got -1"):
        assess_cdms([message()], monte_carlo_samples=-1)
    assert len(assess_conjunctions([message()], np.array([1.0]))) == 1


@pytest.fixture
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    text = text_of()
    Path("two.cdm").write_text(text + text, encoding="utf-8")
    bare = kvn(MISS_DISTANCE="9000", OBJECT1_Z="10.0", OBJECT2_Z="10.0")
    Path("bare.cdm").write_text(bare, encoding="utf-8")


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize("every", [True, False])
def test_the_command_prints_the_answer_first(capsys: pytest.CaptureFixture[str], every: bool) -> None:
    assert main(["pc", "two.cdm", "bare.cdm", "--hbr", "15", *(["--all"] if every else [])]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert max(map(len, printed.out.splitlines())) <= 80
    assert printed.out.count("ISS (ZARYA) (25544)  x  FRAGMENT [TANK] (270387)") == 3
    (report,) = assess_cdms([message()], hard_body_radius_m=15.0, methods=["foster"])
    assert " ".join(printed.out.split()).startswith(
        f"ISS (ZARYA) (25544) x FRAGMENT [TANK] (270387): {headline(report)} stated by TESTER: 4.835e-5 (FOSTER-1992), "
    )
    for name in (*plane_methods(), *STATE_METHODS):
        shown = every or name in ("foster", "hall-3d")
        assert printed.out.count(f"\n{name} ") == (3 if shown else 0), name
    assert printed.out.count("hard body 15 m, as given") == 3
    assert "the message contradicts itself: MISS_DISTANCE is 9,000 m, the states" in printed.out
    assert "foster: short encounter: straight motion holds" in printed.out


@pytest.mark.usefixtures("_files")
def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pc", "two.cdm", "--json", "-m", "foster", "-m", "hall-3d", "--mc", "2000"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == second
    assert first["tca_utc"] == "2024-11-02T03:04:05.678Z"
    assert first["hard_body_radius_m"] == 20.0
    assert [value["method"] for value in first["methods"]] == ["foster", "hall-3d", "monte-carlo"]
    (report,) = assess_cdms([message()], methods=["foster"])
    assert first["methods"][0]["collision_probability"] == report.value_of("foster")
    assert first["stated"]["collision_probability"] == 4.835e-05
    assert first["stated"]["method"] == "FOSTER-1992"
    assert first["stated"]["ratio"] == pytest.approx(4.835e-05 / report.value_of("foster"), rel=1e-12)
    assert first["auto"]["method"] == first["method"] == "foster"
    assert first["collision_probability"] == report.value_of("foster")
    assert first["answer"] == headline(report)
    assert first["level"] == level(report.value_of("foster"))
    assert first["message_age_s"] == pytest.approx(86400.0 + 11045.678, abs=1e-3)
    assert first["secondary"]["sigma_rtn_km"] == pytest.approx(
        np.sqrt(np.diag(message().secondary.covariance_rtn)[:3]), rel=1e-12
    )


EARTH_RADII = str((10.0 * 6378136.3) ** 2)


@pytest.mark.parametrize(
    ("changes", "at_fault", "reason", "remains"),
    [
        (
            {f"OBJECT{n}_{key}": "0" for n in (1, 2) for key in COVARIANCE},
            (("no covariance",), ("no covariance",)),
            "OBJECT1 has no covariance (all zeros); OBJECT2 has no covariance (all zeros)",
            "any-covariance-maximum",
        ),
        (
            {"OBJECT2_CR_R": "-400"},
            ((), ("negative variance",)),
            "OBJECT2 has a negative position variance",
            "frisbee-maximum",
        ),
        (
            {f"OBJECT2_{key}": EARTH_RADII if key in ("CR_R", "CT_T", "CN_N") else "0" for key in COVARIANCE},
            ((), ("unknown position",)),
            "OBJECT2 has a position error of 10 Earth radii",
            "frisbee-maximum",
        ),
        (
            {f"OBJECT1_{axis}": value for axis, value in zip("XYZ", ("7e6", "0", "10"), strict=True)},
            (("not in orbit",), ()),
            "OBJECT1 is not in orbit",
            None,
        ),
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--all",), ("-m", "foster")])
def test_what_allows_no_probability_is_an_answer(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    at_fault: tuple[tuple[str, ...], tuple[str, ...]],
    reason: str,
    remains: str | None,
    arguments: tuple[str, ...],
) -> None:
    (tmp_path / "x.cdm").write_text(text_of(**changes), encoding="utf-8")
    assert main(["pc", str(tmp_path / "x.cdm"), *arguments]) == 1
    printed = capsys.readouterr().out
    assert " ".join(printed.split()).startswith(f"No collision probability: not computable: {reason}")
    assert "< 1e-10" not in printed
    assert ("Pc is at most" in printed) == (remains is not None)
    assert main(["pc", str(tmp_path / "x.cdm"), "--json", *arguments]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["collision_probability"] is found["maximum_probability"] is found["level"] is None
    assert (found["primary"]["faults"], found["secondary"]["faults"]) == tuple(map(list, at_fault))
    known = [entry["method"] for entry in found["methods"] if entry["collision_probability"] is not None]
    assert known == ([remains] if remains else [])
    assert reason in found["auto"]["reason"]


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize("as_json", [False, True])
def test_a_message_that_is_refused_leaves_the_others_alone(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    assert main(["pc", "bare.cdm", "two.cdm", "none.cdm", *(["--json"] if as_json else [])]) == 2
    printed = capsys.readouterr()
    faults = printed.err.splitlines()
    assert [fault.partition(":")[2].split(":")[0].strip() for fault in faults] == ["bare.cdm", "none.cdm"]
    if as_json:
        assert len(json.loads(printed.out)) == 2
    else:
        assert printed.out.endswith(
            "\n2 messages: 2 red, 0 yellow, 0 below, 0 without a probability; 2 refused\n"
        )


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("none.cdm",), "none.cdm: no such file"),
        (("bare.cdm",), "bare.cdm: states no combined hard-body radius"),
        (("two.cdm", "--method", "best"), "method: expected one of auto, foster"),
        (("two.cdm", "--hbr", "0"), "hard_body_radius_m: expected a finite number > 0, got 0.0"),
    ],
)
def test_the_command_fails_with_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert main(["pc", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"debrissim: {sentence}")
    assert len(printed.err.splitlines()) == 1
