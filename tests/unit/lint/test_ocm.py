"""Orbit comprehensive messages: one change, one fault."""

from __future__ import annotations

import re

import pytest
from support.ephemeris_formats import ocm_kvn, ocm_parts
from support.lint_samples import OCM_KVN, OCM_XML, changed, checked, findings, rules

from debrissim.lint.covariances import matrix_fault
from debrissim.lint.findings import Collector

BOOK = "CCSDS 502.0-B-3, "


def blocks(**changes: dict[str, str]) -> str:
    """The sample of the readers' tests with 16 digits."""
    return re.sub(r"(\.[0-9]{15})[0-9]+e", r"\1e", ocm_kvn(**changes))


BLOCKS = blocks()
OD = "OD_START\nOD_ID = 1\nOD_METHOD = BWLS\nOD_EPOCH = 0.0\nOD_STOP"
TRAJ = "TRAJ_START\nTRAJ_TYPE = CARTPV\n0.0 1.0 1.0 1.0 1.0 1.0 1.0\nTRAJ_STOP"
CHANGES = (
    ("CCSDS_OCM_VERS = 3.0", "CCSDS_OCM_VERS = 2.0", "version", "7.9.1"),
    ("META_START", "METADATA_START", "block", "table 6-1"),
    ("META_STOP\n", "", "block", "table 6-1"),
    ("EPOCH_TZERO = 2024-11-01T12:00:00.000\n", "", "keyword-missing", "table 6-3"),
    ("CENTER_NAME = EARTH\n", "TRAJ_TYPE = CARTPV\nCENTER_NAME = EARTH\n", "order", "6.2.2.1"),
    ("META_STOP", "OCM_DATA_ELEMENTS = ORB, COV\nMETA_STOP", "data-elements", "table 6-3"),
    ("TRAJ_TYPE = CARTPV", "TRAJ_TYPE = CARTP", "state-size", "6.2.5.11"),
    ("TRAJ_TYPE = CARTPV", "TRAJ_TYPE = CARTPV\nTRAJ_UNITS = [m, m, m, m/s, m/s, m/s]", "units", "7.7.3.2"),
    ("INTERPOLATION_DEGREE = 7\n", "", "keyword-missing", "table 6-4"),
    ("\n60.0 ", "\n2024-11-01T12:01:00 ", "time-kinds", "6.2.2.5"),
    ("\n60.0 ", "\n0.0 ", "time-twice", "6.2.2.4"),
    ("\n60.0 ", "\n180.5 ", "time-order", "6.2.5.6"),
    ("\n60.0 ", "\nCOMMENT among them\n60.0 ", "comment-place", "7.8.10"),
    ("WET_MASS = 500", "WET_MASS = 500 [g]", "unit", "7.7.3.1"),
    ("WET_MASS = 500", "WET_MASS = heavy", "number", "7.5.7"),
    ("COV_TYPE = CARTPV", "COV_TYPE = CARTP", "covariance-rows", "7.4.1.6"),
    ("COV_ORDERING = LTM", "COV_ORDERING = LOWER", "word", "table 6-6"),
    ("4.000000000000e-04", "0.000000000000e+00", "variance-zero", "6.2.7.10"),
    ("MAN_DEVICE_ID = ALL\n", "", "keyword-missing", "table 6-7"),
    ("DC_TYPE = CONTINUOUS", "DC_TYPE = TIME", "keyword-missing", "6.2.8.20.6"),
    ("TIME_ABSOLUTE, MAN_DURA", "MAN_DURA, TIME_ABSOLUTE", "composition", "6.2.8.16"),
    ("TIME_ABSOLUTE, MAN_DURA", "MAN_DURA, DELTA_MASS", "composition", "6.2.8.18"),
    ("TIME_ABSOLUTE, MAN_DURA", "TIME_ABSOLUTE, DEPLOY_ID", "composition", "6.2.8.15"),
    ("TIME_ABSOLUTE, MAN_DURA", "TIME_ABSOLUTE", "maneuver-size", "7.4.1.7"),
    ("MAN_STOP", f"MAN_STOP\n{OD}", "block-missing", "6.2.10.5"),
    ("MAN_STOP", "MAN_STOP\nPHYS_START\nPHYS_STOP", "block-twice", "table 6-1"),
    ("MAN_STOP", f"MAN_STOP\n{TRAJ}", "block-order", "6.2.1.1"),
    ("MAN_STOP\n", "", "block-open", "table 6-1"),
)  # fmt: skip


def test_the_samples_have_no_fault() -> None:
    for text in (OCM_KVN, OCM_XML, BLOCKS):
        assert findings(text) == []


@pytest.mark.parametrize(("old", "new", "rule", "clause"), CHANGES)
def test_a_change_is_a_fault_with_its_clause(old: str, new: str, rule: str, clause: str) -> None:
    text = changed(BLOCKS, old, new)
    found = [finding for finding in checked(text).findings if finding.rule == rule]
    assert found, checked(text).findings
    assert found[0].severity == "fault"
    assert found[0].clause == f"{BOOK}{clause}"


def test_defaults_are_advice() -> None:
    for block, keyword in (("TRAJ", "TRAJ_REF_FRAME"), ("COV", "COV_REF_FRAME"), ("META", "TIME_SYSTEM")):
        report = checked(blocks(**{block: {keyword: ""}}))
        assert report.passed
        assert [finding.rule for finding in report.findings] == ["default"]
        assert keyword in report.findings[0].text


def test_a_matrix_may_go_over_lines_and_in_any_ordering() -> None:
    rows = ocm_parts()["COV"][1]
    broken = BLOCKS
    for row in rows:
        fields = row.split()
        broken = broken.replace(row, " ".join(fields[:10]) + "\n" + " ".join(fields[10:]))
    assert rules(broken) == set()
    # As the upper triangle the same numbers are no covariance.
    assert rules(blocks(COV={"COV_ORDERING": "UTM"})) != set()


def test_lines_of_any_length_are_allowed() -> None:
    assert rules(changed(BLOCKS, "COMMENT a test", "COMMENT " + "x" * 400)) == set()


def test_the_xml_is_checked_like_the_text() -> None:
    assert rules(changed(OCM_XML, "<TRAJ_TYPE>CARTPV", "<TRAJ_TYPE>CARTP")) == {"state-size"}
    assert rules(changed(OCM_XML, "<phys>", "<phys><HEIGHT>1</HEIGHT>")) == {"keyword-unknown"}
    assert "xml-structure" in rules(changed(OCM_XML, "<phys>", "<physics></physics><phys>"))


def test_an_open_block_is_reported_on_the_last_line_of_its_message() -> None:
    text = changed(BLOCKS, "MAN_STOP\n", "") + BLOCKS
    (found,) = [finding for finding in checked(text).findings if finding.rule == "block-open"]
    assert found.line == len(BLOCKS.splitlines()) - 1


def test_an_indefinite_matrix_is_a_fault_where_the_standard_forbids_it() -> None:
    indefinite = ("1.0000", "0.90000", "1.0000", "0.90000", "-0.90000", "1.0000")
    names = [f"number {k}" for k in range(6)]
    for definite, severity in ((True, "fault"), (False, "advice")):
        out, fault = Collector(), matrix_fault(indefinite, names, definite=definite)
        assert fault is not None
        fault.add(out, 1, "", "")
        assert [(found.rule, found.severity) for found in out.findings] == [("matrix-indefinite", severity)]
