"""Segments from what files of other kinds state: positions alone, single states, spans of use."""

from __future__ import annotations

import numpy as np
import pytest
from support.ephemeris_samples import circular_states, matrix, stamps

from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.ephemerides.build import build_segment, in_order
from debrissim.ephemerides.ephemeris import Segment
from debrissim.ephemerides.raw import RawCovariances, RawSegment
from debrissim.ephemerides.time_systems import moments_of_texts

COUNT = 21
STATES = circular_states(COUNT)
MOMENTS, _ = moments_of_texts(stamps(COUNT), "UTC", None)
ALONE = np.hstack([STATES[:, :3], np.full((COUNT, 3), np.nan)])


def built(states: np.ndarray, rows: slice = slice(None), **options) -> tuple[Segment, tuple[str, ...]]:
    notes = Notes()
    raw = RawSegment(MOMENTS.take(rows), states[rows], range(1, COUNT + 1)[rows], "TEME", **options)
    return build_segment(raw, "f", None, notes), notes.sentences()


def _covariance(row: int, frame: str = "TNW") -> RawCovariances:
    return RawCovariances(MOMENTS.take(slice(row, row + 1)), (frame,), matrix()[None], (7,))


def test_positions_alone_have_axes_of_their_own_curve() -> None:
    segment, notes = built(ALONE, covariances=_covariance(9))
    known, _ = built(STATES, covariances=_covariance(9))
    assert np.isnan(segment.velocities_km_s).all()
    assert notes == ()
    assert segment.covariances is not None
    assert known.covariances is not None
    expected = known.covariances.covariance[0]
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(segment.covariances.covariance[0] / scale, expected / scale, atol=1e-3)


def test_a_single_state() -> None:
    segment, _ = built(STATES, slice(0, 1), covariances=_covariance(0))
    assert len(segment) == 1
    assert segment.usable_start == segment.usable_stop
    assert segment.covariances is not None
    bare, notes = built(ALONE, slice(0, 1), covariances=_covariance(0))
    assert bare.covariances is None
    assert notes == ("a segment of one state without a velocity has no RTN; its covariance is left out",)


def test_some_velocities_are_missing() -> None:
    states = STATES.copy()
    states[4, 3:] = np.nan
    with pytest.raises(InputError, match=r"^f: line 5: expected finite numbers in every state$"):
        built(states)


def test_an_unknown_frame_and_an_empty_segment() -> None:
    with pytest.raises(InputError, match=r"^f: line 0: a segment without states; expected some$"):
        built(STATES, slice(0, 0))
    raw = RawSegment(MOMENTS, STATES, range(COUNT), "MCI", line=3)
    with pytest.raises(
        InputError, match=r"^f: line 3: the reference frame: expected EME2000, .*, got 'MCI'$"
    ):
        build_segment(raw, "f", None, Notes())


def test_the_order_of_segments() -> None:
    first, second = built(STATES, slice(0, 11), line=1)[0], built(STATES, slice(10, 21), line=12)[0]
    assert in_order([second, first], "f") == (first, second)
    overlapping = built(STATES, slice(9, 21), line=12)[0]
    with pytest.raises(InputError, match=r"^f: line 12: the segment overlaps the one of line 1 "):
        in_order([overlapping, first], "f")
    inside = built(STATES, slice(3, 5), line=30)[0]
    with pytest.raises(InputError, match=r"^f: line 30: the segment overlaps the one of line 1 "):
        in_order([first, inside, second], "f")
