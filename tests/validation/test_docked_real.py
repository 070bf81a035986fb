"""The vehicles docked to the ISS and the Chinese station in two real catalogues, and one that is moved 40 km away."""

from __future__ import annotations

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.catalog.stations import CSS, ISS
from debrissim.screening.docked import docked_complexes

# Zarya, Nauka, Soyuz MS-19, Progress MS-18, Crew-3, CRS-24; Tianhe, Tianzhou 2 and 3, Shenzhou 13.
# Zarya, Nauka, Progress MS-27 and MS-28, Cygnus NG-21, Soyuz MS-26, Crew-9; Tianhe, Wentian, Mengtian, Tianzhou 7,
# Shenzhou 18 and 19.
DOCKED = {
    "2022-01-22_spacetrack.3le.xz": {
        ISS: [25544, 49044, 49269, 49379, 49407, 50318],
        CSS: [48274, 48803, 49222, 49326],
    },
    "2024-11-01_celestrak_omm.csv.xz": {
        ISS: [25544, 49044, 59913, 60378, 60450, 61043, 61447],
        CSS: [48274, 53239, 54216, 58811, 59591, 61683],
    },
}


@pytest.mark.parametrize("name", DOCKED)
def test_the_docked_vehicles_of_a_real_catalogue(name: str):
    catalog = read_catalog(shared_path(f"data/catalogues/{name}")).catalog
    found = docked_complexes(catalog)
    assert {s: sorted(catalog.norad_id[found == s].tolist()) for s in set(found.tolist()) - {0}} == DOCKED[
        name
    ]


@pytest.mark.parametrize("name", DOCKED)
def test_a_visitor_of_the_iss_40_km_ahead_is_not_docked(name: str):
    catalog = read_catalog(shared_path(f"data/catalogues/{name}")).catalog
    visitor = catalog.norad_id == DOCKED[name][ISS][-1]
    # The set of the complex with another anomaly: an approaching vehicle has one of its own, hours old.
    ahead = np.degrees(40.0 / catalog.semi_major_axis_km)
    anomaly = np.where(visitor, catalog.mean_anomaly_deg + ahead, catalog.mean_anomaly_deg)
    assert docked_complexes(catalog.with_columns(mean_anomaly_deg=anomaly))[visitor].tolist() == [0]
