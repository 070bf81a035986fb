"""A conjunction of an earlier run, read from its results folder: the two objects at closest approach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from debrissim.catalog import ObjectKind, identifier
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import split_julian_date
from debrissim.results.folder import read_summary
from debrissim.results.reader import reading
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table

_STATE = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")


@dataclass(frozen=True, eq=False)
class RecordedObject:
    """One object of the pair: number, name, mass, whether it is a rocket body, state at TCA in TEME, km and km/s, and
    whether the mass is only a default."""

    norad_id: int
    name: str
    mass_kg: float
    rocket_body: bool
    position_km: Array
    velocity_km_s: Array
    mass_is_default: bool = False


@dataclass(frozen=True, eq=False)
class RecordedConjunction:
    """Time of closest approach (UTC, split Julian date), primary and secondary."""

    jd: float
    fraction: float
    objects: tuple[RecordedObject, RecordedObject]


def recorded_conjunction(folder: Path, row: int) -> RecordedConjunction:
    """Read row `row` (from 0) of the conjunctions.csv of a results folder.

    Raises InputError if `folder` is not a results folder, is damaged or has no such row.
    """
    summary, table = read_summary(folder), read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    if row >= len(table):
        raise InputError(
            f"{folder}: expected a row of its {len(table)} conjunctions, counted from 0, got {row}"
        )
    with reading(folder):
        provenance = summary["provenance"]
        jd, fraction = split_julian_date(datetime.fromisoformat(provenance["span"]["start_utc"]))
        days = fraction + float(table.tca_s[row]) / SECONDS_PER_DAY
        number = int(table.primary_norad_id[row])
        masses = {int(p["norad_id"]): float(p["mass_kg"]) for p in provenance["primaries"]}
        assumed = bool(table.primary_mass_is_default[row]), bool(table.secondary_mass_is_default[row])
        if number not in masses:
            raise InputError(
                f"{folder}: expected a run of primaries; the mass of {identifier(number)} is not in it"
            )
        objects = (
            _object(table, row, "primary", masses[number], assumed[0], rocket_body=False),
            _object(
                table,
                row,
                "secondary",
                float(table.secondary_mass_kg[row]),
                assumed[1],
                rocket_body=table.object_kind[row] == ObjectKind.ROCKET_BODY.label,
            ),
        )
    return RecordedConjunction(jd + float(np.floor(days)), days - float(np.floor(days)), objects)


def _object(
    table: Table, row: int, role: str, mass_kg: float, assumed: bool, *, rocket_body: bool
) -> RecordedObject:
    state = np.array([table[f"{role}_{component}"][row] for component in _STATE])
    return RecordedObject(
        int(table[f"{role}_norad_id"][row]),
        str(table[f"{role}_name"][row]),
        mass_kg,
        rocket_body,
        state[:3],
        state[3:],
        assumed,
    )
