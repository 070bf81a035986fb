"""Bounds on the interpolation error of arcs, and the choice of their polynomials.

Derivation. Let x(t) be the trajectory, y(t) the interpolant and e = y - x between two nodes h apart. The trajectory
obeys x'' = f(x) + d(t), where f is the Earth's gravity in a model and d everything else: harmonics beyond the model,
Sun and Moon, drag, thrust. With Green's function G of the second derivative (both ends fixed) and z(t) the path through
both nodes with z'' = f(y),

    x - z = a + integral of G (f(x) - f(y) + d),    |e| <= |y - z| + |a| + h^2 / 8 (L |e| + D),

since G has one sign and integrates to at most h^2 / 8 (componentwise, hence for the norm). Here a is the error of the
file's positions at both nodes, at most eta, L = 2 mu / r^3 the norm of the gradient of gravity at the lowest radius r,
and D a bound on |d|; an impulse dv at an unknown moment of the interval adds h / 4 |dv|, as |G| <= h / 4. So

    |e| <= (max |y - z| + eta + h^2 / 8 D + h / 4 |dv|) / (1 - L h^2 / 8)

for any interpolant through the nodes: nothing is assumed about its higher derivatives. The bound is loose where the
polynomial resolves d: d enters with its full magnitude, although a smooth d is interpolated like everything else.

- |y - z| is computed, with f(y) at Lobatto points of the interval.
- D cannot be seen between the nodes, but its mean can: 8 |y - z| / h^2 in an interval, and the defect of a node (below)
  divided by its time. D is four times the largest of these in the eight intervals on either side, or 3 % of a margin by
  altitude (`gravity_margin`) if that is more. Four is the factor that contains an impulse too small to be found: at the
  fraction p of an interval it bends the path by p (1 - p) h |dv|, and the larger one of the defects is
  max(p, 1 - p) |dv|. In the first and the last interval only one of the two defects is seen, and the factor is eight
  unless velocities show the other.
- eta is measured as the roughness of the positions against the dynamics: the defect of each node relative to its two
  neighbours, minus their mean defect; its median exceeds the largest rounding error.
- As a check independent of dynamics, each node is predicted from its neighbours, and the error is scaled to the middle
  of the interval by the ratio of the node polynomials. The bound is at least four times this value.

Two models of gravity, all harmonics to degree 10 or only J2 to J4, are compared, and the one that fits the file better
is used: a file written with SGP4 does not contain tesseral harmonics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.ephemerides import kernels
from debrissim.ephemerides.quadrature import lobatto_integrals

_CANDIDATES = ((6, False), (8, False), (10, False), (12, False), (2, True), (3, True), (4, True), (6, True))
_SAMPLES = 48
_NEIGHBOURS = 17
_FLOOR = 0.03
_SEEN_FACTOR = 4.0
_LEFT_OUT_FACTOR = 4.0
_ROUGHNESS_FACTOR = 1.3


@dataclass(frozen=True)
class Choice:
    """The polynomials of an arc: nodes per stencil, whether velocities are used, and the model of gravity."""

    width: int
    hermite: bool
    full: bool

    @property
    def degree(self) -> int:
        return 2 * self.width - 1 if self.hermite else self.width - 1


@dataclass(frozen=True, eq=False)
class Nodes:
    """Nodes (k,) of one arc: run time in s, km, km/s (NaN if unknown), and the sidereal angle (rad) at time 0."""

    time_s: Array
    positions_km: Array
    velocities_km_s: Array
    angle_rad: float

    def __len__(self) -> int:
        return int(self.time_s.size)

    def part(self, first: int, last: int) -> Nodes:
        """Nodes first to last, both included."""
        chosen = slice(first, last + 1)
        return Nodes(
            self.time_s[chosen], self.positions_km[chosen], self.velocities_km_s[chosen], self.angle_rad
        )


@dataclass(frozen=True, eq=False)
class Residuals:
    """Comparison of an arc's interpolant with the dynamics, in its k - 1 intervals.

    | column          | shape    | unit, meaning                                                        |
    |-----------------|----------|----------------------------------------------------------------------|
    | step_s          | (k-1,)   | s between the nodes                                                  |
    | misfit_km       | (k-1,)   | km, largest distance from the path with the same gravity             |
    | lowest_km       | (k-1,)   | km, lowest radius                                                    |
    | falling, rising | (k-1, 3) | km/s, integrals of gravity weighted by a line from 1 to 0, 0 to 1    |
    | left_out_km     | (k-1,)   | km, interpolation error as estimated from nodes left out             |
    | defect          | (k, 3)   | km/s, impulse that a node's two chords need beyond gravity; 0 at ends |
    | roughness_km    |          | km, bound on the error of the positions in the nodes                 |
    """

    step_s: Array
    misfit_km: Array
    lowest_km: Array
    falling: Array
    rising: Array
    left_out_km: Array
    defect: Array
    roughness_km: float


def gravity_margin(radius_km: Array, full: bool) -> Array:
    """Usual bound (km/s^2) on accelerations beyond the model at radii (m,) km.

    The Earth's field beyond degree 10 (or beyond J4) is scaled by altitude from the largest values
    along the ISS's trajectory at 420 km, 1.5e-7 (5e-7); the rest is the tide of the Sun and Moon, which grows with the
    radius.
    """
    ratio = kernels.gravity.RADIUS / np.asarray(radius_km)
    field = 3.5e-7 * ratio**12 if full else 7e-7 * ratio**4
    return np.asarray(field + 1.2e-8 * np.asarray(radius_km) / 42164.0)


def choose_polynomials(nodes: Nodes) -> Choice:
    """The polynomials with the smallest error on a sample of intervals, both ends included."""
    count = len(nodes)
    has_velocities = bool(np.isfinite(nodes.velocities_km_s).all())
    candidates = {
        (min(width, count), hermite) for width, hermite in _CANDIDATES if has_velocities or not hermite
    }
    sample = np.unique(np.linspace(0, count - 2, min(_SAMPLES, count - 1)).astype(np.int64))
    best, best_score = Choice(min(6, count), False, False), np.inf
    for width, hermite in sorted(candidates):
        choice = Choice(width, hermite, False)
        score = _score(nodes, choice, sample)
        if score < best_score:
            best, best_score = choice, score
    # The harmonics matter most near perigee.
    radius = np.linalg.norm(nodes.positions_km[:-1], axis=1)
    lowest = np.sort(np.argsort(radius, kind="stable")[:_SAMPLES])
    zonal, full = (
        float(np.median(_compare(nodes, Choice(best.width, best.hermite, kind), lowest)[0]))
        for kind in (False, True)
    )
    return Choice(best.width, best.hermite, full < 0.8 * zonal)


def _score(nodes: Nodes, choice: Choice, sample: Index) -> float:
    """Typical error (km) on a sample of intervals, plus the error at the ends; a jump in one interval is not
    decisive."""
    misfit = _compare(nodes, choice, sample)[0]
    error = misfit + _LEFT_OUT_FACTOR * _leave_out(nodes, choice, sample)
    return float(np.median(error) + 0.5 * min(error[0], error[-1]))


def _compare(nodes: Nodes, choice: Choice, intervals: Index) -> tuple[Array, Array, Array, Array]:
    misfit, lowest = np.empty((2, intervals.size))
    falling, rising = np.empty((2, intervals.size, 3))
    # A sixth of a radian per step, around the lowest node, needs five points.
    low_km = np.sqrt(np.einsum("ki,ki->k", nodes.positions_km, nodes.positions_km).min())
    turn = np.sqrt(kernels.gravity.MU / low_km**3) * np.diff(nodes.time_s).max()
    table = lobatto_integrals(5 if turn < 0.17 else 11)
    kernels.residuals.compare_with_dynamics(
        nodes.time_s, nodes.positions_km, nodes.velocities_km_s, choice.width, choice.hermite, intervals,
        choice.full, nodes.angle_rad, *table, misfit, lowest, falling, rising,
    )  # fmt: skip
    return misfit, lowest, falling, rising


def _leave_out(nodes: Nodes, choice: Choice, chosen: Index) -> Array:
    """Error (i,) in km at some nodes, scaled to the neighbouring intervals."""
    error, scaled = np.empty((2, chosen.size))
    kernels.residuals.leave_out(
        nodes.time_s, nodes.positions_km, nodes.velocities_km_s, choice.width, choice.hermite, chosen,
        error, scaled,
    )  # fmt: skip
    return scaled


def measure_residuals(nodes: Nodes, choice: Choice) -> Residuals:
    """Compare the interpolant of k >= 2 nodes with the dynamics and with nodes left out."""
    step = np.diff(nodes.time_s)
    misfit, lowest, falling, rising = _compare(nodes, choice, np.arange(step.size))
    scaled = _leave_out(nodes, choice, np.arange(len(nodes)))
    chord = np.diff(nodes.positions_km, axis=0) / step[:, None]
    defect = np.zeros_like(nodes.positions_km)
    defect[1:-1] = chord[1:] - chord[:-1] - rising[:-1] - falling[1:]
    return Residuals(
        step, misfit, lowest, falling, rising, np.maximum(scaled[1:], scaled[:-1]), defect,
        _roughness(step, defect),
    )  # fmt: skip


def _roughness(step: Array, defect: Array) -> float:
    if step.size < 2:
        return 0.0
    inner = defect[1:-1] * (step[1:] * step[:-1] / (step[1:] + step[:-1]))[:, None]
    if inner.shape[0] < 8:
        return float(np.linalg.norm(inner, axis=1).max())
    beyond = inner[1:-1] - 0.5 * (inner[2:] + inner[:-2])
    return _ROUGHNESS_FACTOR * float(np.median(np.linalg.norm(beyond, axis=1)))


def interval_bounds(residuals: Residuals, choice: Choice) -> Array:
    """Bound (k-1,) in km on the distance between interpolant and trajectory in each interval; infinite if too wide."""
    bound = bound_km(
        residuals.step_s,
        unmodelled_acceleration(residuals, choice),
        residuals.lowest_km,
        residuals.misfit_km + residuals.roughness_km,
        0.0,
    )
    return np.maximum(bound, _LEFT_OUT_FACTOR * residuals.left_out_km + residuals.roughness_km)


def unmodelled_acceleration(residuals: Residuals, choice: Choice) -> Array:
    """Bound D (k-1,) in km/s^2 on accelerations beyond gravity in each interval."""
    step = residuals.step_s
    seen = 8.0 * residuals.misfit_km / step**2
    inner = np.linalg.norm(residuals.defect[1:-1], axis=1) / (0.5 * (step[1:] + step[:-1]))
    seen[1:] = np.maximum(seen[1:], inner)
    seen[:-1] = np.maximum(seen[:-1], inner)
    around = scipy.ndimage.maximum_filter1d(seen, _NEIGHBOURS, mode="nearest")
    if not choice.hermite and inner.size:
        around[[0, -1]] = np.maximum(around[[0, -1]], 2.0 * inner[[0, -1]])
    return np.asarray(
        np.maximum(_SEEN_FACTOR * around, _FLOOR * gravity_margin(residuals.lowest_km, choice.full))
    )


def bound_km(
    step_s: Array | float,
    acceleration: Array | float,
    lowest_km: Array | float,
    node_km: Array | float,
    impulse: Array | float,
) -> Array:
    """The bound of the module's derivation, infinite if too wide: s, km/s^2 (D), km, km (|y - z| + eta), km/s (dv)."""
    step = np.asarray(step_s, dtype=np.float64)
    stretch = 1.0 - 2.1 * kernels.gravity.MU / np.asarray(lowest_km) ** 3 * step**2 / 8.0
    total = node_km + step**2 / 8.0 * acceleration + step / 4.0 * impulse
    wide: NDArray[np.bool_] = stretch < 0.4
    return np.where(wide, np.inf, total / np.where(wide, 1.0, stretch))
