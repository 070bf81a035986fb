"""Scenario files: the keys they may have, and the errors for anything else."""

from __future__ import annotations

import copy
import math
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.small import SMALL_TOML

from debrissim.core.errors import InputError
from debrissim.probability.registry import SELECTORS, plane_methods
from debrissim.scenario.conjunctions import VolumeTable, load_scenario, parse_scenario, volume_of
from debrissim.screening.volumes import PRESETS, ScreeningVolume
from debrissim.uncertainty.element_set_error import FIXED_MODEL, MODELS

_REMOVED = object()


def altered(changes: dict[str, Any]) -> dict[str, Any]:
    """The small scenario's content with values at dotted places replaced or removed."""
    content = copy.deepcopy(tomllib.loads(SMALL_TOML))
    for place, value in changes.items():
        *path, last = place.split(".")
        table: Any = content
        for part in path:
            table = table[int(part)] if part.isdigit() else table.setdefault(part, {})
        if value is _REMOVED:
            del table[last]
        else:
            table[last] = value
    return content


def sentence(changes: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        parse_scenario(altered(changes), "week.toml")
    return str(caught.value)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_volume(name: str):
    scenario = parse_scenario(altered({"screening.volumes": [name]}))
    assert volume_of(scenario.screening.volumes[0]) is PRESETS[name]


@pytest.mark.parametrize("name", [*plane_methods(), *SELECTORS])
def test_every_plane_method_and_selector_is_a_method(name: str):
    assert parse_scenario(altered({"probability.method": name})).probability.method == name


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_a_covariance_model(name: str):
    sigmas = {"covariance.fixed_sigma_rtn_km": [1.0, 1.0, 1.0]} if name == FIXED_MODEL else {}
    assert parse_scenario(altered({"covariance.model": name, **sigmas})).covariance.model == name


def test_names_registered_later_count(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(PRESETS, "_entries", dict(PRESETS))
    monkeypatch.setattr(MODELS, "_entries", dict(MODELS))
    PRESETS.register(ScreeningVolume.sphere(3.0, "mine"))
    MODELS.register(replace(MODELS["socrates"], name="ours"))
    scenario = parse_scenario(altered({"screening.volumes": ["mine"], "covariance.model": "ours"}))
    assert volume_of(scenario.screening.volumes[0]).half_widths_km == (3.0, 3.0, 3.0)
    assert scenario.covariance.model == "ours"


def test_a_misspelt_name_gets_all_names_and_the_nearest():
    assert sentence({"screening.volumes": ["iss-2x25x52"]}) == (
        "week.toml: screening.volumes[1]: expected 'iss-0.75x25x25', 'iss-2x25x25', 'iss-watch-20x40x40', "
        "'socrates-5km', 'leo1-0.4x44x51', 'leo2-0.4x25x25', 'leo3-0.4x12x12', 'leo4-0.4x2x2' or 'auto', "
        "got 'iss-2x25x52'; did you mean 'iss-2x25x25'?"
    )
    assert sentence({"probability.method": "chan"}).endswith(
        "'square-equal-area' or 'auto', got 'chan'; did you mean 'chan-1997'?"
    )
    # A method for full states is not a method of the encounter plane.
    assert "or 'auto', got 'hall-3d'" in sentence({"probability.method": "hall-3d"})
    assert sentence({"covariance.model": 3}).endswith("'socrates' or 'fixed', got 3")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"titel": "x"}, "unknown key 'titel'; did you mean 'title'?"),
        ({"catalogs": {}}, "unknown key 'catalogs'; did you mean 'catalog'?"),
        ({"span.durations": 3.0}, "unknown key 'span.durations'; did you mean 'duration_days'?"),
        ({"primaries.0.norad": 1}, "unknown key 'primaries[1].norad'; did you mean 'norad_id'?"),
        (
            {"screening.volumes": [{"sphere": 5.0}]},
            "unknown key 'screening.volumes[1].sphere'; did you mean 'sphere_km'?",
        ),
        ({"title": _REMOVED}, "title: is missing"),
        ({"title": " "}, "title: expected some text, got ' '"),
        ({"seed": -1}, "seed: expected greater than or equal to 0, got -1"),
        ({"seed": True}, "seed: expected a whole number, got True"),
        ({"seed": "1"}, "seed: expected a whole number, got '1'"),
        ({"span": 3}, "span: expected a table, got 3"),
        ({"span.start": "soon"}, "span.start: expected a UTC time such as 2024-11-01T00:00:00Z, got 'soon'"),
        ({"span.start": 5}, "span.start: expected a UTC time such as 2024-11-01T00:00:00Z, got 5"),
        ({"span.duration_days": 0.0}, "span.duration_days: expected greater than 0, got 0.0"),
        ({"span.duration_days": math.nan}, "span.duration_days: expected"),
        ({"span.duration_days": "7"}, "span.duration_days: expected a number, got '7'"),
        ({"primaries": []}, 'expected at least one [[primaries]] or [[events]] table in mode "one-vs-all"'),
        (
            {"primaries.0.hard_body_radius_m": -1.0},
            "primaries[1].hard_body_radius_m: expected greater than 0",
        ),
        ({"primaries.0.tle": ["a", "b"]}, "primaries[1]: expected one of tle, elements and ephemeris"),
        (
            {"primaries.0.elements.eccentricity": 1.0},
            "primaries[1].elements.eccentricity: expected less than 1",
        ),
        ({"primaries": [{"name": "x"}]}, "primaries[1]: expected norad_id, tle, elements or ephemeris"),
        ({"primaries": [{"norad_id": 1}] * 2}, "expected every primary's norad_id once"),
        (
            {"primaries.0.prefer": "both"},
            "primaries[1].prefer: expected 'catalog' or 'scenario', got 'both'",
        ),
        ({"screening.volumes": []}, "screening.volumes: expected at least one entry"),
        ({"screening.volumes": ["iss"]}, "screening.volumes[1]: expected 'iss-0.75x25x25', "),
        (
            {"screening.volumes": [{}]},
            "screening.volumes[1]: expected either sphere_km, box_km or ellipsoid_km",
        ),
        ({"screening.volumes": [{"box_km": [1.0, 2.0]}]}, "screening.volumes[1].box_km[3]: is missing"),
        ({"covariance.model": "cdm"}, "covariance.model: expected 'calibrated-2020', "),
        ({"covariance.model": "fixed"}, 'covariance: expected fixed_sigma_rtn_km with model = "fixed"'),
        ({"covariance.fixed_sigma_rtn_km": [1.0, 1.0, 1.0]}, "covariance: expected fixed_sigma_rtn_km with"),
        ({"probability.method": "chan"}, "probability.method: expected 'foster', "),
        ({"probability.yellow": 1e-3}, "probability: expected yellow below red"),
        ({"catalog.sources": [{}]}, "catalog.sources[1]: expected one of file, ephemerides and population"),
        (
            {"catalog.sources": [{"file": "a", "count": 3}]},
            "catalog.sources[1]: count can be used only with population",
        ),
        ({"catalog.sources": 5}, "catalog.sources: expected a list, got 5"),
        ({"catalog.kinds": ["debri"]}, "catalog.kinds[1]: expected 'payload', "),
        (
            {"catalog.perigee_km": [600.0, 300.0]},
            "catalog.perigee_km: expected the lowest altitude first",
        ),
        (
            {"catalog.apogee_km": [math.inf, 3.0]},
            "catalog.apogee_km[1]: expected a finite number, got inf",
        ),
        (
            {"colocation.max_separation_km": 1.0},
            "colocation: expected max_separation_km of at least",
        ),
        ({"output.plots": "yes"}, "output.plots: expected true or false, got 'yes'"),
    ],
)
def test_one_sentence_names_file_and_key(changes: dict[str, Any], message: str):
    text = sentence(changes)
    assert text.startswith("week.toml: ")
    assert message in text
    assert "\n" not in text
    assert "more)" not in text


def test_further_faults_are_counted():
    assert sentence({"seed": -1, "output.plots": 3, "span.duration_days": 0.0}).endswith("(and 2 more)")


def test_results_that_do_not_record_when_a_secondary_counts_are_those_at_tca():
    content = {
        "title": "a week",
        "primaries": [{"norad_id": 25544}],
        "screening": {"volumes": ["socrates-5km"]},
    }
    assert parse_scenario(content).screening.inside == "any moment"
    assert parse_scenario(content, recorded=True).screening.inside == "tca"
    content["screening"]["inside"] = "any moment"
    assert parse_scenario(content, recorded=True).screening.inside == "any moment"


def test_an_ellipsoid_of_ones_own():
    assert volume_of(VolumeTable(ellipsoid_km=(1.0, 2.0, 3.0))) == ScreeningVolume.ellipsoid(1.0, 2.0, 3.0)


def test_a_file_that_is_not_a_scenario_is_named(tmp_path: Path):
    path = tmp_path / "x.toml"
    with pytest.raises(InputError, match=r"x\.toml: no such file"):
        load_scenario(path)
    path.write_text('title = "x"\nseed = = 3\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.toml: not valid TOML: .*line 2"):
        load_scenario(path)
    path.write_bytes(b'title = "\xff"\n')
    with pytest.raises(InputError, match=r"x\.toml: expected UTF-8 text.*position 9"):
        load_scenario(path)
    with pytest.raises(InputError, match="this is a folder; expected a scenario"):
        load_scenario(tmp_path)


def test_relative_paths_start_at_the_file_and_stay_as_written(tmp_path: Path):
    path = tmp_path / "x.toml"
    path.write_text(
        SMALL_TOML.replace('population = "bundled"\ncount = 300', 'file = "a/b.tle"'), encoding="utf-8"
    )
    scenario = load_scenario(str(path))
    (source,) = scenario.catalog.sources
    assert source.file == Path("a/b.tle")
    assert scenario.located(source.file) == tmp_path / "a/b.tle"
    assert scenario.located(Path("/elsewhere")) == Path("/elsewhere")


def test_times_without_a_zone_and_dates_are_taken():
    for start in ("2024-11-01T00:00:00Z", "2024-11-01"):
        assert parse_scenario(altered({"span.start": start})).span.start.year == 2024
    content = tomllib.loads("start = 2024-11-01T06:00:00+02:00")
    assert parse_scenario(altered({"span.start": content["start"]})).span.start == content["start"]
