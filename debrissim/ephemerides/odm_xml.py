"""OPM and OCM as XML, alone or in a combined message (ndm).

Source: CCSDS 505.0-B-3, "XML Specification for Navigation Data Messages"; CCSDS 502.0-B-3 for the keywords.

Assumptions
- An element with nil="true" has no value. Namespaces carry no further information.
- Other kinds of messages in the file are left to their own readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from debrissim.core.errors import InputError
from debrissim.core.xml import parse_xml
from debrissim.ephemerides.odm_blocks import Block, OdmMessage, Schema, check_unit

_GROUPS = {
    "metadata": "META",
    "traj": "TRAJ",
    "cov": "COV",
    "man": "MAN",
    "phys": "PHYS",
    "pert": "PERT",
    "od": "OD",
    "user": "USER",
    "stateVector": "STATE",
    "keplerianElements": "KEPLERIAN",
    "spacecraftParameters": "SPACECRAFT",
    "covarianceMatrix": "COVARIANCE",
    "maneuverParameters": "MANEUVER",
    "userDefinedParameters": "USER",
}
_STRUCTURE = ("body", "segment", "data")
_DATA_LINES = ("trajLine", "covLine", "manLine")
_TAGS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(r"<(?:[A-Za-z_][\w.\-]{0,40}:)?" + kind + r"[\s>]") for kind in ("opm", "ocm")
}


def has_message(kind: str, text: str) -> bool:
    """Whether the text is XML with an <opm> or <ocm> in it."""
    return text.startswith("<") and _TAGS[kind].search(text) is not None


def parse_messages(
    text: str, name: str, kind: str, schema: Schema, unit_of: Callable[[str], str]
) -> list[OdmMessage]:
    """The messages of a kind ("OPM", "OCM") in the text. Raises InputError naming file and line."""
    reader = _Reader(name, kind, schema, unit_of)
    fault = parse_xml(text, name, reader.start, reader.end)
    if fault is not None:
        raise InputError(f"{name}: line {fault[0]}: malformed XML ({fault[1]})")
    if not reader.messages:
        raise InputError(f"{name}: XML without an <{kind.lower()}> element; expected one")
    return reader.messages


class _Reader:
    """The messages of a text, filled element by element."""

    def __init__(self, name: str, kind: str, schema: Schema, unit_of: Callable[[str], str]) -> None:
        self.messages: list[OdmMessage] = []
        self._name, self._kind, self._schema, self._unit_of = name, kind, schema, unit_of
        self._root = kind.lower()
        self._inside = False
        self._group = ""
        self._block: Block | None = None
        self._leaf = ""
        self._leaf_line = 0
        self._is_nil = False

    def _fault(self, line: int, reason: str) -> InputError:
        return InputError(f"{self._name}: line {line}: {reason}")

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """Open a message, a block or a keyword."""
        if tag == self._root:
            if self._inside:
                raise self._fault(line, f"unexpected <{tag}> inside <{tag}>")
            self._inside, self._group, self._block, self._leaf = True, "", None, ""
            message = OdmMessage(self._kind, line, self._schema)
            self.messages.append(message)
            message.put(
                message.header, message.version_keyword, attributes.get("version", ""), line, self._name
            )
        elif not self._inside:
            return
        elif self._leaf:
            raise self._fault(line, f"unexpected <{tag}> inside <{self._leaf}>")
        elif tag == "header" or tag in _GROUPS:
            if self._group:
                raise self._fault(line, f"unexpected <{tag}> inside <{self._group}>")
            self._group = tag
            message = self.messages[-1]
            self._block = message.header if tag == "header" else message.open(_GROUPS[tag], line)
        elif tag not in _STRUCTURE or self._group:
            self._open_leaf(tag, attributes, line)

    def _open_leaf(self, tag: str, attributes: dict[str, str], line: int) -> None:
        if tag != "COMMENT" and not self._group:
            raise self._fault(line, f"unexpected <{tag}> outside of a block; expected one such as <metadata>")
        self._leaf, self._leaf_line, self._is_nil = tag, line, False
        for key, value in attributes.items():
            bare = key.rpartition(":")[2]
            if bare == "nil":
                self._is_nil = value in ("true", "1")
            elif bare == "units" and self._unit_of(tag.upper()):
                check_unit(tag.upper(), value, self._unit_of(tag.upper()), self._name, line)

    def end(self, tag: str, text: str) -> None:
        """Close a message, a block, or a keyword with its value."""
        if not self._inside:
            return
        if tag == self._root:
            self._inside = False
        elif tag == self._leaf:
            self._leaf = ""
            if tag != "COMMENT" and self._block is not None:
                self._take(self._block, tag, "" if self._is_nil else text)
        elif tag == self._group:
            self._group, self._block = "", None

    def _take(self, block: Block, tag: str, text: str) -> None:
        if tag in _DATA_LINES:
            block.rows.append(text.split())
            block.row_lines.append(self._leaf_line)
        elif tag != "USER_DEFINED":
            self.messages[-1].put(block, tag, text, self._leaf_line, self._name)
