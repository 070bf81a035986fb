"""Names and numbers of objects outside a run: in its files, its exports and its printed JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from support.small import small

from debrissim import open_results
from debrissim.catalog import Origin
from debrissim.catalog.population.model import bundled_population
from debrissim.catalog.population.synthesis import synthesize
from debrissim.conjunctions.outside_names import outside_label, with_outside_names
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.results.export import json as json_file
from debrissim.results.folder import json_text, read_summary, with_identifiers, with_numbers

OWN_NUMBER = re.compile(r"(?<![0-9A-Za-z.])-[123][0-9]{9}\b")
POPULATION_NAME = re.compile(r"SYNTHETIC (?!POPULATION)[A-Z0-9 ]+ [0-9]{6}")
UNNUMBERED = {
    "name": "NEIGHBOUR",
    "elements": {"mean_motion_rev_day": 15.4, "eccentricity": 0.001, "inclination_deg": 51.6},
}


@pytest.fixture(scope="module")
def result() -> ConjunctionResult:
    scenario = small()
    station = scenario.primaries[0].model_dump(mode="json", exclude_none=True)
    return run(small(primaries=[station, UNNUMBERED]))


@pytest.fixture(scope="module")
def folder(result: ConjunctionResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("outside") / "run"
    result.write(place)
    return place


def test_no_file_names_or_numbers_objects_as_inside(result: ConjunctionResult, folder: Path) -> None:
    inside = result.inputs.catalog
    assert any(map(POPULATION_NAME.search, inside.name.tolist()))
    files = [path for path in folder.rglob("*") if path.suffix in (".csv", ".json", ".html", ".cdm")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    texts["export"] = json_file.write(folder, folder.parent / "run.json").read_text(encoding="utf-8")
    texts["printed"] = json_text(result.summary)
    assert len(texts) > 8
    for name, text in texts.items():
        assert not OWN_NUMBER.search(text), name
        assert not POPULATION_NAME.search(text), name
    for name in ("conjunctions.csv", "objects.csv", "summary.json", "export", "printed"):
        assert "U-000002" in texts[name], name
    events = set(inside.parent_event[inside.origin == Origin.SYNTHETIC].tolist()) - {""}
    assert events
    assert not any(event in texts["objects.csv"] for event in events)


def test_numbers_are_read_back(result: ConjunctionResult, folder: Path) -> None:
    stated = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert [own["norad_id"] for own in stated["provenance"]["primaries"]] == [25544, "U-000002"]
    summary = read_summary(folder)
    assert summary["provenance"]["primaries"] == result.summary["provenance"]["primaries"]
    assert [own["norad_id"] for own in summary["totals"]["primaries"]] == [25544, -3_000_000_002]
    found = open_results(folder)
    assert isinstance(found, ConjunctionResult)
    assert found.verdict == result.verdict
    assert found.objects.norad_id.tolist() == result.objects.norad_id.tolist()
    assert found.objects.name.tolist() == result.objects.name.tolist()
    # A folder of an earlier version holds the numbers themselves.
    assert with_numbers({"norad_id": -3_000_000_002}) == {"norad_id": -3_000_000_002}
    assert with_numbers({"closest": {"least_separation_km": 0.5}}) == {
        "closest": {"minimum_separation_km": 0.5}
    }


def test_only_numbers_of_objects_are_rewritten() -> None:
    content = {
        "norad_id": 25544,
        "primary_norad_id": -1_000_021_739,
        "own": [{"norad_ids": [7, -2_000_000_012]}],
        "count": -1_000_021_739,
        "name": "S-021739",
        "missing_norad_id": None,
    }
    outside = with_identifiers(content)
    assert outside == content | {"primary_norad_id": "S-021739", "own": [{"norad_ids": [7, "F-000012"]}]}
    assert with_numbers(outside) == content


def test_orbits_kinds_and_sizes_stay() -> None:
    catalog = synthesize(bundled_population("bundled"), 400, np.random.default_rng(1), 2460615.5, 0.0)
    outside = with_outside_names(catalog)
    assert set(outside.name.tolist()) <= {
        f"sampled {kind}" for kind in ("payload", "rocket body", "debris", "unknown")
    }
    assert set(outside.parent_event.tolist()) == {""}
    np.testing.assert_array_equal(outside.norad_id, catalog.norad_id)
    np.testing.assert_array_equal(outside.mean_anomaly_deg, catalog.mean_anomaly_deg)
    np.testing.assert_array_equal(outside.object_kind, catalog.object_kind)
    assert re.fullmatch(r"sampled [a-z ]+ \(S-[0-9]{6}\)", outside_label(catalog, 3))
