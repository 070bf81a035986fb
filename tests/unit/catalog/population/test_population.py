"""The population model: its file, the objects sampled from it, and what a fit preserves. Needs no real catalogue."""

from __future__ import annotations

import dataclasses
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.catalogs import geo, leo, make_catalog, molniya
from support.oracle import Clock, satrecs_of

from debrissim.catalog import Catalog, ObjectKind, identifier, read_catalog, write_omm_csv
from debrissim.catalog.kinds import classify
from debrissim.catalog.population.density import spatial_density_per_km3
from debrissim.catalog.population.fit import LOWEST_PERIGEE_KM, fit_population
from debrissim.catalog.population.groups import MIN_OBJECTS
from debrissim.catalog.population.model import (
    BUNDLED_POPULATIONS,
    PopulationModel,
    bstar_coordinate,
    bstar_from_coordinate,
    bundled_population,
    read_population,
)
from debrissim.catalog.population.synthesis import synthesize
from debrissim.catalog.stations import at_crewed_station
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.errors import InputError

EPOCH = (2460700.5, 0.3)


def sample(count: int, seed: int = 1, model: PopulationModel | None = None) -> Catalog:
    return synthesize(model or bundled_population(), count, np.random.default_rng(seed), *EPOCH)


@pytest.fixture(scope="module")
def full() -> Catalog:
    return sample(bundled_population().object_count)


def as_if_real(catalog: Catalog) -> Catalog:
    """The same elements under names and numbers of real objects, so that a fit accepts them."""
    return catalog.with_columns(
        name=np.char.replace(catalog.name, "SYNTHETIC ", ""),
        norad_id=np.arange(len(catalog)) + 1,
    )


def assert_same(one: Catalog, two: Catalog) -> None:
    for field in dataclasses.fields(Catalog):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(two, field.name), err_msg=field.name)


# --- the shipped table -----------------------------------------------------------------------------


def test_the_shipped_table_is_small_and_names_its_source() -> None:
    data = (files("debrissim.catalog.population") / "data" / BUNDLED_POPULATIONS["bundled"]).read_bytes()
    assert len(data) < 300_000
    model = bundled_population()
    assert "2024-11-01" in model.title
    assert model.source_epoch_utc == "2024-10-31T22:00"
    assert 26_000 < model.object_count < 26_834
    assert {reason.split()[0] for reason, _ in model.excluded} == {"at", "perigee"}
    assert model.object_count + sum(count for _, count in model.excluded) == 26_834


@pytest.mark.parametrize("name", BUNDLED_POPULATIONS)
def test_no_box_of_a_shipped_table_describes_a_single_object(name: str) -> None:
    assert bundled_population(name).bins.count.min() >= MIN_OBJECTS


def test_the_population_of_2022_is_that_before_the_breakup_of_cosmos_1408() -> None:
    model = bundled_population("bundled-2022")
    assert dict(model.excluded)["fragments of Cosmos 1408"] == 1214
    assert not any("1408" in group.parent_event for group in model.groups)
    assert model.object_count + sum(count for _, count in model.excluded) == 23_939
    with pytest.raises(InputError, match="expected one of bundled, bundled-2022"):
        bundled_population("bundled-2009")


def test_a_fit_leaves_out_only_breakups_that_are_in_the_catalogue() -> None:
    names = ["FENGYUN 1C DEB"] * 20 + ["COSMOS 1408 DEB"] * 30
    kinds, events = classify(names, [""] * 50, None)
    model = bundled_population()
    catalog = synthesize(model, 50, np.random.default_rng(1), 2460615.5, 0.0).with_columns(
        norad_id=np.arange(1, 51),
        object_kind=kinds,
        parent_event=events,
        name=np.array(names),
    )
    fitted = fit_population(catalog, "test", without_events=["Cosmos 1408"])
    assert {group.parent_event for group in fitted.groups} <= {"Fengyun 1C", ""}
    assert dict(fitted.excluded)["fragments of Cosmos 1408"] == 30
    with pytest.raises(InputError, match="no fragment of 'Iridium 33'"):
        fit_population(catalog, "test", without_events=["Iridium 33"])


def test_the_model_file_round_trips_to_the_same_bytes(tmp_path: Path) -> None:
    original = (files("debrissim.catalog.population") / "data" / BUNDLED_POPULATIONS["bundled"]).read_bytes()
    bundled_population().write(tmp_path / "one.csv")
    read_population(tmp_path / "one.csv").write(tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes() == original


@pytest.mark.parametrize(("length", "accepted"), [(100, True), (101, False)])
def test_names_of_sampled_objects_are_short_enough_for_a_catalogue_file(
    length: int, accepted: bool, tmp_path: Path
) -> None:
    model = bundled_population()
    group = dataclasses.replace(model.groups[0], tag="X" * length)
    named = dataclasses.replace(model, groups=(group, *model.groups[1:]))
    named.write(tmp_path / "population.csv")
    if not accepted:
        with pytest.raises(InputError, match="tag: expected at most 100 characters, got 101"):
            read_population(tmp_path / "population.csv")
        return
    catalog = sample(300, model=read_population(tmp_path / "population.csv"))
    assert np.char.str_len(catalog.name).max() > length
    write_omm_csv(catalog, tmp_path / "sample.csv")
    assert len(read_catalog(tmp_path / "sample.csv")) == 300


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: "", "expected a population table"),
        (lambda text: text.replace("population,1", "population,9", 1), "format version 1"),
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda text: text.replace("object_count,", "object_count,1", 1), "object_count"),
        (lambda text: text.replace("section,bins", "section,buns", 1), "damaged"),
        (lambda text: text.replace(",debris,", ",rubbish,"), "damaged"),
    ],
)
def test_damaged_tables_are_refused_by_name(tmp_path: Path, change: object, message: str) -> None:
    text = (files("debrissim.catalog.population") / "data" / BUNDLED_POPULATIONS["bundled"]).read_text(
        encoding="utf-8"
    )
    path = tmp_path / "damaged.csv"
    path.write_text(change(text), encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(InputError, match=message) as raised:
        read_population(path)
    assert "damaged.csv" in str(raised.value)


def test_an_absent_table_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.csv"):
        read_population(tmp_path / "absent.csv")


# --- drawing ---------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_omm_csv(sample(500, seed), tmp_path / f"{name}.csv")
    a, b, c = ((tmp_path / f"{name}.csv").read_bytes() for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.parametrize("count", [1, 2, 17, 1000, 26_787, 60_000])
def test_any_count_is_drawn_exactly(count: int) -> None:
    assert len(sample(count)) == count


@pytest.mark.parametrize("count", [0, -3, 100_000_000])
def test_counts_that_cannot_be_drawn_are_refused(count: int) -> None:
    with pytest.raises(InputError, match="count"):
        sample(count)


def test_every_group_scales_with_the_count(full: Catalog) -> None:
    groups = bundled_population().groups
    for count in (len(full), 3 * len(full)):
        sampled = sample(count)
        tags = np.array([name.removeprefix("SYNTHETIC ").rsplit(" ", 1)[0] for name in sampled.name.tolist()])
        for group in groups:
            expected = group.object_count * count / len(full)
            # One rounding for the group's rows among the shells, one for those among the boxes.
            assert abs((tags == group.tag).sum() - expected) <= 2.0, group.tag


def test_density_scales_with_the_count(full: Catalog) -> None:
    edges = np.array([400.0, 600.0, 900.0, 1500.0])
    ratio = spatial_density_per_km3(sample(3 * len(full)), edges) / spatial_density_per_km3(full, edges)
    np.testing.assert_allclose(ratio, 3.0, rtol=0.01)


def test_synthetic_objects_cannot_be_taken_for_real_ones(full: Catalog) -> None:
    assert full.synthetic.all()
    assert np.char.startswith(full.name, "SYNTHETIC ").all()
    assert (full.norad_id < 0).all()
    assert [identifier(number) for number in full.norad_id[:2].tolist()] == ["S-000000", "S-000001"]
    assert np.unique(full.norad_id).size == len(full)
    assert np.unique(full.name).size == len(full)
    assert (full.international_designator == "").all()
    assert np.isnan(full.mass_kg).all()
    assert np.isnan(full.hard_body_radius_m).all()


def test_labels_say_what_a_thing_stands_for(full: Catalog) -> None:
    by_kind = {kind: int((full.object_kind == kind).sum()) for kind in ObjectKind}
    assert by_kind[ObjectKind.DEBRIS] == pytest.approx(10_850, abs=50)
    assert by_kind[ObjectKind.ROCKET_BODY] == pytest.approx(2_150, abs=50)
    assert by_kind[ObjectKind.PAYLOAD] > by_kind[ObjectKind.DEBRIS]
    fengyun = full.parent_event == "Fengyun 1C"
    assert abs(fengyun.sum() - 2000) < 100
    assert (full.object_kind[fengyun] == ObjectKind.DEBRIS).all()
    starlink = np.char.startswith(full.name, "SYNTHETIC STARLINK")
    assert (full.object_kind[starlink] == ObjectKind.PAYLOAD).all()
    assert not at_crewed_station(full.with_columns(name=np.char.replace(full.name, "SYNTHETIC ", ""))).any()


def test_elements_are_valid(full: Catalog) -> None:
    assert ((full.eccentricity >= 0.0) & (full.eccentricity < 1.0)).all()
    assert full.perigee_altitude_km.min() > LOWEST_PERIGEE_KM - 0.01
    assert ((full.inclination_deg >= 0.0) & (full.inclination_deg <= 180.0)).all()
    for angle in (full.raan_deg, full.arg_perigee_deg, full.mean_anomaly_deg):
        assert ((angle >= 0.0) & (angle < 360.0)).all()
    assert ((full.epoch_fraction >= 0.0) & (full.epoch_fraction < 1.0)).all()
    assert (full.epoch_jd % 1.0 == 0.5).all()
    assert np.isfinite(full.bstar).all()
    assert np.abs(full.bstar).max() < 10.0


def test_almost_all_can_be_propagated_for_a_week() -> None:
    objects = sample(2000, seed=3)
    clock = Clock(*EPOCH)
    codes = [[clock.state(r, day * 86400.0)[0] for day in (0.0, 1.0, 3.0, 7.0)] for r in satrecs_of(objects)]
    assert (np.array(codes).any(axis=1)).mean() < 0.003


def test_ages_are_those_of_a_real_catalogue(full: Catalog) -> None:
    age = (EPOCH[0] - full.epoch_jd) + (EPOCH[1] - full.epoch_fraction)
    assert age.min() > -1e-9
    assert 0.3 < np.median(age) < 1.0
    assert 10.0 < age.max() < 31.0
    low = full.semi_major_axis_km < WGS72_RADIUS_KM + 2000.0
    assert np.median(age[low]) < np.median(age[~low])


def test_the_crowded_shells_are_there(full: Catalog) -> None:
    edges = np.arange(200.0, 2001.0, 25.0)
    density = spatial_density_per_km3(full, edges)
    peak = edges[np.argmax(density)]
    assert 525.0 <= peak <= 550.0  # the Starlink shells
    assert density[edges[:-1] == 1200.0] > 2.0 * density[edges[:-1] == 1125.0]  # OneWeb
    near_ring = np.abs(full.semi_major_axis_km - 42164.0) < 50.0
    assert 500 < near_ring.sum() < 1500


def test_molniya_orbits_keep_their_frozen_perigee(full: Catalog) -> None:
    rows = (full.eccentricity > 0.6) & (np.abs(full.inclination_deg - 63.4) < 1.5)
    rows &= np.abs(full.mean_motion_rev_day - 2.0) < 0.1
    assert rows.sum() > 70  # 113 in the catalogue, two thirds of them within 60 degrees of 270
    assert (np.abs(full.arg_perigee_deg[rows] - 270.0) < 60.0).mean() > 0.55


def test_nodes_and_anomalies_are_uniform_outside_the_kept_shells() -> None:
    debris = sample(20_000, seed=4)
    debris = debris[debris.object_kind == ObjectKind.DEBRIS]
    for angle in (debris.raan_deg, debris.mean_anomaly_deg):
        share = np.histogram(angle, bins=12, range=(0.0, 360.0))[0] / len(debris)
        np.testing.assert_allclose(share, 1.0 / 12.0, atol=5.0 * np.sqrt(1.0 / 12.0 / len(debris)))


def test_satellites_of_a_kept_shell_stay_apart_for_a_week() -> None:
    """All 467 of one shell, moved by SGP4 from element sets of different ages."""
    model = bundled_population()
    shells = model.shells
    row = int(np.flatnonzero(shells.count == 467)[0])
    only = dataclasses.replace(
        model,
        shells=type(shells)(**{f.name: getattr(shells, f.name)[[row]] for f in dataclasses.fields(shells)}),
        bins=type(model.bins)(
            **{f.name: getattr(model.bins, f.name)[:0] for f in dataclasses.fields(model.bins)}
        ),
    )
    shell = sample(467, model=only)
    assert (shell.bstar == 0.0).all()
    clock, records = Clock(*EPOCH), satrecs_of(shell)
    for day in (0.0, 3.3, 7.0):
        for minutes in range(0, 100, 7):
            r = np.array([clock.state(s, day * 86400.0 + minutes * 60.0)[1] for s in records])
            assert nearest_pair_km(r) > 60.0


def nearest_pair_km(r: NDArray[np.float64]) -> float:
    gaps = np.linalg.norm(r[:, None, :] - r[None, :, :], axis=2)
    return float(gaps[np.triu_indices(len(r), 1)].min())


def test_a_written_draw_reads_back_the_same(tmp_path: Path) -> None:
    sampled = sample(800, seed=9)
    write_omm_csv(sampled, tmp_path / "synthetic.csv")
    assert_same(read_catalog(tmp_path / "synthetic.csv").catalog, sampled)


# --- fitting ---------------------------------------------------------------------------------------


def test_a_refit_of_a_draw_has_the_same_density(full: Catalog) -> None:
    again = fit_population(as_if_real(full), "a draw")
    assert again.object_count == len(full)
    edges = np.arange(300.0, 1601.0, 50.0)
    resampled = spatial_density_per_km3(sample(len(full), seed=2, model=again), edges)
    np.testing.assert_allclose(resampled, spatial_density_per_km3(full, edges), rtol=0.12)
    assert {g.tag for g in again.groups} <= {g.tag for g in bundled_population().groups}


def test_a_fit_does_not_depend_on_the_order_of_the_catalogue(tmp_path: Path) -> None:
    catalog = as_if_real(sample(1500))
    shuffled = catalog[np.random.default_rng(0).permutation(len(catalog))]
    fit_population(catalog, "x").write(tmp_path / "a.csv")
    fit_population(shuffled, "x").write(tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_stations_their_visitors_and_falling_objects_are_left_out_and_counted() -> None:
    catalog = make_catalog(*(leo(mean_motion_rev_day=15.2 + 0.001 * k) for k in range(20)))
    names = [f"COSMOS {k} DEB" for k in range(20)]
    names[:6] = [
        "ISS (ZARYA)",
        "SOYUZ-MS 26",
        "CREW DRAGON 8 DEB [TRUNK]",
        "CSS (TIANHE)",
        "ISS DEB",
        "SZ-17 MODULE",
    ]
    motion = catalog.mean_motion_rev_day.copy()
    motion[10] = 16.45
    model = fit_population(catalog.with_columns(name=np.array(names), mean_motion_rev_day=motion), "test")
    assert dict(model.excluded) == {"at or visiting a crewed station": 3, "perigee below 180 km": 1}
    assert model.object_count == 16


def test_small_catalogues_of_every_regime_can_be_fitted_and_drawn_from() -> None:
    four = (leo(), geo(), molniya(), leo(mean_motion_rev_day=14.0))
    sampled = sample(400, model=fit_population(make_catalog(*four * MIN_OBJECTS), "enough of each for a box"))
    assert (sampled.eccentricity > 0.6).sum() == 100
    assert (sampled.semi_major_axis_km > 42_000.0).sum() == 100
    sampled = sample(400, model=fit_population(make_catalog(*four), "one of each: one wide box"))
    assert len(sampled) == 400
    assert sampled.perigee_altitude_km.min() > LOWEST_PERIGEE_KM


def test_nothing_to_fit_is_an_input_error(full: Catalog) -> None:
    with pytest.raises(InputError, match="synthetic"):
        fit_population(full, "a draw")
    with pytest.raises(InputError, match="none"):
        fit_population(full[[]], "nothing")
    with pytest.raises(InputError, match="perigee"):
        fit_population(make_catalog(leo(mean_motion_rev_day=16.5)), "gone")


def test_the_coordinate_of_bstar_inverts() -> None:
    bstar = np.array([-0.6, -1e-4, -1e-8, 0.0, 1e-12, 3e-5, 3.7])
    np.testing.assert_allclose(bstar_from_coordinate(bstar_coordinate(bstar)), bstar, rtol=1e-12, atol=1e-20)
    assert bstar_coordinate(np.array([1e-2])) - bstar_coordinate(np.array([1e-3])) == pytest.approx(
        1.0, rel=1e-4
    )
