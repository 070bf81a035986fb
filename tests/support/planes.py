"""Encounter planes for the tests of the probability room, by principal sigmas, in any unit of length."""

from __future__ import annotations

import numpy as np

from debrissim.probability.encounter_plane import EncounterPlane, plane_from_components


def plane_of(miss_major, miss_minor, major, minor) -> EncounterPlane:
    """Encounter planes from scalars or arrays; the first axis is the major one if major >= minor."""
    columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, float)) for x in (miss_major, miss_minor)))
    covariance = np.zeros((columns[0].size, 2, 2))
    covariance[:, 0, 0] = np.square(major)
    covariance[:, 1, 1] = np.square(minor)
    return plane_from_components(np.stack(columns, axis=-1), covariance)


def ordinary(count: int, seed: int) -> tuple[EncounterPlane, np.ndarray]:
    """Encounters as in catalogues: radius 1e-4 to 1 minor sigma, ratio to 30, miss to 8 sigma."""
    rng = np.random.default_rng(seed)
    ratio = 10.0 ** rng.uniform(0.0, 1.5, count)
    distance, angle = 8.0 * rng.uniform(size=count), rng.uniform(0.0, 2.0 * np.pi, count)
    plane = plane_of(distance * np.cos(angle) * ratio, distance * np.sin(angle), ratio, np.ones(count))
    return plane, 10.0 ** rng.uniform(-4.0, 0.0, count)


def hard(count: int, seed: int) -> tuple[EncounterPlane, np.ndarray]:
    """Axis ratios 1 to 1e6, radii 1e-6 to 1e3 of either sigma, offsets of centre or edge to 40 sigma."""
    rng = np.random.default_rng(seed)
    ratio = 10.0 ** rng.uniform(0.0, 6.0, count)
    ratio[::3] = 10.0 ** rng.uniform(0.0, 1.0, ratio[::3].size)
    radius = 10.0 ** rng.uniform(-6.0, 3.0, count) * np.where(rng.uniform(size=count) < 0.5, 1.0, ratio)
    offset = 40.0 * rng.uniform(size=count) * rng.uniform(size=count) ** 2
    angle = rng.uniform(0.0, np.pi / 2.0, count)
    angle[::5] = 0.0
    angle[1::7] = np.pi / 2.0
    edge = np.where(rng.uniform(size=count) < 0.3, radius, 0.0)
    u = (offset * ratio + edge) * np.cos(angle)
    v = (offset + edge) * np.sin(angle)
    return plane_of(u, v, ratio, np.ones(count)), radius
