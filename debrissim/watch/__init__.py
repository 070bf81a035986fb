"""Events over time (docs/events.md): a store of every close approach reported, and its updates.

| name                          | meaning                                                                  |
|-------------------------------|--------------------------------------------------------------------------|
| `Store`                       | the store: one SQLite file                                               |
| `Event`, `EventUpdate`        | an event, and one update of it                                           |
| `Batch`, `RunRecord`          | updates that are recorded together, and the run that they come from      |
| `TrackedObject`,              | an object of an event, and a catalogue of which a run was made           |
| `CatalogueSeen`               |                                                                          |
| `Added`, `Change`             | the outcome of adding a batch, and the effect of one update              |
| `OWN_SOURCE`                  | the source of the updates of this program's own runs                     |
| `run_batch`                   | the batch of a finished run, or of its results folder                    |
| `follow_encounters`           | a series of catalogue files as a watch                                   |
| `load_fleet`, `Fleet`         | a fleet file: a scenario with [watch] and [notify]                       |
| `run_cycle`, `CycleReport`    | one cycle of a watch, and its outcome                                    |
| `Difference`, `Kind`          | a difference from the earlier record, and its kind                       |
| `channels`, `Channel`,        | where messages go, and a message                                         |
| `Message`                     |                                                                          |
| `element_set_jumps`, `Jumps`  | jumps of element sets beyond their error: manoeuvres                     |
| `write_site`                  | the page of a store's events, as a static site                           |
| `message_batch`               | the batch of messages and public summaries that were read                |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
