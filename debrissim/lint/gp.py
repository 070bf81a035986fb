"""The check of mean elements as CSV and JSON, which no CCSDS book describes: OMM keywords in the manner of CelesTrak.

Source: CelesTrak, "A New Way to Obtain GP Data" (a line of keywords, then a record per line; a list of objects); CCSDS
502.0-B-3, tables 4-2 and 4-3, for the meaning of the keywords.

Assumptions
- Header and metadata that CelesTrak leaves out (CENTER_NAME, REF_FRAME, TIME_SYSTEM, MEAN_ELEMENT_THEORY,
  CREATION_DATE, ORIGINATOR) may be missing; OBJECT_ID may be empty, as it is there for objects without a designator.
  Numbers are written in any usual way (".16091E-2"): the form of 7.5 is for KVN.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from debrissim.catalog.catalog_numbers import INTERNATIONAL_DESIGNATOR
from debrissim.core.json import TOO_DEEP
from debrissim.core.text import quoted, split_cells, split_lines
from debrissim.lint.findings import Collector
from debrissim.lint.odm_tables import OMM_MESSAGE
from debrissim.lint.tables import Keyword, Kind, lists
from debrissim.lint.values import moment, number

_CSV = "CelesTrak, A New Way to Obtain GP Data (CSV)"
_JSON = "CelesTrak, A New Way to Obtain GP Data (JSON)"
_MANDATORY = (
    *("OBJECT_NAME", "OBJECT_ID", "EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE"),
    *("ARG_OF_PERICENTER", "MEAN_ANOMALY", "NORAD_CAT_ID", "BSTAR"),
)
_UNKNOWN = "UNKNOWN"
_ANGLES = ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
_INTEGER = re.compile(r"[+-]?[0-9]{1,12}")
_SPACE = re.compile(r"[ \t\r\n]*")
_SHOWN = 40


def is_csv(first: str) -> bool:
    """Whether a line is a header of OMM keywords."""
    keys = {key.strip(' "').upper() for key in first.split(",")}
    return len(keys) > 3 and ("EPOCH" in keys or "MEAN_MOTION" in keys)


def check_csv(text: str, out: Collector) -> int:
    """Check a table; returns its number of records."""
    lines = split_lines(text)
    start = next(k for k, line in enumerate(lines) if line.strip())
    header = [cell.strip().upper() for cell in _cells(lines[start]) or ()]
    _check_header(header, start + 1, out, _CSV)
    checks = [(name, _check_of(name)) for name in header]
    records = 0
    seen: dict[tuple[str, str], int] = {}
    identity = [header.index(name) if name in header else None for name in ("NORAD_CAT_ID", "EPOCH")]
    for number_, line in enumerate(lines[start + 1 :], start=start + 2):
        if not line.strip():
            continue
        cells = _cells(line)
        if line == lines[start]:
            out.advice("header-again", number_, "the line of keywords again", _CSV)
            continue
        records += 1
        if cells is None:
            out.fault("csv-quote", number_, "a quote that is not closed", _CSV)
            continue
        if len(cells) != len(header):
            text_ = f"{len(cells)} cells; expected {len(header)}, as many as the first line has keywords"
            out.fault("csv-cells", number_, text_, _CSV)
            continue
        for (name, check), cell in zip(checks, cells, strict=True):
            fault = check(cell)
            if fault:
                _add(fault, name, number_, out)
        if None not in identity:
            _twice((cells[identity[0] or 0], cells[identity[1] or 0]), number_, seen, out, _CSV)
    if not records:
        out.fault("no-record", start + 1, "keywords without a record", _CSV)
    return records


def _cells(line: str) -> list[str] | None:
    try:
        return split_cells(line)
    except csv.Error:
        return None


def _check_header(names: Sequence[str], line: int, out: Collector, clause: str) -> None:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        out.fault("keyword-twice", line, f"{_listed(twice)} twice among the keywords", clause)
    absent = [name for name in _MANDATORY if name not in names]
    if absent:
        out.fault("keyword-missing", line, f"{lists(absent)} missing, and mandatory", _clause(absent[0]))
    foreign = [name for name in names if name not in OMM_MESSAGE.layout.by_name]
    if foreign:
        text = f"{_listed(foreign)}: no keyword of an OMM; readers leave it out"
        out.advice("keyword-unknown", line, text, OMM_MESSAGE.clauses["keywords"])


def _listed(names: Iterable[str]) -> str:
    return lists([quoted(name, _SHOWN) for name in names])


def _twice(
    key: tuple[str, str], line: int, seen: dict[tuple[str, str], int], out: Collector, clause: str
) -> None:
    if not all(key):
        return
    if key in seen:
        out.advice(
            "element-set-twice", line, f"number and epoch of the record on line {seen[key]} again", clause
        )
    else:
        seen[key] = line


def _add(fault: str, name: str, line: int, out: Collector) -> None:
    """Add the finding of a value; the form of a designator is only recommended."""
    if name == "OBJECT_ID":
        out.advice("designator-unusual", line, f"{name}: {fault}", _clause(name))
    else:
        out.fault("value", line, f"{name}: {fault}", _clause(name))


def _clause(name: str) -> str:
    if name == "EPOCH":
        return OMM_MESSAGE.clauses["time"]
    found = OMM_MESSAGE.layout.by_name.get(name)
    return OMM_MESSAGE.clauses.cite(found[1].table if found else "table 4-3")


@lru_cache(maxsize=1024)
def _check_of(name: str) -> Callable[[str], str]:
    """The check of a value of a keyword: the sentence's end, "" for a sound value."""
    found = OMM_MESSAGE.layout.by_name.get(name)
    if found is None:
        return lambda _: ""
    keyword = found[1]
    is_needed = name in _MANDATORY

    def check(value: str) -> str:
        value = value.strip()
        if not value:
            return "no value, and mandatory" if is_needed and name != "OBJECT_ID" else ""
        return _fault(value, keyword)

    return check


def _fault(value: str, keyword: Keyword) -> str:
    kind = keyword.kind
    if kind in (Kind.NUMBER, Kind.INTEGER):
        found = number(value)
        if found is None or (kind is Kind.INTEGER and not _INTEGER.fullmatch(value)):
            return f"expected a {'whole ' if kind is Kind.INTEGER else ''}number, got {quoted(value, _SHOWN)}"
        high = 360.0 if keyword.name in _ANGLES else 1.0 if keyword.name == "ECCENTRICITY" else keyword.high
        low = 0.0 if keyword.name in _ANGLES else keyword.low
        beyond = not low <= found <= high or (keyword.name == "ECCENTRICITY" and found == 1.0)
        if beyond or (keyword.name == "MEAN_MOTION" and found == 0.0):
            return f"beyond its range, {quoted(value, _SHOWN)}"
    elif kind is Kind.TIME and moment(value) is None:
        return f"expected a time of the form YYYY-MM-DDThh:mm:ss, got {quoted(value, _SHOWN)}"
    elif kind is Kind.DESIGNATOR and not (INTERNATIONAL_DESIGNATOR.fullmatch(value) or value == _UNKNOWN):
        return f"expected YYYY-NNNP{{PP}} or UNKNOWN, got {quoted(value, _SHOWN)}"
    return ""


def check_json(text: str, out: Collector) -> int:
    """Check a list of records, or one record; returns their number."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Record)
    position = _SPACE.match(text, 0).end()  # type: ignore[union-attr]
    in_list = text.startswith("[", position)
    position += in_list
    records, line, counted = 0, 1, 0
    seen: dict[tuple[str, str], int] = {}
    foreign: dict[str, int] = {}
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        line += text.count("\n", counted, position)
        counted = position
        if in_list and text.startswith("]", position) and not records:
            break
        try:
            record, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            at = line + text.count("\n", counted, error.pos)
            reason = f"malformed JSON ({error.msg}); the rest of the file was not checked"
            out.fault("json-malformed", at, reason, "RFC 8259")
            break
        except RecursionError:
            out.fault("json-malformed", line, f"{TOO_DEEP}; the rest of the file was not checked", "RFC 8259")
            break
        records += 1
        _check_record(record, line, out, seen, foreign)
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if not in_list or not text.startswith(",", position):
            break
        position += 1
    _check_end(text, position, in_list, out, line)
    for name, at in foreign.items():
        text_ = f"{quoted(name, _SHOWN)}: no keyword of an OMM; readers leave it out"
        out.advice("keyword-unknown", at, text_, OMM_MESSAGE.clauses["keywords"])
    if not records:
        out.fault("no-record", 1, "no record", _JSON)
    return records


class _Record(list[tuple[str, object]]):
    """The pairs of a JSON object, so that repeated keys are kept."""


def _check_end(text: str, position: int, in_list: bool, out: Collector, line: int) -> None:
    if any(found.rule == "json-malformed" for found in out.findings):
        return
    if in_list:
        if not text.startswith("]", position):
            out.fault(
                "json-malformed", line, "expected a comma or the end of the list after a record", "RFC 8259"
            )
            return
        position += 1
    if text[position:].strip():
        got = quoted(text[position : position + 100].strip(), _SHOWN)
        out.fault("json-malformed", line, f"expected nothing after the records, got {got}", "RFC 8259")


def _check_record(
    record: object, line: int, out: Collector, seen: dict[tuple[str, str], int], foreign: dict[str, int]
) -> None:
    if not isinstance(record, _Record):
        out.fault("json-record", line, f"expected an object, got {quoted(record, _SHOWN)}", _JSON)
        return
    values: dict[str, str] = {}
    for key, value in record:
        name = key.upper()
        if name in values:
            out.fault("keyword-twice", line, f"{quoted(key, _SHOWN)} is given twice", _JSON)
        values[name] = "" if value is None else value if isinstance(value, str) else quoted(value, 200)
        if name not in OMM_MESSAGE.layout.by_name and len(foreign) < 200:
            foreign.setdefault(key, line)
    absent = [name for name in _MANDATORY if name not in values]
    if absent:
        out.fault("keyword-missing", line, f"{lists(absent)} missing, and mandatory", _clause(absent[0]))
    for name, value in values.items():
        fault = _check_of(name)(value)
        if fault:
            _add(fault, name, line, out)
    _twice((values.get("NORAD_CAT_ID", ""), values.get("EPOCH", "")), line, seen, out, _JSON)
