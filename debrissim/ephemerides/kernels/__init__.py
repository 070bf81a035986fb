"""Compiled loops over the nodes of arcs.

Each module is loaded on first use, as `kernels.state_lines`, so that an input error is reported without waiting for
numba.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
