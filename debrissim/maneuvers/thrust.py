"""Execution of burns: impulses, and thrust over minutes or hours along axes that turn with the spacecraft.

During thrust the difference d of the spacecraft from its trajectory without the burn is integrated:
d'' = g(r + d) - g(r) + a, with r the trajectory without the burn, g gravity and drag, and a the acceleration of the
thrust along R, T, N of the spacecraft's own state, r + d. A burn of zero therefore gives the trajectory without a burn.

Assumptions
- The acceleration is constant. In reality it grows as propellant is burnt; for a velocity change of dv and an exhaust
  velocity of c the centre of the burn is later by dv / (12 c) of its duration: 0.1 s for 5 m/s in ten minutes with a
  specific impulse of 220 s.
- The thrust neither rises nor falls gradually, and the attitude follows the axes perfectly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.dynamics import Dynamics, fastest_turn
from debrissim.maneuvers.kernels.differences import NODES, STAGES, thrust_steps
from debrissim.propagation.frames import rtn_basis

STANDARD_GRAVITY_M_S2 = 9.80665
"""Standard gravity, by definition of the specific impulse in s (BIPM, 3rd CGPM 1901)."""
_KM_PER_M = 1e-3
STEP_RAD = 0.1
"""Angle by which the spacecraft turns per step at its lowest point: an error of 1e-11 per step in DOP853."""
_MAX_STAGES = 2_000_000


@dataclass(frozen=True)
class Thruster:
    """Propulsion of a spacecraft: thrust in N, its mass before the burn in kg, specific impulse in s."""

    thrust_n: float
    mass_kg: float
    specific_impulse_s: float

    def __post_init__(self) -> None:
        for name in ("thrust_n", "mass_kg", "specific_impulse_s"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0.0):
                raise InputError(f"{name}: expected a number above 0, got {value!r}")

    @classmethod
    def of_mass_flow(cls, thrust_n: float, mass_kg: float, mass_flow_kg_s: float) -> Thruster:
        """Make a thruster from the mass flow in kg/s. Raises InputError if it is not above 0."""
        if not (np.isfinite(mass_flow_kg_s) and mass_flow_kg_s > 0.0):
            raise InputError(f"mass_flow_kg_s: expected a number above 0, got {mass_flow_kg_s!r}")
        return cls(thrust_n, mass_kg, thrust_n / (mass_flow_kg_s * STANDARD_GRAVITY_M_S2))

    def propellant_kg(self, size_m_s: Array) -> Array:
        """Propellant used in kg, for velocity changes of any shape (Tsiolkovsky's equation)."""
        exhaust = self.specific_impulse_s * STANDARD_GRAVITY_M_S2
        return np.asarray(-self.mass_kg * np.expm1(-np.asarray(size_m_s, dtype=np.float64) / exhaust))

    def duration_s(self, size_m_s: Array) -> Array:
        """Duration of thrust in s, for velocity changes of any shape."""
        exhaust = self.specific_impulse_s * STANDARD_GRAVITY_M_S2
        return np.asarray(self.propellant_kg(size_m_s) * exhaust / self.thrust_n)


def states_after(
    states_of: Callable[[Array], Array], dynamics: Dynamics, burns: Burns, elapsed_s: Array | None = None
) -> tuple[Array, Array]:
    """Fly burns.

    Parameters
    ----------
    states_of : callable
        Returns the states (t, 6) without a burn at times (t,) s, km, km/s; NaN where there is no state.
    dynamics : Dynamics
        Forces during thrust.
    burns : Burns
        k burns.
    elapsed_s : Array, shape (k,), optional
        s after the start of each burn, within its duration; by default the whole duration.

    Returns
    -------
    states : Array, shape (k, 6)
        km, km/s at that time; NaN where the spacecraft has no trajectory.
    differences : Array, shape (k, 6)
        The same minus the state without the burn.
    """
    elapsed = burns.duration_s if elapsed_s is None else elapsed_s
    differences = np.zeros((len(burns), 6))
    impulses = burns.duration_s <= 0.0
    before = states_of(burns.time_s[impulses])
    known = np.isfinite(before).all(axis=1)
    basis = np.full((before.shape[0], 3, 3), np.nan)
    basis[known] = rtn_basis(before[known, :3], before[known, 3:])
    differences[impulses, 3:] = np.einsum("kji,kj->ki", basis, _KM_PER_M * burns.delta_v_rtn_m_s[impulses])
    thrusting = np.flatnonzero(~impulses & (burns.size_m_s > 0.0) & (elapsed > 0.0))
    if thrusting.size:
        differences[thrusting] = _thrust(states_of, dynamics, burns[thrusting], elapsed[thrusting])
    return states_of(burns.time_s + elapsed) + differences, differences


def _thrust(states_of: Callable[[Array], Array], dynamics: Dynamics, burns: Burns, elapsed_s: Array) -> Array:
    """(k, 6) differences after times (k,) s of thrust."""
    sample = states_of(burns.time_s)
    if not np.isfinite(sample).all(axis=1).any():
        return np.full((len(burns), 6), np.nan)
    # Twice the rate at the start, because an eccentric orbit may descend during the burn.
    longest = STEP_RAD / (2.0 * fastest_turn(sample))
    steps = np.ceil(elapsed_s / longest).astype(np.int64)
    order = np.argsort(steps, kind="stable")
    out = np.empty((len(burns), 6))
    for rows in _batches(order, steps):
        out[rows] = _fly(states_of, dynamics, burns[rows], elapsed_s[rows] / steps[rows], steps[rows])
    return out


def _batches(order: Index, steps: Index) -> list[Index]:
    """Rows in their order, in batches of at most _MAX_STAGES stages, or of one row."""
    batches, begin = [], 0
    while begin < order.size:
        end = begin + 1
        while end < order.size and (end + 1 - begin) * steps[order[end]] * STAGES <= _MAX_STAGES:
            end += 1
        batches.append(order[begin:end])
        begin = end
    return batches


def _fly(
    states_of: Callable[[Array], Array], dynamics: Dynamics, burns: Burns, step_s: Array, steps: Index
) -> Array:
    """(k, 6) differences after numbers of steps (k,) of lengths (k,) s."""
    number = np.arange(int(steps.max()))
    # Beyond a row's own steps, its last step is repeated, and the result is not used.
    place = np.minimum(number, steps[:, None] - 1)[:, :, None] + NODES
    times = burns.time_s[:, None, None] + place * step_s[:, None, None]
    reference = states_of(times.ravel()).reshape(*times.shape, 6)
    out = np.zeros((len(burns), 6))
    acceleration = _KM_PER_M * burns.delta_v_rtn_m_s / burns.duration_s[:, None]
    thrust_steps(
        out, step_s, steps, reference, dynamics.pulls(reference, times), dynamics.full, dynamics.angles(times),
        dynamics.drag.numbers, acceleration,
    )  # fmt: skip
    return out
