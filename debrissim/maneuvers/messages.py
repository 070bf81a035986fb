"""A burn and the trajectory with it as CCSDS messages: OEM, OPM and OCM.

Source: CCSDS 502.0-B-2 (OEM, OPM) and 502.0-B-3 (OCM), "Orbit Data Messages".

Assumptions
- The OEM has one segment before the burn and one after it; a thrust arc of a millisecond or more is a segment between
  them. At an impulse, the first segment ends and the second begins at the same time, with two velocities.
- The frame is EME2000 by default, or TEME of date with frame "teme". Times are UTC to the microsecond.
- The burn is CANDIDATE in the OCM, and every message states that it is a simulation and not an instruction.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.ephemerides.ocm_content import OcmManeuver, OcmMessage, OcmTrajectory
from debrissim.ephemerides.ocm_write import ocm_kvn
from debrissim.ephemerides.oem_write import DEGREE, FRAMES, OemObject, OemSegment, in_frame, oem_kvn
from debrissim.ephemerides.opm_write import OpmBurn, opm_kvn
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.motion import ManeuveredMotion, MotionStatus

STEP_S = 60.0
MIN_ARC_S = 1e-3
"""Shortest thrust arc with its own segment: times in messages are in microseconds, and a segment needs several."""
ORIGINATOR = "DEBRISSIM"
_FRAME_NAMES = {"eme2000": "EME2000", "teme": "TEMEOFDATE"}


@dataclass(frozen=True)
class Mass:
    """Mass of the spacecraft before the burn and mass used by the burn, kg; assumed: the mass is the default of its
    kind."""

    before_kg: float
    used_kg: float = 0.0
    assumed: bool = False


def burn_messages(
    event: AvoidableEvent,
    after: ManeuveredMotion,
    row: int,
    span_s: tuple[float, float],
    *,
    mass: Mass | None = None,
    designator: str = "",
    frame: str = "eme2000",
) -> dict[str, str]:
    """The messages of one burn by file extension: "oem", "ocm", and "opm" if the mass is known.

    Parameters
    ----------
    event : AvoidableEvent
    after : ManeuveredMotion
        The trajectories after the burns.
    row : int
        The burn among them.
    span_s : tuple of float
        Beginning and end of the trajectory, s of run time; the burn lies inside.
    mass : Mass, optional
        Without the mass there is no OPM: the standard requires it if a burn is given.
    designator : str
        International designator of the spacecraft, "" if not known.
    frame : str
        "eme2000" or "teme".

    Raises
    ------
    InputError
        For an unknown frame, a burn outside the span, and a burn without a trajectory.
    """
    if frame not in FRAMES:
        raise InputError(f"expected a frame among {', '.join(FRAMES)}, got {frame!r}")
    status = MotionStatus(int(after.status[row]))
    if status != MotionStatus.OK:
        raise InputError(f"the trajectory after the burn cannot be written: {status.reason}")
    burns: Burns = after.burns[np.array([row])]
    begin_s, end_s = float(burns.time_s[0]), float(burns.end_s[0])
    if not span_s[0] < begin_s <= end_s < span_s[1]:
        raise InputError(
            f"expected a burn between {span_s[0]:g} and {span_s[1]:g} s of run time, got {begin_s:g} to {end_s:g} s"
        )
    number = "" if event.primary_number is None else str(event.primary_number)
    own = OemObject(event.primary_name, designator, number)
    segments = _segments(event, after, row, (begin_s, end_s), span_s, frame)
    comments = _comments(event, mass)
    delta_v = burns.delta_v_rtn_m_s[0] / 1000.0
    messages = {
        "oem": oem_kvn(
            own, segments, frame=frame, originator=ORIGINATOR, start=event.start, comments=comments
        ),
        "ocm": _ocm(event, own, segments, burns, delta_v, comments, frame),
    }
    if mass is not None:
        burn = OpmBurn(
            begin_s,
            end_s - begin_s,
            (float(delta_v[0]), float(delta_v[1]), float(delta_v[2])),
            mass.used_kg,
        )
        messages["opm"] = opm_kvn(
            own,
            begin_s,
            segments[0].states[-1].tolist(),
            [burn],
            mass_kg=mass.before_kg,
            frame=frame,
            originator=ORIGINATOR,
            start=event.start,
            comments=comments,
        )
    return messages


def _segments(
    event: AvoidableEvent,
    after: ManeuveredMotion,
    row: int,
    burn_s: tuple[float, float],
    span_s: tuple[float, float],
    frame: str,
) -> list[OemSegment]:
    """The trajectory before the burn, during thrust, and after it."""

    def flown(times: Array) -> Array:
        states: Array = after.states_along(np.array([row]), times[None])[0]
        return states

    begin_s, end_s = burn_s
    parts = [(_times(span_s[0], begin_s), True), (_times(end_s, span_s[1]), False)]
    if end_s - begin_s >= MIN_ARC_S:
        parts.insert(1, (_times(begin_s, end_s), False))
    found = []
    for times, before in parts:
        states = event.primary.states(times) if before else flown(times)
        known = np.isfinite(states).all(axis=1)
        if not known.all():
            raise InputError("the trajectory of the spacecraft does not cover the span to be written")
        found.append(OemSegment(times, in_frame(event.start, times, states, frame), 6))
    return found


def _times(begin_s: float, end_s: float) -> Array:
    """Both ends, and equal steps of at most `STEP_S` between them, enough of them for the interpolation."""
    count = max(int(np.ceil((end_s - begin_s) / STEP_S)), DEGREE)
    return np.linspace(begin_s, end_s, count + 1)


def _comments(event: AvoidableEvent, mass: Mass | None) -> tuple[str, ...]:
    comments = [
        f"Made by debrissim {version('debrissim')} in a simulation. Not an operational ephemeris, and no instruction.",
        f"Propagated by {event.primary.theory}.",
    ]
    if mass is not None and mass.assumed:
        comments.append("The mass is assumed: a default of objects of its kind.")
    return tuple(comments)


def _ocm(
    event: AvoidableEvent,
    own: OemObject,
    segments: list[OemSegment],
    burns: Burns,
    delta_v_km_s: Array,
    comments: tuple[str, ...],
    frame: str,
) -> str:
    """The message with a block TRAJ per segment, and the burn in a block MAN."""

    def moments(time_s: Array) -> tuple[Array, Array]:
        # Rounded to the microsecond, as in the OEM.
        ticks = np.round((event.start[1] * SECONDS_PER_DAY + time_s) * 1e6)
        days, rest = np.divmod(ticks, SECONDS_PER_DAY * 1e6)
        return event.start[0] + days, rest / (SECONDS_PER_DAY * 1e6)

    trajectories = []
    for segment in segments:
        jd, fraction = moments(segment.time_s)
        trajectories.append(
            OcmTrajectory(
                jd,
                fraction,
                segment.states,
                _FRAME_NAMES[frame],
                interpolation="LAGRANGE",
                degree=DEGREE,
                basis="SIMULATED",
            )
        )
    jd, fraction = moments(burns.time_s)
    r, t, n = (float(value) for value in delta_v_km_s)
    maneuver = OcmManeuver(
        float(jd[0]),
        float(fraction[0]),
        float(burns.duration_s[0]),
        (r, t, n),
        frame="RTN_INERTIAL" if burns.duration_s[0] == 0.0 else "RTN_ROTATING",
        basis="CANDIDATE",
        purpose="COLA",
    )
    metadata = {"OBJECT_NAME": own.label, "INTERNATIONAL_DESIGNATOR": own.designator}
    if own.number:
        metadata |= {"CATALOG_NAME": "SATCAT", "OBJECT_DESIGNATOR": own.number}
    return ocm_kvn(
        OcmMessage(
            originator=ORIGINATOR,
            created=event.start,
            metadata=metadata,
            trajectories=trajectories,
            maneuvers=[maneuver],
            comments=comments,
        )
    )
