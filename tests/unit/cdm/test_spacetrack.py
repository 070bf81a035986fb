"""Space-Track's JSON of whole messages, and its public summaries."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
from support.cdm_samples import kvn, spacetrack, spacetrack_text

from debrissim.catalog import ObjectKind
from debrissim.cdm import cdm_kvn, parse_cdm, read_cdm_summaries
from debrissim.core.errors import InputError

SUMMARY = {
    "CDM_ID": "60244100",
    "CREATED": "2020-11-25 11:11:39.000000",
    "EMERGENCY_REPORTABLE": "Y",
    "TCA": "2020-11-27T11:46:21.950000",
    "MIN_RNG": "236",
    "PC": "0.0001715743",
    "SAT_1_ID": "7727",
    "SAT_1_NAME": "COSMOS 724",
    "SAT1_OBJECT_TYPE": "PAYLOAD",
    "SAT1_RCS": "LARGE",
    "SAT_1_EXCL_VOL": "5.00",
    "SAT_2_ID": "37579",
    "SAT_2_NAME": "FENGYUN 1C DEB",
    "SAT2_OBJECT_TYPE": "DEBRIS",
    "SAT2_RCS": "",
    "SAT_2_EXCL_VOL": "1.00",
}


def as_csv(*rows: dict[str, str]) -> str:
    lines = [",".join(rows[0])]
    lines += [",".join(f'"{value}"' for value in row.values()) for row in rows]
    return "\n".join(lines) + "\n"


def summaries(tmp_path: Path, text: str):
    path = tmp_path / "s"
    path.write_text(text)
    return read_cdm_summaries(path)


def read(text: str):
    (found,) = parse_cdm(text.encode(), "x.json")
    return found


def test_the_same_message_as_from_kvn() -> None:
    found, other = read(spacetrack_text()), read(kvn())
    assert (found.tca_jd, found.tca_fraction) == (other.tca_jd, other.tca_fraction)
    for ours, theirs in ((found.primary, other.primary), (found.secondary, other.secondary)):
        np.testing.assert_array_equal(ours.state, theirs.state)
        np.testing.assert_array_equal(ours.covariance_rtn, theirs.covariance_rtn)
    assert found.notes == ()


def test_numbers_may_be_numbers_and_the_list_may_hold_many() -> None:
    text = json.dumps([spacetrack(MISS_DISTANCE=412.3), spacetrack(SAT1_X=7000.25)])
    first, second = parse_cdm(text.encode(), "x")
    assert first.miss_distance_m == 412.3
    assert second.primary.state[0] == 7000.25


@pytest.mark.parametrize(
    ("fraction", "moment"), [("23", "05.023"), ("452", "05.452"), ("0", "05.000"), ("00", "05.000")]
)
def test_fraction_of_a_second_in_its_own_key(fraction: str, moment: str) -> None:
    found = read(spacetrack_text(TCA="2024-11-02 03:04:05", TCA_FRACTION=fraction))
    assert found.tca_utc == f"2024-11-02T03:04:{moment}Z"


def test_a_fraction_that_is_no_number_of_milliseconds_is_noted() -> None:
    found = read(spacetrack_text(TCA="2024-11-02 03:04:05", TCA_FRACTION="452000"))
    assert found.tca_utc == "2024-11-02T03:04:05.000Z"
    assert found.notes == ("TCA_FRACTION: expected milliseconds, 0 to 999, got '452000'; it is not used",)


def test_keys_of_the_whole_class_are_taken() -> None:
    # Keys and forms of the class as published by OKAPI:Orbits (SpaceTrackCdm): nulls, blanks in times, fractions of
    # other times, terms of drag and radiation with their units, a type that is not yet known.
    more = {
        "CONSTELLATION": "X", "FILENAME": "a.xml", "INSERT_EPOCH": "2024-11-01 00:00:01",
        "CREATION_DATE": "2024-11-01 00:00:00", "CREATION_DATE_FRACTION": "0", "COMMENT_EMERGENCY_REPORTABLE": None,
        "COMMENT_SCREENING_OPTION": "Screening Option = Covariance", "COLLISION_PROBABILITY": "0",
        "SAT1_COMMENT_SCREENING_DATA_SOURCE": "Screening Data Source = Hybrid", "SAT1_OBJECT_TYPE": "TBA",
        "SAT1_TIME_LASTOB_START": "2024-10-31 00:00:00", "SAT1_TIME_LASTOB_START_FRACTION": "0",
        "SAT1_RESIDUALS_ACCEPTED": "98.4", "SAT1_RESIDUALS_ACCEPTED_UNIT": "%",
        "SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS": "Operator Hard Body Radius = 4.0 [m]",
        "SAT2_COMMENT_OPERATOR_HARD_BODY_RADIUS": "Operator Hard Body Radius = 2.5 [m]",
        "SAT1_COMMENT_APOGEE": "Apogee Altitude = 628   [km]", "SAT1_CDRG_R": "0", "SAT1_CDRG_R_UNIT": "m**3/kg",
        "SAT1_CSRP_SRP": "0", "SAT1_CSRP_SRP_UNIT": "m**4/kg**2", "SAT1_THRUST_ACCELERATION": "0",
        "SAT1_THRUST_ACCELERATION_UNIT": "m/s**2", "SAT1_SEDR": "5.9e-05", "SAT1_SEDR_UNIT": "W/kg",
    }  # fmt: skip
    found = read(spacetrack_text(**more))
    assert found.hard_body_radius_m == 6.5
    assert found.collision_probability == 0.0
    assert cdm_kvn(found).splitlines()[1].split() == ["CREATION_DATE", "=", "2024-11-01T00:00:00.000"]


def test_comments_of_the_pair_and_of_the_objects() -> None:
    found = read(
        spacetrack_text(
            COMMENT_HBR="HBR = 9 [m]",
            SAT2_COMMENT_OPERATOR_HARD_BODY_RADIUS="Operator Hard Body Radius = 3 [m]",
        )
    )
    assert found.hard_body_radius_m == 9.0
    assert found.secondary.hard_body_radius_m == 3.0
    assert found.primary.comments == ()


@pytest.mark.parametrize("words", ["EFFECTIVE_HBR = 20.0 [m]", "Effective HBR = 20", "20", "20.0 [m]"])
def test_radii_may_be_numbers_named_by_their_keys(words: str) -> None:
    exclusion = {f"SAT{n}_COMMENT_EXCLUSION_VOLUME_RADIUS": "5.0" for n in (1, 2)}
    found = read(spacetrack_text(COMMENT_EFFECTIVE_HBR=words, **exclusion))
    assert found.hard_body_radius_m == 20.0
    assert found.exclusion_radius_m == 10.0
    assert found.primary.comments == ("EXCLUSION_VOLUME_RADIUS = 5.0",)
    assert read(spacetrack_text(**exclusion)).hard_body_radius_m is None


def test_keywords_of_version_2_are_taken() -> None:
    found = read(spacetrack_text(CONJUNCTION_ID="42", SAT1_HBR="4", SAT2_HBR="2", CCSDS_CDM_VERS="2.0"))
    assert found.other["CONJUNCTION_ID"] == "42"
    assert found.hard_body_radius_m == 6.0


def test_faults_name_entry_and_key() -> None:
    text = json.dumps([spacetrack(), spacetrack(SAT2_CT_T="abc")])
    with pytest.raises(InputError, match="x: entry 2: CT_T of OBJECT2: expected a number, got 'abc'"):
        parse_cdm(text.encode(), "x")
    with pytest.raises(InputError, match="Y_DOT of OBJECT1 is missing"):
        read(spacetrack_text(SAT1_Y_DOT=None))
    with pytest.raises(InputError, match=r"expected the unit \[km\], got \[m\]"):
        read(spacetrack_text(SAT1_X_UNIT="m"))
    for text, what in [
        ("[1]", "entry 1: expected a JSON object, got '1'"),
        ("[]", "an empty JSON list"),
        ('[{"a": 1,]', "line 1: malformed JSON"),
        ("[" * 100_000, "malformed JSON|nested too deeply"),
    ]:
        with pytest.raises(InputError, match=what):
            parse_cdm(text.encode(), "x")


def test_summaries_are_distinguished_from_messages(tmp_path: Path) -> None:
    for text in (as_csv(SUMMARY), json.dumps([SUMMARY])):
        with pytest.raises(InputError, match="public CDM summaries, which hold no states"):
            parse_cdm(text.encode(), "x")
        found = summaries(tmp_path, text)
        assert len(found) == 1
        assert found.cdm_id.tolist() == [60244100]
        assert found.miss_distance_m.tolist() == [236.0]
        assert found.collision_probability.tolist() == [0.0001715743]
        assert found.primary_norad_id.tolist() == [7727]
        assert found.secondary_name.tolist() == ["FENGYUN 1C DEB"]
        assert found.primary_kind.tolist() == [ObjectKind.PAYLOAD]
        assert found.secondary_kind.tolist() == [ObjectKind.DEBRIS]
        assert found.primary_exclusion_radius_m.tolist() == [5.0]
        assert found.secondary_rcs.tolist() == [""]
        assert found.emergency.all()


def test_a_summary_without_probability_is_nan_and_files_may_be_packed(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(lzma.compress(as_csv(SUMMARY, SUMMARY | {"PC": "", "SAT_1_EXCL_VOL": ""}).encode()))
    found = read_cdm_summaries(path)
    assert np.isnan(found.collision_probability).tolist() == [False, True]
    assert np.isnan(found.primary_exclusion_radius_m[1])
    assert np.isnan(found[1].collision_probability).all()
    assert found.columns()["primary_kind"].tolist() == ["payload", "payload"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"PC": "2"}, "line 3: PC: expected 0 to 1, got '2'"),
        ({"MIN_RNG": "-5"}, "line 3: MIN_RNG: expected a number of 0 or more, got '-5'"),
        ({"MIN_RNG": ""}, "line 3: MIN_RNG: expected a number of 0 or more, got ''"),
        ({"TCA": "soon"}, "line 3: TCA: expected a UTC time, got 'soon'"),
        ({"SAT_2_ID": "x"}, "line 3: SAT_2_ID: expected a whole number, got 'x'"),
    ],
)
def test_summary_faults_name_line_and_column(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        summaries(tmp_path, as_csv(SUMMARY, SUMMARY | change))
    assert sentence in str(caught.value)
    with pytest.raises(InputError, match="PC missing"):
        summaries(tmp_path, as_csv({k: v for k, v in SUMMARY.items() if k != "PC"}))
    with pytest.raises(InputError, match="a header without summaries"):
        summaries(tmp_path, ",".join(SUMMARY) + "\n")
