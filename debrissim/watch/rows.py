"""Values of events as rows of the store's tables, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from debrissim.core.errors import InputError
from debrissim.core.time import Time
from debrissim.watch.event import CatalogueSeen, Event, EventUpdate, RunRecord, TrackedObject

_VECTORS = {
    "relative_position_rtn_km": tuple(f"relative_position_{axis}_km" for axis in "rtn"),
    "relative_velocity_rtn_km_s": tuple(f"relative_velocity_{axis}_km_s" for axis in "rtn"),
    "covariance_rtn_km2": tuple(f"covariance_{axes}_km2" for axes in ("rr", "tr", "tt", "nr", "nt", "nn")),
    "primary_state": tuple(f"primary_{c}" for c in ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")),
    "secondary_state": tuple(
        f"secondary_{c}" for c in ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
    ),
}
_TIMES = ("reported", "tca")
_OBJECTS = ("primary", "secondary")
_FIELDS = tuple(field.name for field in fields(EventUpdate))


def _columns(field: str) -> tuple[str, ...]:
    if field in _VECTORS:
        return _VECTORS[field]
    if field in _TIMES:
        return (f"{field}_jd", f"{field}_fraction")
    if field in _OBJECTS:
        return (f"{field}_object", f"{field}_name")
    return (field,)


UPDATE_COLUMNS = tuple(column for field in _FIELDS for column in _columns(field))
"""The columns of an update in the order of `update_row`."""


def update_row(update: EventUpdate) -> tuple[Any, ...]:
    """The values of UPDATE_COLUMNS. Raises InputError for a number that is not finite."""
    return tuple(value for field in _FIELDS for value in _cells(field, getattr(update, field), update.key))


def _cells(field: str, value: Any, key: str) -> tuple[Any, ...]:
    if field in _VECTORS:
        numbers = (None,) * len(_VECTORS[field]) if value is None else tuple(map(float, value))
        if len(numbers) != len(_VECTORS[field]) or not all(x is None or math.isfinite(x) for x in numbers):
            raise InputError(f"update {key}: {field}: expected {len(_VECTORS[field])} finite numbers or None")
        return numbers
    if field in _TIMES:
        return (value.jd, value.fraction)
    if field in _OBJECTS:
        return (value.key, value.name)
    if field == "flags":
        return (";".join(value),)
    if field == "dilution":
        return (None if value is None else int(value),)
    if isinstance(value, str) or value is None:
        return (value,)
    if not math.isfinite(value):
        raise InputError(f"update {key}: {field}: expected a finite number or None, got {value}")
    return (float(value),)


def update_of(row: Sequence[Any]) -> EventUpdate:
    """The update of the values of UPDATE_COLUMNS."""
    # Every history and every difference reads its updates here: written out, it takes a fifth of the time of a loop.
    key, source, reported, part, first, first_name, second, second_name, tca, tca_part, miss, *rest = row
    low, high, method, maximum, dilution, radius, first_age, second_age, status, flags = rest[14:24]
    return EventUpdate(
        key, source, Time(reported, part), TrackedObject(first, first_name), TrackedObject(second, second_name),
        Time(tca, tca_part), miss, _vector(rest[0:3]), _vector(rest[3:6]), rest[6], _vector(rest[7:13]), rest[13],
        low, high, method, maximum, None if dilution is None else bool(dilution), radius, first_age, second_age,
        status, tuple(flags.split(";")) if flags else (), _vector(rest[24:30]), _vector(rest[30:36]), rest[36],
    )  # fmt: skip


def _vector(cells: list[Any]) -> Any:
    return None if None in cells else tuple(cells)


def event_of(row: Sequence[Any]) -> Event:
    """The event with its number, both keys, number of updates, first report (jd, fraction) and its latest update."""
    number, first, second, count, jd, fraction, *cells = row
    latest = update_of(cells)
    names = {one.key: one.name for one in (latest.secondary, latest.primary)}
    return Event(
        number,
        TrackedObject(first, names.get(first, "")),
        TrackedObject(second, names.get(second, "")),
        count,
        Time(jd, fraction),
        latest,
    )


RUN_COLUMNS = (
    "key", "scenario_sha256", "title", "made_jd", "made_fraction", "start_jd", "start_fraction", "span_days",
    "version", "complete", "yellow", "red",
)  # fmt: skip
"""The columns of a run in the order of `run_row`."""


def run_row(run: RunRecord) -> tuple[Any, ...]:
    """The values of RUN_COLUMNS."""
    return (
        run.key, run.scenario_sha256, run.title, run.made.jd, run.made.fraction, run.start.jd, run.start.fraction,
        float(run.span_days), run.version, int(run.complete), float(run.yellow), float(run.red),
    )  # fmt: skip


def run_of(
    row: Sequence[Any], spacecraft: tuple[TrackedObject, ...], catalogues: tuple[CatalogueSeen, ...]
) -> RunRecord:
    """The run of the values of RUN_COLUMNS, its spacecraft and its catalogues."""
    key, scenario, title, made, made_fraction, start, start_fraction, *rest = row
    days, version, complete, yellow, red = rest
    return RunRecord(
        key, scenario, title, Time(made, made_fraction), Time(start, start_fraction), days, version, bool(complete),
        yellow, red, spacecraft, catalogues,
    )  # fmt: skip


def catalogue_row(catalogue: CatalogueSeen) -> tuple[Any, ...]:
    """Hash, label, source and epoch (jd, fraction) of a catalogue."""
    epoch = (None, None) if catalogue.epoch is None else (catalogue.epoch.jd, catalogue.epoch.fraction)
    return (catalogue.sha256, catalogue.label, catalogue.source, *epoch)


def catalogue_of(row: Sequence[Any]) -> CatalogueSeen:
    """The catalogue of such a row."""
    sha256, label, source, jd, fraction = row
    return CatalogueSeen(sha256, label, source, None if jd is None else Time(jd, fraction))
