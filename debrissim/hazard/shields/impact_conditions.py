"""Checks of the conditions of an impact (speed, angle, density) and of the parameters of a shield."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError


def impact_conditions(
    speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
) -> tuple[Array, Array, Array]:
    """Speed (km/s), angle from the normal (degrees) and particle density (g/cm^3), broadcast against each other.

    Raises InputError with the name of the argument, the allowed range and the first value outside it.
    """
    values = []
    for name, argument, low, high, unit in (
        ("speed_km_s", speed_km_s, 0.0, 100.0, "km/s"),
        ("angle_deg", angle_deg, 0.0, 90.0, "degrees from the normal"),
        ("density_g_cm3", density_g_cm3, 0.0, 25.0, "g/cm3"),
    ):
        value = np.asarray(argument, dtype=np.float64)
        allowed = (value >= low) & (value <= high) & ((value > 0.0) | (name == "angle_deg"))
        if not allowed.all():
            bad = float(value[~allowed].flat[0])
            minimum = f"{low:g}" if name == "angle_deg" else f"above {low:g}"
            raise InputError(f"{name}: expected {minimum} to {high:g} {unit}, got {bad:g}")
        values.append(value)
    speed, angle, density = np.broadcast_arrays(*values)
    return speed, angle, density


def check_positive_fields(shield: object, names: Sequence[str], *, zero: bool = False) -> None:
    """Raise InputError if a parameter of a shield is not finite and above 0 (at least 0 with `zero`); None is
    accepted."""
    for name in names:
        value = getattr(shield, name)
        if value is None:
            continue
        if not (np.isfinite(value) and (value > 0.0 or (zero and value == 0.0))):
            raise InputError(f"{name}: expected {'at least' if zero else 'above'} 0, got {value}")
