"""Pairs inside the volume at the ends of a span, compared with all distances there."""

from __future__ import annotations

import numpy as np
from support.catalogs import START_FRACTION, START_JD, ground_grazing, leo, make_catalog

from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening import span_boundaries

DURATION_S = 3600.0
DISTANCE_KM = 1500.0


def test_every_pair_inside_at_the_start_is_there() -> None:
    around = [
        leo(mean_anomaly_deg=6.7 * k % 360.0, raan_deg=0.4 * k, mean_motion_rev_day=15.0) for k in range(60)
    ]
    propagator = make_propagator(make_catalog(*around, ground_grazing()), START_JD, START_FRACTION)
    rows = np.arange(len(propagator))
    codes, positions, _ = propagator.states(rows, [0.0])
    distances = np.linalg.norm(positions - positions.transpose(1, 0, 2), axis=2)
    good = codes[:, 0] == 0
    inside = np.triu((distances <= DISTANCE_KM) & good & good[:, None], 1)
    assert 10 < inside.sum() < 1000

    begin, end = np.zeros(len(rows)), np.full(len(rows), DURATION_S)
    found = span_boundaries.boundary_approaches(
        propagator, rows, rows, DISTANCE_KM, DURATION_S, begin, end
    )  # fmt: skip
    at_start = found[found.time_s < DURATION_S / 2.0]
    assert sorted(zip(at_start.first.tolist(), at_start.second.tolist(), strict=True)) == sorted(
        map(tuple, np.argwhere(inside).tolist())
    )
