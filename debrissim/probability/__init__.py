"""Collision probability: the encounter plane, the published methods, maxima and dilution, slow encounters.

| name                                                    | purpose                                                  |
|---------------------------------------------------------|----------------------------------------------------------|
| `collision_probability`, `CollisionProbability`         | one encounter or m of them, with maximum and flags       |
| `ProbabilityFlag`                                       | the flags                                                |
| `cumulative_probability`                                | at least one collision in independent encounters         |
| `methods`                                               | every method by name: `methods["alfano-2005"].source`    |
| `Method`, `PlaneMethod`, `StateMethod`                  | the entries of `methods`                                 |
| `register_method`, `check_method`                       | a method of your own, and a test for it                  |
| `EncounterPlane`, `plane_from_components`               | the input of the plane methods                           |
| `maximum_probability`, `maximum_over_aspect`,           | maxima over the covariance's size or any covariance,     |
| `small_object_maximum`, `frisbee_maximum`               | for small bodies, or with one covariance missing         |
| `dilution_curve`, `dilution_by_object`,                 | probability against the size of the errors, or those of  |
| `probability_by_radius`                                 | either object, and against the hard-body radius          |
| `StatePair`, `StateProbability`, `StateFlag`            | full states, and the results of the methods for them     |
| `assess_pairs`, `AutoProbability`, `short_encounter`    | `auto` for full states: in the plane or along the orbits |
| `expected_collisions`, `time_integrated`, `monte_carlo`,| Hall's and Coppola's methods, Monte Carlo on two-body    |
| `monte_carlo_sgp4`                                      | orbits and on element sets                               |
| `conjunction_duration`                                  | time bounds of an encounter                              |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
