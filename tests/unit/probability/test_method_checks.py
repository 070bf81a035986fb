"""`check_method` passes every method of the package and names what is wrong with planted bad ones."""

from __future__ import annotations

import numpy as np
import pytest

import debrissim
from debrissim.core.errors import InputError
from debrissim.probability.algorithms.alfriend_akella import alfriend_akella
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.method_checks import CheckError, check_method
from debrissim.probability.registry import METHODS, plane_methods, register_method


@pytest.mark.parametrize("name", plane_methods())
def test_every_method_of_the_package_passes(name):
    check_method(name)
    check_method(METHODS[name])


def negative(plane, radius):
    return foster(plane, radius) - 1e-6


def not_a_number(plane, radius):
    value = foster(plane, radius)
    value[0] = np.nan
    return value


def never_zero(plane, radius):
    return np.maximum(foster(plane, radius), 1e-12)


def always_zero(plane, radius):
    return 0.0 * foster(plane, radius)


def diameter_for_area(plane, radius):
    return foster(plane, np.sqrt(radius * 1e-6))


def blind_to_the_miss(plane, radius):
    return -np.expm1(-0.5 * radius**2 / (plane.sigma_major_km * plane.sigma_minor_km))


def diameter_for_radius(plane, radius):
    return foster(plane, 2.0 * radius)


def without_correlation(plane, radius):
    diagonal = plane.covariance_km2 * np.eye(2)
    return foster(plane_from_components(plane.miss_km, diagonal), radius)


def saturated(plane, radius):
    return np.minimum(foster(plane, radius), 0.9)


def one_sided(plane, radius):
    value = foster(plane, radius)
    return np.where(plane.miss_principal_km[:, 0] < 0.0, 0.5, 1.0) * value


def in_metres(plane, radius):
    return foster(plane, radius) * np.exp(-1e-6 * plane.miss_distance_km)


def rows_mixed(plane, radius):
    value = foster(plane, radius)
    return value * (1.0 - 1e-6 * len(value))


def wavy(plane, radius):
    size = radius / plane.sigma_minor_km
    return foster(plane, radius) * (1.0 - 0.6 * np.sin(np.pi * np.clip(size - 1.0, 0.0, 1.0)))


def wrong_shape(plane, radius):
    return foster(plane, radius)[:-1]


@pytest.mark.parametrize(
    ("method", "check"),
    [
        (negative, "'range': expected 0 to 1, got -"),
        (not_a_number, "'range': expected 0 to 1, got nan"),
        (never_zero, "'no hard body': expected 0, got 1e-12"),
        (always_zero, "'small hard body': expected "),
        (diameter_for_area, "'small hard body': expected "),
        (blind_to_the_miss, "'small hard body': expected "),
        (diameter_for_radius, "'small hard body': expected "),
        (without_correlation, "'rotation of the axes': expected "),
        (saturated, "'large hard body': expected 0.999 to 1, got 0.9 "),
        (one_sided, "'symmetry in the sign of the miss': expected "),
        (in_metres, "'change of units': expected "),
        (rows_mixed, "'one row at a time': expected "),
        (wavy, "'monotonicity in the radius': expected "),
    ],
)
def test_planted_faults_are_named(method, check):
    with pytest.raises(CheckError) as caught:
        check_method(method)
    message = str(caught.value)
    assert message.startswith(f"method '{method.__name__}' fails the check {check}")
    assert "\n" not in message
    assert "radius" in message
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, InputError)


def test_only_an_exact_method_is_held_to_values():
    check_method(alfriend_akella)
    with pytest.raises(CheckError, match=r"'closed form': expected 0\.00498"):
        check_method(alfriend_akella, is_exact=True)

    def off_the_axis(plane, radius):
        return foster(plane, radius) * np.exp(-5e-4 * plane.mahalanobis_distance)

    with pytest.raises(CheckError, match=r'"Chan\'s case 1": expected 0\.009741 to 0\.009743, got 0\.00974'):
        check_method(off_the_axis, is_exact=True)


def test_anything_but_a_plane_method_is_refused():
    with pytest.raises(
        InputError, match=r"expected one of foster, .*, got 'fostre'; did you mean 'foster'\?"
    ):
        check_method("fostre")
    with pytest.raises(InputError, match="expected a name, a plane method or a function, got 3"):
        check_method(3)
    with pytest.raises(
        InputError, match=r"method 'wrong_shape': expected a result of shape \(108,\), got \(107,\)"
    ):
        check_method(wrong_shape)


def test_a_user_method_is_registered_once(monkeypatch):
    monkeypatch.setattr(METHODS, "_entries", dict(METHODS))

    @debrissim.probability.register_method(
        "mine", summary="Foster's", source="this test, 2026", is_exact=True
    )
    def mine(plane, radius_km):
        return foster(plane, radius_km)

    check_method("mine")
    assert debrissim.probability.methods["mine"].function is mine
    assert debrissim.probability.methods["mine"].source == "this test, 2026"
    assert METHODS["mine"].message_name == "MINE"
    found = debrissim.collision_probability(
        [0.3, 0.5, 0.4], [0.1, -9.0, 8.0], np.eye(3), np.eye(3), 15.0, method="mine"
    )
    assert found.method == "mine"
    assert found.flags[0] == 0
    for name, reason in (("mine", "registered already"), ("auto", "is a selector")):
        with pytest.raises(
            InputError, match=f"method: expected a new name, got '{name}', which {reason}|{reason}"
        ):
            register_method(name, summary="", source="")(mine)
