"""The properties of each keyword of a message by its standard: the values that the rules of this room compare with.

Source: CCSDS 508.0-B-1 with corrigendum 2 (CDM) and CCSDS 502.0-B-3 (OPM, OMM, OEM, OCM). Each keyword is declared
once, in the module of its reader (`cdm.keywords`, `ephemerides`); the tables of this room add what only a strict check
needs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property


class Kind(Enum):
    """The kind of value of a keyword."""

    TEXT = "text"
    """Text of the message's own; in a CDM only upper case."""
    FREE = "free text"
    """Text in any case."""
    IDENTIFIER = "identifier"
    """Letters, digits, blanks, "_" and "-" (CCSDS 508.0-B-1, 5.2.9)."""
    WORD = "word"
    """One of `Keyword.words`."""
    NUMBER = "number"
    INTEGER = "whole number"
    TIME = "time"
    TAG = "time tag"
    """A time, or seconds since EPOCH_TZERO (CCSDS 502.0-B-3, 6.2.2.3)."""
    DESIGNATOR = "designator"
    """YYYY-NNNP{PP}, or UNKNOWN."""


@dataclass(frozen=True)
class Keyword:
    """One keyword.

    kind, words: its values; unit: "" without one, None if any is accepted; mandatory: in every message; low, high:
    its range; block: the logical block, within which there are no comments; table: where the standard lists it; since:
    the first version of the message that has it; open_words: whether other words are allowed, if unusual.
    """

    name: str
    kind: Kind = Kind.TEXT
    unit: str | None = ""
    mandatory: bool = False
    words: tuple[str, ...] = ()
    open_words: bool = False
    low: float = -math.inf
    high: float = math.inf
    block: str = ""
    table: str = ""
    since: int = 1


@dataclass(frozen=True)
class Clauses:
    """The clauses of one book that the rules of syntax cite, by number."""

    book: str
    line_length: str
    characters: str
    first_line: str
    assignment: str
    keyword_case: str
    order: str
    value: str
    text_case: str
    integer: str
    fixed: str
    floating: str
    blanks: str
    time: str
    unit: str
    unit_none: str
    unit_form: str
    comment_form: str
    comment_place: str
    keywords: str
    one_message: str
    xml_declaration: str
    xml_namespace: str
    xml_id: str
    xml_version: str
    xml_structure: str
    units_needed: bool = False
    upper_case: bool = False

    def __getitem__(self, name: str) -> str:
        """The clause as findings cite it: "CCSDS 508.0-B-1, 6.2.4.1"."""
        return self.cite(getattr(self, name))

    def cite(self, number: str) -> str:
        """Any clause or table of the book, such as "table 3-2"."""
        return f"{self.book}, {number}"


CDM = Clauses(
    book="CCSDS 508.0-B-1",
    line_length="6.2.2.1",
    characters="6.2.2.2",
    first_line="6.3.1.2",
    assignment="6.3.1.3",
    keyword_case="6.3.1.5",
    order="6.3.1.9",
    value="6.2.3.1",
    text_case="6.2.3.3",
    integer="6.3.2.1",
    fixed="6.3.2.2",
    floating="6.3.2.3",
    blanks="6.3.2.4",
    time="6.3.2.6",
    unit="6.2.4.1",
    unit_none="6.2.4.2",
    unit_form="6.3.3",
    comment_form="6.3.4",
    comment_place="6.2.5.2",
    keywords="6.3.1.3",
    one_message="3.1.2",
    xml_declaration="4.3.2",
    xml_namespace="4.3.3.2",
    xml_id="4.3.3.8",
    xml_version="4.3.3.9",
    xml_structure="4.2",
    units_needed=True,
    upper_case=True,
)
ODM = Clauses(
    book="CCSDS 502.0-B-3",
    line_length="7.3.2",
    characters="7.3.4",
    first_line="7.3.6",
    assignment="7.4.1",
    keyword_case="7.4.4",
    order="7.4.8",
    value="7.5.1",
    text_case="7.5.3",
    integer="7.5.4",
    fixed="7.5.6",
    floating="7.5.7",
    blanks="7.5.8",
    time="7.5.10",
    unit="7.7.1.1",
    unit_none="7.7.1.3",
    unit_form="7.7.1.1",
    comment_form="7.8.5",
    comment_place="7.8.6",
    keywords="7.9.2",
    one_message="5.1.3",
    xml_declaration="8.2",
    xml_namespace="8.3.3",
    xml_id="8.3.7",
    xml_version="8.3.8",
    xml_structure="8.5",
)
OPM_CLAUSES = replace(ODM, keywords="7.9.2.1", one_message="3.1.5", comment_place="7.8.7")
OMM_CLAUSES = replace(ODM, keywords="7.9.2.2", one_message="4.1.5", comment_place="7.8.8")
OEM_CLAUSES = replace(ODM, keywords="7.9.2.3", one_message="5.1.3", comment_place="7.8.9")
OCM_CLAUSES = replace(
    ODM, keywords="7.9.2.4", one_message="6.1.2", comment_place="7.8.10", order="6.2.2.1", unit="7.7.3.1",
    unit_form="7.7.3.6",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """The keywords of a section in the order of the standard.

    title: of the section, for sentences; prefix: of user-defined keywords, "" where these are not allowed.
    """

    title: str
    keywords: tuple[Keyword, ...]
    prefix: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, tuple[int, Keyword]]:
        """Place and keyword by name."""
        return {keyword.name: (place, keyword) for place, keyword in enumerate(self.keywords)}


@dataclass
class Entry:
    """A keyword as it is written: its name in upper case, its value without the unit, its unit, its line."""

    name: str
    value: str
    unit: str | None
    line: int
    has_blank_before_unit: bool = True
    is_closed: bool = True
    is_nil: bool = False


@dataclass
class Part:
    """A section or block as it is written: its keywords, the comments before each of them, its lines of data.

    comments: line of a comment, and number of keywords before it. radius_stated: whether a comment of it states a
    hard-body radius (CDM).
    """

    kind: str
    line: int
    entries: list[Entry] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)
    radius_stated: bool = False

    def entry(self, name: str) -> Entry | None:
        """The first entry of that name."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def text(self, name: str, default: str = "") -> str:
        """The value of the first entry of that name, or the default."""
        found = self.entry(name)
        return default if found is None or not found.value else found.value

    def line_of(self, name: str) -> int:
        """The line of a keyword, or of the part."""
        found = self.entry(name)
        return self.line if found is None else found.line


def keywords(
    names: Iterable[str],
    *,
    table: str,
    block: str = "",
    mandatory: Iterable[str] = (),
    units: Mapping[str, str] | None = None,
    more: Mapping[str, Keyword] | None = None,
    kind: Kind = Kind.TEXT,
) -> tuple[Keyword, ...]:
    """Keywords of one logical block: `more` has those of a separate kind, by name."""
    needed = frozenset(mandatory)
    out = []
    for name in names:
        base = (more or {}).get(name, Keyword(name, kind))
        unit = (units or {}).get(name, base.unit)
        out.append(
            replace(
                base, name=name, unit=unit, block=block or base.block, table=table, mandatory=name in needed
            )
        )
    return tuple(out)


def lists(entries: Sequence[str], limit: int = 6) -> str:
    """ "A, B and C", or the first names and the number of the others."""
    shown = list(entries[:limit])
    if len(entries) > limit:
        return f"{', '.join(shown)} and {len(entries) - limit} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
