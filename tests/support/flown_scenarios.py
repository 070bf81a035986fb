"""Scenarios whose objects fly ephemerides, and their files, made by SGP4 from an invented catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from support.catalogs import START_FRACTION, START_JD, random_catalog
from support.flights import Piece, states_of

from debrissim.catalog import Catalog, write_omm_csv
from debrissim.core.time import utc_text

HOUR_S = 3600.0


def oem_text(pieces: list[Piece], step_s: float = 60.0, name: str = "OBJECT") -> str:
    """The path of an object as an OEM in TEME, with a segment for each piece."""
    number = int(pieces[0].element_set.norad_id[0])
    lines = ["CCSDS_OEM_VERS = 2.0", "CREATION_DATE = 2024-11-01T00:00:00", "ORIGINATOR = TEST"]
    for piece in pieces:
        times = np.arange(piece.begin_s, piece.end_s + 0.5 * step_s, step_s)
        stamps = [
            utc_text(START_JD, START_FRACTION, time, decimals=6).removesuffix("Z") for time in times.tolist()
        ]
        lines += [
            "META_START", f"OBJECT_NAME = {name}", f"OBJECT_ID = {number}", "CENTER_NAME = EARTH", "REF_FRAME = TEME",
            "TIME_SYSTEM = UTC", f"START_TIME = {stamps[0]}", f"STOP_TIME = {stamps[-1]}", "META_STOP",
        ]  # fmt: skip
        for stamp, position, velocity in zip(stamps, *states_of(piece.element_set, times), strict=True):
            lines.append(
                " ".join(
                    [
                        stamp,
                        *(f"{x:.9f}" for x in position.tolist()),
                        *(f"{v:.12f}" for v in velocity.tolist()),
                    ]
                )
            )
    return "\n".join(lines) + "\n"


def opm_text(element_set: Catalog) -> str:
    """The state of an object at the start as an OPM in TEME."""
    (position,), (velocity,) = states_of(element_set, np.zeros(1))
    numbers = zip(
        ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"), [*position.tolist(), *velocity.tolist()], strict=True
    )
    return "\n".join([
        "CCSDS_OPM_VERS = 2.0", "CREATION_DATE = 2024-11-01T00:00:00", "ORIGINATOR = TEST", "OBJECT_NAME = SINGLE",
        f"OBJECT_ID = {int(element_set.norad_id[0])}", "CENTER_NAME = EARTH", "REF_FRAME = TEME", "TIME_SYSTEM = UTC",
        f"EPOCH = {utc_text(START_JD, START_FRACTION, decimals=6).removesuffix('Z')}",
        *(f"{name} = {value:.12f}" for name, value in numbers), "",
    ])  # fmt: skip


def write_fleet(folder: Path, number: int = 120) -> Catalog:
    """Write crowd.csv, and ephemerides in fleet/ of some of its objects, into a folder; returns the crowd.

    The first object flies all of the hour, the second from 600 to 2400 s and on from 2700 s, the third only after the
    hour; the fourth has a single state.
    """
    crowd = random_catalog(np.random.default_rng(11), number, "leo-shell")
    write_omm_csv(crowd, folder / "crowd.csv")
    (folder / "fleet").mkdir()
    paths = (
        [(-900.0, HOUR_S + 900.0)],
        [(600.0, 2400.0), (2700.0, HOUR_S + 900.0)],
        [(HOUR_S + 600.0, HOUR_S + 6000.0)],
    )
    for row, spans in enumerate(paths):
        text = oem_text([Piece(crowd[[row]], begin, end) for begin, end in spans], name=f"SAT {row}")
        (folder / "fleet" / f"{row}.oem").write_text(text, encoding="utf-8")
    (folder / "fleet" / "3.opm").write_text(opm_text(crowd[[3]]), encoding="utf-8")
    return crowd


def fleet_toml(more: str = 'mode = "all-vs-all"') -> str:
    """The scenario of that folder: an hour of everything with everything, or with `more` of [screening]."""
    return f"""\
title = "An hour of a fleet"

[span]
start = {utc_text(START_JD, START_FRACTION)}
duration_days = {HOUR_S / 86400.0!r}

[catalog]
sources = [{{ file = "crowd.csv" }}, {{ ephemerides = ["fleet/*.oem", "fleet/3.opm"] }}]

[screening]
volumes = [{{ name = "ball", sphere_km = 120.0 }}]
{more}

[output]
plots = false
report = false
"""
