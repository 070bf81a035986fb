"""Monte Carlo from the epochs of two element sets: sampled mean elements, SGP4, every contact in a window.

Sources: SGP4 after Vallado et al. (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753; equinoctial mean
elements after Broucke & Cefola (1972); bounds and stopping rule as in `monte_carlo.py`.

Assumptions
- Mean equinoctial elements at each epoch are Gaussian, the two objects are independent, and B* is certain. The
  covariance of the elements is supplied by the caller, or by `mean_element_covariance` from modelled position errors.
- In that model the elements are independent. The error of the eccentricity follows from the radial error (sigma_R / a,
  which also moves the object by up to 2 sigma_R along its track), that of the plane from the normal error, that of the
  mean longitude from the rest of the along-track error at epoch, and that of the mean motion from the growth of the
  along-track error until the encounter: at that time the sampled along-track error has about the size of the model (at
  least 2 sigma_R). Correct to first order in eccentricity.
- A spherical hard body; a sample counts once. Samples that SGP4 rejects, or that are not ellipses, count as misses, and
  the row is flagged.
- Within panels of at most 1/24 of the shorter period the path is a polynomial through 12 SGP4 positions (less than 1 mm
  off for near-Earth orbits); relative acceleration is bounded by 1.05 times the gradient of a point mass at the minimum
  radius.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY, WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.encounter_plane import checked
from debrissim.probability.kernels.passages import passages
from debrissim.probability.sampling import (
    Contacts,
    GaussianSampler,
    MonteCarloProbability,
    check_stopping_rule,
    count_contacts,
)
from debrissim.probability.state_pair import radii_km, semi_definite
from debrissim.propagation.kernels.near_earth import near_earth_constants
from debrissim.propagation.kernels.sgp4 import FALLBACK_TO_REFERENCE, NO_MOTIONS, near_earth_positions
from debrissim.propagation.sgp4 import make_propagator

NAME = "monte-carlo-sgp4"
DEFAULT_SAMPLES = 100_000

_BATCH = 4096
_NODES = 12
_PANELS_PER_PERIOD = 24
_MARGIN = 1.05
# SGP4 has deep-space terms from 225 minutes on; a little less, as its own mean motion differs from Kozai's.
_NEAR_EARTH_REV_DAY = 1440.0 / 220.0


def mean_elements(catalog: Catalog, rows: ArrayLike) -> Array:
    """(m, 6) mean equinoctial elements (n rad/s, af, ag, chi, psi, lambda rad) at each epoch."""
    chosen = np.asarray(rows, dtype=np.intp)
    e = catalog.eccentricity[chosen]
    half = np.tan(0.5 * np.deg2rad(catalog.inclination_deg[chosen]))
    node, perigee = np.deg2rad(catalog.raan_deg[chosen]), np.deg2rad(catalog.arg_perigee_deg[chosen])
    longitude = np.deg2rad(catalog.mean_anomaly_deg[chosen]) + perigee + node
    n = catalog.mean_motion_rev_day[chosen] * (2.0 * np.pi / SECONDS_PER_DAY)
    columns = [n, e * np.cos(perigee + node), e * np.sin(perigee + node)]
    return np.stack([*columns, half * np.sin(node), half * np.cos(node), longitude], axis=-1)


def mean_element_covariance(
    elements: Array, sigma_epoch_rtn_km: Array, sigma_tca_rtn_km: Array, age_s: ArrayLike
) -> Array:
    """(m, 6, 6) covariance of mean equinoctial elements (m, 6), from modelled position errors.

    sigma_epoch_rtn_km, sigma_tca_rtn_km: (m, 3) km, standard deviations R, T, N at the epoch and at the
    encounter; age_s: (m,) s from epoch to encounter, of either sign. Raises InputError for bad shapes or numbers.
    """
    elements = checked("elements", elements, (-1, 6))
    m = elements.shape[0]
    epoch = checked("sigma_epoch_rtn_km", sigma_epoch_rtn_km, (m, 3))
    later = checked("sigma_tca_rtn_km", sigma_tca_rtn_km, (m, 3))
    age = np.abs(checked("age_s", np.broadcast_to(np.asarray(age_s, dtype=np.float64), (m,)), (m,)))
    a = np.cbrt(WGS84_MU_KM3_S2 / elements[:, 0] ** 2)
    growth = np.sqrt(np.maximum(later[:, 1] ** 2 - epoch[:, 1] ** 2, 0.0))
    plane = later[:, 2] * (1.0 + elements[:, 3] ** 2 + elements[:, 4] ** 2) / (2.0 * a)
    # The along-track error 2 a (af sin L - ag cos L) that eccentricity brings has variance 4 sigma_R^2.
    rest = np.sqrt(np.maximum(epoch[:, 1] ** 2 - 4.0 * later[:, 0] ** 2, 0.0))
    rate = np.divide(growth, a * age, out=np.zeros(m), where=age > 0.0)
    sigma = np.stack([rate, later[:, 0] / a, later[:, 0] / a, plane, plane, rest / a], axis=-1)
    covariance = np.zeros((m, 6, 6))
    covariance[:, range(6), range(6)] = sigma**2
    return covariance


def monte_carlo_sgp4(
    catalog: Catalog,
    primary: ArrayLike,
    secondary: ArrayLike,
    start: tuple[float, float],
    tca_s: ArrayLike,
    primary_covariance: Array,
    secondary_covariance: Array,
    hard_body_radius_km: ArrayLike,
    rng: np.random.Generator,
    *,
    window_s: ArrayLike,
    samples: int = DEFAULT_SAMPLES,
    relative_half_width: float | None = None,
    confidence: float = 0.95,
) -> MonteCarloProbability:
    """Estimate collision probabilities of m catalogue encounters by sampling their element sets at epoch.

    Parameters
    ----------
    catalog : Catalog
        Element sets of both objects.
    primary, secondary : (m,)
        Rows of the catalogue.
    start : (float, float)
        Run time zero, UTC, as a split Julian date.
    tca_s : (m,), s
        Times of closest approach in run time.
    primary_covariance, secondary_covariance : (m, 6, 6)
        Covariances of the mean elements at epoch, in the order and units of `mean_elements`.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    rng : numpy.random.Generator
        Source of the samples.
    window_s : (2,) or (m, 2), s
        Beginning and end, counted from tca_s.
    samples : int
        Maximum number per encounter.
    relative_half_width : float, optional
        Stop early, when half the interval is this fraction of the value.
    confidence : float
        Confidence of the two-sided interval, between 0 and 1.

    Returns
    -------
    MonteCarloProbability
        As returned by `monte_carlo`; its times count from tca_s.

    Raises
    ------
    InputError
        Naming the argument at fault.
    """
    needed = check_stopping_rule(samples, relative_half_width, confidence)
    tca = checked("tca_s", tca_s, (-1,))
    m = tca.shape[0]
    rows = np.stack([np.asarray(primary, dtype=np.intp), np.asarray(secondary, dtype=np.intp)])
    if rows.shape != (2, m):
        raise InputError(f"primary, secondary: expected shape ({m},), got {rows.shape[1:]}")
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, m)
    window = checked("window_s", np.broadcast_to(np.asarray(window_s, dtype=np.float64), (m, 2)), (m, 2))
    if (window[:, 1] <= window[:, 0]).any():
        raise InputError("window_s: expected begin before end")
    spread, clipped = [], np.zeros(m, dtype=bool)
    for name, matrix in (
        ("primary_covariance", primary_covariance),
        ("secondary_covariance", secondary_covariance),
    ):
        covariance, bad = semi_definite(checked(name, matrix, (m, 6, 6)))
        spread.append(covariance)
        clipped |= bad
    samplers = [
        [GaussianSampler(mean_elements(catalog, rows[k, i : i + 1])[0], spread[k][i]) for i in range(m)]
        for k in (0, 1)
    ]

    def contacts(row: int, count: int) -> Contacts:
        sampled, valid = [], np.ones(count, dtype=bool)
        for k in (0, 1):
            elements = samplers[k][row].sample(rng, count)
            part, ellipse = _sampled_catalog(catalog, int(rows[k, row]), samplers[k][row].mean, elements)
            sampled.append(part)
            valid &= ellipse
        time = _contacts(sampled, valid, start, tca[row] + window[row], float(radius[row]))
        return Contacts(window[row, 0] + time, time <= 0.0, valid)

    return count_contacts(
        contacts, radius, window, clipped, method=NAME, batch=_BATCH, samples=samples, hits=needed,
        confidence=confidence,
    )  # fmt: skip


def _sampled_catalog(
    catalog: Catalog, row: int, mean: Array, elements: Array
) -> tuple[Catalog, NDArray[np.bool_]]:
    """A catalogue of the sampled elements (n, 6) of one object, and (n,) whether each is an ellipse.

    The mean elements replace a sample that is not an ellipse.
    """
    valid = (elements[:, 0] > 0.0) & (np.hypot(elements[:, 1], elements[:, 2]) < 1.0)
    elements = np.where(valid[:, None], elements, mean)
    node = np.arctan2(elements[:, 3], elements[:, 4])
    perigee = np.arctan2(elements[:, 2], elements[:, 1]) - node
    sampled = replace(
        catalog[np.full(elements.shape[0], row)],
        mean_motion_rev_day=elements[:, 0] * (SECONDS_PER_DAY / (2.0 * np.pi)),
        eccentricity=np.hypot(elements[:, 1], elements[:, 2]),
        inclination_deg=np.rad2deg(2.0 * np.arctan(np.hypot(elements[:, 3], elements[:, 4]))),
        raan_deg=np.rad2deg(node) % 360.0,
        arg_perigee_deg=np.rad2deg(perigee) % 360.0,
        mean_anomaly_deg=np.rad2deg(elements[:, 5] - perigee - node) % 360.0,
    )
    return sampled, valid


def _contacts(
    sampled: list[Catalog],
    valid: NDArray[np.bool_],
    start: tuple[float, float],
    span: Array,
    radius: float,
) -> Array:
    """(n,) s from the window's start to the first contact, or infinity; samples that SGP4 rejects are cleared in valid
    (n,).
    """
    n = len(sampled[0])
    fastest = max(float(np.median(part.mean_motion_rev_day)) for part in sampled)
    panels = max(1, int(np.ceil((span[1] - span[0]) * fastest / SECONDS_PER_DAY * _PANELS_PER_PERIOD)))
    half = 0.5 * (span[1] - span[0]) / panels
    # Nodes of the second kind, ends included, so that neighbouring panels join.
    node = -np.cos(np.pi * np.arange(_NODES) / (_NODES - 1))
    times = (span[0] + half * (2.0 * np.arange(panels)[:, None] + 1.0 + node)).ravel()
    positions = []
    for part in sampled:
        codes, states = _positions(part, start, times)
        valid &= codes == 0
        positions.append(states)
    fit = np.linalg.inv(np.polynomial.chebyshev.chebvander(node, _NODES - 1))
    out = np.full(n, np.inf)
    if not valid.any():
        return out
    first, second = (states[:, :, valid] for states in positions)
    relative = (second - first).reshape(panels, _NODES, 3, -1)
    coefficients = np.ascontiguousarray(np.einsum("kt,ptan->npka", fit, relative))
    sizes = [np.linalg.norm(x, axis=1).reshape(panels, _NODES, -1).min(axis=1) for x in (first, second)]
    widest = np.linalg.norm(relative, axis=2).max(axis=1)
    lowest = np.maximum(np.minimum(*sizes) - widest, 1.0)
    apart = WGS84_MU_KM3_S2 * (1.0 / sizes[0] ** 2 + 1.0 / sizes[1] ** 2)
    near = np.minimum(2.0 * WGS84_MU_KM3_S2 / lowest**3 * widest, apart)
    contact = np.empty(coefficients.shape[0])
    passages(coefficients, np.ascontiguousarray(_MARGIN * near.T), half, radius, contact)
    out[valid] = contact * 2.0 * half
    return out


def _positions(sampled: Catalog, start: tuple[float, float], times: Array) -> tuple[NDArray[np.uint8], Array]:
    """(n,) SGP4 codes and (t, 3, n) km, TEME, of every sample at every time.

    The kernel propagates near-Earth samples without a record for each, which would cost ten times as much.
    """
    n = len(sampled)
    codes = np.full(n, FALLBACK_TO_REFERENCE, dtype=np.uint8)
    out = np.empty((times.size, 3, n))
    if (sampled.mean_motion_rev_day > _NEAR_EARTH_REV_DAY).all():
        angles = (
            sampled.inclination_deg,
            sampled.raan_deg,
            sampled.arg_perigee_deg,
            sampled.mean_anomaly_deg,
        )
        columns = [sampled.mean_motion_rev_day * (2.0 * np.pi / 1440.0), sampled.eccentricity]
        columns += [*(np.deg2rad(angle) for angle in angles), sampled.bstar]
        ages = (start[0] - sampled.epoch_jd) + (start[1] - sampled.epoch_fraction)
        constants = near_earth_constants(np.stack(columns, axis=1))
        every_sample = np.arange(n)
        near_earth_positions(
            constants, 1440.0 * ages, times / 60.0, every_sample, every_sample, out, NO_MOTIONS, codes
        )
    rest = np.flatnonzero(codes == FALLBACK_TO_REFERENCE)
    if rest.size:
        propagator = make_propagator(sampled[rest], *start)
        codes[rest], out[:, :, rest] = propagator.positions(np.arange(rest.size), times)
    return codes, out
