"""Conversion of the frames of ephemeris files to TEME of date, using the IAU routines in ERFA.

Sources: IERS Conventions (2010), chapter 5 (ITRF); CCSDS 502.0-B-2, annex A, and the SANA registry of celestial body
reference frames (the names); `debrissim.propagation.celestial` for TEME, GCRF and EME2000.

Assumptions
- EME2000 follows the theories of 1976 and 1980, as in the files that this program writes. Other software uses the name
  for GCRF, or for GCRF rotated by the frame bias: all are within 0.08 arcseconds until 2049, the stated error.
- ICRF has the axes of GCRF. Files in it are taken as centred on the Earth, which CENTER_NAME states.
- TOD and MOD follow IAU 2006/2000A; those of 1976/1980 are within 0.13 arcseconds until 2049, the stated error.
- All realisations of ITRF and WGS 84 are the same frame, to the metre. The rotating frames TDR, GTOD, PEF and GRC are
  ITRF without polar motion.
- Velocities in a rotating frame are made inertial by adding omega x r, at the mean rate of the Earth: the length of day
  changes the rate by a fraction of 3e-8, 0.02 mm/s.
- The observed offsets of the celestial pole (0.3 milliarcseconds) are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import erfa
import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.leap_seconds import tai_minus_utc
from debrissim.core.text import quoted
from debrissim.ephemerides.earth_orientation import (
    MAX_POLAR_MOTION_ARCSEC,
    MAX_UT1_UTC_S,
    EarthOrientation,
)
from debrissim.propagation.celestial import about_z, gcrf_to_teme, of_terrestrial_time, teme_to_eme2000

EARTH_ROTATION_RAD_S = 7.292115146706979e-5
_ARC_SECOND = np.pi / 648000.0
# Names without blanks, dashes and underscores, in upper case.
_ALIASES = {
    "EME2000": "EME2000",
    "J2000": "EME2000",
    "MEME": "EME2000",
    "MEMEOFJ2000": "EME2000",
    "GCRF": "GCRF",
    "GCRFN": "GCRF",
    "GCRS": "GCRF",
    "TOD": "TOD",
    "TODEARTH": "TOD",
    "TRUEOFDATE": "TOD",
    "MOD": "MOD",
    "MODEARTH": "MOD",
    "MEANOFDATE": "MOD",
    "TEME": "TEME",
    "TEMEOFDATE": "TEME",
    "TDR": "PEF",
    "GTOD": "PEF",
    "PEF": "PEF",
    "GRC": "PEF",
}
_ICRF = re.compile(r"ICRF[0-9]?")
_ITRF = re.compile(r"ITRF(?:[0-9]{2}|[0-9]{4})?|WGS84|ECEF|FIXED")
EXPECTED_FRAME = "EME2000, GCRF, ICRF, ITRF, WGS84, TOD, MOD, TDR or TEME"
# Errors of the conversion: arc seconds, and km.
_ERRORS = {
    "TEME": (0.0, 0.0),
    "GCRF": (1e-3, 0.0),
    "EME2000": (0.08, 0.0),
    "TOD": (0.13, 0.0),
    "MOD": (0.13, 0.0),
    "PEF": (3e-3, 1e-3),
    "ITRF": (3e-3, 1e-3),
}
_ROTATING = ("ITRF", "PEF")


@dataclass(frozen=True, eq=False)
class ToTeme:
    """The conversion of k states of one frame.

    | field          | shape     | unit, frame                                                        |
    |----------------|-----------|--------------------------------------------------------------------|
    | rotation       | (k, 3, 3) | vectors of the frame to TEME of date                               |
    | rate           | (k, 3, 3) | rad/s: omega x, in the frame; zero for a frame that does not turn  |
    | error_rad      |           | bound on the error of the rotation                                 |
    | error_km       |           | bound on further errors of position                                |
    """

    rotation: Array
    rate: Array
    error_rad: float
    error_km: float

    def states(self, states: Array) -> Array:
        """(k, 6) km, km/s in TEME, inertial, of states (k, 6) in the frame; NaN velocities stay NaN."""
        positions = states[:, :3]
        velocities = states[:, 3:] + np.einsum("kij,kj->ki", self.rate, positions)
        turned = np.einsum("kij,kaj->kai", self.rotation, np.stack([positions, velocities], axis=1))
        return np.asarray(turned.reshape(-1, 6))

    def jacobian(self) -> Array:
        """(k, 6, 6): derivatives of the state in TEME with respect to that in the frame."""
        out = np.zeros((len(self.rotation), 6, 6))
        out[:, :3, :3] = out[:, 3:, 3:] = self.rotation
        out[:, 3:, :3] = self.rotation @ self.rate
        return out


def frame_of(name: str, where: str) -> str:
    """The frame denoted by a name in a file: TEME, GCRF, EME2000, TOD, MOD, ITRF or PEF.

    Raises InputError, beginning with `where`, for any other name.
    """
    short = re.sub(r"[ _\-]", "", name.strip()).upper()
    if short in _ALIASES:
        return _ALIASES[short]
    if _ICRF.fullmatch(short):
        return "GCRF"
    if _ITRF.fullmatch(short):
        return "ITRF"
    raise InputError(f"{where}: expected {EXPECTED_FRAME}, got {quoted(name, 40)}")


def is_rotating(frame: str) -> bool:
    """Whether a frame returned by `frame_of` rotates with the Earth."""
    return frame in _ROTATING


def to_teme(
    frame: str,
    jd: Array,
    fraction: Array,
    eop: EarthOrientation | None = None,
    frame_epoch: tuple[float, float] | None = None,
) -> ToTeme:
    """The conversion of states to TEME of date.

    Parameters
    ----------
    frame : str
        As `frame_of` returns it.
    jd, fraction : Array, shape (k,)
        UTC, split Julian dates.
    eop : EarthOrientation, optional
        For frames that rotate with the Earth; without it, UT1 is taken as UTC and the pole's coordinates as zero, and
        the error includes this.
    frame_epoch : (jd, fraction), optional
        UTC at which a frame of date is frozen; by default, the frame is of each moment.

    Returns
    -------
    ToTeme

    Raises
    ------
    InputError
        If a moment is outside the span of `eop`.
    """
    jd, fraction = np.asarray(jd, dtype=np.float64), np.asarray(fraction, dtype=np.float64)
    arcsec, error_km = _ERRORS[frame]
    rate = np.zeros((jd.size, 3, 3))
    if frame == "TEME" and frame_epoch is None:
        rotation = np.broadcast_to(np.eye(3), (jd.size, 3, 3)).copy()
    elif frame == "EME2000":
        rotation = np.swapaxes(teme_to_eme2000(jd, fraction), -1, -2)
    elif is_rotating(frame):
        rotation, rate = _earth_fixed(frame, jd, fraction, eop)
        if eop is None:
            polar = MAX_POLAR_MOTION_ARCSEC if frame == "ITRF" else 0.0
            arcsec += polar + EARTH_ROTATION_RAD_S * MAX_UT1_UTC_S / _ARC_SECOND
    else:
        at = (
            (jd, fraction)
            if frame_epoch is None
            else (np.array([frame_epoch[0]]), np.array([frame_epoch[1]]))
        )
        rotation = gcrf_to_teme(jd, fraction) @ _to_gcrf(frame, *at)
    return ToTeme(rotation, rate, arcsec * _ARC_SECOND, error_km)


def _to_gcrf(frame: str, jd: Array, fraction: Array) -> Array:
    """(k, 3, 3), or (1, 3, 3) for a frame frozen at one moment."""
    if frame == "GCRF":
        return np.eye(3)[None]
    matrices = {
        "TOD": lambda: of_terrestrial_time(erfa.pnm06a, jd, fraction),
        "MOD": lambda: of_terrestrial_time(erfa.pmat06, jd, fraction),
        "TEME": lambda: gcrf_to_teme(jd, fraction),
    }[frame]()
    return np.asarray(np.swapaxes(matrices, -1, -2))


def _earth_fixed(frame: str, jd: Array, fraction: Array, eop: EarthOrientation | None) -> tuple[Array, Array]:
    """(k, 3, 3) to TEME, and (k, 3, 3) omega x in the frame."""
    x = y = ut1_utc = np.zeros(jd.size)
    if eop is not None:
        x_arcsec, y_arcsec, ut1_tai = eop.at(jd, fraction)
        x, y, ut1_utc = x_arcsec * _ARC_SECOND, y_arcsec * _ARC_SECOND, ut1_tai + tai_minus_utc(jd, fraction)
    to_pef = about_z(-np.asarray(erfa.gmst82(jd, fraction + ut1_utc / SECONDS_PER_DAY)))
    omega = np.zeros((jd.size, 3, 3))
    omega[:, 0, 1], omega[:, 1, 0] = -EARTH_ROTATION_RAD_S, EARTH_ROTATION_RAD_S
    if frame == "PEF":
        return to_pef, omega
    pole = np.asarray(erfa.pom00(x, y, erfa.sp00(jd, fraction)))
    back = np.swapaxes(pole, -1, -2)
    return np.asarray(to_pef @ back), np.asarray(pole @ omega @ back)
