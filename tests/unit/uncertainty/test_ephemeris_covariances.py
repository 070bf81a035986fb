"""Covariances of ephemerides at closest approaches: segments, sources, and the sentences on what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, Elements, make_catalog
from support.ephemeris_samples import matrix
from support.flights import Piece, ephemeris_of

from debrissim.core.arrays import Array
from debrissim.ephemerides import make_arcs
from debrissim.ephemerides.covariance import CovarianceSource, covariances_along
from debrissim.ephemerides.ephemeris import CovarianceHistory, Ephemeris
from debrissim.uncertainty.ephemeris_covariances import EphemerisCovariances, StatedCovariances, role_labels
from debrissim.uncertainty.object_covariances import ObjectCovariances
from debrissim.uncertainty.rotation import with_velocity_errors

START = START_JD, START_FRACTION
SET = make_catalog(Elements(norad_id=7))
HALF_S = 1800.0


def _moments(seconds: list[float]) -> tuple[Array, Array]:
    return np.full(len(seconds), START_JD), START_FRACTION + np.array(seconds) / 86400.0


def _history(seconds: list[float], covariances: list[Array]) -> CovarianceHistory:
    return CovarianceHistory(*_moments(seconds), np.array(covariances))


def _ephemeris(*histories: CovarianceHistory | None, number: int = 7) -> Ephemeris:
    """Two segments of half an hour each with these covariances."""
    made = ephemeris_of(
        [Piece(SET, 0.0, HALF_S), Piece(SET, HALF_S, 2.0 * HALF_S)], segments=True, number=number
    )
    pairs = zip(made.segments, histories, strict=True)
    return replace(made, segments=tuple(replace(segment, covariances=own) for segment, own in pairs))


def _covariances(*ephemerides: Ephemeris, **keys: object) -> EphemerisCovariances:
    flown = {int(own.norad_id or 0): (own, make_arcs(own, *START)) for own in ephemerides}
    return EphemerisCovariances(flown, *START, **keys)  # type: ignore[arg-type]


def _at(own: EphemerisCovariances, *times: float, number: int = 7) -> StatedCovariances:
    return own.at(np.full(len(times), number), np.array(times))


def test_each_moment_has_the_covariance_of_the_segment_flown_then() -> None:
    first, second = matrix(), 9.0 * matrix()
    ephemeris = _ephemeris(
        _history([0.0, 1200.0], [first, first]), _history([2400.0, 3600.0], [second, second])
    )
    own = _covariances(ephemeris)
    got = own.at(np.array([7, 8, 7, 7]), np.array([1200.0, 600.0, 2400.0, 600.0]))
    assert got.rows.tolist() == [0, 2, 3]
    assert got.source.tolist() == [0, 0, CovarianceSource.INTERPOLATED]
    np.testing.assert_allclose(got.covariance[0], first, rtol=1e-12, atol=1e-18)
    np.testing.assert_allclose(got.covariance[1], second, rtol=1e-12, atol=1e-18)
    table = own.flown[7][1]
    along = covariances_along(ephemeris.segments[0], 0, table, np.array([600.0]), *START)
    np.testing.assert_array_equal(got.covariance[2], along.covariance[0])
    assert got.of(1) is None
    np.testing.assert_array_equal(got.of(2), got.covariance[1])


def test_a_moment_beyond_the_end_by_rounding_is_the_end() -> None:
    own = _covariances(_ephemeris(_history([0.0], [matrix()]), _history([3600.0], [matrix()])))
    assert _at(own, 3600.0 + 1e-8, -1e-8).source.tolist() == [0, 0]
    assert _at(own, 3601.0).source.tolist() == [CovarianceSource.NO_STATE]


@pytest.mark.parametrize(
    ("covariance", "reason"),
    [
        (np.zeros((6, 6)), CovarianceSource.NOT_POSITIVE),
        (np.pad(np.eye(3), (0, 3)) + np.pad(np.full((3, 3), np.nan), (3, 0)), CovarianceSource.NO_VELOCITY),
    ],
)
def test_the_model_remains_where_there_is_no_usable_covariance(
    covariance: Array, reason: CovarianceSource
) -> None:
    if reason == CovarianceSource.NO_VELOCITY:
        covariance[:3, 3:] = covariance[3:, :3] = np.nan
    own = _covariances(_ephemeris(_history([0.0, 600.0], [covariance, covariance]), None))
    got = _at(own, 1200.0, 2400.0)
    assert got.source.tolist() == [reason, CovarianceSource.NOT_STATED]
    assert not got.given.any()
    notes = list(own.notes(np.array([7, 7, 9]), np.array([*got.source.tolist(), -1])))
    assert notes == [
        f"OBJECT 7 (7): no covariance of its ephemeris at 1 of 2 closest approaches ({case.reason}); there its errors "
        "are taken as those of an element set of the age of the ephemeris (days since its first state)"
        for case in sorted((reason, CovarianceSource.NOT_STATED))
    ]


def test_a_covariance_is_propagated_for_a_day_and_no_further() -> None:
    ephemeris = ephemeris_of([Piece(SET, 0.0, 1.2 * 86400.0)], step_s=120.0, number=7)
    (segment,) = ephemeris.segments
    own = _covariances(
        replace(ephemeris, segments=(replace(segment, covariances=_history([0.0], [matrix()])),))
    )
    got = _at(own, 3600.0, 86390.0, 86410.0)
    propagated = CovarianceSource.PROPAGATED
    assert got.source.tolist() == [propagated, propagated, CovarianceSource.TOO_FAR]
    assert np.isfinite(got.covariance[:2]).all()
    notes = list(own.notes(np.full(3, 7), got.source))
    assert len(notes) == 1
    assert "at 1 of 3 closest approaches (too far from the covariances that the ephemeris states)" in notes[0]


def test_positions_alone_get_the_velocity_errors_that_belong_to_them() -> None:
    positions = np.full((6, 6), np.nan)
    positions[:3, :3] = matrix()[:3, :3]
    whole, alone = (
        ObjectCovariances(ephemerides=_covariances(_ephemeris(_history([0.0, 1200.0], [own, own]), None)))
        for own in (matrix(), positions)
    )
    objects, age = SET[[0, 0]], np.array([0.0, 1800.0]) / 86400.0
    objects = objects.with_columns(epoch_jd=np.full(2, START_JD), epoch_fraction=np.full(2, START_FRACTION))
    state = np.tile([7000.0, 0.0, 0.0, 0.0, 7.5, 1.0], (2, 1))
    model = np.tile(np.diag([1.0, 4.0, 1.0]), (2, 1, 1))
    for own, factor in ((whole, 1.0), (alone, 3.0)):
        stated = own.stated(objects, age, factor)
        covariance = own.apply(model, objects, state, age, factor, stated=stated)
        np.testing.assert_allclose(covariance[0], factor**2 * matrix()[:3, :3], rtol=1e-12)
        full = own.with_velocities(covariance, objects, state, age, factor)
        expected = with_velocity_errors(covariance, state)
        if own is whole:
            np.testing.assert_allclose(full[0], matrix(), rtol=1e-12, atol=1e-18)
            np.testing.assert_array_equal(own.apply(model, objects, state, age, factor), covariance)
        else:
            np.testing.assert_array_equal(full, expected)
            np.testing.assert_array_equal(covariance[1], model[1])


def test_many_silent_ephemerides_make_one_sentence() -> None:
    silent = [_ephemeris(None, None, number=number) for number in (11, 12, 13, 14)]
    own = _covariances(*silent)
    assert own.label == ""
    assert own.stating == []
    (note,) = own.notes(np.array([11]), np.array([int(CovarianceSource.NOT_STATED)]))
    assert note.startswith(
        "4 objects, OBJECT 11 (11) the first of them: their ephemerides state no covariance; their"
    )
    stating = [_ephemeris(_history([0.0], [np.zeros((6, 6))]), None, number=n) for n in (11, 12, 13, 14)]
    own = _covariances(*stating)
    assert own.label == "operators' covariances along their ephemerides for 4 objects"
    missing = np.full(4, int(CovarianceSource.NOT_POSITIVE))
    (note,) = own.notes(np.array([11, 12, 13, 14]), missing)
    assert note.startswith(
        "objects whose ephemerides state covariances have none at 4 of 4 closest approaches (the "
    )


def test_labels_by_role() -> None:
    first = StatedCovariances(np.array([1]), np.zeros((1, 6, 6)), np.array([2], dtype=np.uint8))
    second = StatedCovariances(np.array([0]), np.zeros((1, 6, 6)), np.array([11], dtype=np.uint8))
    assert role_labels(first, second, 2, "a model", " (x)") == [
        "a model",
        "primary: operator's, propagated in its ephemeris (x); secondary: a model",
    ]
