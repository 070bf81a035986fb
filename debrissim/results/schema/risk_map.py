"""The files of the risk map: a grid of circular orbits, and the orbits marked in it."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

_ORBIT = (
    Column("altitude_km", "float", "altitude of the circular orbit above the equatorial radius"),
    Column("inclination_deg", "float", "its inclination"),
    Column("flux_per_m2_year", "float", "catalogued objects through a square metre, averaged over the orbit"),
    Column("relative_error", "float", "relative standard error of the flux: the model's and counting noise"),
    Column("rate_per_year", "float", "expected collisions with the spacecraft", unit="yr-1"),
    Column("*_flux_per_m2_year", "float", "part of the flux that one kind of object contributes"),
)

MAP = Schema("map.csv", "one cell of the map: one altitude and inclination", _ORBIT)

RADII = ("enclosing_radius_m", "mean_shadow_radius_m", "inscribed_radius_m")
"""Columns of the spheres that represent a spacecraft: docs/station.md, Radius."""
BOUNDS = ("rate_low_per_year", "rate_high_per_year")
"""Columns of the rate's bounds by the size of the spacecraft."""

MARKED = Schema(
    "marked.csv",
    "one orbit marked in the map; rate_per_year is for the mean shadow, or for the enclosing sphere if that is not "
    "known",
    (
        Column("name", "text", "its label"),
        Column("enclosing_radius_m", "float", "radius of the sphere around its spacecraft"),
        Column(
            "mean_shadow_radius_m",
            "float",
            "radius of the sphere with the spacecraft's mean projected area; empty if that is not known",
        ),
        Column(
            "inscribed_radius_m", "float", "radius of the sphere inscribed in its extents; empty if not known"
        ),
        Column(
            "rate_low_per_year",
            "float",
            "expected collisions with the inscribed sphere; empty if not known",
            unit="yr-1",
        ),
        Column("rate_high_per_year", "float", "expected collisions with the enclosing sphere", unit="yr-1"),
        *_ORBIT,
    ),
)
