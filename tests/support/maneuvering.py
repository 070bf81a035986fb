"""A spacecraft on an element set that burns: a plain double of the motions of the room, for tests of what follows them.

After a burn it flies the element set whose epoch is the burn and whose SGP4 state is the state after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import Satrec
from support.catalogs import START_FRACTION, START_JD
from support.ephemeris_samples import HEADER, oem_segment
from support.small import IRIDIUM_33

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import no_arcs
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.motion import ManeuveredMotion, MotionStatus
from debrissim.maneuvers.screened_again import ScreenedAgain, screen_again
from debrissim.propagation.frames import rtn_basis
from debrissim.propagation.mean_elements import mean_elements_from_states
from debrissim.propagation.sgp4 import Propagator, make_propagator

ELEMENTS = (
    "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg", "arg_perigee_deg", "mean_anomaly_deg",
)  # fmt: skip


def impulses(times_s: ArrayLike, delta_v_rtn_m_s: ArrayLike) -> Burns:
    """Burns (k,) without a duration."""
    times = np.asarray(times_s, dtype=np.float64)
    return Burns(
        time_s=times,
        duration_s=np.zeros(times.size),
        delta_v_rtn_m_s=np.asarray(delta_v_rtn_m_s, dtype=np.float64).reshape(-1, 3),
        direction=np.full(times.size, Direction.FREE, dtype=np.int8),
    )


@dataclass(frozen=True, eq=False)
class SetMotion:
    """A spacecraft (a catalogue of one row); start: UTC of run time zero."""

    own: Catalog
    start: tuple[float, float] = (START_JD, START_FRACTION)
    theory: str = "SGP4, mean elements fitted at the burn"
    limits_s: tuple[float, float] = (-np.inf, np.inf)

    def states(self, times_s: Array) -> Array:
        codes, position, velocity = self._propagator.states([0], times_s)
        states = np.concatenate([position[0], velocity[0]], axis=1)
        return np.where(codes[0][:, None] == 0, states, np.nan)

    @property
    def _propagator(self) -> Propagator:
        return make_propagator(self.own, *self.start)

    def after(self, burns: Burns) -> ManeuveredMotion:
        state = self.states(burns.time_s)
        basis = rtn_basis(state[:, :3], state[:, 3:])
        state[:, 3:] += 1e-3 * np.einsum("kji,kj->ki", basis, burns.delta_v_rtn_m_s)
        days, fraction = np.divmod(self.start[1] + burns.time_s / 86400.0, 1.0)
        found = mean_elements_from_states(state[:, :3], state[:, 3:], self.start[0] + days, fraction)
        moved = burns.size_m_s > 0.0
        own = self.own[np.zeros(len(burns), dtype=np.int64)]
        columns = {name: np.where(moved, getattr(found, name), getattr(own, name)) for name in ELEMENTS} | {
            "epoch_jd": np.where(moved, self.start[0] + days, own.epoch_jd),
            "epoch_fraction": np.where(moved, fraction, own.epoch_fraction),
        }
        status = np.where(moved & (found.status != 0), MotionStatus.UNREACHED, MotionStatus.OK)
        return MovedSets(burns, own.with_columns(**columns), status.astype(np.int8), self)


@dataclass(frozen=True, eq=False)
class MovedSets:
    burns: Burns
    sets: Catalog
    status: NDArray[np.int8]
    before: SetMotion

    def states_along(self, rows: Index, times_s: Array) -> Array:
        _, position, velocity = make_propagator(self.sets, *self.before.start).states_along(rows, times_s)
        states = np.concatenate([position, velocity], axis=2)
        early = times_s < self.burns.time_s[rows, None]
        if early.any():
            states[early] = self.before.states(times_s[early])
        return states

    def flights(self, rows: Index, end_s: float) -> Flights:
        sets = self.sets[rows]
        return Flights(
            sets=sets,
            row=np.arange(rows.size),
            begin_s=self.burns.end_s[rows],
            end_s=np.full(rows.size, end_s),
            arc=np.full(rows.size, -1),
            table=no_arcs(),
            described=sets,
        )


def sized(catalog: Catalog, radius_m: float = 5.0) -> Catalog:
    """The catalogue with one hard-body radius and mass for all."""
    n = len(catalog)
    return replace(catalog, hard_body_radius_m=np.full(n, radius_m), mass_kg=np.full(n, 1000.0))


def iridium_oem(path: Path, covariance: Array | None = None) -> Path:
    """Iridium 33 by SGP4 from 2009-02-09 12:00 UTC for 30 hours, in TEME; a covariance near the encounter."""
    minutes = np.arange(0, 1800, 2)
    codes, position, velocity = Satrec.twoline2rv(*IRIDIUM_33).sgp4_array(
        np.full(minutes.size, 2454871.5), 0.5 + minutes / 1440.0
    )
    assert not codes.any()
    start = np.datetime64("2009-02-09T12:00:00.000")
    stamps = [str(start + np.timedelta64(60_000 * minute, "ms")) for minute in minutes.tolist()]
    metadata = {"REF_FRAME": "TEME", "OBJECT_NAME": "IRIDIUM 33", "OBJECT_ID": "1997-051C"}
    text = HEADER + oem_segment(stamps, np.hstack([position, velocity]), **metadata)
    if covariance is not None:
        rows = [" ".join(f"{x:.9e}" for x in covariance[k, : k + 1]) for k in range(6)]
        head = ["COVARIANCE_START", "EPOCH = 2009-02-10T16:50:00.000", "COV_REF_FRAME = RTN"]
        text += "\n".join([*head, *rows, "COVARIANCE_STOP", ""])
    path.write_text(text, encoding="utf-8")
    return path


def screened_nearby(found: FoundEvent) -> ScreenedAgain:
    """Screen again without a burn and with one that changes nothing to speak of, around the event."""
    event, around = found.event, found.around
    assert around is not None
    assert around.event_row is not None
    return screen_again(
        event.primary,
        impulses([event.tca_s - 3000.0], [[0.0, 1e-6, 0.0]]),
        around.surroundings,
        event.tca_s + 2000.0,
        around.errors,
        event=(around.event_row, event.tca_s),
    )
