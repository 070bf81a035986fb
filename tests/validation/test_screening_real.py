"""The engine against brute force on whole real catalogues: equal event sets, TCA within 1 ms, miss within 1 m.

Except six docked vehicles of 2024, which share one element set: their distance to the station is so flat that rounding
moves its minimum by up to 0.08 s (see `engine_events.compare`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.engine_events import as_events, compare
from support.oracle import Comparison, Event, brute_force
from support.shared import shared_path

from debrissim.catalog import Catalog, read_catalog
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume

ISS = 25544
STARTS = {
    "data/catalogues/2024-11-01_celestrak_omm.csv.xz": (2460615.5, 0.0),
    "data/catalogues/2022-01-22_spacetrack.3le.xz": (2459601.5, 0.5),
}
CATALOGUE_2024 = next(iter(STARTS))


def _engine(
    catalog: Catalog, primaries: list[int] | None, start: tuple[float, float], days: float, radius_km: float
) -> list[Event]:
    table = screen(
        catalog,
        None if primaries is None else np.array(primaries),
        *start,
        days * 86400.0,
        [ScreeningVolume.sphere(radius_km)],
        colocation=CoLocationRule(enabled=False),
        settings=ScreeningSettings(max_age_days=1e6),
    ).encounters
    return as_events(table)


def _compare(file: str, days: float, radius_km: float) -> Comparison:
    catalog = read_catalog(shared_path(file)).catalog
    primaries = np.flatnonzero(catalog.norad_id == ISS).tolist()
    expected = brute_force(catalog, primaries, *STARTS[file], days * 86400.0, radius_km)
    comparison = compare(expected, _engine(catalog, primaries, STARTS[file], days, radius_km), radius_km)
    assert comparison.agree, comparison
    return comparison


def test_the_iss_for_three_hours() -> None:
    assert len(_compare(CATALOGUE_2024, days=0.125, radius_km=100.0).matched) > 20


@pytest.mark.slow
@pytest.mark.parametrize(("file", "events"), list(zip(STARTS, (90, 62), strict=True)))
def test_the_iss_for_a_week(file: str, events: int, record_property: Callable[[str, object], None]) -> None:
    """Each takes a quarter of an hour: brute force propagates every object every 30 s."""
    matched = _compare(file, days=7.0, radius_km=20.0).matched
    assert len(matched) == events
    apart = max(abs(expected.miss_km - screened.miss_km) for expected, screened in matched)
    record_property(
        Path(file).name[:10], f"{events} events in 20 km, none missed, misses within {apart:.0e} km"
    )


def test_all_against_all() -> None:
    catalog = read_catalog(shared_path(CATALOGUE_2024)).catalog
    rows = np.sort(np.random.default_rng(7).choice(len(catalog), 400, replace=False))
    sample = catalog[rows]
    expected = brute_force(sample, None, *STARTS[CATALOGUE_2024], 0.25 * 86400.0, 50.0)
    assert len(expected) > 100
    comparison = compare(expected, _engine(sample, None, STARTS[CATALOGUE_2024], 0.25, 50.0), 50.0)
    assert comparison.agree, comparison
