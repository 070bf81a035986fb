"""The error of the forecast air density, which affects both objects of an encounter alike, in the probability.

Sources: Casali, Hall, Snow, Hejduk, Johnson, Skrehart & Baars (2018), "Effect of Cross-Correlation of Orbital Error on
Probability of Collision Determination", AAS 18-272; comments of operational messages ("DCP": dynamic consider
parameter) and keywords of version 2 of the standard (CCSDS 508.0-P-1.1) for the three values of an object.

An object's message states s, the standard deviation of the relative error of the density forecast along its orbit,
and G, the change of its position and velocity at TCA for a relative error of one, in its own RTN. Its covariance
contains s^2 G G^T already. As the error of the forecast is mostly global, both objects' errors have a common part: with
a = s_1 G_1 and b = s_2 G_2 along the axes of one frame, the cross-covariance of the two states is a b^T, and that of
their difference is

    P = P_1 + P_2 - (a b^T + b a^T).

Assumptions
- One error of the density for both objects, of correlation 1; the stated s differ with the altitudes. A real one is
  correlated less: the covariance then lies between that with the term and that without.
- A covariance below s^2 G G^T contradicts the comments. The sum is positive definite wherever both covariances are
  above; where it is not, the result has no value.
- Comments: metres and m/s (`[m/sec]`); the uncertainty is a fraction, not percent. Other units are not used. In NASA's
  messages s^2 G G^T is 5 % to 99.8 % of the object's own covariance and never exceeds it, which confirms units
  and meaning.
- The encounter plane: positions alone. The velocity part is read for use in propagation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from debrissim.cdm.message import CdmObject, Conjunction
from debrissim.cdm.states import inertial_states, position_covariances_rtn, to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.numbers import one_in, probability, rounded, scientific
from debrissim.core.text import quoted
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.collision import collision_probability
from debrissim.probability.computable import check_computable
from debrissim.propagation.frames import rtn_basis

_NUMBER = r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,4})?"
_FIELDS = ("uncertainty", "position", "velocity")
_NAMES = (
    re.compile(r"DCP[ _]DENSITY[ _]FORECAST[ _]UNCERTAINTY", re.IGNORECASE),
    re.compile(r"DCP[ _]SENSITIVITY[ _]VECTOR[ _]RTN[ _]POS(?:ITION)?", re.IGNORECASE),
    re.compile(r"DCP[ _]SENSITIVITY[ _]VECTOR[ _]RTN[ _]VEL(?:OCITY)?", re.IGNORECASE),
)
_KEYWORDS = (
    "DENSITY_FORECAST_UNCERTAINTY",
    "DCP_SENSITIVITY_VECTOR_POSITION",
    "DCP_SENSITIVITY_VECTOR_VELOCITY",
)
_UNITS = (("",), ("", "m"), ("", "m/s", "m/sec"))
_COUNTS = (1, 3, 3)
# No forecast is wrong by a factor of ten; 60 would be percent.
_MAX_UNCERTAINTY = 10.0
_MAX_SENSITIVITY = 1e12
# For a covariance below s^2 G G^T by more than rounding: smallest eigenvalue of P - s^2 G G^T in units of P.
_CONTRADICTS = -1e-3


@dataclass(frozen=True, eq=False)
class DragSensitivity:
    """The effect of an error of the density on one object.

    density_sigma: standard deviation of the relative error of the density forecast; position_km, velocity_km_s: (3,)
    change of the state at TCA for a relative error of one, in the object's RTN.
    """

    density_sigma: float
    position_km: Array
    velocity_km_s: Array


@dataclass(frozen=True, eq=False)
class SharedDrag:
    """The probability in the encounter plane with the objects' shared drag error, compared with that without it.

    value: None if it cannot be computed, and reason says why; independent: the plane's value without the shared error;
    contradictions: one sentence for each object whose covariance is smaller than its drag error.
    """

    value: float | None
    independent: float
    reason: str
    contradictions: tuple[str, ...]

    @property
    def factor(self) -> float | None:
        """value / independent; None if either is zero or missing."""
        return None if not self.value or not self.independent else self.value / self.independent


def drag_sensitivity(item: CdmObject) -> tuple[DragSensitivity | None, str]:
    """Read the three values of one object from its comments, or else from its keywords of version 2.

    Returns
    -------
    value : DragSensitivity or None
        None where one of the three is missing or cannot be used.
    fault : str
        One sentence if the values are given but not usable; "" if there are none or all are usable.
    """
    found: dict[str, Array] = {}
    for field, text, units, size in _stated(item):
        numbers = _numbers(text, units, size)
        if numbers is None:
            expected = "a fraction" if size == 1 else f"three numbers in {units[1]}"
            return None, f"{field} of the drag error: expected {expected}, got {quoted(text.strip(), 60)}"
        if field in found and not np.array_equal(found[field], numbers):
            return None, f"{field} of the drag error: two different values are stated"
        found[field] = numbers
    if not found:
        return None, ""
    missing = [field for field in _FIELDS if field not in found and field != "velocity"]
    if missing:
        return None, f"the drag error has no {' and no '.join(missing)}"
    sigma = float(found["uncertainty"][0])
    if not 0.0 <= sigma <= _MAX_UNCERTAINTY:
        return None, f"uncertainty of the drag error: expected a fraction of 0 to 10, got {sigma:g}"
    velocity = found.get("velocity", np.zeros(3))
    return DragSensitivity(sigma, found["position"] / 1000.0, velocity / 1000.0), ""


def _stated(item: CdmObject) -> Iterator[tuple[str, str, Sequence[str], int]]:
    """Field, text after the name, units it may have, and count of numbers: of comments, otherwise of keywords."""
    comments = [
        (_FIELDS[k], value, _UNITS[k], _COUNTS[k])
        for comment in item.comments
        for name, separator, value in [comment.partition("=")]
        for k, pattern in enumerate(_NAMES)
        if separator and pattern.fullmatch(name.strip())
    ]
    if comments:
        yield from comments
        return
    for k, keyword in enumerate(_KEYWORDS):
        if keyword in item.other:
            yield _FIELDS[k], item.other[keyword], _UNITS[k], _COUNTS[k]


def _numbers(text: str, units: Sequence[str], size: int) -> Array | None:
    """(size,) numbers; None for any other text or a unit that is not one of `units`."""
    values, _, unit = text.partition("[")
    parts = values.replace(",", " ").split()
    if len(parts) != size or unit.rstrip(" ]").lower() not in units:
        return None
    if not all(re.fullmatch(_NUMBER, part) for part in parts):
        return None
    numbers = np.array([float(part) for part in parts])
    return numbers if (np.abs(numbers) <= _MAX_SENSITIVITY).all() else None


def cross_covariance_km2(conjunction: Conjunction, drag: tuple[DragSensitivity, DragSensitivity]) -> Array:
    """(3, 3) km^2, a b^T: the covariance of the primary's position error with the secondary's, in the primary's RTN."""
    primary, secondary = inertial_states([conjunction])
    own = rtn_basis(primary[:, :3], primary[:, 3:])[0]
    other = rtn_basis(secondary[:, :3], secondary[:, 3:])[0]
    first = drag[0].density_sigma * drag[0].position_km
    second = own @ other.T @ (drag[1].density_sigma * drag[1].position_km)
    return np.outer(first, second)


def shared_drag(conjunction: Conjunction, hard_body_radius_m: float) -> SharedDrag | None:
    """Compute the probability with the shared drag error taken into account.

    Parameters
    ----------
    conjunction : Conjunction
        The message.
    hard_body_radius_m : float
        Combined radius, m, above 0.

    Returns
    -------
    SharedDrag or None
        None unless both objects state a drag error, and where the message allows no probability in the plane.
    """
    items = (conjunction.primary, conjunction.secondary)
    (first, fault), (second, other_fault) = (drag_sensitivity(item) for item in items)
    stated = [value is not None or bool(why) for value, why in ((first, fault), (second, other_fault))]
    if not all(stated) or not check_computable(to_state_pair([conjunction])).usable[0]:
        return None
    of_primary, of_secondary = position_covariances_rtn([conjunction])
    relative = conjunction.relative_state_rtn
    radius_km = np.array([hard_body_radius_m / 1000.0])
    plain = collision_probability(
        relative[None, :3], relative[None, 3:], of_primary, of_secondary, hard_body_radius_m
    )
    independent = float(plain.value[0])
    if first is None or second is None:
        number, why = (1, fault) if first is None else (2, other_fault)
        return SharedDrag(None, independent, f"OBJECT{number}: {why}", ())
    contradictions = tuple(
        f"the drag error of OBJECT{number} is larger than its covariance"
        for number, (item, drag) in enumerate(zip(items, (first, second), strict=True), start=1)
        if _contradicts(item.covariance_rtn[:3, :3], drag)
    )
    cross = cross_covariance_km2(conjunction, (first, second))
    total = of_primary[0] + of_secondary[0] - (cross + cross.T)
    if float(np.linalg.eigvalsh(total)[0]) <= 0.0:
        reason = (
            "the covariance of the difference is not positive definite: the drag errors are too large for it"
        )
        return SharedDrag(None, independent, reason, contradictions)
    joint = collision_probability(
        relative[None, :3], relative[None, 3:], total[None], np.zeros((1, 3, 3)), hard_body_radius_m
    )
    return SharedDrag(float(foster(joint.plane, radius_km)[0]), independent, "", contradictions)


def _contradicts(covariance_km2: Array, drag: DragSensitivity) -> bool:
    """Whether the covariance is below its own part from drag by more than rounding."""
    variance, axes = np.linalg.eigh(covariance_km2)
    if variance[0] <= 0.0:
        return True
    scaled = axes.T @ (drag.density_sigma * drag.position_km) / np.sqrt(variance)
    return bool(1.0 - scaled @ scaled < _CONTRADICTS)


def shared_drag_line(found: SharedDrag | None) -> str:
    """The value with the shared drag error in a sentence; "" where there is nothing to say."""
    if found is None:
        return ""
    if found.value is None:
        return f"drag error shared by both objects: no probability, {found.reason}"
    factor = found.factor
    times = (
        "" if factor is None else f", {_factor(factor)} times that without ({probability(found.independent)})"
    )
    caution = "".join(f"; {text}" for text in found.contradictions)
    return (
        f"with the drag error common to both objects: Pc {probability(found.value)}, {one_in(found.value)}, "
        f"in the encounter plane{times}{caution}"
    )


def _factor(value: float) -> str:
    return rounded(value) if 1e-3 <= value < 1e4 else scientific(value)
