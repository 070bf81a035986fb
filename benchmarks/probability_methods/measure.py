"""Measure how exact and how fast the methods of collision probability are; write CSVs and a picture.

    python -m benchmarks.probability_methods.measure [--encounters 300]

About fifteen minutes on one core, mostly for the 25-digit reference.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib

from benchmarks.common import add_output, output_folder
from debrissim.core.arrays import Array

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import dblquad, quad
from scipy.special import erf

from debrissim.probability import batch
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.collision import collision_probability
from debrissim.probability.encounter_plane import EncounterPlane, plane_from_components
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.registry import plane_methods

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))
from support.disc_oracle import disc_probability  # noqa: E402

REPEATS = 7
TIMED_ROWS = 3000
MILLION = 1_000_000
MIN_PROBABILITY = 1e-12  # smaller ones do not matter
EXACT = {name for name, method in plane_methods().items() if method.is_exact}
INK, BLUE, ORANGE, GREY = "#222222", "#0072B2", "#D55E00", "#666666"  # Okabe and Ito
NAMES = list(plane_methods())
MARKS = dict(zip([*NAMES, "scipy quad", "scipy dblquad"], "*osD^vPXpdh<>", strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encounters", type=int, default=300)
    parser.add_argument("--only", choices=["methods", "million", "picture"])
    add_output(parser)
    options = parser.parse_args()
    sets = {"ordinary": ordinary, "hard": hard}
    if options.only in (None, "methods"):
        write("methods.csv", compared(sets, options.encounters))
    if options.only in (None, "million"):
        write("million.csv", million(sets))
    measured = output_folder(HERE) / "methods.csv"
    with (measured if measured.is_file() else HERE / "methods.csv").open(encoding="utf-8") as file:
        plot_picture(list(csv.DictReader(file)))


def compared(
    sets: dict[str, Callable[[int, int], tuple[EncounterPlane, Array]]], count: int
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for label, draw in sets.items():
        plane, radius = likely(draw, count)
        exact = reference(plane, radius)
        timed = likely(draw, TIMED_ROWS)
        rows += [measured(label, name, plane_methods()[name], plane, radius, exact, timed) for name in NAMES]
        rows.append(peer(label, "scipy quad", one_dimension, plane, radius, exact))
        rows.append(peer(label, "scipy dblquad", two_dimensions, plane, radius, exact, most=60))
    return rows


def ordinary(count: int, seed: int) -> tuple[EncounterPlane, Array]:
    """Encounters as in catalogues: minor sigma 10 m to 2 km, ratio to 30, bodies of 1 to 100 m, miss to 6 sigma."""
    rng = np.random.default_rng(seed)
    minor = 10.0 ** rng.uniform(-2.0, 0.3, count)
    major = minor * 10.0 ** rng.uniform(0.0, 1.5, count)
    distance, angle = 6.0 * np.sqrt(rng.uniform(size=count)), rng.uniform(0.0, 2.0 * np.pi, count)
    plane = plane_of(distance * np.cos(angle) * major, distance * np.sin(angle) * minor, major, minor)
    return plane, 10.0 ** rng.uniform(-3.0, -1.0, count)


def hard(count: int, seed: int) -> tuple[EncounterPlane, Array]:
    """Axis ratios 1 to 1e6, bodies of 1e-6 to 1e3 of either sigma, misses of centre or edge to 40 sigma."""
    rng = np.random.default_rng(seed)
    ratio = 10.0 ** rng.uniform(0.0, 6.0, count)
    radius = 10.0 ** rng.uniform(-6.0, 3.0, count) * np.where(rng.uniform(size=count) < 0.5, 1.0, ratio)
    offset = 40.0 * rng.uniform(size=count) * rng.uniform(size=count) ** 2
    angle = rng.uniform(0.0, np.pi / 2.0, count)
    edge = np.where(rng.uniform(size=count) < 0.3, radius, 0.0)
    return plane_of(
        (offset * ratio + edge) * np.cos(angle), (offset + edge) * np.sin(angle), ratio, 1.0
    ), radius


def plane_of(u: Array, v: Array, major: Array, minor: Array | float) -> EncounterPlane:
    covariance = np.zeros((u.size, 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = np.square(major), np.square(minor)
    return plane_from_components(np.stack([u, v], axis=-1), covariance)


def likely(
    draw: Callable[[int, int], tuple[EncounterPlane, Array]], count: int
) -> tuple[EncounterPlane, Array]:
    """The first `count` sampled encounters whose probability is above `MIN_PROBABILITY`."""
    plane, radius = draw(4 * count + 100, 2024)
    rows = np.flatnonzero(foster(plane, radius) > MIN_PROBABILITY)[:count]
    return plane[rows], radius[rows]


def reference(plane: EncounterPlane, radius: Array) -> Array:
    """The disc integral in 25-digit arithmetic, along the other axis from the default method."""
    inputs = np.column_stack([plane.miss_principal_km, plane.sigma_major_km, plane.sigma_minor_km, radius])
    return np.array([disc_probability(*row) for row in inputs.tolist()])


def one_dimension(u: float, v: float, a: float, b: float, r: float) -> float:
    """Probability by strips along the minor axis (error function) and adaptive quadrature along the major one."""

    def integrand(x: float) -> float:
        half = np.sqrt(max(0.0, r * r - x * x))
        strip = erf((v + half) / (b * np.sqrt(2.0))) - erf((v - half) / (b * np.sqrt(2.0)))
        return float(strip * np.exp(-0.5 * ((u + x) / a) ** 2))

    return float(quad(integrand, -r, r, epsabs=0.0, epsrel=1e-10, limit=200)[0] / (a * np.sqrt(8.0 * np.pi)))


def two_dimensions(u: float, v: float, a: float, b: float, r: float) -> float:
    """Probability by adaptive quadrature of the density over the disc."""

    def density(y: float, x: float) -> float:
        return float(np.exp(-0.5 * (((u + x) / a) ** 2 + ((v + y) / b) ** 2)))

    def edge(x: float) -> float:
        return float(np.sqrt(max(0.0, r * r - x * x)))

    value, _ = dblquad(density, -r, r, lambda x: -edge(x), edge, epsabs=0.0, epsrel=1e-8)
    return float(value / (2.0 * np.pi * a * b))


def measured(
    label: str,
    name: str,
    method: Callable[[EncounterPlane, Array], Array],
    plane: EncounterPlane,
    radius: Array,
    exact: Array,
    timed: tuple[EncounterPlane, Array],
) -> dict[str, object]:
    found = method(plane, radius)
    spent = []
    for _ in range(REPEATS):
        start = time.thread_time()
        method(*timed)
        spent.append(time.thread_time() - start)
    return row(label, name, found, exact, 1e6 * float(np.median(spent)) / len(timed[0]))


def peer(
    label: str,
    name: str,
    method: Callable[..., float],
    plane: EncounterPlane,
    radius: Array,
    exact: Array,
    most: int | None = None,
) -> dict[str, object]:
    """Measure a function of one encounter, over the first `most`."""
    inputs = np.column_stack([plane.miss_principal_km, plane.sigma_major_km, plane.sigma_minor_km, radius])[
        :most
    ]
    found, spent = np.empty(len(inputs)), np.empty(len(inputs))
    with np.errstate(all="ignore"):
        for k, values in enumerate(inputs.tolist()):
            start = time.thread_time()
            found[k] = method(*values)
            spent[k] = time.thread_time() - start
    return row(label, name, found, exact[:most], 1e6 * float(np.median(spent)))


def row(label: str, name: str, found: Array, exact: Array, microseconds: float) -> dict[str, object]:
    error = np.abs(found / exact - 1.0)
    return {
        "encounters": label,
        "method": name,
        "count": exact.size,
        "microseconds_each": f"{microseconds:.3g}",
        "median_relative_error": f"{np.median(error):.2g}",
        "p99_relative_error": f"{np.quantile(error, 0.99):.2g}",
        "worst_relative_error": f"{error.max():.2g}",
        "share_within_1e-9": f"{np.mean(error < 1e-9):.3f}",
        "share_within_1_percent": f"{np.mean(error < 0.01):.3f}",
    }


def million(sets: dict[str, Callable[[int, int], tuple[EncounterPlane, Array]]]) -> list[dict[str, object]]:
    """Measure a million encounters (a tenth for the maximum), on one thread and on all.

    Wall time, and processor time, which other load on the machine does not affect.
    """
    rows = []
    processors = batch._processors
    for label, draw in sets.items():
        plane, radius = draw(MILLION, 7)
        few = plane[np.arange(MILLION // 10)], radius[: MILLION // 10]
        for threads in (1, processors()):
            batch._processors = lambda n=threads: n
            for name, work, inputs in (
                ("foster", foster, (plane, radius)),
                ("maximum over scale", maximum_probability, few),
            ):
                rows.append({"encounters": label, "count": len(inputs[0]), "work": name, "threads": threads,
                             **clocks(work, *inputs)})  # fmt: skip
    batch._processors = processors
    rng = np.random.default_rng(8)
    root = rng.normal(size=(MILLION, 3, 3)) * [0.2, 2.0, 0.2]
    half = 0.5 * np.swapaxes(root, 1, 2) @ root
    position, velocity = rng.normal(size=(MILLION, 3)), 7.0 * rng.normal(size=(MILLION, 3))
    spent = clocks(collision_probability, position, velocity, half, half, 20.0)
    work = "collision_probability: plane, foster, maximum, flags"
    return [
        *rows,
        {"encounters": "from states", "count": MILLION, "work": work, "threads": processors(), **spent},
    ]


def clocks(work: Callable[..., object], *inputs: object) -> dict[str, str]:
    wall, processor = time.perf_counter(), time.process_time()
    work(*inputs)
    return {
        "wall_seconds": f"{time.perf_counter() - wall:.2f}",
        "processor_seconds": f"{time.process_time() - processor:.2f}",
    }


def write(name: str, rows: list[dict[str, object]]) -> None:
    with (output_folder(HERE) / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def plot_picture(rows: list[dict[str, str]]) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(11.0, 5.6), sharey=True, layout="constrained")
    titles = {
        "ordinary": "ordinary encounters",
        "hard": "hard encounters (large bodies, thin ellipses, far misses)",
    }
    for ax, (label, title) in zip(axes, titles.items(), strict=True):
        for entry in (r for r in rows if r["encounters"] == label):
            name = entry["method"]
            colour = GREY if name.startswith("scipy") else BLUE if name in EXACT else ORANGE
            x = float(entry["microseconds_each"])
            low, high = (
                max(float(str(entry[k])), 1e-16) for k in ("median_relative_error", "p99_relative_error")
            )
            ax.plot([x, x], [low, min(high, 30.0)], color=colour, lw=0.9, alpha=0.6)
            ax.plot(
                x,
                low,
                MARKS[name],
                color=colour,
                ms=11 if name == "foster" else 7,
                label=name,
                mec="white",
                mew=0.6,
            )
        ax.set(xscale="log", yscale="log", xlim=(0.02, 1e6), ylim=(3e-17, 50.0), title=title)
        ax.set_xlabel("time per encounter, one thread (microseconds)")
        ax.axhline(1e-9, color=INK, lw=0.7, ls=":")
        ax.grid(color="#E2E2E2", lw=0.6)
        ax.set_axisbelow(True)
    axes[0].set_ylabel("relative error: mark at the median, line up to the 99th percentile")
    axes[0].annotate("1e-9", (3e5, 1.4e-9), fontsize=8, color=INK)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, fontsize=8.5, frameon=False)
    figure.suptitle(
        "Collision probability: error against time (blue: converge to the integral; orange: approximate it)"
    )
    figure.savefig(output_folder(HERE) / "error_against_time.png", dpi=140)


if __name__ == "__main__":
    main()
