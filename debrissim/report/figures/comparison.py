"""Misses of a source's events against those that a run has for them, by the cause of the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.numbers import count
from debrissim.report import style
from debrissim.report.figures.registry import figure, plot_figures
from debrissim.results.folder import read_summary
from debrissim.results.schema.comparison import MATCHED, MISSING
from debrissim.results.table import read_table

AGREES, SETS, OTHER, UNTESTED = (
    "the same",
    "different element set or orbit",
    "another cause",
    "not determined",
)
_LOOKS = {
    AGREES: (style.GREEN, "o"),
    SETS: (style.BLUE, "^"),
    OTHER: (style.PURPLE, "s"),
    UNTESTED: (style.FAINT, "x"),
}
_OF_SETS = ("element set", "orbit")
_LEAST_KM, _FARTHEST_KM = 1e-3, 100.0


@dataclass(frozen=True, eq=False)
class ComparisonData:
    """m events of another source whose miss can also be computed from the run's own data.

    label: of the source; reported_km, own_km: (m,) km; found: (m,) a row of the run; outcome: (m,) AGREES, SETS, OTHER
    or UNTESTED.
    """

    title: str
    label: str
    synthetic: bool
    reported_km: Array
    own_km: Array
    found: NDArray[np.bool_]
    outcome: NDArray[np.object_]


@figure(
    "misses_compared",
    order=10,
    views=(ComparisonData,),
    when=lambda data: bool(len(data.reported_km)),
    caption="Miss of each event in the other source against that of this run; on the diagonal both agree, "
    "hollow marks were not found by this run.",
)
def misses_compared(data: ComparisonData) -> Figure:
    """Both misses on equal logarithmic axes; hollow: not found by the run."""
    page = style.new_figure(
        _finding(data),
        footer=(
            data.title,
            "miss by the run's own element sets, computed for events that it does not have; at the upper edge: "
            f"{_FARTHEST_KM:g} km or more",
        ),
        synthetic=data.synthetic,
    )
    ax = page.add_axes((0.27, 0.23, 0.46, 0.64))
    both = np.concatenate([data.reported_km, data.own_km])
    low, high = (
        max(float(both.min()) / 1.5, _LEAST_KM),
        max(_FARTHEST_KM, 1.5 * float(data.reported_km.max())),
    )
    ax.plot([low, high], [low, high], color=style.FAINT, lw=0.8, zorder=1)
    crowded = len(data.reported_km) > style.CROWDED
    for outcome, (color, marker) in _LOOKS.items():
        for found in (True, False):
            rows = (data.outcome == outcome) & (data.found == found)
            ax.plot(
                np.clip(data.reported_km[rows], low, high),
                np.clip(data.own_km[rows], low, high),
                ls="none",
                marker=marker,
                ms=3 if crowded else 4.5,
                color=color,
                mfc=color if found else "none",
                mew=0.7,
                alpha=0.6 if crowded else 0.9,
                zorder=3,
                clip_on=False,
            )
    style.log_axis(ax, low, high, style.format_length_km, which="x")
    style.log_axis(ax, low, high, style.format_length_km)
    ax.set_aspect("equal")
    ax.set_xlabel(f"miss by {data.label}")
    ax.set_ylabel("miss in the run")
    style.bottom_legend(page, _handles(data), columns=5)
    return page


def _finding(data: ComparisonData) -> str:
    """The heading: how many agree, and how many others differ because of their element sets."""
    counts = {outcome: int((data.outcome == outcome).sum()) for outcome in _LOOKS}
    same, total = counts.pop(AGREES), len(data.reported_km)
    agree = f"{same:,} of {count(total, 'event')} of {data.label} agree with the run"
    if same == total or max(counts, key=counts.__getitem__) != SETS:
        return agree
    return f"{agree}; {counts[SETS]:,} differ by their element sets"


def draw_comparison(folder: Path) -> Mapping[str, Figure]:
    """The figures of the results folder of a comparison. Raises InputError if it is damaged."""
    summary = read_summary(folder)
    matched, missing = read_table(folder / MATCHED.file, MATCHED), read_table(folder / MISSING.file, MISSING)
    lacking = missing[(missing.missing_in == "results") & np.isfinite(missing.computed_miss_km)]
    outcomes = [
        _outcome(causes, tested)
        for table in (matched, lacking)
        for causes, tested in zip(table.causes.tolist(), table.tested.tolist(), strict=True)
    ]
    data = ComparisonData(
        title=str(summary["provenance"]["scenario"]["title"]),
        label=str(summary["answer"]["other"]["label"]),
        synthetic=bool(summary["synthetic"]),
        reported_km=np.concatenate([matched.other_miss_distance_km, lacking.miss_distance_km]),
        own_km=np.concatenate([matched.miss_distance_km, lacking.computed_miss_km]),
        found=np.arange(len(matched) + len(lacking)) < len(matched),
        outcome=np.array(outcomes, dtype=np.object_),
    )
    return plot_figures(data)


def _outcome(causes: str, tested: bool | None) -> str:
    if not causes:
        return AGREES
    if not tested:
        return UNTESTED
    return SETS if any(word in causes for word in _OF_SETS) else OTHER


def _handles(data: ComparisonData) -> list[Artist]:
    present = [outcome for outcome in _LOOKS if (data.outcome == outcome).any()]
    handles: list[Artist] = []
    for outcome in present:
        color, marker = _LOOKS[outcome]
        number = int((data.outcome == outcome).sum())
        handles.append(
            Line2D([], [], ls="none", color=color, marker=marker, ms=5, label=f"{outcome}: {number:,}")
        )
    if not data.found.all():
        handles.append(
            Line2D(
                [],
                [],
                ls="none",
                marker="o",
                mec=style.FAINT,
                mfc="none",
                ms=5,
                label="hollow: not in the run",
            )
        )
    return handles
