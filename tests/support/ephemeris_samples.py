"""Ephemeris files for the tests, written after the standards."""

from __future__ import annotations

import numpy as np

MU_KM3_S2 = 398600.4418


def circular_states(count: int, step_s: float = 60.0, radius_km: float = 6878.0) -> np.ndarray:
    """(count, 6) km, km/s of an inclined circular orbit."""
    rate = np.sqrt(MU_KM3_S2 / radius_km**3)
    angle = rate * step_s * np.arange(count)
    tilt = np.radians(51.6)
    across = np.array([0.0, np.cos(tilt), np.sin(tilt)])
    along = np.array([1.0, 0.0, 0.0])
    position = radius_km * (np.cos(angle)[:, None] * along + np.sin(angle)[:, None] * across)
    velocity = radius_km * rate * (-np.sin(angle)[:, None] * along + np.cos(angle)[:, None] * across)
    return np.hstack([position, velocity])


def stamps(count: int, step_s: int = 60, start: str = "2024-11-01T12:00:00.000") -> list[str]:
    """Times of the states, of days of 86,400 s."""
    times = np.datetime64(start) + np.arange(count) * np.timedelta64(step_s * 1000, "ms")
    return [str(time) for time in times]


LOWER = (
    (4e-4,),
    (1e-5, 9e-2),
    (2e-6, 3e-6, 1e-4),
    (-1e-8, -9.9e-5, 1e-9, 1.2e-7),
    (-4.2e-7, -1e-8, 1e-10, 1e-11, 5e-10),
    (1e-10, 2e-10, 1e-9, 1e-13, 1e-13, 1e-10),
)
"""The lower triangle of a covariance, km2, km2/s and km2/s2."""


def matrix() -> np.ndarray:
    """(6, 6) of `LOWER`."""
    full = np.zeros((6, 6))
    full[np.tril_indices(6)] = [x for row in LOWER for x in row]
    return full + np.tril(full, -1).T


def covariance_kvn(epoch: str, frame: str = "") -> list[str]:
    """The lines of one covariance."""
    return [
        f"EPOCH = {epoch}",
        *([f"COV_REF_FRAME = {frame}"] if frame else []),
        *(" ".join(f"{x:.9e}" for x in row) for row in LOWER),
    ]


def oem_segment(
    epochs: list[str],
    states: np.ndarray,
    covariances: tuple[tuple[str, str], ...] = (),
    **metadata: str,
) -> str:
    """One segment as KVN; `covariances` are their times and frames; a keyword that is "" is left out."""
    keywords = {
        "OBJECT_NAME": "TESTSAT",
        "OBJECT_ID": "2020-001A",
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "EME2000",
        "TIME_SYSTEM": "UTC",
        "START_TIME": epochs[0],
        "STOP_TIME": epochs[-1],
        "INTERPOLATION": "LAGRANGE",
        "INTERPOLATION_DEGREE": "7",
    } | metadata
    lines = [
        "META_START",
        *(f"{keyword} = {value}" for keyword, value in keywords.items() if value),
        "META_STOP",
        "COMMENT states follow",
        *(
            f"{epoch} " + " ".join(f"{x:.9f}" for x in state)
            for epoch, state in zip(epochs, states.tolist(), strict=True)
        ),
    ]
    if covariances:
        lines += ["COVARIANCE_START", "COMMENT from the orbit determination"]
        for epoch, frame in covariances:
            lines += covariance_kvn(epoch, frame)
        lines += ["COVARIANCE_STOP"]
    return "\n".join(lines) + "\n"


HEADER = "CCSDS_OEM_VERS = 2.0\nCOMMENT a test\nCREATION_DATE = 2024-11-01T00:00:00\nORIGINATOR = TESTERS\n\n"


def oem_kvn(*segments: str) -> str:
    """A message of segments; by default one of ten minutes with two covariances."""
    if not segments:
        epochs = stamps(11)
        segments = (oem_segment(epochs, circular_states(11), ((epochs[0], "RTN"), (epochs[5], "TNW"))),)
    return HEADER + "\n".join(segments)


_NAMES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def oem_xml(*, wrapped: bool = True) -> str:
    """The message of `oem_kvn()` as XML, in an NDM or alone."""
    epochs, states = stamps(11), circular_states(11)
    body = [
        '<oem id="CCSDS_OEM_VERS" version="2.0">',
        "<header><COMMENT>a test</COMMENT><CREATION_DATE>2024-11-01T00:00:00</CREATION_DATE>",
        "<ORIGINATOR>TESTERS</ORIGINATOR></header>",
        "<body><segment><metadata>",
        "<OBJECT_NAME>TESTSAT</OBJECT_NAME><OBJECT_ID>2020-001A</OBJECT_ID><CENTER_NAME>EARTH</CENTER_NAME>",
        "<REF_FRAME>EME2000</REF_FRAME><TIME_SYSTEM>UTC</TIME_SYSTEM>",
        f"<START_TIME>{epochs[0]}</START_TIME><STOP_TIME>{epochs[-1]}</STOP_TIME>",
        "<INTERPOLATION>LAGRANGE</INTERPOLATION><INTERPOLATION_DEGREE>7</INTERPOLATION_DEGREE>",
        "</metadata><data>",
        "<COMMENT>states follow</COMMENT>",
    ]
    for epoch, state in zip(epochs, states.tolist(), strict=True):
        units = ("km",) * 3 + ("km/s",) * 3
        numbers = (f'<{k} units="{u}">{x:.9f}</{k}>' for k, u, x in zip(_NAMES, units, state, strict=True))
        body += ["<stateVector>", f"<EPOCH>{epoch}</EPOCH>", *numbers, "</stateVector>"]
    for epoch, frame in ((epochs[0], "RTN"), (epochs[5], "TNW")):
        body += ["<covarianceMatrix>", f"<EPOCH>{epoch}</EPOCH>", f"<COV_REF_FRAME>{frame}</COV_REF_FRAME>"]
        for row, numbers in zip(_NAMES, LOWER, strict=True):
            body += [
                f"<C{row}_{column}>{x:.9e}</C{row}_{column}>"
                for column, x in zip(_NAMES, numbers, strict=False)
            ]
        body.append("</covarianceMatrix>")
    body.append("</data></segment></body></oem>")
    message = "\n".join(body)
    wrapper = ("<ndm>\n", "\n</ndm>\n") if wrapped else ("", "\n")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{wrapper[0]}{message}{wrapper[1]}'


def finals2000a() -> str:
    """Five days in the columns of finals2000A; values of the order of those of 2024."""
    rows = []
    for day in range(5):
        mjd = 60615.0 + day
        rows.append(
            f"2411{day + 1:2d} {mjd:8.2f} I {0.15 + 0.001 * day:9.6f} 0.000010 {0.33 - 0.001 * day:9.6f} 0.000010  "
            f"I{0.04 + 0.0005 * day:10.7f} 0.0000020  0.5000 0.0020  I     0.100    0.010    -0.100    0.010"
        )
    return "\n".join(rows) + "\n" + f"241106 {60620.0:8.2f}" + "\n"


# Rows in the layouts of the three publishers; the values are made up.
EOP_CSV = (
    "DATE,MJD,X,Y,UT1-UTC,LOD,DPSI,DEPS,DX,DY,DAT,DATA_TYPE\n"
    "2016-12-31,57753,0.083,0.275,-0.4082,0.0010,-0.1,-0.1,0.0001,0.0001,36,O\n"
    "2017-01-01,57754,0.081,0.276,0.5907,0.0011,-0.1,-0.1,0.0001,0.0001,37,O\n"
    "2017-01-02,57755,0.079,0.277,0.5895,0.0012,-0.1,-0.1,0.0001,0.0001,37,P\n"
)
EOP_C04 = (
    "  INTERNATIONAL EARTH ROTATION AND REFERENCE SYSTEMS SERVICE\n"
    "      Date      MJD      x          y        UT1-UTC       LOD         dX        dY\n"
    "     (0h UTC)\n\n"
    "2016  12  31  57753   0.083000   0.275000  -0.4082000   0.0010000   0.000100   0.000100   0.1 0.1\n"
    "2017   1   1  57754   0.081000   0.276000   0.5907000   0.0011000   0.000100   0.000100   0.1 0.1\n"
    "2017   1   2  57755   0.079000   0.277000   0.5895000   0.0012000   0.000100   0.000100   0.1 0.1\n"
)
EOP_C04_20 = (
    "# EARTH ORIENTATION PARAMETER (EOP) PRODUCT CENTER\n"
    '# YR  MM  DD  HH       MJD        x(")        y(")  UT1-UTC(s)       dX(")      dY(")\n'
    "2016  12  31   0  57753.00    0.083000    0.275000  -0.4082000    0.000100    0.000100  0.1\n"
    "2017   1   1   0  57754.00    0.081000    0.276000   0.5907000    0.000100    0.000100  0.1\n"
    "2017   1   2   0  57755.00    0.079000    0.277000   0.5895000    0.000100    0.000100  0.1\n"
)


_EVENTS = """\
COMMENT Begin sequence of events
COMMENT TRAJECTORY EVENT SUMMARY:
COMMENT
COMMENT |       EVENT        |       TIG        | ORB |   DV    |   HA    |   HP    |
COMMENT |                    |       GMT        |     |   M/S   |   KM    |   KM    |
COMMENT |                    |                  |     |  (F/S)  |  (NM)   |  (NM)   |
COMMENT =============================================================================
COMMENT  GMT306 Reboost       306:12:03:00.000             1.5     424.8     416.1
COMMENT                                                   (4.9)   (229.4)   (224.7)
COMMENT
COMMENT  78P Undock            306:12:05:30.250    12       0.0     424.1     416.9
COMMENT                                                   (0.0)   (229.0)   (225.1)
COMMENT  Not a time            406:12:05:30.250             0.0     424.1     416.9
COMMENT =============================================================================
COMMENT End sequence of events
COMMENT  After the end         306:12:09:00.000             0.0     424.1     416.9
"""


def with_events() -> str:
    """The message of `oem_kvn()` with a table of events as the ISS's public files have it."""
    return oem_kvn().replace("COMMENT states follow\n", _EVENTS)
