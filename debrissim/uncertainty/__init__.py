"""Uncertainty: covariances of element sets and of single objects, their rotation and propagation.

| name                    | meaning                                              |
|-------------------------|------------------------------------------------------|
| read_covariance_table   | read covariances from a CSV file                     |
| CovarianceTable         | covariances by catalogue number                      |
| get_covariance_model    | error model of element sets by name                  |
| ElementSetErrorModel    | position error of element sets by orbit and age      |
| errors_from_history     | errors of an object measured from its element sets   |
| HistoryErrors           | these errors and the fits to them                    |
| read_object_covariances | covariances of single objects from files             |
| ObjectCovariances       | all covariances of single objects, by precedence     |
| EphemerisCovariances    | covariances of the objects that fly ephemerides      |
| StatedCovariances       | these at closest approaches                          |
| pairwise_differences    | differences between element sets of an object        |
| PairDifferences         | the table of these differences                       |
| AgeBin                  | a bin of ages                                        |
| orbit_differences       | the same for many objects, as differences of orbits  |
| OrbitDifferences        | the table of these differences                       |
| sort_sets               | element sets by object and epoch                     |
| StandardisedDifferences | differences in units of a model's errors; coverage   |
| standardise             | compute them for a covariance model                  |
| alarm_sentence          | how often such a screening passes red, in one line   |
| Behaviour               | passive, payload, young payload, thrusting           |
| propagate_covariance    | propagate covariances over a time                    |
| to_inertial             | position covariance from RTN to inertial axes        |
| to_primary_rtn          | position covariance in the RTN of the primary        |
| state_rtn_to_inertial   | covariance of position and velocity, RTN to inertial |
| state_inertial_to_rtn   | covariance of position and velocity, inertial to RTN |
| with_velocity_errors    | add velocity errors derived from position errors     |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
