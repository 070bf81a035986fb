"""How often do differences of element sets lie within their stated sigmas? Writes coverage.csv and pit.png here.

    python -m benchmarks.covariance_calibration.fit        # the coefficients, into the package
    python -m benchmarks.covariance_calibration.measure    # the table and the picture

Needs the shared SOCRATES events (DEBRISSIM_SHARED, by default ../shared next to the repository). A minute each.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.common import output_folder
from benchmarks.covariance_calibration.pairs import HERE, is_test_object, load_pairs, older_sets
from debrissim.catalog import Catalog
from debrissim.report import style
from debrissim.uncertainty.aged_element_sets import Behaviour
from debrissim.uncertainty.coverage import MULTIPLES, StandardisedDifferences, standardise
from debrissim.uncertainty.element_differences import OrbitDifferences
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, PUBLISHED_MODEL, get_covariance_model

PERIGEES_KM = (200, 400, 500, 600, 800, 1000, 3000)
AGES_DAYS = (0.3, 0.7, 1.5, 2.5, 4.0, 6.0, 8.0)
MIN_PAIRS = 40
COLUMNS = [
    "model", "half", "objects", "perigee_km", "age_days", "place", "pairs",
    *(f"{axis}_{k:g}_sigma" for axis in ("r", "t", "n", "mahalanobis") for k in MULTIPLES),
]  # fmt: skip


def groups(catalog: Catalog, pairs: OrbitDifferences) -> Iterator[tuple[str, str, str, NDArray[np.bool_]]]:
    """(objects, perigee, age, rows) of every regime and age; "all" comes first."""
    sets = older_sets(catalog, pairs)
    classes = {"all": np.ones(len(pairs), dtype=np.bool_)}
    classes["all but thrusting"] = sets.behaviour != Behaviour.THRUSTING
    classes |= {b.label: sets.behaviour == b for b in Behaviour}
    for name, of_class in classes.items():
        for low, high in pairwise(PERIGEES_KM):
            of_perigee = of_class & (sets.perigee_altitude_km >= low) & (sets.perigee_altitude_km < high)
            for young, old in pairwise(AGES_DAYS):
                rows = of_perigee & (pairs.age_days >= young) & (pairs.age_days < old)
                yield name, f"{low}-{high}", f"{young:g}-{old:g}", rows


def table_rows(
    name: str, scores: StandardisedDifferences, catalog: Catalog, pairs: OrbitDifferences
) -> list[list[object]]:
    """Rows of coverage.csv for one model, in percent."""
    test = is_test_object(catalog.norad_id[pairs.older])
    out: list[list[object]] = []
    for objects, perigee, age, rows in groups(catalog, pairs):
        for half, chosen in (("fit", rows & ~test), ("test", rows & test)):
            if chosen.sum() < MIN_PAIRS:
                continue
            for place, at_epoch in (("epoch", True), ("revolution", False)):
                percent = [f"{100.0 * x:.1f}" for x in scores.coverage(chosen, at_epoch=at_epoch).ravel()]
                out.append([name, half, objects, perigee, age, place, int(chosen.sum()), *percent])
    return out


def plot_pit(ax: Axes, values: dict[str, NDArray[np.float64]], title: str) -> Axes:
    """Histograms of PIT values; level: a right model; a peak at 0: errors too large, at 1: too small."""
    edges = np.linspace(0.0, 1.0, 11)
    for (label, pit), color in zip(values.items(), (style.PURPLE, style.BLUE), strict=True):
        counts, _ = np.histogram(pit, edges)
        ax.stairs(counts / counts.mean(), edges, color=color, lw=1.6, label=label)
    ax.axhline(1.0, color=style.FAINT, lw=0.8, ls="--")
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(bottom=0.0)
    ax.set_title(title)
    return ax


def plot(models: dict[str, StandardisedDifferences], catalog: Catalog, pairs: OrbitDifferences) -> Figure:
    """PIT of the half for testing: passive objects by age, and payloads."""
    test = is_test_object(catalog.norad_id[pairs.older])
    sets = older_sets(catalog, pairs)
    passive = sets.behaviour == Behaviour.PASSIVE
    panels = [
        (
            f"passive objects, {young:g} to {old:g} days",
            test & passive & (pairs.age_days >= young) & (pairs.age_days < old),
        )
        for young, old in ((0.3, 1.5), (1.5, 4.0), (4.0, 8.0))
    ]
    kept = np.isin(sets.behaviour, (Behaviour.PAYLOAD, Behaviour.YOUNG_PAYLOAD))
    panels.append(("payloads, 0.3 to 8 days", test & kept & (pairs.age_days >= 0.3) & (pairs.age_days < 8.0)))
    figure = Figure(figsize=(9.0, 6.4), layout="constrained")
    FigureCanvasAgg(figure)
    for ax, (title, rows) in zip(figure.subplots(2, 2, sharex=True).ravel(), panels, strict=True):
        plot_pit(
            ax,
            {
                name: StandardisedDifferences(s.rtn[rows], s.distance[rows]).pit()
                for name, s in models.items()
            },
            f"{title} ({int(rows.sum()):,} pairs)",
        )
    axes = figure.get_axes()
    axes[0].legend(frameon=False)
    for ax in axes[2:]:
        ax.set_xlabel("probability integral transform of the Mahalanobis distance")
    for ax in axes[::2]:
        ax.set_ylabel("pairs, uniform = 1")
    return figure


def main() -> None:
    """Measure and write."""
    catalog, pairs = load_pairs()
    models = {
        name: standardise(get_covariance_model(name), catalog, pairs)
        for name in (PUBLISHED_MODEL, DEFAULT_MODEL)
    }
    with (output_folder(HERE) / "coverage.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, scores in models.items():
            writer.writerows(table_rows(name, scores, catalog, pairs))
    with style.house_style():
        plot(models, catalog, pairs).savefig(output_folder(HERE) / "pit.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
