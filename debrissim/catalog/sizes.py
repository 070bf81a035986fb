"""Sizes and masses of objects: joined from a file by catalogue number, or a default per kind.

The hard-body radius is that of a sphere around the whole object; an encounter uses the sum of two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, RcsSize
from debrissim.catalog.catalog_numbers import parse_catalog_number, rows_of_numbers, to_floats
from debrissim.catalog.cubesats import is_cubesat_name
from debrissim.core.errors import InputError
from debrissim.core.files import read_text
from debrissim.core.text import excerpt, numbered_rows, quoted, split_lines

# Accepted headers, the first of each is this program's own; the others are those of NASA CARA's hard-body
# radius files.
_ID_HEADERS = ("norad_id", "objectid", "norad_cat_id")
_RADIUS_HEADERS = ("hard_body_radius_m", "hbr")
_MASS_HEADERS = ("mass_kg", "mass")


MAX_RADIUS_M, MAX_MASS_KG = 1e5, 1e9
"""Limits of sizes in files: a thousand times the largest object in orbit. Beyond lie squares that overflow."""


class SizeGroup(IntEnum):
    """Objects of like size: the kinds, as numbered in `ObjectKind`, and CubeSats apart from other spacecraft."""

    UNKNOWN = 0
    PAYLOAD = 1
    ROCKET_BODY = 2
    DEBRIS = 3
    CUBESAT = 4

    @property
    def label(self) -> str:
        """The word used in sentences: "rocket body", "CubeSat", ..."""
        return "CubeSat" if self == SizeGroup.CUBESAT else self.name.lower().replace("_", " ")


class DefaultSize(NamedTuple):
    """Size and mass assumed for an object about which nothing but its group is known."""

    hard_body_radius_m: float
    mass_kg: float


# Medians over a public table of hard-body radii and masses (the SFK radar estimates and CARA's list
# of protected spacecraft, without the rows that are the table's own defaults), joined with the public
# catalogue of 2024-11-01 by number, per kind, rounded to two digits.
DEFAULT_SIZES: Mapping[SizeGroup, DefaultSize] = {
    # 230 radii (3.36 m) and 147 masses (1145 kg), more large science spacecraft among them than in the
    # catalogue.
    SizeGroup.PAYLOAD: DefaultSize(3.4, 1100.0),
    # 21 radii (2.83 m). Only 11 masses (median 6 t, capped at 10 t): too few. 2 t instead, as by far the
    # commonest stage in orbit, SL-8, has a dry mass of about 1.4 t and others have more.
    SizeGroup.ROCKET_BODY: DefaultSize(2.8, 2000.0),
    # 9366 radii (0.080 m) and 9276 masses (0.49 kg).
    SizeGroup.DEBRIS: DefaultSize(0.08, 0.49),
    # The table's own fallback for an object of which nothing is known. The 378 radar estimates of such
    # objects have a median of 0.07 m; but a nameless element set may be a spacecraft, and too small a radius
    # hides risk.
    SizeGroup.UNKNOWN: DefaultSize(1.1, 450.0),
    # A CubeSat of three units with two deployed panels of its own length: half of a metre; 5 kg, as reported for the
    # Doves of Planet (not seen in print). The table has no such value.
    SizeGroup.CUBESAT: DefaultSize(0.5, 5.0),
}
"""Radius (m) and mass (kg) of an object of each group, where neither a file nor the satellite catalogue has them."""


def size_group(catalog: Catalog) -> NDArray[np.int8]:
    """(n,) `SizeGroup` of each object, by its kind, its name, and its radar cross-section where that is known.

    A spacecraft of less than 0.1 m^2 is a CubeSat, whatever its name.
    """
    group = catalog.object_kind.copy()
    payload = np.flatnonzero(group == SizeGroup.PAYLOAD)
    small = is_cubesat_name(catalog.name[payload]) | (catalog.rcs_size[payload] == RcsSize.SMALL)
    group[payload[small]] = SizeGroup.CUBESAT
    return group


def join_sizes(catalog: Catalog, path: str | os.PathLike[str]) -> Catalog:
    """Fill in the hard-body radii (m) and masses (kg) of a CSV file by catalogue number.

    Numbers that the catalogue lacks are ignored, and objects that no catalogue has stay unchanged: their numbers are
    negative.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    path : str or path-like
        The file, plain, gzip or xz. It has a header with a number column (`norad_id`, `ObjectID`) and at least one of
        `hard_body_radius_m` (or `HBR`) and `mass_kg` (or `Mass`); other columns are ignored. A blank keeps the
        catalogue's own value (NaN if it has none).

    Returns
    -------
    Catalog
        The same n element sets with their sizes and masses.

    Raises
    ------
    InputError
        For a file that cannot be read or has no rows, a missing column, a value that is not a positive number, a bad
        catalogue number, or two rows that differ for one object; the message names the file and the line.
    """
    path = Path(path)
    table = _read_table(path)
    if table.norad_id.size == 0:
        raise InputError(f"{path}: a header without rows; expected sizes by catalogue number")
    row, listed = rows_of_numbers(table.norad_id, catalog.norad_id)

    def fill(known: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(listed & ~np.isnan(column[row]), column[row], known)

    return catalog.with_columns(
        hard_body_radius_m=fill(catalog.hard_body_radius_m, table.hard_body_radius_m),
        mass_kg=fill(catalog.mass_kg, table.mass_kg),
    )


def size_is_default(catalog: Catalog) -> NDArray[np.bool_]:
    """(n,) whether `with_default_sizes` fills in, or has filled in, the default radius of the object's group.

    True where the radius is NaN or equals the default to the bit. So the result is the same before and after filling; a
    radius from a file that equals the default counts as a default.
    """
    return _is_default(catalog, "hard_body_radius_m")


def mass_is_default(catalog: Catalog) -> NDArray[np.bool_]:
    """(n,) the same of the mass."""
    return _is_default(catalog, "mass_kg")


def with_default_sizes(catalog: Catalog) -> Catalog:
    """The catalogue with every unknown radius and mass replaced by the default of its `SizeGroup`."""
    group = size_group(catalog)
    filled = {}
    for name in ("hard_body_radius_m", "mass_kg"):
        known = getattr(catalog, name)
        filled[name] = np.where(np.isnan(known), _defaults(group, name), known)
    return catalog.with_columns(**filled)


def _is_default(catalog: Catalog, name: str) -> NDArray[np.bool_]:
    known = getattr(catalog, name)
    return np.asarray(np.isnan(known) | (known == _defaults(size_group(catalog), name)))


def _defaults(group: NDArray[np.int8], name: str) -> NDArray[np.float64]:
    table = np.array([getattr(DEFAULT_SIZES[one], name) for one in SizeGroup])
    return np.asarray(table[group])


class _Table(NamedTuple):
    norad_id: NDArray[np.int64]
    hard_body_radius_m: NDArray[np.float64]
    mass_kg: NDArray[np.float64]


def _read_table(path: Path) -> _Table:
    lines = split_lines(read_text(path, "a table of sizes"))
    rows = list(numbered_rows(lines, str(path)))
    if not rows:
        raise InputError(f"{path}: empty file; expected a CSV header with norad_id and hard_body_radius_m")
    header = [name.strip().lower() for name in rows[0][1]]
    id_column = _find(header, _ID_HEADERS)
    radius_column, mass_column = _find(header, _RADIUS_HEADERS), _find(header, _MASS_HEADERS)
    if id_column is None or (radius_column is None and mass_column is None):
        raise InputError(
            f"{path}: the CSV header has {excerpt(', '.join(rows[0][1]))}; expected norad_id and at least one of "
            "hard_body_radius_m and mass_kg (or ObjectID, HBR, Mass)"
        )
    body = rows[1:]
    numbers = np.array([_number(row[id_column], path, line) for line, row in body], dtype=np.int64)
    radius = _values(body, radius_column, "hard-body radius", MAX_RADIUS_M, path)
    mass = _values(body, mass_column, "mass", MAX_MASS_KG, path)
    _check_repeats(numbers, radius, mass, body, path)
    return _Table(numbers, radius, mass)


def _find(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _number(text: str, path: Path, line: int) -> int:
    number = parse_catalog_number(text)
    if number is None:
        raise InputError(f"{path}: line {line}: {quoted(text.strip())} is not a catalogue number")
    return number


def _values(
    body: list[tuple[int, list[str]]], column: int | None, quantity: str, limit: float, path: Path
) -> NDArray[np.float64]:
    """One column; NaN where blank."""
    if column is None:
        return np.full(len(body), np.nan)
    texts = [row[column].strip() or "nan" for _, row in body]
    values, bad = to_floats(texts)
    wrong = [*bad, *np.flatnonzero(~np.isnan(values) & ~((values > 0.0) & (values <= limit))).tolist()]
    if wrong:
        row = min(wrong)
        raise InputError(
            f"{path}: line {body[row][0]}: {quantity} {quoted(texts[row])} is not a positive number up to {limit:g}"
        )
    return values


def _check_repeats(
    numbers: NDArray[np.int64],
    radius: NDArray[np.float64],
    mass: NDArray[np.float64],
    body: list[tuple[int, list[str]]],
    path: Path,
) -> None:
    _, first, group = np.unique(numbers, return_index=True, return_inverse=True)
    for values in (radius, mass):
        differs = ~((values == values[first[group]]) | (np.isnan(values) & np.isnan(values[first[group]])))
        for row in np.flatnonzero(differs).tolist():
            line, earlier = body[row][0], body[first[group[row]]][0]
            raise InputError(
                f"{path}: line {line}: object {numbers[row]} has another size than on line {earlier}"
            )
