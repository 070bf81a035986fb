"""Factors of single objects on the class average: found again from sets whose errors are a known multiple of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import WGS72
from sgp4.model import Satrec
from support.catalogs import Elements, make_catalog
from support.history_sets import START_JD, tle_history

from debrissim.catalog import Catalog, write_omm_csv
from debrissim.catalog.identifiers import Origin, internal_numbers
from debrissim.core.errors import InputError
from debrissim.uncertainty.element_set_error import get_covariance_model
from debrissim.uncertainty.object_covariances import read_object_covariances
from debrissim.uncertainty.own_scale import NEWEST_SETS, OwnScales, scales_from_sets

DAYS = tuple(np.arange(10) * 0.7)


def _object(number: int, scatter_deg: float, days: tuple[float, ...] = DAYS, seed: int = 0) -> Catalog:
    """Sets of one object on an orbit of which SGP4 knows all, but for a scatter of the inclination."""
    rng = np.random.default_rng(seed + number)
    record = Satrec()
    angles = np.radians([70.0, 86.4, 10.0, 40.0])
    motion = 14.3 * 2.0 * np.pi / 1440.0
    record.sgp4init(WGS72, "i", number, 25000.0, 0.0, 0.0, 0.0, 1e-3, *angles[:3], motion, angles[3])
    minutes = 1440.0 * np.array(days)

    def moved(start_deg: float, rate_rad_min: float) -> list[float]:
        return ((start_deg + np.degrees(rate_rad_min) * minutes) % 360.0).tolist()

    angle = zip(
        moved(70.0, record.argpdot), moved(10.0, record.mdot), moved(40.0, record.nodedot), days, strict=True
    )
    return make_catalog(
        *(
            Elements(
                mean_motion_rev_day=14.3,
                eccentricity=1e-3,
                inclination_deg=86.4 + scatter_deg * float(rng.normal()),
                raan_deg=node,
                arg_perigee_deg=perigee,
                mean_anomaly_deg=anomaly,
                bstar=0.0,
                epoch_days=float(day),
                norad_id=number,
            )
            for perigee, anomaly, node, day in angle
        )
    )


def test_a_noisy_object_has_a_large_factor_and_a_quiet_one_a_small_one():
    history = Catalog.concat([_object(5, 1e-3), _object(7, 1e-1)])
    scales = scales_from_sets(history[np.random.default_rng(0).permutation(len(history))])
    assert scales.norad_id.tolist() == [5, 7]
    assert scales.set_count.tolist() == [10, 10]
    # The inclination is the fourth of the five errors.
    assert scales.factor[1, 3] > 20.0 * scales.factor[0, 3]
    factor, known = scales.of(np.array([7, 6, 5]))
    assert known.tolist() == [True, False, True]
    assert factor[1].tolist() == [1.0] * 5
    assert factor[0].tolist() == scales.factor[1].tolist()


def test_few_sets_are_drawn_towards_the_class():
    many, few = (scales_from_sets(_object(7, 0.05, DAYS[:n])).factor[0, 3] for n in (10, 3))
    assert 1.0 < few < many


def test_only_the_newest_sets_count_and_two_are_too_few():
    days = tuple(np.arange(NEWEST_SETS + 6) * 0.7)
    assert scales_from_sets(_object(7, 0.05, days)).set_count.tolist() == [NEWEST_SETS]
    assert len(scales_from_sets(_object(7, 0.05, DAYS[:2]))) == 0
    # So close in time that nothing can have grown.
    assert len(scales_from_sets(_object(7, 0.05, (0.0, 0.1, 0.2)))) == 0
    assert len(scales_from_sets(_object(7, 0.05)[:0])) == 0


def test_a_folder_of_past_catalogues_gives_many_objects_their_own_errors(tmp_path: Path):
    store = tmp_path / "store"
    store.mkdir()
    both = [_object(5, 1e-3), _object(7, 1e-1)]
    for k in range(len(DAYS)):
        write_omm_csv(Catalog.concat([c[k : k + 1] for c in both]), store / f"{k:02}.csv")
    own = read_object_covariances(None, [store], 2460310.5 + 9.0, 0.0, 30.0)
    assert own is not None
    assert own.measured == {}
    assert isinstance(own.scales, OwnScales)
    assert own.scales.norad_id.tolist() == [5, 7]
    assert "scaled by their own element sets for 2 objects" in own.label_with("modelled")
    assert own.records()[0]["norad_ids"] == [5, 7]
    objects = Catalog.concat([c[-1:] for c in both] + [_object(9, 0.0)[-1:]])
    model = get_covariance_model("calibrated-2020")
    average = model.covariance_of(objects, 2.0)
    # At the ascending node.
    state = np.tile([7158.0, 0.0, 0.0, 0.0, 0.47, 7.44], (3, 1))
    covariance = own.apply(average, objects, state, np.full(3, 2.0), 2.0)
    assert covariance[2].tolist() == average[2].tolist()
    assert np.isfinite(covariance).all()
    at_quarter = np.tile([0.0, 0.47, 7158.0, -7.46, 0.0, 0.0], (3, 1))
    normal = own.apply(average, objects, at_quarter, np.full(3, 2.0), 1.0)[:, 2, 2]
    assert normal[1] > 100.0 * normal[0]
    # What all sets have in common is in no difference between them.
    common = get_covariance_model("calibrated-2020+common").common
    added = own.apply(average, objects, state, np.full(3, 2.0), 2.0, common) - covariance
    expected = 4.0 * np.diag(np.square([0.115, 0.517, 0.137]))
    assert added == pytest.approx(np.stack([expected, expected, np.zeros((3, 3))]), abs=1e-12)
    # Synthetic objects have no past.
    synthetic = objects.with_columns(norad_id=internal_numbers(Origin.SYNTHETIC, np.arange(3)))
    assert own.apply(average, synthetic, state, np.full(3, 2.0), 2.0).tolist() == average.tolist()


def test_a_store_without_usable_sets_is_an_error(tmp_path: Path):
    (tmp_path / "store").mkdir()
    with pytest.raises(InputError, match=r"store: expected files of element sets in this folder, got none"):
        read_object_covariances(None, [tmp_path / "store"], 2460310.5, 0.0, 30.0)
    write_omm_csv(_object(5, 1e-3, DAYS[:2]), tmp_path / "store" / "one.csv")
    with pytest.raises(InputError, match=r"one\.csv: in the 30 days before the start, history: expected"):
        read_object_covariances(None, [tmp_path / "store"], 2460310.5 + 9.0, 0.0, 30.0)


def test_records_of_a_history_that_cannot_be_read_are_counted(tmp_path: Path):
    good = tle_history(12)
    (tmp_path / "a.tle").write_bytes(good)
    (tmp_path / "b.tle").write_bytes(good.replace(b"14.34219863", b"14.3421986x", 2))
    own = read_object_covariances(None, [tmp_path], START_JD + 5.0, 0.0, 365.0)
    assert own is not None
    (note,) = own.notes()
    assert note.startswith(f"histories: 2 of 24 records rejected; first: {tmp_path / 'b.tle'}, line 1: ")


def test_a_folder_of_histories_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        read_object_covariances(None, [tmp_path], START_JD, 0.0, 365.0)
