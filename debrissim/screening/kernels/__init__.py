"""Compiled loops over pairs of objects.

Each module is loaded when it is first used, as `kernels.stays`: an error in the input does not wait for
numba.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
