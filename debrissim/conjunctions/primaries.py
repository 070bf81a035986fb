"""The primaries of a scenario in its catalogue: their element sets, names, sizes and rows; sizes of all objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, identifier, join_sizes
from debrissim.core.errors import InputError, ScenarioError, UnknownPrimaryError
from debrissim.hazard.station.radii import BodyRadii
from debrissim.scenario.conjunctions import Primary, Scenario


def with_primaries(
    catalog: Catalog,
    primaries: tuple[Primary, ...],
    primary_sets: list[Catalog | None],
    flown: Mapping[int, int],
) -> tuple[Catalog, list[tuple[int, str]]]:
    """The catalogue with every primary in it, and (number, source of the element set) of each.

    flown: the numbers of those that fly an ephemeris, by place from 0; the catalogue has their rows already.
    """
    chosen: list[tuple[int, str]] = []
    for place, (primary, element_set) in enumerate(zip(primaries, primary_sets, strict=True), start=1):
        if place - 1 in flown:
            chosen.append((flown[place - 1], "ephemeris"))
            catalog = _renamed(catalog, catalog.norad_id == flown[place - 1], primary.name)
            continue
        number = int(element_set.norad_id[0]) if element_set is not None else primary.norad_id
        listed = catalog.norad_id == number
        if listed.any() and (element_set is None or primary.prefer == "catalog"):
            chosen.append((int(catalog.norad_id[listed][0]), "catalogue"))
            catalog = _renamed(catalog, listed, primary.name)
        elif element_set is not None:
            catalog = Catalog.concat([catalog[~listed], element_set])
            chosen.append((int(element_set.norad_id[0]), "scenario"))
        else:
            assert number is not None
            raise UnknownPrimaryError(
                f"primaries[{place}].norad_id: {number} is in none of the catalogue's sources, and the "
                "scenario gives no element set for it (tle or elements)",
                number,
            )
    return catalog, chosen


def _renamed(catalog: Catalog, rows: NDArray[np.bool_], name: str | None) -> Catalog:
    if name is None:
        return catalog
    names = catalog.name.astype(object)
    names[rows] = name
    return replace(catalog, name=names.astype(np.str_))


def distinct_numbers(primaries: tuple[Primary, ...], origins: list[tuple[int, str]]) -> list[int]:
    numbers = [number for number, _ in origins]
    if len(set(numbers)) != len(primaries):
        raise ScenarioError(
            f"primaries: expected every primary once, got catalogue numbers {', '.join(map(identifier, numbers))}"
        )
    return numbers


def rows_of(catalog: Catalog, numbers: list[int]) -> NDArray[np.int64]:
    return np.array(
        [int(np.flatnonzero(catalog.norad_id == number)[0]) for number in numbers], dtype=np.int64
    )


def with_listed_sizes(catalog: Catalog, scenario: Scenario) -> Catalog:
    """Radius and mass as the file of `catalog.sizes` gives them, if the scenario names one; otherwise unchanged.

    Raises InputError as `join_sizes` does.
    """
    if scenario.catalog.sizes is None:
        return catalog
    return join_sizes(catalog, scenario.located(scenario.catalog.sizes))


def with_primary_sizes(catalog: Catalog, rows: NDArray[np.int64], primaries: tuple[Primary, ...]) -> Catalog:
    """Radius and mass as the scenario gives them; dimensions give the sphere around their diagonal.

    Raises ScenarioError for a mean area that does not fit them.
    """
    radius, mass = catalog.hard_body_radius_m.copy(), catalog.mass_kg.copy()
    for place, (row, primary) in enumerate(zip(rows, primaries, strict=True), start=1):
        if primary.hard_body_radius_m is not None:
            radius[row] = primary.hard_body_radius_m
        elif primary.dimensions_m is not None:
            radius[row] = 0.5 * float(np.linalg.norm(primary.dimensions_m))
        if primary.mass_kg is not None:
            mass[row] = primary.mass_kg
        try:
            BodyRadii.of(float(radius[row]), primary.mean_area_m2, primary.dimensions_m)
        except InputError as error:
            raise ScenarioError(f"primaries[{place}].{error}") from error
    return replace(catalog, hard_body_radius_m=radius, mass_kg=mass)


def rows_with_stated_sizes(
    rows: NDArray[np.int64], primaries: tuple[Primary, ...]
) -> tuple[NDArray[np.int64], ...]:
    """The rows of the primaries whose radius, and whose mass, the scenario states: no default, whatever their value."""
    radius = [p.hard_body_radius_m is not None or p.dimensions_m is not None for p in primaries]
    mass = [p.mass_kg is not None for p in primaries]
    return rows[np.array(radius, dtype=np.bool_)], rows[np.array(mass, dtype=np.bool_)]
