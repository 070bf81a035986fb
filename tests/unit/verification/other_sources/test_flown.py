"""Runs whose objects fly ephemerides or several element sets, beside runs of the same objects by one set each."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.flown_scenarios import fleet_toml, history_toml, write_fleet, write_history

from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.other_sources import Comparison, compare


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("flown")
    write_fleet(work)
    write_history(work)
    plain = fleet_toml().replace(', { ephemerides = ["fleet/*.oem", "fleet/3.opm"] }', "")
    for name, text in (("all", fleet_toml()), ("plain", plain), ("history", history_toml())):
        (work / f"{name}.toml").write_text(text, encoding="utf-8")
        run(load_scenario(work / f"{name}.toml")).write(work / f"out-{name}")
    return work


def compared(folder: Path, one: str, other: str) -> Comparison:
    return compare(
        folder / f"out-{one}",
        folder / f"out-{other}",
        catalog_files=[folder / "crowd.csv"],
        ephemeris_files=sorted((folder / "fleet").iterdir()),
    )


def test_a_run_of_ephemerides_against_one_of_element_sets(folder: Path) -> None:
    found = compared(folder, "all", "plain")
    lacking = found.missing[found.missing.missing_in == "results"]
    assert set(lacking.causes) == {"not covered by an ephemeris"}
    assert all(lacking.tested)
    assert all("gaps.csv" in text for text in lacking.explanation)
    # The interpolation of an ephemeris differs from SGP4 by less than the digits of a folder, or is named.
    assert found.matched.agrees.mean() > 0.9
    for text in found.matched[~found.matched.agrees].explanation:
        assert "(here: an ephemeris)" in text


def test_several_sets_per_object_agree_with_themselves(folder: Path) -> None:
    found = compare(folder / "out-history", folder / "out-history", catalog_files=[folder / "history.csv"])
    assert found.matched.agrees.all()
    assert len(found.missing) == 0
