"""Simulation of explosions and collisions: the NASA standard breakup model, sampled fragment by fragment.

Source: the laws of `distributions` (Johnson, Krisko, Liou & Anz-Meador 2001). Sampling needs further rules, above
all to conserve mass and momentum, which the laws alone do not:

- Number: Poisson about the law at the minimum length.
- Mass that breaks up: the mass of both objects in a catastrophic collision, the mass of the object in an explosion. A
  collision that is not catastrophic breaks the mass of its law, M = m v^2 (v in km/s), the smaller object first; the
  rest of each object stays together as its remnant.
- Fragments belong to the two objects in proportion to the masses that break up.
- Fragments of an object are taken in ascending size until its mass is used up; the mean mass that the laws assign to
  fragments between 1 mm and the minimum length is set aside first. If the mass runs out before the law does, the larger
  fragments are left out and the remaining mass goes to the largest fragment kept. If the law ends first, fragments of 1
  m and above share the rest of the mass in proportion to their area, because the laws do not hold for them anyway; if
  there are no such fragments, it goes to the remnant, or to the largest fragment of an object that breaks up
  completely.
- No fragment is larger than its parent: an intact object is assumed to have a cross-section of 0.01 m^2 per kg.
- Momentum: the fragments of each object keep its momentum. The heaviest fragment, or the remnant, takes the recoil of
  all others instead of a sampled velocity. No momentum passes from one object to the other.

Assumptions
- Both objects take part as a whole. A hit on a boom or an array breaks less (use `catastrophic=False`).
- Energy is not conserved by construction; `Balance` gives the energy of the fragments and of the impact.
- Fragments below 1 mm, liquids and vapour are not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.breakup.distributions import (
    MAX_LENGTH_M,
    MIN_LENGTH_M,
    VELOCITY_SIGMA,
    NumberLaw,
    area_m2,
    area_to_mass,
    check_positive,
    collision_law,
    cumulative_count,
    expected_mass_kg,
    explosion_law,
)
from debrissim.hazard.breakup.fragments import Balance, BreakupResult, Fragments
from debrissim.hazard.impact import CATASTROPHIC_J_G

MAX_FRAGMENTS = 20_000_000
_INTACT_AREA_TO_MASS_M2_KG = 0.01
_SLOW_IMPACT_KM_S = 3.0
_STAGE_MASSES_KG = (600.0, 1000.0)
_NEAR_CRITERION = 2.0


@dataclass(frozen=True, eq=False)
class _ObjectFragments:
    """The fragments of one object, by length, and the rest of its mass."""

    length_m: Array
    area_m2: Array
    mass_kg: Array
    velocity_km_s: Array
    below_min_length_kg: float
    lumped_kg: float
    remnant_kg: float
    recoil_km_s: Array
    residual_kg: float
    dropped: int
    mass_runs_out_m: float


def simulate_explosion(
    mass_kg: float,
    *,
    min_length_m: float = 0.05,
    scale: float = 1.0,
    rocket_body: bool,
    rng: np.random.Generator,
) -> BreakupResult:
    """Sample the fragments of an object that explodes.

    Parameters
    ----------
    mass_kg : float, kg
        Mass of the object, above 0.
    min_length_m : float, m
        Length of the smallest fragments to sample, 0.001 to 1.
    scale : float
        S of the number law, 1 for upper stages of 600 to 1000 kg.
    rocket_body : bool
        Whether the object is a rocket body; otherwise it is a spacecraft.
    rng : numpy.random.Generator
        Source of the samples; the same state gives the same fragments.

    Raises
    ------
    InputError
        For a mass or scale that is not positive, or a length outside 0.001 to 1 m.
    """
    check_positive("mass_kg", mass_kg)
    law = explosion_law(scale)
    _check_length(law, min_length_m)
    fragments = _object_fragments(
        law, 1.0, mass_kg, mass_kg, rocket_body, min_length_m, rng, leaves_remnant=True
    )
    flags = []
    if not rocket_body:
        flags.append("the number law of explosions is that of upper stages, not of spacecraft")
    elif scale == 1.0 and not _STAGE_MASSES_KG[0] <= mass_kg <= _STAGE_MASSES_KG[1]:
        flags.append("scale 1 is that of upper stages of 600 to 1000 kg")
    return _assemble(law, min_length_m, np.array([mass_kg, 0.0]), (fragments, _no_fragments()), None, flags)


def simulate_collision(
    target_mass_kg: float,
    projectile_mass_kg: float,
    relative_velocity_km_s: ArrayLike,
    *,
    min_length_m: float = 0.05,
    rocket_body: tuple[bool, bool] = (False, False),
    rng: np.random.Generator,
    catastrophic: bool | None = None,
) -> BreakupResult:
    """Sample the fragments of two objects that collide; the projectile may be a kinetic interceptor.

    Parameters
    ----------
    target_mass_kg, projectile_mass_kg : float, kg
        Masses, above 0.
    relative_velocity_km_s : float or (3,), km/s
        Projectile minus target, or the speed, which is all that the model uses.
    min_length_m : float, m
        Length of the smallest fragments to sample, 0.001 to 1.
    rocket_body : (bool, bool)
        Whether target and projectile are rocket bodies; otherwise they are spacecraft.
    rng : numpy.random.Generator
        Source of the samples; the same state gives the same fragments.
    catastrophic : bool, optional
        True or False overrides the criterion of 40 J/g.

    Raises
    ------
    InputError
        For masses or a speed that are not positive, or a length outside 0.001 to 1 m.
    """
    velocity = np.asarray(relative_velocity_km_s, dtype=np.float64)
    if velocity.shape not in ((), (3,)):
        raise InputError(
            f"relative_velocity_km_s: expected a speed or shape (3,), got shape {velocity.shape}"
        )
    speed = float(velocity) if velocity.ndim == 0 else float(np.linalg.norm(velocity))
    law = collision_law(target_mass_kg, projectile_mass_kg, speed, catastrophic=catastrophic)
    _check_length(law, min_length_m)
    masses = np.array([target_mass_kg, projectile_mass_kg], dtype=np.float64)
    to_break = _mass_to_break(law, masses)
    objects = tuple(
        _object_fragments(
            law, part / to_break.sum(), part, mass, kind, min_length_m, rng, leaves_remnant=part < mass
        )
        for part, mass, kind in zip(to_break.tolist(), masses.tolist(), rocket_body, strict=True)
    )
    return _assemble(law, min_length_m, masses, (objects[0], objects[1]), speed, _impact_flags(law, speed))


def _mass_to_break(law: NumberLaw, masses: Array) -> Array:
    """(2,) kg, the mass of each object that breaks up."""
    if law.catastrophic:
        return masses.copy()
    smaller = int(np.argmin(masses))
    out = np.zeros(2)
    out[smaller] = min(masses[smaller], law.law_mass_kg or 0.0)
    # Limited to its whole mass, because the sum of both masses minus one of them may exceed the other through rounding.
    out[1 - smaller] = np.clip((law.law_mass_kg or 0.0) - out[smaller], 0.0, masses[1 - smaller])
    return out


def _object_fragments(
    law: NumberLaw, part: float, to_break_kg: float, mass_kg: float, rocket_body: bool, min_length_m: float,
    rng: np.random.Generator, *, leaves_remnant: bool,
) -> _ObjectFragments:  # fmt: skip
    """The fragments of one object, from its part of the number law and the mass that breaks up."""
    count = int(rng.poisson(part * float(cumulative_count(min_length_m, law))))
    length = np.sort(law.lengths_m(rng.random(count), min_length_m))
    area = area_m2(length)
    mass = area / 10.0 ** area_to_mass(length, rocket_body=rocket_body).sample(rng)
    normal, direction = rng.standard_normal(count), rng.standard_normal((count, 3))

    expected = part * expected_mass_kg(law, MIN_LENGTH_M, min_length_m, rocket_body=rocket_body)
    below = min(expected, to_break_kg)
    room = to_break_kg - below
    fitting = int(np.searchsorted(area, _INTACT_AREA_TO_MASS_M2_KG * mass_kg, side="right"))
    used = np.cumsum(mass[:fitting])
    kept = int(np.searchsorted(used, room, side="right"))
    runs_out = float(length[kept]) if kept < fitting else np.inf
    if room == 0.0 < to_break_kg:
        runs_out = min_length_m
    rest = max(0.0, room - float(used[kept - 1])) if kept else room
    length, area, mass = length[:kept], area[:kept], mass[:kept].copy()
    remnant, residual, lumped = mass_kg - to_break_kg, 0.0, 0.0
    heads = int(np.searchsorted(length, MAX_LENGTH_M))
    if np.isinf(runs_out) and heads < kept:
        mass[heads:] += rest * area[heads:] / area[heads:].sum()
        lumped = rest
    elif np.isinf(runs_out) and leaves_remnant:
        remnant += rest
    elif kept:
        mass[-1] += rest
        lumped = rest
    else:
        residual = rest

    speed = 10.0 ** (law.velocity_mean(np.log10(area / mass)) + VELOCITY_SIGMA * normal[:kept]) / 1000.0
    velocity = direction[:kept] * (speed / np.linalg.norm(direction[:kept], axis=1))[:, None]
    velocity, recoil = _balance_momentum(mass, velocity, remnant)
    return _ObjectFragments(
        length, area, mass, velocity, below, lumped, remnant, recoil, residual, count - kept, runs_out
    )


def _balance_momentum(mass_kg: Array, velocity_km_s: Array, remnant_kg: float) -> tuple[Array, Array]:
    """The velocities, with the recoil of all other fragments on the heaviest one or on the remnant; and that recoil."""
    if mass_kg.size == 0:
        return velocity_km_s, np.zeros(3)
    heaviest = int(np.argmax(mass_kg))
    if remnant_kg >= mass_kg[heaviest]:
        return velocity_km_s, -(mass_kg @ velocity_km_s) / remnant_kg
    # Summed without it, because subtracting its own part from the total would lose the digits of a heavy, fast
    # fragment.
    others_kg = mass_kg.copy()
    others_kg[heaviest] = 0.0
    recoil = others_kg @ velocity_km_s
    velocity = velocity_km_s.copy()
    velocity[heaviest] = -recoil / mass_kg[heaviest]
    return velocity, np.zeros(3)


def _assemble(
    law: NumberLaw,
    min_length_m: float,
    masses: Array,
    objects: tuple[_ObjectFragments, _ObjectFragments],
    speed: float | None,
    flags: list[str],
) -> BreakupResult:
    length = np.concatenate([s.length_m for s in objects])
    area, mass = np.concatenate([s.area_m2 for s in objects]), np.concatenate([s.mass_kg for s in objects])
    velocity = np.concatenate([s.velocity_km_s for s in objects])
    parent = np.repeat(np.array([0, 1], dtype=np.int8), [s.length_m.size for s in objects])
    fragments = Fragments(length, area / mass, area, mass, velocity, parent)
    recoil, remnant = np.stack([s.recoil_km_s for s in objects]), np.array([s.remnant_kg for s in objects])
    energy = mass @ np.square(velocity).sum(axis=1) + remnant @ np.square(recoil).sum(axis=1)
    reduced = None if speed is None else masses.prod() / masses.sum()
    balance = Balance(
        parent_mass_kg=masses,
        fragment_mass_kg=np.array([s.mass_kg.sum() for s in objects]),
        below_min_length_kg=np.array([s.below_min_length_kg for s in objects]),
        lumped_kg=np.array([s.lumped_kg for s in objects]),
        remnant_mass_kg=remnant,
        remnant_velocity_change_km_s=recoil,
        residual_kg=np.array([s.residual_kg for s in objects]),
        dropped_count=np.array([s.dropped for s in objects], dtype=np.int64),
        mass_runs_out_m=np.array([s.mass_runs_out_m for s in objects]),
        momentum_residual_kg_km_s=mass @ velocity + remnant @ recoil,
        fragment_energy_j=0.5e6 * float(energy),
        impact_energy_j=None if reduced is None or speed is None else 0.5e6 * float(reduced) * speed**2,
    )
    return BreakupResult(
        fragments,
        balance,
        law,
        min_length_m,
        float(cumulative_count(min_length_m, law)),
        law.catastrophic,
        law.energy_to_mass_j_g,
        (*flags, *_sample_flags(fragments, balance, speed)),
    )


def _impact_flags(law: NumberLaw, speed: float) -> list[str]:
    flags = []
    ratio = (law.energy_to_mass_j_g or 0.0) / CATASTROPHIC_J_G
    if 1.0 / _NEAR_CRITERION < ratio < _NEAR_CRITERION:
        flags.append(
            f"{law.energy_to_mass_j_g:.3g} J/g is within a factor {_NEAR_CRITERION:g} of 40 J/g: whether both "
            "objects break up is uncertain"
        )
    if speed < _SLOW_IMPACT_KM_S:
        flags.append(
            f"{speed:.3g} km/s is not a hypervelocity impact (3 km/s and above), for which the model is made"
        )
    return flags


def _sample_flags(fragments: Fragments, balance: Balance, speed: float | None) -> list[str]:
    flags = []
    large = int((fragments.characteristic_length_m > MAX_LENGTH_M).sum())
    if large:
        flags.append(f"{large} fragments are larger than 1 m, the limit of the laws")
    for label, limit in zip(("target", "projectile"), balance.mass_runs_out_m.tolist(), strict=True):
        if limit <= MAX_LENGTH_M:
            flags.append(f"the {label}'s mass is used up at {limit:.3g} m: the number law is not met beyond")
    fastest = np.linalg.norm(fragments.velocity_change_km_s, axis=1)
    if speed is not None and (fastest > speed).any():
        flags.append(f"{int((fastest > speed).sum())} fragments are faster than the impact, {speed:.3g} km/s")
    if balance.impact_energy_j is not None and balance.fragment_energy_j > balance.impact_energy_j:
        flags.append("the fragments have more energy than the impact")
    return flags


def _no_fragments() -> _ObjectFragments:
    empty = np.empty(0)
    return _ObjectFragments(empty, empty, empty, np.empty((0, 3)), 0.0, 0.0, 0.0, np.zeros(3), 0.0, 0, np.inf)


def _check_length(law: NumberLaw, min_length_m: float) -> None:
    if not MIN_LENGTH_M <= min_length_m <= MAX_LENGTH_M:
        raise InputError(
            f"min_length_m: expected {MIN_LENGTH_M:g} to {MAX_LENGTH_M:g} m, where the model holds, "
            f"got {min_length_m}"
        )
    expected = float(cumulative_count(min_length_m, law))
    if expected > MAX_FRAGMENTS:
        raise InputError(
            f"min_length_m: {min_length_m:g} m gives {expected:.3g} fragments, more than {MAX_FRAGMENTS}"
        )
