"""The likely range of the number of fragments of a breakup.

Sources: NASA, "History of On-Orbit Satellite Fragmentations", 15th edition (2018), fragments catalogued; the number
law of `distributions` at 10 cm with masses and speeds from the examples of ESA's breakup code.

The number is uncertain for two reasons: it has a Poisson distribution about the law, which matters when there are few
fragments, and the law itself is an average over events, which always matters:

| collision                   | catalogued | law, 10 cm | catalogued / law |
|-----------------------------|------------|------------|------------------|
| P-78 Solwind, 1985          | 285        | 819        | 0.35             |
| Iridium 33 and Cosmos 2251  | 2,296      | 1,242      | 1.85             |
| Fengyun 1C, 2007            | 3,442      | 1,161      | 2.96             |

Among 54 upper stages that exploded because of their propulsion, the middle 90 % have 0.004 to 1.7 times as many
catalogued fragments as the law predicts with S = 1, 239; the median is 0.15, the mean 0.48.

Assumptions
- Catalogued fragments are those larger than 10 cm. Low clouds have partly decayed before they are catalogued, fragments
  in high clouds are seen only if they are larger, and the masses and speed for Solwind are rough.
- The factors, known at 10 cm, are assumed to hold for other sizes. They are the extremes of three collisions, not
  quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debrissim.core.statistics import poisson_range
from debrissim.hazard.breakup.distributions import NumberLaw, cumulative_count

COLLISION_FACTORS = (0.35, 2.96)
EXPLOSION_FACTORS = (0.004, 1.7)


@dataclass(frozen=True)
class CountRange:
    """The number of fragments of at least length_m: the value by the law, and its range.

    poisson_95: central 95 % of a single event about the law; stated_range: the same, with the law off by the factors
    of observed events.
    """

    length_m: float
    law: float
    poisson_95: tuple[int, int]
    stated_range: tuple[int, int]


def count_range(length_m: float, law: NumberLaw, extremes: Sequence[NumberLaw] = ()) -> CountRange:
    """Compute the number of fragments of a given length or longer, with its ranges.

    Parameters
    ----------
    length_m : float, m
        Minimum length.
    law : NumberLaw
        Number law of the breakup.
    extremes : sequence of NumberLaw
        Number laws of other possible masses, which stated_range also covers.

    Raises
    ------
    InputError
        As `cumulative_count`.
    """
    expected = float(cumulative_count(length_m, law))
    possible = [expected, *(float(cumulative_count(length_m, other)) for other in extremes)]
    low, high = COLLISION_FACTORS if law.is_collision else EXPLOSION_FACTORS
    return CountRange(
        length_m=length_m,
        law=expected,
        poisson_95=poisson_range(expected),
        stated_range=(poisson_range(low * min(possible))[0], poisson_range(high * max(possible))[1]),
    )
