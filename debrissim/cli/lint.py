"""`debrissim lint`: messages and element sets against their standards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.terminal import say

if TYPE_CHECKING:
    from debrissim.lint import LintReport

# Maximum number of findings of one rule and file that are shown individually.
_SHOWN_PER_RULE = 5


def lint(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CDM, OEM, OCM, OPM, OMM (KVN, XML; OMM also as CSV and JSON), TLE or 3LE; plain, .gz or .xz.",
        ),
    ],
    advice: Annotated[
        bool, typer.Option("--advice/--no-advice", help="Show advice in addition to faults.")
    ] = True,
    every: Annotated[
        bool, typer.Option("--all", help="Show every finding, not only the first few of a kind.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every finding.")] = False,
) -> None:
    """Check messages and element sets strictly: one sentence per fault, with its line and the clause of the standard.

    A fault violates the standard; advice concerns text that is allowed but confuses some readers. Exit code 0: no
    fault; 1: faults; 2: a file could not be checked at all.

    Example: debrissim lint event.cdm ephemeris.oem catalogue.tle
    """
    from debrissim.lint import lint_file

    reports = [lint_file(path) for path in files]
    if as_json:
        _say_json(reports)
    else:
        for report in reports:
            _show(report, advice=advice, every=every)
        say(_summary(reports, advice=advice))
    for report in reports:
        if report.unreadable:
            say(f"debrissim: {report.unreadable}", err=True)
    if any(report.unreadable for report in reports):
        raise typer.Exit(2)
    if any(report.faults for report in reports):
        raise typer.Exit(1)


def _show(report: LintReport, *, advice: bool, every: bool) -> None:
    """The findings of a file; if there are many of one kind, the first few and then their number."""
    shown = [found for found in report.findings if advice or found.severity == "fault"]
    totals, counts = Counter(found.rule for found in shown), Counter[str]()
    for found in shown:
        counts[found.rule] += 1
        if every or counts[found.rule] <= _SHOWN_PER_RULE:
            say(f"{report.path}:{found.line}: {found.severity}: {found.text} ({found.clause})")
        if not every and counts[found.rule] == _SHOWN_PER_RULE and totals[found.rule] > _SHOWN_PER_RULE:
            more = totals[found.rule] - _SHOWN_PER_RULE
            say(f"{report.path}: and {more} more of this kind, {found.rule} (--all shows them)")


def _summary(reports: Sequence[LintReport], *, advice: bool) -> str:
    """The last line: files, records, faults."""
    from debrissim.core.numbers import count

    checked = [report for report in reports if not report.unreadable]
    faults, suggestions = sum(report.faults for report in checked), sum(report.advice for report in checked)
    faulty = sum(bool(report.faults) for report in checked)
    if not checked:
        return f"{count(len(reports), 'file')}: none could be checked"
    if len(reports) == 1:
        (only,) = checked
        what = f"{only.format}, {count(only.records, 'record')}"
    else:
        what = f"{count(len(reports), 'file')}: {len(checked) - faulty} without a fault, {faulty} with faults"
    if len(checked) < len(reports):
        what += f", {len(reports) - len(checked)} not checked"
    parts = [count(faults, "fault") if faults else "no fault"]
    if advice:
        parts.append(f"{count(suggestions, 'piece')} of advice" if suggestions else "no advice")
    return f"{what}: {', '.join(parts)}" if len(reports) == 1 else f"{what}; {', '.join(parts)}"


def _say_json(reports: Sequence[LintReport]) -> None:
    import json
    from dataclasses import asdict

    content = {
        "files": [asdict(report) | {"passed": report.passed} for report in reports],
        "faults": sum(report.faults for report in reports),
        "advice": sum(report.advice for report in reports),
        "unreadable": sum(bool(report.unreadable) for report in reports),
    }
    say(json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False))
