"""The keywords of one message as they are written, whatever its notation, and their oddities."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace

from debrissim.cdm import keywords
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import printable, quoted

# A longer keyword, unit or version is a broken file, of which messages quote the beginning.
_MAX_KEYWORD = 80
_COMMON = frozenset({*keywords.HEADER, *keywords.RELATIVE})
_OBJECT = frozenset(keywords.OBJECT)


@dataclass(frozen=True)
class Entry:
    """The value of one keyword as text, its unit if one is written, and its line (None where unknown)."""

    value: str
    unit: str | None = None
    line: int | None = None


@dataclass
class RawMessage:
    """The keywords of one message: before the objects (`common`), and of each object."""

    name: str
    common: dict[str, Entry] = field(default_factory=dict)
    objects: list[dict[str, Entry]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    object_comments: list[list[str]] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def put(self, keyword: str, entry: Entry) -> None:
        """Take a keyword: of the newest object if there is one. InputError if unknown there, or there twice."""
        section = self.objects[-1] if self.objects else self.common
        keyword = printable(keyword[:_MAX_KEYWORD])
        unit = None if entry.unit is None else printable(entry.unit[:_MAX_KEYWORD])
        entry = replace(entry, value=printable(entry.value), unit=unit)
        known, later = (_OBJECT, keywords.LATER_OBJECT) if self.objects else (_COMMON, keywords.LATER_COMMON)
        if keyword in section:
            raise InputError(f"{self.at(entry)}: {keyword} is given twice")
        if keyword in known:
            pass
        elif keyword in later:
            if self.is_version_1:
                stated = self.common["CCSDS_CDM_VERS"].value[:_MAX_KEYWORD] if self.common else "1"
                self.notes.add(
                    f"keywords of version 2 in a message of version {stated}, read as in version 2", keyword
                )
        elif self.is_version_1 and not keyword.startswith("USER_DEFINED_"):
            near = difflib.get_close_matches(keyword, sorted(known | later), n=1, cutoff=0.75)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(f"{self.at(entry)}: unknown keyword {quoted(keyword)}{hint}")
        else:
            self.notes.add("not a keyword of CCSDS 508.0; it is not used", keyword)
        section[keyword] = entry

    @property
    def is_version_1(self) -> bool:
        """True for version 1.x, and where the version is not stated."""
        version = self.common.get("CCSDS_CDM_VERS")
        return version is None or version.value.startswith("1.")

    def open_object(self) -> None:
        """Begin the next object, to which the following keywords belong. Raises InputError for a third one."""
        if len(self.objects) == 2:
            raise InputError(f"{self.name}: more than two objects in one message")
        self.objects.append({})
        self.object_comments.append([])

    def comment(self, text: str) -> None:
        """Add a comment to the current object, or to the message before the first object."""
        (self.object_comments[-1] if self.objects else self.comments).append(printable(text.strip()))

    def at(self, entry: Entry) -> str:
        """The file, and the line where it is known."""
        return self.name if entry.line is None else f"{self.name}: line {entry.line}"
