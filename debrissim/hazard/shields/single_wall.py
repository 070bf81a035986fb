"""Single walls: the particle that just fails to perforate, spall or detach spall from one plate.

Source: Cour-Palais's equations as printed in Christiansen et al. (2009), "Handbook for Designing MMOD Protection",
NASA/TM-2009-214785, section 4.1 (aluminium: equations 4-1 to 4-6). Depth in a semi-infinite aluminium target

    P = 5.24 d^(19/18) BHN^-0.25 (rho_p/rho_t)^a (V cos / C_t)^(2/3),  a = 1/2 below rho_p/rho_t = 1.5, 2/3 above;

a plate of thickness t is not perforated if t > k P. Titanium has the same law without the power 18/19, stainless steel
K = 0.345 instead of 5.24 / (BHN^0.25 C^(2/3)), fibre plates K = 0.62 (carbon) and 0.434 (glass) and d^1.

Assumptions
- The particle is a sphere, its angle is from the surface's normal, and only the speed along the normal counts: at
  grazing incidence the critical diameter grows without limit.
- k is 1.8 for perforation, 2.2 for detached and 3.0 for attached spall (titanium 2.4 for detached). Fibre plates: 1.8.
- Insulation in front of aluminium and titanium adds 2.2 m rho_p^-0.47 V_n^-0.63 to the diameter; in front of a fibre
  plate it counts as a thickness of 4.5 m / rho_t. In front of steel it is ignored, as in the reference curve of
  pyBLOSSUM.
- K of glass fibre was derived from the reference curves of pyBLOSSUM (to 6e-5), not read in the handbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeVar

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.impact_conditions import check_positive_fields


class WallMaterial(StrEnum):
    """The material of a single wall."""

    ALUMINIUM = "aluminium"
    TITANIUM = "titanium"
    STEEL = "steel"
    CFRP = "cfrp"
    GFRP = "gfrp"


class WallFailure(StrEnum):
    """The failure criterion of a single wall."""

    PERFORATION = "perforation"
    DETACHED_SPALL = "detached spall"
    ATTACHED_SPALL = "attached spall"


_Kind = TypeVar("_Kind", WallMaterial, WallFailure)

# Ratio of thickness to depth at failure.
_K = {
    WallFailure.PERFORATION: 1.8,
    WallFailure.DETACHED_SPALL: 2.2,
    WallFailure.ATTACHED_SPALL: 3.0,
}
_K_TITANIUM = {**_K, WallFailure.DETACHED_SPALL: 2.4}
# The constant, where the equation has neither hardness nor sound speed.
_FIXED = {WallMaterial.STEEL: 0.345, WallMaterial.CFRP: 0.62, WallMaterial.GFRP: 0.434}
_DENSITY_G_CM3 = {
    WallMaterial.ALUMINIUM: 2.713,
    WallMaterial.TITANIUM: 4.73,
    WallMaterial.STEEL: 7.8,
    WallMaterial.CFRP: 1.8,
    WallMaterial.GFRP: 1.8,
}
# Brinell hardness and sound speed, km/s: 6061-T6 aluminium and Ti-15V-3Cr-3Sn-3Al as in the reference curves.
_HARDNESS = {WallMaterial.ALUMINIUM: 95.0, WallMaterial.TITANIUM: 257.0}
_SOUND_KM_S = {WallMaterial.ALUMINIUM: 5.1, WallMaterial.TITANIUM: 4.26}


def _member(kind: type[_Kind], name: str, value: str) -> _Kind:
    try:
        return kind(value)
    except ValueError as error:
        raise InputError(f"{name}: expected one of {', '.join(kind)}, got {value!r}") from error


@dataclass(frozen=True)
class SingleWall(Shield):
    """One plate; material and failure may be names.

    density_g_cm3, brinell_hardness and sound_speed_km_s default to those of a common alloy; hardness and sound speed
    have no effect for steel and fibres. insulation_g_cm2 is the areal mass of insulation in front of the plate.
    """

    material: WallMaterial
    thickness_cm: float
    failure: WallFailure = WallFailure.PERFORATION
    density_g_cm3: float | None = None
    brinell_hardness: float | None = None
    sound_speed_km_s: float | None = None
    insulation_g_cm2: float = 0.0

    tested_to_km_s: ClassVar[float] = 8.0
    label: ClassVar[str] = "single wall (Cour-Palais)"

    def __post_init__(self) -> None:
        object.__setattr__(self, "material", _member(WallMaterial, "material", self.material))
        object.__setattr__(self, "failure", _member(WallFailure, "failure", self.failure))
        check_positive_fields(self, ("thickness_cm", "density_g_cm3", "brinell_hardness", "sound_speed_km_s"))
        check_positive_fields(self, ("insulation_g_cm2",), zero=True)
        fibre = self.material in (WallMaterial.CFRP, WallMaterial.GFRP)
        if fibre and self.failure is not WallFailure.PERFORATION:
            raise InputError(
                f"failure: expected 'perforation' of {self.material}, got {self.failure.value!r}"
            )

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        normal = speed * np.cos(np.radians(angle))
        rho_t = self.density_g_cm3 or _DENSITY_G_CM3[self.material]
        fibre = self.material in (WallMaterial.CFRP, WallMaterial.GFRP)
        thickness = self.thickness_cm + (4.5 * self.insulation_g_cm2 / rho_t if fibre else 0.0)
        k = (_K_TITANIUM if self.material is WallMaterial.TITANIUM else _K)[self.failure]
        exponent = np.where(rho_p / rho_t < 1.5, 0.5, 2.0 / 3.0)
        if self.material in _FIXED:
            # For steel and fibres, the density enters only through its square root.
            exponent = np.full_like(exponent, 0.5)
        stopped = (thickness / k) * (rho_t / rho_p) ** exponent / (self._constant() * normal ** (2.0 / 3.0))
        if not (fibre or self.material is WallMaterial.TITANIUM):
            stopped = stopped ** (18.0 / 19.0)
        if self.material in _HARDNESS and self.insulation_g_cm2:
            stopped = stopped + 2.2 * self.insulation_g_cm2 * rho_p**-0.47 * normal**-0.63
        return np.asarray(stopped)

    def _constant(self) -> float:
        if self.material in _FIXED:
            return _FIXED[self.material]
        hardness = self.brinell_hardness or _HARDNESS[self.material]
        sound = self.sound_speed_km_s or _SOUND_KM_S[self.material]
        return float(5.24 * hardness**-0.25 * sound ** (-2.0 / 3.0))
