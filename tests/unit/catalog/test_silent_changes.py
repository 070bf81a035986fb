"""Records that could be read as something else: rejected with a reason, or read as they are meant."""

import re

import pytest
from support.element_records import COSMOS_2251, as_csv, as_json, as_kvn, as_xml, lines_of, omm, tle

from debrissim.catalog import CatalogFile, parse_catalog
from debrissim.core.errors import InputError


def of_tle(**fields: str) -> CatalogFile:
    """A file of two element sets, the first with fields replaced in their columns."""
    return parse_catalog(lines_of(tle(**fields), COSMOS_2251), "x.tle")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (" 87000-5", 0.87e-5),
        ("-87000-5", -0.87e-5),
        ("+87000-5", 0.87e-5),
        ("87000-10", 0.87e-10),
        ("12345-12", 0.12345e-12),
        ("-8700-10", -0.87e-10),
        ("-1234+10", -0.1234e10),
        (" 00000-0", 0.0),
        ("00000-10", 0.0),
        (" 00000 0", 0.0),
        ("  1234-5", 0.01234e-5),
        (" 11606-4", 0.11606e-4),
    ],
)
def test_an_assumed_decimal_point_with_an_exponent_of_one_or_two_digits(field: str, value: float):
    file = of_tle(bstar=field)
    assert [r.reason for r in file.rejected] == []
    assert file.catalog.bstar[0] == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "field", [" 1234564", " 12345 4", " 12345  ", "  123456", "1.2345-4", " 12E45-4", "--2345-4"]
)
def test_a_drag_term_without_the_sign_of_its_exponent_is_no_number(field: str):
    (rejection,) = of_tle(bstar=field).rejected
    expected = rf"BSTAR {re.escape(repr(field.strip()))} (has no sign before its exponent|is not a number)"
    assert re.fullmatch(expected, rejection.reason)
    assert rejection.norad_id == 24946


@pytest.mark.parametrize(
    "digits", ["0E10000", "00.0001", "O010000", "001 000", "       ", "1e-0300", "0010-00"]
)
def test_letters_in_an_eccentricity_are_not_zeros(digits: str):
    (rejection,) = of_tle(eccentricity=digits).rejected
    assert rejection.reason.startswith("ECCENTRICITY ")


@pytest.mark.parametrize("digits", ["  10000", "0010000", "001    "])
def test_blanks_about_an_eccentricity_are_zeros(digits: str):
    assert of_tle(eccentricity=digits).catalog.eccentricity[0] == pytest.approx(
        float("0." + digits.replace(" ", "0"))
    )


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("mean_motion", "14.3e000001"),
        ("inclination", "9e1.0000"),
        ("mean_motion", "nan.0000000"),
        ("ndot", " .00e00001"),
    ],
)
def test_letters_in_other_numbers_of_a_tle_are_refused(key: str, field: str):
    (rejection,) = of_tle(**{key: field}).rejected
    assert rejection.reason


def repeated(kind: str, key: str, value: str) -> bytes:
    """Two records, in the second of which a key comes again at the end."""
    good, bad = omm(NORAD_CAT_ID="5"), omm(NORAD_CAT_ID="6")
    if kind == "kvn":
        return as_kvn(good, bad) + f"{key} = {value}\n".encode()
    if kind == "json":
        return as_json(good, bad)[:-2] + f', "{key}": "{value}"}}]'.encode()
    head, end, tail = as_xml(good, bad).rpartition(b"\n</segment>")
    return head + f"\n<{key}>{value}</{key}>".encode() + end + tail


@pytest.mark.parametrize("kind", ["json", "kvn", "xml"])
@pytest.mark.parametrize(
    ("key", "value"), [("ECCENTRICITY", "0.5"), ("NORAD_CAT_ID", "77"), ("BSTAR", "0.1")]
)
def test_a_key_with_two_values_spoils_its_record(kind: str, key: str, value: str):
    file = parse_catalog(repeated(kind, key, value), "x")
    assert file.catalog.norad_id.tolist() == [5]
    (rejection,) = file.rejected
    first = omm(NORAD_CAT_ID="6")[key]
    assert rejection.reason == f"{key} occurs twice, as '{first}' and '{value}'"
    # The same value again says nothing new, nor does a key that is not read.
    assert parse_catalog(repeated(kind, key, first), "x").catalog.norad_id.tolist() == [5, 6]
    assert parse_catalog(repeated(kind, "REV_AT_EPOCH", "7"), "x").catalog.norad_id.tolist() == [5, 6]


def test_a_csv_column_listed_twice_is_refused():
    header, row = as_csv(omm()).decode().splitlines()
    with pytest.raises(InputError, match="line 1: the CSV header has BSTAR twice"):
        parse_catalog(f"{header},BSTAR\n{row},0.1\n".encode(), "x.csv")


def test_an_undeclared_entity_is_not_dropped_from_a_name():
    text = as_xml(omm(OBJECT_NAME="FOO")).decode().replace("FOO", "FOO&bar;BAZ")
    typed = (
        text.replace("<ndm", '<!DOCTYPE ndm SYSTEM "ndm.dtd"><ndm', 1)
        if "<ndm" in text
        else text.replace("<omm", '<!DOCTYPE omm SYSTEM "omm.dtd"><omm', 1)
    )
    with pytest.raises(
        InputError, match=r"x\.xml: line \d+: XML entity 'bar' is not declared; expected plain text"
    ):
        parse_catalog(typed.encode(), "x.xml")
    assert parse_catalog(as_xml(omm(OBJECT_NAME="A&amp;B")), "x").catalog.name.tolist() != [""]


@pytest.mark.parametrize("key", ["OBJECT_NAME", "OBJECT_ID", "PARENT_EVENT"])
def test_long_texts_are_rejected_not_cut(key: str):
    file = parse_catalog(as_csv(omm(NORAD_CAT_ID="7", **{key: ""}), omm(**{key: "A" * 121})), "x")
    assert file.catalog.norad_id.tolist() == [7]
    assert file.rejected[0].reason == f"{key} has 121 characters, expected at most 120"
    assert len(parse_catalog(as_csv(omm(**{key: "A" * 120})), "x").catalog) == 1


@pytest.mark.parametrize(
    "theory", ["TLE", "SGP4", "sgp4", "SGP/SGP4", "SGP4/SDP4", "SDP4", "SGP-4", "TLE/SGP4", "", "SGP4, SDP4"]
)
def test_names_of_sgp4(theory: str):
    assert parse_catalog(as_json(omm(MEAN_ELEMENT_THEORY=theory)), "x").rejected == ()


@pytest.mark.parametrize(
    "changes",
    [{"MEAN_ELEMENT_THEORY": t} for t in ("SGP4-XP", "DSST", "USM", "SGP8", "PPT3", "HANDE", "OSCULATING")]
    + [{"EPHEMERIS_TYPE": t} for t in ("3", "4", "6", "SP")],
)
def test_other_theories_are_refused_by_record(changes: dict[str, str]):
    (rejection,) = parse_catalog(as_json(omm(NORAD_CAT_ID="5"), omm(**changes)), "x").rejected
    assert "these are not SGP4 elements" in rejection.reason


def test_a_repetition_under_another_name_is_said():
    file = parse_catalog(as_csv(omm(OBJECT_NAME="A"), omm(OBJECT_NAME="B"), omm(OBJECT_NAME="")), "x")
    assert [r.reason for r in file.rejected] == [
        "duplicate of line 2, where its name is A",
        "duplicate of line 2",
    ]
