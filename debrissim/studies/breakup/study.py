"""`kind = "breakup"`: the fragments of an explosion or a collision, and their first orbits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationInfo, model_validator

from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.progress import Progress
from debrissim.hazard.breakup import model as model
from debrissim.hazard.breakup.counts import COLLISION_FACTORS, EXPLOSION_FACTORS, count_range
from debrissim.hazard.breakup.distributions import NumberLaw, collision_law, cumulative_count, explosion_law
from debrissim.hazard.breakup.fragments import BreakupResult
from debrissim.hazard.breakup.orbits import REENTRY_PERIGEE_KM, Fate, FragmentOrbits, fragment_orbits
from debrissim.results.folder import read_summary
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.breakup import CATALOGUED, FRAGMENTS, PARENTS
from debrissim.results.table import Table, read_table
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Positive, Reading
from debrissim.studies.breakup.event import EventTable, ParentStates, ParentTable, parent_states
from debrissim.studies.breakup.tables import (
    catalogued_table,
    comparison_table,
    fragment_table,
    parent_table,
    size_table,
)
from debrissim.studies.breakup.wording import breakup_answer
from debrissim.studies.study import Study, StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_ROWS = 1_000_000
_COUNTED_LENGTHS_M = (0.001, 0.01, 0.05, 0.1, 1.0)
_SOURCE = (
    "NASA standard breakup model: Johnson, Krisko, Liou & Anz-Meador (2001), Advances in Space Research 28(9), "
    "1377-1384; m v^2 in collisions that are not catastrophic: Orbital Debris Quarterly News 15-4 (2011)"
)
_ASSUMPTIONS = (
    "the whole of both objects takes part",
    "fragments belong to the two objects in proportion to the mass of each that breaks, and keep its momentum",
    "mass is filled in from the smallest fragments up; what is left goes to pieces of 1 m and above, or a remnant",
    "orbits are those of two bodies right after the event",
    f"a perigee below {REENTRY_PERIGEE_KM:g} km means re-entry at once",
)


class BreakupScenario(StudyScenario):
    """The fragments of an explosion, a collision or a hit by a kinetic vehicle: docs/breakups.md."""

    kind: Literal["breakup"] = Field("breakup", description="the kind of study")
    event: EventTable = Field(description="type and time of the event")
    target: ParentTable = Field(description="the object that explodes or is hit")
    projectile: ParentTable | None = Field(None, description="the object that hits it; not of an explosion")
    catalogued_within_days: Annotated[Positive, Field(le=3660.0)] = Field(
        30.0,
        description="of catalogued fragments, those with an element set within so many days of the event",
    )

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> BreakupScenario:
        if (self.event.type == "explosion") != (self.projectile is None):
            raise ValueError("expected a [projectile] with a collision or an asat, and only with one")
        parents = [parent for parent in (self.target, self.projectile) if parent is not None]
        if self.event.time is None and any(parent.catalogued for parent in parents):
            raise ValueError("expected event.time with catalogued fragments")
        recorded = isinstance(info.context, Reading) and info.context.recorded
        keys = self.event.model_dump(exclude_defaults=recorded, exclude_unset=True).keys()
        if self.projectile is not None and "scale" in keys:
            raise ValueError("event.scale can be used only with an explosion")
        misplaced = keys & {"relative_speed_km_s", "relative_velocity_rtn_km_s", "catastrophic"}
        if self.projectile is None and misplaced:
            raise ValueError(f"event.{min(misplaced)} can be used only with a collision or an asat")
        if self.event.type == "asat" and self.projectile is not None and self.projectile.has_orbit:
            raise ValueError("expected no orbit for an asat's projectile; with one it is a collision")
        return self

    def names(self) -> list[str]:
        """The names of target and projectile."""
        target = self.target.name or "target"
        return [target] if self.projectile is None else [target, self.projectile.name or "projectile"]


def run(scenario: BreakupScenario, progress: Progress) -> StudyResult:
    """Sample the fragments and compute their first orbits."""
    progress("parents", 0.0)
    states = parent_states(scenario.event, scenario.target, scenario.projectile)
    progress("fragments", 0.0)
    breakup = _simulate(scenario, states)
    progress("orbits", 0.0)
    fragments = breakup.fragments
    orbits = fragment_orbits(
        states.position_km[fragments.parent],
        states.velocity_km_s[fragments.parent] + fragments.velocity_change_km_s,
    )
    names = scenario.names()
    tables: dict[str, Table] = {
        "fragments": fragment_table(fragments, orbits),
        "parents": parent_table(names, states, breakup),
        "sizes": size_table(breakup),
    }
    if scenario.event.time is not None:
        files = [
            None if parent is None or parent.catalogued is None else scenario.located(parent.catalogued)
            for parent in (scenario.target, scenario.projectile)
        ]
        catalogued = catalogued_table(files, scenario.event.time, scenario.catalogued_within_days)
        if catalogued is not None:
            tables["catalogued"] = catalogued
            tables["comparison"] = comparison_table(names, fragments, orbits, catalogued)
    headline = _headline(breakup, orbits, states, _extreme_laws(scenario, states))
    return StudyResult.of(scenario, tables, headline, _method(breakup))


def _simulate(scenario: BreakupScenario, states: ParentStates) -> BreakupResult:
    event, target, projectile = scenario.event, scenario.target, scenario.projectile
    rng, min_length_m = np.random.default_rng(scenario.seed), event.min_length_m
    try:
        if projectile is None:
            _check_count(explosion_law(event.scale), min_length_m)
            return model.simulate_explosion(
                target.mass_kg,
                min_length_m=min_length_m,
                scale=event.scale,
                rocket_body=target.rocket_body,
                rng=rng,
            )
        masses = target.mass_kg, projectile.mass_kg, states.speed_km_s
        _check_count(collision_law(*masses, catastrophic=event.catastrophic), min_length_m)
        return model.simulate_collision(
            *masses,
            min_length_m=min_length_m,
            rocket_body=(target.rocket_body, projectile.rocket_body),
            rng=rng,
            catastrophic=event.catastrophic,
        )
    except InputError as error:
        raise ScenarioError(f"event.{error}") from error


def _extreme_laws(scenario: BreakupScenario, states: ParentStates) -> list[NumberLaw]:
    """The number laws of the ends of both ranges of masses; of an explosion the mass does not matter.

    All four pairs: a light projectile may shatter a light target, but not a heavy one.
    """
    target, projectile = scenario.target, scenario.projectile
    if projectile is None:
        return []
    ends = [parent.mass_range_kg or (parent.mass_kg,) for parent in (target, projectile)]
    return [
        collision_law(first, second, states.speed_km_s, catastrophic=scenario.event.catastrophic)
        for first, second in product(ends[0], ends[1])
    ]


def _check_count(law: NumberLaw, min_length_m: float) -> None:
    """Raise InputError for more fragments than a table can hold, before they are sampled."""
    expected = float(cumulative_count(min_length_m, law))
    if expected > _MAX_ROWS:
        raise InputError(
            f"min_length_m: {min_length_m:g} m gives {expected:.3g} fragments, expected at most {_MAX_ROWS} in "
            "a table; from Python there may be more"
        )


def _headline(
    breakup: BreakupResult, orbits: FragmentOrbits, states: ParentStates, extremes: Sequence[NumberLaw]
) -> dict[str, Any]:
    length, balance = breakup.fragments.characteristic_length_m, breakup.balance
    counts = []
    for length_m in _COUNTED_LENGTHS_M:
        numbers = count_range(length_m, breakup.law, extremes)
        counts.append(
            {
                "length_m": length_m,
                "law": numbers.law,
                "sampled": int((length >= length_m).sum()) if length_m >= breakup.min_length_m else None,
                "poisson_95": list(numbers.poisson_95),
                "stated_range": list(numbers.stated_range),
            }
        )
    fates = {fate.label: int((orbits.fate == fate).sum()) for fate in Fate}
    total = max(1, len(breakup.fragments))
    return {
        "catastrophic": breakup.catastrophic,
        "energy_to_mass_j_g": breakup.energy_to_mass_j_g,
        "relative_speed_km_s": None if np.isnan(states.speed_km_s) else states.speed_km_s,
        "parents_apart_km": states.separation_km,
        "fragments": len(breakup.fragments),
        "min_length_m": breakup.min_length_m,
        "expected_count": breakup.expected_count,
        "counts": counts,
        "fates": fates,
        "reentry_share": fates[Fate.REENTRY.label] / total,
        "escape_count": fates[Fate.ESCAPE.label],
        "mass_kg": {
            "parents": float(balance.parent_mass_kg.sum()),
            "fragments": float(balance.fragment_mass_kg.sum()),
            "below_minimum_length": float(balance.below_min_length_kg.sum()),
            "remnants": float(balance.remnant_mass_kg.sum()),
            "residual": float(balance.residual_kg.sum()),
        },
        "momentum_residual_kg_km_s": balance.momentum_residual_kg_km_s.tolist(),
        "fragment_energy_j": balance.fragment_energy_j,
        "impact_energy_j": balance.impact_energy_j,
    }


def _method(breakup: BreakupResult) -> dict[str, Any]:
    law = breakup.law
    return {
        "source": _SOURCE,
        "law": {"factor": law.factor, "exponent": law.exponent, "mass_kg": law.law_mass_kg},
        "assumptions": list(_ASSUMPTIONS),
        "range": (
            "stated_range: 95 % of Poisson about the law, for every possible mass, times the factors by which it has "
            "been off at 10 cm"
        ),
        "range_factors": list(COLLISION_FACTORS if law.is_collision else EXPLOSION_FACTORS),
        "flags": list(breakup.flags),
    }


def draw(folder: Path) -> Mapping[str, Figure]:
    """The figures, using only the folder."""
    from debrissim.report.figures.breakup import BreakupView
    from debrissim.report.figures.registry import plot_figures

    summary = read_summary(folder)
    fragments = read_table(folder / FRAGMENTS.file, FRAGMENTS)
    parents = read_table(folder / PARENTS.file, PARENTS)
    catalogued = folder / CATALOGUED.file
    scenario, law = summary["provenance"]["scenario"], summary["method"]["law"]
    collision = summary["answer"]["catastrophic"] is not None
    objects = [scenario[key] for key in ("target", "projectile") if scenario[key] is not None]
    return plot_figures(
        BreakupView(
            title=scenario["title"],
            names=tuple(parents["name"]),
            rocket_body=tuple(bool(parent["rocket_body"]) for parent in objects),
            law=NumberLaw(law["factor"], law["exponent"], summary["answer"]["catastrophic"]),
            range_factors=(summary["method"]["range_factors"][0], summary["method"]["range_factors"][1]),
            collision=collision,
            parent=fragments["parent"],
            in_orbit=fragments["fate"] == Fate.ORBIT.label,
            columns=fragments.columns(),
            parents=parents.columns(),
            catalogued=read_table(catalogued, CATALOGUED).columns() if catalogued.exists() else None,
        )
    )


STUDY = Study(BreakupScenario, run, draw, breakup_answer, SCHEMAS["breakup"])
