"""What a run keeps of ephemeris files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from support.catalogs import random_catalog
from support.ephemeris_formats import itc
from support.flights import Piece
from support.flown_scenarios import oem_text

from debrissim.conjunctions.trajectories import read_trajectories
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
