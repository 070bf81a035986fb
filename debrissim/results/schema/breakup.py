"""The files of the breakup study."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

_PARENT = "0: the target, or the object that exploded; 1: the projectile"

FRAGMENTS = Schema(
    "fragments.csv",
    "one fragment",
    (
        Column("parent", "int", _PARENT),
        Column("characteristic_length_m", "float", "mean of its three dimensions"),
        Column("area_to_mass_m2_kg", "float", "area-to-mass ratio"),
        Column("area_m2", "float", "mean cross-sectional area"),
        Column("mass_kg", "float", "mass"),
        Column("velocity_change_m_s", "float", "speed relative to its parent"),
        Column("velocity_change_x_m_s", "float", "velocity relative to its parent in the parents' frame, x"),
        Column("velocity_change_y_m_s", "float", "the same, y"),
        Column("velocity_change_z_m_s", "float", "the same, z"),
        Column(
            "period_min", "float", "period of its two-body orbit right after the event; empty if it escapes"
        ),
        Column("perigee_km", "float", "perigee altitude of that orbit"),
        Column("apogee_km", "float", "apogee altitude of that orbit; empty if it escapes"),
        Column("inclination_deg", "float", "inclination of that orbit"),
        Column("fate", "text", "orbit, re-entry (at once) or escape"),
    ),
)

PARENTS = Schema(
    "parents.csv",
    "one object that breaks up",
    (
        Column("parent", "int", _PARENT),
        Column("name", "text", "its name"),
        Column("mass_kg", "float", "mass before the event"),
        Column("fragment_mass_kg", "float", "mass of its fragments in fragments.csv"),
        Column(
            "below_minimum_kg",
            "float",
            "mass set aside for fragments below the minimum length",
            old_name="below_least_kg",
        ),
        Column(
            "lumped_kg",
            "float",
            "part of fragment_mass_kg that the law did not assign, in its largest fragments",
        ),
        Column(
            "remnant_mass_kg", "float", "mass of the remnant of an object that does not break up completely"
        ),
        Column("remnant_velocity_change_m_s", "float", "speed of the remnant relative to the object"),
        Column(
            "residual_kg",
            "float",
            "rest of mass_kg that could not be assigned to a fragment",
        ),
        Column("fragments", "int", "number of its fragments in fragments.csv"),
        Column(
            "dropped",
            "int",
            "fragments that follow from the law but were left out because the mass had run out",
        ),
        Column("period_min", "float", "period of its orbit at the event; empty if it is not closed"),
        Column("perigee_km", "float", "perigee altitude of that orbit"),
        Column("apogee_km", "float", "apogee altitude of that orbit; empty if it is not closed"),
        Column("inclination_deg", "float", "inclination of that orbit"),
        Column(
            "position_x_km",
            "float",
            "position at the event, TEME (any inertial frame for circular orbits), x",
        ),
        Column("position_y_km", "float", "the same, y"),
        Column("position_z_km", "float", "the same, z"),
        Column("velocity_x_km_s", "float", "velocity at the event in that frame, x"),
        Column("velocity_y_km_s", "float", "the same, y"),
        Column("velocity_z_km_s", "float", "the same, z"),
    ),
)

SIZES = Schema(
    "sizes.csv",
    "one characteristic length",
    (
        Column("characteristic_length_m", "float", "minimum length of the fragments counted"),
        Column("law_count", "float", "number of fragments of this length and above by the law"),
        Column(
            "sampled_count",
            "int",
            "number of fragments of this length and above in fragments.csv",
            old_name="drawn_count",
        ),
    ),
)

CATALOGUED = Schema(
    "catalogued.csv",
    "one catalogued fragment: its first element set after the event",
    (
        Column("norad_id", "id", "catalogue number"),
        Column("parent", "int", _PARENT),
        Column("age_days", "float", "from the event to the epoch of the element set"),
        Column("period_min", "float", "period"),
        Column("perigee_km", "float", "perigee altitude"),
        Column("apogee_km", "float", "apogee altitude"),
    ),
)

COMPARISON = Schema(
    "comparison.csv",
    "one orbital quantity of one parent's fragments, modelled or catalogued",
    (
        Column("parent", "int", _PARENT),
        Column("name", "text", "name of the parent"),
        Column("source", "text", "model (fragments that a catalogue would hold) or catalogue"),
        Column("count", "int", "number of fragments"),
        Column("quantity", "text", "period_min, perigee_km or apogee_km"),
        Column("q*", "float", "percentile of the quantity, in its unit; empty if there are no fragments"),
    ),
)
