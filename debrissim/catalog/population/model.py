"""A statistical model of a catalogue: joint bins of the quantities that matter for collision risk, and nothing else.

A real catalogue may not be redistributed; its statistics may. The model keeps, for each group of objects (a
kind, a known debris cloud, a constellation), the joint distribution of

    perigee altitude; apogee altitude (as its height above the perigee); inclination; B*

in adaptive boxes of at least a stated number of objects, the shells in which constellations keep station, and
the ages of element sets. It holds no catalogue number, name, node or anomaly of any object. `fit_population`
makes it, `synthesize` samples it; this module is the value between them and its file.

The file is plain CSV in sections: a reader sees its content, and a refit shows as a diff.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import ObjectKind
from debrissim.catalog.population.checks import check_population
from debrissim.core.errors import InputError
from debrissim.core.files import read_text, replace_file
from debrissim.core.rows import Rows
from debrissim.core.text import from_spreadsheet_cell, printable, quoted, spreadsheet_cell

FORMAT_NAME = "debrissim-population"
FORMAT_VERSION = 1
BUNDLED_POPULATIONS = {"bundled": "population_2024-11-01.csv", "bundled-2022": "population_2022-01-22.csv"}
"""Files of the models shipped with the package, by the name that scenarios give them: docs/bundled_population.md."""

# Steps in which box edges are stored: coarser than any object's elements, finer than the boxes.
ALTITUDE_STEP_KM = 1.0
INCLINATION_STEP_DEG = 0.1
BSTAR_STEP = 0.1  # of `bstar_coordinate`: a tenth of a decade
ARG_PERIGEE_STEP_DEG = 15.0

LOW_ORBIT_ALTITUDE_KM = 2000.0  # mean altitude up to which element-set ages are those of low orbits
AGE_PROBABILITIES = np.array([0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1.0])

_BSTAR_LINEAR = 1e-6  # below about this |B*| the coordinate is linear: zero is a value like others


@dataclass(frozen=True)
class PopulationGroup:
    """Objects that share a kind and a label. `tag` is part of their synthetic names: "DEB", "STARLINK"."""

    tag: str
    object_kind: ObjectKind
    parent_event: str
    object_count: int


@dataclass(frozen=True, eq=False)
class PopulationBins(Rows):
    """m boxes, the five quantities independent within each; integers in the steps above.

    Half of a box's objects are distributed evenly on either side of the median if there is one, otherwise evenly from
    low to high.

    | column                          | shape | meaning                                             |
    | ------------------------------- | ----- | --------------------------------------------------- |
    | group                           | (m,)  | row of the model's groups                           |
    | count                           | (m,)  | objects of the fitted catalogue in the box          |
    | perigee_low, _median, _high     | (m,)  | perigee altitude, km                                |
    | rise_low, _median, _high        | (m,)  | apogee less perigee altitude, km                    |
    | inclination_low, _median, _high | (m,)  | 0.1 degrees                                         |
    | bstar_low, _high                | (m,)  | 0.1 decades, see `bstar_coordinate`                 |
    | arg_perigee_low, _high          | (m,)  | 15 degrees; 0 and 24 (all) for near-circular orbits |
    """

    group: NDArray[np.int64]
    count: NDArray[np.int64]
    perigee_low: NDArray[np.int64]
    perigee_median: NDArray[np.int64]
    perigee_high: NDArray[np.int64]
    rise_low: NDArray[np.int64]
    rise_median: NDArray[np.int64]
    rise_high: NDArray[np.int64]
    inclination_low: NDArray[np.int64]
    inclination_median: NDArray[np.int64]
    inclination_high: NDArray[np.int64]
    bstar_low: NDArray[np.int64]
    bstar_high: NDArray[np.int64]
    arg_perigee_low: NDArray[np.int64]
    arg_perigee_high: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StationKeptShells(Rows):
    """s shells of constellation members that hold one altitude and inclination against drag.

    | column                           | shape | unit                                         |
    | -------------------------------- | ----- | -------------------------------------------- |
    | group                            | (s,)  | row of the model's groups                    |
    | count                            | (s,)  | objects of the fitted catalogue in the shell |
    | mean_altitude_km                 | (s,)  | semi-major axis less the equatorial radius   |
    | eccentricity_low, _median, _high | (s,)  | 5th, 50th and 95th percentile                |
    | inclination_deg                  | (s,)  | degrees                                      |
    """

    group: NDArray[np.int64]
    count: NDArray[np.int64]
    mean_altitude_km: NDArray[np.float64]
    eccentricity_low: NDArray[np.float64]
    eccentricity_median: NDArray[np.float64]
    eccentricity_high: NDArray[np.float64]
    inclination_deg: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PopulationModel:
    """A catalogue's statistics.

    `source_epoch_utc` is the time from which the ages of element sets are counted ("2024-10-31T22:00"); `excluded`
    says how many objects were left out of the fit and why. `age_days` is (2, k): quantiles of the age of an
    element set at `AGE_PROBABILITIES`, for low orbits (first row) and for all others.
    """

    title: str
    source_epoch_utc: str
    excluded: tuple[tuple[str, int], ...]
    groups: tuple[PopulationGroup, ...]
    bins: PopulationBins
    shells: StationKeptShells
    age_days: NDArray[np.float64]

    @property
    def object_count(self) -> int:
        """Objects of the fitted catalogue that the model represents."""
        return int(self.bins.count.sum() + self.shells.count.sum())

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the model as sectioned CSV; the same model gives the same bytes.

        Raises RunError, naming the path, if writing fails.
        """
        replace_file(Path(path), _to_text(self).encode("utf-8"))


_Table = TypeVar("_Table", PopulationBins, StationKeptShells)


def bstar_coordinate(bstar: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signed logarithm of B* (1/Earth radii): a unit per decade well above 1e-6, linear below it."""
    return np.asarray(np.arcsinh(bstar / (2.0 * _BSTAR_LINEAR)) / np.log(10.0))


def bstar_from_coordinate(coordinate: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `bstar_coordinate`, 1/Earth radii."""
    return np.asarray(2.0 * _BSTAR_LINEAR * np.sinh(coordinate * np.log(10.0)))


def read_population(path: str | os.PathLike[str]) -> PopulationModel:
    """Read a model written by `PopulationModel.write`.

    Raises InputError, naming the file and the section, for a file that cannot be read and for impossible values.
    """
    return _from_text(read_text(Path(path), "a population table"), str(path))


@cache
def bundled_population(name: str = "bundled") -> PopulationModel:
    """Read a model shipped with the package: docs/bundled_population.md.

    Parameters
    ----------
    name : {"bundled", "bundled-2022"}
        The catalogue of 2024-11-01, or that of 2022-01-22 without the fragments of Cosmos 1408: the traffic before its
        breakup in November 2021.

    Raises
    ------
    InputError
        For another name.
    """
    file = BUNDLED_POPULATIONS.get(name)
    if file is None:
        raise InputError(f"name: expected one of {', '.join(BUNDLED_POPULATIONS)}, got {name!r}")
    resource = files("debrissim.catalog.population") / "data" / file
    return _from_text(resource.read_text(encoding="utf-8"), file)


def _to_text(model: PopulationModel) -> str:
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow([FORMAT_NAME, FORMAT_VERSION])
    table.writerow(["title", spreadsheet_cell(model.title)])
    table.writerow(["source_epoch_utc", model.source_epoch_utc])
    table.writerow(["object_count", model.object_count])
    excluded = [(spreadsheet_cell(reason), count) for reason, count in model.excluded]
    groups = [
        (spreadsheet_cell(g.tag), g.object_kind.label, spreadsheet_cell(g.parent_event), g.object_count)
        for g in model.groups
    ]
    ages = [
        (f"{p:g}", *(f"{q:.3f}" for q in column))
        for p, column in zip(AGE_PROBABILITIES, model.age_days.T, strict=True)
    ]
    _write_section(table, "excluded", excluded)
    _write_section(table, "groups", groups)
    _write_section(table, "age_days", ages)
    _write_section(table, "shells", _columns_as_rows(model.shells))
    _write_section(table, "bins", _columns_as_rows(model.bins))
    return buffer.getvalue()


def _write_section(table: Any, name: str, rows: Iterable[Sequence[Any]]) -> None:
    rows = list(rows)
    table.writerow(["section", name, len(rows)])
    table.writerow(_SECTIONS[name])
    table.writerows(rows)


def _columns_as_rows(columns: PopulationBins | StationKeptShells) -> list[tuple[Any, ...]]:
    return list(zip(*(getattr(columns, f.name).tolist() for f in fields(columns)), strict=True))


def _from_text(text: str, source: str) -> PopulationModel:
    try:
        rows = [list(map(from_spreadsheet_cell, row)) for row in csv.reader(io.StringIO(text), strict=True)]
    except csv.Error as error:
        raise InputError(f"{source}: not a CSV table ({error})") from None
    if not rows or rows[0][:1] != [FORMAT_NAME]:
        raise InputError(f"{source}: expected a population table (first line {FORMAT_NAME!r})")
    if rows[0][1:] != [str(FORMAT_VERSION)]:
        got = quoted(",".join(rows[0][1:]))
        raise InputError(f"{source}: expected format version {FORMAT_VERSION}, got {got}")
    try:
        return _from_rows(rows)
    except (InputError, KeyError, ValueError, IndexError, TypeError, OverflowError) as error:
        raise InputError(f"{source}: damaged population table ({printable(str(error))[:200]})") from error


def _from_rows(rows: list[list[str]]) -> PopulationModel:
    """The model of the rows of a table. Raises ValueError, KeyError, IndexError or OverflowError if it is damaged."""
    head = {row[0]: row[1] for row in rows[1:4]}
    sections = _sections(rows[4:])
    ages = np.array([list(map(float, row)) for row in sections["age_days"]], dtype=np.float64).reshape(-1, 3)
    if not np.array_equal(ages[:, 0], AGE_PROBABILITIES):
        raise ValueError(f"section age_days: expected {AGE_PROBABILITIES.size} age quantiles")
    model = PopulationModel(
        title=printable(head["title"]),
        source_epoch_utc=head["source_epoch_utc"],
        excluded=tuple((printable(reason), int(count)) for reason, count in sections["excluded"]),
        groups=tuple(
            PopulationGroup(printable(tag), ObjectKind.of(kind), printable(event), int(count))
            for tag, kind, event, count in sections["groups"]
        ),
        bins=_columns(PopulationBins, sections["bins"]),
        shells=_columns(StationKeptShells, sections["shells"]),
        age_days=ages[:, 1:].T,
    )
    check_population(model, int(head["object_count"]))
    return model


def _sections(rows: list[list[str]]) -> dict[str, list[list[str]]]:
    """The rows of each section. Raises ValueError for a section that is unknown, short, or has other columns."""
    sections: dict[str, list[list[str]]] = {}
    at = 0
    while at < len(rows):
        if len(rows[at]) != 3 or rows[at][0] != "section" or rows[at][1] not in _SECTIONS:
            raise ValueError(
                f"expected one of the sections {', '.join(_SECTIONS)}, got {quoted(rows[at], 80)}"
            )
        _, name, count = rows[at]
        if rows[at + 1] != list(_SECTIONS[name]):
            raise ValueError(f"section {name}: expected the columns {', '.join(_SECTIONS[name])}")
        found = rows[at + 2 : at + 2 + int(count)]
        if name in sections or int(count) != len(found) or any(len(r) != len(_SECTIONS[name]) for r in found):
            raise ValueError(f"section {name}: expected {count} rows of {len(_SECTIONS[name])} cells, once")
        sections[name] = found
        at += 2 + int(count)
    return sections


def _columns(kind: type[_Table], rows: list[list[str]]) -> _Table:
    columns: dict[str, Any] = {}
    for k, name in enumerate(f.name for f in fields(kind)):
        integer = kind is PopulationBins or name in ("group", "count")
        texts = [row[k] for row in rows]
        columns[name] = np.array(
            [int(text) if integer else float(text) for text in texts],
            dtype=np.int64 if integer else np.float64,
        )
    return kind(**columns)


# The sections of the file, and their columns.
_SECTIONS: dict[str, tuple[str, ...]] = {
    "excluded": ("reason", "count"),
    "groups": ("tag", "object_kind", "parent_event", "object_count"),
    "age_days": ("probability", "low_orbits", "other_orbits"),
    "shells": tuple(f.name for f in fields(StationKeptShells)),
    "bins": tuple(f.name for f in fields(PopulationBins)),
}
