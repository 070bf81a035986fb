"""Runs whose objects fly ephemerides: gaps are listed and said, and nothing is taken for screened that was not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.csv_text import read_csv
from support.flown_scenarios import HOUR_S, fleet_toml, write_fleet

from debrissim.cli.main import main
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError, ScenarioError
from debrissim.results.export import get_format
from debrissim.scenario.conjunctions import load_scenario
from debrissim.watch.series import follow_encounters


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    write_fleet(folder)
    (folder / "all.toml").write_text(fleet_toml(), encoding="utf-8")
    run(load_scenario(folder / "all.toml")).write(folder / "out")
    return folder


def test_every_gap_is_listed(fleet: Path):
    gaps = read_csv(fleet / "out" / "gaps.csv")
    numbers = read_csv(fleet / "crowd.csv")["NORAD_CAT_ID"]
    found = list(zip(gaps["norad_id"], map(float, gaps["begin_s"]), map(float, gaps["end_s"]), strict=True))
    expected = [
        (numbers[1], 0.0, 600.0), (numbers[1], 2400.0, 2700.0), (numbers[2], 0.0, HOUR_S), (numbers[3], 0.0, HOUR_S),
    ]  # fmt: skip
    assert [number for number, _, _ in found] == [number for number, _, _ in expected]
    for (_, begin, end), (_, first, last) in zip(found, expected, strict=True):
        assert (begin, end) == pytest.approx((first, last), abs=1e-3)
    excluded = read_csv(fleet / "out" / "excluded.csv")
    assert excluded["norad_id"] == numbers[1:4]
    assert set(excluded["status"]) == {"20"}
    assert excluded["took_part"] == ["true", "false", "false"]
    assert excluded["valid_from_utc"][1:] == ["", ""]


def test_the_answer_says_what_was_not_covered(fleet: Path):
    provenance = json.loads((fleet / "out" / "summary.json").read_text(encoding="utf-8"))["provenance"]
    assert provenance["coverage"]["examined_in_part"] == 1
    assert provenance["coverage"]["not_covered"] == 2
    assert provenance["coverage"]["failed_before_start"] == 0
    assert provenance["counts"]["not_covered"] == 3
    assert provenance["counts"]["failed_sgp4"] == 0
    lines = " ".join(ConjunctionResult.open(fleet / "out").terminal_lines())
    assert "NOT COVERED: 3 objects were not screened over the whole span (gaps.csv)" in lines
    assert "118 of 120 objects" in lines


def test_a_primary_is_said_to_be_flown_as_far_as_its_ephemeris_goes(fleet: Path):
    number = read_csv(fleet / "crowd.csv")["NORAD_CAT_ID"][1]
    text = fleet_toml("") + f'\n[[primaries]]\nnorad_id = {number}\nephemeris = "fleet/1.oem"\n'
    (fleet / "one.toml").write_text(text, encoding="utf-8")
    result = run(load_scenario(fleet / "one.toml"))
    (primary,) = result.provenance["primaries"]
    assert primary["flown_days"] == pytest.approx(2700.0 / 86400.0, abs=1e-6)
    assert primary["gap_days"] == pytest.approx(300.0 / 86400.0, abs=1e-6)
    assert result.provenance["gaps"]["objects"] == 2
    assert any("with gaps, 0.03 of 0.0416667 days" in limit for limit in result.verdict.limits)


@pytest.mark.parametrize("format", ["oem", "czml"])
def test_arcs_of_objects_with_ephemerides_are_not_exported_from_element_sets(
    fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, format: str
):
    """Without the ephemerides there is no export; from Python, the format alone names the function that reads them."""
    monkeypatch.setenv("COLUMNS", "1000")
    objects = read_csv(fleet / "out" / "objects.csv")
    flown = [number for number, by in zip(objects["NORAD_CAT_ID"], objects["FLOWN_BY"], strict=True) if by]
    assert flown
    arguments = ["export", str(fleet / "out"), "--format", format, "--out", str(fleet / f"to.{format}")]
    (fleet / "fleet").rename(fleet / "moved")
    try:
        assert main(arguments) == 2
    finally:
        (fleet / "moved").rename(fleet / "fleet")
    error = capsys.readouterr().err
    assert "needs its ephemeris; give with --ephemeris the file" in error
    assert error.count("\n") == 1
    with pytest.raises(InputError, match=rf"but object {flown[0]} .*debrissim\.conjunctions\.export_run"):
        get_format(format).write(fleet / "out", fleet / f"to.{format}")
    assert not (fleet / f"to.{format}").exists()
    assert (
        main(["export", str(fleet / "out"), "--format", "json", "--out", str(fleet / "to.json"), "--force"])
        == 0
    )


def test_encounters_are_not_followed_without_the_ephemerides(fleet: Path):
    with pytest.raises(ScenarioError, match=r"^catalog\.sources\[2\]\.ephemerides: track follows"):
        follow_encounters(fleet / "all.toml", [fleet / "crowd.csv", fleet / "crowd.csv"])
    text = fleet_toml().replace(
        ', { ephemerides = ["fleet/*.oem", "fleet/3.opm"] }]', ']\npolicy = "segments"'
    )
    (fleet / "segments.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"^catalog\.policy: track expected one element set"):
        follow_encounters(fleet / "segments.toml", [fleet / "crowd.csv", fleet / "crowd.csv"])


def test_a_primary_with_a_single_state_is_refused(
    fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "1000")
    number = read_csv(fleet / "crowd.csv")["NORAD_CAT_ID"][3]
    text = fleet_toml("") + f'\n[[primaries]]\nnorad_id = {number}\nephemeris = "fleet/3.opm"\n'
    (fleet / "single.toml").write_text(text, encoding="utf-8")
    assert main(["run", str(fleet / "single.toml"), "-q", "--out", str(fleet / "none")]) == 2
    error = capsys.readouterr().err
    assert "primaries[1].ephemeris: expected an ephemeris with two states or more" in error
    assert error.count("\n") == 1
