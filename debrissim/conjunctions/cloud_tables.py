"""The tables of a run with breakups: cloud.csv, cloud_days.csv, and what became of the fragments themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.conjunctions.debris_clouds import SHELL_EDGES_KM, CloudPassages, CloudSummary
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.time import utc_text
from debrissim.results.folder import Table
from debrissim.results.schema import CLOUD_COLUMNS


def passes(all_passes: tuple[CloudPassages, ...], inputs: RunInputs) -> Table:
    """cloud.csv (by revolution) and cloud_days.csv (by day), columns as `CLOUD_COLUMNS`."""
    start = inputs.start_jd, inputs.start_fraction
    table: Table = {name: [] for name in CLOUD_COLUMNS}
    for one in all_passes:
        count = one.begin_s.size
        days = (one.end_s - one.begin_s) / 86400.0
        fragment_95, background_95 = one.per_day_95(one.fragments), one.per_day_95(one.background)
        columns: list[Any] = [
            [one.primary_norad_id] * count,
            [one.volume] * count,
            list(range(1, count + 1)),
            [utc_text(*start, moment) for moment in one.begin_s.tolist()],
            one.begin_s,
            one.end_s,
            one.fragments,
            one.fragments / days,
            *fragment_95.T,
            one.background,
            one.background / days,
            *background_95.T,
            one.fragment_flux_per_m2_year,
            one.background_flux_per_m2_year,
            one.fragment_probability,
            one.background_probability,
        ]
        for name, column in zip(CLOUD_COLUMNS, columns, strict=True):
            table[name] += ["" if v != v else v for v in np.asarray(column).tolist()]
    return table


def orbits(exhibit: CloudSummary, inputs: RunInputs) -> Table:
    """cloud_orbits.csv: by day, how many fragments are in orbit and cross each primary's shell, and how dense it is."""
    thinning, start = exhibit.thinning, (inputs.start_jd, inputs.start_fraction)
    assert inputs.primaries is not None
    table: Table = {
        "time_utc": [utc_text(*start, moment) for moment in thinning.time_s.tolist()],
        "time_s": thinning.time_s.tolist(),
        "fragments_in_orbit": thinning.in_orbit.tolist(),
    }
    for k, number in enumerate(inputs.catalog.norad_id[inputs.primaries].tolist()):
        table[f"crossing_shell_of_{number}"] = thinning.crossing[:, k].tolist()
        table[f"fragments_per_km3_at_{number}"] = thinning.in_shell_per_km3[:, k].tolist()
        table[f"background_per_km3_at_{number}"] = [
            float(thinning.background_per_km3[k])
        ] * thinning.time_s.size
    return table


def density(exhibit: CloudSummary) -> Table:
    """cloud_density.csv: fragments per km^3 by day and altitude shell."""
    thinning = exhibit.thinning
    days, shells = thinning.per_km3.shape
    return {
        "time_s": np.repeat(thinning.time_s, shells).tolist(),
        "altitude_low_km": np.tile(SHELL_EDGES_KM[:-1], days).tolist(),
        "altitude_high_km": np.tile(SHELL_EDGES_KM[1:], days).tolist(),
        "fragments_per_km3": thinning.per_km3.ravel().tolist(),
    }


def fragments(inputs: RunInputs) -> Table:
    """cloud_fragments.csv: every fragment that joined the catalogue, with the two-body orbit it set out on."""
    table: Table = {}
    for place, one in enumerate(inputs.clouds):
        drawn, orbits_km = one.breakup.fragments[one.cloud.fragment], one.first_orbits()
        columns = {
            "norad_id": one.cloud.catalog.norad_id,
            "name": one.cloud.catalog.name,
            "event": np.full(len(drawn), place),
            "parent": drawn.parent,
            "characteristic_length_m": drawn.characteristic_length_m,
            "area_to_mass_m2_kg": drawn.area_to_mass_m2_kg,
            "mass_kg": drawn.mass_kg,
            "velocity_change_m_s": 1e3 * np.linalg.norm(drawn.velocity_change_km_s, axis=1),
            "bstar": one.cloud.catalog.bstar,
            "period_min": orbits_km.period_min,
            "perigee_km": orbits_km.perigee_km,
            "apogee_km": orbits_km.apogee_km,
        }
        for name, column in columns.items():
            table.setdefault(name, []).extend(np.asarray(column).tolist())
    return table


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
