"""Content of the figures and of the page of an avoidance study, from its results folder alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.numbers import one_in, rounded
from debrissim.results.folder import read_summary
from debrissim.results.reader import reading
from debrissim.results.schema.avoidance import CANDIDATES, CELLS, ENCOUNTERS, MINIMA, PLANE
from debrissim.results.table import Table, read_table

_FOLLOWS = {
    "green": "certified",
    "worse": "but another encounter is above it",
    "event remains": "but the encounter remains",
    "not examined": "not screened again",
}
_DIRECTIONS = {
    "along-track": ("posigrade", "retrograde"),
    "radial": ("outward", "inward"),
    "normal": ("normal", "antinormal"),
}
CERTIFIED = "certified"
"""The word of tables and figures for the verdict "green"."""


@dataclass(frozen=True, eq=False)
class AvoidanceData:
    """Content of the figures and the page of one study.

    title, spacecraft, other: texts; goal: on the collision probability; cells to plane: tables of
    `results.schema.avoidance`; best: number of the burn of the answer, 0 if no burn meets the goals; certified: whether
    it is green; probability: of the encounter without a burn.
    """

    title: str
    spacecraft: str
    other: str
    goal: float
    probability: float
    cells: Table
    minima: Table
    candidates: Table
    encounters: Table
    plane: Table
    best: int
    certified: bool

    @property
    def footer(self) -> tuple[str, ...]:
        """The lines at the foot of each figure."""
        return (
            self.title,
            f"{self.spacecraft} and {self.other}; Pc: collision probability with the execution error of the burn; "
            "a simulation, not an instruction",
        )

    @property
    def finding(self) -> str:
        """The burn of the answer in words, for headings."""
        if not self.best:
            return f"No burn of the trade space brings Pc below {one_in(self.goal)}"
        burn = self.candidates[self.candidates.burn == self.best]
        return (
            f"{burn_words(burn)}: Pc below {one_in(self.goal)}, "
            f"{_FOLLOWS.get(str(burn.verdict[0]), 'not certified')}"
        )


def direction_name(direction: str, size_m_s: float) -> str:
    """The name of a direction with the sign of the size, as scenarios have it: "retrograde"; for a free one "free"."""
    return _DIRECTIONS[direction][int(size_m_s < 0.0)] if direction in _DIRECTIONS else direction


def verdict_words(verdict: str) -> str:
    """A verdict for a person: "certified" for "green"."""
    return CERTIFIED if verdict == "green" else verdict


def burn_words(burn: Table) -> str:
    """Size, direction and time of a burn, a table of one row, for headings."""
    size = float(burn.delta_v_m_s[0])
    return (
        f"{rounded(abs(size), 3)} m/s {direction_name(str(burn.direction[0]), size)}, "
        f"{float(burn.before_tca_hours[0]):.1f} h before TCA"
    )


def read_avoidance(folder: Path) -> AvoidanceData:
    """The content of the figures. Raises InputError if the folder is damaged."""
    summary = read_summary(folder)
    cells, minima, candidates, encounters, plane = (
        read_table(folder / schema.file, schema) for schema in (CELLS, MINIMA, CANDIDATES, ENCOUNTERS, PLANE)
    )
    with reading(folder):
        answer = summary["answer"]
        burn = answer["burn"]
        best = 0 if burn is None else int(burn["number"])
        if best and not (candidates.burn == best).any():
            raise InputError(f"{folder / CANDIDATES.file}: lacks burn {best}, which is the answer")
        return AvoidanceData(
            title=str(summary["provenance"]["scenario"]["title"]),
            spacecraft=str(answer["spacecraft"]["name"]),
            other=str(answer["other"]["name"]),
            goal=float(answer["goals"]["probability"]),
            probability=float(answer["without_burn"]["collision_probability"]),
            cells=cells,
            minima=minima,
            candidates=candidates,
            encounters=encounters,
            plane=plane,
            best=best,
            certified=answer["verdict"] == "certified",
        )
