"""The content of an orbit comprehensive message that is written: trajectories, covariances, manoeuvres.

Source: CCSDS 502.0-B-3, section 6; the SANA registries for the names of frames.

Assumptions
- Times are UTC. Covariances are in axes held fixed at their moment: RTN_INERTIAL by default.
- The velocity increment of a manoeuvre is along the axes of `OcmManeuver.frame`; for a declared manoeuvre, of which
  only the size is known, the duration is in the data and the size in a comment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Ephemeris, Segment


@dataclass(frozen=True, eq=False)
class OcmTrajectory:
    """One trajectory of k states, ordered in time.

    | field                     | shape            | unit, frame                                                    |
    |---------------------------|------------------|----------------------------------------------------------------|
    | jd, fraction              | (k,)             | UTC, split Julian dates                                        |
    | states                    | (k, 6) or (k, 3) | km, km/s in `frame`                                            |
    | frame                     |                  | name in the SANA registry: "EME2000", "TEMEOFDATE"             |
    | usable_start, usable_stop | (2,)             | UTC, or None: all states                                       |
    | interpolation, degree     |                  | such as "LAGRANGE" and 7; "" and 0 without a recommendation    |
    | basis                     |                  | PREDICTED, DETERMINED, SIMULATED, ...; "" if unknown           |
    | propagator                |                  | such as "SGP4"; "" if unknown                                  |
    """

    jd: Array
    fraction: Array
    states: Array
    frame: str
    usable_start: tuple[float, float] | None = None
    usable_stop: tuple[float, float] | None = None
    interpolation: str = ""
    degree: int = 0
    basis: str = ""
    propagator: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class OcmCovariances:
    """c covariances, ordered in time: jd, fraction (c,) UTC; matrices (c, 6, 6) km2, km2/s, km2/s2 or (c, 3, 3) km2."""

    jd: Array
    fraction: Array
    matrices: Array
    frame: str = "RTN_INERTIAL"
    basis: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class OcmManeuver:
    """One manoeuvre.

    jd, fraction: UTC of its start; duration_s: s, 0 for an impulse; delta_v_km_s: (3,) km/s along the axes of `frame`,
    None if only its size is known; device: the thruster, or ALL; basis: CANDIDATE, PLANNED, ANTICIPATED, TELEMETRY,
    DETERMINED, SIMULATED or OTHER, "" if unknown.
    """

    jd: float
    fraction: float
    duration_s: float
    delta_v_km_s: tuple[float, float, float] | None = None
    frame: str = "RTN_INERTIAL"
    identifier: str = ""
    device: str = "ALL"
    basis: str = ""
    purpose: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class OcmMessage:
    """A message.

    metadata: keywords of the block META by name, without the times, which follow from the data. created: UTC of
    CREATION_DATE, (jd, fraction).
    """

    originator: str
    created: tuple[float, float]
    metadata: Mapping[str, str]
    trajectories: Sequence[OcmTrajectory]
    covariances: Sequence[OcmCovariances] = ()
    maneuvers: Sequence[OcmManeuver] = ()
    message_id: str = ""
    comments: Sequence[str] = field(default=())


def declared_maneuver(declared: DeclaredManeuver, frame: str = "RTN_INERTIAL") -> OcmManeuver:
    """A manoeuvre that a file declares, whose direction is unknown."""
    size = declared.delta_v_m_s
    comments = [f"delta-v {size:.10g} m/s, direction not stated"] if np.isfinite(size) else []
    comments += [declared.comment] if declared.comment else []
    return OcmManeuver(
        declared.jd, declared.fraction, declared.duration_s, None, frame, comments=tuple(comments)
    )


def ephemeris_message(
    ephemeris: Ephemeris,
    *,
    originator: str = "",
    created: tuple[float, float] | None = None,
    maneuvers: Sequence[OcmManeuver] = (),
) -> OcmMessage:
    """The message of an ephemeris, in TEME of date, with its covariances and manoeuvres.

    Parameters
    ----------
    ephemeris : Ephemeris
        As returned by `read_ephemerides`.
    originator : str, optional
        ORIGINATOR; by default that of the ephemeris.
    created : (jd, fraction), optional
        CREATION_DATE, UTC; by default that of the ephemeris.
    maneuvers : sequence of OcmManeuver
        Further manoeuvres; those that the ephemeris declares come first.

    Raises
    ------
    InputError
        If there is neither an originator nor a creation date, or no state.
    """
    created = created or ephemeris.creation
    if created is None or not (originator or ephemeris.originator):
        raise InputError("OCM: expected originator and created, because the ephemeris does not state both")
    identity = {
        "OBJECT_NAME": ephemeris.name,
        "INTERNATIONAL_DESIGNATOR": ephemeris.international_designator,
        **(
            {"CATALOG_NAME": "SATCAT", "OBJECT_DESIGNATOR": str(ephemeris.norad_id)}
            if ephemeris.norad_id
            else {}
        ),
    }
    return OcmMessage(
        originator=originator or ephemeris.originator,
        created=created,
        metadata=identity,
        trajectories=[_trajectory(segment) for segment in ephemeris.segments],
        covariances=[
            covariances
            for segment in ephemeris.segments
            if (covariances := _covariances(segment)) is not None
        ],
        maneuvers=[*map(declared_maneuver, ephemeris.maneuvers), *maneuvers],
    )


def _trajectory(segment: Segment) -> OcmTrajectory:
    velocities = segment.velocities_km_s
    has_velocities = bool(np.isfinite(velocities).all())
    states = np.hstack([segment.positions_km, velocities]) if has_velocities else segment.positions_km
    return OcmTrajectory(
        jd=segment.jd,
        fraction=segment.fraction,
        states=states,
        frame="TEMEOFDATE",
        usable_start=segment.usable_start,
        usable_stop=segment.usable_stop,
        interpolation=segment.interpolation if segment.degree else "",
        degree=segment.degree,
    )


def _covariances(segment: Segment) -> OcmCovariances | None:
    history = segment.covariances
    if history is None:
        return None
    is_whole = bool(np.isfinite(history.covariance).all())
    matrices = history.covariance if is_whole else history.covariance[:, :3, :3]
    return OcmCovariances(history.jd, history.fraction, matrices)
