"""Breakups: the NASA standard breakup model, the orbits of its fragments, and the clouds they form.

| name               | meaning                                                      |
|--------------------|--------------------------------------------------------------|
| make_cloud         | fragments as a catalogue of element sets                     |
| Cloud              | that catalogue, and the fragments left out                   |
| FragmentParent     | an object before it breaks up                                |
| with_fragments     | a catalogue with its broken-up objects replaced by fragments |
| count_range        | the likely range of a number of fragments                    |
| CountRange         | the values of that range                                     |
| NumberLaw          | number of fragments by length                                |
| explosion_law      | the number law of an explosion                               |
| collision_law      | the number law of a collision                                |
| cumulative_count   | expected number of fragments of a length or longer           |
| area_m2            | cross-section of fragments of a length                       |
| area_to_mass       | distribution of area-to-mass ratios of fragments of a length |
| AreaToMass         | that distribution                                            |
| expected_mass_kg   | mean mass of all fragments between two lengths               |
| MIN_LENGTH_M       | minimum length for which the laws hold                       |
| MAX_LENGTH_M       | maximum length for which the laws hold                       |
| BreakupResult      | a simulated breakup                                          |
| Fragments          | the table of its fragments                                   |
| Balance            | its balance of mass, momentum and energy                     |
| simulate_explosion | sample the fragments of an explosion                         |
| simulate_collision | sample the fragments of a collision                          |
| fragment_orbits    | orbits of fragments right after the breakup                  |
| FragmentOrbits     | the table of these orbits                                    |
| Fate               | orbit, re-entry or escape                                    |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
