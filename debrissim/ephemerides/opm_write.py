"""Orbit parameter messages as KVN text: one state and the burns that follow.

Source: CCSDS 502.0-B-2 (2009), "Orbit Data Messages", section 3: the OPM as KVN.

Assumptions
- Times are UTC, to the microsecond. A burn is MAN_DV in km/s along the RTN axes of the object at ignition.
- The standard requires the mass of the object if a burn is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debrissim.core.numbers import ascii_line
from debrissim.core.time import utc_text
from debrissim.ephemerides.odm_blocks import STATE_KEYWORDS
from debrissim.ephemerides.oem_write import OemObject, state_text


@dataclass(frozen=True)
class OpmBurn:
    """A burn: ignition (s of run time), duration (s, 0 for an impulse), velocity change (km/s, RTN), mass used (kg)."""

    ignition_s: float
    duration_s: float
    delta_v_rtn_km_s: tuple[float, float, float]
    mass_used_kg: float = 0.0
    comment: str = ""


def opm_kvn(
    own: OemObject,
    time_s: float,
    state: Sequence[float],
    burns: Sequence[OpmBurn],
    *,
    mass_kg: float,
    frame: str,
    originator: str,
    start: tuple[float, float],
    comments: Sequence[str] = (),
) -> str:
    """The message as KVN text.

    Parameters
    ----------
    own : OemObject
    time_s : float
        Time of the state, s of run time.
    state : sequence of float, shape (6,)
        km, km/s in the frame.
    burns : sequence of OpmBurn
        In the order of time.
    mass_kg : float
        Mass of the object at the time of the state, above 0.
    frame : str
        "eme2000" or "teme".
    originator : str
    start : tuple of float
        UTC of run time zero as a split Julian date; also CREATION_DATE.
    comments : sequence of str
        Of the header, one line each.
    """

    def stamp(seconds: float) -> str:
        return utc_text(*start, seconds, 6).removesuffix("Z")

    numbers = state_text([float(value) for value in state])
    lines = [
        "CCSDS_OPM_VERS = 2.0",
        *(f"COMMENT {ascii_line(comment)}" for comment in comments),
        f"CREATION_DATE = {utc_text(*start).removesuffix('Z')}",
        f"ORIGINATOR = {originator}",
        f"OBJECT_NAME = {own.label}",
        f"OBJECT_ID = {own.identifier}",
        "CENTER_NAME = EARTH",
        f"REF_FRAME = {frame.upper()}",
        "TIME_SYSTEM = UTC",
        f"EPOCH = {stamp(time_s)}",
        *(f"{keyword} = {number}" for keyword, number in zip(STATE_KEYWORDS, numbers, strict=True)),
        f"MASS = {mass_kg:.3f}",
    ]
    for burn in burns:
        lines += [f"COMMENT {ascii_line(burn.comment)}"] if burn.comment else []
        lines += [
            f"MAN_EPOCH_IGNITION = {stamp(burn.ignition_s)}",
            f"MAN_DURATION = {burn.duration_s:.6f}",
            f"MAN_DELTA_MASS = {0.0 - burn.mass_used_kg:.6f}",
            "MAN_REF_FRAME = RTN",
            *(
                f"MAN_DV_{k} = {round(value, 12) + 0.0:.12f}"
                for k, value in enumerate(burn.delta_v_rtn_km_s, start=1)
            ),
        ]
    return "\n".join(lines) + "\n"
