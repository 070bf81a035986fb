"""Kinds by name, and the breakups that fragments come from."""

from __future__ import annotations

import re

import pytest

from debrissim.catalog import ObjectKind, classify
from debrissim.catalog.known_breakups import BREAKUPS

DEBRIS, ROCKET_BODY = ObjectKind.DEBRIS, ObjectKind.ROCKET_BODY
PAYLOAD, UNKNOWN = ObjectKind.PAYLOAD, ObjectKind.UNKNOWN


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("FENGYUN 1C DEB", DEBRIS),
        ("COSMOS 192 DEB *", DEBRIS),
        ("BREEZE-M DEB [TANK]", DEBRIS),
        ("BREEZE-M DEB (TANK)", DEBRIS),
        ("USA 40 R/B DEB", DEBRIS),
        ("COSMOS 1867 COOLANT", DEBRIS),
        ("1971-067 DEB", DEBRIS),
        ("SL-8 R/B", ROCKET_BODY),
        ("SL-12 R/B(2)", ROCKET_BODY),
        ("DELTA 2 R/B(2) [PAM-D]", ROCKET_BODY),
        ("INMARSAT 2-F1 R/B(PAM-D)", ROCKET_BODY),
        ("METEOSAT-2 AKM (MAGE 1)", ROCKET_BODY),
        ("LEASAT 5 PKM [SSUS-A]", ROCKET_BODY),
        ("MAQSAT & ARIANE 5 R/B", ROCKET_BODY),
        ("ISS (ZARYA)", PAYLOAD),
        ("ORIZURU (DEBUT)", PAYLOAD),
        ("STARLINK-1007", PAYLOAD),
        ("RIDESHARE ADAPTER", PAYLOAD),
        ("OBJECTIVE 1", PAYLOAD),
        ("UNKNOWN", UNKNOWN),
        ("TBA - TO BE ASSIGNED", UNKNOWN),
        ("OBJECT A", UNKNOWN),
        ("OBJECT DF", UNKNOWN),
        ("WESTFORD NEEDLES", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_kind_by_name(name: str, kind: ObjectKind) -> None:
    kinds, events = classify([name, name.lower()], ["", ""], None)
    assert kinds.tolist() == [kind, kind]
    assert events.tolist() == ["", ""] if name != "FENGYUN 1C DEB" else ["Fengyun 1C"] * 2


def test_a_type_field_wins_unless_it_says_nothing() -> None:
    types = ["PAYLOAD", "rocket body", "DEBRIS", "UNKNOWN", "TBA", "", "?"]
    kinds, _ = classify(["A DEB"] * 7, [""] * 7, types)
    assert kinds.tolist() == [PAYLOAD, ROCKET_BODY, DEBRIS, UNKNOWN, UNKNOWN, DEBRIS, DEBRIS]


@pytest.mark.parametrize(
    ("name", "designator", "event"),
    [
        ("FENGYUN 1C DEB", "1999-025ABC", "Fengyun 1C"),
        ("COSMOS 2251 DEB", "1993-036XY", "Cosmos 2251"),
        ("COSMOS 2251 DEB", "", "Cosmos 2251"),
        ("COSMOS 1408 DEB", "1982-092D", "Cosmos 1408"),
        ("DELTA 1 DEB", "1975-052C", "Nimbus 6 rocket body"),
        ("DELTA 1 DEB", "1973-086C", "NOAA 3 rocket body"),
        ("DELTA 1 DEB", "1968-114C", ""),  # another launch
        ("DELTA 1 DEB", "", ""),  # which of them?
        ("CBERS 1 DEB", "1999-057CV", "CBERS 1"),
        ("CZ-4 DEB", "1999-057F", "CBERS 1 rocket body"),
        ("CZ-4B DEB", "1999-057F", "CBERS 1 rocket body"),
        ("CZ-6A DEB", "2022-151Z", "CZ-6A 2022-151"),
        ("CZ-6A DEB", "2024-140Z", "CZ-6A 2024-140"),
        ("COSMOS 1408 DEB", "2020-082A", ""),  # a number of another object: name and launch disagree
        ("FENGYUN 1C", "1999-025A", ""),  # the spacecraft itself is no fragment
        ("COSMOS 2251 COOLANT", "1993-036X", "Cosmos 2251"),
    ],
)
def test_parent_events(name: str, designator: str, event: str) -> None:
    _, events = classify([name], [designator], None)
    assert events.tolist() == [event]


def test_the_list_of_breakups_is_well_formed() -> None:
    keys = [(breakup.launch, breakup.name) for breakup in BREAKUPS]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"\d{4}-\d{3}", breakup.launch) for breakup in BREAKUPS)
    assert all(breakup.name == breakup.name.upper() for breakup in BREAKUPS)


def test_no_objects() -> None:
    kinds, events = classify([], [], None)
    assert kinds.shape == events.shape == (0,)
