"""The probability that a message states, compared with ours, and the reason for a difference.

Originators seldom say what they computed: the shape of the hard body (disc or square), its radius (of the pair, of the
exclusion volumes) and the method differ. Each combination of a radius that the message states and a method of the plane
is tried; where none gives the stated value, the radius of the disc that would.

Assumptions
- Those of the encounter plane.
- Messages print states to a metre and probabilities to four digits: values within 0.5 % agree. A combination of
  another radius or method explains the stated value if it is within 0.1 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from debrissim.cdm.message import Conjunction
from debrissim.core.numbers import MIN_PROBABILITY, probability, rounded
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.registry import DEFAULT_METHOD, plane_methods

AGREES = 5e-3
"""The relative difference up to which our value and the stated one are the same."""
REPRODUCES = 1e-3
"""The relative difference up to which a combination explains the stated value; so close, few do so by chance."""
_SEARCH_M = (1e-3, 1e4)


@dataclass(frozen=True)
class StatedComparison:
    """The probability that a message states, compared with ours.

    value, method: as stated, "" if no method is stated; ratio: stated value divided by ours, None if ours does not
    exist or is 0; reproduced_by, radius_m, relative_difference: the method of the plane and the radius that give the
    stated value, and how closely, None if none does; disc_radius_m: radius of the disc that would give it, None if none
    does; reason: one sentence.
    """

    value: float
    method: str
    ratio: float | None
    reproduced_by: str | None
    radius_m: float | None
    relative_difference: float | None
    disc_radius_m: float | None
    reason: str


def compare_stated(
    conjunction: Conjunction, plane: EncounterPlane, radius_m: float, ours: float | None, method: str
) -> StatedComparison | None:
    """Compare the stated probability with ours.

    Parameters
    ----------
    conjunction : Conjunction
        The message.
    plane : EncounterPlane
        Its encounter plane, one row.
    radius_m : float
        Combined radius of our value, m.
    ours : float or None
        The recommended value; None if it cannot be computed.
    method : str
        The recommended method.

    Returns
    -------
    StatedComparison or None
        None where the message states no probability.
    """
    stated = conjunction.collision_probability
    if stated is None:
        return None
    found = None if ours is None else _explanation(conjunction, plane, radius_m, stated)
    disc = equivalent_radius_m(plane, stated) if ours is not None and found is None else None
    return StatedComparison(
        value=stated,
        method=conjunction.collision_probability_method,
        ratio=stated / ours if ours else None,
        reproduced_by=found.method if found else None,
        radius_m=found.radius_m if found else None,
        relative_difference=found.difference if found else None,
        disc_radius_m=disc,
        reason=_reason(stated, ours, method, radius_m, found, disc),
    )


def equivalent_radius_m(plane: EncounterPlane, stated: float) -> float | None:
    """The radius in m of the disc of that probability in a plane of one row; None outside 1 mm to 10 km."""
    if not 0.0 < stated < 1.0:
        return None

    def excess(log_radius: float) -> float:
        value = foster(plane, np.array([np.exp(log_radius) / 1000.0]))[0]
        return float(np.log(max(value, 1e-307)) - np.log(max(stated, 1e-307)))

    low, high = np.log(_SEARCH_M)
    if not excess(low) < 0.0 < excess(high):
        return None
    return float(np.exp(scipy.optimize.brentq(excess, low, high, xtol=1e-10)))


@dataclass(frozen=True)
class _Explanation:
    method: str
    radius_m: float
    radius_label: str
    difference: float


def _explanation(
    conjunction: Conjunction, plane: EncounterPlane, radius_m: float, stated: float
) -> _Explanation | None:
    """The most probable combination that gives the stated value."""
    for label, radius in _radii(conjunction, radius_m):
        for name, value in _values(plane, radius, conjunction.collision_probability_method):
            difference = value / stated - 1.0 if stated > 0.0 else np.inf
            if abs(difference) <= REPRODUCES:
                return _Explanation(name, radius, label, difference)
    return None


def _radii(conjunction: Conjunction, radius_m: float) -> Iterator[tuple[str, float]]:
    """The radii to try: ours, then those of the message, most likely first, without repetition."""
    first, second = conjunction.primary.exclusion_radius_m, conjunction.secondary.exclusion_radius_m
    yield "the same radius", radius_m
    stated, exclusion = conjunction.hard_body_radius_m, conjunction.exclusion_radius_m
    if stated and stated != radius_m:
        yield f"the message's radius, {stated:g} m", stated
    if exclusion and exclusion not in (stated, radius_m):
        yield f"the exclusion volumes' radii, {first:g} + {second:g} m", exclusion


def _values(plane: EncounterPlane, radius_m: float, stated_method: str) -> Iterator[tuple[str, float]]:
    """The values of all methods that differ, that which is stated first: every exact method gives the disc's."""
    radius_km = np.array([radius_m / 1000.0])
    if "MAX" in stated_method.upper():
        yield "the maximum over the covariance's size", float(maximum_probability(plane, radius_km).value[0])
    entries = [m for m in plane_methods().values() if m.name == DEFAULT_METHOD or not m.is_exact]
    for entry in sorted(entries, key=lambda m: m.sana_name != stated_method.strip().upper()):
        yield entry.name, float(entry(plane, radius_km)[0])


def _reason(
    stated: float,
    ours: float | None,
    method: str,
    radius_m: float,
    found: _Explanation | None,
    disc_radius_m: float | None,
) -> str:
    if ours is None:
        return "nothing of ours to compare it with"
    if max(stated, ours) < MIN_PROBABILITY:
        return f"both are {probability(0.0)}"
    if ours > 0.0 and abs(stated / ours - 1.0) <= AGREES:
        return f"agrees with ours to {_percent(stated / ours - 1.0)}"
    if stated == 0.0:
        return "stated as 0, which is not a probability but a value left open or truncated"
    if found is None:
        explained = "no method with a radius of the message gives it"
        if disc_radius_m is not None:
            explained += f"; a disc of {rounded(disc_radius_m, 3)} m would ({rounded(radius_m, 3)} m here)"
        return explained
    if found.radius_m == radius_m and found.method == DEFAULT_METHOD:
        return f"it agrees with {found.method}; {method} is recommended here"
    return f"it agrees with {found.method} with {found.radius_label}, to {_percent(found.difference)}"


def _percent(difference: float) -> str:
    return "0.01 %" if abs(difference) < 1e-4 else f"{100.0 * abs(difference):.1g} %"
