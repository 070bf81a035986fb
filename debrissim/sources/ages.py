"""Ages of copies, and moments and durations in words."""

from __future__ import annotations

from datetime import datetime

from debrissim.sources.cache import Copy, from_text

SKEW_S = 300.0
"""Clocks that differ by less count as equal, s."""

_DAY_S = 86_400.0


def copy_age_s(copy: Copy, now: datetime) -> float | None:
    """The age of a copy, s, since the service last confirmed it; None if it lies in the future by every clock.

    By the local clock then and now, and by the service's clock then and the local one now. The smaller age is right
    whether the local clock is right, has always been wrong by the same time, or was corrected since.
    """
    moments = [copy.current_utc, *([copy.server_utc] if copy.server_utc else [])]
    ages = [(now - from_text(moment)).total_seconds() for moment in moments]
    return min((max(age, 0.0) for age in ages if age >= -SKEW_S), default=None)


def hours(seconds: float) -> str:
    """A duration in words: "12 min", "3.1 h", "4.0 days"."""
    if seconds < 3600.0:
        return f"{seconds / 60.0:.0f} min"
    return f"{seconds / 3600.0:.1f} h" if seconds < 2 * _DAY_S else f"{seconds / _DAY_S:.1f} days"


def clock_text(moment: datetime) -> str:
    """A moment in words: "2026-11-28 22:10 UTC"."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
