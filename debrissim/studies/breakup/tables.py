"""The tables of a breakup's results folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog, days_since, read_catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import MINUTES_PER_DAY
from debrissim.core.time import split_julian_date
from debrissim.hazard.breakup.distributions import cumulative_count
from debrissim.hazard.breakup.fragments import BreakupResult, Fragments
from debrissim.hazard.breakup.orbits import Fate, FragmentOrbits, fragment_orbits
from debrissim.results.schema import breakup as schema
from debrissim.results.table import Table
from debrissim.studies.breakup.event import ParentStates

COMPARED = ("period_min", "perigee_km", "apogee_km")
# A catalogue of low orbits contains objects of at least this size that stay in orbit long enough to be found.
CATALOGUED_LENGTH_M = 0.1
CATALOGUED_PERIGEE_KM = 200.0
_PERCENT = (5, 25, 50, 75, 95)


def fragment_table(fragments: Fragments, orbits: FragmentOrbits) -> Table:
    """fragments.csv: one row per fragment."""
    velocity = fragments.velocity_change_km_s * 1000.0
    labels = {int(fate): fate.label for fate in Fate}
    return schema.FRAGMENTS.table(
        {
            "parent": fragments.parent,
            "characteristic_length_m": fragments.characteristic_length_m,
            "area_to_mass_m2_kg": fragments.area_to_mass_m2_kg,
            "area_m2": fragments.area_m2,
            "mass_kg": fragments.mass_kg,
            "velocity_change_m_s": np.linalg.norm(velocity, axis=1),
            **{f"velocity_change_{axis}_m_s": velocity[:, k] for k, axis in enumerate("xyz")},
            "period_min": _finite(orbits.period_min),
            "perigee_km": orbits.perigee_km,
            "apogee_km": _finite(orbits.apogee_km),
            "inclination_deg": orbits.inclination_deg,
            "fate": [labels[fate] for fate in orbits.fate.tolist()],
        }
    )


def _finite(values: Array) -> Array:
    """The values, NaN where they are infinite: an orbit that is not closed has neither period nor apogee."""
    return np.where(np.isfinite(values), values, np.nan)


def parent_table(names: Sequence[str], states: ParentStates, breakup: BreakupResult) -> Table:
    """parents.csv: where the mass went, and the orbit and state at the event."""
    rows, balance = slice(len(names)), breakup.balance
    orbits = fragment_orbits(states.position_km, states.velocity_km_s)
    recoil = np.linalg.norm(balance.remnant_velocity_change_km_s, axis=1) * 1000.0
    columns = {
        "mass_kg": balance.parent_mass_kg,
        "fragment_mass_kg": balance.fragment_mass_kg,
        "below_minimum_kg": balance.below_min_length_kg,
        "lumped_kg": balance.lumped_kg,
        "remnant_mass_kg": balance.remnant_mass_kg,
        "remnant_velocity_change_m_s": recoil,
        "residual_kg": balance.residual_kg,
        "fragments": np.bincount(breakup.fragments.parent, minlength=2),
        "dropped": balance.dropped_count,
        "period_min": _finite(orbits.period_min),
        "perigee_km": orbits.perigee_km,
        "apogee_km": _finite(orbits.apogee_km),
        "inclination_deg": orbits.inclination_deg,
        **{f"position_{axis}_km": states.position_km[:, k] for k, axis in enumerate("xyz")},
        **{f"velocity_{axis}_km_s": states.velocity_km_s[:, k] for k, axis in enumerate("xyz")},
    }
    return schema.PARENTS.table(
        {
            "parent": np.arange(len(names)),
            "name": list(names),
            **{name: values[rows] for name, values in columns.items()},
        }
    )


def size_table(breakup: BreakupResult) -> Table:
    """sizes.csv: numbers of each length and above, of the law and of the sample, twenty lengths per decade."""
    minimum_m = breakup.min_length_m
    length = np.geomspace(minimum_m, 10.0, 1 + int(np.ceil(20.0 * np.log10(10.0 / minimum_m))))
    ordered = np.sort(breakup.fragments.characteristic_length_m)
    return schema.SIZES.table(
        {
            "characteristic_length_m": length,
            "law_count": cumulative_count(length, breakup.law),
            "sampled_count": ordered.size - np.searchsorted(ordered, length),
        }
    )


def catalogued_table(files: Sequence[Path | None], time: datetime, within_days: float) -> Table | None:
    """catalogued.csv: the first element sets after the event of catalogued fragments, one file per parent.

    None if no parent has a file. Raises InputError naming the file where it cannot be read.
    """
    parts = []
    for parent, path in enumerate(files):
        if path is None:
            continue
        catalog = read_catalog(path).catalog
        age = days_since(catalog, *split_julian_date(time))
        rows = np.flatnonzero((age >= 0.0) & (age <= within_days))
        rows = rows[np.lexsort((age[rows], catalog.norad_id[rows]))]
        # The first element set of each fragment.
        rows = rows[np.unique(catalog.norad_id[rows], return_index=True)[1]]
        parts.append(_catalogued(catalog[rows], age[rows], parent))
    return Table.concat(parts) if parts else None


def _catalogued(catalog: Catalog, age_days: Array, parent: int) -> Table:
    return schema.CATALOGUED.table(
        {
            "norad_id": catalog.norad_id,
            "parent": np.full(len(catalog), parent),
            "age_days": age_days,
            "period_min": MINUTES_PER_DAY / catalog.mean_motion_rev_day,
            "perigee_km": catalog.perigee_altitude_km,
            "apogee_km": catalog.apogee_altitude_km,
        }
    )


def comparison_table(
    names: Sequence[str], fragments: Fragments, orbits: FragmentOrbits, catalogued: Table
) -> Table:
    """comparison.csv: percentiles of the orbits of catalogued fragments, and of those of the model that a catalogue
    would hold."""
    visible = (fragments.characteristic_length_m >= CATALOGUED_LENGTH_M) & (orbits.fate == Fate.ORBIT)
    visible &= orbits.perigee_km >= CATALOGUED_PERIGEE_KM
    rows = []
    for parent in np.unique(catalogued["parent"]).tolist():
        model = {name: getattr(orbits, name)[visible & (fragments.parent == parent)] for name in COMPARED}
        catalogue = {name: catalogued[name][catalogued["parent"] == parent] for name in COMPARED}
        rows += [
            (parent, source, quantity, values)
            for source, quantities in (("model", model), ("catalogue", catalogue))
            for quantity, values in quantities.items()
        ]
    percentiles = np.array([_percentiles(values) for *_, values in rows]).reshape(-1, len(_PERCENT))
    return schema.COMPARISON.table(
        {
            "parent": [parent for parent, *_ in rows],
            "name": [names[parent] for parent, *_ in rows],
            "source": [source for _, source, _, _ in rows],
            "count": [values.size for *_, values in rows],
            "quantity": [quantity for _, _, quantity, _ in rows],
            **{f"q{percent:02d}": percentiles[:, k] for k, percent in enumerate(_PERCENT)},
        }
    )


def _percentiles(values: Array) -> Array:
    """The percentiles of `_PERCENT`; NaN without values."""
    return np.percentile(values, _PERCENT) if values.size else np.full(len(_PERCENT), np.nan)
