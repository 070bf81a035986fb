"""Orbit parameter messages: one state as ccsds-ndm-py reads it, its covariance and manoeuvres; bad ones refused."""

from __future__ import annotations

import ccsds_ndm
import numpy as np
import pytest
from support.ephemeris_formats import COVARIANCE_KEYS, opm_kvn, opm_xml
from support.ephemeris_samples import circular_states, matrix, oem_xml

from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.ephemerides import Ephemeris, parse_ephemerides
from debrissim.ephemerides.opm import SCHEMA
from debrissim.propagation.celestial import teme_to_eme2000

STATE = circular_states(1)[0]


def parse(text: str) -> Ephemeris:
    (ephemeris,) = parse_ephemerides(text.encode(), "f.opm")
    return ephemeris


def state_in_eme2000(ephemeris: Ephemeris) -> np.ndarray:
    """(6,) km, km/s."""
    (segment,) = ephemeris.segments
    turn = teme_to_eme2000(segment.jd, segment.fraction)[0]
    return np.concatenate([turn @ segment.positions_km[0], turn @ segment.velocities_km_s[0]])


@pytest.mark.parametrize("text", [opm_kvn(), opm_xml(), f"<ndm>\n{opm_xml().split('?>')[1]}</ndm>"])
def test_a_message_in_every_notation(text: str) -> None:
    ephemeris = parse(text)
    assert (ephemeris.name, ephemeris.international_designator) == ("TESTSAT", "2020-001A")
    assert (ephemeris.norad_id, ephemeris.originator) == (None, "TESTERS")
    assert ephemeris.creation == (2460615.5, 0.0)
    (segment,) = ephemeris.segments
    assert len(segment) == 1
    assert segment.usable_start == segment.usable_stop == (2460615.5, 0.5)
    np.testing.assert_allclose(state_in_eme2000(ephemeris), STATE, rtol=0.0, atol=1e-9)
    assert segment.covariances is not None
    np.testing.assert_allclose(segment.covariances.covariance[0], matrix(), rtol=1e-10)
    first, second = ephemeris.maneuvers
    assert utc_text(first.jd, first.fraction) == "2024-11-01T12:10:00.000Z"
    assert (first.duration_s, first.delta_v_m_s) == (30.0, 1.0)
    assert second.delta_v_m_s == pytest.approx(3.0)
    assert any("covers no span" in note for note in ephemeris.notes)


@pytest.mark.parametrize("text", [opm_kvn(), opm_xml()])
def test_another_reader_agrees(text: str) -> None:
    other = ccsds_ndm.Opm.from_str(text).segment
    vector, covariance = other.data.state_vector, other.data.covariance_matrix
    ours = parse(text)
    expected = [getattr(vector, key.lower()) for key in SCHEMA["STATE"][1:]]
    np.testing.assert_allclose(state_in_eme2000(ours), expected, rtol=0.0, atol=1e-9)
    cells = [getattr(covariance, key.lower()) for key in COVARIANCE_KEYS]
    assert ours.segments[0].covariances is not None
    lower = ours.segments[0].covariances.covariance[0][np.tril_indices(6)]
    np.testing.assert_allclose(lower, cells, rtol=1e-10)
    burns = other.data.maneuver_parameters
    assert [m.delta_v_m_s for m in ours.maneuvers] == pytest.approx([1e3 * burn.man_dv_2 for burn in burns])
    assert ours.name == other.metadata.object_name


def test_several_messages_and_other_kinds_in_one_file() -> None:
    first, second = parse_ephemerides((opm_kvn() + opm_kvn(OBJECT_ID="25544")).encode(), "f")
    assert (first.norad_id, second.norad_id) == (None, 25544)
    mixed = oem_xml().replace("</ndm>", opm_xml().split("?>")[1] + "</ndm>")
    oem, opm = parse_ephemerides(mixed.encode(), "f.xml")
    assert (len(oem.segments[0]), len(opm.segments[0])) == (11, 1)


def test_an_identifier_that_is_neither_is_noted() -> None:
    ephemeris = parse(opm_kvn(OBJECT_ID="MYSAT-1"))
    assert (ephemeris.norad_id, ephemeris.international_designator) == (None, "")
    assert any("OBJECT_ID is neither" in note for note in ephemeris.notes)


def test_a_covariance_without_a_frame_is_in_that_of_the_state() -> None:
    with_frame = parse(opm_kvn(COV_REF_FRAME="EME2000")).segments[0].covariances
    without = parse(opm_kvn(COV_REF_FRAME="")).segments[0].covariances
    assert with_frame is not None
    assert without is not None
    assert (with_frame.covariance == without.covariance).all()
    assert not np.allclose(without.covariance[0], matrix())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (opm_kvn(X=""), "line 10: STATE: X is missing; expected a value"),
        (opm_kvn(X="1e9x [km]"), "X as a finite number, got '1e9x'"),
        (opm_kvn(X="6878000 [m]"), "X: expected the unit [km], got 'm'"),
        (opm_kvn(X="6878000"), "are positions in m?"),
        (opm_kvn(X_DOT="1 [m/s]"), "X_DOT: expected the unit [km/s]"),
        (opm_kvn(EPOCH="tomorrow"), "line 10: expected EPOCH as a time of 1972 to 2099"),
        (opm_kvn(CENTER_NAME="MOON"), "line 7: CENTER_NAME: expected EARTH, got 'MOON'"),
        (opm_kvn(REF_FRAME="MARSIAU"), "the reference frame: expected EME2000"),
        (opm_kvn(TIME_SYSTEM="MET"), "line 9: TIME_SYSTEM: expected one of UTC"),
        (opm_kvn(TIME_SYSTEM=""), "line 5: META: TIME_SYSTEM is missing"),
        (opm_kvn(ORIGINATOR=""), "line 1: HEADER: ORIGINATOR is missing"),
        (opm_kvn(CCSDS_OPM_VERS="9"), "line 1: CCSDS_OPM_VERS: expected 3.0 or before, got '9'"),
        (opm_kvn(CX_X=""), "COVARIANCE: CX_X is missing"),
        (opm_kvn(CX_X="-1"), "a negative variance; expected 0 or more"),
        (opm_kvn().replace("MAN_DV_2", "MAN_DV_9", 1), "unknown keyword 'MAN_DV_9'; did you mean"),
        (opm_kvn().replace("MAN_DV_2 = 0.001 [km/s]\n", ""), "MANEUVER: MAN_DV_2 is missing"),
        (
            opm_kvn().replace("MAN_DURATION = 30", "MAN_DURATION = -30"),
            "MAN_DURATION: expected 0 s or more, got -30",
        ),
        (opm_kvn() + "X = 1\n", "X is given twice in STATE"),
        (opm_kvn() + "rubbish\n", "expected KEYWORD = VALUE, got 'rubbish'"),
        (opm_xml().replace("<X ", "<X><Y>1</Y></X><X "), "unexpected <Y> inside <X>"),
        (opm_xml().replace('units="km"', 'units="ft"', 1), "X: expected the unit [km], got 'ft'"),
        (opm_xml().replace("</opm>", ""), "malformed XML"),
        (
            opm_xml().replace("<stateVector>", "").replace("</stateVector>", ""),
            "unexpected <EPOCH> outside of a",
        ),
        (opm_xml().replace('version="3.0"', ""), "CCSDS_OPM_VERS is missing"),
        (opm_xml().replace("<data>", "<data><stateVector></stateVector>"), "2 blocks STATE in an OPM"),
    ],
)
def test_damaged_messages_are_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(text)
    sentence = str(raised.value)
    assert sentence.startswith("f.opm: "), sentence
    assert message in sentence
    assert sentence.isprintable()
