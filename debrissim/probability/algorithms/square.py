"""Squares instead of the disc: simple shapes that operators have used, and a bound.

Source: Foster & Estes (1992), NASA JSC-25898, whose double integral over a square is what older tools call Foster's
method; the four variants are those of NASA CARA's analysis tools. Two squares are aligned with the miss and rotated
relative to the covariance: the integral is reduced to one dimension by the error function along the major axis and
evaluated on bisected Gauss-Kronrod panels. The other two are aligned with the principal axes, where the integral is a
product of two differences of the error function.

| name                        | side       | sides along        | relation to the disc                   |
|-----------------------------|------------|--------------------|----------------------------------------|
| `foster-square`             | 2 R        | the miss           | holds it: an upper bound               |
| `foster-square-equal-area`  | sqrt(pi) R | the miss           | same area                              |
| `square-circumscribing`     | 2 R        | the principal axes | holds it: an upper bound, closed form  |
| `square-equal-area`         | sqrt(pi) R | the principal axes | same area, closed form                 |

Assumptions
- The assumptions of the encounter plane: straight relative motion, constant Gaussian covariance, known velocity.
- The hard body is the square named. Where the miss is zero, its direction is taken along the major axis.
- A square of equal area agrees with the disc to the second order of radius / sigma; where the radius is not small
  compared with a sigma, it may err in either direction by tens of per cent.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod

_EQUAL_AREA = 0.5 * math.sqrt(math.pi)


def foster_square(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) probabilities of a square of side 2 R along the miss; hard_body_radius_km (m,) km, >= 0."""
    out = np.empty(len(plane))
    apply_rows(kernels.square.square_turned, plane, hard_body_radius_km, out)
    return out


def foster_square_equal_area(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) probabilities of a square of the disc's area along the miss; hard_body_radius_km (m,) km, >= 0."""
    return foster_square(plane, _EQUAL_AREA * np.asarray(hard_body_radius_km))


def square_circumscribing(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) probabilities of the square that circumscribes the disc along the principal axes: never below that of the
    disc.

    hard_body_radius_km (m,) km, >= 0.
    """
    out = np.empty(len(plane))
    apply_rows(kernels.square.square_aligned, plane, hard_body_radius_km, out)
    return out


def square_equal_area(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) probabilities of a square of the disc's area along the principal axes.

    hard_body_radius_km (m,) km, >= 0.
    """
    return square_circumscribing(plane, _EQUAL_AREA * np.asarray(hard_body_radius_km))


_SOURCE = "Foster & Estes (1992), NASA JSC-25898; the variants are those of NASA CARA's analysis tools"

METHODS = (
    PlaneMethod(
        name="foster-square",
        function=foster_square,
        summary="square of side 2 R along the miss, an upper bound (Foster & Estes 1992)",
        source=_SOURCE,
        is_disc=False,
    ),
    PlaneMethod(
        name="foster-square-equal-area",
        function=foster_square_equal_area,
        summary="square of equal area along the miss",
        source=_SOURCE,
        is_disc=False,
    ),
    PlaneMethod(
        name="square-circumscribing",
        function=square_circumscribing,
        summary="square of side 2 R along the principal axes, an upper bound",
        source=_SOURCE,
        is_disc=False,
    ),
    PlaneMethod(
        name="square-equal-area",
        function=square_equal_area,
        summary="square of equal area along the principal axes",
        source=_SOURCE,
        is_disc=False,
    ),
)
