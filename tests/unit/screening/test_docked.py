"""Docked vehicles: by their element sets, whatever they are called and however near they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.catalogs import Elements, duplicates, formation, leo, make_catalog

from debrissim.catalog import Catalog
from debrissim.catalog.stations import CSS, ISS, at_crewed_station, station_of_module
from debrissim.screening.docked import docked_complexes


def _named(*objects: tuple[Elements, str, str]) -> Catalog:
    """Element sets with names and designators."""
    elements, names, designators = zip(*objects, strict=True)
    return make_catalog(*elements).with_columns(
        name=np.array(names), international_designator=np.array(designators)
    )


def _station() -> Elements:
    return leo(bstar=0.0)


def test_a_module_is_known_by_designator_and_by_name_only_without_one():
    catalog = _named(
        (leo(), "MY STATION", "1998-067A"),
        (leo(), "ISS (ZARYA)", ""),
        (leo(), "CSS (TIANHE-1)", "2021-035A"),
        (leo(), "TIANHE", "1999-001A"),
        (leo(), "ISS (DEB)", ""),
    )
    assert station_of_module(catalog).tolist() == [ISS, ISS, CSS, 0, 0]


@pytest.mark.parametrize(
    ("name", "visits"),
    [
        ("PROGRESS MS-18", True),
        ("CREW DRAGON 9", True),
        ("SZ-13", True),
        ("SZ-12 MODULE", False),
        ("SOYUZ R/B", False),
        ("DRAGONSAT", False),
        ("PROGRESSIVE 1", False),
    ],
)
def test_visitors_are_known_by_name(name: str, visits: bool):
    assert at_crewed_station(_named((leo(), name, "2021-098A"))).tolist() == [visits]


def test_vehicles_with_the_set_of_a_module_are_docked_to_it_whatever_they_are_called():
    one, two, three = duplicates(3, _station())
    catalog = _named(
        (one, "NAUKA", "2021-066A"),
        (two, "SOYUZ MS-19", "2021-089A"),
        (three, "OBJECT A", "2021-127A"),
        (leo(raan_deg=120.0), "SOYUZ MS-20", "2021-119A"),
        (leo(raan_deg=10.0), "COSMOS 1408 DEB", ""),
    )
    assert docked_complexes(catalog).tolist() == [ISS, ISS, ISS, 0, 0]


def test_a_vehicle_that_approaches_at_40_km_is_not_docked():
    station, near = formation(40.0, _station())
    catalog = _named((station, "ISS (ZARYA)", "1998-067A"), (near, "PROGRESS MS-18", "2021-098A"))
    assert docked_complexes(catalog).tolist() == [ISS, 0]


def test_a_vehicle_in_a_lower_orbit_is_not_docked_though_it_passes_the_station():
    station = _station()
    lower = replace(station, mean_motion_rev_day=station.mean_motion_rev_day + 0.004, norad_id=None)
    catalog = _named((station, "ISS (ZARYA)", "1998-067A"), (lower, "PROGRESS MS-18", "2021-098A"))
    assert docked_complexes(catalog).tolist() == [ISS, 0]


@pytest.mark.parametrize(("separation_km", "copies", "docked"), [(1, 1, 1), (3, 1, 0), (1, 2, 1), (3, 2, 0)])
def test_a_set_of_the_same_epoch_is_the_modules_within_two_kilometres(
    separation_km: float, copies: int, docked: int
):
    station, near = formation(separation_km, _station())
    visitors = duplicates(copies, near)
    catalog = _named(
        (station, "CSS (TIANHE-1)", "2021-035A"),
        *((visitor, f"TIANZHOU {k}", f"2021-04{k}A") for k, visitor in enumerate(visitors)),
    )
    own = CSS * docked if copies == 1 or docked else docked_complexes(catalog)[1]
    assert docked_complexes(catalog).tolist() == [CSS, *[own] * copies]
    assert (own == CSS) == bool(docked)


def test_two_vehicles_of_one_set_without_a_station_are_a_complex_of_their_own():
    catalog = _named(
        *((e, f"SOYUZ {k}", f"1969-00{4 + k}A") for k, e in enumerate(duplicates(2))),
        (leo(raan_deg=120.0), "X", ""),
    )
    found = docked_complexes(catalog).tolist()
    assert found[0] == found[1] > CSS
    assert found[2] == 0


def test_no_objects_and_no_station():
    assert docked_complexes(make_catalog(leo())[[]]).size == 0
    assert docked_complexes(make_catalog(leo(), leo(raan_deg=3.0))).tolist() == [0, 0]
