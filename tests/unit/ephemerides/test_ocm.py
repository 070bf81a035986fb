"""Orbit comprehensive messages: trajectories, covariances and manoeuvres; bad ones refused."""

from __future__ import annotations

import math

import ccsds_ndm
import numpy as np
import pytest
from support.ephemeris_formats import numbers, ocm_kvn, ocm_parts, ocm_xml
from support.ephemeris_samples import circular_states, matrix, oem_kvn, oem_segment, stamps

from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.ephemerides import Ephemeris, Segment, parse_ephemerides
from debrissim.ephemerides.ocm_covariances import adbarv_jacobian
from debrissim.propagation.celestial import teme_to_eme2000

COUNT = 11
STATES = circular_states(COUNT)
LOWER, UPPER = np.tril_indices(6), np.triu_indices(6)


def parse(text: str) -> Ephemeris:
    (ephemeris,) = parse_ephemerides(text.encode(), "f.ocm")
    return ephemeris


def blocks(**rows: list[str]) -> tuple[tuple[str, dict[str, str], list[str]], ...]:
    """The blocks of the sample with other lines of data."""
    return tuple((kind, keys, rows.get(kind, data)) for kind, (keys, data) in ocm_parts().items())


def in_eme2000(segment: Segment) -> np.ndarray:
    """(k, 6) km, km/s."""
    turn = teme_to_eme2000(segment.jd, segment.fraction)
    both = np.stack([segment.positions_km, segment.velocities_km_s], axis=1)
    return np.einsum("kij,kaj->kai", turn, both).reshape(-1, 6)


@pytest.mark.parametrize("text", [ocm_kvn(), ocm_xml(), f"<ndm>\n{ocm_xml().split('?>')[1]}</ndm>"])
def test_a_message_in_every_notation(text: str) -> None:
    ephemeris = parse(text)
    assert (ephemeris.name, ephemeris.norad_id) == ("TESTSAT", 45001)
    assert (ephemeris.international_designator, ephemeris.originator) == ("2020-001A", "TESTERS")
    assert ephemeris.creation == (2460615.5, 0.0)
    assert ephemeris.notes == ("PHYS: a block that is not used",)
    (segment,) = ephemeris.segments
    assert (segment.interpolation, segment.degree) == ("HERMITE", 7)
    np.testing.assert_allclose(in_eme2000(segment), STATES, rtol=0.0, atol=1e-9)
    assert segment.covariances is not None
    np.testing.assert_allclose(segment.covariances.covariance[1], matrix(), rtol=1e-10)
    assert segment.covariances.fraction.tolist() == [0.5, pytest.approx(0.5 + 5 / 1440, abs=1e-15)]
    (burn,) = ephemeris.maneuvers
    assert utc_text(burn.jd, burn.fraction) == "2024-11-01T12:05:00.000Z"
    assert (burn.duration_s, burn.delta_v_m_s, burn.comment) == (30.0, 1.0, "M1, ORBIT")


@pytest.mark.parametrize("text", [ocm_kvn(), ocm_xml()])
def test_another_reader_agrees(text: str) -> None:
    data = ccsds_ndm.Ocm.from_str(text).segment.data
    (segment,) = parse(text).segments
    states = [line.values for line in data.traj[0].traj_lines]
    np.testing.assert_allclose(in_eme2000(segment), states, rtol=0.0, atol=1e-9)
    assert [float(line.epoch) for line in data.traj[0].traj_lines] == [60.0 * k for k in range(COUNT)]
    assert segment.covariances is not None
    for ours, theirs in zip(segment.covariances.covariance, data.cov[0].cov_lines, strict=True):
        np.testing.assert_allclose(ours[LOWER], theirs.values, rtol=1e-10)


@pytest.mark.parametrize("system", ["UTC", "TAI", "GPS", "TT", "TDB"])
def test_relative_and_absolute_times_are_the_same(system: str) -> None:
    results = []
    for relative in (True, False):
        parts = ocm_parts(relative=relative)
        text = ocm_kvn(
            *((kind, keys, rows) for kind, (keys, rows) in parts.items()), META={"TIME_SYSTEM": system}
        )
        results.append(parse(text).segments[0])
    relative, absolute = results
    times = (relative.jd - absolute.jd + relative.fraction - absolute.fraction) * 86400.0
    assert np.abs(times).max() < 1e-9
    oem = oem_kvn(oem_segment(stamps(COUNT), STATES, TIME_SYSTEM=system))
    expected = parse_ephemerides(oem.encode(), "f.oem")[0].segments[0]
    np.testing.assert_allclose(relative.positions_km, expected.positions_km, rtol=0.0, atol=1e-8)


def test_relative_times_count_a_leap_second() -> None:
    text = ocm_kvn(META={"EPOCH_TZERO": "2016-12-31T23:58:00"}, COV={"COV_REF_FRAME": "RTN"})
    (segment,) = parse(text).segments
    assert segment.leap_s.tolist() == [0.0, 0.0] + [1.0] * 8
    assert utc_text(segment.jd[2], segment.fraction[2]) == "2017-01-01T00:00:59.000Z"


def test_defaults_of_the_standard_are_noted() -> None:
    ephemeris = parse(ocm_kvn(TRAJ={"TRAJ_REF_FRAME": ""}, COV={"COV_REF_FRAME": "", "COV_ORDERING": ""}))
    assert "no TRAJ_REF_FRAME; taken as ICRF3, the standard's default" in ephemeris.notes
    assert "no COV_REF_FRAME; taken as TNW_INERTIAL, the standard's default" in ephemeris.notes
    expected = parse(ocm_kvn(TRAJ={"TRAJ_REF_FRAME": "GCRF"}, COV={"COV_REF_FRAME": "TNW"})).segments[0]
    (segment,) = ephemeris.segments
    assert (segment.positions_km == expected.positions_km).all()
    assert segment.covariances is not None
    assert expected.covariances is not None
    assert (segment.covariances.covariance == expected.covariances.covariance).all()


def test_trajectories_one_after_another_share_the_covariances_out() -> None:
    rows = ocm_parts()["TRAJ"][1]
    keys = ocm_parts()["TRAJ"][0]
    parts = [part for part in blocks() if part[0] != "TRAJ"]
    text = ocm_kvn(parts[0], ("TRAJ", keys, rows[5:]), ("TRAJ", keys, rows[:6]), *parts[1:])
    first, second = parse(text).segments
    assert (len(first), len(second)) == (6, 6)
    assert first.covariances is not None
    assert second.covariances is not None
    # That of 12:05 is at the border, and in both.
    assert (len(first.covariances.covariance), len(second.covariances.covariance)) == (2, 1)
    with pytest.raises(InputError, match="overlaps the one of line"):
        parse(ocm_kvn(parts[0], ("TRAJ", keys, rows[4:]), ("TRAJ", keys, rows[:6]), *parts[1:]))


def test_a_covariance_between_trajectories_belongs_to_the_nearest() -> None:
    keys, rows = ocm_parts()["TRAJ"]
    covariances = [f"{seconds} {numbers(matrix()[LOWER])}" for seconds in (190, 310, 350, -60)]
    parts = [part for part in blocks(COV=covariances) if part[0] != "TRAJ"]
    text = ocm_kvn(parts[0], ("TRAJ", keys, rows[7:]), ("TRAJ", keys, rows[:4]), *parts[1:])
    first, second = parse(text).segments
    times = [
        np.round((s.covariances.fraction - 0.5) * 86400.0, 3).tolist() if s.covariances else []
        for s in (first, second)
    ]
    assert times == [[-60.0, 190.0], [310.0, 350.0]]


def test_a_span_of_use_decides_where_trajectories_overlap() -> None:
    keys, rows = ocm_parts()["TRAJ"]
    parts = [part for part in blocks() if part[0] != "TRAJ"]
    early = ("TRAJ", keys | {"USEABLE_STOP_TIME": "240.0"}, rows)
    late = ("TRAJ", keys | {"USEABLE_START_TIME": "2024-11-01T12:04:00"}, rows)
    first, second = parse(ocm_kvn(parts[0], early, late, *parts[1:])).segments
    assert utc_text(*first.usable_stop) == utc_text(*second.usable_start) == "2024-11-01T12:04:00.000Z"
    assert [len(s.covariances.covariance) for s in (first, second) if s.covariances] == [1, 1]


def test_types_of_trajectories() -> None:
    keys, rows = ocm_parts()["TRAJ"]
    positions = [" ".join(row.split()[:4]) for row in rows]
    segment = parse(ocm_kvn(*blocks(TRAJ=positions), TRAJ={"TRAJ_TYPE": "CARTP"})).segments[0]
    assert np.isnan(segment.velocities_km_s).all()
    more = [f"{row} 0 0 0" for row in rows]
    ephemeris = parse(ocm_kvn(*blocks(TRAJ=more), TRAJ={"TRAJ_TYPE": "CARTPVA"}))
    assert "accelerations are not used" in ephemeris.notes
    np.testing.assert_allclose(in_eme2000(ephemeris.segments[0]), STATES, rtol=0.0, atol=1e-9)
    keplerian = ("TRAJ", keys | {"TRAJ_TYPE": "KEPL", "TRAJ_ID": "K"}, rows)
    ephemeris = parse(ocm_kvn(*blocks(), keplerian))
    assert "KEPL: a trajectory of a type that is not read" in ephemeris.notes
    with pytest.raises(InputError, match="expected a trajectory CARTPV, CARTP or CARTPVA, got 'KEPL'"):
        parse(ocm_kvn(TRAJ={"TRAJ_TYPE": "KEPL"}))


def full(correlated: str = "") -> np.ndarray:
    """(6, 6) of `matrix()`, with correlations in place of one triangle."""
    cells = matrix()
    sigma = np.sqrt(np.diag(cells))
    correlation = cells / np.outer(sigma, sigma)
    if correlated == "upper":
        cells[UPPER] = np.where(UPPER[0] == UPPER[1], cells[UPPER], correlation[UPPER])
    elif correlated == "lower":
        cells[LOWER] = np.where(LOWER[0] == LOWER[1], cells[LOWER], correlation[LOWER])
    return cells


@pytest.mark.parametrize(
    ("ordering", "cells"),
    [
        ("LTM", matrix()[LOWER]),
        ("UTM", matrix()[UPPER]),
        ("FULL", matrix()),
        ("LTMWCC", full("upper")),
        ("UTMWCC", full("lower")),
    ],
)
def test_orderings_of_a_covariance(ordering: str, cells: np.ndarray) -> None:
    text = numbers(cells).split()
    # On one line, and over several.
    for rows in ([f"120.0 {' '.join(text)}"], [f"120.0 {text[0]}", " ".join(text[1:9]), " ".join(text[9:])]):
        found = parse(ocm_kvn(*blocks(COV=rows), COV={"COV_ORDERING": ordering})).segments[0].covariances
        assert found is not None
        np.testing.assert_allclose(found.covariance[0], matrix(), rtol=1e-10)


def test_covariances_of_positions_and_with_accelerations() -> None:
    rows = [f"0.0 {numbers(matrix()[LOWER][:6])}"]
    found = parse(ocm_kvn(*blocks(COV=rows), COV={"COV_TYPE": "CARTP"})).segments[0].covariances
    assert found is not None
    np.testing.assert_allclose(found.covariance[0, :3, :3], matrix()[:3, :3], rtol=1e-10)
    assert np.isnan(found.covariance[0, 3:]).all()
    nine = np.eye(9) * 1e-20
    nine[:6, :6] = matrix()
    rows = [f"0.0 {numbers(nine[np.tril_indices(9)])}"]
    found = parse(ocm_kvn(*blocks(COV=rows), COV={"COV_TYPE": "CARTPVA"})).segments[0].covariances
    assert found is not None
    np.testing.assert_allclose(found.covariance[0], matrix(), rtol=1e-10)
    text = ocm_kvn(COV={"COV_TYPE": "KEPL"})
    assert parse(text).segments[0].covariances is None
    assert any("KEPL: a covariance of a type that is not read" in note for note in parse(text).notes)


def cartesian(elements: np.ndarray) -> np.ndarray:
    """(6,) km, km/s of ADBARV in degrees, written independently of the reader."""
    ra, dec, path, azimuth = np.radians(elements[:4])
    up = np.array([math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec)])
    north = np.array([-math.sin(dec) * math.cos(ra), -math.sin(dec) * math.sin(ra), math.cos(dec)])
    east = np.array([-math.sin(ra), math.cos(ra), 0.0])
    level = math.cos(azimuth) * north + math.sin(azimuth) * east
    return np.concatenate([elements[4] * up, elements[5] * (math.cos(path) * up + math.sin(path) * level)])


@pytest.mark.parametrize(
    "elements",
    [
        (40.0, 20.0, 90.0, 55.0, 6878.0, 7.6),
        (-120.0, -65.0, 80.0, 170.0, 42164.0, 3.1),
        (200.0, 5.0, 110.0, -100.0, 8000.0, 9.0),
    ],
)
def test_derivatives_of_adbarv(elements: tuple[float, ...]) -> None:
    start = np.array(elements)
    state = cartesian(start)
    expected = np.empty((6, 6))
    for k, step in enumerate((1e-4, 1e-4, 1e-4, 1e-4, 1e-2, 1e-5)):
        shift = step * (np.arange(6) == k)
        expected[:, k] = (cartesian(start + shift) - cartesian(start - shift)) / (2.0 * step)
    found = adbarv_jacobian(state[None, :3], state[None, 3:])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7)


def test_a_covariance_in_adbarv_comes_back_as_the_cartesian_one_it_was_made_of() -> None:
    given = matrix()
    jacobian = np.linalg.inv(adbarv_jacobian(STATES[:, :3], STATES[:, 3:]))
    spherical = jacobian @ given @ np.swapaxes(jacobian, -1, -2)
    rows = [f"{60.0 * k} {numbers(spherical[k][LOWER], 16)}" for k in (0, 5, 10)]
    text = ocm_kvn(*blocks(COV=rows), COV={"COV_TYPE": "ADBARV", "COV_REF_FRAME": "EME2000"})
    plain = ocm_kvn(
        *blocks(COV=[f"{60.0 * k} {numbers(given[LOWER], 16)}" for k in (0, 5, 10)]),
        COV={"COV_REF_FRAME": "EME2000"},
    )
    found, expected = (parse(t).segments[0].covariances for t in (text, plain))
    assert found is not None
    assert expected is not None
    scale = np.sqrt(np.einsum("cii->ci", expected.covariance))
    error = (found.covariance - expected.covariance) / (scale[:, :, None] * scale[:, None, :])
    assert np.abs(error).max() < 1e-6
    # Between states, where the cubic gives the state.
    half = text.replace("\n300.0 ", "\n330.0 ")
    assert parse(half).segments[0].covariances is not None


def test_manoeuvres_of_other_compositions() -> None:
    cases = {
        "TIME_RELATIVE, MAN_DURA, ACC_X, ACC_Y, ACC_Z": ("300.0 20 0 3e-5 4e-5", (20.0, 1.0)),
        "TIME_RELATIVE, MAN_DURA, THR_X, THR_Y, THR_Z": ("300.0 20 0 3 4", (20.0, math.nan)),
        "[TIME_ABSOLUTE,DEPLOY_ID,DEPLOY_MASS]": ("2024-11-01T12:05:00 CUBE-1 -3", (0.0, math.nan)),
    }
    for composition, (row, (duration, speed)) in cases.items():
        text = ocm_kvn(*blocks(MAN=[row]), MAN={"MAN_COMPOSITION": composition, "MAN_BASIS": "CANDIDATE"})
        (burn,) = parse(text).maneuvers
        assert utc_text(burn.jd, burn.fraction) == "2024-11-01T12:05:00.000Z"
        assert (burn.duration_s, burn.delta_v_m_s) == (
            duration,
            pytest.approx(speed, nan_ok=True),
        )
        assert any("CANDIDATE: MAN_BASIS of manoeuvres" in note for note in parse(text).notes)


def test_a_duty_cycle_is_one_more_manoeuvre_over_all_of_it() -> None:
    cycle = {"DC_TYPE": "TIME", "DC_EXEC_START": "60.0", "DC_EXEC_STOP": "2024-11-01T12:09:00"}
    window, burn = parse(ocm_kvn(MAN=cycle)).maneuvers
    assert (window.duration_s, burn.duration_s) == (pytest.approx(480.0), 30.0)
    with pytest.raises(InputError, match="DC_EXEC_STOP is before DC_EXEC_START"):
        parse(ocm_kvn(MAN=cycle | {"DC_EXEC_STOP": "0"}))
    with pytest.raises(InputError, match="MAN: DC_EXEC_START, DC_EXEC_STOP are missing"):
        parse(ocm_kvn(MAN={"DC_TYPE": "TIME"}))


@pytest.mark.parametrize(
    ("catalog", "designator", "number"),
    [("", "45001", 45001), ("18 SDS", "00005", 5), ("COMSPOC", "45001", None), ("CSPOC", "X-1", None)],
)
def test_catalogue_numbers(catalog: str, designator: str, number: int | None) -> None:
    ephemeris = parse(ocm_kvn(META={"CATALOG_NAME": catalog, "OBJECT_DESIGNATOR": designator}))
    assert ephemeris.norad_id == number
    assert any("not a number of the public catalogue" in note for note in ephemeris.notes) == (number is None)


def swapped(old: str, new: str) -> str:
    text = ocm_kvn()
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ocm_kvn(META={"EPOCH_TZERO": ""}), "line 6: META: EPOCH_TZERO is missing"),
        (ocm_kvn(META={"EPOCH_TZERO": "now"}), "line 12: expected a time of 1972 to 2099"),
        (ocm_kvn(META={"EPOCH_TZERO": "2016-12-31T23:59:60"}), "EPOCH_TZERO is inside a leap second"),
        (ocm_kvn(META={"TIME_SYSTEM": "SCLK"}), "line 11: TIME_SYSTEM: expected one of UTC"),
        (ocm_kvn(META={"TIME_SYTEM": "UTC"}), "unknown keyword 'TIME_SYTEM'; did you mean 'TIME_SYSTEM'?"),
        (ocm_kvn(TRAJ={"TRAJ_TYPE": ""}), "line 15: TRAJ: TRAJ_TYPE is missing"),
        (ocm_kvn(TRAJ={"TRAJ_REF_FRAM": "TOD"}), "did you mean 'TRAJ_REF_FRAME'?"),
        (ocm_kvn(TRAJ={"TRAJ_REF_FRAME": "MARSIAU"}), "the reference frame: expected EME2000"),
        (ocm_kvn(TRAJ={"CENTER_NAME": "MOON"}), "CENTER_NAME: expected EARTH, got 'MOON'"),
        (ocm_kvn(TRAJ={"ORB_AVERAGING": "BROUWER"}), "ORB_AVERAGING: expected OSCULATING"),
        (ocm_kvn(TRAJ={"INTERPOLATION_DEGREE": "0"}), "INTERPOLATION_DEGREE: expected a whole number"),
        (ocm_kvn(*blocks(TRAJ=[])), "line 15: a trajectory without states"),
        (ocm_kvn(*blocks(TRAJ=["0 1 2"])), "line 22: 2 numbers after the time; expected 6 of CARTPV"),
        (swapped("\n60.0 ", "\n2024-11-01T12:01:00 "), "line 23: expected seconds since EPOCH_TZERO"),
        (swapped("\n60.0 ", "\n1e11 "), "line 23: 1e+11 s after EPOCH_TZERO; expected a time of 1972"),
        (swapped("\n60.0 ", "\n0.0 "), "line 23: the state at"),
        (swapped("TRAJ_STOP", "COV_STOP"), "unexpected 'COV_STOP'; expected TRAJ_STOP"),
        (swapped("TRAJ_STOP\n", ""), "unexpected 'PHYS_START'; expected TRAJ_STOP"),
        (swapped("MAN_STOP", ""), "the file ends; expected MAN_STOP first"),
        (swapped("META_START", "rubbish"), "line 6: expected KEYWORD = VALUE, got 'rubbish'"),
        (
            swapped("TRAJ_STOP", "INTERPOLATION = X\nTRAJ_STOP"),
            "'INTERPOLATION' after the first line of data",
        ),
        (swapped("PHYS_START", "COLOUR = blue\nPHYS_START"), "'COLOUR' outside of a block"),
        (swapped("CCSDS_OCM_VERS = 3.0", "CCSDS_OCM_VERS = 1.0"), "CCSDS_OCM_VERS: expected 3.0, got '1.0'"),
        (ocm_kvn(COV={"COV_ORDERING": "DIAGONAL"}), "COV_ORDERING: expected one of LTM, UTM, FULL"),
        (ocm_kvn(*blocks(COV=["0 1 2"])), "2 numbers of a covariance; expected 21 after the time"),
        (ocm_kvn(*blocks(COV=["0" + " 1" * 22])), "22 numbers of a covariance; expected 21"),
        (
            ocm_kvn(
                *blocks(COV=["0 " + " ".join(str(k + 1) for k in range(36))]), COV={"COV_ORDERING": "FULL"}
            ),
            "a full covariance that is not symmetric",
        ),
        (ocm_kvn(COV={"COV_TYPE": "ADBARV"}), "COV_REF_FRAME of ADBARV: expected EME2000"),
        (
            ocm_kvn(COV={"COV_TYPE": "ADBARV", "COV_REF_FRAME": "ITRF"}),
            "expected an inertial frame, got 'ITRF'",
        ),
        (
            ocm_kvn(
                *blocks(COV=["-600.0" + " 1" * 21]), COV={"COV_TYPE": "ADBARV", "COV_REF_FRAME": "EME2000"}
            ),
            "covariances as ADBARV outside the states",
        ),
        (
            ocm_kvn(MAN={"MAN_COMPOSITION": "DV_X"}),
            "MAN_COMPOSITION: expected TIME_ABSOLUTE or TIME_RELATIVE once",
        ),
        (ocm_kvn(MAN={"MAN_COMPOSITION": "TIME_ABSOLUTE,DV_X"}), "5 values of a manoeuvre; expected 2"),
        (swapped("12:05:00.000 30.0", "12:05:00.000 -30.0"), "MAN_DURA: expected 0 s or more, got -30"),
        (
            swapped("12:05:00.000 30.0 0.0 0.001", "12:05:00.000 30.0 0.0 fast"),
            "DV_X as a finite number, got 'fast'",
        ),
        (swapped("12:05:00.000 30.0", "25:05:00.000 30.0"), "expected a time of 1972 to 2099"),
        (ocm_xml().replace("<trajLine>60.0 ", "<trajLine>"), "5 numbers after the time; expected 6"),
        (ocm_xml().replace("<traj>", "<traj><cov></cov>"), "unexpected <cov> inside <traj>"),
        (ocm_xml().replace("</metadata>", "</metadata><metadata></metadata>"), "2 blocks META in an OCM"),
    ],
)
def test_damaged_messages_are_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(text)
    sentence = str(raised.value)
    assert sentence.startswith("f.ocm: "), sentence
    assert message in sentence
    assert sentence.isprintable()
