"""Text of files: decoded and split into lines, and shown to people as the data that it is.

A broken stream gives the part that could be read.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence

from debrissim.core.compression import MAX_BYTES, decompress
from debrissim.core.errors import InputError

# Lines of the longest files that `MAX_BYTES` allows, at 25 characters each (OMM as KVN). Every line is an object of its
# own, of 60 bytes and more: a file consisting only of line breaks would take many times its size.
_MAX_LINES = 5_000_000
# A letter beyond Latin-1 makes all letters of a text two or four bytes wide.
_MAX_TEXT_MEMORY = 2 * MAX_BYTES
_QUOTED = 200
# A name with the catalogue number, or the identifier, behind it.
_NUMBERED = re.compile(r"(.*\S) \((\d{1,9}|[SFU]-\d{6,})\)")


def whole_text(data: bytes, name: str) -> str:
    """The text of the bytes of a file, decompressed. Raises InputError if any of it is damaged."""
    text, problem = readable_text(data, name)
    if problem:
        raise InputError(f"{name}: {problem}")
    return text


def readable_text(data: bytes, name: str) -> tuple[str, str | None]:
    """As much text as the bytes of a file give, decompressed, and the fault of the compression (None if none).

    Raises InputError for more text than `MAX_BYTES`, or of more than five million lines.
    """
    content, problem = decompress(data, name)
    text = decode_text(content)
    if sys.getsizeof(text) > _MAX_TEXT_MEMORY:
        raise InputError(
            f"{name}: takes {sys.getsizeof(text) >> 20} MiB as text; expected at most "
            f"{_MAX_TEXT_MEMORY >> 20} MiB"
        )
    lines = text.count("\n") + text.count("\r")
    if lines > 2 * _MAX_LINES or (lines > _MAX_LINES and lines - text.count("\r\n") > _MAX_LINES):
        raise InputError(f"{name}: has more than {_MAX_LINES:,} lines; not a file this program reads")
    return text, problem


def decode_text(data: bytes) -> str:
    """Text of a catalogue file: UTF-8 or UTF-16 with or without its mark, otherwise Latin-1 (which never fails).

    Non-breaking spaces, which web pages leave in copied element sets, become plain blanks.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return text.replace("\u00a0", " ")


def printable(text: str) -> str:
    r"""Text of a file as it is shown: every character that is not printable becomes its escape, such as ``\x1b``.

    Control characters, marks that turn the direction of writing, and lone surrogates would steer a terminal, hide text
    or keep a file from being written; blanks of any kind become plain ones. Backslashes are kept, so applying it twice
    changes nothing.

    Examples
    --------
    >>> printable("A\x1b[2J\u3000B")
    'A\\x1b[2J B'
    """
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")


# The beginnings by which a spreadsheet takes a cell for a formula (OWASP, "CSV Injection"; the last four are full-width
# forms), after any number of our own marks.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def shorten(text: str, size: int) -> str:
    """The text in at most `size` characters; three dots replace its end.

    Of "NAME (NUMBER)" the name is cut, because thousands of fragments have one name: "FENGY... (30648)", with less room
    "FE (30648)" or "30648".
    """
    if len(text) <= size:
        return text
    if found := _NUMBERED.fullmatch(text):
        name, number = found.groups()
        room = size - len(number) - 3
        if room > 3:
            return f"{name[: room - 3].rstrip()}... ({number})"
        if room > 0 or len(number) <= size:
            return f"{name[:room].rstrip()} ({number})" if room > 0 else number
    return text[: max(size - 3, 1)].rstrip() + "..."


def spreadsheet_cell(text: str) -> str:
    """Text as a cell of a CSV file, with an apostrophe before everything that a spreadsheet would compute.

    Examples
    --------
    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("'=1"), spreadsheet_cell("ISS (ZARYA)")
    ("'=1+1", "''=1", 'ISS (ZARYA)')
    """
    return "'" + text if _FORMULA.match(text) else text


def from_spreadsheet_cell(cell: str) -> str:
    """The text of a cell that `spreadsheet_cell` made; every other cell is its own text.

    Examples
    --------
    >>> from_spreadsheet_cell("'=1+1"), from_spreadsheet_cell("''=1"), from_spreadsheet_cell("'A'")
    ('=1+1', "'=1", "'A'")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def quoted(value: object, limit: int = _QUOTED) -> str:
    """A value that came from the input, for a sentence: as Python writes it, in at most `limit` characters.

    Examples
    --------
    >>> quoted("A" * 5000, 20)
    "'AAAAAAAAAAAAAAAA..."
    """
    if isinstance(value, str):
        value = value[: limit + 1]
    try:
        shown = repr(value)
    except ValueError:
        # Python does not write whole numbers of thousands of digits.
        return "a number of thousands of digits"
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


# Length of the excerpt of a bad record: enough to find it without filling the results file.
_EXCERPT_LENGTH = 160


_LINE_BREAK = re.compile(r"\s*[\r\n\t]\s*")


def excerpt(text: str) -> str:
    """The beginning of a record on one line, printable, for messages; blanks within a line stay as they are."""
    return printable(_LINE_BREAK.sub(" ", text[: 2 * _EXCERPT_LENGTH].strip())[:_EXCERPT_LENGTH])[
        :_EXCERPT_LENGTH
    ]


def split_lines(text: str) -> list[str]:
    """Lines ended by LF, CRLF or CR. Not str.splitlines: that also splits at U+0085 and other rarities."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split_cells(line: str) -> list[str]:
    """The cells of a line of CSV; none of an empty line. Raises csv.Error, such as for a quote that is not closed."""
    # str.split is five times faster than the csv module, and sufficient for most lines.
    return line.split(",") if '"' not in line else next(csv.reader([line], strict=True), [])


def numbered_rows(lines: Sequence[str], name: str) -> Iterator[tuple[int, list[str]]]:
    """The number, from 1, and the cells of each line of a CSV table that is not blank; the first is the header.

    name: of the file, for errors. Raises InputError, naming the line, for one that is not CSV or has another number of
    cells than the header: a row that was skipped or shifted silently would change a result.
    """
    width = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = split_cells(line)
        except csv.Error as error:
            raise InputError(f"{name}: line {number}: not a row of a CSV table ({error})") from None
        width = width or len(row)
        if len(row) != width:
            raise InputError(f"{name}: line {number}: expected {width} fields, got {len(row)}")
        yield number, row


def split_unit(value: str) -> tuple[str, str | None, bool]:
    """The value of a KEYWORD = VALUE [unit] line, its unit (None if there is none), and whether a bracket closes it."""
    head, bracket, tail = value.rpartition("[")
    is_closed = tail.endswith("]")
    unit = tail[:-1] if is_closed else tail
    if not bracket or "]" in unit:
        return value, None, True
    return head.rstrip(), unit.strip(), is_closed
