"""The element set a scenario itself gives for an object: two TLE lines, or mean elements."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, ObjectKind, parse_catalog
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.time import split_julian_date
from debrissim.scenario.fields import ElementTable


class Given(Protocol):
    """A table of a scenario that may give an orbit."""

    @property
    def norad_id(self) -> int | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def tle(self) -> tuple[str, str] | None: ...
    @property
    def elements(self) -> ElementTable | None: ...


def element_set_from_table(
    table: Given, key: str, default_name: str, default_number: int, jd: float, fraction: float
) -> Catalog | None:
    """The element set of a table as a catalogue of one row, or None where it gives none.

    key: where the table stands, for errors; jd, fraction: what the epoch "start" means, UTC.
    """
    if table.tle is not None:
        return _own_tle(table, table.tle, key, default_name)
    if table.elements is None:
        return None
    given = table.elements
    if isinstance(given.epoch, datetime):
        jd, fraction = split_julian_date(given.epoch)

    def one(value: float) -> NDArray[np.float64]:
        return np.array([value], dtype=np.float64)

    return Catalog(
        norad_id=np.array([table.norad_id or default_number], dtype=np.int64),
        name=np.array([table.name or default_name]),
        international_designator=np.array([""]),
        object_kind=np.array([ObjectKind.PAYLOAD], dtype=np.int8),
        parent_event=np.array([""]),
        epoch_jd=one(jd),
        epoch_fraction=one(fraction),
        mean_motion_rev_day=one(given.mean_motion_rev_day),
        eccentricity=one(given.eccentricity),
        inclination_deg=one(given.inclination_deg),
        raan_deg=one(given.raan_deg),
        arg_perigee_deg=one(given.arg_perigee_deg),
        mean_anomaly_deg=one(given.mean_anomaly_deg),
        bstar=one(given.bstar),
        mean_motion_dot=one(0.0),
        mean_motion_ddot=one(0.0),
        hard_body_radius_m=one(np.nan),
        mass_kg=one(np.nan),
        synthetic=np.array([False]),
    )


def _own_tle(table: Given, lines: tuple[str, str], key: str, default_name: str) -> Catalog:
    try:
        parsed = parse_catalog("\n".join(lines).encode(), f"{key}.tle").catalog
    except InputError as error:
        raise ScenarioError(str(error)) from error
    if len(parsed) != 1:
        raise ScenarioError(f"{key}.tle: expected one element set in two lines")
    if table.norad_id not in (None, int(parsed.norad_id[0])):
        raise ScenarioError(f"{key}.tle: is of object {parsed.norad_id[0]}, but norad_id is {table.norad_id}")
    # A catalogue line has no kind; what a scenario looks after is a spacecraft.
    return replace(
        parsed,
        name=np.array([table.name or default_name]),
        object_kind=np.array([ObjectKind.PAYLOAD], dtype=np.int8),
    )
