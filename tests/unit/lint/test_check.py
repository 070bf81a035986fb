"""Recognition of files, and what their reports say."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest
from support.cdm_samples import spacetrack_text
from support.lint_samples import CDM_KVN, CDM_XML, CLEAN, OMM_KVN, checked

from debrissim.lint import lint_bytes, lint_file


@pytest.mark.parametrize("kind", CLEAN)
def test_each_kind_is_recognised_and_its_sample_passes(kind: str) -> None:
    for text in CLEAN[kind]:
        report = checked(text)
        assert (report.format, report.records, report.findings) == (kind, 1, ())
        assert report.passed


def test_compressed_files_are_checked(tmp_path: Path) -> None:
    for name, data in (("a.gz", gzip.compress(CDM_KVN.encode())), ("a.xz", lzma.compress(CDM_KVN.encode()))):
        (tmp_path / name).write_bytes(data)
        report = lint_file(tmp_path / name)
        assert (report.path, report.format, report.faults) == (str(tmp_path / name), "CDM (KVN)", 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b" \n\n", "empty file"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"<tdm></tdm>", "XML without a message that is checked"),
        (b"<cdm", "XML without a message"),
        (b"<cdm ", "not well-formed XML"),
        (b"CCSDS_TDM_VERS = 1.0\n", "begins with 'CCSDS_TDM_VERS"),
        (b"hello\n", "begins with 'hello'"),
        (spacetrack_text().encode(), "CDMs as Space-Track's JSON"),
        (b"PK\x03\x04", "zip archive"),
        (lzma.compress(CDM_KVN.encode())[:-30], "file: "),
    ],
)
def test_other_files_are_unreadable_with_a_reason(data: bytes, reason: str) -> None:
    report = lint_bytes(data, "file")
    assert reason in report.unreadable
    assert not report.passed
    assert (report.format, report.findings) == ("", ())


def test_a_report_is_one_line() -> None:
    assert repr(checked(CDM_KVN)) == "<LintReport file: CDM (KVN), 1 record; 0 faults, 0 pieces of advice>"
    assert repr(checked("")) == "<LintReport file: not checked>"


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    assert "no such file" in lint_file(tmp_path / "none").unreadable


def test_marks_and_encodings_are_faults() -> None:
    marked = checked("\ufeff" + CDM_KVN)
    assert [(found.rule, found.line) for found in marked.findings] == [("characters", 1)]
    blank = checked(OMM_KVN.replace("IRIDIUM 33", "IRIDIUM\u00a033"))
    assert [found.rule for found in blank.findings] == ["characters"]
    for encoding in ("utf-16", "latin-1"):
        other = checked(CDM_KVN.replace("ISS", "ISSÉ").encode(encoding))
        assert other.format == "CDM (KVN)"
        assert other.findings[0].rule == "encoding"


def test_a_file_may_hold_messages_of_several_kinds() -> None:
    body = CDM_XML.split("\n", 1)[1]
    root = '<ndm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    omm = CLEAN["OMM (XML)"][0].split("\n", 1)[1]
    report = checked(f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n{body}{omm}</ndm>\n')
    assert (report.format, report.records, report.faults) == ("CDM and OMM (XML)", 2, 0)


def test_many_findings_of_one_rule_are_counted_and_a_thousand_kept() -> None:
    report = checked(CDM_KVN + "X = 1 [km]\n" * 3000)
    assert report.faults == 3000
    assert len(report.findings) == 1000
