"""Man-made debris too small for a catalogue: the closed-form engineering model NASA90.

Source: Kessler, Reynolds & Anz-Meador (1989), "Orbital debris environment for spacecraft designed to operate in low
Earth orbit", NASA TM-100471 (the model of SSP 30425): particles of a diameter d (cm) or larger per m^2 and year on one
side of a randomly tumbling plate,

    F = H(d) phi(h, S) psi(i) [F1(d) g1(t) + F2(d) g2(t)],

with q = 0.02 and 0.04 from 2011 on, p = 0.05. S is the 13-month smoothed F10.7 of the year before.

**Not verified in print**: the table psi(i) except its values at 45 and 52 degrees, and the distribution f(v) of impact
speeds. The paper itself was not available either: the rest of the formula is taken from two open programs.

Assumptions
- Near-circular orbits at 300 to 2000 km, particles of 1e-4 to 500 cm, inclinations of 28.5 to 100 degrees; beyond the
  ends of the table psi is constant. For years before 1988 and after 2023 there is no published table to compare with.
- All objects move horizontally at the same speed v0, so a particle that hits at a speed v comes at an angle to the ram
  with cosine v / (2 v0), from port as often as from starboard. No particle comes from above or below: the model gives
  no flux on zenith and nadir faces, which is wrong for particles on elliptic orbits.
- The flux grows as expected in 1989: it does not include later breakups.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.particles.directions import Rays

DIAMETER_RANGE_CM = (1e-4, 500.0)
ALTITUDE_RANGE_KM = (300.0, 2000.0)
INCLINATION_RANGE_DEG = (28.5, 100.0)
YEAR_RANGE = (1988.0, 2024.0)
SOLAR_FLUX_RANGE = (60.0, 400.0)
# Ratio to ORDEM2000 (NASA/TM-2009-214785, Tables 2-3 to 2-5, 3 mm): 0.58 to 1.91 with S = 100, the largest at 300 km;
# 2.8 with S = 70, the F10.7 of 2009.
UNCERTAINTY_FACTOR = 3.0

_PSI = np.array(
    [
        (28.5, 0.9135), (30.0, 0.92), (40.0, 0.96), (45.0, 0.99), (50.0, 1.02), (52.0, 1.03), (60.0, 1.09),
        (70.0, 1.26), (80.0, 1.71), (90.0, 1.37), (100.0, 1.78),
    ]
)  # fmt: skip
_MAX_DIAMETER_CM = 1e6
_BEND_YEAR = 2011.0


def inclination_factor(inclination_deg: ArrayLike) -> Array:
    """psi(i), linear between the entries of the table and constant beyond them."""
    return np.asarray(np.interp(np.asarray(inclination_deg, dtype=np.float64), _PSI[:, 0], _PSI[:, 1]))


@dataclass(frozen=True)
class DebrisFlux:
    """Debris on a circular orbit in a span of time: the flux by size, and the rays along which it arrives.

    years: decimal begin and end of the span over which the flux is averaged; solar_flux: F10.7, see the module.
    """

    altitude_km: float
    inclination_deg: float
    years: tuple[float, float]
    solar_flux: float

    def __post_init__(self) -> None:
        for name, value, low, high, unit in (
            ("altitude_km", self.altitude_km, 100.0, 40000.0, "km"),
            ("inclination_deg", self.inclination_deg, 0.0, 180.0, "degrees"),
            ("years", self.years[0], 1957.0, 2100.0, ""),
            ("years", self.years[1], self.years[0], 2100.0, ""),
            ("solar_flux", self.solar_flux, *SOLAR_FLUX_RANGE, "(F10.7)"),
        ):
            if not low <= value <= high:
                raise InputError(f"{name}: expected {low:g} to {high:g} {unit}".rstrip() + f", got {value:g}")

    def flux_per_m2_year(self, diameter_cm: ArrayLike) -> Array:
        """Particles of a diameter (cm) or larger per m^2 and year on one side of a tumbling plate."""
        d = np.asarray(diameter_cm, dtype=np.float64)
        if not (d > 0.0).all():
            raise InputError(f"diameter_cm: expected above 0 cm, got {float(d[~(d > 0.0)].flat[0]):g}")
        d = np.minimum(d, _MAX_DIAMETER_CM)
        bulge = np.sqrt(10.0 ** np.exp(-(((np.log10(d) - 0.78) / 0.637) ** 2)))
        p = 10.0 ** (self.altitude_km / 200.0 - self.solar_flux / 140.0 - 1.5)
        g1, g2 = self._growth()
        sizes = 1.22e-5 * d**-2.5 * g1 + 8.1e10 * (d + 700.0) ** -6 * g2
        psi = float(inclination_factor(self.inclination_deg))
        return np.asarray(bulge * p / (1.0 + p) * psi * sizes)

    def _growth(self) -> tuple[float, float]:
        """g1 and g2, averaged over the span: the flux is linear in both, so this averages the flux."""
        begin, end = self.years
        if end - begin < 1e-9:
            return float(_g1(np.array(begin))), float(_g2(np.array(begin)))
        x, w = np.polynomial.legendre.leggauss(8)
        edges = [begin, *([_BEND_YEAR] if begin < _BEND_YEAR < end else []), end]
        t = np.concatenate([a + (b - a) * (x + 1.0) / 2.0 for a, b in pairwise(edges)])
        weight = np.concatenate([w * (b - a) / 2.0 for a, b in pairwise(edges)])
        return float(weight @ _g1(t) / (end - begin)), float(weight @ _g2(t) / (end - begin))

    def flags(self, diameter_cm: ArrayLike) -> tuple[str, ...]:
        """One sentence for each of orbit, years and diameters (cm) that lies outside the range of the model."""
        d = np.asarray(diameter_cm, dtype=np.float64)
        flags = []
        for name, low, high, allowed, unit in (
            ("sizes", float(d.min()), float(d.max()), DIAMETER_RANGE_CM, "cm"),
            ("altitude", self.altitude_km, self.altitude_km, ALTITUDE_RANGE_KM, "km"),
            ("inclination", self.inclination_deg, self.inclination_deg, INCLINATION_RANGE_DEG, "degrees"),
        ):
            if low < allowed[0] or high > allowed[1]:
                flags.append(
                    f"debris: {name} outside {allowed[0]:g} to {allowed[1]:g} {unit}, the range of NASA90"
                )
        if self.years[0] < YEAR_RANGE[0] or self.years[1] > YEAR_RANGE[1]:
            flags.append("debris: years outside 1988 to 2023, for which there is no table to compare with")
        return tuple(flags)

    def rays(self, speeds: int = 64) -> Rays:
        """The flux distributed over impact speeds and the two sides of the ram (2 x speeds rays)."""
        speed, weight = debris_speeds(self.inclination_deg, speeds)
        cosine = np.minimum(speed / (2.0 * model_orbit_speed_km_s(self.inclination_deg)), 1.0)
        sine = np.sqrt(1.0 - cosine**2)
        up = np.zeros(speed.size)
        direction = np.concatenate(
            [np.stack([up, cosine, sine], axis=1), np.stack([up, cosine, -sine], axis=1)]
        )
        return Rays(direction, np.tile(speed, 2), np.tile(weight / 2.0, 2))


def debris_speeds(inclination_deg: float, nodes: int = 40) -> tuple[Array, Array]:
    """Make the nodes and weights of a Gauss quadrature over f(v) between 0 and 2 v0.

    Parameters
    ----------
    inclination_deg : float, deg
        Inclination of the spacecraft's orbit.
    nodes : int
        Number of nodes.

    Returns
    -------
    speeds : (nodes,), km/s
        The nodes.
    weights : (nodes,)
        The weights, which sum to one.
    """
    x, w = np.polynomial.legendre.leggauss(nodes)
    speed = model_orbit_speed_km_s(inclination_deg) * (x + 1.0)
    weight = w * debris_speed_density(speed, inclination_deg)
    return speed, weight / weight.sum()


def debris_speed_density(speed_km_s: ArrayLike, inclination_deg: float) -> Array:
    """Compute f(v) of NASA90, not normalised; not verified in print.

    Parameters
    ----------
    speed_km_s : array_like, km/s
        Impact speed v.
    inclination_deg : float, deg
        Inclination of the spacecraft's orbit.

    Returns
    -------
    f(v), zero where it would be negative, in the shape of `speed_km_s`.
    """
    v = np.asarray(speed_km_s, dtype=np.float64)
    i, v0 = float(inclination_deg), model_orbit_speed_km_s(inclination_deg)
    b = float(np.interp(i, [60.0, 80.0], [0.5, 0.3]))
    c = 0.0125 if i < 100.0 else 0.0125 + 0.00125 * (i - 100.0)
    d, e = 1.3 - 0.01 * (i - 30.0), 0.55 + 0.005 * (i - 30.0)
    f = 0.3 + 0.0008 * (i - 50.0) ** 2 if i < 50.0 else max(0.3 - 0.01 * (i - 50.0), 0.0)
    g = 18.7 if i < 60.0 else 18.7 + 0.0289 * (i - 60.0) ** 3 if i < 80.0 else 250.0
    h = 1.0 - 0.0000757 * (i - 60.0) ** 2
    peaks = g * np.exp(-(((v - 2.5 * v0) / (b * v0)) ** 2)) + f * np.exp(-(((v - d * v0) / (e * v0)) ** 2))
    return np.maximum((2.0 * v * v0 - v**2) * peaks + h * c * (4.0 * v * v0 - v**2), 0.0)


def model_orbit_speed_km_s(inclination_deg: float) -> float:
    """The orbital speed v0 of particles and spacecraft in f(v)."""
    return 7.25 + 0.015 * (inclination_deg - 30.0) if inclination_deg < 60.0 else 7.7


def _g1(year: Array) -> Array:
    return np.where(
        year < _BEND_YEAR,
        1.02 ** (np.minimum(year, _BEND_YEAR) - 1988.0),
        1.02**23 * 1.04 ** np.maximum(year - _BEND_YEAR, 0.0),
    )


def _g2(year: Array) -> Array:
    # The straight line of the 1989 model would cross zero in 1968.
    return np.maximum(1.0 + 0.05 * (year - 1988.0), 0.0)
