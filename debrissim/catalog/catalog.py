"""The catalogue: n element sets as columns, merged to one set per object, and the epoch of a catalogue.

Every column is a NumPy array of length n; row k of all columns is one object. Angles and rates keep the
units of the OMM (CCSDS 502.0-B), because people compare them with published element sets; SGP4's own units are
made in one place, `debrissim.propagation.sgp4`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from debrissim.core.constants import SECONDS_PER_DAY, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows

# Objects drawn from a statistical model are numbered from here on and named so: both stay with an element set
# that passes through a format without a column for it.
FIRST_SYNTHETIC_NUMBER = 900_000_000
SYNTHETIC_PREFIX = "SYNTHETIC"


class ObjectKind(IntEnum):
    """What an object is, as far as its name and catalogue fields tell."""

    UNKNOWN = 0
    PAYLOAD = 1
    ROCKET_BODY = 2
    DEBRIS = 3

    @property
    def label(self) -> str:
        """The word used in tables and files: "rocket body", "debris", ..."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, eq=False)
class Catalog(Rows):
    """n element sets, structure of arrays.

    | column                    | dtype   | shape | unit                                                |
    |---------------------------|---------|-------|-----------------------------------------------------|
    | norad_id                  | int64   | (n,)  | catalogue number; six to nine digits do occur       |
    | name                      | str     | (n,)  |                                                     |
    | international_designator  | str     | (n,)  | "1998-067A", or "" where unknown                    |
    | object_kind               | int8    | (n,)  | `ObjectKind`                                        |
    | parent_event              | str     | (n,)  | the breakup a fragment comes from, or ""            |
    | epoch_jd, epoch_fraction  | float64 | (n,)  | UTC as a split Julian date, fraction in [0, 1)      |
    | mean_motion_rev_day       | float64 | (n,)  | revolutions per day (Kozai, as published)           |
    | eccentricity              | float64 | (n,)  |                                                     |
    | inclination_deg           | float64 | (n,)  | degrees, TEME                                       |
    | raan_deg                  | float64 | (n,)  | degrees, TEME                                       |
    | arg_perigee_deg           | float64 | (n,)  | degrees                                             |
    | mean_anomaly_deg          | float64 | (n,)  | degrees                                             |
    | bstar                     | float64 | (n,)  | 1 / Earth radii                                     |
    | mean_motion_dot           | float64 | (n,)  | rev/day^2 (the published half derivative)           |
    | mean_motion_ddot          | float64 | (n,)  | rev/day^3 (the published sixth derivative)          |
    | hard_body_radius_m        | float64 | (n,)  | m, NaN where unknown                                |
    | mass_kg                   | float64 | (n,)  | kg, NaN where unknown                               |
    | synthetic                 | bool    | (n,)  | drawn from a statistical model, not a real object   |
    """

    _labels = MappingProxyType({"object_kind": ObjectKind})

    norad_id: NDArray[np.int64]
    name: NDArray[np.str_]
    international_designator: NDArray[np.str_]
    object_kind: NDArray[np.int8]
    parent_event: NDArray[np.str_]
    epoch_jd: NDArray[np.float64]
    epoch_fraction: NDArray[np.float64]
    mean_motion_rev_day: NDArray[np.float64]
    eccentricity: NDArray[np.float64]
    inclination_deg: NDArray[np.float64]
    raan_deg: NDArray[np.float64]
    arg_perigee_deg: NDArray[np.float64]
    mean_anomaly_deg: NDArray[np.float64]
    bstar: NDArray[np.float64]
    mean_motion_dot: NDArray[np.float64]
    mean_motion_ddot: NDArray[np.float64]
    hard_body_radius_m: NDArray[np.float64]
    mass_kg: NDArray[np.float64]
    synthetic: NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = self.norad_id.shape[0]
        for field in fields(self):
            shape = getattr(self, field.name).shape
            if shape != (n,):
                raise InputError(f"Catalog column {field.name!r}: expected shape ({n},), got {shape}")

    def with_columns(self, **columns: NDArray[np.generic]) -> Catalog:
        """The same element sets with the named columns replaced."""
        return replace(self, **columns)  # type: ignore[arg-type]

    @property
    def semi_major_axis_km(self) -> NDArray[np.float64]:
        """(n,) km, from the mean motion by Kepler's third law (no J2: for bands and bins, not orbits)."""
        rate = self.mean_motion_rev_day * (2.0 * np.pi / SECONDS_PER_DAY)
        return np.asarray(np.cbrt(WGS72_MU_KM3_S2 / rate**2))

    @property
    def perigee_altitude_km(self) -> NDArray[np.float64]:
        """(n,) km above the equatorial radius of WGS-72."""
        return self.semi_major_axis_km * (1.0 - self.eccentricity) - WGS72_RADIUS_KM

    @property
    def apogee_altitude_km(self) -> NDArray[np.float64]:
        """(n,) km above the equatorial radius of WGS-72."""
        return self.semi_major_axis_km * (1.0 + self.eccentricity) - WGS72_RADIUS_KM


_EPOCH_PERCENTILE = 99.0


def latest_before(catalogs: Sequence[Catalog], start_jd: float, start_fraction: float) -> tuple[Catalog, int]:
    """One element set per object: the newest at or before the start, else the nearest after it.

    An older set was made from observations before the start; a later one already knows what the object did
    after it. Of two sets of one epoch the later in order wins (a later file is taken for a correction). A
    synthetic object never merges with a real one, whatever their numbers.

    Parameters
    ----------
    catalogs : any number of catalogues, at least one
    start_jd, start_fraction : the start, UTC as a split Julian date

    Returns
    -------
    The merged catalogue, rows in their first order, and how many element sets were superseded.
    """
    catalog = Catalog.concat(catalogs)
    since_start = days_since(catalog, start_jd, start_fraction)
    after = since_start > 0.0
    # Primary key last: object, then past before future, then closeness, then the later row first.
    order = np.lexsort(
        (-np.arange(len(catalog)), np.abs(since_start), after, catalog.synthetic, catalog.norad_id)
    )
    number, synthetic = catalog.norad_id[order], catalog.synthetic[order]
    is_first = np.ones(len(catalog), dtype=np.bool_)
    is_first[1:] = (number[1:] != number[:-1]) | (synthetic[1:] != synthetic[:-1])
    winners = np.sort(order[is_first])
    return catalog[winners], len(catalog) - int(winners.size)


def catalog_epoch(catalog: Catalog) -> tuple[float, float]:
    """The instant a catalogue stands for, UTC as (jd, fraction), on a whole second: a run's default start.

    The 99th percentile of the element sets' epochs, downwards to a real epoch and then to a whole second. Not
    the latest one: a snapshot holds some epochs far ahead (predicted sets of launches, errors), and a run
    that starts there would propagate everything else too far.
    """
    if len(catalog) == 0:
        raise InputError("catalog_epoch: expected at least one element set, got an empty catalogue")
    # Midnights first, so that equal percentiles cannot depend on rounding of the sum.
    order = np.lexsort((catalog.epoch_fraction, catalog.epoch_jd))
    row = order[int(np.floor((len(catalog) - 1) * _EPOCH_PERCENTILE / 100.0))]
    # A microsecond up before flooring: a whole second's fraction of a day may lie one bit below it.
    second = np.floor(catalog.epoch_fraction[row] * SECONDS_PER_DAY + 1e-6)
    # x.9999999 s before midnight would come out as 86400.
    second = min(float(second), SECONDS_PER_DAY - 1.0)
    return float(catalog.epoch_jd[row]), second / SECONDS_PER_DAY


def days_since(catalog: Catalog, jd: float, fraction: float) -> NDArray[np.float64]:
    """(n,) days from an instant (UTC, split) to each element set's epoch; negative for epochs before it."""
    return np.asarray((catalog.epoch_jd - jd) + (catalog.epoch_fraction - fraction))
