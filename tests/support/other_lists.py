"""Lists of close approaches as another source would publish them, made by python-sgp4 alone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from sgp4.api import WGS72, Satrec
from support.catalogs import START_FRACTION, START_JD

from debrissim.catalog import Catalog
from debrissim.core.time import utc_text

HEADER = (
    "NORAD_CAT_ID_1", "OBJECT_NAME_1", "DSE_1", "NORAD_CAT_ID_2", "OBJECT_NAME_2", "DSE_2", "TCA", "TCA_RANGE",
    "TCA_RELATIVE_SPEED", "MAX_PROB", "DILUTION",
)  # fmt: skip


def run_toml(
    title: str,
    file: str,
    days: float,
    *,
    spacecraft: int | None = None,
    sphere_km: float = 3.0,
    more: str = "",
) -> str:
    """A scenario of tables alone from the start of `support.catalogs`, of one spacecraft or all against all.

    more: further tables.
    """
    against_all = "" if spacecraft is not None else 'mode = "all-vs-all"\n'
    primary = "" if spacecraft is None else f"[[primaries]]\nnorad_id = {spacecraft}\n"
    return f"""\
title = "{title}"

[span]
start = {utc_text(START_JD, START_FRACTION)}
duration_days = {days}

[[catalog.sources]]
file = "{file}"

[screening]
{against_all}volumes = [{{ name = "ball", sphere_km = {sphere_km} }}]

[output]
plots = false
report = false

{primary}{more}"""


@dataclass(frozen=True)
class Approach:
    """A closest approach: s after the start, km, km/s."""

    tca_s: float
    miss_km: float
    speed_km_s: float


def record_of(element_set: Catalog, *, constants: Any = WGS72, mode: str = "i") -> Satrec:
    """The record of the one row of a catalogue, by sgp4init alone."""
    record = Satrec()
    epoch = float(element_set.epoch_jd[0] - 2433281.5 + element_set.epoch_fraction[0])
    radians = [np.deg2rad(float(getattr(element_set, f"{name}_deg")[0])) for name in _ANGLES]
    record.sgp4init(
        constants, mode, 0, epoch, float(element_set.bstar[0]), 0.0, 0.0, float(element_set.eccentricity[0]),
        radians[0], radians[1], radians[2], float(element_set.mean_motion_rev_day[0]) * 2.0 * np.pi / 1440.0,
        radians[3],
    )  # fmt: skip
    record.jdsatepoch, record.jdsatepochF = (
        float(element_set.epoch_jd[0]),
        float(element_set.epoch_fraction[0]),
    )
    return record


_ANGLES = ("arg_perigee", "inclination", "mean_anomaly", "raan")


def approach(first: Satrec, second: Satrec, around_s: float, reach_s: float = 600.0) -> Approach:
    """The minimum of the distance within reach_s of a moment: sampled every second, then minimised."""

    def relative(t: float) -> tuple[np.ndarray, np.ndarray]:
        states = [r.sgp4(START_JD, START_FRACTION + t / 86400.0) for r in (first, second)]
        assert all(code == 0 for code, _, _ in states)
        (_, r1, v1), (_, r2, v2) = states
        return np.subtract(r2, r1), np.subtract(v2, v1)

    def distance(t: float) -> float:
        return float(np.linalg.norm(relative(t)[0]))

    times = around_s + np.arange(-reach_s, reach_s + 1.0)
    at = float(times[int(np.argmin([distance(t) for t in times.tolist()]))])
    best = minimize_scalar(distance, bounds=(at - 1.0, at + 1.0), method="bounded", options={"xatol": 1e-7})
    return Approach(float(best.x), float(best.fun), float(np.linalg.norm(relative(float(best.x))[1])))


def row(pair: tuple[Catalog, Catalog], found: Approach, max_probability: float = 1e-6) -> dict[str, str]:
    """A row of SOCRATES' list for two element sets, with the digits of the list."""
    cells: dict[str, str] = {}
    for k, one in enumerate(pair, start=1):
        age = (START_JD - float(one.epoch_jd[0])) + (START_FRACTION - float(one.epoch_fraction[0]))
        cells[f"NORAD_CAT_ID_{k}"] = str(int(one.norad_id[0]))
        cells[f"OBJECT_NAME_{k}"] = f"{one.name[0]} [+]"
        cells[f"DSE_{k}"] = f"{age + found.tca_s / 86400.0:.3f}"
    return cells | {
        "TCA": utc_text(START_JD, START_FRACTION, found.tca_s).replace("T", " ").removesuffix("Z"),
        "TCA_RANGE": f"{found.miss_km:.3f}",
        "TCA_RELATIVE_SPEED": f"{found.speed_km_s:.3f}",
        "MAX_PROB": f"{max_probability:.3E}",
        "DILUTION": f"{found.miss_km / np.sqrt(2.0):.3f}",
    }


def write_list(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """Write a list with the header that CelesTrak writes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADER, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
