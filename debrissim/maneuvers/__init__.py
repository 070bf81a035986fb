"""Avoidance manoeuvres: a burn, the trajectory after it, and everything that this trajectory meets.

| name                                            | meaning                                                          |
|-------------------------------------------------|------------------------------------------------------------------|
| `Burns`, `Direction`                            | impulses and thrust arcs of one spacecraft; their directions     |
| `AvoidableEvent`, `FoundEvent`                  | the encounter to be avoided, alone and with everything around it |
| `event_from_run`, `event_from_scenario`,        | the event from a run, from a scenario that is run, or a message  |
| `event_from_message`                            |                                                                  |
| `avoid`, `Plan`, `Avoidance`                    | from the event to burns that are screened again                  |
| `Motion`, `ManeuverableMotion`,                 | protocols: without burns, one that burns can follow, after burns |
| `ManeuveredMotion`                              |                                                                  |
| `MotionStatus`                                  | status of a trajectory after a burn                              |
| `ElementSetMotion`                              | motion by SGP4, continued by SGP4 after burns                    |
| `ArcMotion`, `IntegratedMotion`                 | motion along an ephemeris; with the effect of burns integrated   |
| `integrated_from_state`, `Drag`                 | the same through one state; drag in a simple atmosphere          |
| `theory_error_km`                               | error of the effect of burns, from a measured model              |
| `Thruster`                                      | thrust, mass and specific impulse: duration and propellant       |
| `BurnApproaches`                                | the closest approach after each burn                             |
| `ExecutionError`, `NO_EXECUTION_ERROR`          | errors of the execution of burns                                 |
| `TransitionTable`, `execution_covariance`       | propagation of errors of a state; the covariance after a burn    |
| `Goals`                                         | goals of a burn                                                  |
| `WithoutBurn`, `without_burn`                   | the event without a burn, for comparison                         |
| `BurnEffects`, `effect_of`                      | the effect of burns on the encounter                             |
| `AllowedDirection`, `ALL_AXES`, `FREE`,         | directions that may be flown                                     |
| `POSIGRADE`                                     |                                                                  |
| `BurnGrid`, `burn_times`, `trade_space`,        | the grid of a trade space and the effects of its burns           |
| `signed_size_m_s`                               |                                                                  |
| `smallest_burns`, `SmallestBurns`, `PlaneMap`,  | the smallest burns that meet the goals; the miss to first order  |
| `plane_map`                                     |                                                                  |
| `Surroundings`, `screen_again`, `ScreenedAgain` | objects that a spacecraft may meet; trajectories screened again  |
| `flying_with`                                   | objects that fly with a spacecraft                               |
| `Errors`, `ModelledErrors`                      | errors of the objects that a spacecraft may meet                 |
| `FoundEncounters`, `Verdict`                    | the encounters found, and verdicts on them                       |
| `burn_messages`, `Mass`                         | a burn and its trajectory as OEM, OPM and OCM                    |
| `return_burns`, `ReturnBurns`                   | burns back to the old orbit                                      |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
