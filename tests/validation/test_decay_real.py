"""On real catalogues: with decays latched, no interpolant exceeds the requested bound, and the grid keeps its cells."""

from __future__ import annotations

import time

import numpy as np
import pytest
from support.engine_events import run_engine
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.propagation.ephemeris import USUAL_EXTRA_KM, make_window
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.decay import failures_by_drag
from debrissim.screening.orbit_filter import span_end_states
from debrissim.screening.screen import ScreeningSettings

CATALOGUES = {
    "2024": ("data/catalogues/2024-11-01_celestrak_omm.csv.xz", (2460615.5, 0.0), 0, 25),
    "2022": ("data/catalogues/2022-01-22_spacetrack.3le.xz", (2459601.5, 0.5), 11, 33),
}
WEEK_S = 7 * 86400.0


@pytest.mark.parametrize("year", CATALOGUES)
def test_decays_are_counted_and_all_others_have_good_interpolants(year: str) -> None:
    file, start, decays_before, decays_within = CATALOGUES[year]
    propagator = make_propagator(read_catalog(shared_path(file)).catalog, *start)
    codes = propagator.states(np.arange(len(propagator)), [0.0])[0][:, 0]
    alive = np.flatnonzero(codes == 0)
    decays = failures_by_drag(propagator, alive, WEEK_S, span_end_states(propagator, WEEK_S))
    assert not decays.backward.any()
    assert np.count_nonzero(decays.valid_s < 0.0) == decays_before
    assert np.count_nonzero(decays.valid_s >= 0.0) == decays_within
    for start_s in (0.0, 6.5 * 86400.0):
        present = np.setdiff1d(alive, decays.row[decays.valid_s <= start_s])
        window = make_window(propagator, present, start_s, start_s + 7200.0, 0.5)
        assert (window.error_bound_km <= 0.5 + USUAL_EXTRA_KM).all()


def test_all_against_all_of_a_catalogue_with_decays() -> None:
    """Regression: 2,993 objects took 90 s for these three hours, which need 0.3 s."""
    file, start, *_ = CATALOGUES["2022"]
    catalog = read_catalog(shared_path(file)).catalog
    sample = catalog[np.arange(0, len(catalog), 8)]
    begin = time.process_time()
    result = run_engine(sample, 10800.0, 5.0, settings=ScreeningSettings(max_age_days=1e6), start=start)
    assert time.process_time() - begin < 30.0
    assert len(result.encounters) > 30
    assert result.candidate_count < 3 * len(result.encounters)
