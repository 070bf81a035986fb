"""The objects of a run that fly ephemerides: their files, their rows in the catalogue, and what they replace there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.files import read_bytes
from debrissim.core.threads import mapped_in_threads
from debrissim.core.time import utc_text
from debrissim.ephemerides.arcs import make_arcs
from debrissim.ephemerides.covariance import PROPAGATION_LIMIT_S
from debrissim.ephemerides.earth_orientation import EarthOrientation, read_earth_orientation
from debrissim.ephemerides.ephemeris import Ephemeris, around, elapsed_s
from debrissim.ephemerides.flights import ORBIT_COLUMNS
from debrissim.ephemerides.interpolation import ArcTable, arc_states, no_arcs
from debrissim.ephemerides.objects import catalog_rows, rows_of_objects
from debrissim.ephemerides.read import parse_ephemerides
from debrissim.scenario.conjunctions import Scenario

_CONTENT = "an ephemeris file"
# Arcs are kept so far beyond the span, for samples at its ends.
_EDGE_S = 1800.0


@dataclass(frozen=True, eq=False)
class Trajectory:
    """An ephemeris that an object of the run flies.

    ephemeris: its states and covariances around the span alone; primary: the place of the primary among the scenario's,
    counted from 0, or None; sha256: of the file; arcs: in run time; state_count: states of the file. number: the
    object's, once it has a row; replaced: the element set that was left out for it, if any.
    """

    ephemeris: Ephemeris
    primary: int | None
    sha256: str
    arcs: ArcTable
    state_count: int
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
    files side by side, by default those of the scenario; the result does not depend on them. Of each file only what
    the span needs is kept, so that memory follows the span and not the files.

    Raises InputError naming the file, also where an interpolation cannot be bounded, or ScenarioError naming the key,
    such as a pattern without a file, a primary without a state in the span, or a span without a start.
    """
    places = list(_files(scenario))
    if not places and start is None:
        raise ScenarioError(
            "span.start: expected a UTC time, as there is no catalogue whose epoch could be taken"
        )
    keys = scenario.ephemerides
    eop = (
        None
        if keys.earth_orientation is None or not places
        else read_earth_orientation(scenario.located(keys.earth_orientation))
    )
    if start is None:
        start = _read(places[0][2], places[0][0], places[0][1], eop)[1][0].segments[0].usable_start

    def trajectories(file: tuple[str, int | None, Path]) -> list[Trajectory]:
        key, place, path = file
        number = None if place is None else scenario.primaries[place].norad_id
        digest, ephemerides = _read(path, key, place, eop)
        return [
            _trajectory(_numbered(own, key, number), keys.max_error_km, key, place, digest, start, duration_s)
            for own in ephemerides
        ]

    found = mapped_in_threads(trajectories, places, workers or scenario.screening.workers)
    return _one_of_each_object(tuple(chain.from_iterable(found))), start


def given_trajectories(
    ephemerides: Sequence[Path | str | Ephemeris],
    start: tuple[float, float],
    duration_s: float,
    limit_km: float = 1.0,
) -> tuple[Trajectory, ...]:
    """The ephemerides that a caller gives: files, or values that were read or made before.

    Raises InputError naming the file, also where an interpolation cannot be bounded by limit_km.
    """
    key = "ephemerides"
    found: list[Trajectory] = []
    for given in ephemerides:
        digest, own = ("", (given,)) if isinstance(given, Ephemeris) else _read(Path(given), key, None, None)
        found += [_trajectory(one, limit_km, key, None, digest, start, duration_s) for one in own]
    return _one_of_each_object(found)


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
        f"{own.source}: expected one ephemeris of each object, but {first.ephemeris.source} has "
        f"{own.name or own.norad_id or own.international_designator or own.source}, too"
    )


def _files(scenario: Scenario) -> Iterator[tuple[str, int | None, Path]]:
    """Key, place of the primary, and path of each file."""
    own = {
        place: scenario.located(primary.ephemeris)
        for place, primary in enumerate(scenario.primaries)
        if primary.ephemeris is not None
    }
    for place, path in own.items():
        yield f"primaries[{place + 1}].ephemeris", place, path
    # A folder of everybody's files usually holds the primary's, too, and patterns may overlap.
    used = {path.resolve() for path in own.values()}
    for place, source in enumerate(scenario.catalog.sources, start=1):
        key = f"catalog.sources[{place}].ephemerides"
        for pattern in source.ephemerides or ():
            for path in _matching(scenario.located(Path(pattern)), key):
                if path.resolve() not in used:
                    used.add(path.resolve())
                    yield key, None, path


def _matching(path: Path, key: str) -> list[Path]:
    if not any(letter in path.name for letter in "*?["):
        return [path]
    files = sorted(file for file in path.parent.glob(path.name) if file.is_file())
    if not files:
        raise ScenarioError(f"{key}: no file matches {path}")
    return files


def _read(
    path: Path, key: str, place: int | None, eop: EarthOrientation | None
) -> tuple[str, tuple[Ephemeris, ...]]:
    """The digest of a file and its ephemerides."""
    data = read_bytes(path, _CONTENT)
    ephemerides = tuple(parse_ephemerides(data, str(path), eop=eop))
    if place is not None and len(ephemerides) != 1:
        raise ScenarioError(f"{key}: expected the ephemeris of one object, but {path} has {len(ephemerides)}")
    return hashlib.sha256(data).hexdigest(), ephemerides


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
    key: str,
    place: int | None,
    digest: str,
    start: tuple[float, float],
    duration_s: float,
) -> Trajectory:
    """The trajectory with its arcs (none of single states, such as an OPM's), and its states around the span.

    Raises InputError if its interpolation cannot be bounded, and ScenarioError for a primary without a state in the
    span.
    """
    begin_s, end_s = _used_span(ephemeris, start, duration_s)
    # From the first state on, whose moment is the trajectory's epoch; files seldom begin long before the span.
    arcs = _arcs(ephemeris, start, limit_km, (-np.inf, end_s))
    if place is not None and not len(arcs):
        raise ScenarioError(
            f"{key}: expected an ephemeris with two states or more, but {ephemeris.source} gives a single one, from "
            "which nothing can be flown"
        )
    inside = (arcs.end_s > 0.0) & (arcs.begin_s < duration_s)
    if place is not None and not inside.any():
        first, last = ephemeris.segments[0], ephemeris.segments[-1]
        begin, end = (utc_text(*moment, decimals=0) for moment in (first.usable_start, last.usable_stop))
        raise ScenarioError(f"{key}: {ephemeris.source} covers {begin} to {end}, which is outside the span")
    states = sum(len(segment) for segment in ephemeris.segments)
    return Trajectory(around(ephemeris, *start, (begin_s, end_s)), place, digest, arcs, states)


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
    """The moment (s) of the state (6,) that describes the orbit: the first, so that its age is the ephemeris's."""
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
    """The catalogue with a row of its own for each object that flies an ephemeris, in place of its element set."""
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


# Above the numbers that a scenario's own primaries have.
_FIRST_SERIAL = 200_001


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
