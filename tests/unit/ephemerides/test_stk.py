"""STK ephemeris files: frames, units, tables, boundaries and covariances; damaged ones refused."""

from __future__ import annotations

import numpy as np
import pytest
from support.ephemeris_formats import numbers, stk
from support.ephemeris_samples import circular_states, finals2000a, matrix, oem_kvn, oem_segment, stamps

from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.ephemerides import Ephemeris, parse_earth_orientation, parse_ephemerides
from debrissim.ephemerides.covariance_frames import covariances_to_rtn

COUNT = 11
STATES = circular_states(COUNT)


def parse(text: str, **options) -> Ephemeris:
    (ephemeris,) = parse_ephemerides(text.encode(), "f.e", **options)
    return ephemeris


def as_oem(frame: str, **options) -> Ephemeris:
    """The same states by the reader of OEM."""
    text = oem_kvn(oem_segment(stamps(COUNT), STATES, REF_FRAME=frame))
    return parse_ephemerides(text.encode(), "f.oem", **options)[0]


def test_states_epoch_and_interpolation() -> None:
    ephemeris = parse(stk())
    assert (ephemeris.name, ephemeris.norad_id, ephemeris.notes) == ("", None, ())
    (segment,) = ephemeris.segments
    assert (segment.interpolation, segment.degree) == ("LAGRANGE", 7)
    assert utc_text(*segment.usable_start) == "2024-11-01T12:00:00.000Z"
    assert utc_text(*segment.usable_stop) == "2024-11-01T12:10:00.000Z"
    oem = as_oem("EME2000").segments[0]
    np.testing.assert_allclose(segment.positions_km, oem.positions_km, rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(segment.velocities_km_s, oem.velocities_km_s, rtol=0.0, atol=1e-8)
    assert segment.frame_error_km == pytest.approx(oem.frame_error_km)


@pytest.mark.parametrize(
    ("written", "frame", "note"),
    [
        ("J2000", "EME2000", None),
        ("ICRF", "ICRF", None),
        ("Inertial", "EME2000", "taken as J2000"),
        ("TrueOfDate", "TOD", None),
        ("MeanOfDate", "MOD", None),
        ("TEMEOfDate", "TEME", None),
        ("fixed", "ITRF2020", None),
        ("", "ITRF2020", "no CoordinateSystem; taken as Fixed"),
    ],
)
def test_frames(written: str, frame: str, note: str | None) -> None:
    eop = parse_earth_orientation(finals2000a(), "finals")
    # Earth-fixed velocities of these states are not physical ones; the reader only has to convert them.
    ephemeris = parse(stk(frame=written, covariance=""), eop=eop)
    expected = as_oem(frame, eop=eop).segments[0]
    np.testing.assert_allclose(ephemeris.segments[0].positions_km, expected.positions_km, rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(
        ephemeris.segments[0].velocities_km_s, expected.velocities_km_s, rtol=0.0, atol=1e-8
    )
    assert [note in found for found in ephemeris.notes] == ([True] if note else [])


@pytest.mark.parametrize(
    ("written", "frame"), [("TrueOfEpoch", "TOD"), ("MeanOfEpoch", "MOD"), ("TEMEOfEpoch", "TEME")]
)
def test_frames_frozen_at_an_epoch(written: str, frame: str) -> None:
    text = stk(frame=written, covariance="", keywords=("CoordinateSystemEpoch 15 Oct 2024 06:30:00.0",))
    segment = oem_segment(stamps(COUNT), STATES, REF_FRAME=frame, REF_FRAME_EPOCH="2024-10-15T06:30:00")
    expected = parse_ephemerides(oem_kvn(segment).encode(), "f.oem")[0].segments[0]
    np.testing.assert_allclose(
        parse(text).segments[0].positions_km, expected.positions_km, rtol=0.0, atol=1e-8
    )


@pytest.mark.parametrize(
    ("unit", "scale"),
    [("Kilometers", 1.0), ("Meters", 1e3), ("Feet", 1e3 / 0.3048), ("NauticalMiles", 1 / 1.852)],
)
def test_units_of_distance(unit: str, scale: float) -> None:
    text = stk(states=STATES * scale / 1e3, covariance="", keywords=(f"DistanceUnit {unit}",))
    expected = parse(stk(covariance="")).segments[0]
    np.testing.assert_allclose(
        parse(text).segments[0].positions_km, expected.positions_km, rtol=0.0, atol=1e-8
    )
    np.testing.assert_allclose(
        parse(text).segments[0].velocities_km_s, expected.velocities_km_s, rtol=0.0, atol=1e-11
    )


def test_positions_alone_and_accelerations() -> None:
    segment = parse(stk(table="EphemerisTimePos", covariance="")).segments[0]
    assert np.isnan(segment.velocities_km_s).all()
    ephemeris = parse(stk(table="EphemerisTimePosVelAcc"))
    assert ephemeris.notes == ("accelerations are not used",)
    np.testing.assert_allclose(ephemeris.segments[0].positions_km, segment.positions_km, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("order", ["Lower", "Upper"])
def test_covariances_are_in_the_axes_of_the_states(order: str) -> None:
    segment = parse(stk(covariance=order)).segments[0]
    assert segment.covariances is not None
    states = np.hstack([segment.positions_km, segment.velocities_km_s])
    given = np.broadcast_to(matrix(), (COUNT, 6, 6))
    expected = covariances_to_rtn(given, "EME2000", states, segment.jd, segment.fraction)
    np.testing.assert_allclose(segment.covariances.covariance, expected, rtol=1e-9, atol=1e-20)


def test_covariances_in_other_axes_and_of_positions() -> None:
    text = stk(keywords=("CovarianceCoordinateSystem RTN",))
    covariances = parse(text).segments[0].covariances
    assert covariances is not None
    np.testing.assert_allclose(covariances.covariance[3], matrix(), rtol=1e-10)
    cells = 1e6 * matrix()[np.tril_indices(6)][:6]
    rows = "\n".join(f"{60.0 * k} {numbers(cells[:1])}\n{numbers(cells[1:])}" for k in range(COUNT))
    text = stk(covariance="", keywords=("CovarianceCoordinateSystem RTN",))
    text = text.replace("END Ephemeris", f"CovarianceTimePos\n{rows}\nEND Ephemeris")
    covariances = parse(text).segments[0].covariances
    assert covariances is not None
    np.testing.assert_allclose(covariances.covariance[3, :3, :3], matrix()[:3, :3], rtol=1e-10)
    assert np.isnan(covariances.covariance[:, 3:]).all()


def test_a_boundary_at_a_state_divides_the_states_there() -> None:
    first, second = parse(stk(boundaries=(300.0,))).segments
    assert (len(first), len(second)) == (6, 6)
    assert first.usable_stop == second.usable_start
    assert [len(s.covariances.covariance) for s in (first, second) if s.covariances] == [6, 6]


def test_two_states_at_a_boundary_are_a_jump() -> None:
    rows = stk(covariance="").split("\n")
    at = next(k for k, row in enumerate(rows) if row.startswith(f"{300.0:.14e}"))
    moved = STATES[5] + [0.1, 0, 0, 0, 0, 0]
    rows.insert(at + 1, f"{300.0:.14e} {numbers(1e3 * moved, 16)}")
    text = "\n".join(rows).replace("Points\t\t 11", "Points\t\t 12")
    with pytest.raises(InputError, match="repeats the time"):
        parse(text)
    text = text.replace(
        "    EphemerisTimePosVel",
        "BEGIN SegmentBoundaryTimes\n300.0\nEND SegmentBoundaryTimes\nEphemerisTimePosVel",
    )
    first, second = parse(text).segments
    jump = second.positions_km[0] - first.positions_km[-1]
    assert np.linalg.norm(jump) == pytest.approx(0.1, rel=1e-6)


def test_a_third_state_at_a_boundary_is_refused() -> None:
    rows = stk(covariance="", boundaries=(300.0,)).split("\n")
    at = next(k for k, row in enumerate(rows) if row.startswith(f"{300.0:.14e}"))
    text = "\n".join([*rows[:at], rows[at], rows[at], *rows[at:]]).replace("Points\t\t 11", "Points\t\t 13")
    with pytest.raises(InputError, match="repeats the time"):
        parse(text)


def test_a_boundary_may_be_written_with_fewer_digits_than_a_state() -> None:
    text = stk(boundaries=(300.0,)).replace(f"\n{300.0:.14e}", "\n300.0000000004")
    assert [len(part) for part in parse(text).segments] == [6, 6]


def test_boundaries_outside_and_at_the_ends_leave_one_segment() -> None:
    (segment,) = parse(stk(boundaries=(-60.0, 0.0, 600.0, 1200.0))).segments
    assert len(segment) == COUNT
    first, second = parse(stk(boundaries=(330.0,))).segments
    assert (len(first), len(second)) == (6, 5)
    assert first.usable_stop < second.usable_start


def test_seconds_since_the_epoch_are_true_ones_across_a_leap_second() -> None:
    text = stk(covariance="").replace("1 Nov 2024 12:00:00.000000", "31 Dec 2016 23:58:00.000000")
    (segment,) = parse(text).segments
    assert segment.leap_s.tolist() == [0.0, 0.0] + [1.0] * 8
    assert utc_text(segment.jd[2], segment.fraction[2]) == "2017-01-01T00:00:59.000Z"


def test_unknown_keywords_and_blocks_are_noted() -> None:
    text = stk(keywords=("MyColour blue", "BEGIN TrendingControlTimes", "60.0", "END TrendingControlTimes"))
    notes = parse(text).notes
    assert notes == (
        "MyColour: a keyword that is not known; it is not used",
        "TrendingControlTimes: a block that is not used",
    )


def swapped(old: str, new: str):
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swapped("stk.v.12.0", "stk.v.x"), "expected an OEM"),
        (swapped("BEGIN Ephemeris", "BEGIN Attitude"), "line 3: expected BEGIN Ephemeris"),
        (swapped("END Ephemeris\n", ""), "the file ends; expected END Ephemeris first"),
        (
            swapped("Points\t\t 11", "Points\t\t 12"),
            "line 4: NumberOfEphemerisPoints '12'; expected the number of",
        ),
        (swapped("ScenarioEpoch", "ScenarioEpoc"), "line 5: unknown keyword 'ScenarioEpoc'; did you mean"),
        (swapped("    ScenarioEpoch\t\t 1 Nov 2024 12:00:00.000000\n", ""), "ScenarioEpoch is missing"),
        (swapped("1 Nov 2024", "31 Nov 2024"), "line 5: expected ScenarioEpoch as a date"),
        (swapped("1 Nov 2024", "1 Nov 1924"), "line 5: expected ScenarioEpoch as a date"),
        (swapped("1 Nov 2024 12", "2024-11-01 12"), "line 5: expected ScenarioEpoch as a date"),
        (swapped("Earth", "Mars"), "line 9: CentralBody: expected Earth, got 'Mars'"),
        (swapped("J2000", "B1950"), "line 10: CoordinateSystem: expected Fixed, J2000"),
        (swapped("J2000", "TrueOfEpoch"), "without CoordinateSystemEpoch"),
        (swapped("CentralBody\t\t Earth", "DistanceUnit Parsecs"), "line 9: DistanceUnit: expected Meters"),
        (swapped("CentralBody\t\t Earth", "TimeFormat UTCG"), "line 9: TimeFormat: expected EpSec"),
        (swapped("CentralBody\t\t Earth", "ScenarioEpoch x"), "line 9: ScenarioEpoch is given twice"),
        (swapped("M1\t\t 7", "M1\t\t 0"), "line 8: InterpolationSamplesM1: expected a whole number"),
        (swapped("LowerTriangular", "Diagonal"), "line 11: CovarianceFormat: expected LowerTriangular"),
        (
            swapped("    EphemerisTimePosVel", "    EphemerisLLATimePosVel"),
            "line 13: states as 'EphemerisLLATimePosVel'",
        ),
        (swapped("    EphemerisTimePosVel", ""), "line 15: numbers before a table"),
        (swapped("    CovarianceTimePosVel", "EphemerisTimePosVel"), "a second table 'EphemerisTimePosVel'"),
        (
            swapped("6.00000000000000e+01 ", "nan "),
            "line 16: expected a time and numbers of 'EphemerisTimePosVel'",
        ),
        (swapped("6.00000000000000e+01 ", "6e1 1.0 "), "line 16: expected a time and 6 numbers"),
        (swapped("6.00000000000000e+01 ", "6e11 "), "line 17: the time 120 s is before"),
        (
            swapped("6.00000000000000e+02 ", "6e11 "),
            "6e+11 s after ScenarioEpoch; expected a time of 1972 to 2099",
        ),
        (
            swapped("6.00000000000000e+01 ", "6e1x "),
            "line 16: expected a coordinate as a finite number, got '6e1x'",
        ),
        (lambda t: t + "more\n", "expected nothing after END Ephemeris"),
        (
            swapped("EphemerisTimePosVel", "BEGIN A\nBEGIN B\nBEGIN C\nBEGIN D\nBEGIN E\n"),
            "blocks within blocks",
        ),
        (swapped("    CentralBody", "    END Block"), "line 9: 'END Block\\t\\t Earth' does not close"),
    ],
)
def test_damaged_files_are_refused_in_one_sentence(change, message: str) -> None:
    text = change(stk())
    assert text != stk()
    with pytest.raises(InputError) as raised:
        parse(text)
    sentence = str(raised.value)
    assert sentence.startswith("f.e: "), sentence
    assert message in sentence
    assert sentence.isprintable()


def test_a_covariance_of_other_numbers_is_refused() -> None:
    text = stk().replace("    CovarianceTimePosVel", "    CovarianceTimePos")
    with pytest.raises(InputError, match="21 numbers of 'CovarianceTimePos'; expected 6 after the time"):
        parse(text)


def test_kilometres_in_a_file_of_metres_are_refused() -> None:
    with pytest.raises(InputError, match=r"line 15: a state 6\.878 km from the centre of the Earth"):
        parse(stk(states=STATES / 1e3))
