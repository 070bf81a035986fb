"""The element set of an object that the scenario itself states: two TLE lines, or mean elements."""

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


class OrbitTable(Protocol):
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
    table: OrbitTable, key: str, default_name: str, default_number: int, jd: float, fraction: float
) -> Catalog | None:
    """The element set of a table as a catalogue of one row, or None if it states none.

    key: of the table, for errors; jd, fraction: the epoch "start", UTC.
    """
    if table.tle is not None:
        return _from_tle(table, table.tle, key, default_name)
    if table.elements is None:
        return None
    elements = table.elements
    if isinstance(elements.epoch, datetime):
        jd, fraction = split_julian_date(elements.epoch)

    def column(value: float) -> NDArray[np.float64]:
        return np.array([value], dtype=np.float64)

    return Catalog(
        norad_id=np.array([table.norad_id or default_number], dtype=np.int64),
        name=np.array([table.name or default_name]),
        international_designator=np.array([""]),
        object_kind=np.array([ObjectKind.PAYLOAD], dtype=np.int8),
        parent_event=np.array([""]),
        epoch_jd=column(jd),
        epoch_fraction=column(fraction),
        mean_motion_rev_day=column(elements.mean_motion_rev_day),
        eccentricity=column(elements.eccentricity),
        inclination_deg=column(elements.inclination_deg),
        raan_deg=column(elements.raan_deg),
        arg_perigee_deg=column(elements.arg_perigee_deg),
        mean_anomaly_deg=column(elements.mean_anomaly_deg),
        bstar=column(elements.bstar),
        mean_motion_dot=column(0.0),
        mean_motion_ddot=column(0.0),
        hard_body_radius_m=column(np.nan),
        mass_kg=column(np.nan),
    )


def _from_tle(table: OrbitTable, lines: tuple[str, str], key: str, default_name: str) -> Catalog:
    try:
        parsed = parse_catalog("\n".join(lines).encode(), f"{key}.tle").catalog
    except InputError as error:
        raise ScenarioError(str(error)) from error
    if len(parsed) != 1:
        raise ScenarioError(f"{key}.tle: expected one element set in two lines")
    if table.norad_id not in (None, int(parsed.norad_id[0])):
        raise ScenarioError(
            f"{key}.tle: belongs to object {parsed.norad_id[0]}, but norad_id is {table.norad_id}"
        )
    # A catalogue line does not state a kind; an object defined by the scenario is a spacecraft.
    return replace(
        parsed,
        name=np.array([table.name or default_name]),
        object_kind=np.array([ObjectKind.PAYLOAD], dtype=np.int8),
    )
