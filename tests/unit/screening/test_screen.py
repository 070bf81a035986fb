"""`screen` as a caller sees it: arguments, statuses, the table, several volumes."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from support.catalogs import (
    START,
    START_FRACTION,
    START_JD,
    crossing_pair,
    decaying,
    formation,
    geo,
    leo,
    make_catalog,
    random_catalog,
)
from support.oracle import satrecs_of

from debrissim.catalog import Catalog
from debrissim.core.errors import InputError, RunError
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume


def run(
    catalog: Catalog,
    primaries: list[int] | None = None,
    duration_s: float = 3000.0,
    volumes: list[ScreeningVolume] | None = None,
    **settings: float,
) -> ScreeningResult:
    return screen(
        catalog,
        primaries,
        START_JD,
        START_FRACTION,
        duration_s,
        [ScreeningVolume.sphere(20.0)] if volumes is None else volumes,
        colocation=CoLocationRule(enabled=False),
        settings=ScreeningSettings(**settings),  # type: ignore[arg-type]
    )


CROWD = random_catalog(np.random.default_rng(2), 40)


@pytest.mark.parametrize("primaries", [[], [40], [-1], [3, 3]], ids=str)
def test_primaries_must_be_distinct_rows(primaries: list[int]) -> None:
    with pytest.raises(InputError, match="primaries"):
        run(CROWD, primaries)


@pytest.mark.parametrize("duration_s", [0.0, -5.0, np.nan, np.inf])
def test_the_duration_must_be_positive(duration_s: float) -> None:
    with pytest.raises(InputError, match="duration_s"):
        run(CROWD, duration_s=duration_s)


def test_at_least_one_volume_is_required() -> None:
    with pytest.raises(InputError, match="volume"):
        run(CROWD, volumes=[])


def test_a_decayed_primary_is_an_error_that_names_it() -> None:
    catalog = make_catalog(leo(), decaying(bstar=0.9, norad_id=271234), geo())
    with pytest.raises(RunError, match=r"271234 .* SGP4 follows it until 2024-01-01T02:45:28Z"):
        run(catalog, [1])
    result = run(catalog, [0])
    assert result.object_status[1] != ObjectStatus.OK
    # The last second of SGP4 is found by walking from its epoch.
    (record,) = satrecs_of(catalog[[1]])
    good = [START.state(record, s)[0] == 0 for s in np.arange(-17280.0, 0.0, 1.0)]
    assert good[0]
    assert result.failure_s[1] == pytest.approx(-17280.0 + good.index(False), abs=1.001)
    assert result.flown_s(600.0).tolist() == [600.0, 0.0, 600.0]


def test_stale_element_sets_are_excluded_and_reported() -> None:
    first, second = crossing_pair(1.0, 1000.0, epoch_days=-12.0)
    catalog = make_catalog(first, second, geo())
    assert len(run(catalog).encounters) == 1
    stale = run(catalog, max_age_days=10.0)
    assert len(stale.encounters) == 0
    assert stale.object_status.tolist() == [ObjectStatus.OK, ObjectStatus.STALE, ObjectStatus.OK]
    assert np.isnan(stale.failure_s).all()
    with pytest.raises(RunError, match=r"12\.0 days"):
        run(catalog, [1], max_age_days=10.0)


def test_the_columns_of_an_encounter() -> None:
    first, second = crossing_pair(2.0, 1000.0, epoch_days=-2.0)
    catalog = make_catalog(second, first, geo())
    table = run(catalog, [1]).encounters
    assert (table.primary.tolist(), table.secondary.tolist()) == ([1], [0])
    assert table.primary_norad_id.tolist() == catalog.norad_id[[1]].tolist()
    assert table.tca_s[0] == pytest.approx(1000.0, abs=1e-4)
    assert table.miss_distance_km[0] == pytest.approx(2.0, abs=1e-6)
    assert np.linalg.norm(table.relative_position_rtn_km[0]) == pytest.approx(table.miss_distance_km[0])
    difference = table.secondary_state[0] - table.primary_state[0]
    assert np.linalg.norm(difference[:3]) == pytest.approx(table.miss_distance_km[0])
    assert np.linalg.norm(difference[3:]) == pytest.approx(table.relative_speed_km_s[0])
    assert table.relative_position_rtn_km[0, 0] == pytest.approx(
        difference[:3] @ table.primary_state[0, :3] / np.linalg.norm(table.primary_state[0, :3])
    )
    assert table.primary_age_days[0] == pytest.approx(0.5 + 1000.0 / 86400.0)
    assert table.secondary_age_days[0] == pytest.approx(2.0 + 1000.0 / 86400.0)
    assert table.status.tolist() == [EncounterStatus.MINIMUM]


def test_rows_are_ordered_by_time() -> None:
    table = run(CROWD, duration_s=9000.0, volumes=[ScreeningVolume.sphere(120.0)]).encounters
    assert len(table) > 10
    assert (np.diff(table.tca_s) >= 0.0).all()
    assert (table.primary < table.secondary).all()


def test_of_two_primaries_the_first_listed_is_the_primary() -> None:
    catalog = make_catalog(*crossing_pair(2.0, 1000.0))
    assert run(catalog, [1, 0]).encounters.primary.tolist() == [1]
    assert run(catalog, [0, 1]).encounters.primary.tolist() == [0]


def test_an_encounter_in_several_volumes_is_listed_once() -> None:
    slab, ball = ScreeningVolume.box(1.0, 150.0, 150.0), ScreeningVolume.sphere(60.0)
    both = run(CROWD, duration_s=20000.0, volumes=[slab, ball]).encounters
    each = [run(CROWD, duration_s=20000.0, volumes=[volume]).encounters for volume in (slab, ball)]
    keys = [
        {(a, b, round(t, 3)) for a, b, t in zip(e.primary, e.secondary, e.tca_s, strict=True)} for e in each
    ]
    assert keys[0] - keys[1]
    assert keys[1] - keys[0]
    rows = [(a, b, round(t, 3)) for a, b, t in zip(both.primary, both.secondary, both.tca_s, strict=True)]
    assert len(rows) == len(set(rows))
    assert set(rows) == keys[0] | keys[1]


def test_encounters_at_the_ends_of_the_span_are_marked() -> None:
    catalog = make_catalog(*formation(3.0))
    table = run(catalog, duration_s=500.0).encounters
    assert set(table.status.tolist()) & {EncounterStatus.SPAN_START, EncounterStatus.SPAN_END}
    start = table.status == EncounterStatus.SPAN_START
    end = table.status == EncounterStatus.SPAN_END
    assert (table.tca_s[start] == 0.0).all()
    assert (table.tca_s[end] == 500.0).all()


def test_progress_is_reported() -> None:
    fractions: list[float] = []
    screen(
        CROWD,
        [0],
        START_JD,
        START_FRACTION,
        10000.0,
        [ScreeningVolume.sphere(5.0)],
        settings=ScreeningSettings(window_s=2000.0),
        progress=fractions.append,
    )
    assert fractions == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_the_number_of_workers_does_not_change_the_result() -> None:
    serial, parallel = (
        run(CROWD, duration_s=9000.0, volumes=[ScreeningVolume.sphere(100.0)], workers=w, window_s=900.0)
        for w in (1, 4)
    )
    assert np.array_equal(serial.encounters.tca_s, parallel.encounters.tca_s)
    assert serial.candidate_count == parallel.candidate_count


@pytest.mark.parametrize("primaries", [None, [0]], ids=str)
def test_nothing_to_screen_is_not_an_empty_result(primaries: list[int] | None) -> None:
    with pytest.raises(InputError, match="nothing to screen: the catalogue holds no other object"):
        run(make_catalog(leo()), primaries)
    others = [leo(epoch_days=-100.0), leo(epoch_days=-90.0), decaying(bstar=0.9)]
    with pytest.raises(
        InputError,
        match=r"3 other objects: 2 with an epoch more than 30 days .* and 1 that SGP4 cannot propagate to the start",
    ):
        run(make_catalog(leo(), *others), primaries)
    docked = make_catalog(leo(), leo(mean_anomaly_deg=10.0001))
    with pytest.raises(
        InputError, match=r"every pair is co-located and left out \(1 pair, at least 0\.0\d+ km apart\)"
    ):
        screen(docked, primaries, START_JD, START_FRACTION, 600.0, [ScreeningVolume.sphere(20.0)])
    # Objects that never come near were examined: that is a result.
    assert len(run(make_catalog(leo(), geo()), primaries).encounters) == 0


def test_a_primary_that_cannot_be_followed_back_to_the_start_names_its_epoch() -> None:
    # Run back for 20 days, the drag of this orbit lifts its eccentricity above 1.
    late = leo(mean_motion_rev_day=15.9, eccentricity=0.01, bstar=0.3, epoch_days=20.0)
    catalog = make_catalog(late, leo(), geo())
    with pytest.raises(
        RunError,
        match=r"SGP4 cannot be run back from its epoch, 2024-01-21T07:30:00Z: let the span start there",
    ):
        run(catalog, [0])
    result = run(catalog, [1])
    assert result.object_status[0] != ObjectStatus.OK
    assert np.isnan(result.failure_s[0])
    assert result.flown_s(3000.0)[0] == 0.0


def test_sets_that_are_too_old_are_not_followed_to_their_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start decades off, as a mistyped year, would search decades of every object for the moment of its failure."""
    catalog = make_catalog(decaying(), leo(), leo(raan_deg=90.0))

    def searched(*_: object) -> float:
        raise AssertionError("searched for a failure")

    monkeypatch.setattr(import_module("debrissim.screening.decay"), "first_failure_on_the_way", searched)
    with pytest.raises(
        InputError, match="among 3 other objects: 3 with an epoch more than 30 days from the start"
    ):
        screen(
            catalog, None, START_JD + 365.25 * 30.0, START_FRACTION, 6000.0, [ScreeningVolume.sphere(10.0)]
        )
