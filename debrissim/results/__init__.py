"""Results of a run: typed tables, their columns, and the folder on disk.

| name                                    | meaning                                                       |
|-----------------------------------------|---------------------------------------------------------------|
| `Result`, `Tables`                      | a run or its results folder: summary and tables by name       |
| `Table`, `read_table`, `write_table`    | the rows of a results file as arrays by name, from and to CSV |
| `Schema`, `Column`                      | the declaration of a file: names, dtypes, units, meanings     |
| `SCHEMAS`                               | the files of every kind of run                                |
| `FORMATS`, `ExportFormat`, `get_format` | exports for other programs: JSON, Parquet, OEM, CZML          |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
