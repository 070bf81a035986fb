"""The encounter to be avoided, and everything known about its two objects."""

from __future__ import annotations

from dataclasses import dataclass

from debrissim.core.arrays import Array
from debrissim.maneuvers.motion import ManeuverableMotion, Motion


@dataclass(frozen=True, eq=False)
class AvoidableEvent:
    """An encounter of a spacecraft that can burn (the primary) with another object (the secondary).

    | field                                    | unit, frame                                                     |
    |------------------------------------------|-----------------------------------------------------------------|
    | start                                    | UTC of run time zero, split Julian date                         |
    | tca_s                                    | s of run time, closest approach without a burn                  |
    | primary, secondary                       | their motions                                                   |
    | primary_covariance, secondary_covariance | (6, 6) km2, km2/s, km2/s2: each along its own object's RTN axes |
    |                                          | at the closest approach, axes held fixed; without a burn        |
    | hard_body_radius_m                       | m, sum of both radii                                            |
    | covariance_label                         | origin of the covariances in words, for reports                 |
    | modelled                                 | whether the errors are modelled, not taken from a message       |
    | primary_number, secondary_number         | catalogue numbers, None if not known                            |
    | primary_name, secondary_name             | names as given by the source                                    |
    | source                                   | the results folder or the file, for messages                    |

    Position covariances alone are filled to 6 by 6 by `uncertainty.rotation.with_velocity_errors`.
    """

    start: tuple[float, float]
    tca_s: float
    primary: ManeuverableMotion
    secondary: Motion
    primary_covariance: Array
    secondary_covariance: Array
    hard_body_radius_m: float
    covariance_label: str
    modelled: bool
    primary_name: str
    secondary_name: str
    primary_number: int | None = None
    secondary_number: int | None = None
    source: str = ""
