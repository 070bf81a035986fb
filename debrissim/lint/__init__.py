"""Strict checks of messages and element sets against their standards.

| name                       | meaning                                                                     |
|----------------------------|-----------------------------------------------------------------------------|
| `lint_file`, `lint_bytes`  | the findings of a file, of bytes: CDM, OEM, OCM, OPM, OMM, TLE              |
| `LintReport`               | the findings of one file                                                    |
| `LintFinding`              | one of them: a fault or advice, its line, its clause                        |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
