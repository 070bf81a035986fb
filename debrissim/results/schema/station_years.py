"""The files of the station through its years.

`*` in the name of a column is the station's size: mean_shadow (the estimate), inscribed_sphere and enclosing_sphere
(its bounds), drag_area, socrates or jspoc, each the radius of a sphere by another definition (docs/station.md, Radius).
"""

from __future__ import annotations

from debrissim.results.table import Column, Schema

YEARS = Schema(
    "years.csv",
    "one calendar year",
    (
        Column("year", "int", "calendar year"),
        Column("years_in_orbit", "float", "part of the year for which the station was in orbit", unit="yr"),
        Column("mean_altitude_km", "float", "mean of the semi-major axis above 6378.137 km"),
        Column(
            "revolutions_per_day",
            "float",
            "mean motion of a circular orbit at that altitude, WGS-72",
            unit="cycle / d",
        ),
        Column("itemised_mass_kg", "float", "mass of the elements in place at mid-year"),
        Column("itemised_mass_with_ships_kg", "float", "the same with the visiting vehicles"),
        Column("radius_*_m", "float", "radius that represents the station's size by one definition"),
        Column(
            "flux_per_m2_year", "float", "catalogued objects through a square metre, averaged over the orbit"
        ),
        Column(
            "relative_error",
            "float",
            "relative standard error of the flux: the model's and counting noise, without that of the scaling",
        ),
        Column(
            "scaled",
            "bool",
            "true: there is no catalogue from that time, and the flux is scaled from a later one",
        ),
        Column("rate_*_per_year", "float", "expected collisions with a station of that size", unit="yr-1"),
        Column(
            "probability_since_launch_mean_shadow",
            "float",
            "probability of at least one collision from launch to the end of the year, size mean_shadow",
        ),
        Column(
            "probability_since_launch_low",
            "float",
            "lower end of its range: the factor of scaled years and the error of the flux",
        ),
        Column("probability_since_launch_high", "float", "upper end"),
    ),
)

SHARES = Schema(
    "shares.csv",
    "the contribution of one group of objects to one year's flux",
    (
        Column("year", "int", "calendar year"),
        Column("what", "text", "the grouping: kind, fleet or parent event"),
        Column("name", "text", "the group"),
        Column("object_count", "int", "objects of the group that reach the station's orbit"),
        Column(
            "effective_count", "float", "number of equal objects with the same scatter, (sum f)^2 / sum f^2"
        ),
        Column("flux_per_m2_year", "float", "their flux"),
        Column(
            "rate_mean_shadow_per_year",
            "float",
            "expected collisions with a station of size mean_shadow",
            unit="yr-1",
        ),
        Column(
            "scaled",
            "bool",
            "true: there is no catalogue from that time, and the flux is scaled from a later one",
        ),
    ),
)

ELEMENTS = Schema(
    "elements.csv",
    "one element of the station: a module, truss, array or visiting vehicle",
    (
        Column("name", "text", "its name"),
        Column("country", "text", "country or agency"),
        Column("from", "text", "first day in place, ISO 8601"),
        Column("until", "text", "first day no longer in place, ISO 8601; empty if it is still there"),
        Column("mass_kg", "float", "mass"),
        Column("mean_shadow_m2", "float", "shadow averaged over all directions"),
        Column("certainty", "text", "cited, or estimate"),
        Column("source", "text", "source of the figures"),
    ),
)

COUNTED = Schema(
    "counted.csv",
    "one group of objects in one catalogue: passes counted and passes expected",
    (
        Column("catalogue", "text", "label of the catalogue"),
        Column("group", "text", "the group: all, a kind, fleet satellites, or a parent event"),
        Column("expected_passes", "float", "passes through the sphere by the analytic flux"),
        Column("counted_mean", "float", "passes found by screening, mean over all phases"),
        Column("counted_error", "float", "standard error of that mean"),
        Column("ratio", "float", "counted over expected; empty where no pass is expected"),
        Column("altitude_error", "float", "change of the expected passes for 1 km of altitude"),
        Column("perigee_error", "float", "error of the expected passes due to perigees that hardly move"),
        Column("total_error", "float", "root sum square of the three errors"),
        Column("deviation_sigmas", "float", "counted minus expected in total errors"),
        Column("scatter_of_one_phase", "float", "standard deviation of the passes of one phase"),
        Column("counted_actual_phase", "int", "passes of the station itself"),
    ),
)
