"""From objects to the arcs that they fly, and back: the existence of arcs, and encounters at the switches between them.

The engine screens each arc (`ephemerides.flights`) as a separate object with its own beginning and end, so its theorem
need not mention switches. Two arcs of one object are never a pair. At a switch, as at every beginning and end, the
engine reports pairs that are closing up to it and pairs that are receding from it. Most of these are half of an
ordinary approach whose minimum lies on the other side; they are dropped here. The remaining case is a closest approach
on the switch itself, marked `EncounterStatus.SWITCH`: the trajectories jump there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.ephemerides.flights import FlightPropagator, Flights, Gaps
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.approaches import Approaches
from debrissim.screening.colocation import CoLocated, pair_key
from debrissim.screening.decay import epochs_s, known_existence
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.existence import Existence
from debrissim.screening.orbit_filter import SecularElements
from debrissim.screening.refine import NOISE_KM, separation_vectors
from debrissim.screening.volumes import Membership, ScreeningVolume

# Arcs that are no further apart than this follow each other without a gap.
_TOUCHING_S = 1e-3


def arcs_of(flights: Flights, objects: Index) -> Index:
    """The arcs of some objects, rows of the catalogue, in the order of the objects."""
    order = np.full(int(max(flights.row.max(initial=-1), objects.max(initial=-1))) + 1, -1)
    order[objects] = np.arange(objects.size)
    place = order[flights.row]
    chosen = np.flatnonzero(place >= 0)
    return chosen[np.argsort(place[chosen], kind="stable")]


def known_arcs(
    flights: Flights,
    propagator: FlightPropagator,
    ends: tuple[SecularElements, SecularElements],
    duration_s: float,
    max_age_days: float,
) -> tuple[Existence, Array]:
    """The existence of arcs, as far as it is known before the windows are searched, and a moment within each, (a,) s.

    The existence of each object's first element set comes from `decay.known_existence`. Later sets begin at their
    epochs, and are left out if SGP4 already fails there; the windows find later failures.
    """
    count = len(flights)
    ok = np.int8(ObjectStatus.OK)
    columns = [np.full(count, ok), np.full(count, np.nan), np.full(count, ok), np.full(count, np.nan)]
    of_sets, follows = flights.arc < 0, np.isfinite(flights.begin_s)
    first = np.flatnonzero(of_sets & ~follows)
    part = known_existence(
        flights.sets[first],
        propagator.of_element_sets(first),
        (ends[0].rows(first), ends[1].rows(first)),
        duration_s,
        max_age_days,
    )
    for column, known in zip(
        columns, (part.begin_status, part.begin_s, part.status, part.failure_s), strict=True
    ):
        column[first] = known
    # An arc of zero length belongs to an object without a trajectory.
    later = np.flatnonzero(of_sets & follows & (flights.end_s > flights.begin_s))
    codes, _, _ = propagator.states_along(later, flights.begin_s[later, None])
    failing = later[codes[:, 0] != 0]
    columns[2][failing], columns[3][failing] = codes[codes[:, 0] != 0, 0], flights.begin_s[failing]
    epoch_s = epochs_s(propagator)
    first_s, last_s = np.maximum(flights.begin_s, 0.0), np.minimum(flights.end_s, duration_s)
    existence = _limited(Existence(*columns), flights, duration_s)
    return existence, np.clip(epoch_s, first_s, np.maximum(first_s, last_s))


def _limited(known: Existence, flights: Flights, duration_s: float) -> Existence:
    """The existence of arcs: the existence of their element sets, limited to the beginning and end of each arc."""
    own = flights.arc >= 0
    ok, none = np.int8(ObjectStatus.OK), np.full(len(flights), np.nan)
    begin, failure = np.where(own, none, known.begin_s), np.where(own, none, known.failure_s)
    begin_status, status = np.where(own, ok, known.begin_status), np.where(own, ok, known.status)
    later = (flights.begin_s > 0.0) & ~(begin > flights.begin_s)
    earlier = (flights.end_s < duration_s) & ~(failure < flights.end_s) & (status != ObjectStatus.STALE)
    uncovered = np.int8(ObjectStatus.NOT_COVERED)
    return Existence(
        begin_status=np.where(later, uncovered, begin_status),
        begin_s=np.where(later, flights.begin_s, begin),
        status=np.where(earlier, uncovered, status),
        failure_s=np.where(earlier, flights.end_s, failure),
    )


def of_objects(
    arcs: Existence, flights: Flights, object_count: int, duration_s: float
) -> tuple[Existence, Gaps]:
    """The existence of objects, derived from their arcs, and the stretches of the span that none of their arcs covers.

    An object begins with the first of its arcs that takes part and ends with the last. An object whose only gaps lie
    between arcs has the status NOT_COVERED and ends at the end of the span. Gaps are listed for objects whose arcs have
    a beginning or end of their own; arcs that the search left out count as gaps, because it has not followed them.
    """
    arcs = _limited(arcs, flights, duration_s)
    begin_s, end_s = arcs.span(duration_s)
    part = arcs.takes_part(duration_s)
    limited = np.isfinite(flights.begin_s) | np.isfinite(flights.end_s)
    found: list[tuple[int, float, float, int]] = []
    first = np.searchsorted(flights.row, np.arange(object_count), "left")
    last = np.searchsorted(flights.row, np.arange(object_count), "right")
    begin_status, begin = arcs.begin_status[first], arcs.begin_s[first]
    status, failure = arcs.status[first], arcs.failure_s[first]
    for row in np.unique(flights.row[limited]).tolist():
        members = np.arange(first[row], last[row])
        taking = members[part[members]]
        one = int(taking[0]) if taking.size else int(members[0])
        other = int(taking[-1]) if taking.size else one
        begin_status[row], begin[row] = arcs.begin_status[one], arcs.begin_s[one]
        status[row], failure[row] = arcs.status[other], arcs.failure_s[other]
        covered = 0.0
        for since, until in [*zip(begin_s[taking].tolist(), end_s[taking].tolist(), strict=True),
                             (duration_s, duration_s)]:  # fmt: skip
            if since - covered > _TOUCHING_S:
                found.append((row, covered, since, _reason_of(arcs, flights, members, covered, since)))
                if covered > 0.0 and since < duration_s and status[row] == ObjectStatus.OK:
                    status[row], failure[row] = ObjectStatus.NOT_COVERED, duration_s
            covered = max(covered, until)
    existence = Existence(begin_status=begin_status, begin_s=begin, status=status, failure_s=failure)
    return existence, Gaps.of(found)


def _reason_of(arcs: Existence, flights: Flights, members: Index, begin_s: float, end_s: float) -> int:
    """The `ObjectStatus` of a gap: the status of an element set that fails or is too old there, otherwise
    NOT_COVERED."""
    overlap = np.fmin(flights.end_s[members], end_s) - np.fmax(flights.begin_s[members], begin_s)
    for arc in members[overlap > _TOUCHING_S].tolist():
        for status in (int(arcs.status[arc]), int(arcs.begin_status[arc])):
            if status not in (ObjectStatus.OK, ObjectStatus.NOT_COVERED):
                return status
    return int(ObjectStatus.NOT_COVERED)


def uncovered_within(gaps: Gaps, existence: Existence, duration_s: float) -> Array:
    """(n,) s, the total length of the gaps within the existence of each object."""
    first_s, last_s = existence.span(duration_s)
    inside = (gaps.begin_s >= first_s[gaps.row]) & (gaps.end_s <= last_s[gaps.row])
    length = np.where(inside, gaps.end_s - gaps.begin_s, 0.0)
    return np.asarray(np.bincount(gaps.row, length, minlength=len(existence)), dtype=np.float64)


def of_two_objects(first: Index, second: Index, flights: Flights) -> Mask:
    """(m,) whether the arcs of a pair belong to different objects: at a switch, two arcs of the same object exist."""
    return np.asarray(flights.row[first] != flights.row[second])


def co_located_objects(pairs: CoLocated, flights: Flights) -> CoLocated:
    """Co-located pairs of objects, from the co-located pairs of their arcs: each pair once, with its extreme
    separations."""
    first, second = flights.row[pairs.first], flights.row[pairs.second]
    low, high = np.minimum(first, second), np.maximum(first, second)
    _, place, inverse = np.unique(pair_key(low, high), return_index=True, return_inverse=True)
    minimum, maximum = pairs.minimum_separation_km[place].copy(), pairs.maximum_separation_km[place].copy()
    np.minimum.at(minimum, inverse, pairs.minimum_separation_km)
    np.maximum.at(maximum, inverse, pairs.maximum_separation_km)
    return CoLocated(
        low[place], high[place], pairs.start_separation_km[place], minimum, maximum, pairs.docked[place]
    )


def of_flown_objects(encounters: Encounters, flights: Flights) -> Encounters:
    """The encounters of arcs as encounters of the objects that fly them."""
    return replace(
        encounters, primary=flights.row[encounters.primary], secondary=flights.row[encounters.secondary]
    )


@dataclass(frozen=True, eq=False)
class Switches(Rows):
    """m approaches, with those at switches marked, and the arcs on which they continue.

    | column        | shape | meaning                                                                       |
    |---------------|-------|-------------------------------------------------------------------------------|
    | approaches    | m     | the approaches                                                                |
    | continued     | (m,)  | the distance goes on changing in one direction across the switch              |
    | first, second | (m,)  | the arcs of the pair on the other side of the switch, where it is continued   |
    """

    approaches: Approaches
    continued: Mask
    first: Index
    second: Index


def at_switches(
    approaches: Approaches,
    flights: Flights,
    propagator: FlightPropagator,
    span: tuple[Array, Array],
    duration_s: float,
) -> Switches:
    """Tell the approaches of arcs that only continue across a switch from those that fall on one.

    Where a pair closes up to a switch, the distance just after it decides: if the pair is closer there, its minimum
    lies after the switch; otherwise the switch is the closest moment on this side of the jump. The same holds,
    mirrored, where a pair recedes from a switch. span: (a,), (a,) s, the first and the last moment at which each arc
    exists: where one ends by a failure, or the next does not take part, there is no switch.
    """
    ends, starts = (
        approaches.status == EncounterStatus.SPAN_END,
        approaches.status == EncounterStatus.SPAN_START,
    )
    inside = (approaches.time_s > 0.0) & (approaches.time_s < duration_s)
    status, continued = approaches.status.copy(), np.zeros(len(approaches), dtype=np.bool_)
    other_first, other_second = approaches.first.copy(), approaches.second.copy()
    for rows, ahead in ((np.flatnonzero(ends & inside), True), (np.flatnonzero(starts & inside), False)):
        if rows.size == 0:
            continue
        first, second, time = approaches.first[rows], approaches.second[rows], approaches.time_s[rows]
        next_first, known_first = _next_arc(flights, span, first, time, ahead=ahead)
        next_second, known_second = _next_arc(flights, span, second, time, ahead=ahead)
        flown_on = known_first & known_second
        here = _distances(propagator, span, first, second, time)
        there = np.full(rows.size, np.inf)
        there[flown_on] = _distances(
            propagator, span, next_first[flown_on], next_second[flown_on], time[flown_on]
        )
        both = flown_on & _has_other(approaches, rows, next_first, next_second, ahead=ahead)
        # Of two rows for one switch the closer is kept, or the later of two equal ones; a single row only if it is
        # closer.
        closer = there < here - NOISE_KM if not ahead else there <= here + NOISE_KM
        alone = ~both & (there <= here + NOISE_KM)
        continued[rows] = flown_on & (closer | alone)
        other_first[rows], other_second[rows] = next_first, next_second
        status[rows[flown_on]] = EncounterStatus.SWITCH
    return Switches(replace(approaches, status=status), continued, other_first, other_second)


def without_continued(
    switches: Switches,
    propagator: FlightPropagator,
    volumes: Sequence[ScreeningVolume],
    membership: Membership,
    allowed: Mask,
) -> Mask:
    """(m,) the approaches that need a row: all except those represented by the row of their minimum beyond the switch.

    There is a row beyond the switch if the pair is also inside a volume there. If the jump takes the pair out of the
    volume, the switch keeps its row, so that every stay has a row. allowed: (m, v), the volumes that apply.
    """
    if membership == Membership.TCA:
        return ~switches.continued
    rows = np.flatnonzero(switches.continued)
    first, second, time = switches.first[rows], switches.second[rows], switches.approaches.time_s[rows]
    begin = np.maximum(propagator.begin_s[first], propagator.begin_s[second])
    end = np.minimum(propagator.end_s[first], propagator.end_s[second])
    moment = np.clip(time, begin, np.maximum(begin, end))[:, None]
    code_a, position_a, velocity_a = propagator.states_along(first, moment)
    code_b, position_b, _ = propagator.states_along(second, moment)
    basis = rtn_basis(position_a[:, 0], velocity_a[:, 0])
    relative = rotate(basis, position_b[:, 0] - position_a[:, 0])
    within = np.stack([volume.contains(relative) for volume in volumes], axis=1) & allowed[rows]
    kept = np.ones(len(switches), dtype=np.bool_)
    kept[rows] = ~(within.any(axis=1) & (code_a[:, 0] == 0) & (code_b[:, 0] == 0))
    return kept


def _has_other(
    approaches: Approaches, rows: Index, first: Index, second: Index, *, ahead: bool
) -> NDArray[np.bool_]:
    """(k,) whether the approach of these arcs on the other side of the switch is also reported."""
    other = approaches[
        approaches.status == (EncounterStatus.SPAN_START if ahead else EncounterStatus.SPAN_END)
    ]
    times: dict[int, list[float]] = {}
    for key, time in zip(pair_key(other.first, other.second).tolist(), other.time_s.tolist(), strict=True):
        times.setdefault(key, []).append(time)
    here = zip(pair_key(first, second).tolist(), approaches.time_s[rows].tolist(), strict=True)
    found = [any(abs(time - there) <= _TOUCHING_S for there in times.get(key, ())) for key, time in here]
    return np.array(found, dtype=np.bool_)


def _next_arc(
    flights: Flights, span: tuple[Array, Array], arcs: Index, time_s: Array, *, ahead: bool
) -> tuple[Index, Mask]:
    """The arc (k,) that the object of each arc flies just after (or before) a moment, and whether there is one.

    Where the given arc does not end (or begin) at that moment, it is returned itself.
    """
    begin_s, end_s = span
    border, other = (end_s, begin_s) if ahead else (begin_s, end_s)
    ends_here = np.abs(border[arcs] - time_s) <= _TOUCHING_S
    place = np.clip(arcs + (1 if ahead else -1), 0, len(flights) - 1)
    follows = (flights.row[place] == flights.row[arcs]) & (place != arcs) & (end_s[place] > begin_s[place])
    follows &= np.abs(other[place] - time_s) <= _TOUCHING_S
    return np.where(ends_here & follows, place, arcs), ~ends_here | follows


def _distances(
    propagator: FlightPropagator, span: tuple[Array, Array], first: Index, second: Index, time_s: Array
) -> Array:
    """(k,) km between pairs of arcs at given moments, which are moved inside the arcs if they are out by up to a
    millisecond; infinite if unknown."""
    begin, end = np.maximum(span[0][first], span[0][second]), np.minimum(span[1][first], span[1][second])
    inside = np.clip(time_s, begin, np.maximum(begin, end))
    vectors, good = separation_vectors(propagator, first, second, inside[:, None])
    return np.where(good[:, 0], np.linalg.norm(vectors[:, 0], axis=1), np.inf)
