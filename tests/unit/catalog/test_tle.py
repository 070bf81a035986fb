"""Two-line element sets: every decision that `debrissim.catalog.tle` makes."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import Satrec
from support.element_records import COSMOS_2251, IRIDIUM_33, checksummed, lines_of, tle

from debrissim.catalog import parse_catalog
from debrissim.core.errors import InputError


def reasons(data: bytes) -> list[str]:
    """Why records of a file were rejected; one good record is added so that the read succeeds."""
    return [rejection.reason for rejection in parse_catalog(data + lines_of(COSMOS_2251), "x").rejected]


def test_fields_agree_with_the_sgp4_package() -> None:
    file = parse_catalog(lines_of(IRIDIUM_33, COSMOS_2251), "two.tle")
    assert (file.format, file.record_count, file.rejected) == ("tle", 2, ())
    catalog = file.catalog
    for row, pair in enumerate((IRIDIUM_33, COSMOS_2251)):
        satrec = Satrec.twoline2rv(*pair)
        minutes = 1440.0 / (2.0 * np.pi)
        assert catalog.norad_id[row] == satrec.satnum
        assert catalog.epoch_jd[row] == satrec.jdsatepoch
        assert catalog.epoch_fraction[row] == pytest.approx(satrec.jdsatepochF, abs=1e-12)
        assert catalog.mean_motion_rev_day[row] == pytest.approx(satrec.no_kozai * minutes, rel=1e-14)
        assert catalog.eccentricity[row] == satrec.ecco
        assert np.radians(catalog.inclination_deg[row]) == pytest.approx(satrec.inclo, rel=1e-15)
        assert np.radians(catalog.raan_deg[row]) == pytest.approx(satrec.nodeo, rel=1e-15)
        assert np.radians(catalog.arg_perigee_deg[row]) == pytest.approx(satrec.argpo, rel=1e-15)
        assert np.radians(catalog.mean_anomaly_deg[row]) == pytest.approx(satrec.mo, rel=1e-15)
        assert catalog.bstar[row] == pytest.approx(satrec.bstar, rel=1e-15)
    assert catalog.mean_motion_dot.tolist() == [0.153e-5, -1e-8]
    assert catalog.international_designator.tolist() == ["1997-051C", "1993-036A"]


def test_epoch_is_exact_to_the_last_digit() -> None:
    catalog = parse_catalog(lines_of(IRIDIUM_33), "x").catalog
    assert (catalog.epoch_jd[0], catalog.epoch_fraction[0]) == (2454871.5, 0.78448243)  # 2009-02-09


@pytest.mark.parametrize(("epoch", "jd"), [("56001.00000000", 2471998.5), ("57001.00000000", 2435839.5)])
def test_years_pivot_at_57(epoch: str, jd: float) -> None:
    assert parse_catalog(lines_of(tle(epoch=epoch)), "x").catalog.epoch_jd[0] == jd


@pytest.mark.parametrize("epoch", ["09000.00000000", "09367.00000000", "0904x.00000000"])
def test_impossible_epochs_are_rejected(epoch: str) -> None:
    assert reasons(lines_of(tle(epoch=epoch))) == [f"EPOCH {epoch!r} cannot be read"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A0000", 100000),
        ("H9999", 179999),
        ("J0000", 180000),
        ("P0000", 230000),
        ("Z9999", 339999),
        ("    5", 5),
        ("00005", 5),
        ("2494 ", 2494),
    ],
)
def test_catalogue_numbers(text: str, number: int) -> None:
    assert parse_catalog(lines_of(tle(number=text)), "x").catalog.norad_id.tolist() == [number]


@pytest.mark.parametrize("text", ["I0000", "O0000", "a0000", "24 46"])
def test_numbers_that_are_none(text: str) -> None:
    found = reasons(lines_of(tle(number=text)))
    assert found == [f"catalogue number {text!r} is neither digits nor Alpha-5"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+47668-4", 0.47668e-4),
        ("-82098-2", -0.82098e-2),
        (" 00000+0", 0.0),
        ("+00000-0", 0.0),
        (" 12345+1", 1.2345),
        ("27833-4 ", 0.27833e-4),  # shifted to the left
        ("  2783-4", 0.02783e-4),  # blanks for leading zeros
    ],
)
def test_numbers_with_implied_points(text: str, value: float) -> None:
    catalog = parse_catalog(lines_of(tle(bstar=text, nddot=text)), "x").catalog
    assert catalog.bstar[0] == pytest.approx(value, rel=1e-15)
    assert catalog.mean_motion_ddot[0] == catalog.bstar[0]


def test_blank_drag_terms() -> None:
    file = parse_catalog(lines_of(tle(nddot=" " * 8)), "x")
    assert file.catalog.mean_motion_ddot.tolist() == [0.0]
    assert reasons(lines_of(tle(bstar=" " * 8))) == ["BSTAR is missing"]


def test_zero_filled_and_blank_padded_angles_are_the_same() -> None:
    blank = (COSMOS_2251[0], checksummed(COSMOS_2251[1].replace(" 074.", "  74.").replace(" 019.", "  19.")))
    first = parse_catalog(lines_of(COSMOS_2251), "x").catalog
    second = parse_catalog(lines_of(blank), "x").catalog
    assert first.inclination_deg[0] == second.inclination_deg[0] == 74.0355
    assert first.raan_deg[0] == second.raan_deg[0] == 19.4646


def test_names_with_and_without_zero_and_mixed_with_none() -> None:
    data = lines_of(("0 IRIDIUM 33", *IRIDIUM_33), ("COSMOS 2251", *COSMOS_2251), tle(number="00005"))
    file = parse_catalog(data, "x")
    assert file.format == "3le"
    assert file.catalog.name.tolist() == ["IRIDIUM 33", "COSMOS 2251", ""]
    assert file.rejected == ()


def test_line_endings_marks_blanks_and_comments_do_not_matter() -> None:
    plain = lines_of(("0 A", *IRIDIUM_33), ("0 B", *COSMOS_2251))
    text = plain.decode()
    for variant in (
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + plain,
        ("# made by hand\n\n" + text.replace("\n", "  \n\n")).encode(),
        text.replace(" ", "\u00a0").encode(),  # non-breaking spaces in UTF-8
        text.replace(" ", "\u00a0").encode("latin-1"),
        text.encode("utf-16"),
        text.rstrip("\n").encode(),
    ):
        file = parse_catalog(variant, "x")
        assert file.rejected == ()
        assert file.catalog.norad_id.tolist() == [24946, 22675]
        assert file.catalog.name.tolist() == ["A", "B"]


def test_missing_checksums_are_accepted() -> None:
    file = parse_catalog(lines_of((IRIDIUM_33[0][:68], IRIDIUM_33[1][:68])), "x")
    assert file.rejected == ()
    assert file.catalog.mean_motion_rev_day.tolist() == [14.34219863]


def test_rejections_name_line_number_and_reason() -> None:
    bad = (IRIDIUM_33[0], IRIDIUM_33[1][:-1] + "7")
    (rejection,) = parse_catalog(lines_of(("0 FIRST", *COSMOS_2251), ("0 BAD", *bad)), "f.3le").rejected
    assert rejection.file == "f.3le"
    assert rejection.line == 5
    assert rejection.norad_id == 24946
    assert rejection.reason == "bad checksum: line 2 ends in '7', computed 6"
    assert rejection.text == IRIDIUM_33[0]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ((IRIDIUM_33[0], IRIDIUM_33[1][:50]), "wrong length: line 2 has 50 characters, expected 69"),
        ((IRIDIUM_33[0] + "12", IRIDIUM_33[1]), "wrong length: line 1 has 71 characters, expected 69"),
        (
            (IRIDIUM_33[0], tle(number="24947")[1]),
            "number mismatch: line 1 is of '24946', line 2 of '24947'",
        ),
        (IRIDIUM_33[:1], "line 1 without a line 2 after it"),
        (IRIDIUM_33[1:], "line 2 without a line 1 before it"),
        (("hello", *IRIDIUM_33[1:]), "neither a line of an element set nor a name before one"),
        ((IRIDIUM_33[0][:32] + "é" + IRIDIUM_33[0][33:], IRIDIUM_33[1]), "a character that is not ASCII"),
        (tle(eccentricity="00x2288"), "ECCENTRICITY '0.00x2288' is not a number"),
        (tle(inclination="180.0001"), "INCLINATION is 180.0001, expected a number in 0..180 degrees"),
        (
            tle(mean_motion="00.00000000"),
            "MEAN_MOTION is 00.00000000, expected a finite number above 0.001 rev/day and below 100",
        ),
        (
            tle(mean_motion="-1.00000000"),
            "MEAN_MOTION is -1.00000000, expected a finite number above 0.001 rev/day and below 100",
        ),
        (tle(bstar="12_34+-4"), "BSTAR '12_34+-4' is not a number"),
        (tle(ephemeris_type="4"), "EPHEMERIS_TYPE is '4': these are not SGP4 elements in TEME and UTC"),
    ],
)
def test_one_bad_record_is_told_apart(record: tuple[str, ...], expected: str) -> None:
    assert reasons(lines_of(record))[0] == expected


def test_a_shifted_column_is_not_misread() -> None:
    two = checksummed(IRIDIUM_33[1][:8] + " " + IRIDIUM_33[1][8:67])
    (reason,) = reasons(lines_of((IRIDIUM_33[0], two)))
    assert reason == "line 2, column 17: expected ' ', got '4'"


def test_a_file_cut_off_keeps_what_stands_before() -> None:
    whole = lines_of(("0 A", *COSMOS_2251), ("0 B", *IRIDIUM_33))
    for cut in range(1, 144):
        file = parse_catalog(whole[:-cut], "x")
        assert file.catalog.norad_id[0] == 22675
        # A newline and a checksum may go missing without harm.
        assert len(file.catalog) == (2 if cut <= 2 else 1)
        # A stump of line 2 too short to be known as one counts as a foreign line.
        assert len(file.rejected) in ((0,) if cut <= 2 else (1, 2))


def test_duplicates_are_dropped_and_counted() -> None:
    later = tle(epoch="09041.00000000")
    data = lines_of(IRIDIUM_33, later, IRIDIUM_33, ("0 IRIDIUM 33", *IRIDIUM_33), COSMOS_2251)
    file = parse_catalog(data, "x")
    assert file.catalog.norad_id.tolist() == [24946, 24946, 22675]
    assert [(r.line, r.reason) for r in file.rejected] == [
        (5, "duplicate of line 1"),
        (8, "duplicate of line 1"),
    ]
    assert file.record_count == 5


def test_omm_lines_among_element_sets_are_foreign() -> None:
    data = lines_of(IRIDIUM_33, ("IRIDIUM 33,1997-051C,2009-02-09T18:49:39,14.3",), COSMOS_2251[:1])
    with_more = parse_catalog(data + lines_of(COSMOS_2251[1:]), "x")
    # A line right before a line 1 can only be taken for its name.
    assert with_more.catalog.name.tolist() == ["", "IRIDIUM 33,1997-051C,2009-02-09T18:49:39,14.3"]
    file = parse_catalog(lines_of(IRIDIUM_33, ('{"OBJECT_NAME": "X"}',), ("0 B", *COSMOS_2251)), "x")
    assert [r.reason for r in file.rejected] == ["neither a line of an element set nor a name before one"]


def test_a_file_of_bad_records_says_what_was_first() -> None:
    with pytest.raises(
        InputError, match=r"^bad\.tle: 2 records, all rejected; first: line 1: line 1 without"
    ):
        parse_catalog(lines_of(IRIDIUM_33[:1], COSMOS_2251[:1]), "bad.tle")
