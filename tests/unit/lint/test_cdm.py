"""Conjunction data messages: one change, one fault, with its line and its clause."""

from __future__ import annotations

import re

import pytest
from support.cdm_samples import kvn
from support.lint_samples import CDM_KVN, CDM_XML, changed, checked, clauses, findings, line_of, rules

from debrissim.cdm import cdm_kvn, parse_cdm

BOOK = "CCSDS 508.0-B-1, "


def without(text: str, keyword: str) -> str:
    return re.sub(rf"^{keyword} .*\n", "", text, count=1, flags=re.MULTILINE)


# Old text, new text, rule, clause, part of the line of the fault (after the change).
CHANGES = (
    ("CCSDS_CDM_VERS               = 1.0", "CCSDS_CDM_VERS               = 3.0", "version", "table 3-1", "VERS"),
    ("CREATION_DATE ", "FILENAME = x\nCREATION_DATE ", "keyword-unknown", "6.3.1.3", "FILENAME"),
    ("CREATION_DATE ", "creation_date ", "keyword-case", "6.3.1.5", "creation_date"),
    ("MISS_DISTANCE ", "MISS DISTANCE ", "keyword-blanks", "6.3.1.5", "MISS DISTANCE"),
    ("2024-11-01T00:00:00.000", "2024-11-01 00:00:00.000", "time", "6.3.2.6", "CREATION_DATE"),
    ("2024-11-01T00:00:00.000", "2024-02-30T00:00:00.000", "time-value", "6.3.2.6", "CREATION_DATE"),
    ("2024-11-01T00:00:00.000", "2023-366T00:00:00", "time-value", "6.3.2.6", "CREATION_DATE"),
    ("= TESTER", "= Tester", "text-case", "6.2.3.3", "Tester"),
    ("= TESTER", "= TEST&ER", "identifier", "5.2.9", "TEST&ER"),
    ("= TESTER", "=", "no-value", "6.2.3.1", "ORIGINATOR"),
    ("MISS_DISTANCE ", "MISS_DISTANCE = 1 [m]\nMISS_DISTANCE ", "keyword-twice", "table 3-2", "MISS_DISTANCE  "),
    ("412.310563 [m]", "412.310563", "unit-missing", "6.2.4.1", "MISS_DISTANCE"),
    ("412.310563 [m]", "412.310563 [km]", "unit", "6.2.4.1", "[km]"),
    ("412.310563 [m]", "412.310563 [M]", "unit", "6.2.4.1", "[M]"),
    ("412.310563 [m]", "412.310563[m]", "unit-form", "6.3.3", "MISS_DISTANCE"),
    ("412.310563 [m]", "412.310563 [m", "unit-form", "6.3.3", "MISS_DISTANCE"),
    ("COLLISION_PROBABILITY        = 4.835E-05", "COLLISION_PROBABILITY        = 1.5", "range", "table 3-2", "= 1.5"),
    ("= 4.835E-05", "= 48.35E-06", "number-form", "6.3.2.3", "48.35"),
    ("= 4.835E-05", "= .0000484", "number-form", "6.3.2.2", ".0000484"),
    ("= 4.835E-05", "= NaN", "number", "6.3.2.3", "NaN"),
    ("= 4.835E-05", "= 4.835 E-05", "number", "6.3.2.3", "4.835 E"),
    ("= 4.835E-05", "= 4.8350000000000001E-05", "number-digits", "6.3.2.3", "000000001"),
    ("= 4.835E-05", "= 4.835E-05 [n/a]", "unit-none", "6.2.4.2", "n/a"),
    ("= OBJECT1", "= OBJECT2", "object-number", "table 3-3", "= OBJECT2"),
    ("= OBJECT1", "= EARTH", "word", "table 3-3", "= EARTH"),
    ("1998-067A", "1998-67A", "designator", "table 3-3", "1998-67A"),
    ("= CALCULATED", "= calculated", "text-case", "6.2.3.3", "calculated"),
    ("= CALCULATED", "= GUESSED", "word", "table 3-3", "GUESSED"),
    ("MANEUVERABLE                 = N/A", "MANEUVERABLE = MAYBE", "word", "table 3-3", "MAYBE"),
    ("= EME2000", "= TEME", "word", "table 3-3", "= TEME"),
    ("= EME2000", "= GCRF", "frames-differ", "table 3-3", "= EME2000"),
    ("COMMENT HBR", "COMMENT\tHBR", "characters", "6.2.2.2", "HBR"),
    ("COMMENT HBR", "COMMENTHBR = 12\nCOMMENT HBR", "keyword-unknown", "6.3.1.3", "COMMENTHBR"),
    ("COMMENT HBR", "COMMENT: HBR", "comment-form", "6.3.4", "COMMENT:"),
    ("RELATIVE_SPEED ", "COMMENT in between\nRELATIVE_SPEED ", "comment-place", "6.2.5.2", "in between"),
    ("TCA  ", "TCA 2024\nTCA  ", "assignment", "6.3.1.3", "TCA 2024"),
    ("CR_R ", "CDRG_R = 1.0 [m**3/kg]\nCR_R ", "covariance-rows", "5.2.8", "CDRG_R"),
    ("CT_R ", "CT_R = 9.9E+09 [m**2]\nX_T_R ", "correlation", "table 3-4", "CT_R = 9.9"),
    ("= 100.0 [m]", "= 900.0 [m]", "norm", "table 3-2", "MISS_DISTANCE"),
    ("HBR", "HBR = 12 " + "x" * 250, "line-length", "6.2.2.1", "xxx"),
    ("HBR", "HBR = 12 °", "characters", "6.2.2.2", "HBR = 12"),
)  # fmt: skip


def test_the_sample_has_no_fault() -> None:
    for text in (CDM_KVN, CDM_XML, CDM_KVN.replace("\n", "\r\n"), CDM_KVN.replace("\n", "\n\n")):
        assert findings(text) == []


@pytest.mark.parametrize(("old", "new", "rule", "clause", "part"), CHANGES)
def test_a_change_is_a_fault_with_its_line_and_clause(
    old: str, new: str, rule: str, clause: str, part: str
) -> None:
    text = changed(CDM_KVN, old, new)
    found = [finding for finding in checked(text).findings if finding.rule == rule]
    assert found, checked(text).findings
    assert found[0].severity == "fault"
    assert found[0].line == line_of(text, part)
    assert found[0].clause == f"{BOOK}{clause}"


@pytest.mark.parametrize("keyword", ["CREATION_DATE", "ORIGINATOR", "MESSAGE_ID", "TCA", "MISS_DISTANCE"])
def test_a_missing_keyword_is_named(keyword: str) -> None:
    report = checked(without(CDM_KVN, keyword))
    (found,) = (finding for finding in report.findings if finding.severity == "fault")
    assert found.rule == "keyword-missing"
    assert found.text == f"{keyword} is missing, and mandatory"


def test_missing_keywords_of_an_object_are_one_fault() -> None:
    lines = [line for line in CDM_KVN.split("\n") if not re.match(r"C[RTN](?:DOT)?_", line)]
    found = [finding for finding in checked("\n".join(lines)).findings if finding.severity == "fault"]
    assert [finding.rule for finding in found] == ["keyword-missing", "keyword-missing"]
    assert found[1].text.startswith("CR_R, CT_R, CT_T, CN_R, CN_T, CN_N and 15 more of OBJECT2 are missing")


def test_only_the_keyword_out_of_order_is_reported() -> None:
    lines = CDM_KVN.split("\n")
    frame = next(line for line in lines if line.startswith("REF_FRAME"))
    lines.remove(frame)
    lines.insert(next(k for k, line in enumerate(lines) if line.startswith("Z_DOT")), frame)
    (found,) = checked("\n".join(lines)).findings
    assert (found.rule, found.clause) == ("order", f"{BOOK}6.3.1.9")
    assert found.text == "REF_FRAME of OBJECT1 is out of order; expected it after MANEUVERABLE"


def test_a_matrix_whose_variance_is_negative_is_a_fault_and_zeros_are_none() -> None:
    assert "variance-negative" in rules(re.sub(r"(CR_R +=) ", r"\1 -", CDM_KVN, count=1))
    zeros = re.sub(r"^(C\w*DOT_\w+ +=) \S+", r"\1 0.0", CDM_KVN, flags=re.MULTILINE)
    assert rules(zeros) == set()


def test_one_object_or_three_are_a_fault() -> None:
    one, two = CDM_KVN.index("OBJECT "), CDM_KVN.index("OBJECT                       = OBJECT2")
    assert "objects" in rules(CDM_KVN[:two])
    assert "objects" in rules(CDM_KVN + CDM_KVN[one:two])


def test_advice_is_no_fault() -> None:
    cases = {
        "no-radius": changed(CDM_KVN, "COMMENT HBR", "COMMENT Size"),
        "time-z": changed(CDM_KVN, "00:00:00.000", "00:00:00.000Z"),
        "created-late": changed(CDM_KVN, "2024-11-01T", "2025-11-01T"),
        "tca-outside": changed(
            CDM_KVN, "COLLISION_PROBABILITY ", "STOP_SCREEN_PERIOD = 2024-11-01T00:00:00\nCOLLISION_PROBABILITY "
        ),
        "probability-method": without(CDM_KVN, "COLLISION_PROBABILITY_METHOD"),
        "several-messages": CDM_KVN + CDM_KVN,
        "no-value-optional": changed(CDM_KVN, "_METHOD = FOSTER-1992", "_METHOD ="),
        "state-implausible": CDM_KVN.replace("= 7000.", "= 7000000."),
    }  # fmt: skip
    for rule, text in cases.items():
        report = checked(text)
        assert report.passed, (rule, report.findings)
        assert rule in {finding.rule for finding in report.findings}


def test_lines_before_the_message_are_one_fault() -> None:
    assert findings("FILENAME = a.cdm\nSENT BY = me\n\n" + CDM_KVN) == [("fault", "first-line", 1)]


def test_version_2_has_more_keywords_than_version_1() -> None:
    (message,) = parse_cdm(
        kvn(version="2.0", CONJUNCTION_ID="42", SCREEN_TYPE="PC_MAX", OBJECT1_HBR="3.5 [m]").encode(), "x"
    )
    text = cdm_kvn(message, version="2.0")
    assert rules(text) == set()
    earlier = changed(text, "= 2.0", "= 1.0")
    found = [finding for finding in checked(earlier).findings if finding.rule == "keyword-later"]
    assert [finding.text.split()[0].removesuffix(":") for finding in found] == [
        "CONJUNCTION_ID",
        "SCREEN_TYPE",
        "HBR",
    ]
    assert {finding.clause for finding in found} == {f"{BOOK}6.3.1.3"}


XML_CHANGES = (
    ('<?xml version="1.0" encoding="UTF-8"?>\n', "", "xml-declaration", "4.3.2"),
    ('id="CCSDS_CDM_VERS"', 'id="CDM"', "xml-id", "4.3.3.8"),
    ('version="1.0">', 'version="1.1">', "version", "4.3.3.9"),
    (' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', ' xmlns:xsi="x"', "xml-namespace", "4.3.3.2"),
    ("<MISS_DISTANCE units=\"m\">", "<MISS_DISTANCE>", "unit-missing", "4.3.10"),
    ("<TCA>", "<segment/><TCA>", "xml-structure", "4.2"),
    ("</body>", "<segment><metadata/><data/></segment></body>", "xml-structure", "4.2"),
    ("<data>", "<MASS units=\"kg\">1</MASS><data>", "xml-structure", "4.2"),
    ("</relativeStateVector>", "<COMMENT>late</COMMENT></relativeStateVector>", "comment-place", "6.2.5.2"),
    ("</cdm>", "", "xml-malformed", ""),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "clause"), XML_CHANGES)
def test_the_structure_of_the_xml_is_checked(old: str, new: str, rule: str, clause: str) -> None:
    text = changed(CDM_XML, old, new)
    assert rule in rules(text)
    assert (f"{BOOK}{clause}" if clause else "XML 1.0") in clauses(text)


def test_numbers_of_xml_may_have_any_form_of_its_data_type() -> None:
    text = changed(CDM_XML, ">4.835E-05<", ">.4835000000000000001e-4<")
    assert rules(text) == set()


def test_an_element_without_value_is_advice_where_it_is_optional() -> None:
    optional = changed(CDM_XML, "<COLLISION_PROBABILITY>4.835E-05</", '<COLLISION_PROBABILITY nil="true"></')
    assert rules(optional) == set()
    needed = re.sub(r"<TCA>.*</TCA>", '<TCA nil="true"/>', CDM_XML)
    assert rules(needed) == {"no-value"}
