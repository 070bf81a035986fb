"""The files of the penetration study: debris and meteoroids, each with its own columns."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

SURFACES = Schema(
    "surfaces.csv",
    "one surface of the scenario",
    (
        Column("module", "text", "module that it belongs to"),
        Column("part", "text", "part of the module"),
        Column("shield", "text", "name of its shield"),
        Column("equation", "text", "ballistic limit equation of the shield"),
        Column("exposed_area_m2", "float", "area not hidden by anything else"),
        Column("*_expected", "float", "penetrations expected in the mission from one source"),
        Column(
            "share_beyond_tests",
            "float",
            "fraction of its penetrations at speeds above those at which the equation was tested",
        ),
    ),
)

MODULES = Schema(
    "modules.csv",
    "one module: the sum of its surfaces",
    (
        Column("module", "text", "its name"),
        Column("exposed_area_m2", "float", "exposed area of its surfaces"),
        Column("*_expected", "float", "penetrations expected in the mission from one source"),
        Column("*_low", "float", "the same at the low end of the flux"),
        Column("*_high", "float", "the same at the high end of the flux"),
        Column("expected", "float", "penetrations expected from both sources"),
        Column("low", "float", "the same at the low end of the fluxes"),
        Column("high", "float", "the same at the high end of the fluxes"),
        Column("pnp", "float", "probability of no penetration"),
        Column("pnp_low", "float", "the same at the high end of the fluxes"),
        Column("pnp_high", "float", "the same at the low end of the fluxes"),
    ),
)

CRITICAL_DIAMETER = Schema(
    "critical_diameter.csv",
    "one shield at one impact angle and speed",
    (
        Column("shield", "text", "name of the shield"),
        Column("angle_deg", "float", "impact angle from the normal"),
        Column("speed_km_s", "float", "impact speed"),
        Column("density_g_cm3", "float", "density of the particle"),
        Column("diameter_cm", "float", "diameter of the smallest sphere that penetrates"),
    ),
)

SPEEDS = Schema(
    "speeds.csv",
    "one interval of impact speed",
    (
        Column("low_km_s", "float", "lower end of the interval"),
        Column("high_km_s", "float", "upper end"),
        Column(
            "*_expected",
            "float",
            "penetrations expected at these speeds from one source, surfaces in the total",
        ),
    ),
)

MONTE_CARLO = Schema(
    "monte_carlo.csv",
    "the Monte Carlo check of one surface and source",
    (
        Column("module", "text", "module of the surface"),
        Column("part", "text", "part of the module"),
        Column("source", "text", "debris or meteoroids"),
        Column("expected", "float", "penetrations expected in the mission, by quadrature"),
        Column("monte_carlo", "float", "the same by Monte Carlo"),
        Column("standard_error", "float", "standard error of the Monte Carlo value"),
    ),
)
