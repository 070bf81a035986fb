"""The perigee-apogee filter: objects whose radius bands never overlap cannot meet (Hoots, Crawford & Roehrich 1984,
"An analytic method to determine future close approaches between satellites").

The band must hold for SGP4's own positions, so its margin is derived from SGP4's own terms (Hoots & Roehrich 1980,
Spacetrack Report #3). With a and e SGP4's secular elements (drag and, for deep space, the secular part of the Sun
and the Moon included), the radius is

    r = r_l (1 - 3/4 J2 sqrt(1 - e_l^2) (3 cos^2 i - 1) / p^2) + 1/4 J2 sin^2 i cos 2u / p      [Earth radii]

where r_l lies in [a (1 - e_l), a (1 + e_l)] and e_l differs from e by no more than the long-period J3 term,
(J3 / 2 J2) sin i / p = 1.17e-3 / p, and for deep-space objects by the lunar and solar periodics. With p, the
semi-latus rectum, at least one Earth radius, this bounds |r - a (1 -+ e)| by a * 1.2e-3 + 1.63e-3 r_l + 2.7e-4:
about 20 km in low orbit. Between the ends of the span a and e change monotonically except for small periodic terms,
which are covered by their total change and a constant; an orbit that drag changes by more than this constant is assumed
to reach down to the ground. A slow test measures the remaining margin on whole catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.ephemerides.flights import FlightPropagator
from debrissim.propagation.element_conversions import kepler_elements
from debrissim.propagation.sgp4 import Propagator

_LONG_PERIOD_ECCENTRICITY = 1.2e-3
# Lunar and solar periodics grow with the orbital period: 2e-3, plus 3e-3 per 12 hours of period.
_DEEP_SPACE_ECCENTRICITY = 2e-3
_DEEP_SPACE_ECCENTRICITY_PER_AXIS_15 = 3e-3 / 26610.0**1.5
# An orbit that drag changes by more than this is descending: its band reaches to the ground.
_STEADY_DRIFT_KM = 10.0
_SHORT_PERIOD_FRACTION = 1.63e-3
_SHORT_PERIOD_KM = 2.7e-4 * WGS72_RADIUS_KM
_EXTRA_KM = 2.0
_SAMPLE_STEP_S = 30.0
# Samples per batch: a week of them, so that the memory does not grow with the span.
_SAMPLE_CHUNK = 20_000
_PASSAGE_MARGIN_KM = 100.0
_PASSAGE_MARGIN_S = 30.0
_SAMPLE_MARGIN_KM = 1.2


@dataclass(frozen=True, eq=False)
class SecularElements:
    """Semi-major axis (n,) km and eccentricity (n,) after SGP4's secular part at one moment, and its codes (n,)."""

    axis_km: Array
    eccentricity: Array
    code: NDArray[np.uint8]

    def rows(self, chosen: Index) -> SecularElements:
        """The elements of some of the objects."""
        return SecularElements(self.axis_km[chosen], self.eccentricity[chosen], self.code[chosen])


def radius_bands(propagator: Propagator, start: SecularElements, end: SecularElements) -> tuple[Array, Array]:
    """Bounds (n,), (n,) km on the distance from the Earth's centre between the start and the end of a span.

    An object that fails by the end, or descends fast, has the lower bound 0.
    """
    start_axis, start_eccentricity = start.axis_km, start.eccentricity
    failed = end.code != 0
    end_axis = np.where(failed, start_axis, end.axis_km)
    end_eccentricity = np.where(failed, start_eccentricity, end.eccentricity)

    deep = ~propagator.near_earth
    axis = np.maximum(start_axis, end_axis)
    periodics = _DEEP_SPACE_ECCENTRICITY + _DEEP_SPACE_ECCENTRICITY_PER_AXIS_15 * axis**1.5
    extra_eccentricity = _LONG_PERIOD_ECCENTRICITY + np.where(deep, periodics, 0.0)
    low = np.minimum(start_axis * (1.0 - start_eccentricity), end_axis * (1.0 - end_eccentricity))
    high = np.maximum(start_axis * (1.0 + start_eccentricity), end_axis * (1.0 + end_eccentricity))
    drift = np.abs(end_axis - start_axis) + axis * np.abs(end_eccentricity - start_eccentricity)
    margin = axis * extra_eccentricity + _SHORT_PERIOD_KM + drift + _EXTRA_KM
    low = low * (1.0 - _SHORT_PERIOD_FRACTION) - margin
    high = high * (1.0 + _SHORT_PERIOD_FRACTION) + margin
    descending = failed | (~deep & (drift > _STEADY_DRIFT_KM))
    low = np.where(descending, 0.0, low)
    if isinstance(propagator, FlightPropagator):
        return propagator.with_bands(low, high)
    return low, high


def radius_range(propagator: Propagator, row: int, first_s: float, last_s: float) -> tuple[float, float]:
    """One object's radius band (km) from positions every 30 s: some 40 km narrower than the one from its elements.

    first_s, last_s: run time between which it exists.

    Between two positions the radius departs from its chord by at most g h^2 / 2 = 1.1 km, where g is the surface
    gravity and h half a step; if SGP4 fails the band is (0, infinity).
    """
    times = np.append(np.arange(first_s, last_s, _SAMPLE_STEP_S), last_s)
    lowest_km, highest_km = np.inf, 0.0
    for begin in range(0, times.size, _SAMPLE_CHUNK):
        codes, positions, _ = propagator.states([row], times[begin : begin + _SAMPLE_CHUNK])
        if codes.any():
            return 0.0, np.inf
        radius = np.linalg.norm(positions[0], axis=1)
        lowest_km, highest_km = min(lowest_km, float(radius.min())), max(highest_km, float(radius.max()))
    margin_km = _SAMPLE_MARGIN_KM + float(propagator.roughness_km(np.array([row]))[0])
    return lowest_km - margin_km, highest_km + margin_km


def may_meet(
    low_km: Array, high_km: Array, band_km: tuple[float, float], distance_km: float
) -> NDArray[np.bool_]:
    """(n,) objects whose band low_km (n,) to high_km (n,) comes within distance_km of the band band_km."""
    return np.asarray((low_km <= band_km[1] + distance_km) & (high_km >= band_km[0] - distance_km))


def below_radius(
    positions_km: Array, velocities_km_s: Array, duration_s: float, ceiling_km: float
) -> NDArray[np.bool_]:
    """(n,) objects that may come below a distance from the Earth's centre within duration_s of states (n, 3).

    An object in an eccentric orbit spends most of a window far above: its mean anomaly at the ceiling, by Kepler's
    equation, gives the times at which it is below. The ceiling is raised by `_PASSAGE_MARGIN_KM` and the duration
    extended by `_PASSAGE_MARGIN_S` to cover the perturbations of the osculating orbit within a window (some km and s
    over four hours).
    """
    axis, eccentricity, anomaly = kepler_elements(positions_km, velocities_km_s)
    rate = np.sqrt(WGS72_MU_KM3_S2 / axis**3)
    cosine = (1.0 - (ceiling_km + _PASSAGE_MARGIN_KM) / axis) / np.maximum(eccentricity, 1e-9)
    eccentric = np.arccos(np.clip(cosine, -1.0, 1.0))
    below = eccentric - eccentricity * np.sin(eccentric) + rate * _PASSAGE_MARGIN_S
    # Below while the mean anomaly is within `below` of a perigee passage: at the start, or later within the duration.
    already = np.mod(anomaly + below, 2.0 * np.pi) <= 2.0 * below
    soon = np.mod(-below - anomaly, 2.0 * np.pi) <= rate * duration_s
    return np.asarray(already | soon)


def span_end_states(propagator: Propagator, duration_s: float) -> tuple[SecularElements, SecularElements]:
    """Secular elements at run times 0 and duration_s."""
    return secular_elements(propagator, 0.0), secular_elements(propagator, duration_s)


def secular_elements(propagator: Propagator, time_s: float) -> SecularElements:
    """Secular elements of all n objects at one moment of run time."""
    # From the element sets, whatever arcs are flown.
    found = Propagator.snapshot(propagator, np.arange(len(propagator)), time_s)
    return SecularElements(found.axis_km, found.eccentricity, found.codes)
