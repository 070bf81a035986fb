"""Orbit ephemeris messages: one change, one fault."""

from __future__ import annotations

import re

import pytest
from support.ephemeris_samples import circular_states, covariance_kvn, oem_kvn, oem_segment, stamps
from support.lint_samples import NDM_XML, OEM_KVN, OEM_XML, changed, checked, findings, line_of, rules

BOOK = "CCSDS 502.0-B-3, "
FIRST = "2024-11-01T12:00:00.000 6878"
CHANGES = (
    ("CCSDS_OEM_VERS = 2.0", "CCSDS_OEM_VERS = 2", "version", "7.9.1", "VERS"),
    ("ORIGINATOR = TESTERS", "ORIGINATOR = TESTERS\nMESSAGE_ID = 1", "keyword-later", "7.9.2.3", "MESSAGE_ID"),
    ("META_START\n", "", "keyword-unknown", "7.9.2.3", "OBJECT_NAME"),
    ("META_STOP\n", "", "block", "5.2.3.3", FIRST),
    ("START_TIME", "STARTTIME", "keyword-unknown", "7.9.2.3", "STARTTIME"),
    ("TIME_SYSTEM = UTC\n", "", "keyword-missing", "table 5-3", "META_START"),
    ("INTERPOLATION_DEGREE = 7\n", "", "keyword-missing", "table 5-3", "INTERPOLATION"),
    ("INTERPOLATION_DEGREE = 7", "INTERPOLATION_DEGREE = 11", "too-few-states", "5.2.4.7", "INTERPOLATION"),
    ("START_TIME = 2024-11-01T12:00:00.000", "START_TIME = 2024-11-01T12:00:30", "span", "table 5-3", FIRST),
    ("STOP_TIME = 2024-11-01T12:10", "STOP_TIME = 2024-11-01T11:10", "interval", "table 5-3", "STOP_TIME"),
    ("2024-11-01T12:01:00.000", "2024-11-01T12:00:00.000", "time-twice", "5.2.4.4", "x"),
    ("2024-11-01T12:01:00.000", "2024-11-01T12:01", "time", "7.5.10", "2024-11-01T12:01 "),
    ("6878.000000000 ", "", "ephemeris-line", "7.4.1.2", "2024-11-01T12:00:00.000 0"),
    ("6878.000000000 ", "6878.000000000[km] ", "unit-displayed", "7.7.2.1", "[km]"),
    ("6878.000000000 ", "6878. ", "number-form", "7.5.6", "6878. "),
    ("2024-11-01T12:01:00.000", "COMMENT among them\n2024-11-01T12:01:00.000", "comment-place", "7.8.9", "among them"),
    ("EPOCH = 2024-11-01T12:05", "EPOCH = 2024-11-01T11:05", "covariance-order", "5.2.5.7", "T11:05"),
    ("COVARIANCE_STOP\n", "", "block-open", "5.2.5.2", "x"),
    ("COVARIANCE_START\n", "", "ephemeris-line", "7.4.1.2", "EPOCH ="),
    ("4.000000000e-04\n", "4.000000000e-04 1.0\n", "covariance-rows", "5.2.5.4", "4.000000000e-04 1.0"),
    ("4.000000000e-04\n", "-4.000000000e-04\n", "variance-negative", "5.2.5.4", "-4.000000000e-04"),
)  # fmt: skip


def test_the_samples_have_no_fault() -> None:
    for text in (OEM_KVN, OEM_XML, NDM_XML):
        assert findings(text) == []


@pytest.mark.parametrize(("old", "new", "rule", "clause", "part"), CHANGES)
def test_a_change_is_a_fault_with_its_line_and_clause(
    old: str, new: str, rule: str, clause: str, part: str
) -> None:
    text = changed(OEM_KVN, old, new)
    found = [finding for finding in checked(text).findings if finding.rule == rule]
    assert found, checked(text).findings
    assert found[0].severity == "fault"
    assert found[0].clause == f"{BOOK}{clause}"
    assert part == "x" or found[0].line == line_of(text, part)


def test_segments_of_two_objects_or_time_systems_are_a_fault() -> None:
    first, second = stamps(11), stamps(11, start="2024-11-01T13:00:00.000")
    states = circular_states(11)
    good = oem_kvn(oem_segment(first, states), oem_segment(second, states))
    assert rules(good) == set()
    assert rules(oem_kvn(oem_segment(first, states), oem_segment(second, states, OBJECT_ID="2020-001B"))) == {
        "segments-differ"
    }
    assert rules(oem_kvn(oem_segment(first, states), oem_segment(second, states, TIME_SYSTEM="TAI"))) == {
        "segments-differ"
    }


def test_useable_spans_may_not_overlap() -> None:
    first, second = stamps(11), stamps(11, start="2024-11-01T12:05:00.000")
    states = circular_states(11)
    overlapping = oem_kvn(oem_segment(first, states), oem_segment(second, states))
    assert findings(overlapping)[0][:2] == ("advice", "spans-overlap")
    limited = oem_kvn(
        oem_segment(first, states, USEABLE_START_TIME=first[0], USEABLE_STOP_TIME=first[8]),
        oem_segment(second, states, USEABLE_START_TIME=second[0], USEABLE_STOP_TIME=second[10]),
    )
    assert "spans-overlap" in rules(limited)


def test_hermite_needs_half_as_many_states() -> None:
    epochs, states = stamps(6), circular_states(6)
    hermite = {"INTERPOLATION": "HERMITE", "INTERPOLATION_DEGREE": "11"}
    assert rules(oem_kvn(oem_segment(epochs, states, **hermite))) == set()
    assert rules(oem_kvn(oem_segment(epochs, states))) == {"too-few-states"}


def test_a_second_matrix_needs_its_epoch() -> None:
    rows = "\n".join(covariance_kvn("2024-11-01T12:06:00")[1:])
    assert "covariance-rows" in rules(changed(OEM_KVN, "COVARIANCE_STOP", f"{rows}\nCOVARIANCE_STOP"))


def test_the_xml_is_checked_like_the_text() -> None:
    assert rules(changed(OEM_XML, 'units="km"', 'units="m"')) == {"unit"}
    assert rules(re.sub(r"<X_DOT .*?</X_DOT>", "", OEM_XML, count=1)) == {"keyword-missing"}
    assert rules(re.sub(r"(?s)(<X u.*?</X>)(\s*)(<Y u.*?</Y>)", r"\3\2\1", OEM_XML, count=1)) == {"order"}
    assert "covariance-order" in rules(
        changed(
            OEM_XML,
            "<covarianceMatrix>\n<EPOCH>2024-11-01T12:05",
            "<covarianceMatrix>\n<EPOCH>2024-11-01T11:05",
        )
    )
    assert rules(changed(OEM_XML, "</data>", "<COMMENT>late</COMMENT></data>")) == {"comment-place"}
