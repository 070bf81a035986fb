"""One object by a number, a name or a part of a name, and one sentence where that is not one object."""

import numpy as np
import pytest
from support.catalogs import Elements, make_catalog

from debrissim.catalog import Catalog
from debrissim.catalog.lookup import find_object
from debrissim.core.errors import InputError

NAMES = {
    25544: "ISS (ZARYA)",
    48274: "CSS (TIANHE)",
    20580: "HST",
    44713: "STARLINK-1007",
    44714: "STARLINK-1008",
    99001: "OBJECT A",
    99002: "OBJECT A",
    99003: "ISS",
    99004: "\x1b[31mRED " + "X" * 500,
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    sets = [Elements(norad_id=number) for number in (*NAMES, 25544)]
    names = np.array([*NAMES.values(), NAMES[25544]], dtype=np.str_)
    return make_catalog(*sets).with_columns(name=names)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("25544", 25544),
        (" 020580 ", 20580),
        ("hst", 20580),
        ("iss (zarya)", 25544),
        ("iss", 99003),
        ("tianhe", 48274),
        ("link-1008", 44714),
        ("zarya", 25544),
    ],
)
def test_a_text_fits_one_object(text: str, number: int, catalog: Catalog) -> None:
    assert find_object(catalog, text, "a list") == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("99", "no object 99 among the 9 objects of a list"),
        ("", "no object named '' among the 9 objects of a list"),
        (
            "starlnk-1008",
            "no object named 'starlnk-1008' among the 9 objects of a list; did you mean STARLINK-1008 44714?",
        ),
        (
            "Starlink",
            "'Starlink' fits 2 objects of a list: STARLINK-1007 44713, STARLINK-1008 44714; give the number of one",
        ),
        (
            "object a",
            "'object a' fits 2 objects of a list: OBJECT A 99001, OBJECT A 99002; give the number of one",
        ),
    ],
)
def test_other_text_is_one_sentence(text: str, expected: str, catalog: Catalog) -> None:
    with pytest.raises(InputError) as error:
        find_object(catalog, text, "a list")
    assert str(error.value) == expected


def test_names_of_files_are_shown_as_text_and_cut(catalog: Catalog) -> None:
    with pytest.raises(InputError) as error:
        find_object(catalog, "\x1b[31mred" + "y" * 30, "a list")
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 300


def test_many_candidates_are_counted() -> None:
    sets = [Elements(norad_id=50000 + k) for k in range(1200)]
    many = make_catalog(*sets).with_columns(name=np.array([f"SAT {k}" for k in range(1200)], dtype=np.str_))
    with pytest.raises(
        InputError, match=r"'sat' fits 1,200 objects .*SAT 7 50007 and 1,192 more; give the number"
    ):
        find_object(many, "sat", "a list")
