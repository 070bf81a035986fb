"""Element sets at the moment for which their errors are required, and the behaviour of their objects.

Source: the classes are our own. Measured on the element sets of December 2020 (docs/covariance.md): payloads launched
more than twenty years ago have the errors of debris, younger ones have larger errors because some of them manoeuvre,
and the errors of spacecraft under continuous thrust are as large as their apparent drag.

Assumptions
- A payload below 450 km never counts as passive: without thrust it would not have stayed there for twenty years.
- An object of unknown kind with a launch date is a payload that has not been named yet; without one it is passive.
- A payload without a launch date (a statistical population has none) is neither young nor old.
- Constellations that thrust all the time are recognised by name; the list is `THRUSTING_NAMES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.constants import DAYS_PER_YEAR, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError

PASSIVE_AFTER_YEARS = 20.0
YOUNG_UNTIL_YEARS = 4.0
KEPT_BELOW_KM = 450.0
THRUSTING_NAMES = ("STARLINK",)
_JD_OF_2000 = 2451544.5


class Behaviour(IntEnum):
    """How an object moves between its element sets."""

    PASSIVE = 0
    PAYLOAD = 1
    YOUNG_PAYLOAD = 2
    THRUSTING = 3

    @property
    def label(self) -> str:
        """The word used in tables: "young payload", ..."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, eq=False)
class AgedElementSets:
    """m element sets of some age.

    | column                   | dtype   | shape | unit                                                         |
    |--------------------------|---------|-------|--------------------------------------------------------------|
    | perigee_altitude_km      | float64 | (m,)  | km above the WGS-72 equatorial radius                        |
    | eccentricity             | float64 | (m,)  | 0 to 1                                                       |
    | inclination_deg          | float64 | (m,)  | degrees                                                      |
    | age_days                 | float64 | (m,)  | days since epoch, negative before it                         |
    | bstar                    | float64 | (m,)  | 1 / Earth radii, NaN where unknown                           |
    | argument_of_latitude_deg | float64 | (m,)  | degrees, where on its orbit the object is; 0 at the node     |
    | behaviour                | int8    | (m,)  | `Behaviour`                                                  |
    """

    perigee_altitude_km: Array
    eccentricity: Array
    inclination_deg: Array
    age_days: Array
    bstar: Array
    argument_of_latitude_deg: Array
    behaviour: NDArray[np.int8]

    @classmethod
    def of(
        cls,
        perigee_altitude_km: ArrayLike,
        eccentricity: ArrayLike,
        inclination_deg: ArrayLike,
        age_days: ArrayLike,
        *,
        bstar: ArrayLike = np.nan,
        argument_of_latitude_deg: ArrayLike = 0.0,
        behaviour: ArrayLike = Behaviour.PASSIVE,
    ) -> AgedElementSets:
        """Check and broadcast columns, each a scalar or (m,).

        Raises
        ------
        InputError
            Where a number is not finite (B* may be NaN), an orbit is not an ellipse, or a behaviour does not exist.
        """
        given = {
            "perigee_altitude_km": perigee_altitude_km,
            "eccentricity": eccentricity,
            "inclination_deg": inclination_deg,
            "age_days": age_days,
            "bstar": bstar,
            "argument_of_latitude_deg": argument_of_latitude_deg,
            "behaviour": behaviour,
        }
        arrays = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in given.values())
        )
        columns = dict(zip(given, arrays, strict=True))
        for name, column in columns.items():
            bad = np.isinf(column) if name == "bstar" else ~np.isfinite(column)
            if bad.any():
                raise InputError(f"{name}: expected finite numbers, got {column[bad][0]}")
        if ((columns["eccentricity"] < 0.0) | (columns["eccentricity"] >= 1.0)).any():
            raise InputError("eccentricity: expected 0 <= e < 1")
        codes = columns.pop("behaviour")
        if not np.isin(codes, list(Behaviour)).all():
            raise InputError(f"behaviour: expected one of {', '.join(b.label for b in Behaviour)}")
        return cls(**columns, behaviour=codes.astype(np.int8))

    @property
    def semi_major_axis_km(self) -> Array:
        """(m,) km, positive for any perigee."""
        return np.asarray(np.abs((WGS72_RADIUS_KM + self.perigee_altitude_km) / (1.0 - self.eccentricity)))

    @property
    def mean_motion_rad_s(self) -> Array:
        """(m,) rad/s, two-body."""
        return np.asarray(np.sqrt(WGS72_MU_KM3_S2 / np.maximum(self.semi_major_axis_km, 1.0) ** 3))


def aged(
    objects: Catalog, age_days: ArrayLike, *, argument_of_latitude_deg: ArrayLike = 0.0
) -> AgedElementSets:
    """The element sets of a catalogue at ages (m,) in days, and at a place on their orbits."""
    return AgedElementSets.of(
        objects.perigee_altitude_km,
        objects.eccentricity,
        objects.inclination_deg,
        age_days,
        bstar=objects.bstar,
        argument_of_latitude_deg=argument_of_latitude_deg,
        behaviour=behaviour_of(objects),
    )


def behaviour_of(objects: Catalog) -> NDArray[np.int8]:
    """(n,) `Behaviour` of the objects of a catalogue, by kind, name, launch year, epoch and perigee."""
    years = _years_since_launch(objects)
    dated = np.isfinite(years)
    payload = (objects.object_kind == ObjectKind.PAYLOAD) | (
        (objects.object_kind == ObjectKind.UNKNOWN) & dated
    )
    old = dated & (years > PASSIVE_AFTER_YEARS) & (objects.perigee_altitude_km >= KEPT_BELOW_KM)
    young = dated & (years <= YOUNG_UNTIL_YEARS)
    names = np.char.upper(objects.name.astype(str))
    thrusting = np.zeros(len(objects), dtype=np.bool_)
    for prefix in THRUSTING_NAMES:
        thrusting |= np.char.startswith(names, prefix)
    out = np.full(len(objects), Behaviour.PASSIVE, dtype=np.int8)
    out[payload & ~old] = Behaviour.PAYLOAD
    out[payload & young] = Behaviour.YOUNG_PAYLOAD
    out[payload & thrusting] = Behaviour.THRUSTING
    return out


def argument_of_latitude_deg(state: Array) -> Array:
    """(m,) degrees from the ascending node to the place on the orbit of states (m, 6) in km and km/s, TEME."""
    position, velocity = state[:, :3], state[:, 3:]
    pole = np.cross(position, velocity)
    node = np.stack([-pole[:, 1], pole[:, 0], np.zeros(len(pole))], axis=1)
    # An equatorial orbit has no node: any axis will do, so x is used.
    node[np.linalg.norm(node, axis=1) == 0.0] = (1.0, 0.0, 0.0)
    across = np.cross(pole, node)
    across /= np.linalg.norm(pole, axis=1, keepdims=True)
    return np.asarray(
        np.degrees(np.arctan2(np.einsum("mi,mi->m", position, across), np.einsum("mi,mi->m", position, node)))
    )


def _years_since_launch(objects: Catalog) -> Array:
    """(n,) years from the start of the launch year to the epoch; NaN where the designator has no year."""
    text = objects.international_designator.astype(str)
    year = np.array([int(t[:4]) if t[:4].isdecimal() and t[4:5] == "-" else np.nan for t in text.tolist()])
    epoch_year = 2000.0 + (objects.epoch_jd + objects.epoch_fraction - _JD_OF_2000) / DAYS_PER_YEAR
    return np.asarray(epoch_year - year)
