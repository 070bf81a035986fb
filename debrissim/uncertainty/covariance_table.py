"""Covariances supplied by the user, in a CSV table by catalogue number.

Source: the user. Elements of a matrix are named as in a CDM (CCSDS 508.0-B-1, table 3-4): `cr_r` is
the variance along R, `ct_r` the covariance of T and R, `crdot_r` that of the radial velocity and R, and so on.

A row has one of three formats, in the RTN of the object; cells of the other formats are blank:

| format                 | columns                                                                             |
|------------------------|-------------------------------------------------------------------------------------|
| standard deviations    | `sigma_r_km`, `sigma_t_km`, `sigma_n_km`                                            |
| position               | `cr_r` `ct_r` `ct_t` `cn_r` `cn_t` `cn_n`, km^2                                     |
| position and velocity  | these and the 15 of velocity, `crdot_r` to `cndot_ndot`, km^2/s and km^2/s^2        |

`norad_id` is required. `epoch_utc` is the time for which the row is valid; blank: the epoch of the element set. In the
first two formats `growth_r_km_day`, `growth_t_km_day`, `growth_n_km_day` and `growth_t_km_day2` (blank: 0) are the
growth of the standard deviations with age, added in quadrature.

Assumptions
- CDMs are in metres; this table is in kilometres, like all of debrissim.
- Position and velocity are propagated from their epoch to the encounter by two-body motion (`uncertainty.propagate`),
  along the orbit of the encounter; RTN velocities are inertial velocities resolved along the axes, not rates seen from
  rotating axes.
- A covariance of position alone is valid in RTN at any age, apart from the growth.
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
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.files import read_text
from debrissim.core.rows import Rows
from debrissim.core.text import excerpt, quoted, split_lines
from debrissim.propagation.conics import state_transition
from debrissim.uncertainty.propagate import propagate_covariance
from debrissim.uncertainty.rotation import state_inertial_to_rtn, state_rtn_to_inertial

_AXES = ("r", "t", "n", "rdot", "tdot", "ndot")
_SIGMAS = ("sigma_r_km", "sigma_t_km", "sigma_n_km")
_LOWER = tuple(f"c{_AXES[row]}_{_AXES[column]}" for row in range(6) for column in range(row + 1))
_POSITION, _VELOCITY = _LOWER[:6], _LOWER[6:]
_GROWTH = ("growth_r_km_day", "growth_t_km_day", "growth_n_km_day", "growth_t_km_day2")
# Limits of all values in the table and of a variance, km^2 and km^2/s^2: squares beyond them overflow or vanish.
_MAX_NUMBER, _MIN_VARIANCE = 1e12, 1e-24
_COLUMNS = ("norad_id", "epoch_utc", *_SIGMAS, *_LOWER, *_GROWTH)


@dataclass(frozen=True, eq=False)
class CovarianceTable(Rows):
    """Covariances of k objects, supplied by the user.

    | column                    | dtype   | shape     | unit                                                      |
    |---------------------------|---------|-----------|-----------------------------------------------------------|
    | norad_id                  | int64   | (k,)      | ascending, distinct                                       |
    | covariance_rtn            | float64 | (k, 6, 6) | km^2, km^2/s, km^2/s^2; own RTN, zero where no velocity   |
    | has_velocity              | bool    | (k,)      |                                                           |
    | growth                    | float64 | (k, 4)    | km/day along R, T, N, and km/day^2 along T                |
    | epoch_jd, epoch_fraction  | float64 | (k,)      | UTC, NaN: the epoch of the element set                    |

    label: describes the table in results.
    """

    norad_id: NDArray[np.int64]
    covariance_rtn: Array
    has_velocity: NDArray[np.bool_]
    growth: Array
    epoch_jd: Array
    epoch_fraction: Array
    label: str

    def row_indices(self, norad_id: ArrayLike) -> NDArray[np.int64]:
        """(m,) the row of each catalogue number (m,), -1 if it is not in the table."""
        numbers = np.asarray(norad_id, dtype=np.int64)
        if len(self) == 0:
            return np.full(numbers.shape, -1, dtype=np.int64)
        row = np.minimum(np.searchsorted(self.norad_id, numbers), len(self) - 1)
        return np.where(self.norad_id[row] == numbers, row, -1).astype(np.int64)

    def position_covariance_rtn_km2(
        self,
        rows: ArrayLike,
        state: Array,
        age_days: ArrayLike,
        element_jd: ArrayLike,
        element_fraction: ArrayLike,
    ) -> Array:
        """Compute position covariances at the times of states, in the RTN of each object.

        Parameters
        ----------
        rows : (m,) rows of the table
        state : (m, 6) km, km/s, inertial
        age_days : (m,) from the epoch of the element set to the state
        element_jd, element_fraction : (m,) that epoch, UTC as a split Julian date

        Returns
        -------
        (m, 3, 3) km^2.
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
        """Propagate covariances of position and velocity to the times of states, for rows that have velocity.

        Arguments as for `position_covariance_rtn_km2`. Returns (m, 6, 6) km^2, km^2/s, km^2/s^2, in the RTN of each
        object.
        """
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
        """(m,) days from the epoch of a row, its own or that of the element set, to the state."""
        has_epoch = np.isfinite(self.epoch_jd[index])
        from_epoch = (np.asarray(element_jd) - self.epoch_jd[index]) + (
            np.asarray(element_fraction) - self.epoch_fraction[index]
        )
        return np.asarray(age_days, dtype=np.float64) + np.where(has_epoch, from_epoch, 0.0)


def _propagate_rtn(covariance_rtn: Array, state: Array, elapsed_days: Array) -> Array:
    """Covariances (m, 6, 6) in RTN at `state`, from those in RTN `elapsed_days` before it."""
    seconds = elapsed_days * SECONDS_PER_DAY
    before, _ = state_transition(state, -seconds)
    inertial = propagate_covariance(state_rtn_to_inertial(covariance_rtn, before), before, seconds)
    return state_inertial_to_rtn(inertial, state)


def read_covariance_table(path: Path | str) -> CovarianceTable:
    """Read a table (CSV, plain, .gz or .xz) with the columns above in any order.

    Raises InputError with file and line for an unknown or missing column, a cell that is not a number, an incomplete or
    mixed format, a variance that is not positive, a correlation beyond 1, or a repeated object.
    """
    path = Path(path)
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
    """The header in lower case, and (line number, cells) of every row that is not blank."""
    text = read_text(path, "a table of covariances")
    lines = [(n, line) for n, line in enumerate(split_lines(text), start=1) if line.strip()]
    rows = [(n, [cell.strip() for cell in next(csv.reader([line]))]) for n, line in lines]
    if not rows:
        raise InputError(f"{path}: empty file; expected a CSV header with norad_id and covariance columns")
    header = [name.lower() for name in rows[0][1]]
    if "norad_id" not in header:
        raise InputError(
            f"{path}: the CSV header has {excerpt(', '.join(rows[0][1]))}; expected norad_id among it"
        )
    for name in header:
        if name not in _COLUMNS:
            raise InputError(f"{path}: unknown column {quoted(name)}; expected some of {', '.join(_COLUMNS)}")
        if header.count(name) > 1:
            raise InputError(f"{path}: column {quoted(name)} is in the header twice")
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            raise InputError(f"{path}: line {line}: expected {len(header)} fields, got {len(cells)}")
    return header, rows[1:]


def _parse(path: Path, line: int, cells: Mapping[str, str]) -> _Row:
    where = f"{path}: line {line}"
    number = parse_catalog_number(cells["norad_id"])
    if number is None:
        raise InputError(f"{where}: {quoted(cells['norad_id'])} is not a catalogue number")
    values: dict[str, float] = {}
    for name in (*_SIGMAS, *_LOWER, *_GROWTH):
        if cells.get(name, ""):
            (value,), bad = to_floats([cells[name]])
            if bad or not abs(value) <= _MAX_NUMBER:
                raise InputError(
                    f"{where}: {name} is {quoted(cells[name])}, expected a finite number within +-{_MAX_NUMBER:g}"
                )
            values[name] = float(value)
    covariance, has_velocity = _matrix(where, values)
    growth = np.array([values.get(name, 0.0) for name in _GROWTH])
    if (growth < 0.0).any():
        raise InputError(f"{where}: {_GROWTH[int(np.argmin(growth))]} is {growth.min():g}, expected >= 0")
    if has_velocity and growth.any():
        raise InputError(
            f"{where}: growth cannot be combined with velocity, which makes the covariance grow by itself"
        )
    return _Row(number, covariance, has_velocity, growth, _epoch(where, cells.get("epoch_utc", "")))


def _matrix(where: str, values: Mapping[str, float]) -> tuple[Array, bool]:
    """The matrix (6, 6) of a row, and whether it includes velocity."""
    has_sigma = any(name in values for name in _SIGMAS)
    has_matrix = any(name in values for name in _LOWER)
    has_velocity = any(name in values for name in _VELOCITY)
    if has_sigma == has_matrix:
        present = "both" if has_sigma else "neither"
        raise InputError(f"{where}: expected either sigma_r_km, ... or cr_r, ..., got {present}")
    expected = _SIGMAS if has_sigma else _LOWER if has_velocity else _POSITION
    missing = [name for name in expected if name not in values]
    if missing:
        raise InputError(f"{where}: {missing[0]} is missing; expected all of {', '.join(expected)}")
    matrix = np.zeros((6, 6))
    if has_sigma:
        for k, name in enumerate(_SIGMAS):
            matrix[k, k] = values[name] ** 2
            if values[name] <= 0.0 or matrix[k, k] < _MIN_VARIANCE:
                raise InputError(f"{where}: {name} is {values[name]:g}, expected > 0")
        return matrix, False
    rows, columns = np.tril_indices(6 if has_velocity else 3)
    matrix[rows, columns] = matrix[columns, rows] = [values[name] for name in expected]
    size = 6 if has_velocity else 3
    for k in range(size):
        if matrix[k, k] < _MIN_VARIANCE:
            raise InputError(f"{where}: c{_AXES[k]}_{_AXES[k]} is {matrix[k, k]:g}, expected a variance > 0")
    spread = np.sqrt(np.diagonal(matrix)[:size])
    correlation = matrix[:size, :size] / spread[:, None] / spread
    # Rounded digits may give slightly more than 1, which is not an error.
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
        raise InputError(
            f"{where}: epoch_utc is {quoted(text)}, expected a UTC time such as 2024-11-01T00:00:00Z"
        )
    return float(jd[0]), float(fraction[0])
