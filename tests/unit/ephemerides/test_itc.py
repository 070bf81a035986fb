"""Modified ITC: Starlink-like files read whole, damaged ones refused."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import numpy as np
import pytest
from support.ephemeris_formats import ITC_NAME, itc
from support.ephemeris_samples import circular_states, matrix

from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.ephemerides import Ephemeris, parse_ephemerides, read_ephemerides
from debrissim.propagation.celestial import teme_to_eme2000

STATES = circular_states(11)


def parse(text: str, name: str = ITC_NAME) -> Ephemeris:
    (ephemeris,) = parse_ephemerides(text.encode(), name)
    return ephemeris


def in_eme2000(ephemeris: Ephemeris) -> np.ndarray:
    """(k, 6) km, km/s of the only segment, back in EME2000."""
    (segment,) = ephemeris.segments
    turn = teme_to_eme2000(segment.jd, segment.fraction)
    both = np.stack([segment.positions_km, segment.velocities_km_s], axis=1)
    return np.einsum("kij,kaj->kai", turn, both).reshape(-1, 6)


def test_states_covariances_and_header() -> None:
    ephemeris = parse(itc())
    assert (ephemeris.name, ephemeris.norad_id, ephemeris.originator) == ("STARLINK-30399", 57851, "")
    assert ephemeris.notes == ()
    assert ephemeris.creation is not None
    assert utc_text(*ephemeris.creation) == "2024-11-01T11:35:52.000Z"
    (segment,) = ephemeris.segments
    assert utc_text(*segment.usable_start) == "2024-11-01T12:00:00.000Z"
    assert utc_text(*segment.usable_stop) == "2024-11-01T12:10:00.000Z"
    # Ten decimals of a kilometre.
    np.testing.assert_allclose(in_eme2000(ephemeris), STATES, rtol=0.0, atol=1e-8)
    covariances = segment.covariances
    assert covariances is not None
    assert covariances.covariance.shape == (11, 6, 6)
    np.testing.assert_allclose(covariances.covariance, np.broadcast_to(matrix(), (11, 6, 6)), rtol=1e-10)
    assert (covariances.fraction == segment.fraction).all()


def test_the_21_numbers_are_the_lower_triangle_by_rows() -> None:
    """Written out by hand, so that reader and writer do not share a mistake."""
    lines = itc(1).split("\n")
    lines[5:8] = ["1 .2 2 .3 .4 3 1e-4", "2e-4 3e-4 4 5e-4 6e-4 7e-4", "8e-4 5 1e-3 2e-3 3e-3 4e-3 5e-3 6"]
    lines[6], lines[7] = "2e-4 3e-4 4 5e-4 6e-4 7e-4 8e-4", "5 1e-3 2e-3 3e-3 4e-3 5e-3 6"
    covariances = parse("\n".join(lines)).segments[0].covariances
    assert covariances is not None
    expected = [
        [1, 0.2, 0.3, 1e-4, 5e-4, 1e-3],
        [0.2, 2, 0.4, 2e-4, 6e-4, 2e-3],
        [0.3, 0.4, 3, 3e-4, 7e-4, 3e-3],
        [1e-4, 2e-4, 3e-4, 4, 8e-4, 4e-3],
        [5e-4, 6e-4, 7e-4, 8e-4, 5, 5e-3],
        [1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6],
    ]
    assert covariances.covariance[0].tolist() == expected


def test_states_alone() -> None:
    rows = itc().split("\n")
    text = "\n".join(rows[:4] + rows[4::4])
    ephemeris = parse(text)
    assert ephemeris.segments[0].covariances is None
    np.testing.assert_allclose(in_eme2000(ephemeris), STATES, rtol=0.0, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "number", "title", "note"),
    [
        (ITC_NAME, 57851, "STARLINK-30399", None),
        (f"some/folder/{ITC_NAME}.gz", 57851, "STARLINK-30399", None),
        ("MEME_25544_ISS_ZARYA_3061200_special_x_UNCLASSIFIED.txt", 25544, "ISS_ZARYA", None),
        ("MEME_25544_ISS_306_operational__UNCLASSIFIED", 25544, "ISS", None),
        ("MEME_0_NEW_3061200_operational_x_UNCLASSIFIED.txt", None, "NEW", "no catalogue number"),
        ("ephemeris.txt", None, "", "not of the form MEME"),
        ("NTW_25544_ISS_3061200_operational_x_UNCLASSIFIED.txt", None, "", "not of the form MEME"),
        ("MEME_1_\x1b[2J_3061200_operational_x_UNCLASSIFIED.txt", 1, "\\x1b[2J", None),
    ],
)
def test_the_file_name_is_data(name: str, number: int | None, title: str, note: str | None) -> None:
    ephemeris = parse(itc(), name)
    assert (ephemeris.norad_id, ephemeris.name) == (number, title)
    assert len(ephemeris.notes) == (note is not None)
    if note:
        assert note in ephemeris.notes[0]


def test_the_frame_of_the_file_name_counts() -> None:
    inertial = parse(itc(), ITC_NAME.replace("MEME", "TEME")).segments[0]
    np.testing.assert_allclose(inertial.positions_km, STATES[:, :3], rtol=0.0, atol=1e-8)
    assert inertial.frame_error_km == 0.0
    assert parse(itc(), ITC_NAME.replace("MEME", "ITRF")).segments[0].frame_error_km > 0.1


def test_a_gap_and_an_early_end_are_noted() -> None:
    rows = itc().split("\n")
    del rows[12:16]
    (note,) = parse("\n".join(rows)).notes
    assert "up to 120 s apart" in note
    assert "step_size states 60 s" in note
    (note,) = parse("\n".join(itc().split("\n")[:-5])).notes
    assert "the stated stop is after the last state" in note
    with pytest.raises(InputError, match="line 37: the last state is 120 s before the stated stop; expected"):
        parse("\n".join(itc().split("\n")[:-9]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: t.replace("2024306120100.000 ", "2024306126100.000 "),
            "line 9: expected a time yyyydddhhmmss",
        ),
        (lambda t: t.replace("2024306120100.000 ", "2024306120000.000 "), "line 9: the state at"),
        (
            lambda t: t.replace("2024306120100.000 ", "1024306120100.000 "),
            "line 9: expected a time yyyydddhhmmss",
        ),
        (lambda t: t.replace("2024306120100.000 ", "2024306 120100 "), "line 9: expected a state"),
        (lambda t: "\n".join(t.split("\n")[:-2]), "line 47: the file ends within a covariance"),
        (lambda t: "\n".join(t.split("\n")[:6] + t.split("\n")[7:]), "line 8: expected seven numbers"),
        (lambda t: t.replace("UVW\n", ""), "line 4: covariances without a frame"),
        (lambda t: t.replace("UVW", "ABC"), "line 4: the frame of the covariances: expected RTN"),
        (lambda t: t.replace("step_size:60", "step_size:fast"), "line 2: step_size: expected seconds"),
        (lambda t: t.replace("step_size:60", "created:1"), "line 2: created is given twice"),
        (
            lambda t: t.replace("created:2024-11-01", "created:yesterday"),
            "line 1: expected created as a time",
        ),
        (
            lambda t: t.replace("ephemeris_stop:2024", "ephemeris_stop:2023"),
            "line 2: ephemeris_stop is before",
        ),
        (lambda t: t.replace("4.0000000000e-04", "-4.0000000000e-04", 1), "line 6: a negative variance"),
        (
            lambda t: t.replace("4.0000000000e-04", "4.0000000000e-0x", 1),
            "line 6: expected a covariance as a",
        ),
        (
            lambda t: t.replace("4.0000000000e-04", "nan", 1),
            "line 6: expected a covariance as a finite number",
        ),
        (lambda t: t.split("UVW")[0], "no states; expected lines of"),
        (lambda t: t.split("UVW")[0] + "x\n" * 30, "no states"),
        (lambda t: t.split("UVW")[0] + "x\n" * 30 + t.split("UVW\n")[1], "line 21: expected a state"),
        (lambda t: "created:x\n" + t.replace("created", "made"), "line 1: expected created as a time"),
    ],
)
def test_damaged_files_are_refused_in_one_sentence(change, message: str) -> None:
    text = change(itc())
    assert text != itc()
    with pytest.raises(InputError) as raised:
        parse(text)
    sentence = str(raised.value)
    assert sentence.startswith(ITC_NAME), sentence
    assert message in sentence
    assert "\n" not in sentence


def test_metres_are_recognised() -> None:
    with pytest.raises(InputError, match="are positions in m"):
        parse(itc(states=1e3 * STATES))


def test_across_a_leap_second() -> None:
    """2016-12-31 23:59:00 to 2017-01-01 00:01:00: 121 s. The state inside the leap second has no name in UTC days."""
    rows = itc(3).replace("2024-11-01", "2016-12-31").split("\n")
    rows[1] = ""
    for line, stamp in ((4, "2016366235900.000"), (8, "2016366235960.500"), (12, "2017001000100.000")):
        rows[line] = f"{stamp} {rows[line].split(' ', 1)[1]}"
    (segment,) = parse("\n".join(rows)).segments
    assert segment.leap_s.tolist() == [0.0, 1.0]
    assert len(segment) == 2


def test_compressed_files(tmp_path: Path) -> None:
    path = tmp_path / f"{ITC_NAME}.gz"
    path.write_bytes(gzip.compress(itc().encode()))
    (ephemeris,) = read_ephemerides(path)
    assert ephemeris.norad_id == 57851
    path.write_bytes(gzip.compress(itc().encode())[:-20])
    with pytest.raises(InputError, match="compressed stream ends early"):
        read_ephemerides(path)


def test_a_week_of_states_is_read_quickly() -> None:
    """Users have thousands of them. Measured: 0.25 s of processor time on one core; the limit allows for busy ones."""
    count = 10_080
    text = itc(count)
    spent = []
    for _ in range(3):
        begin = time.process_time()
        ephemeris = parse(text)
        spent.append(time.process_time() - begin)
    assert len(ephemeris.segments[0]) == count
    assert min(spent) < 0.5
