"""Whether a report of an event is consistent with the one before it: the shift of the miss vector in its own errors.

Sources: the orthogonality of the updates of an optimal estimator (Kalman 1960, "A New Approach to Linear Filtering and
Prediction Problems", J. Basic Eng. 82, 35-45; the same argument in Hausman 1978, Econometrica 46, 1251-1271): the newer
of two estimates uses all data of the older, so their difference is uncorrelated with the error of the newer one,
and

    cov(older - newer) = P_older - P_newer.

Both reports are brought to one moment, the newer TCA, by two-body motion with J2, states and covariances alike. The
shift of the relative position there, in the primary's RTN, has three components: chi-square of three degrees of freedom
if the reports are consistent. A shift of TCA is a shift along the relative velocity.

Three covariances of the shift, by where the two reports come from:

- successive: the same originator, and the same ephemerides. P_older - P_newer, each principal part of it (in units of
  P_older) at least 0.2. That bound is for estimators that forget: a fit to a sliding window of ten passes of equal
  weight, one of them exchanged, moves by 2 x 0.1 P, while P_older - P_newer is zero.
- independent: another originator or ephemeris, P_older + P_newer. It bounds the shift of successive solutions as well,
  as their errors have no negative correlation.

Verdicts: consistent, if the p-value is at least 0.01; otherwise strained, which is larger than new observations explain
but not larger than the difference of independent solutions (p at least 0.01 for those); otherwise inconsistent. Of
consistent successive solutions one in a hundred is called strained or inconsistent.

Limits
- The covariances must be right. Orbit determinations that leave out errors of the air density (or manoeuvres) move by
  more than their covariances, for all their consistency with the data.
- A covariance that contains the forecast error of the density (dynamic consider parameters) is not that of an optimal
  estimator; where the forecast is replaced, P_older - P_newer still holds, where it is not, the test is too cautious.
- An error that both reports have does not show.
- Reports whose covariances are missing or not positive definite have no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from debrissim.cdm.message import CdmObject, Conjunction
from debrissim.cdm.method_results import OBJECTS
from debrissim.cdm.states import to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.probability.computable import check_computable
from debrissim.propagation.conics import state_transition
from debrissim.propagation.frames import rtn_basis
from debrissim.uncertainty.rotation import state_rtn_to_inertial

LEVEL = 0.01
"""Consistent revisions have a smaller p-value that often."""
SMALLEST_PART = 0.2
"""Minimum fraction of the older covariance that the shift of successive solutions has in every direction."""
DEGREES_OF_FREEDOM = 3
SUCCESSIVE, INDEPENDENT = "successive", "independent"
UNCHANGED, CONSISTENT, STRAINED, INCONSISTENT = "unchanged", "consistent", "strained", "inconsistent"
# Stated times are rounded to the millisecond: each is off by up to half a millisecond.
_TCA_STEP_S = 1e-3
_SAME_KM, _SAME_COVARIANCE = 1e-3, 1e-6
_SINGULAR = 1e-10
# Beyond, two reports are not of one approach.
_MAX_SHIFT_S = 3600.0


@dataclass(frozen=True, eq=False)
class Revision:
    """The change from one report to the next.

    verdict: unchanged, consistent, strained, inconsistent, or "" if it cannot be tested, with the reason.
    basis: successive or independent. tca_shift_s: newer minus older. shift_rtn_km: (3,) of the relative position at the
    newer TCA, in the RTN of the event's primary; sigma_rtn_km: (3,) its standard deviations. chi_square, p_value: on
    that basis; independent_p_value: with the sum of both covariances. None where nothing was tested.
    """

    verdict: str
    reason: str = ""
    basis: str = ""
    tca_shift_s: float | None = None
    shift_rtn_km: Array | None = None
    sigma_rtn_km: Array | None = None
    chi_square: float | None = None
    p_value: float | None = None
    independent_p_value: float | None = None


@dataclass(frozen=True, eq=False)
class RelativeSolution:
    """The relative position (3,) km at one moment with its covariance (3, 3) km^2 and velocity (3,) km/s, in RTN."""

    position_km: Array
    covariance_km2: Array
    velocity_km_s: Array


def difference_covariance(older: Array, newer: Array, smallest_part: float = SMALLEST_PART) -> Array:
    """The covariance of the difference of two successive solutions: older minus newer, bounded below.

    Parameters
    ----------
    older, newer : Array, shape (m, n, n)
        Covariances, the older ones positive definite.
    smallest_part : float
        Lower bound of the principal parts of the difference, in units of the older covariance.

    Returns
    -------
    Array, shape (m, n, n)

    Raises
    ------
    numpy.linalg.LinAlgError
        If an older covariance is not positive definite.
    """
    root = np.linalg.cholesky(older)
    scaled = np.linalg.solve(root, np.swapaxes(np.linalg.solve(root, newer), -1, -2))
    part, axes = np.linalg.eigh(np.eye(older.shape[-1]) - 0.5 * (scaled + np.swapaxes(scaled, -1, -2)))
    turned = root @ axes
    return np.asarray((turned * np.maximum(part, smallest_part)[..., None, :]) @ np.swapaxes(turned, -1, -2))


def chi_square(shift: Array, covariance: Array) -> Array:
    """(m,) squared length of shifts (m, n) in units of their covariances (m, n, n)."""
    # In standard deviations, so that metres across the track are not lost by rounding next to kilometres along it.
    sigma = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    scaled = covariance / (sigma[..., :, None] * sigma[..., None, :])
    steps = shift / sigma
    return np.asarray(np.einsum("mi,mi->m", steps, np.linalg.solve(scaled, steps[..., None])[..., 0]))


def p_values(squares: Array) -> Array:
    """(m,) how often a consistent shift is at least that large."""
    return np.asarray(scipy.special.chdtrc(DEGREES_OF_FREEDOM, squares))


def revision(older: Conjunction, newer: Conjunction, *, swapped: tuple[bool, bool]) -> Revision:
    """Compare two reports of one event.

    Parameters
    ----------
    older, newer : Conjunction
        Messages of the event.
    swapped : two bools
        Whether each message has the event's primary as its OBJECT2.
    """
    before, after = (_ordered(one, flag) for one, flag in zip((older, newer), swapped, strict=True))
    shift_s = SECONDS_PER_DAY * ((newer.tca_jd - older.tca_jd) + (newer.tca_fraction - older.tca_fraction))
    if abs(shift_s) > _MAX_SHIFT_S:
        return Revision("", "TCA moved by more than an hour", tca_shift_s=shift_s)
    full = True
    for message, which in ((older, "of the previous report "), (newer, "")):
        data = check_computable(to_state_pair([message]))
        if not data.usable[0]:
            return Revision("", which + data.sentence(0, OBJECTS), tca_shift_s=shift_s)
        full = full and bool(data.full_states[0])
    first, second = (
        relative_solution(objects if full else _positions_only(objects), seconds)
        for objects, seconds in ((before, shift_s), (after, 0.0))
    )
    basis = SUCCESSIVE if _is_successive(older, newer, before, after) else INDEPENDENT
    shift = second.position_km - first.position_km
    usable = all(is_positive_definite(one.covariance_km2) for one in (first, second))
    if not usable or any(not item.covariance_rtn.any() for item in (*before, *after)):
        reason = "a covariance is missing or not positive definite"
        return Revision("", reason, basis, shift_s, shift)
    rounding = np.outer(second.velocity_km_s, second.velocity_km_s) * _TCA_STEP_S**2 / 6.0
    apart = first.covariance_km2 + second.covariance_km2 + rounding
    own = apart
    if basis == SUCCESSIVE:
        own = difference_covariance(first.covariance_km2[None], second.covariance_km2[None])[0] + rounding
    squares = chi_square(np.stack([shift, shift]), np.stack([own, apart]))
    p, independent_p = p_values(squares).tolist()
    return Revision(
        verdict=UNCHANGED if _is_same(first, second) else _verdict(p, independent_p),
        basis=basis,
        tca_shift_s=shift_s,
        shift_rtn_km=shift,
        sigma_rtn_km=np.sqrt(np.diag(own)),
        chi_square=float(squares[0]),
        p_value=p,
        independent_p_value=independent_p,
    )


def relative_solution(objects: tuple[CdmObject, CdmObject], seconds: float) -> RelativeSolution:
    """The second object's position relative to the first some seconds after the states, in the first one's RTN.

    Both must be in orbit (`probability.computable`).
    """
    state = np.stack([item.inertial_state for item in objects])
    covariance = state_rtn_to_inertial(np.stack([item.covariance_rtn for item in objects]), state)
    # No more than rounding for the usual shifts of a second; slow encounters shift by minutes.
    moved, transition = state_transition(state, seconds, gravity="j2")
    spread = (transition @ covariance @ np.swapaxes(transition, -1, -2))[:, :3, :3].sum(axis=0)
    basis = rtn_basis(moved[:1, :3], moved[:1, 3:])[0]
    relative = moved[1] - moved[0]
    return RelativeSolution(basis @ relative[:3], basis @ spread @ basis.T, basis @ relative[3:])


def is_positive_definite(covariance: Array) -> bool:
    """Whether a covariance (n, n) can be inverted in double precision: no eigenvalue of its correlations is near 0."""
    variance = np.diag(covariance)
    if not (np.isfinite(covariance).all() and (variance > 0.0).all()):
        return False
    sigma = np.sqrt(variance)
    return bool(np.linalg.eigvalsh(covariance / np.outer(sigma, sigma))[0] > _SINGULAR)


def _ordered(message: Conjunction, swapped: bool) -> tuple[CdmObject, CdmObject]:
    pair = (message.primary, message.secondary)
    return (pair[1], pair[0]) if swapped else pair


def _positions_only(objects: tuple[CdmObject, CdmObject]) -> tuple[CdmObject, CdmObject]:
    """The objects without velocity errors, of which one cannot be used."""
    first, second = (
        replace(item, covariance_rtn=np.pad(item.covariance_rtn[:3, :3], (0, 3))) for item in objects
    )
    return first, second


def _is_successive(
    older: Conjunction,
    newer: Conjunction,
    before: tuple[CdmObject, CdmObject],
    after: tuple[CdmObject, CdmObject],
) -> bool:
    """Whether one orbit determination made both, as far as the messages say."""
    return older.originator.strip().upper() == newer.originator.strip().upper() and all(
        (one.ephemeris_name.upper() == "NONE") == (other.ephemeris_name.upper() == "NONE")
        for one, other in zip(before, after, strict=True)
    )


def _is_same(first: RelativeSolution, second: RelativeSolution) -> bool:
    near = np.abs(first.position_km - second.position_km).max() <= _SAME_KM
    scale = np.abs(first.covariance_km2).max()
    difference = np.abs(first.covariance_km2 - second.covariance_km2).max()
    return bool(near and difference <= _SAME_COVARIANCE * scale)


def _verdict(p: float, independent_p: float) -> str:
    if p >= LEVEL:
        return CONSISTENT
    return STRAINED if independent_p >= LEVEL else INCONSISTENT
