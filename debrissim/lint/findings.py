"""Findings of a check: a sentence each, with its line and the clause that it is measured by.

A *fault* violates the standard. *Advice* is allowed, but readers will stumble over it, or the values contradict each
other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from debrissim.core.numbers import count
from debrissim.core.text import printable

Severity = Literal["fault", "advice"]
FAULT: Severity = "fault"
ADVICE: Severity = "advice"
# Findings of one rule that a report keeps; all are counted.
_KEPT_PER_RULE = 1000


@dataclass(frozen=True)
class LintFinding:
    """One finding.

    | field    | meaning                                                                                     |
    |----------|---------------------------------------------------------------------------------------------|
    | severity | "fault" (violates the standard) or "advice"                                                 |
    | line     | line of the decompressed text, from 1                                                       |
    | rule     | short name of the kind of finding, such as "unit-missing"; it does not change with versions |
    | text     | one sentence: the keyword, the value expected, the one found                                  |
    | clause   | the clause or table of the standard, such as "CCSDS 508.0-B-1, 6.2.4.1"                     |
    """

    severity: Severity
    line: int
    rule: str
    text: str
    clause: str


@dataclass(frozen=True, repr=False)
class LintReport:
    """The findings of one file.

    | field           | meaning                                                                            |
    |-----------------|------------------------------------------------------------------------------------|
    | path            | name of the file, as it was given                                                  |
    | format          | such as "CDM (KVN)" or "3LE"; "" where it could not be recognised                        |
    | records         | messages or element sets in it                                                     |
    | findings        | in the order of lines; at most a thousand of one rule                              |
    | faults, advice  | numbers of each, also of those that `findings` leaves out                          |
    | unreadable      | why the file was not checked at all, one sentence; "" if it was                    |
    """

    path: str
    format: str = ""
    records: int = 0
    findings: tuple[LintFinding, ...] = ()
    faults: int = 0
    advice: int = 0
    unreadable: str = ""

    def __repr__(self) -> str:
        if self.unreadable:
            return f"<LintReport {printable(self.path)}: not checked>"
        counts = f"{count(self.faults, 'fault')}, {count(self.advice, 'piece')} of advice"
        return (
            f"<LintReport {printable(self.path)}: {self.format}, {count(self.records, 'record')}; {counts}>"
        )

    @property
    def passed(self) -> bool:
        """True for a file that was checked and has no fault; advice may remain."""
        return not self.faults and not self.unreadable


@dataclass
class Collector:
    """The findings of a file as they are made."""

    findings: list[LintFinding] = field(default_factory=list)
    counts: Counter[Severity] = field(default_factory=Counter)
    _per_rule: Counter[str] = field(default_factory=Counter)

    def fault(self, rule: str, line: int, text: str, clause: str) -> None:
        """Add a violation of the standard."""
        self._add(FAULT, rule, line, text, clause)

    def fault_once(self, rule: str, line: int, text: str, clause: str) -> None:
        """Add a violation of the file, which every message of it meets, unless it is there already."""
        if not any(found.rule == rule for found in self.findings):
            self.fault(rule, line, text, clause)

    def advice(self, rule: str, line: int, text: str, clause: str) -> None:
        """Add something that is allowed, but makes readers stumble."""
        self._add(ADVICE, rule, line, text, clause)

    def _add(self, severity: Severity, rule: str, line: int, text: str, clause: str) -> None:
        self.counts[severity] += 1
        self._per_rule[rule] += 1
        if self._per_rule[rule] <= _KEPT_PER_RULE:
            self.findings.append(LintFinding(severity, line, rule, printable(text), clause))

    def report(self, path: str, file_format: str, records: int) -> LintReport:
        """The report of the file, in the order of lines."""
        ordered = tuple(sorted(self.findings, key=lambda finding: finding.line))
        return LintReport(path, file_format, records, ordered, self.counts[FAULT], self.counts[ADVICE])
