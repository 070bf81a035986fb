"""The International Space Station over the years: configuration, altitude, collision rates, counted passes.

| name                          | meaning                                                |
|-------------------------------|--------------------------------------------------------|
| GroupRate                     | flux and collision rate of one group of objects        |
| rates_by_group                | flux and rate by kind and parent event                 |
| rate_by_object_per_year       | collision rate with each object                        |
| flux_through_disc_per_m2_year | flux of each object averaged over a disc               |
| independent_objects           | objects that do not fly with the target                |
| with_mean_radius              | orbits with the mean radius given by SGP4              |
| crossing_count                | objects that cross a band of altitudes                 |
| BodyRadii                     | spheres that represent a spacecraft: estimate, bounds  |
| hit_rate                      | hits per year on these spheres                         |
| HitRate                       | the values of that rate                                |
| count_passes                  | count passes of objects near a target                  |
| PassCounts                    | these counts                                           |
| compare                       | counted and expected passes of a group                 |
| compare_groups                | the same for several groups                            |
| Comparison                    | their values                                           |
| configuration                 | the station on a day                                   |
| Configuration                 | its parts, mass, area and size                         |
| elements                      | elements of the station                                |
| visiting_vehicles             | vehicles at its ports                                  |
| Part                          | an element or a visiting vehicle                       |
| yearly_means                  | mean size in a calendar year                           |
| mean_area_m2                  | mean shadow of a shape                                 |
| published_altitudes           | mean altitude by year                                  |
| altitudes_from_epochs         | mean altitude by year, from element sets               |
| StationYears                  | altitudes by year                                      |
| catalog_weights               | weights of the objects of several catalogues at a time |
| hit_probability               | probability of at least one hit                        |
| in_fleet                      | objects that belong to a large constellation           |
| is_scaled                     | whether a time lies before the first catalogue         |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
