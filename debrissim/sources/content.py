"""Whether a body is the complete content that a query asked for, and how many records it has.

Linear in the length of the body; nothing of it is interpreted beyond its structure.
"""

from __future__ import annotations

import csv
import re

from debrissim.core.errors import InputError
from debrissim.core.json import parse_json
from debrissim.core.text import decode_text, excerpt, printable, quoted, split_cells, split_lines
from debrissim.sources.query import Content

_HTML = re.compile(r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_START = 2000
_ERROR_KEYS = ("error", "errors", "message", "detail")


class ContentError(Exception):
    """A body is not the content that was asked for; the text is the reason, to follow the name of the service."""


def count_records(body: bytes, content: Content, *, framed: bool = True) -> int:
    """The number of records of a complete body. Raises ContentError if it is anything else.

    framed: the length of the body is known to be complete; otherwise a table must end with a line break.
    """
    text = decode_text(body)
    start = text[:_START].lstrip()
    if not start:
        raise ContentError("sent an empty answer")
    if start.startswith("<"):
        raise ContentError(_markup(text, start, content))
    return _count_csv(text, content, framed) if content.format == "csv" else _count_json(text, content)


def shown_text(body: bytes) -> str:
    """The beginning of an answer in words, for a sentence; of an HTML page its title."""
    start = decode_text(body[: 4 * _START])[:_START].strip()
    if _HTML.search(start):
        title = _TITLE.search(start)
        return f"an HTML page titled {quoted(title[1].strip())}" if title else "an HTML page"
    return quoted(excerpt(start)) if start else ""


def _markup(text: str, start: str, content: Content) -> str:
    if not _HTML.search(start):
        return f"sent {quoted(excerpt(start))} instead of {_expected(content)}"
    title = _TITLE.search(text[: 10 * _START])
    named = f" titled {quoted(title[1].strip())}" if title else ""
    return (
        f"sent an HTML page{named} instead of {_expected(content)}, like the login page of a network or a faulty "
        f"service"
    )


def _expected(content: Content) -> str:
    return f"{content.noun} as {content.format.upper()}"


def _count_csv(text: str, content: Content, framed: bool) -> int:
    if text.lstrip().startswith(("{", "[")):
        raise ContentError(_json_fault(text, content))
    lines = split_lines(text)
    header = [name.strip().upper() for name in _cells(lines[0], 1)]
    missing = [name for name in content.columns if name not in header]
    if missing:
        raise ContentError(
            f"sent {quoted(excerpt(text))} instead of {_expected(content)} (no column {missing[0]})"
        )
    ended = lines[-1] == ""
    count = 0
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = len(_cells(line, number))
        if cells != len(header):
            last = " (the last line)" if number == len(lines) else ""
            raise ContentError(
                f"sent a damaged table: line {number}{last} has {cells} of {len(header)} fields"
            )
        count += 1
    if count == 0 and not content.may_be_empty:
        raise ContentError(f"sent a header without {content.noun}")
    if not ended and count and (not framed or _may_be_cut(lines[-1])):
        raise ContentError(f"sent a table that ends in line {len(lines)} without a line break: a part of it")
    return count


def _may_be_cut(line: str) -> bool:
    """Whether a last line without a line break has an empty last field: the field may be missing."""
    return line.endswith(",")


def _cells(line: str, number: int) -> list[str]:
    try:
        return split_cells(line)
    except csv.Error as error:
        raise ContentError(f"sent a damaged table: line {number} is not a row ({error})") from None


def _count_json(text: str, content: Content) -> int:
    value = _parsed(text)
    if not isinstance(value, list):
        raise ContentError(_json_fault(text, content))
    for place, record in enumerate(value, start=1):
        if not isinstance(record, dict):
            raise ContentError(f"sent a list whose entry {place} is not an object")
        if len(value) == 1 and (fault := _stated_error(record)):
            raise ContentError(f"sent an error: {fault}")
        missing = [name for name in content.columns if name not in record]
        if missing:
            raise ContentError(f"sent a list whose entry {place} has no {missing[0]}")
    if not value and not content.may_be_empty:
        raise ContentError(f"sent an empty list of {content.noun}")
    return len(value)


def _json_fault(text: str, content: Content) -> str:
    value = _parsed(text)
    fault = _stated_error(value) if isinstance(value, dict) else ""
    if fault:
        return f"sent an error: {fault}"
    return f"sent {quoted(excerpt(text))} instead of {_expected(content)}"


def _stated_error(record: dict[object, object]) -> str:
    keys = {str(key).lower(): value for key, value in record.items() if isinstance(key, str)}
    return next((quoted(printable(str(keys[key])[:400])) for key in _ERROR_KEYS if key in keys), "")


def _parsed(text: str) -> object:
    try:
        return parse_json(text, "the answer")
    except InputError as error:
        raise ContentError(f"sent JSON that is damaged or a part of it ({error})") from None
