"""Ephemerides: trajectories in, as operators publish them, with their covariances and manoeuvres.

| name                | meaning                                                        |
|---------------------|----------------------------------------------------------------|
| `Ephemeris`         | the trajectory of one object: segments of states               |
| `Segment`           | the states of one arc, and the span in which they may be used  |
| `CovarianceHistory` | covariances along a segment                                    |
| `DeclaredManeuver`  | a burn that a file declares                                    |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
