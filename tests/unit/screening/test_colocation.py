"""The co-location rule: the pairs that it excludes, and that they are listed."""

from __future__ import annotations

import numpy as np
from support.catalogs import (
    START_FRACTION,
    START_JD,
    crossing_pair,
    decaying,
    duplicates,
    formation,
    leo,
    make_catalog,
)

from debrissim.catalog import Catalog
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.colocation import CoLocated, CoLocationRule, find_co_located, pair_key
from debrissim.screening.docked import docked_complexes
from debrissim.screening.screen import screen
from debrissim.screening.volumes import ScreeningVolume


def co_located(
    catalog: Catalog, rule: CoLocationRule | None = None, primaries: list[int] | None = None
) -> CoLocated:
    rows = np.arange(len(catalog))
    return find_co_located(
        make_propagator(catalog, START_JD, START_FRACTION),
        rows,
        rows if primaries is None else np.array(primaries),
        6000.0,
        rule or CoLocationRule(),
        docked_complexes(catalog),
    )


def test_docked_and_formation_pairs_are_listed() -> None:
    catalog = make_catalog(*duplicates(2), *formation(3.0, leo(raan_deg=120.0)), leo(raan_deg=200.0))
    pairs = co_located(catalog)
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [(0, 1), (2, 3)]
    assert pairs.start_separation_km[0] == 0.0
    assert abs(pairs.start_separation_km[1] - 3.0) < 0.1
    assert (pairs.minimum_separation_km <= pairs.start_separation_km).all()
    assert (pairs.maximum_separation_km >= pairs.start_separation_km).all()


def test_each_limit_of_the_rule() -> None:
    catalog = make_catalog(*formation(3.0))
    assert len(co_located(catalog, CoLocationRule(start_separation_km=2.9))) == 0
    assert len(co_located(catalog, CoLocationRule(start_speed_km_s=1e-4))) == 0
    assert len(co_located(catalog, CoLocationRule(max_separation_km=2.0))) == 0
    assert len(co_located(catalog, CoLocationRule(enabled=False))) == 0
    assert len(co_located(catalog)) == 1


def test_the_limits_are_wider_for_docked_vehicles() -> None:
    """Element sets of docked vehicles can be days older than the station's."""

    def pairs(separation_km: float, *complexes: int) -> int:
        catalog, rows = make_catalog(*formation(separation_km)), np.arange(2)
        propagator = make_propagator(catalog, START_JD, START_FRACTION)
        return len(find_co_located(propagator, rows, rows, 6000.0, CoLocationRule(), np.array(complexes)))

    assert pairs(20.0, 2, 2) == 1
    assert pairs(20.0, 2, 0) == pairs(20.0, 0, 0) == pairs(20.0, 1, 2) == 0
    assert pairs(60.0, 2, 2) == 0
    assert pairs(3.0, 2, 0) == 1


def test_a_pass_at_the_start_is_not_a_formation() -> None:
    assert len(co_located(make_catalog(*crossing_pair(1.0, 0.0)))) == 0
    # Close and slow at the start, but far apart within the hour.
    leaving = make_catalog(*crossing_pair(1.0, 0.0, angle_deg=0.0, speed_ratio=1.005))
    assert len(co_located(leaving)) == 0


def test_only_pairs_with_a_primary_are_listed() -> None:
    catalog = make_catalog(*duplicates(2), *duplicates(2, leo(raan_deg=90.0)))
    assert co_located(catalog, primaries=[3]).first.tolist() == [2]


def test_separations_are_finite_when_one_object_decays() -> None:
    pairs = co_located(make_catalog(*formation(1.0, decaying())))
    assert np.isfinite(pairs.maximum_separation_km).all()


def test_no_objects_give_no_pairs() -> None:
    catalog = make_catalog(leo())
    none = np.empty(0, dtype=np.int64)
    pairs = find_co_located(
        make_propagator(catalog, START_JD, START_FRACTION),
        none,
        none,
        100.0,
        CoLocationRule(),
        np.zeros(1, dtype=np.int64),
    )
    assert len(pairs) == 0


def test_pair_keys_ignore_the_order() -> None:
    first, second = np.array([5, 2**31 - 2, 7]), np.array([7, 0, 5])
    keys = pair_key(first, second)
    assert keys[0] == keys[2]
    assert len(set(keys.tolist())) == 2


def test_screening_excludes_co_located_pairs_and_lists_them() -> None:
    catalog = make_catalog(*duplicates(2), *formation(2.0, leo(raan_deg=100.0)), *crossing_pair(1.0, 3000.0))
    kept = screen(
        catalog,
        None,
        START_JD,
        START_FRACTION,
        6000.0,
        [ScreeningVolume.sphere(10.0)],
        colocation=CoLocationRule(enabled=False),
    )
    ruled = screen(catalog, None, START_JD, START_FRACTION, 6000.0, [ScreeningVolume.sphere(10.0)])
    out = set(zip(ruled.co_located.first.tolist(), ruled.co_located.second.tolist(), strict=True))
    assert {(0, 1), (2, 3)} <= out
    rows = set(zip(kept.encounters.primary.tolist(), kept.encounters.secondary.tolist(), strict=True))
    left = set(zip(ruled.encounters.primary.tolist(), ruled.encounters.secondary.tolist(), strict=True))
    assert left == rows - out
    assert out <= rows
