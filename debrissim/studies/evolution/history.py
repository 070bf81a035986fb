"""Encounters through a series of catalogues: how probability, miss distance and TCA of each change.

`debrissim.watch.series` follows them; here are the values, of which the tables of the results folder are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from debrissim.conjunctions.assessment import Assessment
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.encounters import Encounters

REACH_KM = 1000.0
"""A pass outside the screening volumes has numbers within this distance."""

INSIDE, OUTSIDE, FAR, MISSING = (
    "inside",
    "outside the volumes",
    f"over {REACH_KM:g} km away",
    "not in the catalogue",
)


@dataclass(frozen=True, eq=False)
class CatalogRun:
    """The scenario with one catalogue; epoch_s: of the catalogue, s since the start of the span."""

    file: Path
    epoch_s: float
    result: ConjunctionResult


@dataclass(frozen=True, eq=False)
class Update:
    """One encounter in one catalogue.

    outcome: `INSIDE`, `OUTSIDE`, or the reason why there are no numbers (then `row` is None). encounters, assessment:
    the tables in which the encounter is `row`.
    """

    catalogue: int
    outcome: str
    encounters: Encounters | None = None
    assessment: Assessment | None = None
    row: int | None = None

    @property
    def probability(self) -> float:
        """Pc, NaN if there is none."""
        if self.assessment is None or self.row is None:
            return float("nan")
        return float(self.assessment.probability.value[self.row])


@dataclass(frozen=True, eq=False)
class EncounterHistory:
    """One encounter through the catalogues: its pair by catalogue number, one update per catalogue, oldest first."""

    primary: int
    secondary: int
    updates: tuple[Update, ...]


@dataclass(frozen=True, eq=False)
class Evolution:
    """Encounters through a series of catalogues: runs, oldest catalogue first; histories, the most probable first.

    encounter_count: encounters in any catalogue, followed or not.
    """

    scenario: Scenario
    runs: tuple[CatalogRun, ...]
    histories: tuple[EncounterHistory, ...]
    encounter_count: int
