"""Ephemerides: trajectories in, as operators publish them, with their covariances and manoeuvres.

| name                      | meaning                                                        |
|---------------------------|----------------------------------------------------------------|
| `read_ephemerides`        | the objects of ephemeris files                                 |
| `parse_ephemerides`       | the objects in the bytes of a file                             |
| `Ephemeris`               | the trajectory of one object: segments of states               |
| `Segment`                 | the states of one arc, and the span in which they may be used  |
| `CovarianceHistory`       | covariances along a segment                                    |
| `DeclaredManeuver`        | a burn that a file declares                                    |
| `read_earth_orientation`  | polar motion and UT1 from a file                               |
| `parse_earth_orientation` | polar motion and UT1 from text                                 |
| `EarthOrientation`        | the table of polar motion and UT1                              |
| `make_arcs`               | the arcs of an ephemeris, cut at manoeuvres, with error bounds |
| `join_arcs`               | the arcs of several objects in one table                       |
| `ArcTable`                | arcs and their nodes                                           |
| `Cut`                     | a manoeuvre between two nodes                                  |
| `Gap`                     | a time without a usable arc                                    |
| `arc_positions`           | positions on many arcs at many times                           |
| `arc_states`              | positions and velocities on many arcs at many times            |
| `OUTSIDE`                 | code of a time outside an arc                                  |
| `covariances_along`       | covariances of an object at given moments                      |
| `CovariancesAlong`        | the table of these covariances                                 |
| `CovarianceSource`        | the origin of a covariance, or the reason why there is none    |
| `Flights`                 | the arcs that the objects of a catalogue fly                   |
| `Gaps`                    | stretches in which an object has no arc                        |
| `make_flights`            | the flights of a catalogue                                     |
| `ocm_kvn`                 | an orbit comprehensive message as text                         |
| `OcmMessage`              | the content of such a message                                  |
| `OcmTrajectory`           | a trajectory in it                                             |
| `OcmCovariances`          | covariances in it                                              |
| `OcmManeuver`             | a manoeuvre in it                                              |
| `declared_maneuver`       | that manoeuvre, made from one that a file declares             |
| `ephemeris_message`       | the message of an ephemeris                                    |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
