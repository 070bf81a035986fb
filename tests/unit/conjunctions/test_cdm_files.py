"""Messages in and out of a run: events reported by CDMs, and CDMs of the encounters."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.cdm_oracle import assert_same
from support.cdm_samples import kvn
from support.small import SMALL_TOML, made_up_catalog

from debrissim.cdm import cdm_kvn, parse_cdm, read_cdm
from debrissim.cdm.assess import assess_cdms
from debrissim.cli.main import main
from debrissim.conjunctions.cdm_files import conjunctions_above
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.report.read_views import read_messages, read_run
from debrissim.results.schema.conjunctions import EVENTS
from debrissim.scenario.conjunctions import parse_scenario

# Errors so wide that an hour's encounters have probabilities worth a message.
WIDE = SMALL_TOML + '\n[covariance]\nmodel = "fixed"\nfixed_sigma_rtn_km = [60.0, 90.0, 70.0]\n'


@pytest.fixture(scope="module")
def result() -> ConjunctionResult:
    return run(parse_scenario(tomllib.loads(WIDE)), catalogs=[made_up_catalog(600)])


def test_sampled_objects_have_no_messages(tmp_path: Path) -> None:
    sampled = run(parse_scenario(tomllib.loads(WIDE.replace("[output]", "[output]\ncdm_above = 1e-300"))))
    assert len(sampled.screening.encounters) >= 10
    sampled.write(tmp_path / "out")
    assert list((tmp_path / "out" / "cdm").iterdir()) == []


def test_a_message_agrees_with_the_run(result: ConjunctionResult) -> None:
    encounters, risk = result.screening.encounters, result.assessment.probability
    conjunctions = conjunctions_above(1e-300, encounters, result.assessment, result.inputs)
    assert len(conjunctions) == len(encounters) >= 10
    for reported, value, miss, speed, relative in zip(
        conjunctions,
        risk.value,
        encounters.miss_distance_km,
        encounters.relative_speed_km_s,
        encounters.relative_position_rtn_km,
        strict=True,
    ):
        assert reported.collision_probability == value
        assert np.linalg.norm(reported.relative_state_rtn[:3]) == pytest.approx(miss, rel=1e-9)
        assert np.linalg.norm(reported.relative_state_rtn[3:]) == pytest.approx(speed, rel=1e-9)
        assert reported.relative_state_rtn[:3] == pytest.approx(relative, abs=1e-6)
    # Assessed again from the message alone, the probability is the run's.
    again = assess_cdms(conjunctions, methods=["foster"])
    assert [r.value_of("foster") for r in again] == pytest.approx(risk.value.tolist(), rel=1e-6)


def test_only_encounters_above_the_threshold(result: ConjunctionResult) -> None:
    value = result.assessment.probability.value
    threshold = float(np.median(value))
    conjunctions = conjunctions_above(
        threshold, result.screening.encounters, result.assessment, result.inputs
    )
    assert 0 < len(conjunctions) == int((value >= threshold).sum()) < len(value)
    assert min(c.collision_probability for c in conjunctions) >= threshold


@pytest.mark.parametrize(
    ("file_format", "endings"), [("kvn", {".cdm"}), ("xml", {".xml"}), ("both", {".cdm", ".xml"})]
)
def test_a_run_writes_messages_that_two_readers_read(
    result: ConjunctionResult, tmp_path: Path, file_format: str, endings: set[str]
) -> None:
    output = result.scenario.output.model_copy(update={"cdm_above": 1e-9, "cdm_format": file_format})
    changed = result.scenario.model_copy(update={"output": output})
    from dataclasses import replace

    replace(result, scenario=changed).write(tmp_path / "out")
    files = sorted((tmp_path / "out" / "cdm").iterdir())
    assert {path.suffix for path in files} == endings
    assert len(files) == len(endings) * int((result.assessment.probability.value >= 1e-9).sum()) > 0
    for path in files:
        text = path.read_text(encoding="utf-8")
        (message,) = read_cdm(path)
        assert_same(message, text)
        assert message.originator == "DEBRISSIM"
        assert message.collision_probability_method == "FOSTER-1992"
        assert message.primary.designator == "25544"
        assert message.secondary.catalog_name == "SATCAT"
        comments = " ".join(message.comments)
        assert "SYNTHETIC" not in comments
        assert "modelled" in comments
        assert message.hard_body_radius_m > 70.0
        assert not message.primary.has_velocity_covariance
        assert "the covariance of OBJECT1 is a default" in " ".join(message.notes)


def test_a_message_states_entry_and_exit(result: ConjunctionResult) -> None:
    encounters, inputs = result.screening.encounters, result.inputs
    conjunctions = conjunctions_above(1e-300, encounters, result.assessment, inputs)
    start = np.datetime64(utc_text(inputs.start_jd, inputs.start_fraction).removesuffix("Z"), "ms")
    for k, message in enumerate(conjunctions):
        (again,) = parse_cdm(cdm_kvn(message).encode(), "message")
        for keyword, moment in (("ENTRY", encounters.entry_s[k]), ("EXIT", encounters.exit_s[k])):
            stated = again.other.get(f"SCREEN_{keyword}_TIME")
            assert (stated is None) == bool(np.isnan(moment))
            if stated is not None:
                assert abs((np.datetime64(stated, "ms") - start) / np.timedelta64(1, "s") - moment) <= 0.002
        assert any("half-widths in RTN [km]: wide (sphere of 600)" in comment for comment in again.comments)
    assert np.isfinite(encounters.entry_s).any()


def test_no_messages_are_written_by_default(result: ConjunctionResult, tmp_path: Path) -> None:
    result.write(tmp_path / "out")
    assert not (tmp_path / "out" / "cdm").exists()
    assert not (tmp_path / "out" / "events.csv").exists()
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["events"] == []


def test_events_of_messages_are_in_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    text = kvn(OBJECT1_Z="10.0", OBJECT2_Z="10.0")
    Path("in/event.cdm").write_text(text + text, encoding="utf-8")
    events = '[[events]]\nfile = "event.cdm"\nhard_body_radius_m = 20.0\n\n'
    Path("in/s.toml").write_text(SMALL_TOML.replace("[output]", events + "[output]"), encoding="utf-8")
    assert main(["run", "in/s.toml", "--out", "out"]) == 0
    assert (
        capsys.readouterr().out.count(
            "message: ISS (ZARYA) and FRAGMENT [TANK], 2024-11-02 03:04:05 UTC: 1 in"
        )
        == 2
    )
    with Path("out/events.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [column.name for column in EVENTS.columns]
    (expected,) = assess_cdms(read_cdm("in/event.cdm")[:1], hard_body_radius_m=20.0)
    assert [row["method"] for row in rows] == 2 * [value.method for value in expected.values]
    assert float(rows[0]["collision_probability"]) == expected.value_of("foster")
    assert [row["chosen"] for row in rows if row["method"] == "foster"] == ["true", "true"]
    assert {row["file"] for row in rows} == {"event.cdm"}
    assert rows[0]["stated_probability"] == "4.835e-05"
    events_in_summary = json.loads(Path("out/summary.json").read_text())["events"]
    assert [event["message_id"] for event in events_in_summary] == ["MADE-UP-1", "MADE-UP-1"]
    assert events_in_summary[0]["methods"][0]["collision_probability"] == expected.value_of("foster")


EVENTS_ALONE = """\
title = "A message and nothing else"

[[events]]
file = "event.cdm"
hard_body_radius_m = 20.0
"""


def test_a_scenario_of_events_alone_needs_no_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # A miss of 60 m at 14.8 km/s, at which no curve is empty.
    Path("event.cdm").write_text(kvn(OBJECT2_X="7000.05", OBJECT2_Y="0.03"), encoding="utf-8")
    Path("s.toml").write_text(EVENTS_ALONE, encoding="utf-8")
    assert main(["run", "s.toml", "--out", "out"]) == 0
    shown = capsys.readouterr().out
    assert "message: ISS (ZARYA) and FRAGMENT [TANK], 2024-11-02 03:04:05 UTC: 1 in" in shown
    # Without a screening there is no rate and no cumulative probability.
    assert "per year" not in shown
    assert "cumulative" not in shown
    summary = json.loads(Path("out/summary.json").read_text())
    assert summary["totals"]["volumes"] == []
    assert summary["provenance"]["span"]["start_utc"].startswith("2024-11-02T03:04:05")
    assert summary["provenance"]["catalogue"]["objects"] == 0
    (expected,) = assess_cdms(read_cdm("event.cdm"), hard_body_radius_m=20.0)
    with Path("out/events.csv").open(newline="") as stream:
        (row,) = [row for row in csv.DictReader(stream) if row["method"] == "foster"]
    assert float(row["plane_miss_x_km"]) == expected.plane.miss_km[0, 0]
    names = ("dilution_curve", "encounter_plane")
    assert sorted(path.name for path in Path("out/plots").iterdir()) == [
        f"event_0_{name}.png" for name in names
    ]
    (data,) = read_messages(Path("out"), read_run(Path("out")))
    assert data.top is not None
    assert data.top.probability == expected.value_of("foster")
    assert data.top.dilution_probability.max() == pytest.approx(expected.maximum, rel=1e-2)
    first = {path.name: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    assert main(["run", "s.toml", "--out", "again", "--quiet"]) == 0
    second = {path.name: path.read_bytes() for path in Path("again").rglob("*") if path.is_file()}
    assert {name for name in first if first[name] != second[name]} == {"run.json"}


def test_events_alone_take_no_catalogue_and_no_events_need_primaries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("event.cdm").write_text(kvn(), encoding="utf-8")
    Path("s.toml").write_text(EVENTS_ALONE, encoding="utf-8")
    Path("some.3le").touch()
    assert main(["run", "s.toml", "--catalog", "some.3le"]) == 2
    assert "expected at least one [[primaries]] table to use a catalogue with" in capsys.readouterr().err
    Path("s.toml").write_text('title = "Nothing"\n', encoding="utf-8")
    assert main(["run", "s.toml"]) == 2
    assert "expected at least one [[primaries]] or [[events]] table" in capsys.readouterr().err


def test_a_bad_message_stops_the_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.toml").write_text(SMALL_TOML + '\n[[events]]\nfile = "none.cdm"\n', encoding="utf-8")
    assert main(["run", "s.toml"]) == 2
    assert capsys.readouterr().err.splitlines() == ["debrissim: none.cdm: no such file"]
    Path("none.cdm").write_text(kvn(), encoding="utf-8")
    assert main(["run", "s.toml"]) == 2
    assert "none.cdm: states no combined hard-body radius" in capsys.readouterr().err
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[events]]\nfile = "a.cdm"\nhbr = 1.0', "unknown key 'events[1].hbr'; did you mean"),
        ("[[events]]\nhard_body_radius_m = 1.0", "events[1].file: is missing"),
        ('[[events]]\nfile = "a.cdm"\nhard_body_radius_m = 0.0', "events[1].hard_body_radius_m: expected"),
    ],
)
def test_events_are_checked_like_every_table(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_scenario(tomllib.loads(f"{SMALL_TOML}\n{text}"))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(("key", "value"), [("cdm_above", 0.0), ("cdm_above", 2.0), ("cdm_format", "pdf")])
def test_output_keys_are_checked(key: str, value: object) -> None:
    content = tomllib.loads(SMALL_TOML)
    content["output"][key] = value
    with pytest.raises(InputError, match=f"output.{key}: expected"):
        parse_scenario(content)
