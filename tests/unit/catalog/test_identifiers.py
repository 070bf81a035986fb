"""Identifiers of objects: numbers of catalogues and of this program, and their text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.element_records import as_csv, omm

from debrissim.catalog import parse_catalog, read_catalog, write_omm_csv
from debrissim.catalog.catalog_numbers import MAX_CATALOG_NUMBER
from debrissim.catalog.identifiers import (
    Origin,
    identifier,
    identifier_order,
    internal_numbers,
    names_or_identifiers,
    object_label,
    origins,
    parse_identifier,
    serials,
)
from debrissim.core.errors import InputError
from debrissim.results.table import Column, Schema, read_table, write_table

OWN = st.sampled_from([Origin.SYNTHETIC, Origin.FRAGMENT, Origin.UNNUMBERED])
SERIAL = st.integers(0, MAX_CATALOG_NUMBER)


@given(OWN, SERIAL)
def test_no_internal_number_can_meet_a_real_one(origin, serial):
    number = int(internal_numbers(origin, serial))
    assert number < 0
    assert origins(number) == origin
    assert serials(number) == serial
    assert parse_identifier(identifier(number)) == number


@given(st.tuples(OWN, SERIAL), st.tuples(OWN, SERIAL))
def test_different_objects_have_different_numbers(first, second):
    assert (internal_numbers(*first) == internal_numbers(*second)) == (first == second)


@given(st.integers(0, MAX_CATALOG_NUMBER))
def test_real_numbers_are_their_own_text(number):
    assert identifier(number) == str(number)
    assert origins(number) == Origin.REAL
    assert parse_identifier(str(number)) is None


def test_text_of_identifiers():
    numbers = [25544, *(int(internal_numbers(origin, 21739)) for origin in (1, 2, 3)), 999100101, 5]
    assert [identifier(n) for n in numbers] == [
        "25544", "S-021739", "F-021739", "U-021739", "999100101", "5",
    ]  # fmt: skip
    assert [identifier(numbers[k]) for k in identifier_order(numbers)] == [
        "5", "25544", "999100101", "S-021739", "F-021739", "U-021739",
    ]  # fmt: skip
    assert object_label(25544, "ISS (ZARYA)") == "ISS (ZARYA) (25544)"
    assert object_label(25544, "") == object_label(25544, "25544") == "25544"
    assert names_or_identifiers([25544, numbers[1]], ["", "A"]).tolist() == ["25544", "A"]
    for text in ("S021739", "S-", "X-021739", "S-1234567890", "S-02173x", "", "-1000021739"):
        assert parse_identifier(text) is None


@given(st.lists(st.integers(0, MAX_CATALOG_NUMBER) | st.builds(internal_numbers, OWN, SERIAL).map(int)))
def test_a_column_of_identifiers_reads_back(numbers):
    column = Column("norad_id", "id", "number")
    assert (
        column.parse([str(cell) for cell in column.cells(np.array(numbers, dtype=np.int64))]).tolist()
        == numbers
    )


def test_a_table_with_identifiers_is_text_only_in_its_file(tmp_path):
    schema = Schema("t.csv", "one object", (Column("norad_id", "id", "number", null=-1),))
    table = schema.table({"norad_id": np.array([7, int(internal_numbers(Origin.FRAGMENT, 3)), -1])})
    write_table(tmp_path / "t.csv", table)
    assert (tmp_path / "t.csv").read_text().splitlines() == ["norad_id", "7", "F-000003", '""']
    assert read_table(tmp_path / "t.csv", schema).equals(table)
    (tmp_path / "t.csv").write_text("norad_id\n7\nG-000003\n")
    with pytest.raises(InputError, match="line 3"):
        read_table(tmp_path / "t.csv", schema)


def test_objects_of_no_catalogue_pass_through_a_file_and_are_found(tmp_path):
    catalog = parse_catalog(
        as_csv(
            omm(NORAD_CAT_ID="999100101", OBJECT_NAME="REAL"),
            omm(NORAD_CAT_ID="S-000007", OBJECT_NAME="SAMPLED"),
            omm(NORAD_CAT_ID="-2000000008", OBJECT_NAME="FRAGMENT"),
            omm(NORAD_CAT_ID="9", OBJECT_NAME="OWN", ORIGIN="unnumbered"),
        ),
        "x",
    ).catalog
    assert catalog.origin.tolist() == [Origin.REAL, Origin.SYNTHETIC, Origin.FRAGMENT, Origin.UNNUMBERED]
    assert catalog.synthetic.tolist() == [False, True, True, False]
    write_omm_csv(catalog, tmp_path / "c.csv")
    again = read_catalog(tmp_path / "c.csv").catalog
    assert again.norad_id.tolist() == catalog.norad_id.tolist()
    assert again.loc["s-000007"].name.tolist() == ["SAMPLED"]
    assert again.loc["U-000009"].name.tolist() == ["OWN"]
    assert again.columns()["origin"].tolist() == ["real", "synthetic", "fragment", "unnumbered"]


def test_an_origin_that_contradicts_the_number_is_rejected():
    file = parse_catalog(
        as_csv(
            omm(ORIGIN=""), omm(NORAD_CAT_ID="S-000007", ORIGIN="fragment"), omm(NORAD_CAT_ID="-7", ORIGIN="")
        ),
        "x",
    )
    assert [r.reason for r in file.rejected] == [
        "ORIGIN is fragment, but S-000007 is an object of another origin",
        "NORAD_CAT_ID '-7' is not a catalogue number",
    ]
