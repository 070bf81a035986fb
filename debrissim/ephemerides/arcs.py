"""Arcs of an ephemeris: where they begin and end, and the bounds on their interpolation errors.

Segments are cut at manoeuvres and at breaks in their states (`debrissim.ephemerides.split`). At a leap second a segment
is continued by a second arc over the same nodes: run time has 86,400 s in every day, and is from then on one second
behind the nodes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from debrissim.core.errors import InputError
from debrissim.ephemerides.bounds import Nodes
from debrissim.ephemerides.ephemeris import Ephemeris, Segment, elapsed_s
from debrissim.ephemerides.interpolation import ArcTable, Cut, Gap, join_arcs
from debrissim.ephemerides.kernels.limits import MAX_WIDTH
from debrissim.ephemerides.split import Arc, split_segment
from debrissim.propagation.frames import sidereal_angle


def make_arcs(
    ephemeris: Ephemeris,
    start_jd: float,
    start_fraction: float,
    *,
    limit_km: float = 1.0,
    span_s: tuple[float, float] = (-np.inf, np.inf),
) -> ArcTable:
    """Make the arcs of an ephemeris.

    Parameters
    ----------
    ephemeris : Ephemeris
        States of one object.
    start_jd, start_fraction : float
        UTC, split Julian date: run time 0.
    limit_km : float, default 1.0
        Largest error bound of an arc in km.
    span_s : tuple of two floats
        Run time in s: arcs are limited to it, and only the nodes that they need are kept. Their values and bounds do
        not depend on it.

    Returns
    -------
    ArcTable
        The arcs in the order of the segments and of time; its `cuts` and `gaps` list manoeuvres and breaks.

    Raises
    ------
    InputError
        If a segment has fewer than two states, or states too far apart for the limit.
    """
    tables: list[ArcTable] = []
    for index, segment in enumerate(ephemeris.segments):
        if len(segment) < 2:
            raise InputError(f"{_where(ephemeris, index)}: expected two states or more, got {len(segment)}")
        tables += _segment_tables(ephemeris, index, start_jd, start_fraction, limit_km, span_s)
    return join_arcs(tables)


def _where(ephemeris: Ephemeris, index: int) -> str:
    segment = ephemeris.segments[index]
    line = f" (line {segment.line})" if segment.line else ""
    return f"{ephemeris.source or ephemeris.name}: segment {index + 1}{line}"


def _segment_tables(
    ephemeris: Ephemeris,
    index: int,
    start_jd: float,
    start_fraction: float,
    limit_km: float,
    span_s: tuple[float, float],
) -> list[ArcTable]:
    """The arcs of one segment: one table, and one more for each leap second within it."""
    segment = ephemeris.segments[index]
    run_s = elapsed_s(segment.jd, segment.fraction, start_jd, start_fraction)
    even_s = run_s + segment.leap_s
    angle = float(sidereal_angle(np.array([start_jd]), np.array([start_fraction]))[0])
    nodes = Nodes(
        even_s,
        np.ascontiguousarray(segment.positions_km, dtype=np.float64),
        np.ascontiguousarray(segment.velocities_km_s, dtype=np.float64),
        angle,
    )
    arcs, cuts, gaps = split_segment(
        segment, ephemeris.maneuvers, nodes, index, _where(ephemeris, index), limit_km
    )
    usable = [
        float(elapsed_s(np.array([jd]), np.array([fraction]), start_jd, start_fraction)[0])
        for jd, fraction in (segment.usable_start, segment.usable_stop)
    ]
    tables = []
    for leap in np.unique(segment.leap_s):
        same = np.flatnonzero(segment.leap_s == leap)
        # A leap second ends with a UTC day, at the midnight before the first node after it.
        since = _midnight(segment, int(same[0]), start_jd, start_fraction) if same[0] else -np.inf
        after = int(same[-1]) + 1
        until = _midnight(segment, after, start_jd, start_fraction) if after < len(segment) else np.inf
        begin, end = max(usable[0], since, span_s[0]), min(usable[1], until, span_s[1])
        tables.append(_table(arcs, cuts, gaps, index, float(leap), begin, end, segment.frame_error_km))
    return tables


def _midnight(segment: Segment, node: int, start_jd: float, start_fraction: float) -> float:
    day = np.floor(segment.jd[node] + segment.fraction[node] - 0.5) + 0.5
    return float(elapsed_s(np.array([day]), np.zeros(1), start_jd, start_fraction)[0])


def _table(
    arcs: list[Arc],
    cuts: list[Cut],
    gaps: list[Gap],
    segment: int,
    shift_s: float,
    begin_s: float,
    end_s: float,
    frame_error_km: float,
) -> ArcTable:
    """Arcs with node times shifted back, and cut off outside begin_s to end_s."""
    kept = [
        _trimmed(arc, begin_s + shift_s, end_s + shift_s)
        for arc in arcs
        if arc.begin_s - shift_s < end_s and arc.end_s - shift_s > begin_s
    ]
    count = np.array([arc.time_s.size for arc in kept], dtype=np.int64)

    def moved(items: list[Cut] | list[Gap]) -> tuple[Cut | Gap, ...]:
        inside = (item for item in items if item.begin_s - shift_s < end_s and item.end_s - shift_s > begin_s)
        return tuple(
            replace(item, begin_s=item.begin_s - shift_s, end_s=item.end_s - shift_s) for item in inside
        )

    return ArcTable(
        node_s=np.concatenate([arc.time_s - shift_s for arc in kept] or [np.empty(0)]),
        positions_km=np.concatenate([arc.positions_km for arc in kept] or [np.empty((0, 3))]),
        velocities_km_s=np.concatenate([arc.velocities_km_s for arc in kept] or [np.empty((0, 3))]),
        first=np.cumsum(count) - count,
        count=count,
        degree=np.array([arc.choice.degree for arc in kept], dtype=np.int64),
        hermite=np.array([arc.choice.hermite for arc in kept], dtype=bool),
        begin_s=np.array([max(arc.begin_s - shift_s, begin_s) for arc in kept]),
        end_s=np.array([min(arc.end_s - shift_s, end_s) for arc in kept]),
        error_km=np.array([arc.error_km + frame_error_km for arc in kept]),
        segment=np.full(count.size, segment, dtype=np.int64),
        bridge=np.array([arc.bridge for arc in kept], dtype=bool),
        gaps=tuple(gap for gap in moved(gaps) if isinstance(gap, Gap)),
        cuts=tuple(
            replace(cut, moment_s=cut.moment_s - shift_s) for cut in moved(cuts) if isinstance(cut, Cut)
        ),
    )


def _trimmed(arc: Arc, begin_s: float, end_s: float) -> Arc:
    """The arc with the nodes for the times between two limits, and as many beyond as the widest stencil has."""
    low = max(int(np.searchsorted(arc.time_s, begin_s)) - MAX_WIDTH, 0)
    high = int(np.searchsorted(arc.time_s, end_s)) + MAX_WIDTH
    chosen = slice(low, high)
    return replace(
        arc,
        time_s=arc.time_s[chosen],
        positions_km=arc.positions_km[chosen],
        velocities_km_s=arc.velocities_km_s[chosen],
    )
