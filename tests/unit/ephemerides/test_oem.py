"""Orbit ephemeris messages: good ones as other readers read them, bad ones refused."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest
from support.ephemeris_samples import (
    HEADER,
    LOWER,
    circular_states,
    covariance_kvn,
    finals2000a,
    matrix,
    oem_kvn,
    oem_segment,
    oem_xml,
    stamps,
)

from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.ephemerides import Ephemeris, parse_earth_orientation, parse_ephemerides, read_ephemerides
from debrissim.ephemerides.frames import to_teme
from debrissim.propagation.celestial import teme_to_eme2000
from debrissim.propagation.frames import rtn_basis

EPOCHS, STATES = stamps(11), circular_states(11)


def parse(text: str, **options) -> tuple[Ephemeris, ...]:
    return parse_ephemerides(text.encode(), "f.oem", **options)


def in_eme2000(ephemeris: Ephemeris, segment: int = 0) -> np.ndarray:
    """(k, 6) km, km/s of a segment, back in EME2000."""
    part = ephemeris.segments[segment]
    turn = teme_to_eme2000(part.jd, part.fraction)
    both = np.stack([part.positions_km, part.velocities_km_s], axis=1)
    return np.einsum("kij,kaj->kai", turn, both).reshape(-1, 6)


@pytest.mark.parametrize("text", [oem_kvn(), oem_xml(), oem_xml(wrapped=False)])
def test_a_message_in_every_notation(text: str) -> None:
    (ephemeris,) = parse(text)
    assert (ephemeris.name, ephemeris.norad_id) == ("TESTSAT", None)
    assert (ephemeris.international_designator, ephemeris.originator) == ("2020-001A", "TESTERS")
    assert ephemeris.creation == (2460615.5, 0.0)
    assert ephemeris.notes == ()
    (segment,) = ephemeris.segments
    assert (segment.interpolation, segment.degree) == ("LAGRANGE", 7)
    assert utc_text(*segment.usable_start) == "2024-11-01T12:00:00.000Z"
    assert utc_text(*segment.usable_stop) == "2024-11-01T12:10:00.000Z"
    np.testing.assert_allclose(in_eme2000(ephemeris), STATES, rtol=0.0, atol=1e-8)
    assert segment.leap_s.tolist() == [0.0] * 11
    assert 0.001 < segment.frame_error_km < 0.003
    covariances = segment.covariances
    assert covariances is not None
    np.testing.assert_array_equal(covariances.covariance[0], matrix())
    assert [
        utc_text(*moment)[11:16] for moment in zip(covariances.jd, covariances.fraction, strict=True)
    ] == [
        "12:00",
        "12:05",
    ]


def test_other_readers_read_the_same(tmp_path: Path) -> None:
    ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py, the independent reader, is not installed")
    oem = pytest.importorskip("oem", reason="the package oem is not installed")
    for name, text in (("a.oem", oem_kvn()), ("a.xml", oem_xml(wrapped=False))):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        (ours,) = read_ephemerides(path)
        (segment,) = ndm.Oem.from_file(str(path)).segments
        theirs = [[s.x, s.y, s.z, s.x_dot, s.y_dot, s.z_dot] for s in segment.data.state_vector]
        np.testing.assert_allclose(in_eme2000(ours), theirs, rtol=0.0, atol=1e-9)
        (other,) = oem.OrbitEphemerisMessage.open(path).segments
        states = [state.vector for state in other.states]
        np.testing.assert_allclose(in_eme2000(ours), states, rtol=0.0, atol=1e-9)
        np.testing.assert_allclose(next(iter(other.covariances)).matrix, matrix(), rtol=0.0, atol=1e-18)


def test_compressed_and_several_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(oem_kvn().encode()))
    (tmp_path / "b").write_bytes(lzma.compress(oem_xml().encode()))
    first, second = read_ephemerides([tmp_path / "a", str(tmp_path / "b")])
    assert (first.source, second.source) == (str(tmp_path / "a"), str(tmp_path / "b"))
    np.testing.assert_array_equal(first.segments[0].positions_km, second.segments[0].positions_km)


def test_comments_day_of_year_a_trailing_z_and_lower_case() -> None:
    text = oem_kvn().replace("META_STOP", "COMMENT inside\nMETA_STOP").replace("2024-11-01T", "2024-306T")
    text = text.replace(":00.000 ", ":00.000Z ").replace("\n2024", "\n\ncomment between\n2024")
    text = text.replace("ORIGINATOR", "originator").replace("COV_REF_FRAME", "COMMENT x\nCOV_REF_FRAME")
    (changed,) = parse("COMMENT before\n\n" + text.replace("\n", "\r\n"))
    (plain,) = parse(oem_kvn())
    np.testing.assert_array_equal(changed.segments[0].positions_km, plain.segments[0].positions_km)
    assert changed.segments[0].covariances is not None
    assert changed.notes == ("keywords in lower case; the standard has upper case",)


def test_accelerations_are_noted() -> None:
    lines = [
        line + " 0.001 0.002 0.003" if line.startswith("2024") else line for line in oem_kvn().split("\n")
    ]
    (ephemeris,) = parse("\n".join(lines))
    assert ephemeris.notes == ("accelerations are not used (11 times)",)
    xml = oem_xml().replace("</Z_DOT>", '</Z_DOT><X_DDOT units="km/s**2">0.1</X_DDOT>')
    assert parse(xml)[0].notes == ("accelerations are not used (11 times)",)


def test_usable_times_and_objects() -> None:
    before = oem_segment(EPOCHS, STATES, USEABLE_STOP_TIME=EPOCHS[8])
    # The segments share states, not spans of use.
    later = oem_segment(stamps(11, start=EPOCHS[6]), circular_states(11), USEABLE_START_TIME=EPOCHS[8])
    other = oem_segment(EPOCHS, STATES, OBJECT_NAME="OTHER", OBJECT_ID="25544", REF_FRAME="TEME")
    first, second = parse(oem_kvn(later, other, before))
    assert (first.name, second.name, second.norad_id) == ("TESTSAT", "OTHER", 25544)
    assert second.international_designator == ""
    np.testing.assert_allclose(second.segments[0].positions_km, STATES[:, :3], rtol=0.0, atol=1e-9)
    assert second.segments[0].frame_error_km == 0.0
    assert [utc_text(*part.usable_start)[11:16] for part in first.segments] == ["12:00", "12:08"]
    assert [utc_text(*part.usable_stop)[11:16] for part in first.segments] == ["12:08", "12:16"]


def test_stated_times_beyond_the_states() -> None:
    (ephemeris,) = parse(
        oem_kvn(oem_segment(EPOCHS[1:10], STATES[1:10], START_TIME=EPOCHS[0], STOP_TIME=EPOCHS[10]))
    )
    assert utc_text(*ephemeris.segments[0].usable_start) == EPOCHS[1] + "Z"
    assert utc_text(*ephemeris.segments[0].usable_stop) == EPOCHS[9] + "Z"
    assert len(ephemeris.notes) == 2
    assert ephemeris.notes[0].startswith("line 6: the stated start is before the first state")


def test_a_leap_second_inside_a_segment() -> None:
    epochs = [
        *stamps(3, 1, "2016-12-31T23:59:57.000"),
        "2016-12-31T23:59:60.000",
        *stamps(3, 1, "2017-01-01"),
    ]
    epochs = [text + ".000" if "." not in text else text for text in epochs]
    states = circular_states(7, 1.0)
    (ephemeris,) = parse(oem_kvn(oem_segment(epochs, states)))
    (segment,) = ephemeris.segments
    # The state at 23:59:60 has no name in run time; the others are 1 s apart, and 2 s where it was.
    assert segment.leap_s.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    assert ephemeris.notes == ("2017-01-01: states inside a leap second are left out",)
    even = (
        (segment.jd - segment.jd[0]) + (segment.fraction - segment.fraction[0])
    ) * 86400.0 + segment.leap_s
    np.testing.assert_allclose(even, [0.0, 1.0, 2.0, 4.0, 5.0, 6.0], atol=1e-9)
    in_gps = parse(oem_kvn(oem_segment(stamps(7, 1, "2017-01-01T00:00:14.000"), states, TIME_SYSTEM="GPS")))
    np.testing.assert_allclose(in_gps[0].segments[0].positions_km, segment.positions_km, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(in_gps[0].segments[0].fraction, segment.fraction, rtol=0.0, atol=1e-14)


def test_an_earth_fixed_message_with_and_without_earth_orientation() -> None:
    text = oem_kvn(oem_segment(EPOCHS, STATES, REF_FRAME="ITRF2014"))
    table = parse_earth_orientation(finals2000a(), "finals")
    (bare,), (known,) = parse(text), parse(text, eop=table)
    moved = np.linalg.norm(bare.segments[0].positions_km - known.segments[0].positions_km, axis=1)
    assert 0.01 < moved.max() < bare.segments[0].frame_error_km
    assert 0.4 < bare.segments[0].frame_error_km < 0.5
    assert 0.001 < known.segments[0].frame_error_km < 0.0012


def test_ut1_without_earth_orientation_widens_the_error() -> None:
    (ephemeris,) = parse(oem_kvn(oem_segment(EPOCHS, STATES, TIME_SYSTEM="UT1")))
    assert ephemeris.segments[0].frame_error_km == pytest.approx(0.9 * 7.6127, abs=0.01)


@pytest.mark.parametrize("frame", ["RTN", "RSW", "TNW", "NTW", "VNC", "EME2000", "", "ITRF", "TEME"])
def test_covariances_in_every_frame(frame: str) -> None:
    text = oem_kvn(oem_segment(EPOCHS, STATES, ((EPOCHS[3], frame),), REF_FRAME="EME2000"))
    (ephemeris,) = parse(text)
    segment = ephemeris.segments[0]
    assert segment.covariances is not None
    got = segment.covariances.covariance[0]
    state = np.concatenate([segment.positions_km[3], segment.velocities_km_s[3]])
    basis = rtn_basis(state[None, :3], state[None, 3:])[0]
    # Slowly, axis by axis: the columns of `axes` are those of the frame in TEME.
    r, v = state[:3], state[3:]
    along, normal = v / np.linalg.norm(v), np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    lever = np.zeros((3, 3))
    axes = {
        "RTN": basis.T,
        "RSW": basis.T,
        "TNW": np.column_stack([along, np.cross(normal, along), normal]),
        "NTW": np.column_stack([np.cross(along, normal), along, normal]),
        "VNC": np.column_stack([along, normal, np.cross(along, normal)]),
        "TEME": np.eye(3),
    }.get(frame)
    if axes is None:
        conversion = to_teme(frame or "EME2000", segment.jd[3:4], segment.fraction[3:4])
        axes, lever = conversion.rotation[0], conversion.rate[0]
    jacobian = np.block([[basis @ axes, np.zeros((3, 3))], [basis @ axes @ lever, basis @ axes]])
    np.testing.assert_allclose(got, jacobian @ matrix() @ jacobian.T, rtol=1e-9, atol=1e-16)
    # Rotation keeps the volume of the errors, and omega x r shears it.
    assert np.linalg.det(got * 1e6) == pytest.approx(np.linalg.det(matrix() * 1e6), rel=1e-6)


def test_covariances_between_outside_and_twice_at_a_moment() -> None:
    epochs = ("2024-11-01T12:02:30.000", "2024-11-01T11:00:00.000", EPOCHS[4], EPOCHS[4])
    frames = ("TNW", "EME2000", "RTN", "TNW")
    (ephemeris,) = parse(oem_kvn(oem_segment(EPOCHS, STATES, tuple(zip(epochs, frames, strict=True)))))
    covariances = ephemeris.segments[0].covariances
    assert covariances is not None
    assert [utc_text(*m)[11:19] for m in zip(covariances.jd, covariances.fraction, strict=True)] == [
        "12:02:30",
        "12:04:00",
    ]
    np.testing.assert_array_equal(covariances.covariance[1], matrix())
    assert len(ephemeris.notes) == 2


def test_a_covariance_that_is_none_is_kept_and_noted() -> None:
    text = oem_kvn().replace("1.000000000e-05 9.000000000e-02", "1.000000000e-01 9.000000000e-02")
    (ephemeris,) = parse(text)
    assert ephemeris.notes == (
        "line 31, line 39: the covariance is not positive semi-definite; kept unchanged",
    )
    assert ephemeris.segments[0].covariances is not None


def test_markup_and_terminal_codes_are_data() -> None:
    (ephemeris,) = parse(oem_kvn().replace("TESTSAT", "A\x1b[2J<b>[red]"))
    assert ephemeris.name == "A\\x1b[2J<b>[red]"


def _changed(old: str, new: str) -> str:
    text = oem_kvn()
    assert old in text
    return text.replace(old, new, 1)


FIRST_STATE, EARLIER = "2024-11-01T12:00:00.000 ", "2024-11-01T11:59:00.000 "


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty file; expected an OEM as KVN"),
        ("<!DOCTYPE html><html>", r"an HTML page \(a download that failed\?\); expected an OEM"),
        ("hello", "begins with 'hello'; expected an OEM as KVN"),
        (HEADER, "line 1: a message without segments; expected some"),
        (_changed("CREATION_DATE", "COMMENT"), "line 1: the header: CREATION_DATE is missing"),
        (_changed("= 2.0", "= 9.0"), "line 1: CCSDS_OEM_VERS: expected 1.0, 2.0 or 3.0, got '9.0'"),
        (
            _changed("2024-11-01T00:00:00", "yesterday"),
            "line 3: expected CREATION_DATE as a time of 1972 to 2099",
        ),
        (_changed("TIME_SYSTEM = UTC\n", ""), "line 6: the segment: TIME_SYSTEM is missing"),
        (_changed("= UTC", "= MET"), "line 11: TIME_SYSTEM: expected one of UTC, TAI"),
        (_changed("= EARTH", "= MARS"), "line 9: CENTER_NAME: expected EARTH, got 'MARS'"),
        (_changed("= EME2000", "= MCI"), "line 6: the reference frame: expected EME2000"),
        (_changed("DEGREE = 7", "DEGREE = 7.5"), "line 15: INTERPOLATION_DEGREE: expected a whole number"),
        (
            _changed("START_TIME", "USEABEL_START_TIME"),
            "line 12: unknown keyword 'USEABEL_START_TIME'; did you mean",
        ),
        (_changed("OBJECT_ID", "OBJECT_NAME"), "line 8: OBJECT_NAME is given twice"),
        (_changed("START_TIME = 2024", "START_TIME = 2025"), "line 13: STOP_TIME is before START_TIME"),
        (_changed("META_STOP\n", ""), "line 16: expected KEYWORD = VALUE|line 17: expected KEYWORD = VALUE"),
        (_changed("META_STOP", "META_START"), "line 16: META_START inside the metadata; expected it after"),
        (
            _changed(FIRST_STATE, "2024-13-01T12:00:00.000 "),
            "line 18: expected a time of 1972 to 2099 such as",
        ),
        (
            _changed(FIRST_STATE, FIRST_STATE + "1.0 "),
            "line 18: expected a time and 6 numbers .*, got 7 after the time",
        ),
        (
            _changed(FIRST_STATE, FIRST_STATE + "nan 1 1 1 1 1\n" + FIRST_STATE),
            "line 18: expected x as a finite number, got 'nan'",
        ),
        (
            _changed(FIRST_STATE, FIRST_STATE + "1_0 1 1 1 1 1\n" + FIRST_STATE),
            "line 18: expected x as a finite number, got '1_0'",
        ),
        (
            _changed(FIRST_STATE, FIRST_STATE + "7e3 0 1e400 0 8 0\n"),
            "line 18: expected z as a finite number, got '1e400'",
        ),
        (
            _changed(FIRST_STATE, EARLIER + "7e6 0 0 0 7.5 0\n" + FIRST_STATE),
            r"line 18: a state 7e\+06 km from .*; are positions in m\?",
        ),
        (
            _changed(FIRST_STATE, EARLIER + "7e3 0 0 0 7500 0\n" + FIRST_STATE),
            r"line 18: a speed of 7,500 km/s; .*; are velocities in m/s\?",
        ),
        (
            _changed(FIRST_STATE, EARLIER + "5e3 0 0 0 7.5 0\n" + FIRST_STATE),
            "line 18: a state 5,000 km from the centre",
        ),
        (
            _changed("T12:03:00.000 ", "T12:02:00.000 "),
            "line 21: the state at .* repeats the time of the one before",
        ),
        (
            _changed("T12:03:00.000 ", "T12:00:30.000 "),
            "line 21: the state at .* is earlier than the one before it",
        ),
        (_changed("EPOCH = ", "EPOCH = x"), "line 31: expected a time of 1972 to 2099 such as"),
        (_changed("COVARIANCE_STOP", ""), "line 46: the file ends; expected COVARIANCE_STOP first"),
        (_changed("= RTN", "= LVLH"), "line 31: the frame of the covariance: expected RTN, RSW, RIC"),
        (
            _changed("4.000000000e-04", "-4.000000000e-04"),
            "line 31: a negative variance; expected 0 or more",
        ),
        (_changed("4.000000000e-04", "4e200"), r"line 31: a covariance above 1e\+12; expected km2"),
        (
            _changed("4.000000000e-04", "inf"),
            "line 3[0-9]: expected a covariance as a finite number, got 'inf'",
        ),
        (
            _changed("4.000000000e-04\n", ""),
            "line 3[0-9]: a line of the covariance with 2 numbers; expected 1 number",
        ),
        (
            oem_kvn(oem_segment(EPOCHS, STATES), oem_segment(EPOCHS[5:], STATES[5:])),
            r"line 30: the segment overlaps the one of line 6 \(2024-11-01T12:05:00.000Z is before",
        ),
        (
            oem_kvn(oem_segment(EPOCHS, STATES, USEABLE_START_TIME="2024-11-02T00:00:00")),
            "line 6: no states between the start and the stop of use",
        ),
        (oem_kvn(oem_segment(EPOCHS, STATES)).split("COMMENT states")[0], "line 6: a segment without states"),
        (
            _changed("T12:08:00.000 ", "T12:07:00.000 ").split("2024-11-01T12:07:00.000 ")[0],
            "line 24: the last state is 240 s before the stated stop; expected states up to it",
        ),
        (_changed("T12:01:00.000 ", "@").split("2024-11-01@")[0], "line 18: the last state is 600 s before"),
    ],
)
def test_bad_messages_are_refused_in_one_sentence(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=f"^f.oem: (?:{fault})") as caught:
        parse(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<oem ", "<opm ", r"begins with|line [0-9]+: malformed XML|XML without"),
        ("</oem>", "", "line [0-9]+: malformed XML"),
        ('<X units="km">', '<X units="m">', r"line [0-9]+: X: expected the unit \[km\], got 'm'"),
        ("<Y units", "<Q units", "line [0-9]+: malformed XML|line [0-9]+: unexpected <Q>"),
        ("<EPOCH>2024-11-01T12:00:00.000</EPOCH>", "", "line [0-9]+: <stateVector>: EPOCH is missing"),
        ("<CX_X>4.000000000e-04</CX_X>", "", "line [0-9]+: <covarianceMatrix>: CX_X is missing"),
        ("<CX_X>4.000000000e-04", "<CX_X>", "line [0-9]+: <covarianceMatrix>: CX_X is missing"),
        ("<X_DOT", "<X units='km'>1</X><X_DOT", "line [0-9]+: X is given twice"),
        ("TESTSAT", "<b>x</b>", "line [0-9]+: unexpected <b> inside <OBJECT_NAME>"),
        ("<segment>", "", "line [0-9]+: malformed XML|line [0-9]+: data outside a <segment>"),
    ],
)
def test_bad_xml_is_refused_in_one_sentence(old: str, new: str, fault: str) -> None:
    assert old in oem_xml()
    with pytest.raises(InputError, match=f"^f.oem: (?:{fault})") as caught:
        parse(oem_xml().replace(old, new, 1))
    assert "\n" not in str(caught.value)


def test_sample_covariance_lines() -> None:
    # The oracle of these tests itself: six lines of one to six numbers.
    lines = covariance_kvn(EPOCHS[0])
    assert [len(line.split()) for line in lines[1:]] == [1, 2, 3, 4, 5, 6] == [len(row) for row in LOWER]
    assert np.linalg.eigvalsh(matrix())[0] > 0.0
