"""The messages, read by two independent readers (ccsds-ndm-py; where it is installed, the package oem)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from debrissim.catalog import identifier, read_catalog
from debrissim.core.errors import InputError
from debrissim.ephemerides import read_ephemerides
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.results.export.arcs import merge_spans, read_arcs, step_times
from debrissim.results.export.oem import write
from debrissim.results.folder import read_summary
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table

ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py, the independent reader, is not installed")


def conjunctions(folder: Path) -> Table:
    return read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)


def seconds(stamp: str, origin: str) -> float:
    """Between two UTC stamps, both as written."""
    texts = (text.removesuffix("Z") for text in (stamp, origin))
    later, earlier = (datetime.fromisoformat(text) for text in texts)
    return (later - earlier).total_seconds()


def position_at(path: Path, moment: str) -> np.ndarray:
    """km, from the segment of a message that holds the moment, by a polynomial through the 8 states around it."""
    message = ndm.Oem.from_file(str(path))
    for segment in message.segments:
        states = segment.data.state_vector
        times = np.array([seconds(str(state.epoch), moment) for state in states])
        if times[0] <= 0.0 <= times[-1]:
            near = np.argsort(np.abs(times))[:8]
            points = np.array([[states[k].x, states[k].y, states[k].z] for k in near])
            return np.asarray(BarycentricInterpolator(times[near], points)(0.0))
    raise AssertionError(f"{path}: no segment at {moment}")


@pytest.mark.parametrize("frame", ["eme2000", "teme"])
def test_the_miss_distance_comes_out_of_the_messages(collision: Path, tmp_path: Path, frame: str):
    folder = write(collision, tmp_path / "oem", frame=frame)
    assert {path.name for path in folder.iterdir()} == {"24946.oem", "22675.oem"}
    # The moment to the microsecond, not to the table's millisecond: 11.6 m of relative motion.
    tca_s, start = (
        conjunctions(collision).tca_s[0],
        read_arcs_start(collision),
    )
    moment = str(np.datetime64(start) + np.timedelta64(round(tca_s * 1e6), "us"))
    first, second = (position_at(folder / name, moment) for name in ("24946.oem", "22675.oem"))
    assert np.linalg.norm(second - first) == pytest.approx(0.69801, abs=2e-5)


def read_arcs_start(folder: Path) -> str:
    return str(read_summary(folder)["provenance"]["span"]["start_utc"]).removesuffix("Z")


def test_the_message_names_its_object(collision: Path, tmp_path: Path):
    folder = write(collision, tmp_path / "oem", minutes=3.0)
    message = ndm.Oem.from_file(str(folder / "24946.oem"))
    (segment,) = message.segments
    metadata = segment.metadata
    assert metadata.object_name == "IRIDIUM 33"
    assert metadata.object_id == "1997-051C"
    assert (metadata.center_name, metadata.ref_frame, metadata.time_system) == ("EARTH", "EME2000", "UTC")
    length = seconds(str(metadata.stop_time), str(metadata.start_time))
    assert 360.0 <= length <= 380.0
    assert "Not an operational ephemeris" in (folder / "24946.oem").read_text(encoding="utf-8")


def test_states_are_those_of_the_table(hour: Path):
    """SGP4 from objects.csv gives the states of conjunctions.csv, to the last digits of a moment in time."""
    run = read_arcs(hour, half_minutes=1.0, step_s=10.0)
    table = conjunctions(hour)
    number = int(table["secondary_norad_id"][0])
    (arcs,) = (arcs for arcs in run.objects if run.catalog.norad_id[arcs.row] == number)
    tca_s = table.tca_s[0]
    (segment,) = (s for s in arcs.segments if s.time_s[0] <= tca_s <= s.time_s[-1])
    near = np.argsort(np.abs(segment.time_s - tca_s))[:8]
    state = BarycentricInterpolator(segment.time_s[near] - tca_s, segment.state[near])(0.0)
    stated = [table[f"secondary_{name}"][0] for name in ("x_km", "y_km", "z_km", "vx_km_s")]
    assert state[:4] == pytest.approx(stated, abs=1e-6)


def test_synthetic_objects_are_labelled(hour: Path, tmp_path: Path):
    folder = write(hour, tmp_path / "oem")
    table = conjunctions(hour)
    of_encounters = {identifier(number) for number in (*table.primary_norad_id, *table.secondary_norad_id)}
    assert {path.stem for path in folder.iterdir()} == of_encounters
    for path in folder.iterdir():
        assert ("SYNTHETIC" in path.read_text(encoding="utf-8")) == (path.stem != "25544")
        assert len(ndm.Oem.from_file(str(path)).segments) >= 1


def test_the_package_oem_reads_and_interpolates(collision: Path, tmp_path: Path):
    oem = pytest.importorskip("oem", reason="the package oem is not installed")
    folder = write(collision, tmp_path / "oem")
    ephemeris = oem.OrbitEphemerisMessage.open(str(folder / "24946.oem"))
    (segment,) = ephemeris.segments
    assert segment.metadata["OBJECT_NAME"] == "IRIDIUM 33"
    assert len(list(segment.states)) >= 120


def test_nothing_is_replaced_without_force(collision: Path, tmp_path: Path):
    target = write(collision, tmp_path / "oem")
    with pytest.raises(InputError, match="exists already"):
        write(collision, target)
    assert write(collision, target, force=True) == target
    for name in ("mine.txt", "mine.oem"):
        (target / name).write_text("CCSDS_OEM_VERS = 2.0\nORIGINATOR = ME\n", encoding="utf-8")
        with pytest.raises(InputError, match=f"oem: holds {name}, not written by this program"):
            write(collision, target, force=True)
        (target / name).unlink()


@pytest.mark.parametrize(("key", "value"), [("minutes", 0.0), ("minutes", np.inf), ("frame", "itrf")])
def test_bad_options_are_reported(collision: Path, tmp_path: Path, key: str, value: object):
    with pytest.raises(InputError, match="export: expected"):
        write(collision, tmp_path / "oem", **{key: value})
    assert not (tmp_path / "oem").exists()


def test_a_folder_of_an_older_version_is_reported(collision: Path, tmp_path: Path):
    old = tmp_path / "old"
    old.mkdir()
    for path in collision.iterdir():
        if path.is_file():
            (old / path.name).write_bytes(path.read_bytes())
    summary = (old / "summary.json").read_text(encoding="utf-8")
    (old / "summary.json").write_text(summary.replace("start_jd", "start"), encoding="utf-8")
    with pytest.raises(InputError, match="of another version"):
        write(old, tmp_path / "oem")
    (old / "summary.json").write_text(summary, encoding="utf-8")
    objects = (old / "objects.csv").read_text(encoding="utf-8").splitlines()
    (old / "objects.csv").write_text("\n".join(objects[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"of conjunctions\.csv is missing in it"):
        write(old, tmp_path / "oem")


def test_a_run_without_encounters_has_no_arcs(nothing: Path, tmp_path: Path):
    assert list(write(nothing, tmp_path / "oem").iterdir()) == []
    assert read_catalog(nothing / "objects.csv").catalog.norad_id.tolist() == [25544]


def test_spans_that_touch_are_merged():
    assert merge_spans([(5.0, 6.0), (0.0, 2.0), (1.0, 3.0), (3.5, 4.0)], 1.0) == [(0.0, 4.0), (5.0, 6.0)]
    assert merge_spans([(0.0, 10.0), (2.0, 3.0)], 1.0) == [(0.0, 10.0)]


@pytest.mark.parametrize("fraction", [0.0, 0.123456789, 0.9999999])
def test_samples_are_at_whole_steps_of_the_day(fraction: float):
    times = step_times(-7.3, 64.9, 10.0, fraction)
    assert times[0] <= -7.3 < times[0] + 10.0
    assert times[-1] - 10.0 < 64.9 <= times[-1]
    assert np.diff(times) == pytest.approx(10.0)
    of_day = (fraction * 86400.0 + times) / 10.0
    assert of_day == pytest.approx(np.round(of_day), abs=1e-9)


@pytest.mark.parametrize("frame", ["eme2000", "teme"])
def test_own_messages_read_back(hour: Path, tmp_path: Path, frame: str):
    folder = write(hour, tmp_path / "oem", frame=frame)
    run = read_arcs(hour, half_minutes=10.0, step_s=10.0)
    assert len(run.objects) > 1
    for arcs in run.objects:
        (ephemeris,) = read_ephemerides(folder / f"{identifier(run.catalog.norad_id[arcs.row])}.oem")
        assert len(ephemeris) == len(arcs.segments)
        assert ephemeris.notes == () or run.catalog.synthetic[arcs.row]
        for read, written in zip(ephemeris.segments, arcs.segments, strict=True):
            times = elapsed_s(read.jd, read.fraction, run.start_jd, run.start_fraction)
            # Stamps have milliseconds; samples are at whole multiples of 10 s.
            np.testing.assert_allclose(times, written.time_s, rtol=0.0, atol=5.1e-4)
            np.testing.assert_allclose(read.positions_km, written.state[:, :3], rtol=0.0, atol=1e-6)
            np.testing.assert_allclose(read.velocities_km_s, written.state[:, 3:], rtol=0.0, atol=1e-9)
            assert (read.interpolation, read.degree) == ("LAGRANGE", min(7, len(read) - 1))


def test_a_length_that_is_not_above_zero_names_the_option(hour: Path, tmp_path: Path):
    with pytest.raises(InputError, match=r"^export: expected minutes \(--minutes\) above 0, got -1\.0$"):
        write(hour, tmp_path / "oem", minutes=-1.0)
