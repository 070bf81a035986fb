"""SOCRATES, CelesTrak's list of predicted close approaches, as a query and as a table.

Source: CelesTrak, "SOCRATES Plus" and its format documentation: all pairs of an active payload with anything else
closer than 5 km within seven days, by SGP4 from the public element sets, with the maximum probability over the size of
an error of unknown scale (Alfano 2005) and the scale at which it is reached (dilution threshold). Archived lists of
2004 to 2021 have other headers for the same columns; both are read.
"""

from __future__ import annotations

import csv
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.files import read_text
from debrissim.core.registry import unknown_name
from debrissim.core.rows import Rows
from debrissim.core.text import excerpt, printable, quoted, split_cells, split_lines
from debrissim.core.time import epochs_datetime64
from debrissim.sources import celestrak
from debrissim.sources.query import Content, Query, Transport

_FILES = {"min-range": "sort-minRange.csv", "max-probability": "sort-maxProb.csv"}
_CONTENT = Content("csv", ("NORAD_CAT_ID_1", "NORAD_CAT_ID_2", "TCA", "TCA_RANGE"), "close approaches")

# The spellings of each column's header: of the list today, and of archived ones.
_HEADERS = {
    "norad_id_1": ("NORAD_CAT_ID_1", "SAT1_NORAD"),
    "norad_id_2": ("NORAD_CAT_ID_2", "SAT2_NORAD"),
    "name_1": ("OBJECT_NAME_1", "SAT1_NAME"),
    "name_2": ("OBJECT_NAME_2", "SAT2_NAME"),
    "days_since_epoch_1": ("DSE_1", "SAT1_DAYS_EPOCH"),
    "days_since_epoch_2": ("DSE_2", "SAT2_DAYS_EPOCH"),
    "tca": ("TCA",),
    "miss_km": ("TCA_RANGE", "MIN_RNG_KM"),
    "speed_km_s": ("TCA_RELATIVE_SPEED", "REL_VELO_KMS"),
    "max_probability": ("MAX_PROB",),
    "dilution_km": ("DILUTION", "DIL_THR_KM"),
}
_NUMBERS = {
    # Column: the largest value that is believed.
    "days_since_epoch_1": 1e6,
    "days_since_epoch_2": 1e6,
    "miss_km": 1e6,
    "speed_km_s": 100.0,
    "max_probability": 1.0,
    "dilution_km": 1e6,
}
_MAY_BE_NEGATIVE = ("days_since_epoch_1", "days_since_epoch_2")
_STATUS = re.compile(r"\s*\[([^\]]{1,3})\]\s*$")
_DIGITS = 9
_INTEGER = re.compile(rf"[0-9]{{1,{_DIGITS}}}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, eq=False)
class SocratesTable(Rows):
    """n predicted close approaches, in the order of the list.

    | column                                 | dtype          | unit                                               |
    |----------------------------------------|----------------|----------------------------------------------------|
    | norad_id_1, norad_id_2                 | int64          | catalogue numbers                                  |
    | name_1, name_2                         | str            | names without their status                         |
    | status_1, status_2                     | str            | "+" operational, "-" not, "P" partly, ..., or ""   |
    | days_since_epoch_1, days_since_epoch_2 | float64        | from the epoch of the element set to TCA, days     |
    | tca_jd, tca_fraction                   | float64        | TCA, UTC, as a split Julian date                   |
    | tca                                    | datetime64[ms] | TCA, UTC                                           |
    | miss_km, speed_km_s                    | float64        | distance (km) and relative speed (km/s) at TCA     |
    | max_probability                        | float64        | maximum over the scale of the error                |
    | dilution_km                            | float64        | standard deviation (km) at which it is reached     |
    """

    norad_id_1: NDArray[np.int64]
    norad_id_2: NDArray[np.int64]
    name_1: NDArray[np.str_]
    name_2: NDArray[np.str_]
    status_1: NDArray[np.str_]
    status_2: NDArray[np.str_]
    days_since_epoch_1: NDArray[np.float64]
    days_since_epoch_2: NDArray[np.float64]
    tca_jd: NDArray[np.float64]
    tca_fraction: NDArray[np.float64]
    tca: NDArray[np.datetime64]
    miss_km: NDArray[np.float64]
    speed_km_s: NDArray[np.float64]
    max_probability: NDArray[np.float64]
    dilution_km: NDArray[np.float64]


def query(text: str, base: str | None = None) -> Query:
    """The query of the part after "socrates:": "min-range" or "max-probability". Raises InputError for another."""
    if text not in _FILES:
        raise unknown_name("source socrates", text, _FILES)
    base = celestrak.base_url() if base is None else base
    return Query(f"socrates:{text}", celestrak.SERVICE, f"{base}/SOCRATES/{_FILES[text]}", _CONTENT)


def transport() -> Transport:
    """The transport that asks CelesTrak."""
    return celestrak.transport()


def read_socrates(path: str | os.PathLike[str]) -> SocratesTable:
    """Read a list of SOCRATES: CSV, plain, gzip or xz.

    Raises InputError, naming file and line, for a missing column, a row with another number of fields, or an invalid
    value.
    """
    path = Path(path)
    return parse_socrates(read_text(path, "a SOCRATES list (CSV)"), str(path))


def is_socrates(text: str) -> bool:
    """Whether a text begins with the header of a SOCRATES list."""
    first = text[:2000].lstrip().partition("\n")[0].upper().strip()
    names = {cell.strip() for cell in first.split(",")}
    return all(names.intersection(_HEADERS[key]) for key in ("norad_id_1", "norad_id_2", "tca", "miss_km"))


def parse_socrates(text: str, name: str) -> SocratesTable:
    """The table of the text of a list. name: of the file, for errors. Raises InputError as `read_socrates`."""
    lines = split_lines(text)
    header = [cell.strip().upper() for cell in _row(lines[0], name, 1)]
    places = {column: _place(header, column, lines[0], name) for column in _HEADERS}
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row = _row(line, name, number)
        if len(row) != len(header):
            raise InputError(f"{name}: line {number}: expected {len(header)} fields, got {len(row)}")
        rows.append(row)
        numbers.append(number)
    texts = {column: [row[place].strip() for row in rows] for column, place in places.items()}
    jd, fraction, unreadable = parse_iso_epochs([_iso(text) for text in texts["tca"]])
    if unreadable:
        _refuse(
            name,
            numbers[unreadable[0]],
            texts["tca"][unreadable[0]],
            "a time such as 2026-09-27 22:46:51.724",
        )
    # Every object comes many times.
    known = {text: _named(text) for key in ("name_1", "name_2") for text in set(texts[key])}
    names = {key: [known[text] for text in texts[key]] for key in ("name_1", "name_2")}
    return SocratesTable(
        norad_id_1=_catalog_numbers(texts["norad_id_1"], numbers, name),
        norad_id_2=_catalog_numbers(texts["norad_id_2"], numbers, name),
        name_1=np.array([one for one, _ in names["name_1"]], dtype=np.str_),
        name_2=np.array([one for one, _ in names["name_2"]], dtype=np.str_),
        status_1=np.array([status for _, status in names["name_1"]], dtype=np.str_),
        status_2=np.array([status for _, status in names["name_2"]], dtype=np.str_),
        tca_jd=jd,
        tca_fraction=fraction,
        tca=epochs_datetime64(jd, fraction),
        **{column: _values(column, texts[column], numbers, name) for column in _NUMBERS},
    )


def _place(header: list[str], column: str, line: str, name: str) -> int:
    for spelling in _HEADERS[column]:
        if spelling in header:
            return header.index(spelling)
    raise InputError(
        f"{name}: line 1: the header has {quoted(excerpt(line))}; expected a SOCRATES list with "
        f"{' or '.join(_HEADERS[column])}"
    )


def _row(line: str, name: str, number: int) -> list[str]:
    try:
        return split_cells(line)
    except csv.Error as error:
        raise InputError(f"{name}: line {number}: not a row of a CSV table ({error})") from None


def _iso(text: str) -> str:
    return text.replace(" ", "T", 1)


def _named(text: str) -> tuple[str, str]:
    """A name without its status in brackets, and the status."""
    text = printable(text)
    status = _STATUS.search(text)
    return (text[: status.start()].strip(), status[1]) if status else (text.strip(), "")


def _catalog_numbers(texts: list[str], lines: list[int], name: str) -> NDArray[np.int64]:
    # All at once; one by one only to find the first that is wrong.
    joined = "".join(texts)
    if not (joined.isascii() and joined.isdigit()) or max(map(len, texts), default=0) > _DIGITS:
        for text, line in zip(texts, lines, strict=True):
            if not _INTEGER.fullmatch(text):
                _refuse(name, line, text, "a catalogue number")
    numbers = np.array([int(text or 0) for text in texts], dtype=np.int64)
    for row in np.flatnonzero(numbers == 0)[:1].tolist():
        _refuse(name, lines[row], texts[row], "a catalogue number")
    return numbers


def _values(column: str, texts: list[str], lines: list[int], name: str) -> NDArray[np.float64]:
    largest = _NUMBERS[column]
    smallest = -largest if column in _MAY_BE_NEGATIVE else 0.0
    values = _floats(texts)
    for row in np.flatnonzero(~((values >= smallest) & (values <= largest)))[:1].tolist():
        _refuse(name, lines[row], texts[row], f"{column}: a number from {smallest:g} to {largest:g}")
    return values


def _floats(texts: list[str]) -> NDArray[np.float64]:
    """The numbers of a column, NaN for other text."""
    joined = "".join(texts)
    # float() also takes "1_000" and digits of other scripts.
    if joined.isascii() and "_" not in joined:
        with suppress(ValueError):
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
    return np.array([float(text) if _DECIMAL.fullmatch(text) else np.nan for text in texts], dtype=np.float64)


def _refuse(name: str, line: int, text: str, expected: str) -> NoReturn:
    raise InputError(f"{name}: line {line}: expected {expected}, got {quoted(text)}")
