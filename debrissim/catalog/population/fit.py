"""Reduce a catalogue to the joint bins of a `PopulationModel`.

Method: within each group (kind, debris cloud or constellation) and each of four strata (near-circular,
eccentric, the geostationary ring, half-day orbits) the objects are divided like a k-d tree: the box is cut
where that shrinks it most (the sum over both parts of objects x width, each axis in units of its tolerance),
until it is as narrow as the tolerances or a further cut would leave fewer than `MIN_OBJECTS` on a side.
So crowded shells get narrow boxes, sparse regions wide ones, and no box has fewer objects.
(Friedman, J. H., Bentley, J. L. and Finkel, R. A. (1977), "An algorithm for finding best matches in
logarithmic expected time", for the tree; the cut criterion is our own.)

Left out, and counted: objects at or visiting a crewed station (a scenario brings its own station), and
objects whose perigee is below `LOWEST_PERIGEE_KM`, most of which decay soon and for which mean elements mean
little.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.population.groups import (
    MIN_OBJECTS,
    find_station_kept_shells,
    groups_of,
    labels_of,
    merge_rare_groups,
    shell_table,
)
from debrissim.catalog.population.model import (
    AGE_PROBABILITIES,
    ALTITUDE_STEP_KM,
    ARG_PERIGEE_STEP_DEG,
    BSTAR_STEP,
    INCLINATION_STEP_DEG,
    LOW_ORBIT_ALTITUDE_KM,
    PopulationBins,
    PopulationModel,
    bstar_coordinate,
)
from debrissim.catalog.stations import at_crewed_station
from debrissim.core.constants import MINUTES_PER_DAY, UNIX_EPOCH_JD, WGS72_RADIUS_KM
from debrissim.core.errors import InputError

LOWEST_PERIGEE_KM = 180.0

_ECCENTRIC = 0.1
_RING_RADIUS_KM = 42164.0


class _Stratum(IntEnum):
    """Objects that are divided together."""

    NEAR_CIRCULAR = 0
    ECCENTRIC = 1
    RING = 2  # about the geostationary radius
    HALF_DAY = 3  # Molniya orbits: two revolutions a day, perigee frozen at 270 degrees


# Of a box: (perigee km, rise km, inclination deg, B* decades, argument of perigee deg).
_TOLERANCE = {
    _Stratum.NEAR_CIRCULAR: (2.5, 2.5, 3.0, 3.0, np.inf),
    _Stratum.ECCENTRIC: (10.0, 3.0, 3.0, 3.0, 45.0),
    _Stratum.RING: (5.0, 5.0, 1.0, 3.0, np.inf),
    _Stratum.HALF_DAY: (100.0, 1.0, 1.0, 3.0, 5.0),
}


def fit_population(catalog: Catalog, title: str, *, without_events: Sequence[str] = ()) -> PopulationModel:
    """Fit the statistical model of a real catalogue.

    Ages count from the instant that 99.5 % of the epochs precede: catalogues carry a few predicted sets.

    Parameters
    ----------
    catalog : Catalog
        Element sets of real objects.
    title : str
        Title that is recorded in the model.
    without_events : sequence of str
        Breakups, such as "Cosmos 1408", whose fragments are left out: the population before them.

    Raises
    ------
    InputError
        If the catalogue is empty, has synthetic objects, or has no object with its perigee above `LOWEST_PERIGEE_KM`
        apart from those at a crewed station; for a breakup without a fragment in it.
    """
    if len(catalog) == 0 or bool(catalog.synthetic.any()):
        raise InputError("fit_population: expected a catalogue of real objects, got none or synthetic ones")
    left_out = []
    for event in without_events:
        fragments = catalog.parent_event == event
        if not fragments.any():
            raise InputError(f"without_events: no fragment of {event!r} is in the catalogue")
        left_out.append((f"fragments of {event}", int(fragments.sum())))
        catalog = catalog[~fragments]
    at_station = at_crewed_station(catalog)
    decaying = ~at_station & (catalog.perigee_altitude_km < LOWEST_PERIGEE_KM)
    kept = catalog[~at_station & ~decaying]
    if len(kept) == 0:
        raise InputError(f"fit_population: no object has its perigee above {LOWEST_PERIGEE_KM} km")
    excluded = (
        ("at or visiting a crewed station", int(at_station.sum())),
        (f"perigee below {LOWEST_PERIGEE_KM:.0f} km", int(decaying.sum())),
        *left_out,
    )
    labels = labels_of(kept)
    shell_of, shells = find_station_kept_shells(kept, labels)
    stratum = _strata(kept)
    labels = merge_rare_groups(labels, stratum, shell_of < 0)
    ordered = sorted(set(labels))
    index = {label: k for k, label in enumerate(ordered)}
    group_of = np.array([index[label] for label in labels], dtype=np.int64)

    stratum = merge_small_strata(stratum, group_of, shell_of < 0)
    boxes: list[list[int]] = []
    for group in range(len(ordered)):
        for part in _Stratum:
            rows = np.flatnonzero((shell_of < 0) & (group_of == group) & (stratum == part))
            if rows.size:
                boxes += [[group, *box] for box in _boxes(kept[rows], part)]
    columns = np.array(sorted(boxes), dtype=np.int64).reshape(-1, 15).T
    epochs = catalog.epoch_jd + catalog.epoch_fraction
    reference = float(np.quantile(epochs, 0.995))
    return PopulationModel(
        title=title,
        source_epoch_utc=_utc_minute(reference),
        excluded=excluded,
        groups=groups_of(ordered, group_of),
        bins=PopulationBins(*columns),
        shells=shell_table(shells, index),
        age_days=_age_quantiles(kept, reference),
    )


def _strata(catalog: Catalog) -> NDArray[np.int64]:
    """(n,) the `_Stratum` of each object."""
    stratum = np.where(catalog.eccentricity >= _ECCENTRIC, _Stratum.ECCENTRIC, _Stratum.NEAR_CIRCULAR)
    ring = (np.abs(catalog.semi_major_axis_km - _RING_RADIUS_KM) < 300.0) & (catalog.eccentricity < 0.02)
    stratum = np.where(ring, _Stratum.RING, stratum)
    half_day = (catalog.eccentricity > 0.5) & (np.abs(catalog.mean_motion_rev_day - 2.006) < 0.06)
    return np.where(half_day, _Stratum.HALF_DAY, stratum).astype(np.int64)


def merge_small_strata(
    stratum: NDArray[np.int64], group_of: NDArray[np.int64], free: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The strata; one with too few free objects of a group to fill a box is merged into a wider one."""
    merged = stratum.copy()
    for part, wider in (
        (_Stratum.HALF_DAY, _Stratum.ECCENTRIC),
        (_Stratum.ECCENTRIC, _Stratum.NEAR_CIRCULAR),
        (_Stratum.RING, _Stratum.NEAR_CIRCULAR),
    ):
        inside = free & (merged == part)
        few = np.bincount(group_of[inside], minlength=int(group_of.max()) + 1) < MIN_OBJECTS
        merged[inside & few[group_of]] = wider
    return merged


def _boxes(catalog: Catalog, stratum: _Stratum) -> Iterator[list[int]]:
    """Boxes of one stratum: the columns of `PopulationBins` from count on."""
    perigee = catalog.perigee_altitude_km
    rise = np.maximum(0.0, catalog.apogee_altitude_km - perigee)
    tolerance = _TOLERANCE[stratum]
    values = np.stack(
        [perigee, rise, catalog.inclination_deg, bstar_coordinate(catalog.bstar), catalog.arg_perigee_deg]
    )
    scaled = values / np.array(tolerance)[:, None]
    if stratum != _Stratum.RING:
        # Beyond low orbits the tolerance grows in proportion to the altitude and to the rise.
        scaled[0] = _logarithmic_above(perigee, LOW_ORBIT_ALTITUDE_KM) / tolerance[0]
        scaled[1] = _logarithmic_above(rise, 100.0) / tolerance[1]
    steps = np.array(
        [ALTITUDE_STEP_KM, ALTITUDE_STEP_KM, INCLINATION_STEP_DEG, BSTAR_STEP, ARG_PERIGEE_STEP_DEG]
    )
    for rows in _divide(scaled, np.arange(len(catalog))):
        low = np.floor(values[:, rows].min(axis=1) / steps + 1e-9)
        high = np.maximum(low, np.ceil(values[:, rows].max(axis=1) / steps - 1e-9))
        middle = np.clip(np.round(np.median(values[:, rows], axis=1) / steps), low, high)
        if stratum in (_Stratum.NEAR_CIRCULAR, _Stratum.RING):
            low[4], high[4] = 0.0, 360.0 / ARG_PERIGEE_STEP_DEG
        edges = [low[0], middle[0], high[0], low[1], middle[1], high[1]]
        edges += [low[2], middle[2], high[2], low[3], high[3], low[4], high[4]]
        yield [rows.size, *(int(edge) for edge in edges)]


def _logarithmic_above(value: NDArray[np.float64], knee: float) -> NDArray[np.float64]:
    """`value` up to the knee, then continuing with the same slope as its logarithm."""
    return np.where(value < knee, value, knee * (1.0 + np.log(np.maximum(value, knee) / knee)))


def _divide(scaled: NDArray[np.float64], rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Cut a box where it shrinks most while both parts keep `MIN_OBJECTS`; yields the rows of the leaves."""
    pending = [rows]
    while pending:
        rows = pending.pop()
        widths = np.ptp(scaled[:, rows], axis=1)
        if rows.size < 2 * MIN_OBJECTS or widths.max() <= 1.0:
            yield rows
            continue
        best_gain, best_axis, best_cut, best_order = 0.0, -1, 0, rows
        for axis in np.flatnonzero(widths > 1.0):
            order = rows[np.argsort(scaled[axis, rows], kind="stable")]
            values = scaled[axis, order]
            cuts = np.arange(MIN_OBJECTS, rows.size - MIN_OBJECTS + 1)
            spread = cuts * (values[cuts - 1] - values[0]) + (rows.size - cuts) * (values[-1] - values[cuts])
            cut = int(np.argmin(spread))
            gain = rows.size * widths[axis] - float(spread[cut])
            if gain > best_gain:
                best_gain, best_axis, best_cut, best_order = gain, int(axis), int(cuts[cut]), order
        if best_axis < 0:
            yield rows
        else:
            pending += [best_order[:best_cut], best_order[best_cut:]]


def _age_quantiles(catalog: Catalog, reference: float) -> NDArray[np.float64]:
    """(2, k) days: ages at `AGE_PROBABILITIES` of low and of other orbits; where one is empty, of all."""
    age = np.maximum(0.0, reference - (catalog.epoch_jd + catalog.epoch_fraction))
    low = catalog.semi_major_axis_km - WGS72_RADIUS_KM < LOW_ORBIT_ALTITUDE_KM
    parts = [age[mask] if mask.any() else age for mask in (low, ~low)]
    return np.round(np.stack([np.quantile(part, AGE_PROBABILITIES) for part in parts]), 3)


def _utc_minute(julian_date: float) -> str:
    """ "2024-10-31T22:00" """
    minutes = round((julian_date - UNIX_EPOCH_JD) * MINUTES_PER_DAY)
    return str(np.datetime64(minutes, "m"))
