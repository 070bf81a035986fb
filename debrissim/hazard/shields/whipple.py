"""Whipple shields: a thin bumper, a gap, and a rear wall.

Source: Christiansen et al. (2009), "Handbook for Designing MMOD Protection", NASA/TM-2009-214785: the "new non-optimum"
equation (NNO), 4-23 to 4-26, with insulation in the gap 4-35 and 4-36. With `thin_bumper`, the equation as modified by
Ryan & Schonberg (2024), "A review of Whipple shield ballistic limit equations", Int. J. Impact Engineering 187, 104899:
above 7 km/s the diameter is multiplied by F2^(-2/3) if the bumper is too thin to break the particle up
(handbook, equations 4-27 to 4-32), and the ballistic regime ends where the bumper begins to shatter it.

Assumptions
- Spheres of aluminium or a similar metal; none of the 1,135 shots in docs/shields.md was faster than 9.9 km/s.
- Regimes by the speed along the normal: below 3 km/s (2 with insulation in the gap), above 7 km/s, linear in between.
- Beyond 65 degrees the value at 65 degrees is used, as the handbook says.
- Failure is perforation of the rear wall or spall detached from it.
- NNO alone is not conservative where the bumper is thin: with `thin_bumper` the diameter can fall by a third. It is off
  by default, as in the figures of the handbook; equations fitted to one shield include this effect in their constants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.particles.meteoroids import sphere_mass_g
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.impact_conditions import check_positive_fields

_HIGH_KM_S = 7.0
_MAX_ANGLE_DEG = 65.0
_BISECTIONS = 60


@dataclass(frozen=True)
class WhippleNno(Shield):
    """A Whipple shield by the NNO equation.

    Thicknesses and the gap in cm, densities in g/cm^3, yield strength of the rear wall in ksi (1 ksi = 6.895 MPa).
    Insulation of insulation_g_cm2 lies insulation_standoff_cm in front of the rear wall (0: no insulation).
    thin_bumper: see the module.
    """

    bumper_cm: float
    standoff_cm: float
    wall_cm: float
    wall_yield_ksi: float
    bumper_density_g_cm3: float = 2.713
    insulation_g_cm2: float = 0.0
    insulation_standoff_cm: float = 0.0
    thin_bumper: bool = False

    tested_to_km_s: ClassVar[float] = 9.9
    label: ClassVar[str] = "Whipple (NNO)"

    def __post_init__(self) -> None:
        check_positive_fields(
            self, ("bumper_cm", "standoff_cm", "wall_cm", "wall_yield_ksi", "bumper_density_g_cm3")
        )
        check_positive_fields(self, ("insulation_g_cm2", "insulation_standoff_cm"), zero=True)
        if self.insulation_standoff_cm > self.standoff_cm:
            raise InputError(
                f"insulation_standoff_cm: expected at most the standoff of {self.standoff_cm:g} cm, "
                f"got {self.insulation_standoff_cm:g}"
            )

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        cosine = np.cos(np.radians(np.minimum(angle, _MAX_ANGLE_DEG)))
        normal = speed * cosine
        lowest = self._low_limit_km_s(cosine, rho_p)
        low = self._low(np.minimum(normal, lowest) / cosine, cosine, rho_p)
        high = self._high(np.maximum(normal, _HIGH_KM_S), cosine, rho_p)
        fraction = np.clip((normal - lowest) / (_HIGH_KM_S - lowest), 0.0, 1.0)
        return np.asarray((1.0 - fraction) * low + fraction * high)

    def _low(self, speed: Array, cosine: Array, rho_p: Array) -> Array:
        """Equation 4-25."""
        strength = self.wall_cm * (self.wall_yield_ksi / 40.0) ** 0.5 + self.bumper_cm
        resisted = 0.6 * cosine ** (5.0 / 3.0) * rho_p**0.5 * speed ** (2.0 / 3.0)
        return np.asarray((strength / resisted) ** (18.0 / 19.0))

    def _high(self, normal: Array, cosine: Array, rho_p: Array) -> Array:
        """Equation 4-23; the last term is for insulation in the gap, 4-35."""
        high = (
            3.918
            * self.wall_cm ** (2.0 / 3.0)
            * self.standoff_cm ** (1.0 / 3.0)
            * (self.wall_yield_ksi / 70.0) ** (1.0 / 3.0)
            / (rho_p ** (1.0 / 3.0) * self.bumper_density_g_cm3 ** (1.0 / 9.0) * normal ** (2.0 / 3.0))
        )
        if self.thin_bumper:
            high = self._derated(high, normal, cosine, rho_p)
        gap = self.insulation_standoff_cm / self.standoff_cm
        return np.asarray(high + 1.4 * self.insulation_g_cm2 * gap**0.5)

    def _low_limit_km_s(self, cosine: Array, rho_p: Array) -> Array:
        """Speed along the normal at which the ballistic regime ends."""
        if self.insulation_g_cm2 > 0.0 and self.insulation_standoff_cm > 0.0:
            return np.full(cosine.shape, 2.0)
        if not self.thin_bumper:
            return np.full(cosine.shape, 3.0)
        # Ryan & Schonberg: 2.60 km/s, or 1.436 (t_b/d)^(-1/3) for t_b/d < 0.16, with d the diameter stopped there.
        at_one = self._low(1.0 / cosine, cosine, rho_p)  # d = at_one * normal^(-12/19)
        thick = self.bumper_cm >= 0.16 * at_one * 2.60 ** (-12.0 / 19.0)
        thin = (1.436 * (at_one / self.bumper_cm) ** (1.0 / 3.0)) ** (19.0 / 23.0)
        return np.where(thick, 2.60, np.minimum(thin, _HIGH_KM_S - 1e-9))

    def _derated(self, high: Array, normal: Array, cosine: Array, rho_p: Array) -> Array:
        """The diameter d with d F2(d)^(2/3) = high; F2 = 1 if the bumper is thick enough for a particle of diameter
        d."""
        low = np.zeros_like(high)
        top = high.copy()
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + top)
            above = middle * self._f2(middle, normal, cosine, rho_p) ** (2.0 / 3.0) > high
            low, top = np.where(above, low, middle), np.where(above, middle, top)
        return np.asarray(top)

    def _f2(self, diameter: Array, normal: Array, cosine: Array, rho_p: Array) -> Array:
        """Equations 4-27 to 4-32: the factor (>= 1) by which a thin bumper demands a thicker rear wall."""
        sigma, rho_b = self.wall_yield_ksi, self.bumper_density_g_cm3
        speed = normal / cosine
        without = (
            0.6 * diameter ** (19.0 / 18.0) * cosine ** (5.0 / 3.0) * rho_p**0.5 * speed ** (2.0 / 3.0)
        ) / (sigma / 40.0) ** 0.5
        behind_enough = (
            0.16
            * diameter**0.5
            * (rho_p * rho_b) ** (1.0 / 6.0)
            * sphere_mass_g(diameter, rho_p) ** (1.0 / 3.0)
            * normal
            * self.standoff_cm**-0.5
            * (70.0 / sigma) ** 0.5
        )
        ratio = without / behind_enough
        # 0.25 up to S/d = 15, 0.20 from 30, linear in between (Ryan & Schonberg 2024).
        enough = np.interp(self.standoff_cm / diameter, [15.0, 30.0], [0.25, 0.20]) * rho_p / rho_b
        x = np.minimum(self.bumper_cm / diameter / enough, 1.0)
        return np.asarray(np.maximum(1.0 + (ratio - 1.0) * (1.0 - x) ** 2, 1.0))
