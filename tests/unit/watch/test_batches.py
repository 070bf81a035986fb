"""A finished run as a batch: the numbers of its table, the same from memory and from its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.reports import edit, write_results
from support.small import made_up_catalog, small

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.core.time import Time
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.propagation.frames import rtn_basis
from debrissim.watch import Batch, Store, run_batch

WIDE = {"model": "fixed", "fixed_sigma_rtn_km": [100.0, 300.0, 100.0]}


@pytest.fixture(scope="module")
def computed() -> ConjunctionResult:
    return run(small(covariance=WIDE), catalogs=[made_up_catalog(900)])


@pytest.fixture(scope="module")
def batch(computed: ConjunctionResult) -> Batch:
    return run_batch(computed)


def test_the_numbers_are_those_of_the_table(computed: ConjunctionResult, batch: Batch) -> None:
    table = computed.encounters
    assert len(batch.updates) == len(table) > 0
    for row, update in enumerate(batch.updates):
        assert update.primary.key == "25544"
        assert update.secondary.key == str(table.secondary_norad_id[row])
        assert update.secondary.name == table.secondary_name[row]
        assert update.miss_distance_km == table.miss_distance_km[row]
        assert update.probability == table.collision_probability[row]
        assert update.primary_age_days == table.primary_age_days[row]
        # The exact moment, which is rounded to a millisecond in tca_utc.
        assert abs(update.tca - Time.of(table.tca_utc[row])) <= 0.5005e-3
        assert update.relative_position_rtn_km is not None
        assert np.linalg.norm(update.relative_position_rtn_km) == pytest.approx(update.miss_distance_km)


def test_the_covariance_is_the_sum_of_both_in_the_rtn_of_the_primary(
    computed: ConjunctionResult, batch: Batch
) -> None:
    """The model has no correlations along RTN, so that each object's is known from its standard deviations."""
    table = computed.encounters
    for row, update in enumerate(batch.updates):
        own, other = (
            np.diag([table[f"{role}_sigma_{axis}_km"][row] ** 2 for axis in "rtn"])
            for role in ("primary", "secondary")
        )
        states = np.array([update.primary_state, update.secondary_state])
        to_rtn = rtn_basis(states[:, :3], states[:, 3:])
        turn = to_rtn[0] @ to_rtn[1].T
        expected = own + turn @ other @ turn.T
        assert update.covariance_rtn_km2 == pytest.approx(expected[np.tril_indices(3)], rel=1e-9, abs=1e-6)
        found = np.zeros((3, 3))
        found[np.tril_indices(3)] = update.covariance_rtn_km2
        plane = encounter_plane(
            np.array([update.relative_position_rtn_km]),
            np.array([update.relative_velocity_rtn_km_s]),
            (found + np.tril(found, -1).T)[None],
        )
        columns = [table[f"plane_covariance_{axes}_km2"][row] for axes in ("xx", "xy", "yy")]
        assert plane.covariance_km2[0][[0, 0, 1], [0, 1, 1]] == pytest.approx(columns, rel=1e-9, abs=1e-6)


def test_a_folder_gives_the_same_batch(computed: ConjunctionResult, batch: Batch, tmp_path: Path) -> None:
    computed.write(tmp_path / "results")
    assert run_batch(ConjunctionResult.open(tmp_path / "results")) == batch


def test_the_run_of_the_batch(computed: ConjunctionResult, batch: Batch) -> None:
    record = batch.run
    assert record is not None
    assert (record.title, record.complete) == ("An hour of the station", True)
    assert (record.yellow, record.red) == (1e-5, 1e-4)
    assert [craft.key for craft in record.spacecraft] == ["25544"]
    assert record.end - record.start == pytest.approx(0.04 * 86400.0)
    made = Time.of("2030-01-01")
    later = run_batch(computed, made=made)
    assert later.run == replace(record, made=made)
    assert {update.reported for update in later.updates} == {made}


def test_a_later_start_is_the_same_scenario_but_another_run(batch: Batch) -> None:
    scenario = small(covariance=WIDE)
    span = scenario.span.model_copy(update={"start": Time.of("2024-11-02").datetime})
    other = run_batch(run(scenario.model_copy(update={"span": span}), catalogs=[made_up_catalog(900)]))
    assert batch.run is not None
    assert other.run is not None
    assert other.run.scenario_sha256 == batch.run.scenario_sha256
    assert other.run.key != batch.run.key


def test_sampled_objects_have_no_events() -> None:
    sampled = run(small())
    assert len(sampled.encounters) > 0
    assert run_batch(sampled).updates == ()


def test_a_run_twice_is_recorded_once(batch: Batch, tmp_path: Path) -> None:
    with Store.open(tmp_path / "events.sqlite") as store:
        assert store.add(batch).recorded
        assert not store.add(batch).recorded
        assert [store.history(event) for event in store.events()] == [(update,) for update in batch.updates]


def test_a_damaged_folder_is_an_input_error(tmp_path: Path) -> None:
    folder = write_results(tmp_path / "results")
    edit(folder, lambda table: table | {"tca_s": ["x"] * len(table["tca_s"])})
    with pytest.raises(InputError, match=r"conjunctions\.csv: line 2: tca_s"):
        run_batch(ConjunctionResult.open(folder))
