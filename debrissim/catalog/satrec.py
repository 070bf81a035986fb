"""Element sets as the records of python-sgp4, and back.

A `Satrec` holds radians and minutes. Converting them back to degrees and revolutions per day can land one bit away from
the published number, so the shortest decimal that gives the record's own bits is taken: it is the number of the TLE or
OMM the record was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from sgp4.api import WGS72, Satrec

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.kinds import classify
from debrissim.catalog.tle import international_designator
from debrissim.core.arrays import Array
from debrissim.core.constants import MINUTES_PER_DAY, SGP4_DAY_ZERO_JD
from debrissim.core.errors import InputError
from debrissim.core.time import Time

# Divided by, as python-sgp4 does it with a TLE: a product with the inverse may differ in the last bit.
_REV_DAY_PER_RAD_MIN = MINUTES_PER_DAY / (2.0 * np.pi)
# Larger ones have no Alpha-5 form, which a record needs.
_MAX_NUMBER = 339_999


def catalog_from_sgp4(satrecs: Iterable[Satrec], names: Iterable[str] | None = None) -> Catalog:
    """The element sets of python-sgp4 records, one row per record.

    names: one per record; a record itself holds none. Kinds are derived from the names, sizes are unknown. The
    records that `catalog_to_sgp4` makes of the catalogue have the same elements, to the bit.

    Raises InputError for an object that is not a Satrec, and if the number of names is not that of the records.
    """
    records = list(satrecs)
    for record in records:
        if not isinstance(record, Satrec):
            raise InputError(f"Catalog.from_sgp4: expected sgp4.api.Satrec objects, got {record!r}")
    labels = [""] * len(records) if names is None else [str(name) for name in names]
    if len(labels) != len(records):
        raise InputError(
            f"Catalog.from_sgp4: expected one name per record, got {len(labels)} for {len(records)} records"
        )
    designators = [international_designator(record.intldesg or "") for record in records]
    kinds, events = classify(labels, designators, None)
    epochs = [Time(record.jdsatepoch, record.jdsatepochF) for record in records]

    def column(name: str) -> Array:
        return np.array([getattr(record, name) for record in records], dtype=np.float64)

    return Catalog(
        norad_id=np.array([record.satnum for record in records], dtype=np.int64),
        name=np.array(labels, dtype=np.str_),
        international_designator=np.array(designators, dtype=np.str_),
        object_kind=kinds,
        parent_event=events,
        epoch_jd=np.array([epoch.jd for epoch in epochs], dtype=np.float64),
        epoch_fraction=np.array([epoch.fraction for epoch in epochs], dtype=np.float64),
        mean_motion_rev_day=_published(
            column("no_kozai") * _REV_DAY_PER_RAD_MIN, column("no_kozai"), lambda n: n / _REV_DAY_PER_RAD_MIN
        ),
        eccentricity=column("ecco"),
        inclination_deg=_degrees(column("inclo")),
        raan_deg=_degrees(column("nodeo")),
        arg_perigee_deg=_degrees(column("argpo")),
        mean_anomaly_deg=_degrees(column("mo")),
        bstar=column("bstar"),
        mean_motion_dot=_published(
            column("ndot") * _REV_DAY_PER_RAD_MIN * MINUTES_PER_DAY, column("ndot"), _ndot
        ),
        mean_motion_ddot=_published(
            column("nddot") * _REV_DAY_PER_RAD_MIN * MINUTES_PER_DAY**2, column("nddot"), _nddot
        ),
        hard_body_radius_m=np.full(len(records), np.nan),
        mass_kg=np.full(len(records), np.nan),
    )


def catalog_to_sgp4(catalog: Catalog) -> list[Satrec]:
    """A python-sgp4 record per row: WGS-72, operation mode 'i', epochs with all digits of the split date.

    A number above 339999, which a record cannot hold, and one that no catalogue has become 0.
    """
    rows = zip(
        np.where((catalog.norad_id >= 0) & (catalog.norad_id <= _MAX_NUMBER), catalog.norad_id, 0).tolist(),
        ((catalog.epoch_jd - SGP4_DAY_ZERO_JD) + catalog.epoch_fraction).tolist(),
        catalog.bstar.tolist(),
        _ndot(catalog.mean_motion_dot).tolist(),
        _nddot(catalog.mean_motion_ddot).tolist(),
        catalog.eccentricity.tolist(),
        np.deg2rad(catalog.arg_perigee_deg).tolist(),
        np.deg2rad(catalog.inclination_deg).tolist(),
        np.deg2rad(catalog.mean_anomaly_deg).tolist(),
        (catalog.mean_motion_rev_day / _REV_DAY_PER_RAD_MIN).tolist(),
        np.deg2rad(catalog.raan_deg).tolist(),
        strict=True,
    )
    records = []
    for k, elements in enumerate(rows):
        record = Satrec()
        record.sgp4init(WGS72, "i", *elements)
        # One float64 of days resolves 0.3 microseconds (3 mm): give back the digits that the split date has.
        record.jdsatepoch = float(catalog.epoch_jd[k])
        record.jdsatepochF = float(catalog.epoch_fraction[k])
        designator = str(catalog.international_designator[k])
        record.intldesg = designator[2:4] + designator[5:] if len(designator) > 5 else ""
        records.append(record)
    return records


def _ndot(rev_day2: Array) -> Array:
    return np.asarray(rev_day2 / (_REV_DAY_PER_RAD_MIN * MINUTES_PER_DAY))


def _nddot(rev_day3: Array) -> Array:
    return np.asarray(rev_day3 / (_REV_DAY_PER_RAD_MIN * MINUTES_PER_DAY * MINUTES_PER_DAY))


def _degrees(radians: Array) -> Array:
    return _published(np.rad2deg(radians), radians, np.deg2rad)


def _published(rough: Array, bits: Array, convert: Callable[[Array], Array]) -> Array:
    """(n,) near `rough`, the shortest decimals that `convert` turns into `bits`.

    Where no decimal does, a neighbour of `rough` that does; where no number does, `rough` itself.
    """
    values = rough.copy()
    open_rows = np.ones(rough.shape, dtype=np.bool_)
    # 16 decimals hold every published element; 20 the second derivatives of mean motion.
    decimals = [np.round(rough, places) for places in range(21)]
    neighbours = [np.nextafter(rough, np.inf), np.nextafter(rough, -np.inf)]
    for candidate in [*decimals, rough, *neighbours]:
        hits = open_rows & (convert(candidate) == bits)
        values[hits] = candidate[hits]
        open_rows &= ~hits
    return values
