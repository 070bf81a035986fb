"""Mean elements as CSV and JSON."""

from __future__ import annotations

import json

import pytest
from support.element_records import as_csv, as_json, omm
from support.lint_samples import checked, findings, rules

GOOD = omm()


def table(**changes: str) -> bytes:
    return as_csv(omm(), omm(NORAD_CAT_ID="5", **changes))


def test_the_samples_have_no_fault() -> None:
    for sample in (as_csv(GOOD), as_json(GOOD), json.dumps(GOOD).encode()):
        assert findings(sample) == []
    assert checked(as_csv(GOOD)).format == "OMM (CSV)"
    assert checked(as_json(GOOD, omm(NORAD_CAT_ID="5"))).records == 2


@pytest.mark.parametrize(
    ("key", "value", "clause"),
    [
        ("EPOCH", "2009-02-09 18:49:39", "7.5.10"),
        ("ECCENTRICITY", "1.0", "table 4-3"),
        ("INCLINATION", "-1", "table 4-3"),
        ("MEAN_ANOMALY", "400", "table 4-3"),
        ("MEAN_MOTION", "fast", "table 4-3"),
        ("MEAN_MOTION", "0", "table 4-3"),
        ("NORAD_CAT_ID", "A0000", "table 4-3"),
        ("BSTAR", "", "table 4-3"),
    ],
)
def test_a_value_is_checked_in_both_notations(key: str, value: str, clause: str) -> None:
    record = omm(**{"NORAD_CAT_ID": "5", key: value})
    for sample in (as_csv(GOOD, record), json.dumps([GOOD, record], indent=0).encode()):
        (found,) = checked(sample).findings
        assert (found.severity, found.rule) == ("fault", "value")
        assert found.text.startswith(f"{key}: ")
        assert found.clause == f"CCSDS 502.0-B-3, {clause}"
        assert found.line > 2


def test_the_form_of_the_table_is_checked() -> None:
    lines = as_csv(GOOD).decode().split("\n")
    assert rules("\n".join([lines[0], lines[1] + ",1"])) == {"csv-cells"}
    assert rules("\n".join([lines[0], '"' + lines[1]])) == {"csv-quote"}
    assert rules(lines[0]) == {"no-record"}
    assert rules("\n".join([lines[0] + ",EPOCH", lines[1] + ",1"])) >= {"keyword-twice"}
    assert rules("\n".join([lines[0].replace("BSTAR", "BETA"), lines[1]])) == {"keyword-missing"}
    assert findings("\n".join([lines[0], lines[0], lines[1]])) == [("advice", "header-again", 2)]


def test_the_form_of_the_list_is_checked() -> None:
    text = as_json(GOOD).decode()
    assert rules(text[:-1]) == {"json-malformed"}
    assert rules(f"{text}x") == {"json-malformed"}
    assert rules(text.replace("}", "},", 1)) == {"json-malformed"}
    assert rules("[]") == {"no-record"}
    assert rules('[{"A": [1, 2') >= {"json-malformed"}
    assert rules("[1]") == {"json-record"}
    twice = text.replace('{"OBJECT_NAME"', '{"BSTAR": 1, "OBJECT_NAME"')
    assert rules(twice) == {"keyword-twice"}


def test_foreign_keywords_and_repeated_sets_are_advice() -> None:
    report = checked(as_json({**GOOD, "COLOUR": "blue"}, GOOD))
    assert report.passed
    assert {finding.rule for finding in report.findings} == {"keyword-unknown", "element-set-twice"}
    assert checked(table(OBJECT_ID="")).findings == ()
    assert [(found.severity, found.rule) for found in checked(table(OBJECT_ID="97051C")).findings] == [
        ("advice", "designator-unusual")
    ]
