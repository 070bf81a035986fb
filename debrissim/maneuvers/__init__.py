"""Avoidance manoeuvres: a burn, the trajectory after it, and everything that this trajectory meets.

| name               | meaning                                            |
|--------------------|----------------------------------------------------|
| Burns              | impulses and thrust arcs of one spacecraft         |
| Direction          | along-track, radial, normal or free                |
| AvoidableEvent     | the encounter to be avoided                        |
| Motion             | protocol: the motion of an object without burns    |
| ManeuverableMotion | protocol: motion that can be continued after burns |
| ManeuveredMotion   | protocol: trajectories after burns                 |
| MotionStatus       | status of a trajectory after a burn                |
| ElementSetMotion   | motion by SGP4, continued by SGP4 after burns      |
| ArcMotion          | motion along the arcs of an ephemeris              |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
