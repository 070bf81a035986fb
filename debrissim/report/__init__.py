"""Figures and the HTML page of a run, made from its results folder alone.

| name                                 | meaning                                                   |
|--------------------------------------|-----------------------------------------------------------|
| `draw_plots`                         | plot every figure of a results folder                     |
| `save_figures`, `save_figure`        | write the figures of a view, or one figure, as PNG or SVG |
| `figure`                             | decorator that registers a function as a figure           |
| `write_report`, `write_study_report` | write report.html of a run of conjunctions, or of a study |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
