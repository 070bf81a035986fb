"""Messages of several blocks in KVN: where each one begins and ends, and their headers.

Source: CCSDS 502.0-B-3, 7.3.6 and 7.9.1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from debrissim.lint import lines
from debrissim.lint.elements import check_version
from debrissim.lint.findings import Collector
from debrissim.lint.tables import Clauses, Part


class MessageReader(ABC):
    """The messages of a text, line by line; each is checked when it ends.

    kind: OEM, OCM. messages: their number so far; header: of the one being read; last: number of the latest line.
    """

    kind: str
    clauses: Clauses
    versions: Sequence[str]
    lines_are_limited = True

    def __init__(self, out: Collector) -> None:
        self.messages = 0
        self.header = Part("HEADER", 1)
        self.last = 1
        self._out = out

    def read(self, text: str) -> int:
        """Check the messages of a text; returns their number."""
        version = f"CCSDS_{self.kind}_VERS"
        # The first line is the version: `lex` reports and drops whatever comes before it.
        for line in lines.lex(text, self._out, self.clauses, first=version, limited=self.lines_are_limited):
            if line.kind == lines.KEYWORD and line.name == version:
                if self.messages:
                    self.finish()
                self.messages += 1
                if self.messages == 2:
                    lines.second_message(self.kind, "object", line.number, self._out, self.clauses)
                self.header = Part("HEADER", line.number)
                self.begin()
            self.last = line.number
            self.take(line)
        if self.messages:
            self.finish()
        return self.messages

    @abstractmethod
    def begin(self) -> None:
        """Begin a message."""

    @abstractmethod
    def take(self, line: lines.Line) -> None:
        """Take a line that is not blank."""

    @abstractmethod
    def finish(self) -> None:
        """Check the message that ends."""

    def version(self) -> int:
        """Check the version of the message that ends; returns its first number."""
        first = self.header.entries[0]
        clause = self.clauses.cite("7.9.1")
        return check_version(first.value, first.name, first.line, self._out, clause, self.versions)
