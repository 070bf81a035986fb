"""Conjunctions: a scenario or a catalogue in, close approaches with their collision probabilities out.

| name                               | meaning                                                          |
|------------------------------------|------------------------------------------------------------------|
| `run`, `ConjunctionResult`         | run a scenario; its tables, totals and provenance                |
| `screen_catalog`, `Screening`      | find the close approaches of a catalogue, without a scenario     |
| `Risk`                             | the encounters of a `Screening` with their probabilities         |
| `assess_encounters`, `Assessment`  | covariance, probability, impact and direction of encounters      |
| `Totals`, `PrimaryTotals`         | rates and cumulative probability of a run, and of each primary   |
| `VolumeRate`, `Fraction`           | the same by volume, and by kind                                  |
| `export_run`                       | write a finished run for other programs                          |
| `load_inputs`, `RunInputs`         | catalogue, primaries, span and volumes of a scenario, as arrays  |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
