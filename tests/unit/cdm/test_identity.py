"""The identity of objects of messages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.cdm_series import SIGMAS, TRUTH, conjunction

from debrissim.cdm.identity import (
    ObjectIdentity,
    identity_of,
    international_designator,
    is_temporary,
    resolved_keys,
)


def item(designator: str, *, catalogue: str = "SATCAT", international: str = "UNKNOWN"):
    covariance = np.stack([np.diag(s**2) for s in SIGMAS])
    return replace(
        conjunction(TRUTH, covariance, 24.0).primary,
        designator=designator,
        catalog_name=catalogue,
        international_designator=international,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1998-067A", "1998-067A"),
        ("1998-067a", "1998-067A"),
        ("1998067A", "1998-067A"),
        ("98067A", "1998-067A"),
        ("98 067 ABC", "1998-067ABC"),
        ("20001AX", "2020-001AX"),
        ("UNKNOWN", ""),
        ("1998-067", ""),
        ("1998-000A", ""),
        ("", ""),
        ("25544", ""),
        ("1998-067A" + "A" * 5000, ""),
    ],
)
def test_international_designators(text: str, expected: str) -> None:
    assert international_designator(text) == expected


@pytest.mark.parametrize(
    ("designator", "changes", "key", "permanent"),
    [
        ("25544", {}, "25544", True),
        ("000025544", {}, "25544", True),
        ("A0001", {}, "100001", True),
        ("81202", {}, "81202", False),
        ("270387", {}, "270387", False),
        ("799500123", {}, "799500123", False),
        ("1998-067A", {}, "1998-067A", False),
        ("98067A", {"catalogue": "ESA"}, "1998-067A", False),
        ("42", {"catalogue": "LEOLABS"}, "LEOLABS:42", True),
        ("L72", {"catalogue": "LeoLabs"}, "LEOLABS:L72", True),
        ("starlink-1", {}, "STARLINK-1", True),
        ("UNKNOWN", {}, "", False),
        ("0", {}, "", False),
        ("n/a", {"international": "1998-067A"}, "1998-067A", False),
    ],
)
def test_designators(designator: str, changes: dict[str, str], key: str, permanent: bool) -> None:
    found = identity_of(item(designator, **changes))
    assert (found.key, found.is_permanent) == (key, permanent)


def test_temporary_numbers() -> None:
    assert [
        n for n in (1, 69_999, 70_000, 99_999, 100_000, 270_000, 339_999, 340_000) if is_temporary(n)
    ] == [
        70_000,
        99_999,
        270_000,
        339_999,
    ]


def test_an_international_designator_joins_what_has_no_permanent_number() -> None:
    station = ObjectIdentity(25544, "", "1998-067A")
    analyst = ObjectIdentity(81202, "", "1998-067A")
    named = ObjectIdentity(None, "", "1998-067A")
    keys, notes = resolved_keys([analyst, station, named, ObjectIdentity(81203, "", "")])
    assert keys == ["25544", "25544", "25544", "81203"]
    assert notes == []


def test_two_numbers_of_one_designator_are_two_objects() -> None:
    station, other = ObjectIdentity(25544, "", "1998-067A"), ObjectIdentity(25545, "", "1998-067A")
    named = ObjectIdentity(None, "", "1998-067A")
    assert resolved_keys([station, other]) == (["25544", "25545"], [])
    keys, notes = resolved_keys([station, other, named])
    assert keys == ["25544", "25545", "1998-067A"]
    assert notes == [
        "1998-067A is the international designator of 25544 and of 25545: reports that give no other identity are of "
        "neither"
    ]
