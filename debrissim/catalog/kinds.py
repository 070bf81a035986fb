"""Kind of an object, and the breakup a fragment comes from, by name and designator.

Source of the name conventions: CelesTrak, "SATCAT Format Documentation" (R/B rocket body, DEB debris, items
in brackets), and the names themselves. Space-Track writes parentheses where CelesTrak writes brackets.

Assumptions:
- a name with DEB is debris even where it also has R/B ("USA 40 R/B DEB"); COOLANT is the sodium-potassium
  droplets of the RORSAT reactors, which are debris;
- apogee and perigee kick motors (AKM, PKM, PAM-D) are rocket bodies;
- "UNKNOWN", "TBA - TO BE ASSIGNED", "OBJECT A".."OBJECT ZZZ" and no name at all are unknown. So are the West
  Ford needles: dipoles set free on purpose, which some lists count as debris and some do not;
- everything else is a payload.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import ObjectKind
from debrissim.catalog.known_breakups import parent_event_of

_DEBRIS = re.compile(r"\bDEB\b|\bDEBRIS\b|\bCOOLANT\b")
_ROCKET_BODY = re.compile(r"\bR/B|\bAKM\b|\bPKM\b|\bPAM-D")
_UNKNOWN = re.compile(r"|UNKNOWN\b.*|UNK|TBA\b.*|OBJECT [A-Z]{1,3}|WESTFORD NEEDLES.*")

# OBJECT_TYPE as Space-Track's GP class and the CCSDS messages spell it, and SATCAT's short forms.
_TYPES = {
    "PAYLOAD": ObjectKind.PAYLOAD,
    "PAY": ObjectKind.PAYLOAD,
    "ROCKET BODY": ObjectKind.ROCKET_BODY,
    "R/B": ObjectKind.ROCKET_BODY,
    "DEBRIS": ObjectKind.DEBRIS,
    "DEB": ObjectKind.DEBRIS,
    "UNKNOWN": ObjectKind.UNKNOWN,
    "UNK": ObjectKind.UNKNOWN,
    "TBA": ObjectKind.UNKNOWN,
    "OTHER": ObjectKind.UNKNOWN,
}


def kind_of_name(name: str) -> ObjectKind:
    """The kind of an object by its catalogue name."""
    name = name.upper().strip()
    if _DEBRIS.search(name):
        return ObjectKind.DEBRIS
    if _ROCKET_BODY.search(name):
        return ObjectKind.ROCKET_BODY
    return ObjectKind.UNKNOWN if _UNKNOWN.fullmatch(name) else ObjectKind.PAYLOAD


def kind_of_type(object_type: str) -> ObjectKind | None:
    """The kind that an OBJECT_TYPE field states; None if it is blank or unknown."""
    return _TYPES.get(object_type.strip().upper())


def classify(
    names: Sequence[str] | NDArray[np.str_],
    international_designators: Sequence[str] | NDArray[np.str_],
    object_types: Sequence[str] | None,
) -> tuple[NDArray[np.int8], NDArray[np.str_]]:
    """Determine the kind of each of n objects, and the known breakup each fragment comes from.

    Parameters
    ----------
    names, international_designators : sequence of str, shape (n,)
        "" where unknown.
    object_types : sequence of str, shape (n,), or None
        OBJECT_TYPE fields, or None if the catalogue has none. A field that names a kind, UNKNOWN included, overrides
        the name.

    Returns
    -------
    object_kind : array of int8, shape (n,)
        `ObjectKind` of each object.
    parent_event : array of str, shape (n,)
        The breakup, such as "Fengyun 1C"; "" for everything that is not debris of a listed breakup.
    """
    by_name: dict[str, ObjectKind] = {}
    kinds = np.empty(len(names), dtype=np.int8)
    events = [""] * len(names)
    for row, name in enumerate(np.asarray(names, dtype=np.str_).tolist()):
        kind = kind_of_type(object_types[row]) if object_types is not None else None
        if kind is None:
            kind = by_name.get(name)
            if kind is None:
                kind = by_name[name] = kind_of_name(name)
        kinds[row] = kind
        if kind == ObjectKind.DEBRIS:
            events[row] = parent_event_of(name, str(international_designators[row]))
    return kinds, np.array(events, dtype=np.str_)
