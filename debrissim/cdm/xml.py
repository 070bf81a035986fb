"""CDMs as XML.

Source: CCSDS 508.0-B-1, section 6.4 and annex for the layout (cdm / header, body / relativeMetadataData,
segment / metadata, data); CCSDS 505.0 for <ndm>, which may hold several messages.

Assumptions
- The groups inside a section (relativeStateVector, odParameters, covarianceMatrix ...) only order keywords;
  a keyword belongs to its segment wherever it appears in it.
- An element with nil="true" (xsi:nil) has no value. Namespaces say nothing more.
"""

from __future__ import annotations

import re

from debrissim.cdm.raw import Entry, RawMessage
from debrissim.core.errors import InputError
from debrissim.core.text import printable
from debrissim.core.xml import parse_xml

_CAMEL_CASE = re.compile(r"[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*")
_GROUPS = frozenset(
    {
        "header",
        "body",
        "relativeMetadataData",
        "relativeStateVector",
        "metadata",
        "data",
        "odParameters",
        "additionalParameters",
        "stateVector",
        "covarianceMatrix",
        "userDefinedParameters",
    }
)


class _Reader:
    """The messages of a text, filled element by element."""

    def __init__(self, name: str) -> None:
        self.messages: list[RawMessage] = []
        self.root = ""
        self._name = name
        self._inside = False
        self._leaf = ""
        self._attributes: dict[str, str] = {}
        self._line = 0

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """Open a message, an object or a keyword."""
        self.root = self.root or tag
        if tag == "cdm":
            self._inside = True
            self.messages.append(RawMessage(self._name))
            self.messages[-1].put("CCSDS_CDM_VERS", Entry(attributes.get("version", ""), None, line))
        elif self._inside and tag == "segment":
            self.messages[-1].open_object()
        elif self._inside and not self._is_group(tag):
            if self._leaf:
                raise InputError(f"{self._name}: line {line}: unexpected <{tag}> inside <{self._leaf}>")
            self._leaf, self._attributes, self._line = tag, attributes, line

    def _is_group(self, tag: str) -> bool:
        """Whether the element only orders keywords; version 2 has more of them, in the same manner of writing."""
        return tag in _GROUPS or (not self.messages[-1].is_version_1 and bool(_CAMEL_CASE.fullmatch(tag)))

    def end(self, tag: str, text: str) -> None:
        """Close a message, or a keyword with its value."""
        if tag == "cdm":
            self._inside = False
        if not self._inside or tag != self._leaf:
            return
        self._leaf = ""
        if tag == "COMMENT":
            self.messages[-1].comment(text)
            return
        nil = any(
            key.rpartition(":")[2] == "nil" and value in ("true", "1")
            for key, value in self._attributes.items()
        )
        entry = Entry("" if nil else text, self._attributes.get("units"), self._line)
        if tag == "USER_DEFINED":
            tag = f"USER_DEFINED_{self._attributes.get('parameter', '')}"
        self.messages[-1].put(tag, entry)


def read_xml(text: str, name: str) -> list[RawMessage]:
    """Every <cdm> in the text.

    Raises InputError naming file and line for malformed XML, foreign elements and declared entities.
    """
    reader = _Reader(name)
    fault = parse_xml(text, name, reader.start, reader.end)
    if fault is not None:
        raise InputError(f"{name}: line {fault[0]}: malformed XML ({fault[1]})")
    if not reader.messages:
        raise InputError(f"{name}: XML with the root <{printable(reader.root[:60])}>; expected <cdm>")
    return reader.messages
