"""Orbit mean-elements messages in CSV, JSON, XML and KVN."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
from support.element_records import COSMOS_2251, IRIDIUM_33, as_csv, as_json, as_kvn, as_xml, lines_of, omm

from debrissim.catalog import Catalog, ObjectKind, parse_catalog
from debrissim.core.errors import InputError

Notation = Callable[..., bytes]
NOTATIONS = [as_csv, as_json, as_kvn, as_xml]
FORMATS = {"as_csv": "omm-csv", "as_json": "omm-json", "as_kvn": "omm-kvn", "as_xml": "omm-xml"}


def same(first: Catalog, second: Catalog) -> bool:
    """All columns equal to the bit; NaN equals NaN."""
    return all(
        np.array_equal(
            getattr(first, f.name),
            getattr(second, f.name),
            equal_nan=getattr(first, f.name).dtype.kind == "f",
        )
        for f in fields(Catalog)
    )


@pytest.fixture(params=NOTATIONS, ids=FORMATS.get)
def write(request: pytest.FixtureRequest) -> Notation:
    return request.param


def test_every_notation_gives_the_tle_s_elements(write: Notation) -> None:
    file = parse_catalog(write(omm()), "x")
    assert file.format == FORMATS[write.__name__]
    assert same(file.catalog, parse_catalog(lines_of(("IRIDIUM 33", *IRIDIUM_33)), "x").catalog)


def test_big_numbers_stay_numbers(write: Notation) -> None:
    numbers = ["270387", "799500000", "999999999", "5"]
    catalog = parse_catalog(write(*(omm(NORAD_CAT_ID=n) for n in numbers)), "x").catalog
    assert catalog.norad_id.tolist() == [270387, 799500000, 999999999, 5]
    assert catalog.norad_id.dtype == np.int64


def test_missing_optional_fields(write: Notation) -> None:
    few = {key: value for key, value in omm().items() if key not in ("OBJECT_NAME", "OBJECT_ID")}
    few = {key: value for key, value in few.items() if not key.startswith("MEAN_MOTION_D")}
    catalog = parse_catalog(write(few), "x").catalog
    assert catalog.name.tolist() == [""]
    assert catalog.international_designator.tolist() == [""]
    assert catalog.mean_motion_dot.tolist() == [0.0]
    assert catalog.object_kind.tolist() == [ObjectKind.UNKNOWN]
    assert np.isnan(catalog.mass_kg[0])


def test_empty_optional_fields(write: Notation) -> None:
    empty = omm(OBJECT_ID="", REV_AT_EPOCH="", MEAN_MOTION_DOT="", OBJECT_TYPE="")
    file = parse_catalog(write(empty), "x")
    assert file.rejected == ()
    assert file.catalog.international_designator.tolist() == [""]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ECCENTRICITY": "1.0"}, "ECCENTRICITY is 1.0, expected a number in [0, 1)"),
        ({"ECCENTRICITY": "-0.1"}, "ECCENTRICITY is -0.1, expected a number in [0, 1)"),
        ({"ECCENTRICITY": "nan"}, "ECCENTRICITY is nan, expected a number in [0, 1)"),
        ({"BSTAR": "inf"}, "BSTAR is inf, expected a finite number within +-1e+10"),
        ({"BSTAR": ""}, "BSTAR is missing"),
        ({"BSTAR": "1_0"}, "BSTAR '1_0' is not a number"),
        ({"MEAN_ANOMALY": "12;5"}, "MEAN_ANOMALY '12;5' is not a number"),
        ({"RA_OF_ASC_NODE": "3600"}, "RA_OF_ASC_NODE is 3600, expected an angle within +-360 degrees"),
        ({"INCLINATION": "-1"}, "INCLINATION is -1, expected a number in 0..180 degrees"),
        (
            {"MEAN_MOTION": "0"},
            "MEAN_MOTION is 0, expected a finite number above 0.001 rev/day and below 100",
        ),
        ({"MEAN_MOTION_DDOT": "x"}, "MEAN_MOTION_DDOT 'x' is not a number"),
        ({"NORAD_CAT_ID": ""}, "NORAD_CAT_ID is missing"),
        ({"NORAD_CAT_ID": "0"}, "NORAD_CAT_ID '0' is not a catalogue number"),
        ({"NORAD_CAT_ID": "1234567890"}, "NORAD_CAT_ID '1234567890' is not a catalogue number"),
        ({"EPOCH": ""}, "EPOCH is missing"),
        ({"EPOCH": "yesterday"}, "EPOCH 'yesterday' cannot be read"),
        ({"EPOCH": "1909-02-09T00:00:00"}, "EPOCH '1909-02-09T00:00:00' lies outside the years 1957 to 2199"),
        ({"MEAN_ELEMENT_THEORY": "DSST"}, "MEAN_ELEMENT_THEORY is 'DSST': these are not SGP4 elements"),
        ({"EPHEMERIS_TYPE": "4"}, "EPHEMERIS_TYPE is '4': these are not SGP4 elements"),
        ({"REF_FRAME": "EME2000"}, "REF_FRAME is 'EME2000': these are not SGP4 elements"),
        ({"TIME_SYSTEM": "TAI"}, "TIME_SYSTEM is 'TAI': these are not SGP4 elements"),
        ({"CENTER_NAME": "MARS"}, "CENTER_NAME is 'MARS': these are not SGP4 elements"),
        ({"SYNTHETIC": "perhaps"}, "ORIGIN is 'perhaps', expected real, synthetic, fragment or unnumbered"),
        ({"MASS_KG": "-2"}, "MASS_KG is -2, expected a positive number"),
        ({"OBJECT_NAME": "X" * 200}, "OBJECT_NAME has 200 characters, expected at most 120"),
    ],
)
def test_bad_fields_cost_their_record_only(write: Notation, changes: dict[str, str], expected: str) -> None:
    good = omm(NORAD_CAT_ID="22675")
    file = parse_catalog(write(good, omm(**changes), good | {"NORAD_CAT_ID": "5"}), "x")
    assert file.catalog.norad_id.tolist() == [22675, 5]
    (rejection,) = file.rejected
    assert rejection.reason.startswith(expected)
    assert rejection.norad_id == (None if "NORAD_CAT_ID" in changes else 24946)
    assert file.record_count == 3


def test_lines_of_rejected_records() -> None:
    bad = omm(BSTAR="x")
    expected = {"as_csv": 3, "as_json": 2, "as_kvn": 16, "as_xml": 18}
    for write in NOTATIONS:
        (rejection,) = parse_catalog(write(omm(), bad), "x").rejected
        assert rejection.line == expected[write.__name__]


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("2009-02-09T18:49:39", 67779 / 86400),
        ("2009-02-09T18:49:39.", 67779 / 86400),
        ("2009-02-09T18:49:39.281952Z", 67779281952 / 86400000000),
        ("2009-02-09 18:49:39.281952", 67779281952 / 86400000000),
        ("2009-040T18:49:39.281952", 67779281952 / 86400000000),
        ("2009-02-09T18:49:39.281952123456", 67779281952123456 / 86400000000000000),
        ("2009-02-09T00:00:00.000001", 1e-6 / 86400),
    ],
)
def test_epoch_notations(write: Notation, text: str, fraction: float) -> None:
    catalog = parse_catalog(write(omm(EPOCH=text)), "x").catalog
    assert catalog.epoch_jd.tolist() == [2454871.5]
    assert catalog.epoch_fraction.tolist() == [fraction]


def test_a_leap_second_is_the_next_day_s_start() -> None:
    catalog = parse_catalog(as_csv(omm(EPOCH="2008-12-31T23:59:60.5")), "x").catalog
    assert catalog.epoch_jd.tolist() == [2454832.5]
    assert catalog.epoch_fraction[0] == pytest.approx(0.5 / 86400, abs=1e-16)


@pytest.mark.parametrize(
    "text",
    ["2009-02-30T00:00:00", "2009-366T00:00:00", "2009-02-09T24:00:00", "2009-02-09T00:60:00", "2009-02-09"],
)
def test_epochs_that_do_not_exist(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        parse_catalog(as_csv(omm(EPOCH=text)), "x")


def test_object_type_wins_over_the_name(write: Notation) -> None:
    records = [
        omm(OBJECT_NAME="A DEB", NORAD_CAT_ID="1", OBJECT_TYPE="PAYLOAD"),
        omm(OBJECT_NAME="A DEB", NORAD_CAT_ID="2", OBJECT_TYPE=""),
        omm(OBJECT_NAME="A", NORAD_CAT_ID="3", OBJECT_TYPE="ROCKET BODY"),
        omm(OBJECT_NAME="A R/B", NORAD_CAT_ID="4", OBJECT_TYPE="TBA"),
        omm(OBJECT_NAME="A R/B", NORAD_CAT_ID="5", OBJECT_TYPE="whatever"),
    ]
    kinds = parse_catalog(write(*records), "x").catalog.object_kind
    expected = [ObjectKind.PAYLOAD, ObjectKind.DEBRIS, ObjectKind.ROCKET_BODY, ObjectKind.UNKNOWN]
    assert kinds.tolist() == [*expected, ObjectKind.ROCKET_BODY]


def test_number_from_the_tle_line_where_the_column_is_missing() -> None:
    record = {key: value for key, value in omm().items() if key != "NORAD_CAT_ID"}
    one = IRIDIUM_33[0]
    catalog = parse_catalog(
        as_csv(record | {"TLE_LINE1": one}, record | {"TLE_LINE1": one[:2] + "A0001"}), "x"
    )
    assert catalog.catalog.norad_id.tolist() == [24946, 100001]


def test_csv_quotes_spaces_and_repeated_headers() -> None:
    plain = as_csv(omm()).decode().splitlines()
    quoted = ",".join(f'"{cell}"' for cell in plain[1].split(","))
    comma = quoted.replace("IRIDIUM 33", "IRIDIUM, 33".replace('"', '""')).replace("24946", "00007")
    data = "\n".join([plain[0], quoted, plain[0], comma, ""]).encode()
    file = parse_catalog(data, "x")
    assert file.rejected == ()
    assert file.catalog.name.tolist() == ["IRIDIUM 33", "IRIDIUM, 33"]
    assert file.catalog.norad_id.tolist() == [24946, 7]


def test_an_unclosed_quote_costs_one_record() -> None:
    data = as_csv(omm(NORAD_CAT_ID="1"), omm(OBJECT_NAME='"IRIDIUM'), omm(NORAD_CAT_ID="3"))
    file = parse_catalog(data, "x")
    assert file.catalog.norad_id.tolist() == [1, 3]
    assert [(r.line, r.reason) for r in file.rejected] == [(3, "a quote that is not closed")]


def test_csv_columns_in_any_order_and_case_with_mark_and_nbsp() -> None:
    turned = dict(reversed(omm(OBJECT_NAME="IRIDIUM\u00a033").items()))
    data = b"\xef\xbb\xbf" + as_csv({key.lower(): value for key, value in turned.items()})
    assert same(parse_catalog(data, "x").catalog, parse_catalog(as_csv(omm()), "x").catalog)


def test_tle_lines_in_a_csv_are_foreign() -> None:
    file = parse_catalog(as_csv(omm()) + lines_of(COSMOS_2251) + as_csv(omm(NORAD_CAT_ID="5")), "x")
    assert file.catalog.norad_id.tolist() == [24946, 5]
    assert [r.reason for r in file.rejected] == ["expected 13 comma-separated fields, got 1"] * 2


def test_a_csv_header_without_a_needed_column() -> None:
    record = {key: value for key, value in omm().items() if key not in ("BSTAR", "NORAD_CAT_ID")}
    with pytest.raises(InputError, match=r"^x: line 1: the CSV header lacks BSTAR, NORAD_CAT_ID$"):
        parse_catalog(as_csv(record), "x")


def test_a_csv_header_alone() -> None:
    with pytest.raises(InputError, match=r"^x: a header without records$"):
        parse_catalog(as_csv(omm()).splitlines()[0], "x")


def test_csv_cut_off_in_a_record() -> None:
    data = as_csv(omm(), omm(NORAD_CAT_ID="5"))
    file = parse_catalog(data[:-20], "x")
    assert file.catalog.norad_id.tolist() == [24946]
    assert [(r.line, r.reason) for r in file.rejected] == [(3, "expected 13 comma-separated fields, got 11")]


def test_json_single_object_numbers_and_nulls() -> None:
    record: dict[str, object] = dict(omm(OBJECT_ID="x"))
    record |= {"MEAN_MOTION": 14.34219863, "NORAD_CAT_ID": 24946, "OBJECT_ID": None, "REV_AT_EPOCH": None}
    catalog = parse_catalog(json.dumps(record, indent=1).encode(), "x").catalog
    assert catalog.norad_id.tolist() == [24946]
    assert catalog.mean_motion_rev_day.tolist() == [14.34219863]
    assert catalog.international_designator.tolist() == [""]


def test_json_with_bad_parts_goes_on_behind_them() -> None:
    good = json.dumps(omm(NORAD_CAT_ID="5"))
    text = f'[{json.dumps(omm())},\n{{"OBJECT_NAME": "X" "Y"}},\n 17,\n{IRIDIUM_33[0]}\n{good},\n{good[:40]}'
    file = parse_catalog(text.encode(), "x")
    assert file.catalog.norad_id.tolist() == [24946, 5]
    assert [(r.line, r.reason.split(" (")[0]) for r in file.rejected] == [
        (2, "malformed JSON"),
        (6, "malformed JSON"),
    ]


def test_json_nested_deeply_is_one_bad_record() -> None:
    text = "[" + json.dumps(omm()) + ',\n{"a": ' + "[" * 100_000 + "]" * 100_000 + "},\n"
    text += json.dumps(omm(NORAD_CAT_ID="5")) + "]"
    file = parse_catalog(text.encode(), "x")
    assert file.catalog.norad_id.tolist() == [24946, 5]
    assert [r.reason.split(" (")[0] for r in file.rejected] in (
        ["JSON nested too deeply"],
        ["EPOCH is missing"],
    )


def test_json_nan_words_are_no_elements() -> None:
    text = json.dumps(omm()).replace('".0002288"', "NaN")
    with pytest.raises(InputError, match=r"1 record, rejected; first: line 1: ECCENTRICITY is NaN"):
        parse_catalog(text.encode(), "x")


def test_xml_user_defined_parameters_namespaces_and_single_omm() -> None:
    text = as_xml(omm()).decode().split("<ndm>\n")[1].split("</ndm>")[0]
    text = text.replace("</segment>", '<USER_DEFINED parameter="OBJECT_TYPE">DEBRIS</USER_DEFINED></segment>')
    text = "\n\n" + text.replace("<omm ", "<m:omm xmlns:m='urn:x' ").replace("</omm>", "</m:omm>")
    catalog = parse_catalog(text.encode(), "x").catalog
    assert catalog.norad_id.tolist() == [24946]
    assert catalog.object_kind.tolist() == [ObjectKind.DEBRIS]


def test_xml_cut_off_keeps_the_records_before() -> None:
    data = as_xml(omm(), omm(NORAD_CAT_ID="5"))
    file = parse_catalog(data[:-60], "x")
    assert file.catalog.norad_id.tolist() == [24946]
    (rejection,) = file.rejected
    assert "the rest of the file is skipped" in rejection.reason


def test_xml_of_another_kind_and_with_entities() -> None:
    with pytest.raises(InputError, match=r"x: XML with the root <oem> without any complete <omm> record"):
        parse_catalog(b"<oem><body/></oem>", "x")
    bomb = b'<!DOCTYPE ndm [<!ENTITY a "aaaa">]>' + as_xml(omm()).split(b"?>")[1]
    with pytest.raises(InputError, match=r"x: XML entity 'a' declared"):
        parse_catalog(bomb, "x")


def test_kvn_units_comments_and_user_defined() -> None:
    text = as_kvn(omm(MEAN_MOTION="14.34219863 [rev/day]", OBJECT_NAME="BREEZE-M DEB [TANK]")).decode()
    text = text.replace("EPOCH", "COMMENT by hand\nUSER_DEFINED_OBJECT_TYPE = DEBRIS\nEPOCH")
    catalog = parse_catalog(text.encode(), "x").catalog
    assert catalog.mean_motion_rev_day.tolist() == [14.34219863]
    assert catalog.object_kind.tolist() == [ObjectKind.DEBRIS]
    assert catalog.name.tolist() == ["BREEZE-M DEB [TANK]"]


def test_kvn_doubled_keys_and_foreign_lines() -> None:
    doubled = as_kvn(omm()).decode() + "EPOCH = 2009-02-09T00:00:00\n"
    file = parse_catalog((doubled + as_kvn(omm(NORAD_CAT_ID="5")).decode() + COSMOS_2251[0]).encode(), "x")
    # Which of the two epochs is meant cannot be known.
    assert file.catalog.norad_id.tolist() == [5]
    twice = "EPOCH occurs twice, as '2009-02-09T18:49:39.281952' and '2009-02-09T00:00:00'"
    assert [(r.line, r.norad_id, r.reason) for r in file.rejected] == [
        (1, 24946, twice),
        (30, None, "expected KEY = VALUE"),
    ]


def test_kvn_with_a_damaged_opening_line() -> None:
    text = as_kvn(omm(), omm(NORAD_CAT_ID="5")).decode()
    first, second = text.split("\n\n")
    file = parse_catalog((first + "\n\n" + second.replace("CCSDS_OMM_VERS", "?")).encode(), "x")
    assert file.catalog.norad_id.tolist() == [24946, 5]
    assert [r.reason for r in file.rejected] == ["expected KEY = VALUE"]


def test_negative_zero_is_zero() -> None:
    file = parse_catalog(as_csv(omm(BSTAR="-0.0"), omm(BSTAR="0")), "x")
    assert not np.signbit(file.catalog.bstar).any()
    assert [r.reason for r in file.rejected] == ["duplicate of line 2"]


@pytest.mark.parametrize("count", [20_000])
def test_thousands_of_unknown_keys_take_linear_time(count: int) -> None:
    unknown = b"".join(b"K%d = 1\n" % k for k in range(count))
    begin = time.process_time()
    file = parse_catalog(as_kvn(omm()) + unknown, "x")
    assert time.process_time() - begin < 2.0
    assert len(file.catalog) == 1
    many = parse_catalog(as_json(*(omm(NORAD_CAT_ID=str(k), **{f"K{k}": "1"}) for k in range(1, 3000))), "x")
    assert len(many.catalog) == 2999
