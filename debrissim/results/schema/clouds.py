"""The files of a run with breakups."""

from __future__ import annotations

from dataclasses import replace

from debrissim.results.table import Column, Schema

SHELL_MARGIN_KM = 10.0
"""Half the additional width of a primary's shell beyond its orbit."""

CLOUD = Schema(
    "cloud.csv",
    "one revolution (cloud_days.csv: one day) of one primary in one volume",
    (
        Column("primary_norad_id", "id", "catalogue number of the primary"),
        Column("volume", "text", "the screening volume"),
        Column("number", "int", "number of the revolution or of the day, from 1"),
        Column("begin_utc", "time", "its start, UTC"),
        Column("begin_s", "float", "the same in seconds since the start of the span"),
        Column("end_s", "float", "its end"),
        Column("fragment_passes", "int", "approaches by modelled fragments in that volume"),
        Column("fragment_per_day", "float", "the same per day"),
        Column(
            "fragment_per_day_low", "float", "lower end of the 95 % interval of that Poisson count, per day"
        ),
        Column("fragment_per_day_high", "float", "upper end"),
        Column("background_passes", "int", "approaches by all other objects"),
        Column("background_per_day", "float", "the same per day"),
        Column("background_per_day_low", "float", "lower end of the 95 % interval, per day"),
        Column("background_per_day_high", "float", "upper end"),
        Column(
            "fragment_flux_per_m2_year",
            "float",
            "flux of fragments: passes per area of the disc of a spherical volume and per time; empty for boxes",
        ),
        Column("background_flux_per_m2_year", "float", "the same for all other objects"),
        Column(
            "fragment_probability", "float", "cumulative collision probability of the fragments' approaches"
        ),
        Column("background_probability", "float", "the same for all other objects"),
    ),
)

CLOUD_DAYS = replace(CLOUD, file="cloud_days.csv", doc="one day of one primary in one volume")

CLOUD_ORBITS = Schema(
    "cloud_orbits.csv",
    "one day",
    (
        Column("time_utc", "time", "the moment, UTC"),
        Column("time_s", "float", "the same in seconds since the start of the span"),
        Column("fragments_in_orbit", "int", "fragments in orbit on that day"),
        Column(
            "crossing_shell_of_*",
            "int",
            f"fragments that cross the primary's shell, {SHELL_MARGIN_KM:g} km wider",
        ),
        Column("fragments_per_km3_at_*", "float", "fragments per cubic kilometre in that shell"),
        Column("background_per_km3_at_*", "float", "all other objects per cubic kilometre in it"),
    ),
)

CLOUD_DENSITY = Schema(
    "cloud_density.csv",
    "one altitude shell on one day",
    (
        Column("time_s", "float", "seconds since the start of the span"),
        Column("altitude_low_km", "float", "lower edge, above the equatorial radius"),
        Column("altitude_high_km", "float", "upper edge"),
        Column("fragments_per_km3", "float", "fragments per cubic kilometre"),
    ),
)

CLOUD_FRAGMENTS = Schema(
    "cloud_fragments.csv",
    "one fragment that joined the catalogue",
    (
        Column("norad_id", "id", "number given to it"),
        Column("name", "text", "name given to it"),
        Column("event", "int", "number of the breakup, from 0, in the order of the scenario"),
        Column("parent", "int", "0: the target, or the object that exploded; 1: the projectile"),
        Column("characteristic_length_m", "float", "mean of its three dimensions"),
        Column("area_to_mass_m2_kg", "float", "area-to-mass ratio"),
        Column("mass_kg", "float", "mass"),
        Column("velocity_change_m_s", "float", "speed relative to its parent"),
        Column("bstar", "float", "drag term of its element set, 1 / Earth radii"),
        Column("period_min", "float", "period of its first orbit"),
        Column("perigee_km", "float", "perigee altitude of it"),
        Column("apogee_km", "float", "apogee altitude of it"),
    ),
)
