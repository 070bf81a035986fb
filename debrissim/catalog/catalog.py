"""The catalogue: n element sets as columns, and their selection.

Every column is a NumPy array of length n; row k of all columns is one object. Angles and rates keep the
units of the OMM (CCSDS 502.0-B), so that they can be compared with published element sets; SGP4's own units are
made by `debrissim.propagation.sgp4` and, for python-sgp4's records, `debrissim.catalog.satrec`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.identifiers import Origin, identifier, origins, parse_identifier
from debrissim.core.arrays import Index
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.core.time import Time
from debrissim.core.verbs import verb

if TYPE_CHECKING:
    from sgp4.api import Satrec


class ObjectKind(IntEnum):
    """Kind of an object, by its name and catalogue fields."""

    UNKNOWN = 0
    PAYLOAD = 1
    ROCKET_BODY = 2
    DEBRIS = 3

    @property
    def label(self) -> str:
        """The word used in tables and files: "rocket body", "debris", ..."""
        return self.name.lower().replace("_", " ")

    @classmethod
    def of(cls, value: ObjectKind | str | int) -> ObjectKind:
        """The kind of a name ("rocket body", "ROCKET_BODY"), number or member. Raises InputError for anything else."""
        if isinstance(value, str):
            key = " ".join(value.lower().replace("_", " ").replace("-", " ").split())
            kinds = [kind for kind in cls if kind.label == key]
        else:
            kinds = [kind for kind in cls if kind == value and not isinstance(value, bool)]
        if not kinds:
            raise InputError(
                f"object kind: expected one of {', '.join(kind.label for kind in cls)}, got {value!r}"
            )
        return kinds[0]


class RcsSize(IntEnum):
    """Radar cross-section as Space-Track gives it: below 0.1 m^2, to 1 m^2, and above."""

    UNKNOWN = 0
    SMALL = 1
    MEDIUM = 2
    LARGE = 3

    @property
    def label(self) -> str:
        """The word used in tables and files: "small", ..."""
        return self.name.lower()


@dataclass(frozen=True, eq=False)
class Catalog(Rows):
    """n element sets, structure of arrays.

    | column                    | dtype   | shape | unit                                                |
    |---------------------------|---------|-------|-----------------------------------------------------|
    | norad_id                  | int64   | (n,)  | catalogue number, up to nine digits; negative where |
    |                           |         |       | no catalogue has the object (`catalog.identifiers`) |
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
    | rcs_size                  | int8    | (n,)  | `RcsSize`; by default unknown                       |
    """

    _labels = MappingProxyType({"object_kind": ObjectKind, "rcs_size": RcsSize})
    _texts = MappingProxyType({"norad_id": identifier})
    _shown = ("norad_id", "name", "object_kind", "mean_motion_rev_day", "eccentricity", "inclination_deg")

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
    rcs_size: NDArray[np.int8] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        n = self.norad_id.shape[0]
        if self.rcs_size is None:
            object.__setattr__(self, "rcs_size", np.zeros(n, dtype=np.int8))
        for field in fields(self):
            shape = getattr(self, field.name).shape
            if shape != (n,):
                raise InputError(f"Catalog column {field.name!r}: expected shape ({n},), got {shape}")

    @classmethod
    def empty(cls) -> Catalog:
        """The catalogue of no objects."""
        texts = ("name", "international_designator", "parent_event")
        integers = {"norad_id": np.int64, "object_kind": np.int8, "rcs_size": np.int8}
        columns: dict[str, Any] = {
            field.name: np.empty(
                0, dtype=np.str_ if field.name in texts else integers.get(field.name, np.float64)
            )
            for field in fields(cls)
        }
        return cls(**columns)

    @verb("debrissim.conjunctions.session:screen_catalog")
    def screen(self, primary: int | str | Sequence[int | str] = "all", **options: Any) -> Any:
        """Find every close approach of primaries to the other objects: `conjunctions.screen_catalog`.

        Parameters
        ----------
        primary : int, str or sequence of these
            Catalogue number or name, or several, or "all" for every object with every other.
        **options
            Options of `screen_catalog`: start (required), days, volume, inside, ephemerides, earth_orientation,
            max_error_km, workers, colocation, settings.

        Returns
        -------
        conjunctions.Screening

        Raises
        ------
        InputError, RunError
            As `screen_catalog`.
        """

    def with_columns(self, **columns: NDArray[np.generic]) -> Catalog:
        """The same element sets with the named columns replaced."""
        return replace(self, **columns)  # type: ignore[arg-type]

    @classmethod
    def from_sgp4(cls, satrecs: Iterable[Satrec], names: Iterable[str] | None = None) -> Catalog:
        """Convert python-sgp4 records, one row per record: see `debrissim.catalog.satrec.catalog_from_sgp4`.

        Parameters
        ----------
        satrecs : iterable of Satrec
            n records.
        names : iterable of str, optional
            n names, one per record; a record itself holds none. By default "".

        Raises
        ------
        InputError
            If an object is not a Satrec, or if the number of names is not that of the records.
        """
        from debrissim.catalog.satrec import catalog_from_sgp4

        return catalog_from_sgp4(satrecs, names)

    def to_sgp4(self) -> list[Satrec]:
        """A python-sgp4 record per row: see `debrissim.catalog.satrec.catalog_to_sgp4`."""
        from debrissim.catalog.satrec import catalog_to_sgp4

        return catalog_to_sgp4(self)

    @property
    def epoch(self) -> Time:
        """The epoch of the one element set of the table. Raises InputError if there is not exactly one."""
        if len(self) != 1:
            raise InputError(
                f"Catalog.epoch: expected a table of one element set, got {len(self)}; the epochs of all rows are "
                "epoch_jd and epoch_fraction"
            )
        return Time(float(self.epoch_jd[0]), float(self.epoch_fraction[0]))

    @property
    def loc(self) -> ByObject:
        """Rows by object: `catalog.loc[25544]`, `catalog.loc["ISS (ZARYA)"]`; `catalog[0]` is by row."""
        return ByObject(self)

    def filter(
        self,
        kind: ObjectKind | str | int | Iterable[ObjectKind | str | int] | None = None,
        *,
        perigee_km: tuple[float, float] | None = None,
        apogee_km: tuple[float, float] | None = None,
        name: str | None = None,
        norad_id: ArrayLike | None = None,
        exclude_norad_id: ArrayLike | None = None,
    ) -> Catalog:
        """Select the rows that meet every condition given: see `debrissim.catalog.filters.select_objects`.

        Parameters
        ----------
        kind : ObjectKind, str, int or iterable of these, optional
            One or several kinds, each as a name, a number or an `ObjectKind`.
        perigee_km, apogee_km : (float, float), optional
            Lowest and highest altitude in km, both included.
        name : str, optional
            A shell pattern for the whole name, "COSMOS 2251*".
        norad_id, exclude_norad_id : int or array_like of int, optional
            Catalogue number or numbers to take, and to leave out.

        Raises
        ------
        InputError
            For a kind that does not exist, limits that are not a pair in order, and numbers that are not whole.
        """
        from debrissim.catalog.filters import select_objects

        return self[
            select_objects(
                self,
                kinds=kind,
                perigee_km=perigee_km,
                apogee_km=apogee_km,
                name_pattern=name,
                norad_ids=norad_id,
                exclude_norad_ids=exclude_norad_id,
            )
        ]

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns by name, as of every table, and `origin` in words."""
        origin = [Origin(code).label for code in self.origin.tolist()]
        return super().columns() | {"origin": np.array(origin, dtype=np.object_)}

    @property
    def origin(self) -> NDArray[np.int8]:
        """(n,) `Origin`, by the number."""
        return origins(self.norad_id)

    @property
    def synthetic(self) -> NDArray[np.bool_]:
        """(n,) whether an object is sampled from a model, a population or a breakup, and does not exist."""
        origin = self.origin
        return np.asarray((origin == Origin.SYNTHETIC) | (origin == Origin.FRAGMENT))

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


@dataclass(frozen=True, eq=False)
class ByObject:
    """Rows of a catalogue by number, name or identifier ("S-021739"), as `Catalog.loc` gives them."""

    catalog: Catalog

    def __getitem__(self, key: int | str) -> Catalog:
        """All rows of a catalogue number, or of a name: the whole name, upper and lower case alike.

        Raises InputError if there is none; the message lists similar names or numbers.
        """
        return self.catalog[self.rows(key)]

    def rows(self, key: int | str) -> Index:
        """The indices (k,) of these rows. Raises InputError as `[]` does."""
        catalog = self.catalog
        if isinstance(key, int | np.integer) and not isinstance(key, bool):
            rows = np.flatnonzero(catalog.norad_id == int(key))
            known = np.array([identifier(number) for number in catalog.norad_id.tolist()], dtype=np.str_)
        elif isinstance(key, str):
            rows = np.flatnonzero(np.char.upper(catalog.name) == key.strip().upper())
            number = parse_identifier(key)
            if rows.size == 0 and number is not None:
                rows = np.flatnonzero(catalog.norad_id == number)
            known = catalog.name
        else:
            raise InputError(
                f"Catalog.loc: expected a catalogue number or a name, got {key!r}; rows are catalog[...]"
            )
        if rows.size == 0:
            similar = _similar(str(key).strip(), known)
            hint = f"; similar: {', '.join(similar)}" if similar else ""
            raise InputError(f"Catalog.loc: no object {key!r} among {len(catalog)}{hint}")
        return rows.astype(np.int64)


def _similar(key: str, known: NDArray[np.str_]) -> list[str]:
    """Up to three of the known words: those that contain the key first, then those spelled alike."""
    upper = {word.upper(): word for word in np.unique(known).tolist() if word}
    containing = [word for word in upper if key and key.upper() in word]
    alike = difflib.get_close_matches(key.upper(), upper, n=3)
    return [upper[word] for word in dict.fromkeys([*containing, *alike])][:3]
