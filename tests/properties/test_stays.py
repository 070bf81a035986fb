"""Stays inside volumes: entry, exit and membership against samples of SGP4 every 0.05 s (`support.stay_oracle`)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support import oracle
from support.catalogs import (
    START_FRACTION,
    START_JD,
    Elements,
    adversarial,
    crossing_pair,
    decaying,
    encounter_after_failure,
    formation,
    geo_pair,
    leo,
    make_catalog,
    molniya,
    random_catalog,
)
from support.engine_events import as_events, compare, other_stays, run_engine
from support.stay_oracle import Ellipsoid, Volume

from debrissim.catalog.catalog import Catalog
from debrissim.propagation import failure, frames
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening import kernels, stays
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import Encounters
from debrissim.screening.screen import screen
from debrissim.screening.volumes import Membership, ScreeningVolume

FLAT = (0.4, 44.0, 51.0)
VOLUMES: list[Volume] = [FLAT, (2.0, 25.0, 25.0), Ellipsoid(FLAT), (30.0, 1.0, 2.0)]


def check(
    catalog: Catalog, duration_s: float, volume: Volume, primaries: list[int] | None = None
) -> Encounters:
    expected = oracle.brute_force(catalog, primaries, START_JD, START_FRACTION, duration_s, volume)
    encounters = run_engine(catalog, duration_s, volume, primaries).encounters
    comparison = compare(expected, as_events(encounters), volume)
    # What lasts for less than a microsecond is a touch, which rounding decides.
    assert [event for event in comparison.missing if not touches(event)] == []
    assert [event for event in comparison.extra if not touches(event)] == []
    assert other_stays(comparison, volume) == []
    return encounters


def touches(event: oracle.Event) -> bool:
    return event.exit_s - event.entry_s < 1e-4


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
def test_random_catalogues(volume: Volume) -> None:
    encounters = check(random_catalog(np.random.default_rng(5), 250), 6000.0, volume)
    assert encounters.inside_at_tca.sum() > 0
    assert isinstance(volume, Ellipsoid) or not encounters.inside_at_tca.all()


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
def test_adversarial_cases(volume: Volume) -> None:
    check(adversarial(3000.0), 3000.0, volume)


def corner_pass(angle_deg: float, part: float, clock_deg: float = 90.0, k: int = 0) -> tuple[Elements, ...]:
    """A pass that cuts a corner of FLAT in the horizontal plane at `part` of the distance of the corner's tangent."""
    half = math.radians(0.5 * angle_deg)
    # The relative velocity of two equal speeds is at right angles to their mean direction.
    tangent_km = FLAT[1] * abs(math.cos(half)) + FLAT[2] * abs(math.sin(half))
    primary = leo(raan_deg=37.0 * k, mean_anomaly_deg=53.0 * k, eccentricity=1e-4)
    return crossing_pair(part * tangent_km, 300.0, primary=primary, angle_deg=angle_deg, clock_deg=clock_deg)


@pytest.mark.parametrize("angle_deg", [35.0, 90.0, 150.0, 178.0])
def test_grazed_corners(angle_deg: float) -> None:
    parts = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0, 1.001, 1.01)
    pairs = [
        corner_pass(angle_deg, part, clock, 2 * k + side)
        for k, part in enumerate(parts)
        for side, clock in enumerate((90.0, 270.0))
    ]
    encounters = check(make_catalog(*(element for pair in pairs for element in pair)), 600.0, FLAT)
    assert not encounters.inside_at_tca.all()


@pytest.mark.parametrize("clock_deg", [0.0, 180.0])
def test_faces_that_are_nearly_tangent(clock_deg: float) -> None:
    """The flat faces: paths that the Earth's curvature bends through them, twice or not at all."""
    heights = (0.0, 0.2, 0.35, 0.395, 0.399999, 0.400001, 0.405, 0.45, 0.55, 0.7)
    pairs = [
        crossing_pair(
            height, 300.0, primary=leo(raan_deg=30.0 * k), angle_deg=60.0 + 11.0 * k, clock_deg=clock_deg
        )
        for k, height in enumerate(heights)
    ]
    check(make_catalog(*(element for pair in pairs for element in pair)), 600.0, FLAT)


@pytest.mark.parametrize(
    "objects",
    [
        formation(3.0),
        formation(30.0),
        formation(43.99),
        formation(2.0, molniya()),
        geo_pair(4.0),
        crossing_pair(1.0, 3000.0, angle_deg=0.0, speed_ratio=1.0002),
        crossing_pair(5.0, 3000.0, angle_deg=0.3, clock_deg=40.0),
        crossing_pair(20.0, 3000.0, angle_deg=0.05, speed_ratio=1.00005, clock_deg=70.0),
    ],
    ids=["near", "wide", "rim", "molniya", "geo", "overtaking", "coplanar", "drifting"],
)
@pytest.mark.parametrize("volume", [FLAT, Ellipsoid((1.0, 10.0, 20.0))], ids=["box", "ellipsoid"])
def test_slow_pairs(objects: tuple[Elements, ...], volume: Volume) -> None:
    check(make_catalog(*objects), 12000.0, volume)
    check(make_catalog(*objects), 12000.0, volume, [1])


def test_one_stay_over_several_minima() -> None:
    encounters = check(make_catalog(*formation(3.0)), 20000.0, 20.0)
    assert len(encounters) > 2
    assert np.isnan(encounters.entry_s).all()
    assert np.isnan(encounters.exit_s).all()


@pytest.mark.parametrize("tca_s", [-3.0, -0.5, 0.0, 0.7, 998.0, 1000.0, 1000.4, 1003.0])
def test_ends_of_the_span(tca_s: float) -> None:
    """Pairs that are inside, enter or leave before and after their minimum, at both ends of the span."""
    pairs = [
        crossing_pair(miss, tca_s, primary=leo(raan_deg=50.0 * k), angle_deg=angle, clock_deg=90.0 + 10.0 * k)
        for k, (miss, angle) in enumerate(((1.0, 90.0), (20.0, 60.0), (40.0, 120.0), (55.0, 90.0)))
    ]
    check(make_catalog(*(element for pair in pairs for element in pair)), 1000.0, FLAT)


@pytest.mark.parametrize("after_s", [-5.0, -0.3, 0.3, 3.0])
def test_ends_of_an_object(after_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "FAILURE_TOLERANCE_S", 1e-8)
    monkeypatch.setattr(failure, "FAILURE_RESOLUTION_S", 1e-8)
    check(make_catalog(*encounter_after_failure(5.0, after_s, decaying())), 9000.0, FLAT)


def test_several_volumes_have_one_stay_and_a_flag_each() -> None:
    catalog = random_catalog(np.random.default_rng(6), 120)
    volumes = [
        ScreeningVolume.box(*FLAT),
        ScreeningVolume.sphere(40.0),
        ScreeningVolume.ellipsoid(9.0, 20.0, 20.0),
    ]
    rule = CoLocationRule(enabled=False)
    together = screen(catalog, None, START_JD, START_FRACTION, 4000.0, volumes, colocation=rule).encounters
    pairs = list(
        zip(
            together.primary.tolist(),
            together.secondary.tolist(),
            together.tca_s.round(6).tolist(),
            strict=True,
        )
    )
    for k, volume in enumerate(volumes):
        alone = screen(catalog, None, START_JD, START_FRACTION, 4000.0, [volume], colocation=rule).encounters
        own = list(
            zip(alone.primary.tolist(), alone.secondary.tolist(), alone.tca_s.round(6).tolist(), strict=True)
        )
        assert own == [pair for pair, inside in zip(pairs, together.inside[:, k], strict=True) if inside]
        rows = np.flatnonzero(together.inside[:, k])
        # Any of them: it begins no later and ends no earlier than that of one alone.
        assert not (alone.entry_s < together.entry_s[rows] - 1e-6).any()
        assert not (alone.exit_s > together.exit_s[rows] + 1e-6).any()


@pytest.mark.parametrize("volume", [FLAT, (0.4, 12.0, 12.0), Ellipsoid(FLAT)], ids=str)
def test_passages_at_another_height_enter_nothing(volume: Volume, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound that leaves out most passages of flat volumes leaves out none that enters."""
    for regime, count in (("leo-shell", 500), ("all", 700)):
        catalog = random_catalog(np.random.default_rng(10), count, regime)
        with monkeypatch.context() as patch:
            patch.setattr(stays, "may_enter", lambda *arguments: np.ones(len(arguments[1]), dtype=bool))
            everything = run_engine(catalog, 20000.0, volume).encounters
        bounded = run_engine(catalog, 20000.0, volume).encounters
        assert as_events(bounded) == as_events(everything)
        for name in ("entry_s", "exit_s", "inside"):
            assert np.array_equal(
                getattr(bounded, name), getattr(everything, name), equal_nan=name != "inside"
            )
        assert regime == "all" or len(bounded) > 10


def test_at_tca_is_the_meaning_of_earlier_versions() -> None:
    catalog, box = random_catalog(np.random.default_rng(7), 150), (2.0, 25.0, 25.0)
    expected = oracle.brute_force(catalog, None, START_JD, START_FRACTION, 6000.0, box, at_tca=True)
    encounters = run_engine(catalog, 6000.0, box, membership=Membership.TCA).encounters
    assert compare(expected, as_events(encounters), box).agree
    assert encounters.inside_at_tca.all()
    any_moment = run_engine(catalog, 6000.0, box).encounters
    assert any_moment.inside_at_tca.sum() == len(encounters) < len(any_moment)


def test_paths_are_polynomials_to_a_tenth_of_a_millimetre() -> None:
    catalog = random_catalog(np.random.default_rng(8), 200, "all")
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    rng = np.random.default_rng(9)
    first, second = rng.integers(0, 200, (2, 3000))
    begin = rng.uniform(0.0, 7000.0, 3000)

    def rtn(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        times = begin[:, None] + 60.0 * places
        code_a, a, velocity = propagator.states_along(first, times)
        code_b, b, _ = propagator.states_along(second, times)
        good = (code_a == 0).all(axis=1) & (code_b == 0).all(axis=1)
        return np.einsum("mkij,mkj->mki", frames.rtn_basis(a, velocity), b - a), good

    fine = np.linspace(0.0, 1.0, 31)
    nodes, good = rtn(stays._places())
    exact, also = rtn(fine)
    degree = kernels.stays.DEGREE
    basis = np.array(
        [[math.comb(degree, k) * x**k * (1.0 - x) ** (degree - k) for k in range(degree + 1)] for x in fine]
    )
    path = np.einsum("tk,kj,mjc->mtc", basis, stays._bernstein(), nodes)
    error = np.linalg.norm(path - exact, axis=2).max(axis=1)[good & also]
    # Of pairs at any distance: those that are near each other have smaller amplitudes still.
    assert error.max() < 1e-7
