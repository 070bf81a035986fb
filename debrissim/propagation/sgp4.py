"""SGP4 in batch, through the C++ arrays of python-sgp4 (Rhodes; Vallado et al. 2006, "Revisiting Spacetrack
Report #3"): WGS-72, operation mode 'i', and the status of each object.

`sgp4init` is called with numbers: no element set ever passes through TLE text, so catalogue numbers of any size and
epochs of any precision are preserved.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4 import api as sgp4_api
from sgp4.api import WGS72, Satrec, SatrecArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import MINUTES_PER_DAY, SGP4_DAY_ZERO_JD, WGS72_RADIUS_KM
from debrissim.core.time import offset_days
from debrissim.propagation import kernels

DEEP_SPACE_ROUGHNESS_KM = 0.05
"""Bound on the steps in SGP4's positions of deep-space objects (resonance integrator, Lyddane's formulae): the largest
in whole real catalogues was 20 m, at an inclination of 0.006 degrees."""


def warn_unless_accelerated() -> None:
    """Warn that python-sgp4 runs without its C++ extension (some hundred times slower, same numbers)."""
    if not sgp4_api.accelerated:
        warnings.warn(
            "python-sgp4 was installed without its C++ extension: SGP4 will be some hundred times slower; "
            "reinstall sgp4 from a binary wheel or with a C++ compiler present",
            RuntimeWarning,
            stacklevel=2,
        )


class Snapshot(NamedTuple):
    """n objects at one moment.

    codes: (n,) SGP4 codes; states with a code other than 0 are meaningless; positions_km, velocities_km_s: (n, 3) TEME;
    axis_km, eccentricity: (n,) after SGP4's secular terms.
    """

    codes: NDArray[np.uint8]
    positions_km: Array
    velocities_km_s: Array
    axis_km: Array
    eccentricity: Array


@dataclass(frozen=True, eq=False)
class Propagator:
    """SGP4 records of n objects, and the time from which run time is counted.

    records: one Satrec per object; start_jd, start_fraction: split Julian date (UTC) of run time zero. near_earth: (n,)
    bool, period below 225 minutes. The kernels use constants (n, 29) of `kernels.near_earth`; deep_constants (n, 59) of
    `kernels.deep_space`, zero in near-Earth rows; first_minutes (n,), minutes from each epoch to run time zero.
    """

    records: tuple[Satrec, ...]
    start_jd: float
    start_fraction: float
    near_earth: NDArray[np.bool_]
    constants: Array
    deep_constants: Array
    first_minutes: Array

    def __len__(self) -> int:
        return len(self.records)

    def limits_s(self, rows: NDArray[np.int64]) -> tuple[Array, Array]:
        """(n,), (n,) s, the run times between which rows (n,) may have positions: an element set has no limits."""
        return np.full(rows.shape, -np.inf), np.full(rows.shape, np.inf)

    def roughness_km(self, rows: NDArray[np.int64]) -> Array:
        """(n,) km, bound on the steps in the positions of rows (n,): SGP4 is smooth except for deep-space objects."""
        return np.where(self.near_earth[rows], 0.0, DEEP_SPACE_ROUGHNESS_KM)

    def states(self, rows: ArrayLike, times_s: ArrayLike) -> tuple[NDArray[np.uint8], Array, Array]:
        """Propagate every row to every time.

        Parameters
        ----------
        rows : array_like of int, shape (n,)
            Object indices.
        times_s : array_like, shape (t,)
            Run time in s.

        Returns
        -------
        codes : array of uint8, shape (n, t)
            SGP4 codes. States with a code other than 0 are meaningless.
        positions : Array, shape (n, t, 3)
            km, TEME.
        velocities : Array, shape (n, t, 3)
            km/s, TEME.
        """
        jd, fraction = offset_days(self.start_jd, self.start_fraction, times_s)
        chosen = SatrecArray([self.records[row] for row in np.asarray(rows).tolist()])
        codes, positions, velocities = chosen.sgp4(jd, fraction)
        return codes, positions, velocities

    def positions(self, rows: NDArray[np.int64], times_s: Array) -> tuple[NDArray[np.uint8], Array]:
        """Propagate every row to every time, fast, for the coarse phase.

        The positions are computed by our own kernels, which let other threads run, and by the library where the kernels
        defer to it. They agree with `states` to 1e-8 km (5e-8 km in one deep-space state of 100,000, as `states` agrees
        with itself when a time is rounded differently).

        Parameters
        ----------
        rows : Index, shape (n,)
            Object indices.
        times_s : Array, shape (t,)
            Run time in s.

        Returns
        -------
        codes : array of uint8, shape (n,)
            First SGP4 code encountered in each row. Positions of a row with a code other than 0 are meaningless.
        positions : Array, shape (t, 3, n)
            km, TEME.
        """
        out, none = np.empty((times_s.shape[0], 3, rows.shape[0])), kernels.sgp4.NO_MOTIONS
        codes = self._run_kernels(rows, self.first_minutes[rows], times_s / 60.0, out, none)
        rest = np.flatnonzero(codes == kernels.sgp4.FALLBACK_TO_REFERENCE)
        if rest.size:
            library_codes, library, _ = self.states(rows[rest], times_s)
            out[:, :, rest] = library.transpose(1, 2, 0)
            codes[rest] = library_codes[np.arange(rest.size), np.argmax(library_codes != 0, axis=1)]
        return codes, out

    def positions_along(self, rows: NDArray[np.int64], times_s: Array) -> tuple[NDArray[np.uint8], Array]:
        """Propagate row k to its own times k, fast; as accurate as `positions`.

        The kernels treat each state as a separate object at its own time zero, so that states of any mixture of objects
        fill a block.

        Parameters
        ----------
        rows : Index, shape (m,)
            Object indices, repeats allowed.
        times_s : Array, shape (m, t)
            Run time in s.

        Returns
        -------
        codes : array of uint8, shape (m, t)
            SGP4 codes.
        positions : Array, shape (m, t, 3)
            km, TEME.
        """
        count, per_row = times_s.shape
        objects = np.repeat(rows, per_row)
        first_minutes = self.first_minutes[objects] + times_s.ravel() / 60.0
        out = np.empty((1, 3, objects.size))
        codes = self._run_kernels(objects, first_minutes, np.zeros(1), out, kernels.sgp4.NO_MOTIONS)
        rest = np.flatnonzero(codes == kernels.sgp4.FALLBACK_TO_REFERENCE)
        if rest.size:
            library_codes, library, _ = self.states_along(objects[rest], times_s.ravel()[rest, None])
            out[0, :, rest], codes[rest] = library[:, 0], library_codes[:, 0]
        return codes.reshape(count, per_row), out[0].T.reshape(count, per_row, 3)

    def snapshot(self, rows: NDArray[np.int64], time_s: float) -> Snapshot:
        """Propagate rows (n,) to one moment, s of run time, fast: as accurate as `positions`, velocities to 1e-11 km/s.

        For an object that fails in the kernels, or that they leave to the library, all columns come from the
        library."""
        out, motions = np.empty((1, 3, rows.size)), np.empty((1, 5, rows.size))
        codes = self._run_kernels(rows, self.first_minutes[rows], np.array([time_s / 60.0]), out, motions)
        positions, velocities = np.ascontiguousarray(out[0].T), np.ascontiguousarray(motions[0, :3].T)
        axis, eccentricity = motions[0, 3:]
        jd, fraction = offset_days(self.start_jd, self.start_fraction, time_s)
        for place in np.flatnonzero(codes).tolist():
            # The scalar call leaves the mean elements in the record; the array call works on copies.
            record = self.records[rows[place]]
            codes[place], positions[place], velocities[place] = record.sgp4(float(jd[0]), float(fraction[0]))
            axis[place], eccentricity[place] = record.am, record.em
        return Snapshot(codes, positions, velocities, axis * WGS72_RADIUS_KM, eccentricity)

    def _run_kernels(
        self, objects: NDArray[np.int64], first: Array, minutes: Array, out: Array, motions: Array
    ) -> NDArray[np.uint8]:
        """Fill out, motions of `kernels.sgp4` for objects (n,), minutes (t,) after their first; returns (n,) codes."""
        # A copy, because the kernels would be compiled again for a read-only or strided argument.
        objects = np.array(objects)
        codes = np.empty(objects.size, dtype=np.uint8)
        near = self.near_earth[objects]
        kernel: Any
        for kernel, constants, columns in (
            (kernels.sgp4.near_earth_positions, self.constants, np.flatnonzero(near)),
            (kernels.sgp4.deep_space_positions, self.deep_constants, np.flatnonzero(~near)),
        ):
            kernel(constants, first, minutes, objects, columns, out, motions, codes)
        return codes

    def states_along(self, rows: ArrayLike, times_s: Array) -> tuple[NDArray[np.uint8], Array, Array]:
        """Propagate row k to its own times k.

        Parameters
        ----------
        rows : array_like of int, shape (m,)
            Object indices, repeats allowed.
        times_s : Array, shape (m, t)
            Run time in s.

        Returns
        -------
        codes : array of uint8, shape (m, t)
            SGP4 codes.
        positions : Array, shape (m, t, 3)
            km, TEME.
        velocities : Array, shape (m, t, 3)
            km/s, TEME.
        """
        rows = np.asarray(rows)
        count, per_row = times_s.shape
        codes = np.zeros((count, per_row), dtype=np.uint8)
        positions = np.zeros((count, per_row, 3))
        velocities = np.zeros((count, per_row, 3))
        jd, fraction = offset_days(self.start_jd, self.start_fraction, times_s.ravel())
        if per_row == 1 and (count == 1 or (rows != rows[:1]).any()):
            # The call for a single state makes no arrays and takes an eighth of the time. For a single object, one call
            # for all its states is faster.
            moments = zip(rows.tolist(), jd.tolist(), fraction.tolist(), strict=True)
            table = [self.records[row].sgp4(day, part) for row, day, part in moments]
            codes[:, 0] = [code for code, _, _ in table]
            positions[:, 0] = np.array([position for _, position, _ in table]).reshape(-1, 3)
            velocities[:, 0] = np.array([velocity for _, _, velocity in table]).reshape(-1, 3)
            return codes, positions, velocities
        # One C++ call per object, however many of the m rows it has, because a call costs more than a state.
        jd, fraction = jd.reshape(times_s.shape), fraction.reshape(times_s.shape)
        order = np.argsort(rows, kind="stable")
        starts = np.flatnonzero(np.diff(rows[order], prepend=-1)) if count else np.empty(0, dtype=np.intp)
        for group in np.split(order, starts[1:]):
            if group.size == 0:
                continue
            record = self.records[int(rows[group[0]])]
            code, position, velocity = record.sgp4_array(jd[group].ravel(), fraction[group].ravel())
            codes[group] = code.reshape(-1, per_row)
            positions[group] = position.reshape(-1, per_row, 3)
            velocities[group] = velocity.reshape(-1, per_row, 3)
        return codes, positions, velocities


def make_propagator(catalog: Catalog, start_jd: float, start_fraction: float) -> Propagator:
    """Make the SGP4 records of all rows of a catalogue.

    Elements that SGP4 rejects give error codes when they are propagated.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    start_jd, start_fraction : float
        UTC of run time zero, as a split Julian date.
    """
    warn_unless_accelerated()
    epoch_days = (catalog.epoch_jd - SGP4_DAY_ZERO_JD) + catalog.epoch_fraction
    radians = np.deg2rad
    inclination = radians(catalog.inclination_deg)
    # SGP4 divides deep-space terms by its sine: of a subnormal number the result is NaN, with code 0.
    inclination[inclination < np.finfo(np.float64).tiny] = 0.0
    columns: Sequence[NDArray[np.float64]] = (
        epoch_days,
        catalog.epoch_jd,
        catalog.epoch_fraction,
        catalog.bstar,
        catalog.eccentricity,
        radians(catalog.arg_perigee_deg),
        inclination,
        radians(catalog.mean_anomaly_deg),
        catalog.mean_motion_rev_day * (2.0 * np.pi / MINUTES_PER_DAY),
        radians(catalog.raan_deg),
    )
    records = tuple(_record(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
    elements = np.stack([columns[k] for k in (8, 4, 6, 9, 5, 7, 3)], axis=1)
    constants = kernels.near_earth.near_earth_constants(elements)
    deep = np.flatnonzero([record.method == "d" for record in records])
    deep_constants = np.zeros((len(records), kernels.deep_space.CONSTANT_COUNT))
    gsto = np.array([records[row].gsto for row in deep.tolist()])
    deep_constants[deep] = kernels.deep_space.deep_space_constants(
        constants[deep], elements[deep], epoch_days[deep], gsto
    )
    near_earth = np.ones(len(records), dtype=bool)
    near_earth[deep] = False
    return Propagator(
        records=records,
        start_jd=start_jd,
        start_fraction=start_fraction,
        near_earth=near_earth,
        constants=constants,
        deep_constants=deep_constants,
        first_minutes=((start_jd - catalog.epoch_jd) + (start_fraction - catalog.epoch_fraction))
        * MINUTES_PER_DAY,
    )


def _record(
    epoch_days: float, jd: float, fraction: float, bstar: float, eccentricity: float, arg_perigee: float,
    inclination: float, mean_anomaly: float, mean_motion: float, raan: float,
) -> Satrec:  # fmt: skip
    record = Satrec()
    # The two derivatives of mean motion are not used by SGP4; the catalogue number would have to fit a TLE field.
    record.sgp4init(WGS72, "i", 0, epoch_days, bstar, 0.0, 0.0,
                    eccentricity, arg_perigee, inclination, mean_anomaly, mean_motion, raan)  # fmt: skip
    # A float64 in days resolves 0.3 microseconds (3 mm): restore the digits of the split date.
    record.jdsatepoch = jd
    record.jdsatepochF = fraction
    return record


class ObjectStatus(IntEnum):
    """Codes 1 to 6 are SGP4's (Vallado et al. 2006); the first failure of an object is latched."""

    OK = 0
    MEAN_ECCENTRICITY = 1
    MEAN_MOTION = 2
    PERTURBED_ECCENTRICITY = 3
    SEMI_LATUS_RECTUM = 4
    SUBORBITAL_ELEMENTS = 5
    DECAYED = 6
    STALE = 10
    """The element set's epoch lies further from the start of the span than the limit."""
    NOT_COVERED = 20
    """No ephemeris or element set of the object covers the moment."""

    @property
    def reason(self) -> str:
        """One sentence for reports."""
        return _REASONS[self]


_REASONS = {
    ObjectStatus.OK: "propagated over the whole span",
    ObjectStatus.MEAN_ECCENTRICITY: "SGP4 error 1: mean eccentricity outside 0 to 1 or orbit below 0.95 Earth radii",
    ObjectStatus.MEAN_MOTION: "SGP4 error 2: mean motion below zero",
    ObjectStatus.PERTURBED_ECCENTRICITY: "SGP4 error 3: perturbed eccentricity outside 0 to 1",
    ObjectStatus.SEMI_LATUS_RECTUM: "SGP4 error 4: semi-latus rectum below zero",
    ObjectStatus.SUBORBITAL_ELEMENTS: "SGP4 error 5: sub-orbital element set",
    ObjectStatus.DECAYED: "SGP4 error 6: decayed (below the Earth's surface)",
    ObjectStatus.STALE: "element set too old for the start of the span",
    ObjectStatus.NOT_COVERED: "its ephemeris or element sets do not cover the whole span",
}
