"""Published fluxes of particles of 3 mm and more, for comparison with the closed forms.

Source: Christiansen et al. (2009), "Handbook for Designing MMOD Protection", NASA/TM-2009-214785: Table 2-3 (51.6
degrees, 2010, by altitude: ORDEM2000 debris and SSP 30425B meteoroids), Table 2-4 (400 km, 51.6 degrees, debris by
year). All values are per m^2 and year on one side of a randomly tumbling plate. No table of newer models (ORDEM 3,
MASTER) was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DIAMETER_CM = 0.3

DEBRIS_BY_ALTITUDE_KM: Mapping[float, float] = MappingProxyType(
    {300.0: 3.40e-5, 400.0: 9.92e-5, 500.0: 2.05e-4, 800.0: 6.16e-4, 1000.0: 6.97e-4, 1500.0: 3.02e-4}
)
METEOROIDS_BY_ALTITUDE_KM: Mapping[float, float] = MappingProxyType(
    {300.0: 2.69e-5, 400.0: 2.79e-5, 500.0: 2.86e-5, 800.0: 3.00e-5, 1000.0: 3.07e-5, 1500.0: 3.16e-5}
)
DEBRIS_BY_YEAR: Mapping[int, float] = MappingProxyType(
    dict(
        zip(
            range(2002, 2024),
            (
                6.25e-5, 7.04e-5, 7.60e-5, 7.28e-5, 8.90e-5, 9.52e-5, 9.74e-5, 9.87e-5, 9.92e-5, 11.4e-5, 10.7e-5,
                9.98e-5, 9.19e-5, 8.85e-5, 9.91e-5, 12.4e-5, 11.9e-5, 12.3e-5, 12.2e-5, 11.9e-5, 11.8e-5, 12.2e-5,
            ),
            strict=True,
        )
    )
)  # fmt: skip
_NEAR_400_KM = 60.0


@dataclass(frozen=True)
class PublishedFlux:
    """A published flux (1/(m^2 year), 3 mm and more) and the conditions for which it holds."""

    source: str
    model: str
    conditions: str
    flux_per_m2_year: float


def nearest_published(altitude_km: float, year: float) -> tuple[PublishedFlux, ...]:
    """Find the table entries nearest to an orbit in altitude and year, at any inclination.

    Parameters
    ----------
    altitude_km : float, km
        Altitude of the orbit.
    year : float
        Decimal year.

    Returns
    -------
    tuple of PublishedFlux
        Debris, then meteoroids.
    """
    altitude = min(DEBRIS_BY_ALTITUDE_KM, key=lambda h: abs(h - altitude_km))
    meteoroids = METEOROIDS_BY_ALTITUDE_KM[altitude]
    if abs(altitude_km - 400.0) <= _NEAR_400_KM:
        nearest = min(max(int(year), min(DEBRIS_BY_YEAR)), max(DEBRIS_BY_YEAR))
        debris, conditions = DEBRIS_BY_YEAR[nearest], f"400 km, 51.6 deg, {nearest}"
    else:
        debris, conditions = DEBRIS_BY_ALTITUDE_KM[altitude], f"{altitude:g} km, 51.6 deg, 2010"
    return (
        PublishedFlux("debris", "ORDEM2000", conditions, debris),
        PublishedFlux("meteoroids", "SSP 30425B", f"{altitude:g} km, 51.6 deg", meteoroids),
    )
