"""Pc, miss distance and TCA of encounters over successive catalogues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.numbers import count, level_of
from debrissim.core.numbers import probability as probability_text
from debrissim.report import style
from debrissim.report.figures.registry import figure
from debrissim.report.figures.timeline import PROBABILITY_FLOOR

MAX_TRACKS = 6
_NAME_LENGTH = 36
# Distinct in hue and mark, and without the alert colours.
_LOOKS = (
    (style.BLUE, "o"),
    (style.GREEN, "^"),
    (style.PURPLE, "s"),
    (style.SKY, "D"),
    (style.INK, "v"),
    (style.FAINT, "P"),
)


@dataclass(frozen=True, eq=False)
class EvolutionData:
    """One row per encounter and catalogue, m of them; NaN where there is no number.

    track: number of the encounter, 0 the first; names: of each row's encounter; days_to_tca: from the epoch of the
    catalogue; tca_shift_s: against the newest catalogue; diluted; inside: in a screening volume there.
    """

    title: str
    catalog_label: str
    covariance_label: str
    synthetic: bool
    yellow: float
    red: float
    track: NDArray[np.int64]
    names: tuple[str, ...]
    days_to_tca: Array
    miss_distance_km: Array
    miss_sigma_km: Array
    tca_shift_s: Array
    probability: Array
    diluted: NDArray[np.bool_]
    inside: NDArray[np.bool_]


@figure(
    "evolution",
    order=10,
    views=(EvolutionData,),
    caption="Probability, miss and time of closest approach of the most probable encounters, catalogue by "
    "catalogue; hollow: in the dilution region.",
)
def evolution(data: EvolutionData) -> Figure:
    """Three panels above each other, time running to the right towards TCA; only the first encounters."""
    shown = min(MAX_TRACKS, len(np.unique(data.track)))
    page = style.new_figure(
        finding(data),
        footer=(data.title, f"catalogues: {data.catalog_label}", f"covariance: {data.covariance_label}"),
        synthetic=data.synthetic,
    )
    if shown == 0:
        ax = page.add_axes((0.05, 0.1, 0.9, 0.785))
        ax.set_axis_off()
        style.empty_note(ax, "no close approach with any of these catalogues")
        return page
    grid = page.add_gridspec(
        3, 1, left=0.09, right=0.91, bottom=0.3, top=0.88, hspace=0.14, height_ratios=(2.0, 1.4, 1.2)
    )
    panels = [page.add_subplot(grid[row, 0]) for row in range(3)]
    plot_probability(panels[0], data)
    plot_miss(panels[1], data)
    plot_shift(panels[2], data)
    days = data.days_to_tca[np.isfinite(data.days_to_tca) & (data.track < MAX_TRACKS)]
    margin = 0.03 * max(float(np.ptp(days)), 0.5)
    for ax in panels:
        ax.set_xlim(float(days.max()) + margin, min(float(days.min()), 0.0) - margin)
        if days.min() < 0.0:
            ax.axvline(0.0, color=style.FAINT, lw=0.8, zorder=1)
        ax.yaxis.set_label_coords(-0.065, 0.5)
        ax.tick_params(labelbottom=ax is panels[-1])
    panels[-1].set_xlabel("catalogue epoch, days before TCA")
    style.bottom_legend(page, _handles(data), columns=3)
    return page


def finding(data: EvolutionData) -> str:
    """The course of Pc of the first encounter, from its first catalogue to its last."""
    rows = np.flatnonzero((data.track == data.track.min(initial=0)) & np.isfinite(data.probability))
    rows = rows[np.argsort(-data.days_to_tca[rows], kind="stable")]
    if not len(rows):
        return "No Pc with any of the catalogues"
    name = style.shorten(style.printable(data.names[int(rows[0])]), _NAME_LENGTH)
    last = float(data.probability[rows[-1]])
    level = level_of(last, data.yellow, data.red)
    words = f"{probability_text(last)}{f', {level}' if level else ''}"
    if len(rows) == 1:
        return f"{name}: Pc {words}"
    first = probability_text(float(data.probability[rows[0]]))
    return f"{name}: Pc from {first} to {words}, over {count(len(rows), 'catalogue')}"


def plot_probability(ax: Axes, data: EvolutionData) -> Axes:
    """Pc, hollow in the dilution region; values below the floor are shown on it."""
    floor = min(PROBABILITY_FLOOR, data.yellow / 100.0)
    shown = np.where(np.isfinite(data.probability), np.maximum(data.probability, floor), np.nan)
    highest = max([10.0 * data.red, *(3.0 * shown[np.isfinite(shown)])])
    style.log_axis(ax, floor / 3.0, min(highest, 1.5), style.format_probability)
    style.plot_thresholds(ax, data.yellow, data.red, flat=True)
    _plot(ax, data, shown)
    ax.set_ylabel("Pc")
    return ax


def plot_miss(ax: Axes, data: EvolutionData) -> Axes:
    """Miss distance with its modelled standard deviation as a bar."""
    for number, color, _ in _looks(data):
        rows = (data.track == number) & np.isfinite(data.miss_distance_km)
        low = np.maximum(data.miss_distance_km - data.miss_sigma_km, 0.0)
        ax.vlines(
            data.days_to_tca[rows],
            low[rows],
            (data.miss_distance_km + data.miss_sigma_km)[rows],
            color=color,
            lw=0.9,
            alpha=0.35,
            zorder=2,
        )
    _plot(ax, data, data.miss_distance_km)
    ax.set_ylim(bottom=0.0)
    ax.set_ylabel("miss (km)")
    return ax


def plot_shift(ax: Axes, data: EvolutionData) -> Axes:
    """TCA against that of the newest catalogue."""
    ax.axhline(0.0, color=style.FAINT, lw=0.8, zorder=1)
    _plot(ax, data, data.tca_shift_s)
    ax.set_ylabel("TCA shift (s)")
    return ax


def _plot(ax: Axes, data: EvolutionData, values: Array) -> None:
    for number, color, marker in _looks(data):
        rows = np.flatnonzero((data.track == number) & np.isfinite(values))
        rows = rows[np.argsort(-data.days_to_tca[rows])]
        ax.plot(data.days_to_tca[rows], values[rows], color=color, lw=1.1, alpha=0.8, zorder=3)
        for inside in (True, False):
            some = rows[data.inside[rows] == inside]
            face = np.where(data.diluted[some], "white", color).tolist()
            ax.scatter(
                data.days_to_tca[some],
                values[some],
                s=26 if inside else 11,
                marker=marker,
                c=face or None,
                edgecolors=color,
                linewidths=1.0,
                zorder=4,
            )


def _looks(data: EvolutionData) -> list[tuple[int, str, str]]:
    present = np.unique(data.track)[:MAX_TRACKS].tolist()
    return [(number, *_LOOKS[k]) for k, number in enumerate(present)]


def _handles(data: EvolutionData) -> list[Artist]:
    handles: list[Artist] = []
    for number, color, marker in _looks(data):
        name = data.names[int(np.flatnonzero(data.track == number)[0])]
        label = style.shorten(style.printable(name), _NAME_LENGTH)
        handles.append(Line2D([], [], color=color, marker=marker, ms=5, label=label))
    meanings = (("hollow: dilution region", 5, "white"), ("small: outside the volumes", 3, style.FAINT))
    handles += [
        Line2D([], [], ls="none", marker="o", mec=style.FAINT, mfc=face, ms=size, label=label)
        for label, size, face in meanings
    ]
    return handles
