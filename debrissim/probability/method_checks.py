"""A test of a collision probability method, for its author: limits, symmetry, monotonicity, published cases.

Sources of the cases: Chan (2008), "Spacecraft Collision Probability", and Serra et al. (2016), J. Guid. Control Dyn.
39(5), 1009-1021, as tabulated in the tests of Orekit's package `ssa.collision`. A round covariance without a miss has
the closed form 1 - exp(-R^2 / (2 sigma^2)).

Assumptions
- The assumptions of the encounter plane. Every method, approximate or not, obeys the limits, symmetry, scaling and
  monotonicity, and for a small body gives the density at its centre times the area of the disc, within a factor of 1.5
  (a square about the disc has 1.27 times its area). Only an exact method is held to published values, within 1e-4, a
  margin that a rule with few nodes may need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability.algorithms.alfriend_akella import alfriend_akella
from debrissim.probability.encounter_plane import EncounterPlane, plane_from_components
from debrissim.probability.method import PlaneFunction, PlaneMethod
from debrissim.probability.registry import get_method

_ROUNDING = 1e-9
_QUADRATURE = 1e-4
_LIMIT = 1e-3
_AREA_FACTOR = 1.5

# Case, miss x and y, sigma x and y, hard-body radius, all in m, and the printed probability.
_PUBLISHED = (
    ("Chan's case 1", 0.0, 10.0, 25.0, 50.0, 5.0, "9.742e-3"),
    ("Chan's case 5", 0.0, 1000.0, 1000.0, 3000.0, 10.0, "1.577e-5"),
    ("Chan's case 9", 0.0, 10000.0, 1000.0, 10000.0, 10.0, "3.033e-6"),
    ("Chan's case 10", 10000.0, 0.0, 1000.0, 10000.0, 10.0, "9.656e-28"),
    ("Serra's CSM case 1", 84.875546, 60.583685, 57.918666, 152.8814468, 10.3, "1.9002e-3"),
    ("Serra's CDM case 1", -752.672701, 644.939441, 445.85995, 6095.858688, 3.5, "5.3904e-7"),
)


class CheckError(InputError, AssertionError):
    """A method fails a check that every method must pass; the sentence names the check and the numbers."""


@dataclass(frozen=True, eq=False)
class _Case:
    """m values for one check, and the limits, (m,) or one number, between which they must lie."""

    check: str
    value: Array
    low: Array | float
    high: Array | float
    plane: EncounterPlane
    radius_km: Array


def check_method(method: str | PlaneMethod | PlaneFunction, *, is_exact: bool | None = None) -> None:
    """Check a method of the encounter plane; return nothing if it passes.

    Parameters
    ----------
    method : str, PlaneMethod or callable
        A registered name, an entry of `methods`, or a function as `register_method` takes it.
    is_exact : bool, optional
        Whether it converges to the integral over the disc; by default as stated by the entry (False for a bare
        function).

    Raises
    ------
    CheckError
        At the first check that fails, with one sentence.
    InputError
        For an unknown name.
    """
    entry = _entry(method)
    exact = entry.is_exact if is_exact is None else is_exact
    for cases in (_limits, _invariance, _monotonicity, *((_closed_form, _published) if exact else ())):
        for case in cases(entry):
            _require(entry, case)


def _entry(method: str | PlaneMethod | PlaneFunction) -> PlaneMethod:
    if isinstance(method, str):
        return get_method(method)
    if isinstance(method, PlaneMethod):
        return method
    if not callable(method):
        raise InputError(f"method: expected a name, a plane method or a function, got {method!r}")
    return PlaneMethod(
        name=str(getattr(method, "__name__", "function")), function=method, summary="", source=""
    )


def _limits(method: PlaneMethod) -> Iterator[_Case]:
    plane, radius = _encounters()
    yield _Case("range", method(plane, radius), 0.0, 1.0, plane, radius)
    nothing = np.zeros_like(radius)
    yield _Case("no hard body", method(plane, nothing), 0.0, 0.0, plane, nothing)
    # The probability of a small body grows with its area, whatever its shape.
    small = 1e-3 * plane.sigma_minor_km
    whole = method(plane, small)
    area = alfriend_akella(plane, small)
    yield _Case("small hard body", whole, area / _AREA_FACTOR, area * _AREA_FACTOR, plane, small)
    half = method(plane, 0.5 * small)
    yield _Case("small hard body", half, *_about(0.25 * whole, _LIMIT), plane, 0.5 * small)
    round_plane = _plane([1.0, 0.0, 0.7], [0.0, 0.0, 0.7], np.ones(3), np.ones(3))
    large = np.full(3, 10.0)
    yield _Case("large hard body", method(round_plane, large), 1.0 - _LIMIT, 1.0, round_plane, large)


def _invariance(method: PlaneMethod) -> Iterator[_Case]:
    plane, radius = _encounters()
    limits = _about(method(plane, radius), _ROUNDING)
    (u, v), major, minor = plane.miss_principal_km.T, plane.sigma_major_km, plane.sigma_minor_km
    for x, y in ((-u, v), (u, -v), (-u, -v)):
        mirrored = _plane(x, y, major, minor)
        yield _Case("symmetry in the sign of the miss", method(mirrored, radius), *limits, mirrored, radius)
    scaled = _plane(1e3 * u, 1e3 * v, 1e3 * major, 1e3 * minor)
    yield _Case("change of units", method(scaled, 1e3 * radius), *limits, scaled, 1e3 * radius)
    # Round covariances have no axes that could rotate with the miss.
    long = plane[major > minor]
    turned, body = _turned(long), radius[major > minor]
    turned_limits = _about(method(long, body), _QUADRATURE)
    yield _Case("rotation of the axes", method(turned, body), *turned_limits, turned, body)
    single = np.concatenate([method(plane[[k]], radius[[k]]) for k in range(len(plane))])
    yield _Case("one row at a time", single, *limits, plane, radius)


def _monotonicity(method: PlaneMethod) -> Iterator[_Case]:
    plane, _ = _encounters()
    smaller = np.zeros(len(plane))
    for step in np.geomspace(1e-2, 3.0, 40):
        radius = step * plane.sigma_minor_km
        value = method(plane, radius)
        yield _Case("monotonicity in the radius", value, smaller * (1.0 - _ROUNDING), np.inf, plane, radius)
        smaller = value


def _closed_form(method: PlaneMethod) -> Iterator[_Case]:
    radius = np.array([1e-3, 0.1, 1.0, 3.0])
    plane = _plane(np.zeros(4), np.zeros(4), np.ones(4), np.ones(4))
    limits = _about(-np.expm1(-0.5 * radius**2), _QUADRATURE)
    yield _Case("closed form", method(plane, radius), *limits, plane, radius)


def _published(method: PlaneMethod) -> Iterator[_Case]:
    for name, x, y, sigma_x, sigma_y, hard_body, printed in _PUBLISHED:
        miss, covariance = np.array([[x, y]]) / 1e3, np.diag(np.square([sigma_x, sigma_y]) / 1e6)[None]
        plane, radius = plane_from_components(miss, covariance), np.array([hard_body / 1e3])
        # One unit of the last printed digit, because tables round or truncate it.
        mantissa, _, exponent = printed.partition("e")
        unit = 10.0 ** (int(exponent) - len(mantissa.partition(".")[2]))
        yield _Case(name, method(plane, radius), float(printed) - unit, float(printed) + unit, plane, radius)


def _encounters() -> tuple[EncounterPlane, Array]:
    """Ordinary encounters: ratios of the sigmas from 1 to 10, misses up to 4 sigmas, bodies up to one minor sigma."""
    ratio, distance, angle, size = (
        axis.ravel()
        for axis in np.meshgrid(
            [1.0, 2.5, 10.0], [0.0, 0.5, 2.0, 4.0], [0.0, 0.6, 0.5 * np.pi], [0.02, 0.3, 1.0], indexing="ij"
        )
    )
    minor = np.full(ratio.shape, 0.1)
    major = ratio * minor
    u, v = distance * np.cos(angle) * major, distance * np.sin(angle) * minor
    return _plane(u, v, major, minor), size * minor


def _plane(u: ArrayLike, v: ArrayLike, major: Array, minor: Array) -> EncounterPlane:
    miss = np.stack([np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)], axis=-1)
    covariance = np.zeros((len(miss), 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = np.square(major), np.square(minor)
    return plane_from_components(miss, covariance)


def _turned(plane: EncounterPlane) -> EncounterPlane:
    """The same encounters with the plane's axes turned by 0.7 rad."""
    turn = np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
    return plane_from_components(plane.miss_km @ turn.T, turn @ plane.covariance_km2 @ turn.T)


def _about(value: Array, tolerance: float) -> tuple[Array, Array]:
    return value * (1.0 - tolerance), value * (1.0 + tolerance)


def _require(method: PlaneMethod, case: _Case) -> None:
    fine = (case.value >= case.low) & (case.value <= case.high)
    if fine.all():
        return
    k = int(np.flatnonzero(~fine)[0])
    low, high = (f"{np.broadcast_to(limit, fine.shape)[k]:.9g}" for limit in (case.low, case.high))
    expected = low if low == high else f"{low} to {high}"
    (u, v), plane = case.plane.miss_principal_km[k], case.plane
    raise CheckError(
        f"method {method.name!r} fails the check {case.check!r}: expected {expected}, got {case.value[k]:.9g} "
        f"(miss {u:g}, {v:g} km and sigmas {plane.sigma_major_km[k]:g}, "
        f"{plane.sigma_minor_km[k]:g} km along the principal axes, radius {case.radius_km[k]:g} km)"
    )
