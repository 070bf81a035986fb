"""What the format readers hand on: records as columns of text, and the records that were left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal


@dataclass(frozen=True)
class Rejection:
    """One record that was not taken, and why.

    `line` is the 1-based line of the record in the decompressed text (its element line 1 for a TLE, the line
    of its opening brace or tag for JSON and XML, the line of CCSDS_OMM_VERS for KVN). `norad_id` is None
    where the number could not be read. `text` is the beginning of the record as it stands in the file.
    """

    file: str
    line: int
    norad_id: int | None
    reason: str
    text: str


@dataclass(frozen=True)
class RawRecords:
    """m records of one file as columns of text, named by their OMM keywords; nothing is converted yet.

    `fields[key]` has length m and "" where a record lacks the key. A TLE reader fills the same keywords;
    only its epochs look different, which `epoch_style` says. `rejected` holds what the reader itself could
    not split into fields.
    """

    fields: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    texts: Sequence[str]
    rejected: Sequence[Rejection]
    epoch_style: Literal["iso", "tle"] = "iso"


def records_as_columns(
    records: Sequence[Mapping[str, str]],
    lines: Sequence[int],
    texts: Sequence[str],
    rejected: Sequence[Rejection],
) -> RawRecords:
    """The same as columns, for the formats that come one record at a time (JSON, XML, KVN)."""
    keys: dict[str, None] = {}
    for record in records:
        keys.update(dict.fromkeys(record))
    fields = {key: [record.get(key, "") for record in records] for key in keys}
    return RawRecords(fields=fields, lines=lines, texts=texts, rejected=rejected)


@lru_cache(maxsize=1024)
def omm_key(name: str) -> str:
    """A keyword as used here: upper case, no USER_DEFINED_ prefix (Space-Track puts OBJECT_TYPE there)."""
    return name.strip().upper().removeprefix("USER_DEFINED_")


def in_file_order(rejections: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Rejections sorted by line; those of one line keep their order."""
    return tuple(sorted(rejections, key=lambda rejection: rejection.line))
