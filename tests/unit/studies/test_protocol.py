"""One protocol for every kind: what `run` returns, `open_results` returns from its folder; catalogues of the caller."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.small import SMALL_TOML, write_events_catalog

import debrissim as ds
from debrissim.catalog import write_omm_csv
from debrissim.cli.main import main
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.core.errors import InputError
from debrissim.results.folder import read_summary
from debrissim.studies.kinds import KINDS, get_kind
from debrissim.studies.protocol import kind_of_folder, load_scenario, open_results, plot, report, run

MAP = {
    "kind": "risk-map",
    "title": "A map",
    "catalog": {"population": "bundled", "count": 800},
    "altitude_km": [400.0, 600.0],
    "altitude_step_km": 100.0,
    "inclination_deg": [50.0, 60.0],
    "inclination_step_deg": 5.0,
}


def small(**changes: Any) -> dict[str, Any]:
    return tomllib.loads(SMALL_TOML) | changes


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> ConjunctionResult:
    written = run(small()).write(tmp_path_factory.mktemp("results") / "hour")
    assert isinstance(written, ConjunctionResult)
    return written


def test_a_results_folder_opens_to_what_run_returned(result: ConjunctionResult):
    assert result.folder is not None
    opened = open_results(str(result.folder))
    assert isinstance(opened, ConjunctionResult)
    assert set(opened.tables) == set(result.tables)
    for name, table in result.tables.items():
        assert opened.tables[name].equals(table), name
    assert opened.encounters.equals(result.encounters)
    assert opened.totals == result.totals
    assert opened.summary == read_summary(result.folder)
    assert opened.scenario.model_dump() == result.scenario.model_dump()
    assert dict(opened.seconds) == dict(result.seconds)
    assert sorted(opened.objects.norad_id.tolist()) == sorted(result.objects.norad_id.tolist())
    assert repr(opened) == repr(result)
    assert len(repr(result).splitlines()) <= 10


def test_an_opened_result_says_what_it_does_not_hold(result: ConjunctionResult):
    opened = open_results(result.folder or "")
    assert isinstance(opened, ConjunctionResult)
    with pytest.raises(InputError, match="screening: exists only in a result"):
        _ = opened.screening
    with pytest.raises(KeyError, match=r"no table .nothing."):
        _ = result.tables["nothing"]


def test_plot_and_report_work_on_any_folder(result: ConjunctionResult, tmp_path: Path):
    paths = plot(result.folder or "")
    assert {path.stem for path in paths} == set(open_results(result.folder or "").figures)
    page = report(result.folder or "")
    assert page is None or page.name == "report.html"
    with pytest.raises(InputError, match="not a results folder"):
        open_results(tmp_path)
    (tmp_path / "summary.json").write_text('{"kind": "séance"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"unknown kind.*séance"):
        kind_of_folder(tmp_path)


def test_a_result_without_a_folder_asks_for_one():
    fresh = run(small())
    for verb in (fresh.plot, fresh.report, fresh.open_report):
        with pytest.raises(InputError, match="no folder yet"):
            verb()
    assert fresh.figures == {}


def test_a_catalogue_in_memory_screens_like_its_file(tmp_path: Path):
    path = write_events_catalog(tmp_path)
    content = small(span={"start": "2009-02-10T12:00:00Z", "duration_days": 0.3})
    of_file, of_object, of_read = (
        run(content, catalog=catalog)
        for catalog in (str(path), ds.read_catalog(path).catalog, [ds.read_catalog(path).catalog])
    )
    assert len(of_file.encounters) > 0
    assert of_file.encounters.equals(of_object.encounters)
    assert of_file.encounters.equals(of_read.encounters)
    assert of_object.provenance["catalogue"]["sources"][0]["format"] == "in memory"


def test_a_catalogue_replaces_that_of_a_study(tmp_path: Path):
    write_omm_csv(ds.synthetic_catalog(500, seed=3), tmp_path / "other.csv")
    original, other = run(MAP), run(MAP, catalog=tmp_path / "other.csv")
    assert original.summary["method"]["catalogue"]["object_count"] == 800
    assert other.summary["method"]["catalogue"]["object_count"] == 500
    # Objects that a file marks as synthetic stay so; sizes are the scenario's, whatever the catalogue.
    assert other.synthetic
    (tmp_path / "sizes.csv").write_text("norad_id,hard_body_radius_m\n5,5.0\n", encoding="utf-8")
    source = {"population": "bundled", "count": 800, "sizes": str(tmp_path / "sizes.csv")}
    sized = run(MAP | {"catalog": source}, catalog=tmp_path / "other.csv")
    assert sized.scenario.catalog.sizes == tmp_path / "sizes.csv"
    assert other.summary["method"]["catalogue"]["label"] == "other.csv"
    # The scenario is recorded as it was written: no path of this machine.
    assert other.provenance["scenario"] == original.provenance["scenario"]
    assert not np.array_equal(
        original.tables["map"]["flux_per_m2_year"], other.tables["map"]["flux_per_m2_year"]
    )
    with pytest.raises(InputError, match="expected one file, got 2"):
        run(MAP, catalog=[tmp_path / "other.csv", tmp_path / "other.csv"])


def test_a_kind_without_a_catalogue_refuses_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scenario = tmp_path / "flux.toml"
    scenario.write_text(
        'kind = "flux"\ntitle = "x"\nyear = 2025.0\n'
        "[orbit]\naltitude_km = 400.0\ninclination_deg = 51.6\nsolar_flux = 150.0\n",
        encoding="utf-8",
    )
    assert main(["run", str(scenario), "--catalog", str(scenario), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"debrissim: {scenario}: --catalog: a scenario of kind 'flux' has no catalogue\n"
    )


def test_every_kind_follows_the_protocol():
    for name in KINDS:
        kind = get_kind(name)
        assert kind.scenario is not None
        assert kind.scenario.model_fields["kind"].default == name


def test_a_scenario_runs_itself(tmp_path: Path):
    (tmp_path / "s.toml").write_text(SMALL_TOML, encoding="utf-8")
    scenario = load_scenario(tmp_path / "s.toml")
    assert scenario.run().encounters.equals(run(tmp_path / "s.toml").encounters)
