"""The search in rounds, by real screenings, against every burn of a fine grid in a sky full of objects in the way."""

from __future__ import annotations

import numpy as np
from support.catalogs import START_FRACTION, START_JD, crossing_pair, make_catalog
from support.maneuvering import ELEMENTS, SetMotion, impulses, sized

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.progress import no_progress
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import NO_EXECUTION_ERROR
from debrissim.maneuvers.found_event import Around, FoundEvent
from debrissim.maneuvers.plan import Plan
from debrissim.maneuvers.reference import without_burn
from debrissim.maneuvers.screened_again import ScreenedAgain, screen_again
from debrissim.maneuvers.screening_rounds import screened_in_rounds
from debrissim.maneuvers.smallest import smallest_burns
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.maneuvers.trade_space import POSIGRADE, AllowedDirection
from debrissim.maneuvers.verdicts import Verdict
from debrissim.propagation.mean_elements import mean_elements_from_states
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import fixed_model

START = START_JD, START_FRACTION
TCA_S, HORIZON_DAYS = 14000.0, 0.15
END_S = TCA_S + 86400.0 * HORIZON_DAYS
SIGMA_KM = (0.05, 0.1, 0.05)
TIMES_S = TCA_S - np.array([12000.0, 9500.0, 7000.0])
DIRECTIONS = (POSIGRADE, AllowedDirection(POSIGRADE.direction, -1))
LARGEST_M_S = 1.0


def in_the_way(spacecraft: Catalog, rng: np.random.Generator, count: int) -> Catalog:
    """Objects that cross the trajectories after random burns where these are after the event."""
    sizes = rng.choice([-1.0, 1.0], count) * np.exp(rng.uniform(np.log(0.015), np.log(0.2), count))
    burns = impulses(rng.choice(TIMES_S, count), sizes[:, None] * np.array([0.0, 1.0, 0.0]))
    moments = rng.uniform(TCA_S + 600.0, END_S - 600.0, count)
    moved = SetMotion(spacecraft).after(burns)
    states = moved.states_along(np.arange(count), moments[:, None])[:, 0]
    position, velocity = states[:, :3], states[:, 3:]
    up = position / np.linalg.norm(position, axis=1, keepdims=True)
    angle = rng.uniform(0.7, 2.4, count)[:, None]
    crossing = np.cos(angle) * velocity + np.sin(angle) * np.cross(up, velocity)
    days, fraction = np.divmod(START_FRACTION + moments / 86400.0, 1.0)
    found = mean_elements_from_states(position, crossing, START_JD + days, fraction)
    assert (found.status == 0).all()
    rows = spacecraft[np.zeros(count, dtype=np.int64)]
    columns = {name: getattr(found, name) for name in ELEMENTS}
    return rows.with_columns(
        **columns,
        bstar=np.zeros(count),
        epoch_jd=START_JD + days,
        epoch_fraction=fraction,
        norad_id=800000 + np.arange(count),
    )


def event_among(seed: int, count: int) -> FoundEvent:
    pair = sized(make_catalog(*crossing_pair(0.05, TCA_S, clock_deg=90.0)))
    catalog = sized(Catalog.concat([pair, in_the_way(pair[[0]], np.random.default_rng(seed), count)]))
    covariance = np.diag(np.concatenate([np.square(SIGMA_KM), np.full(3, 1e-12)]))
    event = AvoidableEvent(
        START, TCA_S, SetMotion(catalog[[0]]), SetMotion(catalog[[1]]), covariance, covariance, 10.0,
        "fixed", True, "SPACECRAFT", "OTHER",
    )  # fmt: skip
    around = Surroundings(catalog, START, catalog[[0]], np.array([0]), [ScreeningVolume.sphere(2.0)])
    return FoundEvent(event, Around(around, ModelledErrors(fixed_model(SIGMA_KM)), 1, "test"), "test")


def grid(found: FoundEvent, smallest: Array) -> tuple[Burns, ScreenedAgain]:
    assert found.around is not None
    sizes = np.geomspace(0.9 * smallest.min(), LARGEST_M_S, 50)
    sign, time, size = (a.ravel() for a in np.meshgrid([1.0, -1.0], TIMES_S, sizes, indexing="ij"))
    burns = impulses(time, (sign * size)[:, None] * np.array([0.0, 1.0, 0.0]))
    return burns, screen_again(
        found.event.primary, burns, found.around.surroundings, END_S, found.around.errors, event=(1, TCA_S)
    )


def test_no_burn_of_a_fine_grid_is_much_smaller() -> None:
    found = event_among(1, 60)
    plan = Plan(
        directions=DIRECTIONS, error=NO_EXECUTION_ERROR, sizes_m_s=(0.1, 0.3, LARGEST_M_S), candidates=40,
        horizon_days=HORIZON_DAYS, largest_m_s=LARGEST_M_S,
    )  # fmt: skip
    reference = without_burn(found.event, float(TIMES_S.min()))
    minima = smallest_burns(
        found.event, TIMES_S, DIRECTIONS, NO_EXECUTION_ERROR, reference=reference, largest_m_s=LARGEST_M_S
    )
    result = screened_in_rounds(found, plan, reference, minima, END_S, no_progress)
    assert result.screened is not None
    size, green = result.effects.burns.size_m_s, result.screened.verdict == Verdict.GREEN
    assert len(green) <= 40
    assert (np.diff(size) >= 0.0).all()
    burns, every = grid(found, minima.effects.burns.size_m_s[minima.found])
    certified = every.verdict == Verdict.GREEN
    assert certified.mean() < 0.4
    # Burns of the smallest sizes, which meet the goals of the event, meet something else.
    assert burns.size_m_s[certified].min() > 5.0 * minima.effects.burns.size_m_s[minima.found].min()
    # The grid has steps of 7 to 10 %, and the search may end between two of them.
    assert 0.9 < size[green].min() / burns.size_m_s[certified].min() < 1.15
    assert not result.resolution.smallest
    assert result.resolution.next_m_s < size[green].min()
