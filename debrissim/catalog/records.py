"""Records of a catalogue file as columns of text, rejected records, and the value that describes a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from debrissim.core.errors import InputError
from debrissim.core.text import quoted

# The element set of an OMM, in the order of CelesTrak's columns.
ELEMENT_KEYS = (
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
)
# Without these no orbit can be propagated. BSTAR belongs to them: taking a missing one for zero would be a silent
# claim of no drag. The catalogue number may also come from TLE_LINE1.
REQUIRED_KEYS = (*ELEMENT_KEYS, "BSTAR")

# Four million km from the Earth, which does not hold such an orbit; six times as fast as at its surface; a drag with
# which nothing would stay up for a second. Beyond lie overflows within SGP4.
SLOWEST_REV_DAY, FASTEST_REV_DAY, MAX_BSTAR, MAX_ANGLE_DEG = 1e-3, 100.0, 1e10, 360.0

# A longer name is a broken file; one such name would widen the whole column. Names in scenarios and populations are
# shorter: "FRAGMENT OF ..." and "SYNTHETIC ... 000001" must also fit.
MAX_NAME_LENGTH, MAX_OWN_NAME_LENGTH = 120, 100

_MAX_RECORDS = 1_000_000
_MAX_REJECTED = 300_000
_EXCERPT = 400


# The keys that are read. One that comes twice in a record with two values spoils it; others are ignored.
_METADATA_KEYS = ("MEAN_ELEMENT_THEORY", "EPHEMERIS_TYPE", "REF_FRAME", "TIME_SYSTEM", "CENTER_NAME")
_OWN_KEYS = ("ORIGIN", "SYNTHETIC", "PARENT_EVENT", "HARD_BODY_RADIUS_M", "MASS_KG", "RCS_SIZE")
KEYS = frozenset(
    (*REQUIRED_KEYS, "OBJECT_NAME", "OBJECT_ID", "OBJECT_TYPE", "NORAD_CAT_ID", "TLE_LINE1", "MEAN_MOTION_DOT",
     "MEAN_MOTION_DDOT", *_METADATA_KEYS, *_OWN_KEYS)
)  # fmt: skip
REPEATED = "a repeated key"
"""The field that names the key which a record has twice; no keyword has blanks."""


def add_field(record: dict[str, str], key: str, value: str) -> None:
    """Add a field to a record. A key of `KEYS` that comes again with another value is noted under `REPEATED`.

    Keys beyond `KEYS` are not kept, except the first two: the keyword that opens a record of KVN may be one of them.
    """
    if key not in KEYS and len(record) >= 2:
        return
    if record.setdefault(key, value) != value and key in KEYS:
        record.setdefault(
            REPEATED, f"{key} occurs twice, as {quoted(record[key], 40)} and {quoted(value, 40)}"
        )


@dataclass(frozen=True)
class Rejection:
    """A record that was rejected, and the reason.

    `line` is the 1-based line of the record in the decompressed text (its element line 1 for a TLE, the line
    of its opening brace or tag for JSON and XML, the line of CCSDS_OMM_VERS for KVN). `norad_id` is None
    where the number could not be read. `text` is the beginning of the record as in the file.
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
    only its epochs look different, which `epoch_style` says. `rejected` holds the records that the reader
    itself could not split into fields. `variant` is a more exact name of the file's format, if there is one.
    """

    fields: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    texts: Sequence[str]
    rejected: Sequence[Rejection]
    epoch_style: Literal["iso", "tle"] = "iso"
    variant: str = ""


@dataclass(frozen=True)
class Format:
    """A format of catalogue files.

    name: as reported by `CatalogFile.format`. is_like: whether a file whose first lines are these (at least one, the
    first not blank) is of the format. read: `read(text, file)`, where `file` is the file's name in messages.
    ends_by_line: a record ends with its line, so one that was cut off may look complete.
    """

    name: str
    is_like: Callable[[Sequence[str]], bool]
    read: Callable[[str, str], RawRecords]
    ends_by_line: bool = False


class Excerpts(Sequence[str]):
    """The beginnings of records that start at places of a text: copied when they are asked for, as few are."""

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self._text, self._starts = text, starts

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, row: Any) -> Any:
        start = self._starts[row]
        return self._text[start : start + _EXCERPT]


class JoinedColumns(Mapping[str, Sequence[str]]):
    """Columns of cells without line breaks, kept as long texts: separate cells take ten times the memory.

    A column is split when it is requested.
    """

    def __init__(self) -> None:
        self._blocks: dict[str, list[str]] = {}

    def add(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Append rows, at least one; every call has the same columns."""
        for name, cells in columns.items():
            self._blocks.setdefault(name, []).append("\n".join(cells))

    def __getitem__(self, name: str) -> Sequence[str]:
        return "\n".join(self._blocks[name]).split("\n")

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)


def check_counts(file: str, records: int, rejected: int) -> None:
    """Raise InputError for more records, or more bad ones, than any file of element sets has: memory has an end."""
    if records > _MAX_RECORDS:
        raise InputError(f"{file}: more than {_MAX_RECORDS:,} records; give them in several files")
    if rejected > _MAX_REJECTED:
        raise InputError(f"{file}: more than {_MAX_REJECTED:,} records that cannot be read; not a catalogue")


def records_as_columns(
    records: Sequence[Mapping[str, str]],
    lines: Sequence[int],
    texts: Sequence[str],
    rejected: Sequence[Rejection],
) -> RawRecords:
    """Records as columns, for the formats that are read one record at a time (JSON, XML, KVN)."""
    present = set().union(*records)
    fields = {key: [record.get(key, "") for record in records] for key in (*KEYS, REPEATED) if key in present}
    return RawRecords(fields=fields, lines=lines, texts=texts, rejected=rejected)


@lru_cache(maxsize=1024)
def omm_key(name: str) -> str:
    """A keyword in the spelling used here: upper case, no USER_DEFINED_ prefix (Space-Track puts OBJECT_TYPE there)."""
    return name.strip().upper().removeprefix("USER_DEFINED_")


def in_file_order(rejections: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Rejections sorted by line; those on the same line keep their order."""
    return tuple(sorted(rejections, key=lambda rejection: rejection.line))
