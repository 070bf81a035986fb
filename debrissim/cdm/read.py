"""Reading of conjunction data messages: the content of a file decides its format, never its name."""

from __future__ import annotations

import re
from pathlib import Path

from debrissim.cdm.kvn import FIRST, read_kvn
from debrissim.cdm.message import CdmSummaries, Conjunction
from debrissim.cdm.parse import build
from debrissim.cdm.raw import RawMessage
from debrissim.cdm.spacetrack import (
    is_summary,
    json_records,
    read_spacetrack_json,
    summaries,
    summaries_of_csv,
)
from debrissim.cdm.xml import read_xml
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes, read_text
from debrissim.core.text import quoted, split_lines, whole_text

_CONTENT = "a file of CDMs"
# In KVN, in JSON and in XML.
_FIRST_KEYWORD = re.compile(
    rf'^[ \t]*{FIRST}|"{FIRST}"[ \t]*:|<(?:ndm:)?cdm[ \t>]', re.MULTILINE | re.IGNORECASE
)
# Three thousand messages; every line becomes a separate value.
_MAX_LENGTH = 32 << 20
_EXPECTED = "expected a CDM as KVN (CCSDS_CDM_VERS = ...), XML (<cdm>) or Space-Track JSON"


def read_cdm(path: Path | str) -> tuple[Conjunction, ...]:
    """All conjunctions of a file: KVN, XML or Space-Track's JSON, each plain, gzip or xz.

    Raises InputError, one sentence naming file, line (where the notation has lines) and keyword.
    """
    path = Path(path)
    return parse_cdm(read_bytes(path, _CONTENT), str(path))


def parse_cdm(data: bytes, name: str) -> tuple[Conjunction, ...]:
    """Read all conjunctions in the bytes of a file.

    Parameters
    ----------
    data : bytes
        Content of the file: KVN, XML or Space-Track's JSON, each plain, gzip or xz.
    name : str
        Name of the file in errors.

    Raises
    ------
    InputError
        As `read_cdm` does.
    """
    text = _checked(whole_text(data, name), name)
    return tuple(build(raw) for raw in _messages(text, name))


def parse_reports(data: bytes, name: str) -> tuple[Conjunction, ...] | CdmSummaries:
    """Read the messages in the bytes of a file, or its public summaries: its content decides.

    Raises InputError as `read_cdm` and `read_cdm_summaries` do.
    """
    text = _checked(whole_text(data, name), name)
    start = text.lstrip()
    if start[:1] in ("[", "{"):
        records = json_records(text, name)
        if is_summary(records[0]):
            return summaries(records, name)
        return tuple(build(raw) for raw in read_spacetrack_json(records, name))
    if not start.startswith("<") and _is_summary_table(_first_line(start)):
        return summaries_of_csv(text, name)
    return tuple(build(raw) for raw in _messages(text, name))


def count_reports(data: bytes, name: str) -> tuple[int, bool]:
    """How many messages the bytes of a file hold, by their first keyword; and whether they are public summaries.

    0 and False where they cannot be read: the reader of the file names the fault.
    """
    try:
        text = _checked(whole_text(data, name), name).lstrip()
        if text[:1] in ("[", "{") and is_summary(json_records(text, name)[0]):
            return 0, True
    except InputError:
        return 0, False
    if not text.startswith(("<", "[", "{")) and _is_summary_table(_first_line(text)):
        return 0, True
    return sum(1 for _ in _FIRST_KEYWORD.finditer(text)), False


def read_cdm_summaries(path: Path | str) -> CdmSummaries:
    """Space-Track's public summaries (class cdm_public): CSV or JSON, each plain, gzip or xz.

    Raises InputError, one sentence naming file, line or entry, and key.
    """
    path = Path(path)
    name = str(path)
    text = _checked(read_text(path, _CONTENT), name)
    if text.lstrip()[:1] in ("[", "{"):
        return summaries(json_records(text, name), name)
    return summaries_of_csv(text, name)


def _messages(text: str, name: str) -> list[RawMessage]:
    start = text.lstrip()
    if start.startswith("<"):
        if start[:200].lower().startswith(("<!doctype html", "<html")):
            raise InputError(f"{name}: an HTML page; {_EXPECTED}")
        return read_xml(text, name)
    if start[:1] in ("[", "{"):
        records = json_records(text, name)
        if is_summary(records[0]):
            raise InputError(_summary_fault(name))
        return read_spacetrack_json(records, name)
    first = _first_line(start)
    if _is_summary_table(first):
        raise InputError(_summary_fault(name))
    if "=" not in first and FIRST not in text.upper():
        raise InputError(f"{name}: begins with {quoted(first, 60)}; {_EXPECTED}")
    return read_kvn(text, name)


def _first_line(text: str) -> str:
    """The first line that is not a comment, otherwise the last one."""
    lines = [line.strip() for line in split_lines(text)]
    return next(line for line in lines if not line.upper().startswith("COMMENT") or line is lines[-1])


def _is_summary_table(header: str) -> bool:
    return is_summary([key.strip(' "').upper() for key in header.split(",")])


def _summary_fault(name: str) -> str:
    return (
        f"{name}: a table of public CDM summaries, which hold no states and no covariances; "
        "expected whole messages"
    )


def _checked(text: str, name: str) -> str:
    if len(text) > _MAX_LENGTH:
        raise InputError(f"{name}: holds more than {_MAX_LENGTH >> 20} MiB; expected a file of CDMs")
    if not text.strip():
        raise InputError(f"{name}: empty file; {_EXPECTED}")
    return text
