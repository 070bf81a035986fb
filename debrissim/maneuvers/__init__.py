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
| module                  | content                                                       |
|-------------------------|---------------------------------------------------------------|
| `burns`                 | impulses and thrust arcs                                      |
| `motion`                | the protocols of motion with and without burns                |
| `event`                 | the encounter to be avoided                                   |
| `surroundings`          | everything that a spacecraft may meet, and what flies with it |
| `alternatives`          | trajectories of which one will be flown, screened together    |
| `screened_again`        | the trajectories after burns screened again                   |
| `same_passage`          | the passage without a burn that an encounter is compared with |
| `encounter_probability` | probabilities with the execution errors of burns              |
| `verdicts`              | green, worse, or not examined                                 |
|----------|-----------------------------------------------------------------------------|
| `messages` | a burn and the trajectory with it as OEM, OPM and OCM                     |
|-----------------------|------------------------------------------------------------|
| IntegratedMotion      | motion along an ephemeris, the effect of burns integrated  |
| integrated_from_state | the same through one state, as in a message                |
| Drag                  | drag in an exponential atmosphere                          |
| Thruster              | thrust, mass and specific impulse: duration and propellant |
|---------------------------------------------|------------------------------------------------------------|
| AllowedDirection, ALL_AXES, FREE, POSIGRADE | directions that may be flown                               |
| BurnGrid, burn_times                        | the grid of a trade space                                  |
| trade_space, signed_size_m_s                | the effects of its burns, and their sizes with their signs |
| smallest_burns, SmallestBurns               | the smallest burns that meet the goals                     |
| PlaneMap, plane_map                         | the miss by the burn, to first order                       |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
