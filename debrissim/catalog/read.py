"""Reading a catalogue file: what it is, is found out from its content, never from its name.

One bad record never stops a read; it is kept as a `Rejection`. A file without any good record is an error.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.columns import build_catalog
from debrissim.catalog.omm import read_omm_csv, read_omm_json, read_omm_kvn, read_omm_xml
from debrissim.catalog.records import RawRecords, Rejection, in_file_order
from debrissim.catalog.tle import is_element_line, read_tle
from debrissim.core.errors import InputError
from debrissim.core.text import decode_text, decompress, excerpt, split_lines

_HTML = re.compile(r"<(!doctype\s+html|html)\b", re.IGNORECASE)
_KVN = re.compile(r"\s*CCSDS_OMM_VERS\s*=")
# How far to look for what tells the format: a TLE file may begin with comments or names, a KVN with comments.
_SEARCH_CHARACTERS = 20_000


# In these a record cut short may look complete; in JSON and XML it never does.
_LINE_FORMATS = ("tle", "omm-csv", "omm-kvn")


@dataclass(frozen=True)
class CatalogFile:
    """What one file held.

    `format` is "tle", "3le", "omm-csv", "omm-json", "omm-xml" or "omm-kvn". `record_count` counts every
    record seen: len(catalog) + len(rejected). `sha256` is that of the file as stored, compressed or not.
    """

    path: Path
    catalog: Catalog
    rejected: tuple[Rejection, ...]
    format: str
    record_count: int
    sha256: str


def read_catalog(path: Path) -> CatalogFile:
    """Read a file of element sets: TLE, 3LE or OMM (CSV, JSON, XML, KVN), each plain, gzip or xz.

    Raises InputError, naming the path, where the file cannot be read or holds no good record.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; expected a file of element sets") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    return parse_catalog(data, str(path))


def parse_catalog(data: bytes, name: str) -> CatalogFile:
    """The same for the bytes of a file; `name` stands in messages and rejections."""
    content, problem = decompress(data, name)
    text = decode_text(content)
    file_format = _format_of(text, name)
    if problem and file_format in _LINE_FORMATS:
        # The stream broke off somewhere in the last line; the rest of that line is not to be trusted.
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
        if not text.strip():
            raise InputError(f"{name}: {problem} in the first line")
    raw = _read(file_format, text, name)
    if file_format == "tle" and any(raw.fields["OBJECT_NAME"]):
        file_format = "3le"
    catalog, unfit = build_catalog(raw, name)
    rejected = [*raw.rejected, *unfit]
    if problem:
        reason = f"{problem}; what came before is kept"
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
        format=file_format,
        record_count=len(catalog) + len(ordered),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _read(file_format: str, text: str, name: str) -> RawRecords:
    readers = {
        "tle": read_tle,
        "omm-csv": read_omm_csv,
        "omm-json": read_omm_json,
        "omm-xml": read_omm_xml,
        "omm-kvn": read_omm_kvn,
    }
    return readers[file_format](text, name)


def _format_of(text: str, name: str) -> str:
    """The format that the first lines show; InputError says what was seen instead."""
    stripped = text.lstrip()
    if not stripped:
        raise InputError(f"{name}: empty file; expected element sets")
    if stripped.startswith("<"):
        if _HTML.search(stripped[:1000]):
            raise InputError(f"{name}: an HTML page, not a catalogue (a download that failed?)")
        return "omm-xml"
    if stripped[0] in "{[":
        return "omm-json"
    lines = split_lines(stripped[:_SEARCH_CHARACTERS])
    first = lines[0]
    if _KVN.match(first) or (first.startswith("COMMENT") and any(map(_KVN.match, lines))):
        return "omm-kvn"
    keys = {key.strip(' "').upper() for key in first.split(",")}
    if len(keys) > 3 and ("EPOCH" in keys or "MEAN_MOTION" in keys):
        return "omm-csv"
    if any(is_element_line(line.strip()) for line in lines):
        return "tle"
    seen = excerpt(first)[:60]
    raise InputError(f"{name}: begins with {seen!r}; expected TLE, 3LE, or OMM as CSV, JSON, XML or KVN")
