"""Lines of a message in KVN: the kind of each line, and the rules for every line.

Source: CCSDS 508.0-B-1, 6.2.2, 6.3.1 and 6.3.4; CCSDS 502.0-B-3, 7.3, 7.4 and 7.8.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from debrissim.core.text import quoted, split_lines, split_unit
from debrissim.lint.findings import Collector
from debrissim.lint.tables import Clauses, Entry, Kind, Layout, Part

MAX_LENGTH = 254
_KEYWORD = re.compile(r"([A-Za-z][A-Za-z0-9_]*) *= *(.*)", re.DOTALL)
_SPACED_KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_ ]*=")
_COMMENT = re.compile(r"COMMENT(?![A-Za-z0-9_])", re.IGNORECASE)
_BRACKET = re.compile(r"([A-Za-z]{1,20})_(START|STOP)", re.IGNORECASE)
_FOREIGN = re.compile(r"[^ -~]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHOWN = 60
# Kinds whose values may end in brackets: "BREEZE-M DEB [TANK]".
_NAMES = (Kind.TEXT, Kind.FREE, Kind.IDENTIFIER)

KEYWORD, COMMENT, START, STOP, OTHER = "keyword", "comment", "start", "stop", "other"


class Line(NamedTuple):
    """A line that is not blank: its kind, its number, the keyword (upper case) or the word of a bracket, the rest."""

    kind: str
    number: int
    name: str
    value: str


def lex(text: str, out: Collector, clauses: Clauses, *, limited: bool = True, first: str) -> Iterator[Line]:
    """The lines of a text; findings of their form go to `out`.

    limited: lines have at most 254 characters. first: the version keyword, which the first line that is not blank has.
    """
    seen_first = has_preamble = False
    for number, raw in enumerate(split_lines(text), start=1):
        bare = raw.strip().strip("\ufeff").strip()
        if not bare:
            continue
        if not seen_first:
            match = _KEYWORD.fullmatch(bare)
            if match is None or match[1].upper() != first:
                # Text before the message is reported once, and its form is not checked.
                if not has_preamble:
                    shown = quoted(bare, _SHOWN)
                    sentence = f"expected {first} on the first line that is not blank, got {shown}"
                    out.fault("first-line", number, sentence, clauses["first_line"])
                has_preamble = True
                continue
            seen_first = True
        _check_characters(raw, number, out, clauses, limited=limited)
        if not bare.isprintable():
            bare = _CONTROL.sub(" ", bare).strip()
            if not bare:
                continue
        line = _classify(bare, number, out, clauses)
        if line is None:
            continue
        yield line


def _check_characters(raw: str, number: int, out: Collector, clauses: Clauses, *, limited: bool) -> None:
    if limited and len(raw) > MAX_LENGTH:
        text = f"a line of {len(raw)} characters; expected {MAX_LENGTH} or fewer"
        out.fault("line-length", number, text, clauses["line_length"])
    foreign = _FOREIGN.search(raw)
    if foreign is not None:
        is_control = foreign[0] < " " or foreign[0] == "\x7f"
        kind = "a control character" if is_control else "a character that is not ASCII"
        text = f"{kind}, {quoted(foreign[0])}, in column {foreign.start() + 1}; expected printable ASCII"
        out.fault("characters", number, text, clauses["characters"])


def _classify(bare: str, number: int, out: Collector, clauses: Clauses) -> Line | None:
    """The parts of a line; None for one that no rule can use, which is reported."""
    if _COMMENT.match(bare):
        rest = bare[len("COMMENT") :]
        if bare[: len("COMMENT")] != "COMMENT":
            _case(bare[: len("COMMENT")], number, out, clauses)
        if rest and not rest.startswith(" "):
            text = f"expected a blank after COMMENT, got {quoted(bare, _SHOWN)}"
            out.fault("comment-form", number, text, clauses["comment_form"])
        return Line(COMMENT, number, "COMMENT", rest.strip())
    match = _KEYWORD.fullmatch(bare)
    if match is not None:
        written, value = match.groups()
        if written != written.upper():
            _case(written, number, out, clauses)
        return Line(KEYWORD, number, written.upper(), value)
    bracket = _BRACKET.fullmatch(bare)
    if bracket is not None:
        if bare != bare.upper():
            _case(bare, number, out, clauses)
        return Line(START if bracket[2].upper() == "START" else STOP, number, bracket[1].upper(), "")
    if _SPACED_KEYWORD.match(bare):
        name, _, value = bare.partition("=")
        text = f"a keyword has no blanks, got {quoted(name.strip(), _SHOWN)}"
        out.fault("keyword-blanks", number, text, clauses["keyword_case"])
        return Line(KEYWORD, number, "_".join(name.split()).upper(), value.strip())
    return Line(OTHER, number, "", bare)


def _case(written: str, number: int, out: Collector, clauses: Clauses) -> None:
    text = f"keywords are upper case, got {quoted(written, _SHOWN)}"
    out.fault("keyword-case", number, text, clauses["keyword_case"])


def not_an_assignment(line: Line, out: Collector, clauses: Clauses) -> None:
    """Report a line that is neither a keyword with a value nor a comment, where one of these is expected."""
    written = f"{line.name}_{line.kind.upper()}" if line.kind in (START, STOP) else line.value
    text = f"expected KEYWORD = VALUE, got {quoted(written, _SHOWN)}"
    out.fault("assignment", line.number, text, clauses["assignment"])


def second_message(kind: str, subject: str, line: int, out: Collector, clauses: Clauses) -> None:
    """Advise against a further message in one file; subject: of one message, "object" or "conjunction"."""
    text = (
        f"a second message in one file; {'a' if kind == 'CDM' else 'an'} {kind} is the text of one {subject}"
    )
    out.advice("several-messages", line, text, clauses["one_message"])


def assignments(
    text: str, out: Collector, clauses: Clauses, *, first: str
) -> Iterator[tuple[Line | None, list[Line]]]:
    """The keywords of a text that contains only keywords, each with the comments before it; other lines are reported.

    The first one is the version. Comments after the last keyword come with None.
    """
    comments: list[Line] = []
    for line in lex(text, out, clauses, first=first):
        if line.kind == COMMENT:
            comments.append(line)
        elif line.kind == KEYWORD:
            yield line, comments
            comments = []
        else:
            not_an_assignment(line, out, clauses)
    if comments:
        yield None, comments


def add_assignment(part: Part, line: Line | None, comments: list[Line], layout: Layout) -> None:
    """Add one of `assignments` to its part; of comments after the last keyword the first is enough."""
    kept = comments[:1] if line is None else comments
    part.comments += [(comment.number, len(part.entries)) for comment in kept]
    if line is not None:
        part.entries.append(entry_of(line, layout))


def entry_of(line: Line, layout: Layout) -> Entry:
    """The keyword of a line, with its unit split off if the layout gives it a value that may have one."""
    found = layout.by_name.get(line.name)
    keyword = found[1] if found is not None else None
    if keyword is None or (keyword.kind in _NAMES and not keyword.unit):
        return Entry(line.name, line.value.strip(), None, line.number)
    value, unit, is_closed = split_unit(line.value)
    if unit is None:
        return Entry(line.name, line.value.strip(), None, line.number)
    place = line.value.rfind("[")
    has_blank = place == 0 or line.value[place - 1] == " "
    return Entry(line.name, value.strip(), unit, line.number, has_blank, is_closed)
