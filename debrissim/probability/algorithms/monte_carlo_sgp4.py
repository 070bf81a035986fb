"""Monte Carlo from the epochs of two element sets: sampled mean elements, SGP4, every contact in a window.

Sources: SGP4 after Vallado et al. (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753; equinoctial mean
elements after Broucke & Cefola (1972); bounds and stopping rule as in `monte_carlo.py`.

Assumptions
- Mean equinoctial elements at each epoch are Gaussian, the two objects independent, B* certain. Their
  covariance is the caller's, or `mean_element_covariance` of modelled position errors.
- That model: independent elements. Eccentricity by the radial error (sigma_R / a, which also moves the
  object by up to 2 sigma_R along its track), the plane by the normal error, mean longitude by what is left of
  the along-track error at epoch, and mean motion by its growth until the encounter: at its time the
  sampled along-track error has about the model's size (2 sigma_R at least). Correct to first order in
  eccentricity.
- A spherical hard body; a sample counts once. Samples that SGP4 refuses, or that are no ellipse, are misses and
  the row is flagged.
- Within panels of at most 1/24 of the shorter period the path is a polynomial through 12 positions of SGP4
  (below 1 mm off for near-Earth orbits); relative acceleration is bounded by 1.05 times the gradient of a point
  mass at the least radius.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.algorithms.monte_carlo import (
    MonteCarloProbability,
    Normal,
    checked_stopping,
    clopper_pearson,
)
from debrissim.probability.encounter_plane import checked
from debrissim.probability.kernels.passages import passages
from debrissim.probability.state_pair import StateFlag, radii_km, semi_definite
from debrissim.propagation.kernels.near_earth import near_earth_constants
from debrissim.propagation.kernels.sgp4 import FALLBACK_TO_REFERENCE, near_earth_positions
from debrissim.propagation.sgp4 import make_propagator

NAME = "monte-carlo-sgp4"
DEFAULT_SAMPLES = 100_000

_CHUNK = 4096
_NODES = 12
_PANELS_A_PERIOD = 24
_MARGIN = 1.05
_SECONDS_PER_DAY = 86400.0
# SGP4 has deep-space terms from 225 minutes on; a little less, as its own mean motion differs from Kozai's.
_NEAR_EARTH_REV_DAY = 1440.0 / 220.0


def mean_elements(catalog: Catalog, rows: ArrayLike) -> Array:
    """(m, 6) mean equinoctial elements (n rad/s, af, ag, chi, psi, lambda rad) at each epoch."""
    chosen = np.asarray(rows, dtype=np.intp)
    e = catalog.eccentricity[chosen]
    half = np.tan(0.5 * np.deg2rad(catalog.inclination_deg[chosen]))
    node, perigee = np.deg2rad(catalog.raan_deg[chosen]), np.deg2rad(catalog.arg_perigee_deg[chosen])
    longitude = np.deg2rad(catalog.mean_anomaly_deg[chosen]) + perigee + node
    n = catalog.mean_motion_rev_day[chosen] * (2.0 * np.pi / _SECONDS_PER_DAY)
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
    """Collision probabilities of m catalogue encounters by sampling their element sets at epoch.

    primary, secondary: (m,) rows of the catalogue; start: split Julian date (UTC) of run time zero; tca_s: (m,)
    s of run time; primary_covariance, secondary_covariance: (m, 6, 6) of the mean elements at epoch, in the
    order and units of `mean_elements`; hard_body_radius_km: combined, km, >= 0, scalar or (m,); window_s: (2,)
    or (m, 2) s from tca_s. The rest as in `monte_carlo`; times in the result count from tca_s.
    Raises InputError, naming the argument.
    """
    needed = checked_stopping(samples, relative_half_width, confidence)
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
    given = (("primary_covariance", primary_covariance), ("secondary_covariance", secondary_covariance))
    for name, matrix in given:
        found, bad = semi_definite(checked(name, matrix, (m, 6, 6)))
        spread.append(found)
        clipped |= bad
    hits, trials = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    initial, refused = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    centre = np.mean(window, axis=-1)
    for i in range(m):
        normals = [Normal(mean_elements(catalog, rows[k, i : i + 1])[0], spread[k][i]) for k in (0, 1)]
        times: list[Array] = []
        while trials[i] < samples and hits[i] < needed:
            count = min(_CHUNK, samples - int(trials[i]))
            sampled, sound = [], np.ones(count, dtype=bool)
            for k, normal in enumerate(normals):
                part, ellipse = _sample(catalog, int(rows[k, i]), normal, normal.draw(rng, count))
                sampled.append(part)
                sound &= ellipse
            contact = _contacts(sampled, sound, start, tca[i] + window[i], float(radius[i]))
            met = np.flatnonzero(np.isfinite(contact) & (radius[i] > 0.0))
            if hits[i] + met.size >= needed:
                met = met[: needed - int(hits[i])]
                count = int(met[-1]) + 1
            trials[i] += count
            hits[i] += met.size
            refused[i] += int((~sound[:count]).sum())
            initial[i] += int((contact[met] <= 0.0).sum())
            times.append(window[i, 0] + contact[met])
        if hits[i]:
            centre[i] = float(np.median(np.concatenate(times)))
    lower, upper = clopper_pearson(hits, trials, confidence)
    flags = np.zeros(m, dtype=np.int64)
    flags[clipped] |= int(StateFlag.NON_POSITIVE_DEFINITE)
    flags[refused > 0] |= int(StateFlag.UNBOUND_SAMPLES)
    value = hits / trials
    return MonteCarloProbability(
        value=value, lower=lower, upper=upper, expected=value, initial=initial / trials, flags=flags,
        window_s=window, peak_time_s=centre, samples=trials, method=NAME, hits=hits, unbound=refused,
        confidence=confidence,
    )  # fmt: skip


def _sample(catalog: Catalog, row: int, normal: Normal, drawn: Array) -> tuple[Catalog, NDArray[np.bool_]]:
    """A catalogue of the sampled elements (n, 6) of one object, and (n,) whether each is an ellipse; the mean
    stands in where it is not.
    """
    sound = (drawn[:, 0] > 0.0) & (np.hypot(drawn[:, 1], drawn[:, 2]) < 1.0)
    drawn = np.where(sound[:, None], drawn, normal.mean)
    node = np.arctan2(drawn[:, 3], drawn[:, 4])
    perigee = np.arctan2(drawn[:, 2], drawn[:, 1]) - node
    sampled = replace(
        catalog[np.full(drawn.shape[0], row)],
        mean_motion_rev_day=drawn[:, 0] * (_SECONDS_PER_DAY / (2.0 * np.pi)),
        eccentricity=np.hypot(drawn[:, 1], drawn[:, 2]),
        inclination_deg=np.rad2deg(2.0 * np.arctan(np.hypot(drawn[:, 3], drawn[:, 4]))),
        raan_deg=np.rad2deg(node) % 360.0,
        arg_perigee_deg=np.rad2deg(perigee) % 360.0,
        mean_anomaly_deg=np.rad2deg(drawn[:, 5] - perigee - node) % 360.0,
    )
    return sampled, sound


def _contacts(
    sampled: list[Catalog],
    sound: NDArray[np.bool_],
    start: tuple[float, float],
    span: Array,
    radius: float,
) -> Array:
    """(n,) s from the window's begin to the first contact found, or infinity; sound (n,) loses those that SGP4
    refuses.
    """
    n = len(sampled[0])
    fastest = max(float(np.median(part.mean_motion_rev_day)) for part in sampled)
    panels = max(1, int(np.ceil((span[1] - span[0]) * fastest / _SECONDS_PER_DAY * _PANELS_A_PERIOD)))
    half = 0.5 * (span[1] - span[0]) / panels
    # Nodes of the second kind, ends included, so that neighbouring panels join.
    node = -np.cos(np.pi * np.arange(_NODES) / (_NODES - 1))
    times = (span[0] + half * (2.0 * np.arange(panels)[:, None] + 1.0 + node)).ravel()
    positions = []
    for part in sampled:
        codes, found = _positions(part, start, times)
        sound &= codes == 0
        positions.append(found)
    fit = np.linalg.inv(np.polynomial.chebyshev.chebvander(node, _NODES - 1))
    out = np.full(n, np.inf)
    if not sound.any():
        return out
    first, second = (found[:, :, sound] for found in positions)
    relative = (second - first).reshape(panels, _NODES, 3, -1)
    coefficients = np.ascontiguousarray(np.einsum("kt,ptan->npka", fit, relative))
    sizes = [np.linalg.norm(x, axis=1).reshape(panels, _NODES, -1).min(axis=1) for x in (first, second)]
    greatest = np.linalg.norm(relative, axis=2).max(axis=1)
    least = np.maximum(np.minimum(*sizes) - greatest, 1.0)
    apart = WGS84_MU_KM3_S2 * (1.0 / sizes[0] ** 2 + 1.0 / sizes[1] ** 2)
    near = np.minimum(2.0 * WGS84_MU_KM3_S2 / least**3 * greatest, apart)
    contact = np.empty(coefficients.shape[0])
    passages(coefficients, np.ascontiguousarray(_MARGIN * near.T), half, radius, contact)
    out[sound] = contact * 2.0 * half
    return out


def _positions(sampled: Catalog, start: tuple[float, float], times: Array) -> tuple[NDArray[np.uint8], Array]:
    """(n,) SGP4 codes and (t, 3, n) km, TEME, of every sample at every time.

    Near-Earth samples go by the kernel, without a record each: making those would cost ten times as much.
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
        everyone = np.arange(n)
        near_earth_positions(constants, 1440.0 * ages, times / 60.0, everyone, everyone, out, codes)
    rest = np.flatnonzero(codes == FALLBACK_TO_REFERENCE)
    if rest.size:
        propagator = make_propagator(sampled[rest], *start)
        codes[rest], out[:, :, rest] = propagator.positions(np.arange(rest.size), times)
    return codes, out
