"""The answer of a study with nothing in it but words."""

from __future__ import annotations

from debrissim.report.answer import AnswerTable, StudyAnswer

ANSWER = StudyAnswer(
    answer="A sentence that is longer than a telephone is wide: a hit has a probability of 1 in 120 within a year.",
    extent="The range is 1 in 140 to 1 in 100.",
    tables=(
        AnswerTable(
            "Numbers of several columns",
            ("Spacecraft", "Probability", "Range", "Source"),
            (("A NAME OF TWENTY-FOUR SIGNS", "1 in 120", "1 in 140 to 1 in 100", "a sentence on its source"),)
            * 3,
            "A note.",
        ),
    ),
    method=("A model, its source and its range.",),
    limits=("Objects too small for the catalogue are not counted.",),
    details=("A further sentence.",),
)
