"""Impact energy, the catastrophic criterion and the direction of approach."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.errors import InputError
from debrissim.hazard.impact import approach_direction, impact


def test_iridium_cosmos():
    # 560 kg at 11.7 km/s into 950 kg: 40,347 J/g, about a thousand times the criterion.
    hit = impact(560.0, 950.0, 11.7)
    assert hit.kinetic_energy_j[0] == pytest.approx(0.5 * 560.0 * 11700.0**2)
    assert hit.energy_to_mass_j_g[0] == pytest.approx(40346.5, abs=0.1)
    assert hit.catastrophic[0]
    assert impact(950.0, 560.0, 11.7).energy_to_mass_j_g == hit.energy_to_mass_j_g


def test_the_limit_is_forty_joules_per_gram():
    # 1 kg at 10 km/s is 50 MJ: 40 J/g of 1,250 kg.
    assert impact(1250.0, 1.0, 10.0).catastrophic[0]
    assert not impact(1250.1, 1.0, 10.0).catastrophic[0]


def test_unknown_mass_is_never_catastrophic_and_wrong_masses_are_named():
    hit = impact(np.array([np.nan, 420e3]), np.array([1.0, 1.0]), 10.0)
    assert np.isnan(hit.energy_to_mass_j_g[0])
    assert hit.catastrophic.tolist() == [False, False]
    with pytest.raises(InputError, match="mass_secondary_kg: expected > 0 kg"):
        impact(1.0, 0.0, 10.0)
    with pytest.raises(InputError, match="relative_speed_km_s"):
        impact(1.0, 1.0, np.nan)


@pytest.mark.parametrize(
    ("velocity", "azimuth", "elevation"),
    [
        ((0.0, -15.0, 0.0), 0.0, 0.0),  # flies backwards past us: it came from ahead
        ((0.0, 1.0, 0.0), 180.0, 0.0),  # overtakes from behind
        ((0.0, 0.0, 8.0), 90.0, 0.0),  # towards +N (port): it came from starboard
        ((0.0, 0.0, -8.0), -90.0, 0.0),
        ((-1.0, 0.0, 0.0), 0.0, 90.0),  # falls: it came from the zenith
        ((1.0, -1.0, 0.0), 0.0, -45.0),
    ],
)
def test_approach_direction(velocity, azimuth, elevation):
    found = approach_direction(np.array([velocity]))
    assert (found[0][0], found[1][0]) == pytest.approx((azimuth, elevation))


def test_no_velocity_no_direction():
    azimuth, elevation = approach_direction(np.zeros((1, 3)))
    assert np.isnan(azimuth[0])
    assert np.isnan(elevation[0])
