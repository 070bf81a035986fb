"""The Whipple shields of the International Space Station, with the constants printed for each.

Source: Christiansen et al. (2009), "Handbook for Designing MMOD Protection", NASA/TM-2009-214785: modules, equations
4-37 to 4-40 with Table 4-5; Nodes 2 and 3, equations 4-41 to 4-44 with Table 4-6 (ESA, Alenia).

Assumptions
- No perforation of the pressure shell and no spall detached from it.
- Modules: beyond 65 degrees the value at 65 degrees is used.
- The printed constants are not smooth: at the ends of the regimes the curves jump by up to 0.3 %, at 60 degrees (where
  the exponents change) by more. They are used as printed.
- Nodes 2 and 3: no cut-off angle is printed; at grazing incidence the diameter grows without limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.impact_conditions import check_positive_fields

_MAX_ANGLE_DEG = 65.0
_STEEP_DEG = 60.0


@dataclass(frozen=True)
class IssModuleShield(Shield):
    """A column of Table 4-5: constants K, speeds V (km/s), exponents; oblique: el below 60 deg, and from 60 deg up."""

    name: str
    k_high: float
    k_high_end: float
    k_low_end: float
    k_low: float
    high_km_s: float
    low_km_s: float
    x_high: float
    x_low: float
    oblique: tuple[float, float]

    tested_to_km_s: ClassVar[float] = 9.9
    label: ClassVar[str] = "ISS module (Table 4-5)"

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        angle = np.minimum(angle, _MAX_ANGLE_DEG)
        cosine = np.cos(np.radians(angle))
        el = np.where(angle < _STEEP_DEG, *self.oblique)
        high_km_s, low_km_s = self.high_km_s * cosine**-self.x_high, self.low_km_s * cosine**-self.x_low
        high = self.k_high * rho_p ** (-1.0 / 3.0) * (speed * cosine) ** (-2.0 / 3.0)
        low = self.k_low * cosine ** (-4.0 / 3.0 + el) * rho_p**-0.5 * speed ** (-2.0 / 3.0)
        fraction = (speed - low_km_s) / (high_km_s - low_km_s)
        high_end = (
            self.k_high_end
            * rho_p ** (-1.0 / 3.0)
            * cosine ** (-2.0 / 3.0 + 2.0 * self.x_high / 3.0)
            * fraction
        )
        low_end = (
            self.k_low_end
            * rho_p**-0.5
            * cosine ** (-4.0 / 3.0 + el + 2.0 * self.x_low / 3.0)
            * (1.0 - fraction)
        )
        return np.where(speed >= high_km_s, high, np.where(speed <= low_km_s, low, high_end + low_end))


@dataclass(frozen=True)
class IssNodeShield(Shield):
    """Nodes 2 and 3 by equations 4-41 to 4-44: lengths in cm, density of the bumper in g/cm^3, yield in ksi."""

    bumper_cm: float = 0.16
    standoff_cm: float = 12.217
    wall_cm: float = 0.48
    wall_yield_ksi: float = 57.0
    bumper_density_g_cm3: float = 2.713

    tested_to_km_s: ClassVar[float] = 9.9
    label: ClassVar[str] = "ISS Node 2/3 (Table 4-6)"

    def __post_init__(self) -> None:
        check_positive_fields(
            self, ("bumper_cm", "standoff_cm", "wall_cm", "wall_yield_ksi", "bumper_density_g_cm3")
        )

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        cosine = np.cos(np.radians(angle))
        steep = angle >= _STEEP_DEG
        # Table 4-6; the columns that do not depend on the angle are in the formulas.
        v_low, x = np.where(steep, 2.4, 3.3), np.where(steep, -2.0 / 3.0, -1.0 / 3.0)
        exp_low, k_low_end = np.where(steep, 0.8, 1.0 / 3.0), np.where(steep, 0.896, 1.108)
        y, exp_high, k_low, k_high, k_high_end, k_3s, k_3d = -0.8, -2.0 / 3.0, 0.5, 1.1, 0.306, 0.7, 0.16
        low_km_s, high_km_s = v_low * cosine**x, 6.8 * cosine**y
        strength = self.wall_cm / k_3s * (self.wall_yield_ksi / 40.0) ** 0.5 + self.bumper_cm
        wall = (
            self.wall_cm ** (2.0 / 3.0)
            * rho_p ** (-1.0 / 3.0)
            * self.bumper_density_g_cm3 ** (-1.0 / 9.0)
            * (self.wall_yield_ksi / 70.0) ** (1.0 / 3.0)
            * self.standoff_cm ** (1.0 / 3.0)
            * k_3d ** (-2.0 / 3.0)
        )
        low = (strength / (k_low * cosine**exp_low * rho_p**0.5 * speed ** (2.0 / 3.0))) ** (18.0 / 19.0)
        high = k_high * wall * speed ** (-2.0 / 3.0) * cosine**exp_high
        low_end = (strength / (k_low_end * cosine ** (exp_low + 2.0 * x / 3.0) * rho_p**0.5)) ** (18.0 / 19.0)
        high_end = k_high_end * wall * cosine ** (exp_high - 2.0 * y / 3.0)
        fraction = (speed - low_km_s) / (high_km_s - low_km_s)
        between = low_end * (1.0 - fraction) + high_end * fraction
        return np.asarray(np.where(speed <= low_km_s, low, np.where(speed >= high_km_s, high, between)))


_THIRD, _SIXTH = -1.0 / 3.0, -1.0 / 6.0
_TABLE_4_5 = (
    IssModuleShield(
        "us-lab-cylinder", 4.643, 1.269, 0.892, 1.168, 7.0, 1.5, 1.0, 1.9, (_THIRD, 2.0 * _THIRD)
    ),
    IssModuleShield("us-lab-end-cone", 5.910, 1.615, 0.891, 1.168, 7.0, 1.5, 1.0, 1.9, (-0.5, -0.5)),
    IssModuleShield(
        "node-forward-cylinder", 4.085, 1.116, 0.685, 1.262, 7.0, 2.5, 1.0, 1.9, (-1.0, 2.0 * _THIRD)
    ),
    IssModuleShield(
        "node-aft-cylinder", 3.643, 0.977, 0.524, 0.687, 7.2, 1.5, 1.0, 1.5, (_THIRD, 2.0 * _THIRD)
    ),
    IssModuleShield(
        "node-end-cone-1", 4.980, 1.361, 0.679, 1.078, 7.0, 2.0, 1.0, 1.0, (_SIXTH, 2.0 * _THIRD)
    ),
    IssModuleShield("node-end-cone-2", 6.329, 1.730, 0.736, 1.169, 7.0, 2.0, 1.0, 1.0, (-0.5, -0.5)),
    IssModuleShield(
        "service-module-small-cylinder", 0.553, 0.151, 0.074, 0.154, 7.0, 3.0, 1.0, 1.0, (_THIRD, _THIRD)
    ),
    IssModuleShield(
        "service-module-large-cylinder", 0.710, 0.194, 0.093, 0.194, 7.0, 3.0, 1.0, 1.0, (_THIRD, _THIRD)
    ),
)
ISS_SHIELDS: Mapping[str, IssModuleShield | IssNodeShield] = MappingProxyType(
    {**{shield.name: shield for shield in _TABLE_4_5}, "node-2-3": IssNodeShield()}
)


def get_shield(name: str) -> Shield:
    """A shield of the ISS by its name in `ISS_SHIELDS`. Raises InputError, listing the names, if there is no such
    shield."""
    if name not in ISS_SHIELDS:
        raise InputError(f"shield: expected one of {', '.join(ISS_SHIELDS)}, got {name!r}")
    return ISS_SHIELDS[name]
