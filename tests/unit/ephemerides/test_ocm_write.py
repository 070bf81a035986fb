"""Written OCMs: they read back the same, by our reader and by an independent one, and pass the strict check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.ephemeris_formats import itc, stk
from support.ephemeris_formats import ocm_kvn as sample
from support.ephemeris_samples import oem_kvn, with_events
from support.lint_samples import rules

from debrissim.core.errors import InputError
from debrissim.ephemerides import (
    DeclaredManeuver,
    Ephemeris,
    OcmCovariances,
    OcmManeuver,
    OcmTrajectory,
    declared_maneuver,
    ephemeris_message,
    ocm_kvn,
    parse_ephemerides,
)

CREATED = (2460615.5, 0.25)


def read(text: str) -> Ephemeris:
    (ephemeris,) = parse_ephemerides(text.encode(), "file")
    return ephemeris


@pytest.mark.parametrize("text", [oem_kvn(), with_events(), sample(), itc(), stk(boundaries=(300.0,))])
def test_an_ephemeris_reads_back_the_same(text: str) -> None:
    before = read(text)
    written = ocm_kvn(ephemeris_message(before, originator="TESTERS", created=CREATED))
    after = read(written)
    assert rules(written) == set()
    assert (after.name, after.norad_id) == (before.name, before.norad_id)
    assert after.international_designator == before.international_designator
    assert (after.originator, after.creation) == ("TESTERS", CREATED)
    assert len(after.segments) == len(before.segments)
    for ours, theirs in zip(after.segments, before.segments, strict=True):
        np.testing.assert_array_equal(ours.jd, theirs.jd)
        np.testing.assert_array_equal(ours.fraction, theirs.fraction)
        # 16 digits: the last bit of a float64 may differ.
        np.testing.assert_allclose(ours.positions_km, theirs.positions_km, rtol=1e-15, atol=1e-12)
        np.testing.assert_allclose(ours.velocities_km_s, theirs.velocities_km_s, rtol=1e-15, atol=1e-15)
        assert (ours.usable_start, ours.usable_stop) == (theirs.usable_start, theirs.usable_stop)
        # A recommendation that needs more states than there are is left out (6.2.5.9).
        recommended = theirs.interpolation, theirs.degree
        assert (ours.interpolation, ours.degree) == (recommended if len(theirs) > theirs.degree else ("", 0))
        assert (ours.covariances is None) == (theirs.covariances is None)
        if ours.covariances is not None and theirs.covariances is not None:
            # The axes follow from the states, so that numbers are turned by their last bit.
            largest = np.abs(theirs.covariances.covariance).max()
            np.testing.assert_allclose(
                ours.covariances.covariance, theirs.covariances.covariance, rtol=1e-12, atol=1e-15 * largest
            )
    assert [(event.jd, event.fraction, event.duration_s) for event in after.maneuvers] == [
        (event.jd, event.fraction, event.duration_s) for event in before.maneuvers
    ]


def test_an_independent_reader_reads_every_block() -> None:
    ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py, the independent reader, is not installed")
    before = read(oem_kvn())
    maneuver = OcmManeuver(2460615.5, 0.502, 30.0, (0.0, 1e-3, -2e-4), identifier="M1", basis="PLANNED")
    text = ocm_kvn(ephemeris_message(before, maneuvers=[maneuver]))
    message = ndm.Ocm.from_str(text)
    data = message.segment.data
    assert message.segment.metadata.object_name == "TESTSAT"
    (trajectory,), (covariance,), (burn,) = data.traj, data.cov, data.man
    states = np.hstack([before.segments[0].positions_km, before.segments[0].velocities_km_s])
    read_states = np.array([line.values for line in trajectory.traj_lines])
    np.testing.assert_allclose(read_states, states, rtol=1e-15, atol=1e-15)
    assert before.segments[0].covariances is not None
    lower = before.segments[0].covariances.covariance[0][np.tril_indices(6)]
    np.testing.assert_allclose(covariance.cov_lines[0].values, lower, rtol=1e-14)
    assert (trajectory.traj_ref_frame, covariance.cov_ref_frame) == ("TEMEOFDATE", "RTN_INERTIAL")
    assert [float(value) for value in burn.man_lines[0].values] == [30.0, 0.0, 1e-3, -2e-4]


def test_a_planned_manoeuvre_keeps_its_size() -> None:
    maneuver = OcmManeuver(2460615.5, 0.502, 30.0, (3e-4, 4e-4, 0.0), purpose="AVOIDANCE")
    text = ocm_kvn(ephemeris_message(read(oem_kvn()), maneuvers=[maneuver]))
    (found,) = read(text).maneuvers
    assert (found.jd, found.fraction, found.duration_s) == (2460615.5, 0.502, 30.0)
    assert found.delta_v_m_s == pytest.approx(0.5, rel=1e-15)
    assert rules(text) == set()


def test_a_declared_manoeuvre_states_its_size_in_a_comment() -> None:
    maneuver = declared_maneuver(DeclaredManeuver(2460615.5, 0.502, 30.0, 1.5, "GMT306 Reboost"))
    text = ocm_kvn(ephemeris_message(read(oem_kvn()), maneuvers=[maneuver]))
    assert "COMMENT delta-v 1.5 m/s, direction not stated\nCOMMENT GMT306 Reboost\n" in text
    assert rules(text) == set()


def test_positions_alone_are_written() -> None:
    before = ephemeris_message(read(oem_kvn()))
    (trajectory,) = before.trajectories
    (covariances,) = before.covariances
    text = ocm_kvn(
        replace(
            before,
            trajectories=[replace(trajectory, states=trajectory.states[:, :3])],
            covariances=[replace(covariances, matrices=covariances.matrices[:, :3, :3])],
        )
    )
    assert "TRAJ_TYPE = CARTP\n" in text
    assert "COV_TYPE = CARTP\n" in text
    assert rules(text) == set()
    (segment,) = read(text).segments
    assert np.isnan(segment.velocities_km_s).all()


def test_what_an_ocm_cannot_express_is_refused() -> None:
    good = ephemeris_message(read(oem_kvn()))
    (trajectory,) = good.trajectories
    bad = {
        "at least one trajectory": replace(good, trajectories=[]),
        "finite numbers": replace(good, trajectories=[replace(trajectory, states=trajectory.states * np.nan)]),
        "times that ascend": replace(good, trajectories=[replace(trajectory, fraction=trajectory.fraction[::-1])]),
        "ORIGINATOR: expected text": replace(good, originator=" "),
        "3 x 3 or 6 x 6": replace(good, covariances=[OcmCovariances(*CREATED, np.zeros((1, 2, 2)))]),
        "years 1 to 9999": replace(good, created=(1e9 + 0.5, 0.0)),
    }  # fmt: skip
    for reason, message in bad.items():
        with pytest.raises(InputError, match=reason):
            ocm_kvn(message)
    with pytest.raises(InputError, match="expected originator and created"):
        ephemeris_message(replace(read(oem_kvn()), creation=None))


def test_foreign_text_becomes_ascii_on_one_line() -> None:
    good = ephemeris_message(read(oem_kvn()))
    text = ocm_kvn(
        replace(good, metadata={"OBJECT_NAME": "Größe\nMETA_STOP"}, comments=["a\nb " + "long " * 100])
    )
    assert text.isascii()
    assert "OBJECT_NAME = Gr??e META_STOP\n" in text
    assert rules(text) == set()


def test_one_state_has_no_interpolation() -> None:
    one = OcmTrajectory(
        np.array([2460615.5]), np.array([0.5]), np.ones((1, 6)), "EME2000", interpolation="LAGRANGE", degree=7
    )
    good = ephemeris_message(read(oem_kvn()))
    assert "INTERPOLATION" not in ocm_kvn(replace(good, trajectories=[one], covariances=[]))
