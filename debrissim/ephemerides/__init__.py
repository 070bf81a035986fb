"""Ephemerides: trajectories in, as operators publish them, with their covariances and manoeuvres.

| name                      | meaning                                                       |
|---------------------------|---------------------------------------------------------------|
| `read_ephemerides`        | the objects of ephemeris files                                |
| `parse_ephemerides`       | the same of bytes                                             |
| `Ephemeris`               | the trajectory of one object: segments of states              |
| `Segment`                 | the states of one arc, and the span in which they may be used |
| `CovarianceHistory`       | covariances along a segment                                   |
| `DeclaredManeuver`        | a burn that a file declares                                   |
| `read_earth_orientation`  | polar motion and UT1 of a file                                |
| `parse_earth_orientation` | the same of text                                              |
| `EarthOrientation`        | a table of them                                               |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
