"""Checks of a population table when it is read: objects of an impossible box would never come near others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.records import MAX_OWN_NAME_LENGTH

if TYPE_CHECKING:
    from debrissim.catalog.population.model import PopulationModel

# In the units of the table, both limits included. Altitudes end where the Earth's pull does.
_MAX_ALTITUDE_KM = 1.5e6
_BIN_LIMITS: Mapping[str, tuple[float, float]] = {
    "perigee": (0, _MAX_ALTITUDE_KM),
    "rise": (0, _MAX_ALTITUDE_KM),
    "inclination": (0, 1800),
    # 120 tenths of a decade are a B* of 1e6 / Earth radii.
    "bstar": (-120, 120),
    "arg_perigee": (0, 24),
}
_SHELL_LIMITS: Mapping[str, tuple[float, float]] = {
    "mean_altitude_km": (100.0, _MAX_ALTITUDE_KM),
    "eccentricity": (0.0, 0.5),
    "inclination_deg": (0.0, 180.0),
}
_MAX_AGE_DAYS = 3660.0
_MAX_TEXT = 200
MAX_OBJECTS = 99_999_999
_ENDINGS = ("_low", "_median", "_high")


def check_population(model: PopulationModel, stated_count: int) -> None:
    """Check a model that was read from a file.

    Parameters
    ----------
    model : PopulationModel
        The model, of a table with all sections and columns.
    stated_count : int
        The table's own object_count.

    Raises
    ------
    ValueError
        For the first impossible value; the message names section, row (from 1) and column.
    """
    datetime.fromisoformat(model.source_epoch_utc)
    for field, text, limit in (
        ("title", model.title, _MAX_TEXT),
        *(("tag", group.tag, MAX_OWN_NAME_LENGTH) for group in model.groups),
        *(("parent_event", group.parent_event, MAX_OWN_NAME_LENGTH) for group in model.groups),
        *(("reason", reason, _MAX_TEXT) for reason, _ in model.excluded),
    ):
        if len(text) > limit:
            raise ValueError(f"{field}: expected at most {limit} characters, got {len(text)}")
    for name, table, limits in (
        ("shells", model.shells.columns(), _SHELL_LIMITS),
        ("bins", model.bins.columns(), _BIN_LIMITS),
    ):
        _require(name, "count", table["count"], table["count"] >= 1, "1 or more")
        groups = len(model.groups)
        of_a_group = (table["group"] >= 0) & (table["group"] < groups)
        _require(name, "group", table["group"], of_a_group, f"0 to {groups - 1}")
        for quantity, (low, high) in limits.items():
            columns = [column for column in (quantity, *(quantity + e for e in _ENDINGS)) if column in table]
            for column in columns:
                within = (table[column] >= low) & (table[column] <= high)
                _require(name, column, table[column], within, f"{low:g} to {high:g}")
            for lower, upper in pairwise(columns):
                _require(name, upper, table[upper], table[lower] <= table[upper], f"at least {lower}")
    counts = np.zeros(len(model.groups), dtype=np.float64)
    for rows in (model.shells, model.bins):
        # In floating point, which 64-bit counts of a damaged table cannot overflow.
        counts += np.bincount(rows.group, weights=rows.count, minlength=len(counts))
    own = np.array([float(group.object_count) for group in model.groups])
    _require("groups", "object_count", own, own == counts, "the sum of its shells and bins")
    total = float(counts.sum())
    if not 1 <= total <= MAX_OBJECTS:
        raise ValueError(f"object_count: expected 1 to {MAX_OBJECTS} objects, the bins hold {total:.0f}")
    if total != stated_count:
        raise ValueError(f"object_count says {stated_count}, the bins hold {total:.0f}")
    for column, ages in zip(("low_orbits", "other_orbits"), model.age_days, strict=True):
        _require("age_days", column, ages, np.abs(ages) <= _MAX_AGE_DAYS, f"up to {_MAX_AGE_DAYS:g} days")
        ascending = np.append(True, np.diff(ages) >= 0.0)
        _require("age_days", column, ages, ascending, "at least the row before")


def _require(section: str, column: str, values: NDArray[Any], good: NDArray[np.bool_], expected: str) -> None:
    wrong = np.flatnonzero(~good)
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(f"section {section}, row {row + 1}: {column} is {values[row]}, expected {expected}")
