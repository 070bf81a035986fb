"""Consequences of a collision, and the hazards of single spacecraft.

| name               | meaning                                                                 |
|--------------------|-------------------------------------------------------------------------|
| breakup            | fragments of explosions and collisions, and the debris clouds they form |
| shields            | ballistic limits and expected penetrations                              |
| particles          | fluxes of small debris and meteoroids                                   |
| station            | the ISS over the years, and how often it is likely to be hit            |
| impact_severity    | energy of hits, and whether they are catastrophic                       |
| Impact             | the table of impacts                                                    |
| consequences       | energies and fragment counts over the ranges of uncertain masses        |
| Consequences       | the table of consequences                                               |
| fragment_count     | expected number of fragments of a collision                             |
| mass_range_kg      | the likely range of an unknown mass                                     |
| approach_direction | azimuth and elevation from which a secondary approaches                 |
| CATASTROPHIC_J_G   | threshold of a catastrophic collision, J per g of the larger object     |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
