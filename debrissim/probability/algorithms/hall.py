"""Hall's expected number of collisions ("3D-Nc"): curved orbits, growing covariances, slow encounters.

Source: Hall (2021), "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets
58(3), 715-728: the collision rate from the states of peak overlap in equinoctial elements. Surface and
time integrals are ours (`collision_rate.py`).

At each instant the two orbits of maximum joint likelihood that meet in position are sought; about these, not
about the mean orbits, elements are made linear in position and velocity. With E the elements' means, P their
covariances, J the partials of position at the orbits E' of the last iteration and
A = J1 P1 J1^T + J2 P2 J2^T,

    d   = r2(E2') + J2 (E2 - E2') - r1(E1') - J1 (E1 - E1')
    E1' = E1 + P1 J1^T A^-1 d,    E2' = E2 - P2 J2^T A^-1 d.

Assumptions
- Two-body motion of each object from the given states; over the window perturbations act equally on both.
- Each object's equinoctial elements are Gaussian, the two independent of each other.
- About the orbits of peak overlap the map to position and velocity is linear over the hard body.
- The hard body is a sphere. The value is the expected number of collisions within the window (cut at 1): the
  probability, where a second contact in the window is unlikely.
- The window is that of one encounter (`encounter_window`) unless the caller says otherwise: between the maxima of the
  distance, at most half the shorter period either side, without the beginning of another passage. Contacts that exist
  as it opens belong to the encounter before, if there is one within half a period. If the rate is not negligible at
  its ends, the row is flagged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim import propagation
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.active_intervals import active_intervals
from debrissim.probability.ball import Linearization, RelativeGaussian
from debrissim.probability.collision_rate import integrate_rate, log_entry_rate
from debrissim.probability.duration import conjunction_duration
from debrissim.probability.encounter_plane import checked
from debrissim.probability.encounter_window import EncounterWindow, between_valleys, encounter_window
from debrissim.probability.method import StateMethod
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability, radii_km

_ITERATIONS = 60
# Enough to find the times that count.
_SCAN_ITERATIONS = 8
# The two orbits have met when their distance is this fraction of its standard deviation.
_MET = 1e-6


@dataclass(frozen=True, eq=False)
class ElementPair:
    """m encounters in elements: each object's mean orbit and the covariance (m, 6, 6) of its elements."""

    primary: propagation.EquinoctialOrbits
    secondary: propagation.EquinoctialOrbits
    primary_covariance: Array
    secondary_covariance: Array


def element_pair(pair: StatePair, *, mu_km3_s2: float = WGS84_MU_KM3_S2) -> ElementPair:
    """Equinoctial elements of m encounters; InputError where an orbit is not an ellipse."""
    primary = propagation.equinoctial(pair.primary_state, mu_km3_s2=mu_km3_s2)
    secondary = propagation.equinoctial(pair.secondary_state, mu_km3_s2=mu_km3_s2)
    return ElementPair(
        primary,
        secondary,
        propagation.element_covariance(primary, pair.primary_covariance),
        propagation.element_covariance(secondary, pair.secondary_covariance),
    )


def expected_collisions(
    pair: StatePair,
    hard_body_radius_km: ArrayLike,
    *,
    window_s: ArrayLike | None = None,
    mu_km3_s2: float = WGS84_MU_KM3_S2,
) -> StateProbability:
    """Compute Hall's three-dimensional expected number of collisions of m encounters.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    window_s : (2,) or (m, 2), s, optional
        Begin and end, counted from the states' instant; by default those of the encounter (`encounter_window`).
    mu_km3_s2 : float, km^3/s^2
        Gravitational parameter of the two-body motion.

    Raises
    ------
    InputError
        For a bad radius or window, or an orbit that is not an ellipse.
    """
    pair, clipped = pair.remediated()
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, len(pair))
    elements = element_pair(pair, mu_km3_s2=mu_km3_s2)
    full, quick = peak_overlap(elements), peak_overlap(elements, iterations=_SCAN_ITERATIONS)
    window = integration_window(elements, radius, window_s)
    return integrate(pair, radius, clipped, full, window, METHOD.name, scan=quick)


def collision_rate(
    pair: StatePair,
    hard_body_radius_km: ArrayLike,
    times_s: ArrayLike,
    *,
    mu_km3_s2: float = WGS84_MU_KM3_S2,
) -> Array:
    """(m, t) 1/s: the expected collision rates at times_s, (t,) or (m, t) s from the states' instant."""
    pair, _ = pair.remediated()
    m = len(pair)
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, m)
    times = np.asarray(times_s, dtype=np.float64)
    if times.ndim == 1:
        times = np.tile(times, (m, 1))
    times = checked("times_s", times, (m, -1))
    rows = np.repeat(np.arange(m), times.shape[1])
    linearize = peak_overlap(element_pair(pair, mu_km3_s2=mu_km3_s2))
    log_rate, _ = log_entry_rate(linearize(rows, times.ravel()), radius[rows])
    return np.asarray(np.exp(np.minimum(log_rate, 700.0)).reshape(times.shape))


def active_window(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, mu_km3_s2: float = WGS84_MU_KM3_S2
) -> Array:
    """(m, 2) s from the states' instant: the part of the encounter's window that can matter, where the
    density at the hard body is above exp(-40) of its peak, lengthened by half on both sides.
    """
    pair, _ = pair.remediated()
    m = len(pair)
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, m)
    elements = element_pair(pair, mu_km3_s2=mu_km3_s2)
    limits = integration_window(elements, radius, None).window_s
    place, intervals, _ = active_intervals(
        peak_overlap(elements, iterations=_SCAN_ITERATIONS),
        np.arange(m),
        radius,
        _first_guess(pair, radius),
        limits,
    )
    low, high = limits[:, 1].copy(), limits[:, 0].copy()
    np.minimum.at(low, place, intervals[:, 0])
    np.maximum.at(high, place, intervals[:, 1])
    extra = 0.5 * (high - low)
    return np.stack([np.maximum(low - extra, limits[:, 0]), np.minimum(high + extra, limits[:, 1])], axis=-1)


def peak_overlap(elements: ElementPair, *, iterations: int = _ITERATIONS) -> Linearization:
    """The linearization about the orbits of peak overlap, for `collision_rate`'s integrals."""

    def linearize(rows: NDArray[np.intp], times: Array) -> RelativeGaussian:
        first, second = elements.primary[rows], elements.secondary[rows]
        cov1, cov2 = elements.primary_covariance[rows], elements.secondary_covariance[rows]
        at1, at2 = first.elements.copy(), second.elements.copy()
        k = rows.size
        mean, covariance = np.empty((k, 6)), np.empty((k, 6, 6))
        linearized = np.zeros(k, dtype=bool)
        left = np.arange(k)
        for iteration in range(iterations):
            near = _linear(first, cov1, at1, left, times)
            far = _linear(second, cov2, at2, left, times)
            local_mean, local_covariance = far[0] - near[0], near[1] + far[1]
            if iteration == 0:
                mean[:], covariance[:] = local_mean, local_covariance
            values, vectors = np.linalg.eigh(local_covariance[:, :3, :3])
            values = np.maximum(values, 1e-15 * values[:, -1:])
            usable = values[:, -1] > 0.0
            values = np.where(usable[:, None], values, 1.0)
            gap = np.einsum("kij,ki->kj", vectors, far[2] - near[2])
            met = np.sqrt((gap**2 / values).sum(axis=-1)) < _MET
            weight = np.einsum("kij,ki->kj", vectors, local_mean[:, :3]) / values
            pull = np.einsum("kij,kj->ki", vectors, weight)
            next1 = first.elements[left] + np.einsum("kij,klj,kl->ki", cov1[left], near[3], pull)
            next2 = second.elements[left] - np.einsum("kij,klj,kl->ki", cov2[left], far[3], pull)
            sound = usable & _is_orbit(next1) & _is_orbit(next2)
            done = met | ~usable
            settled = left[done]
            mean[settled], covariance[settled] = local_mean[done], local_covariance[done]
            linearized[settled] = True
            going = ~done & sound
            left = left[going]
            if left.size == 0:
                break
            at1[left], at2[left] = next1[going], next2[going]
        return RelativeGaussian(mean, covariance, linearized)

    return linearize


def _linear(
    orbits: propagation.EquinoctialOrbits,
    covariance: Array,
    at: Array,
    chosen: NDArray[np.intp],
    times: Array,
) -> tuple[Array, Array, Array, Array]:
    """Linearized mean state and covariance about elements `at`, the position there, and its partials."""
    here = propagation.EquinoctialOrbits(at[chosen], orbits.sense[chosen], orbits.mu_km3_s2)
    state, partials = here.states_and_partials(times[chosen])
    mean = state + np.einsum("kij,kj->ki", partials, orbits.elements[chosen] - at[chosen])
    spread = partials @ covariance[chosen] @ np.swapaxes(partials, -1, -2)
    return mean, spread, state[:, :3], partials[:, :3]


def _is_orbit(elements: Array) -> NDArray[np.bool_]:
    e = np.hypot(elements[:, 1], elements[:, 2])
    return np.asarray((elements[:, 0] > 0.0) & (e < 1.0) & np.isfinite(elements).all(axis=-1))


def integration_window(elements: ElementPair, radius: Array, window_s: ArrayLike | None) -> EncounterWindow:
    """The caller's window, (2,) or (m, 2) s, or the encounter's. Raises InputError for a bad one."""
    m = len(elements.primary)
    if window_s is None:
        whole = encounter_window(elements.primary, elements.secondary)
        return between_valleys(whole, peak_overlap(elements, iterations=_SCAN_ITERATIONS), radius)
    window = np.asarray(window_s, dtype=np.float64)
    if window.ndim == 1:
        window = np.tile(window, (m, 1))
    window = checked("window_s", window, (m, 2))
    if (window[:, 1] <= window[:, 0]).any():
        row = int(np.flatnonzero(window[:, 1] <= window[:, 0])[0])
        raise InputError(f"window_s: expected begin before end, got {window[row].tolist()} in row {row}")
    return EncounterWindow.of_caller(window)


def _first_guess(pair: StatePair, radius: Array) -> Array:
    bounds = conjunction_duration(pair, radius)
    return np.stack([bounds.begin_s, bounds.end_s], axis=-1)


def integrate(
    pair: StatePair,
    radius: Array,
    clipped: NDArray[np.bool_],
    linearize: Linearization,
    window: EncounterWindow,
    name: str,
    *,
    everywhere: bool = True,
    scan: Linearization | None = None,
) -> StateProbability:
    """The integral over the window as a `StateProbability`; shared with Coppola's method."""
    integral = integrate_rate(
        linearize, radius, _first_guess(pair, radius), window.window_s, everywhere=everywhere, scan=scan
    )
    initial = np.where(window.shared[:, 0], 0.0, integral.inside_at_start)
    expected = integral.expected + initial
    flags = np.zeros(len(pair), dtype=np.int64)
    for flag, where in (
        (StateFlag.NON_POSITIVE_DEFINITE, clipped),
        (StateFlag.WINDOW_LIMITED, integral.limited),
        (StateFlag.INACCURATE_QUADRATURE, ~integral.converged),
        (StateFlag.NO_PEAK_OVERLAP, ~integral.linearized),
        (StateFlag.REPEATED_CONTACT, expected > 1.0 + 1e-6),
        (StateFlag.ANOTHER_PASSAGE, window.reached.any(axis=-1)),
        (StateFlag.SYMMETRISED, pair.symmetrised),
    ):
        flags[where] |= int(flag)
    return StateProbability(
        value=np.minimum(expected, 1.0),
        lower=np.clip(expected - integral.error, 0.0, 1.0),
        upper=np.clip(expected + integral.error, 0.0, 1.0),
        expected=expected,
        initial=initial,
        flags=flags,
        window_s=window.window_s,
        peak_time_s=integral.peak_time_s,
        samples=integral.evaluations,
        method=name,
    )


METHOD = StateMethod(
    name="hall-3d",
    function=expected_collisions,
    summary="expected collisions along curved orbits (Hall 2021)",
    source=(
        "Hall (2021), Expected Collision Rates for Tracked Satellites, Journal of Spacecraft and Rockets 58(3), 715-728"
    ),
)
