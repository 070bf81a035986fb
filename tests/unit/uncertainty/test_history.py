"""Pairwise differencing on made-up histories whose errors are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.catalogs import Elements, make_catalog

from debrissim.catalog import Catalog
from debrissim.core.errors import InputError
from debrissim.propagation.sgp4 import make_propagator
from debrissim.uncertainty import pairwise
from debrissim.uncertainty.element_set_error import get_covariance_model
from debrissim.uncertainty.history import errors_from_history
from debrissim.uncertainty.pairwise import AgeBin, pairwise_differences, robust_sigma

RADIUS_KM = 6878.0
NUMBER = 25544


def _history(
    days: np.ndarray, anomaly: np.ndarray | float = 0.0, motion: np.ndarray | float = 0.0, **changes: float
) -> Catalog:
    """Element sets of one undisturbed orbit at those days, each with errors of its own.

    anomaly: radians along the orbit; motion: relative error of the mean motion.
    """
    base = Elements(bstar=0.0, epoch_days=0.0, norad_id=NUMBER, **changes)
    record = make_propagator(make_catalog(base), 2460310.5, 0.3125).records[0]
    minutes = 1440.0 * days
    anomalies = np.broadcast_to(anomaly, days.shape)
    motions = np.broadcast_to(motion, days.shape)
    return make_catalog(
        *(
            Elements(
                mean_motion_rev_day=base.mean_motion_rev_day * (1.0 + float(motions[k])),
                eccentricity=base.eccentricity,
                inclination_deg=base.inclination_deg,
                raan_deg=(base.raan_deg + math.degrees(record.nodedot * minutes[k])) % 360.0,
                arg_perigee_deg=(base.arg_perigee_deg + math.degrees(record.argpdot * minutes[k])) % 360.0,
                mean_anomaly_deg=(
                    base.mean_anomaly_deg + math.degrees(record.mdot * minutes[k] + float(anomalies[k]))
                )
                % 360.0,
                bstar=0.0,
                epoch_days=float(days[k]),
                norad_id=NUMBER,
            )
            for k in range(days.size)
        )
    )


def _days(count: int = 240) -> np.ndarray:
    rng = np.random.default_rng(2)
    return np.sort(0.25 * np.arange(count) + rng.uniform(0.0, 0.1, count))


def test_without_errors_nothing_is_found():
    errors = errors_from_history(_history(_days()))
    # The epochs themselves are good to a fraction of a microsecond, SGP4's periodics to metres.
    assert errors.sigma_rtn_km.max() < 0.01
    assert errors.failed_pair_count == 0
    assert errors.element_set_count == 240


def test_an_error_of_phase_is_seen_along_track_at_every_age():
    sigma_km = 1.3
    rng = np.random.default_rng(11)
    errors = errors_from_history(_history(_days(), anomaly=rng.normal(0.0, sigma_km / RADIUS_KM, 240)))
    # Old and new are equally wrong: the square root of 2, within the scatter of 240 samples.
    expected = math.sqrt(2.0) * sigma_km
    assert errors.sigma_rtn_km[:, 1] == pytest.approx(expected, rel=0.2)
    assert errors.sigma_rtn_km[:, 1].mean() == pytest.approx(expected, rel=0.08)
    assert errors.sigma_rtn_km[:, 2].max() < 0.02 * expected


def test_an_error_of_mean_motion_grows_with_age():
    relative = 2e-6
    rng = np.random.default_rng(12)
    errors = errors_from_history(_history(_days(), motion=rng.normal(0.0, relative, 240)))
    rate = RADIUS_KM * 2.0 * math.pi * 15.2 * relative
    assert errors.sigma_rtn_km[:, 1] == pytest.approx(rate * errors.age_days, rel=0.2)
    assert errors.along_track[0] == pytest.approx(rate, rel=0.2)
    assert errors.along_track[1] < 0.03 * rate
    assert errors.along_track_misfit < 0.1


def test_mismodelled_drag_shows_in_the_square_of_age():
    """The truth decelerates, the element sets know nothing of it: b is its spread from day to day."""
    days = _days()
    rng = np.random.default_rng(4)
    relative = 1e-6
    # Each set has the motion of its day, which wanders: a random walk in steps of a quarter of a day.
    motion = np.cumsum(rng.normal(0.0, relative, days.size))
    phase = np.concatenate([[0.0], np.cumsum(0.5 * (motion[1:] + motion[:-1]) * np.diff(days))])
    errors = errors_from_history(_history(days, anomaly=2.0 * math.pi * 15.2 * phase, motion=motion))
    growth = np.diff(np.log(errors.sigma_rtn_km[:, 1])) / np.diff(np.log(errors.age_days))
    # Sigma of an integrated random walk goes with the power 3/2: between a and b.
    assert growth.mean() == pytest.approx(1.5, abs=0.15)
    assert errors.along_track[0] > 0.0
    assert errors.along_track[1] > 0.0


def test_manoeuvres_hardly_touch_sigma_and_show_in_the_90th_percentile():
    days = _days()
    rng = np.random.default_rng(13)
    quiet = rng.normal(0.0, 2e-6, days.size)
    # Three reboosts of 1 km, 1.5 km / a in mean motion.
    raised = -1.5 / RADIUS_KM * np.searchsorted([12.0, 30.0, 45.0], days)
    step = np.concatenate([[0.0], np.cumsum(0.5 * (raised[1:] + raised[:-1]) * np.diff(days))])
    still = errors_from_history(_history(days, motion=quiet))
    moved = errors_from_history(_history(days, anomaly=2.0 * math.pi * 15.2 * step, motion=quiet + raised))
    ratio = moved.sigma_rtn_km[:, 1] / still.sigma_rtn_km[:, 1]
    assert ratio.min() > 0.9
    # At 7 days 1 pair in 3 is spoiled, at 3 days 1 in 7.
    assert ratio.max() < 3.0
    assert (ratio[:4] < 1.3).all()
    assert moved.distance_percentiles_km[-1, 1] > 20.0 * still.distance_percentiles_km[-1, 1]
    assert (still.jump_count, moved.jump_count) == (0, 3)


def test_pairs_across_a_manoeuvre_can_be_left_out():
    days = _days()
    rng = np.random.default_rng(13)
    motion = rng.normal(0.0, 2e-6, days.size)
    raised = -1.5 / RADIUS_KM * np.searchsorted([12.0, 30.0, 45.0], days)
    step = np.concatenate([[0.0], np.cumsum(0.5 * (raised[1:] + raised[:-1]) * np.diff(days))])
    still = errors_from_history(_history(days, motion=motion))
    moved = errors_from_history(
        _history(days, anomaly=2.0 * math.pi * 15.2 * step, motion=motion + raised), leave_out_manoeuvres=True
    )
    assert moved.manoeuvres_left_out
    assert moved.sigma_rtn_km[:, 1] == pytest.approx(still.sigma_rtn_km[:, 1], rel=0.15)
    assert moved.distance_percentiles_km[:, 1] == pytest.approx(still.distance_percentiles_km[:, 1], rel=0.15)
    assert (moved.pair_count < still.pair_count).all()


def test_pairs_are_all_those_of_the_bins():
    days = np.array([0.0, 0.45, 1.0, 1.52, 3.0])
    bins = (AgeBin(0.5, 0.1), AgeBin(1.0, 0.25), AgeBin(40.0, 1.0))
    pairs = pairwise_differences(_history(days), bins)
    result = sorted(zip(pairs.older.tolist(), pairs.newer.tolist(), pairs.bin.tolist(), strict=True))
    assert result == [(0, 1, 0), (0, 2, 1), (1, 2, 0), (1, 3, 1), (2, 3, 0)]
    np.testing.assert_allclose(pairs.age_days, days[pairs.newer] - days[pairs.older], atol=1e-9)
    assert len(pairwise_differences(_history(days), ()).older) == 0
    assert len(pairwise_differences(_history(days)[[]], bins).older) == 0


def test_differences_are_those_of_single_propagations():
    history = _history(np.array([0.0, 0.5, 1.0]), anomaly=np.array([0.0, 1e-3, -2e-4]))
    pairs = pairwise_differences(history, (AgeBin(0.5, 0.1), AgeBin(1.0, 0.1)))
    for k in range(3):
        newer, older = (
            make_propagator(history, 2460310.5, 0.3125).records[i] for i in (pairs.newer[k], pairs.older[k])
        )
        moment = newer.jdsatepoch, newer.jdsatepochF
        _, r, v = (np.array(x) for x in newer.sgp4(*moment))
        _, other, _ = (np.array(x) for x in older.sgp4(*moment))
        radial, normal = r / np.linalg.norm(r), np.cross(r, v) / np.linalg.norm(np.cross(r, v))
        axes = np.stack([radial, np.cross(normal, radial), normal])
        np.testing.assert_allclose(pairs.difference_rtn_km[k], axes @ (other - r), atol=1e-9)


def test_order_and_repeated_epochs_do_not_matter():
    rng = np.random.default_rng(6)
    history = _history(_days(), motion=rng.normal(0.0, 2e-6, 240))
    worse = _history(_days()[5:9], anomaly=0.1)
    plain = errors_from_history(history)
    mixed = errors_from_history(Catalog.concat([history[rng.permutation(240)], worse]))
    np.testing.assert_array_equal(plain.sigma_rtn_km, mixed.sigma_rtn_km)
    assert mixed.element_set_count == 240


def test_sets_that_fail_are_left_out_and_counted():
    # Element sets that decay within days: SGP4 stops some of the pairs.
    days = _days(60)
    falling = make_catalog(
        *(
            Elements(mean_motion_rev_day=16.42, eccentricity=1e-4, bstar=0.02, epoch_days=d, norad_id=NUMBER)
            for d in days.tolist()
        )
    )
    pairs = pairwise_differences(falling)
    assert pairs.failed_count > 0
    assert np.isfinite(pairs.difference_rtn_km).all()


def test_the_model_is_the_fits_and_the_error_at_epoch():
    rng = np.random.default_rng(12)
    errors = errors_from_history(_history(_days(), motion=rng.normal(0.0, 2e-6, 240)))
    model = errors.model()
    assert model.name == "history-25544"
    assert model.label.startswith("measured from 240 element sets of 25544, 2024-01-01 to 2024-")
    assert model.source
    assert "not with the truth" in model.warning
    ages = np.array([0.0, -2.0, 2.0, 1e5])
    sigma = model.sigma_rtn_km(415.0, 5e-4, 51.6, ages)
    # The class average at epoch; the published one, 107/308/169 m, would count the newer sets' errors twice.
    epoch = get_covariance_model("calibrated-2020").sigma_rtn_km(415.0, 5e-4, 51.6, 0.0)[0]
    assert epoch.max() < 0.05
    fitted = errors.fitted_sigma_rtn_km(ages)
    np.testing.assert_allclose(sigma, np.hypot(epoch, fitted), rtol=1e-12)
    np.testing.assert_array_equal(sigma[1], sigma[2])
    assert sigma[3, 1] == pytest.approx(math.pi * errors.semi_major_axis_km / math.sqrt(3.0), rel=1e-3)
    assert model.covariance_rtn_km2(415.0, 5e-4, 51.6, 2.0, sigma_factor=3.0)[0, 1, 1] == pytest.approx(
        9.0 * sigma[2, 1] ** 2
    )


def test_robust_sigma_is_that_of_a_normal_distribution():
    samples = np.random.default_rng(1).normal(7.0, [1.0, 50.0], (20_000, 2))
    assert robust_sigma(samples) == pytest.approx([1.0, 50.0], rel=0.03)
    samples[:3000] = 1e9
    assert robust_sigma(samples)[0] < 1.5


def test_wrong_arguments_are_named():
    history = _history(_days())
    with pytest.raises(InputError, match="history: object 5 is not in it"):
        errors_from_history(history, norad_id=5)
    other = _history(_days(3)).with_columns(norad_id=np.full(3, 5))
    with pytest.raises(InputError, match="element sets of one object, got 2; name one"):
        errors_from_history(Catalog.concat([history, other]))
    assert errors_from_history(Catalog.concat([history, other]), norad_id=NUMBER).element_set_count == 240
    with pytest.raises(
        InputError, match=r"at least 20 pairs in at least 2 bins of age, got \[14, 12, 9, 8, 0, 0\]"
    ):
        errors_from_history(history[np.arange(16)])
    with pytest.raises(InputError, match="from 0 element sets of object 25544"):
        errors_from_history(history, last_jd=2400000.5)
    with pytest.raises(InputError, match="bins: expected 0 < half_width_days < centre_days"):
        pairwise_differences(history, (AgeBin(0.5, 0.5),))
    with pytest.raises(InputError, match="ascending, distinct epochs"):
        pairwise_differences(history[[1, 0]])


def test_a_dense_history_is_thinned_and_says_the_same(monkeypatch: pytest.MonkeyPatch):
    days = _days()
    history = _history(days, anomaly=np.random.default_rng(4).normal(0.0, 1e-4, days.size))
    every = errors_from_history(history)
    monkeypatch.setattr(pairwise, "MAX_PAIRS", 100)
    thinned = errors_from_history(history)
    assert (thinned.pair_count <= 110).all()
    assert (every.pair_count > 150).all()
    np.testing.assert_allclose(thinned.sigma_rtn_km, every.sigma_rtn_km, rtol=0.4, atol=1e-3)
