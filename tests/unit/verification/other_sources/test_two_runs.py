"""Two runs of one sky: what one has and the other lacks is explained from both sides."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import (
    START_FRACTION,
    START_JD,
    Elements,
    crossing_pair,
    elements_through,
    leo,
    make_catalog,
    position_and_rate,
)

from debrissim.catalog import Catalog, write_omm_csv
from debrissim.cli.main import main
from debrissim.conjunctions.run import run
from debrissim.core.time import utc_text
from debrissim.scenario.conjunctions import load_scenario
from debrissim.studies.protocol import open_results
from debrissim.verification.other_sources import Comparison, compare

TOML = """\
title = "{name}"

[span]
start = {start}
duration_days = {days}

[[catalog.sources]]
file = "{file}"

[[primaries]]
norad_id = 700001
hard_body_radius_m = {radius}

[screening]
volumes = [{volume}]
inside = "{inside}"

[covariance]
model = "fixed"
fixed_sigma_rtn_km = {sigmas}

[output]
plots = false
report = false
"""
BALL = '{ name = "ball", sphere_km = 3.0 }'
BASE = {
    "file": "sky.csv",
    "days": 0.1,
    "radius": 70.0,
    "volume": BALL,
    "inside": "any moment",
    "sigmas": "[0.5, 1.0, 0.5]",
    "start": utc_text(START_JD, START_FRACTION),
}
# Misses and moments of the objects 700002, ...: straight above, and one that climbs through a flat box.
PASSES = ((1.0, 1000.0), (2.5, 2000.0), (4.0, 3000.0), (0.4, 9500.0))


def sky() -> Catalog:
    station = leo(norad_id=700001)
    others = [crossing_pair(miss, tca_s, primary=station)[1] for miss, tca_s in PASSES]
    return make_catalog(station, *others)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("two")
    write_omm_csv(sky(), work / "sky.csv")
    write_omm_csv(sky()[[0, 1, 3, 4]], work / "less.csv")
    return work


def results(folder: Path, name: str, **changes: object) -> Path:
    """The results folder of a run with keys changed; each is computed once."""
    if not (folder / name).exists():
        (folder / f"{name}.toml").write_text(TOML.format(**BASE | {"name": name} | changes), encoding="utf-8")
        run(load_scenario(folder / f"{name}.toml")).write(folder / name)
    return folder / name


def compared(folder: Path, one: Path, other: Path) -> Comparison:
    return compare(one, other, catalog_files=[folder / "sky.csv", folder / "less.csv"])


def causes(comparison: Comparison, side: str) -> dict[int, str]:
    table = comparison.missing[comparison.missing.missing_in == side]
    return dict(zip(table.second_norad_id.tolist(), table.causes.tolist(), strict=True))


def test_equal_runs_agree(folder: Path) -> None:
    base = results(folder, "base")
    found = compared(folder, base, results(folder, "again"))
    assert found.matched.agrees.all()
    assert len(found.matched) == 2
    assert len(found.missing) == 0
    assert found.matched.probability_causes.tolist() == ["", ""]
    assert found.answer["differences"] == 0


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("wide", {"volume": '{ name = "wide", sphere_km = 4.5 }'}, {700004: "outside the volume"}),
        ("long", {"days": 0.12}, {700005: "outside the span"}),
    ],
)
def test_what_the_other_run_has_is_explained_both_ways(
    folder: Path, name: str, changes: dict[str, object], expected: dict[int, str]
) -> None:
    base, other = results(folder, "base"), results(folder, name, **changes)
    assert causes(compared(folder, base, other), "results") == expected
    assert causes(compared(folder, other, base), "other") == expected
    for found in (compared(folder, base, other), compared(folder, other, base)):
        assert found.missing.tested.tolist() == [True]


def test_an_object_of_one_catalogue_alone(folder: Path) -> None:
    base, less = results(folder, "base"), results(folder, "less", file="less.csv")
    assert causes(compared(folder, less, base), "results") == {700003: "not in the catalogue"}
    assert causes(compared(folder, base, less), "other") == {700003: "not in the catalogue"}


def climbing(station: Elements) -> Elements:
    """An object that passes 0.8 km above, and climbs through the station's altitude 30 km before that."""
    position, rate = position_and_rate(station, 2000.0)
    up, ahead = position / np.linalg.norm(position), rate / np.linalg.norm(rate)
    across = np.cross(up, ahead)
    relative = 6.3 * across - 3.4 * ahead + 0.2 * up
    away = np.cross(relative, ahead)
    away *= np.sign(away @ up) / np.linalg.norm(away)
    return elements_through(position + 0.8 * away, rate + relative, 2000.0)


def test_inside_at_any_moment_or_at_tca(folder: Path) -> None:
    """In a flat box some kilometres before TCA, and above it then."""
    box = '{ name = "box", box_km = [0.4, 44.0, 51.0] }'
    station = leo(norad_id=700001)
    write_omm_csv(make_catalog(station, climbing(station)), folder / "flat.csv")
    ever = results(folder, "ever", file="flat.csv", volume=box)
    tca = results(folder, "tca", file="flat.csv", volume=box, inside="tca")
    for one, other in ((tca, ever), (ever, tca)):
        found = compare(one, other, catalog_files=folder / "flat.csv").missing
        assert found.causes.tolist() == ["inside at another moment than TCA"]
        assert found.tested.tolist() == [True]
        assert found.miss_distance_km[0] == pytest.approx(0.8, abs=0.2)


def test_radius_and_covariance_change_the_probability(folder: Path) -> None:
    base = results(folder, "base")
    for name, changes, expected in (
        ("thin", {"radius": 7.0}, "other hard-body radius"),
        ("sharp", {"sigmas": "[0.4, 0.7, 0.4]"}, "other covariance"),
        ("both", {"radius": 7.0, "sigmas": "[0.4, 0.7, 0.4]"}, "other hard-body radius;other covariance"),
    ):
        matched = compared(folder, base, results(folder, name, **changes)).matched
        assert matched.agrees.all()
        differing = np.array([bool(text) for text in matched.probability_causes])
        assert differing[0]
        assert set(matched.probability_causes[differing]) == {expected}
        assert all(matched.probability_tested[differing])
        assert matched.counterfactual_probability[differing] == pytest.approx(
            matched.other_collision_probability[differing], rel=1e-6
        )


def test_a_folder_is_written_and_opened_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, wide = results(folder, "base"), results(folder, "wide", volume='{ name = "wide", sphere_km = 4.5 }')
    out = folder / "written"
    code = main(
        ["compare", str(base), str(wide), "--catalog", str(folder / "sky.csv"), "--out", str(out), "--quiet"]
    )
    assert code == 0
    opened = open_results(out)
    assert opened.kind == "comparison"
    assert len(opened.tables["matched"]) == 2
    assert opened.tables["missing"].causes.tolist() == ["outside the volume"]
    assert opened.terminal_lines()[0].startswith("Of 3 events in the other results, 3 concern objects")
    assert main(["compare", str(base), str(wide), "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["plot", str(out)]) == 0
    assert [path.name for path in (out / "plots").iterdir()] == ["misses_compared.png"]


def test_without_the_other_catalogue_nothing_is_claimed_of_it(folder: Path) -> None:
    shutil.copy(folder / "less.csv", folder / "gone.csv")
    base, less = results(folder, "base"), results(folder, "gone", file="gone.csv")
    (folder / "gone.csv").unlink()
    found = compare(base, less, catalog_files=folder / "sky.csv")
    assert causes(found, "other") == {700003: "not determined"}
    assert found.missing.tested.tolist() == [False]
    assert "not available" in found.answer["notes"][0]
