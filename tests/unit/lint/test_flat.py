"""Orbit parameter and mean-elements messages: one change, one fault."""

from __future__ import annotations

import re

import pytest
from support.lint_samples import OMM_KVN, OMM_XML, OPM_KVN, OPM_XML, changed, checked, findings, rules

BOOK = "CCSDS 502.0-B-3, "

OPM_CHANGES = (
    ("CCSDS_OPM_VERS = 3.0", "CCSDS_OPM_VERS = 4.0", "version", "7.9.1"),
    ("REF_FRAME = EME2000\nTIME_SYSTEM = UTC", "TIME_SYSTEM = UTC\nREF_FRAME = EME2000", "order", "7.4.8"),
    ("CENTER_NAME = EARTH\n", "", "keyword-missing", "table 3-2"),
    ("EPOCH = 2024-11-01T", "EPOCH = 2024-11-01 ", "time", "7.5.10"),
    ("[km]", "[m]", "unit", "7.7.1.1"),
    ("MASS = 500 [kg]\n", "", "keyword-missing", "3.2.4.9"),
    ("MASS = 500 [kg]", "MASS = 500 [n/a]", "unit-none", "7.7.1.3"),
    ("MASS = 500 [kg]", "MASS = 500 [kg]\nSEMI_MAJOR_AXIS = 6878.0", "elements", "3.1.2"),
    ("MAN_DURATION = 30 [s]", "MAN_DURATION = -30 [s]", "range", "table 3-3"),
    ("MAN_DELTA_MASS = -0.5", "MAN_DELTA_MASS = 0.5", "range", "table 3-3"),
    ("MAN_REF_FRAME = RTN\n", "", "keyword-missing", "table 3-3"),
    ("MAN_DV_1 = 0 [km/s]", "MAN_DV_1 = 0 [km/s]\nMAN_DV_1 = 0 [km/s]", "keyword-twice", "table 3-3"),
    ("MAN_DV_1 =", "COMMENT in a manoeuvre\nMAN_DV_1 =", "comment-place", "7.8.7"),
    ("CX_X = ", "COMMENT ok\nCX_X = 1.0\nCX_X = ", "keyword-twice", "table 3-3"),
    ("USER_DEFINED_COLOUR", "COLOUR", "keyword-unknown", "7.9.2.1"),
)  # fmt: skip
OMM_CHANGES = (
    ("MEAN_MOTION = 14.34219863 [rev/day]", "MEAN_MOTION = 14.34219863 [rev/d]", "unit", "7.7.1.1"),
    ("ECCENTRICITY = 0.0002288", "ECCENTRICITY = .0002288", "number-form", "7.5.6"),
    ("BSTAR = 4.7668E-5", "BSTAR = .47668E-4", "number-form", "7.5.7"),
    ("INCLINATION = 86.3994", "INCLINATION = 186.3994", "range", "table 4-3"),
    ("REF_FRAME = TEME", "REF_FRAME = EME2000", "tle-convention", "4.2.4.6"),
    ("NORAD_CAT_ID = 24946\n", "", "keyword-missing", "table 4-3"),
    ("BSTAR = 4.7668E-5\n", "", "keyword-missing", "table 4-3"),
    ("MEAN_ELEMENT_THEORY = SGP4\n", "", "keyword-missing", "table 4-2"),
    ("NORAD_CAT_ID = 24946", "NORAD_CAT_ID = 24946.0", "integer", "7.5.4"),
    ("NORAD_CAT_ID = 24946", "NORAD_CAT_ID = 1234567890", "range", "table 4-3"),
    ("ECCENTRICITY", "SEMI_MAJOR_AXIS = 7000.0\nECCENTRICITY", "elements", "table 4-3"),
    ("CREATION_DATE", "CLASSIFICATION = none\nCREATION_DATE", "keyword-later", "7.9.2.2"),
    ("EPHEMERIS_TYPE", "OBJECT_TYPE = DEBRIS\nEPHEMERIS_TYPE", "keyword-unknown", "7.9.2.2"),
)  # fmt: skip


def test_the_samples_have_no_fault() -> None:
    for text in (OPM_KVN, OPM_XML, OMM_KVN, OMM_XML):
        assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "rule", "clause"),
    [
        *((OPM_KVN, *change) for change in OPM_CHANGES),
        *((OMM_KVN, *change) for change in OMM_CHANGES),
    ],
)
def test_a_change_is_a_fault_with_its_clause(text: str, old: str, new: str, rule: str, clause: str) -> None:
    found = [finding for finding in checked(changed(text, old, new)).findings if finding.rule == rule]
    assert found, checked(changed(text, old, new)).findings
    assert found[0].severity == "fault"
    assert found[0].clause == f"{BOOK}{clause}"


def test_a_covariance_is_whole_or_absent() -> None:
    assert rules(re.sub(r"CZ_DOT_Z_DOT = .*\n", "", OPM_KVN)) == {"covariance-rows"}
    bare = re.sub(r"(COV_REF_FRAME|C[XYZ]\w*) = .*\n", "", OPM_KVN)
    assert rules(bare) == set()


def test_manoeuvres_stand_behind_the_covariance() -> None:
    start, end = OPM_KVN.index("MAN_EPOCH_IGNITION"), OPM_KVN.rindex("MAN_EPOCH_IGNITION")
    maneuver = OPM_KVN[start:end]
    moved = changed(OPM_KVN.replace(maneuver, ""), "MASS = ", f"{maneuver}MASS = ")
    assert rules(moved) == {"order"}


def test_an_omm_of_another_theory_needs_no_elements_of_a_tle() -> None:
    text = re.sub(r"(?s)EPHEMERIS_TYPE.*", "", OMM_KVN.replace("SGP4", "DSST"))
    assert rules(text.replace("TEME", "EME2000")) == set()


def test_the_groups_of_the_xml_are_checked() -> None:
    assert "xml-structure" in rules(OMM_XML.replace("tleParameters>", "tleParameter>"))
    assert rules(changed(OPM_XML, "<opm", "<ndm").replace("</opm>", "</ndm>")) == set()
    assert "xml-order" in rules(
        re.sub(
            r"(?s)(<meanElements>.*</meanElements>)\n(<tleParameters>.*</tleParameters>)", r"\2\1", OMM_XML
        )
    )
