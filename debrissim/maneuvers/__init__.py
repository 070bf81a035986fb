"""Avoidance manoeuvres: a burn, the trajectory after it, and everything that this trajectory meets.

| name                      | meaning                                            |
|---------------------------|----------------------------------------------------|
| Burns                     | impulses and thrust arcs of one spacecraft         |
| Direction                 | along-track, radial, normal or free                |
| AvoidableEvent            | the encounter to be avoided                        |
| Motion                    | protocol: the motion of an object without burns    |
| ManeuverableMotion        | protocol: motion that can be continued after burns |
| ManeuveredMotion          | protocol: trajectories after burns                 |
| MotionStatus              | status of a trajectory after a burn                |
| ElementSetMotion          | motion by SGP4, continued by SGP4 after burns      |
| ArcMotion                 | motion along the arcs of an ephemeris              |
| BurnApproaches            | the closest approach after each burn               |
| ExecutionError            | errors of the execution of burns                   |
| NO_EXECUTION_ERROR        | burns executed exactly                             |
| TransitionTable           | how errors of the spacecraft's state move on       |
| execution_covariance      | the covariance that a burn leaves at later times   |
| Goals                     | goals of a burn                                    |
| WithoutBurn, without_burn | the event without a burn, for comparison           |
| BurnEffects, effect_of    | the effect of burns on the encounter               |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
