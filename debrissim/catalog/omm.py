"""Orbit mean-elements messages in their four notations, split into columns of text.

Source: CCSDS 502.0-B-3, "Orbit Data Messages", section 4; CelesTrak's and Space-Track's GP query formats.

A file of one notation may hold foreign lines (TLE lines in a CSV, say): each is reported as a rejection, and
the records around it are read. Unknown keywords are ignored. Null and missing values are "".
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence

from debrissim.catalog.records import (
    KEYS,
    REQUIRED_KEYS,
    Excerpts,
    Format,
    JoinedColumns,
    RawRecords,
    Rejection,
    add_field,
    check_counts,
    omm_key,
    records_as_columns,
)
from debrissim.core.errors import InputError
from debrissim.core.json import TOO_DEEP
from debrissim.core.text import (
    excerpt,
    from_spreadsheet_cell,
    printable,
    split_cells,
    split_lines,
    split_unit,
)
from debrissim.core.xml import parse_xml

_KVN_LINE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)")
_NUMBER_STARTS = frozenset("+-.0123456789")
_NOT_BETWEEN_VALUES = re.compile(r"[^ \t\r\n,\[\]]")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}]', re.DOTALL)
_NUMBER_ENDS = frozenset(".0123456789")
_CELLS_PER_BLOCK = 200_000
_START_OF_KVN = "CCSDS_OMM_VERS"
_OPENING_KEYWORDS = 3
_KVN_OPENING = re.compile(rf"\s*{_START_OF_KVN}\s*=")


# Texts in which `write_omm_csv` keeps spreadsheets from computing.
_TEXT_KEYS = ("OBJECT_NAME", "OBJECT_ID", "PARENT_EVENT")


def read_omm_csv(text: str, file: str) -> RawRecords:
    """One record per line under a header line of OMM keywords; columns in any order.

    Fields may be quoted, but a record never spans lines: so an unclosed quote costs one record, not the rest
    of the file. A repeated header line (in joined files) is skipped. A file cut off within its very last
    field cannot be distinguished from a whole one.
    """
    lines = split_lines(text)
    start = next(k for k, line in enumerate(lines) if line.strip())
    header = [omm_key(name) for name in _cells(lines[start]) or []]
    twice = next((key for k, key in enumerate(header) if key in KEYS and key in header[:k]), None)
    if twice is not None:
        raise InputError(f"{file}: line {start + 1}: the CSV header has {twice} twice")
    missing = [key for key in REQUIRED_KEYS if key not in header]
    if "NORAD_CAT_ID" not in header and "TLE_LINE1" not in header:
        missing.append("NORAD_CAT_ID")
    if missing:
        raise InputError(f"{file}: line {start + 1}: the CSV header lacks {', '.join(missing)}")

    # The fields of many records in one flat list: a list per record would keep the garbage collector busy.
    cells: list[str] = []
    fields = JoinedColumns()
    numbers: list[int] = []
    rejected: list[Rejection] = []
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        row = _cells(line)
        if row is not None and len(row) == len(header):
            if line != lines[start]:
                cells += row
                numbers.append(number)
                if len(cells) > _CELLS_PER_BLOCK:
                    check_counts(file, len(numbers), len(rejected))
                    fields.add(_columns(header, cells))
                    cells.clear()
        elif line.strip():
            reason = "a quote that is not closed"
            if row is not None:
                reason = f"expected {len(header)} comma-separated fields, got {len(row)}"
            rejected.append(Rejection(file, number, None, reason, excerpt(line)))
            check_counts(file, len(numbers), len(rejected))
    check_counts(file, len(numbers), len(rejected))
    if cells:
        fields.add(_columns(header, cells))
    return RawRecords(fields, numbers, [lines[number - 1] for number in numbers], rejected)


def _columns(header: Sequence[str], cells: Sequence[str]) -> dict[str, list[str]]:
    """The columns of cells given row by row in one flat list."""
    columns = {key: list(cells[k :: len(header)]) for k, key in enumerate(header)}
    return {
        key: list(map(from_spreadsheet_cell, column)) if key in _TEXT_KEYS else column
        for key, column in columns.items()
    }


def _cells(line: str) -> list[str] | None:
    """The cells of a line of CSV, None for a quote that is not closed."""
    try:
        return split_cells(line)
    except csv.Error:
        return None


def read_omm_json(text: str, file: str) -> RawRecords:
    """A list of objects, one object, or objects one after another; numbers may be numbers or strings.

    After a fault the reading goes on at the next opening brace behind the beginning of the bad record, or, once faults
    have cost as much as reading the file again, behind the place of the fault: the time is linear in any case.
    """
    # Numbers stay text, so that one conversion serves all formats and no digit is lost on the way.
    decoder = json.JSONDecoder(
        parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_json_record
    )
    records: list[dict[str, str]] = []
    numbers: list[int] = []
    starts: list[int] = []
    rejected: list[Rejection] = []
    line, counted, position = 1, 0, 0
    patience = len(text)
    while (start := _next_json_value(text, position)) < len(text):
        line += text.count("\n", counted, start)
        counted = start
        problem, fault = "", start
        try:
            if text[start] == "{":
                record, position = decoder.raw_decode(text, start)
            else:
                problem = "expected a JSON object"
        except json.JSONDecodeError as error:
            problem, fault = f"malformed JSON ({error.msg})", error.pos
        except RecursionError:
            problem, fault = TOO_DEEP, _end_of_json_object(text, start)
        if problem:
            patience -= fault - start
            position = text.find(
                "{", start + 1 if patience > 0 and problem != TOO_DEEP else max(fault, start + 1)
            )
            position = len(text) if position < 0 else position
            rejected.append(Rejection(file, line, None, problem, excerpt(text[start : start + 400])))
        else:
            records.append(record)
            numbers.append(line)
            starts.append(start)
        check_counts(file, len(records), len(rejected))
    return records_as_columns(records, numbers, Excerpts(text, starts), rejected)


def _next_json_value(text: str, position: int) -> int:
    """Start of the next value; the brackets and commas between the records carry no information."""
    found = _NOT_BETWEEN_VALUES.search(text, position)
    return len(text) if found is None else found.start()


def _end_of_json_object(text: str, start: int) -> int:
    """The end of the object that begins at `start`, found by its braces alone; the end of the text if it has none."""
    depth = 0
    for token in _JSON_TOKEN.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(text)


def _json_record(pairs: list[tuple[str, object]]) -> dict[str, str]:
    record: dict[str, str] = {}
    for key, value in pairs:
        add_field(record, omm_key(key), _json_text(value))
    return record


def _json_text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def read_omm_kvn(text: str, file: str) -> RawRecords:
    """Blocks of KEY = VALUE [unit] lines, each opened by CCSDS_OMM_VERS.

    One of the first keywords of a record, or OBJECT_NAME, when it comes again opens a new record too, so that damage to
    the opening lines does not affect the previous record.
    """
    records: list[dict[str, str]] = []
    numbers: list[int] = []
    rejected: list[Rejection] = []
    openings: set[str] = set()
    lines = split_lines(text)
    for number, line in enumerate(lines, start=1):
        match = _KVN_LINE.fullmatch(line)
        if not line.strip() or line.split(maxsplit=1)[0] == "COMMENT":
            continue
        if match is None:
            rejected.append(Rejection(file, number, None, "expected KEY = VALUE", excerpt(line)))
            check_counts(file, len(records), len(rejected))
            continue
        key, value = omm_key(match[1]), match[2].strip()
        if value[0:1] in _NUMBER_STARTS and value.endswith("]"):
            bare = split_unit(value)[0]
            # Only after a number: "1998 BREEZE-M DEB [TANK]" is a name.
            value = bare if bare[-1:] in _NUMBER_ENDS else value
        if not records or key == _START_OF_KVN or (key in records[-1] and key in openings):
            records.append({})
            numbers.append(number)
            check_counts(file, len(records), len(rejected))
        add_field(records[-1], key, value)
        if len(records[-1]) <= _OPENING_KEYWORDS:
            openings = {*records[-1], "OBJECT_NAME"} - {_START_OF_KVN}
    texts = ["\n".join(lines[number - 1 : number + 7]) for number in numbers]
    return records_as_columns(records, numbers, texts, rejected)


def read_omm_xml(text: str, file: str) -> RawRecords:
    """Every <omm> of an <ndm>, or a single one: its leaf elements; namespaces and units are of no use here.

    Malformed XML ends the reading at that place, with a rejection; the records before it are taken. Raises
    InputError if there is no complete <omm>, and for XML that declares entities.
    """
    records: list[dict[str, str]] = []
    lines: list[int] = []
    rejected: list[Rejection] = []
    root = ""
    record: dict[str, str] | None = None
    key, line = "", 0

    def start(tag: str, attributes: dict[str, str], number: int) -> None:
        nonlocal root, record, key, line
        root = root or tag
        if tag.lower() == "omm":
            record, line = {}, number
        key = omm_key(attributes.get("parameter", tag) if tag == "USER_DEFINED" else tag)

    def end(tag: str, content: str) -> None:
        nonlocal record, key
        if record is None:
            return
        if tag.lower() == "omm":
            records.append(record)
            lines.append(line)
            check_counts(file, len(records), len(rejected))
            record = None
        elif key:  # a leaf: no other element began since its own
            add_field(record, key, content)
        key = ""

    fault = parse_xml(text, file, start, end)
    if fault is not None:
        reason = f"malformed XML ({fault[1]}); the rest of the file is skipped"
        rejected.append(Rejection(file, fault[0], None, reason, ""))
    if not records:
        seen = (
            f"XML with the root <{printable(root[:60])}>"
            if fault is None
            else f"malformed XML (line {fault[0]})"
        )
        raise InputError(f"{file}: {seen} without any complete <omm> record")
    texts = [f"<omm> {r.get('OBJECT_NAME', '')} {r.get('NORAD_CAT_ID', '')}".strip() for r in records]
    return records_as_columns(records, lines, texts, rejected)


def _is_csv(lines: Sequence[str]) -> bool:
    keys = {key.strip(' "').upper() for key in lines[0].split(",")}
    return len(keys) > 3 and ("EPOCH" in keys or "MEAN_MOTION" in keys)


def _is_kvn(lines: Sequence[str]) -> bool:
    is_opened = [_KVN_OPENING.match(line) is not None for line in lines]
    return is_opened[0] or (lines[0].startswith("COMMENT") and any(is_opened))


FORMATS = (
    Format("omm-xml", lambda lines: lines[0].startswith("<"), read_omm_xml),
    Format("omm-json", lambda lines: lines[0].startswith(("{", "[")), read_omm_json),
    Format("omm-kvn", _is_kvn, read_omm_kvn, ends_by_line=True),
    Format("omm-csv", _is_csv, read_omm_csv, ends_by_line=True),
)
