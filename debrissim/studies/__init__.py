"""Questions beside conjunctions, each a kind of scenario with one file here: docs/studies.md.

A study's scenario file has a key `kind` that names it. A kind's file holds its scenario model, its pipeline, its
figures and its lines for the terminal, and ends with one `Study` that `KINDS` leads to; what it computes stands in
`debrissim.hazard`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debrissim.studies.study import Study

# Module of each kind: imported when it is asked for, as each has its own heavy imports.
KINDS: dict[str, str] = {
    "risk-map": "debrissim.studies.risk_map",
    "station-years": "debrissim.studies.station_years.study",
    "flux": "debrissim.studies.flux",
    "penetration": "debrissim.studies.penetration.study",
    "breakup": "debrissim.studies.breakup.study",
}


def get_study(kind: str) -> Study:
    """The study of a kind in `KINDS`."""
    study: Study = import_module(KINDS[kind]).STUDY
    return study
