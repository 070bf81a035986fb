"""The objects of a run that fly ephemerides: files, rows in the catalogue, and the element sets that they replace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog
from debrissim.conjunctions.ephemeris_files import (
    EphemerisFile,
    OrientationTable,
    ephemeris_files,
    read_file,
    read_orientation,
)
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.threads import mapped_in_threads
from debrissim.core.time import utc_text
from debrissim.ephemerides.arcs import make_arcs
from debrissim.ephemerides.covariance import PROPAGATION_LIMIT_S
from debrissim.ephemerides.ephemeris import Ephemeris, around, elapsed_s
from debrissim.ephemerides.flights import ORBIT_COLUMNS
from debrissim.ephemerides.interpolation import ArcTable, arc_states, no_arcs
from debrissim.ephemerides.objects import catalog_rows, rows_of_objects
from debrissim.scenario.conjunctions import Scenario

# Arcs are kept so far beyond the span, for samples at its ends.
_EDGE_S = 1800.0
# Above the numbers that a scenario's own primaries have.
_FIRST_SERIAL = 200_001


@dataclass(frozen=True, eq=False)
class Trajectory:
    """An ephemeris that an object of the run flies.

    ephemeris: its states and covariances around the span alone; primary: the place of the primary among the scenario's,
    counted from 0, or None; sha256: of the file; arcs: in run time; state_count: states of the file; path: of the file
    as the scenario has it, "" for values; earth_orientation: file and SHA-256 of the table that it was read with, if
    any. number: the object's, once it has a row; replaced: the element set that was left out for it, if any.
    """

    ephemeris: Ephemeris
    primary: int | None
    sha256: str
    arcs: ArcTable
    state_count: int
    path: str = ""
    earth_orientation: tuple[str, str] | None = None
    number: int = 0
    replaced: Catalog = field(default_factory=Catalog.empty)

    @property
    def replaced_epoch_utc(self) -> str:
        """The epoch of the element set that was left out for it, or ""."""
        if not len(self.replaced):
            return ""
        return utc_text(float(self.replaced.epoch_jd[0]), float(self.replaced.epoch_fraction[0]))

    @property
    def file(self) -> str:
        """The file's own name: results do not depend on where it lies."""
        return Path(self.ephemeris.source).name


def read_trajectories(
    scenario: Scenario, start: tuple[float, float] | None, duration_s: float, workers: int | None = None
) -> tuple[tuple[Trajectory, ...], tuple[float, float]]:
    """Read the ephemerides of a scenario's primaries and sources; with the start of the span.

    start: UTC as a split Julian date; None for the first usable moment of the first file. workers: threads that read
    files side by side, by default those of the scenario; the result does not depend on them. Only the part of each file
    that the span needs is kept, so memory depends on the span and not on the files.

    Raises InputError naming the file, also where an interpolation cannot be bounded, or ScenarioError naming the key,
    such as a pattern without a file, a primary without a state in the span, or a span without a start.
    """
    places = list(ephemeris_files(scenario))
    if not places and start is None:
        raise ScenarioError(
            "span.start: expected a UTC time, because there is no catalogue whose epoch could be used"
        )
    limit_km = scenario.ephemerides.max_error_km
    path = scenario.ephemerides.earth_orientation
    eop = None if path is None or not places else read_orientation(scenario.located(path))
    if start is None:
        start = read_file(places[0], eop)[1][0].segments[0].usable_start

    def trajectories(place: EphemerisFile) -> list[Trajectory]:
        number = None if place.primary is None else scenario.primaries[place.primary].norad_id
        digest, ephemerides = read_file(place, eop)
        return [
            _trajectory(_numbered(own, place.key, number), limit_km, place, digest, eop, start, duration_s)
            for own in ephemerides
        ]

    found = mapped_in_threads(trajectories, places, workers or scenario.screening.workers)
    return _one_of_each_object(tuple(chain.from_iterable(found))), start


def given_trajectories(
    ephemerides: Sequence[Path | str | Ephemeris],
    start: tuple[float, float],
    duration_s: float,
    limit_km: float = 1.0,
    earth_orientation: Path | str | None = None,
    workers: int = 1,
) -> tuple[Trajectory, ...]:
    """The ephemerides that a caller gives: files, or values that were read or made before.

    earth_orientation: a file for Earth-fixed states in the files; workers: threads that read files side by side.

    Raises InputError naming the file, also where an interpolation cannot be bounded by limit_km.
    """
    eop = None if earth_orientation is None else read_orientation(Path(earth_orientation))

    def trajectories(given: Path | str | Ephemeris) -> list[Trajectory]:
        if isinstance(given, Ephemeris):
            value = EphemerisFile("ephemerides", None, Path())
            return [_trajectory(given, limit_km, value, "", eop, start, duration_s)]
        place = EphemerisFile("ephemerides", None, Path(given), str(given))
        digest, own = read_file(place, eop)
        return [_trajectory(one, limit_km, place, digest, eop, start, duration_s) for one in own]

    return _one_of_each_object(
        tuple(chain.from_iterable(mapped_in_threads(trajectories, ephemerides, workers)))
    )


def _one_of_each_object(found: Sequence[Trajectory]) -> tuple[Trajectory, ...]:
    """The trajectories. Raises InputError if two are of one object."""
    seen: dict[tuple[int | None, str], Trajectory] = {}
    for trajectory in found:
        own = trajectory.ephemeris
        identity = (
            own.norad_id,
            "" if own.norad_id is not None else own.international_designator or own.source,
        )
        if identity in seen:
            raise _second_of_its_object(trajectory, seen[identity])
        seen[identity] = trajectory
    return tuple(found)


def _second_of_its_object(trajectory: Trajectory, first: Trajectory) -> InputError:
    own = trajectory.ephemeris
    return InputError(
        f"{own.source}: expected one ephemeris per object, but {first.ephemeris.source} also has "
        f"{own.name or own.norad_id or own.international_designator or own.source}"
    )


def _numbered(own: Ephemeris, key: str, number: int | None) -> Ephemeris:
    """The ephemeris with the number that the scenario gives its object. Raises ScenarioError if it has another."""
    if number is None or own.norad_id == number:
        return own
    if own.norad_id is not None:
        raise ScenarioError(f"{key}: is of object {own.norad_id}, but norad_id is {number}")
    return replace(own, norad_id=number)


def _trajectory(
    ephemeris: Ephemeris,
    limit_km: float,
    place: EphemerisFile,
    digest: str,
    eop: OrientationTable | None,
    start: tuple[float, float],
    duration_s: float,
) -> Trajectory:
    """The trajectory with its arcs (none of single states, such as an OPM's), and its states around the span.

    Raises InputError if its interpolation cannot be bounded, and ScenarioError for a primary without a state in the
    span.
    """
    begin_s, end_s = _used_span(ephemeris, start, duration_s)
    # From the first state, whose time is the trajectory's epoch; files seldom begin long before the span.
    arcs = _arcs(ephemeris, start, limit_km, (-np.inf, end_s))
    if place.primary is not None and not len(arcs):
        raise ScenarioError(
            f"{place.key}: expected an ephemeris with two states or more, but {ephemeris.source} gives a single one, "
            "from which nothing can be flown"
        )
    inside = (arcs.end_s > 0.0) & (arcs.begin_s < duration_s)
    if place.primary is not None and not inside.any():
        first, last = ephemeris.segments[0], ephemeris.segments[-1]
        begin, end = (utc_text(*moment, decimals=0) for moment in (first.usable_start, last.usable_stop))
        raise ScenarioError(
            f"{place.key}: {ephemeris.source} covers {begin} to {end}, which is outside the span"
        )
    states = sum(len(segment) for segment in ephemeris.segments)
    kept = around(ephemeris, *start, (begin_s, end_s))
    orientation = None if eop is None else eop.file
    return Trajectory(kept, place.primary, digest, arcs, states, place.given, orientation)


def _used_span(ephemeris: Ephemeris, start: tuple[float, float], duration_s: float) -> tuple[float, float]:
    """Run time (s) from and until which an ephemeris is used: the span, and the covariances next to it."""
    begin_s, end_s = 0.0, duration_s
    for segment in ephemeris.segments:
        if segment.covariances is not None:
            moments = elapsed_s(segment.covariances.jd, segment.covariances.fraction, *start)
            earlier, later = moments[moments <= 0.0], moments[moments >= duration_s]
            begin_s = min(begin_s, float(earlier.max()) if earlier.size else 0.0)
            end_s = max(end_s, float(later.min()) if later.size else duration_s)
    return (
        max(begin_s, -PROPAGATION_LIMIT_S) - _EDGE_S,
        min(end_s, duration_s + PROPAGATION_LIMIT_S) + _EDGE_S,
    )


def _arcs(
    ephemeris: Ephemeris, start: tuple[float, float], limit_km: float, span_s: tuple[float, float]
) -> ArcTable:
    """The arcs of the segments with two states or more; a single state covers no time."""
    places = np.flatnonzero([len(segment) > 1 for segment in ephemeris.segments])
    if not places.size:
        return no_arcs()
    usable = replace(ephemeris, segments=tuple(ephemeris.segments[k] for k in places.tolist()))
    arcs = make_arcs(usable, *start, limit_km=limit_km, span_s=span_s)
    return replace(arcs, segment=places[arcs.segment])


def _described_state(trajectory: Trajectory, start: tuple[float, float]) -> tuple[float, Array]:
    """The moment (s) of the state (6,) that describes the orbit: the first, so its age is that of the ephemeris."""
    arcs = trajectory.arcs
    if not len(arcs):
        segment = trajectory.ephemeris.segments[0]
        time_s = float(elapsed_s(segment.jd, segment.fraction, *start)[0])
        return time_s, np.append(segment.positions_km[0], segment.velocities_km_s[0])
    arc = int(np.argmin(arcs.begin_s))
    moment_s = float(arcs.begin_s[arc])
    _, position, velocity = arc_states(arcs, np.array([arc]), np.array([moment_s]))
    return moment_s, np.append(position[0, 0], velocity[0, 0])


def with_objects(
    catalog: Catalog,
    trajectories: Sequence[Trajectory],
    start_jd: float,
    start_fraction: float,
) -> tuple[Catalog, tuple[Trajectory, ...]]:
    """The catalogue with a separate row for each object that flies an ephemeris, instead of its element set."""
    if not trajectories:
        return catalog, ()
    start = start_jd, start_fraction
    described = [_described_state(trajectory, start) for trajectory in trajectories]
    days, fraction = np.divmod(
        start_fraction + np.array([moment_s for moment_s, _ in described]) / SECONDS_PER_DAY, 1.0
    )
    ephemerides = [trajectory.ephemeris for trajectory in trajectories]
    listed = rows_of_objects(catalog, ephemerides)
    replaced = [catalog[rows[:1]] for rows in listed]
    states = np.stack([state for _, state in described])
    rows = catalog_rows(ephemerides, start_jd + days, fraction, states, replaced, _FIRST_SERIAL)
    placed = tuple(
        replace(trajectory, number=number, replaced=element_set)
        for trajectory, number, element_set in zip(
            trajectories, rows.norad_id.tolist(), replaced, strict=True
        )
    )
    _require_other_numbers(placed)
    remaining = np.setdiff1d(np.arange(len(catalog)), np.concatenate(listed))
    return Catalog.concat([catalog[remaining], rows]), placed


def _require_other_numbers(placed: Sequence[Trajectory]) -> None:
    """Raise InputError if two trajectories are of one object: one by its number, the other by its designator."""
    seen: dict[int, Trajectory] = {}
    for trajectory in placed:
        first = seen.setdefault(trajectory.number, trajectory)
        if first is not trajectory:
            raise _second_of_its_object(trajectory, first)


def with_replaced_sets(catalog: Catalog, trajectories: Sequence[Trajectory]) -> Catalog:
    """The catalogue with the element sets that ephemerides replaced back in their rows."""
    for trajectory in trajectories:
        listed = np.flatnonzero(catalog.norad_id == trajectory.number)
        if listed.size and len(trajectory.replaced):
            columns = {}
            for name in ORBIT_COLUMNS:
                columns[name] = getattr(catalog, name).copy()
                columns[name][listed] = getattr(trajectory.replaced, name)
            catalog = catalog.with_columns(**columns)
    return catalog
