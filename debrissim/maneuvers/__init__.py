"""Avoidance manoeuvres: a burn, the trajectory after it, and everything that this trajectory meets.

| module   | content                                                                     |
|----------|-----------------------------------------------------------------------------|
| `burns`  | impulses and thrust arcs                                                    |
| `motion` | the protocols of motion with and without burns                              |
| `event`  | the encounter to be avoided                                                 |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
