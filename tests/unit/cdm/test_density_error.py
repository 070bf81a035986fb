"""The drag error that both objects of a message share, against sampled density errors and an integral over them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from support.cdm_samples import kvn, spacetrack
from support.shared import shared_path

from debrissim.cdm import assess_cdms, parse_cdm, read_cdm
from debrissim.cdm.density_error import drag_sensitivity, shared_drag, shared_drag_line
from debrissim.cli.main import main
from debrissim.probability.collision import collision_probability
from debrissim.propagation.frames import rtn_basis

SIGMAS = (0.2, 0.15)
# Metres along RTN for a relative error of the density of one.
SENSITIVITIES = ((-60.0, 2000.0, 4.0), (30.0, 1500.0, -6.0))


def comments(index: int, scale: float = 1.0, **changes: str) -> list[str]:
    position = " ".join(f"{scale * value:.9e}" for value in SENSITIVITIES[index])
    stated = {
        "DCP Density Forecast Uncertainty": f"{SIGMAS[index]:.18e}",
        "DCP Sensitivity Vector RTN Pos": f"{position} [m]",
        "DCP Sensitivity Vector RTN Vel": "-1.0e+00 2.0e-03 1.0e-03 [m/sec]",
    }
    return [f"COMMENT {key} = {value}" for key, value in (stated | changes).items() if value]


def text_of(first: list[str], second: list[str], **changes: str | None) -> str:
    """The message at right angles, errors of 420 and 320 m along the tracks, with comments on either object."""
    variances = {
        f"OBJECT{number}_{key}": value
        for number, along in ((1, "1.8E+05"), (2, "1.1E+05"))
        for key, value in (("CR_R", "4.0E+03"), ("CT_R", "0"), ("CT_T", along), ("CN_N", "2.5E+03"))
    }
    state = {
        "OBJECT2_X": "7000.05",
        "OBJECT2_Y": "0.2",
        "OBJECT2_Z": "0.15",
        "OBJECT2_Y_DOT": "0.3",
        "OBJECT2_Z_DOT": "7.4",
    }
    lines = kvn(comments=("HBR = 100 [m]",), **(variances | state | changes)).splitlines()
    for number, texts in ((2, second), (1, first)):
        at = next(k for k, line in enumerate(lines) if line.split("=")[1:] and f" OBJECT{number}" in line)
        lines[at + 3 : at + 3] = texts
    return "\n".join(lines) + "\n"


def message(first: list[str] | None = None, second: list[str] | None = None, **changes: str | None):
    text = text_of(
        comments(0) if first is None else first, comments(1) if second is None else second, **changes
    )
    return parse_cdm(text.encode(), "x.cdm")[0]


def axes(item) -> np.ndarray:
    return rtn_basis(item.state[None, :3], item.state[None, 3:])[0].T


def parts(found):
    """Per object: the drag error as a vector, and the covariance without it; km, inertial, by hand."""
    vectors, rests = [], []
    for k, item in enumerate((found.primary, found.secondary)):
        vector = SIGMAS[k] * np.array(SENSITIVITIES[k]) / 1000.0
        vectors.append(axes(item) @ vector)
        rest = item.covariance_rtn[:3, :3] - np.outer(vector, vector)
        assert np.linalg.eigvalsh(rest)[0] > 0.0
        rests.append(axes(item) @ rest @ axes(item).T)
    return vectors, rests


def test_it_is_what_sampled_density_errors_give() -> None:
    """A slow Monte Carlo: one density error per trial moves both objects; their other errors are independent."""
    found = message()
    result = shared_drag(found, 100.0)
    vectors, rests = parts(found)
    rng = np.random.default_rng(14)
    trials, hits, hits_apart = 400_000, [], []
    relative = found.secondary.state - found.primary.state
    direction = relative[3:] / np.linalg.norm(relative[3:])
    others = [rng.multivariate_normal(np.zeros(3), rest, trials) for rest in rests]
    density = rng.standard_normal((trials, 2))
    for columns, kept in (((0, 0), hits), ((0, 1), hits_apart)):
        errors = [
            other + density[:, [column]] * vector
            for other, column, vector in zip(others, columns, vectors, strict=True)
        ]
        offset = relative[:3] + errors[1] - errors[0]
        offset -= np.outer(offset @ direction, direction)
        kept.append(float(np.mean(np.linalg.norm(offset, axis=1) < 0.1)))
    for value, (fraction,) in ((result.value, hits), (result.independent, hits_apart)):
        assert value == pytest.approx(fraction, abs=4.0 * np.sqrt(fraction / trials))
    assert abs(hits[0] - hits_apart[0]) > 20.0 * np.sqrt(hits[0] / trials)
    assert result.factor == pytest.approx(result.value / result.independent)


def test_it_is_the_mean_over_the_density_error() -> None:
    """Given the density error, both states are shifted and independent: the probability is the mean of theirs."""
    found = message()
    vectors, rests = parts(found)
    relative = found.secondary.state - found.primary.state
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    values = collision_probability(
        relative[:3] + nodes[:, None] * (vectors[1] - vectors[0]),
        np.tile(relative[3:], (len(nodes), 1)),
        np.tile(rests[0], (len(nodes), 1, 1)),
        np.tile(rests[1], (len(nodes), 1, 1)),
        100.0,
    ).value
    mean = float(weights @ values / np.sqrt(2.0 * np.pi))
    assert shared_drag(found, 100.0).value == pytest.approx(mean, rel=1e-6)


def test_equal_errors_of_objects_that_fly_together_cancel() -> None:
    """The same orbit and the same drag: nothing of it is left in the difference."""
    found = message(comments(0), comments(0))
    vector = SIGMAS[0] * np.array(SENSITIVITIES[0]) / 1000.0
    first = found.primary
    near = first.state + np.array([0.02, 0.0, 0.03, 1e-9, 0.0, 1e-6])
    twin = replace(first, state=near, comments=first.comments)
    alike = replace(found, secondary=twin)
    joint = shared_drag(alike, 10.0)
    rest = first.covariance_rtn.copy()
    rest[:3, :3] -= np.outer(vector, vector)
    bare = [replace(item, covariance_rtn=rest) for item in (first, twin)]
    without = shared_drag(replace(alike, primary=bare[0], secondary=bare[1]), 10.0)
    assert joint.value == pytest.approx(without.independent, rel=1e-6)


def test_swapped_objects_give_the_same() -> None:
    found = message()
    swapped = replace(found, primary=found.secondary, secondary=found.primary)
    assert shared_drag(swapped, 100.0).value == pytest.approx(shared_drag(found, 100.0).value, rel=1e-9)


def test_without_both_objects_there_is_nothing() -> None:
    assert shared_drag(message(comments(0), []), 10.0) is None
    assert shared_drag(message([], []), 10.0) is None
    assert shared_drag_line(None) == ""
    zero = {
        f"OBJECT{n}_{key}": "0" for n in (1, 2) for key in ("CR_R", "CT_R", "CT_T", "CN_R", "CN_T", "CN_N")
    }
    assert shared_drag(message(**zero), 10.0) is None


def test_errors_larger_than_the_covariance_are_named() -> None:
    found = shared_drag(message(comments(0, 1.2), comments(1)), 100.0)
    assert found.value is not None
    assert found.contradictions == ("the drag error of OBJECT1 is larger than its covariance",)
    assert "; the drag error of OBJECT1 is larger than its covariance" in shared_drag_line(found)
    found = shared_drag(message(comments(0, 40.0), comments(1, 40.0)), 100.0)
    assert found.value is None
    assert len(found.contradictions) == 2
    assert "is not positive definite" in shared_drag_line(found)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"DCP Density Forecast Uncertainty": "20 [%]"}, "expected a fraction, got '20 [%]'"),
        ({"DCP Density Forecast Uncertainty": "60"}, "expected a fraction of 0 to 10, got 60"),
        ({"DCP Density Forecast Uncertainty": "nan"}, "expected a fraction, got 'nan'"),
        ({"DCP Density Forecast Uncertainty": ""}, "the drag error has no uncertainty"),
        ({"DCP Sensitivity Vector RTN Pos": "1 2 [m]"}, "expected three numbers in m, got '1 2 [m]'"),
        ({"DCP Sensitivity Vector RTN Pos": "1 2 3 [km]"}, "expected three numbers in m, got '1 2 3 [km]'"),
        ({"DCP Sensitivity Vector RTN Vel": "1 2 x [m/sec]"}, "expected three numbers in m/s"),
        ({"DCP Sensitivity Vector RTN Pos": "1e999 2 3 [m]"}, "expected three numbers in m"),
        ({"DCP sensitivity vector RTN position": "1 2 3 [m]"}, "two different values are stated"),
    ],
)
def test_comments_that_cannot_be_used_are_a_sentence(changes: dict[str, str], fault: str) -> None:
    found = message(comments(0, **changes))
    value, sentence = drag_sensitivity(found.primary)
    assert value is None
    assert fault in sentence
    line = shared_drag_line(shared_drag(found, 100.0))
    assert line == f"drag error shared by both objects: no probability, OBJECT1: {sentence}"


def test_keywords_of_version_2_say_the_same() -> None:
    """The draft has the three values as keywords."""
    values = {
        f"OBJECT{k + 1}_{key}": value
        for k in (0, 1)
        for key, value in (
            ("DENSITY_FORECAST_UNCERTAINTY", str(SIGMAS[k])),
            ("DCP_SENSITIVITY_VECTOR_POSITION", " ".join(map(str, SENSITIVITIES[k])) + " [m]"),
            ("DCP_SENSITIVITY_VECTOR_VELOCITY", "0 0 0 [m/s]"),
        )
    }
    found = message([], [], version="2.0", **values)
    assert shared_drag(found, 100.0).value == pytest.approx(shared_drag(message(), 100.0).value, rel=1e-12)


def test_comments_of_spacetrack_json_are_read() -> None:
    stated = {
        f"SAT{k + 1}_COMMENT_DCP_{key}": value
        for k in (0, 1)
        for key, value in (
            ("DENSITY_FORECAST_UNCERTAINTY", str(SIGMAS[k])),
            ("SENSITIVITY_VECTOR_POS", "DCP Sensitivity Vector RTN Pos = 1.0 2.0E+03 3.0 [m]"),
        )
    }
    (found,) = parse_cdm(json.dumps([spacetrack(**stated)]).encode(), "x.json")
    for k, item in enumerate((found.primary, found.secondary)):
        value, fault = drag_sensitivity(item)
        assert fault == ""
        assert value.density_sigma == SIGMAS[k]
        np.testing.assert_allclose(value.position_km, [0.001, 2.0, 0.003])


def test_the_command_shows_it_beside_the_answer(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.cdm"
    path.write_text(text_of(comments(0), comments(1)), encoding="utf-8")
    (report,) = assess_cdms(read_cdm(path), methods=["foster"])
    assert main(["pc", str(path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shared_drag_line(report.shared_drag) in shown
    assert main(["pc", str(path), "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["shared_drag"]["collision_probability"] == report.shared_drag.value
    assert entry["shared_drag"]["factor"] == report.shared_drag.factor
    assert entry["collision_probability"] == report.recommended.value != report.shared_drag.value
    path.write_text(text_of([], []), encoding="utf-8")
    assert main(["pc", str(path), "--json"]) == 0
    assert "shared_drag" not in capsys.readouterr().out


def test_operational_messages_all_state_it() -> None:
    """Of NASA's 42 messages 25 have the comments on both objects; none of the 50 contradicts its covariance."""
    factors = []
    for path in sorted(shared_path("data/cdm/cara").glob("*.cdm")):
        (found,) = read_cdm(path)
        result = shared_drag(found, found.hard_body_radius_m or 10.0)
        if result is not None:
            assert not result.contradictions
            factors.append(result.factor)
    assert len(factors) == 25
    assert np.median(factors) == pytest.approx(1.016, abs=0.001)
    assert max(factors) == pytest.approx(3.21, abs=0.01)
    assert sorted(factors)[1] == pytest.approx(0.0975, abs=0.001)
    assert min(factors) == pytest.approx(1.04e-6, rel=0.01)
