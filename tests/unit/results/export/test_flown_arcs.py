"""Exports of objects that flew ephemerides or several element sets: the arcs are those that were screened."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator
from support.flown_scenarios import fleet_toml, history_toml, write_fleet, write_history

from debrissim.catalog import identifier
from debrissim.cli.main import main
from debrissim.conjunctions import export_run
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.ephemerides import Segment, read_ephemerides
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.results.export.flown import arc_times
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import read_table
from debrissim.scenario.conjunctions import load_scenario


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    write_fleet(folder)
    write_history(folder)
    for name, text in (("fleet", fleet_toml()), ("history", history_toml())):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        run(load_scenario(folder / f"{name}.toml")).write(folder / f"out-{name}")
        for file_format in ("oem", "ocm"):
            export_run(folder / f"out-{name}", file_format, folder / f"{file_format}-{name}", frame="teme")
    return folder


def messages(folder: Path, inputs: RunInputs) -> dict[int, list[tuple[np.ndarray, Segment]]]:
    """By number: the run times of the states of each segment, and the segment."""
    start = inputs.start_jd, inputs.start_fraction
    numbers = {identifier(number): number for number in inputs.catalog.norad_id.tolist()}
    return {
        numbers[path.stem]: [
            (elapsed_s(s.jd, s.fraction, *start), s)
            for (own,) in [read_ephemerides(path)]
            for s in own.segments
        ]
        for path in sorted(folder.iterdir())
    }


def position(segments: list[tuple[np.ndarray, Segment]], moment_s: float) -> np.ndarray:
    """km, by a polynomial through the states around it; a moment between two segments is moved into the nearer one."""
    times, segment = min(segments, key=lambda own: max(own[0][0] - moment_s, moment_s - own[0][-1], 0.0))
    moment_s = float(np.clip(moment_s, times[0], times[-1]))
    near = np.sort(np.argsort(np.abs(times - moment_s))[:8])
    return np.asarray(BarycentricInterpolator(times[near] - moment_s, segment.positions_km[near])(0.0))


@pytest.mark.parametrize("name", ["fleet", "history"])
def test_every_miss_distance_comes_out_of_the_messages(flown: Path, name: str):
    """To a decimetre; on a switch, where a message has no state for up to two milliseconds, to some metres."""
    inputs = load_inputs(load_scenario(flown / f"{name}.toml"))
    arcs = messages(flown / f"oem-{name}", inputs)
    table = read_table(flown / f"out-{name}" / CONJUNCTIONS.file, CONJUNCTIONS)
    assert len(table) >= 10
    switches = 0
    for row in range(len(table)):
        first, second = (arcs[int(table[f"{role}_norad_id"][row])] for role in ("primary", "secondary"))
        on_switch = str(table.status[row]) == "switch"
        switches += on_switch
        # The minimum on a switch is the end of the one path or the beginning of the other.
        moments = float(table.tca_s[row]) + np.array([-2e-3, 2e-3] if on_switch else [0.0])
        miss_km = [np.linalg.norm(position(second, m) - position(first, m)) for m in moments.tolist()]
        allowed_km = 1e-4 + on_switch * 4e-3 * float(table.relative_speed_km_s[row])
        assert np.abs(np.array(miss_km) - table.miss_distance_km[row]).min() < allowed_km
    assert (switches > 3) == (name == "history")


@pytest.mark.parametrize("name", ["fleet", "history"])
def test_states_are_those_that_were_screened_and_no_segment_crosses_a_switch(flown: Path, name: str):
    inputs = load_inputs(load_scenario(flown / f"{name}.toml"))
    assert inputs.flights is not None
    flights = inputs.flights
    most = 0
    for number, segments in messages(flown / f"oem-{name}", inputs).items():
        (row,) = np.flatnonzero(inputs.catalog.norad_id == number).tolist()
        arcs = flights[np.flatnonzero(flights.row == row)]
        most = max(most, len(segments))
        for times, segment in segments:
            (own,) = np.flatnonzero(
                (arcs.begin_s <= times[0] + 1e-9) & (arcs.end_s >= times[-1] - 1e-9)
            ).tolist()
            _, screened, _ = arcs.propagator(inputs.start_jd, inputs.start_fraction).states(
                [own], np.clip(times, arcs.begin_s[own], arcs.end_s[own])
            )
            np.testing.assert_allclose(segment.positions_km, screened[0], rtol=0.0, atol=2e-7)
        for (before, _), (after, _) in pairwise(segments):
            assert before[-1] < after[0]
    assert most > (1 if name == "fleet" else 5)


@pytest.mark.parametrize("name", ["fleet", "history"])
def test_an_ocm_has_the_arcs_of_the_oem_and_their_origin(flown: Path, name: str):
    for path in sorted((flown / f"oem-{name}").iterdir()):
        other = flown / f"ocm-{name}" / f"{path.stem}.ocm"
        (first,), (second,) = read_ephemerides(path), read_ephemerides(other)
        for one, two in zip(first.segments, second.segments, strict=True):
            np.testing.assert_allclose(one.fraction, two.fraction, rtol=0.0, atol=1e-11)
            np.testing.assert_allclose(one.positions_km, two.positions_km, rtol=0.0, atol=2e-7)
        text, written = path.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
        by_ephemeris = "Interpolated in the ephemeris" in text
        assert ("Interpolated in the ephemeris" in written) == by_ephemeris
        assert ("PROPAGATOR = SGP4" in written) != by_ephemeris
        assert ("from 13 element sets" in written) == ("from 13 element sets" in text)


def test_a_message_ends_where_the_ephemeris_has_a_gap(flown: Path):
    inputs = load_inputs(load_scenario(flown / "fleet.toml"))
    number = (
        int(inputs.catalog.norad_id[inputs.catalog.name == "SAT 1"][0])
        if "SAT 1" in inputs.catalog.name
        else 0
    )
    text = [path.read_text(encoding="utf-8") for path in sorted((flown / "oem-fleet").iterdir())]
    by_ephemeris = [own for own in text if "Interpolated in the ephemeris that the run screened" in own]
    assert by_ephemeris
    assert len(by_ephemeris) < len(text)
    for number, segments in messages(flown / "oem-fleet", inputs).items():
        own = next((t for t in inputs.trajectories if t.number == number), None)
        for times, _ in segments if own is not None else ():
            inside = (own.arcs.begin_s <= times[0] + 1e-9) & (own.arcs.end_s >= times[-1] - 1e-9)
            assert inside.any()


def test_the_comment_of_several_element_sets_says_so(flown: Path):
    texts = [path.read_text(encoding="utf-8") for path in (flown / "oem-history").iterdir()]
    assert any("COMMENT SGP4 (WGS-72) from 13 element sets: kilometres off" in text for text in texts)


@pytest.mark.parametrize("name", ["fleet", "history"])
def test_the_scene_has_an_interval_for_every_segment(flown: Path, tmp_path: Path, name: str):
    pytest.importorskip("czml3")
    inputs = load_inputs(load_scenario(flown / f"{name}.toml"))
    packets = json.loads(
        export_run(flown / f"out-{name}", "czml", tmp_path / "scene.czml").read_text("utf-8")
    )
    objects = [packet for packet in packets if packet["id"].startswith("object/")]
    arcs = messages(flown / f"oem-{name}", inputs)
    assert len(objects) == len(arcs)
    several = 0
    for packet in objects:
        positions = packet["position"] if isinstance(packet["position"], list) else [packet["position"]]
        several += len(positions) > 1
        ends = []
        for entry in positions:
            begin, end = (datetime.fromisoformat(text) for text in entry["interval"].split("/"))
            assert begin < end
            assert not ends or ends[-1] <= begin
            ends.append(end)
            seconds = entry["cartesian"][::4]
            assert seconds[0] == 0.0
            assert seconds[-1] == pytest.approx((end - begin).total_seconds(), abs=1.1e-3)
            assert len(seconds) >= 8
    assert several > 0


def test_the_same_arcs_from_another_working_folder_and_from_files_that_moved(
    flown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(flown, copy)
    shutil.move(copy / "fleet", copy / "elsewhere")
    given = {"ephemeris_files": sorted((copy / "elsewhere").iterdir()), "catalog_files": copy / "crowd.csv"}
    folder = export_run(copy / "out-fleet", "oem", copy / "again", frame="teme", **given)
    for path in sorted((flown / "oem-fleet").iterdir()):
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_a_changed_ephemeris_is_refused_in_one_sentence_and_nothing_is_written(
    flown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("COLUMNS", "1000")
    copy = tmp_path / "copy"
    shutil.copytree(flown, copy)
    with (copy / "fleet" / "0.oem").open("a", encoding="utf-8") as stream:
        stream.write("COMMENT changed\n")
    assert main(["export", str(copy / "out-fleet"), "--format", "oem", "--out", str(copy / "none")]) == 2
    error = capsys.readouterr().err
    assert "0.oem: not the ephemeris of this run; give with --ephemeris the file 0.oem with SHA-256" in error
    assert error.count("\n") == 1
    assert not (copy / "none").exists()
    (copy / "history.csv").unlink()
    with pytest.raises(InputError, match=r"needs its catalogue; give with --catalog the file history\.csv"):
        export_run(copy / "out-history", "czml", copy / "none")
    # Of element sets alone, or of no arcs, nothing is needed.
    assert export_run(copy / "out-history", "json", copy / "rows.json").is_file()


def test_an_object_without_a_number_is_exported_by_its_identifier(flown: Path, tmp_path: Path):
    shutil.copytree(flown / "fleet", tmp_path / "fleet")
    shutil.copy(flown / "crowd.csv", tmp_path / "crowd.csv")
    path = tmp_path / "fleet" / "0.oem"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join("OBJECT_ID = NONE\n" if line.startswith("OBJECT_ID") else line for line in lines),
        encoding="utf-8",
    )
    (tmp_path / "fleet.toml").write_text(fleet_toml(), encoding="utf-8")
    run(load_scenario(tmp_path / "fleet.toml")).write(tmp_path / "out")
    names = {own.name for own in export_run(tmp_path / "out", "oem", tmp_path / "oem").iterdir()}
    assert any(name.startswith("U-") for name in names)


@pytest.mark.parametrize("step_s", [10.0, 60.0])
def test_samples_of_an_arc_lie_in_it_at_whole_milliseconds(step_s: float):
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(400):
        low = float(rng.uniform(-1e5, 1e5))
        high = low + float(rng.choice([30.0, 600.0, 1200.0]))
        begin = float(rng.choice([-np.inf, low + rng.uniform(-700.0, 700.0)]))
        end = float(rng.choice([np.inf, max(begin, low - 50.0) + 10.0 ** rng.uniform(-4.0, 3.0)]))
        fraction = float(rng.uniform())
        times = arc_times((low, high), (begin, end), step_s, fraction)
        if not times.size:
            assert min(end, high) - max(begin, low) < 2.001e-3
            continue
        found += 1
        assert (np.diff(times) > 0.0).all()
        assert times[0] >= begin - 1e-9
        assert times[-1] <= end + 1e-9
        assert times[0] <= max(low, begin) + 1.001e-3
        assert times[-1] >= min(high, end) - 1.001e-3
        assert np.diff(times).max() <= step_s * 1.1 + 1e-9
        stamps = (times + fraction * 86400.0) * 1e3
        np.testing.assert_allclose(stamps, np.round(stamps), atol=1e-4)
        if times[-1] - times[0] > 0.01:
            assert times.size >= 8
    assert found > 200
