"""Scenarios: the TOML files that describe a run, as checked and frozen models.

| name                                                  | purpose                                                  |
|-------------------------------------------------------|----------------------------------------------------------|
| `Scenario`                                            | a conjunction run; its tables are the classes below      |
| `load_scenario`, `parse_scenario`                     | from a file, from a dictionary                           |
| `Span`, `CatalogTable`, `CatalogSource`, `Primary`    | time, objects, spacecraft                                |
| `Screening`, `VolumeTable`, `CoLocation`              | the search                                               |
| `Covariance`, `Probability`                           | the assessment                                           |
| `Event`, `BreakupEvent`, `BreakupTarget`,             | messages, and breakups whose fragments join the          |
| `BreakupProjectile`                                   | catalogue                                                |
| `ElementTable`                                        | an element set stated by the scenario                    |
| `Output`                                              | files in addition to the tables                          |
| `StudyScenario`, `StudyOutput`                        | the keys shared by the other kinds of study              |
| `ScenarioTable`, `NameIn`                             | base of all tables; a key whose value is a registered    |
|                                                       | name                                                     |

`__init__.pyi` is the list; each name is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
