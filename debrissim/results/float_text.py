"""Numbers as text and back: the shortest that reads back as the same double, as Python's own repr writes it.

repr finds the same digits, but by arithmetic on long integers: 0.5 microseconds a number, more than half the time of a
table of fifty columns of them. Pydantic's JSON encoder, which is compiled and available, needs a seventh of that. It
may write powers of ten differently (1e-5 for 1e-05, 0.00001), so it is used only for numbers that every encoder writes
in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# From here to there a number has no exponent, below the third it has one of two digits: nothing is left to choice.
_PLAIN_FROM, _PLAIN_BELOW, _TWO_DIGITS_BELOW = 1e-4, 1e16, 1e-9


def float_texts(values: NDArray[np.float64]) -> list[str]:
    """The texts (m,) of numbers (m,), as repr writes each; "" for NaN."""
    if not values.size:
        return []
    # Pydantic reads every scenario; a command that writes no table can do without.
    from pydantic_core import to_json

    size = np.abs(values)
    usual = ((size >= _PLAIN_FROM) & (size < _PLAIN_BELOW)) | (size < _TWO_DIGITS_BELOW)
    texts = to_json(values.tolist())[1:-1].decode().split(",")
    for place in np.flatnonzero(~usual).tolist():
        value = float(values[place])
        texts[place] = "" if value != value else repr(value)
    return texts


def float_values(texts: Sequence[str]) -> NDArray[np.float64]:
    """The numbers (m,) of texts (m,), NaN for "". Raises ValueError for a text that `float` does not accept."""
    from pydantic_core import from_json

    given = [text or "null" for text in texts] if "" in texts else texts
    try:
        return np.array(from_json(f"[{','.join(given)}]"), dtype=np.float64).reshape(len(texts))
    except (ValueError, OverflowError):
        # JSON has no infinity, no "1." and no "+1".
        return np.array([float(text or "nan") for text in texts], dtype=np.float64)
