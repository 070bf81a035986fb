"""CDMs as keyword = value lines.

Source: CCSDS 508.0-B-1, sections 3 and 6.3.

Assumptions
- A line is COMMENT and text, or KEYWORD = VALUE with an optional [unit] at its end; blank lines are allowed.
- The value of a keyword never spans lines. The order of keywords within an object does not matter.
- Several messages may follow one another in a file, each opened by CCSDS_CDM_VERS.
"""

from __future__ import annotations

import re

from debrissim.catalog.records import split_lines
from debrissim.cdm import keywords
from debrissim.cdm.build import Entry, RawMessage
from debrissim.errors import InputError

_LINE = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)")
_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]*)(\]?)")
_TEXT = frozenset({*keywords.HEADER, *keywords.METADATA})
FIRST = "CCSDS_CDM_VERS"


def read_kvn(text: str, name: str) -> list[RawMessage]:
    """The messages in the text. Raises InputError naming file and line for a line that is neither."""
    messages: list[RawMessage] = []
    early: list[str] = []
    for number, raw_line in enumerate(split_lines(text), start=1):
        line = raw_line.strip()
        if not line:
            continue
        if line == "COMMENT" or line.startswith("COMMENT "):
            comment = line.removeprefix("COMMENT")
            if messages:
                messages[-1].comment(comment)
            else:
                early.append(comment)
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{name}: line {number}: expected KEYWORD = VALUE, got {line[:60]!r}")
        keyword, value = match.groups()
        if keyword == FIRST:
            messages.append(RawMessage(name))
            for comment in early:
                messages[-1].comment(comment)
            early.clear()
        elif not messages:
            raise InputError(f"{name}: line {number}: expected {FIRST} first, got {keyword}")
        elif keyword == "OBJECT":
            messages[-1].open_object()
        entry, closed = _entry(keyword, value, number)
        if not closed:
            messages[-1].notes.append(f"line {number}: the unit of {keyword} is not closed by a bracket")
        messages[-1].put(keyword, entry)
    return messages


def _entry(keyword: str, value: str, number: int) -> tuple[Entry, bool]:
    """The value with its unit, and whether that is closed."""
    # Names may end in brackets ("BREEZE-M DEB [TANK]"): keywords of text have no units.
    match = None if keyword in _TEXT else _UNIT.fullmatch(value)
    if match is None:
        return Entry(value.strip(), None, number), True
    return Entry(match[1], match[2].strip(), number), bool(match[3])
