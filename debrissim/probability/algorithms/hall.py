"""Hall's expected number of collisions ("3D-Nc"): curved orbits, growing covariances, slow encounters.

Source: Hall (2021), "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets
58(3), 715-728: the collision rate from the states of peak overlap in equinoctial elements. The surface and time
integrals are our own (`collision_rate.py`).

The linearization about the orbits of peak overlap is in `peak_overlap.py`.

Assumptions
- Two-body motion of each object from the given states; over the window perturbations act equally on both.
- Each object's equinoctial elements are Gaussian, and the two objects are independent of each other.
- About the orbits of peak overlap the map to position and velocity is linear over the hard body.
- The hard body is a sphere. The integral is the expected number of collisions within the window (`expected`): this is
  the probability where contact does not repeat. Where it can repeat, the value is that number times the fraction of
  entries that are first contacts, which is sampled (`repeated_contact`), and the row is flagged if contact repeats in
  any sample.
- Unless the caller specifies it, the window covers one encounter (`encounter_window`): between the maxima of the
  distance, at most half the shorter period on either side, without the beginning of another passage. Contacts that
  exist when the window opens belong to the previous encounter, if there is one within half a period. If the rate is not
  negligible at its ends, the row is flagged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.active_intervals import active_intervals
from debrissim.probability.ball import Linearization, ball_probability
from debrissim.probability.collision_rate import RateIntegral, integrate_rate, log_entry_rate
from debrissim.probability.duration import conjunction_duration
from debrissim.probability.encounter_plane import checked
from debrissim.probability.encounter_window import EncounterWindow, between_valleys, encounter_window
from debrissim.probability.method import StateMethod
from debrissim.probability.peak_overlap import ElementPair, element_pair, peak_overlap
from debrissim.probability.repeated_contact import can_repeat, first_contacts
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability, radii_km

# Enough iterations to find the times that matter.
_SCAN_ITERATIONS = 8


def expected_collisions(
    pair: StatePair,
    hard_body_radius_km: ArrayLike,
    *,
    window_s: ArrayLike | None = None,
    mu_km3_s2: float = WGS84_MU_KM3_S2,
) -> StateProbability:
    """Compute Hall's three-dimensional expected number of collisions, and the probability, of m encounters.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    window_s : (2,) or (m, 2), s, optional
        Beginning and end, counted from the instant of the states; by default the window of the encounter
        (`encounter_window`).
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
    return integrate(pair, radius, clipped, elements, full, window, METHOD.name, scan=quick, sampled=True)


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


def active_window(pair: StatePair, radius: Array, elements: ElementPair, limits: Array) -> Array:
    """(m, 2) s from the states' instant: the part of the windows `limits` (m, 2) that can matter, where the
    density at the hard body is above exp(-40) of its peak, lengthened by half on both sides.
    """
    place, intervals, _ = active_intervals(
        peak_overlap(elements, iterations=_SCAN_ITERATIONS),
        np.arange(len(pair)),
        radius,
        _first_guess(pair, radius),
        limits,
    )
    low, high = limits[:, 1].copy(), limits[:, 0].copy()
    np.minimum.at(low, place, intervals[:, 0])
    np.maximum.at(high, place, intervals[:, 1])
    extra = 0.5 * (high - low)
    return np.stack([np.maximum(low - extra, limits[:, 0]), np.minimum(high + extra, limits[:, 1])], axis=-1)


def integration_window(elements: ElementPair, radius: Array, window_s: ArrayLike | None) -> EncounterWindow:
    """The caller's window, (2,) or (m, 2) s, or that of the encounter. Raises InputError for an invalid window."""
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
    elements: ElementPair,
    linearize: Linearization,
    window: EncounterWindow,
    name: str,
    *,
    everywhere: bool = True,
    scan: Linearization | None = None,
    sampled: bool = False,
) -> StateProbability:
    """The integral over the window as a `StateProbability`; shared with Coppola's method.

    sampled: whether the probability is sampled where contact can repeat; otherwise the value of such rows is the
    expected number, with bounds.
    """
    integral = integrate_rate(
        linearize, radius, _first_guess(pair, radius), window.window_s, everywhere=everywhere, scan=scan
    )
    initial = np.where(window.shared[:, 0], 0.0, integral.inside_at_start)
    expected = integral.expected + initial
    fraction, error, repeated = _first_contacts(integral, radius, elements, sampled=sampled)
    value = initial + integral.expected * np.where(np.isnan(fraction), 1.0, fraction)
    slack = integral.error + 3.0 * integral.expected * error
    lower, upper = value - slack, np.minimum(value + slack, expected + integral.error)
    # Only bounds are known: the momentary probability of contact from below, the expected number from above.
    bounded = np.flatnonzero(np.isnan(fraction))
    contained = ball_probability(linearize(bounded, integral.peak_time_s[bounded]), radius[bounded])
    other = np.where(window.shared[:, 0], integral.inside_at_start, 0.0)
    lower[bounded], upper[bounded] = contained - other[bounded], expected[bounded] + integral.error[bounded]
    flags = np.zeros(len(pair), dtype=np.int64)
    for flag, where in (
        (StateFlag.NON_POSITIVE_DEFINITE, clipped),
        (StateFlag.WINDOW_LIMITED, integral.limited),
        (StateFlag.INACCURATE_QUADRATURE, ~integral.converged),
        (StateFlag.NO_PEAK_OVERLAP, ~integral.linearized),
        (StateFlag.REPEATED_CONTACT, repeated | (expected > 1.0 + 1e-6)),
        (StateFlag.ANOTHER_PASSAGE, window.reached.any(axis=-1)),
        (StateFlag.SYMMETRISED, pair.symmetrised),
    ):
        flags[where] |= int(flag)
    return StateProbability(
        value=np.minimum(value, 1.0),
        lower=np.clip(lower, 0.0, np.minimum(value, 1.0)),
        upper=np.clip(upper, 0.0, 1.0),
        expected=expected,
        initial=initial,
        flags=flags,
        window_s=window.window_s,
        peak_time_s=integral.peak_time_s,
        samples=integral.evaluations,
        method=name,
    )


def _first_contacts(
    integral: RateIntegral, radius: Array, elements: ElementPair, *, sampled: bool
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """(m,) the fraction of entries that are first contacts, NaN where only bounds are known, (m,) its standard error,
    and (m,) whether contact repeats.
    """
    m = radius.size
    fraction, error, repeated = np.ones(m), np.zeros(m), np.zeros(m, dtype=np.bool_)
    possible = can_repeat(elements, radius, integral.active_s, integral.pieces, integral.slowest_km_s)
    rows = np.flatnonzero(possible & (integral.expected > 0.0))
    if not sampled:
        fraction[rows], repeated[rows] = np.nan, True
        return fraction, error, repeated
    found = first_contacts(elements, rows, radius[rows], integral.active_s[rows])
    fraction[rows], repeated[rows] = found.fraction, found.repeated
    error[rows] = np.where(np.isnan(found.fraction), 0.0, found.error)
    return fraction, error, repeated


METHOD = StateMethod(
    name="hall-3d",
    function=expected_collisions,
    summary="expected collisions along curved orbits (Hall 2021)",
    source=(
        "Hall (2021), Expected Collision Rates for Tracked Satellites, Journal of Spacecraft and Rockets 58(3), 715-728"
    ),
)
