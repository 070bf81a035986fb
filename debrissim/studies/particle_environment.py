"""The scenario tables and models that the studies of particles too small for a catalogue share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from debrissim.hazard.particles import debris_flux, meteoroids
from debrissim.hazard.particles.meteoroids import MeteoroidFlux
from debrissim.scenario.fields import ScenarioTable

Altitude = Annotated[float, Field(ge=100.0, le=40000.0, allow_inf_nan=False, strict=True)]
Inclination = Annotated[float, Field(ge=0.0, le=180.0, allow_inf_nan=False, strict=True)]
SolarFlux = Annotated[float, Field(ge=60.0, le=400.0, allow_inf_nan=False, strict=True)]
Samples = Annotated[int, Field(ge=100, le=10_000_000, strict=True)]
Density = Annotated[float, Field(gt=0.0, le=25.0, allow_inf_nan=False, strict=True)]


class ParticleOrbit(ScenarioTable):
    """The circular orbit, and the Sun."""

    altitude_km: Altitude = Field(description="above 6378.137 km; debris model: 300 to 2000, flagged beyond")
    inclination_deg: Inclination = Field(description="debris model: 28.5 to 100, flagged beyond")
    solar_flux: SolarFlux = Field(
        description="F10.7, smoothed over 13 months, of the year before (70 quiet, 200 active)"
    )


class Meteoroids(ScenarioTable):
    """The model of natural particles."""

    variant: Literal["ecss", "ssp-30425"] = Field(
        "ecss", description="the Earth's effects: with the spacecraft's motion (ecss) or without"
    )
    density_g_cm3: Density | None = Field(
        None, description="one density for all; by default 2.0, 1.0 and 0.5 by mass (SSP 30425)"
    )


def meteoroid_flux(altitude_km: float, table: Meteoroids) -> MeteoroidFlux:
    """The meteoroid model of a scenario."""
    return MeteoroidFlux(altitude_km, table.variant, table.density_g_cm3)


def describe_models(natural: MeteoroidFlux) -> dict[str, Any]:
    """The provenance of both models: names, sources, factors, and the values that are unverified."""
    return {
        "debris": {
            "model": "NASA90 (Kessler, Reynolds & Anz-Meador 1989, NASA TM-100471)",
            "uncertainty_factor": debris_flux.UNCERTAINTY_FACTOR,
            "factor_from": "ORDEM2000, NASA/TM-2009-214785 Tables 2-3 and 2-4: 0.58 to 2.8 of it at 3 mm",
            "unverified": ["psi(i) except at 45 and 52 degrees", "impact speeds f(v)"],
        },
        "meteoroids": {
            "model": f"Gruen et al. 1985, {natural.variant}",
            "earth_factor": natural.earth_factor,
            "uncertainty_factor": meteoroids.UNCERTAINTY_FACTOR,
            "factor_from": "NASA/TM-2009-214785 Table 2-3: 0.885 to 2.5 of it at 3 mm, by density and variant",
            "unverified": ["speeds g(v)"],
        },
    }


UNVERIFIED = "unverified: impact speeds, and psi(i) away from 45 and 52 degrees (docs/small_debris.md)"
"""The line under every result of small particles: its inputs that were not seen in print."""
