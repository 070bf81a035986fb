from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, crossing_pair, formation, leo, make_catalog
from support.flights import Piece, ephemeris_of
from support.maneuvering import SetMotion, impulses, sized

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.ephemerides.arcs import make_arcs
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.screened_again import ScreenedAgain, screen_again
from debrissim.maneuvers.surroundings import Surroundings, flying_with
from debrissim.maneuvers.verdicts import Verdict
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import fixed_model

START = START_JD, START_FRACTION
TCA_S, END_S = 12000.0, 14000.0
ERRORS = ModelledErrors(fixed_model((0.1, 0.3, 0.1)))


def crossing(miss_km: float = 0.2) -> Catalog:
    """The miss is at right angles to the radial: a burn along the orbit takes it away, or adds to it."""
    return sized(make_catalog(*crossing_pair(miss_km, TCA_S, clock_deg=90.0), leo(raan_deg=200.0)))


def around(catalog: Catalog, radius_km: float = 30.0, together: tuple[int, ...] = (0,)) -> Surroundings:
    return Surroundings(catalog, START, catalog[[0]], np.array(together), [ScreeningVolume.sphere(radius_km)])


def along(*sizes_m_s: float, time_s: float = 6000.0) -> Burns:
    return impulses(np.full(len(sizes_m_s), time_s), np.outer(sizes_m_s, [0.0, 1.0, 0.0]))


def again(catalog: Catalog, burns: Burns, radius_km: float = 30.0, **options: object) -> ScreenedAgain:
    return screen_again(SetMotion(catalog[[0]]), burns, around(catalog, radius_km), END_S, ERRORS, **options)


def test_the_avoided_event_is_among_the_encounters_and_must_meet_the_goal() -> None:
    result = again(crossing(), along(0.0, 0.001, 0.5, -0.5), event=(1, TCA_S))
    assert result.event_found
    table = result.encounters
    unburnt = table[table.burn == 0]
    assert unburnt.of_event.sum() == 1
    assert unburnt.probability[unburnt.of_event][0] > 1e-5
    assert result.verdict.tolist() == [
        Verdict.EVENT_REMAINS, Verdict.EVENT_REMAINS, Verdict.GREEN, Verdict.GREEN,
    ]  # fmt: skip
    event = table[table.of_event & (table.burn > 0)]
    assert event.burn.tolist() == [1, 2, 3, 4]
    assert event.probability_without_burn == pytest.approx(unburnt.probability[unburnt.of_event][0])
    assert result.new_above_goal.tolist() == [0, 0, 0, 0]
    assert result.highest_probability[0] == unburnt.probability.max()


def test_without_the_event_nothing_is_new_or_more_probable() -> None:
    result = again(crossing(), along(0.0, 0.001, 0.5))
    assert not result.event_found
    assert (result.verdict == Verdict.GREEN).all()


def test_a_burn_that_makes_an_encounter_more_probable_is_worse() -> None:
    far = crossing(1.5)
    result = again(far, along(*np.linspace(-0.6, 0.6, 13)))
    table = result.encounters
    rises = table.highest_probability > np.fmax(1e-6, 1.01 * table.probability_without_burn)
    worse = np.unique(table.burn[rises & (table.burn > 0)])
    assert 0 < worse.size < 13
    assert (np.flatnonzero(result.verdict == Verdict.WORSE) + 1).tolist() == worse.tolist()
    assert "without a burn" in result.reason[worse[0] - 1]


def test_an_execution_error_does_not_hide_an_encounter() -> None:
    """The burn misses by nothing, and its error is large enough to dilute that below the goal, in part or in all."""
    catalog = crossing(1.5)
    burns = along(*np.linspace(-0.6, 0.6, 13))

    def huge(rows: Index, times_s: Array) -> Array:
        assert (times_s >= 6000.0).all()
        return np.broadcast_to(1e4 * np.eye(3), (rows.size, 3, 3))

    exact, diluted = again(catalog, burns), again(catalog, burns, execution_errors=huge)
    burnt = diluted.encounters.burn > 0
    assert (diluted.encounters.probability[burnt] < 1e-6).all()
    assert (diluted.verdict[exact.verdict == Verdict.WORSE] == Verdict.WORSE).all()
    with pytest.raises(InputError, match=r"execution errors: expected shape \(\d+, 3, 3\) or"):
        again(catalog, burns, execution_errors=lambda rows, _: np.zeros(rows.size))


def test_an_encounter_between_none_and_the_expected_execution_error_counts() -> None:
    """Executed exactly the burn misses, with the expected error it is diluted; with a tenth of it, it is not."""
    catalog = crossing(0.0)
    result = again(
        catalog,
        along(0.3),
        event=(1, TCA_S),
        execution_errors=lambda rows, _: np.broadcast_to(1e4 * np.eye(3), (rows.size, 3, 3)),
    )
    table = result.encounters
    (row,) = np.flatnonzero(table.of_event & (table.burn == 1))
    assert table.probability[row] < 1e-6 < table.highest_probability[row]
    assert again(catalog, along(0.3), event=(1, TCA_S)).verdict.tolist() == [Verdict.GREEN]
    assert result.verdict.tolist() == [Verdict.EVENT_REMAINS]


def test_a_passage_outside_the_volume_without_a_burn_is_compared() -> None:
    """A box does not make an encounter new: wide errors make both passages equally probable."""
    catalog = crossing(8.2)
    errors = ModelledErrors(fixed_model((10.0, 10.0, 10.0)))
    inside = screen_again(
        SetMotion(catalog[[0]]), along(0.05, -0.05), around(catalog, 8.0), END_S, errors, goal=1e-9
    )
    table = inside.encounters
    own = table[(table.burn > 0) & (table.object_row == 1)]
    assert len(own) >= 1
    assert not ((table.burn == 0) & (np.abs(table.tca_s - TCA_S) < 60.0)).any()
    near = own[np.abs(own.tca_s - TCA_S) < 60.0]
    assert (near.highest_probability > 1e-9).all()
    assert near.probability_without_burn == pytest.approx(near.probability, rel=0.05)


def test_objects_that_fly_with_the_spacecraft_are_named_and_not_met() -> None:
    leader, beside = formation(0.5)
    catalog = sized(make_catalog(leader, beside, leo(raan_deg=200.0)))
    rows = flying_with(catalog, 0, START, 86400.0)
    assert rows.tolist() == [0, 1]
    result = screen_again(
        SetMotion(catalog[[0]]), along(0.0, 1.0), around(catalog, 30.0, tuple(rows)), END_S, ERRORS
    )
    assert len(result.encounters) == 0
    assert result.excluded == ("TEST 700002 (700002)",)
    assert result.objects == 1
    apart = screen_again(SetMotion(catalog[[0]]), along(0.0, 1.0), around(catalog), END_S, ERRORS)
    assert set(apart.encounters.object_row) == {1}


def test_objects_that_cannot_be_followed_are_counted() -> None:
    catalog = crossing()
    old = replace(catalog, epoch_jd=catalog.epoch_jd - np.array([0.0, 0.0, 100.0]))
    result = again(old, along(0.5))
    assert (result.objects, result.unfollowed) == (2, 1)


def test_bad_input_is_one_sentence() -> None:
    catalog = crossing()
    with pytest.raises(InputError, match="burns: expected at least one burn"):
        again(catalog, along())
    with pytest.raises(InputError, match="end_s: expected a time after the last burn, 14000 s of run time"):
        again(catalog, along(1.0, time_s=END_S))
    with pytest.raises(InputError, match="spacecraft: expected one row, got 2"):
        Surroundings(catalog, START, catalog[[0, 1]], np.array([0]), [ScreeningVolume.sphere(1.0)])
    with pytest.raises(InputError, match="together: expected rows of a catalogue of 3 objects"):
        around(catalog, together=(3,))
    with pytest.raises(InputError, match="volumes: expected at least one"):
        Surroundings(catalog, START, catalog[[0]], np.array([0]), [])


def test_an_ephemeris_that_ends_within_the_span_is_not_examined() -> None:
    catalog = crossing()
    pieces = [Piece(catalog[[0]], 0.0, END_S - 300.0)]
    motion = IntegratedMotion(make_arcs(ephemeris_of(pieces), *START), START)
    result = screen_again(motion, along(0.0, 0.5), around(catalog), END_S, ERRORS, event=(1, TCA_S))
    assert result.event_found
    assert result.verdict.tolist() == [Verdict.NOT_EXAMINED] * 2
    assert result.reason[1] == (
        "followed until 2024-01-01T11:18:00Z only: its ephemeris or element sets do not cover the whole span"
    )
