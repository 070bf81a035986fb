"""Results folders for the tests of report.html: any number of encounters, with hostile names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.csv_text import read_csv, write_csv
from support.small import made_up_catalog, small

from debrissim.conjunctions.run import run
from debrissim.report.html.libraries import missing_libraries
from debrissim.results.folder import SUMMARY, read_summary, write_json

HOSTILE = (
    "<script>window.hostile = 1</script>",
    "</script><img src=x onerror='window.hostile = 2'>",
    "\"quoted\" & 'twice' <b>bold</b>",
    "<!--<script>",
    "{{ 7 * 7 }} {% raw %} \u2028 \u202e é",
)
TITLE = "An hour </title></script><script>window.hostile = 3</script> & more"

needs_report = pytest.mark.skipif(bool(missing_libraries()), reason=missing_libraries() or "never")


def write_results(
    folder: Path, *, hostile: bool = False, count: int | None = None, sampled: bool = False
) -> Path:
    """Write the small scenario's results without report and figures, with `count` encounters, repeated if necessary.

    sampled: against synthetic objects, else against a catalogue of made-up ones that count as real.
    """
    # Errors so wide that passages at hundreds of kilometres have a probability.
    wide = {"model": "fixed", "fixed_sigma_rtn_km": [100.0, 300.0, 100.0]}
    scenario = small(title=TITLE if hostile else "An hour of the station", covariance=wide)
    run(scenario, catalogs=() if sampled else [made_up_catalog(900)]).write(folder)
    if count is not None:
        edit(folder, lambda table: {name: _repeated(column, count) for name, column in table.items()})
        summary = read_summary(folder)
        summary["totals"]["encounter_count"] = count
        if (summary["totals"]["most_probable"] or 0) >= count:
            summary["totals"]["most_probable"] = 0 if count else None
        write_json(folder / SUMMARY, summary)
    if hostile:
        edit(folder, _with_hostile_names)
    return folder


def edit(folder: Path, change: Callable[[dict[str, list[str]]], dict[str, list[str]]]) -> None:
    """Change the table of encounters."""
    path = folder / "conjunctions.csv"
    write_csv(path, change(read_csv(path)))


def _repeated(column: list[str], count: int) -> list[str]:
    return (column * (count // len(column) + 1))[:count]


def _with_hostile_names(table: dict[str, list[str]]) -> dict[str, list[str]]:
    m = len(table["secondary_name"])
    return table | {name: _repeated(list(HOSTILE), m) for name in ("secondary_name", "parent_event")}
