"""Iridium 33 and Cosmos 2251, 10 February 2009: the last passes before the first collision, as predicted by element
sets.

Element sets: Space-Track, with their creation times from the mads-hatters repository. SOCRATES' report of 15:02 UTC
that day listed 584 m; its last published TCA was 16:55:59.806 (CelesTrak). With the newest set of Iridium 33, Bennett
et al. (AMOS) give 698.72 m at 16:55:59.80. WGS-72, as SOCRATES.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from support.engine_events import run_engine
from support.oracle import brute_force

from debrissim.catalog import Catalog, parse_catalog
from debrissim.core.time import split_julian_date, utc_text

COSMOS = """1 22675U 93036A   09040.49834364 -.00000001  00000-0  95251-5 0  9996
2 22675 074.0355 019.4646 0016027 098.7014 261.5952 14.31135643817415
"""
IRIDIUM_IN_SOCRATES = """1 24946U 97051C   09040.36587205  .00000121  00000-0  36194-4 0  9997
2 24946  86.3996 121.8779 0002273  85.9342 274.2112 14.34219614597272
"""
IRIDIUM_NEWEST = """1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994
2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336
"""
START = split_julian_date(datetime(2009, 2, 10, tzinfo=UTC))


def pair(iridium: str) -> Catalog:
    return parse_catalog((iridium + COSMOS).encode(), "iridium-cosmos").catalog


@pytest.mark.parametrize(
    ("iridium", "tca", "miss_km", "miss_rtn_m"),
    [
        (IRIDIUM_IN_SOCRATES, "2009-02-10T16:55:59.806", 0.584, (-40.49, -364.90, 454.01)),
        (IRIDIUM_NEWEST, "2009-02-10T16:55:59.796", 0.698, None),
    ],
    ids=["SOCRATES", "newest"],
)
def test_the_pass_of_the_collision(
    iridium: str, tca: str, miss_km: float, miss_rtn_m: tuple[float, float, float] | None
) -> None:
    table = run_engine(pair(iridium), 86400.0, 5.0, [0], start=START).encounters
    (row,) = np.flatnonzero(table.miss_distance_km < 1.0)
    assert utc_text(*START, float(table.tca_s[row])) == tca + "Z"
    assert table.miss_distance_km[row] == pytest.approx(miss_km, abs=5e-4)
    assert table.relative_speed_km_s[row] == pytest.approx(11.647, abs=5e-4)
    assert table.relative_position_rtn_km[row] @ table.relative_velocity_rtn_km_s[row] == pytest.approx(
        0.0, abs=1e-3
    )
    if miss_rtn_m is not None:
        # Recomputed independently of this package (shared/reference); the angle between the velocities is 102.46
        # degrees.
        assert table.relative_position_rtn_km[row] * 1000.0 == pytest.approx(miss_rtn_m, abs=0.02)
        first, second = table.primary_state[row, 3:], table.secondary_state[row, 3:]
        cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
        assert np.degrees(np.arccos(cosine)) == pytest.approx(102.4586, abs=1e-4)


def test_every_pass_of_that_day_agrees_with_brute_force() -> None:
    catalog = pair(IRIDIUM_NEWEST)
    table = run_engine(catalog, 86400.0, 400.0, start=START).encounters
    expected = brute_force(catalog, None, *START, 86400.0, 400.0)
    assert len(expected) > 1
    assert table.tca_s == pytest.approx([event.tca_s for event in expected], abs=1e-5)
    assert table.miss_distance_km == pytest.approx([event.miss_km for event in expected], abs=1e-7)
