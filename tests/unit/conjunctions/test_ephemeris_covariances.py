"""Runs in which objects fly ephemerides: whose covariance counts, and what tables, messages and verdict say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import dblquad
from sgp4.api import Satrec
from support.ephemeris_samples import HEADER, oem_segment
from support.small import COSMOS_2251, IRIDIUM_33

from debrissim.cdm import read_cdm
from debrissim.conjunctions.cdm_files import conjunctions_above, write_cdms
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.arrays import Array
from debrissim.report.sentences import MANOEUVRE
from debrissim.scenario.conjunctions import parse_scenario

START = "2009-02-10T16:30:00.000"
START_JD, START_FRACTION = 2454872.5, 16.5 / 24.0
IRIDIUM, COSMOS = 24946, 22675
NODES = 61
# Correlated, of another shape for each.
FIRST = np.array(
    [
        [0.04, 0.05, -0.01, 1e-5, 2e-6, 1e-6],
        [0.05, 0.90, 0.03, -4e-4, 3e-6, 2e-6],
        [-0.01, 0.03, 0.09, 1e-6, 1e-6, 5e-6],
        [1e-5, -4e-4, 1e-6, 1e-6, 1e-9, 1e-9],
        [2e-6, 3e-6, 1e-6, 1e-9, 1e-7, 1e-9],
        [1e-6, 2e-6, 5e-6, 1e-9, 1e-9, 1e-7],
    ]
)
SECOND = FIRST * np.outer([2.0, 0.5, 3.0, 1.0, 1.0, 1.0], [2.0, 0.5, 3.0, 1.0, 1.0, 1.0])


def _stamps() -> list[str]:
    times = np.datetime64(START) + np.arange(NODES) * np.timedelta64(60_000, "ms")
    return [str(time) for time in times]


def _covariance(epoch: str, matrix: Array) -> str:
    rows = [" ".join(f"{x:.17e}" for x in matrix[k, : k + 1]) for k in range(6)]
    return "\n".join(
        ["COVARIANCE_START", f"EPOCH = {epoch}", "COV_REF_FRAME = RTN", *rows, "COVARIANCE_STOP", ""]
    )


def _oem(path: Path, tle: tuple[str, str], name: str, covariance: tuple[str, Array] | None) -> None:
    moments = START_FRACTION + np.arange(NODES) / 1440.0
    codes, position, velocity = Satrec.twoline2rv(*tle).sgp4_array(np.full(NODES, START_JD), moments)
    assert not codes.any()
    metadata = {"REF_FRAME": "TEME", "OBJECT_NAME": name, "OBJECT_ID": "", "INTERPOLATION_DEGREE": "7"}
    metadata["OBJECT_ID"] = {"IRIDIUM 33": "1997-051C", "COSMOS 2251": "1993-036A"}[name]
    text = HEADER + oem_segment(_stamps(), np.hstack([position, velocity]), **metadata)
    path.write_text(text + (_covariance(*covariance) if covariance else ""), encoding="utf-8")


def _flown(folder: Path, first: Any = None, second: Any = None, **keys: Any) -> ConjunctionResult:
    """Both fly ephemerides, with these covariances: (epoch, matrix) or None."""
    _oem(folder / "iridium.oem", IRIDIUM_33, "IRIDIUM 33", first)
    _oem(folder / "cosmos.oem", COSMOS_2251, "COSMOS 2251", second)
    own = [
        {"norad_id": IRIDIUM, "ephemeris": "iridium.oem", "hard_body_radius_m": 10.0},
        {"norad_id": COSMOS, "ephemeris": "cosmos.oem", "hard_body_radius_m": 10.0},
    ]
    content = {
        "title": "Two objects that fly ephemerides",
        "span": {"start": START + "Z", "duration_days": 0.04},
        "catalog": {"sources": []},
        "primaries": own,
        "screening": {"volumes": ["socrates-5km"]},
        "covariance": {"model": "flohrer-2008"},
        "probability": {"method": "foster", "yellow": 1e-10, "red": 1e-9},
        "output": {"plots": False, "report": False},
    }
    return run(parse_scenario(content | keys, folder=folder))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> ConjunctionResult:
    return _flown(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def tca(bare: ConjunctionResult) -> str:
    """To a nanosecond."""
    (seconds,) = bare.encounters.tca_s.tolist()
    return str(np.datetime64(START, "ns") + np.timedelta64(round(seconds * 1e9), "ns"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, tca: str) -> ConjunctionResult:
    return _flown(tmp_path_factory.mktemp("both"), (tca, FIRST), (tca, SECOND))


def _by_object(result: ConjunctionResult) -> dict[int, tuple[Array, Array]]:
    """State (6,) and covariance of the position (3, 3), inertial, by number."""
    encounters, risk = result.screening.encounters, result.assessment
    found = {}
    for number, state, covariance in (
        (encounters.primary_norad_id[0], encounters.primary_state[0], risk.primary_covariance_rtn_km2[0]),
        (
            encounters.secondary_norad_id[0],
            encounters.secondary_state[0],
            risk.secondary_covariance_rtn_km2[0],
        ),
    ):
        found[int(number)] = state, covariance
    return found


def _axes(state: Array) -> Array:
    """Columns R, T, N."""
    radial = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(state[:3], state[3:])
    normal /= np.linalg.norm(normal)
    return np.stack([radial, np.cross(normal, radial), normal], axis=1)


def _probability(states: dict[int, Array], covariances: dict[int, Array], radius_km: float) -> float:
    """The integral of the density over the disc, by quadrature, from inertial states and RTN covariances."""
    relative = states[COSMOS] - states[IRIDIUM]
    combined = sum(_axes(states[n]) @ covariances[n][:3, :3] @ _axes(states[n]).T for n in states)
    along = relative[3:] / np.linalg.norm(relative[3:])
    across = relative[:3] - (relative[:3] @ along) * along
    x = across / np.linalg.norm(across)
    plane = np.stack([x, np.cross(along, x)])
    inverse = np.linalg.inv(plane @ combined @ plane.T)
    scale = np.sqrt(np.linalg.det(inverse)) / (2.0 * np.pi)
    miss = plane @ relative[:3]

    def density(angle: float, distance: float) -> float:
        offset = distance * np.array([np.cos(angle), np.sin(angle)]) - miss
        return float(distance * scale * np.exp(-0.5 * offset @ inverse @ offset))

    return float(dblquad(density, 0.0, radius_km, 0.0, 2.0 * np.pi, epsabs=0.0, epsrel=1e-10)[0])


def test_both_covariances_give_the_probability_computed_by_hand(both: ConjunctionResult) -> None:
    found = _by_object(both)
    for number, stated in ((IRIDIUM, FIRST), (COSMOS, SECOND)):
        np.testing.assert_allclose(found[number][1], stated[:3, :3], rtol=1e-9, atol=1e-12)
    states = {number: state for number, (state, _) in found.items()}
    expected = _probability(states, {IRIDIUM: FIRST, COSMOS: SECOND}, 0.02)
    assert both.encounters.collision_probability[0] == pytest.approx(expected, rel=1e-6)


def test_the_verdict_names_operators_only_if_they_gave_both(
    both: ConjunctionResult, bare: ConjunctionResult, tca: str, tmp_path: Path
) -> None:
    assert both.encounters.primary_covariance_source.tolist() == ["stated"]
    assert both.encounters.covariance_model.tolist() == [
        "primary: operator's, stated in its ephemeris; secondary: operator's, stated in its ephemeris"
    ]
    assert both.verdict.whole.answer.endswith("(operators' covariances)")
    assert " a probability of " in both.verdict.whole.answer
    assert any(MANOEUVRE in line for line in both.verdict.whole.lines)
    assert both.verdict.scale == ""
    assert not [note for note in both.verdict.notes if "errors are taken" in note]

    assert bare.verdict.whole.answer.endswith("(modelled errors)")
    assert not any(MANOEUVRE in line for line in bare.verdict.whole.lines)
    assert bare.encounters.covariance_model.tolist() == [bare.provenance["method"]["covariance"]["label"]]

    one = _flown(tmp_path, (tca, FIRST))
    (role,) = (
        role
        for role in ("primary", "secondary")
        if one.encounters[f"{role}_covariance_source"].tolist() == ["stated"]
    )
    ending = {
        "primary": "(modelled errors of the secondaries, operators' covariances of the primary)",
        "secondary": "(modelled errors of the primary, operators' covariances of the secondaries)",
    }[role]
    assert one.verdict.whole.answer.endswith(ending)
    assert " a screening probability of " in one.verdict.whole.answer
    assert not any(MANOEUVRE in line for line in one.verdict.whole.lines)
    label = one.encounters.covariance_model[0]
    assert f"{role}: operator's, stated in its ephemeris" in label
    assert "modelled, not measured: Flohrer 2008" in label
    # A message has the whole covariance of one, and zeros for the velocities of the other.
    (message,) = conjunctions_above(0.0, one.screening.encounters, one.assessment, one.inputs)
    sides = {"primary": message.primary, "secondary": message.secondary}
    stated, modelled = sides.pop(role), *sides.values()
    assert (stated.covariance_method, modelled.covariance_method) == ("CALCULATED", "DEFAULT")
    np.testing.assert_allclose(stated.covariance_rtn, FIRST, rtol=1e-9, atol=1e-15)
    place = 2 if role == "primary" else 1
    assert f"Velocity terms of the covariances of OBJECT{place} are not modelled: zeros." in message.comments


def test_without_covariances_the_model_remains_and_the_run_says_so(bare: ConjunctionResult) -> None:
    assert [note for note in bare.verdict.notes if "errors are taken" in note] == [
        f"{name} ({number}): its ephemeris states no covariance; its errors are taken as those of an element set of "
        "the age of the ephemeris (days since its first state)"
        for number, name in ((COSMOS, "COSMOS 2251"), (IRIDIUM, "IRIDIUM 33"))
    ]
    age = bare.encounters.tca_s[0] / 86400.0
    assert bare.encounters.primary_age_days[0] == pytest.approx(age, abs=1e-9)
    assert bare.encounters.secondary_age_days[0] == pytest.approx(age, abs=1e-9)
    assert bare.provenance["method"]["propagation"] == (
        "positions of IRIDIUM 33 (24946) (iridium.oem), COSMOS 2251 (22675) (cosmos.oem) interpolated "
        "in their ephemerides"
    )
    assert bare.provenance["method"]["covariance"]["own"] == []


def test_factor_and_floor_are_applied_in_this_order_and_labelled(tca: str, tmp_path: Path) -> None:
    keys = {"covariance_factor": 2.0, "floor_sigma_rtn_km": [0.5, 0.1, 0.1]}
    roles = {"model": "flohrer-2008", "primary_factor": 3.0, "secondary_factor": 3.0}
    scaled = _flown(tmp_path, (tca, FIRST), (tca, SECOND), ephemerides=keys, covariance=roles)
    found, stated = _by_object(scaled), {IRIDIUM: FIRST, COSMOS: SECOND}
    for number, matrix in stated.items():
        expected = 4.0 * matrix[:3, :3]
        expected[0, 0] = max(expected[0, 0], 0.25)
        np.testing.assert_allclose(found[number][1], 9.0 * expected, rtol=1e-9, atol=1e-12)
    words = " (sigmas times 2, at least 500/100/100 m (R/T/N))"
    assert scaled.encounters.covariance_model[0].count(words) == 2
    (own,) = scaled.provenance["method"]["covariance"]["own"]
    assert own["norad_ids"] == [COSMOS, IRIDIUM]
    assert own["label"].endswith(words)
    assert scaled.verdict.method[1].endswith(words)


def test_the_table_of_the_scenario_takes_precedence(tca: str, tmp_path: Path) -> None:
    table = tmp_path / "errors.csv"
    table.write_text(f"norad_id,sigma_r_km,sigma_t_km,sigma_n_km\n{COSMOS},0.3,0.4,0.5\n", encoding="utf-8")
    keys = {"model": "flohrer-2008", "table": str(table)}
    result = _flown(tmp_path, (tca, FIRST), (tca, SECOND), covariance=keys)
    np.testing.assert_allclose(np.sqrt(np.diag(_by_object(result)[COSMOS][1])), [0.3, 0.4, 0.5])
    assert sorted(result.encounters[f"{role}_covariance_source"][0] for role in ("primary", "secondary")) == [
        "given",
        "stated",
    ]
    assert result.verdict.whole.answer.endswith("(operators' covariances)")


def test_messages_carry_the_whole_covariance(
    both: ConjunctionResult, bare: ConjunctionResult, tmp_path: Path
) -> None:
    (message,) = conjunctions_above(0.0, both.screening.encounters, both.assessment, both.inputs)
    write_cdms(tmp_path, [message], "kvn")
    (path,) = tmp_path.iterdir()
    (read,) = read_cdm(path)
    for item in (read.primary, read.secondary):
        file, stated = ("cosmos.oem", SECOND) if item.designator == str(COSMOS) else ("iridium.oem", FIRST)
        assert item.ephemeris_name == file
        assert item.covariance_method == "CALCULATED"
        np.testing.assert_allclose(item.covariance_rtn, stated, rtol=1e-9, atol=1e-15)
    text = path.read_text(encoding="utf-8")
    assert "interpolated from the ephemeris iridium.oem" in text
    assert "interpolated from the ephemeris cosmos.oem" in text
    assert "zeros" not in text
    assert "SGP4" not in text

    (message,) = conjunctions_above(0.0, bare.screening.encounters, bare.assessment, bare.inputs)
    assert {item.covariance_method for item in (message.primary, message.secondary)} == {"DEFAULT"}
    assert not message.primary.has_velocity_covariance
    assert "Velocity terms of the covariances are not modelled: zeros." in message.comments
