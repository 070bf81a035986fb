"""Orbit ephemeris messages as XML, alone or in a combined message (ndm).

Source: CCSDS 505.0-B-2, "XML Specification for Navigation Data Messages"; CCSDS 502.0-B-2 and B-3 for the keywords.

Assumptions
- Units are those of the standard, whether stated or not; other units are an error.
- An element with nil="true" has no value. Namespaces carry no further information.
- Other kinds of messages in the file are left to their own readers.
"""

from __future__ import annotations

import re

from debrissim.core.errors import InputError
from debrissim.core.text import printable
from debrissim.core.xml import parse_xml
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.odm_blocks import (
    COVARIANCE_KEYWORDS,
    STATE_KEYWORDS,
    Block,
    check_unit,
    unit_of_state,
)
from debrissim.ephemerides.oem_message import (
    ACCELERATIONS,
    HEADER,
    METADATA,
    VERSION,
    OemMessage,
    OemSegment,
    number,
    to_ephemerides,
)

_OEM = re.compile(r"<(?:[A-Za-z_][\w.\-]{0,40}:)?oem[\s>]")
_ACCELERATIONS = ("X_DDOT", "Y_DDOT", "Z_DDOT")
_STATE, _COVARIANCE = "stateVector", "covarianceMatrix"
_GROUPS = ("header", "body", "metadata", "data")
_KNOWN = {
    _STATE: ("EPOCH", *STATE_KEYWORDS, *_ACCELERATIONS),
    _COVARIANCE: ("EPOCH", "COV_REF_FRAME", *COVARIANCE_KEYWORDS),
}


def is_like(text: str) -> bool:
    """Whether the text is XML with an <oem> in it."""
    return text.startswith("<") and _OEM.search(text) is not None


def read(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The objects of every <oem> in the text. Raises InputError naming file and line."""
    reader = _Reader(name)
    fault = parse_xml(text, name, reader.start, reader.end)
    if fault is not None:
        raise InputError(f"{name}: line {fault[0]}: malformed XML ({fault[1]})")
    if not reader.messages:
        raise InputError(f"{name}: XML without an <oem> element; expected one")
    return to_ephemerides(reader.messages, name, eop)


class _Reader:
    """The messages of a text, filled element by element."""

    def __init__(self, name: str) -> None:
        self.messages: list[OemMessage] = []
        self._name = name
        self._inside = False
        self._section: Block | None = None
        self._group = ""
        self._numbers = Block("", 0)
        self._leaf = ""
        self._leaf_line = 0
        self._is_nil = False

    def _fault(self, line: int, reason: str) -> InputError:
        return InputError(f"{self._name}: line {line}: {reason}")

    def _segment(self, line: int) -> OemSegment:
        if not self.messages[-1].segments:
            raise self._fault(line, "data outside a <segment>; expected them in one")
        return self.messages[-1].segments[-1]

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """Open a message, a segment, a group or a keyword."""
        if tag == "oem":
            if self._inside:
                raise self._fault(line, "unexpected <oem> inside <oem>")
            self._inside = True
            message = OemMessage(line)
            version = attributes.get("version", "")
            message.header.put(VERSION, version, line, self._name, HEADER, message.notes)
            self.messages.append(message)
            self._section, self._group, self._leaf = message.header, "", ""
        elif not self._inside:
            return
        elif self._leaf:
            raise self._fault(line, f"unexpected <{tag}> inside <{self._leaf}>")
        elif tag == "segment":
            segment = OemSegment(line)
            self.messages[-1].segments.append(segment)
            self._section = segment.metadata
        elif tag in (_STATE, _COVARIANCE):
            if self._group:
                raise self._fault(line, f"unexpected <{tag}> inside <{self._group}>")
            self._segment(line)
            self._group, self._numbers = tag, Block(f"<{tag}>", line)
        elif tag not in _GROUPS:
            self._open_leaf(tag, attributes, line)

    def _open_leaf(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self._leaf, self._leaf_line = tag, line
        self._is_nil = False
        for key, value in attributes.items():
            bare = key.rpartition(":")[2]
            if bare == "nil":
                self._is_nil = value in ("true", "1")
            elif bare == "units" and self._group and unit_of_state(tag):
                check_unit(tag, value, unit_of_state(tag), self._name, line)

    def end(self, tag: str, text: str) -> None:
        """Close a message, a group, or a keyword with its value."""
        if not self._inside:
            return
        if tag == "oem":
            self._inside = False
        elif tag == self._leaf:
            self._leaf = ""
            self._take(tag, "" if self._is_nil else text)
        elif tag == self._group:
            self._close_group()
            self._group = ""

    def _take(self, tag: str, text: str) -> None:
        line, message = self._leaf_line, self.messages[-1]
        if tag == "COMMENT":
            comments = message.segments[-1].comments if message.segments else message.comments
            comments.append(printable(text))
        elif self._group:
            if tag not in _KNOWN[self._group]:
                raise self._fault(line, f"unexpected <{tag}> inside <{self._group}>")
            self._numbers.put(tag, text, line, self._name, _KNOWN[self._group], message.notes)
        elif self._section is not None:
            known = HEADER if self._section is message.header else METADATA
            self._section.put(tag, text, line, self._name, known, message.notes)

    def _close_group(self) -> None:
        keywords = STATE_KEYWORDS if self._group == _STATE else COVARIANCE_KEYWORDS
        block = self._numbers
        block.require(("EPOCH", *keywords), self._name)
        numbers = [number(block.text(k), self._name, block.line_of(k), k) for k in keywords]
        segment = self._segment(block.line)
        if self._group == _STATE:
            if any(keyword in block.values for keyword in _ACCELERATIONS):
                self.messages[-1].notes.add(ACCELERATIONS)
            segment.add_state(block.text("EPOCH"), numbers, block.line)
        else:
            segment.add_covariance(block.text("EPOCH"), block.text("COV_REF_FRAME"), numbers, block.line)


FORMAT = EphemerisFormat("oem-xml", "an OEM as XML (<oem>)", is_like, read)
