"""Constants of the kernels that are also needed outside them, without compiled code."""

from __future__ import annotations

MAX_WIDTH = 12
"""The most nodes of a stencil."""

OUTSIDE = 20
"""Failure code of a time outside the interval of an arc; those of SGP4 are smaller."""
