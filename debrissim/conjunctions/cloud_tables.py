"""The tables of a run with breakups: passes of fragments and of all other objects, and the fates of the fragments."""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.catalog import identifier
from debrissim.conjunctions.debris_clouds import SHELL_EDGES_KM, CloudPassages, CloudSummary
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import utc_datetime64
from debrissim.results.schema.clouds import CLOUD, CLOUD_DAYS, CLOUD_DENSITY, CLOUD_FRAGMENTS, CLOUD_ORBITS
from debrissim.results.table import Schema, Table


def revolutions(summary: CloudSummary, inputs: RunInputs) -> Table:
    """cloud.csv: passes by revolution of each primary."""
    return _passes(CLOUD, summary.revolutions, inputs)


def days(summary: CloudSummary, inputs: RunInputs) -> Table:
    """cloud_days.csv: passes by day."""
    return _passes(CLOUD_DAYS, summary.days, inputs)


def _passes(schema: Schema, all_passes: tuple[CloudPassages, ...], inputs: RunInputs) -> Table:
    tables = []
    for entry in all_passes:
        count = entry.begin_s.size
        days = (entry.end_s - entry.begin_s) / SECONDS_PER_DAY
        columns: dict[str, Any] = {
            "primary_norad_id": np.full(count, entry.primary_norad_id),
            "volume": [entry.volume] * count,
            "number": np.arange(1, count + 1),
            "begin_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, entry.begin_s),
            "begin_s": entry.begin_s,
            "end_s": entry.end_s,
            "fragment_flux_per_m2_year": entry.fragment_flux_per_m2_year,
            "background_flux_per_m2_year": entry.background_flux_per_m2_year,
            "fragment_probability": entry.fragment_probability,
            "background_probability": entry.background_probability,
        }
        for name, passes in (("fragment", entry.fragments), ("background", entry.background)):
            low, high = entry.interval_per_day(passes).T
            columns |= {
                f"{name}_passes": passes,
                f"{name}_per_day": passes / days,
                f"{name}_per_day_low": low,
                f"{name}_per_day_high": high,
            }
        tables.append(schema.table(columns))
    return Table.concat(tables)


def orbits(summary: CloudSummary, inputs: RunInputs) -> Table:
    """cloud_orbits.csv: by day, fragments in orbit and in the shell of each primary."""
    decay = summary.decay
    assert inputs.primaries is not None
    columns: dict[str, Any] = {
        "time_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, decay.time_s),
        "time_s": decay.time_s,
        "fragments_in_orbit": decay.in_orbit,
    }
    for k, number in enumerate(map(identifier, inputs.catalog.norad_id[inputs.primaries].tolist())):
        columns[f"crossing_shell_of_{number}"] = decay.crossing[:, k]
        columns[f"fragments_per_km3_at_{number}"] = decay.in_shell_per_km3[:, k]
        columns[f"background_per_km3_at_{number}"] = np.full(decay.time_s.size, decay.background_per_km3[k])
    return CLOUD_ORBITS.table(columns)


def density(summary: CloudSummary) -> Table:
    """cloud_density.csv: fragments per km^3 by day and altitude shell."""
    decay = summary.decay
    days, shells = decay.per_km3.shape
    return CLOUD_DENSITY.table(
        {
            "time_s": np.repeat(decay.time_s, shells),
            "altitude_low_km": np.tile(SHELL_EDGES_KM[:-1], days),
            "altitude_high_km": np.tile(SHELL_EDGES_KM[1:], days),
            "fragments_per_km3": decay.per_km3.ravel(),
        }
    )


def fragments(inputs: RunInputs) -> Table:
    """cloud_fragments.csv: every fragment that joined the catalogue, with its first two-body orbit."""
    tables = []
    for event, cloud in enumerate(inputs.clouds):
        kept, first_orbits = cloud.breakup.fragments[cloud.cloud.fragment], cloud.first_orbits()
        tables.append(
            CLOUD_FRAGMENTS.table(
                {
                    "norad_id": cloud.cloud.catalog.norad_id,
                    "name": cloud.cloud.catalog.name,
                    "event": np.full(len(kept), event),
                    "parent": kept.parent,
                    "characteristic_length_m": kept.characteristic_length_m,
                    "area_to_mass_m2_kg": kept.area_to_mass_m2_kg,
                    "mass_kg": kept.mass_kg,
                    "velocity_change_m_s": 1e3 * np.linalg.norm(kept.velocity_change_km_s, axis=1),
                    "bstar": cloud.cloud.catalog.bstar,
                    "period_min": first_orbits.period_min,
                    "perigee_km": first_orbits.perigee_km,
                    "apogee_km": first_orbits.apogee_km,
                }
            )
        )
    return Table.concat(tables)


def totals(summary: CloudSummary) -> dict[str, Any]:
    """summary.json: passes of the whole span by primary and volume, of fragments and of all other objects.

    Those of all other objects are null if they do not date from the time of the cloud; `not_compared` gives the reason.
    """
    compared = not summary.background.not_compared
    return {
        "background": summary.background.label,
        "not_compared": summary.background.not_compared,
        "passes": [
            {
                "primary_norad_id": entry.primary_norad_id,
                "volume": entry.volume,
                "fragment_passes": int(entry.fragments.sum()),
                "background_passes": int(entry.background.sum()) if compared else None,
                "fragment_passes_per_revolution": float(entry.fragments.mean()),
                "background_passes_per_revolution": float(entry.background.mean()) if compared else None,
            }
            for entry in summary.revolutions
        ],
    }
