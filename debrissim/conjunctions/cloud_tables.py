"""The tables of a run with breakups: passes of fragments and of everything else, and the fates of the fragments."""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.conjunctions.debris_clouds import SHELL_EDGES_KM, CloudPassages, CloudSummary
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import utc_datetime64
from debrissim.results.schema.clouds import CLOUD, CLOUD_DAYS, CLOUD_DENSITY, CLOUD_FRAGMENTS, CLOUD_ORBITS
from debrissim.results.table import Schema, Table


def revolutions(exhibit: CloudSummary, inputs: RunInputs) -> Table:
    """cloud.csv: passes by revolution of each primary."""
    return _passes(CLOUD, exhibit.revolutions, inputs)


def days(exhibit: CloudSummary, inputs: RunInputs) -> Table:
    """cloud_days.csv: passes by day."""
    return _passes(CLOUD_DAYS, exhibit.days, inputs)


def _passes(schema: Schema, all_passes: tuple[CloudPassages, ...], inputs: RunInputs) -> Table:
    tables = []
    for one in all_passes:
        count = one.begin_s.size
        days = (one.end_s - one.begin_s) / SECONDS_PER_DAY
        columns: dict[str, Any] = {
            "primary_norad_id": np.full(count, one.primary_norad_id),
            "volume": [one.volume] * count,
            "number": np.arange(1, count + 1),
            "begin_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, one.begin_s),
            "begin_s": one.begin_s,
            "end_s": one.end_s,
            "fragment_flux_per_m2_year": one.fragment_flux_per_m2_year,
            "background_flux_per_m2_year": one.background_flux_per_m2_year,
            "fragment_probability": one.fragment_probability,
            "background_probability": one.background_probability,
        }
        for name, passes in (("fragment", one.fragments), ("background", one.background)):
            low, high = one.per_day_95(passes).T
            columns |= {
                f"{name}_passes": passes,
                f"{name}_per_day": passes / days,
                f"{name}_per_day_low": low,
                f"{name}_per_day_high": high,
            }
        tables.append(schema.table(columns))
    return Table.concat(tables)


def orbits(exhibit: CloudSummary, inputs: RunInputs) -> Table:
    """cloud_orbits.csv: by day, how many fragments are in orbit and cross each primary's shell, and how dense it is."""
    thinning = exhibit.thinning
    assert inputs.primaries is not None
    columns: dict[str, Any] = {
        "time_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, thinning.time_s),
        "time_s": thinning.time_s,
        "fragments_in_orbit": thinning.in_orbit,
    }
    for k, number in enumerate(inputs.catalog.norad_id[inputs.primaries].tolist()):
        columns[f"crossing_shell_of_{number}"] = thinning.crossing[:, k]
        columns[f"fragments_per_km3_at_{number}"] = thinning.in_shell_per_km3[:, k]
        columns[f"background_per_km3_at_{number}"] = np.full(
            thinning.time_s.size, thinning.background_per_km3[k]
        )
    return CLOUD_ORBITS.table(columns)


def density(exhibit: CloudSummary) -> Table:
    """cloud_density.csv: fragments per km^3 by day and altitude shell."""
    thinning = exhibit.thinning
    days, shells = thinning.per_km3.shape
    return CLOUD_DENSITY.table(
        {
            "time_s": np.repeat(thinning.time_s, shells),
            "altitude_low_km": np.tile(SHELL_EDGES_KM[:-1], days),
            "altitude_high_km": np.tile(SHELL_EDGES_KM[1:], days),
            "fragments_per_km3": thinning.per_km3.ravel(),
        }
    )


def fragments(inputs: RunInputs) -> Table:
    """cloud_fragments.csv: every fragment that joined the catalogue, with its first two-body orbit."""
    tables = []
    for place, one in enumerate(inputs.clouds):
        kept, orbits_km = one.breakup.fragments[one.cloud.fragment], one.first_orbits()
        tables.append(
            CLOUD_FRAGMENTS.table(
                {
                    "norad_id": one.cloud.catalog.norad_id,
                    "name": one.cloud.catalog.name,
                    "event": np.full(len(kept), place),
                    "parent": kept.parent,
                    "characteristic_length_m": kept.characteristic_length_m,
                    "area_to_mass_m2_kg": kept.area_to_mass_m2_kg,
                    "mass_kg": kept.mass_kg,
                    "velocity_change_m_s": 1e3 * np.linalg.norm(kept.velocity_change_km_s, axis=1),
                    "bstar": one.cloud.catalog.bstar,
                    "period_min": orbits_km.period_min,
                    "perigee_km": orbits_km.perigee_km,
                    "apogee_km": orbits_km.apogee_km,
                }
            )
        )
    return Table.concat(tables)


def totals(exhibit: CloudSummary) -> list[dict[str, Any]]:
    """summary.json: passes of the whole span by primary and volume, fragments beside everything else."""
    return [
        {
            "primary_norad_id": one.primary_norad_id,
            "volume": one.volume,
            "fragment_passes": int(one.fragments.sum()),
            "background_passes": int(one.background.sum()),
            "fragment_passes_per_revolution": float(one.fragments.mean()),
            "background_passes_per_revolution": float(one.background.mean()),
        }
        for one in exhibit.revolutions
    ]
