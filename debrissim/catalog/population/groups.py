"""Groups of a `PopulationModel`, and the shells in which fleets keep station.

A label is a kind of object (debris, rocket body, ...), one known debris cloud, or one fleet of satellites. A
shell is kept where many satellites of one fleet share an altitude and an inclination far more closely than
drag would let them.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.catalog.population.model import PopulationGroup, StationKeptShells
from debrissim.core.constants import WGS72_RADIUS_KM

MIN_OBJECTS = 8  # per box, unless a whole kind has fewer

# Fleets large enough to shape the traffic of an altitude, by the first word of their satellites' names.
CONSTELLATIONS = (
    "STARLINK",
    "ONEWEB",
    "IRIDIUM",
    "GLOBALSTAR",
    "ORBCOMM",
    "FLOCK",
    "GEESAT",
    "QIANFAN",
    "YAOGAN",
    "JILIN",
    "LEMUR",
)
_TAGS = {
    ObjectKind.UNKNOWN: "UNKNOWN",
    ObjectKind.PAYLOAD: "PAYLOAD",
    ObjectKind.ROCKET_BODY: "R/B",
    ObjectKind.DEBRIS: "DEB",
}

# A shell is kept by at least this many satellites of a fleet within these distances of its middle.
_SHELL_MEMBERS = 20
_SHELL_ALTITUDE_KM = 0.6
_SHELL_INCLINATION_DEG = 0.06
_SHELL_ECCENTRICITY = 1e-3

Label = tuple[int, str, str]  # kind, parent event, fleet: one of the last two at most


class ConstellationShell(NamedTuple):
    """One station-kept shell; `eccentricities` are its 5th, 50th and 95th percentile."""

    label: Label
    altitude_km: float
    inclination_deg: float
    members: int
    eccentricities: tuple[float, float, float]


def labels_of(catalog: Catalog) -> list[Label]:
    """The label of each object: its kind and breakup, or its fleet if it is a satellite of one."""
    fleets = [_fleet_of(name) for name in catalog.name.tolist()]
    return [
        (kind, "", fleet) if fleet and kind == ObjectKind.PAYLOAD else (kind, event, "")
        for kind, event, fleet in zip(
            catalog.object_kind.tolist(), catalog.parent_event.tolist(), fleets, strict=True
        )
    ]


def merge_rare_groups(
    labels: list[Label], stratum: NDArray[np.int64], free: NDArray[np.bool_]
) -> list[Label]:
    """The labels; the bare kind replaces a label with too few objects in a stratum to fill a box."""
    parts = list(zip(labels, stratum.tolist(), strict=True))
    sizes = Counter(part for part, loose in zip(parts, free.tolist(), strict=True) if loose)
    return [
        (label[0], "", "") if loose and sizes[(label, part)] < MIN_OBJECTS else label
        for (label, part), loose in zip(parts, free.tolist(), strict=True)
    ]


def groups_of(ordered: list[Label], group_of: NDArray[np.int64]) -> tuple[PopulationGroup, ...]:
    """The groups of the labels in order, with the number of objects whose group_of (n,) is each."""
    counts = np.bincount(group_of, minlength=len(ordered)).tolist()
    return tuple(
        PopulationGroup(_tag(label), ObjectKind(label[0]), label[1], n)
        for label, n in zip(ordered, counts, strict=True)
    )


def _fleet_of(name: str) -> str:
    return next((fleet for fleet in CONSTELLATIONS if re.match(rf"{fleet}\b", name)), "")


def _tag(label: tuple[int, str, str]) -> str:
    kind, event, fleet = label
    bare = _TAGS[ObjectKind(kind)]
    return fleet or (f"{event.upper()} {bare}" if event else bare)


def find_station_kept_shells(
    catalog: Catalog, labels: list[Label]
) -> tuple[NDArray[np.int64], list[ConstellationShell]]:
    """(n,) the shell of each object or -1, and the shells.

    Within a fleet the fullest cell of altitude and inclination is the seed of a shell, repeatedly, until no cell is
    full.
    """
    altitude = catalog.semi_major_axis_km - WGS72_RADIUS_KM
    inclination, eccentricity = catalog.inclination_deg, catalog.eccentricity
    fleet_of = np.array([label[2] for label in labels])
    shell_of = np.full(len(catalog), -1, dtype=np.int64)
    shells: list[ConstellationShell] = []
    for fleet in sorted(set(fleet_of.tolist()) - {""}):
        free = (fleet_of == fleet) & (eccentricity < _SHELL_ECCENTRICITY)
        while free.any():
            rows = np.flatnonzero(free)
            cells = np.stack([altitude[rows] / _SHELL_ALTITUDE_KM, inclination[rows] / 0.1], axis=1).round()
            unique, counts = np.unique(cells, axis=0, return_counts=True)
            seed = rows[np.all(cells == unique[np.argmax(counts)], axis=1)]
            middle, tilt = float(np.median(altitude[seed])), float(np.median(inclination[seed]))
            near = np.abs(altitude - middle) < _SHELL_ALTITUDE_KM
            member = free & near & (np.abs(inclination - tilt) < _SHELL_INCLINATION_DEG)
            if member.sum() < _SHELL_MEMBERS:
                break
            shell_of[member] = len(shells)
            free &= ~member
            label = (int(ObjectKind.PAYLOAD), "", fleet)
            low, median, high = np.quantile(eccentricity[member], (0.05, 0.5, 0.95)).tolist()
            shells.append(ConstellationShell(label, middle, tilt, int(member.sum()), (low, median, high)))
    return shell_of, shells


def shell_table(shells: list[ConstellationShell], index: dict[Label, int]) -> StationKeptShells:
    """The shells as columns, by group and altitude; `index` gives the group of each label."""
    ordered = sorted(shells, key=lambda shell: (index[shell.label], shell.altitude_km, shell.inclination_deg))
    eccentricities = np.array([shell.eccentricities for shell in ordered]).reshape(-1, 3).round(6)
    return StationKeptShells(
        group=np.array([index[shell.label] for shell in ordered], dtype=np.int64),
        count=np.array([shell.members for shell in ordered], dtype=np.int64),
        mean_altitude_km=np.array([shell.altitude_km for shell in ordered]).round(2),
        eccentricity_low=eccentricities[:, 0],
        eccentricity_median=eccentricities[:, 1],
        eccentricity_high=eccentricities[:, 2],
        inclination_deg=np.array([shell.inclination_deg for shell in ordered]).round(3),
    )
