"""Ephemeris files in the formats beside OEM, written for the tests after their descriptions.

All of them hold the orbit of `ephemeris_samples.circular_states` from 2024-11-01 12:00 UTC on, a state a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from support.ephemeris_samples import circular_states, matrix

START = datetime(2024, 11, 1, 12)
ITC_NAME = "MEME_57851_STARLINK-30399_3061200_Operational_1393120860_UNCLASSIFIED.txt"
_LOWER, _UPPER = np.tril_indices(6), np.triu_indices(6)


def numbers(values: np.ndarray, digits: int = 12) -> str:
    """Numbers on one line."""
    return " ".join(f"{value:.{digits}e}" for value in np.ravel(values))


def itc(count: int = 11, *, covariance: np.ndarray | None = None, states: np.ndarray | None = None) -> str:
    """Modified ITC, as Starlink's public files; `covariance` in UVW, by default `matrix()` for every state."""
    states = circular_states(count) if states is None else states
    lower = (matrix() if covariance is None else covariance)[_LOWER]
    lines = [f"{numbers(lower[k : k + 7], 10)}" for k in (0, 7, 14)]
    stop = START + timedelta(minutes=count - 1)
    rows = [
        "created:2024-11-01 11:35:52 UTC",
        f"ephemeris_start:{START} UTC ephemeris_stop:{stop} UTC step_size:60",
        "ephemeris_source:blend",
        "UVW",
    ]
    for k, state in enumerate(states.tolist()):
        moment = START + timedelta(minutes=k)
        rows.append(f"{moment:%Y%j%H%M%S}.000 " + " ".join(f"{value:.10f}" for value in state))
        rows += lines
    return "\n".join(rows) + "\n"


def stk(
    count: int = 11,
    *,
    states: np.ndarray | None = None,
    frame: str = "J2000",
    table: str = "EphemerisTimePosVel",
    keywords: tuple[str, ...] = (),
    covariance: str = "Lower",
    boundaries: tuple[float, ...] = (),
) -> str:
    """An STK ephemeris in metres; `covariance` is "Lower", "Upper" or "" for none."""
    states = circular_states(count) if states is None else states
    width = {"EphemerisTimePos": 3, "EphemerisTimePosVel": 6, "EphemerisTimePosVelAcc": 9}[table]
    padded = np.hstack([states, np.zeros((len(states), 3))])[:, :width] * 1e3
    lines = [
        "stk.v.12.0",
        "# WrittenBy    STK_v12.5.0",
        "BEGIN Ephemeris",
        f"    NumberOfEphemerisPoints\t\t {len(states)}",
        "    ScenarioEpoch\t\t 1 Nov 2024 12:00:00.000000",
        "    # Epoch in JDate format: 2460616.00000000000000",
        "    InterpolationMethod\t\t Lagrange",
        "    InterpolationSamplesM1\t\t 7",
        "    CentralBody\t\t Earth",
        *([f"    CoordinateSystem\t\t {frame}"] if frame else []),
        *([f"    CovarianceFormat\t\t {covariance}Triangular"] if covariance else []),
        *keywords,
    ]
    if boundaries:
        lines += [
            "BEGIN SegmentBoundaryTimes",
            *(f"    {t:.6f}" for t in boundaries),
            "END SegmentBoundaryTimes",
        ]
    lines += ["", f"    {table}", ""]
    lines += [f"{60.0 * k:.14e} {numbers(row, 16)}" for k, row in enumerate(padded)]
    if covariance:
        cells = matrix()[_LOWER if covariance == "Lower" else _UPPER]
        lines += ["", "    CovarianceTimePosVel", ""]
        lines += [f"{60.0 * k:.14e} {numbers(1e6 * cells)}" for k in range(len(states))]
    return "\n".join([*lines, "", "END Ephemeris", ""])
