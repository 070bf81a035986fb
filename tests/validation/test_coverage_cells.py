"""The cells of regime and age: their coverage, its interval, and whether any sigma could do better."""

from __future__ import annotations

import csv
import sys

import numpy as np
import pytest
from support.paths import ROOT
from support.shared import shared_path

if not (ROOT / "benchmarks" / "__main__.py").is_file():
    pytest.skip("no benchmarks folder next to the tests", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from benchmarks.covariance_calibration import pairs as data
from benchmarks.covariance_calibration.cells import COMPONENTS, CellCoverage, cell_coverage, cells
from debrissim.uncertainty.calibrated_errors import bundled_calibration


def _gaussian(objects: int, pairs_each: int, common: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Distances (m, 4) of unit errors of which `common` is the variance that all pairs of an object share."""
    rng = np.random.default_rng(3)
    number = np.repeat(np.arange(objects), pairs_each)
    own = rng.normal(size=(objects, 3))[number]
    error = np.sqrt(common) * own + np.sqrt(1.0 - common) * rng.normal(size=(number.size, 3))
    return np.column_stack([np.abs(error), np.linalg.norm(error, axis=1)]), number


def test_gaussian_errors_have_the_stated_coverage():
    cell = cell_coverage(*_gaussian(2000, 3))
    assert cell.objects == 2000
    assert cell.pairs == 6000
    assert cell.within == pytest.approx(np.tile([0.6827, 0.9545, 0.9973], (4, 1)), abs=0.015)
    assert ((cell.low <= cell.within) & (cell.within <= cell.high)).all()
    assert cell.inside.all()
    assert cell.overlaps.all()
    assert cell.one_size.all()
    assert (cell.exact > 0.99).all()


def test_the_interval_is_that_of_objects_not_of_pairs():
    """Pairs of one object that err alike are one observation: sqrt(20) wider than of as many objects of one pair."""
    alike, apart = (cell_coverage(*_gaussian(100, 20, common)) for common in (0.999, 0.0))
    width = [(cell.high - cell.low)[:3, 0].mean() for cell in (alike, apart)]
    assert width[0] / width[1] == pytest.approx(np.sqrt(20.0), rel=0.35)
    assert (alike.exact[:, 0] < apart.exact[:, 0]).all()


def test_errors_of_one_size_and_tails_fit_no_sigma():
    """A drift of all objects alike lies within one sigma as a whole or not at all; heavy tails need two sigmas."""
    rng = np.random.default_rng(4)
    drift = np.column_stack([np.abs(1.0 + 0.1 * rng.normal(size=4000))] * 4)
    tails = np.column_stack([np.abs(rng.standard_cauchy(4000))] * 4)
    assert not cell_coverage(drift, np.arange(4000)).one_size[0]
    assert not cell_coverage(tails, np.arange(4000)).one_size[0]


def _summary(found: list[CellCoverage]) -> tuple[float, float]:
    return tuple(float(np.mean([getattr(c, name) for c in found])) for name in ("inside", "overlaps"))


def test_cells_of_the_half_for_testing():
    """The table in benchmarks/covariance_calibration is that of the model; what holds of it must go on holding."""
    shared_path(data.EVENTS)
    catalog, pairs = data.load_pairs()
    pairs = pairs[data.is_test_object(catalog.norad_id[pairs.older])]
    found = list(cells(bundled_calibration(), catalog, pairs))
    with (data.HERE / "cells.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["tested_on"] == "test"]
    assert len(rows) == len(COMPONENTS) * len(found)
    ours = [f"{100.0 * x:.1f}" for *_, cell in found for x in cell.within[:, 0]]
    assert np.array(ours, dtype=float) == pytest.approx([float(r["1_sigma"]) for r in rows], abs=0.51)
    passive = [cell for objects, *_, cell in found if objects == "passive"]
    calm = [cell for objects, *_, cell in found if objects == "all but thrusting"]
    assert len(passive) == 28
    inside, overlaps = _summary(passive)
    assert inside > 0.58
    assert overlaps > 0.92
    inside, overlaps = _summary(calm)
    assert inside > 0.54
    assert overlaps > 0.88
