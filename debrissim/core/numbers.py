"""Numbers in words, for terminals, pages and figures: with the digits that are known, and no more.

Every text that a person reads takes its probabilities, odds, counts, and values with a standard deviation from here.
"""

from __future__ import annotations

import math

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.text import printable

NOTHING = "\N{EN DASH}"
"""Written instead of a missing number."""
MIN_PROBABILITY = 1e-10
"""A probability below this is written as "< 1e-10": no model of errors is known that far into its tails."""
# Above this fraction "1 in 7.3" is harder to read than a percentage.
_PERCENT_ABOVE = 0.1
ASCII_SIGNS = str.maketrans(
    {
        "\N{PLUS-MINUS SIGN}": "+-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{GREEK SMALL LETTER SIGMA}": "sigma",
        "\N{GREEK SMALL LETTER MU}": "u",
        "\N{DEGREE SIGN}": " deg",
        "\N{SUPERSCRIPT TWO}": "2",
        "\N{SUPERSCRIPT THREE}": "3",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{ALMOST EQUAL TO}": "~",
    }
)
"""The signs of the program's own texts in ASCII, for `str.translate`."""


def ascii_text(text: str) -> str:
    """The text in ASCII, for formats that hold nothing else: the program's own signs spelt out, others as "?"."""
    return text.translate(ASCII_SIGNS).encode("ascii", "replace").decode("ascii")


def ascii_line(text: str) -> str:
    """The text as one line of printable ASCII: blanks and line breaks as single blanks, other controls escaped."""
    return ascii_text(printable(" ".join(text.split())))


def finite_or_none(value: float | None) -> float | None:
    """The value, or None for one that is missing, NaN or infinite."""
    return None if value is None or not math.isfinite(value) else value


def scientific(value: float, digits: int = 2) -> str:
    """A number as power of ten without padding: "1.2e-5", "1e-4", "0", "1"."""
    if value in (0.0, 1.0):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def probability(value: float | None) -> str:
    """ "3.2e-4", "< 1e-10" for anything smaller, or a dash if there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"< {scientific(MIN_PROBABILITY)}" if value < MIN_PROBABILITY else scientific(value)


def level_of(value: float | None, yellow: float, red: float) -> str:
    """ "red" or "yellow" from that threshold on, "" below both and without a value (None or NaN)."""
    if value is None or not value >= yellow:
        return ""
    return "red" if value >= red else "yellow"


def one_in(value: float | None) -> str:
    """The odds of a probability, to two digits: "1 in 3,100", "23 %" above a tenth.

    "less than 1 in 10 billion" below `MIN_PROBABILITY`; "not known" if there is none.
    """
    if value is None or not math.isfinite(value):
        return "not known"
    if value < MIN_PROBABILITY:
        return "less than 1 in 10 billion"
    if value > _PERCENT_ABOVE:
        # 99.97 % is not certainty.
        return f"{100.0 * value:.2g} %" if value < 0.99 else "100 %" if value == 1.0 else "more than 99 %"
    return f"1 in {_large(1.0 / value)}"


def threshold(value: float) -> str:
    """A threshold as odds where two digits hold it exactly, else as a number: "1 in 10,000", "4.4e-4"."""
    exact = float(f"{1.0 / value:.1e}") if MIN_PROBABILITY <= value <= _PERCENT_ABOVE else 0.0
    return one_in(value) if abs(exact * value - 1.0) < 1e-9 else scientific(value)


def against_thresholds(value: float, yellow: float, red: float) -> str:
    """The place of a probability: "RED (at or above 1 in 10,000)", "below yellow (1 in 100,000)"."""
    level = level_of(value, yellow, red)
    if level == "red":
        return f"RED (at or above {threshold(red)})"
    if level == "yellow":
        return f"YELLOW (at or above {threshold(yellow)}, red from {threshold(red)})"
    return f"below yellow ({threshold(yellow)})"


def short_odds(value: float | None) -> str:
    """The odds for a table, in at most 12 characters: "1 in 3,100", "1 in 2.4 M", "< 1e-10", a dash if not known."""
    if value is None or not math.isfinite(value) or value < MIN_PROBABILITY:
        return probability(value)
    return one_in(value).replace(" million", " M").replace(" billion", " bn")


def plus_minus(value: float | None, sigma: float | None, unit: str = "") -> str:
    """A value with its standard deviation: "16 ± 14 km", "0.698 ± 0.082 km", "20 ± 150 km".

    Two digits of sigma, and the value to the same decimal, or to one digit where that leaves nothing of it. Without a
    usable sigma (missing, zero, infinite) the value alone, to three digits.

    Parameters
    ----------
    value, sigma : float or None
        In one unit; None or NaN if there is none.
    unit : str
        Appended after a blank.
    """
    ending = f" {unit}" if unit else ""
    if value is None or not math.isfinite(value):
        return NOTHING
    if sigma is None or not math.isfinite(sigma) or sigma <= 0.0:
        return f"{rounded(value, 3)}{ending}"
    # Taken from the rounded sigma: 9.96 becomes 10, with one decimal fewer.
    decimals = 1 - math.floor(math.log10(float(f"{sigma:.1e}")))
    shown = _fixed(value, decimals) if abs(value) >= 0.5 * 10.0**-decimals else rounded(value, 1)
    return f"{shown} \N{PLUS-MINUS SIGN} {_fixed(sigma, decimals)}{ending}"


def rounded(value: float | None, digits: int = 2) -> str:
    """To this many significant digits, in full and with separated thousands: "0.43", "160", "26,000"; or a dash."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value == 0.0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    return _fixed(value, decimals)


def fixed(value: float | None, decimals: int) -> str:
    """With that many decimals and separated thousands, or a dash."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return _fixed(value, decimals)


def length(value_km: float) -> str:
    """ "0.4 m", "1,275 m", "26.4 km"."""
    metres = 1000.0 * value_km
    if not math.isfinite(metres):
        return "not known"
    if abs(metres) >= 1e5:
        return f"{rounded(value_km, 4)} km"
    return f"{metres:,.0f} m" if abs(metres) >= 1000.0 else f"{metres:.1f} m"


def count(number: int, singular: str, plural: str = "") -> str:
    """ "1 object", "2 objects", "1,000 objects"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def duration(seconds: float) -> str:
    """ "2.3 s", "12 min", "5.2 h", "4.7 days"; without a sign."""
    size = abs(seconds)
    for unit, limit, scale in (
        ("s", 120.0, 1.0),
        ("min", 7200.0, 60.0),
        ("h", 2.0 * SECONDS_PER_DAY, 3600.0),
    ):
        if size < limit:
            return f"{rounded(size / scale)} {unit}"
    days = size / SECONDS_PER_DAY
    return f"{days:.1f} days" if days < 100.0 else f"{days:,.0f} days"


def probability_range(low: float | None, high: float | None) -> str:
    """ "1.1e-3 to 3.3e-3"; ends that read alike appear once."""
    ends = probability(low), probability(high)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def moment(utc: str) -> str:
    """ "2024-11-02 21:26:58" of an ISO time with a Z and fractions, the fractions cut."""
    return utc[:19].replace("T", " ")


def _fixed(value: float, decimals: int) -> str:
    # Adding 0.0 turns the -0.0 of a rounded small negative into 0.0.
    return f"{round(value, decimals) + 0.0:,.{max(decimals, 0)}f}"


def _large(number: float) -> str:
    """ "3,100", "2.4 million", "1.2 billion"."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if float(f"{number:.1e}") >= size:
            return rounded(number / size).removesuffix(".0") + word
    return rounded(number)
