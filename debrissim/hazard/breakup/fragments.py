"""A breakup as a value: its fragments, its balance of mass and momentum, and its flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.hazard.breakup.distributions import NumberLaw


@dataclass(frozen=True, eq=False)
class Fragments(Rows):
    """k fragments, those of the target first, each object's sorted by length.

    | column                   | dtype   | shape  | unit                                                        |
    |--------------------------|---------|--------|-------------------------------------------------------------|
    | characteristic_length_m  | float64 | (k,)   | m                                                           |
    | area_to_mass_m2_kg       | float64 | (k,)   | m^2/kg                                                      |
    | area_m2                  | float64 | (k,)   | m^2                                                         |
    | mass_kg                  | float64 | (k,)   | kg                                                          |
    | velocity_change_km_s     | float64 | (k, 3) | km/s, to add to the parent's velocity, in its inertial axes |
    | parent                   | int8    | (k,)   | 0: the target, or the exploding object; 1: the projectile   |
    """

    characteristic_length_m: Array
    area_to_mass_m2_kg: Array
    area_m2: Array
    mass_kg: Array
    velocity_change_km_s: Array
    parent: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Balance:
    """The balance of mass, momentum and energy. Columns (2,): the target (or the exploding object), the projectile.

    parent_mass_kg = fragment_mass_kg + below_min_length_kg + remnant_mass_kg + residual_kg, to rounding.

    - below_min_length_kg: mean mass that the laws assign to fragments from 1 mm to the minimum length, which are not
      sampled.
    - lumped_kg: the part of fragment_mass_kg by which fragments exceed the mass from their sampled area-to-mass ratio.
    - remnant_mass_kg: mass that stays together; remnant_velocity_change_km_s (2, 3): its recoil.
    - residual_kg: mass for which the sample has no fragment (only in events of a few fragments).
    - dropped_count: fragments of the number law for which no mass was left, or larger than their parent.
    - mass_runs_out_m: the length from which no mass was left; infinite if there was enough.
    - momentum_residual_kg_km_s (3,): of all fragments and remnants relative to their parents: rounding.
    - fragment_energy_j: of fragments and remnants relative to their parents; impact_energy_j: of the two objects about
      their common centre of mass, None for an explosion.
    """

    parent_mass_kg: Array
    fragment_mass_kg: Array
    below_min_length_kg: Array
    lumped_kg: Array
    remnant_mass_kg: Array
    remnant_velocity_change_km_s: Array
    residual_kg: Array
    dropped_count: NDArray[np.int64]
    mass_runs_out_m: Array
    momentum_residual_kg_km_s: Array
    fragment_energy_j: float
    impact_energy_j: float | None


@dataclass(frozen=True, eq=False)
class BreakupResult:
    """A breakup sampled from the model.

    law: its number law; expected_count: the count by the law at min_length_m and above, before mass sets a limit (see
    `counts.count_range` for its uncertainty); catastrophic, energy_to_mass_j_g: None for an explosion; flags: one
    sentence for each way in which the event lies outside the model's range of validity.
    """

    fragments: Fragments
    balance: Balance
    law: NumberLaw
    min_length_m: float
    expected_count: float
    catastrophic: bool | None
    energy_to_mass_j_g: float | None
    flags: tuple[str, ...]
