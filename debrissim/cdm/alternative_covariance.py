"""The alternative covariance of an object (ALT_COV_TYPE) of version 2.

Source: CCSDS 508.0-P-1.1 (a draft), with XYZ: the lower triangle CX_X, CY_X, ... of the 6x6 matrix of position and
velocity along the axes of ALT_COV_REF_FRAME, m and m/s.

Assumptions
- It repeats the covariance in RTN, which is used wherever it is given.
- Only a matrix in the frame of the state is rotated; EME2000 and GCRF, 0.02 arc seconds apart, count as one frame.
- CSIG3EIGVEC3 (standard deviations and eigenvectors of the position) is named and not read: no message with it is
  known, and the draft leaves its unit open.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from debrissim.cdm import keywords
from debrissim.cdm.message import EARTH_ROTATION_RAD_S, is_earth_fixed
from debrissim.core.arrays import Array
from debrissim.propagation.frames import rtn_basis

XYZ = "XYZ"
_INERTIAL = frozenset({"EME2000", "J2000", "GCRF", "ICRF"})


def is_same_frame(one: str, other: str) -> bool:
    """True for one frame under two names."""
    names = (one.upper(), other.upper())
    return names[0] == names[1] or set(names) <= _INERTIAL


def rtn_of_xyz(covariance: Array, inertial_state: Array, frame: str) -> Array:
    """(6, 6) in the object's RTN (frozen axes) of a covariance (6, 6) along the axes of its state's frame.

    inertial_state: (6,) along the same axes; frame: its name, as velocities in an Earth-fixed one turn with the Earth.
    """
    basis = rtn_basis(inertial_state[None, :3], inertial_state[None, 3:])[0]
    turn = np.zeros((3, 3))
    if is_earth_fixed(frame):
        turn[0, 1], turn[1, 0] = -EARTH_ROTATION_RAD_S, EARTH_ROTATION_RAD_S
    change = np.block([[basis, np.zeros((3, 3))], [basis @ turn, basis]])
    return np.asarray(change @ covariance @ change.T)


def xyz_covariance(number: Callable[[str], float | None]) -> Array:
    """(6, 6) km^2, km^2/s, km^2/s^2 as stated by `number`, the value of a keyword; missing rates are zero."""
    values = [number(keyword) or 0.0 for keyword in keywords.XYZ_COVARIANCE]
    matrix = np.zeros((6, 6))
    matrix[np.tril_indices(6)] = values
    return np.asarray((matrix + np.tril(matrix, -1).T) / 1e6)
