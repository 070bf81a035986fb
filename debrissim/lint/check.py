"""The check of a file, whose kind is recognised by its content, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from debrissim.catalog.tle import is_element_line
from debrissim.core.compression import MAX_BYTES, decompress
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.text import decode_text, quoted, split_lines
from debrissim.lint import cdm, flat, gp, ocm, oem, tle
from debrissim.lint.elements import Element, check_declaration, read_messages
from debrissim.lint.findings import Collector, LintReport
from debrissim.lint.tables import CDM, OCM_CLAUSES, OEM_CLAUSES, OMM_CLAUSES, OPM_CLAUSES, Clauses

_CONTENT = "a message or element sets"
_MAX_LINES = 5_000_000
_SEARCHED = 20_000
_SHOWN = 60
_VERSION = re.compile(r"^[ \t\ufeff]*CCSDS_([A-Za-z]{3})_VERS[ \t]*=", re.IGNORECASE | re.MULTILINE)
_CDM_JSON = re.compile(r'"(?:CCSDS_CDM_VERS|SAT1_[A-Z_]{1,40}|SAT_1_[A-Z_]{1,40})"')
_HTML = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAGS = re.compile(r"<(?:[A-Za-z_][\w.\-]{0,40}:)?(cdm|oem|opm|omm|ocm)[\s>]")
_EXPECTED = "expected a CDM, OEM, OCM, OPM or OMM (KVN, XML), an OMM as CSV or JSON, or TLE"


@dataclass(frozen=True)
class Notation:
    """A kind of message: its check in KVN, its check in XML, the clauses of its XML."""

    kvn: Callable[[str, Collector], int]
    xml: Callable[[Element, Element, Collector], None]
    clauses: Clauses


KINDS = {
    "CDM": Notation(cdm.check_kvn, cdm.check_element, CDM),
    "OEM": Notation(oem.check_kvn, oem.check_element, OEM_CLAUSES),
    "OCM": Notation(ocm.check_kvn, ocm.check_element, OCM_CLAUSES),
    "OPM": Notation(flat.check_opm_kvn, flat.check_opm_element, OPM_CLAUSES),
    "OMM": Notation(flat.check_omm_kvn, flat.check_omm_element, OMM_CLAUSES),
}


def lint_file(path: Path | str) -> LintReport:
    """Check a file against its standard: plain, gzip or xz.

    Parameters
    ----------
    path : path
        A CDM, OEM, OCM, OPM or OMM as KVN or XML, an OMM as CSV or JSON, or element sets as TLE or 3LE.

    Returns
    -------
    LintReport
        Its findings; `unreadable` gives the reason if the file could not be checked. Nothing is raised for its content.
    """
    try:
        data = read_bytes(Path(path), _CONTENT)
    except InputError as error:
        return LintReport(str(path), unreadable=str(error))
    return lint_bytes(data, str(path))


def lint_bytes(data: bytes, name: str) -> LintReport:
    """Check the bytes of a file; `name` is that of the file in sentences. As `lint_file`."""
    out = Collector()
    try:
        file_format, records = _check(data, name, out)
    except InputError as error:
        return LintReport(name, unreadable=str(error))
    return out.report(name, file_format, records)


def _check(data: bytes, name: str, out: Collector) -> tuple[str, int]:
    text, is_utf8 = _text(data, name)
    start = text.lstrip().lstrip("\ufeff").lstrip()
    if not start:
        raise InputError(f"{name}: empty file; {_EXPECTED}")
    if not is_utf8:
        out.fault("encoding", 1, "the bytes are neither ASCII nor UTF-8", _encoding_clause(text))
    if start.startswith("<"):
        return _check_xml(text, name, out)
    found = _VERSION.search(text[:_SEARCHED])
    if found is not None and found[1].upper() in KINDS:
        kind = found[1].upper()
        records = KINDS[kind].kvn(text, out)
        return f"{kind} (KVN)", records
    if start[0] in "[{" and _CDM_JSON.search(start[:_SEARCHED]):
        raise InputError(f"{name}: CDMs as Space-Track's JSON, which no standard describes; {_EXPECTED}")
    if start[0] in "[{":
        return "OMM (JSON)", gp.check_json(text, out)
    first_lines = [line for line in split_lines(start[:_SEARCHED]) if line.strip()]
    if first_lines and gp.is_csv(first_lines[0]):
        return "OMM (CSV)", gp.check_csv(text, out)
    if any(is_element_line(line.strip()) for line in first_lines):
        return tle.check(text, out)
    raise InputError(f"{name}: begins with {quoted(split_lines(start[:200])[0], _SHOWN)}; {_EXPECTED}")


def _encoding_clause(text: str) -> str:
    """The clause on the characters of a file."""
    found = _VERSION.search(text[:_SEARCHED]) or _TAGS.search(text)
    kind = found[1].upper() if found is not None else ""
    return KINDS[kind].clauses["characters"] if kind in KINDS else "RFC 3629 (UTF-8)"


def _text(data: bytes, name: str) -> tuple[str, bool]:
    """The text of a file, and whether it is UTF-8. Raises InputError for damaged compression and too much text."""
    content, problem = decompress(data, name)
    if problem:
        raise InputError(f"{name}: {problem}")
    is_utf8 = True
    try:
        # Marks and blanks of other encodings stay: they are faults.
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text, is_utf8 = decode_text(content), False
    if len(text) > MAX_BYTES or text.count("\n") + text.count("\r") > 2 * _MAX_LINES:
        raise InputError(f"{name}: more than {_MAX_LINES:,} lines; not a file this program reads")
    return text, is_utf8


def _check_xml(text: str, name: str, out: Collector) -> tuple[str, int]:
    if _HTML.match(text.lstrip()[:200]):
        raise InputError(f"{name}: an HTML page (a download that failed?); {_EXPECTED}")
    found = _TAGS.search(text)
    if found is None:
        raise InputError(f"{name}: XML without a message that is checked; {_EXPECTED}")
    kinds: dict[str, None] = {}
    records = 0

    def take(message: Element, root: Element) -> None:
        nonlocal records
        kind = message.tag.upper()
        kinds[kind] = None
        records += 1
        KINDS[kind].xml(message, root, out)

    clauses = KINDS[found[1].upper()].clauses
    check_declaration(text, out, clauses)
    root = read_messages(text, name, out, [kind.lower() for kind in KINDS], take)
    if not kinds and root is None:
        raise InputError(f"{name}: not well-formed XML; {_EXPECTED}")
    return f"{' and '.join(kinds) or found[1].upper()} (XML)", records
