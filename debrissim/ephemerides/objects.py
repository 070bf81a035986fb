"""Objects of ephemerides in a catalogue: the object to which a file belongs, and the element set that describes its
orbit.

An object that flies an ephemeris has a row in the catalogue like any other, with the SGP4 mean elements of one of its
states (`propagation.mean_elements`) and no drag. They describe the orbit (perigee, inclination, period) wherever a
catalogue's element set would do so; the object never flies them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.catalog.identifiers import Origin, bare_designator, internal_numbers
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.propagation.mean_elements import ElementsStatus, mean_elements_from_states

_ELEMENTS = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "raan_deg",
    "arg_perigee_deg",
    "mean_anomaly_deg",
)
OF_THE_OBJECT = (
    "norad_id",
    "name",
    "international_designator",
    "object_kind",
    "parent_event",
    "hard_body_radius_m",
    "mass_kg",
    "rcs_size",
)
"""The columns of a catalogue that describe the object, whatever it flies."""


def rows_of_objects(catalog: Catalog, ephemerides: Sequence[Ephemeris]) -> list[Index]:
    """The rows of a catalogue that belong to the object of each ephemeris: by number, or by designator if there is no
    number."""
    by_designator: dict[str, list[int]] = {}
    if any(ephemeris.norad_id is None for ephemeris in ephemerides):
        for row, text in enumerate(catalog.international_designator.tolist()):
            by_designator.setdefault(bare_designator(text), []).append(row)
    by_designator.pop("", None)
    return [
        np.array(by_designator.get(bare_designator(own.international_designator), []), dtype=np.int64)
        if own.norad_id is None
        else np.flatnonzero(catalog.norad_id == own.norad_id)
        for own in ephemerides
    ]


def catalog_rows(
    ephemerides: Sequence[Ephemeris],
    jd: Array,
    fraction: Array,
    states: Array,
    known: Sequence[Catalog],
    serial: int,
) -> Catalog:
    """The rows of objects that fly ephemerides.

    Parameters
    ----------
    ephemerides : sequence of n Ephemeris
        The trajectories.
    jd, fraction : Array, shape (n,)
        The moments of the states, UTC, as split Julian dates.
    states : Array, shape (n, 6)
        A state of each object in km and km/s, TEME of date, from which its elements are derived.
    known : sequence of n Catalog
        One row or none: the object as listed in the catalogue, whose number, name, kind and size it keeps.
    serial : int
        Serial number given to the first object without a catalogue number; each further one gets the next number.

    Returns
    -------
    Catalog
        n rows.

    Raises
    ------
    InputError
        If a state does not belong to an orbit around the Earth.
    """
    elements = mean_elements_from_states(states[:, :3], states[:, 3:], jd, fraction)
    for ephemeris, code in zip(ephemerides, elements.status.tolist(), strict=True):
        if code in (ElementsStatus.UNBOUND, ElementsStatus.BELOW_GROUND):
            raise InputError(
                f"{ephemeris.source}: expected an orbit around the Earth, but a state is {ElementsStatus(code).reason}"
            )
    orbits = {name: getattr(elements, name) for name in _ELEMENTS}
    none = np.zeros(1)
    return Catalog.concat(
        [
            Catalog(
                **_of_the_object(ephemeris, listed, serial + row),
                **{name: column[row : row + 1] for name, column in orbits.items()},
                epoch_jd=jd[row : row + 1],
                epoch_fraction=fraction[row : row + 1],
                bstar=none,
                mean_motion_dot=none,
                mean_motion_ddot=none,
            )
            for row, (ephemeris, listed) in enumerate(zip(ephemerides, known, strict=True))
        ]
    )


def _of_the_object(ephemeris: Ephemeris, listed: Catalog, serial: int) -> dict[str, Any]:
    """The columns (1,) of a catalogue that describe the object."""
    if len(listed):
        return {name: getattr(listed, name) for name in OF_THE_OBJECT}
    number = ephemeris.norad_id or int(internal_numbers(Origin.UNNUMBERED, serial))
    return {
        "norad_id": np.array([number], dtype=np.int64),
        "name": np.array([ephemeris.name]),
        "international_designator": np.array([ephemeris.international_designator]),
        "object_kind": np.array([ObjectKind.PAYLOAD], dtype=np.int8),
        "parent_event": np.array([""]),
        "hard_body_radius_m": np.array([np.nan]),
        "mass_kg": np.array([np.nan]),
        "rcs_size": np.zeros(1, dtype=np.int8),
    }
