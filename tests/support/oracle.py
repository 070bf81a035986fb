"""A slow, obviously correct finder of close approaches: the reference for the tests of the screening engine.

Nothing here is clever: every object is propagated with SGP4 at every sample, every pair's separation is
computed at every sample, and every interval in which a pair could have been closer is sampled again, densely,
with SGP4 itself. There is no grid, no interpolant and no perigee-apogee filter. It shares no code with the
engine: of the package it uses only the columns of a `Catalog`.

Events are:

- every local minimum over time of |r2 - r1|, of the *positions* of SGP4 (its velocity is not the derivative
  of its position), in the closed span [0, duration_s];
- an object exists around its anchor, the moment of the span next to its epoch: to the first failure of SGP4
  after it, and back to the last failure before it, both latched and located to a millisecond;
- "span start" for a pair receding where both begin to exist, mostly at 0;
- "span end" for a pair closing where the span, or the existence of one of the two, ends;
- of these, those whose pair is inside the volume at any moment from the maximum of the distance before it to the one
  after it (`stay_oracle`), or with `at_tca` at the minimum itself;
- an object that SGP4 cannot propagate at its anchor is excluded;
- a pair whose distance does not change by more than `NOISE_KM` in the whole span (an exact duplicate) has
  one event, "span start" where both begin to exist.

Why no approach is missed: at a sample, let s1 and s2 be the greater of SGP4's speed and the speeds of the
chords to the neighbouring samples. Two objects that are within R of each other at a time t off the sample
are no further apart at the sample than R + (s1 + s2) t + (a1 + a2) t^2 / 2, and the acceleration of any object
above the ground is below 9.8e-3 km/s^2. The gate takes 1.05 (s1 + s2) and 0.01 t^2, with t half a step; where
an ephemeris ends before the next sample, or begins after the one before, twice the speeds and a whole step.

On precision: `sgp4init` takes the epoch as one float of days since 1949-12-31, whose last digit is
0.3 us (2.4 mm along a low orbit), and splits it again into `jdsatepoch` and `jdsatepochF`. These two are
overwritten with the catalogue's own split date, so that (jd, fraction) gives the same time since epoch as
exact arithmetic does, to the last digit of SGP4's own minutes (1e-10 s at a week). `sgp4_tsince` with minutes
formed from the split dates gives the same positions, but `SatrecArray` only takes (jd, fraction), and so
everything here does.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec, SatrecArray
from support.stay_oracle import Ellipsoid, Volume, enclosing_radius, gauge, stay_of

from debrissim.catalog.catalog import Catalog

Floats = NDArray[np.float64]

SGP4_EPOCH_JD = 2433281.5  # 1949-12-31 00:00 UTC
EARTH_RADIUS_KM = 6378.135  # WGS-72; SGP4 reports a decay (code 6) below it
SUB_STEP_S = 0.25
NOISE_KM = 1e-7  # minima shallower than a tenth of a millimetre are rounding, not approaches
FAILURE_TOLERANCE_S = 1e-3
DERIVATIVE_STEP_S = 1.0
MAX_SPEED_KM_S = 2 * 11.5  # of a pair: both at escape speed, head-on
STATES_PER_CHUNK = 2_000_000  # about 100 MB of states, and as much again in separations


@dataclass(frozen=True)
class Event:
    """One close approach. `rtn_km` is r2 - r1 in the primary's RTN, from its inertial velocity."""

    primary_norad: int
    secondary_norad: int
    tca_s: float
    miss_km: float
    kind: str  # "minimum", "span start", "span end"
    rtn_km: tuple[float, float, float] = field(default=(math.nan, math.nan, math.nan), compare=False)
    relative_speed_km_s: float = field(default=math.nan, compare=False)
    entry_s: float = field(default=math.nan, compare=False)
    exit_s: float = field(default=math.nan, compare=False)
    inside_at_tca: bool = field(default=True, compare=False)


# --- SGP4 ------------------------------------------------------------------------------------------


def satrecs_of(catalog: Catalog) -> list[Satrec]:
    """One SGP4 record per row: WGS-72, mode 'i', the epoch to full precision."""
    per_minute = 2.0 * math.pi / 1440.0
    records = []
    for row in range(len(catalog)):
        jd, fraction = float(catalog.epoch_jd[row]), float(catalog.epoch_fraction[row])
        record = Satrec()
        record.sgp4init(
            WGS72,
            "i",
            0,  # not used by SGP4; numbers above 339999 are refused
            (jd - SGP4_EPOCH_JD) + fraction,
            float(catalog.bstar[row]),
            float(catalog.mean_motion_dot[row]) * per_minute / 1440.0,  # not used by SGP4
            float(catalog.mean_motion_ddot[row]) * per_minute / 1440.0**2,  # not used by SGP4
            float(catalog.eccentricity[row]),
            math.radians(catalog.arg_perigee_deg[row]),
            math.radians(catalog.inclination_deg[row]),
            math.radians(catalog.mean_anomaly_deg[row]),
            float(catalog.mean_motion_rev_day[row]) * per_minute,
            math.radians(catalog.raan_deg[row]),
        )
        record.jdsatepoch, record.jdsatepochF = jd, fraction
        records.append(record)
    return records


@dataclass(frozen=True)
class Clock:
    """Seconds since the start of the span, converted for SGP4."""

    start_jd: float
    start_fraction: float

    def split(self, t_s: Floats) -> tuple[Floats, Floats]:
        return np.full(t_s.shape, self.start_jd), self.start_fraction + t_s / 86400.0

    def epoch_s(self, record: Satrec) -> float:
        return 86400.0 * ((record.jdsatepoch - self.start_jd) + (record.jdsatepochF - self.start_fraction))

    def state(self, record: Satrec, t_s: float) -> tuple[int, Floats, Floats]:
        code, r, v = record.sgp4(self.start_jd, self.start_fraction + t_s / 86400.0)
        return code, np.array(r), np.array(v)

    def fails(self, record: Satrec, t_s: float) -> bool:
        return bool(record.sgp4(self.start_jd, self.start_fraction + t_s / 86400.0)[0])


# --- the finder ------------------------------------------------------------------------------------


def brute_force(
    catalog: Catalog,
    primaries: Sequence[int] | None,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
    volume: Volume,
    step_s: float = 30.0,
    *,
    at_tca: bool = False,
) -> list[Event]:
    """Every close approach of the primaries (rows; None: of every pair), in order of time.

    `volume` is the radius of a sphere, or the half-widths (radial, transverse, normal) of a box, or an ellipsoid,
    in the primary's RTN, in km. `at_tca`: inside at the minimum itself, and without stays. All against all, the lower
    row of a pair is its primary; otherwise two primaries meet once, and the earlier in `primaries` is the primary.
    `step_s` changes the time it takes, never the answer.
    """
    records = satrecs_of(catalog)
    clock = Clock(start_jd, start_fraction)
    partners = _partners(len(catalog), primaries)
    radius = enclosing_radius(volume)

    nodes = np.append(np.arange(0.0, duration_s, step_s), duration_s) if duration_s > 0 else np.zeros(1)
    anchor = np.clip([clock.epoch_s(record) for record in records], 0.0, duration_s)
    alive = np.array(
        [not clock.fails(record, t) for record, t in zip(records, anchor.tolist(), strict=True)], dtype=bool
    )
    valid_from = np.where(alive, 0.0, np.inf)
    valid_until = np.where(alive, duration_s, -np.inf)

    near: dict[tuple[int, int], list[int]] = defaultdict(list)
    chunk = max(2, STATES_PER_CHUNK // max(1, len(records)))
    for first in range(0, len(nodes), chunk):
        t_s = nodes[first : first + chunk + 1]
        code, r, v = _sample(records, clock, t_s)
        _latch_failures(records, clock, t_s, code, r, anchor, valid_from, valid_until)
    for first in range(0, len(nodes), chunk):
        # One node more on either side than are judged: the chords want neighbours.
        lo, hi = max(0, first - 1), min(len(nodes), first + chunk + 1)
        code, r, v = _sample(records, clock, nodes[lo:hi])
        speed = _greatest_speeds(nodes[lo:hi], r, v)
        valid = (nodes[lo:hi] <= valid_until[:, None]) & (nodes[lo:hi] >= valid_from[:, None])
        ends_next = np.zeros_like(valid)
        ends_next[:, :-1] = valid[:, :-1] & ~valid[:, 1:]
        ends_next[:, 1:] |= valid[:, 1:] & ~valid[:, :-1]
        inner = slice(first - lo, min(first + chunk, len(nodes)) - lo)
        judged = (r[:, inner], speed[:, inner], valid[:, inner], ends_next[:, inner])
        for primary, partner_rows in partners:
            if not valid[primary, inner].any():
                continue
            flagged = _could_be_near(*judged, primary, partner_rows, radius, step_s)
            for which, node in zip(*np.nonzero(flagged), strict=True):
                near[primary, int(partner_rows[which])].append(first + int(node))

    events = []
    for (primary, secondary), flagged_nodes in near.items():
        begin = float(max(valid_from[primary], valid_from[secondary]))
        end = float(min(valid_until[primary], valid_until[secondary]))
        pair = _Pair(records[primary], records[secondary], clock, begin, begin > 0.0, end, end < duration_s)
        stay = None
        for lo_s, hi_s in _stretches(nodes[flagged_nodes], step_s, begin, end):
            for t, kind in pair.minima(lo_s, hi_s, radius):
                miss, rtn, relative_speed = pair.geometry(t)
                if miss > radius:
                    continue
                inside = bool(gauge(volume, np.array(rtn)) <= 1.0)
                if at_tca:
                    stay = None
                elif not (inside and stay is not None and stay.holds(t)):
                    stay = stay_of(pair.sample, t, begin, end, volume)
                if inside or stay is not None:
                    ids = int(catalog.norad_id[primary]), int(catalog.norad_id[secondary])
                    between = (t, t) if stay is None else (stay.entry_s, stay.exit_s)
                    events.append(Event(*ids, t, miss, kind, rtn, relative_speed, *between, inside))
    return sorted(events, key=lambda e: (e.tca_s, e.primary_norad, e.secondary_norad))


def _partners(n: int, primaries: Sequence[int] | None) -> list[tuple[int, NDArray[np.intp]]]:
    """For each primary, the rows it is paired with: every pair once."""
    if primaries is None:
        return [(row, np.arange(row + 1, n)) for row in range(n - 1)]
    if len(set(primaries)) != len(primaries):
        raise ValueError("primaries: a row stands twice")
    return [
        (int(row), np.setdiff1d(np.arange(n), np.asarray(primaries[: k + 1], dtype=np.intp)))
        for k, row in enumerate(primaries)
    ]


def _sample(records: list[Satrec], clock: Clock, t_s: Floats) -> tuple[NDArray[np.uint8], Floats, Floats]:
    code, r, v = SatrecArray(records).sgp4(*clock.split(t_s))
    return code, r, v


def _latch_failures(
    records: list[Satrec],
    clock: Clock,
    t_s: Floats,
    code: NDArray[np.uint8],
    r: Floats,
    anchor: Floats,
    valid_from: Floats,
    valid_until: Floats,
) -> None:
    """Narrow the validity of every object that fails between these nodes to the failures next to its anchor.

    A failure can lie between two good nodes (a perigee below the ground): between nodes low enough for that,
    every quarter of a second is tested. From its lowest point, an object rises by no more than
    a t^2 / 2.
    """
    if len(t_s) < 2:
        return
    lowest = EARTH_RADIUS_KM + 1.0 + 0.5 * 9.8e-3 * float(np.diff(t_s).max()) ** 2
    with np.errstate(invalid="ignore"):
        suspect = (code != 0) | (np.sqrt((r * r).sum(axis=2)) < lowest)
    for row in np.nonzero(suspect.any(axis=1) & np.isfinite(valid_from))[0]:
        for k in np.nonzero(suspect[row, :-1] | suspect[row, 1:])[0]:
            fine = _dense(float(t_s[k]), float(t_s[k + 1]))
            if t_s[k] < anchor[row] < t_s[k + 1]:
                fine = np.sort(np.append(fine, anchor[row]))
            bad = np.nonzero(records[row].sgp4_array(*clock.split(fine))[0])[0]
            earlier, later = bad[fine[bad] < anchor[row]], bad[fine[bad] > anchor[row]]
            # A failure at the last or the first of these moments is that of a neighbouring interval, too.
            if earlier.size and earlier[-1] + 1 < len(fine):
                edge = _last_good(records[row], clock, fine[earlier[-1] + 1], fine[earlier[-1]])
                valid_from[row] = max(valid_from[row], edge)
            if later.size and later[0] > 0:
                edge = _last_good(records[row], clock, fine[later[0] - 1], fine[later[0]])
                valid_until[row] = min(valid_until[row], edge)


def _last_good(record: Satrec, clock: Clock, good_s: float, bad_s: float) -> float:
    while abs(bad_s - good_s) > FAILURE_TOLERANCE_S:
        middle = 0.5 * (good_s + bad_s)
        if clock.fails(record, middle):
            bad_s = middle
        else:
            good_s = middle
    return float(good_s)


def _greatest_speeds(t_s: Floats, r: Floats, v: Floats) -> Floats:
    """Speeds (n, nodes) km/s: the greater of SGP4's speed and the speeds of the chords to the neighbouring nodes."""
    speed = np.sqrt((v * v).sum(axis=2))
    if len(t_s) > 1:
        step = np.diff(r, axis=1)
        chord = np.sqrt((step * step).sum(axis=2)) / np.diff(t_s)
        speed[:, 1:] = np.fmax(speed[:, 1:], chord)
        speed[:, :-1] = np.fmax(speed[:, :-1], chord)
    return speed


def _could_be_near(
    r: Floats,
    speed: Floats,
    valid: NDArray[np.bool_],
    ends_next: NDArray[np.bool_],
    primary: int,
    partner_rows: NDArray[np.intp],
    radius: float,
    step_s: float,
) -> NDArray[np.bool_]:
    """Mask (others, nodes): the pair could be within the radius closer to this node than to the next one."""
    ends = ends_next[partner_rows] | ends_next[primary]
    reach = np.where(ends, step_s, 0.5 * step_s)
    margin = np.where(ends, 2.0, 1.05)
    gate = radius + margin * (speed[partner_rows] + speed[primary]) * reach + 0.01 * reach**2
    apart = r[partner_rows]
    apart -= r[primary]
    with np.errstate(invalid="ignore"):
        close = np.einsum("ijk,ijk->ij", apart, apart) <= gate**2
    return close & valid[partner_rows] & valid[primary]


def _stretches(near_s: Floats, step_s: float, begin_s: float, end_s: float) -> list[tuple[float, float]]:
    """The merged intervals around the flagged nodes, clipped to what is valid."""
    merged: list[tuple[float, float]] = []
    for t in np.sort(near_s):
        lo, hi = max(begin_s, float(t) - step_s - 1.0), min(end_s, float(t) + step_s + 1.0)
        if merged and lo <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(hi, merged[-1][1]))
        else:
            merged.append((lo, hi))
    return merged


def _dense(lo_s: float, hi_s: float) -> Floats:
    return np.linspace(lo_s, hi_s, max(2, math.ceil((hi_s - lo_s) / SUB_STEP_S) + 1))


# --- one pair --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pair:
    first: Satrec
    second: Satrec
    clock: Clock
    begin_s: float  # of the span, or of the valid ephemeris of one of the two
    begin_is_failure: bool
    end_s: float  # of the span, or of the valid ephemeris of one of the two
    end_is_failure: bool

    def distance(self, t_s: float) -> float:
        (_, r1, _), (_, r2, _) = self.clock.state(self.first, t_s), self.clock.state(self.second, t_s)
        return float(np.linalg.norm(r2 - r1))

    def distances(self, t_s: Floats) -> Floats:
        """Distances at many times, in pieces (a pair that flies together for a week is two million samples)."""
        out = np.empty(t_s.shape)
        for k in range(0, len(t_s), 200_000):
            jd, fraction = self.clock.split(t_s[k : k + 200_000])
            code1, r1, _ = self.first.sgp4_array(jd, fraction)
            code2, r2, _ = self.second.sgp4_array(jd, fraction)
            if code1.any() or code2.any():
                raise RuntimeError("SGP4 fails inside what the nodes say is valid: choose a smaller step")
            apart = r2 - r1
            out[k : k + 200_000] = np.sqrt((apart * apart).sum(axis=1))
        return out

    def geometry(self, t_s: float) -> tuple[float, tuple[float, float, float], float]:
        """Distance, r2 - r1 in the RTN of the first, and |v2 - v1|."""
        (_, r1, v1), (_, r2, v2) = self.clock.state(self.first, t_s), self.clock.state(self.second, t_s)
        radial = r1 / np.linalg.norm(r1)
        normal = np.cross(r1, v1)
        normal /= np.linalg.norm(normal)
        transverse = np.cross(normal, radial)
        apart = r2 - r1
        rtn = (float(radial @ apart), float(transverse @ apart), float(normal @ apart))
        return float(np.linalg.norm(apart)), rtn, float(np.linalg.norm(v2 - v1))

    def sample(self, t_s: Floats) -> tuple[Floats, Floats]:
        """Distances (t,) and r2 - r1 (t, 3) in the RTN of the first at each moment."""
        jd, fraction = self.clock.split(t_s)
        code1, r1, v1 = self.first.sgp4_array(jd, fraction)
        code2, r2, _ = self.second.sgp4_array(jd, fraction)
        if code1.any() or code2.any():
            raise RuntimeError("SGP4 fails inside what the nodes say is valid: choose a smaller step")
        apart = r2 - r1
        radial = r1 / np.linalg.norm(r1, axis=1, keepdims=True)
        normal = np.cross(r1, v1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        axes = np.stack([radial, np.cross(normal, radial), normal], axis=1)
        return np.linalg.norm(apart, axis=1), np.einsum("tij,tj->ti", axes, apart)

    def slope(self, t_s: float) -> float:
        """Distance times range rate, from positions alone: d(|r|^2 / 2)/dt by fourth-order differences."""
        h = DERIVATIVE_STEP_S
        if self.begin_is_failure and t_s - 2 * h < self.begin_s:
            return (self.distance(t_s + 0.01) ** 2 - self.distance(t_s) ** 2) / 0.02
        apart = []
        for s in (-2, -1, 0, 1, 2):
            code1, r1, _ = self.clock.state(self.first, t_s + s * h)
            code2, r2, _ = self.clock.state(self.second, t_s + s * h)
            if code1 or code2:  # next to a failure: the plain difference towards the valid side
                back = t_s - 0.01 if self.end_is_failure and t_s + 0.01 > self.end_s else t_s
                there = back + 0.01
                return (self.distance(there) ** 2 - self.distance(back) ** 2) / 0.02
            apart.append(r2 - r1)
        rate = (apart[0] - 8.0 * apart[1] + 8.0 * apart[3] - apart[4]) / (12.0 * h)
        return float(apart[2] @ rate)

    def minima(self, lo_s: float, hi_s: float, radius: float) -> list[tuple[float, str]]:
        """Minima (time, kind) in a stretch that could be within the radius."""
        t = _dense(lo_s, hi_s) if hi_s > lo_s else np.array([lo_s])
        d = self.distances(t)
        minima_found: list[tuple[float, str]] = []
        for index, at_edge in turning_points(d, NOISE_KM):
            if d[index] > radius + MAX_SPEED_KM_S * SUB_STEP_S:
                continue
            if "first" in at_edge:
                if lo_s > self.begin_s:
                    continue  # the end of a stretch is outside the volume by construction
                if at_edge == "first and last" or self.slope(lo_s) >= 0.0:
                    minima_found.append((lo_s, "span start"))
                    continue
            if at_edge == "last":
                if hi_s < self.end_s:
                    continue
                if self.slope(hi_s) <= 0.0:
                    minima_found.append((hi_s, "span end"))
                    continue
            # The bracket ends where the distance has risen by more than the noise, at least one sample away.
            higher = np.nonzero(d > d[index] + NOISE_KM)[0]
            left = higher[higher < index].max(initial=0)
            right = higher[higher > index].min(initial=len(t) - 1)
            minima_found.append((self.refine(float(t[left]), float(t[right])), "minimum"))
        return minima_found

    def refine(self, left_s: float, right_s: float) -> float:
        """The minimum in a bracket: bisection of the slope where its signs allow it, else golden section."""
        golden = self.golden(left_s, right_s)
        lo, hi = left_s, right_s
        if not (self.slope(lo) < 0.0 < self.slope(hi)):
            return golden
        while hi - lo > 1e-9:
            middle = 0.5 * (lo + hi)
            if middle in (lo, hi):
                break
            if self.slope(middle) < 0.0:
                lo = middle
            else:
                hi = middle
        bisected = 0.5 * (lo + hi)
        return bisected if self.distance(bisected) <= self.distance(golden) + 0.1 * NOISE_KM else golden

    def golden(self, left_s: float, right_s: float) -> float:
        ratio = (math.sqrt(5.0) - 1.0) / 2.0
        lo, hi = left_s, right_s
        a, b = hi - ratio * (hi - lo), lo + ratio * (hi - lo)
        da, db = self.distance(a), self.distance(b)
        while hi - lo > 1e-6:
            if da <= db:
                hi, b, db = b, a, da
                a = hi - ratio * (hi - lo)
                da = self.distance(a)
            else:
                lo, a, da = a, b, db
                b = lo + ratio * (hi - lo)
                db = self.distance(b)
        return 0.5 * (lo + hi)


def turning_points(d: Floats, noise: float) -> list[tuple[int, str]]:
    """The minima of a sampled curve that are deeper than the noise, as (index, edge).

    `edge` names the side without a higher value (by more than the noise): "first", "last", "first and
    last" (the curve is flat), or "" for a minimum with higher values on both sides.
    """
    d_diff = np.diff(d)
    turns = np.nonzero((d_diff[:-1] < 0) != (d_diff[1:] < 0))[0] + 1 if len(d) > 2 else np.zeros(0, dtype=int)
    minima_found: list[tuple[int, str]] = []
    low, high, direction = 0, 0, 0
    for index in itertools.chain(turns.tolist(), [len(d) - 1]):
        if direction <= 0 and d[index] < d[low]:
            low = index
        if direction >= 0 and d[index] > d[high]:
            high = index
        if direction <= 0 and d[index] - d[low] > noise:
            minima_found.append((low, "first" if direction == 0 else ""))
            direction, high = 1, index
        elif direction >= 0 and d[high] - d[index] > noise:
            direction, low = -1, index
    if direction <= 0:
        minima_found.append((low, "last" if direction < 0 else "first and last"))
    return minima_found


# --- comparing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Differences of two event tables, and the matched pairs."""

    missing: list[Event]  # expected, not found
    extra: list[Event]  # found, not expected
    matched: list[tuple[Event, Event]]

    @property
    def agree(self) -> bool:
        return not self.missing and not self.extra


def compare_events(
    expected: Iterable[Event],
    actual: Iterable[Any],
    volume: Volume,
    tca_tolerance_s: float = 1e-3,
    miss_tolerance_km: float = 1e-6,
) -> Comparison:
    """Match an oracle's events (with their geometry) with those of another finder.

    `actual` needs `primary_norad`, `secondary_norad`, `tca_s` and `miss_km`. Events match if the pair is the
    same, the misses agree, and the times agree to the tolerance or to the effect of rounding on the minimum of
    a slow pair. An expected event exactly on the surface of the volume may be missing, and an extra one there is
    accepted (for a box, if `actual` has `rtn_km`). The kind is not compared: whether a minimum lies at the start
    or a microsecond after it is a matter of rounding.
    """
    by_pair: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for event in actual:
        by_pair[int(event.primary_norad), int(event.secondary_norad)].append(event)
    missing, matched = [], []
    for event in expected:
        candidates = by_pair[event.primary_norad, event.secondary_norad]
        slack = tca_tolerance_s + _time_noise_s(event)
        fits = [
            c
            for c in candidates
            if abs(c.tca_s - event.tca_s) <= slack and abs(c.miss_km - event.miss_km) <= miss_tolerance_km
        ]
        if fits:
            best = min(fits, key=lambda c: abs(c.tca_s - event.tca_s))
            candidates.remove(best)
            matched.append((event, best))
        elif not on_surface(event, volume, miss_tolerance_km):
            missing.append(event)
    extra = [
        event
        for events in by_pair.values()
        for event in events
        if not on_surface(event, volume, miss_tolerance_km)
    ]
    return Comparison(missing, extra, matched)


def _time_noise_s(event: Event) -> float:
    """Shift of the time of a minimum by rounding (1e-8 km/s of range rate): d dv / v^2."""
    if event.kind != "minimum" or not event.relative_speed_km_s > 0.0:
        return 0.0
    return min(60.0, 1e-8 * event.miss_km / event.relative_speed_km_s**2)


def on_surface(event: Any, volume: Volume, tolerance_km: float) -> bool:
    """Whether an event's closest point is on the surface of a volume, or the plane of a face, to a tolerance."""
    if isinstance(volume, Ellipsoid):
        smallest = min(volume.axes_km)
        return abs(float(gauge(volume, np.array(event.rtn_km))) - 1.0) * smallest <= tolerance_km
    if isinstance(volume, tuple):
        rtn = getattr(event, "rtn_km", (math.nan,) * 3)
        return any(abs(abs(x) - half) <= tolerance_km for x, half in zip(rtn, volume, strict=True))
    return abs(event.miss_km - volume) <= tolerance_km
