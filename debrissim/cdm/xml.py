"""CDMs as XML.

Source: CCSDS 508.0-B-1, section 6.4 and annex for the layout (cdm / header, body / relativeMetadataData,
segment / metadata, data); CCSDS 505.0 for <ndm>, which may hold several messages.

Assumptions
- The groups inside a section (relativeStateVector, odParameters, covarianceMatrix ...) only order keywords;
  a keyword belongs to its segment wherever in it it stands.
- An element with nil="true" (xsi:nil) has no value. Namespaces say nothing more.
"""

from __future__ import annotations

import xml.parsers.expat

from debrissim.cdm.parse import Entry, RawMessage
from debrissim.core.errors import InputError

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
    def __init__(self, name: str, skipped: int) -> None:
        self.messages: list[RawMessage] = []
        self.root = ""
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        # No message declares entities; refusing them keeps files that unpack without end out.
        self.parser.EntityDeclHandler = self._entity
        self._name = name
        self._skipped = skipped
        self._inside = False
        self._leaf = ""
        self._text: list[str] = []
        self._attributes: dict[str, str] = {}
        self._line = 0

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        tag = qualified.rpartition(":")[2]
        self.root = self.root or tag
        line = self.parser.CurrentLineNumber + self._skipped
        if tag == "cdm":
            self._inside = True
            self.messages.append(RawMessage(self._name))
            self.messages[-1].put("CCSDS_CDM_VERS", Entry(attributes.get("version", ""), None, line))
        elif self._inside and tag == "segment":
            self.messages[-1].open_object()
        elif self._inside and tag not in _GROUPS:
            if self._leaf:
                raise InputError(f"{self._name}: line {line}: unexpected <{tag}> inside <{self._leaf}>")
            self._leaf, self._text, self._attributes, self._line = tag, [], attributes, line

    def _characters(self, data: str) -> None:
        self._text.append(data)

    def _end(self, qualified: str) -> None:
        tag = qualified.rpartition(":")[2]
        if tag == "cdm":
            self._inside = False
        if not self._inside or tag != self._leaf:
            return
        self._leaf = ""
        text = "".join(self._text).strip()
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

    def _entity(self, entity: str, *_: object) -> None:
        raise InputError(f"{self._name}: XML entity {entity!r} declared; a CDM has none")


def read_xml(text: str, name: str) -> list[RawMessage]:
    """Every <cdm> in the text. Raises InputError naming file and line for malformed XML or foreign elements."""
    body = text.lstrip()
    skipped = text[: len(text) - len(body)].count("\n")
    reader = _Reader(name, skipped)
    try:
        reader.parser.Parse(body, True)
    except xml.parsers.expat.ExpatError as error:
        what = xml.parsers.expat.ErrorString(error.code)
        raise InputError(f"{name}: line {error.lineno + skipped}: malformed XML ({what})") from None
    if not reader.messages:
        raise InputError(f"{name}: XML with the root <{reader.root}>; expected <cdm>")
    return reader.messages
