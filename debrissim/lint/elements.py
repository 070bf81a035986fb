"""Messages in XML: their elements as sections of keywords, and the rules of the root and of the structure.

Source: CCSDS 508.0-B-1, section 4 and 6.4; CCSDS 502.0-B-3, section 8; CCSDS 505.0-B-3 for <ndm>.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from debrissim.core.text import quoted
from debrissim.core.xml import parse_xml
from debrissim.lint.findings import Collector
from debrissim.lint.tables import Clauses, Entry, Part

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SHOWN = 60
_CAMEL_CASE = re.compile(r"[a-z][A-Za-z0-9]*")


@dataclass
class Element:
    """An element: tag without prefix, attributes, line, text without blanks at its ends, children."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def is_nil(self) -> bool:
        """Whether it has an attribute nil="true"."""
        return any(
            key.rpartition(":")[2] == "nil" and value in ("true", "1")
            for key, value in self.attributes.items()
        )

    def of(self, tag: str) -> list[Element]:
        """The children of that tag."""
        return [child for child in self.children if child.tag == tag]


class _Builder:
    """Whole messages of a text, each handed on and dropped when it ends."""

    def __init__(self, roots: Sequence[str], take: Callable[[Element, Element], None]) -> None:
        self._roots, self._take = roots, take
        self._open: list[Element] = []
        self.root: Element | None = None
        self.foreign: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        element = Element(tag, attributes, line)
        if self.root is None:
            self.root = element
        if self._open:
            self._open[-1].children.append(element)
            self._open.append(element)
        elif tag in self._roots:
            self._open.append(element)
        elif element is not self.root:
            self.foreign.append(element)

    def end(self, _: str, text: str) -> None:
        if not self._open:
            return
        element = self._open.pop()
        element.text = text
        if not self._open and self.root is not None:
            self._take(element, self.root)


def read_messages(
    text: str, name: str, out: Collector, roots: Sequence[str], take: Callable[[Element, Element], None]
) -> Element | None:
    """Hand every message of a text to `take`, with the root of the file; returns the root, None without one.

    Malformed XML is a fault; the messages before it are taken. Raises InputError for XML that declares entities, is
    nested too deep or has an endless tag.
    """
    builder = _Builder(roots, take)

    def stray(between: str, line: int) -> None:
        shown = f"text between elements, {quoted(between, _SHOWN)}; expected none"
        out.fault("xml-text", line, shown, "CCSDS 505.0-B-3, 3.2")

    fault = parse_xml(text, name, builder.start, builder.end, stray)
    if fault is not None:
        reason = f"malformed XML ({fault[1]}); the rest of the file was not checked"
        out.fault("xml-malformed", fault[0], reason, "XML 1.0")
    return builder.root


def check_declaration(text: str, out: Collector, clauses: Clauses) -> None:
    """Report a first line that is not the XML declaration as the standard has it."""
    first = text[:1000].split("\n", 1)[0].rstrip("\r ")
    if first != DECLARATION:
        shown = f"expected {DECLARATION} on the first line, got {quoted(first, _SHOWN)}"
        out.fault("xml-declaration", 1, shown, clauses["xml_declaration"])


def check_root(
    message: Element, root: Element, keyword: str, out: Collector, clauses: Clauses, versions: Sequence[str]
) -> int:
    """Report faults of the attributes of a message; returns the number of its version, or the latest."""
    if root.attributes.get("xmlns:xsi") != _XSI:
        text = f'<{root.tag}>: expected xmlns:xsi="{_XSI}"'
        out.fault_once("xml-namespace", root.line, text, clauses["xml_namespace"])
    if message.attributes.get("id") != keyword:
        got = message.attributes.get("id")
        text = (
            f'<{message.tag}>: expected id="{keyword}", got {"none" if got is None else quoted(got, _SHOWN)}'
        )
        out.fault("xml-id", message.line, text, clauses["xml_id"])
    version = message.attributes.get("version", "")
    return check_version(version, keyword, message.line, out, clauses["xml_version"], versions)


def check_version(
    version: str, keyword: str, line: int, out: Collector, clause: str, versions: Sequence[str]
) -> int:
    """Report a version that the standard does not have; returns its first number, or that of the latest one."""
    if version not in versions:
        text = f"{keyword}: expected {' or '.join(versions)}, got {quoted(version, _SHOWN)}"
        out.fault("version", line, text, clause)
    first = version[:1]
    latest = versions[-1][0]
    return int(first) if first in "123456789" and first else int(latest)


def check_children(
    element: Element,
    groups: Mapping[str, tuple[int, int | None]],
    out: Collector,
    clauses: Clauses,
    *,
    leaves: bool,
) -> None:
    """Report groups in an element that are unknown, missing, too many or out of order.

    groups: fewest and most of each child that is a group, in their order. leaves: whether it may also contain keywords.
    """
    order = list(groups)
    last = 0
    counts = dict.fromkeys(groups, 0)
    for child in element.children:
        if child.tag in groups:
            counts[child.tag] += 1
            place = order.index(child.tag)
            if place < last:
                text = f"<{child.tag}> is out of order in <{element.tag}>; expected it before <{order[last]}>"
                out.fault("xml-order", child.line, text, clauses["xml_structure"])
            last = max(last, place)
        elif _CAMEL_CASE.fullmatch(child.tag):
            text = f"<{child.tag}> is not a part of <{element.tag}>"
            out.fault("xml-structure", child.line, text, clauses["xml_structure"])
        elif not leaves and child.tag != "COMMENT":
            text = (
                f"{quoted(child.tag, _SHOWN)} directly in <{element.tag}>; expected it in one of its groups"
            )
            out.fault("xml-structure", child.line, text, clauses["xml_structure"])
    for tag, (fewest, most) in groups.items():
        number = counts[tag]
        if number < fewest or (most is not None and number > most):
            wanted = (
                f"{fewest}"
                if most == fewest
                else f"at least {fewest}"
                if number < fewest
                else f"at most {most}"
            )
            text = f"{number} <{tag}> in <{element.tag}>; expected {wanted}"
            out.fault("xml-structure", element.line, text, clauses["xml_structure"])


def entry_of(element: Element) -> Entry:
    """An element as a keyword."""
    name = element.tag
    if name == "USER_DEFINED":
        name = f"USER_DEFINED_{element.attributes.get('parameter', '').upper()}"
    is_nil = element.is_nil
    return Entry(
        name, "" if is_nil else element.text, element.attributes.get("units"), element.line, is_nil=is_nil
    )


def gather(part: Part, element: Element, groups: Sequence[str], out: Collector, clauses: Clauses) -> None:
    """Add the keywords of an element, and of the groups in it, to a part, in the order of the file.

    Comments after the first other child of their element are reported.
    """
    begun = False
    for child in element.children:
        if child.tag == "COMMENT":
            if begun:
                text = f"a comment within <{element.tag}>; expected it right after <{element.tag}>"
                out.fault("comment-place", child.line, text, clauses["comment_place"])
            continue
        begun = True
        if child.tag in groups:
            gather(part, child, groups, out, clauses)
        elif child.tag == "USER_DEFINED" and not child.attributes.get("parameter"):
            text = '<USER_DEFINED>: expected an attribute parameter="NAME"'
            out.fault("xml-structure", child.line, text, clauses["xml_structure"])
        elif child.children:
            text = f"<{child.tag}> holds other elements; expected a value"
            out.fault("xml-structure", child.line, text, clauses["xml_structure"])
        elif not _CAMEL_CASE.fullmatch(child.tag):
            part.entries.append(entry_of(child))
