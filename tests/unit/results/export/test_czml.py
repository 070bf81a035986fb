"""The scene: valid to czml3's models on reading back, and where the objects are by its plain JSON."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from debrissim.propagation.celestial import teme_to_eme2000
from debrissim.results.export.czml import _description, write
from debrissim.results.folder import read_summary
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table

czml3 = pytest.importorskip("czml3", reason="czml3, the writer, is not installed")


@pytest.fixture(scope="module")
def scene(collision: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    path = write(collision, tmp_path_factory.mktemp("czml") / "collision.czml")
    assert len(czml3.Document.load(path).packets) == 4
    packets: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return packets


def conjunctions(folder: Path) -> Table:
    return read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)


def position_m(packet: dict[str, Any], moment: np.datetime64) -> np.ndarray:
    """The position at which Cesium shows the object: a Lagrange polynomial through the samples around the moment."""
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
    table = conjunctions(collision)
    span = read_summary(collision)["provenance"]["span"]
    tca_s = table.tca_s[0]
    moment = np.datetime64(span["start_utc"].removesuffix("Z")) + np.timedelta64(round(tca_s * 1e6), "us")
    jd, fraction = np.array([span["start_jd"]]), np.array([span["start_fraction"] + tca_s / 86400.0])
    matrix = teme_to_eme2000(jd, fraction)[0]
    by_id = {packet["id"]: packet for packet in scene}
    for role in ("primary", "secondary"):
        stated = matrix @ np.array([table[f"{role}_{axis}_km"][0] for axis in "xyz"]) * 1000.0
        position = position_m(by_id[f"object/{table[f'{role}_norad_id'][0]}"], moment)
        assert position == pytest.approx(stated, abs=0.5)


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


def test_every_piece_of_an_orbit_is_in_its_own_interval(hour: Path, tmp_path: Path):
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


def test_names_cannot_break_out_of_the_page(collision: Path):
    texts = {column.name for column in CONJUNCTIONS.columns if column.dtype == "text"}
    row = conjunctions(collision)[0]
    columns = {
        name: np.array(["<script>"], object) if name in texts else v for name, v in row.columns().items()
    }
    shown = _description(CONJUNCTIONS.table(columns))
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown


def test_a_missing_probability_is_not_available_and_its_line_is_plain(collision: Path, tmp_path: Path):
    missing = {"collision_probability": "", "maximum_probability": "", "miss_distance_sigma_km": ""}
    folder = tmp_path / "run"
    shutil.copytree(collision, folder)
    with (folder / "conjunctions.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row | missing for row in csv.DictReader(stream)]
    with (folder / "conjunctions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    encounter = json.loads(write(folder, tmp_path / "a.czml").read_text(encoding="utf-8"))[-1]
    assert "<th>Pc</th><td>not available</td>" in encounter["description"]
    assert "<th>modelled sigma along it, km</th><td></td>" in encounter["description"]
    assert encounter["polyline"]["material"]["solidColor"]["color"]["rgba"][:3] == [200, 200, 200]


def test_the_same_results_give_the_same_bytes(collision: Path, tmp_path: Path):
    first, second = (write(collision, tmp_path / name).read_bytes() for name in ("a.czml", "b.czml"))
    assert first == second
