"""One element set per object, the catalogue epoch, selection and summary."""

from __future__ import annotations

import numpy as np
import pytest
from support.element_records import as_csv, omm

from debrissim.catalog import (
    Catalog,
    ObjectKind,
    catalog_epoch,
    identifier,
    latest_before,
    parse_catalog,
    select_objects,
    separate_shared_numbers,
    summarize_catalog,
)
from debrissim.core.errors import InputError

START = (2454872.5, 0.5)  # 2009-02-10 12:00


def catalog_of(*records: dict[str, str]) -> Catalog:
    return parse_catalog(as_csv(*records), "x").catalog


def at(day: int, number: str = "5", **more: str) -> dict[str, str]:
    return omm(EPOCH=f"2009-02-{day:02d}T12:00:00", NORAD_CAT_ID=number, **more)


def empty() -> Catalog:
    return catalog_of(omm())[[]]


def test_newest_before_the_start_wins_else_nearest_after() -> None:
    first = catalog_of(at(8), at(9), at(11), at(12, "7"), at(20, "8"))
    second = catalog_of(at(7), at(14, "7"), at(11, "8"), at(10, "9"), at(11, "9"))
    merged, superseded = latest_before([first, second], *START)
    chosen = dict(zip(merged.norad_id.tolist(), (merged.epoch_jd - 2454862.5).tolist(), strict=True))
    # Day of February; an epoch at the very start counts as before it.
    assert chosen == {5: 9.0, 7: 12.0, 8: 11.0, 9: 10.0}
    assert superseded == 6


def test_of_two_sets_of_one_epoch_the_later_wins() -> None:
    first, second = catalog_of(at(9, BSTAR="1e-4")), catalog_of(at(9, BSTAR="2e-4"))
    assert latest_before([first, second], *START)[0].bstar.tolist() == [2e-4]
    assert latest_before([second, first], *START)[0].bstar.tolist() == [1e-4]


def test_synthetic_objects_never_merge_with_real_ones() -> None:
    merged, superseded = latest_before([catalog_of(at(8), at(9, SYNTHETIC="1"))], *START)
    assert merged.synthetic.tolist() == [False, True]
    assert superseded == 0


def test_merging_agrees_with_a_plain_loop() -> None:
    rng = np.random.default_rng(7)
    n = 400
    one = catalog_of(at(9))[np.zeros(n, dtype=int)]
    catalog = one.with_columns(
        norad_id=rng.integers(1, 60, n),
        epoch_jd=2454872.5 + rng.integers(-3, 3, n).astype(float),
        epoch_fraction=rng.integers(0, 4, n) / 4.0,
        bstar=np.arange(n, dtype=float),
    )
    merged, superseded = latest_before(
        [catalog[slice_] for slice_ in np.array_split(np.arange(n), 3)], *START
    )
    since = (catalog.epoch_jd - START[0]) + (catalog.epoch_fraction - START[1])
    expected = []
    for number in np.unique(catalog.norad_id):
        rows = np.flatnonzero(catalog.norad_id == number)
        past = rows[since[rows] <= 0]
        pool = past if past.size else rows
        closest = np.abs(since[pool]).min()
        expected.append(max(row for row in pool if abs(since[row]) == closest))
    assert merged.bstar.tolist() == sorted(expected)
    assert superseded == n - len(expected)


def test_merging_nothing() -> None:
    merged, superseded = latest_before([empty()], *START)
    assert (len(merged), superseded) == (0, 0)
    with pytest.raises(InputError):
        latest_before([], *START)


def test_catalog_epoch_ignores_far_future_epochs_and_floors_to_seconds() -> None:
    records = [omm(EPOCH="2009-02-09T18:49:39.9", NORAD_CAT_ID=str(k)) for k in range(1, 200)]
    far = omm(EPOCH="2009-03-09T00:00:00", NORAD_CAT_ID="999")
    jd, fraction = catalog_epoch(catalog_of(*records, far))
    assert jd == 2454871.5
    assert fraction == 67779 / 86400


@pytest.mark.parametrize("second", [0, 1, 43201, 67779, 86399])
def test_catalog_epoch_keeps_whole_seconds(second: int) -> None:
    catalog = catalog_of(omm()).with_columns(epoch_fraction=np.array([second / 86400]))
    assert catalog_epoch(catalog) == (2454871.5, second / 86400)


def test_catalog_epoch_just_before_midnight() -> None:
    catalog = catalog_of(omm()).with_columns(epoch_fraction=np.array([np.nextafter(1.0, 0.0)]))
    assert catalog_epoch(catalog) == (2454871.5, 86399 / 86400)


def test_an_empty_catalogue_has_no_epoch_and_no_description() -> None:
    with pytest.raises(InputError, match="empty catalogue"):
        catalog_epoch(empty())
    with pytest.raises(InputError, match="empty catalogue"):
        summarize_catalog(empty())


@pytest.fixture
def mixed() -> Catalog:
    return catalog_of(
        omm(NORAD_CAT_ID="1", OBJECT_NAME="COSMOS 2251 DEB", OBJECT_ID="1993-036Q"),
        omm(NORAD_CAT_ID="2", OBJECT_NAME="SL-8 R/B", MEAN_MOTION="13.0"),
        omm(NORAD_CAT_ID="3", OBJECT_NAME="Starlink-1 [X]", MEAN_MOTION="15.0", EPOCH="2009-01-01T00:00:00"),
        omm(NORAD_CAT_ID="4", OBJECT_NAME="MOLNIYA", MEAN_MOTION="2.0", ECCENTRICITY="0.7"),
        omm(NORAD_CAT_ID="900000001", OBJECT_NAME="SYNTHETIC", SYNTHETIC="1", MASS_KG="3"),
    )


def test_selection(mixed: Catalog) -> None:
    assert select_objects(mixed).all()
    assert select_objects(mixed, kinds={ObjectKind.DEBRIS, ObjectKind.ROCKET_BODY}).tolist() == [
        *(True, True, False, False, False)
    ]
    assert select_objects(mixed, kinds=[]).tolist() == [False] * 5
    low = select_objects(mixed, perigee_km=(500.0, 600.0))
    assert low.tolist() == [False, False, True, False, False]
    perigee = mixed.perigee_altitude_km
    assert (
        select_objects(mixed, perigee_km=(perigee[0], perigee[0])).tolist()
        == (perigee == perigee[0]).tolist()
    )
    assert select_objects(mixed, apogee_km=(20000.0, np.inf)).tolist() == [False, False, False, True, False]
    assert select_objects(mixed, name_pattern="starlink*").tolist() == [False, False, True, False, False]
    assert select_objects(mixed, name_pattern="*deb*").tolist() == [True, False, False, False, False]
    assert select_objects(mixed, norad_ids=[1, -1900000001, 77]).tolist() == [True, False, False, False, True]
    assert select_objects(mixed, exclude_norad_ids=np.array([1])).tolist() == [False, True, True, True, True]
    both = select_objects(mixed, name_pattern="*", norad_ids=[1, 2], exclude_norad_ids=[2])
    assert both.tolist() == [True, False, False, False, False]
    assert select_objects(mixed[[]], name_pattern="*", perigee_km=(0, 1)).shape == (0,)
    with pytest.raises(InputError, match=r"perigee_km: expected \(lowest, highest\) in km, got \(2.0, 1.0\)"):
        select_objects(mixed, perigee_km=(2.0, 1.0))


def test_description(mixed: Catalog) -> None:
    summary = summarize_catalog(Catalog.concat([mixed, mixed]))
    assert (summary.element_set_count, summary.object_count) == (10, 5)
    assert summary.by_kind == {"unknown": 0, "payload": 6, "rocket body": 2, "debris": 2}
    assert summary.by_parent_event == {"Cosmos 2251": 2}
    assert summary.first_epoch == (2454832.5, 0.0)
    assert summary.epoch == (2454871.5, 67779 / 86400)
    assert summary.last_epoch == (2454871.5, mixed.epoch_fraction[0])
    assert (summary.stale_count, summary.future_count, summary.synthetic_count) == (2, 8, 2)
    assert summary.known_size_count == 0
    assert summary.apogee_altitude_km[100] == mixed.apogee_altitude_km[3]
    assert list(summary.perigee_altitude_km) == [0, 5, 25, 50, 75, 95, 100]


OTHER = {"INCLINATION": "50.0", "RA_OF_ASC_NODE": "10.0", "OBJECT_NAME": "OTHER"}


@pytest.mark.parametrize(
    "changes",
    [
        OTHER,
        {"MEAN_MOTION": "13.0"},
        {"MEAN_ANOMALY": "100.0"},
        {"BSTAR": "1e-3", "OBJECT_ID": "2001-007B"},
    ],
    ids=["plane", "period", "phase", "designator"],
)
def test_different_objects_of_one_number_and_epoch_are_both_kept(changes: dict[str, str]) -> None:
    catalog = catalog_of(at(9, OBJECT_NAME="ONE"), at(9, **({"OBJECT_NAME": "TWO"} | changes)), at(8))
    separated, (shared,) = separate_shared_numbers(catalog)
    kept, superseded = latest_before([separated], *START)
    assert (len(kept), superseded) == (2, 1)
    assert [identifier(n) for n in kept.norad_id.tolist()] == ["5", "U-100001"]
    second = str(catalog.name[1])
    assert shared.names == ("ONE", second)
    assert shared.sentence == (
        f"two objects have the number 5 at one epoch, ONE and {second}: the second is listed as U-100001"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"BSTAR": "1e-3"},
        {"INCLINATION": "86.4", "MEAN_ANOMALY": "275.1"},
        {"OBJECT_ID": "2001-007B"},
        {"OBJECT_ID": "97051C", "BSTAR": "1e-3"},
        {"OBJECT_ID": "", "BSTAR": "1e-3"},
        # The same orbit described from the other side of a nearly circular one.
        {"ARG_OF_PERICENTER": "265.1644", "MEAN_ANOMALY": "94.9812"},
    ],
    ids=str,
)
def test_versions_of_one_object_are_not_two_objects(changes: dict[str, str]) -> None:
    one, two = catalog_of(at(9)), catalog_of(at(9, **changes))
    separated, shared = separate_shared_numbers(Catalog.concat([one, two]))
    assert shared == ()
    assert separated.norad_id.tolist() == [5, 5]


def test_no_real_catalogue_shares_numbers_at_other_epochs() -> None:
    _, shared = separate_shared_numbers(catalog_of(at(9), at(8, **OTHER)))
    assert shared == ()


def test_versions_of_objects_that_share_a_number_stay_with_their_object() -> None:
    """Two files list both objects: there are two objects and not four, each with its later version."""
    one = catalog_of(at(9, OBJECT_NAME="ONE"), at(9, **OTHER))
    two = catalog_of(at(9, OBJECT_NAME="ONE", BSTAR="1e-3"), at(9, **OTHER, BSTAR="2e-3"))
    separated, shared = separate_shared_numbers(Catalog.concat([one, two]))
    assert [identifier(n) for n in separated.norad_id.tolist()] == ["5", "U-100001", "5", "U-100001"]
    assert [case.names for case in shared] == [("ONE", "OTHER")]
    kept, superseded = latest_before([separated], *START)
    assert (kept.bstar.tolist(), superseded) == ([1e-3, 2e-3], 2)
    # A later version right behind the second object is that object's, not the first one's.
    separated, _ = separate_shared_numbers(Catalog.concat([one, two[1]]))
    assert [identifier(n) for n in separated.norad_id.tolist()] == ["5", "U-100001", "U-100001"]


def test_an_own_number_is_not_in_use() -> None:
    listed = catalog_of(at(9, OBJECT_NAME="ONE"), at(9, **OTHER), at(9, "U-100001"))
    separated, _ = separate_shared_numbers(listed)
    assert [identifier(n) for n in separated.norad_id.tolist()] == ["5", "U-100002", "U-100001"]
