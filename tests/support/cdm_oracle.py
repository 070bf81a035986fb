"""An independent reader of CDMs, ccsds-ndm (Rust, MPL 2.0), as an oracle for ours.

It refuses deviations from the standard in some real messages that our reader only notes. `mended` removes exactly
these from the text, so that every file can be compared number by number.
"""

from __future__ import annotations

import re

import numpy as np
from ccsds_ndm import Cdm

from debrissim.cdm import keywords

# Optional keywords without a value; the unit of a speed as that of a length; a unit that is not closed.
_NAN = re.compile(r"^(?!COMMENT)[A-Z_]+\s*=\s*NaN\s*(?:\[[^\]]*\])?\s*$\n", re.MULTILINE)
_SPEED = re.compile(r"^(RELATIVE_VELOCITY_[RTN]\s*=\s*\S+\s*)\[m\]", re.MULTILINE)
_OPEN_UNIT = re.compile(r"^(RESIDUALS_ACCEPTED\s*=\s*\S+)\s*\[\s*$", re.MULTILINE)


def mended(text: str) -> str:
    """The text without the faults of real messages that the oracle does not tolerate."""
    text = _NAN.sub("", text.replace("\r\n", "\n"))
    return _OPEN_UNIT.sub(r"\1 [%]", _SPEED.sub(r"\1[m/s]", text))


def oracle_message(text: str) -> Cdm:
    """The message as the oracle reads it; ValueError if the oracle refuses it."""
    return Cdm.from_str(text)


def assert_same(ours, text: str) -> None:
    """Assert that every name read by both is the same, and every number to the oracle's last bits (1e-15)."""
    message = oracle_message(text)
    relative = message.body.relative_metadata_data
    assert str(relative.tca)[:19] == ours_time(ours, str(relative.tca))
    for name, reference in (
        ("miss_distance_m", relative.miss_distance),
        ("relative_speed_m_s", relative.relative_speed),
        ("collision_probability", relative.collision_probability),
    ):
        mine = getattr(ours, name)
        assert (mine is None) == (reference is None), name
        if mine is not None:
            np.testing.assert_allclose(mine, reference, rtol=1e-15, atol=0.0, err_msg=name)
    assert (ours.originator, ours.message_id) == (message.header.originator, message.header.message_id)
    for item, segment in zip((ours.primary, ours.secondary), message.body.segments, strict=True):
        metadata, data = segment.metadata, segment.data
        assert item.designator == metadata.object_designator
        assert item.name == metadata.object_name
        assert item.international_designator == metadata.international_designator
        assert item.reference_frame in str(metadata.ref_frame).upper()
        vector = data.state_vector
        state = [getattr(vector, key.lower()) for key in keywords.STATE]
        np.testing.assert_allclose(item.state, state, rtol=1e-15, atol=0.0)
        given = [getattr(data.covariance_matrix, key.lower()) for key in keywords.COVARIANCE]
        matrix = np.zeros((6, 6))
        matrix[np.tril_indices(6)] = given
        matrix += np.tril(matrix, -1).T
        np.testing.assert_allclose(item.covariance_rtn, matrix / 1e6, rtol=1e-15, atol=0.0)


def ours_time(ours, reference: str) -> str:
    """Our TCA in the notation and to the precision of the oracle's text."""
    text = ours.tca_utc
    if re.match(r"\d{4}-\d{3}T", reference):
        day = np.datetime64(text[:10]) - np.datetime64(text[:4] + "-01-01") + 1
        text = f"{text[:4]}-{int(day.astype(int)):03d}{text[10:]}"
        return text[:19]
    return text[:19]
