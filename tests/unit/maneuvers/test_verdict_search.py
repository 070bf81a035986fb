"""The search that follows verdicts, against every burn of a fine grid, in skies where most burns meet something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from debrissim.core.arrays import Array, Index
from debrissim.maneuvers.verdict_search import (
    Rays,
    Resolution,
    Tried,
    first_count,
    proposals,
    resolution,
    search,
    smallest_certified,
)

LEADS_H = np.linspace(2.0, 48.0, 60)
SMALLEST, LARGEST = 0.02, 2.0


def two_sided() -> Rays:
    """Burns along the velocity and against it: later displacements are the size times the lead."""
    lead, sign = np.tile(LEADS_H, 2), np.repeat([1.0, -1.0], LEADS_H.size)
    n = lead.size
    unit = sign[:, None] * np.array([0.0, 1.0, 0.0])
    reach = (sign * lead)[:, None] * np.array([1.0, 2.0]) + np.array([0.0, 72.0]) * sign[:, None]
    return Rays(
        time_s=-3600.0 * lead,
        unit_rtn=unit,
        direction=np.zeros(n, dtype=np.int64),
        smallest_m_s=np.full(n, SMALLEST),
        largest_m_s=np.full(n, LARGEST),
        reach=reach,
    )


@dataclass(frozen=True)
class Sky:
    """Objects met by burns whose displacement is near `met` (o,) within `width` (o,) at `moment` (o,) h after the
    event; of most burns one or more is.
    """

    met: Array
    width: Array
    moment: Array

    def excess(self, rays: Rays, ray: Index, size: Array) -> Array:
        lead_h = -rays.time_s[ray] / 3600.0
        moved = (rays.unit_rtn[ray, 1] * size)[:, None] * (lead_h[:, None] + self.moment)
        return np.asarray(np.max(1.0 - np.abs(moved - self.met) / self.width, axis=1))


def crowded(seed: int, open_fraction: float = 0.02) -> Sky:
    """So many objects that about a given fraction of the burns is certified."""
    rng = np.random.default_rng(seed)
    rays = two_sided()
    ray = rng.integers(0, len(rays), 4000)
    size = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST), 4000))
    objects, worst = [], np.full(ray.size, -np.inf)
    while np.mean(worst <= 0.0) >= open_fraction:
        reach = np.exp(rng.uniform(np.log(0.2), np.log(100.0)))
        objects.append(
            (rng.choice([-1.0, 1.0]) * reach, reach * rng.uniform(0.05, 0.5), rng.uniform(0.0, 72.0))
        )
        met, width, moment = (np.array([value]) for value in objects[-1])
        worst = np.maximum(worst, Sky(met, width, moment).excess(rays, ray, size))
    return Sky(*np.array(objects).T)


def screening(rays: Rays, sky: Sky, counted: list[int]) -> Callable[[Index, Array], Tried]:
    def screen(ray: Index, size: Array) -> Tried:
        excess = sky.excess(rays, ray, size)
        counted.append(ray.size)
        return Tried(ray, size, excess, excess <= 0.0, np.ones(ray.size, dtype=bool))

    return screen


def spread(rays: Rays, count: int) -> tuple[Index, Array]:
    """Of all rays and sizes, evenly by number."""
    sizes = np.geomspace(SMALLEST, LARGEST, 8)
    ray, size = np.repeat(np.arange(len(rays)), sizes.size), np.tile(sizes, len(rays))
    rows = np.linspace(0, ray.size - 1, count).astype(np.int64)
    return ray[rows], size[rows]


def everything(rays: Rays, sky: Sky) -> float:
    """The smallest certified size of a grid of four hundred sizes on each ray, infinite without one."""
    sizes = np.geomspace(SMALLEST, LARGEST, 400)
    for size in sizes.tolist():
        if (sky.excess(rays, np.arange(len(rays)), np.full(len(rays), size)) <= 0.0).any():
            return size
    return np.inf


def ratios(budget: int, seeds: range) -> tuple[Array, Array]:
    """Of each sky, the smallest size found by the search, and by as many burns spread, in units of the smallest."""
    rays = two_sided()
    found, alone = [], []
    for seed in seeds:
        sky, counted = crowded(seed), []
        screen = screening(rays, sky, counted)
        tried = search(rays, spread(rays, first_count(budget)), screen, budget)
        assert sum(counted) <= budget
        assert len(tried) == sum(counted)
        best = smallest_certified(tried)
        once = screen(*spread(rays, budget))
        truth = everything(rays, sky)
        found.append(np.inf if best is None else tried.size_m_s[best] / truth)
        alone.append(once.size_m_s[once.certified].min(initial=np.inf) / truth)
    return np.array(found), np.array(alone)


def test_the_search_finds_nearly_the_smallest_burn_where_few_are_certified() -> None:
    found, alone = ratios(300, range(14))
    # A burn may be smaller than the smallest of the grid by one of its steps.
    assert (found >= 0.988).all()
    # 2 % of all burns are certified, some of them in gaps that 300 burns may miss.
    assert np.median(found) < 1.1
    assert found.max() < 3.0
    assert np.median(alone) > 1.5
    assert alone.max() > 30.0
    assert (found <= alone).mean() >= 0.8


@pytest.mark.parametrize("budget", [1, 3, 30])
def test_small_budgets_are_kept(budget: int) -> None:
    rays, counted = two_sided(), []
    screen = screening(rays, crowded(1), counted)
    search(rays, spread(rays, first_count(budget)), screen, budget)
    assert 1 <= sum(counted) <= budget


def test_only_smaller_burns_are_tried_once_one_is_certified() -> None:
    rays = two_sided()
    sky = Sky(np.array([1.0]), np.array([0.5]), np.array([10.0]))
    tried = screening(rays, sky, [])(np.array([3, 4]), np.array([1.0, 0.5]))
    assert tried.certified.all()
    ray, size = proposals(rays, tried, 40)
    assert ray.size == np.unique(np.column_stack([ray, size]), axis=0).shape[0]
    assert 20 <= ray.size <= 40
    assert (size < 0.5).all()


def test_the_search_ends_where_no_smaller_burn_remains() -> None:
    rays, counted = two_sided(), []
    sky = Sky(np.array([1e6]), np.array([1.0]), np.array([0.0]))
    tried = search(rays, (np.array([0]), np.array([SMALLEST])), screening(rays, sky, counted), 300)
    assert len(tried) == sum(counted) == 1


def test_the_resolution_is_the_next_smaller_burn_of_the_ray() -> None:
    tried = Tried(
        ray=np.array([0, 0, 0, 1, 0]),
        size_m_s=np.array([0.5, 0.4, 0.3, 0.45, 0.6]),
        excess=np.array([-1.0, 0.2, 2.0, 3.0, 1.0]),
        certified=np.array([True, False, False, False, False]),
        screened=np.array([True, True, False, True, True]),
    )
    rays = two_sided()
    assert resolution(rays, tried) == Resolution(0.4, True, False)
    assert resolution(rays, tried[[0, 2]]) == Resolution(0.3, False, False)
    assert np.isnan(resolution(rays, tried[[0, 3]]).next_m_s)
    assert resolution(replace(rays, smallest_m_s=np.full(len(rays), 0.5)), tried[[0]]).smallest
    assert not resolution(rays, tried[[1, 2]]).smallest
