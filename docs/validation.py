"""Write docs/validation.md, the validation table, from the tests' own results.

    python docs/validation.py           # runs tests/validation, the long ones too: an hour; needs the shared data
    python docs/validation.py FILE...   # from JUnit files of earlier runs (pytest --junitxml FILE); the last one is
    used

Each row is a test: its name is the claim, its figures are those that it recorded (`record_property`).
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation.md"
TESTS = ROOT / "tests" / "validation"
_ABBREVIATIONS = {
    "cdm": "CDM",
    "iss": "ISS",
    "socrates": "SOCRATES",
    "iridium": "Iridium",
    "cosmos": "Cosmos",
}


@dataclass
class Row:
    """A test function: the outcomes of its cases, and the figures that they recorded, by name."""

    outcomes: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    """Write the page. The exit code is 1 if a test failed."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(argument) for argument in arguments]
        if not files:
            files = [Path(folder) / "results.xml"]
            command = ["-m", "pytest", "-q", "-m", "slow or not slow", f"--junitxml={files[0]}", str(TESTS)]
            subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
        rows = read_results(files)
    PAGE.write_text(page(rows), encoding="utf-8")
    return int(any("failed" in row.outcomes.values() for row in rows.values()))


def read_results(files: list[Path]) -> dict[tuple[str, str], Row]:
    """Rows by (file, function) of JUnit files; for a case in several files the last one that ran it is used."""
    rows: dict[tuple[str, str], Row] = {}
    for path in files:
        for case in ElementTree.parse(path).iter("testcase"):
            module, name = case.get("classname", ""), case.get("name", "")
            if not module.startswith("tests.validation."):
                continue
            row = rows.setdefault((module.rpartition(".")[2], name.partition("[")[0]), Row())
            outcome = _outcome(case)
            if outcome != "skipped" or name not in row.outcomes:
                row.outcomes[name] = outcome
            for entry in case.iter("property"):
                row.figures[f"{entry.get('name')}"] = f"{entry.get('value')}"
    return rows


def page(rows: dict[tuple[str, str], Row]) -> str:
    """The text of docs/validation.md."""
    counts = Counter(outcome for row in rows.values() for outcome in row.outcomes.values())
    lines = [
        "# Validation",
        "",
        f"<!-- Written by docs/validation.py from the results of {datetime.now(UTC).date().isoformat()}. -->",
        "",
        "Checks against published numbers, real data and slow references: one line per test of `tests/validation`,",
        "whose name is the claim. The data are not part of the repository; without them these tests are skipped.",
        "",
        f"Of {sum(counts.values())} cases {_counted(counts)}.",
        "Published probabilities, one by one, and the reasons for differences:",
        "[probability_cases.md](probability_cases.md).",
    ]
    modules = sorted({module for module, _ in rows})
    lines += without_results(modules)
    for module in modules:
        lines += ["", f"## {heading(module)}", "", _claim(module), ""]
        lines += ["| claim | cases | figures |", "|---|---|---|"]
        for (file, function), row in rows.items():
            if file == module:
                figures = ", ".join(f"{name} {value}" for name, value in row.figures.items())
                cases = _counted(Counter(row.outcomes.values()))
                lines.append(f"| {function.removeprefix('test_').replace('_', ' ')} | {cases} | {figures} |")
    return "\n".join(lines) + "\n"


def without_results(modules: list[str]) -> list[str]:
    """A sentence on the test files that the results do not cover, if there are any."""
    names = sorted(path.stem for path in TESTS.glob("test_*.py") if path.stem not in modules)
    listed = ", ".join(f"`{name.removeprefix('test_')}`" for name in names)
    return ["", f"Not among these results, because their tests are newer: {listed}."] if names else []


def heading(module: str) -> str:
    """ "Breakup: published figures": the subject and the reference in the name of a test file."""
    words = [_ABBREVIATIONS.get(word, word) for word in module.removeprefix("test_").split("_")]
    reference = {"published": ": published figures", "real": ": real data"}.get(words[-1], "")
    text = " ".join(words[:-1] if reference else words) + reference
    return text[0].upper() + text[1:]


def _counted(outcomes: Counter[str]) -> str:
    """ "1 failed, 3 passed": the number of cases by outcome."""
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def _claim(module: str) -> str:
    """The first paragraph of a test file's docstring."""
    text = ast.get_docstring(ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
