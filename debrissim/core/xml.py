"""XML read element by element, by expat: for messages whose groups only order their keywords."""

from __future__ import annotations

import xml.parsers.expat
from collections.abc import Callable
from typing import NoReturn

from debrissim.core.errors import InputError
from debrissim.core.text import printable, quoted

_MAX_DEPTH = 100
_PIECE = 1 << 18
_MAX_TAG = 1 << 20
_MAX_NAME = 80

Start = Callable[[str, dict[str, str], int], None]
"""Called with the tag without its namespace prefix, the attributes and the line of the opening tag."""

End = Callable[[str, str], None]
"""Called with the tag and the text since the last opening tag."""


def _shown(tag: str) -> str:
    """A tag without its namespace prefix, and short enough for a sentence."""
    return printable(tag.rpartition(":")[2][:_MAX_NAME])


Stray = Callable[[str, int], None]
"""Called with text between elements, which no message has, and its line."""


def parse_xml(
    text: str, file: str, start: Start, end: End, stray: Stray | None = None
) -> tuple[int, str] | None:
    """Call `start` and `end` for every element; the line and the reason at which malformed XML ends the reading.

    With `stray`, text beside elements is handed to it, and `end` of an element with others in it has no text.

    Raises InputError for XML that declares entities (no message of this field does, and refusing them keeps out files
    that unpack without end) or uses undeclared ones, that is nested more than a hundred levels deep, or that has a tag
    of more than a megabyte.
    """
    # An XML declaration must come first, so leading blank lines go; line numbers count them.
    body = text.lstrip()
    skipped = text[: len(text) - len(body)].count("\n")
    parser = xml.parsers.expat.ParserCreate("utf-8")
    fed = 0
    parser.buffer_text = True
    pieces: list[str] = []

    depth = 0
    is_leaf = True

    def open_element(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, is_leaf
        depth += 1
        is_leaf = True
        if depth > _MAX_DEPTH:
            raise InputError(f"{file}: XML nested more than {_MAX_DEPTH} levels deep")
        beside()
        pieces.clear()
        start(_shown(tag), attributes, parser.CurrentLineNumber + skipped)

    def close_element(tag: str) -> None:
        nonlocal depth, is_leaf
        depth -= 1
        if not is_leaf:
            beside()
        end(_shown(tag), "".join(pieces).strip())
        if stray is not None:
            is_leaf = False
            pieces.clear()

    def beside() -> None:
        between = "" if stray is None else "".join(pieces).strip()
        if between and stray is not None:
            stray(between, parser.CurrentLineNumber + skipped)
            pieces.clear()

    def refuse_entity(entity: str, *_: object) -> NoReturn:
        raise InputError(f"{file}: XML entity {quoted(entity)} declared; expected none")

    def refuse_unknown(entity: str, *_: object) -> NoReturn:
        # With a document type declared elsewhere expat would drop it from the text without a word.
        line = parser.CurrentLineNumber + skipped
        raise InputError(
            f"{file}: line {line}: XML entity {quoted(entity)} is not declared; expected plain text"
        )

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.CharacterDataHandler = pieces.append
    parser.EntityDeclHandler = refuse_entity
    parser.SkippedEntityHandler = refuse_unknown
    try:
        for start_of_piece in range(0, len(body), _PIECE):
            # A tag is kept until it is whole, with all its attributes: an endless one must not fill the memory.
            held = fed - max(parser.CurrentByteIndex, 0)
            if held > _MAX_TAG:
                raise InputError(
                    f"{file}: line {parser.CurrentLineNumber + skipped}: an XML tag without an end"
                )
            piece = body[start_of_piece : start_of_piece + _PIECE].encode()
            fed += len(piece)
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except xml.parsers.expat.ExpatError as error:
        return error.lineno + skipped, xml.parsers.expat.ErrorString(error.code)
    return None
