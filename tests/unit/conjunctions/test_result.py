"""The results folder: whole or not at all, the same bytes again, and enough to plot everything from."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import math
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.csv_text import read_csv
from support.small import SMALL_TOML, small, write_events_catalog

from debrissim.catalog import parse_catalog, read_catalog
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core import files
from debrissim.core.errors import InputError, RunError
from debrissim.report.html.libraries import missing_libraries
from debrissim.report.read_views import read_run
from debrissim.report.redraw import draw_plots
from debrissim.results.claim import claimed
from debrissim.results.coverage import examined_sentence, flown_sentences, has_large_gap
from debrissim.results.folder import read_summary, write_json
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.verification.verify import verify

FILES = {
    "conjunctions.csv",
    "objects.csv",
    "co_located.csv",
    "excluded.csv",
    "rejected.csv",
    "tracks.csv",
    "density.csv",
    "summary.json",
    "run.json",
    *([] if missing_libraries() else ["report.html"]),
}
# Of a synthetic run: rates alone.
PLOTS = {
    "encounter_map.png",
    "miss_and_speed.png",
    "approach_direction.png",
    "density.png",
    "screening_volumes.png",
}


@pytest.fixture(scope="module")
def result() -> ConjunctionResult:
    return run(small(output={"plots": True}))


@pytest.fixture(scope="module")
def folder(result: ConjunctionResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results") / "hour"
    result.write(place)
    return place


def hashes(folder: Path) -> dict[str, str]:
    """Of every file but run.json."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def test_every_file_is_there(folder: Path):
    assert {path.name for path in folder.iterdir() if path.is_file()} == FILES
    assert {path.name for path in (folder / "plots").iterdir()} == PLOTS


def test_an_interruption_ends_the_plotter_and_leaves_nothing(result: ConjunctionResult, tmp_path: Path):
    calls: list[str] = []

    class Interrupted:
        def start(self, views: object, folder: Path) -> bool:
            assert (folder / "summary.json").is_file()
            return bool(views)

        def finish(self) -> list[Path]:
            calls.append("finish")
            raise KeyboardInterrupt

        def end(self) -> None:
            assert [path.is_dir() for path in tmp_path.glob(".hour.partial-*")] == [True]
            calls.append("end")

    with claimed(tmp_path / "hour", force=False) as claim, pytest.raises(KeyboardInterrupt):
        result.write_claimed(claim, Interrupted())
    assert calls == ["finish", "end"]
    assert not list(tmp_path.iterdir())


def test_the_table_reads_back_exactly(folder: Path, result: ConjunctionResult):
    table = read_csv(folder / "conjunctions.csv")
    assert list(table) == [column.name for column in CONJUNCTIONS.columns]
    encounters = result.screening.encounters
    assert [float(x) for x in table["tca_s"]] == encounters.tca_s.tolist()
    assert [float(x) for x in table["miss_distance_km"]] == encounters.miss_distance_km.tolist()
    assert [float(x) for x in table["collision_probability"]] == result.assessment.probability.value.tolist()
    assert set(table["synthetic"]) == {"true"}
    assert set(table["primary_name"]) == {"ISS"}
    assert all(float(s) >= 0.0 for s in table["tca_s"])


def test_rows_are_consistent_in_themselves(folder: Path):
    columns = read_csv(folder / "conjunctions.csv")

    def vector(names: str) -> np.ndarray:
        return np.array([[float(x) for x in columns[name]] for name in names.split()]).T

    position = vector("relative_position_r_km relative_position_t_km relative_position_n_km")
    states = vector("secondary_x_km secondary_y_km secondary_z_km") - vector(
        "primary_x_km primary_y_km primary_z_km"
    )
    miss = vector("miss_distance_km")[:, 0]
    assert np.linalg.norm(position, axis=1) == pytest.approx(miss, rel=1e-9)
    assert np.linalg.norm(states, axis=1) == pytest.approx(miss, rel=1e-9)
    speeds = vector("relative_velocity_r_km_s relative_velocity_t_km_s relative_velocity_n_km_s")
    assert np.linalg.norm(speeds, axis=1) == pytest.approx(vector("relative_speed_km_s")[:, 0], rel=1e-9)


def test_json_is_json(folder: Path):
    def refuse(word: str) -> None:
        raise ValueError(word)

    for name in ("summary.json", "run.json"):
        json.loads((folder / name).read_text(encoding="utf-8"), parse_constant=refuse)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(folder / "never.json", {"x": math.nan})
    assert not (folder / "never.json").exists()


def test_the_summary_holds_the_provenance(folder: Path, result: ConjunctionResult):
    summary = read_summary(folder)
    provenance = summary["provenance"]
    assert parse_scenario(_without_nothing(provenance["scenario"])) == result.scenario
    assert set(provenance["versions"]) >= {"debrissim", "numpy", "sgp4", "python"}
    assert provenance["catalogue"]["synthetic"] is True
    assert provenance["catalogue"]["objects"] == 301
    assert provenance["method"]["covariance"]["label"].startswith("modelled, not measured")
    assert provenance["method"]["covariance"]["warning"]
    assert provenance["primaries"][0]["element_set_from"] == "scenario"
    assert summary["totals"]["encounter_count"] == provenance["counts"]["encounters"]


def test_each_phase_is_timed(folder: Path, result: ConjunctionResult):
    seconds = json.loads((folder / "run.json").read_text(encoding="utf-8"))["seconds"]
    assert set(seconds) == {"catalogue", "screening", "assessment", "writing"}
    assert all(value > 0.0 for value in seconds.values())
    assert set(result.seconds) == {"catalogue", "screening", "assessment"}


def test_figures_are_plotted_again_from_the_files_alone(folder: Path):
    before = hashes(folder)
    for path in (folder / "plots").iterdir():
        path.unlink()
    assert {path.name for path in draw_plots(folder)} == PLOTS
    assert hashes(folder) == before
    assert {path.name for path in draw_plots(folder, every=True)} == PLOTS
    assert all(plane.label.startswith("S-000") for plane in read_run(folder).planes)


def test_another_process_writes_the_same_bytes(folder: Path, tmp_path: Path):
    scenario = tmp_path / "s.toml"
    scenario.write_text(SMALL_TOML.replace("= false", "= true"), encoding="utf-8")
    command = [sys.executable, "-m", "debrissim", "run", str(scenario), "--out", "again", "--quiet"]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run(command, cwd=tmp_path, check=True, env=environment, capture_output=True)
    assert hashes(tmp_path / "again") == hashes(folder)


def test_the_bytes_do_not_depend_on_the_number_of_threads_or_the_path_of_the_catalogue(tmp_path: Path):
    written = []
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        with write_events_catalog(tmp_path / place).open("a", encoding="utf-8") as stream:
            stream.write("1 cut off\n")
        content = tomllib.loads(SMALL_TOML)
        content["catalog"]["sources"] = [{"file": "events.3le"}, {"population": "bundled", "count": 300}]
        content["span"]["start"] = "2009-02-10T12:00:00Z"
        run(parse_scenario(content, folder=tmp_path / place)).write(tmp_path / place / "out")
        written.append(hashes(tmp_path / place / "out"))
    assert written[0] == written[1]
    first, second = (run(small(screening={"volumes": [{"sphere_km": 600.0}], "workers": n})) for n in (1, 4))
    assert first.encounters.equals(second.encounters)


@pytest.mark.parametrize("lasting", [False, True])
def test_a_disk_that_fails_at_any_file_leaves_the_old_results_or_the_new(
    result: ConjunctionResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    place = tmp_path / "place" / "hour"
    plain = replace(result, scenario=small())
    plain.write(place)
    before = hashes(place)
    written, messages = files._replace_file, set()
    for number in itertools.count():
        calls = itertools.count()

        def full(
            path: Path, parts: Iterable[bytes], number: int = number, calls: Iterator[int] = calls
        ) -> None:
            call = next(calls)
            if call == number or (lasting and call > number):
                raise OSError(28, "No space left on device")
            written(path, parts)

        monkeypatch.setattr(files, "_replace_file", full)
        try:
            plain.write(place, force=True)
        except RunError as error:
            messages.add(str(error))
        assert hashes(place) == before
        assert [path.name for path in place.parent.iterdir()] == ["hour"]
        if next(calls) <= number:
            break
    assert number > 8
    assert messages == {f"{place}: cannot be written (No space left on device)"}


def test_a_folder_without_results_or_with_damaged_ones_is_reported(tmp_path: Path):
    with pytest.raises(InputError, match=r"not a results folder \(no summary\.json in it\)"):
        draw_plots(tmp_path)
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for name, text, message in (
        ("summary.json", "{", r"summary\.json: line 1: malformed JSON"),
        ("summary.json", "[]", r"summary\.json: expected a JSON object"),
        ("summary.json", "{}", r"conjunctions\.csv: cannot be read"),
        (
            "conjunctions.csv",
            "a,b\n1\n",
            r"conjunctions\.csv: line 1: lacks the column tca_utc; the results are damaged",
        ),
        ("conjunctions.csv", "a,b\n1,2\n", "damaged or of another version"),
    ):
        (damaged / name).write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=message):
            draw_plots(damaged)


def test_stale_and_failed_objects_are_listed_with_their_reasons(tmp_path: Path):
    write_events_catalog(tmp_path)
    content = tomllib.loads(SMALL_TOML)
    content["catalog"]["sources"] = [{"file": "events.3le"}]
    content["span"]["start"] = "2009-03-20T00:00:00Z"
    with pytest.raises(
        InputError,
        match="nothing to screen among 2 other objects: 2 with an epoch more than 30 days from the start",
    ):
        run(parse_scenario(content, folder=tmp_path))
    content["primaries"].append(
        {"name": "another", "elements": content["primaries"][0]["elements"] | {"raan_deg": 9.0}}
    )
    result = run(parse_scenario(content, folder=tmp_path))
    result.write(tmp_path / "out")
    excluded = read_csv(tmp_path / "out" / "excluded.csv")
    assert excluded["norad_id"] == ["24946", "22675"]
    assert excluded["name"] == ["IRIDIUM 33", "COSMOS 2251"]
    assert set(excluded["reason"]) == {"element set too old for the start of the span"}
    assert excluded["took_part"] == ["false", "false"]
    assert excluded["valid_until_utc"] == ["", ""]
    assert result.provenance["counts"]["stale"] == 2
    coverage = result.provenance["coverage"]
    assert (coverage["examined"], coverage["stale"]) == (2, 2)
    assert has_large_gap(result.provenance)
    assert "examined: 2 of 4 objects; not examined: 2 with element sets too old" in repr(result)


def test_rejected_records_are_listed_with_their_lines(tmp_path: Path):
    path = write_events_catalog(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + "1 cut off, with a comma\n", encoding="utf-8")
    result = run(small(span={"start": "2009-02-10T12:00:00Z", "duration_days": 0.04}), catalogs=[str(path)])
    result.write(tmp_path / "out")
    with (tmp_path / "out" / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        (record,) = csv.DictReader(stream)
    assert (record["file"], record["line"]) == ("events.3le", "7")
    assert record["text"] == "1 cut off, with a comma"


def test_docked_objects_are_listed_apart(tmp_path: Path):
    content = tomllib.loads(SMALL_TOML)
    orbit = content["primaries"][0]["elements"]
    content["primaries"].append({"name": "DOCKED", "elements": orbit})
    content["screening"]["volumes"] = ["socrates-5km"]
    result = run(parse_scenario(content))
    result.write(tmp_path / "out")
    pairs = read_csv(tmp_path / "out" / "co_located.csv")
    assert (pairs["first_name"], pairs["second_name"]) == (["ISS"], ["DOCKED"])
    assert pairs["maximum_separation_km"] == ["0.0"]
    # By their names the second is not a vehicle at a station.
    assert pairs["docked"] == ["false"]
    assert result.verdict.notes[0] == (
        "1 pair flies together and is left out (co_located.csv): 1 not docked, the closest ISS (25544) and "
        "DOCKED (U-000002), down to 0 m apart"
    )
    content["primaries"][0]["name"], content["primaries"][1]["name"] = "ISS (ZARYA)", "PROGRESS-MS 28"
    assert run(parse_scenario(content)).verdict.notes[0] == (
        "1 pair flies together and is left out (co_located.csv): 1 docked to crewed stations"
    )
    assert result.totals.encounter_count == 0
    kept = run(parse_scenario(content | {"colocation": {"exclude": False}}))
    assert len(kept.screening.co_located) == 0
    assert kept.totals.encounter_count >= 1


def _without_nothing(content: dict) -> dict:
    """A dumped scenario as a file would have it: TOML has no null."""
    if isinstance(content, dict):
        return {key: _without_nothing(value) for key, value in content.items() if value is not None}
    return [_without_nothing(part) for part in content] if isinstance(content, list) else content


FALLING = (
    "1 91201U          25010.45000000  .00000000  00000-0  25000-3 0  9990",
    "2 91201  41.5000 212.0000 0015000 219.0000 140.0000 16.35000000    19",
)


CIRCULAR = {
    "mean_motion_rev_day": 15.9,
    "inclination_deg": 41.5,
    "raan_deg": 120.0,
    "eccentricity": 0.001,
    "arg_perigee_deg": 0.0,
    "mean_anomaly_deg": 0.0,
}


def falling() -> ConjunctionResult:
    """Two spacecraft in different planes, of which the first comes down on day 5 of 7."""
    content = {
        "title": "A spacecraft comes down",
        "span": {"start": "2025-01-10T12:00:00Z", "duration_days": 7.0},
        "catalog": {"sources": []},
        "primaries": [
            {"name": "FALLING", "tle": list(FALLING)},
            {"name": "STAYING", "elements": CIRCULAR},
        ],
        "screening": {"volumes": [{"name": "all", "sphere_km": 6000.0}]},
        "output": {"plots": False, "report": False},
    }
    return run(parse_scenario(content))


def test_rates_are_over_the_time_for_which_the_primaries_were_flown():
    result = falling()
    # The oracle: SGP4 every second, from the epoch of the element set on.
    catalog = result.inputs.catalog
    (record,) = catalog[catalog.loc.rows(91201)].to_sgp4()
    start = result.inputs.start_jd, result.inputs.start_fraction
    good = [record.sgp4(start[0], start[1] + s / 86400.0)[0] == 0 for s in range(4 * 86400, 6 * 86400)]
    flown_s = 4 * 86400 + good.index(False)
    falling_one, staying = result.provenance["primaries"]
    assert falling_one["flown_days"] * 86400.0 == pytest.approx(flown_s, abs=1.001)
    assert "SGP4 error" in falling_one["failure"]
    assert (staying["flown_days"], staying["failure"]) == (7.0, None)
    (rate,) = result.totals.volumes
    assert rate.count > 10
    days = (flown_s / 86400.0 + 7.0) / 2.0
    assert rate.per_day == pytest.approx(rate.count / days, rel=1e-4)
    (sentence,) = flown_sentences(result.provenance)
    assert sentence.startswith(
        "FALLING was flown until 2025-01-15 14:30 UTC only, 5.10 of 7 days (SGP4 error"
    )
    assert sentence in " ".join(repr(result).split())


def test_objects_down_at_the_start_are_listed_with_the_time_of_their_failure():
    crew = [
        {"name": f"STAYING {k}", "elements": CIRCULAR | {"mean_motion_rev_day": 15.0, "raan_deg": 40.0 * k}}
        for k in (1, 2)
    ]
    down = run(
        parse_scenario(
            {
                "title": "After the fall",
                "span": {"start": "2025-01-16T12:00:00Z", "duration_days": 0.1},
                "catalog": {"sources": []},
                "primaries": crew,
                "output": {"plots": False, "report": False},
            }
        ),
        catalogs=[parse_catalog("\n".join(FALLING).encode(), "falling.tle")],
    )
    (row,) = down.tables["excluded"]
    assert not row.took_part[0]
    # The same moment as in the run that saw it come down.
    whole = falling().tables["excluded"]
    assert abs(row.valid_until_utc[0] - whole.valid_until_utc[0]) <= np.timedelta64(2, "ms")
    assert down.provenance["coverage"]["failed_before_start"] == 1


# Run back from its epoch, the perigee of this orbit comes below the ground after half a day.
LATE = (
    "1 91202U          25014.50000000  .00000000  00000-0  30000-0 0  9994",
    "2 91202  41.5000 212.0000 0100000 219.0000 140.0000 15.90000000    15",
)


CROSSING = CIRCULAR | {"inclination_deg": 130.0, "mean_motion_rev_day": 15.0}


def late(primaries: list[dict[str, object]], **changes: object) -> ConjunctionResult:
    """The object above, as a primary or not, in a span that begins four days before its epoch."""
    content = {
        "title": "A spacecraft is launched",
        "span": {"start": "2025-01-10T12:00:00Z", "duration_days": 4.05},
        "catalog": {"sources": []},
        "primaries": primaries,
        "screening": {"volumes": [{"name": "all", "sphere_km": 6000.0}]},
        "output": {"plots": False, "report": False},
    }
    return run(
        parse_scenario(content | changes), catalogs=[parse_catalog("\n".join(LATE).encode(), "late.tle")]
    )


def beginning_s(result: ConjunctionResult) -> int:
    """The oracle: SGP4 every second, back from the epoch of the element set."""
    catalog, start = result.inputs.catalog, (result.inputs.start_jd, result.inputs.start_fraction)
    (record,) = catalog[catalog.loc.rows(91202)].to_sgp4()
    return next(s for s in range(4 * 86400, 0, -1) if record.sgp4(start[0], start[1] + s / 86400.0)[0]) + 1


def test_a_primary_that_cannot_be_run_back_to_the_start_is_flown_from_a_later_moment_on(tmp_path: Path):
    result = late([{"norad_id": 91202}, {"name": "STAYING", "elements": CROSSING}])
    begin_s = beginning_s(result)
    assert 3 * 86400 < begin_s < 4 * 86400
    late_one, staying = result.provenance["primaries"]
    assert late_one["flown_days"] * 86400.0 == pytest.approx(4.05 * 86400.0 - begin_s, abs=1.001)
    assert (late_one["failure"], staying["failure"], staying["beginning"]) == (None, None, None)
    assert "SGP4 error 6" in late_one["beginning"]
    (rate,) = result.totals.primaries[0].volumes
    assert rate.count > 3
    assert rate.per_day is None or rate.per_day == pytest.approx(rate.count / late_one["flown_days"])
    (sentence,) = flown_sentences(result.provenance)
    moment = np.datetime64("2025-01-10T12:00") + np.timedelta64(begin_s, "s")
    text = str(moment.astype("datetime64[m]")).replace("T", " ")
    assert sentence.startswith(
        f"91202 was flown from {text} UTC on, {late_one['flown_days']:.2f} of 4.05 days (run back"
    )
    assert sentence in " ".join(repr(result).split())
    (row,) = result.tables["excluded"]
    assert row.took_part[0]
    assert np.isnat(row.valid_until_utc[0])
    assert abs(row.valid_from_utc[0] - moment) <= np.timedelta64(1001, "ms")
    assert row.reason[0].startswith("run back from its epoch, SGP4 error 6")
    assert result.tables["conjunctions"].tca_s.min() >= begin_s - 1.001
    folder = tmp_path / "out"
    result.write(folder)
    text = (folder / "objects.csv").read_text(encoding="utf-8")
    assert "SCREENED_FROM,SCREENED_UNTIL" in text.splitlines()[0]
    assert late_one["flown_from_utc"] in text
    assert read_catalog(folder / "objects.csv").catalog.norad_id.tolist() == result.objects.norad_id.tolist()
    (tmp_path / "late.tle").write_text("\n".join(LATE), encoding="utf-8")
    checked = verify(folder, sample=2000, catalog_files=tmp_path / "late.tle")
    assert checked.passed
    assert checked.held_count > 3


def test_other_objects_that_begin_later_are_counted_apart():
    result = late([{"name": "STAYING", "elements": CROSSING}])
    coverage = result.provenance["coverage"]
    assert (coverage["examined"], coverage["examined_from_later"], coverage["failed_before_start"]) == (
        0,
        1,
        0,
    )
    assert "1 of 1 objects, 1 of them only from a later moment on" in examined_sentence(result.provenance)
    assert result.totals.volumes[0].count > 3
    assert min(result.tables["conjunctions"].tca_s) >= beginning_s(result) - 1.001


def test_an_object_that_begins_after_the_span_is_listed_with_its_beginning():
    crew = [
        {"name": f"STAYING {k}", "elements": CIRCULAR | {"mean_motion_rev_day": 15.0, "raan_deg": 40.0 * k}}
        for k in (1, 2)
    ]
    result = late(crew, span={"start": "2025-01-10T12:00:00Z", "duration_days": 0.5})
    (row,) = result.tables["excluded"]
    assert not row.took_part[0]
    assert row.valid_from_utc[0] > np.datetime64("2025-01-13T12:00")
    assert result.provenance["coverage"]["failed_before_start"] == 1
