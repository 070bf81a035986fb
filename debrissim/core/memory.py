"""The memory that a run may take: keys that size its arrays are checked before anything is computed.

The limit is half of the machine's memory, and at least 1 GB (10^9 bytes); the program itself and small runs take
`BASE_BYTES` of it. The environment variable DEBRISSIM_MEMORY_GB sets another limit. The bytes of an object, a sample or
an encounter are measured; files are not counted, which have limits of their own (`core.compression`).
"""

from __future__ import annotations

import os
import sys

from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.text import quoted

VARIABLE = "DEBRISSIM_MEMORY_GB"
BASE_BYTES = 250_000_000
_MIN_DEFAULT_GB, _FRACTION = 1.0, 0.5


def memory_gb() -> float:
    """The memory that a run may take, GB. Raises InputError if the environment variable is not a number above 0.3."""
    text = os.environ.get(VARIABLE, "")
    if not text:
        return max(_MIN_DEFAULT_GB, _FRACTION * _installed_gb())
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.3 <= value < 1e6:
        raise InputError(f"{VARIABLE}: expected gigabytes, from 0.3, got {quoted(text)}")
    return value


def _installed_gb() -> float:
    """The memory of this machine, GB; 0 where the system does not say, as on Windows."""
    if sys.platform == "win32":
        return 0.0
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (OSError, ValueError):
        return 0.0


def require_memory(key: str, number: float, bytes_each: float, things: str) -> None:
    """Refuse a number of things that would not fit.

    Parameters
    ----------
    key : str
        The key or keys of the scenario that give the number.
    number : float
        How many there would be.
    bytes_each : float
        Memory of each, bytes, measured.
    things : str
        Their name in the message.

    Raises
    ------
    ScenarioError
        In one sentence that names the key, the number, and the limit.
    """
    limit_gb = memory_gb()
    limit = (limit_gb * 1e9 - BASE_BYTES) / bytes_each
    if not number <= limit:
        raise ScenarioError(
            f"{key}: {_rounded(number)} {things} need {(number * bytes_each + BASE_BYTES) / 1e9:,.1f} GB of memory; "
            f"expected at most {_rounded(limit)}, which fit into {limit_gb:.3g} GB (set {VARIABLE} for another limit)"
        )


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number < 1e9 else f"{number:.3g}"
