"""Space-Track's own notations: the cdm class as JSON, and the public summaries (cdm_public) as CSV or JSON.

Source: Space-Track's API, classes cdm and cdm_public. The JSON is one flat object per message: keywords of the
header and of the pair as they are, those of the objects with the prefixes SAT1_ and SAT2_, units as NAME_UNIT,
comments as COMMENT_... Other services (LeoLabs) deliver the same layout. The keys, and that TCA_FRACTION adds
milliseconds, after the published JSON schema of the class by OKAPI:Orbits (SpaceTrackCdm, 2020).

Assumptions
- Keys that are not keywords of a CDM belong to Space-Track's database and are not read.
- A comment that is a bare number has its name in its key: COMMENT_EFFECTIVE_HBR "20" is EFFECTIVE_HBR = 20.
- A fraction of a second may accompany a time: TCA "2019-03-17 09:28:20", TCA_FRACTION "23" is 20.023 s. A value that is
  not a number of milliseconds is noted and not used. No probability depends on it.
- Public summaries hold no states and no covariances: no probability can be computed from them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from debrissim.catalog import ObjectKind
from debrissim.catalog.catalog_numbers import parse_catalog_number, to_floats
from debrissim.catalog.kinds import kind_of_type
from debrissim.cdm import keywords
from debrissim.cdm.message import CdmSummaries
from debrissim.cdm.raw import Entry, RawMessage
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.json import parse_json
from debrissim.core.text import printable, quoted

_BARE_NUMBER = re.compile(r"[0-9.]+(?:[eE][+-]?[0-9]+)?\s*(?:\[?k?m\]?)?")
SUMMARY_KEYS = ("CDM_ID", "CREATED", "TCA", "MIN_RNG", "PC", "SAT_1_ID", "SAT_2_ID")


def json_records(text: str, name: str) -> list[dict[str, str]]:
    """The objects of a JSON list (or a single object), every value as text, null as "".

    Raises InputError naming file and line for malformed JSON, naming the place of an element that is not an object.
    """
    # Numbers stay text, so that one check of numbers serves all notations.
    content = parse_json(text, name, parse_float=str, parse_int=str, parse_constant=str)
    items = content if isinstance(content, list) else [content]
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise InputError(f"{name}: entry {number}: expected a JSON object, got {quoted(str(item), 40)}")
    if not items:
        raise InputError(f"{name}: an empty JSON list; expected messages")
    return [{str(key).upper(): _text(value) for key, value in item.items()} for item in items]


def read_spacetrack_json(records: Sequence[Mapping[str, str]], name: str) -> list[RawMessage]:
    """Messages of the cdm class, from the objects of its JSON."""
    return [
        _message(record, name if len(records) == 1 else f"{name}: entry {number}")
        for number, record in enumerate(records, start=1)
    ]


def is_summary(keys: Sequence[str] | Mapping[str, str]) -> bool:
    """True for the keys of a public summary."""
    return set(SUMMARY_KEYS) <= set(keys)


def summaries_of_csv(text: str, name: str) -> CdmSummaries:
    """The public summaries of a CSV text with a header line."""
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise InputError(f"{name}: not a CSV table ({error})") from None
    return summaries(rows, name, "line", 2)


def summaries(
    rows: Sequence[Mapping[str | Any, Any]], name: str, place: str = "entry", first: int = 1
) -> CdmSummaries:
    """Public summaries as columns. Raises InputError naming file, line (or entry) and key of the first fault."""
    if not rows:
        raise InputError(f"{name}: a header without summaries")
    missing = [key for key in SUMMARY_KEYS if key not in rows[0]]
    if missing:
        raise InputError(
            f"{name}: expected the columns of public CDM summaries, {', '.join(missing)} missing"
        )

    def fail(row: int, key: str, expected: str) -> InputError:
        return InputError(
            f"{name}: {place} {row + first}: {key}: expected {expected}, got {quoted(text(key)[row])}"
        )

    def text(key: str) -> list[str]:
        return [printable(str(row.get(key) or "").strip()) for row in rows]

    def floats(key: str, *, optional: bool) -> Any:
        cells = text(key)
        values, bad = to_floats([value or "nan" for value in cells])
        given = np.array([bool(v) or not optional for v in cells])
        wrong = [*bad, *np.flatnonzero(~((values >= 0.0) & np.isfinite(values)) & given)]
        if wrong:
            raise fail(int(min(wrong)), key, "a number of 0 or more")
        return values

    def moments(key: str) -> tuple[Any, Any]:
        jd, fraction, bad = parse_iso_epochs(text(key))
        if bad:
            raise fail(bad[0], key, "a UTC time")
        return jd, fraction

    def numbers(key: str) -> Any:
        numbers = [parse_catalog_number(value) for value in text(key)]
        if None in numbers:
            raise fail(numbers.index(None), key, "a whole number")
        return np.array(numbers, dtype=np.int64)

    def kinds(key: str) -> Any:
        return np.array([kind_of_type(value) or ObjectKind.UNKNOWN for value in text(key)], dtype=np.int8)

    probability = floats("PC", optional=True)
    above = np.flatnonzero(probability > 1.0)
    if above.size:
        raise fail(int(above[0]), "PC", "0 to 1")
    tca_jd, tca_fraction = moments("TCA")
    created_jd, created_fraction = moments("CREATED")
    return CdmSummaries(
        cdm_id=numbers("CDM_ID"),
        tca_jd=tca_jd,
        tca_fraction=tca_fraction,
        created_jd=created_jd,
        created_fraction=created_fraction,
        emergency=np.array([value.upper() == "Y" for value in text("EMERGENCY_REPORTABLE")]),
        miss_distance_m=floats("MIN_RNG", optional=False),
        collision_probability=probability,
        primary_norad_id=numbers("SAT_1_ID"),
        secondary_norad_id=numbers("SAT_2_ID"),
        primary_name=np.array(text("SAT_1_NAME"), dtype=np.str_),
        secondary_name=np.array(text("SAT_2_NAME"), dtype=np.str_),
        primary_kind=kinds("SAT1_OBJECT_TYPE"),
        secondary_kind=kinds("SAT2_OBJECT_TYPE"),
        primary_rcs=np.array(text("SAT1_RCS"), dtype=np.str_),
        secondary_rcs=np.array(text("SAT2_RCS"), dtype=np.str_),
        primary_exclusion_radius_m=floats("SAT_1_EXCL_VOL", optional=True),
        secondary_exclusion_radius_m=floats("SAT_2_EXCL_VOL", optional=True),
    )


def _message(record: Mapping[str, str], name: str) -> RawMessage:
    raw = RawMessage(name)
    for keyword in (*keywords.HEADER, *keywords.RELATIVE, *sorted(keywords.LATER_COMMON)):
        _take(raw, record, keyword, "")
    for text in _comments(record, ""):
        raw.comment(text)
    for prefix in ("SAT1_", "SAT2_"):
        raw.open_object()
        for keyword in (*keywords.OBJECT, *sorted(keywords.LATER_OBJECT)):
            _take(raw, record, keyword, prefix)
        for text in _comments(record, prefix):
            raw.comment(text)
        # The name of the key says which object it is; not every service fills it in.
        raw.objects[-1].setdefault("OBJECT", Entry(f"OBJECT{prefix[3]}"))
    return raw


def _comments(record: Mapping[str, str], prefix: str) -> Iterator[str]:
    start = f"{prefix}COMMENT"
    for key, value in record.items():
        if key.startswith(start) and value:
            label = key.removeprefix(start).strip("_")
            yield f"{label} = {value}" if label and _BARE_NUMBER.fullmatch(value) else value


def _take(raw: RawMessage, record: Mapping[str, str], keyword: str, prefix: str) -> None:
    value = record.get(f"{prefix}{keyword}", "")
    if not value:
        return
    fraction = record.get(f"{prefix}{keyword}_FRACTION", "").strip()
    if fraction.isascii() and fraction.isdigit() and len(fraction) <= 3 and "." not in value:
        value = f"{value}.{fraction.zfill(3)}"
    elif fraction.strip("0") and "." not in value:
        name = f"{prefix}{keyword}_FRACTION"
        raw.notes.add(f"{name}: expected milliseconds, 0 to 999, got {quoted(fraction, 20)}; it is not used")
    raw.put(keyword, Entry(value, record.get(f"{prefix}{keyword}_UNIT") or None))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
