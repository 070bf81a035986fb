"""Element sets of one object over some days, for tests of histories."""

from __future__ import annotations

from support.element_records import IRIDIUM_33, lines_of, omm, tle

FIRST_DAY = 40.78448243
START_JD = 2454867.5
"""2009-02-05, four days before the last of the sets."""


def tle_history(count: int, step_days: float = 0.5) -> bytes:
    """TLEs of Iridium 33, the last of them real: the nodes go back at its own rate, the rest scatters a little."""
    sets = []
    for k in range(count):
        back = step_days * (count - 1 - k)
        anomaly = (274.9812 - 360.0 * 14.34219863 * back + 0.02 * ((7 * k) % 5 - 2)) % 360.0
        node = (121.7028 + 0.4174 * back) % 360.0
        line1, line2 = tle(IRIDIUM_33, epoch=f"{9000.0 + FIRST_DAY - back:014.8f}")
        sets.append(tle((line1, f"{line2[:17]}{node:8.4f}{line2[25:43]}{anomaly:8.4f}{line2[51:]}")))
    return lines_of(*sets)


def omm_history(count: int) -> list[dict[str, str]]:
    """OMMs of one object, a set every twelve hours of February 2009."""
    return [
        omm(
            EPOCH=f"2009-02-{1 + k // 2:02d}T{12 * (k % 2):02d}:00:00",
            MEAN_ANOMALY=f"{(37.0 + 61.4957 * k + 0.02 * ((7 * k) % 5 - 2)) % 360.0:.4f}",
        )
        for k in range(count)
    ]
