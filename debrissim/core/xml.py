"""XML read element by element, by expat: for messages whose groups only order their keywords."""

from __future__ import annotations

import xml.parsers.expat
from collections.abc import Callable
from typing import NoReturn

from debrissim.core.errors import InputError

Start = Callable[[str, dict[str, str], int], None]
"""Called with the tag without its namespace prefix, the attributes and the line of the opening tag."""

End = Callable[[str, str], None]
"""Called with the tag and the text since the last opening tag."""


def parse_xml(text: str, file: str, start: Start, end: End) -> tuple[int, str] | None:
    """Call `start` and `end` for every element; the line and the reason at which malformed XML ends the reading.

    Raises InputError for XML that declares entities: no message of this field does, and refusing them keeps out files
    that unpack without end.
    """
    # An XML declaration must come first, so leading blank lines go; line numbers count them.
    body = text.lstrip()
    skipped = text[: len(text) - len(body)].count("\n")
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    pieces: list[str] = []

    def open_element(tag: str, attributes: dict[str, str]) -> None:
        pieces.clear()
        start(tag.rpartition(":")[2], attributes, parser.CurrentLineNumber + skipped)

    def close_element(tag: str) -> None:
        end(tag.rpartition(":")[2], "".join(pieces).strip())

    def refuse_entity(entity: str, *_: object) -> NoReturn:
        raise InputError(f"{file}: XML entity {entity!r} declared; expected none")

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.CharacterDataHandler = pieces.append
    parser.EntityDeclHandler = refuse_entity
    try:
        parser.Parse(body, True)
    except xml.parsers.expat.ExpatError as error:
        return error.lineno + skipped, xml.parsers.expat.ErrorString(error.code)
    return None
