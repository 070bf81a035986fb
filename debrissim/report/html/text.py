"""Numbers as the page writes them: short, with as many digits as are worth reading."""

from __future__ import annotations

import math

NOTHING = "\N{EN DASH}"
"""Written in place of a missing number."""


def probability(value: float | None) -> str:
    """ "3.24e-04", "0", or a dash; three digits are more than any modelled covariance is worth."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:g}" if value in (0.0, 1.0) else f"{value:.2e}"


def level(threshold: float) -> str:
    """ "1e-4" or "2.5e-5", as the charts label it."""
    mantissa, exponent = f"{threshold:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def fixed(value: float | None, decimals: int) -> str:
    """With that many decimals and separated thousands, or a dash."""
    if value is None or not math.isfinite(value):
        return NOTHING
    # Adding 0.0 turns the -0.0 of a rounded small negative into 0.0.
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def moment(utc: str) -> str:
    """ "2024-11-02 21:26:58" of an ISO time with a Z and fractions, the fractions cut."""
    return utc[:19].replace("T", " ")


def count(number: int, singular: str, plural: str = "") -> str:
    """ "1 object", "2 objects", "1,000 objects"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
