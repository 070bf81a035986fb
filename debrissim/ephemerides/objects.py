"""Objects of ephemerides in a catalogue: which object a file is of, and the element set that describes its orbit.

An object that flies an ephemeris has a row in the catalogue like any other, with the SGP4 mean elements of one of its
states (`propagation.mean_elements`) and no drag. They describe the orbit (perigee, inclination, period) wherever a
catalogue's element set would; the object never flies them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.catalog.identifiers import Origin, bare_designator, internal_numbers
from debrissim.core.arrays import Array, Mask
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
"""The columns of a catalogue that are of the object, whatever it flies."""


def is_object_of(catalog: Catalog, ephemeris: Ephemeris) -> Mask:
    """(n,) the rows of a catalogue that are the object of an ephemeris: by number, or by designator without one."""
    if ephemeris.norad_id is not None:
        return np.asarray(catalog.norad_id == ephemeris.norad_id)
    own = bare_designator(ephemeris.international_designator)
    designators = catalog.international_designator.tolist()
    return np.array([bool(own) and bare_designator(text) == own for text in designators], dtype=np.bool_)


def catalog_row(
    ephemeris: Ephemeris, jd: float, fraction: float, state: Array, catalog: Catalog, serial: int
) -> Catalog:
    """The row of an object that flies an ephemeris.

    Parameters
    ----------
    ephemeris : Ephemeris
        The trajectory.
    jd, fraction : float
        The moment of the state, UTC, as a split Julian date.
    state : Array, shape (6,)
        A state of the object in km and km/s, TEME of date, from which the elements are.
    catalog : Catalog
        The catalogue whose number, name, kind and size the object keeps if it is listed there.
    serial : int
        The object's number among those that no catalogue has, for one without a number.

    Returns
    -------
    Catalog
        One row.

    Raises
    ------
    InputError
        If the state is not of an orbit around the Earth.
    """
    moment = np.array([jd]), np.array([fraction])
    elements = mean_elements_from_states(state[None, :3], state[None, 3:], *moment)
    status = ElementsStatus(int(elements.status[0]))
    if status in (ElementsStatus.UNBOUND, ElementsStatus.BELOW_GROUND):
        raise InputError(
            f"{ephemeris.source}: expected an orbit around the Earth, but a state is {status.reason}"
        )
    listed = catalog[is_object_of(catalog, ephemeris)][:1]
    number = ephemeris.norad_id or int(internal_numbers(Origin.UNNUMBERED, serial))
    columns: dict[str, Any] = {
        "norad_id": np.array([number], dtype=np.int64),
        "name": np.array([ephemeris.name]),
        "international_designator": np.array([ephemeris.international_designator]),
        "object_kind": np.array([ObjectKind.PAYLOAD], dtype=np.int8),
        "parent_event": np.array([""]),
        "hard_body_radius_m": np.array([np.nan]),
        "mass_kg": np.array([np.nan]),
        "rcs_size": np.zeros(1, dtype=np.int8),
    }
    if len(listed):
        columns = {name: getattr(listed, name) for name in OF_THE_OBJECT}
    return Catalog(
        **columns,
        **{name: getattr(elements, name) for name in _ELEMENTS},
        epoch_jd=moment[0],
        epoch_fraction=moment[1],
        bstar=np.zeros(1),
        mean_motion_dot=np.zeros(1),
        mean_motion_ddot=np.zeros(1),
    )
