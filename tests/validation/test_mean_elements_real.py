"""Mean elements from the states of whole real catalogues: SGP4 must reproduce the states.

Both catalogues: 50,772 states at their epochs. All but 13 are reproduced within a metre and a millimetre per second
(median 3 micrometres, 99 % within 0.1 mm). The 13 are geosynchronous satellites inclined by less than 0.06 degrees: Sun
and Moon turn such a plane by more than its tilt, SGP4 adds the two as numbers and not as vectors, jumps there, and the
iteration finds another branch, up to 0.93 km away. They are returned with that error and the status UNREACHED.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.propagation.mean_elements import (
    ElementsStatus,
    bstar_from_area_to_mass,
    mean_elements_from_states,
)
from debrissim.propagation.sgp4 import make_propagator

# Number of states that may be unreachable.
FILES = {
    "data/catalogues/2024-11-01_celestrak_omm.csv.xz": 8,
    "data/catalogues/2022-01-22_spacetrack.3le.xz": 10,
}


@pytest.mark.parametrize("file", FILES)
def test_the_states_of_a_whole_catalogue_are_reproduced(
    file: str, record_property: Callable[[str, object], None]
) -> None:
    catalog = read_catalog(shared_path(file)).catalog
    records = make_propagator(catalog, 2460615.5, 0.0).records
    states = [record.sgp4_tsince(0.0) for record in records]
    good = np.flatnonzero([code == 0 for code, _, _ in states])
    catalog = catalog[good]
    r = np.array([states[k][1] for k in good.tolist()])
    v = np.array([states[k][2] for k in good.tolist()])
    elements = mean_elements_from_states(r, v, catalog.epoch_jd, catalog.epoch_fraction)
    names = (
        "mean_motion_rev_day",
        "eccentricity",
        "inclination_deg",
        "raan_deg",
        "arg_perigee_deg",
        "mean_anomaly_deg",
    )
    back = catalog.with_columns(**{name: getattr(elements, name) for name in names})
    again = [record.sgp4_tsince(0.0) for record in make_propagator(back, 2460615.5, 0.0).records]
    dr = np.linalg.norm(np.array([s[1] for s in again]) - r, axis=1)
    dv = np.linalg.norm(np.array([s[2] for s in again]) - v, axis=1)
    ok = elements.status == ElementsStatus.OK
    record_property(
        Path(file).name[:10],
        f"{(~ok).sum()} of {ok.size:,} not reached, others within {1e3 * dr[ok].max():.1g} m",
    )
    assert dr[ok].max() < 1e-3
    assert dv[ok].max() < 1e-6
    assert np.quantile(dr, 0.99) < 2e-7
    assert set(np.unique(elements.status[~ok])) <= {ElementsStatus.UNREACHED}
    assert (~ok).sum() <= FILES[file]
    assert np.all(catalog.inclination_deg[~ok] < 0.2)
    assert np.all(np.abs(catalog.mean_motion_rev_day[~ok] - 1.0027) < 0.01)
    # Near the Earth the map is one to one: the elements themselves are reproduced.
    near = ok & (catalog.mean_motion_rev_day > 6.5)
    np.testing.assert_allclose(
        elements.mean_motion_rev_day[near], catalog.mean_motion_rev_day[near], rtol=1e-9
    )
    np.testing.assert_allclose(
        elements.eccentricity[near], np.maximum(catalog.eccentricity[near], 0.0), atol=2e-6
    )
    np.testing.assert_allclose(elements.inclination_deg[near], catalog.inclination_deg[near], atol=1e-8)


def test_bstar_of_real_fragments_is_lower_than_their_area_and_mass_imply() -> None:
    # Published area-to-mass ratios of fragments of 5 to 20 cm are about 0.1 m^2/kg; those implied by fitted B* with
    # Cd = 2.2 are ten times smaller (medians 0.0092 at 450 km, 0.0025 to 0.0055 at 750 to 800 km). SGP4's fixed
    # atmosphere is that much denser than the real one under a quiet Sun, increasingly with altitude: fits compensate in
    # B*. A physical B* must be scaled to the real density, which `hazard.breakup.cloud` does.
    catalog = read_catalog(shared_path("data/catalogues/2022-01-22_spacetrack.3le.xz")).catalog

    def ratio(event: str) -> float:
        rows = (catalog.parent_event == event) & (catalog.bstar > 0.0)
        assert rows.sum() > 300
        return float(np.median(catalog.bstar[rows]) / bstar_from_area_to_mass(1.0))

    assert 0.008 < ratio("Cosmos 1408") < 0.011
    assert 0.002 < ratio("Fengyun 1C") < 0.004
    assert 0.002 < ratio("Cosmos 2251") < 0.006
    assert 0.002 < ratio("Iridium 33") < 0.006
