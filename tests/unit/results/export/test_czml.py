"""The scene: valid to czml3's models on reading back, and where the objects are by its plain JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator
from support.csv_text import float_column, read_csv

from debrissim.propagation.frames import teme_to_eme2000
from debrissim.results.export.czml import _description, write
from debrissim.results.folder import read_summary
from debrissim.results.schema import CONJUNCTION_COLUMNS

czml3 = pytest.importorskip("czml3", reason="czml3, the writer, is not installed")


@pytest.fixture(scope="module")
def scene(collision: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    path = write(collision, tmp_path_factory.mktemp("czml") / "collision.czml")
    assert len(czml3.Document.load(path).packets) == 4
    packets: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return packets


def position_m(packet: dict[str, Any], moment: np.datetime64) -> np.ndarray:
    """Where Cesium would draw the object: Lagrange's polynomial through the samples nearest to the moment."""
    for piece in packet["position"]:
        first, last = (np.datetime64(text.removesuffix("Z")) for text in piece["interval"].split("/"))
        if first <= moment <= last:
            samples = np.array(piece["cartesian"]).reshape(-1, 4)
            epoch = np.datetime64(piece["epoch"].removesuffix("Z"))
            times = samples[:, 0] - (moment - epoch) / np.timedelta64(1, "s")
            near = np.argsort(np.abs(times))[: piece["interpolationDegree"] + 1]
            return np.asarray(BarycentricInterpolator(times[near], samples[near, 1:])(0.0))
    raise AssertionError(f"{packet['id']} is not there at {moment}")


def test_objects_are_where_the_table_says(scene: list[dict[str, Any]], collision: Path):
    table = read_csv(collision / "conjunctions.csv")
    span = read_summary(collision)["provenance"]["span"]
    tca_s = float_column(table["tca_s"])[0]
    moment = np.datetime64(span["start_utc"].removesuffix("Z")) + np.timedelta64(round(tca_s * 1e6), "us")
    jd, fraction = np.array([span["start_jd"]]), np.array([span["start_fraction"] + tca_s / 86400.0])
    matrix = teme_to_eme2000(jd, fraction)[0]
    by_id = {packet["id"]: packet for packet in scene}
    for role in ("primary", "secondary"):
        stated = matrix @ np.array([float_column(table[f"{role}_{axis}_km"])[0] for axis in "xyz"]) * 1000.0
        found = position_m(by_id[f"object/{table[f'{role}_norad_id'][0]}"], moment)
        assert found == pytest.approx(stated, abs=0.5)


def test_the_clock_is_the_span_and_the_line_joins_the_two(scene: list[dict[str, Any]], collision: Path):
    document, *_, encounter = scene
    span = read_summary(collision)["provenance"]["span"]
    first, last = document["clock"]["interval"].split("/")
    assert first.startswith(span["start_utc"][:19])
    assert last.startswith(span["end_utc"][:19])
    known = {packet["id"] for packet in scene}
    references = encounter["polyline"]["positions"]["references"]
    assert {reference.partition("#")[0] for reference in references} <= known
    # Above the red line, in vermillion.
    assert encounter["polyline"]["material"]["solidColor"]["color"]["rgba"][:3] == [213, 94, 0]
    assert "0.698" in encounter["description"]


def test_every_piece_of_an_orbit_stands_in_its_own_interval(hour: Path, tmp_path: Path):
    packets = json.loads(write(hour, tmp_path / "hour.czml").read_text(encoding="utf-8"))
    assert packets[0]["name"].startswith("SYNTHETIC POPULATION")
    objects = [packet for packet in packets if packet["id"].startswith("object/")]
    for packet in objects:
        pieces = packet["position"]
        assert [piece["interval"] for piece in pieces] == np.atleast_1d(packet["availability"]).tolist()
        for piece in pieces:
            assert piece["referenceFrame"] == "INERTIAL"
            radius_km = np.linalg.norm(np.array(piece["cartesian"]).reshape(-1, 4)[:, 1:], axis=1) / 1000.0
            assert (radius_km > 6400.0).all()
    synthetic = [packet for packet in objects if "SYNTHETIC" in packet["description"]]
    assert len(synthetic) == len(objects) - 1


def test_names_cannot_break_out_of_the_page():
    table = {name: ["<script>"] for name in CONJUNCTION_COLUMNS}
    assert "<script>" not in _description(table, 0)


def test_the_same_results_give_the_same_bytes(collision: Path, tmp_path: Path):
    one, other = (write(collision, tmp_path / name).read_bytes() for name in ("a.czml", "b.czml"))
    assert one == other
