"""The content of report.html: the files of a results folder, and the curves of its charts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.report.answer import AnswerTable
from debrissim.report.verdict import SAMPLED, RunVerdict
from debrissim.results.table import Table


@dataclass(frozen=True, eq=False)
class SpacePaths:
    """Paths of both objects of m encounters, and the Earth below them; a row of NaN where an encounter has none.

    | column          | shape     | unit | meaning                                                              |
    |-----------------|-----------|------|----------------------------------------------------------------------|
    | arc_time_s      | (a,)      | s    | from TCA                                                             |
    | arc_km          | (m, a, 3) | km   | the secondary, inertial (TEME of date)                               |
    | orbit_fraction  | (b,)      |      | of the primary's period, from TCA: -0.5 to 0.5                       |
    | orbit_km        | (m, b, 3) | km   | the primary, inertial                                                |
    | orbit_period_s  | (m,)      | s    | of the primary                                                       |
    | earth_angle_rad | (m,)      | rad  | of Greenwich from the x axis, at TCA                                 |
    | sun             | (m, 3)    |      | unit vector to the Sun at TCA, inertial                              |
    """

    arc_time_s: Array
    arc_km: Array
    orbit_fraction: Array
    orbit_km: Array
    orbit_period_s: Array
    earth_angle_rad: Array
    sun: Array


@dataclass(frozen=True, eq=False)
class EncounterCurves:
    """Curves of m encounters; a row of NaN where an encounter has none.

    | column          | shape     | unit | meaning                                                              |
    |-----------------|-----------|------|----------------------------------------------------------------------|
    | scale           | (n,)      |      | factors on every standard deviation                                  |
    | dilution        | (m, n)    |      | the probability at each                                              |
    | track_time_s    | (k,)      | s    | from TCA                                                             |
    | track_rtn_km    | (m, k, 3) | km   | secondary minus primary, in the primary's RTN at each time           |

    paths: of both objects in space.
    """

    scale: Array
    dilution: Array
    track_time_s: Array
    track_rtn_km: Array
    paths: SpacePaths


@dataclass(frozen=True)
class PageFigure:
    """A figure that a page holds: the stem of its file, its PNG, and the sentences under it."""

    name: str
    png: bytes
    caption: str

    @property
    def base64(self) -> str:
        """The PNG as text."""
        return b64encode(self.png).decode("ascii")


@dataclass(frozen=True, eq=False)
class CloudPage:
    """Modelled clouds: tables of passes, figures, and the reason why passes are not compared with all other objects, or
    ""."""

    tables: tuple[AnswerTable, ...]
    not_compared: str
    figures: Iterable[PageFigure]


@dataclass(frozen=True)
class LinkedFile:
    """A file next to the page: its path relative to the page, and its content in words."""

    path: str
    label: str


@dataclass(frozen=True)
class AvoidableEncounter:
    """An encounter that `debrissim avoid` can study.

    row: of conjunctions.csv, from 0. tca_utc, objects: texts. command: for a terminal in the folder of the run.
    studies: pages of the existing studies of it.
    """

    row: int
    tca_utc: str
    objects: str
    collision_probability: float
    command: str
    studies: tuple[LinkedFile, ...]


@dataclass(frozen=True, eq=False)
class ReportData:
    """One results folder.

    summary: the content of summary.json. verdict: the answer in words. table: the rows of conjunctions.csv of the m
    encounters of real objects shown, in the order of TCA. row: (m,) their rows in the file, from 0. hidden: number of
    those that are only in the file. sampled: rows of encounters with synthetic objects, the closest first;
    sampled_count: number of those in the file. curves: those of the encounters shown. cdm: (m,) the path of each one's
    message, or "". excluded: objects left out, by reason. co_located: first, second, maximum separation in km.
    avoidable: encounters that may be avoided, the most probable first.
    rows_file: the name of the file with all rows. cloud: the modelled clouds, if the run has any.
    """

    summary: Mapping[str, Any]
    verdict: RunVerdict
    table: Table
    row: NDArray[np.int64]
    hidden: int
    sampled: Table
    sampled_count: int
    curves: EncounterCurves
    cdm: tuple[str, ...]
    excluded: Mapping[str, int]
    co_located: tuple[tuple[str, str, float], ...]
    files: Iterable[LinkedFile]
    avoidable: tuple[AvoidableEncounter, ...] = ()
    rows_file: str = "conjunctions.csv"
    cloud: CloudPage | None = None

    @property
    def direction_label(self) -> str:
        """The encounters whose directions the page shows."""
        if self.verdict.kind != SAMPLED:
            return "encounters of this page" if self.hidden else "all encounters"
        if self.sampled_count == len(self.sampled):
            return "all sampled encounters"
        return f"the {len(self.sampled):,} closest of {self.sampled_count:,} sampled encounters"

    def __post_init__(self) -> None:
        m = len(self.row)
        lengths = {
            "table": len(self.table),
            "cdm": len(self.cdm),
            "curves": len(self.curves.dilution),
        }
        for name, length in lengths.items():
            if length != m:
                raise InputError(f"ReportData {name!r}: expected {m} rows as in row, got {length}")
