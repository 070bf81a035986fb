"""The tables on the page of an avoidance study, from its results folder alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from debrissim.catalog import object_label
from debrissim.core.numbers import duration, moment, one_in, rounded
from debrissim.report.answer import AnswerTable
from debrissim.report.avoidance_view import direction_name, read_avoidance, verdict_words
from debrissim.report.style import format_length_km
from debrissim.results.table import Table

MOST_ROWS = 20
_ORDER = {"green": 0, "worse": 1, "event remains": 2, "not examined": 3}


def avoidance_tables(folder: Path) -> tuple[AnswerTable, ...]:
    """The candidates, and the encounters that count against them. Raises InputError if the folder is damaged."""
    data = read_avoidance(folder)
    candidates = data.candidates
    order = sorted(
        range(len(candidates)),
        key=lambda k: (
            _ORDER.get(str(candidates.verdict[k]), len(_ORDER)),
            not candidates.meets_goal[k],
            abs(float(candidates.delta_v_m_s[k])),
        ),
    )
    shown = order[:MOST_ROWS]
    worse = data.encounters[data.encounters.above_goal]
    return (
        AnswerTable(
            "Burns screened again",
            ("Pc", "Miss", "Delta-v", "Direction", "Before TCA", "Start (UTC)", "Verdict", "Burn"),
            tuple(_candidate(candidates, k) for k in shown),
            _cut(len(order), "burn"),
        ),
        AnswerTable(
            "Encounters that count against a burn",
            ("Pc", "Miss", "Object", "TCA (UTC)", "Without a burn", "Burn"),
            tuple(
                _encounter(worse, k) for k in np.argsort(-worse.collision_probability)[:MOST_ROWS].tolist()
            ),
            _cut(len(worse), "encounter"),
        ),
    )


def _cut(number: int, noun: str) -> str:
    return f"The first {MOST_ROWS} of {number:,} {noun}s; all are in the files." if number > MOST_ROWS else ""


def _candidate(table: Table, k: int) -> tuple[str, ...]:
    # The reason is the same for all certified burns.
    verdict, reason = str(table.verdict[k]), str(table.reason[k])
    return (
        one_in(float(table.collision_probability[k])),
        format_length_km(float(table.miss_distance_km[k])),
        f"{rounded(abs(float(table.delta_v_m_s[k])), 3)} m/s",
        direction_name(str(table.direction[k]), float(table.delta_v_m_s[k])),
        f"{duration(3600.0 * float(table.before_tca_hours[k]))} "
        f"({float(table.before_tca_revolutions[k]):.2f} revolutions)",
        moment(table.cells("burn_utc")[k]),
        f"{verdict}: {reason}" if reason and verdict != "green" else verdict_words(verdict),
        str(int(table.burn[k])),
    )


def _encounter(table: Table, k: int) -> tuple[str, ...]:
    before = float(table.probability_without_burn[k])
    return (
        one_in(float(table.collision_probability[k])),
        format_length_km(float(table.miss_distance_km[k])),
        object_label(int(table.norad_id[k]), str(table.name[k])),
        moment(table.cells("tca_utc")[k]),
        one_in(before) if np.isfinite(before) else "not met",
        str(int(table.burn[k])),
    )
