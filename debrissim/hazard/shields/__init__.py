"""Shields against small particles: ballistic limits, and expected penetrations.

| name                       | meaning                                                          |
|----------------------------|------------------------------------------------------------------|
| Shield                     | base class of all shields                                        |
| get_shield                 | a shield of the ISS by its name                                  |
| CriticalDiameter           | target that fails above a given diameter                         |
| CriticalEnergy             | target that fails above a given kinetic energy                   |
| ISS_SHIELDS                | shields of the ISS by name                                       |
| IssModuleShield            | shield with the constants of an ISS module                       |
| IssNodeShield              | shield of Nodes 2 and 3                                          |
| penetrations               | expected penetrations of a surface                               |
| Penetrations               | the number of penetrations, by speed                             |
| ParticleSource             | particles of one origin: directions, speeds, densities and sizes |
| DensityClass               | particles of one density                                         |
| debris_source              | man-made particles as a source                                   |
| meteoroid_source           | meteoroids as a source                                           |
| expected_range             | sum over several parts, with its range                           |
| no_penetration_probability | probability of no penetration (PNP)                              |
| monte_carlo_penetrations   | the same expectation from random hits                            |
| SingleWall                 | one plate                                                        |
| WallMaterial               | materials of a single wall                                       |
| WallFailure                | failure criteria of a single wall                                |
| StuffedWhipple             | Whipple shield stuffed with Nextel and Kevlar                    |
| Surface                    | base class of all surfaces                                       |
| Plate                      | one side of a flat plate                                         |
| CylinderSide               | the side of a cylinder                                           |
| Tumbling                   | a convex body that takes every attitude                          |
| WhippleNno                 | Whipple shield with the new non-optimum equation                 |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
