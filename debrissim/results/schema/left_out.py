"""Columns of the tables of objects, pairs and records that a run left out, or screened in part."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

CO_LOCATED = Schema(
    "co_located.csv",
    "one pair that flies together and was left out of the conjunctions",
    (
        Column("first_norad_id", "id", "catalogue number of one object"),
        Column("first_name", "text", "its name"),
        Column("second_norad_id", "id", "catalogue number of the other"),
        Column("second_name", "text", "its name"),
        Column("start_separation_km", "float", "distance at the start of the span"),
        Column(
            "minimum_separation_km", "float", "minimum distance in the span", old_name="least_separation_km"
        ),
        Column(
            "maximum_separation_km",
            "float",
            "maximum distance in the span",
            old_name="greatest_separation_km",
        ),
        Column(
            "docked",
            "bool",
            "true: the two are docked to each other or to the same crewed station, by their element sets",
        ),
    ),
)

EXCLUDED = Schema(
    "excluded.csv",
    "one object that was not screened, or only from or up to a moment",
    (
        Column("norad_id", "id", "catalogue number"),
        Column("name", "text", "name"),
        Column("epoch_utc", "time", "epoch of its element set"),
        Column("status", "int", "code of the failure (`debrissim.propagation.sgp4.ObjectStatus`)"),
        Column("reason", "text", "the same in words"),
        Column(
            "valid_from_utc",
            "time",
            "the time from which SGP4 can propagate it, if SGP4 cannot be run back from its epoch to the start; after "
            "the end if it cannot be run back into the span; empty for the other objects",
            optional=True,
        ),
        Column(
            "valid_until_utc",
            "time",
            "the time until which SGP4 can propagate it: before the start if it had decayed by then, its epoch if SGP4 "
            "fails there; empty if SGP4 can propagate it to the end of the span, or if its element set is only too "
            "old. Both "
            "moments are empty if its ephemeris covers nothing of the span",
        ),
        Column(
            "took_part",
            "bool",
            "true: screened between these times, as far as they lie in the span; false: not screened at all",
        ),
    ),
)

GAPS = Schema(
    "gaps.csv",
    "one part of the span in which an object was not screened, because none of its ephemerides or element sets covers "
    "it",
    (
        Column("norad_id", "id", "catalogue number"),
        Column("name", "text", "name"),
        Column("begin_utc", "time", "beginning of the gap, UTC"),
        Column("end_utc", "time", "its end"),
        Column("begin_s", "float", "its beginning in seconds since the start of the span"),
        Column("end_s", "float", "its end"),
        Column("status", "int", "code of the reason (`debrissim.propagation.sgp4.ObjectStatus`)"),
        Column("reason", "text", "the same in words"),
    ),
)

REJECTED = Schema(
    "rejected.csv",
    "one record of a catalogue file that could not be read",
    (
        Column("file", "text", "name of the catalogue file"),
        Column("line", "int", "line of the record in the decompressed file, from 1"),
        Column("norad_id", "id", "catalogue number, if it could be read", null=-1),
        Column("reason", "text", "the fault"),
        Column("text", "text", "the beginning of the record"),
    ),
)
