"""Scenarios of every kind under one protocol (docs/studies.md): conjunctions, flux, penetration, breakups and more.

A scenario's key `kind` names its kind. The module of a kind holds its scenario model, its computation, its figures and
its lines for the terminal, and ends with one value, to which the registry (`kinds.py`) leads.

| name                              | meaning                                                        |
|-----------------------------------|----------------------------------------------------------------|
| `load_scenario`, `parse_scenario` | a scenario from its file, or from its content                  |
| `run`, `open_results`             | run a scenario; open a results folder                          |
| `plot`, `report`                  | write the figures, or report.html, of a results folder         |
| `KINDS`, `get_kind`               | the kinds of scenario by name                                  |
| `Kind`, `Study`, `StudyResult`    | the protocol of a kind; a kind that is a study, and its result |
| `Flux`, `Penetration`,            | the scenario models of the studies                             |
| `BreakupStudy`, `RiskMap`,        |                                                                |
| `StationYears`                    |                                                                |
| `Evolution`                       | encounters followed through a series of catalogues             |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

_load, _, _names = lazy_loader.attach_stub(__name__, __file__)

# The scenario models by their short names in this room.
_MODELS = {
    "BreakupStudy": "BreakupScenario",
    "Flux": "FluxScenario",
    "Penetration": "PenetrationScenario",
    "RiskMap": "RiskMapScenario",
    "StationYears": "StationYearsScenario",
}
__all__ = sorted({*_names, *_MODELS} - set(_MODELS.values()))


def __getattr__(name: str) -> object:
    value: object = _load(_MODELS.get(name, name))
    return value


def __dir__() -> list[str]:
    return __all__
