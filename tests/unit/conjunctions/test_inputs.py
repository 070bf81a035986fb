"""Inputs of a run from a scenario: sources, primaries, filters, sizes, span."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.element_records import as_csv, omm
from support.small import COSMOS_2251, IRIDIUM_33, ORBIT, SMALL_TOML, small, two_line, write_events_catalog

from debrissim.catalog import ObjectKind, Origin, identifier, read_catalog, with_default_sizes, write_omm_csv
from debrissim.catalog.population.synthesis import synthetic_catalog
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError, ScenarioError
from debrissim.scenario.conjunctions import parse_scenario

EVENT_DAY = {"start": "2009-02-10T12:00:00Z", "duration_days": 0.5}


def of_file(folder: Path, **changes: Any) -> RunInputs:
    """The inputs of a scenario on the catalogue of the two satellites."""
    write_events_catalog(folder)
    content = {"title": "x", "span": EVENT_DAY, "catalog": {"sources": [{"file": "events.3le"}]}} | changes
    return load_inputs(parse_scenario(content, folder=folder))


def row(inputs: RunInputs, norad_id: int) -> int:
    (row,) = np.flatnonzero(inputs.catalog.norad_id == norad_id)
    return int(row)


def test_a_synthetic_population_with_the_scenarios_own_primary():
    inputs = load_inputs(small())
    assert len(inputs.catalog) == 301
    assert inputs.catalog.synthetic.sum() == 300
    assert inputs.primaries is not None
    assert inputs.catalog.norad_id[inputs.primaries].tolist() == [25544]
    assert inputs.primary_origin == ("scenario",)
    assert inputs.catalog.hard_body_radius_m[inputs.primaries].tolist() == [70.0]
    assert inputs.sources[0].label.startswith("SYNTHETIC: ")
    assert not np.isnan(inputs.catalog.hard_body_radius_m).any()


def test_a_catalogue_that_was_read_already_is_the_same_as_its_file(tmp_path: Path):
    path = write_events_catalog(tmp_path)
    scenario = small(span=EVENT_DAY)
    by_path, by_value = (load_inputs(scenario, [c]) for c in (path, read_catalog(path)))
    assert by_value.sources == by_path.sources
    assert by_value.catalog.equals(by_path.catalog)
    assert load_inputs(scenario, [read_catalog(path).catalog]).sources[0].format == "in memory"


def test_the_sample_depends_on_the_seed_alone():
    first, again, second = (load_inputs(small(seed=seed)).catalog for seed in (1, 1, 2))
    assert np.array_equal(first.mean_anomaly_deg, again.mean_anomaly_deg)
    assert not np.array_equal(first.mean_anomaly_deg, second.mean_anomaly_deg)


def test_a_primary_by_number_is_taken_from_the_catalogue_and_may_be_renamed(tmp_path: Path):
    inputs = of_file(tmp_path, primaries=[{"norad_id": 24946, "name": "ours"}])
    assert inputs.primary_origin == ("catalogue",)
    assert inputs.catalog.name[row(inputs, 24946)] == "ours"
    assert inputs.catalog.name[row(inputs, 22675)] == "COSMOS 2251"


def test_the_catalogue_is_preferred_unless_the_scenario_says_otherwise(tmp_path: Path):
    own = {"norad_id": 24946, "elements": ORBIT, "name": "ours"}
    inputs = of_file(tmp_path, primaries=[own])
    assert inputs.primary_origin == ("catalogue",)
    assert inputs.catalog.inclination_deg[row(inputs, 24946)] == pytest.approx(86.3994)
    inputs = of_file(tmp_path, primaries=[own | {"prefer": "scenario"}])
    assert inputs.primary_origin == ("scenario",)
    assert inputs.catalog.inclination_deg[row(inputs, 24946)] == pytest.approx(51.6)
    assert len(inputs.catalog) == 2


def test_a_primary_without_a_number_never_replaces_a_catalogued_object(tmp_path: Path):
    inputs = of_file(tmp_path, primaries=[{"elements": ORBIT}, {"elements": ORBIT, "name": "second"}])
    assert len(inputs.catalog) == 4
    assert [identifier(n) for n in inputs.catalog.norad_id[-2:].tolist()] == ["U-000001", "U-000002"]
    assert inputs.catalog.origin.tolist() == [Origin.REAL, Origin.REAL, Origin.UNNUMBERED, Origin.UNNUMBERED]
    assert not inputs.catalog.synthetic.any()
    assert inputs.catalog.name[-2:].tolist() == ["PRIMARY 1", "second"]


def test_a_primary_with_a_tle_in_the_scenario(tmp_path: Path):
    primary = {
        "tle": list(IRIDIUM_33),
        "prefer": "scenario",
        "mass_kg": 560.0,
        "dimensions_m": [3.0, 4.0, 12.0],
    }
    inputs = of_file(tmp_path, primaries=[primary])
    ours = row(inputs, 24946)
    assert inputs.catalog.name[ours] == "PRIMARY 1"
    assert inputs.catalog.mass_kg[ours] == 560.0
    assert inputs.catalog.hard_body_radius_m[ours] == 6.5
    assert not inputs.size_is_default[ours]
    assert inputs.size_is_default[row(inputs, 22675)]


@pytest.mark.parametrize(
    ("primary", "message"),
    [
        ({"norad_id": 5}, r"^primaries\[1\].norad_id: 5 is in none of the catalogue's sources"),
        ({"tle": ["1 x", "2 y"]}, r"^primaries\[1\].tle: "),
        ({"tle": list(reversed(IRIDIUM_33))}, r"^primaries\[1\].tle: "),
        ({"tle": [IRIDIUM_33[0], COSMOS_2251[1]]}, r"^primaries\[1\].tle: .*number mismatch"),
        (
            {"tle": list(IRIDIUM_33), "norad_id": 5},
            r"^primaries\[1\].tle: belongs to object 24946, but norad_id is 5",
        ),
    ],
)
def test_a_wrong_primary_is_named(tmp_path: Path, primary: dict[str, Any], message: str):
    with pytest.raises(ScenarioError, match=message):
        of_file(tmp_path, primaries=[primary])


def test_the_same_primary_twice_is_refused(tmp_path: Path):
    with pytest.raises(ScenarioError, match="expected every primary once, got catalogue numbers"):
        of_file(tmp_path, primaries=[{"tle": list(IRIDIUM_33)}, {"norad_id": 24946}])


def test_without_a_source_primaries_are_screened_against_each_other():
    two = [{"tle": list(IRIDIUM_33)}, {"tle": list(COSMOS_2251)}]
    content = {"title": "x", "span": EVENT_DAY, "catalog": {"sources": []}, "primaries": two}
    inputs = load_inputs(parse_scenario(content))
    assert inputs.catalog.norad_id.tolist() == [24946, 22675]
    assert inputs.sources == ()
    with pytest.raises(
        ScenarioError, match=r"^catalog\.sources: expected a source, or at least two primaries"
    ):
        load_inputs(parse_scenario(content | {"primaries": two[:1]}))
    with pytest.raises(ScenarioError, match=r"^span\.start: expected a UTC time"):
        load_inputs(parse_scenario(content | {"span": {}}))


def test_files_of_the_command_line_replace_the_sources(tmp_path: Path):
    path = write_events_catalog(tmp_path)
    inputs = load_inputs(small(span=EVENT_DAY), (path,))
    assert sorted(inputs.catalog.norad_id.tolist()) == [22675, 24946, 25544]
    assert inputs.sources[0].sha256 == read_catalog(path).sha256


def test_sources_are_merged_newest_before_the_start_first(tmp_path: Path):
    write_events_catalog(tmp_path)
    # Without their checksums, so that they can be altered.
    line_1 = IRIDIUM_33[0].replace("09040.78448243", "09040.36587205")[:68]
    line_2 = IRIDIUM_33[1].replace("121.7028", "121.8780")[:68]
    (tmp_path / "older.tle").write_text(f"{line_1}\n{line_2}\n", encoding="utf-8")
    sources = [{"file": "events.3le"}, {"file": "older.tle"}, {"population": "bundled", "count": 10}]
    inputs = of_file(tmp_path, catalog={"sources": sources}, primaries=[{"norad_id": 22675}])
    assert inputs.superseded_count == 1
    assert inputs.catalog.raan_deg[row(inputs, 24946)] == pytest.approx(121.7028)
    assert inputs.catalog.synthetic.sum() == 10
    assert [source.accepted_count for source in inputs.sources] == [2, 1, 10]
    early = {"start": "2009-02-09T12:00:00Z"}
    sources = {"sources": sources[:2]}
    inputs = of_file(tmp_path, catalog=sources, span=early, primaries=[{"norad_id": 22675}])
    assert inputs.catalog.raan_deg[row(inputs, 24946)] == pytest.approx(121.8780)


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"name": "COSMOS*"}, {22675}),
        ({"norad_ids": [24946]}, {24946, 22675}),
        ({"exclude_norad_ids": [24946]}, {22675}),
        ({"kinds": ["debris"]}, {22675}),
        ({"perigee_km": [0.0, 1.0]}, {22675}),
        ({"apogee_km": [770.0, 850.0]}, {22675, 24946}),
    ],
)
def test_filters_spare_the_primaries(tmp_path: Path, filters: dict[str, Any], left: set[int]):
    catalogue = {"sources": [{"file": "events.3le"}]} | filters
    inputs = of_file(tmp_path, catalog=catalogue, primaries=[{"norad_id": 22675}])
    assert set(inputs.catalog.norad_id.tolist()) == left
    assert inputs.filtered_count == 2 - len(left)


def test_sizes_come_from_a_table_and_the_scenario_wins(tmp_path: Path):
    (tmp_path / "sizes.csv").write_text(
        "norad_id,hard_body_radius_m,mass_kg\n22675,2.0,900\n24946,4,\n", encoding="utf-8"
    )
    catalogue = {"sources": [{"file": "events.3le"}], "sizes": "sizes.csv"}
    inputs = of_file(tmp_path, catalog=catalogue, primaries=[{"norad_id": 22675, "hard_body_radius_m": 9.0}])
    assert inputs.catalog.hard_body_radius_m[row(inputs, 22675)] == 9.0
    assert inputs.catalog.mass_kg[row(inputs, 22675)] == 900.0
    assert inputs.catalog.hard_body_radius_m[row(inputs, 24946)] == 4.0
    assert not inputs.size_is_default.any()


def test_the_span_starts_at_the_catalogue_epoch(tmp_path: Path):
    inputs = of_file(tmp_path, span={"duration_days": 2.0}, primaries=[{"norad_id": 22675}])
    # The 99th percentile of two epochs, downwards, is the earlier one: 2009, day 40.49834364.
    assert inputs.start_jd == 2454871.5
    assert inputs.start_fraction * 86400.0 == pytest.approx(np.floor(0.49834364 * 86400.0))
    assert inputs.duration_s == 172800.0


def test_a_volume_twice_is_refused(tmp_path: Path):
    with pytest.raises(ScenarioError, match=r"^screening\.volumes: expected every name once"):
        of_file(tmp_path, primaries=[{"norad_id": 22675}], screening={"volumes": ["socrates-5km"] * 2})


def test_a_bad_catalogue_file_is_named(tmp_path: Path):
    for content, message in ((None, "no such file"), ("", "empty file"), ("<html>", "HTML page")):
        path = tmp_path / "bad.csv"
        if content is not None:
            path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=rf"bad\.csv: .*{message}"):
            load_inputs(small(), (path,))


def test_synthetic_objects_are_recognised_without_their_column(tmp_path: Path):
    catalog = load_inputs(small()).catalog
    path = tmp_path / "synthetic.csv"
    write_omm_csv(catalog[catalog.synthetic], path)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    column = header.split(",").index("ORIGIN")
    cut = [
        ",".join(part for k, part in enumerate(line.split(",")) if k != column) for line in (header, *lines)
    ]
    path.write_text("\n".join(cut), encoding="utf-8")
    assert read_catalog(path).catalog.synthetic.all()


def test_a_real_object_is_never_taken_for_a_synthetic_one(tmp_path: Path):
    """Numbers of nine digits are real, whatever their first digits, and so are names."""
    named = tmp_path / "named.3le"
    named.write_text(
        two_line(("SYNTHETIC DEBRIS 7", IRIDIUM_33), ("COSMOS 2251", COSMOS_2251)), encoding="utf-8"
    )
    assert read_catalog(named).catalog.synthetic.tolist() == [False, False]
    for number in (799500001, 800000001, 850000000, 900000000, 999100101):
        path = tmp_path / "omm.csv"
        path.write_bytes(as_csv(omm(NORAD_CAT_ID=str(number))))
        inputs = load_inputs(small(primaries=[{"norad_id": number}, {"elements": ORBIT}]), (path,))
        assert inputs.catalog.norad_id[inputs.primaries].tolist()[0] == number
        assert inputs.catalog.origin.tolist() == [Origin.REAL, Origin.UNNUMBERED]


def test_two_samples_of_a_population_stay_different_objects(tmp_path: Path):
    first, second = (synthetic_catalog(50, seed=seed) for seed in (1, 2))
    write_omm_csv(first, tmp_path / "first.csv")
    inputs = load_inputs(small(), (tmp_path / "first.csv", second))
    assert inputs.superseded_count == 0
    assert inputs.catalog.synthetic.sum() == 100
    assert np.unique(inputs.catalog.norad_id).size == 101


def test_all_vs_all_has_no_primaries_but_keeps_the_scenarios_objects():
    content = tomllib.loads(SMALL_TOML)
    content["screening"]["mode"] = "all-vs-all"
    inputs = load_inputs(parse_scenario(content))
    assert inputs.primaries is None
    assert inputs.catalog.hard_body_radius_m[row(inputs, 25544)] == 70.0
    assert with_default_sizes(inputs.catalog).hard_body_radius_m.shape == (301,)


def test_an_object_without_a_name_is_shown_by_its_number(tmp_path: Path):
    path = tmp_path / "nameless.tle"
    path.write_text("\n".join([*IRIDIUM_33, *COSMOS_2251]), encoding="utf-8")
    inputs = load_inputs(small(primaries=[{"norad_id": 24946}]), (path,))
    assert inputs.catalog.name.tolist() == ["24946", "22675"]
    # The kind is that of no name, not of the number.
    assert inputs.catalog.object_kind.tolist() == [ObjectKind.UNKNOWN, ObjectKind.UNKNOWN]
    result = run(small(span=EVENT_DAY, primaries=[{"norad_id": 24946}]), catalogs=[path])
    assert result.provenance["primaries"][0]["name"] == "24946"
    assert result.verdict.whole.answer.startswith("24946: ")


def test_two_objects_under_one_number_are_both_screened_and_reported(tmp_path: Path):
    first = omm(NORAD_CAT_ID="7", OBJECT_NAME="ONE")
    second = first | {"OBJECT_NAME": "TWO", "INCLINATION": "30.0"}
    path = tmp_path / "shared.csv"
    path.write_bytes(as_csv(first, second))
    result = run(small(span=EVENT_DAY, primaries=[{"norad_id": 7}]), catalogs=[path])
    assert [identifier(n) for n in result.inputs.catalog.norad_id.tolist()] == ["7", "U-100001"]
    assert result.inputs.superseded_count == 0
    note, _ = result.provenance["notes"]
    assert note.startswith("two objects have the number 7 at one epoch, ONE and TWO")


def test_an_unnumbered_object_of_a_catalogue_is_not_the_scenarios_unnumbered_primary(tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_bytes(as_csv(omm(NORAD_CAT_ID="U-000001", OBJECT_NAME="OTHER"), omm()))
    inputs = load_inputs(small(span=EVENT_DAY, primaries=[{"elements": ORBIT}]), [path])
    assert inputs.primary_origin == ("scenario",)
    assert [identifier(n) for n in inputs.catalog.norad_id.tolist()] == ["U-000003", "24946", "U-000001"]
    assert inputs.catalog.mean_motion_rev_day[inputs.primaries].tolist() == [15.5]


def test_a_primary_of_unknown_size_is_flagged_like_a_secondary(tmp_path: Path):
    write_events_catalog(tmp_path)
    content = {
        "title": "x",
        "span": EVENT_DAY,
        "catalog": {"sources": [{"file": "events.3le"}]},
        "primaries": [{"norad_id": 24946}],
        "output": {"plots": False, "report": False},
    }
    result = run(parse_scenario(content, folder=tmp_path))
    (primary,) = result.provenance["primaries"]
    assert (primary["radius_is_default"], primary["mass_is_default"]) == (True, True)
    assert result.verdict.notes == (
        "IRIDIUM 33 (24946): its size is not known; it has the default radius of 3.4 m (hard_body_radius_m) and mass "
        "of 1,100 kg (mass_kg) of a payload, which the scenario can state",
    )
    table = result.encounters
    for name in ("primary_radius", "primary_mass", "secondary_mass", "hard_body_radius"):
        assert table[f"{name}_is_default"].all(), name
    assert np.isnan(table.fragments_above_10_cm).all()
    assert (table.fragments_above_10_cm_low < table.fragments_above_10_cm_high).all()
    # Stated values are known, also those of the defaults.
    stated = {"norad_id": 24946, "hard_body_radius_m": 3.4, "mass_kg": 1100.0}
    known = run(parse_scenario(content | {"primaries": [stated]}, folder=tmp_path))
    assert known.verdict.notes == ()
    assert not known.encounters.primary_radius_is_default.any()
    assert not known.encounters.primary_mass_is_default.any()
    # The numbers themselves are the same.
    assert known.encounters.collision_probability.tolist() == table.collision_probability.tolist()


def test_filters_and_bad_records_that_leave_nothing_to_screen_are_named(tmp_path: Path):
    text = two_line(("IRIDIUM 33", IRIDIUM_33), ("COSMOS 2251", COSMOS_2251))
    spoiled = text.replace(COSMOS_2251[1], COSMOS_2251[1][:-1] + "x")
    source = {"file": str(tmp_path / "gp.3le")}
    (tmp_path / "gp.3le").write_text(spoiled, encoding="utf-8")
    content: dict[str, Any] = {
        "title": "one",
        "primaries": [{"norad_id": 24946}],
        "screening": {"volumes": ["socrates-5km"]},
    }
    with pytest.raises(
        ScenarioError, match=r"nothing to screen: 1 record rejected, the first at .*gp\.3le: line 5: "
    ):
        run(parse_scenario(content | {"catalog": {"sources": [source]}}))
    (tmp_path / "gp.3le").write_text(text, encoding="utf-8")
    filtered = {"sources": [source], "exclude_norad_ids": [22675]}
    with pytest.raises(ScenarioError, match="nothing to screen: the filters leave out 1 other object"):
        run(parse_scenario(content | {"catalog": filtered}))


def automatic(*orbits: dict[str, float], volumes: list[Any], mode: str = "one-vs-all") -> RunInputs:
    """The inputs of primaries on these orbits."""
    primaries = [{"name": f"P{k}", "elements": ORBIT | orbit} for k, orbit in enumerate(orbits)]
    return load_inputs(small(primaries=primaries, screening={"volumes": volumes, "mode": mode}))


def test_the_volume_of_each_primarys_regime():
    low, high = {"mean_motion_rev_day": 15.5}, {"mean_motion_rev_day": 14.4}
    one = automatic(low, volumes=["auto", "socrates-5km"])
    assert [volume.name for volume in one.volumes] == ["leo1-0.4x44x51", "socrates-5km"]
    assert one.volumes_of is None
    both = automatic(low, high, volumes=["auto", "leo1-0.4x44x51"])
    assert [volume.name for volume in both.volumes] == ["leo3-0.4x12x12", "leo1-0.4x44x51"]
    assert both.volumes_of is not None
    assert both.volumes_of.tolist() == [[False, True], [True, True]]
    alike = automatic(low, low, volumes=["auto"])
    assert ([volume.name for volume in alike.volumes], alike.volumes_of) == (["leo1-0.4x44x51"], None)
    two = automatic(low, high, volumes=["socrates-5km", "auto"])
    assert [volume.name for volume in two.volumes] == ["socrates-5km", "leo1-0.4x44x51", "leo3-0.4x12x12"]
    assert two.volumes_of is not None
    assert two.volumes_of.tolist() == [[True, True, False], [True, False, True]]


def test_regimes_without_a_volume_are_refused():
    with pytest.raises(
        ScenarioError, match=r"screening\.volumes: auto: .* for a perigee above 2,000 km .*, that of .*P0"
    ):
        automatic({"mean_motion_rev_day": 1.0027}, volumes=["auto"])
    with pytest.raises(
        ScenarioError, match="auto: no published screening volume is known for eccentric orbits"
    ):
        automatic({"mean_motion_rev_day": 2.2, "eccentricity": 0.72}, volumes=["auto"])
    with pytest.raises(ScenarioError, match='"auto" needs primaries'):
        automatic({}, volumes=["auto"], mode="all-vs-all")


def test_each_primary_counts_in_its_own_volume():
    primaries = [
        {"name": "LOW", "elements": ORBIT | {"mean_motion_rev_day": 15.25}},
        {"name": "HIGH", "elements": ORBIT | {"mean_motion_rev_day": 14.4}},
    ]
    span = {"duration_days": 2.0}
    catalog = {"sources": [{"population": "bundled", "count": 12000}]}
    result = run(small(primaries=primaries, span=span, catalog=catalog, screening={"volumes": ["auto"]}))
    encounters, totals = result.screening.encounters, result.totals
    of_first = encounters.primary == result.inputs.primaries[0]
    assert of_first.any()
    assert not (encounters.inside & ~result.inputs.volumes_of[(~of_first).astype(int)]).any()
    assert [[v.name for v in own.volumes] for own in totals.primaries] == [
        ["leo1-0.4x44x51"],
        ["leo3-0.4x12x12"],
    ]
    assert [v.count for own in totals.primaries for v in own.volumes] == encounters.inside.sum(
        axis=0
    ).tolist()
