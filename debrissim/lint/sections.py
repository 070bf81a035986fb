"""A section of a message against its table: unknown, repeated, misplaced and missing keywords, values, comments.

Source: CCSDS 508.0-B-1, 6.2.5.2, 6.3.1.3 and 6.3.1.9; CCSDS 502.0-B-3, 7.4.8, 7.8.6 and 7.9.2.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from debrissim.core.registry import suggestion
from debrissim.core.text import quoted
from debrissim.lint.findings import Collector
from debrissim.lint.tables import Clauses, Entry, Layout, Part, lists
from debrissim.lint.values import ValueCheck

_SHOWN = 60
# The order of a section with more keywords than any message has is not checked: it is an error anyway.
_MAX_ENTRIES = 20_000
_MAX_SUGGESTIONS = 20
# The first keyword of a manoeuvre, of which there may be several.
_REPEATING = "MAN_EPOCH_IGNITION"


class SectionCheck:
    """The checks of the sections of one message.

    version: of the message, the first number of it; strict_order: whether keywords out of order are a fault.
    """

    def __init__(
        self, out: Collector, clauses: Clauses, *, version: int, xml: bool, strict_order: bool = True
    ) -> None:
        self.out, self.clauses, self.version, self.xml = out, clauses, version, xml
        self.values = ValueCheck(out, clauses, xml=xml)
        self._strict_order = strict_order
        self._suggestions = 0

    def check(
        self,
        part: Part,
        layout: Layout,
        *,
        owner: str = "",
        exempt: Collection[str] = (),
    ) -> None:
        """Compare a section with its layout.

        owner: " of OBJECT1", for sentences. exempt: mandatory keywords that this section may lack.
        """
        self.known(part, layout, owner)
        self.repeated(part.entries, layout, owner)
        self.ordered(part.entries, layout, owner)
        self.missing(part, layout, owner, exempt)
        self.comments(part, blocks_of(part, layout), layout)

    def known(self, part: Part, layout: Layout, owner: str = "") -> None:
        """Report keywords that the section does not have; check the values of the others."""
        for entry in part.entries:
            found = layout.by_name.get(entry.name)
            if found is not None and found[1].since <= self.version:
                self.values.check(entry, found[1], owner)
            elif layout.prefix and entry.name.startswith(layout.prefix):
                pass
            elif found is not None:
                text = (
                    f"{entry.name}{owner}: a keyword of version {found[1].since}.0, in a message of version "
                )
                text += f"{self.version}"
                self.out.fault("keyword-later", entry.line, text, self.clauses["keywords"])
                self.values.check(entry, found[1], owner)
            else:
                text = f"{quoted(entry.name, _SHOWN)} is not a keyword of {layout.title}"
                # Each costs a comparison with the whole table: a message with only foreign keywords gains nothing by
                # it.
                if self._suggestions < _MAX_SUGGESTIONS:
                    text += suggestion(entry.name, layout.by_name)
                    self._suggestions += 1
                self.out.fault("keyword-unknown", entry.line, text, self.clauses["keywords"])

    def repeated(self, entries: Iterable[Entry], layout: Layout, owner: str = "") -> None:
        """Report keywords that occur again."""
        lines: dict[str, int] = {}
        for entry in entries:
            if entry.name in lines:
                clause = self._table(entry.name, layout)
                text = (
                    f"{_shown(entry, layout)}{owner} is given twice; the first is on line {lines[entry.name]}"
                )
                self.out.fault("keyword-twice", entry.line, text, clause)
            else:
                lines[entry.name] = entry.line

    def _table(self, name: str, layout: Layout) -> str:
        found = layout.by_name.get(name)
        return self.clauses.cite(found[1].table) if found else self.clauses["keywords"]

    def ordered(self, entries: Sequence[Entry], layout: Layout, owner: str = "") -> None:
        """Report the fewest keywords that spoil the order of the table."""
        known: list[tuple[Entry, int]] = []
        seen: set[str] = set()
        for entry in entries:
            # One that is repeated is a fault already.
            if entry.name in layout.by_name and (entry.name not in seen or entry.name == _REPEATING):
                known.append((entry, layout.by_name[entry.name][0]))
                seen.add(entry.name)
        if len(known) > _MAX_ENTRIES:
            return
        places = [place for _, place in known]
        kept = _longest_ascent(places)
        names = {place: entry.name for entry, place in known}
        for k, (entry, place) in enumerate(known):
            if k in kept:
                continue
            before = max((other for other in names if other < place), default=None)
            where = (
                f"expected it after {names[before]}" if before is not None else "expected it at the beginning"
            )
            text = f"{entry.name}{owner} is out of order; {where}"
            clause = self.clauses["xml_structure"] if self.xml else self.clauses["order"]
            if self._strict_order:
                self.out.fault("order", entry.line, text, clause)
            else:
                self.out.advice("order", entry.line, text, clause)

    def missing(self, part: Part, layout: Layout, owner: str = "", exempt: Collection[str] = ()) -> None:
        """Report mandatory keywords that are not there, those of one table together."""
        present = {entry.name for entry in part.entries}
        absent: dict[str, list[str]] = {}
        for keyword in layout.keywords:
            is_there = keyword.name in present or keyword.since > self.version
            if keyword.mandatory and not is_there and keyword.name not in exempt:
                absent.setdefault(keyword.table, []).append(keyword.name)
        for table, names in absent.items():
            be = "is" if len(names) == 1 else "are"
            text = f"{lists(names)}{owner} {be} missing, and mandatory"
            self.out.fault("keyword-missing", part.line, text, self.clauses.cite(table))

    def comments(self, part: Part, blocks: Sequence[str], layout: Layout) -> None:
        """Report comments within a logical block or after the last keyword. blocks: that of each keyword."""
        for line, place in part.comments:
            if 0 < place < len(blocks) and blocks[place] == blocks[place - 1]:
                before, after = (_shown(part.entries[k], layout) for k in (place - 1, place))
                text = (
                    f"a comment between {before} and {after}; expected it before the first keyword of a block"
                )
                self.out.fault("comment-place", line, text, self.clauses["comment_place"])
            elif place and place >= len(blocks):
                text = "a comment after the last keyword; expected it before the first keyword of a block"
                self.out.fault("comment-place", line, text, self.clauses["comment_place"])


def _shown(entry: Entry, layout: Layout) -> str:
    """The keyword of an entry for a sentence: one that the layout has as it is, any other one as text of the file."""
    return entry.name if entry.name in layout.by_name else quoted(entry.name, _SHOWN)


def blocks_of(part: Part, layout: Layout) -> list[str]:
    """The logical block of each keyword of a part; an unknown one is a block of its own."""
    return [
        layout.by_name[entry.name][1].block if entry.name in layout.by_name else f"? {k}"
        for k, entry in enumerate(part.entries)
    ]


def _longest_ascent(places: Sequence[int]) -> set[int]:
    """The indices of a longest part of a sequence that never descends."""
    tails: list[int] = []
    tail_index: list[int] = []
    previous = [-1] * len(places)
    for k, place in enumerate(places):
        at = bisect_right(tails, place)
        if at == len(tails):
            tails.append(place)
            tail_index.append(k)
        else:
            tails[at], tail_index[at] = place, k
        previous[k] = tail_index[at - 1] if at else -1
    kept: set[int] = set()
    k = tail_index[-1] if tail_index else -1
    while k >= 0:
        kept.add(k)
        k = previous[k]
    return kept
