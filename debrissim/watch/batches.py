"""A finished run as a batch of updates for the store, from its results in memory or in a folder alike."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Origin, identifier
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.core.arrays import Array
from debrissim.core.time import Time
from debrissim.probability.plane_covariance import covariance_in_space
from debrissim.results.folder import json_text
from debrissim.results.reader import reading
from debrissim.results.table import Table
from debrissim.watch.event import (
    OWN_SOURCE,
    Batch,
    CatalogueSeen,
    EventUpdate,
    RunRecord,
    TrackedObject,
)

_STATE = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
_LOWER = np.tril_indices(3)


def run_batch(
    result: ConjunctionResult, *, made: Time | None = None, sources: Mapping[str, str] | None = None
) -> Batch:
    """The close approaches of a run as updates, and the run itself.

    Parameters
    ----------
    result : ConjunctionResult
        Of `run`, or of `open_results`.
    made : Time, optional
        The moment of its data, which determines the order of updates; by default the newest epoch of its catalogues, or
        the start of its span if it has none.
    sources : mapping of str to str, optional
        Where catalogues come from, such as "celestrak:active", by the hash of their file.

    Returns
    -------
    Batch
        Without encounters of objects that are sampled from statistics: those do not exist, and no later run has them.

    Raises
    ------
    InputError
        If the results folder is damaged.
    """
    with nullcontext() if result.folder is None else reading(result.folder):
        provenance = result.provenance
        start = Time(provenance["span"]["start_jd"], provenance["span"]["start_fraction"])
        catalogues = _catalogues(provenance["catalogue"]["sources"], sources or {})
        run = _run_record(provenance, start, made or _newest(catalogues, start), catalogues)
        table = result.encounters
        return Batch(_updates(table[~table.synthetic], run), run)


def _run_record(
    provenance: Mapping[str, Any], start: Time, made: Time, catalogues: tuple[CatalogueSeen, ...]
) -> RunRecord:
    scenario, primaries = provenance["scenario"], provenance["primaries"]
    # A watch moves the start of its span; it stays the same scenario.
    fixed = scenario | {"span": {**scenario["span"], "start": None}}
    return RunRecord(
        key=_hash(provenance),
        scenario_sha256=_hash(fixed),
        title=str(scenario["title"]),
        made=made,
        start=start,
        span_days=float(provenance["span"]["duration_days"]),
        version=str(provenance["versions"]["debrissim"]),
        complete=not provenance["gaps"]["objects"]
        and all(p["gap_days"] == 0.0 and p["failure"] is None and p["beginning"] is None for p in primaries),
        yellow=float(scenario["probability"]["yellow"]),
        red=float(scenario["probability"]["red"]),
        spacecraft=tuple(sorted({tracked_object(int(p["norad_id"]), str(p["name"])) for p in primaries})),
        catalogues=catalogues,
    )


def _catalogues(
    records: Sequence[Mapping[str, Any]], sources: Mapping[str, str]
) -> tuple[CatalogueSeen, ...]:
    return tuple(
        CatalogueSeen(
            str(record["sha256"]),
            str(record["label"]),
            sources.get(str(record["sha256"]), ""),
            Time.from_iso(record["epoch_utc"]) if record["epoch_utc"] else None,
        )
        for record in records
        if record["sha256"]
    )


def _newest(catalogues: Sequence[CatalogueSeen], start: Time) -> Time:
    return max((one.epoch for one in catalogues if one.epoch is not None), default=start)


def _hash(content: Any) -> str:
    return hashlib.sha256(json_text(content).encode()).hexdigest()


def tracked_object(number: int, name: str) -> TrackedObject:
    """An object by its catalogue number, or one without a number by its name: its internal numbers belong to one
    run."""
    if number > 0 or not name:
        return TrackedObject(identifier(number), name)
    return TrackedObject(f"{Origin.UNNUMBERED.label}:{name}", name)


def _updates(table: Table, run: RunRecord) -> tuple[EventUpdate, ...]:
    """The updates of rows of conjunctions.csv."""
    position, velocity = (
        _stack(table, f"relative_{kind}_{{}}_{unit}", "rtn")
        for kind, unit in (("position", "km"), ("velocity", "km_s"))
    )
    plane, along = (
        _stack(table, "plane_covariance_{}_km2", axes) for axes in (("xx", "xy", "yy"), ("xz", "yz", "zz"))
    )
    covariance = covariance_in_space(velocity, plane, along)[:, _LOWER[0], _LOWER[1]]
    columns: dict[str, Sequence[Any]] = {
        "key": [f"{run.key}:{row}" for row in range(len(table))],
        "primary": _objects(table, "primary"),
        "secondary": _objects(table, "secondary"),
        "tca": [run.start + seconds for seconds in table.tca_s.tolist()],
        "miss_distance_km": table.miss_distance_km.tolist(),
        "relative_position_rtn_km": _vectors(position),
        "relative_velocity_rtn_km_s": _vectors(velocity),
        "covariance_rtn_km2": _vectors(covariance),
        "probability": _numbers(table.collision_probability),
        "probability_low": _numbers(table.collision_probability_low),
        "probability_high": _numbers(table.collision_probability_high),
        "probability_method": table.collision_probability_method.tolist(),
        "dilution": table.dilution.tolist(),
        "flags": [tuple(filter(None, text.split(";"))) for text in table.flags.tolist()],
        "status": table.status.tolist(),
        "primary_state": _vectors(_stack(table, "primary_{}", _STATE)),
        "secondary_state": _vectors(_stack(table, "secondary_{}", _STATE)),
    } | {
        name: _numbers(table[name])
        for name in (
            "relative_speed_km_s",
            "maximum_probability",
            "hard_body_radius_m",
            "primary_age_days",
            "secondary_age_days",
        )
    }
    return tuple(
        EventUpdate(source=OWN_SOURCE, reported=run.made, **dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    )


def _objects(table: Table, role: str) -> list[TrackedObject]:
    return [
        tracked_object(*pair)
        for pair in zip(table[f"{role}_norad_id"].tolist(), table[f"{role}_name"].tolist(), strict=True)
    ]


def _stack(table: Table, name: str, parts: Sequence[str]) -> Array:
    """(m, k) columns whose names differ in one part."""
    return np.stack([table[name.format(part)] for part in parts], axis=-1)


def _vectors(values: Array) -> list[tuple[float, ...] | None]:
    """Rows (m, k) as tuples, None where a number is missing."""
    rows = (tuple(row) for row in values.tolist())
    return [row if all(map(math.isfinite, row)) else None for row in rows]


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]
