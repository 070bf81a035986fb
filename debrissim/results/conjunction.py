"""A conjunction of an earlier run, read back from its results folder: the two objects at closest approach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from debrissim.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import split_julian_date
from debrissim.results.folder import read_csv, read_summary


@dataclass(frozen=True, eq=False)
class RecordedObject:
    """One of the two: number, name, mass, whether a rocket body, state at TCA km, km/s TEME."""

    norad_id: int
    name: str
    mass_kg: float
    rocket_body: bool
    position_km: Array
    velocity_km_s: Array


@dataclass(frozen=True, eq=False)
class RecordedConjunction:
    """Time of closest approach (UTC, split Julian date), primary and secondary."""

    jd: float
    fraction: float
    objects: tuple[RecordedObject, RecordedObject]


def recorded_conjunction(folder: Path, row: int) -> RecordedConjunction:
    """Row `row` (from 0) of the conjunctions.csv of a results folder.

    Raises InputError where there is no such folder or row, or it is damaged.
    """
    summary, table = read_summary(folder), read_csv(folder / "conjunctions.csv")
    count = len(table.get("tca_s", ()))
    if row >= count:
        raise InputError(f"{folder}: row {row} of its conjunctions is asked for, but it has {count} (from 0)")
    try:
        provenance = summary["provenance"]
        jd, fraction = split_julian_date(datetime.fromisoformat(provenance["span"]["start_utc"]))
        days = fraction + float(table["tca_s"][row]) / SECONDS_PER_DAY
        number = int(table["primary_norad_id"][row])
        masses = {int(p["norad_id"]): float(p["mass_kg"]) for p in provenance["primaries"]}
        if number not in masses:
            raise InputError(f"{folder}: the mass of {number} is not in it: expected a run of primaries")
        objects = (
            _object(table, row, "primary", masses[number], rocket_body=False),
            _object(
                table,
                row,
                "secondary",
                float(table["secondary_mass_kg"][row]),
                rocket_body=table["object_kind"][row] == ObjectKind.ROCKET_BODY.label,
            ),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error
    return RecordedConjunction(jd + float(np.floor(days)), days - float(np.floor(days)), objects)


def _object(
    table: dict[str, list[str]], row: int, which: str, mass_kg: float, *, rocket_body: bool
) -> RecordedObject:
    state = np.array([float(table[f"{which}_{axis}"][row]) for axis in _STATE])
    return RecordedObject(
        int(table[f"{which}_norad_id"][row]),
        table[f"{which}_name"][row],
        mass_kg,
        rocket_body,
        state[:3],
        state[3:],
    )


_STATE = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
