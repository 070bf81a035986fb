"""The file of encounters followed through a series of catalogues."""

from __future__ import annotations

from debrissim.results.schema.conjunctions import AGES, MISS
from debrissim.results.table import Column, Schema

TRACK = Schema(
    "track.csv",
    "one encounter in one catalogue",
    (
        Column("track", "int", "number of the encounter, from 0, the most probable first"),
        Column("primary_norad_id", "id", "catalogue number of the primary"),
        Column("primary_name", "text", "its name"),
        Column("secondary_norad_id", "id", "catalogue number of the secondary"),
        Column("secondary_name", "text", "its name"),
        Column("object_kind", "text", "of the secondary"),
        Column("catalogue", "text", "file name of the catalogue"),
        Column(
            "catalogue_epoch_utc",
            "time",
            "epoch of the catalogue: the 99th percentile of its epochs",
            decimals=0,
        ),
        Column(
            "found",
            "text",
            "inside a screening volume, outside the volumes (computed all the same), or the reason why there are no "
            "numbers",
        ),
        Column("tca_utc", "time", "time of closest approach, UTC"),
        Column("tca_shift_s", "float", "the same, minus that of the newest catalogue that has one"),
        Column("days_to_tca", "float", "from the catalogue's epoch to its own TCA"),
        *MISS,
        Column("relative_speed_km_s", "float", "relative speed at TCA"),
        Column("collision_probability", "float", "as in conjunctions.csv"),
        Column("maximum_probability", "float", "as in conjunctions.csv"),
        Column("dilution", "bool?", "as in conjunctions.csv"),
        Column("flags", "text", "as in conjunctions.csv"),
        *AGES,
    ),
)
