"""Whipple shields stuffed with Nextel and Kevlar, as in front of the modules of the ISS.

Source: Christiansen et al. (2009), "Handbook for Designing MMOD Protection", NASA/TM-2009-214785, equations 4-48 to
4-50.

Assumptions
- Regimes: ballistic up to 2.6 cos^-0.5 km/s, hypervelocity from 6.5 cos^-0.75 km/s, linear in the speed in between.
- The constant depends on the fraction of Nextel and Kevlar in the areal mass: 0.6 for 0.25 to 0.35, 0.45 for 0.10 to
  0.15. Between 0.15 and 0.25 it is interpolated here; outside these ranges, the nearest value is used (`flags`).
- The line between the regimes joins their ends exactly; the handbook prints rounded ends (1.243, 0.321, 0.241), a
  difference of up to 0.15 %.
- There is no cut-off angle: at grazing incidence the diameter grows without limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from debrissim.core.arrays import Array
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.impact_conditions import check_positive_fields

_FRACTIONS = (0.15, 0.25)
_K_HIGH = (0.45, 0.6)
_LOW_KM_S, _HIGH_KM_S = 2.6, 6.5


@dataclass(frozen=True)
class StuffedWhipple(Shield):
    """Bumper, stuffing and rear wall; lengths in cm, densities in g/cm^3, areal masses in g/cm^2, yield in ksi."""

    bumper_cm: float
    stuffing_g_cm2: float
    standoff_cm: float
    wall_cm: float
    wall_yield_ksi: float
    bumper_density_g_cm3: float = 2.713
    wall_density_g_cm3: float = 2.851
    insulation_g_cm2: float = 0.0

    tested_to_km_s: ClassVar[float] = 11.4
    label: ClassVar[str] = "stuffed Whipple"

    def __post_init__(self) -> None:
        check_positive_fields(self, (
            "bumper_cm", "stuffing_g_cm2", "standoff_cm", "wall_cm", "wall_yield_ksi",
            "bumper_density_g_cm3", "wall_density_g_cm3",
        ))  # fmt: skip
        check_positive_fields(self, ("insulation_g_cm2",), zero=True)

    @property
    def stuffing_fraction(self) -> float:
        """Fraction of Nextel and Kevlar in the areal mass of the shield."""
        wall = self.wall_cm * self.wall_density_g_cm3
        return self.stuffing_g_cm2 / (wall + self._front_g_cm2)

    @property
    def flags(self) -> tuple[str, ...]:
        """One sentence if the shield is outside the range for which the constants are printed."""
        fraction = self.stuffing_fraction
        if 0.10 <= fraction <= 0.15 or 0.25 <= fraction <= 0.35:
            return ()
        return (
            f"Nextel and Kevlar are {fraction:.2f} of the areal mass: the constants hold for 0.10-0.15 and 0.25-0.35",
        )

    @property
    def _front_g_cm2(self) -> float:
        return self.bumper_cm * self.bumper_density_g_cm3 + self.stuffing_g_cm2 + self.insulation_g_cm2

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        cosine = np.cos(np.radians(angle))
        low_end, high_end = _LOW_KM_S * cosine**-0.5, _HIGH_KM_S * cosine**-0.75
        k_high = np.interp(self.stuffing_fraction, _FRACTIONS, _K_HIGH)
        strength = self.wall_cm * (self.wall_yield_ksi / 40.0) ** 0.5 + 0.37 * self._front_g_cm2
        wall = (
            (self.wall_cm * self.wall_density_g_cm3) ** (1.0 / 3.0)
            * rho_p ** (-1.0 / 3.0)
            * (self.wall_yield_ksi / 40.0) ** (1.0 / 6.0)
            * self.standoff_cm ** (2.0 / 3.0)
        )
        low = 2.35 * speed ** (-2.0 / 3.0) * cosine ** (-4.0 / 3.0) * rho_p**-0.5 * strength
        high = k_high * wall * speed ** (-1.0 / 3.0) * cosine**-0.5
        fraction = (speed - low_end) / (high_end - low_end)
        from_low = 2.35 * _LOW_KM_S ** (-2.0 / 3.0) * strength / (cosine * rho_p**0.5)
        from_high = k_high * _HIGH_KM_S ** (-1.0 / 3.0) * wall * cosine**-0.25
        between = from_low * (1.0 - fraction) + from_high * fraction
        return np.asarray(np.where(speed <= low_end, low, np.where(speed >= high_end, high, between)))
