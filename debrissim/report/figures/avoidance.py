"""The trade space of an avoidance study: Pc and miss by the time and the size of the burn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.numbers import one_in
from debrissim.core.numbers import probability as probability_text
from debrissim.report import style
from debrissim.report.avoidance_view import CERTIFIED, AvoidanceData, read_avoidance
from debrissim.report.figures.registry import figure, plot_figures
from debrissim.results.table import Table

DIRECTIONS = ("along-track", "radial", "normal", "free")
_UPWARD = {
    "along-track": "against / along velocity",
    "radial": "inward / outward",
    "normal": "against / along normal",
    "free": "best direction",
}
_VERDICTS = {
    "green": (style.GREEN, "o", CERTIFIED),
    "worse": (style.INK, "X", "another encounter above the goal"),
    "event remains": (style.PURPLE, "v", "the encounter remains"),
    "not examined": (style.FAINT, "s", "not examined"),
}
_LEAST_PC = 1e-10
_MISSES_KM = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
# The part of the size axis between the smallest sizes of both signs, in decades.
_MIDDLE = 0.35
# Free room around candidates beyond the cells, in decades.
_MARGIN = 0.12
_RESOLVED = 0.26
# Along the velocity the effect grows with time; variations within each revolution are small in comparison.
_STEADY = ("along-track", "free")
_MOST_LABELS = 16


def draw_avoidance(folder: Path) -> Mapping[str, Figure]:
    """The figures of the results folder of an avoidance study. Raises InputError if it is damaged."""
    return plot_figures(read_avoidance(folder))


@figure(
    "trade_space",
    order=10,
    views=(AvoidanceData,),
    when=lambda data: bool(len(data.cells)),
    caption="Collision probability (colour) and miss (white lines) by the time and the size of the burn. Grey: no "
    "trajectory, "
    "or no burn was tried. Lines end where burns are too far apart in time to resolve each revolution. "
    "Certified: screened again, and nothing above the goal is new or more probable than without a burn; white "
    "ring: the burn of the answer.",
)
def trade_space(data: AvoidanceData) -> Figure:
    """Pc and miss by the time and the size of the burn, one panel per direction."""
    present = [name for name in DIRECTIONS if (data.cells.direction == name).any()]
    height = 2.1 + 1.75 * len(present)
    page = style.new_figure(
        data.finding, footer=data.footer, synthetic=False, size_in=(style.FIGURE_SIZE_IN[0], height)
    )
    top, bottom = 1.0 - 1.02 / height, 1.15 / height
    finite = data.cells.collision_probability[np.isfinite(data.cells.collision_probability)]
    high = max(float(finite.max(initial=0.0)), 10.0 * data.goal, 10.0 * _LEAST_PC)
    norm = LogNorm(_LEAST_PC, min(high, 1.0), clip=True)
    grid = page.add_gridspec(len(present), 1, left=0.12, right=0.85, bottom=bottom, top=top, hspace=0.12)
    axes: list[Axes] = []
    for k, name in enumerate(present):
        ax = page.add_subplot(grid[k], sharex=axes[0] if axes else None)
        _plot_direction(ax, data, name, norm)
        ax.tick_params(labelbottom=k == len(present) - 1)
        axes.append(ax)
    axes[-1].set_xlabel("start of the burn before the closest approach (hours)")
    add_revolutions(axes[0], data.cells)
    bar_axes = page.add_axes((0.875, bottom, 0.018, top - bottom))
    bar = page.colorbar(ScalarMappable(norm, "cividis"), cax=bar_axes)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: probability_text(value)))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.axhline(data.goal, color="white", lw=2.6)
    bar.ax.axhline(data.goal, color=style.RED_ALERT, lw=1.4)
    bar.set_label("Pc")
    page.legend(
        handles=_trade_handles(data),
        loc="lower center",
        bbox_to_anchor=(0.5, 0.28 / height),
        ncols=3,
        fontsize=7.5,
    )
    return page


def _plot_direction(ax: Axes, data: AvoidanceData, name: str, norm: LogNorm) -> None:
    cells = data.cells[data.cells.direction == name]
    (hours, column), (sizes, line) = levels_of(cells.before_tca_hours), levels_of(cells.delta_v_m_s)
    smallest = float(np.abs(sizes[sizes != 0.0]).min(initial=np.inf))
    to_axis = _axis_of_sizes(smallest if np.isfinite(smallest) else 1.0)

    def on_grid(values: Array) -> Array:
        out = np.full((sizes.size, hours.size), np.nan)
        out[line, column] = values
        return out

    place = to_axis(sizes)
    pc = on_grid(np.maximum(cells.collision_probability, _LEAST_PC))
    ax.set_facecolor("#D9D9D9")
    ax.pcolormesh(
        _edges(hours), _edges(place), np.ma.masked_invalid(pc), norm=norm, cmap="cividis", rasterized=True
    )
    revolution_h = _revolution_hours(cells)
    # Between times further apart than that, effects that return once per revolution are not resolved.
    resolved = np.inf if name in _STEADY else _RESOLVED * revolution_h
    for part in _runs(hours, resolved):
        if part.stop - part.start > 1 and sizes.size > 1:
            grids = (pc, on_grid(cells.miss_distance_km), on_grid(cells.diluted * 1.0))
            _plot_contours(ax, data, hours[part], place, *(values[:, part] for values in grids))
    ticks = _size_ticks(sizes)
    ax.yaxis.set_major_locator(FixedLocator(to_axis(ticks).tolist()))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda _value, k: f"{ticks[k or 0]:+g}"))
    ax.set_xlim(float(_edges(hours)[-1]), min(float(_edges(hours)[0]), 0.0))
    screened = to_axis(data.candidates.delta_v_m_s[data.candidates.direction == name])
    reach = np.concatenate([_edges(place), screened - _MARGIN, screened + _MARGIN])
    ax.set_ylim(float(reach.min()), float(reach.max()))
    _plot_candidates(ax, data, name, to_axis)
    ax.set_ylabel(f"{name}\n{_UPWARD[name]}\n(m/s)", fontsize=7.5)
    ax.grid(visible=False)


def _plot_contours(
    ax: Axes, data: AvoidanceData, hours: Array, place: Array, pc: Array, miss_km: Array, diluted: Array
) -> None:
    if (diluted > 0.5).any():
        ax.contourf(
            hours, place, np.nan_to_num(diluted), levels=[0.5, 1.5], colors="none", hatches=["////"], zorder=2
        )
    finite = pc[np.isfinite(pc)]
    if finite.size and finite.min() < data.goal < finite.max():
        line = np.log10(np.where(np.isfinite(pc), pc, finite.max()))
        ax.contour(
            hours,
            place,
            line,
            levels=[np.log10(data.goal)],
            colors="white",
            linewidths=2.4,
            zorder=3,
            linestyles="solid",
        )
        ax.contour(
            hours,
            place,
            line,
            levels=[np.log10(data.goal)],
            colors=style.RED_ALERT,
            linewidths=1.3,
            zorder=3,
            linestyles="solid",
        )
    known = miss_km[np.isfinite(miss_km)]
    levels = [level for level in _MISSES_KM if known.size and known.min() < level < known.max()][::2]
    if levels:
        lines = ax.contour(
            hours,
            place,
            np.ma.masked_invalid(miss_km),
            levels=levels,
            colors="white",
            linewidths=0.6,
            zorder=2,
        )
        # Where the effect varies within each revolution, labels would cover the figure.
        if sum(len(pieces) for pieces in lines.allsegs) <= _MOST_LABELS:
            for label in ax.clabel(lines, fmt=lambda value: f"{value:g} km", fontsize=6.5):
                label.set(zorder=6.5, path_effects=[withStroke(linewidth=2.0, foreground=style.INK)])


def _plot_candidates(ax: Axes, data: AvoidanceData, name: str, to_axis: Callable[[Array], Array]) -> None:
    rows = data.candidates.direction == name
    for verdict, (color, marker, _) in _VERDICTS.items():
        chosen = rows & (data.candidates.verdict == verdict)
        ax.plot(
            data.candidates.before_tca_hours[chosen],
            to_axis(data.candidates.delta_v_m_s[chosen]),
            ls="none",
            marker=marker,
            ms=5,
            color=color,
            mec="white",
            mew=0.6,
            zorder=5.5 if verdict == "green" else 5.0,
            clip_on=False,
        )
    _name_worst(ax, data, rows, to_axis)
    best = rows & (data.candidates.burn == data.best)
    ax.plot(
        data.candidates.before_tca_hours[best],
        to_axis(data.candidates.delta_v_m_s[best]),
        ls="none",
        marker="o",
        ms=11,
        mfc="none",
        mec="white",
        mew=1.6,
        zorder=6,
        clip_on=False,
    )


def _name_worst(ax: Axes, data: AvoidanceData, rows: Mask, to_axis: Callable[[Array], Array]) -> None:
    """The name of the object with the highest probability among all that count against a burn."""
    against = data.encounters[data.encounters.above_goal]
    known = np.flatnonzero(np.isfinite(against.collision_probability))
    if not known.size:
        return
    worst = int(known[np.argmax(against.collision_probability[known])])
    place = np.flatnonzero(rows & (data.candidates.burn == against.burn[worst]))
    if not place.size:
        return
    hours = float(data.candidates.before_tca_hours[place[0]])
    size = float(to_axis(data.candidates.delta_v_m_s[place])[0])
    left, right = ax.get_xlim()
    inward = hours > 0.5 * (left + right)
    ax.annotate(
        style.shorten(style.printable(str(against.name[worst])), 24),
        (hours, size),
        xytext=(7 if inward else -7, 0),
        textcoords="offset points",
        ha="left" if inward else "right",
        va="center",
        fontsize=6.5,
        parse_math=False,
        bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.85},
        zorder=7,
    )


def _axis_of_sizes(smallest: float) -> Callable[[Array], Array]:
    """Map signed sizes to the axis: decades, with a middle part `_MIDDLE` for sizes below the smallest."""

    def to_axis(sizes: Array) -> Array:
        ratio = np.abs(np.asarray(sizes, dtype=np.float64)) / smallest
        inside = ratio < 1.0
        decades = np.log10(np.where(inside, 1.0, ratio))
        return np.sign(sizes) * np.where(inside, _MIDDLE * ratio, _MIDDLE + decades)

    return to_axis


def levels_of(values: Array) -> tuple[Array, Index]:
    """The different values (k,), ascending, of values (n,) that are equal except for rounding, and the level of
    each."""
    scale = 10.0 ** (np.floor(np.log10(np.where(values == 0.0, 1.0, np.abs(values)))) - 6.0)
    levels, place = np.unique(np.round(values / scale) * scale, return_inverse=True)
    same = np.concatenate([[0], np.cumsum(np.diff(levels) > 1e-5 * np.abs(levels[1:]))])
    first = np.concatenate([[True], np.diff(same) > 0])
    return levels[first], same[place]


def _size_ticks(sizes: Array) -> Array:
    """Sizes with a label: the powers of ten within them, of both signs, or the sizes themselves if they are few."""
    if sizes.size <= 5:
        return sizes
    largest, smallest = float(np.abs(sizes).max()), float(np.abs(sizes[sizes != 0.0]).min())
    powers = 10.0 ** np.arange(np.ceil(np.log10(smallest) - 1e-9), np.floor(np.log10(largest) + 1e-9) + 1.0)
    ends = powers if powers.size > 1 else np.array([smallest, largest])
    signed = np.concatenate([-ends[::-1], ends])
    inside: Array = signed[(signed >= sizes.min() - 1e-12) & (signed <= sizes.max() + 1e-12)]
    return inside


def _revolution_hours(cells: Table) -> float:
    known = cells.before_tca_hours > 0.0
    ratio = cells.before_tca_hours[known] / cells.before_tca_revolutions[known]
    return float(np.median(ratio)) if known.any() else np.inf


def _runs(values: Array, gap: float) -> list[slice]:
    """The runs of ascending values whose neighbours are at most a gap apart."""
    cuts = [0, *(np.flatnonzero(np.diff(values) > gap) + 1).tolist(), values.size]
    return [slice(first, last) for first, last in pairwise(cuts)]


def _edges(values: Array) -> Array:
    """(n + 1,) edges of cells around ascending values (n,)."""
    if values.size == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = 0.5 * (values[1:] + values[:-1])
    return np.concatenate([[2.0 * values[0] - middle[0]], middle, [2.0 * values[-1] - middle[-1]]])


def add_revolutions(ax: Axes, cells: Table) -> None:
    """A second axis at the top, in revolutions."""
    hours = _revolution_hours(cells)
    if not np.isfinite(hours):
        return
    other = ax.secondary_xaxis(
        "top", functions=(lambda x: np.asarray(x) / hours, lambda x: np.asarray(x) * hours)
    )
    other.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    other.set_xlabel("in revolutions", fontsize=7.5, labelpad=2.0)


def _trade_handles(data: AvoidanceData) -> list[Artist]:
    handles: list[Artist] = [
        Line2D([], [], color=style.RED_ALERT, lw=1.4, label=f"Pc at the goal, {one_in(data.goal)}"),
        Line2D([], [], color=style.FAINT, lw=0.7, label="lines of equal miss"),
    ]
    if data.cells.diluted.any():
        handles.append(
            Patch(fc="white", ec=style.FAINT, hatch="////", label="lower Pc only because of larger errors")
        )
    for verdict, (color, marker, label) in _VERDICTS.items():
        number = int((data.candidates.verdict == verdict).sum())
        if number:
            handles.append(
                Line2D([], [], ls="none", marker=marker, color=color, ms=5, label=f"{label}: {number:,}")
            )
    return handles
