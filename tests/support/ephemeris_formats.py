"""Ephemeris files in the formats beside OEM, written for the tests after their descriptions.

All of them hold the orbit of `ephemeris_samples.circular_states` from 2024-11-01 12:00 UTC on, a state a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from support.ephemeris_samples import circular_states, matrix, stamps

START = datetime(2024, 11, 1, 12)
ITC_NAME = "MEME_57851_STARLINK-30399_3061200_Operational_1393120860_UNCLASSIFIED.txt"
_LOWER, _UPPER = np.tril_indices(6), np.triu_indices(6)
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE_KEYS = tuple(f"C{row}_{column}" for k, row in enumerate(_STATE) for column in _STATE[: k + 1])


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


def opm_kvn(**changed: str) -> str:
    """An OPM with covariance and two manoeuvres; a keyword that is "" is left out."""
    state = circular_states(1)[0]
    values = {
        "CCSDS_OPM_VERS": "3.0",
        "CREATION_DATE": "2024-11-01T00:00:00",
        "ORIGINATOR": "TESTERS",
        "OBJECT_NAME": "TESTSAT",
        "OBJECT_ID": "2020-001A",
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "EME2000",
        "TIME_SYSTEM": "UTC",
        "EPOCH": stamps(1)[0],
        **{
            key: f"{value:.12f} [{'km/s' if 'DOT' in key else 'km'}]"
            for key, value in zip(_STATE, state, strict=True)
        },
        "MASS": "500 [kg]",
        "COV_REF_FRAME": "RTN",
        **dict(zip(COVARIANCE_KEYS, (f"{value:.12e}" for value in matrix()[_LOWER]), strict=True)),
    } | changed
    lines = [f"{key} = {value}" for key, value in values.items() if value]
    lines.insert(1, "COMMENT a test")
    for minute, speed in ((10, 0.001), (40, 0.003)):
        lines += [
            f"MAN_EPOCH_IGNITION = 2024-11-01T12:{minute}:00",
            "MAN_DURATION = 30 [s]",
            "MAN_DELTA_MASS = -0.5 [kg]",
            "MAN_REF_FRAME = RTN",
            "MAN_DV_1 = 0 [km/s]",
            f"MAN_DV_2 = {speed} [km/s]",
            "MAN_DV_3 = 0 [km/s]",
        ]
    return "\n".join([*lines, "USER_DEFINED_COLOUR = blue"]) + "\n"


def opm_xml() -> str:
    """The message of `opm_kvn()` as XML."""
    state = circular_states(1)[0]
    cells = zip(COVARIANCE_KEYS, matrix()[_LOWER], strict=True)
    maneuver = (
        "<maneuverParameters><MAN_EPOCH_IGNITION>2024-11-01T12:10:00</MAN_EPOCH_IGNITION>"
        '<MAN_DURATION units="s">30</MAN_DURATION><MAN_DELTA_MASS units="kg">-0.5</MAN_DELTA_MASS>'
        '<MAN_REF_FRAME>RTN</MAN_REF_FRAME><MAN_DV_1 units="km/s">0</MAN_DV_1>'
        '<MAN_DV_2 units="km/s">0.001</MAN_DV_2><MAN_DV_3 units="km/s">0</MAN_DV_3></maneuverParameters>'
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opm id="CCSDS_OPM_VERS" version="3.0">',
        "<header><COMMENT>a test</COMMENT><CREATION_DATE>2024-11-01T00:00:00</CREATION_DATE>",
        "<ORIGINATOR>TESTERS</ORIGINATOR></header>",
        "<body><segment><metadata><OBJECT_NAME>TESTSAT</OBJECT_NAME><OBJECT_ID>2020-001A</OBJECT_ID>",
        "<CENTER_NAME>EARTH</CENTER_NAME><REF_FRAME>EME2000</REF_FRAME><TIME_SYSTEM>UTC</TIME_SYSTEM></metadata>",
        "<data><stateVector>",
        f"<EPOCH>{stamps(1)[0]}</EPOCH>",
        *(
            f'<{key} units="{"km/s" if "DOT" in key else "km"}">{value:.12f}</{key}>'
            for key, value in zip(_STATE, state, strict=True)
        ),
        "</stateVector>",
        '<spacecraftParameters><MASS units="kg">500</MASS></spacecraftParameters>',
        "<covarianceMatrix><COV_REF_FRAME>RTN</COV_REF_FRAME>",
        *(f"<{key}>{value:.12e}</{key}>" for key, value in cells),
        "</covarianceMatrix>",
        maneuver,
        maneuver.replace("12:10:00", "12:40:00").replace("0.001", "0.003"),
        '<userDefinedParameters><USER_DEFINED parameter="COLOUR">blue</USER_DEFINED></userDefinedParameters>',
        "</data></segment></body></opm>",
    ]
    return "\n".join(lines) + "\n"


_OCM_META = {
    "OBJECT_NAME": "TESTSAT",
    "INTERNATIONAL_DESIGNATOR": "2020-001A",
    "CATALOG_NAME": "CSPOC",
    "OBJECT_DESIGNATOR": "45001",
    "TIME_SYSTEM": "UTC",
    "EPOCH_TZERO": "2024-11-01T12:00:00.000",
}
_OCM_TRAJ = {
    "TRAJ_ID": "T1",
    "INTERPOLATION": "HERMITE",
    "INTERPOLATION_DEGREE": "7",
    "CENTER_NAME": "EARTH",
    "TRAJ_REF_FRAME": "EME2000",
    "TRAJ_TYPE": "CARTPV",
}
_OCM_COV = {"COV_ID": "C1", "COV_REF_FRAME": "RTN", "COV_TYPE": "CARTPV", "COV_ORDERING": "LTM"}
_OCM_MAN = {
    "MAN_ID": "M1",
    "MAN_DEVICE_ID": "ALL",
    "MAN_PURPOSE": "ORBIT",
    "MAN_REF_FRAME": "RTN",
    "DC_TYPE": "CONTINUOUS",
    "MAN_COMPOSITION": "TIME_ABSOLUTE, MAN_DURA, DV_X, DV_Y, DV_Z",
}
_OCM_MAN_LINE = "2024-11-01T12:05:00.000 30.0 0.0 0.001 0.0"


def ocm_parts(
    count: int = 11, *, relative: bool = True, states: np.ndarray | None = None
) -> dict[str, tuple[dict[str, str], list[str]]]:
    """The blocks of the message: keywords and lines of data, by name."""
    states = circular_states(count) if states is None else states
    times = [f"{60.0 * k:.1f}" for k in range(count)] if relative else stamps(count)
    return {
        "META": (dict(_OCM_META), []),
        "TRAJ": (dict(_OCM_TRAJ), [f"{t} {numbers(row, 16)}" for t, row in zip(times, states, strict=True)]),
        "PHYS": ({"WET_MASS": "500"}, []),
        "COV": (dict(_OCM_COV), [f"{times[k]} {numbers(matrix()[_LOWER])}" for k in (0, count // 2)]),
        "MAN": (dict(_OCM_MAN), [_OCM_MAN_LINE]),
    }


def ocm_kvn(*blocks: tuple[str, dict[str, str], list[str]], **changed: dict[str, str]) -> str:
    """An OCM as KVN of `ocm_parts`, or of other blocks; keywords changed per block, "" leaves one out."""
    parts = blocks or tuple((kind, *part) for kind, part in ocm_parts().items())
    lines = [
        "CCSDS_OCM_VERS = 3.0",
        "COMMENT a test",
        "CREATION_DATE = 2024-11-01T00:00:00",
        "ORIGINATOR = TESTERS",
        "",
    ]
    for kind, keywords, rows in parts:
        values = keywords | changed.get(kind, {})
        lines += [f"{kind}_START", *(f"{key} = {value}" for key, value in values.items() if value)]
        lines += [*rows, f"{kind}_STOP", ""]
    return "\n".join(lines)


def ocm_xml() -> str:
    """The message of `ocm_kvn()` as XML."""
    tags = {"TRAJ": "traj", "PHYS": "phys", "COV": "cov", "MAN": "man"}

    def block(kind: str, keywords: dict[str, str], rows: list[str]) -> str:
        inner = "\n".join(f"<{key}>{value}</{key}>" for key, value in keywords.items())
        data = "\n".join(f"<{tags[kind]}Line>{row}</{tags[kind]}Line>" for row in rows)
        return f"<{tags[kind]}>\n{inner}\n{data}\n</{tags[kind]}>"

    parts = ocm_parts()
    meta = "".join(f"<{key}>{value}</{key}>" for key, value in parts.pop("META")[0].items())
    body = "\n".join(block(kind, *part) for kind, part in parts.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ocm id="CCSDS_OCM_VERS" version="3.0">\n'
        "<header><COMMENT>a test</COMMENT><CREATION_DATE>2024-11-01T00:00:00</CREATION_DATE>\n"
        "<ORIGINATOR>TESTERS</ORIGINATOR></header>\n"
        f"<body><segment><metadata>{meta}</metadata>\n<data>\n{body}\n</data></segment></body></ocm>\n"
    )
