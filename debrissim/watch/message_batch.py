"""Events of messages as a batch of updates for the store: every report that says something, with its probability."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from debrissim.cdm.history import EventAssessment, HistoryEntry
from debrissim.cdm.message import Conjunction
from debrissim.cdm.states import combined_covariance_rtn, inertial_states
from debrissim.core.arrays import Array
from debrissim.core.numbers import finite_or_none
from debrissim.core.text import printable
from debrissim.propagation.celestial import gcrf_to_teme, teme_to_eme2000
from debrissim.watch.event import OWN_SOURCE, Batch, EventUpdate, State, Symmetric, TrackedObject, Vector

_LOWER = np.tril_indices(3)
_KEY_LENGTH = 32
# Used instead of a method: the probability is as stated in the report.
_ORIGINATOR = "originator"
_MAX_TEXT = 200


def message_batch(events: Sequence[EventAssessment]) -> Batch:
    """The reports of events as updates.

    Parameters
    ----------
    events : sequence of EventAssessment
        Of `assess_cdm_events`. The probability of a report is ours where it has covariances and a radius, otherwise the
        one it states; `probability_method` is then "originator".

    Returns
    -------
    Batch
        One update per report, those left out that repeat another of the same run of their originator. The same reports
        have the same keys whenever they are read: a store records each once.
    """
    return Batch(updates=tuple(_update(found, entry) for found in events for entry in found.history))


def _update(found: EventAssessment, entry: HistoryEntry) -> EventUpdate:
    report, message, assessment = entry.report, entry.report.conjunction, entry.probability.assessment
    value = entry.probability.value
    keys = found.event.keys[::-1] if entry.is_swapped else found.event.keys
    objects = [
        TrackedObject(_short(key) or f"unknown object of {_short(report.message_id)}", _short(name))
        for key, name in zip(keys, report.names, strict=True)
    ]
    relative = None if message is None else message.relative_state_rtn
    states = (None, None) if message is None else _teme_states(message)
    ages = (
        (None, None)
        if assessment is None
        else [one.last_observation_days for one in assessment.facts.quality]
    )
    # Not every recommended method has a maximum, without which it is not known whether the value is diluted.
    maximum = None if assessment is None or value is None else finite_or_none(assessment.maximum)
    return EventUpdate(
        key=_key(entry),
        source=_source(report.originator),
        reported=report.created,
        primary=objects[0],
        secondary=objects[1],
        tca=report.tca,
        miss_distance_km=report.miss_distance_m / 1000.0,
        relative_position_rtn_km=None if relative is None else _vector(relative[:3]),
        relative_velocity_rtn_km_s=None if relative is None else _vector(relative[3:]),
        relative_speed_km_s=None if relative is None else float(np.linalg.norm(relative[3:])),
        covariance_rtn_km2=None if message is None else _covariance(message),
        probability=value,
        probability_method=_method(entry),
        maximum_probability=maximum,
        dilution=None if assessment is None or maximum is None else assessment.dilution,
        hard_body_radius_m=assessment.hard_body_radius_m if assessment is not None else None,
        primary_age_days=ages[0],
        secondary_age_days=ages[1],
        flags=assessment.flags if assessment is not None and value is not None else (),
        primary_state=states[0],
        secondary_state=states[1],
        origin=_short(Path(report.source).name),
    )


def _key(entry: HistoryEntry) -> str:
    """A hash of the identity and the content of the report, whatever file it was read from."""
    report, message = entry.report, entry.report.conjunction
    content = repr(
        (report.originator, report.message_id, report.created.iso, report.tca.iso, report.identities)
    )
    states = b"" if message is None else message.primary.state.tobytes() + message.secondary.state.tobytes()
    return hashlib.sha256(content.encode(errors="backslashreplace") + states).hexdigest()[:_KEY_LENGTH]


def _source(originator: str) -> str:
    """The originator; our own messages are another source than our runs."""
    name = _short(originator)
    return f"{name} (message)" if name.lower() == OWN_SOURCE else name


def _method(entry: HistoryEntry) -> str:
    found = entry.probability
    if found.value is None:
        return ""
    if not found.is_stated:
        return found.method
    return f"{_ORIGINATOR}: {_short(found.method)}" if found.method else _ORIGINATOR


def _covariance(message: Conjunction) -> Symmetric | None:
    """Of the relative position in the RTN of the primary; None if an object has no covariance."""
    if not (message.primary.covariance_rtn.any() and message.secondary.covariance_rtn.any()):
        return None
    rr, tr, tt, nr, nt, nn = combined_covariance_rtn([message])[0][_LOWER].tolist()
    return rr, tr, tt, nr, nt, nn


def _teme_states(message: Conjunction) -> tuple[State | None, State | None]:
    """Both states in TEME of date; None for a frame whose axes are not known to be inertial ones of a fixed date."""
    frame = message.primary.reference_frame.upper()
    moment = np.array([message.tca_jd]), np.array([message.tca_fraction])
    if frame in ("TEME", "TEMEOFDATE"):
        turn = np.eye(3)
    elif frame in ("EME2000", "J2000"):
        turn = teme_to_eme2000(*moment)[0].T
    elif frame in ("GCRF", "ICRF"):
        turn = gcrf_to_teme(*moment)[0]
    else:
        return None, None
    first, second = (list(_turned(turn, state[0])) for state in inertial_states([message]))
    return _state(first), _state(second)


def _turned(turn: Array, state: Array) -> Iterator[float]:
    yield from (turn @ state[:3]).tolist()
    yield from (turn @ state[3:]).tolist()


def _state(values: Sequence[float]) -> State:
    x, y, z, vx, vy, vz = values
    return x, y, z, vx, vy, vz


def _vector(values: Array) -> Vector:
    r, t, n = values.tolist()
    return r, t, n


def _short(text: str) -> str:
    return printable(text).strip()[:_MAX_TEXT]
