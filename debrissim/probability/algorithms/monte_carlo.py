"""Monte Carlo from closest approach: sampled orbits, two-body motion, every contact in the window counted.

Sources: Clopper & Pearson (1934), "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
Binomial", Biometrika 26, 404-413, for the bounds; Hall, Hejduk & Johnson (2018), "Remediating
Non-Positive Definite State Covariances for Collision Probability Estimation", AAS 17-567, and Sabol et al.
(2010), AAS 10-134, for sampling in equinoctial elements.

Assumptions
- Two-body motion from the given states; a spherical hard body. A sample is a hit if the two objects come within its
  radius anywhere in the window, and counts once however often they do. Contact at the start of the window also counts,
  unless the window is the default window of the encounter and another encounter lies before it (`encounter_window`):
  the contact then belongs to that encounter.
- sampling "equinoctial": each object's elements are Gaussian (as they are when orbit determination is followed by days
  of prediction), with the covariance of the state carried over by partial derivatives; "cartesian": positions and
  velocities are Gaussian at the given instant.
- Samples that are not elliptic orbits count as misses; the row is flagged.
- The window, unless given, is where the linearized density matters (`hall.active_window`): the fraction of
  the probability outside is far below the resolution of sampling.

The bounds are exact (`probability.sampling`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from debrissim import propagation
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.algorithms.hall import active_window, integration_window
from debrissim.probability.method import StateMethod
from debrissim.probability.peak_overlap import element_pair
from debrissim.probability.sampling import (
    Contacts,
    GaussianSampler,
    MonteCarloProbability,
    check_stopping_rule,
    count_contacts,
)
from debrissim.probability.state_pair import StatePair, radii_km

SAMPLINGS = ("equinoctial", "cartesian")
DEFAULT_SAMPLES = 1_000_000

# Samples per batch: 65,536 pairs of orbits take some tens of MB, including temporaries.
_BATCH = 65_536


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
    """Estimate collision probabilities of m encounters by sampling, each with exact confidence bounds.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    rng : numpy.random.Generator
        Source of the samples; the same generator state gives the same result.
    samples : int
        Maximum number per encounter.
    relative_half_width : float, optional
        Stop early, when half the interval is this fraction of the value.
    confidence : float
        Confidence of the two-sided interval, between 0 and 1.
    window_s : (2,) or (m, 2), s, optional
        Beginning and end, counted from the instant of the states; by default where the linearized density matters
        (`hall.active_window`).
    sampling : {"equinoctial", "cartesian"}
        Quantities that are Gaussian: each object's equinoctial elements, or its position and velocity.
    mu_km3_s2 : float, km^3/s^2
        Gravitational parameter of the two-body motion.

    Raises
    ------
    InputError
        Naming the argument at fault.
    """
    from debrissim.propagation.kernels.contact import first_contacts

    if sampling not in SAMPLINGS:
        raise InputError(f"sampling: expected one of {', '.join(SAMPLINGS)}, got {sampling!r}")
    needed = check_stopping_rule(samples, relative_half_width, confidence)
    pair, clipped = pair.remediated()
    m = len(pair)
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, m)
    elements = element_pair(pair, mu_km3_s2=mu_km3_s2)
    own = integration_window(elements, radius, window_s)
    window, earlier = own.window_s, own.shared[:, 0]
    if window_s is None:
        window = active_window(pair, radius, elements, window)
    if sampling == "equinoctial":
        primary = _samplers(elements.primary.elements, elements.primary_covariance)
        secondary = _samplers(elements.secondary.elements, elements.secondary_covariance)
    else:
        primary = _samplers(pair.primary_state, pair.primary_covariance)
        secondary = _samplers(pair.secondary_state, pair.secondary_covariance)

    def contacts(row: int, count: int) -> Contacts:
        first, second = primary[row].sample(rng, count), secondary[row].sample(rng, count)
        senses = elements.primary.sense[row : row + 1], elements.secondary.sense[row : row + 1]
        if sampling == "cartesian":
            first, second = (_orbits(first, senses[0], mu_km3_s2), _orbits(second, senses[1], mu_km3_s2))
        time, valid = np.empty(count), np.empty(count, dtype=bool)
        first_contacts(
            first, float(senses[0][0]), second, float(senses[1][0]), float(window[row, 0]),
            float(window[row, 1]), float(radius[row]), mu_km3_s2, time, valid,
        )  # fmt: skip
        initial = time == window[row, 0]
        if earlier[row]:
            time[initial] = np.inf
        return Contacts(time, initial & ~earlier[row], valid)

    return count_contacts(
        contacts, radius, window, clipped, method=METHOD.name, batch=_BATCH, samples=samples, hits=needed,
        confidence=confidence,
    )  # fmt: skip


def _samplers(means: Array, covariances: Array) -> list[GaussianSampler]:
    return [GaussianSampler(mean, covariance) for mean, covariance in zip(means, covariances, strict=True)]


def _orbits(state: Array, sense: Array, mu: float) -> Array:
    """Elements of sampled states, with a mean motion of 0 for states that are not on elliptic orbits."""
    fine = propagation.is_bound(state, mu_km3_s2=mu)
    out = np.zeros(state.shape)
    some: propagation.EquinoctialOrbits = propagation.equinoctial(
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
