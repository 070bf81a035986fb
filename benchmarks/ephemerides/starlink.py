"""Write the ephemerides of Starlink's satellites as Modified ITC files, computed by SGP4 from a catalogue.

Each has seven days at 60 s from noon on the day before the span, 10,081 states in EME2000, and with --covariances 21
numbers after every state. They are made up for measuring time and memory: what they state is SGP4.
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.common import say
from debrissim.catalog import Catalog, read_catalog
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.propagation.celestial import teme_to_eme2000
from debrissim.propagation.sgp4 import Propagator, make_propagator

STEP_S, DAYS = 60.0, 7
_START = datetime(2024, 11, 1, 12)
_START_JD, _START_FRACTION = 2460615.5, 0.5
_STATE = " %.10f %.10f %.10f %.10f %.10f %.10f\n"
# Sigmas of 1.2 m, 4.3 m and 1.6 m, and of mm/s; 21 numbers in three lines, as the public files have them.
_SIGMAS = (1.2e-3, 4.3e-3, 1.6e-3, 4.4e-6, 1.3e-6, 1.7e-6)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", type=Path, required=True, help="the catalogue of 2024-11-01")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--covariances", action="store_true")
    parsed = parser.parse_args()
    parsed.out.mkdir(parents=True, exist_ok=True)
    catalog = read_catalog(parsed.catalog).catalog
    rows = np.flatnonzero(np.char.startswith(catalog.name.astype(str), "STARLINK"))
    say(f"{rows.size} satellites in the catalogue")
    write(catalog, rows, parsed.count, parsed.out, covariances=parsed.covariances)


def _covariance() -> str:
    """Three lines of seven numbers: the lower triangle of a covariance with a few correlations."""
    numbers = [
        f"{_SIGMAS[i] * _SIGMAS[j] * (1.0 if i == j else 0.1 / (1 + i + j)):.10e}"
        for i in range(6)
        for j in range(i + 1)
    ]
    return "".join(" ".join(numbers[k : k + 7]) + "\n" for k in range(0, 21, 7))


def write(catalog: Catalog, rows: np.ndarray, count: int, folder: Path, *, covariances: bool) -> list[Path]:
    """Write the files of the first `count` satellites that SGP4 can follow; their paths."""
    times = np.arange(0.0, DAYS * SECONDS_PER_DAY + 1.0, STEP_S)
    days, fraction = np.divmod(_START_FRACTION + times / SECONDS_PER_DAY, 1.0)
    matrices = teme_to_eme2000(_START_JD + days, fraction)
    after = _covariance() if covariances else ""
    stamps = [f"{_START + timedelta(seconds=s):%Y%j%H%M%S}.000" for s in times.tolist()]
    states = "".join(stamp + _STATE + after for stamp in stamps)
    head = (
        f"created:2024-11-01 11:35:52 UTC\nephemeris_start:{_START} UTC ephemeris_stop:"
        f"{_START + timedelta(days=DAYS)} UTC step_size:60\nephemeris_source:blend\nUVW\n"
    )
    propagator: Propagator = make_propagator(catalog, _START_JD, _START_FRACTION)
    paths: list[Path] = []
    for row in rows.tolist():
        if len(paths) == count:
            break
        codes, positions, velocities = propagator.states([row], times)
        if codes.any():
            continue
        turned = np.einsum("kij,kaj->kai", matrices, np.stack([positions[0], velocities[0]], axis=1))
        path = folder / f"MEME_{int(catalog.norad_id[row])}_X{row}_3061200_Operational_1_UNCLASSIFIED.txt"
        path.write_text(head + states % tuple(turned.ravel().tolist()))
        paths.append(path)
    return paths


if __name__ == "__main__":
    main()
