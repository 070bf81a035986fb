"""The policy by which a run chooses among several element sets of an object."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD
from support.flown_scenarios import history_toml, write_history

from debrissim.catalog import days_since, read_catalog
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.scenario import load_scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("policy")
    write_history(made, 12)
    return made


def inputs_by(policy: str, folder: Path) -> RunInputs:
    path = folder / f"{policy}.toml"
    path.write_text(history_toml().replace('policy = "segments"', f'policy = "{policy}"'), encoding="utf-8")
    return load_inputs(load_scenario(path))


@pytest.mark.parametrize("policy", ["latest", "nearest-epoch"])
def test_one_element_set_of_each_object(policy: str, folder: Path) -> None:
    inputs = inputs_by(policy, folder)
    assert inputs.flights is None
    assert len(inputs.catalog) == 12
    listed = read_catalog(folder / "history.csv").catalog
    age = days_since(listed, START_JD, START_FRACTION)
    for number, epoch in zip(
        inputs.catalog.norad_id.tolist(),
        days_since(inputs.catalog, START_JD, START_FRACTION).tolist(),
        strict=True,
    ):
        own = age[listed.norad_id == number]
        # Every first set is older than the start, the later ones follow within the hour.
        past = own[own <= 0.0]
        latest = past.max() if past.size else own.min()
        expected = latest if policy == "latest" else own[np.argmin(np.abs(own))]
        assert epoch == pytest.approx(expected, abs=1e-9)


def test_the_default_is_the_latest(folder: Path) -> None:
    path = folder / "default.toml"
    path.write_text(history_toml().replace('policy = "segments"', ""), encoding="utf-8")
    default, latest = load_inputs(load_scenario(path)), inputs_by("latest", folder)
    for name, column in latest.catalog.columns().items():
        assert np.array_equal(np.asarray(column), np.asarray(default.catalog.columns()[name])), name


def test_segments_follow_each_other_at_the_epochs(folder: Path) -> None:
    inputs = inputs_by("segments", folder)
    flights, listed = inputs.flights, read_catalog(folder / "history.csv").catalog.norad_id
    assert flights is not None
    several = [(listed == number).sum() > 1 for number in inputs.catalog.norad_id.tolist()]
    assert sum(several) == 6
    for row in np.flatnonzero(several).tolist():
        arcs = np.flatnonzero(flights.row == row)
        assert arcs.size >= 12
        assert (flights.begin_s[arcs[0]], flights.end_s[arcs[-1]]) == (-np.inf, np.inf)
        assert np.array_equal(flights.begin_s[arcs[1:]], flights.end_s[arcs[:-1]])
        epoch_s = 86400.0 * days_since(flights.sets[arcs[1:]], START_JD, START_FRACTION)
        assert np.abs(epoch_s - flights.begin_s[arcs[1:]]).max() < 1e-3
    alone = np.flatnonzero(~np.isin(flights.row, np.flatnonzero(several)))
    assert (flights.begin_s[alone] == -np.inf).all()
    assert (flights.end_s[alone] == np.inf).all()
