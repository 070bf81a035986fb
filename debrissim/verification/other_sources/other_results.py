"""Another results folder as the other source of a comparison."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog, read_catalog
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import Time
from debrissim.results.export.arcs import flown_by
from debrissim.results.folder import read_summary
from debrissim.results.own_files import OBJECTS
from debrissim.results.reader import reading, require_conjunctions
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table
from debrissim.verification.other_sources.reported import (
    RESULTS,
    UNKNOWN,
    OtherList,
    Precision,
    ReportedEvents,
    reported_events,
)

_PLANE = ("miss_x_km", "miss_y_km", "covariance_xx_km2", "covariance_xy_km2", "covariance_yy_km2")
_DIGITS = Precision(miss_km=1e-5, speed_km_s=1e-6, tca_s=2e-3, probability=1e-6)


def results_folder(folder: Path) -> OtherList:
    """The close approaches of a results folder of conjunctions. Raises InputError for any other folder, or a damaged
    one."""
    require_conjunctions(folder)
    summary, table = read_summary(folder), read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    with reading(folder):
        span = summary["provenance"]["span"]
        start = float(span["start_jd"]), float(span["start_fraction"])
        end = Time(*start) + float(span["duration_days"]) * SECONDS_PER_DAY
        mode = summary["provenance"]["scenario"]["screening"]["mode"]
        listed = [int(primary["norad_id"]) for primary in summary["provenance"]["primaries"]]
    sets = _element_sets(folder) if len(table) else Catalog.empty()
    row_of = {number: row for row, number in enumerate(sets.norad_id.tolist())}
    return OtherList(
        path=folder,
        label="the other results",
        format=RESULTS,
        events=recorded_events(table, start, row_of),
        report_count=len(table),
        precision=_DIGITS,
        sets=sets,
        span=(start, (end.jd, end.fraction)),
        primaries=frozenset(listed) if mode == "one-vs-all" else None,
        folder=folder,
    )


def recorded_events(table: Table, start: tuple[float, float], row_of: dict[int, int]) -> ReportedEvents:
    """The rows of conjunctions.csv; start: of the span; row_of: row of the element set of each number."""
    days = start[1] + table.tca_s / SECONDS_PER_DAY
    numbers = table.primary_norad_id, table.secondary_norad_id
    sets = [np.array([row_of.get(n, UNKNOWN) for n in column.tolist()], dtype=np.int64) for column in numbers]
    states = np.stack(
        [
            np.stack(
                [
                    table[f"{role}_{name}"]
                    for name in ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
                ],
                1,
            )
            for role in ("primary", "secondary")
        ],
        axis=1,
    )
    return reported_events(
        len(table),
        first_number=numbers[0],
        second_number=numbers[1],
        first_name=table.primary_name,
        second_name=table.secondary_name,
        tca_jd=start[0] + np.floor(days),
        tca_fraction=days - np.floor(days),
        miss_km=table.miss_distance_km,
        speed_km_s=table.relative_speed_km_s,
        probability=table.collision_probability,
        maximum_probability=table.maximum_probability,
        hard_body_radius_m=table.hard_body_radius_m,
        plane=np.stack([table[f"plane_{name}"] for name in _PLANE], axis=1),
        first_age_days=table.primary_age_days,
        second_age_days=table.secondary_age_days,
        relative_rtn_km=np.stack([table[f"relative_position_{axis}_km"] for axis in "rtn"], axis=1),
        states_teme=states,
        first_set=sets[0],
        second_set=sets[1],
    )


def _element_sets(folder: Path) -> Catalog:
    """The element sets of objects.csv, without those of objects that flew otherwise."""
    path = folder / OBJECTS
    catalog = read_catalog(path).catalog
    with reading(folder):
        flew = list(flown_by(path, catalog))
    return catalog[~np.isin(catalog.norad_id, flew)]
