"""A run compared with another source of events: those of both, those that one lacks, and the cause of each difference.

| name                       | meaning                                                                            |
|----------------------------|------------------------------------------------------------------------------------|
| `compare`, `Comparison`    | compare a results folder with a SOCRATES list, CDMs, summaries or other results    |
| `read_other`, `OtherList`  | the events of another source, each once, and the rules by which it chose them      |
| `ReportedEvents`           | its events as columns                                                              |
| `Cause`, `Explanation`     | why an event is missing or differs, and whether that was tested                    |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
