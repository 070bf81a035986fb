"""The tables of the penetration study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class SurfaceRisk:
    """A surface of the scenario and its penetrations by source."""

    surface: SurfaceTable
    by_source: Mapping[str, Penetrations]

    @property
    def module(self) -> str:
        return self.surface.module

    @property
    def exposed_area_m2(self) -> float:
        return self.surface.surface().exposed_area_m2

    @property
    def expected(self) -> float:
        """Expected penetrations by all sources."""
        return sum(p.expected for p in self.by_source.values())

    @property
    def expected_beyond_tests(self) -> float:
        """Of those, the expected penetrations by particles faster than the shots that tested the equation."""
        return sum(p.beyond_tests * p.expected for p in self.by_source.values())


def surfaces_table(risks: Sequence[SurfaceRisk], shields: Mapping[str, Shield]) -> Table:
    """Each surface: shield, area, penetrations by source."""
    return schema.SURFACES.table(
        {
            "module": [risk.module for risk in risks],
            "part": [risk.surface.part for risk in risks],
            "shield": [risk.surface.shield for risk in risks],
            "equation": [shields[risk.surface.shield].label for risk in risks],
            "exposed_area_m2": [risk.exposed_area_m2 for risk in risks],
            **{f"{name}_expected": [risk.by_source[name].expected for risk in risks] for name in SOURCES},
            "share_beyond_tests": [risk.expected_beyond_tests / (risk.expected or 1.0) for risk in risks],
        }
    )


def modules_table(risks: Sequence[SurfaceRisk]) -> Table:
    """Sums by module, with ranges and PNP."""
    modules: dict[str, list[SurfaceRisk]] = {}
    for risk in risks:
        modules.setdefault(risk.module, []).append(risk)
    columns: dict[str, ArrayLike] = {
        "module": list(modules),
        "exposed_area_m2": [sum(risk.exposed_area_m2 for risk in own) for own in modules.values()],
    }
    for name in SOURCES:
        nominal, low, high = _ranges([[risk.by_source[name] for risk in own] for own in modules.values()])
        columns |= {f"{name}_expected": nominal, f"{name}_low": low, f"{name}_high": high}
    ranges = _ranges([[p for risk in own for p in risk.by_source.values()] for own in modules.values()])
    columns |= dict(zip(("expected", "low", "high"), ranges, strict=True))
    none = [pnp((nominal, low, high)) for nominal, low, high in ranges.T.tolist()]
    columns |= {
        "pnp": [probability["nominal"] for probability in none],
        "pnp_low": [probability["low"] for probability in none],
        "pnp_high": [probability["high"] for probability in none],
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


def speeds_table(risks: Sequence[SurfaceRisk]) -> Table:
    """Expected penetrations of the surfaces in the total by impact speed."""
    counted = [risk.by_source for risk in risks if risk.surface.in_total]
    return schema.SPEEDS.table(
        {
            "low_km_s": SPEED_EDGES_KM_S[:-1],
            "high_km_s": SPEED_EDGES_KM_S[1:],
            **{
                f"{name}_expected": np.sum(
                    [own[name].expected * own[name].by_speed for own in counted], axis=0
                )
                for name in SOURCES
            },
        }
    )


def check_table(checks: Sequence[Check]) -> Table:
    """The Monte Carlo values and the sums they check."""
    return schema.MONTE_CARLO.table({name: [getattr(c, name) for c in checks] for name in Check._fields})


def value_low_high(values: tuple[float, float, float]) -> dict[str, float]:
    """The nominal, low and high value by name."""
    return dict(zip(("nominal", "low", "high"), values, strict=True))


def pnp(expected: tuple[float, float, float]) -> dict[str, float]:
    """Probability of no penetration from an expected number and its range (nominal, low, high), by name.

    The lower end of the probability belongs to the upper end of the number.
    """
    nominal, high, low = (float(no_penetration_probability(n)) for n in expected)
    return {"nominal": nominal, "low": low, "high": high}
