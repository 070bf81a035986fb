"""Encounters of the screening engine as events of the oracle, and the comparison of the two."""

from __future__ import annotations

import math
from collections.abc import Sequence

from support.catalogs import START_FRACTION, START_JD
from support.oracle import Comparison, Event, compare_events, on_surface
from support.stay_oracle import Ellipsoid, Volume

from debrissim.catalog.catalog import Catalog
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import Membership, ScreeningVolume

FLAT_SPEED_KM_S = 0.05
FLAT_TIME_S = 5.0
FLAT_MISS_KM = 1e-7
# For a pair whose distance varies by a millimetre in an orbit, a picometre of rounding moves the minimum by a second,
# and a nanometre, the stated accuracy of the engine's minima, by half a minute.
STILL_SPEED_KM_S = 1e-5
STILL_TIME_S = 40.0


# Entry and exit of a pair that crosses the surface at a millimetre per second are as exact as its distance.
STAY_TIME_S = 1e-3
SURFACE_KM = 1e-6


def volume_of(volume: Volume) -> ScreeningVolume:
    if isinstance(volume, Ellipsoid):
        return ScreeningVolume.ellipsoid(*volume.axes_km)
    return ScreeningVolume.box(*volume) if isinstance(volume, tuple) else ScreeningVolume.sphere(volume)


def run_engine(
    catalog: Catalog,
    duration_s: float,
    volume: Volume,
    primaries: Sequence[int] | None = None,
    settings: ScreeningSettings | None = None,
    membership: Membership = Membership.ANY_MOMENT,
    start: tuple[float, float] = (START_JD, START_FRACTION),
) -> ScreeningResult:
    """Screen one volume without the co-location rule, which the oracle does not have."""
    return screen(
        catalog,
        primaries,
        *start,
        duration_s,
        [volume_of(volume)],
        membership=membership,
        colocation=CoLocationRule(enabled=False),
        settings=settings,
    )


def as_events(encounters: Encounters) -> list[Event]:
    """The rows of the table as the oracle's events."""
    return [
        Event(
            primary_norad=int(encounters.primary_norad_id[k]),
            secondary_norad=int(encounters.secondary_norad_id[k]),
            tca_s=float(encounters.tca_s[k]),
            miss_km=float(encounters.miss_distance_km[k]),
            kind=EncounterStatus(int(encounters.status[k])).label,
            rtn_km=tuple(encounters.relative_position_rtn_km[k].tolist()),
            relative_speed_km_s=float(encounters.relative_speed_km_s[k]),
            entry_s=float(encounters.entry_s[k]),
            exit_s=float(encounters.exit_s[k]),
            inside_at_tca=bool(encounters.inside_at_tca[k]),
        )
        for k in range(len(encounters))
    ]


def compare(expected: Sequence[Event], actual: Sequence[Event], volume: Volume) -> Comparison:
    """`compare_events` with tolerances for the effect of rounding on slow pairs.

    Pairs that pass each other at metres per second or less have minima so flat that a nanometre of rounding in SGP4
    moves their time by tenths of a second; their misses still agree to 1e-7 km. And a formation whose distance rises by
    less than that from an end of the span before it falls has a row there, which the oracle treats as noise.
    """
    comparison = compare_events(expected, actual, volume)
    missing, extra = list(comparison.missing), list(comparison.extra)
    for event in comparison.missing:
        for match in extra:
            if (
                _pair(event) == _pair(match)
                and event.relative_speed_km_s < FLAT_SPEED_KM_S
                and abs(event.tca_s - match.tca_s) <= _flat_time_s(event, match)
                and abs(event.miss_km - match.miss_km) <= FLAT_MISS_KM
            ):
                missing.remove(event)
                extra.remove(match)
                comparison.matched.append((event, match))
                break
    known = {_pair(event) for event in expected}
    extra = [event for event in extra if not (_is_faint(event) and _pair(event) in known)]
    return Comparison(missing, extra, comparison.matched)


def other_stays(comparison: Comparison, volume: Volume) -> list[tuple[Event, Event]]:
    """The matched events with different stays. A path that grazes a surface may cross it a few nanometres apart."""
    return [
        (expected, actual)
        for expected, actual in comparison.matched
        if not _is_faint(expected)
        and not (
            (expected.inside_at_tca == actual.inside_at_tca or on_surface(expected, volume, SURFACE_KM))
            and _same(expected.entry_s, actual.entry_s)
            and _same(expected.exit_s, actual.exit_s)
        )
    ]


def _same(expected_s: float, actual_s: float) -> bool:
    if math.isnan(expected_s) or math.isnan(actual_s):
        return math.isnan(expected_s) and math.isnan(actual_s)
    return abs(expected_s - actual_s) <= STAY_TIME_S


def _pair(event: Event) -> tuple[int, int]:
    return event.primary_norad, event.secondary_norad


def _flat_time_s(event: Event, match: Event) -> float:
    if max(event.miss_km, match.miss_km) <= FLAT_MISS_KM:
        # Always closer than the tolerance: it does not matter which moment represents it.
        return math.inf
    return STILL_TIME_S if event.relative_speed_km_s < STILL_SPEED_KM_S else FLAT_TIME_S


def _is_faint(event: Event) -> bool:
    """Whether rounding alone decides about a row: objects a tenth of a millimetre apart, or slow pairs at an end."""
    still_end = event.kind != "minimum" and event.relative_speed_km_s < 1e-3 and event.miss_km < 1.0
    return still_end or event.miss_km <= FLAT_MISS_KM
