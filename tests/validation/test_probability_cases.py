"""Messages on which probabilities went wrong once, with what is right (the shared folder's `cases`)."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.cdm import parse_cdm, read_cdm
from debrissim.cdm.assess import CdmAssessment, assess_cdms


def assessed(name: str, **options: object) -> CdmAssessment:
    (report,) = assess_cdms(read_cdm(shared_path(f"cases/{name}")), **options)
    return report


def test_two_objects_of_one_shell_meet_once() -> None:
    report = assessed("cdm_same_shell_60deg.cdm")
    # By the plane's methods and NASA's published code for both of its slow methods.
    assert report.recommended.value == pytest.approx(4.24e-3, rel=2e-3)
    assert report.value_of("hall-3d") == pytest.approx(report.value_of("foster"), rel=1e-3)
    assert report.value_of("coppola-3d") == pytest.approx(report.value_of("foster"), rel=1e-3)


def test_alfanos_case_7_counts_one_passage() -> None:
    (message,) = read_cdm(shared_path("data/cdm/cara/AlfanoTestCase07.cdm"))
    (report,) = assess_cdms([message], methods=["hall-3d"])
    # Alfano (2009): 1.6146e-4; NASA CARA's 1e8 trials: 1.576e-4 to 1.626e-4.
    assert report.chosen == "hall-3d"
    assert report.recommended.value == pytest.approx(1.6146e-4, rel=5e-3)
    assert "another passage" in report.recommended.flags


@pytest.mark.parametrize(
    ("name", "reason", "remains"),
    [
        (
            "cdm_both_covariances_zero",
            "OBJECT1 has no covariance (all zeros); OBJECT2",
            ["any-covariance-maximum"],
        ),
        (
            "cdm_negative_variance",
            "OBJECT2 has a negative position variance, -0.0004",
            ["frisbee-maximum"],
        ),
        ("cdm_states_in_metres_without_unit", "OBJECT1 is not in orbit, 6.871e+06 km", []),
    ],
)
def test_no_probability_without_data_for_it(name: str, reason: str, remains: list[str]) -> None:
    report = assessed(f"{name}.cdm")
    assert (report.chosen, report.recommended.value, report.value_of(report.chosen)) == ("none", None, None)
    assert report.reason.startswith(f"not computable: {reason}")
    assert np.isnan(report.maximum)
    values = {result.method: result.value for result in report.values}
    assert [method for method, value in values.items() if value is not None] == remains
    assert all(1e-3 < values[method] < 0.1 for method in remains)


@pytest.mark.parametrize("variance", ["1e12", "1e9", "1e7", "1e4"])
def test_a_message_on_which_the_integral_did_not_end(variance: str) -> None:
    path = shared_path("data/cdm/cara/000043613_conj_000051418_20220204_181230_20220129_152147.cdm")
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(CRDOT_RDOT\s*=).*", rf"\1 {variance} [m**2/s**2]", text, count=1)
    (report,) = assess_cdms(parse_cdm(text.encode(), "hang.cdm"))
    if float(variance) > 1e8:
        assert report.chosen == "none"
        assert "OBJECT1 has a velocity error of" in report.reason
    else:
        assert report.recommended.value is not None


def test_no_maximum_is_below_the_recommended_probability() -> None:
    messages = [m for path in sorted(shared_path("data/cdm/cara").glob("*.cdm")) for m in read_cdm(path)]
    shown = 0
    for message in messages:
        radius = None if message.hard_body_radius_m else 20.0
        (report,) = assess_cdms([message], hard_body_radius_m=radius, methods=[])
        if not np.isnan(report.maximum):
            shown += 1
            assert report.chosen == "foster"
            assert report.recommended.value <= report.maximum * (1.0 + 1e-12)
    assert shown > 20
