"""The satellite catalogue: its columns, everything that is wrong in one, and the join."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.source_servers import GP_HEADER, gp_row

from debrissim.catalog import ObjectKind, RcsSize, parse_catalog
from debrissim.catalog.satcat import decayed_by, join_satcat, parse_satcat, radius_of_rcs_m
from debrissim.core.errors import InputError

HEADER = (
    "OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OPS_STATUS_CODE,OWNER,LAUNCH_DATE,LAUNCH_SITE,DECAY_DATE,PERIOD,"
    "INCLINATION,APOGEE,PERIGEE,RCS,DATA_STATUS_CODE,ORBIT_CENTER,ORBIT_TYPE"
)


def row(number: int, kind: str = "PAY", decay: str = "", rcs: str = "", name: str = "A") -> str:
    return (
        f'"{name}",1998-067A,{number},{kind},+,CIS,1998-11-20,TYMSC,{decay},92.9,51.6,423,417,{rcs},,EA,ORB'
    )


ROWS = [
    row(100001, "PAY", rcs="399.0520"),
    row(100002, "PAY", rcs="0.0500"),
    row(100003, "R/B", rcs="1.0000"),
    row(100004, "DEB", "2026-09-07", "0.0100"),
    row(100005, "UNK", rcs="N/A"),
    row(100006, "DEB", rcs="0.0"),
    row(999, "DEB", rcs="5", name="B, C"),
]


def satcat(*rows: str):
    return parse_satcat("\r\n".join([HEADER, *(rows or ROWS), ""]).encode(), "satcat")


def catalog(count: int = 8):
    lines = [GP_HEADER, *(gp_row(number) for number in range(100001, 100001 + count))]
    return parse_catalog("\n".join(lines).encode(), "catalogue").catalog


def test_the_columns():
    table = satcat()
    assert table.norad_id.tolist() == [100001, 100002, 100003, 100004, 100005, 100006, 999]
    assert table.object_kind.tolist() == [1, 1, 2, 3, 0, 3, 3]
    assert set(table.owner.tolist()) == {"CIS"}
    assert table.name[6] == "B, C"
    assert table.decay_date[3] == np.datetime64("2026-09-07")
    assert np.isnat(table.decay_date[[0, 1, 2, 4, 5, 6]]).all()
    assert table.rcs_m2[:4].tolist() == [399.052, 0.05, 1.0, 0.01]
    assert np.isnan(table.rcs_m2[4:6]).all()


def test_kinds_classes_and_radii_are_joined_by_number():
    before = catalog()
    after = join_satcat(before, satcat())
    assert after.object_kind.tolist() == [1, 1, 2, 3, 0, 3, 1, 1]
    assert after.rcs_size.tolist() == [
        RcsSize.LARGE, RcsSize.SMALL, RcsSize.MEDIUM, RcsSize.SMALL, 0, 0, 0, 0
    ]  # fmt: skip
    radius = after.hard_body_radius_m
    # Larger than the default of a spacecraft; below those of a CubeSat and a rocket body; debris; nothing known.
    assert radius[0] == pytest.approx(np.sqrt(399.052 / np.pi))
    assert np.isnan(radius[[1, 2, 4, 5, 6, 7]]).all()
    assert radius[3] == pytest.approx(0.0606, abs=1e-3)
    assert (after.norad_id == before.norad_id).all()


def test_known_radii_and_classes_stay():
    before = catalog(1).with_columns(
        hard_body_radius_m=np.array([70.0]), rcs_size=np.array([RcsSize.SMALL], dtype=np.int8)
    )
    after = join_satcat(before, satcat())
    assert after.hard_body_radius_m.tolist() == [70.0]
    assert after.rcs_size.tolist() == [RcsSize.SMALL]


def test_the_breakup_of_a_fragment_follows_its_kind():
    before = catalog(1).with_columns(
        name=np.array(["FENGYUN 1C"]), international_designator=np.array(["1999-025ABC"])
    )
    fragment = join_satcat(before, satcat(row(100001, "DEB")))
    named = before.with_columns(name=np.array(["FENGYUN 1C DEB"]))
    assert join_satcat(named, satcat(row(100001, "DEB"))).parent_event.tolist() == ["Fengyun 1C"]
    assert join_satcat(named, satcat(row(100001, "PAY"))).parent_event.tolist() == [""]
    assert fragment.object_kind.tolist() == [ObjectKind.DEBRIS]


def test_decayed_objects():
    day = np.datetime64("2026-09-08T12:00")
    assert decayed_by(catalog(), satcat(), day).tolist() == [False] * 3 + [True] + [False] * 4
    # On the day itself it may still have been there.
    assert not decayed_by(catalog(), satcat(), np.datetime64("2026-09-07T23:00")).any()


def test_the_radius_of_a_cross_section_is_that_of_a_sphere_where_it_is_large():
    rcs = np.array([100.0, 1.0, 0.1])
    assert radius_of_rcs_m(rcs) == pytest.approx(np.sqrt(rcs / np.pi))
    # NASA's model, SEM: x = (4 z / 9 pi^5)^(1/6) below z = 0.03, z and x relative to the wavelength.
    z = 0.001 / 0.68**2
    assert radius_of_rcs_m(np.array([0.001]))[0] == pytest.approx(0.34 * (4 * z / (9 * np.pi**5)) ** (1 / 6))
    assert (np.diff(radius_of_rcs_m(np.geomspace(1e-5, 1e3, 500))) > 0.0).all()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (row(0), "satcat: line 3: NORAD_CAT_ID: expected a catalogue number, got '0'"),
        (row(100001), "satcat: line 3: object 100001 is listed before"),
        (row(5, "SHIP"), "satcat: line 3: OBJECT_TYPE: expected PAY, R/B, DEB or UNK, got 'SHIP'"),
        (row(5, decay="2026"), "satcat: line 3: DECAY_DATE: expected a date such as 2026-09-07, got '2026'"),
        (
            row(5, decay="2026-13-01"),
            "satcat: line 3: DECAY_DATE: expected a date such as 2026-09-07, got '2026-13-01'",
        ),
        (row(5, rcs="-1"), "satcat: line 3: RCS: expected an area in m2, got '-1'"),
        (row(5, rcs="nan"), "satcat: line 3: RCS: expected an area in m2, got 'nan'"),
        (row(5) + ",1", "satcat: line 3: expected 17 fields, got 18"),
        ('"A', "satcat: line 3: not a row of a CSV table (unexpected end of data)"),
    ],
)
def test_a_bad_line_is_named(line: str, sentence: str):
    with pytest.raises(InputError) as error:
        satcat(ROWS[0], line)
    assert str(error.value) == sentence


def space_track(**changes: object) -> dict[str, object]:
    entry = {
        "INTLDES": "1998-067A",
        "NORAD_CAT_ID": "100001",
        "OBJECT_TYPE": "PAYLOAD",
        "SATNAME": "A",
        "COUNTRY": "ISS",
        "LAUNCH": "1998-11-20",
        "DECAY": None,
        "RCSVALUE": "0",
        "RCS_SIZE": "LARGE",
    }
    return entry | changes


def test_the_list_of_space_track_has_size_classes():
    entries = [
        space_track(),
        space_track(NORAD_CAT_ID="100002", OBJECT_TYPE="DEBRIS", RCS_SIZE="SMALL", DECAY="2026-09-07"),
        space_track(NORAD_CAT_ID=100003, OBJECT_TYPE="TBA", RCS_SIZE=None),
    ]
    table = parse_satcat(json.dumps(entries).encode(), "satcat")
    assert table.object_kind.tolist() == [1, 3, 0]
    assert table.rcs_size.tolist() == [RcsSize.LARGE, RcsSize.SMALL, RcsSize.UNKNOWN]
    assert table.owner.tolist() == ["ISS"] * 3
    assert np.isnan(table.rcs_m2).all()
    joined = join_satcat(catalog(3), table)
    assert joined.rcs_size.tolist() == [3, 1, 0]
    assert np.isnan(joined.hard_body_radius_m).all()


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([space_track(RCS_SIZE="HUGE")], "entry 1: RCS_SIZE: expected SMALL, MEDIUM or LARGE, got 'HUGE'"),
        ([space_track(), space_track()], "entry 2: object 100001 is listed before"),
        ([space_track(), 5], "entry 2: expected an object of Space-Track's satellite catalogue with SATNAME"),
        ([{}], "entry 1: expected an object of Space-Track's satellite catalogue with SATNAME"),
    ],
)
def test_a_bad_entry_is_named(entries: list[object], sentence: str):
    with pytest.raises(InputError) as error:
        parse_satcat(json.dumps(entries).encode(), "satcat")
    assert str(error.value) == f"satcat: {sentence}"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "<html>"])
def test_another_file_is_refused(text: str):
    with pytest.raises(
        InputError, match=r"^satcat: line 1: the header has .*; expected the satellite catalogue"
    ):
        parse_satcat(text.encode(), "satcat")
