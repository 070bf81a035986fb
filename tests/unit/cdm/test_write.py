"""Written messages: they read back the same, by our reader and by an independent one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cdm_oracle import assert_same, oracle_message
from support.cdm_samples import kvn

from debrissim.cdm import cdm_kvn, cdm_xml, parse_cdm
from debrissim.cdm.radius import RadiusComments, comments_stating
from debrissim.core.errors import InputError

WRITERS = (cdm_kvn, cdm_xml)


def message(**changes):
    found = parse_cdm(kvn(comments=("HBR = 12 [m]",)).encode(), "x")[0]
    return replace(found, **changes)


def assert_equal(one, other) -> None:
    assert (one.tca_jd, one.tca_fraction) == (other.tca_jd, other.tca_fraction)
    for name in ("originator", "message_id", "creation_date", "collision_probability", "hard_body_radius_m"):
        assert getattr(one, name) == getattr(other, name)
    assert one.comments == other.comments
    for ours, theirs in ((one.primary, other.primary), (one.secondary, other.secondary)):
        np.testing.assert_array_equal(ours.state, theirs.state)
        np.testing.assert_allclose(ours.covariance_rtn, theirs.covariance_rtn, rtol=4e-16, atol=0.0)
        for name in ("designator", "name", "international_designator", "mass_kg", "area_m2", "object_type"):
            assert getattr(ours, name) == getattr(theirs, name)


@pytest.mark.parametrize("write", WRITERS)
def test_a_written_message_reads_back_the_same(write) -> None:
    text = write(message())
    (found,) = parse_cdm(text.encode(), "x")
    assert_equal(found, message())
    assert found.notes == ()
    assert_same(found, text)


@pytest.mark.parametrize("write", WRITERS)
def test_distances_come_from_the_states(write) -> None:
    (found,) = parse_cdm(write(message(miss_distance_m=1.0, relative_speed_m_s=None)).encode(), "x")
    assert found.miss_distance_m == pytest.approx(np.hypot(100.0, 400.0), abs=1e-6)
    assert found.relative_speed_m_s == pytest.approx(1000.0 * np.hypot(14.76, 0.1), abs=1e-6)
    assert float(found.other["RELATIVE_POSITION_R"]) == pytest.approx(100.0, abs=1e-6)


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.floats(-1e5, 1e5, allow_subnormal=False), min_size=6, max_size=6),
    probability=st.floats(0.0, 1.0),
    scale=st.floats(1e-300, 1e12),
)
def test_any_numbers_survive(write, values: list[float], probability: float, scale: float) -> None:
    state = np.array(values)
    state[0] += 2e5
    state[4] += 2e5
    covariance = scale * (np.eye(6) + 0.1)
    given_message = message(collision_probability=probability)
    primary = replace(given_message.primary, state=state, covariance_rtn=covariance)
    written = replace(given_message, primary=primary)
    (found,) = parse_cdm(write(written).encode(), "x")
    assert found.collision_probability == probability
    np.testing.assert_array_equal(found.primary.state, state)
    np.testing.assert_allclose(found.primary.covariance_rtn, covariance, rtol=1e-15, atol=1e-320)


def test_lines_are_ascii_and_short_and_comments_are_broken() -> None:
    long = "modelled " * 60
    text = cdm_kvn(message(comments=(long, "Größe")))
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 254
    (found,) = parse_cdm(text.encode(), "x")
    *pieces, foreign, radius = found.comments
    assert " ".join(pieces) == long.strip()
    assert foreign == "Gr??e"
    # The message has a radius that its comments no longer state.
    assert radius == "HBR = 12.0 [m]"


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_of_a_message_is_lost(write) -> None:
    extra = {
        "START_SCREEN_PERIOD": "2024-11-01T00:00:00",
        "SCREEN_VOLUME_SHAPE": "ELLIPSOID",
        "OBJECT1_TIME_LASTOB_END": "2024-10-31T00:00:00",
        "OBJECT1_OBS_USED": "524",
        "OBJECT2_CDRG_R": "6.05E-02 [m**3/kg]",
        "OBJECT2_CTHR_RDOT": "1E-09 [m**2/s**3]",
        "OBJECT2_INTRACK_THRUST": "NO",
    }
    text = kvn(comments=("HBR = 12 [m]", "EMERGENCY"), **extra).replace(
        "MASS  ", "COMMENT Exclusion Volume Radius = 5 [m]\nCOMMENT Operator Hard Body Radius = 4 [m]\nMASS  "
    )
    (given_message,) = parse_cdm(text.encode(), "x")
    (found,) = parse_cdm(write(given_message).encode(), "x")
    assert_equal(found, given_message)
    assert found.notes == given_message.notes == ()
    assert {key: found.other[key] for key in given_message.other} == given_message.other
    for ours, theirs in (
        (found.primary, given_message.primary),
        (found.secondary, given_message.secondary),
    ):
        assert ours.other == theirs.other
        assert ours.comments == theirs.comments
        assert (ours.hard_body_radius_m, ours.exclusion_radius_m) == (4.0, 5.0)
    assert_same(found, write(given_message))


@pytest.mark.parametrize("write", WRITERS)
def test_keywords_of_version_2_are_kept_as_comments(write) -> None:
    text = kvn(
        version="2.0", CONJUNCTION_ID="42", OBJECT1_HBR="3.5 [m]", OBJECT2_HBR="0.5 [m]", OBJECT1_RCS="1"
    )
    (given_message,) = parse_cdm(text.encode(), "x")
    (found,) = parse_cdm(write(given_message).encode(), "x")
    assert "CONJUNCTION_ID = 42" in found.comments
    assert found.primary.comments == ("RCS = 1", "Operator Hard Body Radius = 3.5 [m]")
    assert (found.primary.hard_body_radius_m, found.secondary.hard_body_radius_m) == (3.5, 0.5)
    assert found.hard_body_radius_m == given_message.hard_body_radius_m == 4.0


@pytest.mark.parametrize("write", WRITERS)
def test_radii_that_no_comment_states_are_written(write) -> None:
    whole = message(comments=(), hard_body_radius_m=7.25)
    parts = [replace(item, exclusion_radius_m=5.0) for item in (whole.primary, whole.secondary)]
    (found,) = parse_cdm(write(replace(whole, primary=parts[0], secondary=parts[1])).encode(), "x")
    assert (found.hard_body_radius_m, found.exclusion_radius_m) == (7.25, 10.0)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("radius_m", [20.0, 7.25])
def test_a_radius_by_keyword_becomes_one_comment(write, radius_m: float) -> None:
    (by_keyword,) = parse_cdm(kvn(HBR="20 [m]").encode(), "x")
    (found,) = parse_cdm(write(replace(by_keyword, hard_body_radius_m=radius_m)).encode(), "x")
    assert found.comments == (f"HBR = {radius_m} [m]",)
    assert found.hard_body_radius_m == radius_m


def with_comments(one: tuple[str, ...], two: tuple[str, ...], **changes):
    whole = message(**changes)
    items = (replace(whole.primary, comments=one), replace(whole.secondary, comments=two))
    return replace(whole, primary=items[0], secondary=items[1])


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("radius_m", [20.0, None])
@pytest.mark.parametrize(
    ("comments", "one", "two"),
    [
        (("HBR = 12 [m]", "EMERGENCY"), (), ()),
        (("Effective HBR: 0.012 km", "EMERGENCY"), (), ()),
        (("HBR = 12 [m]", "HBR = 12 m", "EMERGENCY"), (), ()),
        (("EMERGENCY",), ("Combined HBR = 12 [m]", "of one"), ("EFFECTIVE_HBR = 12 m",)),
        (("EMERGENCY",), ("HBR = 12 [m]", "of one"), ()),
        (("EMERGENCY",), ("HBR = 12 [m]",), ("HBR = 12 [m]",)),
        (("EMERGENCY",), ("HBR = 20 [m]",), ("HBR = 20 [m]",)),
        (("EMERGENCY",), ("Operator HBR = 12 [m]",), ("HBR = 20 [m]",)),
    ],
)
def test_comments_of_a_replaced_radius_are_left_out(write, comments, one, two, radius_m) -> None:
    changed = with_comments(one, two, comments=comments, hard_body_radius_m=radius_m)
    (found,) = parse_cdm(write(changed).encode(), "x")
    assert found.hard_body_radius_m == radius_m
    assert found.primary.hard_body_radius_m is found.secondary.hard_body_radius_m is None
    assert "EMERGENCY" in found.comments
    assert ("of one" in one) == ("of one" in found.primary.comments)


@pytest.mark.parametrize("write", WRITERS)
def test_comments_of_replaced_radii_of_an_object_are_left_out(write) -> None:
    own, exclusion = "Operator Hard Body Radius = 4 [m]", "Exclusion Volume Radius = 5 [m]"
    stated = with_comments((own, exclusion), (own, exclusion), comments=(), hard_body_radius_m=8.0)
    changed = replace(
        stated,
        primary=replace(stated.primary, hard_body_radius_m=7.0, exclusion_radius_m=8.0),
        secondary=replace(stated.secondary, hard_body_radius_m=None, exclusion_radius_m=5.0),
    )
    (found,) = parse_cdm(write(changed).encode(), "x")
    # Of an exclusion volume that is as large as the pair, too.
    assert (found.hard_body_radius_m, found.exclusion_radius_m) == (8.0, 13.0)
    assert (found.primary.hard_body_radius_m, found.primary.exclusion_radius_m) == (7.0, 8.0)
    assert (found.secondary.hard_body_radius_m, found.secondary.exclusion_radius_m) == (None, 5.0)
    assert found.secondary.comments == (exclusion,)
    for bad in (-1.0, np.nan, 2e7):
        with pytest.raises(InputError, match=r"hard_body_radius_m of OBJECT1: expected 0 to 1e\+07 m"):
            write(replace(stated, primary=replace(stated.primary, hard_body_radius_m=bad)))


RADII = st.sampled_from([None, 2.0, 4.0, 5.0])
COMMENTS = st.lists(
    st.builds(
        "{} = {} [m]".format,
        st.sampled_from(
            ["HBR", "EFFECTIVE_HBR", "Operator Hard Body Radius", "Exclusion Volume Radius", "NOTE", "hbr"]
        ),
        st.sampled_from(["2", "4", "5", "0", "unknown"]),
    ),
    max_size=3,
).map(tuple)


@settings(max_examples=400, deadline=None)
@given(radii=st.lists(RADII, min_size=5, max_size=5), comments=st.lists(COMMENTS, min_size=3, max_size=3))
def test_any_comments_with_any_radii_read_back_the_radii(radii, comments) -> None:
    pair, own, exclusion = radii[0], tuple(radii[1:3]), tuple(radii[3:])
    given_comments = RadiusComments(comments[0], (comments[1], comments[2]))
    found = comments_stating(pair, own, exclusion, given_comments).radii()
    assert (found.own_m, found.exclusion_m) == (own, exclusion)
    assert found.pair_m == (sum(own) if pair is None and None not in own else pair)


def test_markup_in_names_is_escaped() -> None:
    primary = replace(message().primary, name="A & B <C>")
    text = cdm_xml(message(primary=primary))
    assert parse_cdm(text.encode(), "x")[0].primary.name == "A & B <C>"
    assert oracle_message(text).body.segments[0].metadata.object_name == "A & B <C>"


@pytest.mark.parametrize("write", WRITERS)
def test_content_that_a_message_cannot_express(write) -> None:
    plain = message()
    with pytest.raises(
        InputError, match="reference_frame of OBJECT2: a CDM is written in EME2000, GCRF or ITRF"
    ):
        write(replace(plain, secondary=replace(plain.secondary, reference_frame="TEME")))
    with pytest.raises(InputError, match="OBJECT_NAME: mandatory in a CDM, got no text"):
        write(replace(plain, primary=replace(plain.primary, name=" ")))
    with pytest.raises(InputError, match="ORIGINATOR: expected one line"):
        write(replace(plain, originator="a\nb"))
    for bad in (np.nan, np.inf):
        state = plain.primary.state.copy()
        state[2] = bad
        with pytest.raises(InputError, match="finite numbers only"):
            write(replace(plain, primary=replace(plain.primary, state=state)))
        with pytest.raises(InputError, match="finite numbers only"):
            write(replace(plain, collision_probability=bad))


# Tables 3-1 to 3-4 of CCSDS 508.0-B-1, what they oblige to and their order, typed in from the standard.
COMMON = """CCSDS_CDM_VERS CREATION_DATE ORIGINATOR MESSAGE_ID TCA MISS_DISTANCE"""
OF_OBJECT = """OBJECT OBJECT_DESIGNATOR CATALOG_NAME OBJECT_NAME INTERNATIONAL_DESIGNATOR EPHEMERIS_NAME
COVARIANCE_METHOD MANEUVERABLE REF_FRAME X Y Z X_DOT Y_DOT Z_DOT CR_R CT_R CT_T CN_R CN_T CN_N CRDOT_R CRDOT_T CRDOT_N
CRDOT_RDOT CTDOT_R CTDOT_T CTDOT_N CTDOT_RDOT CTDOT_TDOT CNDOT_R CNDOT_T CNDOT_N CNDOT_RDOT CNDOT_TDOT CNDOT_NDOT"""


def test_mandatory_keywords_are_in_the_order_of_the_standard() -> None:
    lines = [line.partition("=")[0].strip() for line in cdm_kvn(message()).splitlines()]
    common, one = COMMON.split(), OF_OBJECT.split()
    assert [key for key in lines if key in {*common, *one}] == [*common, *one, *one]
    assert lines[0] == "CCSDS_CDM_VERS"
    assert all(line.isupper() for line in lines)


def test_a_time_of_creation_is_one() -> None:
    assert "= 2024-11-01T00:00:00\n" in cdm_kvn(message(creation_date="2024-11-01 00:00:00"))
    with pytest.raises(InputError, match="CREATION_DATE: expected a UTC time in ISO 8601, got 'now'"):
        cdm_kvn(message(creation_date="now"))


def test_comments_of_the_secondary_come_back_as_its_own() -> None:
    whole = message()
    text = cdm_kvn(replace(whole, secondary=replace(whole.secondary, comments=("of two",))))
    (found,) = parse_cdm(text.encode(), "x")
    assert found.secondary.comments == ("of two",)
    assert found.primary.comments == ()


def test_version_2_keeps_its_keywords() -> None:
    text = kvn(
        comments=("HBR = 4 [m]",),
        version="2.0",
        CONJUNCTION_ID="42",
        COLLISION_MAX_PROBABILITY="1.0E-04",
        OBJECT1_HBR="3.5 [m]",
        OBJECT2_HBR="0.5 [m]",
        OBJECT1_RCS="1.0 [m**2]",
        OBJECT2_OD_EPOCH="2024-10-31T00:00:00",
    )
    (given_message,) = parse_cdm(text.encode(), "x")
    written = cdm_kvn(given_message, version="2.0")
    (found,) = parse_cdm(written.encode(), "x")
    assert_equal(found, given_message)
    assert "CCSDS_CDM_VERS               = 2.0\n" in written
    assert (found.other["CONJUNCTION_ID"], found.other["COLLISION_MAX_PROBABILITY"]) == ("42", "1.0E-04")
    assert (found.primary.other["RCS"], found.secondary.other["OD_EPOCH"]) == ("1.0", "2024-10-31T00:00:00")
    assert (found.primary.hard_body_radius_m, found.secondary.hard_body_radius_m) == (3.5, 0.5)
    # In the order of the keywords of version 2.
    places = [
        written.index(f"\n{keyword} ") for keyword in ("CONJUNCTION_ID", "TCA", "COLLISION_MAX_PROBABILITY")
    ]
    assert places == sorted(places)


def test_other_versions_are_refused() -> None:
    with pytest.raises(InputError, match=r"version: expected 1\.0 or 2\.0, got '3\.0'"):
        cdm_kvn(message(), version="3.0")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-07, "1.0E-07"),
        (0.0008730712345678901, "8.730712345678901E-04"),
        (0.5, "0.5"),
        (1e22, "1.0E+22"),
        (-123456789.125, "-123456789.125"),
    ],
)
def test_numbers_have_a_form_of_the_standard(value: float, text: str) -> None:
    mass = replace(message().primary, mass_kg=abs(value))
    written = cdm_kvn(replace(message(), primary=mass))
    assert f"MASS                         = {text.removeprefix('-')} [kg]\n" in written
