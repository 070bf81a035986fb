"""Screening: which objects come close to which, and when.

    from debrissim.screening import ScreeningVolume, screen

    result = screen(catalog, [0], start_jd, start_fraction, 7 * 86400.0, [ScreeningVolume.sphere(5.0)])
    result.encounters.to_pandas()

| name                                             | meaning                                                          |
|--------------------------------------------------|------------------------------------------------------------------|
| `screen`                                         | find the close approaches of primaries, or of all pairs          |
| `rescreen`, `Earlier`, `Effort`                  | the same, reusing the results that an earlier screening settles  |
| `ScreeningSettings`, `ScreeningResult`           | its settings and its result                                      |
| `Encounters`, `EncounterStatus`                  | the table of close approaches, and the kinds of its rows         |
| `ScreeningVolume`, `PRESETS`                     | the region around a primary, and the volumes that operators use  |
| `Membership`                                     | inside at any moment of an approach, or at its closest point     |
| `CoLocationRule`, `CoLocated`                    | pairs that fly together, and the rule that excludes them         |
| `Executor`, `Threads`, `Processes`               | where the time windows are searched                              |
| `Cluster`, `connected`                           | the same on the workers of a Dask cluster (extra `cluster`)      |
| `Checkpoint`, `open_checkpoint`                  | finished windows of a run that can be resumed                    |

Names are loaded when they are first used; `__init__.pyi` lists them. The theorem that no approach is missed is in
`debrissim.screening.grid`.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
