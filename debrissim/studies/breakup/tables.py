"""The tables of a breakup's results folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import Catalog, days_since, read_catalog
from debrissim.conjunctions.tables import Table
from debrissim.core.arrays import Array
from debrissim.core.time import split_julian_date
from debrissim.hazard.breakup.distributions import cumulative_count
from debrissim.hazard.breakup.model import Breakup, Fragments
from debrissim.hazard.breakup.orbits import Fate, FragmentOrbits, fragment_orbits
from debrissim.studies.breakup.event import ParentStates

COMPARED = ("period_min", "perigee_km", "apogee_km")
CATALOGUED = ("norad_id", "parent", "age_days", *COMPARED)
# What a catalogue of low orbits holds: this large, and up long enough to be found.
SEEN_LENGTH_M = 0.1
SEEN_PERIGEE_KM = 200.0
_QUANTILES = (5, 25, 50, 75, 95)


def fragment_table(fragments: Fragments, orbits: FragmentOrbits) -> Table:
    """fragments.csv: a row a fragment."""
    velocity = fragments.velocity_change_km_s * 1000.0
    return {
        "parent": fragments.parent.tolist(),
        "characteristic_length_m": fragments.characteristic_length_m.tolist(),
        "area_to_mass_m2_kg": fragments.area_to_mass_m2_kg.tolist(),
        "area_m2": fragments.area_m2.tolist(),
        "mass_kg": fragments.mass_kg.tolist(),
        "velocity_change_m_s": np.linalg.norm(velocity, axis=1).tolist(),
        "velocity_change_x_m_s": velocity[:, 0].tolist(),
        "velocity_change_y_m_s": velocity[:, 1].tolist(),
        "velocity_change_z_m_s": velocity[:, 2].tolist(),
        "period_min": _finite(orbits.period_min),
        "perigee_km": orbits.perigee_km.tolist(),
        "apogee_km": _finite(orbits.apogee_km),
        "inclination_deg": orbits.inclination_deg.tolist(),
        "fate": [Fate(fate).label for fate in orbits.fate.tolist()],
    }


def _finite(column: Array) -> list[Any]:
    """Numbers for a table, empty where there is none."""
    return [value if np.isfinite(value) else "" for value in column.tolist()]


def parent_table(names: Sequence[str], states: ParentStates, drawn: Breakup) -> Table:
    """parents.csv: where mass went, and the orbit and state at the event."""
    rows, balance = slice(len(names)), drawn.balance
    orbits = fragment_orbits(states.position_km, states.velocity_km_s)
    recoil = np.linalg.norm(balance.remnant_velocity_change_km_s, axis=1) * 1000.0
    columns = {
        "mass_kg": balance.parent_mass_kg,
        "fragment_mass_kg": balance.fragment_mass_kg,
        "below_least_kg": balance.below_least_kg,
        "lumped_kg": balance.lumped_kg,
        "remnant_mass_kg": balance.remnant_mass_kg,
        "remnant_velocity_change_m_s": recoil,
        "residual_kg": balance.residual_kg,
        "fragments": np.bincount(drawn.fragments.parent, minlength=2),
        "dropped": balance.dropped_count,
        "period_min": orbits.period_min,
        "perigee_km": orbits.perigee_km,
        "apogee_km": orbits.apogee_km,
        "inclination_deg": orbits.inclination_deg,
    }
    table: Table = {"parent": list(range(len(names))), "name": list(names)}
    table |= {name: _finite(column[rows]) for name, column in columns.items()}
    for name, vectors in (("position_km", states.position_km), ("velocity_km_s", states.velocity_km_s)):
        stem, unit = name.split("_", 1)
        table |= {f"{stem}_{axis}_{unit}": vectors[rows, k].tolist() for k, axis in enumerate("xyz")}
    return table


def size_table(drawn: Breakup) -> Table:
    """Numbers of each length and above, law and draw, twenty lengths a decade."""
    least = drawn.least_length_m
    length = np.geomspace(least, 10.0, 1 + int(np.ceil(20.0 * np.log10(10.0 / least))))
    ordered = np.sort(drawn.fragments.characteristic_length_m)
    return {
        "characteristic_length_m": length.tolist(),
        "law_count": cumulative_count(length, drawn.law).tolist(),
        "drawn_count": (ordered.size - np.searchsorted(ordered, length)).tolist(),
    }


def catalogued_table(files: Sequence[Path | None], time: datetime, within_days: float) -> Table | None:
    """catalogued.csv: first element sets after the event of fragments that were seen, of one file a parent.

    Raises InputError naming the file where it cannot be read.
    """
    parts = []
    for parent, path in enumerate(files):
        if path is None:
            continue
        catalog = read_catalog(path).catalog
        age = days_since(catalog, *split_julian_date(time))
        rows = np.flatnonzero((age >= 0.0) & (age <= within_days))
        rows = rows[np.lexsort((age[rows], catalog.norad_id[rows]))]
        # Of each fragment its first.
        rows = rows[np.unique(catalog.norad_id[rows], return_index=True)[1]]
        parts.append(_seen(catalog[rows], age[rows], parent))
    if not parts:
        return None
    return {name: [value for part in parts for value in part[name]] for name in CATALOGUED}


def _seen(catalog: Catalog, age_days: Array, parent: int) -> Table:
    return {
        "norad_id": catalog.norad_id.tolist(),
        "parent": [parent] * len(catalog),
        "age_days": age_days.tolist(),
        "period_min": (1440.0 / catalog.mean_motion_rev_day).tolist(),
        "perigee_km": catalog.perigee_altitude_km.tolist(),
        "apogee_km": catalog.apogee_altitude_km.tolist(),
    }


def comparison_table(
    names: Sequence[str], fragments: Fragments, orbits: FragmentOrbits, seen: Table
) -> Table:
    """comparison.csv: quantiles of the orbits of model and catalogue, of what a catalogue could hold of the model."""
    visible = (fragments.characteristic_length_m >= SEEN_LENGTH_M) & (orbits.fate == Fate.ORBIT)
    visible &= orbits.perigee_km >= SEEN_PERIGEE_KM
    table: Table = {name: [] for name in ("parent", "name", "source", "count", "quantity")}
    table |= {f"q{q:02d}": [] for q in _QUANTILES}
    seen_parent = np.array(seen["parent"], dtype=np.int64)
    for parent in np.unique(seen_parent).tolist():
        for source, rows in (
            ("model", visible & (fragments.parent == parent)),
            ("catalogue", seen_parent == parent),
        ):
            for quantity in COMPARED:
                column = (
                    getattr(orbits, quantity)
                    if source == "model"
                    else np.array(seen[quantity], dtype=np.float64)
                )
                values = (
                    np.percentile(column[rows], _QUANTILES).tolist() if rows.any() else [""] * len(_QUANTILES)
                )
                row = [parent, names[parent], source, int(rows.sum()), quantity, *values]
                for key, value in zip(table, row, strict=True):
                    table[key].append(value)
    return table
