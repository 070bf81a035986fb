"""From the expected number of entries to the probability of at least one: the fraction of entries that are first
contacts.

Source: our own method. Where a pair can meet more than once in a window, the expected number E of entries (Hall 2021)
exceeds the probability. Orbits that come near each other are sampled, and the entries of each sample into the hard body
are counted along its curved path. With weights w, entries N, and u = 1 if the first contact is an entry, otherwise 0,

    f = sum(w u) / sum(w N),   probability = (in contact at the start) + E f.

The samples come from a mixture: the distribution of the elements given a meeting (to within s, about the size of the
hard body) at one of the times t_k, with the linearization about the orbits of peak overlap. As the times are chosen
with probabilities in proportion to the density of such a meeting, the samples have the weights w = 1 / sum over k of
exp(-r_k^2 / 2 s^2), where r_k are their linear relative positions (importance sampling, deterministic mixture: Owen &
Zhou 2000, "Safe and Effective Importance Sampling", JASA 95). The number of samples needed does not depend on the size
of the probability.

Assumptions
- Two-body motion; Gaussian equinoctial elements, independent of each other; a sphere.
- The distance has at most one minimum in 1/400 of the shorter period, and no sample leaves the sphere and returns
  within that time.
- The linearization is used only to choose the samples: it can make f less precise, but not wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.probability.ball import RelativeGaussian
from debrissim.probability.peak_overlap import ElementPair, overlap_orbits
from debrissim.probability.sampling import GaussianSampler
from debrissim.propagation import kernels
from debrissim.propagation.two_body import EquinoctialOrbits

SAMPLES = (2000, 12_000)
"""Samples per row; the second number is used if the first samples show a repetition."""
_STEPS_PER_PERIOD = 400
_MIN_STEPS = 16
_CENTRES = (24, 160)
# For the speed at contact: samples slower than this many standard deviations below the mean are ignored.
_SLOW_SIGMAS = 5.0


@dataclass(frozen=True, eq=False)
class FirstContacts(Rows):
    """m rows: the fraction of entries that are first contacts, its standard error, and whether any sample repeated.

    If no sample is in contact, the fraction is NaN.
    """

    fraction: Array
    error: Array
    repeated: NDArray[np.bool_]


def slowest_speed(state: RelativeGaussian) -> Array:
    """(k,) km/s: a speed below which relative velocities at contact fall with a probability of less than 1e-6, or 0."""
    position, mixed = state.covariance[:, :3, :3], state.covariance[:, 3:, :3]
    values, vectors = np.linalg.eigh(position)
    values = np.maximum(values, np.maximum(1e-15 * values[:, -1:], 1e-30))
    inverse = (vectors / values[:, None, :]) @ np.swapaxes(vectors, -1, -2)
    gain = mixed @ inverse
    velocity = state.mean[:, 3:] - np.einsum("kij,kj->ki", gain, state.mean[:, :3])
    spread = state.covariance[:, 3:, 3:] - gain @ np.swapaxes(mixed, -1, -2)
    sigma = np.sqrt(np.maximum(np.linalg.eigvalsh(0.5 * (spread + np.swapaxes(spread, -1, -2)))[:, -1], 0.0))
    return np.asarray(np.maximum(np.linalg.norm(velocity, axis=-1) - _SLOW_SIGMAS * sigma, 0.0))


def can_repeat(
    elements: ElementPair, radius_km: Array, span_s: Array, pieces: NDArray[np.int64], slowest: Array
) -> NDArray[np.bool_]:
    """(m,) whether contact can repeat within the time that counts.

    Gravity pulls two objects at a distance r together by at most n^2 r, so r'' >= -n^2 r: an object that leaves a
    sphere of radius R and returns within t leaves it more slowly than n R tan(n t / 2), where n is the mean motion at
    perigee (Sturm comparison). If the density is in several pieces, or the span is half a period, contact can repeat at
    any speed. The factor 4 allows for the direction of the velocity and its change over the sphere.

    span_s: (m, 2) s, the time that counts; pieces: (m,) the number of its intervals; slowest: (m,) km/s,
    `slowest_speed`.
    """
    motion = np.maximum(*(o.elements[:, 0] * (1.0 - np.hypot(o.elements[:, 1], o.elements[:, 2])) ** -1.5
                          for o in (elements.primary, elements.secondary)))  # fmt: skip
    angle = 0.5 * motion * (span_s[:, 1] - span_s[:, 0])
    limit = 4.0 * motion * radius_km * np.tan(np.minimum(angle, 1.55))
    return np.asarray((radius_km > 0.0) & (angle > 0.0) & ((pieces > 1) | (angle > 1.5) | (slowest < limit)))


def first_contacts(
    elements: ElementPair,
    rows: NDArray[np.intp],
    radius_km: Array,
    span_s: Array,
    *,
    samples: tuple[int, int] = SAMPLES,
) -> FirstContacts:
    """Sample the fraction of entries that are first contacts, in the encounters `rows` (k,).

    radius_km (k,) km and span_s (k, 2) s of these rows; the span begins where the window begins, or where contact is no
    longer negligible. The samples of each row have their own seed, so rows do not depend on one another.
    """
    found = []
    for k, row in enumerate(rows.tolist()):
        result = _row(elements, row, float(radius_km[k]), span_s[k], samples[0])
        if result[2] and np.isfinite(result[0]):
            result = _row(elements, row, float(radius_km[k]), span_s[k], samples[1])
        found.append(result)
    fraction, error, repeated = np.array(found, dtype=np.float64).reshape(-1, 3).T
    return FirstContacts(fraction, error, repeated > 0.0)


def _row(
    elements: ElementPair, row: int, radius: float, span: Array, samples: int
) -> tuple[float, float, bool]:
    rng = np.random.default_rng(1)
    first, second, weight = _sample(elements, row, radius, span, samples, rng)
    entries, start = _entries(first, second, radius, span)
    new = weight * ((entries > 0) & ~start)
    every = weight * entries
    total = every.sum()
    if not total > 0.0:
        return np.nan, np.inf, True
    fraction = float(new.sum() / total)
    error = float(np.sqrt(np.square(new - fraction * every).sum()) / total)
    # If no repetition was seen, one in the effective number of samples may have been missed.
    unseen = 1.0 / float(total**2 / np.square(every).sum())
    return fraction, max(error, unseen), bool((new < every).any())


def _sample(
    elements: ElementPair, row: int, radius: float, span: Array, samples: int, rng: np.random.Generator
) -> tuple[EquinoctialOrbits, EquinoctialOrbits, Array]:
    """Orbits that come near each other in the span, and their weights."""
    sides = (
        (elements.primary[[row]], elements.primary_covariance[row]),
        (elements.secondary[[row]], elements.secondary_covariance[row]),
    )
    scout = overlap_orbits(elements, np.full(9, row), np.linspace(span[0], span[1], 9)).relative
    speed = float(np.linalg.norm(scout.mean[:, 3:], axis=1).max())
    length = float(span[1] - span[0])
    count = int(np.clip(np.ceil(2.0 * length * speed / radius), *_CENTRES))
    step = length / count
    times = span[0] + step * (np.arange(count) + 0.5)
    spread = max(radius, 0.5 * speed * step)
    near = overlap_orbits(elements, np.full(count, row), times)
    slopes, offset = [], np.zeros((count, 3))
    for sign, (orbit, _), at in zip((-1.0, 1.0), sides, (near.primary, near.secondary), strict=True):
        where = np.where(near.relative.linearized[:, None], at, orbit.elements)
        state, partials = EquinoctialOrbits(
            where, np.repeat(orbit.sense, count), orbit.mu_km3_s2
        ).states_and_partials(times)
        offset += sign * (state[:, :3] + np.einsum("kij,kj->ki", partials[:, :3], orbit.elements - where))
        slopes.append(sign * partials[:, :3])
    slope = np.concatenate(slopes, axis=-1)
    prior = np.zeros((12, 12))
    prior[:6, :6], prior[6:, 6:] = sides[0][1], sides[1][1]
    carried = slope @ prior
    meeting = carried @ np.swapaxes(slope, -1, -2) + spread**2 * np.eye(3)
    weighed = np.linalg.solve(meeting, offset[:, :, None])[:, :, 0]
    log_density = -0.5 * np.einsum("ki,ki->k", offset, weighed) - 0.5 * np.linalg.slogdet(meeting)[1]
    density = np.exp(log_density - log_density.max())
    # A stratified choice of the centres, then samples from the distribution given a meeting there.
    steps = np.searchsorted(np.cumsum(density / density.sum()), (np.arange(samples) + 0.5) / samples)
    centre = np.minimum(steps, count - 1)
    moved = np.concatenate(
        [GaussianSampler(np.zeros(6), covariance).sample(rng, samples) for _, covariance in sides], axis=1
    )
    gap = offset[centre] + np.einsum("nij,nj->ni", slope[centre], moved)
    gap += spread * rng.standard_normal((samples, 3))
    moved -= np.einsum(
        "nij,ni->nj", carried[centre], np.linalg.solve(meeting[centre], gap[:, :, None])[:, :, 0]
    )
    square = (
        np.square(offset.ravel() + moved @ slope.reshape(-1, 12).T).reshape(samples, count, 3).sum(axis=-1)
    )
    weight = 1.0 / np.exp(-0.5 * square / spread**2).sum(axis=1)
    sampled = [
        EquinoctialOrbits(orbit.elements + part, np.repeat(orbit.sense, samples), orbit.mu_km3_s2)
        for (orbit, _), part in zip(sides, (moved[:, :6], moved[:, 6:]), strict=True)
    ]
    sound = np.ones(samples, dtype=bool)
    for orbits in sampled:
        sound &= (orbits.elements[:, 0] > 0.0) & (
            np.hypot(orbits.elements[:, 1], orbits.elements[:, 2]) < 1.0
        )
    return sampled[0][sound], sampled[1][sound], weight[sound]


def _entries(
    first: EquinoctialOrbits, second: EquinoctialOrbits, radius: float, span: Array
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(n,) entries into the sphere along the curved paths in the span, and (n,) whether contact exists at its start."""
    n, (begin, end) = len(first), span.tolist()
    entries, start = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    if n:
        motion = max(float(first.elements[:, 0].max()), float(second.elements[:, 0].max()))
        step = min((end - begin) / _MIN_STEPS, 2.0 * np.pi / motion / _STEPS_PER_PERIOD)
        kernels.contact.count_entries(
            first.elements, float(first.sense[0]), second.elements, float(second.sense[0]), begin, end, step, radius,
            first.mu_km3_s2, entries, start,
        )  # fmt: skip
    return entries, start
