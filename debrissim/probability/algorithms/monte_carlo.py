"""Monte Carlo from closest approach: sampled orbits, two-body motion, every contact in the window counted.

Sources: Clopper & Pearson (1934), "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
Binomial", Biometrika 26, 404-413, for the bounds; Hall, Hejduk & Johnson (2018), "Remediating
Non-Positive Definite State Covariances for Collision Probability Estimation", AAS 17-567, and Sabol et al.
(2010), AAS 10-134, for sampling in equinoctial elements.

Assumptions
- Two-body motion from the given states; a spherical hard body. A sample is a hit when the two come within its
  radius anywhere in the window, and counts once however often they do; contact at the window's start is one.
- sampling "equinoctial": each object's elements are Gaussian (what orbit determination makes them, after
  days of prediction), with the covariance of the state carried over by partial derivatives; "cartesian":
  positions and velocities are Gaussian at the given instant.
- Samples that are no elliptic orbit count as misses; the row is flagged.
- The window, unless given, is where the linearised density matters (`hall.active_window`): a share of the
  probability far below what can be sampled lies outside.

The bounds are exact: Clopper and Pearson's, and the stopping rule keeps them so. It is fixed beforehand as a
number of hits k, and sampling ends with the very sample that makes the k-th, or at the greatest number. Then
"at least as many hits as soon" has the probability of a binomial tail, so the same bounds hold, the upper one a
little wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.algorithms.hall import active_window, element_pair, window_of
from debrissim.probability.method import StateMethod
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability, radii_km
from debrissim.propagation.kernels.contact import first_contacts
from debrissim.propagation.two_body import EquinoctialOrbits, equinoctial, is_bound

SAMPLINGS = ("equinoctial", "cartesian")
DEFAULT_SAMPLES = 1_000_000

# Samples at a time: 65,536 pairs of orbits are some tens of MB with their temporaries.
_CHUNK = 65_536


@dataclass(frozen=True, eq=False)
class MonteCarloProbability(StateProbability):
    """`StateProbability` whose bounds are exact confidence bounds, with what they were counted from.

    hits: (m,) int64; unbound: (m,) int64 samples that were no elliptic orbit; confidence: of the two-sided
    interval [lower, upper].
    """

    hits: NDArray[np.int64]
    unbound: NDArray[np.int64]
    confidence: float


def monte_carlo(
    pair: StatePair,
    hard_body_radius_km: ArrayLike,
    rng: np.random.Generator,
    *,
    samples: int = DEFAULT_SAMPLES,
    relative_half_width: float | None = None,
    confidence: float = 0.95,
    window_s: ArrayLike | None = None,
    sampling: str = "equinoctial",
    mu_km3_s2: float = WGS84_MU_KM3_S2,
) -> MonteCarloProbability:
    """Collision probabilities of m encounters by sampling, each with exact confidence bounds.

    hard_body_radius_km: combined, km, >= 0, scalar or (m,); samples: the greatest number for each encounter;
    relative_half_width: stop sooner, when half the interval is this share of the value; confidence: of
    the two-sided interval; window_s: (2,) or (m, 2) s from the states' instant.
    The same generator state gives the same result. Raises InputError, naming the argument.
    """
    if sampling not in SAMPLINGS:
        raise InputError(f"sampling: expected one of {', '.join(SAMPLINGS)}, got {sampling!r}")
    needed = checked_stopping(samples, relative_half_width, confidence)
    pair, clipped = pair.remediated()
    m = len(pair)
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, m)
    elements = element_pair(pair, mu_km3_s2=mu_km3_s2)
    active = active_window(pair, radius, mu_km3_s2=mu_km3_s2) if window_s is None else window_s
    window = window_of(elements, active)
    hits, trials = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    initial, unbound = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    centre = np.mean(window, axis=-1)
    for i in range(m):
        if sampling == "equinoctial":
            first = Normal(elements.primary.elements[i], elements.primary_covariance[i])
            second = Normal(elements.secondary.elements[i], elements.secondary_covariance[i])
        else:
            first = Normal(pair.primary_state[i], pair.primary_covariance[i])
            second = Normal(pair.secondary_state[i], pair.secondary_covariance[i])
        senses = (elements.primary.sense[i : i + 1], elements.secondary.sense[i : i + 1])
        times: list[Array] = []
        while trials[i] < samples and hits[i] < needed:
            count = min(_CHUNK, samples - int(trials[i]))
            drawn = (first.draw(rng, count), second.draw(rng, count))
            if sampling == "cartesian":
                drawn = (_orbits(drawn[0], senses[0], mu_km3_s2), _orbits(drawn[1], senses[1], mu_km3_s2))
            contact, sound = np.empty(count), np.empty(count, dtype=bool)
            first_contacts(
                drawn[0], float(senses[0][0]), drawn[1], float(senses[1][0]), float(window[i, 0]),
                float(window[i, 1]), float(radius[i]), mu_km3_s2, contact, sound,
            )  # fmt: skip
            met = np.flatnonzero(np.isfinite(contact))
            if radius[i] <= 0.0:
                met = met[:0]
            if hits[i] + met.size >= needed:
                met = met[: needed - int(hits[i])]
                count = int(met[-1]) + 1
            trials[i] += count
            hits[i] += met.size
            unbound[i] += int((~sound[:count]).sum())
            initial[i] += int((contact[met] == window[i, 0]).sum())
            times.append(contact[met])
        if hits[i]:
            centre[i] = float(np.median(np.concatenate(times)))
    lower, upper = clopper_pearson(hits, trials, confidence)
    value = hits / trials
    flags = np.zeros(m, dtype=np.int64)
    flags[clipped] |= int(StateFlag.NON_POSITIVE_DEFINITE)
    flags[unbound > 0] |= int(StateFlag.UNBOUND_SAMPLES)
    return MonteCarloProbability(
        value=value, lower=lower, upper=upper, expected=value, initial=initial / trials, flags=flags,
        window_s=window, peak_time_s=centre, samples=trials, method=METHOD.name, hits=hits, unbound=unbound,
        confidence=confidence,
    )  # fmt: skip


def clopper_pearson(hits: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Exact two-sided bounds (lower, upper) of a binomial probability, arrays of any one shape.

    No hits give a lower bound of 0, hits in every trial an upper one of 1. Raises InputError where
    confidence is outside (0, 1) or hits outside 0 to trials.
    """
    _check_confidence(confidence)
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if ((k < 0.0) | (k > n)).any():
        raise InputError("hits: expected 0 <= hits <= trials")
    tail = 0.5 * (1.0 - confidence)
    lower = np.where(k > 0.0, betaincinv(np.maximum(k, 1.0), n - k + 1.0, tail), 0.0)
    upper = np.where(k < n, betaincinv(k + 1.0, np.maximum(n - k, 1.0), 1.0 - tail), 1.0)
    return lower, upper


def hits_for(relative_half_width: float, confidence: float = 0.95) -> int:
    """The number of hits after which half the interval is at most that share of the value, however small
    the value (the Poisson limit; for large values it is narrower still).
    """
    _check_confidence(confidence)
    if not relative_half_width > 0.0:
        raise InputError(f"relative_half_width: expected a number > 0, got {relative_half_width}")
    tail = 0.5 * (1.0 - confidence)

    def wide(k: int) -> bool:
        lower, upper = gammaincinv(k, tail), gammaincinv(k + 1, 1.0 - tail)
        return bool(upper - lower > 2.0 * k * relative_half_width)

    high = 1
    while wide(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wide(middle) else (low, middle)
    return high


def checked_stopping(samples: int, relative_half_width: float | None, confidence: float) -> int:
    """The number of hits at which to stop (beyond any where there is no rule); InputError for bad rules."""
    if samples < 1:
        raise InputError(f"samples: expected at least 1, got {samples}")
    _check_confidence(confidence)
    return samples + 1 if relative_half_width is None else hits_for(relative_half_width, confidence)


def _check_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence: expected a share between 0 and 1, got {confidence}")


class Normal:
    """A normal of six components, drawn through the square root of its correlation."""

    def __init__(self, mean: Array, covariance: Array) -> None:
        sigma = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
        bottom = np.where(sigma > 0.0, sigma, 1.0)
        values, vectors = np.linalg.eigh(covariance / bottom[:, None] / bottom)
        self.mean = mean
        self.root = sigma[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        return np.ascontiguousarray(self.mean + rng.standard_normal((count, 6)) @ self.root.T)


def _orbits(state: Array, sense: Array, mu: float) -> Array:
    """Elements of sampled states, mean motion 0 for those on no elliptic orbit."""
    fine = is_bound(state, mu_km3_s2=mu)
    out = np.zeros(state.shape)
    some: EquinoctialOrbits = equinoctial(
        state[fine], mu_km3_s2=mu, sense=np.broadcast_to(sense, (int(fine.sum()),))
    )
    out[fine] = some.elements
    return out


def _seeded(pair: StatePair, hard_body_radius_km: Array) -> MonteCarloProbability:
    return monte_carlo(pair, hard_body_radius_km, np.random.default_rng(1))


METHOD = StateMethod(
    name="monte-carlo",
    function=_seeded,
    summary="two-body trials from TCA, exact 95 % bounds (Clopper & Pearson 1934)",
    source=(
        "Clopper & Pearson (1934), The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial, "
        "Biometrika 26, 404-413; sampling in equinoctial elements: Sabol et al. (2010), AAS 10-134"
    ),
    is_sampled=True,
)
