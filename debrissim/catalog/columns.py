"""Columns of text to a Catalog: conversion, the checks that every record must pass, duplicates.

A record of any format is rejected for:
- a required field that is missing or not a number, an epoch that cannot be read or lies outside 1957..2199;
- NaN or infinite values; eccentricity outside [0, 1); inclination outside 0..180 degrees; another angle
  beyond +-360 degrees; mean motion not above 0.001 rev/day (4 million km: the Earth does not hold such an
  orbit) or not below 100, and B* of 1e10 or more (SGP4 overflows);
- elements that are not SGP4's: another theory (SGP4-XP is ephemeris type 4), frame, time system or centre;
- a repetition: same number, epoch and elements as an earlier record. Names and designators do not count, so a
  set that occurs with and without its name is kept once, as first met. The same object with another epoch is
  not a duplicate; `latest_before` chooses among those.

An orbit that is inside the Earth or decays at once is *not* rejected: SGP4 detects and reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, RcsSize
from debrissim.catalog.catalog_numbers import parse_catalog_number, to_floats
from debrissim.catalog.identifiers import Origin, identifier, internal_numbers, origins, parse_identifier
from debrissim.catalog.kinds import classify
from debrissim.catalog.records import (
    FASTEST_REV_DAY,
    MAX_ANGLE_DEG,
    MAX_BSTAR,
    MAX_NAME_LENGTH,
    REPEATED,
    SLOWEST_REV_DAY,
    RawRecords,
    Rejection,
    check_counts,
)
from debrissim.catalog.sizes import MAX_MASS_KG, MAX_RADIUS_M
from debrissim.core.epochs import parse_iso_epochs, parse_tle_epochs
from debrissim.core.text import excerpt, printable, quoted

_FIRST_JD, _END_JD = 2435839.5, 2524593.5  # 1957-01-01, 2200-01-01
_INTERNAL_NUMBER = re.compile(r"-([123][0-9]{9})")

_WORDS_FOR_NO_DESIGNATOR = ["UNKNOWN", "NONE", "NULL", "N/A", "TBA"]
_RCS_SIZES = {size.name: size for size in RcsSize}
_ORIGINS = {origin.name: origin for origin in Origin}
# SYNTHETIC is ORIGIN in files that earlier versions wrote.
_SYNTHETIC_WORDS = dict.fromkeys(("1", "TRUE", "YES"), "SYNTHETIC") | dict.fromkeys(("0", "FALSE", "NO"), "")

# SGP4 by its names: SGP4, SGP, SDP4, "SGP/SGP4", "SGP-4"; TLE as in the sample message of CCSDS 505.0's schema.
_THEORY_PARTS = re.compile(r"[/,+& ]+|-(?![0-9])")
_SGP4_THEORIES = {"", "SGP", "SGP4", "SGP-4", "SDP4", "SDP-4", "TLE", "GP"}
# The metadata, if present, of elements of SGP4 in TEME and UTC.
_METADATA: Mapping[str, Callable[[str], bool]] = {
    "MEAN_ELEMENT_THEORY": lambda word: set(_THEORY_PARTS.split(word)) <= _SGP4_THEORIES,
    # By table 4-3 of the OMM 3 is PPT3, 4 SGP4-XP, 6 special perturbations; 1 is SGP in Spacetrack Report #3.
    "EPHEMERIS_TYPE": lambda word: word in {"", "0", "1", "2"},
    "REF_FRAME": lambda word: word == "" or word.startswith("TEME"),
    "TIME_SYSTEM": lambda word: word in {"", "UTC"},
    "CENTER_NAME": lambda word: word in {"", "EARTH"},
}


@dataclass(frozen=True)
class _Number:
    """A numeric column: its OMM keyword, the value of a blank (None: not allowed), and its limits."""

    key: str
    blank: float | None
    expected: str
    accepts: Callable[[NDArray[np.float64]], NDArray[np.bool_]]


def _angle(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(values) <= MAX_ANGLE_DEG


def _nan_or_up_to(limit: float) -> Callable[[NDArray[np.float64]], NDArray[np.bool_]]:
    return lambda values: np.isnan(values) | ((values > 0.0) & (values <= limit))


_NUMBERS: Mapping[str, _Number] = {
    "mean_motion_rev_day": _Number(
        "MEAN_MOTION",
        None,
        f"a finite number above {SLOWEST_REV_DAY} rev/day and below {FASTEST_REV_DAY:g}",
        lambda v: (v > SLOWEST_REV_DAY) & (v < FASTEST_REV_DAY),
    ),
    "eccentricity": _Number("ECCENTRICITY", None, "a number in [0, 1)", lambda v: (v >= 0.0) & (v < 1.0)),
    "inclination_deg": _Number(
        "INCLINATION", None, "a number in 0..180 degrees", lambda v: (v >= 0.0) & (v <= 180.0)
    ),
    "raan_deg": _Number("RA_OF_ASC_NODE", None, "an angle within +-360 degrees", _angle),
    "arg_perigee_deg": _Number("ARG_OF_PERICENTER", None, "an angle within +-360 degrees", _angle),
    "mean_anomaly_deg": _Number("MEAN_ANOMALY", None, "an angle within +-360 degrees", _angle),
    "bstar": _Number(
        "BSTAR", None, f"a finite number within +-{MAX_BSTAR:g}", lambda v: np.abs(v) < MAX_BSTAR
    ),
    # SGP4 does not use these two, so a blank is harmless.
    "mean_motion_dot": _Number("MEAN_MOTION_DOT", 0.0, "a finite number", np.isfinite),
    "mean_motion_ddot": _Number("MEAN_MOTION_DDOT", 0.0, "a finite number", np.isfinite),
    # These two are this program's own (see `omm_csv`).
    "hard_body_radius_m": _Number(
        "HARD_BODY_RADIUS_M", np.nan, f"a positive number up to {MAX_RADIUS_M:g}", _nan_or_up_to(MAX_RADIUS_M)
    ),
    "mass_kg": _Number(
        "MASS_KG", np.nan, f"a positive number up to {MAX_MASS_KG:g}", _nan_or_up_to(MAX_MASS_KG)
    ),
}
# Two records are the same element set when these agree.
_IDENTITY = (
    "norad_id",
    "epoch_jd",
    "epoch_fraction",
    *(name for name in _NUMBERS if name not in ("hard_body_radius_m", "mass_kg")),
)


class _Reasons:
    """Reasons for which rows are rejected; the first one of a row is kept."""

    def __init__(self, size: int) -> None:
        self.by_row: dict[int, str] = {}
        self.size = size

    def add(self, row: int, reason: str) -> None:
        self.by_row.setdefault(int(row), reason)

    @property
    def good(self) -> NDArray[np.intp]:
        keep = np.ones(self.size, dtype=np.bool_)
        keep[list(self.by_row)] = False
        return np.flatnonzero(keep)


def build_catalog(raw: RawRecords, file: str) -> tuple[Catalog, list[Rejection]]:
    """The accepted records as a Catalog, in file order, and a Rejection for every other record."""
    size = len(raw.lines)
    reasons = _Reasons(size)
    norad_id = _catalog_numbers(raw, reasons)
    columns: dict[str, NDArray[np.generic]] = {"norad_id": norad_id}
    columns["epoch_jd"], columns["epoch_fraction"] = _epochs(raw, reasons)
    for name, number in _NUMBERS.items():
        columns[name] = _numbers(raw, number, reasons)
    _check_metadata(raw, reasons)
    for row, repeated in enumerate(raw.fields.get(REPEATED, ())):
        if repeated:
            reasons.add(row, repeated)
    names, designators = _texts(raw, "OBJECT_NAME", reasons), _designators(raw, reasons)
    kinds, events = classify(names, designators, raw.fields.get("OBJECT_TYPE"))
    columns |= {"name": names, "international_designator": designators, "object_kind": kinds}
    if "PARENT_EVENT" in raw.fields:
        events = _texts(raw, "PARENT_EVENT", reasons)
    columns["parent_event"] = events
    columns["rcs_size"] = _rcs_sizes(raw)

    _mark_duplicates(columns, raw.lines, reasons)
    check_counts(file, size, len(reasons.by_row))
    good = reasons.good
    taken = {field.name: columns[field.name][good] for field in fields(Catalog)}
    catalog = Catalog(**taken)  # type: ignore[arg-type]
    rejected = [
        Rejection(file, raw.lines[row], _known(norad_id[row]), reason, excerpt(raw.texts[row]))
        for row, reason in sorted(reasons.by_row.items())
    ]
    return catalog, rejected


def _catalog_numbers(raw: RawRecords, reasons: _Reasons) -> NDArray[np.int64]:
    """NORAD_CAT_ID, or the number in TLE_LINE1 if that is blank; 0 if there is neither.

    A number that no catalogue has says its origin itself; ORIGIN gives one to an object numbered like a real one.
    """
    stated = _stated_origins(raw, reasons)
    texts = raw.fields.get("NORAD_CAT_ID") or [""] * reasons.size
    tle_lines = raw.fields.get("TLE_LINE1") or [""] * reasons.size
    numbers = np.zeros(reasons.size, dtype=np.int64)
    for row, text in enumerate(texts):
        digits = text or tle_lines[row][2:7]
        number = _any_number(digits)
        if number is not None:
            origin = stated[row]
            numbers[row] = number if origin is None else _of_origin(number, origin, row, reasons)
        elif digits.strip():
            reasons.add(row, f"NORAD_CAT_ID {quoted(digits.strip())} is not a catalogue number")
        else:
            reasons.add(row, "NORAD_CAT_ID is missing")
    return numbers


def _epochs(raw: RawRecords, reasons: _Reasons) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    texts = raw.fields.get("EPOCH") or [""] * reasons.size
    parse = parse_tle_epochs if raw.epoch_style == "tle" else parse_iso_epochs
    jd, fraction, bad = parse(texts)
    for row in bad:
        text = texts[row].strip()
        reasons.add(row, f"EPOCH {quoted(text)} cannot be read" if text else "EPOCH is missing")
    # NaN compares false: unreadable epochs are reported already.
    for row in np.flatnonzero((jd < _FIRST_JD) | (jd >= _END_JD)).tolist():
        reasons.add(row, f"EPOCH {quoted(texts[row].strip())} lies outside the years 1957 to 2199")
    return jd, fraction


def _numbers(raw: RawRecords, number: _Number, reasons: _Reasons) -> NDArray[np.float64]:
    texts = raw.fields.get(number.key)
    if texts is None:
        if number.blank is not None:
            return np.full(reasons.size, number.blank)
        texts = [""] * reasons.size
    values, bad = to_floats(texts)
    is_bad = np.zeros(reasons.size, dtype=np.bool_)
    for row in bad:
        text = texts[row].strip()
        if not text and number.blank is not None:
            values[row] = number.blank
            continue
        is_bad[row] = True
        reasons.add(
            row, f"{number.key} {quoted(text)} is not a number" if text else f"{number.key} is missing"
        )
    for row in np.flatnonzero(~number.accepts(values) & ~is_bad).tolist():
        reasons.add(row, f"{number.key} is {texts[row].strip()[:200]}, expected {number.expected}")
    # Adding 0 turns -0.0 into 0.0: the sign of a zero has no meaning and would hide duplicates.
    return values + 0.0


def _check_metadata(raw: RawRecords, reasons: _Reasons) -> None:
    for key, accepts in _METADATA.items():
        texts = raw.fields.get(key, ())
        foreign = {text for text in set(texts) if not accepts(text.strip().upper())}
        if foreign:
            for row, text in enumerate(texts):
                if text in foreign:
                    reasons.add(
                        row, f"{key} is {quoted(text.strip())}: these are not SGP4 elements in TEME and UTC"
                    )


def _any_number(text: str) -> int | None:
    """A catalogue number, or one that this program gave: as it writes it (-1000021739) or shows it (S-021739)."""
    number = parse_catalog_number(text)
    if number is not None:
        return number
    match = _INTERNAL_NUMBER.fullmatch(text.strip())
    return -int(match[1]) if match else parse_identifier(text)


def _stated_origins(raw: RawRecords, reasons: _Reasons) -> Sequence[Origin | None]:
    """The origin that each record states, None where it states none."""
    texts = raw.fields.get("ORIGIN")
    if texts is None:
        flags = raw.fields.get("SYNTHETIC")
        if flags is None:
            return [None] * reasons.size
        texts = [_SYNTHETIC_WORDS.get(flag.strip().upper(), flag) for flag in flags]
    found: list[Origin | None] = []
    for row, text in enumerate(texts):
        word = text.strip().upper()
        origin = _ORIGINS.get(word)
        if word and origin is None:
            reasons.add(
                row, f"ORIGIN is {quoted(text.strip())}, expected real, synthetic, fragment or unnumbered"
            )
        found.append(origin)
    return found


def _of_origin(number: int, stated: Origin, row: int, reasons: _Reasons) -> int:
    """The number of an object of a stated origin."""
    if stated == origins(number):
        return number
    if number > 0:
        return int(internal_numbers(stated, number))
    reasons.add(row, f"ORIGIN is {stated.label}, but {identifier(number)} is an object of another origin")
    return number


def _known(number: np.int64) -> int | None:
    return int(number) or None


def _texts(raw: RawRecords, key: str, reasons: _Reasons, blank: str = " ") -> NDArray[np.str_]:
    """A column of text, printable, with `blank` for every run of blanks, tabs and line breaks."""
    texts = [printable(blank.join(text.split())) for text in raw.fields.get(key) or [""] * reasons.size]
    for row, text in enumerate(texts):
        if len(text) > MAX_NAME_LENGTH:
            texts[row] = ""
            reasons.add(row, f"{key} has {len(text)} characters, expected at most {MAX_NAME_LENGTH}")
    return np.array(texts, dtype=np.str_)


def _rcs_sizes(raw: RawRecords) -> NDArray[np.int8]:
    texts = raw.fields.get("RCS_SIZE") or [""] * len(raw.lines)
    return np.array([_RCS_SIZES.get(text.strip().upper(), RcsSize.UNKNOWN) for text in texts], dtype=np.int8)


def _designators(raw: RawRecords, reasons: _Reasons) -> NDArray[np.str_]:
    texts = _texts(raw, "OBJECT_ID", reasons, blank="")
    return np.where(np.isin(np.char.upper(texts), _WORDS_FOR_NO_DESIGNATOR), "", texts)


def _mark_duplicates(
    columns: Mapping[str, NDArray[np.generic]], lines: Sequence[int], reasons: _Reasons
) -> None:
    good = reasons.good
    if np.unique(columns["norad_id"][good]).size == good.size:
        return
    # Rows as raw bytes: equal bytes are equal numbers, as no NaN and no -0.0 is left among the good rows.
    # The int64 number is exact as a float64, having at most ten digits.
    table = np.ascontiguousarray(
        np.stack([columns[name][good].astype(np.float64) for name in _IDENTITY], axis=1)
    )
    keys = table.view(np.dtype((np.void, table.itemsize * table.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    names = columns["name"][good]
    for k in np.flatnonzero(first[group] != np.arange(good.size)):
        earlier = first[group[k]]
        # A record with a different name is not a mere repetition, so report it.
        renamed = "" not in (names[k], names[earlier]) and names[k] != names[earlier]
        known = f", where its name is {names[earlier]}" if renamed else ""
        reasons.add(good[k], f"duplicate of line {lines[good[earlier]]}{known}")
