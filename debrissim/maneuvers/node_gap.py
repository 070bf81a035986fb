"""A bound on the collision probability along two orbits, from the gap between them where their planes meet.

Errors along the orbits may be many kilometres, and follow the curvature; errors of the orbits themselves are small. Two
objects that touch are near a node of their planes, on orbits with nearly equal radii there. The times at which they
reach the node do not enter, so errors along the orbits do not matter.

**The error model** is that of the integration along the orbits (`probability.algorithms.hall`): two-body motion,
Gaussian equinoctial elements (n, af, ag, chi, psi, lambda), the two objects independent. e = (af, ag), c = (chi, psi).
Symbols without a prime are means, primed symbols belong to a sample, and d denotes the difference.

**The elements' box.** For each object let |dn| / n <= N, |de| <= D, |dc| <= C, K times the standard deviation of n over
n and the roots of the traces of the covariances of e and c. A vector of two components whose square is above K^2 times
its trace has a principal component above K standard deviations. If Q is the tail of the normal distribution, and
|dlambda| <= K standard deviations for the first object, all of these hold except with a probability of 22 Q(K).

**The node.** The unit vectors (f, g, w) along which the elements are measured are those of a quaternion along (1, c).
The angle between (1, c) and (1, c') has a sine of at most C / |(1, c)|, and the axes turn by twice that angle: by at
most t = 2 asin(C / sqrt(1 + c^2)). The node's direction u is along w1 x w2, of length s = sin I, which changes by at
most t1 + t2. Where this is below s / 2, |u' - u| <= sqrt(2) (t1 + t2) / s.

**The radius.** The orbit's radius in the direction u is exp(L), with b the components of u along f and g, |b| = 1, and

    L = -2/3 log n + log(1 - e^2) - log(1 + x) + constant,   x = e.b.

With m = |e| + D, x' = x + de.b + y and |y| <= Y = m (|u' - u| + t). By Taylor's theorem L' - L is

    l = -2/3 dn / n - (2 e / (1 - e^2) + b / (1 + x)).de

except for N^2 / 3 (1 - N)^2 + D^2 (1 + m^2) / (1 - m^2)^2 + (D + Y)^2 / 2 (1 + x - D - Y)^2 + Y / (1 + x) at most.

**Contact** at a distance of R or less: either object is within R of the other's plane, so that its direction is within
an angle of asin(R / r s') <= pi R / 2 r s' of u' or -u', with s' >= s - t1 - t2 and r the smallest radius of either
orbit. On the way there L changes by at most m / sqrt(1 - m^2) per radian, and the logarithms of both radii differ by at
most R / r. Contact thus requires the gap to close to

    |L2' - L1'| <= R / r (1 + pi / 2 s' (m1 / sqrt(1 - m1^2) + m2 / sqrt(1 - m2^2))).

l2 - l1 is Gaussian with mean zero. Let z be |L2 - L1|, minus the contact term and all remainders, in units of its
standard deviation; the probability at a node is then at most Q(z). It grows with the covariances, so it also holds for
all smaller ones. Both nodes count, unless the first object is far from one of them during the whole encounter
(`probability.encounter_window`).

**Far from a node.** The true longitude changes by at most h = (1 + m)^1/2 (1 - m)^-3/2 per radian of the mean
longitude. Its change per unit of e, both along e, sin v (2 + e cos v) / (1 - e^2) with the true anomaly v, and across
it, (1 - dv / dM) / e, is below (2 + m) / (1 - m^2) h. At the time T of the encounter, counted from the states, the
first object's direction therefore differs from that of its mean by at most

    h K (sigma(lambda) + |T| sigma(n)) + sqrt(2) h (2 + m) / (1 - m^2) D + t

If the mean stays farther from the node than this plus the node's own change and the angle of contact, the node does not
count.

Where planes nearly agree (t1 + t2 >= s / 2) or the errors of the orbits are large, the bound is 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.probability.encounter_window import encounter_window
from debrissim.probability.peak_overlap import ElementPair, element_pair
from debrissim.probability.state_pair import StatePair
from debrissim.propagation.two_body import EquinoctialOrbits

# Contact and remainders are increased by half: the integration is linear about the orbits of peak overlap.
_MARGIN = 1.5


def node_gap_bound(pair: StatePair, radius_km: Array, outside: float) -> Array:
    """Bound collision probabilities by the gap between the orbits at both nodes of their planes.

    Parameters
    ----------
    pair : StatePair
        m encounters on elliptic orbits, with semi-definite covariances.
    radius_km : Array, shape (m,)
        Combined radii, km.
    outside : float
        Probability of elements outside the box, which is added to the bound; above 0.

    Returns
    -------
    (m,) upper bounds on the probability from the integration along the orbits, for these covariances and all smaller
    ones.

    Raises
    ------
    InputError
        If an orbit is not an ellipse.
    """
    elements = element_pair(pair)
    sigmas = -float(scipy.special.ndtri(outside / 22.0))
    first = _Orbits.of(elements.primary, elements.primary_covariance, sigmas)
    second = _Orbits.of(elements.secondary, elements.secondary_covariance, sigmas)
    node = np.cross(first.axes[:, 2], second.axes[:, 2])
    with np.errstate(divide="ignore", invalid="ignore"):
        sine = np.linalg.norm(node, axis=1)
        node = node / sine[:, None]
        turned = first.turn + second.turn
        lowest = np.minimum(first.lowest_km, second.lowest_km)
        reach = radius_km / (lowest * (sine - turned))
        contact = radius_km / lowest + 0.5 * np.pi * reach * (first.steepest + second.steepest)
        moved = np.sqrt(2.0) * turned / sine
        sound = (turned < 0.5 * sine) & (reach <= 1.0) & first.sound & second.sound
        bound = np.full(len(pair), outside)
        for unit in (node, -node):
            closed = _closed(first.radius_at(unit, moved), second.radius_at(unit, moved), contact)
            # Finding the window takes longer than everything else.
            rows = np.flatnonzero(sound & (closed > outside))
            angle = 0.5 * np.pi * (reach + moved)
            closed[rows] *= _passes(_some(elements, rows), first[rows], unit[rows], angle[rows], sigmas)
            bound += closed
    return np.where(sound & (bound < 1.0), bound, 1.0)


def _some(elements: ElementPair, rows: Index) -> ElementPair:
    return ElementPair(
        elements.primary[rows], elements.secondary[rows],
        elements.primary_covariance[rows], elements.secondary_covariance[rows],
    )  # fmt: skip


def _passes(elements: ElementPair, orbits: _Orbits, unit: Array, angle_rad: Array, sigmas: float) -> Mask:
    """(m,) whether the first object may come within angle_rad (m,) of directions (m, 3) during the encounter."""
    window_s = encounter_window(elements.primary, elements.secondary).window_s
    sigma = np.sqrt(np.maximum(np.diagonal(elements.primary_covariance, axis1=1, axis2=2), 0.0))
    largest = orbits.largest
    growth = np.sqrt(1.0 + largest) * (1.0 - largest) ** -1.5
    late = sigmas * (sigma[:, 5] + np.abs(window_s).max(axis=1) * sigma[:, 0])
    turned = np.sqrt(2.0) * (2.0 + largest) / (1.0 - largest**2) * orbits.spread
    margin = angle_rad + growth * (late + turned) + orbits.turn
    times = (window_s[:, 0], np.zeros(len(unit)), window_s[:, 1])
    start, middle, end = (orbits.angle(elements.primary.states(time)[:, :3]) for time in times)
    after = np.mod(start - orbits.angle(unit), 2.0 * np.pi)
    swept = np.mod(middle - start, 2.0 * np.pi) + np.mod(end - middle, 2.0 * np.pi)
    return np.asarray(~((after > margin) & (after + swept < 2.0 * np.pi - margin)))


@dataclass(frozen=True, eq=False)
class _Radius:
    """Logarithms of m radii in km: mean (m,); slope (m, 3) by (n, af, ag), variance (m,) of that linear part; maximum
    (m,) of the remainder.
    """

    mean: Array
    slope: Array
    variance: Array
    rest: Array


def _closed(first: _Radius, second: _Radius, contact: Array) -> Array:
    """(m,) the bound on the probability that the gap closes to `contact` (m,)."""
    gap = np.abs(second.mean - first.mean) - _MARGIN * (contact + first.rest + second.rest)
    score = np.where(gap > 0.0, gap / np.sqrt(first.variance + second.variance), 0.0)
    return np.where(score > 0.0, scipy.special.ndtr(-score), 1.0)


@dataclass(frozen=True, eq=False)
class _Orbits(Rows):
    """m orbits and the box of their elements; the symbols of the module's docstring are in brackets.

    axes: (m, 3, 3) rows f, g, w; log_axis: (m,) of the semi-major axis in km; e: (m, 2); covariance: (m, 3, 3) of
    (n, af, ag); of the box (m,) each: motion [N], spread [D], largest [m], turn [t].
    """

    axes: Array
    motion_rad_s: Array
    log_axis: Array
    e: Array
    covariance: Array
    motion: Array
    spread: Array
    largest: Array
    turn: Array

    @classmethod
    def of(cls, orbits: EquinoctialOrbits, covariance: Array, sigmas: float) -> _Orbits:
        motion_rad_s, af, ag, chi, psi, _ = orbits.elements.T
        variance = np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0)
        spread = sigmas * np.sqrt(variance[:, 1] + variance[:, 2])
        tilt = sigmas * np.sqrt(variance[:, 3] + variance[:, 4])
        with np.errstate(invalid="ignore"):
            turn = 2.0 * np.arcsin(tilt / np.sqrt(1.0 + chi**2 + psi**2))
        return cls(
            axes=_axes(chi, psi, orbits.sense),
            motion_rad_s=motion_rad_s,
            log_axis=np.log(orbits.mu_km3_s2 / motion_rad_s**2) / 3.0,
            e=np.stack([af, ag], axis=-1),
            covariance=covariance[:, :3, :3],
            motion=sigmas * np.sqrt(variance[:, 0]) / motion_rad_s,
            spread=spread,
            largest=np.hypot(af, ag) + spread,
            turn=turn,
        )

    @property
    def sound(self) -> Mask:
        """(m,) whether all orbits of the box are ellipses."""
        return np.asarray((self.motion < 0.5) & (self.largest < 1.0) & np.isfinite(self.turn))

    @property
    def lowest_km(self) -> Array:
        """(m,) km, the smallest radius in the box."""
        return np.asarray(np.exp(self.log_axis) * (1.0 - self.largest) * (1.0 - self.motion))

    @property
    def steepest(self) -> Array:
        """(m,) the largest change in the logarithm of the radius per radian."""
        return np.asarray(self.largest / np.sqrt(1.0 - self.largest**2))

    def angle(self, vector: Array) -> Array:
        """(m,) rad from f towards g, the angles of vectors (m, 3) in the planes."""
        x, y = np.einsum("mij,mj->im", self.axes[:, :2], vector)
        return np.asarray(np.arctan2(y, x))

    def radius_at(self, unit: Array, moved: Array) -> _Radius:
        """The radius in directions (m, 3), which move by up to (m,) `moved`."""
        b = np.einsum("mij,mj->mi", self.axes[:, :2], unit)
        square = (self.e**2).sum(axis=-1)
        x = (self.e * b).sum(axis=-1)
        y = self.largest * (moved + self.turn)
        slope = np.concatenate(
            [
                -2.0 / 3.0 / self.motion_rad_s[:, None],
                -2.0 * self.e / (1.0 - square)[:, None] - b / (1.0 + x)[:, None],
            ],
            axis=-1,
        )
        nearest = 1.0 + x - self.spread - y
        rest = (
            self.motion**2 / (3.0 * (1.0 - self.motion) ** 2)
            + self.spread**2 * (1.0 + self.largest**2) / (1.0 - self.largest**2) ** 2
            + 0.5 * ((self.spread + y) / nearest) ** 2
            + y / (1.0 + x)
        )
        return _Radius(
            mean=self.log_axis + np.log1p(-square) - np.log1p(x),
            slope=slope,
            variance=np.maximum(np.einsum("mi,mij,mj->m", slope, self.covariance, slope), 0.0),
            rest=np.where(nearest > 0.0, rest, np.inf),
        )


def _axes(chi: Array, psi: Array, sense: Array) -> Array:
    """(m, 3, 3) rows f, g, w of the equinoctial frame."""
    w = np.stack([2.0 * chi, -2.0 * psi, sense * (1.0 - chi**2 - psi**2)], axis=-1)
    f = np.stack([1.0 - chi**2 + psi**2, 2.0 * chi * psi, -2.0 * sense * chi], axis=-1)
    scale = (1.0 + chi**2 + psi**2)[:, None]
    w, f = w / scale, f / scale
    return np.stack([f, np.cross(w, f), w], axis=1)
