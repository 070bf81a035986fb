"""Small catalogues for tests: plain, random, and adversarial for a screening engine.

Everything starts from `Elements`, one element set with harmless defaults, and ends in `make_catalog`. The
builders of pairs place the second object by its state: `elements_through` solves for the mean elements with
which SGP4 passes through a position with a rate of change of position (which is not SGP4's velocity), so that
a pass has the specified miss distance and time.

Times are seconds after START_JD + START_FRACTION.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.oracle import Clock, satrecs_of

from debrissim.catalog.catalog import Catalog
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM

Floats = NDArray[np.float64]

START_JD = 2460310.5  # 2024-01-01
START_FRACTION = 0.3125
START = Clock(START_JD, START_FRACTION)
FIRST_NORAD_ID = 700001


@dataclass(frozen=True)
class Elements:
    """One element set, in the units of the catalogue; its epoch as days after the start."""

    mean_motion_rev_day: float = 15.2
    eccentricity: float = 0.001
    inclination_deg: float = 51.6
    raan_deg: float = 40.0
    arg_perigee_deg: float = 70.0
    mean_anomaly_deg: float = 10.0
    bstar: float = 1e-4
    epoch_days: float = -0.5
    norad_id: int | None = None


def make_catalog(*elements: Elements) -> Catalog:
    """The element sets as a catalogue; objects without a number are numbered from FIRST_NORAD_ID on."""
    n = len(elements)

    def column(name: str) -> Floats:
        return np.array([getattr(e, name) for e in elements], dtype=np.float64)

    epoch = START_FRACTION + column("epoch_days")
    whole = np.floor(epoch)
    ids = [FIRST_NORAD_ID + k if e.norad_id is None else e.norad_id for k, e in enumerate(elements)]
    return Catalog(
        norad_id=np.array(ids, dtype=np.int64),
        name=np.array([f"TEST {k}" for k in ids], dtype=np.str_),
        international_designator=np.full(n, "", dtype=np.str_),
        object_kind=np.zeros(n, dtype=np.int8),
        parent_event=np.full(n, "", dtype=np.str_),
        epoch_jd=START_JD + whole,
        epoch_fraction=epoch - whole,
        mean_motion_rev_day=column("mean_motion_rev_day"),
        eccentricity=column("eccentricity"),
        inclination_deg=column("inclination_deg"),
        raan_deg=column("raan_deg"),
        arg_perigee_deg=column("arg_perigee_deg"),
        mean_anomaly_deg=column("mean_anomaly_deg"),
        bstar=column("bstar"),
        mean_motion_dot=np.zeros(n),
        mean_motion_ddot=np.zeros(n),
        hard_body_radius_m=np.full(n, np.nan),
        mass_kg=np.full(n, np.nan),
    )


def mean_motion_at(altitude_km: float) -> float:
    """Mean motion (rev/day) of a circular orbit, or of a semi-major axis, at an altitude above the equator."""
    a = WGS72_RADIUS_KM + altitude_km
    return math.sqrt(WGS72_MU_KM3_S2 / a**3) * 86400.0 / (2.0 * math.pi)


# --- single objects --------------------------------------------------------------------------------


def leo(**changes: float) -> Elements:
    return replace(Elements(), **changes)  # type: ignore[arg-type]


def geo(**changes: float) -> Elements:
    """A station-kept satellite: SGP4's deep-space branch with the one-day resonance."""
    base = Elements(1.0027, 2e-4, 0.05, 80.0, 30.0, 200.0, 0.0)
    return replace(base, **changes)  # type: ignore[arg-type]


def molniya(**changes: float) -> Elements:
    """An orbit of twelve hours, e = 0.72: the half-day resonance, and 10 km/s at perigee."""
    base = Elements(2.0061, 0.72, 63.4, 120.0, 270.0, 350.0, 1e-4)
    return replace(base, **changes)  # type: ignore[arg-type]


def gto(**changes: float) -> Elements:
    base = Elements(2.27, 0.73, 6.0, 200.0, 178.0, 5.0, 5e-4)
    return replace(base, **changes)  # type: ignore[arg-type]


def decaying(**changes: float) -> Elements:
    """A low orbit with high drag: SGP4 fails (code 1, 4 or 6) about two hours after the start."""
    base = Elements(16.4, 0.0005, 65.0, 40.0, 70.0, 10.0, 8e-3, -0.2)
    return replace(base, **changes)  # type: ignore[arg-type]


def ground_grazing(**changes: float) -> Elements:
    """A perigee below the ground: SGP4 fails there (code 6) and recovers, but the failure counts from then on."""
    base = Elements(3.0, 0.69, 28.0, 10.0, 40.0, 180.0, 0.0, -0.1)
    return replace(base, **changes)  # type: ignore[arg-type]


# --- pairs -----------------------------------------------------------------------------------------


def position_and_rate(elements: Elements, t_s: float) -> tuple[Floats, Floats]:
    """SGP4's position and the derivative of its position (fourth-order differences over 1 s)."""
    (record,) = satrecs_of(make_catalog(elements))
    r = [START.state(record, t_s + k)[1] for k in (-2, -1, 0, 1, 2)]
    return r[2], (r[0] - 8.0 * r[1] + 8.0 * r[3] - r[4]) / 12.0


def elements_through(
    position_km: Floats, rate_km_s: Floats, t_s: float, *, bstar: float = 1e-4, epoch_days: float = -0.5
) -> Elements:
    """The mean elements with which SGP4 passes through a state, by Newton's method.

    First with the epoch at that time; then, starting from there and turned back by SGP4's own secular rates, with
    the specified epoch. Not for orbits within a degree of the equator, nor below the ground.
    """
    first = _fitted(_osculating(position_km, rate_km_s), position_km, rate_km_s, t_s, bstar, t_s / 86400.0)
    (record,) = satrecs_of(make_catalog(first))
    back_min = (t_s / 86400.0 - epoch_days) * 1440.0
    perigee = math.radians(first.arg_perigee_deg) - record.argpdot * back_min
    mean = math.radians(first.mean_anomaly_deg) - record.mdot * back_min
    guess = np.array(
        [
            first.mean_motion_rev_day,
            first.eccentricity * math.cos(perigee),
            first.eccentricity * math.sin(perigee),
            first.inclination_deg,
            first.raan_deg - math.degrees(record.nodedot * back_min),
            math.degrees(perigee + mean),
        ]
    )
    return _fitted(guess, position_km, rate_km_s, t_s, bstar, epoch_days)


def _fitted(
    guess: Floats, position_km: Floats, rate_km_s: Floats, t_s: float, bstar: float, epoch_days: float
) -> Elements:
    target = np.concatenate(
        [position_km, rate_km_s * 1000.0]
    )  # one metre per second has the weight of one kilometre

    def elements(x: Floats) -> Elements:
        rate, ex, ey, inclination, node, longitude = (float(v) for v in x)
        perigee = math.atan2(ey, ex)
        return Elements(
            mean_motion_rev_day=rate,
            eccentricity=math.hypot(ex, ey),
            inclination_deg=inclination,
            raan_deg=node % 360.0,
            arg_perigee_deg=math.degrees(perigee) % 360.0,
            mean_anomaly_deg=(longitude - math.degrees(perigee)) % 360.0,
            bstar=bstar,
            epoch_days=epoch_days,
        )

    def residual(x: Floats) -> Floats:
        r, rate = position_and_rate(elements(x), t_s)
        return np.concatenate([r, rate * 1000.0]) - target

    x = guess.copy()
    scale = np.array([1e-5, 1e-6, 1e-6, 1e-4, 1e-4, 1e-4])
    for _ in range(40):
        f = residual(x)
        if np.abs(f[:3]).max() < 1e-8 and np.abs(f[3:]).max() < 1e-5:
            return elements(x)
        jacobian = np.empty((6, 6))
        for k in range(6):
            ahead, behind = x.copy(), x.copy()
            ahead[k] += scale[k]
            behind[k] -= scale[k]
            jacobian[:, k] = (residual(ahead) - residual(behind)) / (2.0 * scale[k])
        x = x - np.linalg.solve(jacobian, f)
    raise ValueError(f"no element set passes through this state: off by {np.abs(f[:3]).max()} km")


def _osculating(r: Floats, v: Floats) -> Floats:
    """Elements of a two-body orbit through a state: rev/day, e cos w, e sin w, inclination, node, w + M (degrees)."""
    momentum = np.cross(r, v)
    e = np.cross(v, momentum) / WGS72_MU_KM3_S2 - r / np.linalg.norm(r)
    a = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / WGS72_MU_KM3_S2)
    if a <= 0.0:
        raise ValueError("the state is on an escape orbit")
    pole = momentum / np.linalg.norm(momentum)
    node = np.array([-pole[1], pole[0], 0.0]) / math.hypot(pole[0], pole[1])
    beyond = np.cross(pole, node)
    ex, ey = float(e @ node), float(e @ beyond)
    eccentricity = math.hypot(ex, ey)
    latitude = math.atan2(float(r @ beyond), float(r @ node))
    true = latitude - math.atan2(ey, ex)
    half = math.sqrt((1.0 - eccentricity) / (1.0 + eccentricity)) * math.tan(true / 2.0)
    eccentric = 2.0 * math.atan(half)
    longitude = math.atan2(ey, ex) + eccentric - eccentricity * math.sin(eccentric)
    rate = math.sqrt(WGS72_MU_KM3_S2 / a**3) * 86400.0 / (2.0 * math.pi)
    inclination, raan = math.acos(pole[2]), math.atan2(node[1], node[0])
    return np.array(
        [rate, ex, ey, math.degrees(inclination), math.degrees(raan), math.degrees(longitude)],
        dtype=np.float64,
    )


def crossing_pair(
    miss_km: float,
    tca_s: float,
    *,
    primary: Elements | None = None,
    angle_deg: float = 70.0,
    speed_ratio: float = 1.0,
    clock_deg: float = 0.0,
    bstar: float = 1e-4,
    epoch_days: float = -0.5,
) -> tuple[Elements, Elements]:
    """Two objects that pass each other at a chosen time and distance.

    The second one's velocity is the primary's, turned about the vertical by `angle_deg` (180: head-on) and
    scaled by `speed_ratio` (1.3: the perigee of a transfer orbit; 1.0001 at angle 0: a slow overtaking). The
    miss vector is at right angles to the relative velocity, upwards, turned about it by `clock_deg`.
    """
    first = Elements() if primary is None else primary
    r, v = position_and_rate(first, tca_s)
    up = r / np.linalg.norm(r)
    v2 = _turned(v, up, math.radians(angle_deg)) * speed_ratio
    along = (v2 - v) / np.linalg.norm(v2 - v)
    miss = up - (up @ along) * along
    miss = _turned(miss / np.linalg.norm(miss), along, math.radians(clock_deg))
    return first, elements_through(r + miss_km * miss, v2, tca_s, bstar=bstar, epoch_days=epoch_days)


def _turned(vector: Floats, axis: Floats, angle: float) -> Floats:
    """Rotate a vector about a unit vector (Rodrigues)."""
    turned = (
        vector * math.cos(angle)
        + np.cross(axis, vector) * math.sin(angle)
        + axis * (axis @ vector) * (1.0 - math.cos(angle))
    )
    return np.asarray(turned)


def head_on_pair(miss_km: float, tca_s: float, **options: Any) -> tuple[Elements, Elements]:
    """A pass with a retrograde counterpart: 15 km/s in a low orbit."""
    return crossing_pair(miss_km, tca_s, angle_deg=180.0, **options)


def formation(offset_km: float, leader: Elements | None = None) -> tuple[Elements, Elements]:
    """Two objects in one orbit, one slightly behind: always close, two shallow minima per revolution."""
    first = Elements() if leader is None else leader
    a = (WGS72_MU_KM3_S2 / (first.mean_motion_rev_day * 2.0 * math.pi / 86400.0) ** 2) ** (1.0 / 3.0)
    return first, replace(
        first, mean_anomaly_deg=first.mean_anomaly_deg - math.degrees(offset_km / a), norad_id=None
    )


def duplicates(copies: int = 2, of: Elements | None = None) -> tuple[Elements, ...]:
    """The same element set under several numbers (as docked spacecraft are listed): distance exactly 0."""
    return (replace(Elements() if of is None else of, norad_id=None),) * copies


def failure_time(elements: Elements, until_s: float) -> float:
    """The first second after the start at which SGP4 fails."""
    (record,) = satrecs_of(make_catalog(elements))
    for t in range(math.ceil(until_s)):
        if START.fails(record, float(t)):
            return float(t)
    raise ValueError("this object does not fail")


def encounter_after_failure(
    miss_km: float, after_s: float, failing: Elements | None = None
) -> tuple[Elements, Elements]:
    """A pass whose closest point would be `after_s` seconds after the primary's ephemeris has ended."""
    first = decaying() if failing is None else failing
    tca_s = failure_time(first, 86400.0) + after_s
    return crossing_pair(miss_km, tca_s, primary=first, angle_deg=40.0, speed_ratio=1.05, bstar=0.0)


def geo_pair(offset_km: float = 5.0, **changes: float) -> tuple[Elements, Elements]:
    """Two satellites in one box: relative motion with a period of a day."""
    first, second = formation(offset_km, geo(**changes))
    return first, replace(
        second,
        eccentricity=first.eccentricity + 5e-5,
        inclination_deg=first.inclination_deg + 0.005,
        arg_perigee_deg=first.arg_perigee_deg + 20.0,
        mean_anomaly_deg=second.mean_anomaly_deg - 20.0,
    )


def adversarial(duration_s: float) -> Catalog:
    """One catalogue with all difficult cases; low pairs are separated by their planes and phases.

    Passes at the middle, at both ends and just inside and outside them; head-on, slow and fast ones; a true
    collision; a formation, duplicates, a GEO pair; Molniya and transfer orbits crossed at perigee; decays in
    the span, alone, in formation and in the middle of an encounter; an object that has decayed by the start, and
    one that fails at perigee and recovers.
    """
    middle = 0.5 * duration_s
    pairs: list[tuple[Elements, ...]] = [
        crossing_pair(3.0, middle),
        crossing_pair(0.0, middle + 17.3, primary=leo(raan_deg=90.0)),
        head_on_pair(1.5, 0.25 * duration_s, primary=leo(raan_deg=140.0)),
        crossing_pair(2.0, 0.0, primary=leo(raan_deg=190.0)),
        crossing_pair(2.0, duration_s, primary=leo(raan_deg=240.0)),
        crossing_pair(2.0, 0.4, primary=leo(raan_deg=290.0)),
        crossing_pair(2.0, -0.4, primary=leo(raan_deg=340.0)),
        crossing_pair(2.0, duration_s - 0.4, primary=leo(inclination_deg=97.8)),
        crossing_pair(2.0, duration_s + 0.4, primary=leo(inclination_deg=97.8, raan_deg=100.0)),
        crossing_pair(1.0, middle, primary=leo(inclination_deg=82.0), angle_deg=0.0, speed_ratio=1.0002),
        crossing_pair(4.0, middle, primary=leo(inclination_deg=74.0), angle_deg=30.0, speed_ratio=1.31),
        crossing_pair(2.5, middle, primary=molniya(), angle_deg=120.0, speed_ratio=0.9),
        crossing_pair(2.5, middle, primary=gto(inclination_deg=28.0), angle_deg=20.0, speed_ratio=0.8),
        formation(1.2, leo(inclination_deg=66.0)),
        duplicates(3, leo(inclination_deg=35.0)),
        geo_pair(),
        formation(0.8, decaying()),
        encounter_after_failure(3.0, 1.5, decaying(raan_deg=200.0, bstar=1e-2)),
        (decaying(bstar=1e-2, inclination_deg=80.0), decaying(bstar=9e-1), ground_grazing()),
    ]
    return make_catalog(*(element for pair in pairs for element in pair))


# --- random ----------------------------------------------------------------------------------------


def random_catalog(rng: np.random.Generator, n: int, regime: str = "leo-shell") -> Catalog:
    """Sample n objects at random.

    "leo-shell": a crowded shell at 740 to 780 km, where a few hundred objects meet often. "all": low orbits
    of all altitudes, sun-synchronous ones, navigation, GEO, Molniya, transfer and decaying orbits, with
    elements up to a week old and some younger than the start.
    """
    if regime == "leo-shell":
        return make_catalog(*(_shell(rng) for _ in range(n)))
    if regime != "all":
        raise ValueError(f"regime: expected 'leo-shell' or 'all', got {regime!r}")
    kinds = [_low, _sun_synchronous, _navigation, _geostationary, _eccentric, _decaying]
    choice = rng.choice(len(kinds), size=n, p=[0.55, 0.2, 0.05, 0.05, 0.1, 0.05])
    return make_catalog(*(kinds[k](rng) for k in choice))


def _angles(rng: np.random.Generator) -> dict[str, float]:
    names = ("raan_deg", "arg_perigee_deg", "mean_anomaly_deg")
    return dict(zip(names, rng.uniform(0.0, 360.0, 3).tolist(), strict=True))


def _orbit(
    rng: np.random.Generator,
    perigee_km: float,
    eccentricity: float,
    inclination_deg: float,
    bstar: float,
    oldest_days: float = 7.0,
) -> Elements:
    a = (WGS72_RADIUS_KM + perigee_km) / (1.0 - eccentricity)
    return Elements(
        mean_motion_rev_day=mean_motion_at(a - WGS72_RADIUS_KM),
        eccentricity=eccentricity,
        inclination_deg=inclination_deg,
        bstar=bstar,
        epoch_days=float(rng.uniform(-oldest_days, 0.3)),
        **_angles(rng),
    )


def _shell(rng: np.random.Generator) -> Elements:
    return _orbit(rng, rng.uniform(740, 775), rng.uniform(0, 7e-4), rng.uniform(30, 150), rng.normal(0, 1e-4))


def _low(rng: np.random.Generator) -> Elements:
    return _orbit(rng, rng.uniform(300, 1500), rng.exponential(0.005), rng.uniform(0.1, 145), 1e-4)


def _sun_synchronous(rng: np.random.Generator) -> Elements:
    return _orbit(rng, rng.uniform(500, 850), rng.exponential(0.002), rng.normal(98.2, 0.5), 2e-4)


def _navigation(rng: np.random.Generator) -> Elements:
    return _orbit(rng, rng.uniform(19000, 23000), rng.exponential(0.005), rng.uniform(50, 66), 0.0)


def _geostationary(rng: np.random.Generator) -> Elements:
    return _orbit(rng, rng.uniform(35700, 35780), rng.exponential(2e-4), rng.exponential(2.0), 0.0)


def _eccentric(rng: np.random.Generator) -> Elements:
    return _orbit(rng, rng.uniform(250, 1200), rng.uniform(0.1, 0.74), rng.uniform(1, 120), 1e-4)


def _decaying(rng: np.random.Generator) -> Elements:
    bstar = 10.0 ** rng.uniform(-3, -1.5)
    return _orbit(rng, rng.uniform(130, 220), rng.exponential(0.001), rng.uniform(20, 110), bstar, 0.6)


# --- hypothesis ------------------------------------------------------------------------------------


def volumes_strategy() -> st.SearchStrategy[float | tuple[float, float, float]]:
    """A sphere's radius or a box's half-widths, km."""
    sphere = st.floats(0.5, 50.0)
    box = st.tuples(st.floats(0.2, 5.0), st.floats(0.5, 30.0), st.floats(0.5, 30.0))
    return st.one_of(sphere, box)


def _floats(lo: float, hi: float) -> st.SearchStrategy[float]:
    return st.floats(lo, hi, allow_nan=False)


@st.composite
def _any_elements(draw: st.DrawFn) -> Elements:
    """One object of any regime; all of them can be propagated at their epoch."""
    low = [(400.0, 0.02), (760.0, 1e-3), (1400.0, 0.05)]
    high = [(300.0, 0.74), (20000.0, 0.02), (35786.0, 1e-3)]
    perigee, highest = draw(st.sampled_from(low + high))
    eccentricity = draw(_floats(0.0, highest))
    a = (WGS72_RADIUS_KM + perigee + draw(_floats(0.0, 40.0))) / (1.0 - eccentricity)
    return Elements(
        mean_motion_rev_day=mean_motion_at(a - WGS72_RADIUS_KM),
        eccentricity=eccentricity,
        inclination_deg=draw(_floats(0.0, 179.0)),
        raan_deg=draw(_floats(0.0, 359.999)),
        arg_perigee_deg=draw(_floats(0.0, 359.999)),
        mean_anomaly_deg=draw(_floats(0.0, 359.999)),
        bstar=draw(st.sampled_from([0.0, 1e-4, -1e-4, 1e-3])),
        epoch_days=draw(st.sampled_from([-3.0, -0.5, 0.0, 0.2])),
    )


@st.composite
def _related(draw: st.DrawFn, duration_s: float) -> tuple[Elements, ...]:
    """A few objects that interact."""
    inclination, node = draw(_floats(20.0, 110.0)), draw(_floats(0.0, 359.0))
    first = leo(
        mean_motion_rev_day=draw(_floats(13.5, 15.6)),
        inclination_deg=inclination,
        raan_deg=node,
        mean_anomaly_deg=draw(_floats(0.0, 359.0)),
    )
    kind = draw(st.sampled_from(["crossing", "head-on", "overtaking", "formation", "copies", "geo", "decay"]))
    tca = draw(st.one_of(_floats(0.0, duration_s), st.sampled_from([0.0, duration_s])))
    miss = draw(st.one_of(st.just(0.0), _floats(0.01, 30.0)))
    clock = draw(_floats(0.0, 360.0))
    if kind == "crossing":
        angle = draw(st.sampled_from([-60.0, 5.0, 30.0, 90.0, 150.0]))
        return crossing_pair(miss, tca, primary=first, angle_deg=angle, clock_deg=clock)
    if kind == "head-on":
        return crossing_pair(miss, tca, primary=first, angle_deg=180.0, clock_deg=clock)
    if kind == "overtaking":
        ratio = 1.0 + draw(st.sampled_from([-1e-3, -1e-4, 2e-5, 1e-4, 1e-3]))
        return crossing_pair(miss, tca, primary=first, angle_deg=0.0, speed_ratio=ratio, clock_deg=clock)
    if kind == "formation":
        return formation(draw(_floats(0.05, 30.0)), first)
    if kind == "copies":
        return duplicates(draw(st.integers(2, 3)), first)
    if kind == "geo":
        return geo_pair(draw(_floats(0.5, 30.0)), raan_deg=node)
    return formation(draw(_floats(0.1, 10.0)), decaying(raan_deg=node, bstar=draw(_floats(4e-3, 3e-2))))


@st.composite
def catalogs_strategy(draw: st.DrawFn, duration_s: float = 7200.0, largest: int = 12) -> Catalog:
    """Catalogues of 2 to `largest` objects with encounters in [0, duration_s], in any order."""
    groups: Iterable[tuple[Elements, ...]] = draw(st.lists(_related(duration_s), min_size=1, max_size=3))
    objects = [element for group in groups for element in group]
    objects += draw(st.lists(_any_elements(), max_size=max(0, largest - len(objects))))
    return make_catalog(*draw(st.permutations(objects[:largest])))
