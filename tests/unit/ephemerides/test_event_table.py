"""Events in the comments of the ISS's public files."""

from __future__ import annotations

import pytest
from support.ephemeris_samples import circular_states, oem_kvn, oem_segment, stamps, with_events

from debrissim.core.time import utc_text
from debrissim.ephemerides import parse_ephemerides


def test_burns_and_other_events_are_kept() -> None:
    (ephemeris,) = parse_ephemerides(with_events().encode(), "f")
    shown = [
        (utc_text(event.jd, event.fraction), event.delta_v_m_s, event.duration_s, event.comment)
        for event in ephemeris.maneuvers
    ]
    assert shown == [
        ("2024-11-01T12:03:00.000Z", 1.5, 0.0, "GMT306 Reboost"),
        ("2024-11-01T12:05:30.250Z", 0.0, 0.0, "78P Undock"),
    ]
    (note,) = ephemeris.notes
    assert note.startswith("Not a time")
    assert note.endswith(": a row of the table of events is not understood")


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        ("2024-12-25T00:00:00.000", "005", "2025-01-05"),
        ("2025-01-02T00:00:00.000", "366", "2024-12-31"),
        ("2024-12-31T00:00:00.000", "366", "2024-12-31"),
    ],
)
def test_the_year_is_the_nearest(start: str, day: str, expected: str) -> None:
    text = oem_kvn(oem_segment(stamps(3, start=start), circular_states(3)))
    row = f"COMMENT TRAJECTORY EVENT SUMMARY:\nCOMMENT  X  {day}:10:00:00.000   0.5  424.8  416.1\n"
    (ephemeris,) = parse_ephemerides(text.replace("COMMENT states follow\n", row).encode(), "f")
    (event,) = ephemeris.maneuvers
    assert utc_text(event.jd, event.fraction)[:10] == expected
    assert ephemeris.notes == ()
