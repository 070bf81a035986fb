"""The causes of another probability of the same event: hard-body radius and covariance, each tested.

The probability of a row is computed again from its recorded encounter plane, by its own method: with the other source's
radius, with its covariance, with both. SOCRATES gives neither, but its maximum and dilution threshold hold both.

Source: CelesTrak, "SOCRATES": errors in the ratio 100 : 300 : 100 along radial, in-track and cross-track, of both
objects, projected on the encounter plane and scaled for the maximum, with the miss along the major axis (Alfano 2003,
"Relating position uncertainty to maximum conjunction probability", AAS 03-548). With miss d, minor sigma s at the
maximum (the dilution threshold) and combined radius r, P = AR r^2 / (e d^2), AR = d / (sqrt(2) s).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Mask
from debrissim.core.numbers import MIN_PROBABILITY, probability, rounded
from debrissim.probability.encounter_plane import encounter_plane, plane_from_components
from debrissim.probability.registry import get_method, plane_methods
from debrissim.propagation.frames import rtn_basis
from debrissim.results.table import Table
from debrissim.verification.other_sources.causes import Cause, Explanation, label_of
from debrissim.verification.other_sources.examination import MatchedEvents
from debrissim.verification.other_sources.reported import ReportedEvents

SOCRATES_SIGMAS_KM = (0.1, 0.3, 0.1)
_STATE = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
_SOCRATES_TOLERANCE = 0.03
"""Tolerance of SOCRATES' maximum: its threshold has three decimals, and it assumes an object that is small compared
with the miss."""
_SMALLEST_RADIUS_KM, _LARGEST_RADIUS_KM = 1e-4, 2.0


@dataclass(frozen=True)
class Chance:
    """The causes of a different probability; counterfactual: that of the run with them removed; tested is None if there
    are no causes."""

    causes: tuple[Cause, ...] = ()
    tested: bool | None = None
    sentence: str = ""
    counterfactual: float = float("nan")

    @property
    def label(self) -> str:
        """The causes, separated by ;"""
        return label_of(self.causes)


SAME = Chance()
"""The source states no probability, or the same one."""


def explain_probabilities(matched: MatchedEvents, differences: Sequence[Explanation]) -> list[Chance]:
    """Explain the probabilities of m events that differ from those of their rows.

    differences: why TCA, miss and speed of each differ.
    """
    events, rows = matched.events, matched.rows
    if np.isfinite(events.probability).any():
        return _by_radius_and_covariance(rows, events, matched.other.precision.probability)
    if np.isfinite(events.dilution_km).any():
        return [_socrates(k, rows, events, differences[k]) for k in range(len(events))]
    return [SAME] * len(events)


def _by_radius_and_covariance(rows: Table, events: ReportedEvents, tolerance: float) -> list[Chance]:
    """For a source that states probabilities, and perhaps radii and covariances."""
    radius = rows.hard_body_radius_m
    miss = np.stack([rows.plane_miss_x_km, rows.plane_miss_y_km], axis=1)
    covariance = _covariances(rows)
    changes: tuple[tuple[tuple[Cause, ...], Array, Array, Array, Mask], ...] = (
        (
            (Cause.RADIUS,),
            events.hard_body_radius_m,
            miss,
            covariance,
            np.isfinite(events.hard_body_radius_m),
        ),
        ((Cause.COVARIANCE,), radius, *_theirs(events)),
        ((Cause.RADIUS, Cause.COVARIANCE), events.hard_body_radius_m, *_theirs(events)),
    )
    found = [_difference(k, rows, events, tolerance) for k in range(len(events))]
    for causes, radii, misses, covariances, known in changes:
        open_ = [
            k
            for k, chance in enumerate(found)
            if chance.tested is False and known[k] and np.isfinite(radii[k])
        ]
        for method in {str(rows.collision_probability_method[k]) for k in open_} & set(plane_methods()):
            part = np.array(
                [k for k in open_ if rows.collision_probability_method[k] == method], dtype=np.int64
            )
            plane = plane_from_components(misses[part], covariances[part])
            values = get_method(method)(plane, radii[part] / 1000.0)
            for k, value in zip(part.tolist(), values.tolist(), strict=True):
                if _same(value, float(events.probability[k]), tolerance):
                    found[k] = Chance(causes, True, _sentence(causes, rows, events, k, value), value)
    return found


def _difference(k: int, rows: Table, events: ReportedEvents, tolerance: float) -> Chance:
    theirs, ours = float(events.probability[k]), float(rows.collision_probability[k])
    if not np.isfinite(theirs) or _same(ours, theirs, tolerance):
        return SAME
    return Chance(
        (Cause.UNKNOWN,), False, f"{probability(ours)} here, {probability(theirs)} there; neither radius nor covariance"
        " of the source gives its value",
    )  # fmt: skip


def _sentence(causes: tuple[Cause, ...], rows: Table, events: ReportedEvents, k: int, value: float) -> str:
    parts = []
    if Cause.RADIUS in causes:
        radii = rounded(float(events.hard_body_radius_m[k]), 3), rounded(float(rows.hard_body_radius_m[k]), 3)
        parts.append(f"the radius of {radii[0]} m (here: {radii[1]} m)")
    if Cause.COVARIANCE in causes:
        parts.append("the covariance and miss of the source")
    return f"with {' and '.join(parts)} the probability is {probability(value)} as reported"


def _theirs(events: ReportedEvents) -> tuple[Array, Array, Mask]:
    """(m, 2) km and (m, 2, 2) km^2 of the source's encounter planes, and (m,) whether it states them."""
    known = np.isfinite(events.plane).all(axis=1)
    return events.plane[:, :2], _matrices(*events.plane.T[2:]), np.asarray(known)


def _covariances(rows: Table) -> Array:
    return _matrices(*(rows[f"plane_covariance_{name}_km2"] for name in ("xx", "xy", "yy")))


def _matrices(xx: Array, xy: Array, yy: Array) -> Array:
    """(m, 2, 2) of their elements (m,)."""
    return np.stack([np.stack([xx, xy], axis=1), np.stack([xy, yy], axis=1)], axis=1)


def _same(one: float, other: float, tolerance: float) -> bool:
    if max(one, other) < MIN_PROBABILITY:
        return True
    return abs(one - other) <= tolerance * abs(other)


def _socrates(k: int, rows: Table, events: ReportedEvents, difference: Explanation) -> Chance:
    """The maximum of one event with SOCRATES' radius and shape of covariance, on the geometry of the run.

    If the miss also differs and its cause is known, SOCRATES' own miss is used.
    """
    theirs, ours = float(events.maximum_probability[k]), float(rows.maximum_probability[k])
    threshold, d = float(events.dilution_km[k]), float(events.miss_km[k])
    if not np.isfinite(theirs) or _same(ours, theirs, _SOCRATES_TOLERANCE):
        return SAME
    radius = float(np.sqrt(theirs * np.e * np.sqrt(2.0) * threshold * d))
    # The printed threshold is uncertain by half a metre.
    width = 5e-4 / threshold if threshold > 0.0 else np.inf
    if not _SMALLEST_RADIUS_KM < radius < _LARGEST_RADIUS_KM or width > _SOCRATES_TOLERANCE:
        return Chance(
            (Cause.UNKNOWN,), False, "its threshold has too few digits to find the radius it was made with"
        )
    moved = difference.causes if difference.tested else ()
    miss = d if moved else float(rows.miss_distance_km[k])
    value = _aspect(rows, k) * radius**2 / (np.e * miss**2)
    sentence = (
        f"with the radius of {rounded(1000.0 * radius, 3)} m that its maximum and threshold imply (here: "
        f"{rounded(float(rows.hard_body_radius_m[k]), 3)} m), errors as 100 : 300 : 100 along R, T and N"
        f"{' and its miss' if moved else ''} the maximum is {probability(value)}"
    )
    if _same(value, theirs, _SOCRATES_TOLERANCE + width):
        return Chance((Cause.RADIUS, Cause.COVARIANCE, *moved), True, f"{sentence} as reported", value)
    return Chance((Cause.UNKNOWN,), False, f"{sentence}, reported {probability(theirs)}", value)


def _aspect(rows: Table, k: int) -> float:
    """The ratio of the axes of SOCRATES' errors in the encounter plane of a row."""
    states = [np.array([[rows[f"{role}_{name}"][k] for name in _STATE]]) for role in ("primary", "secondary")]
    combined = np.zeros((1, 3, 3))
    for state in states:
        basis = rtn_basis(state[:, :3], state[:, 3:])
        combined += np.swapaxes(basis, 1, 2) @ np.diag(np.square(SOCRATES_SIGMAS_KM)) @ basis
    relative = states[1] - states[0]
    plane = encounter_plane(relative[:, :3], relative[:, 3:], combined)
    return float(plane.sigma_major_km[0] / plane.sigma_minor_km[0])
