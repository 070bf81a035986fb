"""How many more approaches enter a screening volume than are inside it at their closest approach?

    python -m benchmarks.entries_and_tca.measure

Needs the shared messages and catalogues (DEBRISSIM_SHARED, by default ../shared next to the repository). A minute.

Of straight passages with one relative velocity, anywhere around the primary, those that enter a volume cover its
projection along the velocity; those that are inside at the closest approach cover its section at right angles to it
through the primary. The ratio of the two areas is computed for the relative velocities of operational conjunction data
messages, and counted by screening real catalogues, where paths are curved. Writes messages.csv, counts.csv and
factors.png here.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.common import output_folder, say
from debrissim.catalog import catalog_epoch, read_catalog
from debrissim.cdm import read_cdm
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.report import style
from debrissim.screening.screen import screen
from debrissim.screening.volumes import PRESETS, ScreeningVolume

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or HERE.parents[2] / "shared")
CATALOGUES = ("2022-01-22_spacetrack.3le.xz", "2024-11-01_celestrak_omm.csv.xz")
BOXES = [volume for volume in PRESETS.values() if volume.shape == "box"]
STATION, DAYS = 25544, 7.0
_ANGLES = np.linspace(0.0, 2.0 * np.pi, 400_001)[:-1]


def projection_km2(volume: ScreeningVolume, velocity: Array) -> float:
    """Area of a box seen along a velocity (3,)."""
    r, t, n = volume.half_widths_km
    direction = np.abs(velocity) / np.linalg.norm(velocity)
    return float(4.0 * direction @ np.array([t * n, r * n, r * t]))


def section_km2(volume: ScreeningVolume, velocity: Array) -> float:
    """Area of the section of a box through its centre, at right angles to a velocity (3,)."""
    direction = velocity / np.linalg.norm(velocity)
    first = np.cross(direction, np.eye(3)[np.argmin(np.abs(direction))])
    first /= np.linalg.norm(first)
    rays = np.cos(_ANGLES)[:, None] * first + np.sin(_ANGLES)[:, None] * np.cross(direction, first)
    radius = 1.0 / (np.abs(rays) / np.array(volume.half_widths_km)).max(axis=1)
    return float(np.pi * np.mean(radius**2))


def message_velocities() -> dict[str, Array]:
    """Relative velocities in RTN, km/s, of the operational messages, by file."""
    found = {}
    for path in sorted((SHARED / "data/cdm/cara").glob("*_conj_*.cdm")):
        (conjunction,) = read_cdm(path)
        found[path.stem] = conjunction.relative_state_rtn[3:]
    return found


def plot(velocities: dict[str, Array], factors: Array) -> None:
    """The factor of each message and box over the part of the velocity along the radial."""
    climb = [abs(v[0]) / np.linalg.norm(v) for v in velocities.values()]
    with style.house_style():
        page = Figure(figsize=(7.0, 4.2))
        FigureCanvasAgg(page)
        ax = page.add_axes((0.1, 0.14, 0.88, 0.76))
        for box, column, marker in zip(BOXES, factors.T, "os^Dv<>", strict=True):
            ax.plot(climb, column, marker=marker, ls="none", ms=4.5, label=box.name)
        ax.set(xscale="log", yscale="log", xlabel="radial part of the relative velocity", ylabel="factor")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.set_title("Entries per approach that is inside at its closest point")
        ax.legend(fontsize=7.5)
        page.savefig(output_folder(HERE) / "factors.png", dpi=150)


def main() -> None:
    """Write both tables and say the medians."""
    velocities = message_velocities()
    with (output_folder(HERE) / "messages.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["message", "relative_speed_km_s", *(box.name for box in BOXES)])
        factors = []
        for name, velocity in velocities.items():
            row = [projection_km2(box, velocity) / section_km2(box, velocity) for box in BOXES]
            factors.append(row)
            writer.writerow([name, f"{np.linalg.norm(velocity):.4f}", *(f"{factor:.4f}" for factor in row)])
    plot(velocities, np.array(factors))
    for box, median in zip(BOXES, np.median(factors, axis=0), strict=True):
        say(f"{box.name}: median factor {median:.2f} of {len(factors)} messages")
    with (output_folder(HERE) / "counts.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["catalogue", "primary", "volume", "inside_at_tca", "inside_at_any_moment", "factor"])
        for name in CATALOGUES:
            catalog = read_catalog(SHARED / "data/catalogues" / name).catalog
            rows = np.flatnonzero(catalog.norad_id == STATION)
            for volume in PRESETS.values():
                found = screen(
                    catalog, rows, *catalog_epoch(catalog), DAYS * SECONDS_PER_DAY, [volume]
                ).encounters
                at_tca = int(found.inside_at_tca.sum())
                factor = len(found) / at_tca if at_tca else float("nan")
                writer.writerow([name, STATION, volume.name, at_tca, len(found), f"{factor:.2f}"])
                say(f"{name} {volume.name}: {len(found)} enter, {at_tca} are inside at TCA")


if __name__ == "__main__":
    main()
