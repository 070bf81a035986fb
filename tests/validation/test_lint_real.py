"""The strict check on real files: each kind of fault is known, and its cause."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from support.shared import shared_path

from debrissim.lint import lint_file


def fault_rules(path: Path) -> Counter[str]:
    report = lint_file(path)
    assert not report.unreadable
    return Counter(found.rule for found in report.findings if found.severity == "fault")


def test_operational_messages_have_too_many_digits_and_nothing_else() -> None:
    paths = sorted(shared_path("data/cdm/cara").glob("0000*.cdm"))
    assert len(paths) == 25
    for path in paths:
        # Six numbers of each state and 21 of each covariance.
        assert fault_rules(path) == {"number-digits": 54}


def test_test_messages_deviate_as_is_known() -> None:
    paths = sorted(
        path for path in shared_path("data/cdm/cara").glob("*.cdm") if not path.name.startswith("0000")
    )
    assert paths
    known = {"unit", "unit-form", "number", "integer", "designator", "number-digits", "number-form", "norm",
             "variance-negative", "correlation", "keyword-unknown", "first-line", "range", "text-case"}  # fmt: skip
    for path in paths:
        assert set(fault_rules(path)) <= known, path.name


# The sample of the standard, after which these files are made, has a correlation of 1.44; its dash is no hyphen.
SAMPLE = {"correlation"}
DASHED = SAMPLE | {"characters", "designator"}
EXAMPLES = {
    "CDMExample1.txt": DASHED,
    "CDMExample1.xml": SAMPLE,
    "CDMExample2.txt": SAMPLE,
    "CDMExample3.txt": SAMPLE,
    "CDMExample_issue942.txt": DASHED,
    "CDMExample_issue942.xml": SAMPLE,
    "CDMExample_issue988.txt": DASHED | {"order"},
    "CDMExample_issue988.xml": SAMPLE,
    "CDMExample_issue1319.xml": {"xml-declaration", "xml-namespace", "text-case", "norm"},
    "CDM-wrong-key-word.txt": SAMPLE | {"keyword-unknown"},
    "CDM-missing-TCA.txt": DASHED | {"keyword-missing"},
    "CDM-covariance-wrong-entry-format.txt": DASHED | {"number"},
    "CDM-missing-object1-covariance-block.xml": {"keyword-missing", "xml-structure"},
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_have_the_faults_that_they_were_made_for(name: str) -> None:
    assert set(fault_rules(shared_path("data/cdm/formats") / name)) == EXAMPLES[name]


def test_every_example_is_known() -> None:
    assert {path.name for path in shared_path("data/cdm/formats").iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("day", ["2021-11-15", "2022-01-17"])
def test_the_trajectories_of_the_iss(day: str) -> None:
    report = lint_file(shared_path(f"data/iss/iss_oem_{day}.xml.xz"))
    assert [(found.severity, found.rule) for found in report.findings] == [
        ("fault", "xml-declaration"),
        ("fault", "xml-namespace"),
        ("advice", "designator-unusual"),
    ]


@pytest.mark.parametrize(
    ("name", "file_format", "records"),
    [
        ("2024-11-01_celestrak_omm.csv.xz", "OMM (CSV)", 26834),
        ("2022-01-22_spacetrack.3le.xz", "3LE", 23939),
    ],
)
def test_whole_catalogues_pass_in_seconds(name: str, file_format: str, records: int) -> None:
    begin = time.process_time()
    report = lint_file(shared_path(f"data/catalogues/{name}"))
    assert (report.format, report.records, report.faults) == (file_format, records, 0)
    # Designators without the letters of the piece.
    assert {found.rule for found in report.findings} <= {"designator-piece", "designator-unusual"}
    assert time.process_time() - begin < 10.0


def test_single_cases() -> None:
    cases = shared_path("cases")
    expected = {
        "cdm_good_for_comparison.cdm": set(),
        "cdm_both_covariances_zero.cdm": set(),
        "cdm_effective_hbr.cdm": set(),
        "cdm_negative_variance.cdm": {"variance-negative"},
        "cdm_lines_before_first_keyword.cdm": {"first-line"},
        "cdm_states_in_metres_without_unit.cdm": {"unit-missing"},
        "two_digit_exponent_bstar.tle": {"columns"},
        "omm_theory_tle.xml": {"xml-namespace"},
    }
    for name, rules in expected.items():
        assert set(fault_rules(cases / name)) == rules, name
