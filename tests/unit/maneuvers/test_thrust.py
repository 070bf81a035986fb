"""Thrusters: mass, duration and propellant."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.maneuvers.thrust import STANDARD_GRAVITY_M_S2, Thruster


def test_duration_and_propellant_are_those_of_tsiolkovsky() -> None:
    thruster = Thruster(thrust_n=800.0, mass_kg=420_000.0, specific_impulse_s=300.0)
    propellant = thruster.propellant_kg(np.array([0.0, 1.0]))
    assert propellant[0] == 0.0
    exhaust = 300.0 * STANDARD_GRAVITY_M_S2
    assert exhaust * np.log(420_000.0 / (420_000.0 - propellant[1])) == pytest.approx(1.0)
    # Force times time is about mass times velocity; the mass falls by 1 / 3000.
    assert thruster.duration_s(np.array([1.0]))[0] == pytest.approx(420_000.0 / 800.0, rel=3e-4)


def test_mass_flow_gives_the_same_thruster() -> None:
    flow = 0.27
    thruster = Thruster.of_mass_flow(800.0, 420_000.0, flow)
    size = np.array([2.0])
    assert thruster.duration_s(size) * flow == pytest.approx(thruster.propellant_kg(size))


@pytest.mark.parametrize("name", ["thrust_n", "mass_kg", "specific_impulse_s"])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_numbers_that_are_not_above_zero_are_named(name: str, value: float) -> None:
    numbers = {"thrust_n": 1.0, "mass_kg": 1.0, "specific_impulse_s": 1.0} | {name: value}
    with pytest.raises(InputError, match=name):
        Thruster(**numbers)


def test_a_mass_flow_of_zero_is_named() -> None:
    with pytest.raises(InputError, match="mass_flow_kg_s"):
        Thruster.of_mass_flow(1.0, 1.0, 0.0)
