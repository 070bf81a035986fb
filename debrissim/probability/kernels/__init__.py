"""Compiled kernels of the methods.

Each module is loaded on first use, as `kernels.disc`: every scenario needs the names of the methods, and should not
have to wait for numba.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
