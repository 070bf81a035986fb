"""The tables of a study of penetrations, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.penetration import (
    SPEED_EDGES_KM_S,
    Penetrations,
    expected_range,
    no_penetration_probability,
)
from debrissim.report.figures.flux import SOURCES
from debrissim.results.schema import penetration as schema
from debrissim.results.table import Table
from debrissim.studies.penetration.shields import SurfaceTable

Rows = list[tuple[SurfaceTable, dict[str, Penetrations]]]
"""Surfaces with their penetrations by source."""
_CURVE_SPEEDS_KM_S = np.linspace(0.5, 20.0, 79)
_CURVE_ANGLES_DEG = (0.0, 45.0, 60.0)


class Check(NamedTuple):
    """The check of one surface and source: penetrations by quadrature, by Monte Carlo, and the latter's error."""

    module: str
    part: str
    source: str
    expected: float
    monte_carlo: float
    standard_error: float


def surfaces_table(rows: Rows, shields: Mapping[str, Shield]) -> Table:
    """Each surface: shield, area, penetrations by source."""
    by_source = {
        f"{name}_expected": np.array([found[name].expected for _, found in rows]) for name in SOURCES
    }
    # Of all penetrations, those by particles faster than the shots that tested the equation.
    beyond = [
        sum(p.beyond_tests * p.expected for p in found.values())
        / (sum(p.expected for p in found.values()) or 1.0)
        for _, found in rows
    ]
    return schema.SURFACES.table(
        {
            "module": [t.module for t, _ in rows],
            "part": [t.part for t, _ in rows],
            "shield": [t.shield for t, _ in rows],
            "equation": [shields[t.shield].label for t, _ in rows],
            "exposed_area_m2": [t.surface().exposed_area_m2 for t, _ in rows],
            **by_source,
            "share_beyond_tests": beyond,
        }
    )


def modules_table(rows: Rows) -> Table:
    """Sums by module, with ranges and PNP."""
    modules = {t.module: [(own, found) for own, found in rows if own.module == t.module] for t, _ in rows}
    columns: dict[str, ArrayLike] = {
        "module": list(modules),
        "exposed_area_m2": [sum(t.surface().exposed_area_m2 for t, _ in own) for own in modules.values()],
    }
    for name in SOURCES:
        nominal, low, high = _ranges([[found[name] for _, found in own] for own in modules.values()])
        columns |= {f"{name}_expected": nominal, f"{name}_low": low, f"{name}_high": high}
    nominal, low, high = _ranges(
        [[p for _, found in own for p in found.values()] for own in modules.values()]
    )
    none = [pnp(values) for values in zip(nominal.tolist(), low.tolist(), high.tolist(), strict=True)]
    columns |= {"expected": nominal, "low": low, "high": high}
    columns |= {
        column: [probability[key] for probability in none]
        for column, key in (("pnp", "nominal"), ("pnp_low", "low"), ("pnp_high", "high"))
    }
    return schema.MODULES.table(columns)


def _ranges(parts: Sequence[Sequence[Penetrations]]) -> Array:
    """(3, m) expected penetrations of m modules: nominal, low, high."""
    return np.array([expected_range(part) for part in parts]).T


def curves_table(shields: Mapping[str, Shield], density_g_cm3: float) -> Table:
    """Critical diameter of each shield against speed, at the angles of the figure."""
    speeds = _CURVE_SPEEDS_KM_S
    curves = [(name, shield, angle) for name, shield in shields.items() for angle in _CURVE_ANGLES_DEG]
    return schema.CRITICAL_DIAMETER.table(
        {
            "shield": np.repeat([name for name, _, _ in curves], speeds.size),
            "angle_deg": np.repeat([angle for _, _, angle in curves], speeds.size),
            "speed_km_s": np.tile(speeds, len(curves)),
            "density_g_cm3": np.full(speeds.size * len(curves), density_g_cm3),
            "diameter_cm": np.concatenate(
                [shield.critical_diameter_cm(speeds, angle, density_g_cm3) for _, shield, angle in curves]
            ),
        }
    )


def speeds_table(rows: Rows) -> Table:
    """Expected penetrations of the surfaces in the total by impact speed."""
    counted = [found for surface, found in rows if surface.in_total]
    by_source = {
        f"{name}_expected": np.sum([found[name].expected * found[name].by_speed for found in counted], axis=0)
        for name in SOURCES
    }
    return schema.SPEEDS.table(
        {"low_km_s": SPEED_EDGES_KM_S[:-1], "high_km_s": SPEED_EDGES_KM_S[1:], **by_source}
    )


def check_table(checks: Sequence[Check]) -> Table:
    """The Monte Carlo values and the sums they check."""
    return schema.MONTE_CARLO.table({name: [getattr(c, name) for c in checks] for name in Check._fields})


def three(values: tuple[float, float, float]) -> dict[str, float]:
    """(nominal, low, high) by name."""
    return dict(zip(("nominal", "low", "high"), values, strict=True))


def pnp(expected: tuple[float, float, float]) -> dict[str, float]:
    """Probability of no penetration of (nominal, low, high) expected ones: its low is that of the high."""
    nominal, high, low = (float(no_penetration_probability(n)) for n in expected)
    return {"nominal": nominal, "low": low, "high": high}
