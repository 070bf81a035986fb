"""The starter scenario: every key, and it runs as it is."""

from __future__ import annotations

import re
import tomllib

import pytest
from support.paths import SCENARIOS

from debrissim.core.errors import InputError
from debrissim.scenario.avoidance import AvoidanceScenario
from debrissim.scenario.conjunctions import Scenario, load_scenario, parse_scenario
from debrissim.scenario.template import as_toml, template


def test_it_is_a_scenario_with_the_defaults():
    scenario = parse_scenario(tomllib.loads(template()))
    default = Scenario.model_validate(
        {"title": scenario.title, "primaries": [p.model_dump(exclude_none=True) for p in scenario.primaries]}
    )
    assert scenario == default


def test_it_has_every_key_of_every_table():
    text = template()
    for model in (Scenario, *(f.annotation for f in Scenario.model_fields.values())):
        for key in getattr(model, "model_fields", {}):
            assert re.search(rf"^(# )?{key} = |\[\[?([a-z_]+\.)?{key}\]", text, re.MULTILINE), key


def test_commented_examples_are_valid_toml():
    for line in template().splitlines():
        if match := re.match(r"# ([a-z_]+ = .*)", line):
            tomllib.loads(match[1])


def test_the_station_is_that_of_the_scenario():
    """With all its sizes: else the starter would give another first sentence than the README's first run."""
    station = parse_scenario(tomllib.loads(template())).primaries[0]
    shown = load_scenario(SCENARIOS / "iss_week.toml").primaries[0]
    assert station == shown


def test_values_as_toml():
    value = {"a": True, "b": (1.0, 2), "c": 'say "so"', "d": {"e": "\\"}}
    assert tomllib.loads(f"x = {as_toml(value)}")["x"] == {
        "a": True,
        "b": [1.0, 2],
        "c": 'say "so"',
        "d": {"e": "\\"},
    }


def test_the_starter_of_avoidance_is_a_scenario_with_the_defaults():
    text = template("avoidance")
    scenario = AvoidanceScenario.model_validate(tomllib.loads(text))
    event = {"results": scenario.event.results}
    assert scenario == AvoidanceScenario.model_validate({"title": scenario.title, "event": event})
    for model in (AvoidanceScenario, *(f.annotation for f in AvoidanceScenario.model_fields.values())):
        for key in getattr(model, "model_fields", {}):
            assert re.search(rf"^(# )?{key} = |\[{key}\]", text, re.MULTILINE), key


def test_another_kind_has_no_starter():
    with pytest.raises(InputError, match="expected conjunctions or avoidance, got 'flux'"):
        template("flux")
