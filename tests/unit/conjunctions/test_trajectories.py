"""What a run keeps of ephemeris files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import random_catalog
from support.ephemeris_formats import itc
from support.flights import Piece
from support.flown_scenarios import oem_text

from debrissim.catalog import write_omm_csv
from debrissim.cli.main import main
from debrissim.conjunctions.trajectories import given_trajectories, read_trajectories, with_objects
from debrissim.core.errors import InputError
from debrissim.core.time import split_julian_date
from debrissim.ephemerides import arc_states, covariances_along, make_arcs, read_ephemerides
from debrissim.scenario import parse_scenario

BEGIN = datetime(2024, 11, 1, 20, 0, 0, tzinfo=UTC)
DURATION_S = 3600.0


def test_states_and_covariances_in_the_span_are_those_of_the_whole_file(tmp_path: Path) -> None:
    """Those next to the span are kept on both sides."""
    path = tmp_path / "MEME_44713_STARLINK-1007_3061200_Operational_1_UNCLASSIFIED.txt"
    path.write_text(itc(1441), encoding="utf-8")
    scenario = parse_scenario(
        {
            "title": "one file",
            "span": {"start": BEGIN, "duration_days": DURATION_S / 86400.0},
            "primaries": [{"norad_id": 44713, "ephemeris": str(path), "hard_body_radius_m": 5.0}],
        }
    )
    start = split_julian_date(BEGIN)
    (trajectory,), begin = read_trajectories(scenario, start, DURATION_S)
    (whole,) = read_ephemerides(path)
    assert begin == start
    assert trajectory.state_count == 1441
    (kept,) = trajectory.ephemeris.segments
    assert len(kept) < 130
    assert kept.covariances is not None
    assert len(kept.covariances.jd) < 130

    times = np.linspace(0.0, DURATION_S, 50)
    arcs = make_arcs(whole, *start)
    for mine, theirs in zip(
        arc_states(trajectory.arcs, np.array([0]), times), arc_states(arcs, np.array([0]), times), strict=True
    ):
        assert np.array_equal(mine, theirs)
    mine = covariances_along(kept, 0, trajectory.arcs, times, *start)
    theirs = covariances_along(whole.segments[0], 0, arcs, times, *start)
    assert np.array_equal(mine.covariance, theirs.covariance)
    assert np.array_equal(mine.source, theirs.source)


def test_a_file_that_several_patterns_name_is_read_once(tmp_path: Path) -> None:
    for number in range(2):
        piece = Piece(random_catalog(np.random.default_rng(11), 2, "leo-shell")[[number]], 0.0, DURATION_S)
        (tmp_path / f"{number}.oem").write_text(oem_text([piece]), encoding="utf-8")
    content = {
        "title": "overlapping patterns",
        "screening": {"mode": "all-vs-all"},
        "catalog": {"sources": [{"ephemerides": ["1.oem", "*.oem"]}]},
    }
    found, _ = read_trajectories(parse_scenario(content, folder=tmp_path), None, DURATION_S)
    assert [trajectory.file for trajectory in found] == ["1.oem", "0.oem"]


def folder_of_files(folder: Path, count: int) -> dict[str, object]:
    """A scenario of files of several lengths; those of Modified ITC have covariances."""
    for number in range(count):
        name = f"MEME_{50000 + number}_X{number}_3061200_Operational_1_UNCLASSIFIED.txt"
        (folder / name).write_text(itc(61 + 7 * (number % 3)), encoding="utf-8")
    return {
        "title": "several files",
        "screening": {"mode": "all-vs-all"},
        "catalog": {"sources": [{"ephemerides": ["*.txt"]}]},
    }


def test_files_read_side_by_side_are_those_read_one_after_the_other(tmp_path: Path) -> None:
    scenario = parse_scenario(folder_of_files(tmp_path, 9), folder=tmp_path)
    alone, start = read_trajectories(scenario, None, DURATION_S, 1)
    assert len(alone) == 9
    for workers in (2, 3, 16):
        found, begin = read_trajectories(scenario, None, DURATION_S, workers)
        assert begin == start
        for mine, theirs in zip(found, alone, strict=True):
            assert (mine.file, mine.sha256, mine.state_count) == (
                theirs.file,
                theirs.sha256,
                theirs.state_count,
            )
            for column in ("node_s", "positions_km", "velocities_km_s", "degree", "error_km"):
                assert getattr(mine.arcs, column).tobytes() == getattr(theirs.arcs, column).tobytes()
            (own,), (other,) = mine.ephemeris.segments, theirs.ephemeris.segments
            assert own.covariances is not None
            assert other.covariances is not None
            assert own.covariances.covariance.tobytes() == other.covariances.covariance.tobytes()


def test_the_first_damaged_file_in_order_is_named(tmp_path: Path) -> None:
    content = folder_of_files(tmp_path, 9)
    damaged = sorted(tmp_path.iterdir())[3:5]
    damaged[0].write_text(itc(500) + "rubbish\n", encoding="utf-8")
    damaged[1].write_text("rubbish\n", encoding="utf-8")
    for workers in (1, 8):
        with pytest.raises(InputError, match=damaged[0].name):
            read_trajectories(parse_scenario(content, folder=tmp_path), None, DURATION_S, workers)


def test_two_files_of_one_object_are_refused_where_one_of_them_knows_only_the_designator(
    tmp_path: Path,
) -> None:
    catalog = random_catalog(np.random.default_rng(11), 2, "leo-shell")
    piece = Piece(catalog[[0]], 0.0, DURATION_S)
    for name in ("first", "second"):
        (tmp_path / f"{name}.oem").write_text(oem_text([piece]), encoding="utf-8")
    first, second = (read_ephemerides(tmp_path / f"{name}.oem")[0] for name in ("first", "second"))
    designator = str(catalog.international_designator[0]) or "2020-001A"
    catalog = catalog.with_columns(international_designator=np.array([designator, ""]))
    given = [
        replace(first, norad_id=int(catalog.norad_id[0]), international_designator=""),
        replace(second, norad_id=None, international_designator=designator),
    ]
    start = split_julian_date(datetime(2024, 11, 1, 12, tzinfo=UTC))
    trajectories = given_trajectories(given, start, DURATION_S)
    with pytest.raises(InputError, match=r"second\.oem: expected one ephemeris per object"):
        with_objects(catalog, trajectories, *start)


def ascent_text() -> str:
    """An OEM of a launch from 28.5 degrees north: from the speed of the ground up to an orbit, a state a second."""
    start = datetime(2024, 11, 1, 12, tzinfo=UTC)
    lines = [
        "CCSDS_OEM_VERS = 2.0", "CREATION_DATE = 2024-11-01T00:00:00", "ORIGINATOR = TEST", "META_START",
        "OBJECT_NAME = ROCKET", "OBJECT_ID = 2024-999A", "CENTER_NAME = EARTH", "REF_FRAME = TEME",
        "TIME_SYSTEM = UTC", "START_TIME = 2024-11-01T12:00:00", "STOP_TIME = 2024-11-01T12:08:20", "META_STOP",
    ]  # fmt: skip
    for second in range(501):
        up, along = 0.5 * 0.0016 * second**2, 0.46 * second + 0.5 * 0.0147 * second**2
        radius = 6373.3 + up
        angle = along / radius
        position = radius * np.array([np.cos(angle), np.sin(angle), 0.0])
        speed = 0.46 + 0.0147 * second
        velocity = (
            speed * np.array([-np.sin(angle), np.cos(angle), 0.0]) + 0.0016 * second * position / radius
        )
        moment = (start + timedelta(seconds=second)).isoformat()[:19]
        lines.append(f"{moment} " + " ".join(f"{x:.9f}" for x in [*position, *velocity]))
    return "\n".join(lines) + "\n"


def test_an_ascent_is_refused_by_name_as_its_first_state_is_no_orbit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    (tmp_path / "ascent.oem").write_text(ascent_text(), encoding="utf-8")
    write_omm_csv(random_catalog(np.random.default_rng(11), 5, "leo-shell"), tmp_path / "crowd.csv")
    (tmp_path / "ascent.toml").write_text(
        """
title = "A launch"
[span]
start = 2024-11-01T12:00:00Z
duration_days = 0.005
[catalog]
max_age_days = 400
sources = [{ file = "crowd.csv" }]
[[primaries]]
name = "ROCKET"
ephemeris = "ascent.oem"
hard_body_radius_m = 3.0
""",
        encoding="utf-8",
    )
    assert main(["run", str(tmp_path / "ascent.toml"), "-q", "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert re.search(r"ascent\.oem: expected an orbit around the Earth, but a state is already below", error)
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()
