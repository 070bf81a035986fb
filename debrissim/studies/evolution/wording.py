"""The answer of encounters followed through catalogues, in words, and the table of them on its page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import object_label
from debrissim.core.numbers import NOTHING, count, moment, one_in
from debrissim.report.answer import AnswerTable, StudyAnswer
from debrissim.report.sentences import span_words, subject
from debrissim.report.style import format_length_km
from debrissim.results.schema.evolution import TRACK
from debrissim.results.table import Table, read_table

_MOST_ROWS = 20


def track_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words, from the content of summary.json."""
    answer, provenance = summary["answer"], summary["provenance"]
    catalogues = answer["catalogues"]
    oldest, newest = catalogues[0], catalogues[-1]
    known = [c["cumulative_probability"] for c in catalogues if c["cumulative_probability"] is not None]
    name, span = subject(provenance["primaries"]), span_words(provenance["span"]["duration_days"])
    followed = (
        f"{answer['encounters_followed']:,} of {count(answer['encounters_in_any_catalogue'], 'encounter')} "
        f"{'was' if answer['encounters_followed'] == 1 else 'were'} followed through "
        f"{count(len(catalogues), 'catalogue')}"
    )
    return StudyAnswer(
        answer=(
            f"{name}: by the newest catalogue a collision within {span} has a screening probability of "
            f"{one_in(newest['cumulative_probability'])}, by the oldest {one_in(oldest['cumulative_probability'])}."
        ),
        extent=(
            f"Over all catalogues it is between {one_in(min(known))} and {one_in(max(known))}; {followed}."
            if known
            else f"{followed}; none of the catalogues gives a probability."
        ),
        tables=(
            AnswerTable(
                "Catalogues, oldest first",
                ("Catalogue", "Epoch (UTC)", "Objects", "Encounters", "Collision"),
                tuple(
                    (
                        str(catalogue["file"]),
                        moment(catalogue["epoch_utc"])[:16],
                        f"{catalogue['objects']:,}",
                        f"{catalogue['encounters']:,}",
                        one_in(catalogue["cumulative_probability"]),
                    )
                    for catalogue in catalogues
                ),
            ),
        ),
        method=(
            f"{provenance['method']['propagation']}; Pc by {provenance['method']['probability']}.",
            f"Errors {provenance['method']['covariance']['label']}.",
        ),
        limits=(
            "A probability changes from catalogue to catalogue because orbits are measured anew, and because the "
            "errors that the model assumes shrink with the time to the encounter.",
            "Encounters that no catalogue has within the screening volumes are not followed.",
        ),
    )


def track_page_tables(folder: Path) -> tuple[AnswerTable, ...]:
    """The followed encounters, by their oldest and newest numbers. Raises InputError if the folder is damaged."""
    table = read_table(folder / TRACK.file, TRACK)
    table = table[~table.missing("tca_utc")]
    numbers = np.unique(table["track"]).tolist()
    rows = tuple(_encounter(table[table["track"] == number]) for number in numbers[:_MOST_ROWS])
    cut = f"The first {_MOST_ROWS} of {len(numbers):,} encounters; all are in the files."
    return (
        AnswerTable(
            "Followed encounters, from the oldest catalogue to the newest",
            (
                "Object",
                "TCA (UTC)",
                "Collision, oldest",
                "Collision, newest",
                "Miss, oldest",
                "Miss, newest",
                "TCA moved",
            ),
            rows,
            cut if len(numbers) > _MOST_ROWS else "",
        ),
    )


def _encounter(rows: Table) -> tuple[str, ...]:
    odds = [one_in(value) for value in rows["collision_probability"][[0, -1]].tolist()]
    miss = [format_length_km(value) for value in rows["miss_distance_km"][[0, -1]].tolist()]
    shift = float(rows["tca_shift_s"][0])
    return (
        object_label(int(rows["secondary_norad_id"][-1]), str(rows["secondary_name"][-1])),
        moment(rows.cells("tca_utc")[-1]),
        *odds,
        *miss,
        f"{round(-shift, 1) + 0.0:+.1f} s" if np.isfinite(shift) else NOTHING,
    )
