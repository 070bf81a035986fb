"""Breakups in a scenario: fragments in, parents out, the files written, and scenarios that are refused."""

from __future__ import annotations

import copy
import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.csv_text import float_column, read_csv
from support.small import COSMOS_2251, IRIDIUM_33, SMALL_TOML, small

from debrissim.catalog import Origin, identifier
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.recorded_inputs import reconstruct_inputs
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.errors import DebrissimError, InputError, ScenarioError
from debrissim.core.numbers import one_in
from debrissim.core.statistics import garwood_interval
from debrissim.propagation.sgp4 import make_propagator
from debrissim.report.cloud_verdict import cloud_answer, cloud_sentences
from debrissim.report.read_views import read_cloud
from debrissim.report.redraw import save_figures
from debrissim.results.folder import read_summary
from debrissim.results.schema.clouds import CLOUD, SHELL_MARGIN_KM
from debrissim.scenario.conjunctions import Scenario, parse_scenario

# An hour before the small scenario begins, so timed that the fragments meet its station at their common node.
EVENT: dict[str, Any] = {
    "type": "asat",
    "time": "2024-10-31T23:00:00Z",
    "name": "test",
    "min_length_m": 0.1,
    "target": {
        "norad_id": 4321,
        "name": "VICTIM",
        "mass_kg": 1000.0,
        "rocket_body": False,
        "elements": {
            "mean_motion_rev_day": 15.5,
            "eccentricity": 0.001,
            "inclination_deg": 65.0,
            "mean_anomaly_deg": 127.5,
        },
    },
    "projectile": {"relative_speed_km_s": 6.0, "mass_kg": 50.0},
}


def cloudy(*events: dict[str, Any], **changes: Any) -> Scenario:
    span = {"start": "2024-11-01T00:00:00Z", "duration_days": 0.25}
    return small(**({"span": span, "breakups": list(events) or [EVENT]} | changes))


@pytest.fixture(scope="module")
def result() -> ConjunctionResult:
    return run(cloudy())


@pytest.fixture(scope="module")
def folder(result: ConjunctionResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cloud") / "out"
    result.write(place)
    return place


def test_fragments_join_at_the_end_of_the_catalogue(result: ConjunctionResult) -> None:
    inputs = result.inputs
    (cloud,) = inputs.clouds
    catalog = inputs.catalog
    assert len(cloud.cloud.catalog) == inputs.fragments.size > 30
    np.testing.assert_array_equal(
        inputs.fragments, np.arange(len(catalog) - inputs.fragments.size, len(catalog))
    )
    assert (catalog.origin[inputs.fragments] == Origin.FRAGMENT).all()
    assert np.unique(catalog.norad_id).size == len(catalog)
    assert not inputs.size_is_default[inputs.fragments].any()
    # The interceptor's fragments have no orbit and are counted.
    fragments = cloud.breakup.fragments
    assert cloud.cloud.excluded["of a parent without a known orbit"] == (fragments.parent == 1).sum()


def test_passes_add_up_to_the_conjunctions(result: ConjunctionResult, folder: Path) -> None:
    # The oracle: the conjunctions' table, row by row.
    conjunctions = read_csv(folder / "conjunctions.csv")
    cloud, days = read_csv(folder / "cloud.csv"), read_csv(folder / "cloud_days.csv")
    assert list(cloud) == list(days) == [column.name for column in CLOUD.columns]
    assert len(days["number"]) == 1
    for table in (cloud, days):
        for row in range(len(table["number"])):
            begin, end = float(table["begin_s"][row]), float(table["end_s"][row])
            counts = [0, 0]
            for tca, number in zip(conjunctions["tca_s"], conjunctions["secondary_norad_id"], strict=True):
                if begin <= float(tca) < end:
                    of_cloud = number.startswith("F-")
                    counts[0 if of_cloud else 1] += 1
            assert [int(table["fragment_passes"][row]), int(table["background_passes"][row])] == counts
            length_days = (end - begin) / 86400.0
            low, high = garwood_interval(counts[0])
            assert float(table["fragment_per_day_low"][row]) == pytest.approx(low / length_days)
            assert float(table["fragment_per_day_high"][row]) == pytest.approx(high / length_days)
            disc_m2 = np.pi * 600e3**2
            flux = counts[0] / disc_m2 / (length_days / 365.25)
            assert float(table["fragment_flux_per_m2_year"][row]) == pytest.approx(flux)
    assert sum(int(n) for n in cloud["fragment_passes"]) > 5
    assert float(cloud["end_s"][-1]) == result.inputs.duration_s
    total = read_summary(folder)["cloud"]
    assert total["not_compared"] == ""
    (passes,) = total["passes"]
    assert passes["fragment_passes"] + passes["background_passes"] == len(result.screening.encounters)


@pytest.mark.parametrize(
    ("start", "sources", "reason"),
    [
        ("2024-11-01T00:00:00Z", [{"population": "bundled", "count": 300}], ""),
        (
            "2009-02-10T16:56:00Z",
            [{"population": "bundled", "count": 300}],
            "the other objects date from 2024-10-31, not from 2009",
        ),
        ("2021-11-15T02:47:00Z", [{"population": "bundled-2022", "count": 300}], ""),
        (
            "2021-11-15T02:47:00Z",
            [{"population": "bundled-2022", "count": 300}, {"population": "bundled", "count": 300}],
            "the other objects date from 2024-10-31, not from 2021",
        ),
        ("2009-02-10T16:56:00Z", [], "no other objects are in the run"),
    ],
)
def test_a_cloud_is_compared_with_the_objects_of_its_time(
    start: str, sources: list[dict[str, Any]], reason: str
) -> None:
    scenario = cloudy(
        EVENT | {"time": start},
        span={"start": start, "duration_days": 0.1},
        catalog={"sources": sources},
    )
    result = run(scenario)
    assert result.summary["cloud"]["not_compared"] == reason
    shown = "\n".join(result.verdict.whole.lines)
    assert " of modelled fragments inside " in result.verdict.whole.answer
    assert ("of all other objects" in shown) == (not reason)
    assert (f"not compared with all other objects: {reason}" in shown) == bool(reason)
    assert {entry["background_passes"] is None for entry in result.summary["cloud"]["passes"]} == {
        bool(reason)
    }


def test_the_answer_of_a_cloud_is_its_passes_with_the_range_of_their_number(
    result: ConjunctionResult,
) -> None:
    (passes,) = result.summary["cloud"]["passes"]
    (event,) = result.summary["provenance"]["clouds"]
    answer, extent = cloud_answer(result.summary)
    assert f": {passes['fragment_passes']:,} passes of modelled fragments inside " in answer
    assert (
        f"; {passes['background_passes']:,} of all other objects; the chance of a hit is not known, because "
        in answer
    )
    low, high = (float(n.replace(",", "")) for n in re.findall(r"[\d,.]+", extent)[:2])
    scale = passes["fragment_passes"] / event["fragments_sampled"]
    assert [low, high] == pytest.approx([scale * n for n in event["count"]["stated_range"]], rel=0.06)
    assert low < passes["fragment_passes"] < high
    whole = result.verdict.whole
    assert (whole.answer, whole.range) == (answer, extent)
    assert set(cloud_sentences(result.summary)) < set(whole.details)


def test_the_chance_of_a_hit_by_a_fragment_is_that_of_its_passes_on_the_disc(
    result: ConjunctionResult,
) -> None:
    summary = copy.deepcopy(result.summary)
    (passes,), (event,) = summary["cloud"]["passes"], summary["provenance"]["clouds"]
    (primary,) = summary["provenance"]["primaries"]
    screening, summary["long_run_hits"] = summary["provenance"]["scenario"]["screening"], []
    screening["volumes"] = [{"name": passes["volume"], "sphere_km": 50.0}]
    answer, extent = cloud_answer(summary)
    hits = passes["fragment_passes"] * (primary["hard_body_radius_m"] / 50e3) ** 2
    assert f"is at most {one_in(1.0 - math.exp(-hits))} within " in answer
    low, high = (int(text.replace(",", "")) for text in re.findall(r"1 in ([\d,]+)", extent))
    fewest, most = (n / event["fragments_sampled"] for n in event["count"]["stated_range"])
    assert 1.0 / low == pytest.approx(hits * fewest, rel=0.1)
    assert 1.0 / high == pytest.approx(hits * most, rel=0.1)
    screening["volumes"] = [{"name": passes["volume"], "sphere_km": None}]
    assert cloud_answer(summary)[0].endswith(
        "passes through a box do not give a flux: a sphere among the volumes does"
    )
    primary["radius_is_default"] = True
    assert cloud_answer(summary)[0].endswith("because the size of the spacecraft is not stated")


def test_fragments_cross_the_shell_if_they_reach_its_altitudes(
    result: ConjunctionResult, folder: Path
) -> None:
    # The oracle: SGP4 through a whole revolution of every fragment.
    inputs = result.inputs
    table = read_csv(folder / "cloud_orbits.csv")
    (row,) = inputs.primaries.tolist()  # type: ignore[union-attr]
    low = float(inputs.catalog.perigee_altitude_km[row]) - SHELL_MARGIN_KM
    high = float(inputs.catalog.apogee_altitude_km[row]) + SHELL_MARGIN_KM
    fragments = inputs.catalog[inputs.fragments]
    alive = (result.screening.object_status[inputs.fragments] == 0) | (
        result.screening.failure_s[inputs.fragments] > 0.0
    )
    propagator = make_propagator(fragments, inputs.start_jd, inputs.start_fraction)
    times = np.arange(0.0, 30_000.0, 30.0)
    code, position, _ = propagator.states(np.arange(len(fragments)), times)
    # Some decay meanwhile: until then they count.
    height = np.linalg.norm(position, axis=2) - 6378.135
    height[np.maximum.accumulate(code, axis=1) > 0] = np.nan
    # Infinite for objects that decayed before the start, whose rows are all NaN.
    lowest = np.where(np.isnan(height), np.inf, height).min(axis=1)
    highest = np.where(np.isnan(height), -np.inf, height).max(axis=1)
    surely = alive & (lowest < low - 15.0) & (highest > high + 15.0)
    perhaps = alive & (lowest < high + 15.0) & (highest > low - 15.0)
    assert surely.sum() <= int(table["crossing_shell_of_25544"][0]) <= perhaps.sum()
    assert int(table["fragments_in_orbit"][0]) == alive.sum()
    density = float_column(read_csv(folder / "cloud_density.csv")["fragments_per_km3"])
    assert np.all(density >= 0.0)
    assert density.max() > 0.0


def test_the_folder_records_the_cloud_and_is_plotted_again(folder: Path, tmp_path: Path) -> None:
    (cloud,) = read_summary(folder)["provenance"]["clouds"]
    assert cloud["event"] == "test"
    assert cloud["fragments_sampled"] == cloud["fragments_in_orbit"] + sum(
        cloud["fragments_left_out"].values()
    )
    low, high = cloud["count"]["stated_range"]
    assert low < cloud["count"]["law"] < high
    data = read_cloud(folder)
    assert data is not None
    assert data.primary_name == "ISS"
    paths = save_figures(data, tmp_path)
    assert [path.stem for path in paths] == ["cloud_passes", "cloud_density", "cloud_gabbard"]
    assert all(path.stat().st_size > 10_000 for path in paths)


def test_every_fragment_is_listed_with_its_first_orbit(result: ConjunctionResult, folder: Path) -> None:
    table = read_csv(folder / "cloud_fragments.csv")
    catalog = result.inputs.catalog[result.inputs.fragments]
    assert table["norad_id"] == [identifier(n) for n in catalog.norad_id.tolist()]
    # Mean elements differ from the two-body orbit because of J2: some 10 km in low orbits, more in high ones.
    low = catalog.apogee_altitude_km < 1500.0
    for name, mean in (
        ("perigee_km", catalog.perigee_altitude_km),
        ("apogee_km", catalog.apogee_altitude_km),
    ):
        assert np.abs(float_column(table[name]) - mean)[low].max() < 30.0
    target, projectile = read_summary(folder)["provenance"]["clouds"][0]["parents"]
    assert target["period_min"] == pytest.approx(1440.0 / 15.5, rel=3e-3)
    assert projectile["period_min"] is None


def test_the_same_scenario_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    run(cloudy()).write(tmp_path / "again")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "run.json":
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(folder)).read_bytes(), (
                path.name
            )
    again = reconstruct_inputs(read_summary(folder), folder)
    np.testing.assert_array_equal(again.catalog.norad_id, run(cloudy()).inputs.catalog.norad_id)


def test_another_seed_gives_another_cloud() -> None:
    first, second = load_inputs(cloudy()), load_inputs(cloudy(seed=2))
    assert first.fragments.size != second.fragments.size or not np.array_equal(
        first.catalog.eccentricity[first.fragments], second.catalog.eccentricity[second.fragments]
    )


def test_without_a_breakup_no_cloud_file_is_written(tmp_path: Path) -> None:
    run(small()).write(tmp_path / "plain")
    assert not list((tmp_path / "plain").glob("cloud*"))
    summary = json.loads((tmp_path / "plain" / "summary.json").read_text())
    assert "cloud" not in summary
    assert "clouds" not in summary["provenance"]


def test_a_collision_removes_both_parents(tmp_path: Path) -> None:
    sources = tmp_path / "two.3le"
    sources.write_text("".join(f"0 {n}\n{a}\n{b}\n" for n, (a, b) in (("I", IRIDIUM_33), ("C", COSMOS_2251))))
    event = {
        "time": "2009-02-10T16:55:59.8Z",
        "min_length_m": 0.3,
        "target": {"norad_id": 22675, "mass_kg": 950.0},
        "projectile": {"norad_id": 24946, "mass_kg": 560.0},
    }
    scenario = small(
        span={"start": "2009-02-10T17:00:00Z", "duration_days": 0.01},
        catalog={"sources": [{"file": str(sources)}]},
        breakups=[event],
    )
    inputs = load_inputs(scenario)
    assert not np.isin(inputs.catalog.norad_id, [22675, 24946]).any()
    (cloud,) = inputs.clouds
    assert cloud.relative_speed_km_s == pytest.approx(11.647, abs=1e-3)
    assert cloud.breakup.catastrophic
    names = set(inputs.catalog.name[inputs.fragments])
    assert names == {"FRAGMENT OF I", "FRAGMENT OF C"}


def test_the_masses_of_parents_come_from_the_table_of_sizes(tmp_path: Path) -> None:
    sources, sizes = tmp_path / "two.3le", tmp_path / "sizes.csv"
    sources.write_text("".join(f"0 {n}\n{a}\n{b}\n" for n, (a, b) in (("I", IRIDIUM_33), ("C", COSMOS_2251))))
    sizes.write_text("norad_id,mass_kg\n24946,560\n22675,950\n4321,700\n", encoding="utf-8")
    target = {"norad_id": 22675}
    event = {"time": "2009-02-10T16:55:59.8Z", "min_length_m": 0.3, "target": target}
    own = {key: value for key, value in EVENT["target"].items() if key != "mass_kg"}

    def clouds(*events: dict[str, Any]) -> tuple[Any, ...]:
        return load_inputs(
            small(
                span={"start": "2009-02-10T17:00:00Z", "duration_days": 0.01},
                catalog={"sources": [{"file": str(sources)}], "sizes": str(sizes)},
                breakups=list(events),
            )
        ).clouds

    # The catalogue's objects, one with an element set of the scenario's own, and a mass that the scenario states.
    collision, explosion = clouds(
        event | {"projectile": {"norad_id": 24946}},
        event | {"type": "explosion", "target": own},
    )
    assert [parent.mass_kg for parent in (*collision.parents, *explosion.parents)] == [950.0, 560.0, 700.0]
    assert not any("default" in flag for cloud in (collision, explosion) for flag in cloud.flags)
    stated = clouds(event | {"target": target | {"mass_kg": 800.0}, "projectile": {"norad_id": 24946}})
    assert [parent.mass_kg for parent in stated[0].parents] == [800.0, 560.0]
    masses = collision.breakup.fragments.mass_kg
    assert 0.3 * 1510.0 < masses.sum() <= 1510.0 * (1.0 + 1e-9)


def test_a_relative_velocity_gives_the_projectile_an_orbit() -> None:
    event = EVENT | {"projectile": {"relative_velocity_rtn_km_s": [0.0, -0.2, 8.0], "mass_kg": 500.0}}
    (cloud,) = load_inputs(cloudy(event)).clouds
    assert cloud.relative_speed_km_s == pytest.approx(np.hypot(0.2, 8.0))
    target, projectile = cloud.parents
    assert target.velocity_km_s is not None
    assert projectile.velocity_km_s is not None
    radial = target.position_km / np.linalg.norm(target.position_km)  # type: ignore[operator]
    change = projectile.velocity_km_s - target.velocity_km_s
    assert abs(change @ radial) < 1e-9
    assert np.linalg.norm(change) == pytest.approx(np.hypot(0.2, 8.0))


def test_a_conjunction_of_an_earlier_run_becomes_a_collision(tmp_path: Path) -> None:
    run(small()).write(tmp_path / "before")
    table = read_csv(tmp_path / "before" / "conjunctions.csv")
    last = len(table["tca_s"]) - 1
    event = {"results": str(tmp_path / "before"), "row": last, "min_length_m": 0.5}
    span = {"start": "2024-11-02T00:00:00Z", "duration_days": 0.02}
    primary = {
        "name": "OTHER",
        "elements": {"mean_motion_rev_day": 15.4, "eccentricity": 0.001, "inclination_deg": 40.0},
    }
    inputs = load_inputs(small(span=span, breakups=[event], primaries=[primary]))
    (cloud,) = inputs.clouds
    assert cloud.parents[0].name == "ISS"
    assert identifier(cloud.parents[1].norad_id) == table["secondary_norad_id"][last]
    assert cloud.relative_speed_km_s == pytest.approx(float(table["relative_speed_km_s"][last]), rel=1e-6)
    with pytest.raises(
        InputError, match=r"expected a row of its \d+ conjunctions, counted from 0, got 10000"
    ):
        load_inputs(small(span=span, breakups=[event | {"row": 10_000}], primaries=[primary]))
    with pytest.raises(ScenarioError, match="25544 is a primary and cannot also break up"):
        load_inputs(small(span=span, breakups=[event]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": "2024-11-01T00:00:01Z"}, r"breakups\[1\].time: expected a time at or before the start"),
        (
            {"time": "2024-09-01T00:00:00Z"},
            r"61.0 days before the start of the span.*max_age_days is 30",
        ),
        ({"target": {"norad_id": 99999}}, r"breakups\[1\].target.norad_id: 99999 is in none"),
        ({"target": EVENT["target"] | {"norad_id": 25544}}, r"breakups\[1\]: 25544 is a primary"),
        ({"projectile": None}, "expected a projectile with collision and asat"),
        ({"type": "explosion"}, "expected a projectile with collision and asat"),
        ({"projectile": {"relative_speed_km_s": 5.0}}, "expected mass_kg"),
        ({"projectile": {"mass_kg": 5.0}}, "expected an orbit"),
        ({"row": 1}, "expected results and row together"),
        ({"results": "x", "row": 1}, "expected no time, target or projectile with results"),
        ({"time": None}, "expected time and target"),
        ({"min_length_m": 1e-5}, "min_length_m"),
        ({"sun": "stormy"}, "sun"),
    ],
)
def test_impossible_breakups_are_refused(change: dict[str, Any], message: str) -> None:
    event = {key: value for key, value in (EVENT | change).items() if value is not None}
    with pytest.raises(DebrissimError, match=message):
        load_inputs(cloudy(event))


def test_nothing_breaks_up_twice() -> None:
    with pytest.raises(ScenarioError, match=r"breakups\[2\]: 4321 breaks up in an earlier event already"):
        load_inputs(cloudy(EVENT, EVENT))


def test_fragments_of_two_events_have_distinct_numbers() -> None:
    inputs: RunInputs = load_inputs(
        cloudy(EVENT, EVENT | {"name": "second", "target": EVENT["target"] | {"norad_id": 4322}})
    )
    assert np.unique(inputs.catalog.norad_id).size == len(inputs.catalog)
    assert {c.event for c in inputs.clouds} == {"test", "second"}


def test_one_primary_and_a_cloud_need_no_catalogue() -> None:
    inputs = load_inputs(cloudy(catalog={"sources": []}))
    assert len(inputs.catalog) == 1 + inputs.fragments.size
    content = tomllib.loads(SMALL_TOML) | {
        "catalog": {"sources": []},
        "span": {"start": "2024-11-01T00:00:00Z"},
    }
    with pytest.raises(ScenarioError, match="at least two primaries"):
        load_inputs(parse_scenario(content))
