"""Counting passes: what is counted, what is not, and whether the analytic rate of the bundled population agrees."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, Elements, crossing_pair, make_catalog

from debrissim.catalog import ObjectKind, bundled_population, synthesize
from debrissim.core.errors import InputError
from debrissim.hazard.station.counted_passes import (
    Comparison,
    PassCounts,
    compare,
    compare_groups,
    count_passes,
)

ISS = Elements(15.5, 0.0003, 51.64, bstar=2e-5, epoch_days=0.0)


def test_a_known_pass_is_counted_once_for_the_target_itself():
    target, other = crossing_pair(2.0, 20000.0)
    rng = np.random.default_rng(0)
    passes = count_passes(
        make_catalog(target),
        make_catalog(other, Elements(10.0, 0.001)),
        START_JD,
        START_FRACTION,
        0.5,
        3.0,
        3,
        rng,
    )
    assert passes.count[0].tolist() == [1, 0]
    # The copies meet neither it nor each other where a box of objects is empty.
    assert passes.count[1:].sum() == 0
    assert passes.unusable_count == 0


def test_a_target_is_one_and_has_copies():
    rng = np.random.default_rng(0)
    one, two = make_catalog(ISS), make_catalog(ISS, ISS)
    for target, phases in ((two, 3), (one, 1)):
        with pytest.raises(InputError, match="count_passes"):
            count_passes(target, one, START_JD, START_FRACTION, 0.1, 5.0, phases, rng)


def test_the_error_is_never_less_than_poissons():
    passes = PassCounts(np.full((4, 1), 9, dtype=np.int64), radius_km=1.0, days=365.25, unusable_count=0)
    flux = np.array([9.0 / (np.pi * 1e6)])
    result = compare("all", passes, np.array([True]), flux, (flux, 1.2 * flux))
    assert (result.expected, result.mean, result.actual) == (pytest.approx(9.0), 9.0, 9)
    assert result.error == pytest.approx(3.0 / 2.0)
    assert result.altitude_error == pytest.approx(0.9)
    assert result.total_error == pytest.approx(np.hypot(1.5, 0.9))
    assert abs(result.deviation) < 1e-9
    nothing = Comparison("none", 0.0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert np.isnan(nothing.ratio)
    assert nothing.deviation == 0.0


def test_objects_that_cross_often_or_never_leave_an_error_that_phases_do_not_average():
    rng = np.random.default_rng(3)
    exposure = np.pi * 1e6
    crosses = np.where(np.arange(400) % 2 == 0, 2.0, 0.0)
    flux = np.full(400, 1.0 / exposure)
    rows = np.ones(400, dtype=bool)
    for rate, error in ((crosses, 20.0), (np.ones(400), 0.0)):
        passes = PassCounts(rng.poisson(rate, (200, 400)), radius_km=1.0, days=365.25, unusable_count=0)
        result = compare("all", passes, rows, flux, (flux, flux))
        # 400 objects off by 1 each, in one direction or the other: root of 400.
        assert result.perigee_error == pytest.approx(error, abs=0.6)


def test_counted_and_analytic_agree_on_the_bundled_population():
    """Three days, spheres of 50 km, twelve phases: every kind within three of its errors, and all of them within 8 %.

    The errors hold the bursts (scatter of the phases) and 1 km of altitude. Were the flux wrong by a factor of 2, or
    taken in a shell of 10 km in place of the disc (which gives half), this fails by far.
    """
    epoch = 2460614.5, 22.0 / 24.0
    model = bundled_population()
    objects = synthesize(model, model.object_count, np.random.default_rng(11), *epoch)
    # Nothing else can come within 50 km: the screening needs not look at it.
    near = (objects.perigee_altitude_km < 490.0) & (objects.apogee_altitude_km > 345.0)
    objects = objects[near]
    target = make_catalog(ISS).with_columns(
        epoch_jd=np.array([epoch[0]]), epoch_fraction=np.array([epoch[1]])
    )
    passes = count_passes(target, objects, *epoch, 3.0, 50.0, 12, np.random.default_rng(5))
    groups = [("all", np.ones(len(objects), dtype=bool))]
    groups += [(kind.label, objects.object_kind == kind) for kind in ObjectKind]
    result = compare_groups(target, objects, passes, groups)
    assert result[0].expected > 250.0
    assert result[0].ratio == pytest.approx(1.0, abs=0.08)
    for comparison in result:
        assert comparison.expected > 5.0, comparison
        assert abs(comparison.deviation) < 3.0, comparison
