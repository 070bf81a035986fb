"""Scenarios whose objects fly ephemerides, and their files, made by SGP4 from an invented catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from support.catalogs import START_FRACTION, START_JD, random_catalog
from support.flights import Piece, states_of

from debrissim.catalog import Catalog, write_omm_csv
from debrissim.core.time import utc_text
from debrissim.propagation.mean_elements import mean_elements_from_states

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


_ELEMENTS = (
    "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg", "arg_perigee_deg", "mean_anomaly_deg",
)  # fmt: skip


def write_history(folder: Path, number: int = 60) -> None:
    """Write history.csv: pairs of objects of one shell, one with element sets of epochs within the hour, which jump."""
    rng = np.random.default_rng(23)
    crowd = random_catalog(rng, number, "leo-shell")
    # The other half flies close by.
    beside = np.arange(number) - np.arange(number) % 2
    columns = {name: getattr(crowd, name)[beside] for name in (*_ELEMENTS, "bstar")}
    columns["mean_anomaly_deg"] = columns["mean_anomaly_deg"] + (np.arange(number) % 2) * rng.normal(
        0.0, 0.3, number
    )
    crowd = crowd.with_columns(**columns)
    sets = [crowd]
    for row in range(0, number, 2):
        for moment in np.sort(rng.uniform(300.0, HOUR_S - 300.0, 12)).tolist():
            (position,), (velocity,) = states_of(crowd[[row]], np.array([moment]))
            fraction = START_FRACTION + moment / 86400.0
            moved = mean_elements_from_states(
                (position + rng.normal(0.0, 8.0, 3))[None],
                (velocity + rng.normal(0.0, 0.005, 3))[None],
                [START_JD],
                [fraction],
            )
            sets.append(
                crowd[[row]].with_columns(
                    **{name: getattr(moved, name) for name in _ELEMENTS},
                    epoch_jd=np.array([START_JD]), epoch_fraction=np.array([fraction]),
                )
            )  # fmt: skip
    write_omm_csv(Catalog.concat(sets), folder / "history.csv")


def history_toml() -> str:
    """The scenario of history.csv with segments of element sets."""
    sources = '[{ file = "crowd.csv" }, { ephemerides = ["fleet/*.oem", "fleet/3.opm"] }]'
    text = fleet_toml().replace(sources, '[{ file = "history.csv" }]\npolicy = "segments"')
    return text.replace("sphere_km = 120.0", "sphere_km = 300.0") + "\n[colocation]\nexclude = false\n"
