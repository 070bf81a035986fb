"""One small scenario of each kind, with every table that a number can be in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from support.small import COSMOS_2251, IRIDIUM_33, ORBIT

_POPULATION = {"population": "bundled", "count": 200}
_OUTPUT = {"plots": False, "report": False}

SMALL: Mapping[str, dict[str, Any]] = {
    "conjunctions": {
        "title": "a quarter of an hour",
        "span": {"start": "2024-11-01T00:00:00Z", "duration_days": 0.01},
        "catalog": {"sources": [_POPULATION]},
        "primaries": [
            {
                "norad_id": 25544,
                "elements": dict(ORBIT),
                "hard_body_radius_m": 70.0,
                "mass_kg": 4e5,
                "dimensions_m": [108.5, 73.2, 20.0],
                "mean_area_m2": 3036.0,
            }
        ],
        "screening": {"volumes": [{"name": "wide", "sphere_km": 600.0}, {"box_km": [5.0, 5.0, 5.0]}]},
        "covariance": {"model": "fixed", "fixed_sigma_rtn_km": [0.1, 0.5, 0.1]},
        "breakups": [
            {
                "type": "explosion",
                "time": "2024-10-31T23:00:00Z",
                "target": {"elements": dict(ORBIT), "name": "STAGE", "mass_kg": 1000.0},
                "min_length_m": 0.5,
            },
            {
                "type": "collision",
                "time": "2024-10-31T23:00:00Z",
                "target": {"elements": dict(ORBIT), "name": "TARGET", "mass_kg": 1000.0},
                "projectile": {"relative_speed_km_s": 10.0, "mass_kg": 1.0},
                "min_length_m": 0.5,
            },
        ],
        "output": dict(_OUTPUT),
    },
    "risk-map": {
        "kind": "risk-map",
        "title": "map",
        "catalog": dict(_POPULATION),
        "altitude_km": [400.0, 800.0],
        "altitude_step_km": 200.0,
        "inclination_deg": [0.0, 90.0],
        "inclination_step_deg": 45.0,
        "marked": [
            {
                "name": "x",
                "altitude_km": 400.0,
                "inclination_deg": 51.6,
                "hard_body_radius_m": 80.0,
                "mean_area_m2": 3000.0,
                "dimensions_m": [100.0, 70.0, 20.0],
            }
        ],
        "output": dict(_OUTPUT),
    },
    "station-years": {
        "kind": "station-years",
        "title": "years",
        "last_year": 2000,
        "catalogs": [dict(_POPULATION)],
        "counting": {"days": 0.02, "phases": 2},
        "output": dict(_OUTPUT),
    },
    "flux": {
        "kind": "flux",
        "title": "flux",
        "orbit": {"altitude_km": 400.0, "inclination_deg": 51.6, "solar_flux": 150.0},
        "year": 2024.0,
        "sizes": {"count": 5},
        "output": dict(_OUTPUT),
    },
    "penetration": {
        "kind": "penetration",
        "title": "shields",
        "orbit": {"altitude_km": 400.0, "inclination_deg": 51.6, "solar_flux": 150.0},
        "mission": {"start": "2024-01-01T00:00:00Z", "duration_days": 100.0},
        "surfaces": [
            {"module": "A", "shield": "s", "shape": "tumbling", "area_m2": 10.0},
            {"module": "A", "shield": "s", "shape": "plate", "area_m2": 10.0, "direction": [1.0, 0.0, 0.0]},
            {
                "module": "A",
                "shield": "s",
                "shape": "cylinder",
                "diameter_m": 4.0,
                "length_m": 9.0,
                "direction": "ram",
            },
        ],
        "shields": [{"name": "s", "equation": "single-wall", "material": "aluminium", "thickness_cm": 0.3}],
        "monte_carlo_samples": 100,
        "output": dict(_OUTPUT),
    },
    "breakup": {
        "kind": "breakup",
        "title": "breakup",
        "event": {"type": "collision", "min_length_m": 0.5, "relative_speed_km_s": 10.0},
        "target": {"mass_kg": 900.0, "altitude_km": 800.0, "inclination_deg": 74.0},
        "projectile": {"mass_kg": 500.0},
        "output": dict(_OUTPUT),
    },
    "explosion": {
        "kind": "breakup",
        "title": "explosion",
        "event": {"type": "explosion", "min_length_m": 0.5, "time": "2009-02-10T16:55:59Z"},
        "target": {"mass_kg": 900.0, "tle": list(IRIDIUM_33)},
        "output": dict(_OUTPUT),
    },
    "orbits": {
        "kind": "breakup",
        "title": "orbits",
        "event": {"type": "collision", "min_length_m": 0.5, "time": "2009-02-10T16:55:59Z"},
        "target": {"mass_kg": 900.0, "tle": list(IRIDIUM_33)},
        "projectile": {"mass_kg": 500.0, "tle": list(COSMOS_2251)},
        "output": dict(_OUTPUT),
    },
}


def with_value(content: dict[str, Any], place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy of the content with one value replaced; tables on the way are made where they are missing."""
    key, *rest = place
    copied: Any = list(content) if isinstance(content, list) else dict(content)
    if not rest:
        copied[key] = value
    else:
        inner = copied[key] if isinstance(key, int) or key in copied else {}
        copied[key] = with_value(inner, tuple(rest), value)
    return copied


def numeric_places(model: Any, content: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The place of every number that a scenario of that model can hold, and its schema (JSON Schema).

    Lists are followed as far as the content has entries.
    """
    schema = model.model_json_schema()
    yield from _places(schema, schema.get("$defs", {}), content, ())


def _places(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], content: Any, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _places(branch, definitions, content, place)
    if schema.get("type") in ("number", "integer"):
        yield place, dict(schema)
    for key, inner in schema.get("properties", {}).items():
        value = content.get(key) if isinstance(content, Mapping) else None
        yield from _places(inner, definitions, value, (*place, key))
    if schema.get("type") == "array":
        for k, value in enumerate(content if isinstance(content, list) else ()):
            yield from _places(
                (schema.get("prefixItems") or [{}] * (k + 1))[k] or schema.get("items", {}),
                definitions,
                value,
                (*place, k),
            )
