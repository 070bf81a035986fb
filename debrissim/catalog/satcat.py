"""The satellite catalogue (SATCAT): kinds, owners, decay dates and radar cross-sections, joined by catalogue number.

Sources: CelesTrak, "SATCAT Format Documentation" (CSV); Space-Track's class satcat (JSON), which has size classes.
Radar cross-sections are those that were published until August 2014; most later objects have none. A cross-section
gives a diameter by the two limits of NASA's size estimation model (Stansbery et al. 1994), whichever is larger: the
geometric one of a sphere, and Rayleigh scattering at the wavelength of the radar that measured most of them (0.68 m).
The model's table for the range between the limits is not used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind, RcsSize
from debrissim.catalog.catalog_numbers import parse_catalog_number, rows_of_numbers
from debrissim.catalog.kinds import kind_of_type
from debrissim.catalog.known_breakups import parent_event_of
from debrissim.catalog.sizes import DEFAULT_SIZES, size_group
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.json import parse_json
from debrissim.core.rows import Rows
from debrissim.core.text import excerpt, numbered_rows, printable, quoted, split_lines, whole_text

WAVELENGTH_M = 0.68
_COLUMNS = ("OBJECT_NAME", "NORAD_CAT_ID", "OBJECT_TYPE", "OWNER", "DECAY_DATE", "RCS")
# Keys of Space-Track's class satcat, by CelesTrak's names.
_SPACE_TRACK = {
    "OBJECT_NAME": "SATNAME",
    "NORAD_CAT_ID": "NORAD_CAT_ID",
    "OBJECT_TYPE": "OBJECT_TYPE",
    "OWNER": "COUNTRY",
    "DECAY_DATE": "DECAY",
    "RCS_SIZE": "RCS_SIZE",
}
_MAX_RCS_M2 = 1e5
_SMALL_M2, _MEDIUM_M2 = 0.1, 1.0


@dataclass(frozen=True, eq=False)
class Satcat(Rows):
    """n objects of the satellite catalogue.

    | column      | dtype         | unit                                          |
    |-------------|---------------|-----------------------------------------------|
    | norad_id    | int64         | catalogue number                              |
    | name        | str           |                                               |
    | object_kind | int8          | `ObjectKind`                                  |
    | owner       | str           | source or owner, as CelesTrak abbreviates it  |
    | decay_date  | datetime64[D] | UTC; NaT where it has not decayed             |
    | rcs_m2      | float64       | radar cross-section, m2; NaN where unknown    |
    | rcs_size    | int8          | `RcsSize`: as stated, or by the cross-section |
    """

    _labels = MappingProxyType({"object_kind": ObjectKind, "rcs_size": RcsSize})

    norad_id: NDArray[np.int64]
    name: NDArray[np.str_]
    object_kind: NDArray[np.int8]
    owner: NDArray[np.str_]
    decay_date: NDArray[np.datetime64]
    rcs_m2: NDArray[np.float64]
    rcs_size: NDArray[np.int8]


def read_satcat(path: str | os.PathLike[str]) -> Satcat:
    """Read the satellite catalogue: CelesTrak's satcat.csv or Space-Track's JSON, plain, gzip or xz.

    Raises InputError as `parse_satcat`.
    """
    path = Path(path)
    return parse_satcat(read_bytes(path, "the satellite catalogue"), str(path))


def parse_satcat(data: bytes, name: str) -> Satcat:
    """The satellite catalogue in the bytes of a file. name: of the file, for errors.

    Raises InputError, naming the line (JSON: the entry), for a missing column, a row with another number of fields, a
    bad number, date or cross-section, or a number that comes twice.
    """
    text = whole_text(data, name)
    columns, places = _from_json(text, name) if text.lstrip().startswith("[") else _from_csv(text, name)

    def values(column: str, read: Callable[[str], object], expected: str) -> list[object]:
        found = []
        for place, cell in zip(places, columns[column], strict=True):
            value = read(cell)
            if value is None:
                raise InputError(f"{name}: {place}: {column}: expected {expected}, got {quoted(cell)}")
            found.append(value)
        return found

    numbers = np.array(values("NORAD_CAT_ID", parse_catalog_number, "a catalogue number"), dtype=np.int64)
    _require_once(numbers, places, name)
    rcs = np.array(values("RCS", _cross_section, "an area in m2"), dtype=np.float64)
    stated = np.array(values("RCS_SIZE", _stated_size, "SMALL, MEDIUM or LARGE"), dtype=np.int8)
    return Satcat(
        norad_id=numbers,
        name=np.array(values("OBJECT_NAME", printable, "a name"), dtype=np.str_),
        object_kind=np.array(values("OBJECT_TYPE", _kind, "PAY, R/B, DEB or UNK"), dtype=np.int8),
        owner=np.array(values("OWNER", printable, "an owner"), dtype=np.str_),
        decay_date=np.array(values("DECAY_DATE", _date, "a date such as 2026-09-07"), dtype="datetime64[D]"),
        rcs_m2=rcs,
        rcs_size=np.where((stated == RcsSize.UNKNOWN) & ~np.isnan(rcs), _size_class(rcs), stated).astype(
            np.int8
        ),
    )


def join_satcat(catalog: Catalog, satcat: Satcat) -> Catalog:
    """The catalogue with kinds, size classes and radii by the satellite catalogue, by number.

    A stated kind replaces that of the name. The size class is derived from the cross-section if it was unknown. An
    unknown radius becomes that of the cross-section (`radius_of_rcs_m`); of spacecraft and rocket bodies only where it
    exceeds the default, because these are long, and a radar sees them from all sides.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    satcat : Satcat
        The satellite catalogue; objects that it lacks stay as they are.

    Returns
    -------
    Catalog
        The same n element sets.
    """
    row, listed = _rows_in(catalog, satcat)
    kind = np.where(listed, satcat.object_kind[row], catalog.object_kind).astype(np.int8)
    rcs = np.where(listed, satcat.rcs_m2[row], np.nan)
    events = [
        parent_event_of(str(name), str(designator)) if one == ObjectKind.DEBRIS and joined else str(event)
        for one, joined, name, designator, event in zip(
            kind.tolist(),
            listed.tolist(),
            catalog.name,
            catalog.international_designator,
            catalog.parent_event,
            strict=True,
        )
    ]
    size = np.where(listed & (catalog.rcs_size == RcsSize.UNKNOWN), satcat.rcs_size[row], catalog.rcs_size)
    joined = catalog.with_columns(
        object_kind=kind,
        rcs_size=size.astype(np.int8),
        parent_event=np.where(kind == ObjectKind.DEBRIS, np.array(events, dtype=np.str_), ""),
    )
    radius = radius_of_rcs_m(rcs)
    extended = np.isin(kind, (ObjectKind.PAYLOAD, ObjectKind.ROCKET_BODY))
    defaults = np.array([size.hard_body_radius_m for _, size in sorted(DEFAULT_SIZES.items())])
    usable = ~np.isnan(radius) & (~extended | (radius > defaults[size_group(joined)]))
    known = joined.hard_body_radius_m
    return joined.with_columns(hard_body_radius_m=np.where(np.isnan(known) & usable, radius, known))


def decayed_by(catalog: Catalog, satcat: Satcat, moment: np.datetime64) -> NDArray[np.bool_]:
    """(n,) whether the satellite catalogue has an object of the catalogue as decayed before the day of a moment."""
    row, listed = _rows_in(catalog, satcat)
    return np.asarray(listed & (satcat.decay_date[row] < moment.astype("datetime64[D]")))


def radius_of_rcs_m(rcs_m2: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) radius, m, of a sphere with the radar cross-section (n,), m2; NaN for NaN. See the module for the model."""
    relative = rcs_m2 / WAVELENGTH_M**2
    optical = np.sqrt(4.0 * relative / np.pi)
    rayleigh = (4.0 * relative / (9.0 * np.pi**5)) ** (1.0 / 6.0)
    return np.asarray(0.5 * WAVELENGTH_M * np.maximum(optical, rayleigh))


def _rows_in(catalog: Catalog, satcat: Satcat) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(n,) the row of each object in the satellite catalogue, and whether it is there."""
    if len(satcat) == 0:
        raise InputError("the satellite catalogue has no objects")
    return rows_of_numbers(satcat.norad_id, catalog.norad_id)


def _size_class(rcs_m2: NDArray[np.float64]) -> NDArray[np.int8]:
    """Space-Track's class of each cross-section."""
    classes = np.select(
        [rcs_m2 < _SMALL_M2, rcs_m2 <= _MEDIUM_M2], [RcsSize.SMALL, RcsSize.MEDIUM], RcsSize.LARGE
    )
    return np.asarray(classes, dtype=np.int8)


def _from_csv(text: str, name: str) -> tuple[dict[str, list[str]], list[str]]:
    """The cells of CelesTrak's columns, and the line of each row in words."""
    lines = split_lines(text)
    rows = list(numbered_rows(lines, name))
    header = [cell.strip().upper() for cell in rows[0][1]] if rows else []
    for column in _COLUMNS:
        if column not in header:
            raise InputError(
                f"{name}: line 1: the header has {quoted(excerpt(lines[0]))}; expected the satellite catalogue with a "
                f"column {column}"
            )
    cells = {column: [row[header.index(column)].strip() for _, row in rows[1:]] for column in _COLUMNS}
    return cells | {"RCS_SIZE": [""] * (len(rows) - 1)}, [f"line {number}" for number, _ in rows[1:]]


def _from_json(text: str, name: str) -> tuple[dict[str, list[str]], list[str]]:
    """The values of Space-Track's keys under CelesTrak's names, and the entry of each in words."""
    entries = parse_json(text, name)
    for number, entry in enumerate(entries, start=1):
        missing = [key for key in _SPACE_TRACK.values() if not isinstance(entry, dict) or key not in entry]
        if missing:
            raise InputError(
                f"{name}: entry {number}: expected an object of Space-Track's satellite catalogue with {missing[0]}"
            )
    cells = {
        column: ["" if entry[key] is None else str(entry[key])[:200].strip() for entry in entries]
        for column, key in _SPACE_TRACK.items()
    }
    return cells | {"RCS": [""] * len(entries)}, [f"entry {number}" for number in range(1, len(entries) + 1)]


def _require_once(numbers: NDArray[np.int64], places: list[str], name: str) -> None:
    _, first = np.unique(numbers, return_index=True)
    if first.size == numbers.size:
        return
    row = int(np.setdiff1d(np.arange(numbers.size), first)[0])
    raise InputError(f"{name}: {places[row]}: object {numbers[row]} is listed before")


def _stated_size(text: str) -> RcsSize | None:
    """Space-Track's class; unknown where it states none."""
    return RcsSize.UNKNOWN if text.upper() in ("", "N/A") else RcsSize.__members__.get(text.upper())


def _kind(text: str) -> ObjectKind | None:
    return ObjectKind.UNKNOWN if not text else kind_of_type(text)


def _date(text: str) -> np.datetime64 | None:
    if not text:
        return np.datetime64("NaT", "D")
    try:
        day = np.datetime64(text[:10], "D")
    except ValueError:
        return None
    # NumPy also accepts a year by itself.
    return day if len(text) >= 10 and 1957 <= day.astype("datetime64[Y]").astype(int) + 1970 <= 2199 else None


def _cross_section(text: str) -> float | None:
    """An area in m2; NaN if there is none: a blank, "N/A" or 0."""
    if text in ("", "N/A"):
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        return None
    if value == 0.0:
        return float("nan")
    return value if 0.0 < value <= _MAX_RCS_M2 else None
