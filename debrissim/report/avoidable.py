"""Encounters of a run that `debrissim avoid` can study, with the command for each, and the existing studies.

An encounter is listed if its collision probability is above the default goal of such a study, both objects exist and
one of them can burn. A study belongs to an encounter if it names the same two objects and the same closest approach to
a second; the existing studies are the results folders inside the run's folder, and those next to it whose name begins
with its own and "-avoided", as `debrissim avoid` names them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import ObjectKind
from debrissim.core.arrays import Index
from debrissim.core.errors import InputError
from debrissim.core.numbers import one_in
from debrissim.report.html.data import AvoidableEncounter, LinkedFile
from debrissim.results.folder import read_summary
from debrissim.results.own_files import AVOIDED, OBJECTS, REPORT, SUMMARY
from debrissim.results.reader import rank_events
from debrissim.results.table import Table
from debrissim.scenario.avoidance import GoalTable
from debrissim.screening.encounters import EncounterStatus

GOAL: float = GoalTable().probability
MOST_LISTED = 20
_PASSIVE = (ObjectKind.DEBRIS.label, ObjectKind.ROCKET_BODY.label)
_OUTSIDE = (EncounterStatus.SPAN_START.label, EncounterStatus.SPAN_END.label)
_SAME_TCA = np.timedelta64(1, "s")


@dataclass(frozen=True)
class _Study:
    """pair: numbers of its two objects; tca_utc: of the encounter without a burn; link: to its page."""

    pair: frozenset[int]
    tca_utc: np.datetime64
    link: LinkedFile


def avoidable_encounters(folder: Path, events: Table) -> tuple[AvoidableEncounter, ...]:
    """The most probable encounters of a run that can be avoided, at most `MOST_LISTED`.

    folder: of the run; events: its conjunctions.csv. Folders near it that cannot be read are left out.
    """
    rows = _above_goal(events)
    if not rows.size:
        return ()
    kinds, studies = _kinds(folder / OBJECTS), tuple(_studies(folder))
    found: list[AvoidableEncounter] = []
    for row in rows.tolist():
        # Only the texts of this row: those of whole columns take long to make.
        own_row = events[row : row + 1]
        first = kinds.get(str(own_row.cells("primary_norad_id")[0]), "")
        own = 1 if first not in _PASSIVE else 2
        if own == 2 and str(events.object_kind[row]) in _PASSIVE:
            continue
        pair = frozenset(int(events[f"{role}_norad_id"][row]) for role in ("primary", "secondary"))
        tca = np.datetime64(events.tca_utc[row], "ms")
        found.append(
            AvoidableEncounter(
                row,
                str(own_row.cells("tca_utc")[0]),
                f"{events.primary_name[row]} and {events.secondary_name[row]}",
                float(events.collision_probability[row]),
                f"debrissim avoid . --event {row}{' --object 2' if own == 2 else ''}",
                tuple(s.link for s in studies if s.pair == pair and abs(s.tca_utc - tca) <= _SAME_TCA),
            )
        )
        if len(found) == MOST_LISTED:
            break
    return tuple(found)


def _above_goal(events: Table) -> Index:
    """Rows of real encounters above the goal whose closest approach is within the span, the most probable first."""
    ranked = rank_events(events)
    chosen = (
        (events.collision_probability > GOAL)
        & ~events.synthetic
        & ~np.isin(events.status.astype(str), _OUTSIDE)
    )
    rows: Index = ranked[chosen[ranked]]
    return rows


def _kinds(path: Path) -> dict[str, str]:
    """The kind of each object of objects.csv by its identifier; empty if the file is missing or damaged."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return {
                str(row.get("NORAD_CAT_ID")): str(row.get("OBJECT_TYPE")).lower()
                for row in csv.DictReader(lines)
            }
    except (OSError, ValueError, csv.Error):
        return {}


def _studies(folder: Path) -> Iterator[_Study]:
    """The studies inside the folder of a run, and next to it."""
    place = folder.resolve()
    for parent, above, start in ((place, "", ""), (place.parent, "../", place.name + AVOIDED)):
        try:
            names = sorted(entry.name for entry in parent.iterdir() if entry.name.startswith(start))
        except OSError:
            continue
        for name in names:
            if (parent / name / SUMMARY).is_file() and (study := _study(parent / name, above + name)):
                yield study


def _study(folder: Path, path: str) -> _Study | None:
    """The study of a results folder; None if it is not one of avoidance, or damaged."""
    try:
        summary: dict[str, Any] = read_summary(folder)
        if summary.get("kind") != "avoidance":
            return None
        answer = summary["answer"]
        pair = frozenset(int(answer[role]["norad_id"]) for role in ("spacecraft", "other"))
        tca = np.datetime64(str(answer["without_burn"]["tca_utc"]).removesuffix("Z"), "ms")
        burn = answer["burn"]
        words = str(answer["verdict"])
        if burn is not None:
            words += f", {one_in(float(burn['collision_probability']))} after a burn of "
            words += f"{abs(float(burn['delta_v_m_s'])):.3g} m/s"
    except (InputError, LookupError, TypeError, ValueError, AttributeError):
        return None
    file = REPORT if (folder / REPORT).is_file() else SUMMARY
    return _Study(pair, tca, LinkedFile(f"{path}/{file}", words))
