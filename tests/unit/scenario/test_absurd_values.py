"""Values that are of the right type and of no use: one sentence with the key, before anything is computed."""

from __future__ import annotations

import copy
import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from support.small import SMALL_TOML

from debrissim.conjunctions import run
from debrissim.core.errors import InputError
from debrissim.scenario.conjunctions import parse_scenario

ABSURD = (
    ("screening.window_hours", 1e-9),
    ("screening.step_s", 1e-300),
    ("screening.step_s", 1e300),
    ("span.start", datetime(1, 1, 1, tzinfo=UTC)),
    ("span.start", datetime(9999, 12, 31, tzinfo=UTC)),
    ("seed", 10**4000),
    ("primaries.0.norad_id", 10**100),
    ("primaries.0.norad_id", 10**9),
    ("primaries.0.name", "A" * 100_000),
    ("title", "A" * 100_000),
    ("primaries.0.hard_body_radius_m", 1e308),
    ("primaries.0.mass_kg", 1e12),
    ("primaries.0.elements.mean_motion_rev_day", 1e250),
    ("primaries.0.elements.mean_motion_rev_day", 1e-9),
    ("primaries.0.elements.bstar", -1e308),
    ("primaries.0.elements.raan_deg", 1e308),
    ("screening.volumes.0.sphere_km", 1e308),
    ("screening.volumes.0.sphere_km", 1e-308),
    ("covariance.primary_factor", 1e160),
)


def changed(key: str, value: Any) -> dict[str, Any]:
    """The small scenario with one value replaced; key: tables and places in lists, from 0, with points between."""
    content = copy.deepcopy(tomllib.loads(SMALL_TOML))
    *parents, last = (int(part) if part.isdigit() else part for part in key.split("."))
    table: Any = content
    for part in parents:
        table = table[part] if isinstance(part, int) else table.setdefault(part, {})
    table[last] = value
    return content


@pytest.mark.parametrize(("key", "value"), ABSURD)
def test_an_absurd_value_is_one_short_sentence_with_its_key(key: str, value: Any):
    with pytest.raises(InputError) as raised:
        parse_scenario(changed(key, value))
    sentence = str(raised.value)
    assert key.replace(".0", "[1]") in sentence
    assert "expected" in sentence
    assert len(sentence) < 500


@pytest.mark.parametrize("name", ["\x1b[2J", "a\ud800b", "\x00", "a\u202eb"])
def test_names_become_printable(name: str):
    scenario = parse_scenario(changed("primaries.0.name", name) | {"title": name})
    assert scenario.title.isprintable()
    assert scenario.primaries[0].name is not None
    assert scenario.primaries[0].name.isprintable()


@pytest.mark.parametrize("path", ["a\0b", "a" * 5000, "x/" * 3000])
@pytest.mark.parametrize("key", ["catalog.sources.0.file", "catalog.sizes", "covariance.table"])
def test_paths_that_no_disk_holds_are_one_short_sentence(key: str, path: str):
    content = changed(key, path)
    if "sources" in key:
        content["catalog"]["sources"] = [{"file": path}]
    with pytest.raises(InputError, match="cannot be read") as raised:
        run(parse_scenario(content))
    assert len(str(raised.value)) < 400
    assert str(raised.value).isprintable()
