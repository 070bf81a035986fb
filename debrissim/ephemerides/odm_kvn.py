"""OPM and OCM as keyword = value lines.

Source: CCSDS 502.0-B-3, sections 3, 6 and 7.

Assumptions
- Comments and blank lines are allowed anywhere. A line with "=" is a keyword, any other line in a block is one of data.
- In an OPM, each keyword determines the block to which it belongs; MAN_EPOCH_IGNITION begins a manoeuvre.
- Several messages may follow one another.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from debrissim.core.errors import InputError
from debrissim.core.text import quoted, split_lines, split_unit
from debrissim.ephemerides.odm_blocks import Block, OdmMessage, Schema, check_unit

KEYWORD_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)")
COMMENT = re.compile(r"COMMENT(?:\s|$)", re.IGNORECASE)
_BRACKET = re.compile(r"([A-Za-z]{1,20})_(START|STOP)", re.IGNORECASE)
INVISIBLE = "\ufeff\u200b\x00\x1a \t\r\n\v\f"
_SEARCHED = 20_000


def begins_with(keyword: str, text: str) -> bool:
    """Whether the first line of a text that is not a comment is this keyword with a value."""
    for line in split_lines(text[:_SEARCHED]):
        bare = line.strip(INVISIBLE)
        if bare and not COMMENT.match(bare):
            match = KEYWORD_LINE.match(bare)
            return match is not None and match[1].upper() == keyword
    return False


def parse_blocks(text: str, name: str, kind: str, schema: Schema) -> list[OdmMessage]:
    """The messages of a text whose blocks are bracketed by lines such as TRAJ_START and TRAJ_STOP (OCM).

    Raises InputError naming file and line.
    """
    messages: list[OdmMessage] = []
    block: Block | None = None
    inside = ""
    line = 0
    for line, bare in _bare_lines(text):
        bracket = _BRACKET.fullmatch(bare)
        if bracket is not None:
            word, is_start = bracket[1].upper(), bracket[2].upper() == "START"
            if not messages or is_start != (inside == "") or (not is_start and word != inside):
                expected = (
                    f"{inside}_STOP"
                    if inside
                    else "a block that begins"
                    if messages
                    else f"CCSDS_{kind}_VERS"
                )
                raise InputError(
                    f"{name}: line {line}: unexpected {quoted(bare.upper(), 60)}; expected {expected}"
                )
            inside = word if is_start else ""
            block = messages[-1].open(word, line) if is_start else None
            continue
        if inside and block is None:
            continue
        match = KEYWORD_LINE.fullmatch(bare) if "=" in bare else None
        if match is not None:
            if _opens(match, kind) and not inside:
                messages.append(OdmMessage(kind, line, schema))
            target = _target(messages, block, match, kind, line, name)
            messages[-1].put(target, match[1], match[2], line, name)
        elif block is None or block.kind == "META":
            raise InputError(f"{name}: line {line}: expected KEYWORD = VALUE, got {quoted(bare, 60)}")
        else:
            block.rows.append(bare.split())
            block.row_lines.append(line)
    if inside:
        raise InputError(f"{name}: line {line}: the file ends; expected {inside}_STOP first")
    return messages


def _opens(match: re.Match[str], kind: str) -> bool:
    return match[1].upper() == f"CCSDS_{kind}_VERS"


def _target(
    messages: list[OdmMessage],
    block: Block | None,
    match: re.Match[str],
    kind: str,
    line: int,
    name: str,
) -> Block:
    """The block that takes a keyword: the open one, or the header before the first."""
    if block is not None:
        if block.rows:
            raise InputError(
                f"{name}: line {line}: {quoted(match[1].upper(), 60)} after the first line of data; expected "
                "keywords first"
            )
        return block
    if not messages:
        raise InputError(
            f"{name}: line {line}: expected CCSDS_{kind}_VERS first, got {quoted(match[1].upper(), 60)}"
        )
    if messages[-1].blocks:
        raise InputError(
            f"{name}: line {line}: {quoted(match[1].upper(), 60)} outside of a block; expected a block that begins"
        )
    return messages[-1].header


def parse_flat(
    text: str, name: str, kind: str, schema: Schema, unit_of: Callable[[str], str], first_of_block: str
) -> list[OdmMessage]:
    """The messages of a text without brackets (OPM), where a keyword belongs to the block whose schema contains it.

    `unit_of` is the unit of a keyword, "" for one without; `first_of_block` begins a new block of its kind each time.
    Raises InputError naming file and line.
    """
    kinds = {keyword: block for block, keywords in schema.items() for keyword in keywords}
    messages: list[OdmMessage] = []
    open_blocks: dict[str, Block] = {}
    for line, bare in _bare_lines(text):
        match = KEYWORD_LINE.fullmatch(bare)
        if match is None:
            raise InputError(f"{name}: line {line}: expected KEYWORD = VALUE, got {quoted(bare, 60)}")
        keyword, value = match[1].upper(), match[2]
        if _opens(match, kind):
            messages.append(OdmMessage(kind, line, schema))
            open_blocks = {"": messages[-1].header}
        if not messages:
            raise InputError(
                f"{name}: line {line}: expected CCSDS_{kind}_VERS first, got {quoted(keyword, 60)}"
            )
        message = messages[-1]
        block_kind = kinds.get(keyword, "" if len(open_blocks) == 1 else message.blocks[-1].kind)
        if block_kind and (block_kind not in open_blocks or keyword == first_of_block):
            opened = message.open(block_kind, line)
            if opened is not None:
                open_blocks[block_kind] = opened
        if unit_of(keyword):
            value, unit, _ = split_unit(value)
            check_unit(keyword, unit, unit_of(keyword), name, line)
        message.put(open_blocks[block_kind], match[1], value, line, name)
    return messages


def _bare_lines(text: str) -> list[tuple[int, str]]:
    """The lines that are neither blank nor comments, with their numbers."""
    lines = ((line, written.strip(INVISIBLE)) for line, written in enumerate(split_lines(text), start=1))
    return [(line, bare) for line, bare in lines if bare and not COMMENT.match(bare)]
