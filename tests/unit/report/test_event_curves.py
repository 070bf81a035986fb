"""The curves of a stored event are those of the event itself."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.numbers import probability
from debrissim.probability.collision import collision_probability
from debrissim.probability.cumulative import along_covariance_km2, cumulative_through_encounter, hit_time
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.registry import get_method
from debrissim.report.curves import top_event
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table


def _row(position, velocity, covariance, radius_m, **changes) -> Table:
    """The row of one event in conjunctions.csv; `changes` replace columns."""
    risk = collision_probability(
        position[None], velocity[None], covariance[None], np.zeros((1, 3, 3)), radius_m
    )
    along = along_covariance_km2(risk.plane, covariance[None])[0]
    c = risk.plane.covariance_km2[0]
    numbers = {
        "collision_probability": risk.value[0],
        "maximum_probability": risk.maximum[0],
        "maximum_sigma_factor": risk.maximum_scale[0],
        "hard_body_radius_m": radius_m,
        "plane_miss_x_km": risk.plane.miss_km[0, 0],
        "plane_miss_y_km": risk.plane.miss_km[0, 1],
        "plane_covariance_xx_km2": c[0, 0],
        "plane_covariance_xy_km2": c[0, 1],
        "plane_covariance_yy_km2": c[1, 1],
        "plane_covariance_xz_km2": along[0],
        "plane_covariance_yz_km2": along[1],
        "plane_covariance_zz_km2": along[2],
        **{f"relative_position_{axis}_km": position[k] for k, axis in enumerate("rtn")},
        **{f"relative_velocity_{axis}_km_s": velocity[k] for k, axis in enumerate("rtn")},
    }
    row = numbers | {"flags": ""} | changes
    return Table(CONJUNCTIONS, {name: np.array([value]) for name, value in row.items()})


POSITION = np.array([0.2, -0.3, 0.1])
VELOCITY = np.array([0.5, -9.0, 6.0])
COVARIANCE = np.array([[0.04, 0.05, 0.0], [0.05, 1.0, -0.1], [0.0, -0.1, 0.09]])


def test_the_curves_pass_through_the_event():
    event = top_event(_row(POSITION, VELOCITY, COVARIANCE, 20.0), 0, "DEB", "foster")
    assert event is not None
    seen = event.scale > 0.3
    at_one = np.interp(0.0, np.log(event.scale[seen]), np.log(event.dilution_probability[seen]))
    assert np.exp(at_one) == pytest.approx(event.probability, rel=1e-2)
    assert event.dilution_probability.max() == pytest.approx(event.maximum_probability, rel=1e-2)
    at_radius = np.interp(np.log(0.02), np.log(event.radius_km), np.log(event.radius_probability))
    assert np.exp(at_radius) == pytest.approx(event.probability, rel=1e-2)
    assert event.cumulative[-1] == pytest.approx(event.probability, rel=1e-4)
    assert event.cumulative[0] < 1e-4 * event.probability
    assert event.note == ""


def test_the_accumulation_is_that_of_the_states():
    event = top_event(_row(POSITION, VELOCITY, COVARIANCE, 20.0), 0, "DEB", "foster")
    assert event is not None
    risk = collision_probability(POSITION[None], VELOCITY[None], COVARIANCE[None], np.zeros((1, 3, 3)), 20.0)
    along_km = float(POSITION @ VELOCITY / np.linalg.norm(VELOCITY))
    when = hit_time(risk.plane, along_covariance_km2(risk.plane, COVARIANCE[None]), along_km)
    expected = cumulative_through_encounter(risk.value, when, event.time_s)[0]
    np.testing.assert_allclose(event.cumulative, expected, rtol=1e-9, atol=1e-18)


def test_events_without_motion_probability_or_errors_have_the_remaining_curves():
    still = top_event(
        _row(POSITION, np.zeros(3), COVARIANCE, 20.0, flags="no relative velocity"), 0, "DEB", "foster"
    )
    assert still is not None
    assert len(still.time_s) == 0
    assert still.note == "no significant relative motion"
    slow = top_event(
        _row(POSITION, 1e-4 * VELOCITY, COVARIANCE, 20.0, flags="slow encounter"), 0, "DEB", "foster"
    )
    assert slow is not None
    assert slow.note == "slow encounter: straight motion is doubtful"
    sharp = top_event(
        _row(POSITION, VELOCITY, np.zeros((3, 3)), 20.0, flags="non positive definite"), 0, "DEB", "foster"
    )
    assert sharp is not None
    for event in (still, slow, sharp):
        for curve in (event.dilution_probability, event.radius_probability, event.cumulative):
            assert np.isfinite(curve).all()
    without = _row(POSITION, VELOCITY, COVARIANCE, 20.0, collision_probability=np.nan)
    assert top_event(without, 0, "DEB", "foster") is None


def test_a_method_that_needs_states_falls_back_for_the_curves():
    # Three times the plane's value: the point must lie on the curves, and the label say both.
    row = _row(POSITION, VELOCITY, COVARIANCE, 20.0)
    value = float(row.collision_probability[0])
    other = _row(POSITION, VELOCITY, COVARIANCE, 20.0, collision_probability=3.0 * value)
    event = top_event(other, 0, "DEB", "hall-3d")
    assert event is not None
    assert event.method == (f"{get_method('foster').summary}; {probability(3.0 * value)} by hall-3d")
    assert event.probability == pytest.approx(value, rel=1e-12)
    assert event.cumulative[-1] == pytest.approx(value, rel=1e-4)
    assert event.radius_probability.max() > 0.0


@pytest.mark.parametrize("name", ["foster-square", "chan-1997", "alfriend-akella", "square-equal-area"])
def test_every_curve_is_of_the_method_named(name: str):
    plain = _row(POSITION, VELOCITY, COVARIANCE, 150.0)
    plane = plane_from_components(
        np.array([[plain.plane_miss_x_km[0], plain.plane_miss_y_km[0]]]),
        np.array(
            [
                [
                    [plain.plane_covariance_xx_km2[0], plain.plane_covariance_xy_km2[0]],
                    [plain.plane_covariance_xy_km2[0], plain.plane_covariance_yy_km2[0]],
                ]
            ]
        ),
    )
    method = get_method(name)
    value = float(method(plane, 0.15)[0])
    row = _row(POSITION, VELOCITY, COVARIANCE, 150.0, collision_probability=value)
    event = top_event(row, 0, "DEB", name)
    assert event is not None
    assert event.method == method.summary
    for k in (20, 80, 140):
        scaled = plane_from_components(plane.miss_km, event.scale[k] ** 2 * plane.covariance_km2)
        assert event.dilution_probability[k] == pytest.approx(float(method(scaled, 0.15)[0]), rel=1e-12)
    assert event.maximum_probability >= event.dilution_probability.max()
    at_best = plane_from_components(plane.miss_km, event.maximum_scale**2 * plane.covariance_km2)
    assert event.maximum_probability == pytest.approx(float(method(at_best, 0.15)[0]), rel=1e-6)
