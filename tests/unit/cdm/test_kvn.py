"""CDMs as KVN: values, units, strictness, and the sentences that say what is wrong where."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest
from support.cdm_samples import COVARIANCES, STATES, kvn

from debrissim.cdm import parse_cdm, read_cdm
from debrissim.cdm.keywords import COVARIANCE
from debrissim.core.errors import InputError


def read(text: str):
    (found,) = parse_cdm(text.encode(), "x.cdm")
    return found


def test_every_value_arrives_in_our_units() -> None:
    found = read(kvn())
    assert found.tca_utc == "2024-11-02T03:04:05.678Z"
    assert found.miss_distance_m == 412.3
    assert found.relative_speed_m_s == 14762.5
    assert found.collision_probability == 4.835e-5
    assert found.collision_probability_method == "FOSTER-1992"
    assert (found.originator, found.message_id, found.message_for) == ("TESTER", "MADE-UP-1", "")
    assert found.hard_body_radius_m is None
    assert found.notes == ()
    assert (found.primary.designator, found.secondary.designator) == ("25544", "270387")
    assert found.secondary.name == "FRAGMENT [TANK]"
    assert found.primary.mass_kg == 420000.0
    assert found.primary.area_m2 is None
    for item, state, given in zip((found.primary, found.secondary), STATES, COVARIANCES, strict=True):
        assert item.state.tolist() == [float(value) for value in state]
        covariance = dict(zip(COVARIANCE, map(float, given), strict=True))
        assert item.covariance_rtn[1, 0] * 1e6 == pytest.approx(covariance["CT_R"], rel=1e-15)
        assert item.covariance_rtn[4, 2] * 1e6 == pytest.approx(covariance["CTDOT_N"], rel=1e-15)
        assert item.covariance_rtn[5, 4] * 1e6 == pytest.approx(covariance["CNDOT_TDOT"], rel=1e-15)
        assert (item.covariance_rtn == item.covariance_rtn.T).all()


def test_covariance_keywords_are_the_lower_triangle_by_rows() -> None:
    assert COVARIANCE[:6] == ("CR_R", "CT_R", "CT_T", "CN_R", "CN_T", "CN_N")
    assert COVARIANCE[6:10] == ("CRDOT_R", "CRDOT_T", "CRDOT_N", "CRDOT_RDOT")
    assert COVARIANCE[-6:] == tuple(f"CNDOT_{axis}" for axis in ("R", "T", "N", "RDOT", "TDOT", "NDOT"))
    assert len(COVARIANCE) == 21


@pytest.mark.parametrize(
    ("comment", "radius"),
    [
        ("HBR = 10 [m]", 10.0),
        ("HBR                        = 15.0", 15.0),
        ("HBR=0.0523 [km]", 52.3),
        ("hbr: 7", 7.0),
        ("Hard Body Radius = 1.5e1 [m]", 15.0),
        ("Combined HBR = 20 m", 20.0),
        ("HBR = 0", None),
        ("HBR unknown", None),
        ("EXCLUSION_VOLUME_RADIUS = 10 [m]", None),
        ("no HBR = 10 [m] here", None),
    ],
)
def test_hard_body_radius_in_a_comment(comment: str, radius: float | None) -> None:
    assert read(kvn(comments=(comment,))).hard_body_radius_m == radius


def test_radii_of_the_objects_add_up_where_both_are_stated() -> None:
    text = kvn().replace("OBJECT_NAME ", "COMMENT Operator Hard Body Radius = 4 [m]\nOBJECT_NAME ")
    found = read(text)
    assert found.primary.hard_body_radius_m == 4.0
    assert found.hard_body_radius_m == 8.0
    assert "sum" in found.notes[0]
    one_only = read(text[: text.rindex("COMMENT")] + text[text.rindex("OBJECT_NAME") :])
    assert one_only.hard_body_radius_m is None
    assert read(text.replace("OBJECT  ", "COMMENT HBR = 5\nOBJECT  ", 1)).hard_body_radius_m == 5.0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"TCA": None}, "x.cdm: TCA is missing (mandatory in a CDM)"),
        ({"TCA": "2024-02-30T00:00:00"}, "TCA: expected a UTC time in ISO 8601, got '2024-02-30T00:00:00'"),
        ({"COLLISION_PROBABILITY": "1.5"}, "COLLISION_PROBABILITY: expected 0 to 1, got 1.5"),
        ({"COLLISION_PROBABILITY": "small"}, "COLLISION_PROBABILITY: expected a number, got 'small'"),
        (
            {"COLISION_PROBABILITY": "1"},
            "unknown keyword 'COLISION_PROBABILITY'; did you mean COLLISION_PROB",
        ),
        ({"OBJECT2_CT_T": "1e5 x"}, "CT_T of OBJECT2: expected a number, got '1e5 x"),
        ({"OBJECT1_CT_T": None}, "CT_T of OBJECT1 is missing"),
        ({"OBJECT1_CN_N": "NaN"}, "CN_N of OBJECT1 is missing"),
        ({"OBJECT1_X": "inf"}, "X of OBJECT1: expected a number, got 'inf'"),
        ({"OBJECT1_X": "1e999"}, "X of OBJECT1: expected a number, got '1e999'"),
        ({"OBJECT2_CR_R": "-2e31"}, "CR_R of OBJECT2: expected a number, got '-2e31'"),
        ({"OBJECT1_X": "1_0"}, "X of OBJECT1: expected a number, got '1_0'"),
        ({"OBJECT2_Z_DOT": "0.2 [m/s]"}, "Z_DOT of OBJECT2: expected the unit [km/s], got [m/s]"),
        ({"OBJECT2_CR_R": "0.2 [km**2]"}, "CR_R of OBJECT2: expected the unit [m**2], got [km**2]"),
        ({"OBJECT2_REF_FRAME": "MOON"}, "REF_FRAME of OBJECT2: expected one of EME2000"),
        ({"OBJECT2_REF_FRAME": "GCRF"}, "expected both objects in one frame, got EME2000 and GCRF"),
        ({"OBJECT2_OBJECT": "OBJECT1"}, "OBJECT: expected OBJECT2, got 'OBJECT1'"),
        ({"ORIGINATOR": ""}, "ORIGINATOR is missing"),
        ({f"OBJECT2_{axis}": "0" for axis in "XYZ"}, "the state of OBJECT2 has no orbital plane"),
        ({f"OBJECT2_{axis}": "1e-300" for axis in "XYZ"}, "the state of OBJECT2 has no orbital plane"),
    ],
)
def test_faults_are_one_sentence_with_file_and_keyword(changes: dict[str, str | None], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read(kvn(**changes))
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("x.cdm: ")
    assert "\n" not in str(caught.value)


def test_faults_name_the_line() -> None:
    lines = kvn().splitlines()
    number = next(k for k, line in enumerate(lines, start=1) if line.startswith("CN_T"))
    lines[number - 1] = "CN_T = what [m**2]"
    with pytest.raises(InputError, match=rf"^x.cdm: line {number}: CN_T of OBJECT1: expected a number"):
        read("\n".join(lines))
    lines[number - 1] = "CN_T"
    with pytest.raises(InputError, match=rf"^x.cdm: line {number}: expected KEYWORD = VALUE, got 'CN_T'"):
        read("\n".join(lines))
    lines[number - 1] = lines[number - 2]
    with pytest.raises(InputError, match=rf"^x.cdm: line {number}: CN_R is given twice"):
        read("\n".join(lines))


def test_structure_of_the_message() -> None:
    text = kvn()
    # A message without its version is not skipped as if it were a heading of the next one.
    with pytest.raises(InputError, match="expected CCSDS_CDM_VERS first, got CREATION_DATE"):
        read(text.split("\n", 1)[1] + text)
    with pytest.raises(InputError, match="expected two objects, got 1"):
        read(text[: text.rindex("OBJECT  ")])
    with pytest.raises(InputError, match="more than two objects"):
        read(text + "OBJECT = OBJECT3\n")
    both = parse_cdm((text + "\n" + text.replace("MADE-UP-1", "MADE-UP-2")).encode(), "x")
    assert [found.message_id for found in both] == ["MADE-UP-1", "MADE-UP-2"]


def test_later_versions_may_have_keywords_of_their_own() -> None:
    found = read(kvn(version="2.0", CONJUNCTION_ID="42"))
    assert found.other["CONJUNCTION_ID"] == "42"
    assert found.notes == ()
    assert "USER_DEFINED_A" in read(kvn(USER_DEFINED_A="42")).notes[0]
    assert read(kvn(version="2.1", LATER_STILL="42")).notes == (
        "LATER_STILL: not a keyword of CCSDS 508.0; it is not used",
    )


def test_keywords_of_version_2_in_an_older_header_are_taken_and_said() -> None:
    found = read(kvn(CONJUNCTION_ID="42", OBJECT1_OD_EPOCH="2024-11-01T00:00:00"))
    assert found.other["CONJUNCTION_ID"] == "42"
    assert found.primary.other["OD_EPOCH"] == "2024-11-01T00:00:00"
    assert found.notes == (
        "CONJUNCTION_ID, OD_EPOCH: keywords of version 2 in a message of version 1.0, read as in version 2",
    )
    with pytest.raises(InputError, match="unknown keyword 'CONJUNCTION_IDD'; did you mean CONJUNCTION_ID"):
        read(kvn(CONJUNCTION_IDD="42"))


def test_states_in_metres_are_noticed() -> None:
    metres = {
        f"OBJECT{n}_{key}": repr(1000.0 * float(value))
        for n, state in zip((1, 2), STATES, strict=True)
        for key, value in zip("XYZ", state, strict=False)
    }
    notes = read(kvn(**metres)).notes
    assert "OBJECT2 is 7,000,000 km from the Earth's centre; are its states in metres?" in notes


def test_a_hundred_notes_of_one_kind_are_one() -> None:
    found = read(kvn(**{f"USER_DEFINED_{k}": "1" for k in range(100)}))
    assert found.notes == (
        "USER_DEFINED_0, USER_DEFINED_1, USER_DEFINED_2, USER_DEFINED_3 and 96 more: not a keyword of CCSDS 508.0; "
        "it is not used",
    )


def test_the_median_of_several_probabilities_counts() -> None:
    several = {"COLLISION_PROBABILITY": "1e-6 2e-5, 3e-4", "version": "2.0"}
    found = read(kvn(COLLISION_PERCENTILE="10 50 90", **several))
    assert found.collision_probability == 2e-5
    assert found.notes == ("COLLISION_PROBABILITY: one for each percentile of 10, 50, 90; the median counts",)
    assert read(kvn(COLLISION_PERCENTILE="10 90", **several)).collision_probability is None
    with pytest.raises(InputError, match="COLLISION_PROBABILITY: expected 0 to 1, got 2"):
        read(kvn(COLLISION_PROBABILITY="1 2 3", COLLISION_PERCENTILE="10 50 90", version="2.0"))


def test_common_deviations_from_the_standard_are_noted() -> None:
    found = read(
        kvn(
            RELATIVE_VELOCITY_R="1 [m]",
            RELATIVE_VELOCITY_N="2 [m]",
            MISS_DISTANCE="500",
            OBJECT2_COVARIANCE_METHOD="DEFAULT",
            OBJECT1_RESIDUALS_ACCEPTED="85.4    [",
            OBJECT1_WEIGHTED_RMS="NaN",
        )
    )
    line = 1 + kvn().splitlines().index(f"{'CNDOT_NDOT':<28} = {COVARIANCES[0][-1]} [m**2/s**2]") + 3
    assert found.primary.other == {"RESIDUALS_ACCEPTED": "85.4"}
    assert found.notes == (
        f"RESIDUALS_ACCEPTED (line {line}): the unit is not closed by a bracket",
        "RELATIVE_VELOCITY_R, RELATIVE_VELOCITY_N: given in [m] instead of [m/s]; not used",
        "MISS_DISTANCE is 500.0 m, the states are 412.3 m apart; the states count",
        "the covariance of OBJECT2 is a default, not calculated",
    )
    zero = read(kvn(**{f"OBJECT1_{key}": "0" for key in COVARIANCE if "DOT" in key}))
    assert zero.notes == ("OBJECT1 has no velocity covariance (zeros)",)
    assert not zero.primary.has_velocity_covariance


def test_dates_by_day_of_year_line_ends_and_optional_values() -> None:
    text = kvn(TCA="2024-307T03:04:05.678", COLLISION_PROBABILITY=None, RELATIVE_SPEED=None)
    found = read(text.replace("\n", "\r\n"))
    assert found.tca_utc == "2024-11-02T03:04:05.678Z"
    assert found.collision_probability is None
    assert found.relative_speed_m_s is None
    assert read(kvn(COLLISION_PROBABILITY="N/A")).collision_probability is None


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress])
def test_compression_is_recognized_by_content(tmp_path: Path, compress) -> None:
    path = tmp_path / "message.bin"
    path.write_bytes(compress(kvn().encode()))
    (found,) = read_cdm(path)
    assert found.source == str(path)
    np.testing.assert_array_equal(found.primary.state, read(kvn()).primary.state)


def test_files_that_are_no_messages(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such file"):
        read_cdm(tmp_path / "nowhere")
    with pytest.raises(InputError, match="this is a folder"):
        read_cdm(tmp_path)
    for text, what in [
        ("", "empty file"),
        ("  \n", "empty file"),
        ("hello", "begins with 'hello'; expected a CDM as KVN"),
        ("<html><body/></html>", "an HTML page"),
        ("COMMENT only", "begins with 'COMMENT only'"),
    ]:
        with pytest.raises(InputError, match=what):
            parse_cdm(text.encode(), "x")
    with pytest.raises(InputError, match="ends early"):
        parse_cdm(gzip.compress(kvn().encode())[:-20], "x")


def test_comments_right_before_an_object_are_its_own() -> None:
    # As the standard's table of metadata begins with COMMENT; CARA's combined radius comes before OBJECT1.
    own = "COMMENT Operator Hard Body Radius = {} [m]\n"
    text = kvn()
    for number in (1, 2):
        line = next(line for line in text.splitlines() if line.endswith(f"= OBJECT{number}"))
        text = text.replace(line, own.format(2 * number) + f"COMMENT on {number}\n{line}")
    found = read(text)
    assert (found.primary.hard_body_radius_m, found.secondary.hard_body_radius_m) == (2.0, 4.0)
    assert found.hard_body_radius_m == 6.0
    assert found.comments == ("on 1",)
    assert found.secondary.comments == ("Operator Hard Body Radius = 4 [m]", "on 2")


def test_comments_between_messages_and_at_the_end() -> None:
    first, second = parse_cdm(f"COMMENT a\n{kvn()}COMMENT b\n{kvn()}COMMENT c\n".encode(), "x")
    assert first.comments == ("a",)
    assert first.secondary.comments == ()
    assert second.comments == ("b",)
    assert second.secondary.comments == ("c",)


def test_lines_before_the_version_are_skipped_and_noted() -> None:
    heading = "From: somebody\n\nFILENAME = a.cdm\nCOMMENT kept\nCDM_ID = 12\n"
    found = read(heading + kvn())
    assert found.message_id == "MADE-UP-1"
    assert found.comments == ("kept",)
    assert found.notes == (
        "From: somebody, FILENAME = a.cdm, CDM_ID = 12: before CCSDS_CDM_VERS, no part of a message; skipped",
    )
    first, second = parse_cdm((kvn() + heading + kvn()).encode(), "x")
    assert first.notes == ()
    assert second.notes == found.notes
    # A mark of an encoding in front of the first keyword, as in some operational messages.
    assert read("\ufeff\u200b" + kvn()).notes == ()


def test_keywords_in_lower_case_are_noted() -> None:
    lines = [line.partition("=") for line in kvn().splitlines()]
    found = read("\n".join(f"{key.lower()}={value}" for key, _, value in lines))
    assert found.tca_utc == "2024-11-02T03:04:05.678Z"
    assert found.notes == (f"keywords in lower case; the standard has upper case ({len(lines)} times)",)


def test_radius_by_keyword_of_version_2() -> None:
    text = kvn(version="2.0").replace("MASS  ", "HBR = 3.0 [m]\nMASS  ")
    assert read(text).hard_body_radius_m == 6.0
    with pytest.raises(InputError, match="HBR of OBJECT1: expected >= 0 m, got -3"):
        read(text.replace("3.0", "-3.0"))
    older = read(text.replace("VERS = 2.0", "VERS = 1.0"))
    assert older.hard_body_radius_m == 6.0
    assert (
        "HBR: keywords of version 2 in a message of version 1.0, read as in version 2 (2 times)"
        in older.notes
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": "3.0"}, "CCSDS_CDM_VERS: expected 1.0 to 2.x, got '3.0'"),
        ({"version": "one"}, "CCSDS_CDM_VERS: expected 1.0 to 2.x, got 'one'"),
        ({"CREATION_DATE": "yesterday"}, "CREATION_DATE: expected a UTC time"),
        ({"OBJECT1_ORBIT_CENTER": "MOON"}, "ORBIT_CENTER of OBJECT1: expected EARTH, got 'MOON'"),
        ({"OBJECT1_CR_R": "1.0D+02"}, "CR_R of OBJECT1: expected a number"),
        ({"OBJECT1_X": "7000,0"}, "X of OBJECT1: expected a number"),
        ({"TCA": "2023-02-29T03:04:05"}, "TCA: expected a UTC time"),
        ({"TCA": "2024-11-02T03:04:05+02:00"}, "TCA: expected a UTC time"),
        ({"TCA": "2024-11-02T12:59:60"}, "TCA: expected a UTC time"),
    ],
)
def test_invalid_messages_are_refused(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read(kvn(**changes))
    assert sentence in str(caught.value)


def test_words_beyond_the_standards_are_noted_and_units_may_have_a_caret() -> None:
    found = read(
        kvn(OBJECT2_MANEUVERABLE="MAYBE", OBJECT1_COVARIANCE_METHOD="GUESSED").replace("m**2]", "m^2]")
    )
    assert [note.partition(" is ")[0] for note in found.notes] == [
        "COVARIANCE_METHOD of OBJECT1",
        "MANEUVERABLE of OBJECT2",
    ]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-307T03:04:05.678", "2024-11-02T03:04:05.678Z"),
        ("2024-11-02T03:04:05.678Z", "2024-11-02T03:04:05.678Z"),
        # A split Julian date has no name for the leap second.
        ("2016-12-31T23:59:60.5", "2017-01-01T00:00:00.500Z"),
    ],
)
def test_forms_of_time(text: str, utc: str) -> None:
    assert read(kvn(TCA=text)).tca_utc == utc


@pytest.mark.parametrize(
    "text",
    ["A" * 5000 + " = 1\nCCSDS_CDM_VERS = 1.0\n", f"<{'a' * 5000}></{'a' * 5000}>"],
    ids=["kvn", "xml"],
)
def test_long_names_are_cut_in_sentences(text: str) -> None:
    with pytest.raises(InputError) as fault:
        parse_cdm(text.encode(), "x.cdm")
    assert len(str(fault.value)) < 200


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "1." + "7" * 5000, "CONJUNCTION_ID": "42"},
        {"version": "2.0", "OBJECT2_ALT_COV_TYPE": "Q" * 5000},
        {
            "version": "2.0",
            "COLLISION_PROBABILITY": "1e-5 " * 2000,
            "COLLISION_PERCENTILE": "50 " + "7 " * 1999,
        },
    ],
    ids=["version", "type", "percentiles"],
)
def test_long_values_are_cut_in_notes(changes: dict[str, str]) -> None:
    (note,) = read(kvn(**changes)).notes
    assert len(note) < 200
