"""The registry of kinds of scenario.

Each kind has a module that ends with one value `STUDY`; it is imported when it is first used, as each has its own heavy
imports.
"""

from __future__ import annotations

from importlib import import_module

from debrissim.studies.kind import Kind

CONJUNCTIONS = "conjunctions"

KINDS: dict[str, str] = {
    CONJUNCTIONS: "debrissim.studies.conjunctions",
    "risk-map": "debrissim.studies.risk_map",
    "station-years": "debrissim.studies.station_years.study",
    "flux": "debrissim.studies.flux",
    "penetration": "debrissim.studies.penetration.study",
    "breakup": "debrissim.studies.breakup.study",
    "avoidance": "debrissim.studies.avoidance.study",
}
"""The module of each kind of scenario."""

FOLDER_KINDS: dict[str, str] = {
    "track": "debrissim.studies.evolution.kind",
    "comparison": "debrissim.studies.comparison",
}
"""The module of each kind of results folder that is not the kind of a scenario: a command of its own writes it."""


def get_kind(name: str) -> Kind:
    """The kind of that name in `KINDS` or `FOLDER_KINDS`. Raises KeyError for an unknown name."""
    kind: Kind = import_module((KINDS | FOLDER_KINDS)[name]).STUDY
    return kind
