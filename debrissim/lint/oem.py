"""The check of orbit ephemeris messages, KVN and XML: reading into segments.

Source: CCSDS 502.0-B-3, sections 5, 7 and 8. The rules of a segment are in `lint.oem_segments`.
"""

from __future__ import annotations

from debrissim.core.text import quoted
from debrissim.ephemerides.odm_blocks import COVARIANCE_KEYWORDS, STATE_KEYWORDS
from debrissim.lint import lines
from debrissim.lint.elements import Element, check_children, check_root, entry_of, gather
from debrissim.lint.findings import Collector
from debrissim.lint.odm_tables import (
    OEM_COVARIANCE,
    OEM_HEADER,
    OEM_MATRIX,
    OEM_SEGMENT,
    OEM_STATE,
    OEM_VERSION,
    OEM_VERSIONS,
)
from debrissim.lint.oem_segments import OemMatrix, OemSegment, check_segments
from debrissim.lint.reader import MessageReader
from debrissim.lint.sections import SectionCheck
from debrissim.lint.tables import OEM_CLAUSES as CLAUSES
from debrissim.lint.tables import Part
from debrissim.lint.values import moment

_SHOWN = 60
_STATE = ("EPOCH", *STATE_KEYWORDS)
_ACCELERATIONS = ("X_DDOT", "Y_DDOT", "Z_DDOT")


def check_kvn(text: str, out: Collector) -> int:
    """Check the OEMs of a text; returns their number."""
    return _Reader(out).read(text)


class _Reader(MessageReader):
    """The segments of each message; mode: the part of the message that is being read."""

    kind, clauses, versions = "OEM", CLAUSES, OEM_VERSIONS

    def begin(self) -> None:
        self._segments: list[OemSegment] = []
        self._mode = "header"

    def take(self, line: lines.Line) -> None:
        if line.kind == lines.COMMENT:
            self._comment(line.number)
        elif line.kind in (lines.START, lines.STOP):
            self._bracket(line)
        elif line.kind == lines.KEYWORD:
            self._keyword(line)
        else:
            self._row(line)

    def _comment(self, number: int) -> None:
        if self._mode in ("header", "meta"):
            part = self.header if self._mode == "header" else self._segments[-1].metadata
            part.comments.append((number, len(part.entries)))
        else:
            segment = self._segments[-1]
            is_inside = bool(segment.matrices) if self._mode == "covariance" else bool(segment.rows)
            if is_inside:
                what = "covariances" if self._mode == "covariance" else "ephemeris lines"
                text = f"a comment within the {what}; expected it before the first of them"
                self._out.fault("comment-place", number, text, CLAUSES["comment_place"])

    def _bracket(self, line: lines.Line) -> None:
        word = f"{line.name}_{line.kind.upper()}"
        expected = {
            "META_START": ("header", "data", "after covariance"),
            "META_STOP": ("meta",),
            "COVARIANCE_START": ("data",),
            "COVARIANCE_STOP": ("covariance",),
        }.get(word)
        if expected is None:
            text = f"{quoted(word, _SHOWN)} is not a line of an OEM"
            self._out.fault("block", line.number, text, CLAUSES.cite("table 5-1"))
            return
        if self._mode not in expected:
            places = " or ".join(_PLACES[mode] for mode in expected)
            text = f"{word} {_PLACES[self._mode]}; expected it {places}"
            self._out.fault("block", line.number, text, CLAUSES.cite("table 5-1"))
        if word == "META_START" or not self._segments:
            self._segments.append(OemSegment(Part("metadata", line.number)))
        segment = self._segments[-1]
        if word == "META_STOP":
            segment.has_stop = True
        if word == "COVARIANCE_START":
            segment.covariance_line = line.number
        self._mode = {
            "META_START": "meta",
            "COVARIANCE_START": "covariance",
            "COVARIANCE_STOP": "after covariance",
        }.get(word, "data")

    def _keyword(self, line: lines.Line) -> None:
        if self._mode == "header":
            self.header.entries.append(lines.entry_of(line, OEM_HEADER))
        elif self._mode == "meta":
            self._segments[-1].metadata.entries.append(lines.entry_of(line, OEM_SEGMENT))
        elif self._mode == "covariance":
            self._covariance_keyword(line)
        else:
            text = f"{quoted(line.name, _SHOWN)} among the ephemeris lines; expected a time and numbers"
            self._out.fault("ephemeris-line", line.number, text, CLAUSES.cite("7.4.1.2"))

    def _covariance_keyword(self, line: lines.Line) -> None:
        segment = self._segments[-1]
        if line.name == "EPOCH" or not segment.matrices:
            segment.matrices.append(OemMatrix(Part("covariance", line.number)))
        matrix = segment.matrices[-1]
        if matrix.rows:
            text = f"{quoted(line.name, _SHOWN)} after numbers of the covariance; expected it before them"
            self._out.fault("order", line.number, text, CLAUSES["order"])
        matrix.part.entries.append(lines.entry_of(line, OEM_COVARIANCE))

    def _row(self, line: lines.Line) -> None:
        if self._mode == "meta" and moment(line.value.split()[0]) is not None:
            # META_STOP is missing, which the check of the segment reports.
            self._mode = "data"
        if self._mode in ("header", "meta"):
            lines.not_an_assignment(line, self._out, CLAUSES)
        elif self._mode == "covariance":
            segment = self._segments[-1]
            if not segment.matrices:
                text = "numbers of a covariance without EPOCH; expected it before them"
                self._out.fault("covariance-epoch", line.number, text, CLAUSES.cite("5.2.5.3"))
                segment.matrices.append(OemMatrix(Part("covariance", line.number)))
            segment.matrices[-1].rows.append((line.number, line.value.split()))
        else:
            if self._mode == "after covariance":
                text = "an ephemeris line after the covariances; expected META_START before it"
                self._out.fault("block", line.number, text, CLAUSES.cite("table 5-1"))
                self._mode = "data"
            self._segments[-1].rows.append((line.number, line.value.split()))

    def finish(self) -> None:
        if self._mode in ("meta", "covariance"):
            word, clause = (
                ("META_STOP", "table 5-3") if self._mode == "meta" else ("COVARIANCE_STOP", "5.2.5.2")
            )
            text = f"the message ends within a block; expected {word}"
            self._out.fault("block-open", self.last, text, CLAUSES.cite(clause))
        sections = SectionCheck(self._out, CLAUSES, version=self.version(), xml=False)
        sections.check(self.header, OEM_HEADER)
        check_segments(self._segments, self.header.line, self._out, sections, xml=False)


_PLACES = {
    "header": "in the header",
    "meta": "within the metadata",
    "data": "among the ephemeris lines",
    "covariance": "within the covariances",
    "after covariance": "after the covariances",
}


def check_element(message: Element, root: Element, out: Collector) -> None:
    """Check an <oem>."""
    version = check_root(message, root, OEM_VERSION, out, CLAUSES, OEM_VERSIONS)
    sections = SectionCheck(out, CLAUSES, version=version, xml=True)
    check_children(message, {"header": (1, 1), "body": (1, 1)}, out, CLAUSES, leaves=False)
    part = Part("header", message.line)
    for header in message.of("header"):
        gather(part, header, (), out, CLAUSES)
    sections.check(part, OEM_HEADER, exempt=(OEM_VERSION,))
    segments = []
    for body in message.of("body"):
        check_children(body, {"segment": (1, None)}, out, CLAUSES, leaves=False)
        segments += [_segment(segment, out, sections) for segment in body.of("segment")]
    check_segments(segments, message.line, out, sections, xml=True)


def _segment(segment: Element, out: Collector, sections: SectionCheck) -> OemSegment:
    check_children(segment, {"metadata": (1, 1), "data": (1, 1)}, out, CLAUSES, leaves=False)
    found = OemSegment(Part("metadata", segment.line), has_stop=True)
    for metadata in segment.of("metadata"):
        check_children(metadata, {}, out, CLAUSES, leaves=True)
        gather(found.metadata, metadata, (), out, CLAUSES)
    for data in segment.of("data"):
        check_children(
            data, {"stateVector": (1, None), "covarianceMatrix": (0, None)}, out, CLAUSES, leaves=False
        )
        begun = False
        for child in data.children:
            if child.tag == "COMMENT" and begun:
                text = "a comment within <data>; expected it right after <data>"
                out.fault("comment-place", child.line, text, CLAUSES["comment_place"])
            begun = begun or child.tag != "COMMENT"
            if child.tag == "stateVector":
                part = _values(child, sections)
                texts = [part.text(name) for name in (*_STATE, *_ACCELERATIONS)]
                found.rows.append((child.line, [text for k, text in enumerate(texts) if text or k < 7]))
            elif child.tag == "covarianceMatrix":
                part = _values(child, sections)
                matrix = OemMatrix(part)
                numbers = [part.text(name) for name in COVARIANCE_KEYWORDS]
                for row in range(6):
                    start = row * (row + 1) // 2
                    matrix.rows.append(
                        (part.line_of(COVARIANCE_KEYWORDS[start]), numbers[start : start + row + 1])
                    )
                found.matrices.append(matrix)
    return found


def _values(element: Element, sections: SectionCheck) -> Part:
    """The keywords of a state or of a covariance, checked."""
    part = Part(
        element.tag, element.line, [entry_of(child) for child in element.children if child.tag != "COMMENT"]
    )
    sections.check(part, OEM_STATE if element.tag == "stateVector" else OEM_MATRIX)
    return part
