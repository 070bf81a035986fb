"""`debrissim new`: a commented starter scenario, generated from the models so that it is always current."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from debrissim.core.errors import InputError
from debrissim.scenario import conjunctions as models
from debrissim.scenario.avoidance import AvoidanceScenario
from debrissim.scenario.breakups import BreakupEvent, BreakupProjectile, BreakupTarget
from debrissim.scenario.fields import ElementTable
from debrissim.scenario.week import ISS, synthetic_week

# The ISS of scenarios/iss_week.toml, so that the starter runs as it is and gives the same answer.
_EXAMPLE_PRIMARY: dict[str, Any] = synthetic_week(ISS, "ISS", 7.0)["primaries"][0]

_EXAMPLES = {
    "file": "catalogue.csv.xz",
    "source": "celestrak:active",
    "max_age_hours": 24.0,
    "satcat": "celestrak:satcat",
    "satcat_max_age_hours": 720.0,
    "count": 27000,
    "sizes": "sizes.csv",
    "kinds": ["debris", "rocket body"],
    "perigee_km": (300.0, 600.0),
    "apogee_km": (300.0, 2000.0),
    "name": "COSMOS 1408*",
    "norad_ids": [25544, 48274],
    "tle": ("1 25544U ...", "2 25544 ..."),
    "step_s": 30.0,
    "fixed_sigma_rtn_km": (0.1, 0.5, 0.1),
    "sphere_km": 5.0,
    "box_km": (2.0, 25.0, 25.0),
    "cdm_above": 1e-7,
    "results": "results/iss_week",
    "row": 0,
    "relative_velocity_rtn_km_s": (0.0, -14.0, 0.0),
    "relative_speed_km_s": 5.0,
    "mass_kg": 100.0,
    "rocket_body": False,
    "scenario": "my_week.toml",
    "message": "conjunction.cdm",
    "number": 0,
    "object": 1,
    "hard_body_radius_m": 20.0,
    "earth_orientation": "finals2000A.all",
    "thrust_n": 22.0,
    "specific_impulse_s": 290.0,
    "mass_flow_kg_s": 0.0077,
    "miss_km": 1.0,
}
_HEAD = (
    "# A debrissim scenario with the default of every key; a key after # has no default and is an example.",
    "# Run it:  debrissim run FILE",
    "",
)


def template(kind: str = "conjunctions") -> str:
    """A whole scenario file: every key, its meaning and its default; keys without one are commented out.

    Raises InputError for a kind that has no template.
    """
    if kind not in TEMPLATES:
        raise InputError(
            f"--kind: expected {' or '.join(TEMPLATES)}, got {kind!r}; "
            "`debrissim new --list` shows scenarios of the other kinds, docs/studies.md has their keys"
        )
    return "\n".join(TEMPLATES[kind]()) + "\n"


def _avoidance() -> list[str]:
    """The encounter by its results folder; the other two ways are commented out, because exactly one is allowed."""
    fields = AvoidanceScenario.model_fields
    parts = [
        *_HEAD,
        _key("kind", fields["kind"]),
        _key("title", fields["title"], "An encounter avoided"),
        _key("seed", fields["seed"]),
    ]
    for key, field in fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            values = {"results": "results/my_week"} if key == "event" else None
            parts += ["", f"# {_first_line(model)}", f"[{key}]", *_keys(model, values)]
    return parts


def _conjunctions() -> list[str]:
    parts = [
        *_HEAD,
        _key("kind", models.Scenario.model_fields["kind"]),
        _key("title", models.Scenario.model_fields["title"], "The ISS for a week"),
        _key("seed", models.Scenario.model_fields["seed"]),
    ]
    for key, field in models.Scenario.model_fields.items():
        if key == "primaries":
            parts += ["", *_primaries()]
        elif key == "events":
            parts += ["", *_events()]
        elif key == "breakups":
            parts += ["", *_breakups()]
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            parts += ["", f"# {_first_line(field.annotation)}", f"[{key}]", *_keys(field.annotation)]
            if key == "catalog":
                parts += ["", *_sources()]
            if key == "screening":
                parts += ["", *_volumes()]
    return parts


TEMPLATES: dict[str, Callable[[], list[str]]] = {"conjunctions": _conjunctions, "avoidance": _avoidance}
"""The lines of the starter of each kind that has one."""


def _keys(
    model: type[BaseModel], values: dict[str, Any] | None = None, skip: tuple[str, ...] = ("sources",)
) -> list[str]:
    """Lines for the keys of a table: the value, otherwise the default, otherwise a commented example."""
    return [
        _key(key, field, (values or {}).get(key))
        for key, field in model.model_fields.items()
        if key not in skip
    ]


def _key(key: str, field: FieldInfo, value: Any = None) -> str:
    value = value if value is not None else _default(field)
    mark = "" if value is not None else "# "
    shown = value if value is not None else _EXAMPLES.get(key, "...")
    return f"{mark}{key} = {as_toml(shown)}  # {field.description}"


def _sources() -> list[str]:
    return [
        "# The sources of the element sets; several [[catalog.sources]] are merged.",
        "[[catalog.sources]]",
        *_keys(models.CatalogSource, {"population": "bundled"}),
    ]


def _primaries() -> list[str]:
    lines = [
        "# A spacecraft whose approaches are searched; several [[primaries]] are allowed.",
        "[[primaries]]",
    ]
    lines += _keys(models.Primary, _EXAMPLE_PRIMARY, skip=("elements",))
    lines += [f"# {models.Primary.model_fields['elements'].description}", "[primaries.elements]"]
    return lines + _keys(ElementTable, _EXAMPLE_PRIMARY["elements"])


def _events() -> list[str]:
    example = {"file": "conjunction.cdm", "hard_body_radius_m": 20.0}
    return [
        "# A conjunction reported by a message (CDM), assessed in addition to the others; any number of them.",
        "# [[events]]",
        *(f"# {_key(key, models.Event.model_fields[key], value)}" for key, value in example.items()),
    ]


def _breakups() -> list[str]:
    """All lines are commented out: there is no breakup by default. Of mutually exclusive keys, exactly one is
    written."""
    return [
        "# A breakup before the span, whose modelled fragments join the catalogue; any number of them.",
        "# [[breakups]]",
        *_commented(BreakupEvent, {"type": "asat", "time": "2024-10-31T02:47:00Z", "name": "test"}),
        f"# # {BreakupEvent.model_fields['target'].description}",
        "# [breakups.target]",
        *_commented(BreakupTarget, {"norad_id": 13552, "mass_kg": 1750.0, "rocket_body": False}),
        f"# # {BreakupEvent.model_fields['projectile'].description}",
        "# [breakups.projectile]",
        *_commented(BreakupProjectile, {"relative_speed_km_s": 5.0, "mass_kg": 100.0, "rocket_body": False}),
    ]


def _commented(model: type[BaseModel], values: dict[str, Any]) -> list[str]:
    """The keys of a table, commented out: those with a value or a default behind one #, the others behind two."""
    return [
        f"# {_key(key, field, values.get(key))}"
        for key, field in model.model_fields.items()
        if key not in ("target", "projectile", "elements")
    ]


def _volumes() -> list[str]:
    return [
        "# A volume of your own goes into the list above as a table: { name = ..., sphere_km = ... } or",
        "# { name = ..., box_km = [radial, transverse, normal] }, half-widths in km.",
    ]


def _default(field: FieldInfo) -> Any:
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def as_toml(value: Any) -> str:
    """A value as TOML writes it; for a table, the keys that are set."""
    if isinstance(value, BaseModel):
        return as_toml(value.model_dump(exclude_none=True))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(as_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {as_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value) if isinstance(value, str) else repr(value)
