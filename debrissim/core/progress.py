"""Callbacks that report the progress of a long computation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, float], None]
"""Called with the name of a phase and the fraction of it that is done, 0 to 1."""


WindowsDone: TypeAlias = Callable[[int, int, int], None]
"""Called with the time windows screened, all windows, and the candidates found so far."""


def no_progress(_phase: str, _fraction: float) -> None:
    """Progress callback that does nothing."""
