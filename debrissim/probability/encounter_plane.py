"""The encounter plane: a fast encounter reduced to a miss and a covariance in two dimensions.

Source: Foster & Estes (1992), "A Parametric Analysis of Orbital Debris Collision Probability and Maneuver
Rate for Space Vehicles", NASA JSC-25898; the treatment of invalid covariances after Hall (2019),
"Implementation Recommendations and Usage Boundaries for the Two-Dimensional Probability of Collision
Calculation", AAS 19-632 (NASA CARA).

Assumptions
- During the encounter both objects move in straight lines at constant velocity, and their covariance is
  constant: the integral along the relative velocity equals one, and only the plane perpendicular to it matters.
- Position errors of the two objects are independent and Gaussian, so the combined covariance is the sum of both;
  velocity is known.
- The miss is the relative position projected on the plane, so states need not be at the exact closest
  approach.
- Without relative velocity there is no plane. The line of sight is then put along the direction of maximum
  uncertainty. Whatever the direction, the cylinder along it encloses the sphere of the hard body, so the value is an
  upper bound on the momentary collision probability. The row is flagged.
- An eigenvalue that is negative, or too small compared with the other to be distinguished from zero in 64-bit
  arithmetic, is raised to that limit (8 rounding units of the larger one) and the row is flagged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows

# Below a micrometre per second the direction of a relative velocity is meaningless.
STANDSTILL_KM_S = 1e-9
_ROUNDING, _MAX_ASYMMETRY = 1e-6, 1e-3
_CLIP = 8.0 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class EncounterPlane(Rows):
    """m encounters seen along their relative velocity, primary at the origin.

    | column                | dtype   | shape     | unit, axes                                              |
    |-----------------------|---------|-----------|---------------------------------------------------------|
    | miss_km               | float64 | (m, 2)    | km, projected relative position, axes of `basis`        |
    | covariance_km2        | float64 | (m, 2, 2) | km^2, projected combined covariance as given, same axes |
    | basis                 | float64 | (m, 2, 3) | rows: unit vectors x, y in the frame of the input       |
    | sigma_major_km        | float64 | (m,)      | km, larger principal standard deviation                 |
    | sigma_minor_km        | float64 | (m,)      | km, smaller one, >= 0, clipped                          |
    | miss_principal_km     | float64 | (m, 2)    | km, the miss along the major and the minor axis         |
    | principal_axes        | float64 | (m, 2, 2) | rows: major, minor unit vectors in the axes of `basis`  |
    | relative_speed_km_s   | float64 | (m,)      | km/s                                                    |
    | sigma_along_km        | float64 | (m,)      | km, standard deviation along the line of sight          |
    | non_positive_definite | bool    | (m,)      | the covariance was clipped, or is indefinite in space   |
    | no_relative_velocity  | bool    | (m,)      | the plane is a fallback                                 |
    | passage_time_s        | float64 | (m,)      | s from the states' instant, when errors are most likely |
    |                       |         |           | to bring both together; 0 at standstill                 |
    | passage_sigma_s       | float64 | (m,)      | s, its standard deviation; infinite at standstill       |

    The line of sight, x and y are right-handed: y is the projection of the input frame's first axis
    ("up" where that frame is RTN), x lies across it, and x cross y points along the relative velocity of
    the secondary.
    """

    miss_km: Array
    covariance_km2: Array
    basis: Array
    sigma_major_km: Array
    sigma_minor_km: Array
    miss_principal_km: Array
    principal_axes: Array
    relative_speed_km_s: Array
    sigma_along_km: Array
    non_positive_definite: NDArray[np.bool_]
    no_relative_velocity: NDArray[np.bool_]
    passage_time_s: Array
    passage_sigma_s: Array

    @property
    def miss_distance_km(self) -> Array:
        """(m,) km, the projected miss distance."""
        return np.asarray(np.hypot(self.miss_km[:, 0], self.miss_km[:, 1]))

    @property
    def mahalanobis_distance(self) -> Array:
        """(m,) the miss in standard deviations (infinite where a sigma is zero and the miss is not)."""
        major = _ratio(self.miss_principal_km[:, 0], self.sigma_major_km)
        minor = _ratio(self.miss_principal_km[:, 1], self.sigma_minor_km)
        return np.asarray(np.hypot(major, minor))


def encounter_plane(
    relative_position_km: Array, relative_velocity_km_s: Array, covariance_km2: Array
) -> EncounterPlane:
    """Project m encounters onto their planes.

    relative_position_km (m, 3) km and relative_velocity_km_s (m, 3) km/s: secondary minus primary at one
    instant near closest approach; covariance_km2 (m, 3, 3) km^2: sum of both objects' position covariances.
    All in one frame whose axes are frozen (RTN of the primary, or inertial).

    Raises InputError where shapes disagree, a number is not finite or a covariance is not symmetric.
    """
    position = checked("relative_position_km", relative_position_km, (-1, 3))
    m = position.shape[0]
    velocity = checked("relative_velocity_km_s", relative_velocity_km_s, (m, 3))
    covariance, _ = checked_symmetric("covariance_km2", covariance_km2, (m, 3, 3))

    speed = np.linalg.norm(velocity, axis=-1)
    standstill = speed <= STANDSTILL_KM_S
    sight = np.divide(velocity, speed[:, None], out=np.zeros_like(velocity), where=~standstill[:, None])
    if standstill.any():
        sight[standstill] = np.linalg.eigh(_symmetric(covariance[standstill]))[1][:, :, 2]

    basis = plane_basis(sight)
    plane = plane_from_components(
        np.einsum("mij,mj->mi", basis, position),
        np.einsum("mij,mjk,mlk->mil", basis, covariance, basis),
    )
    along = np.einsum("mi,mij,mj->m", sight, covariance, sight)
    mixed = np.einsum("mai,mij,mj->ma", basis, covariance, sight)
    time, spread = _passage(plane, np.einsum("mi,mi->m", sight, position), mixed, np.maximum(along, 0.0))
    return replace(
        plane,
        basis=basis,
        relative_speed_km_s=speed,
        sigma_along_km=np.sqrt(np.maximum(along, 0.0)),
        non_positive_definite=plane.non_positive_definite | indefinite(covariance),
        no_relative_velocity=standstill,
        passage_time_s=np.divide(time, speed, out=np.zeros_like(speed), where=~standstill),
        passage_sigma_s=np.divide(spread, speed, out=np.full_like(speed, np.inf), where=~standstill),
    )


def plane_from_components(miss_km: Array, covariance_km2: Array) -> EncounterPlane:
    """Make an `EncounterPlane` from encounters that are given in their plane.

    The plane is assumed to be x, y of an arbitrary frame, the relative speed infinite (such inputs presuppose a
    straight passage) and the uncertainty along the line of sight zero.

    Parameters
    ----------
    miss_km : (m, 2), km
        Miss of each encounter.
    covariance_km2 : (m, 2, 2), km^2
        Combined covariance, in the axes of the miss.

    Raises
    ------
    InputError
        Where shapes disagree or a number is not finite.
    """
    miss = checked("miss_km", miss_km, (-1, 2))
    m = miss.shape[0]
    covariance = _symmetric(checked("covariance_km2", covariance_km2, (m, 2, 2)))
    axes, major, minor = _principal(covariance)
    floor = _CLIP * major
    clipped = (minor < floor) | (major <= 0.0)
    major = np.maximum(major, 0.0)
    minor = np.maximum(minor, np.maximum(floor, 0.0))
    return EncounterPlane(
        miss_km=miss,
        covariance_km2=covariance,
        basis=np.broadcast_to(np.eye(3)[:2], (m, 2, 3)),
        sigma_major_km=np.sqrt(major),
        sigma_minor_km=np.sqrt(minor),
        miss_principal_km=np.einsum("mij,mj->mi", axes, miss),
        principal_axes=axes,
        relative_speed_km_s=np.full(m, np.inf),
        sigma_along_km=np.zeros(m),
        non_positive_definite=clipped,
        no_relative_velocity=np.zeros(m, dtype=np.bool_),
        passage_time_s=np.zeros(m),
        passage_sigma_s=np.zeros(m),
    )


def checked(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Array:
    """`value` as a float64 array of that shape (-1: any length), all finite. Raises InputError, naming it, if
    it is not.
    """
    array = np.ascontiguousarray(value, dtype=np.float64)
    fits = array.ndim == len(shape) and all(
        length in (-1, size) for length, size in zip(shape, array.shape, strict=True)
    )
    if not fits:
        expected = ", ".join("m" if length == -1 else str(length) for length in shape)
        raise InputError(f"{name}: expected shape ({expected}), got {array.shape}")
    bad = ~np.isfinite(array)
    if bad.any():
        row = int(np.argwhere(bad)[0, 0])
        raise InputError(f"{name}: expected finite numbers, got {array[bad][0]} in row {row}")
    return array


def checked_symmetric(name: str, value: ArrayLike, shape: tuple[int, ...]) -> tuple[Array, NDArray[np.bool_]]:
    """Check matrices as `checked` does, and make them symmetric.

    Returns the mean of each matrix and its transpose, and (m,) whether they differed by more than rounding, 1e-6 of the
    product of their sigmas. Raises InputError if they differ by more than 1e-3 of it: a single triangle, or a row in
    other units, is not a covariance matrix.
    """
    matrix = checked(name, value, shape)
    difference = np.abs(matrix - np.swapaxes(matrix, -1, -2))
    sigma = np.sqrt(np.abs(np.diagonal(matrix, axis1=-2, axis2=-1)))
    # Where a variance is zero, the size of the entries themselves is used.
    size = np.maximum(sigma[..., :, None] * sigma[..., None, :], np.abs(matrix))
    size = np.maximum(size, np.swapaxes(size, -1, -2))
    bad = difference > _MAX_ASYMMETRY * size
    if bad.any():
        row, i, k = (int(x) for x in np.argwhere(bad)[0])
        upper, lower = matrix[row, i, k], matrix[row, k, i]
        raise InputError(
            f"{name}: expected symmetric matrices, got {upper:g} at [{i}, {k}] and {lower:g} at [{k}, {i}] in row {row}"
        )
    return _symmetric(matrix), (difference > _ROUNDING * size).any(axis=(-1, -2))


def indefinite(covariance: Array) -> NDArray[np.bool_]:
    """(m,) whether (m, 3, 3) symmetric matrices have a clearly negative eigenvalue.

    All eigenvalues are >= 0 exactly where their three symmetric functions are; the slack allows for rounding.
    """
    scale = np.abs(covariance).max(axis=(-1, -2))
    c = np.divide(
        covariance, scale[:, None, None], out=np.zeros_like(covariance), where=scale[:, None, None] > 0.0
    )
    xx, yy, zz = c[:, 0, 0], c[:, 1, 1], c[:, 2, 2]
    xy, xz, yz = c[:, 0, 1], c[:, 0, 2], c[:, 1, 2]
    pairs = (xx * yy - xy * xy) + (xx * zz - xz * xz) + (yy * zz - yz * yz)
    determinant = xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz)
    return np.asarray((xx + yy + zz < 0.0) | (pairs < -1e-12) | (determinant < -1e-12))


def _passage(
    plane: EncounterPlane, along_km: Array, mixed_km2: Array, variance_km2: Array
) -> tuple[Array, Array]:
    """Mean (m,) and standard deviation (m,), km, of the distance along the line of sight to the most probable
    encounter.

    along_km (m,): the predicted position along the line of sight; mixed_km2 (m, 2): its covariance with the plane's
    axes; variance_km2 (m,). The regression is on the condition that the miss is zero; no covariance can exceed the
    product of its sigmas, which keeps clipped axes harmless.
    """
    sigma = np.stack([plane.sigma_major_km, plane.sigma_minor_km], axis=-1)
    own = np.einsum("mab,mb->ma", plane.principal_axes, mixed_km2)
    rho = np.divide(own, sigma, out=np.zeros_like(own), where=sigma > 0.0)
    reach = np.sqrt(variance_km2)[:, None]
    rho = np.clip(rho, -reach, reach)
    distance = np.divide(plane.miss_principal_km, sigma, out=np.zeros_like(own), where=sigma > 0.0)
    left = variance_km2 - np.einsum("ma,ma->m", rho, rho)
    return np.einsum("ma,ma->m", rho, distance) - along_km, np.sqrt(np.maximum(left, 0.0))


def _ratio(numerator: Array, denominator: Array) -> Array:
    """|numerator| / denominator, where 0 / 0 is 0 and x / 0 infinite."""
    size = np.abs(numerator)
    empty = np.where(size > 0.0, np.inf, 0.0)
    return np.divide(size, denominator, out=empty, where=denominator > 0.0)


def _symmetric(matrix: Array) -> Array:
    return np.asarray(0.5 * (matrix + np.swapaxes(matrix, -1, -2)))


def plane_basis(sight: Array) -> Array:
    """(m, 2, 3) unit vectors x, y across the unit vectors `sight` (m, 3)."""
    # "Up" is the first axis, or the second where the line of sight runs almost along the first.
    up = np.zeros_like(sight)
    steep = np.abs(sight[:, 0]) > 0.999
    up[~steep, 0] = 1.0
    up[steep, 1] = 1.0
    x = np.cross(up, sight)
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    return np.stack([x, np.cross(sight, x)], axis=-2)


def _principal(covariance: Array) -> tuple[Array, Array, Array]:
    """Axes (m, 2, 2) as rows, and the greater and lesser eigenvalue (m,) of symmetric (m, 2, 2) matrices.

    One Jacobi rotation: unlike the textbook formula, it preserves the small eigenvalue of a graded matrix, such as a
    covariance of kilometres along one axis and metres along the other.
    """
    xx, yy, xy = covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 0, 1]
    half = 0.5 * (yy - xx)
    reach = np.abs(half) + np.hypot(half, xy)
    tangent = np.divide(np.where(half < 0.0, -xy, xy), reach, out=np.zeros_like(xy), where=reach > 0.0)
    first, second = xx - tangent * xy, yy + tangent * xy
    cosine = 1.0 / np.hypot(1.0, tangent)
    sine = tangent * cosine
    axis = np.stack([cosine, -sine], axis=-1)
    normal = np.stack([sine, cosine], axis=-1)
    swap = second > first
    axes = np.where(
        swap[:, None, None], np.stack([normal, -axis], axis=-2), np.stack([axis, normal], axis=-2)
    )
    return axes, np.maximum(first, second), np.minimum(first, second)
