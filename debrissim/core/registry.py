"""Named values of one kind, in the order in which they were registered."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from debrissim.core.errors import InputError
from debrissim.core.text import quoted


class Named(Protocol):
    """A value with a name."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)
Default = TypeVar("Default")


class Registry(Mapping[str, Entry]):
    """A mapping of names to frozen entries, to which entries can be added but from which none is removed.

    kind: the noun that errors use, such as "method"; entries: the first ones.
    """

    def __init__(self, kind: str, entries: Iterable[Entry] = ()) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self.register(entry)

    def register(self, entry: Entry) -> Entry:
        """Add an entry under its name and return it. Raises InputError if the name is empty or taken."""
        if not entry.name:
            raise InputError(f"{self.kind}: expected a name, got an empty one")
        if entry.name in self._entries:
            raise InputError(
                f"{self.kind}: expected a new name, got {entry.name!r}, which is registered already"
            )
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> Entry:
        """The entry of that name. Raises InputError, listing the names, if there is none."""
        if name not in self:
            raise unknown_name(self.kind, name, self)
        return self._entries[name]

    def get(self, name: str, default: Default | None = None) -> Entry | Default | None:  # type: ignore[override]
        """The entry of that name, or the default if there is none."""
        return self._entries.get(name, default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} entries of kind {self.kind!r}: {', '.join(self)}>"


def unknown_name(kind: str, name: object, names: Iterable[str]) -> InputError:
    """The error for a name that is not among those expected, with the nearest of them."""
    expected = list(names)
    return InputError(
        f"{kind}: expected one of {', '.join(expected)}, got {quoted(name)}{suggestion(name, expected)}"
    )


def suggestion(name: object, names: Iterable[str]) -> str:
    """ "; did you mean 'x'?" with the name nearest to a misspelt one, or nothing if none is near."""
    near = difflib.get_close_matches(name[:200], list(names), n=1) if isinstance(name, str) else []
    return f"; did you mean {near[0]!r}?" if near else ""
