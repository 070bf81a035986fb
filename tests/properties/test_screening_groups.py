"""Objects that are never a pair: a screening with groups finds what one without them finds, less their own pairs."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, adversarial, random_catalog

from debrissim.catalog.catalog import Catalog
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import no_arcs
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.executors import Processes
from debrissim.screening.screen import ScreeningResult, screen
from debrissim.screening.volumes import ScreeningVolume

DURATION_S = 9000.0


def run(catalog: Catalog, primaries: list[int] | None, **options: object) -> ScreeningResult:
    return screen(
        catalog, primaries, START_JD, START_FRACTION, DURATION_S, [ScreeningVolume.sphere(90.0)],
        require_pairs=False, **options,
    )  # fmt: skip


def assert_same_bytes(found: Rows, expected: Rows) -> None:
    for name, column in expected.columns().items():
        assert np.asarray(column).tobytes() == np.asarray(found.columns()[name]).tobytes(), name


@pytest.mark.parametrize("primaries", [None, 20, 60], ids=["all", "few primaries", "many primaries"])
@pytest.mark.parametrize("flown", [False, True], ids=["element sets", "arcs"])
def test_only_the_pairs_of_a_group_are_missing(primaries: int | None, flown: bool) -> None:
    rng = np.random.default_rng(17)
    catalog = Catalog.concat([random_catalog(rng, 150, "leo-shell"), adversarial(DURATION_S)])
    group = rng.integers(0, 4, len(catalog))
    # Two of the three duplicates, which are co-located.
    group[178:180], group[180] = 2, 3
    flights = cut_in_two(catalog) if flown else None
    listed = None if primaries is None else rng.permutation(len(catalog))[:primaries].tolist()
    listed = listed if listed is None else [row for row in listed if row < 150]
    everything = run(catalog, listed, flights=flights)
    found = run(catalog, listed, flights=flights, group=group)
    for pairs, less in (
        (everything.encounters, found.encounters),
        (everything.co_located, found.co_located),
    ):
        first, second = (
            (pairs.primary, pairs.secondary) if hasattr(pairs, "primary") else (pairs.first, pairs.second)
        )
        own = (group[first] > 0) & (group[first] == group[second])
        assert_same_bytes(less, pairs[~own])
    assert len(found.encounters) < len(everything.encounters)
    if listed is None:
        # The adversarial formations and duplicates.
        assert 0 < len(found.co_located) < len(everything.co_located)


def cut_in_two(catalog: Catalog) -> Flights:
    """Every object on two arcs of its one element set."""
    rows = np.repeat(np.arange(len(catalog)), 2)
    return Flights(
        sets=catalog[rows],
        row=rows,
        begin_s=np.tile([-np.inf, 4000.0], len(catalog)),
        end_s=np.tile([4000.0, np.inf], len(catalog)),
        arc=np.full(rows.size, -1),
        table=no_arcs(),
        described=catalog,
    )


def test_groups_are_the_same_in_other_processes() -> None:
    catalog = random_catalog(np.random.default_rng(3), 120, "leo-shell")
    group = np.arange(120) % 3
    threads = run(catalog, None, group=group).encounters
    assert_same_bytes(run(catalog, None, group=group, executor=Processes(2)).encounters, threads)


def test_a_group_of_everything_leaves_nothing() -> None:
    catalog = random_catalog(np.random.default_rng(3), 60, "leo-shell")
    rule = CoLocationRule(enabled=False)
    assert len(run(catalog, None, colocation=rule).encounters)
    found = run(catalog, None, colocation=rule, group=np.full(60, 7))
    assert len(found.encounters) == found.candidate_count == 0


def test_a_group_of_another_length_is_refused() -> None:
    catalog = random_catalog(np.random.default_rng(3), 10, "leo-shell")
    with pytest.raises(
        InputError, match=r"expected group of shape \(10,\), one number per object, got \(3,\)"
    ):
        run(catalog, None, group=np.zeros(3, dtype=np.int64))
