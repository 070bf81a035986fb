"""The tables of a study of penetrations, column by column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from debrissim.conjunctions.tables import Table
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.penetration import (
    SPEED_EDGES_KM_S,
    Penetrations,
    expected_range,
    no_penetration_probability,
)
from debrissim.report.figures.flux import SOURCES
from debrissim.studies.penetration.shields import SurfaceTable

Rows = list[tuple[SurfaceTable, dict[str, Penetrations]]]
"""Surfaces with their penetrations by source."""
Check = tuple[str, str, str, float, float, float]
"""Module, part, source, expected penetrations, those of the Monte Carlo, its standard error."""

_CURVE_SPEEDS_KM_S = np.linspace(0.5, 20.0, 79)
_CURVE_ANGLES_DEG = (0.0, 45.0, 60.0)


def surfaces_table(rows: Rows, shields: Mapping[str, Shield]) -> Table:
    """Each surface: shield, area, penetrations by source."""
    table: Table = {
        "module": [t.module for t, _ in rows],
        "part": [t.part for t, _ in rows],
        "shield": [t.shield for t, _ in rows],
        "equation": [shields[t.shield].label for t, _ in rows],
        "exposed_area_m2": [t.surface().exposed_area_m2 for t, _ in rows],
    }
    for name in SOURCES:
        table[f"{name}_expected"] = [found[name].expected for _, found in rows]
    # Of all penetrations, those by particles faster than the shots that tested the equation.
    table["share_beyond_tests"] = [
        sum(p.beyond_tests * p.expected for p in found.values())
        / (sum(p.expected for p in found.values()) or 1.0)
        for _, found in rows
    ]
    return table


def modules_table(rows: Rows) -> Table:
    """Sums by module, with ranges and PNP."""
    table: Table = {"module": list(dict.fromkeys(t.module for t, _ in rows))}
    own = [[found for t, found in rows if t.module == module] for module in table["module"]]
    table["exposed_area_m2"] = [
        sum(t.surface().exposed_area_m2 for t, _ in rows if t.module == module) for module in table["module"]
    ]
    for name in SOURCES:
        ranges = [expected_range([found[name] for found in parts]) for parts in own]
        for k, column in enumerate(("expected", "low", "high")):
            table[f"{name}_{column}"] = [r[k] for r in ranges]
    ranges = [expected_range([p for found in parts for p in found.values()]) for parts in own]
    for k, column in enumerate(("expected", "low", "high")):
        table[column] = [r[k] for r in ranges]
    table["pnp"] = [pnp(r)["nominal"] for r in ranges]
    table["pnp_low"] = [pnp(r)["low"] for r in ranges]
    table["pnp_high"] = [pnp(r)["high"] for r in ranges]
    return table


def curves_table(shields: Mapping[str, Shield], density_g_cm3: float) -> Table:
    """Critical diameter of each shield against speed, at the angles that are drawn."""
    table: Table = {"shield": [], "angle_deg": [], "speed_km_s": [], "density_g_cm3": [], "diameter_cm": []}
    for name, shield in shields.items():
        for angle in _CURVE_ANGLES_DEG:
            found = shield.critical_diameter_cm(_CURVE_SPEEDS_KM_S, angle, density_g_cm3)
            table["shield"] += [name] * found.size
            table["angle_deg"] += [angle] * found.size
            table["speed_km_s"] += _CURVE_SPEEDS_KM_S.tolist()
            table["density_g_cm3"] += [density_g_cm3] * found.size
            table["diameter_cm"] += found.tolist()
    return table


def speeds_table(rows: Rows) -> Table:
    """Expected penetrations of the surfaces in the total by impact speed."""
    table: Table = {"low_km_s": SPEED_EDGES_KM_S[:-1].tolist(), "high_km_s": SPEED_EDGES_KM_S[1:].tolist()}
    for name in SOURCES:
        parts = [found[name] for surface, found in rows if surface.in_total]
        table[f"{name}_expected"] = np.sum([p.expected * p.by_speed for p in parts], axis=0).tolist()
    return table


def check_table(checks: list[Check]) -> Table:
    """The Monte Carlo beside the sums."""
    names = ("module", "part", "source", "expected", "monte_carlo", "standard_error")
    return dict(zip(names, map(list, zip(*checks, strict=True)), strict=True))


def three(values: tuple[float, float, float]) -> dict[str, float]:
    """(nominal, low, high) by name."""
    return dict(zip(("nominal", "low", "high"), values, strict=True))


def pnp(expected: tuple[float, float, float]) -> dict[str, float]:
    """Probability of no penetration of (nominal, low, high) expected ones: its low is that of the high."""
    nominal, high, low = (float(no_penetration_probability(n)) for n in expected)
    return {"nominal": nominal, "low": low, "high": high}
