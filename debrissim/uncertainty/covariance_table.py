"""Covariances that the user gives, in a CSV table by catalogue number.

Source: none but the user. Elements of a matrix are named as in a CDM (CCSDS 508.0-B-1, table 3-4): `cr_r` is
the variance along R, `ct_r` the covariance of T and R, `crdot_r` that of the radial velocity and R, and so on.

A row is in one of three forms, in the object's own RTN; cells of the other forms are blank:

| form                   | columns                                                                             |
|------------------------|-------------------------------------------------------------------------------------|
| standard deviations    | `sigma_r_km`, `sigma_t_km`, `sigma_n_km`                                            |
| position               | `cr_r` `ct_r` `ct_t` `cn_r` `cn_t` `cn_n`, km^2                                     |
| position and velocity  | these and the 15 of velocity, `crdot_r` to `cndot_ndot`, km^2/s and km^2/s^2        |

`norad_id` is required. `epoch_utc` says of when the row is, blank: of the element set's epoch. With the first two
forms `growth_r_km_day`, `growth_t_km_day`, `growth_n_km_day` and `growth_t_km_day2` (blank: 0) add to the
variances what age adds, in quadrature.

Assumptions
- CDMs are in metres, this table is in kilometres, as everything here.
- Position and velocity are carried from their epoch to the encounter as on a two-body orbit
  (`uncertainty.propagate`), back and forth along the orbit of the encounter; RTN velocities are inertial ones
  resolved along the axes, not rates seen from turning axes.
- Position alone is taken to hold in RTN at any age but for the growth given.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog_numbers import parse_catalog_number, to_floats
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.text import read_text, split_lines
from debrissim.core.time import parse_iso_epochs
from debrissim.propagation.conics import state_transition
from debrissim.uncertainty.propagate import propagate_covariance
from debrissim.uncertainty.rotation import state_inertial_to_rtn, state_rtn_to_inertial

_AXES = ("r", "t", "n", "rdot", "tdot", "ndot")
_SIGMAS = ("sigma_r_km", "sigma_t_km", "sigma_n_km")
_LOWER = tuple(f"c{_AXES[row]}_{_AXES[column]}" for row in range(6) for column in range(row + 1))
_POSITION, _VELOCITY = _LOWER[:6], _LOWER[6:]
_GROWTH = ("growth_r_km_day", "growth_t_km_day", "growth_n_km_day", "growth_t_km_day2")
_COLUMNS = ("norad_id", "epoch_utc", *_SIGMAS, *_LOWER, *_GROWTH)


@dataclass(frozen=True, eq=False)
class CovarianceTable:
    """k objects' covariances as a user gave them.

    | column                    | dtype   | shape     | unit                                                      |
    |---------------------------|---------|-----------|-----------------------------------------------------------|
    | norad_id                  | int64   | (k,)      | ascending, distinct                                       |
    | covariance_rtn            | float64 | (k, 6, 6) | km^2, km^2/s, km^2/s^2; own RTN, zero where no velocity   |
    | has_velocity              | bool    | (k,)      |                                                           |
    | growth                    | float64 | (k, 4)    | km/day along R, T, N, and km/day^2 along T                |
    | epoch_jd, epoch_fraction  | float64 | (k,)      | UTC, NaN: the epoch of the element set                    |

    label stands beside every number made with it.
    """

    norad_id: NDArray[np.int64]
    covariance_rtn: Array
    has_velocity: NDArray[np.bool_]
    growth: Array
    epoch_jd: Array
    epoch_fraction: Array
    label: str

    def __len__(self) -> int:
        return int(self.norad_id.shape[0])

    def row_indices(self, norad_id: ArrayLike) -> NDArray[np.int64]:
        """(m,) the row of each catalogue number (m,), -1 where the table has none."""
        wanted = np.asarray(norad_id, dtype=np.int64)
        if len(self) == 0:
            return np.full(wanted.shape, -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.norad_id, wanted), len(self) - 1)
        return np.where(self.norad_id[place] == wanted, place, -1).astype(np.int64)

    def position_covariance_rtn_km2(
        self,
        rows: ArrayLike,
        state: Array,
        age_days: ArrayLike,
        element_jd: ArrayLike,
        element_fraction: ArrayLike,
    ) -> Array:
        """(m, 3, 3) km^2 of position, in each object's own RTN, at the moment of its state.

        rows: (m,) rows of the table; state: (m, 6) km, km/s, inertial; age_days: (m,) from the epoch of the
        element set, element_jd + element_fraction (UTC), to that moment.
        """
        index = np.asarray(rows, dtype=np.int64)
        elapsed = self._elapsed_days(index, age_days, element_jd, element_fraction)
        covariance = self.covariance_rtn[index, :3, :3].copy()
        days = np.abs(elapsed)
        growth = self.growth[index, :3] * days[:, None]
        growth[:, 1] += self.growth[index, 3] * days**2
        covariance[:, (0, 1, 2), (0, 1, 2)] += growth**2
        moving = np.flatnonzero(self.has_velocity[index])
        if moving.size:
            covariance[moving] = _propagate_rtn(
                self.covariance_rtn[index[moving]], np.asarray(state)[moving], elapsed[moving]
            )[:, :3, :3]
        return covariance

    def state_covariance_rtn(
        self,
        rows: ArrayLike,
        state: Array,
        age_days: ArrayLike,
        element_jd: ArrayLike,
        element_fraction: ArrayLike,
    ) -> Array:
        """(m, 6, 6) km^2, km^2/s, km^2/s^2 likewise, of rows of the table that have velocity."""
        index = np.asarray(rows, dtype=np.int64)
        elapsed = self._elapsed_days(index, age_days, element_jd, element_fraction)
        return _propagate_rtn(self.covariance_rtn[index], np.asarray(state), elapsed)

    def _elapsed_days(
        self,
        index: NDArray[np.int64],
        age_days: ArrayLike,
        element_jd: ArrayLike,
        element_fraction: ArrayLike,
    ) -> Array:
        """(m,) days from the moment a row holds for, its own epoch or the element set's, to the state's."""
        given = np.isfinite(self.epoch_jd[index])
        from_epoch = (np.asarray(element_jd) - self.epoch_jd[index]) + (
            np.asarray(element_fraction) - self.epoch_fraction[index]
        )
        return np.asarray(age_days, dtype=np.float64) + np.where(given, from_epoch, 0.0)


def _propagate_rtn(covariance_rtn: Array, state: Array, elapsed_days: Array) -> Array:
    """(m, 6, 6) in RTN at `state`, of (m, 6, 6) in RTN so many days before it."""
    seconds = elapsed_days * SECONDS_PER_DAY
    before, _ = state_transition(state, -seconds)
    there = propagate_covariance(state_rtn_to_inertial(covariance_rtn, before), before, seconds)
    return state_inertial_to_rtn(there, state)


def read_covariance_table(path: Path) -> CovarianceTable:
    """Read a table (CSV, plain, .gz or .xz); columns above, in any order.

    Raises InputError naming file and line for an unknown or missing column, a cell that is no number, a form
    that is incomplete or mixed, a variance that is not positive, a correlation beyond 1, a repeated object.
    """
    header, body = _rows(path)
    if not body:
        raise InputError(f"{path}: a header without rows; expected covariances by catalogue number")
    parsed = [_parse(path, line, dict(zip(header, cells, strict=True))) for line, cells in body]
    lines = [line for line, _ in body]
    numbers = np.array([row.norad_id for row in parsed], dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    for first, second in pairwise(order.tolist()):
        if numbers[first] == numbers[second]:
            raise InputError(
                f"{path}: line {lines[second]}: object {numbers[second]} has a row already, line {lines[first]}"
            )
    return CovarianceTable(
        norad_id=numbers[order],
        covariance_rtn=np.stack([parsed[k].covariance for k in order]),
        has_velocity=np.array([parsed[k].has_velocity for k in order], dtype=np.bool_),
        growth=np.stack([parsed[k].growth for k in order]),
        epoch_jd=np.array([parsed[k].epoch[0] for k in order]),
        epoch_fraction=np.array([parsed[k].epoch[1] for k in order]),
        label=f"given by the user for {len(parsed)} object{'s' if len(parsed) > 1 else ''} ({path.name})",
    )


@dataclass(frozen=True, eq=False)
class _Row:
    norad_id: int
    covariance: Array
    has_velocity: bool
    growth: Array
    epoch: tuple[float, float]


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header in lower case, and (line, cells) of every row that is not blank."""
    text = read_text(path, "a table of covariances")
    lines = [(n, line) for n, line in enumerate(split_lines(text), start=1) if line.strip()]
    rows = [(n, [cell.strip() for cell in next(csv.reader([line]))]) for n, line in lines]
    if not rows:
        raise InputError(f"{path}: empty file; expected a CSV header with norad_id and covariance columns")
    header = [name.lower() for name in rows[0][1]]
    if "norad_id" not in header:
        raise InputError(f"{path}: the CSV header has {', '.join(rows[0][1])}; expected norad_id among it")
    for name in header:
        if name not in _COLUMNS:
            raise InputError(f"{path}: unknown column {name!r}; expected some of {', '.join(_COLUMNS)}")
        if header.count(name) > 1:
            raise InputError(f"{path}: column {name!r} stands twice in the header")
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            raise InputError(f"{path}: line {line}: expected {len(header)} fields, got {len(cells)}")
    return header, rows[1:]


def _parse(path: Path, line: int, cells: Mapping[str, str]) -> _Row:
    where = f"{path}: line {line}"
    number = parse_catalog_number(cells["norad_id"])
    if number is None:
        raise InputError(f"{where}: {cells['norad_id']!r} is no catalogue number")
    values: dict[str, float] = {}
    for name in (*_SIGMAS, *_LOWER, *_GROWTH):
        if cells.get(name, ""):
            (value,), bad = to_floats([cells[name]])
            if bad or not np.isfinite(value):
                raise InputError(f"{where}: {name} is {cells[name]!r}, expected a finite number")
            values[name] = float(value)
    covariance, has_velocity = _matrix(where, values)
    growth = np.array([values.get(name, 0.0) for name in _GROWTH])
    if (growth < 0.0).any():
        raise InputError(f"{where}: {_GROWTH[int(np.argmin(growth))]} is {growth.min():g}, expected >= 0")
    if has_velocity and growth.any():
        raise InputError(f"{where}: growth does not go with velocity, which makes the covariance grow itself")
    return _Row(number, covariance, has_velocity, growth, _epoch(where, cells.get("epoch_utc", "")))


def _matrix(where: str, values: Mapping[str, float]) -> tuple[Array, bool]:
    """(6, 6), and whether velocity is in it, of the one complete form there is."""
    has_sigma = any(name in values for name in _SIGMAS)
    has_matrix = any(name in values for name in _LOWER)
    has_velocity = any(name in values for name in _VELOCITY)
    if has_sigma == has_matrix:
        what = "both" if has_sigma else "neither"
        raise InputError(f"{where}: expected either sigma_r_km, ... or cr_r, ..., got {what}")
    wanted = _SIGMAS if has_sigma else _LOWER if has_velocity else _POSITION
    missing = [name for name in wanted if name not in values]
    if missing:
        raise InputError(f"{where}: {missing[0]} is missing; expected all of {', '.join(wanted)}")
    matrix = np.zeros((6, 6))
    if has_sigma:
        for k, name in enumerate(_SIGMAS):
            if values[name] <= 0.0:
                raise InputError(f"{where}: {name} is {values[name]:g}, expected > 0")
            matrix[k, k] = values[name] ** 2
        return matrix, False
    rows, columns = np.tril_indices(6 if has_velocity else 3)
    matrix[rows, columns] = matrix[columns, rows] = [values[name] for name in wanted]
    size = 6 if has_velocity else 3
    for k in range(size):
        if matrix[k, k] <= 0.0:
            raise InputError(f"{where}: c{_AXES[k]}_{_AXES[k]} is {matrix[k, k]:g}, expected a variance > 0")
    spread = np.sqrt(np.diagonal(matrix)[:size])
    correlation = matrix[:size, :size] / spread[:, None] / spread
    # The digits of a table round: a hair beyond 1 is no error.
    beyond = np.argwhere(np.tril(np.abs(correlation), -1) > 1.0 + 1e-6)
    if beyond.size:
        row, column = beyond[0]
        raise InputError(
            f"{where}: c{_AXES[row]}_{_AXES[column]} makes a correlation of {correlation[row, column]:.3g}, "
            "expected -1 to 1"
        )
    return matrix, has_velocity


def _epoch(where: str, text: str) -> tuple[float, float]:
    if not text:
        return np.nan, np.nan
    jd, fraction, bad = parse_iso_epochs([text])
    if bad:
        raise InputError(f"{where}: epoch_utc is {text!r}, expected a UTC time such as 2024-11-01T00:00:00Z")
    return float(jd[0]), float(fraction[0])
