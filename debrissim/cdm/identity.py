"""The identity of an object in reports of several sources: its catalogue number, or another identifier.

Sources: CCSDS 508.0-B-1 for the keywords; the ranges of temporary numbers after the table in Wikipedia's "Satellite
Catalog Number" (2024), which cites Space-Track's documentation.

Rules
- A number of the US catalogue is an identity. Numbers 70000 to 99999, 270000 to 339999 and from 700,000,000 on are
  temporary (expected orbits after a launch, analyst objects, uncorrelated tracks): an object that has one may be
  catalogued under another number later.
- A designator in the form 1998-067A, and INTERNATIONAL_DESIGNATOR, is an international designator. An object without
  a permanent number is the object that has the same international designator and a permanent number in another report;
  if two permanent numbers have that designator, it is neither.
- Any other designator is an identity within its catalogue. An object without a designator has no identity: each report
  of it is separate.
- Names do not identify an object: hundreds of fragments share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from debrissim.catalog.catalog_numbers import parse_catalog_number
from debrissim.cdm.message import CdmObject
from debrissim.core.text import printable

TEMPORARY_NUMBERS = ((70_000, 99_999), (270_000, 339_999), (700_000_000, 999_999_999))
_INTERNATIONAL = re.compile(r"((?:19|20)?[0-9]{2})[- ]?([0-9]{3})[- ]?([A-Z]{1,3})", re.IGNORECASE)
_VOID = frozenset({"", "UNKNOWN", "UNK", "N/A", "NA", "NONE", "NULL", "NAN", "TBD", "NOT AVAILABLE", "0"})
_US_CATALOGUES = frozenset({"", "SATCAT", "NORAD", "SPACE-TRACK", "USSPACECOM", "SSN"})
_FIRST_YEAR = 57


@dataclass(frozen=True)
class ObjectIdentity:
    """The identification of one object in one report.

    number: of the US catalogue, None without; designator: any other identity, "" without; international: its
    international designator as "1998-067A", "" without.
    """

    number: int | None
    designator: str
    international: str

    @property
    def is_permanent(self) -> bool:
        """True for a number that stays, and for the designator of another catalogue."""
        return not is_temporary(self.number) if self.number is not None else bool(self.designator)

    @property
    def key(self) -> str:
        """The number, or another designator, as text; "" without any."""
        return str(self.number) if self.number is not None else self.designator or self.international


def is_temporary(number: int) -> bool:
    """Whether a catalogue number is of a range for objects that may get another one."""
    return any(first <= number <= last for first, last in TEMPORARY_NUMBERS)


def identity_of(item: CdmObject) -> ObjectIdentity:
    """The identity of an object of a message."""
    designator = printable(item.designator).strip().upper()
    catalogue = printable(item.catalog_name).strip().upper()
    international = international_designator(item.international_designator)
    if designator in _VOID or not designator.strip("0"):
        return ObjectIdentity(None, "", international)
    number = parse_catalog_number(designator.lstrip("0") or designator)
    if number is not None and catalogue in _US_CATALOGUES | _VOID:
        return ObjectIdentity(number, "", international)
    own = international_designator(designator)
    if own:
        return ObjectIdentity(None, "", own)
    name = designator if catalogue in _VOID | _US_CATALOGUES else f"{catalogue}:{designator}"
    return ObjectIdentity(None, name, international)


def international_designator(text: str) -> str:
    """ "1998-067A" of that, of "1998067A", "98067A" and the like; "" of any other text."""
    found = _INTERNATIONAL.fullmatch(text.strip()[:20])
    if found is None or int(found[2]) == 0:
        return ""
    year = found[1]
    if len(year) == 2:
        year = ("19" if int(year) >= _FIRST_YEAR else "20") + year
    return f"{year}-{found[2]}{found[3].upper()}"


def resolved_keys(identities: Iterable[ObjectIdentity]) -> tuple[list[str], list[str]]:
    """The key of each object with international designators taken into account, and one sentence per contradiction.

    The key is "" where an object has no identity. A temporary number gives way to the permanent one that has the same
    international designator.
    """
    given = list(identities)
    permanent: dict[str, set[int]] = {}
    for one in given:
        if one.international and one.number is not None and one.is_permanent:
            permanent.setdefault(one.international, set()).add(one.number)
    open_ones = {one.international for one in given if not one.is_permanent}
    notes = [
        f"{international} is the international designator of {' and of '.join(map(str, sorted(numbers)))}: "
        "reports that give no other identity are of neither"
        for international, numbers in sorted(permanent.items())
        if len(numbers) > 1 and international in open_ones
    ]
    keys = []
    for one in given:
        numbers = permanent.get(one.international, set())
        keys.append(str(min(numbers)) if not one.is_permanent and len(numbers) == 1 else one.key)
    return keys, notes
