"""Conjunction data messages (CCSDS 508.0-B): reading, writing, and the probabilities of their conjunctions.

| name                                      | purpose                                                          |
|-------------------------------------------|------------------------------------------------------------------|
| `read_cdm`, `parse_cdm`                   | messages of a file, of bytes (KVN, XML, Space-Track's JSON)      |
| `read_cdm_summaries`, `CdmSummaries`      | Space-Track's public summaries                                   |
| `read_cdm_events`, `CdmEvents`,           | files and folders of both, grouped into close approaches         |
| `CdmEvent`, `CdmReport`                   |                                                                  |
| `assess_cdm_events`, `EventAssessment`    | their probabilities, histories, state at the decision time       |
| `Revision`                                | a report against the one before it                               |
| `Conjunction`, `CdmObject`                | one message, one of its two objects                              |
| `cdm_kvn`, `cdm_xml`                      | a message as text                                                |
| `assess_cdms`, `CdmAssessment`,           | each message by all methods                                      |
| `MethodResult`                            |                                                                  |
| `assess_conjunctions`                     | messages by one method of the encounter plane                    |
| `shared_drag`, `SharedDrag`               | with the drag error that both objects share                      |
| `to_state_pair`                           | messages as full states, for the methods along the orbits        |

`__init__.pyi` is the list; each name is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
