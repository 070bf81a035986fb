"""Messages on which probabilities went wrong once, with what is right (the shared folder's `cases`)."""

from __future__ import annotations

import pytest
from support.shared import shared_path

from debrissim.cdm import read_cdm
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
