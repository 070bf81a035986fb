"""CDMs as keyword = value lines.

Source: CCSDS 508.0-B-1, sections 3 and 6.3.

Assumptions
- A line is COMMENT and text, or KEYWORD = VALUE with an optional [unit] at its end; blank lines are allowed.
- The value of a keyword never spans lines. The order of keywords within an object does not matter.
- Keywords are upper case; lower case is taken for it and noted.
- Comments right before OBJECT = OBJECT2 are of that object (table 3-3 begins with COMMENT). Right before OBJECT1
  NASA CARA states the combined radius: those are of the pair, unless they name an operator's or object's own radius.
- Several messages may follow one another in a file, each opened by CCSDS_CDM_VERS.
"""

from __future__ import annotations

import re

from debrissim.cdm import keywords
from debrissim.cdm.parse import Entry, RawMessage
from debrissim.core.errors import InputError
from debrissim.core.text import split_lines

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)")
_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]*)(\]?)")
_COMMENT = re.compile(r"COMMENT(?:\s|$)", re.IGNORECASE)
_OWN_RADIUS = re.compile(r"\s*(?:operator|object)[ _].*radius", re.IGNORECASE)
_LOWER = "keywords in lower case; the standard has upper case"
_TEXT = frozenset({*keywords.HEADER, *keywords.METADATA})
FIRST = "CCSDS_CDM_VERS"


def read_kvn(content: str, name: str) -> list[RawMessage]:
    """The messages in the content. Raises InputError naming file and line for a line that is neither."""
    messages: list[RawMessage] = []
    pending: list[str] = []
    for number, raw_line in enumerate(split_lines(content), start=1):
        line = raw_line.strip()
        if not line:
            continue
        if _COMMENT.match(line):
            pending.append(line[len("COMMENT") :])
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{name}: line {number}: expected KEYWORD = VALUE, got {line[:60]!r}")
        written, value = match.groups()
        keyword = written.upper()
        if keyword == FIRST:
            # Lines between two messages belong to the next one.
            messages.append(RawMessage(name))
        elif not messages:
            raise InputError(f"{name}: line {number}: expected {FIRST} first, got {keyword}")
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
            messages[-1].notes.append(f"line {number}: the unit of {keyword} is not closed by a bracket")
        if written != keyword and _LOWER not in messages[-1].notes:
            messages[-1].notes.append(_LOWER)
        messages[-1].put(keyword, entry)
    for text in pending:
        if messages:
            messages[-1].comment(text)
    return messages


def _entry(keyword: str, value: str, number: int) -> tuple[Entry, bool]:
    """The value with its unit, and whether that is closed."""
    # Names may end in brackets ("BREEZE-M DEB [TANK]"): keywords of text have no units.
    match = None if keyword in _TEXT else _UNIT.fullmatch(value)
    if match is None:
        return Entry(value.strip(), None, number), True
    return Entry(match[1], match[2].strip(), number), bool(match[3])
