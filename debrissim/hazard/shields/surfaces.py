"""Exposed surfaces: a plate, the side of a cylinder, or any convex body that tumbles.

Each is split into parts with a single angle to a ray: a plate is one part, the side of a cylinder is many strips, and a
tumbling surface is a plate in evenly spread orientations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.particles.directions import unit_normal

Direction = str | tuple[float, float, float]

_STRIPS = 48
_ORIENTATIONS = 24


@dataclass(frozen=True)
class Surface(ABC):
    """An area, and the fraction of it that is not hidden.

    Axes: radial, transverse, normal (see `debrissim.hazard.particles.directions`).
    """

    area_m2: float
    exposed_fraction: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.area_m2) and self.area_m2 > 0.0):
            raise InputError(f"area_m2: expected above 0 m2, got {self.area_m2}")
        if not 0.0 < self.exposed_fraction <= 1.0:
            raise InputError(f"exposed_fraction: expected above 0 to 1, got {self.exposed_fraction}")

    @property
    def exposed_area_m2(self) -> float:
        """Area that is open to space."""
        return self.area_m2 * self.exposed_fraction

    @abstractmethod
    def parts(self, direction: Array) -> Iterator[tuple[Array, float]]:
        """For each part, the cosines (k,) of its angles to rays from directions (k, 3), and its area (m^2)."""

    @abstractmethod
    def random_normals(self, count: int, generator: np.random.Generator) -> Array:
        """Sample normals at random points, uniform over the surface.

        Parameters
        ----------
        count : int
            Number of points.
        generator : numpy.random.Generator
            Source of the samples.

        Returns
        -------
        (count, 3) unit vectors in radial, transverse, normal axes.
        """


@dataclass(frozen=True)
class Plate(Surface):
    """One side of a flat plate; faces: a name in `FACES`, or components of its normal."""

    faces: Direction = "ram"

    def __post_init__(self) -> None:
        super().__post_init__()
        unit_normal(self.faces)

    def parts(self, direction: Array) -> Iterator[tuple[Array, float]]:
        yield direction @ unit_normal(self.faces), self.exposed_area_m2

    def random_normals(self, count: int, generator: np.random.Generator) -> Array:  # noqa: ARG002 (all are equal)
        return np.broadcast_to(unit_normal(self.faces), (count, 3))


@dataclass(frozen=True)
class CylinderSide(Surface):
    """The side of a cylinder without its ends; axis: a name in `FACES`, or components of its direction."""

    axis: Direction = "ram"

    def __post_init__(self) -> None:
        super().__post_init__()
        unit_normal(self.axis)

    def parts(self, direction: Array) -> Iterator[tuple[Array, float]]:
        for normal in self._normals(np.asarray(2.0 * np.pi / _STRIPS * (np.arange(_STRIPS) + 0.5))):
            yield direction @ normal, self.exposed_area_m2 / _STRIPS

    def random_normals(self, count: int, generator: np.random.Generator) -> Array:
        return self._normals(generator.uniform(0.0, 2.0 * np.pi, count))

    def _normals(self, azimuth: Array) -> Array:
        axis = unit_normal(self.axis)
        first = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
        first /= np.linalg.norm(first)
        second = np.cross(axis, first)
        return np.asarray(np.cos(azimuth)[:, None] * first + np.sin(azimuth)[:, None] * second)


@dataclass(frozen=True)
class Tumbling(Surface):
    """A convex body that takes every attitude equally often; its area is its whole outer surface."""

    def parts(self, direction: Array) -> Iterator[tuple[Array, float]]:
        # The cosine of a random normal is evenly spread from -1 to 1; only the upper half is ever hit.
        x, w = np.polynomial.legendre.leggauss(_ORIENTATIONS)
        for cosine, weight in zip((x + 1.0) / 2.0, w / 4.0, strict=True):
            yield np.full(len(direction), cosine), self.exposed_area_m2 * float(weight)

    def random_normals(self, count: int, generator: np.random.Generator) -> Array:
        normal = generator.standard_normal((count, 3))
        return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))
