"""Orbit ephemeris messages as XML, alone or in a combined message (ndm).

Source: CCSDS 505.0-B-2, "XML Specification for Navigation Data Messages"; CCSDS 502.0-B-2 and B-3 for the keywords.

Assumptions
- Units are those of the standard, stated or not; others are an error.
- An element with nil="true" has no value. Namespaces say nothing more.
- Other kinds of messages in the file are left to their own readers.
"""

from __future__ import annotations

import re

from debrissim.core.errors import InputError
from debrissim.core.text import printable, quoted
from debrissim.core.xml import parse_xml
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.oem_message import (
    ACCELERATIONS,
    VERSION,
    OemMessage,
    OemSegment,
    Section,
    number,
    to_ephemerides,
)

_OEM = re.compile(r"<(?:[A-Za-z_][\w.\-]{0,40}:)?oem[\s>]")
_COMPONENTS = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_COVARIANCES = tuple(
    f"C{row}_{column}" for k, row in enumerate(_COMPONENTS) for column in _COMPONENTS[: k + 1]
)
_ACCELERATIONS = ("X_DDOT", "Y_DDOT", "Z_DDOT")
_STATE, _COVARIANCE = "stateVector", "covarianceMatrix"
_GROUPS = ("header", "body", "metadata", "data")
_KNOWN = {
    _STATE: ("EPOCH", *_COMPONENTS, *_ACCELERATIONS),
    _COVARIANCE: ("EPOCH", "COV_REF_FRAME", *_COVARIANCES),
}


def _unit(keyword: str) -> str:
    """The unit of a number: powers of km and s by the letters of its name."""
    dots = keyword.count("_DOT")
    if keyword in _COVARIANCES:
        return ("km**2", "km**2/s", "km**2/s**2")[dots]
    return ("km", "km/s")[dots]


_UNITS = {keyword: _unit(keyword) for keyword in (*_COMPONENTS, *_COVARIANCES)}


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
        self._section: Section | None = None
        self._group = ""
        self._group_line = 0
        self._values: dict[str, str] = {}
        self._value_lines: dict[str, int] = {}
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
            message.header.put(VERSION, attributes.get("version", ""), line, self._name, message.notes)
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
            self._group, self._group_line = tag, line
            self._values, self._value_lines = {}, {}
        elif tag not in _GROUPS:
            self._open_leaf(tag, attributes, line)

    def _open_leaf(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self._leaf, self._leaf_line = tag, line
        self._is_nil = False
        for key, value in attributes.items():
            bare = key.rpartition(":")[2]
            if bare == "nil":
                self._is_nil = value in ("true", "1")
            elif bare == "units" and self._group and tag in _UNITS:
                written = value.strip().replace("^", "**")
                if written and written.lower() != _UNITS[tag]:
                    raise self._fault(
                        line, f"{tag}: expected the unit [{_UNITS[tag]}], got {quoted(value, 20)}"
                    )

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
            if tag in self._values:
                raise self._fault(line, f"{tag} is given twice")
            self._values[tag], self._value_lines[tag] = text, line
        elif self._section is not None:
            self._section.put(tag, text, line, self._name, message.notes)

    def _close_group(self) -> None:
        keywords = _COMPONENTS if self._group == _STATE else _COVARIANCES
        missing = [keyword for keyword in ("EPOCH", *keywords) if not self._values.get(keyword)]
        if missing:
            shown = ", ".join(missing[:6]) + (f" and {len(missing) - 6} more" if len(missing) > 6 else "")
            be = "is" if len(missing) == 1 else "are"
            raise self._fault(self._group_line, f"<{self._group}>: {shown} {be} missing; expected a value")
        numbers = [number(self._values[k], self._name, self._value_lines[k], k) for k in keywords]
        segment = self._segment(self._group_line)
        if self._group == _STATE:
            if any(keyword in self._values for keyword in _ACCELERATIONS):
                self.messages[-1].notes.add(ACCELERATIONS)
            segment.add_state(self._values["EPOCH"], numbers, self._group_line)
        else:
            frame = self._values.get("COV_REF_FRAME", "")
            segment.add_covariance(self._values["EPOCH"], frame, numbers, self._group_line)


FORMAT = EphemerisFormat("oem-xml", "an OEM as XML (<oem>)", is_like, read)
