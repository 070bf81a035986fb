"""One scenario on a series of catalogues: encounters are recognized in each, and missing ones are reported."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.small import COSMOS_2251, IRIDIUM_33, two_line

from debrissim.catalog import Catalog, parse_catalog, write_omm_csv
from debrissim.catalog.population.synthesis import synthetic_catalog
from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.results.folder import read_summary
from debrissim.results.schema.evolution import TRACK
from debrissim.results.table import read_table
from debrissim.scenario.conjunctions import Scenario, parse_scenario
from debrissim.studies.evolution.history import FAR, INSIDE, MISSING, OUTSIDE, Evolution
from debrissim.studies.evolution.tables import track_rows, track_table, tracking_result
from debrissim.studies.protocol import open_results
from debrissim.watch.series import follow_encounters
from debrissim.watch.store import Store

TOML = """\
title = "Iridium 33 through four catalogues"

[span]
start = 2009-02-10T16:00:00Z
duration_days = 0.1

[[primaries]]
norad_id = 24946

[screening]
volumes = ["socrates-5km"]

[covariance]
model = "flohrer-2008"
"""


def scenario() -> Scenario:
    return parse_scenario(tomllib.loads(TOML))


def pair() -> Catalog:
    text = two_line(("IRIDIUM 33", IRIDIUM_33), ("COSMOS 2251", COSMOS_2251))
    return parse_catalog(text.encode(), "pair").catalog


def older(days: float, anomaly_deg: float, *, rows: tuple[int, ...] = (0, 1)) -> Catalog:
    """The pair with Cosmos 2251 shifted along its track, at epochs some seconds earlier: made up, not observed."""
    catalog = pair()
    anomaly = catalog.mean_anomaly_deg - 360.0 * np.mod(catalog.mean_motion_rev_day * days, 1.0)
    return catalog.with_columns(
        epoch_fraction=catalog.epoch_fraction - days,
        mean_anomaly_deg=np.mod(anomaly + np.array([0.0, anomaly_deg]), 360.0),
    )[list(rows)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Newest first on purpose: the order of the files must not matter."""
    folder = tmp_path_factory.mktemp("catalogues")
    made = {
        "d_today.csv": pair(),
        # 0.1 degrees of 7,150 km are 12 km: out of the sphere, but near.
        "c_shifted.csv": older(1e-4, 0.1),
        "a_alone.csv": older(0.3, 0.0, rows=(0,)),
        # A quarter of a revolution away from everything.
        "b_away.csv": older(3e-4, 90.0),
    }
    for name, catalog in made.items():
        write_omm_csv(catalog, folder / name)
    return [folder / name for name in made]


@pytest.fixture(scope="module")
def evolution(files: list[Path]) -> Evolution:
    return follow_encounters(scenario(), files)


def test_the_encounter_is_found_in_the_volumes_outside_them_and_not_at_all(evolution: Evolution):
    assert [run.file.name for run in evolution.runs] == [
        "a_alone.csv",
        "b_away.csv",
        "c_shifted.csv",
        "d_today.csv",
    ]
    (only,) = evolution.histories
    assert evolution.encounter_count == 1
    assert [update.outcome for update in only.updates] == [MISSING, FAR, OUTSIDE, INSIDE]
    newest, before = only.updates[3], only.updates[2]
    assert newest.encounters is not None
    assert newest.encounters.miss_distance_km[newest.row] == pytest.approx(0.698, abs=1e-3)
    assert before.encounters is not None
    assert 5.0 < before.encounters.miss_distance_km[before.row] < 13.0
    assert abs(before.encounters.tca_s[before.row] - newest.encounters.tca_s[newest.row]) < 2.0


def test_the_runs_are_kept_in_a_store(files: list[Path], evolution: Evolution, tmp_path: Path):
    kept = follow_encounters(scenario(), files, store=tmp_path / "kept.sqlite")
    assert [run.result.summary for run in kept.runs] == [run.result.summary for run in evolution.runs]
    with Store.open(tmp_path / "kept.sqlite", write=False) as store:
        (event,) = store.events()
        assert len(store.runs()) == 4
        (update,) = store.history(event)
    assert update.miss_distance_km == pytest.approx(0.698, abs=1e-3)


def test_the_same_catalogue_twice_is_two_rows(files: list[Path]):
    (only,) = follow_encounters(scenario(), [files[0], files[0]]).histories
    assert [update.outcome for update in only.updates] == [INSIDE, INSIDE]
    assert only.updates[0].probability == only.updates[1].probability


def test_numbers_outside_the_volumes_are_those_of_a_wide_volume(files: list[Path], evolution: Evolution):
    from debrissim.conjunctions.run import run

    wide = scenario().model_copy(
        update={"screening": scenario().screening.model_copy(update={"volumes": ("iss-watch-20x40x40",)})}
    )
    result = run(wide, catalogs=[files[1]])
    update = evolution.histories[0].updates[2]
    assert update.encounters is not None
    assert update.assessment is not None
    near = int(np.argmin(np.abs(result.screening.encounters.tca_s - update.encounters.tca_s[0])))
    assert update.encounters.tca_s[0] == pytest.approx(result.screening.encounters.tca_s[near], abs=1e-5)
    assert update.encounters.miss_distance_km[0] == pytest.approx(
        result.screening.encounters.miss_distance_km[near], abs=1e-7
    )
    assert update.probability == pytest.approx(result.assessment.probability.value[near], rel=1e-6)


def test_the_folder_holds_a_row_per_catalogue_and_its_figure_is_plotted_again(
    evolution: Evolution, tmp_path: Path
):
    folder = tmp_path / "track"
    tracking_result(evolution, 1.0).write(folder)
    table, made = read_table(folder / TRACK.file, TRACK), track_table(evolution)
    assert list(table.columns()) == [column.name for column in TRACK.columns]
    for name, values in made.columns().items():
        np.testing.assert_array_equal(table[name], values, err_msg=name)
    assert table["found"].tolist() == [MISSING, FAR, OUTSIDE, INSIDE]
    assert table.missing("tca_utc").tolist() == [True, True, False, False]
    assert table["dilution"][:2].tolist() == [None, None]
    assert table["tca_shift_s"][3] == 0.0
    assert read_summary(folder)["kind"] == "track"
    before = (folder / "plots" / "evolution.png").read_bytes()
    opened = open_results(folder)
    assert [path.name for path in opened.plot()] == ["evolution.png"]
    assert (folder / "plots" / "evolution.png").read_bytes() == before
    assert opened.report() == folder / "report.html"
    assert opened.kind == "track"
    assert "1 of 1 encounter was followed through 4 catalogues" in " ".join(repr(opened).split())
    assert opened.tables["track"].equals(made)
    assert opened.seconds.keys() == {"computing", "writing"}
    answer = " ".join(repr(opened).split())
    assert (
        "IRIDIUM 33: by the newest catalogue a collision within 2.4 hours has a screening probability of 1 in"
        in answer
    )
    ((tca, number, name, *_, odds, chances),) = track_rows(table, 10)
    assert (number, name) == ("22675", "COSMOS 2251")
    assert tca.startswith("02-1")
    assert " > 1 in " in odds
    assert " > " in chances


def test_on_the_command_line(files: list[Path], tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("two.toml").write_text(TOML, encoding="utf-8")
    options = [part for file in files[:2] for part in ("--catalog", str(file))]
    assert main(["track", "two.toml", *options, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["answer"]["encounters_followed"] == 1
    assert printed["results"] == "results/two-track"
    assert main(["plot", "results/two-track", "--format", "svg"]) == 0
    assert Path("results/two-track/plots/evolution.svg").is_file()
    assert main(["track", "two.toml", *options, "--force"]) == 0
    shown = capsys.readouterr().out
    assert "COSMOS 2251" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert main(["track", "two.toml", *options[:2], "--force"]) == 2
    assert "expected at least two catalogue files, got 1" in capsys.readouterr().err


def test_the_epoch_of_the_newest_catalogue_is_the_start(files: list[Path], tmp_path: Path):
    path = tmp_path / "two.toml"
    path.write_text(TOML.replace("start = 2009-02-10T16:00:00Z\n", ""), encoding="utf-8")
    evolution = follow_encounters(str(path), [str(file) for file in files[:2]])
    assert str(evolution.scenario.span.start).startswith("2009-02-09 ")


def test_no_encounter_at_all_is_not_a_failure(files: list[Path], tmp_path: Path):
    tiny = TOML.replace('"socrates-5km"', '{ name = "tiny", sphere_km = 0.001 }')
    evolution = follow_encounters(parse_scenario(tomllib.loads(tiny)), files[:2])
    assert evolution.histories == ()
    tracking_result(evolution, 0.0).write(tmp_path / "none")
    assert (tmp_path / "none" / "plots" / "evolution.png").is_file()


def test_bad_input_is_named(files: list[Path]):
    with pytest.raises(InputError, match="at least one encounter to follow, got 0"):
        follow_encounters(scenario(), files, limit=0)


def test_sampled_objects_are_not_followed(files: list[Path], tmp_path: Path):
    write_omm_csv(synthetic_catalog(20, seed=1), tmp_path / "sampled.csv")
    with pytest.raises(
        InputError, match=r"sampled\.csv: 20 objects in it sampled from statistics, which no other"
    ):
        follow_encounters(scenario(), [files[0], tmp_path / "sampled.csv"])
