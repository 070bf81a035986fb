"""Verification of finished runs by dense SGP4, independent of the screening.

| name                     | meaning                                                                  |
|--------------------------|--------------------------------------------------------------------------|
| `verify`, `Verification` | check the results folder of a run: recall with its bounds, wrong rows    |
| `Finding`                | an event or a row that is missing or wrong                               |
| `compare`, `Comparison`  | compare a run with another source of events, and explain the differences |
| `other_sources`          | the readers of other sources, and the causes of differences              |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
