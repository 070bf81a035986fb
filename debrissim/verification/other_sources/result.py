"""The outcome of a comparison as the content of a results folder: matched.csv, missing.csv, summary.json."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.files import sha256_of
from debrissim.core.numbers import count
from debrissim.core.time import epochs_datetime64
from debrissim.report.comparison import comparison_answer
from debrissim.report.lines import WIDTH, wrapped
from debrissim.results.result import Result, Tables
from debrissim.results.schema.comparison import MATCHED, MISSING
from debrissim.results.table import Table
from debrissim.verification.other_sources.causes import AGREES, Explanation
from debrissim.verification.other_sources.examination import Examination, MatchedEvents
from debrissim.verification.other_sources.probabilities import Chance
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents

KIND = "comparison"
METHOD = (
    "Each cause is tested: the pair is computed again by dense SGP4 with the cause removed, and must then be listed, "
    "with the reported numbers where those are the question."
)
IN_RESULTS, IN_OTHER = "results", "other"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """A run compared with another source: `tables["matched"]`, `tables["missing"]`, and the answer in `summary`.

    explanations: (matched, missing in the results, missing in the other source), in the order of the tables.
    """

    explanations: tuple[tuple[Explanation, ...], ...] = ((), (), ())

    @property
    def kind(self) -> str:
        return KIND

    @property
    def matched(self) -> Table:
        """The events that both have: matched.csv."""
        return self.tables["matched"]

    @property
    def missing(self) -> Table:
        """The events that one side lacks: missing.csv."""
        return self.tables["missing"]

    @property
    def answer(self) -> Mapping[str, Any]:
        """The counts, as in summary.json."""
        answer: Mapping[str, Any] = self.summary["answer"]
        return answer

    def terminal_lines(self, width: int = WIDTH) -> list[str]:
        """The answer, its tables and the method, in lines of a width."""
        return list(wrapped(comparison_answer(self.summary).lines(width), width))

    def _plot(self, folder: Path, format: str, size: str, *, every: bool) -> list[Path]:  # noqa: ARG002
        from debrissim.report.figures.comparison import draw_comparison
        from debrissim.report.output import check, plots_folder, save_each

        check(format, size)
        figures = draw_comparison(folder)
        return save_each(figures, plots_folder(folder), file_format=format, size=size).all_or_error()

    def _report(self, folder: Path, plotted: Callable[[], object]) -> Path | None:
        from debrissim.report.page import write_study_report

        plotted()
        return write_study_report(folder, comparison_answer(self.summary))


def comparison_of(
    matched: MatchedEvents,
    scenario: Any,
    differences: list[Explanation],
    chances: list[Chance],
    lacking: ReportedEvents,
    missing: list[Explanation],
    here: ReportedEvents | None,
    unlisted: list[Explanation],
    *,
    events_outside: int,
    other_pairs: int,
    other_replayed: bool,
) -> Comparison:
    """The comparison as a result.

    lacking: the events that the run lacks; here: the rows that the source lacks, None where that is not known.
    """
    parts = [_missing_rows(IN_RESULTS, lacking, missing)]
    if here is not None:
        parts.append(_missing_rows(IN_OTHER, here, unlisted))
    summary = _summary(
        matched.examination, matched.other, differences, missing, unlisted if here is not None else None,
        events_outside=events_outside, other_pairs=other_pairs, other_replayed=other_replayed,
    )  # fmt: skip
    return Comparison(
        scenario=scenario,
        tables=Tables.of([_matched_rows(matched, differences, chances), Table.concat(parts)]),
        summary=summary,
        explanations=(tuple(differences), tuple(missing), tuple(unlisted)),
    )


def _matched_rows(matched: MatchedEvents, differences: list[Explanation], chances: list[Chance]) -> Table:
    events, ours = matched.events, matched.rows
    return MATCHED.table(
        {
            **_pair(events),
            "row": matched.row,
            "tca_difference_s": ours.tca_s - events.tca_s(*matched.examination.start),
            "miss_distance_km": ours.miss_distance_km,
            "other_miss_distance_km": events.miss_km,
            "miss_difference_km": ours.miss_distance_km - events.miss_km,
            "relative_speed_km_s": ours.relative_speed_km_s,
            "other_relative_speed_km_s": events.speed_km_s,
            "collision_probability": ours.collision_probability,
            "other_collision_probability": events.probability,
            "maximum_probability": ours.maximum_probability,
            "other_maximum_probability": events.maximum_probability,
            "first_age_days": events.first_age_days,
            "second_age_days": events.second_age_days,
            "agrees": np.array([e is AGREES for e in differences], dtype=bool),
            **_explained(differences),
            "probability_causes": [chance.label for chance in chances],
            "probability_tested": np.array([chance.tested for chance in chances], dtype=np.object_),
            "counterfactual_probability": np.array(
                [chance.counterfactual for chance in chances], dtype=np.float64
            ),
            "probability_explanation": [chance.sentence for chance in chances],
        }
    )


def _missing_rows(side: str, events: ReportedEvents, explanations: list[Explanation]) -> Table:
    relative = np.array([e.computed_rtn_km for e in explanations], dtype=np.float64).reshape(-1, 3)
    return MISSING.table(
        {
            "missing_in": [side] * len(events),
            **_pair(events),
            "miss_distance_km": events.miss_km,
            "relative_speed_km_s": events.speed_km_s,
            "maximum_probability": events.maximum_probability,
            "first_age_days": events.first_age_days,
            "second_age_days": events.second_age_days,
            "computed_miss_km": _floats(explanations, "computed_miss_km"),
            "computed_tca_shift_s": _floats(explanations, "computed_shift_s"),
            "computed_r_km": relative[:, 0],
            "computed_t_km": relative[:, 1],
            "computed_n_km": relative[:, 2],
            "outside_km": _floats(explanations, "outside_km"),
            **_explained(explanations),
        }
    )


def _pair(events: ReportedEvents) -> dict[str, Any]:
    return {
        "tca_utc": epochs_datetime64(events.tca_jd, events.tca_fraction),
        "first_norad_id": events.first_number,
        "first_name": events.first_name,
        "second_norad_id": events.second_number,
        "second_name": events.second_name,
    }


def _explained(explanations: list[Explanation]) -> dict[str, Any]:
    return {
        "causes": [e.label for e in explanations],
        "tested": np.array([e.tested if e.causes else None for e in explanations], dtype=np.object_),
        "counterfactual_miss_km": _floats(explanations, "counterfactual_miss_km"),
        "counterfactual_tca_shift_s": _floats(explanations, "counterfactual_shift_s"),
        "explanation": [e.sentence for e in explanations],
    }


def _floats(explanations: list[Explanation], name: str) -> Array:
    return np.array([getattr(e, name) for e in explanations], dtype=np.float64)


def _summary(
    examination: Examination,
    source: OtherList,
    differences: list[Explanation],
    missing: list[Explanation],
    unlisted: list[Explanation] | None,
    *,
    events_outside: int,
    other_pairs: int,
    other_replayed: bool,
) -> dict[str, Any]:
    from debrissim.results.folder import read_summary

    different = [e for e in differences if e is not AGREES]
    places = {"differ": different, "missing_in_results": missing, "missing_in_other": unlisted or []}
    counted = {place: Counter(e.label for e in explained) for place, explained in places.items()}
    every = [e for explained in places.values() for e in explained]
    order = Counter(e.label for e in every)
    found = len(differences)
    notes = list(source.notes)
    if source.folder is not None and not other_replayed:
        notes.append(
            f"The catalogue of {source.label} is not available, so the reason why they lack events of these results "
            f"cannot be tested; give it with --catalog."
        )
    provenance = dict(read_summary(examination.folder)["provenance"])
    synthetic = bool(provenance["catalogue"].get("synthetic"))
    if synthetic:
        notes.append(
            "These results are of objects sampled from a statistical model, which do not exist: no event of another "
            "source can be one of theirs."
        )
    ought = sum(e.ought for e in unlisted or [])
    if ought:
        notes.append(
            f"{count(ought, 'event')} of these results ought to be in {source.label} by its own limit and element "
            "sets, and none is: the list is not complete."
        )
    return {
        "kind": KIND,
        "synthetic": synthetic,
        "answer": {
            "other": {
                "label": source.label,
                "format": source.format,
                "file": source.path.name,
                "sha256": _digest(source.path),
                "reports": source.report_count,
            },
            "events": len(source.events),
            "other_pairs": other_pairs,
            "outside_span": events_outside,
            "examined": found + len(missing) - events_outside,
            "found": found,
            "agree": found - len(different),
            "missing_in_results": len(missing),
            "missing_in_other": None if unlisted is None else len(unlisted),
            "differences": len(every),
            "explained": sum(e.tested for e in every),
            "causes": [
                {"causes": label, "total": total} | {place: counted[place][label] for place in places}
                for label, total in order.most_common()
            ],
            "notes": notes,
        },
        "method": {"label": METHOD},
        "provenance": {
            "results": examination.folder.name,
            "scenario": provenance["scenario"],
            "seed": provenance.get("seed"),
            "span": provenance["span"],
            "catalogue": provenance["catalogue"],
            "versions": {name: version(name) for name in ("debrissim", "numpy", "sgp4")}
            | {"python": platform.python_version()},
        },
    }


def _digest(path: Path) -> str | None:
    return None if path.is_dir() else sha256_of(path, "a list of events")
