"""Scenarios whose catalogue is a source on the network: fetched, recorded, offline, verified."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from support.source_servers import Clock, Service, answer, gp_csv

import debrissim as ds
from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.sources import DownloadError
from debrissim.sources.cache import VARIABLE
from debrissim.sources.celestrak import VARIABLE as MIRROR

EPOCH = "2026-11-28T06:00:00Z"
TOML = f"""\
title = "An hour of today"

[span]
start = {EPOCH}
duration_days = 0.04

[catalog]

[[catalog.sources]]
source = "celestrak:active"
max_age_hours = 24.0

[[primaries]]
norad_id = 100001

[screening]
volumes = [{{ sphere_km = 2000.0 }}]

[output]
plots = false
report = false
"""
SATCAT = (
    "OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OPS_STATUS_CODE,OWNER,LAUNCH_DATE,LAUNCH_SITE,DECAY_DATE,PERIOD,"
    "INCLINATION,APOGEE,PERIGEE,RCS,DATA_STATUS_CODE,ORBIT_CENTER,ORBIT_TYPE\n"
    "A,2026-001A,100002,DEB,,US,2026-01-01,X,2026-11-20,90,50,500,480,0.1,,EA,ORB\n"
    "B,2026-001B,100003,R/B,,US,2026-01-01,X,,90,50,500,480,20.4200,,EA,ORB\n"
)


@pytest.fixture
def service(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    imitated = Service(httpserver, Clock())
    imitated.answers(answer(gp_csv(12)))
    monkeypatch.setenv(MIRROR, imitated.url)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return imitated


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "today.toml"
    path.write_text(TOML)
    return path


def test_a_run_fetches_its_source_and_records_it(service: Service, scenario: Path, tmp_path: Path, capsys):
    out = tmp_path / "results"
    assert main(["run", str(scenario), "--out", str(out)]) == 0
    assert len(service.requests) == 1
    assert (
        "debrissim: celestrak:active: 12 element sets, 0 min old, downloaded from CelesTrak"
        in capsys.readouterr().err
    )
    summary = json.loads((out / "summary.json").read_text())
    (source,) = summary["provenance"]["catalogue"]["sources"]
    assert (source["label"], source["record_count"]) == ("celestrak:active", 12)
    (fetched,) = json.loads((out / "run.json").read_text())["sources"]
    assert fetched["sha256"] == source["sha256"]
    assert fetched["url"] == f"{service.url}/NORAD/elements/gp.php?GROUP=active&FORMAT=CSV"
    assert fetched["asked"]
    assert "fetched_utc" not in json.dumps(summary)
    # The result opens, and is verified with the copy in the cache.
    assert len(ds.open_results(out).tables["conjunctions"]) > 0
    assert ds.verify(out, sample=20).passed


def test_the_same_data_at_another_time_give_the_same_files(service: Service, scenario: Path, tmp_path: Path):
    for name in ("first", "second"):
        assert main(["run", str(scenario), "--out", str(tmp_path / name), "--quiet"]) == 0
    assert len(service.requests) == 1
    names = {path.name for path in (tmp_path / "first").iterdir()}
    for name in names - {"run.json"}:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_offline_uses_the_cache_alone(service: Service, scenario: Path):
    with pytest.raises(DownloadError, match=r"celestrak:active: offline; no copy is in the cache"):
        ds.run(scenario, offline=True)
    ds.fetch("celestrak:active")
    result = ds.run(scenario, offline=True)
    assert len(service.requests) == 1
    assert [one.asked for one in result.fetched] == [False]


def test_a_source_in_place_of_the_scenario_s_own(service: Service, scenario: Path):
    result = ds.run(scenario, catalog="celestrak:stations")
    assert [request.args["GROUP"] for request in service.requests] == ["stations"]
    assert [one.source for one in result.fetched] == ["celestrak:stations"]
    assert result.provenance["catalogue"]["sources"][0]["label"] == "celestrak:stations"


def test_the_satellite_catalogue_gives_kinds_radii_and_decays(
    service: Service, scenario: Path, tmp_path: Path
):
    service.answers(answer(gp_csv(12)), answer(SATCAT))
    scenario.write_text(TOML.replace("[catalog]\n", '[catalog]\nsatcat = "celestrak:satcat"\n'))
    result = ds.run(scenario)
    catalog = result.inputs.catalog
    assert 100002 not in catalog.norad_id
    rocket = catalog.norad_id == 100003
    assert catalog.object_kind[rocket].tolist() == [ds.catalog.ObjectKind.ROCKET_BODY]
    # 20.42 m2 is a sphere of 2.55 m, less than the default of a rocket body.
    assert catalog.hard_body_radius_m[rocket].tolist() == [2.8]
    assert result.provenance["satcat"] == {
        "label": "celestrak:satcat",
        "sha256": result.fetched[1].sha256,
        "objects": 2,
        "listed": 2,
        "radii": 0,
        "decayed": 1,
    }
    assert result.provenance["coverage"]["filtered_out"] == 1
    out = tmp_path / "results"
    result.write(out)
    assert ds.verify(out, sample=20).passed
    # With another copy in the cache the files are needed.
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, download in zip(files, result.fetched, strict=True):
        path.write_bytes(download.path.read_bytes())
        download.path.write_text("changed")
    with pytest.raises(
        InputError, match=r"needs its catalogue; give with --catalog the file celestrak:active with"
    ):
        ds.verify(out, sample=20)
    assert ds.verify(out, sample=20, catalog_files=files).passed


def test_a_satellite_catalogue_from_a_file(service: Service, scenario: Path, tmp_path: Path):
    (tmp_path / "satcat.csv").write_text(SATCAT)
    scenario.write_text(TOML.replace("[catalog]\n", '[catalog]\nsatcat = "satcat.csv"\n'))
    result = ds.run(scenario)
    assert result.provenance["satcat"]["label"] == "satcat.csv"
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"celestrak:active"', '"celestrak"', "catalog.sources[1].source: source: expected a name such as"),
        (
            '"celestrak:active"',
            '"celestrack:active"',
            "catalog.sources[1].source: source: expected one of celestrak",
        ),
        (
            '"celestrak:active"',
            '"celestrak:satcat"',
            "catalog.sources[1].source: expected a source of element sets, which celestrak:satcat is not",
        ),
        ("max_age_hours = 24.0", "max_age_hours = 0.0", "catalog.sources[1].max_age_hours"),
        ('source = "celestrak:active"', 'file = "a.csv"', "max_age_hours can be used only with source"),
        (
            "[catalog]",
            "[catalog]\nsatcat_max_age_hours = 720.0",
            "catalog: satcat_max_age_hours can be used only with a source in satcat",
        ),
        (
            "[catalog]",
            '[catalog]\nsatcat = "satcat.csv"\nsatcat_max_age_hours = 720.0',
            "catalog: satcat_max_age_hours can be used only with a source in satcat",
        ),
        (
            "[catalog]",
            '[catalog]\nsatcat = "celestrak:satcat"\nsatcat_max_age_hours = 0.0',
            "catalog.satcat_max_age_hours",
        ),
        (
            "max_age_hours = 24.0",
            'file = "a.csv"',
            "expected one of file, ephemerides and population, or source",
        ),
        (
            "[catalog]\n",
            '[catalog]\nsatcat = "celestrak:satca=1"\n',
            "catalog.satcat: source celestrak: ",
        ),
    ],
)
def test_a_bad_source_is_named(old: str, new: str, sentence: str):
    with pytest.raises(InputError) as error:
        ds.studies.parse_scenario(tomllib.loads(TOML.replace(old, new)))
    assert sentence in str(error.value)


def test_a_copy_that_is_too_old_stops_the_run(service: Service, scenario: Path, tmp_path: Path, capsys):
    ds.fetch("celestrak:active")
    record = next((tmp_path / "cache").rglob("active-*.json"))
    content = json.loads(record.read_text())
    content["asked_utc"] = content["copy"]["fetched_utc"] = content["copy"]["current_utc"] = (
        "2020-01-01T00:00:00Z"
    )
    content["copy"]["server_utc"] = None
    record.write_text(json.dumps(content))
    service.answers(answer("", 500))
    assert main(["run", str(scenario), "--out", str(tmp_path / "results")]) == 1
    assert "older than the 24.0 h allowed" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
