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

MARKED = Schema(
    "marked.csv",
    "one orbit marked in the map",
    (
        Column("name", "text", "its label"),
        Column("hard_body_radius_m", "float", "radius of the spacecraft in it"),
        *_ORBIT,
    ),
)
