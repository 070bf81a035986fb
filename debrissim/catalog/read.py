"""Reading of catalogue files, whose format is recognised by content, never by name.

A bad record never stops a read; it is kept as a `Rejection`. A file without any good record is an error.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from debrissim.catalog import omm, tle
from debrissim.catalog.catalog import ByObject, Catalog
from debrissim.catalog.columns import build_catalog
from debrissim.catalog.records import Format, Rejection, in_file_order
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.text import quoted, readable_text, split_lines

_HTML = re.compile(r"<(!doctype\s+html|html)\b", re.IGNORECASE)
# A TLE file may begin with comments or names, a KVN with comments.
_SEARCH_CHARACTERS = 20_000


FORMATS: tuple[Format, ...] = (*omm.FORMATS, *tle.FORMATS)
"""The formats, tried in this order; a new one is a module with FORMATS and an entry here."""


@dataclass(frozen=True)
class CatalogFile:
    """Content of one catalogue file: its catalogue, with its source and the records that were rejected.

    Everything that a `Catalog` has can be asked of the file: columns, `screen`, `sort_by`, `head`, `to_pandas`.
    `format` is "tle", "3le", "omm-csv", "omm-json", "omm-xml" or "omm-kvn". `record_count` counts every
    record: len(catalog) + len(rejected). `sha256` is that of the file as stored, compressed or not.
    """

    path: Path
    catalog: Catalog
    rejected: tuple[Rejection, ...]
    format: str
    record_count: int
    sha256: str

    def __len__(self) -> int:
        return len(self.catalog)

    def __getitem__(self, rows: int | slice | ArrayLike) -> Catalog:
        """Rows of the catalogue, as `Catalog[rows]`."""
        return self.catalog[rows]

    def __iter__(self) -> Iterator[Catalog]:
        return iter(self.catalog)

    @property
    def loc(self) -> ByObject:
        """Rows of the catalogue by number or name, as `Catalog.loc`."""
        return self.catalog.loc

    def filter(self, *args: Any, **conditions: Any) -> Catalog:
        """Rows of the catalogue that meet every condition, as `Catalog.filter`."""
        return self.catalog.filter(*args, **conditions)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.catalog, name)

    def __repr__(self) -> str:
        return (
            f"<CatalogFile {self.path.name}: {self.format}, {len(self.catalog)} element sets, "
            f"{len(self.rejected)} rejected>"
        )


def read_catalog(path: str | os.PathLike[str]) -> CatalogFile:
    """Read a file of element sets: TLE, 3LE or OMM (CSV, JSON, XML, KVN), each plain, gzip or xz.

    Raises InputError, naming the path, if the file cannot be read or contains no valid record.
    """
    path = Path(path)
    return parse_catalog(read_bytes(path, "a file of element sets"), str(path))


def parse_catalog(data: bytes, name: str) -> CatalogFile:
    """Read the bytes of a file of element sets.

    Parameters
    ----------
    data : bytes
        Content of the file: TLE, 3LE or OMM (CSV, JSON, XML, KVN), each plain, gzip or xz.
    name : str
        Name of the file in messages and rejections.

    Raises
    ------
    InputError
        If the bytes cannot be read or hold no good record; the message begins with the name.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    text, problem = readable_text(data, name)
    # A large file in memory twice is once too often.
    del data
    file_format = _find_format(text, name)
    if problem and file_format.ends_by_line:
        # The stream broke off somewhere in the last line; the rest of that line is not to be trusted.
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
        if not text.strip():
            raise InputError(f"{name}: {problem} in the first line")
    raw = file_format.read(text, name)
    catalog, unfit = build_catalog(raw, name)
    rejected = [*raw.rejected, *unfit]
    if problem:
        reason = f"{problem}; the records before it are kept"
        rejected.append(Rejection(name, len(split_lines(text)), None, reason, ""))
    ordered = in_file_order(rejected)
    if len(catalog) == 0:
        first = f"; first: line {ordered[0].line}: {ordered[0].reason}" if ordered else ""
        seen = f"{len(ordered)} records, all rejected" if len(ordered) != 1 else "1 record, rejected"
        raise InputError(f"{name}: {seen if ordered else 'a header without records'}{first}")
    return CatalogFile(
        path=Path(name),
        catalog=catalog,
        rejected=ordered,
        format=raw.variant or file_format.name,
        record_count=len(catalog) + len(ordered),
        sha256=sha256,
    )


def _find_format(text: str, name: str) -> Format:
    """The format that the first lines show. Raises InputError, quoting them, if no format matches."""
    stripped = text.lstrip()
    if not stripped:
        raise InputError(f"{name}: empty file; expected element sets")
    if stripped.startswith("<") and _HTML.search(stripped[:1000]):
        raise InputError(f"{name}: an HTML page, not a catalogue (a download that failed?)")
    lines = split_lines(stripped[:_SEARCH_CHARACTERS])
    for candidate in FORMATS:
        if candidate.is_like(lines):
            return candidate
    raise InputError(
        f"{name}: begins with {quoted(lines[0], 60)}; expected TLE, 3LE, or OMM as CSV, JSON, XML or KVN"
    )
