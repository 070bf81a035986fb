"""The smallest possible kind of study: it doubles a number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.figure import Figure

from debrissim.core.progress import Progress
from debrissim.report import style
from debrissim.report.answer import AnswerTable, StudyAnswer
from debrissim.results.table import Column, Schema, read_table
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Positive
from debrissim.studies.study import Study, StudyResult

NUMBERS = Schema("numbers.csv", "one number", (Column("twice", "float", "twice the number"),))


class TinyScenario(StudyScenario):
    """A number to double."""

    kind: Literal["tiny"] = "tiny"
    number: Positive


def double(scenario: TinyScenario, progress: Progress) -> StudyResult:
    progress("doubling", 0.0)
    twice = 2.0 * scenario.number
    table = NUMBERS.table({"twice": np.array([twice])})
    return StudyResult.of(scenario, {"numbers": table}, {"twice": twice}, {"source": "arithmetic"})


def draw(folder: Path) -> dict[str, Figure]:
    (twice,) = read_table(folder / NUMBERS.file, NUMBERS)["twice"]
    with style.house_style():
        figure = style.new_figure(f"twice is {twice:g}", footer=("tiny",), synthetic=False)
    return {"twice": figure}


def answer(summary: Mapping[str, Any]) -> StudyAnswer:
    twice = f"{summary['answer']['twice']:g}"
    return StudyAnswer(
        answer=f"twice is {twice}",
        extent="exactly",
        tables=(AnswerTable("Numbers", ("Twice",), ((twice,),)),),
        method=(summary["method"]["source"],),
        limits=("nothing else",),
    )


STUDY = Study(TinyScenario, double, draw, answer, (NUMBERS,))
