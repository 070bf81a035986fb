"""CDMs as keyword = value lines.

Source: CCSDS 508.0-B-1, sections 3 and 6.3.

Assumptions
- A line is COMMENT and text, or KEYWORD = VALUE with an optional [unit] at its end; blank lines are allowed.
- The value of a keyword never spans lines. The order of keywords within an object does not matter.
- Keywords are upper case; lower case is taken for it and noted.
- Comments right before OBJECT = OBJECT2 are of that object (table 3-3 begins with COMMENT). Right before OBJECT1
  NASA CARA states the combined radius: those are of the pair, unless they name an operator's or object's own radius.
- Several messages may follow one another in a file, each opened by CCSDS_CDM_VERS. Lines before it that are not part of
  a message (FILENAME = ..., a mail's header) are skipped and noted, as NASA CARA's reader does; comments there belong
  to the message. A keyword of the standard before it is an error, so that no message is skipped.
"""

from __future__ import annotations

import re

from debrissim.cdm import keywords
from debrissim.cdm.raw import Entry, RawMessage
from debrissim.core.errors import InputError
from debrissim.core.text import excerpt, quoted, split_lines, split_unit

_SHOWN = 60
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)")
_COMMENT = re.compile(r"COMMENT(?:\s|$)", re.IGNORECASE)
_OWN_RADIUS = re.compile(r"\s*(?:operator|object)[ _].*radius", re.IGNORECASE)
_LOWER = "keywords in lower case; the standard has upper case"
# Marks of encodings and terminals that some services leave at the start or the end of a line.
_INVISIBLE = "\ufeff\u200b\x00\x1a"
_KNOWN = frozenset(
    {
        *keywords.HEADER,
        *keywords.RELATIVE,
        *keywords.OBJECT,
        *keywords.LATER_COMMON,
        *keywords.LATER_OBJECT,
    }
)
_TEXT = frozenset({*keywords.HEADER, *keywords.METADATA})
FIRST = "CCSDS_CDM_VERS"


def read_kvn(content: str, name: str) -> list[RawMessage]:
    """The messages in the content. Raises InputError naming file and line for a line that is neither."""
    messages: list[RawMessage] = []
    pending: list[str] = []
    lines = [line.strip(_INVISIBLE).strip() for line in split_lines(content)]
    preambles = _preambles(lines)
    for number, line in enumerate(lines, start=1):
        if not line or number in preambles:
            continue
        if _COMMENT.match(line):
            pending.append(line[len("COMMENT") :])
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{name}: line {number}: expected KEYWORD = VALUE, got {quoted(line, 60)}")
        written, value = match.groups()
        keyword = written.upper()
        if keyword == FIRST:
            # Comments between two messages belong to the next one.
            messages.append(RawMessage(name))
            for skipped in sorted(line for line, opened in preambles.items() if opened == number):
                messages[-1].notes.add(
                    f"before {FIRST}, no part of a message; skipped", excerpt(lines[skipped - 1])[:40]
                )
        elif not messages:
            raise InputError(f"{name}: line {number}: expected {FIRST} first, got {keyword[:_SHOWN]}")
        elif keyword == "OBJECT":
            first = not messages[-1].objects
            of_pair = [text for text in pending if first and not _OWN_RADIUS.match(text)]
            for text in of_pair:
                messages[-1].comment(text)
                pending.remove(text)
            messages[-1].open_object()
        for text in pending:
            messages[-1].comment(text)
        pending.clear()
        entry, closed = _entry(keyword, value, number)
        if not closed:
            messages[-1].notes.add(
                "the unit is not closed by a bracket", f"{keyword[:_SHOWN]} (line {number})"
            )
        if written != keyword:
            messages[-1].notes.add(_LOWER)
        messages[-1].put(keyword, entry)
    for text in pending:
        if messages:
            messages[-1].comment(text)
    return messages


def _preambles(lines: list[str]) -> dict[int, int]:
    """The numbers of the lines before a message that are not part of it, with the number of its first line."""
    found: dict[int, int] = {}
    opened = 0
    for number in range(len(lines), 0, -1):
        line = lines[number - 1]
        match = _LINE.fullmatch(line)
        keyword = match[1].upper() if match else ""
        if keyword == FIRST:
            opened = number
        elif keyword in _KNOWN or keyword.startswith("USER_DEFINED_"):
            opened = 0
        elif opened and line and not _COMMENT.match(line):
            found[number] = opened
    return found


def _entry(keyword: str, value: str, number: int) -> tuple[Entry, bool]:
    """The value with its unit, and whether that is closed."""
    # Names may end in brackets ("BREEZE-M DEB [TANK]"): keywords of text have no units.
    bare, unit, closed = (value, None, True) if keyword in _TEXT else split_unit(value)
    return Entry(bare.strip(), unit, number), closed
