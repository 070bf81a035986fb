"""The probability that a message states beside ours: found again, or explained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.cdm.assess import assess_cdms
from debrissim.cdm.stated import compare_stated, equivalent_radius_m
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.square import foster_square
from debrissim.probability.maximum import maximum_probability


def message(*comments: str, **changes: str | None):
    text = kvn(comments=comments, **({"OBJECT1_Z": "10.0", "OBJECT2_Z": "10.0"} | changes))
    return parse_cdm(text.encode(), "x.cdm")[0]


def with_exclusion_volumes(found, radius_m: float):
    first, second = (replace(item, exclusion_radius_m=radius_m) for item in (found.primary, found.secondary))
    return replace(found, primary=first, secondary=second)


def compared(found, stated: float, method: str, radius_m: float = 20.0, ours: float | None = None):
    """The comparison of a stated value with the recommended one, or with `ours`."""
    (report,) = assess_cdms([found], hard_body_radius_m=radius_m, methods=["foster"])
    stating = replace(found, collision_probability=stated, collision_probability_method=method)
    value = report.value_of("foster") if ours is None else ours
    return compare_stated(stating, report.plane, radius_m, value, report.chosen)


def plane_of(found):
    (report,) = assess_cdms([found], hard_body_radius_m=20.0, methods=["foster"])
    return report.plane


def test_our_own_value_agrees() -> None:
    value = float(foster(plane_of(message()), np.array([0.02]))[0])
    found = compared(message(), float(f"{value:.3e}"), "FOSTER-1992")
    assert found.reason.startswith("agrees with ours to 0.0")
    assert found.ratio == pytest.approx(1.0, abs=1e-3)
    assert (found.reproduced_by, found.radius_m) == ("foster", 20.0)
    assert found.disc_radius_m is None


def test_the_square_about_the_exclusion_volumes_is_recognised() -> None:
    # CSpOC's messages say FOSTER-1992 and mean the square of side 2 R, R the sum of both radii.
    given = with_exclusion_volumes(message(), 5.0)
    value = float(foster_square(plane_of(given), np.array([0.01]))[0])
    found = compared(given, float(f"{value:.4g}"), "FOSTER-1992")
    assert (found.reproduced_by, found.radius_m) == ("foster-square", 10.0)
    assert abs(found.relative_difference) < 2e-4
    assert found.reason.startswith(
        "it agrees with foster-square with the exclusion volumes' radii, 5 + 5 m, to 0.0"
    )
    # Without these radii in the message only a disc of another size remains.
    bare = compared(message(), float(f"{value:.4g}"), "FOSTER-1992")
    assert bare.reproduced_by is None
    assert "a disc of" in bare.reason
    assert 10.0 < bare.disc_radius_m < 20.0


def test_a_given_radius_and_the_messages_own() -> None:
    value = float(foster(plane_of(message("HBR = 7 [m]")), np.array([0.007]))[0])
    found = compared(message("HBR = 7 [m]"), value, "")
    assert found.reason == "it agrees with foster with the message's radius, 7 m, to 0.01 %"


def test_the_maximum_is_recognised_where_the_method_says_so() -> None:
    value = float(maximum_probability(plane_of(message()), np.array([0.02])).value[0])
    found = compared(message(), value, "ALFANO-MAX-2005")
    assert found.reason.startswith(
        "it agrees with the maximum over the covariance's size with the same radius"
    )
    assert compared(message(), value, "FOSTER-1992").reproduced_by is None


def test_a_value_of_the_plane_beside_one_along_the_orbits() -> None:
    value = float(foster(plane_of(message()), np.array([0.02]))[0])
    found = compared(message(), value, "FOSTER-1992", ours=3.0 * value)
    assert found.ratio == pytest.approx(1.0 / 3.0)
    assert found.reason == "it agrees with foster; foster is recommended here"


def test_values_that_say_nothing() -> None:
    assert (
        compare_stated(message(COLLISION_PROBABILITY=None), plane_of(message()), 20.0, 1e-5, "foster") is None
    )
    assert "stated as 0" in compared(message(), 0.0, "FOSTER-1992").reason
    assert compared(message(), 1e-80, "", ours=1e-90).reason == "both are < 1e-10"
    nothing = compare_stated(message(), plane_of(message()), 20.0, None, "foster")
    assert (nothing.ratio, nothing.reproduced_by, nothing.disc_radius_m) == (None, None, None)
    assert nothing.reason == "nothing of ours to compare it with"


@pytest.mark.parametrize("radius_m", [0.5, 20.0, 70.0, 150.0])
def test_the_radius_of_a_disc_of_given_probability(radius_m: float) -> None:
    plane = plane_of(message())
    value = float(foster(plane, np.array([radius_m / 1000.0]))[0])
    assert equivalent_radius_m(plane, value) == pytest.approx(radius_m, rel=1e-6)
    for outside in (0.0, 1.0, 1e-300):
        assert equivalent_radius_m(plane, outside) is None
