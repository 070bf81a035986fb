"""The check of orbit comprehensive messages, KVN and XML: reading into blocks.

Source: CCSDS 502.0-B-3, sections 6, 7 and 8. The rules of the blocks are in `lint.ocm_blocks`.
"""

from __future__ import annotations

from debrissim.core.text import quoted
from debrissim.lint import lines
from debrissim.lint.elements import Element, check_children, check_root, gather
from debrissim.lint.findings import Collector
from debrissim.lint.ocm_blocks import check_blocks
from debrissim.lint.ocm_tables import BLOCKS, HEADER, VERSION, VERSIONS
from debrissim.lint.reader import MessageReader
from debrissim.lint.sections import SectionCheck
from debrissim.lint.tables import OCM_CLAUSES as CLAUSES
from debrissim.lint.tables import Part

_SHOWN = 60


def check_kvn(text: str, out: Collector) -> int:
    """Check the OCMs of a text; returns their number."""
    return _Reader(out).read(text)


class _Reader(MessageReader):
    """The blocks of each message, the last of them open until its end."""

    kind, clauses, versions = "OCM", CLAUSES, VERSIONS
    lines_are_limited = False

    def begin(self) -> None:
        self._parts: list[Part] = []
        self._open: Part | None = None

    def take(self, line: lines.Line) -> None:
        part = self._open or self.header
        if line.kind == lines.START:
            self._start(line)
        elif line.kind == lines.STOP:
            self._stop(line)
        elif line.kind == lines.COMMENT:
            self._comment(part, line.number)
        elif line.kind == lines.KEYWORD:
            self._keyword(part, line)
        elif self._open is not None and BLOCKS[part.kind].line_tag:
            part.rows.append((line.number, line.value))
        else:
            lines.not_an_assignment(line, self._out, CLAUSES)

    def _start(self, line: lines.Line) -> None:
        shown = quoted(f"{line.name}_START", _SHOWN)
        if self._open is not None:
            text = f"{shown} within the block {self._open.kind}; expected {self._open.kind}_STOP"
            self._out.fault("block", line.number, text, CLAUSES.cite("table 6-1"))
        if line.name not in BLOCKS:
            text = f"{shown} does not begin a block of an OCM; expected one of {', '.join(BLOCKS)}"
            self._out.fault("block", line.number, text, CLAUSES.cite("table 6-1"))
            return
        self._open = Part(line.name, line.number)
        self._parts.append(self._open)

    def _stop(self, line: lines.Line) -> None:
        if self._open is None or line.name != self._open.kind:
            expected = f"{self._open.kind}_STOP" if self._open else "a block that begins"
            text = f"{quoted(f'{line.name}_STOP', _SHOWN)} here; expected {expected}"
            self._out.fault("block", line.number, text, CLAUSES.cite("table 6-1"))
        self._open = None

    def _comment(self, part: Part, number: int) -> None:
        if self._open is None and self._parts:
            text = "a comment between blocks; expected it right after the beginning of one"
            self._out.fault("comment-place", number, text, CLAUSES["comment_place"])
        elif part.rows:
            text = "a comment among the lines of data; expected it right after the beginning of the block"
            self._out.fault("comment-place", number, text, CLAUSES["comment_place"])
        else:
            part.comments.append((number, len(part.entries)))

    def _keyword(self, part: Part, line: lines.Line) -> None:
        if self._open is None and self._parts:
            text = f"{quoted(line.name, _SHOWN)} between blocks; expected it in one of them"
            self._out.fault("block", line.number, text, CLAUSES.cite("table 6-1"))
            return
        if part.rows:
            text = f"{quoted(line.name, _SHOWN)} after lines of data; expected it before them"
            self._out.fault("order", line.number, text, CLAUSES["order"])
        layout = BLOCKS[part.kind].layout if self._open is not None else HEADER
        part.entries.append(lines.entry_of(line, layout))

    def finish(self) -> None:
        if self._open is not None:
            text = f"the message ends within the block {self._open.kind}; expected {self._open.kind}_STOP"
            self._out.fault("block-open", self.last, text, CLAUSES.cite("table 6-1"))
        # There is no version before 3: a message of another one is checked by the keywords of 3.
        sections = SectionCheck(self._out, CLAUSES, version=max(self.version(), 3), xml=False)
        sections.check(self.header, HEADER)
        for part in self._parts:
            sections.check(part, BLOCKS[part.kind].layout)
        check_blocks(self._parts, self.header.line, self._out, xml=False)


def check_element(message: Element, root: Element, out: Collector) -> None:
    """Check an <ocm>."""
    version = check_root(message, root, VERSION, out, CLAUSES, VERSIONS)
    sections = SectionCheck(out, CLAUSES, version=max(version, 3), xml=True)
    check_children(message, {"header": (1, 1), "body": (1, 1)}, out, CLAUSES, leaves=False)
    header = Part("HEADER", message.line)
    for element in message.of("header"):
        gather(header, element, (), out, CLAUSES)
    sections.check(header, HEADER, exempt=(VERSION,))
    groups: dict[str, tuple[int, int | None]] = {
        block.tag: (0, None if block.repeats else 1) for block in BLOCKS.values() if block.name != "META"
    }
    parts: list[Part] = []
    for body in message.of("body"):
        check_children(body, {"segment": (1, 1)}, out, CLAUSES, leaves=False)
        for segment in body.of("segment"):
            check_children(segment, {"metadata": (1, 1), "data": (1, 1)}, out, CLAUSES, leaves=False)
            parts += [_part("META", metadata, out) for metadata in segment.of("metadata")]
            for data in segment.of("data"):
                check_children(data, groups, out, CLAUSES, leaves=False)
                names = {block.tag: block.name for block in BLOCKS.values()}
                parts += [
                    _part(names[child.tag], child, out) for child in data.children if child.tag in groups
                ]
    for part in parts:
        sections.check(part, BLOCKS[part.kind].layout)
    check_blocks(parts, message.line, out, xml=True)


def _part(name: str, element: Element, out: Collector) -> Part:
    line_tag = BLOCKS[name].line_tag
    part = Part(name, element.line)
    rows = [child for child in element.children if line_tag and child.tag == line_tag]
    part.rows = [(row.line, row.text) for row in rows]
    element.children = [child for child in element.children if child.tag != line_tag]
    check_children(element, {}, out, CLAUSES, leaves=True)
    gather(part, element, (), out, CLAUSES)
    return part
