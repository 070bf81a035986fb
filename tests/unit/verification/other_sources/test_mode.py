"""The mode of SGP4: it matters for deep-space orbits of low inclination at their node, and is found there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.catalogs import Elements, crossing_pair, make_catalog
from support.other_lists import approach, record_of, row, run_toml, write_list

from debrissim.catalog import write_omm_csv
from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.other_sources import compare

# Its longitude of the node passes through zero within the span: the modes then are kilometres apart.
DEEP = Elements(4.392686095468884, 0.73, 6.823523535173902, 0.031998223360054645, 174.19868612993955,
                89.17950264101135, 0.0005)  # fmt: skip
TCA_S = 4000.0
TOML = run_toml("Deep space", "ours.csv", 0.1, sphere_km=50.0)


def test_the_mode_of_sgp4_is_found(tmp_path: Path) -> None:
    first, second = crossing_pair(2.0, TCA_S, primary=DEEP, angle_deg=40.0, bstar=0.0)
    catalog = make_catalog(first, second)
    write_omm_csv(catalog, tmp_path / "ours.csv")
    pair = catalog[[0]], catalog[[1]]
    ours, theirs = (approach(*(record_of(each, mode=mode) for each in pair), TCA_S) for mode in "ia")
    assert abs(ours.miss_km - theirs.miss_km) > 0.01
    write_list(tmp_path / "list.csv", [row(pair, theirs)])
    (tmp_path / "run.toml").write_text(TOML, encoding="utf-8")
    run(load_scenario(tmp_path / "run.toml")).write(tmp_path / "out")
    found = compare(tmp_path / "out", tmp_path / "list.csv", catalog_files=tmp_path / "ours.csv").matched
    assert found.causes.tolist() == ["SGP4 mode"]
    assert found.tested.tolist() == [True]
    assert found.counterfactual_miss_km[0] == pytest.approx(theirs.miss_km, abs=6e-4)
    assert found.miss_distance_km[0] == pytest.approx(ours.miss_km, abs=1e-4)
