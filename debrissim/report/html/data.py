"""What report.html shows: the files of a results folder, read, and the curves that its charts draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError


@dataclass(frozen=True, eq=False)
class EncounterCurves:
    """Curves of m encounters; rows of NaN where one has none.

    | column          | shape     | unit | what                                                                 |
    |-----------------|-----------|------|----------------------------------------------------------------------|
    | scale           | (n,)      |      | factors on every standard deviation                                  |
    | dilution        | (m, n)    |      | the probability at these                                             |
    | track_time_s    | (k,)      | s    | from TCA                                                             |
    | track_rtn_km    | (m, k, 3) | km   | secondary minus primary, in the primary's RTN of each moment         |
    | arc_time_s      | (a,)      | s    | from TCA                                                             |
    | arc_km          | (m, a, 3) | km   | the secondary, inertial (TEME of date)                               |
    | orbit_share     | (b,)      |      | of the primary's period, from TCA: -0.5 to 0.5                       |
    | orbit_km        | (m, b, 3) | km   | the primary, inertial                                                |
    | orbit_period_s  | (m,)      | s    | of the primary                                                       |
    """

    scale: Array
    dilution: Array
    track_time_s: Array
    track_rtn_km: Array
    arc_time_s: Array
    arc_km: Array
    orbit_share: Array
    orbit_km: Array
    orbit_period_s: Array


@dataclass(frozen=True)
class LinkedFile:
    """A file beside the page: its path from there, and what it holds."""

    path: str
    what: str


@dataclass(frozen=True, eq=False)
class ReportData:
    """One results folder.

    summary: the content of summary.json. table: columns of conjunctions.csv as text, of the m encounters shown, in
    the order of TCA. row: (m,) their rows in the file, from 0. curves: of these encounters. cdm: (m,) the path of each
    one's message, or "". excluded: objects left out, by reason. co_located: first, second, greatest separation in km
    as text. partly_synthetic: real objects are among the secondaries beside drawn ones.
    """

    summary: Mapping[str, Any]
    table: Mapping[str, list[str]]
    row: NDArray[np.int64]
    curves: EncounterCurves
    cdm: tuple[str, ...]
    excluded: Mapping[str, int]
    co_located: tuple[tuple[str, str, str], ...]
    files: tuple[LinkedFile, ...]
    partly_synthetic: bool = False

    def __post_init__(self) -> None:
        m = len(self.row)
        lengths = {name: len(column) for name, column in self.table.items()}
        lengths |= {"cdm": len(self.cdm), "curves": len(self.curves.dilution)}
        for name, length in lengths.items():
            if length != m:
                raise InputError(f"ReportData {name!r}: expected {m} rows as in row, got {length}")
