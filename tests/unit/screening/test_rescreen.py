"""Screening again what can have changed gives the rows of a screening of everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogs import (
    START_FRACTION,
    START_JD,
    adversarial,
    catalogs_strategy,
    formation,
    leo,
    make_catalog,
    random_catalog,
)

from debrissim.catalog import Catalog
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import RunError
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.rescreen import Effort, rescreen
from debrissim.screening.screen import ScreeningResult, screen
from debrissim.screening.settled import Earlier
from debrissim.screening.volumes import Membership, ScreeningVolume

VOLUMES = (ScreeningVolume.sphere(60.0), ScreeningVolume.box(20.0, 150.0, 150.0))


def numbered(catalog: Catalog) -> Catalog:
    return catalog.with_columns(norad_id=np.arange(1, len(catalog) + 1))


def changed(catalog: Catalog, rows: np.ndarray) -> Catalog:
    """The same objects, some of them a little ahead on their orbits."""
    anomaly = catalog.mean_anomaly_deg.copy()
    anomaly[rows] = (anomaly[rows] + 0.3) % 360.0
    return catalog.with_columns(mean_anomaly_deg=anomaly)


def again(
    before: Catalog,
    after: Catalog,
    primaries: list[int],
    shift_s: float,
    duration_s: float,
    *,
    first_s: float | None = None,
    volumes: tuple[ScreeningVolume, ...] = VOLUMES,
    **options: object,
) -> tuple[ScreeningResult, ScreeningResult, Effort]:
    """The second screening, built on the first, and the same of everything."""
    first_s = duration_s if first_s is None else first_s
    _, earlier, _ = rescreen(
        None, before, np.array(primaries), START_JD, START_FRACTION, first_s, volumes,
        require_pairs=False, **options,
    )  # fmt: skip
    days, fraction = divmod(START_FRACTION + shift_s / SECONDS_PER_DAY, 1.0)
    start = START_JD + days, fraction
    result, _, effort = rescreen(
        earlier, after, np.array(primaries), *start, duration_s, volumes, require_pairs=False, **options
    )
    whole = screen(after, primaries, *start, duration_s, volumes, require_pairs=False, **options)
    return result, whole, effort


def assert_same(result: ScreeningResult, whole: ScreeningResult, km: float = 1e-5) -> None:
    def ordered(found: ScreeningResult):
        rows = found.encounters
        return rows[np.lexsort((np.round(rows.tca_s, 2), rows.secondary, rows.primary))]

    ours, all_of_them = ordered(result), ordered(whole)
    for name in ("primary", "secondary", "status", "inside", "inside_at_tca"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(all_of_them, name), err_msg=name)
    np.testing.assert_allclose(ours.miss_distance_km, all_of_them.miss_distance_km, atol=km)
    np.testing.assert_allclose(ours.tca_s, all_of_them.tca_s, atol=2e-3)
    np.testing.assert_allclose(ours.entry_s, all_of_them.entry_s, atol=2e-3)
    np.testing.assert_allclose(ours.exit_s, all_of_them.exit_s, atol=2e-3)
    assert result.co_located.first.tolist() == whole.co_located.first.tolist()
    assert result.co_located.second.tolist() == whole.co_located.second.tolist()
    np.testing.assert_array_equal(result.object_status, whole.object_status)


@pytest.mark.parametrize("regime", ["leo-shell", "all"])
@pytest.mark.parametrize("shift_s", [0.0, 7000.0])
@pytest.mark.parametrize("membership", Membership)
def test_the_rows_are_those_of_a_whole_screening(regime: str, shift_s: float, membership: Membership):
    rng = np.random.default_rng(7)
    before = numbered(random_catalog(rng, 80, regime))
    after = changed(before, rng.choice(np.arange(3, 80), 9, replace=False))
    result, whole, effort = again(before, after, [2, 0, 1], shift_s, 40_000.0, membership=membership)
    assert_same(result, whole, 0.03)
    assert effort.reason == ""
    assert 9 <= effort.changed < 40


@settings(max_examples=25, deadline=None)
@given(
    before=catalogs_strategy(7200.0, 10),
    moved=st.lists(st.integers(0, 9), max_size=4),
    shift_s=st.sampled_from([0.0, 1.0, 600.0, 3600.0, 7100.0]),
    longer_s=st.sampled_from([0.0, 1.0, 5000.0]),
    exclude=st.booleans(),
)
def test_no_shape_of_catalogue_makes_a_difference(
    before: Catalog, moved: list[int], shift_s: float, longer_s: float, exclude: bool
):
    before = numbered(before)
    after = changed(before, np.array([k for k in moved if 1 < k < len(before)], dtype=np.int64))
    primaries = [0, 1][: len(before)]
    try:
        result, whole, _ = again(
            before, after, primaries, shift_s, 7200.0 + longer_s, first_s=7200.0,
            colocation=CoLocationRule(exclude),
        )  # fmt: skip
    except RunError:
        # A primary that SGP4 cannot follow: the whole screening refuses it, too.
        return
    assert_same(result, whole, 0.03)


@pytest.mark.parametrize("shift_s", [0.0, 500.0, 5000.0])
def test_slow_pairs_formations_and_boundaries(shift_s: float):
    before = numbered(adversarial(9000.0))
    result, whole, _ = again(before, before, [0, 1], shift_s, 9000.0)
    assert_same(result, whole, 0.03)


def moments_on_edges() -> list[tuple[str, float]]:
    """Moments at which an approach is cut: between its minimum and its stay, on either side, and within both."""
    rows = screen(CROWD, PRIMARIES, START_JD, START_FRACTION, 60_000.0, FLAT).encounters
    rows = rows[(rows.tca_s > 9_000.0) & (rows.tca_s < 50_000.0)]
    cuts = {
        "after the minimum, before the stay": (rows.entry_s > rows.tca_s, rows.tca_s, rows.entry_s),
        "after the stay, before the minimum": (rows.exit_s < rows.tca_s, rows.exit_s, rows.tca_s),
        "in the stay, before the minimum": (rows.entry_s < rows.tca_s, rows.entry_s, rows.tca_s),
        "in the stay, after the minimum": (rows.exit_s > rows.tca_s, rows.tca_s, rows.exit_s),
    }
    moments = []
    for name, (cut, low, high) in cuts.items():
        found = np.flatnonzero(cut)[:6]
        assert found.size, name
        moments += [(name, float(0.5 * (low[k] + high[k]))) for k in found.tolist()]
    return moments


CROWD = numbered(random_catalog(np.random.default_rng(5), 160))
FLAT = (ScreeningVolume.box(0.5, 300.0, 300.0),)
PRIMARIES = [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("edge", ["start", "end"])
def test_an_approach_that_an_edge_of_a_span_cuts(edge: str):
    """The volumes are flat: at the minimum of the distance an object may be above them, and inside before or later."""
    for name, moment_s in moments_on_edges():
        first_s, shift_s = (moment_s, 3000.0) if edge == "end" else (55_000.0, moment_s)
        result, whole, _ = again(
            CROWD, CROWD, PRIMARIES, shift_s, 60_000.0 - shift_s, first_s=first_s, volumes=FLAT
        )
        try:
            assert_same(result, whole)
        except AssertionError as error:
            raise AssertionError(name) from error


def test_nothing_is_screened_for_the_same_catalogue_and_span():
    catalog = numbered(random_catalog(np.random.default_rng(1), 30))
    result, whole, effort = again(catalog, catalog, [0], 0.0, 20_000.0)
    assert_same(result, whole)
    assert (effort.changed, effort.new_s, result.searched_count) == (0, 0.0, 0)
    assert "nothing was screened" in effort.sentence


def test_only_the_new_part_is_screened_for_the_same_catalogue():
    catalog = numbered(random_catalog(np.random.default_rng(1), 30))
    _, _, effort = again(catalog, catalog, [0], 3600.0, 20_000.0)
    assert effort.new_s == pytest.approx(3600.0, abs=1e-4)
    assert effort.changed < 29
    assert "for the 1 h that are new" in effort.sentence


def test_a_formation_that_parts_is_found():
    """Excluded as long as it stays together; the next sets say that it does not."""
    before = numbered(make_catalog(*formation(1.0), leo(raan_deg=90.0)))
    result, whole, _ = again(before, changed(before, np.array([1])), [0], 600.0, 20_000.0)
    assert_same(result, whole)


def test_two_that_have_come_together_are_excluded():
    """Twenty km apart at the start of the first span, one at that of the second: the rule asks at the start."""
    behind = leo(mean_anomaly_deg=10.54, mean_motion_rev_day=15.19792)
    catalog = numbered(make_catalog(leo(), behind, leo(raan_deg=90.0)))
    result, whole, effort = again(catalog, catalog, [0], 18_000.0, 20_000.0, first_s=30_000.0)
    assert effort.reason == ""
    assert len(whole.co_located) == 1
    assert_same(result, whole)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("primary", "1 of 1 spacecraft cannot be carried over"),
        ("volumes", "are others than before"),
        ("backwards", "does not continue"),
        ("gap", "does not continue"),
        ("none", "no earlier screening"),
    ],
)
def test_if_in_doubt_everything_is_screened(change: str, reason: str):
    catalog = numbered(random_catalog(np.random.default_rng(1), 30))
    one = np.array([0])
    earlier: Earlier | None
    _, earlier, _ = rescreen(None, catalog, one, START_JD, START_FRACTION, 9000.0, VOLUMES)
    volumes, fraction = VOLUMES, START_FRACTION
    if change == "primary":
        catalog = changed(catalog, one)
    elif change == "volumes":
        volumes = VOLUMES[:1]
    elif change == "backwards":
        fraction -= 0.01
    elif change == "gap":
        fraction += 0.2
    else:
        earlier = None
    result, _, effort = rescreen(earlier, catalog, one, START_JD, fraction, 9000.0, volumes)
    assert reason in effort.reason
    assert effort.sentence.startswith("everything was screened: ")
    assert_same(result, screen(catalog, [0], START_JD, fraction, 9000.0, volumes))
