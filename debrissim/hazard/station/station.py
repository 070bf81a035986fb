"""The International Space Station over the years: elements, size, mass and altitude.

Source: tables in `hazard/station/data`, each row with its own source, and marked as an estimate if no published figure
was found: elements (modules, trusses, arrays, radiators), visiting vehicles, overall extents by stage, and the altitude
by year from 37,424 public element sets (1998 to January 2021) and single later ones. For more on the tables, and
comparisons of the sums, see docs/station.md.

A. Cauchy (1841), "Note sur divers theoremes relatifs a la rectification des courbes et a la quadrature des surfaces":
the area of a convex body's shadow, averaged over all directions, is a quarter of its surface.

Assumptions
- The mean area is the sum over the parts, without mutual shadowing: an upper estimate, twice the drag area that NASA
  publishes. Debris comes from around the horizon, not from all directions, and the arrays rotate: the mean over
  directions represents both.
- The sphere around the whole station has half the diagonal of its extents, the inscribed one half the shortest.
- Visiting vehicles come and go: they are included with their mean number over a period.
- Masses are at launch, without items carried aboard later (racks, spares, water, propellant): they are 75 to 80 % of
  the published totals.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import DAYS_PER_YEAR, SECONDS_PER_DAY, WGS84_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows

FIRST_DAY = date(1998, 11, 20)
"""Launch of Zarya."""

INCLINATION_DEG = 51.64
"""Mean inclination of the element sets since 2002; earlier, between 51.58 and 51.60 degrees."""

SOCRATES_RADIUS_M = 14.57
JSPOC_RADIUS_M = 70.0
"""Radii that others use for the whole station: by SOCRATES (CelesTrak), and the radius that reproduces 14 real CDMs."""

DRAG_AREA_FRACTION = 0.53
"""Ratio of the drag area to the sum of the parts' mean shadows, including visiting vehicles: the mean of five published
areas from 2021 to 2024 (0.47 to 0.65; tests/unit/hazard/station/test_station.py), reduced by shadowing and the attitude
of the arrays. It sets the lower end of the area's range."""


@dataclass(frozen=True)
class Part:
    """An element of the station or a visiting vehicle, in place from `start` to the day before `until` (None: still in
    place).

    mass_kg: total of all units; area_m2: mean shadow of one unit times their number (for vehicles, the mean number).
    """

    name: str
    country: str
    start: date
    until: date | None
    mass_kg: float
    area_m2: float
    certainty: str
    source: str

    def in_place(self, day: date) -> bool:
        return self.start <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Configuration:
    """The station on one day.

    parts: names of the elements; mass_kg, mean_area_m2: of the elements, and the same with visiting vehicles;
    enclosing_radius_m: of the sphere around the whole station.
    """

    day: date
    parts: tuple[str, ...]
    mass_kg: float
    mass_with_vehicles_kg: float
    mean_area_m2: float
    mean_area_with_vehicles_m2: float
    enclosing_radius_m: float


@dataclass(frozen=True, eq=False)
class StationYears(Rows):
    """k calendar years of an orbit: year (k,), mean_altitude_km (k,) of the semi-major axis above 6378.137 km."""

    year: NDArray[np.int64]
    mean_altitude_km: Array


def mean_area_m2(shape: str, length_m: float, width_m: float, height_m: float = 0.0) -> float:
    """Compute the shadow averaged over all directions (Cauchy: a quarter of the surface).

    Parameters
    ----------
    shape : {"cylinder", "box", "plate"}
        Cylinder (length, diameter), box (length, width, height) or plate (length, width; both sides count).
    length_m, width_m, height_m : float, m
        Dimensions; the width of a cylinder is its diameter, and the height is used only for a box.

    Returns
    -------
    float
        Area in m^2.

    Raises
    ------
    InputError
        For another shape.
    """
    if shape == "cylinder":
        return float(np.pi * width_m * length_m + np.pi * width_m**2 / 2.0) / 4.0
    if shape == "box":
        return (length_m * width_m + width_m * height_m + height_m * length_m) / 2.0
    if shape == "plate":
        return length_m * width_m / 2.0
    raise InputError(f"shape: expected cylinder, box or plate, got {shape!r}")


def configuration(day: date) -> Configuration:
    """The station on a day. Raises InputError for a day before the launch of Zarya, 1998-11-20."""
    if day < FIRST_DAY:
        raise InputError(f"day: expected {FIRST_DAY.isoformat()} or later, got {day.isoformat()}")
    parts = [part for part in elements() if part.in_place(day)]
    vehicles = [vehicle for vehicle in visiting_vehicles() if vehicle.in_place(day)]
    mass, area = sum(p.mass_kg for p in parts), sum(p.area_m2 for p in parts)
    return Configuration(
        day=day,
        parts=tuple(part.name for part in parts),
        mass_kg=mass,
        mass_with_vehicles_kg=mass + sum(v.mass_kg for v in vehicles),
        mean_area_m2=area,
        mean_area_with_vehicles_m2=area + sum(v.area_m2 for v in vehicles),
        enclosing_radius_m=0.5 * float(np.linalg.norm(_extents_m(day))),
    )


def yearly_means(year: int, last_day: date) -> tuple[float, Configuration, Array]:
    """Compute the mean size of the station in a calendar year, up to a last day.

    Parameters
    ----------
    year : int
        Calendar year.
    last_day : date
        Last day included.

    Returns
    -------
    years : float
        Length of the period in years of 365.25 days.
    configuration : Configuration
        Configuration in the middle of it.
    means : (3,), m^2
        Means, over the days of the period, of the squared radii of three spheres: of equal mean projected area, around
        the extents, and inscribed in them.

    Raises
    ------
    InputError
        For a year in which the station was not yet in orbit by the last day.
    """
    first = max(FIRST_DAY, date(year, 1, 1))
    last = min(date(year, 12, 31), last_day)
    if last < first:
        raise InputError(f"year: expected {FIRST_DAY.year} to {last_day.year}, got {year}")
    days = [date.fromordinal(k) for k in range(first.toordinal(), last.toordinal() + 1)]
    squares = np.array([_squared_radii_m2(day) for day in days])
    return len(days) / DAYS_PER_YEAR, configuration(days[len(days) // 2]), squares.mean(axis=0)


@cache
def elements() -> tuple[Part, ...]:
    """The elements of the station, in the order of their arrival."""
    return _parts("iss_elements.csv", number="count")


@cache
def visiting_vehicles() -> tuple[Part, ...]:
    """Visiting vehicles by period, with their mean number."""
    return _parts("iss_vehicles.csv", number="mean_number")


@cache
def published_altitudes() -> StationYears:
    """Mean altitude by calendar year, 1998 to 2025."""
    rows = _rows("iss_years.csv")
    return StationYears(
        year=np.array([int(row["year"]) for row in rows], dtype=np.int64),
        mean_altitude_km=np.array([float(row["mean_altitude_km"]) for row in rows]),
    )


def altitudes_from_epochs(jd: Array, semi_major_axis_km: Array) -> StationYears:
    """Compute the mean altitude by calendar year from a history of element sets.

    Each day counts once, with its median, so that days with many element sets weigh no more than others.

    Parameters
    ----------
    jd : (n,)
        Epochs as Julian dates (UTC).
    semi_major_axis_km : (n,), km
        Semi-major axis of each element set.
    """
    days = np.floor(np.asarray(jd) + 0.5).astype(np.int64)
    altitude = np.asarray(semi_major_axis_km, dtype=np.float64) - WGS84_RADIUS_KM
    unique, group = np.unique(days, return_inverse=True)
    order = np.argsort(group, kind="stable")
    daily = np.array(
        [np.median(part) for part in np.split(altitude[order], np.cumsum(np.bincount(group))[:-1])]
    )
    year_of = np.array(
        [datetime.fromtimestamp((d - 2440588) * SECONDS_PER_DAY, UTC).year for d in unique.tolist()]
    )
    years = np.unique(year_of)
    return StationYears(
        year=years.astype(np.int64),
        mean_altitude_km=np.array([daily[year_of == year].mean() for year in years]),
    )


def _squared_radii_m2(day: date) -> tuple[float, float, float]:
    current = configuration(day)
    inscribed = (0.5 * min(_extents_m(day))) ** 2
    return current.mean_area_with_vehicles_m2 / float(np.pi), current.enclosing_radius_m**2, inscribed


def _extents_m(day: date) -> Sequence[float]:
    stages = [row for row in _rows("iss_stages.csv") if date.fromisoformat(row["from"]) <= day]
    return [float(stages[-1][name]) for name in ("fore_aft_m", "port_starboard_m", "zenith_nadir_m")]


def _parts(file: str, *, number: str) -> tuple[Part, ...]:
    return tuple(
        Part(
            name=row["name"],
            country=row.get("country", ""),
            start=date.fromisoformat(row["from"]),
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            # Masses of elements are totals over all units, masses of vehicles are per unit.
            mass_kg=float(row["mass_kg"]) * (1.0 if number == "count" else float(row[number])),
            area_m2=float(row[number])
            * mean_area_m2(
                row["shape"], float(row["length_m"]), float(row["width_m"]), float(row["height_m"] or 0.0)
            ),
            certainty=row["certainty"],
            source=row["source"],
        )
        for row in _rows(file)
    )


@cache
def _rows(file: str) -> tuple[dict[str, str], ...]:
    text = (files("debrissim.hazard.station") / "data" / file).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
