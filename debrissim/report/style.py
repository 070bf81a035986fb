"""One look for every plot: colours, marks, number formats and the standard parts of a figure.

Colours are those of M. Okabe and K. Ito (2008), "Color Universal Design", which remain distinct for the common kinds of
colour blindness. Colour is never the only cue: each object kind also has its own mark and hatch. The two alert colours
(orange, vermillion) are used only for the yellow and red thresholds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from debrissim.catalog.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.numbers import scientific
from debrissim.core.text import shorten as shorten

INK = "#222222"
FAINT = "#666666"
GRID = "#E2E2E2"
BLUE, SKY, GREEN, PURPLE = "#0072B2", "#56B4E9", "#009E73", "#CC79A7"
YELLOW_ALERT, RED_ALERT = "#E69F00", "#D55E00"

FIGURE_SIZE_IN = (8.0, 5.0)
FIGURE_DPI = 150
# Axes are between these fractions of the height of a figure, the legend at their bottom.
CONTENT_BOTTOM = 0.1
CONTENT_TOP = 0.885
SYNTHETIC_LABEL = "SYNTHETIC POPULATION - no real objects"
PARTLY_SYNTHETIC_LABEL = "PARTLY SYNTHETIC - not all of the objects exist"
NO_APPROACH = "no close approach in this run"
# A maximum probability below this is treated as none: otherwise the axis would extend to the smallest floats.
NOTHING = 1e-200

# The settings the artists read when they are made, over matplotlib's own defaults.
_SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "text.usetex": False,
    # A name with dollar signs is only a name.
    "text.parse_math": False,
    # Text is half of the plotting time; unhinted it costs a third less and looks the same at 150 dpi.
    "text.hinting": "no_hinting",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.titlesize": 9.0,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "white",
    "axes.unicode_minus": False,
    "axes.spines.top": True,
    "axes.spines.right": True,
    "axes.formatter.use_mathtext": False,
    "axes.formatter.useoffset": False,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Plot and save inside this block: the user's own settings neither affect the figures nor are changed."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        # Newer stubs list every key by name, older ones know only str.
        settings: Any = _SETTINGS
        matplotlib.rcParams.update(settings)
        yield


@dataclass(frozen=True)
class KindStyle:
    """Colour, mark and hatch of one object kind."""

    kind: ObjectKind
    color: str
    marker: str
    hatch: str

    @property
    def label(self) -> str:
        return self.kind.label


# In the order in which they are stacked and listed.
KIND_STYLES: tuple[KindStyle, ...] = (
    KindStyle(ObjectKind.DEBRIS, BLUE, "o", ""),
    KindStyle(ObjectKind.ROCKET_BODY, PURPLE, "s", "////"),
    KindStyle(ObjectKind.PAYLOAD, GREEN, "^", "...."),
    KindStyle(ObjectKind.UNKNOWN, "#4D4D4D", "D", "xxxx"),
)


def kinds_present(kind: NDArray[np.int8]) -> tuple[KindStyle, ...]:
    """The styles of the kinds that occur, in the order of `KIND_STYLES`."""
    present = set(np.unique(kind).tolist())
    return tuple(style for style in KIND_STYLES if int(style.kind) in present)


def kind_handles(styles: Sequence[KindStyle]) -> list[tuple[Artist, Artist]]:
    """Legend entries of object kinds: hatched area and mark side by side, so that either can be looked up."""
    return [
        (
            Patch(label=s.label, **area_style(s)),
            Line2D([], [], ls="none", marker=s.marker, color=s.color, label=s.label, ms=5),
        )
        for s in styles
    ]


def area_style(style: KindStyle) -> dict[str, Any]:
    """Keywords of a filled area of one kind: colour, and white hatching."""
    return {"facecolor": style.color, "edgecolor": "white", "hatch": style.hatch, "linewidth": 0.4}


def format_probability(value: float) -> str:
    """ "1.2e-5", "0", "1" or "not available": short, without the mathtext that costs milliseconds per label."""
    return scientific(value) if math.isfinite(value) else "not available"


def format_length_km(length_km: float) -> str:
    """A length in the most readable unit: "60 m", "0.41 km", "12 km"."""
    if not math.isfinite(length_km):
        return "not available"
    if abs(length_km) < 1.0:
        return f"{length_km * 1000.0:.3g} m"
    return f"{length_km:.3g} km" if abs(length_km) < 1000.0 else f"{length_km:.0f} km"


@cache
def _is_printable(character: str) -> bool:
    font = get_font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    return character.isprintable() and bool(font.get_char_index(ord(character)))


def printable(text: str) -> str:
    """The text with "?" for characters that the font lacks, so that no name causes a warning."""
    return "".join(c if _is_printable(c) else "?" for c in " ".join(text.split()))


def log_axis(
    ax: Axes, low: float, high: float, label: Callable[[float], str], *, which: Literal["x", "y"] = "y"
) -> None:
    """A logarithmic axis with plain labels, a dozen of them at most.

    No minor ticks and no mathtext: together they would take a third of the time of a figure.
    """
    axis = ax.yaxis if which == "y" else ax.xaxis
    (ax.set_yscale if which == "y" else ax.set_xscale)("log")
    (ax.set_ylim if which == "y" else ax.set_xlim)(low, high)
    decades = math.log10(high / low)
    # Below three decades, powers of ten alone can leave a single label.
    subs = (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)
    axis.set_major_locator(LogLocator(10.0 ** max(1, math.ceil(decades / 10.0)), subs=subs, numticks=20))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: label(value)))


def plot_thresholds(ax: Axes, yellow: float, red: float, *, flat: bool = False) -> None:
    """The two alert levels as lines with labels, so that they need no legend.

    For a logarithmic axis whose limits are set. flat: the axes are too low for labels of two lines.
    """
    low, high = ax.get_ylim()
    # Labels of two lines need this much of the axis between them; else each is moved away from the other.
    crowded = math.log(red / yellow) < 0.1 * math.log(high / low)
    gap = " " if flat else "\n"
    levels = ((yellow, "yellow", YELLOW_ALERT, (0, (5, 2))), (red, "red", RED_ALERT, "-"))
    for level, name, color, dash in levels:
        ax.axhline(level, color=color, lw=1.6, ls=dash, zorder=2)
        side = "center" if not crowded else "bottom" if level == red else "top"
        ax.annotate(
            f"{name}{gap}{format_probability(level)}",
            (1.0, level),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va=side,
            fontsize=7.5,
            annotation_clip=False,
        )


def empty_note(ax: Axes, text: str, size: float = 11.0) -> None:
    """Write in the middle of the axes why nothing is plotted there."""
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=size, color=FAINT,
        parse_math=False, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85},
    )  # fmt: skip


def new_figure(
    heading: str,
    *,
    footer: Sequence[str],
    synthetic: bool,
    partly: bool = False,
    size_in: tuple[float, float] = FIGURE_SIZE_IN,
) -> Figure:
    """An empty figure with its heading, its footer lines and, where it applies, the synthetic banner.

    partly: some of the objects shown are real and some synthetic.
    """
    figure = Figure(figsize=size_in, dpi=FIGURE_DPI)
    FigureCanvasAgg(figure)
    if synthetic:
        banner = _from_top(0.225, size_in)
        figure.add_artist(
            Rectangle((0.0, banner), 1.0, 1.0 - banner, transform=figure.transFigure, color=RED_ALERT, zorder=5)
        )  # fmt: skip
        figure.text(
            0.5, _from_top(0.1175, size_in), PARTLY_SYNTHETIC_LABEL if partly else SYNTHETIC_LABEL,
            ha="center", va="center", color="white", weight="bold", fontsize=10, zorder=6,
        )  # fmt: skip
    figure.text(
        0.012, _from_top(0.375, size_in), shorten(printable(heading), 90), ha="left", va="center",
        fontsize=10.5, weight="bold", parse_math=False,
    )  # fmt: skip
    figure.text(
        0.012, 0.01, "\n".join(shorten(printable(line), 150) for line in footer), ha="left", va="bottom",
        fontsize=6.5, linespacing=1.3, color=FAINT, parse_math=False,
    )  # fmt: skip
    return figure


def _from_top(distance_in: float, size_in: tuple[float, float]) -> float:
    """The height of a place in a figure, a fraction, by its distance from the top in inches."""
    return 1.0 - distance_in / size_in[1]


def bottom_legend(figure: Figure, handles: Sequence[Artist | tuple[Artist, ...]], columns: int = 4) -> None:
    """One legend for the whole figure, between its axes and its footer."""
    legend(figure, handles, "lower center", (0.5, CONTENT_BOTTOM - 0.012), columns)


def legend(
    figure: Figure,
    handles: Sequence[Artist | tuple[Artist, ...]],
    loc: Any,
    at: tuple[float, float],
    columns: int,
) -> None:
    """A legend with this corner or side at a position in the figure, in fractions."""
    labels = [str((h[0] if isinstance(h, tuple) else h).get_label()) for h in handles]
    # The stubs do not know that a tuple of artists is an entry too.
    entries: Any = list(handles)
    figure.legend(
        entries, labels, loc=loc, bbox_to_anchor=at, ncols=columns, columnspacing=1.4, handletextpad=0.5,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.4)},
    )  # fmt: skip


CROWDED = 400
"""With more points than this, each is smaller and more transparent."""


def plot_points(ax: Axes, x: Array, y: Array, kind: NDArray[np.int8]) -> Axes:
    """Points (m,) in the colour and with the mark of their kind, `ObjectKind`."""
    crowded = len(x) > CROWDED
    for style in kinds_present(kind):
        rows = kind == int(style.kind)
        ax.scatter(
            x[rows], y[rows], s=9 if crowded else 22, marker=style.marker, color=style.color,
            alpha=0.55 if crowded else 0.85, linewidths=0.0, label=style.label, zorder=3,
        )  # fmt: skip
    return ax


def plot_rings(ax: Axes, x: Array, y: Array, probability: Array, yellow: float, red: float) -> Axes:
    """A ring around each point with a probability from a threshold on; NaN has none."""
    for rows, color, _ in _alerts(probability, yellow, red):
        ax.scatter(
            x[rows], y[rows], s=95, marker="o", facecolors="none", edgecolors=color, linewidths=1.5, zorder=4
        )
    return ax


def ring_handles(probability: Array, yellow: float, red: float) -> list[Artist]:
    """Legend entries of the rings that occur."""
    ring: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 9, "mfc": "none", "mew": 1.5}
    return [
        Line2D([], [], mec=color, label=f"Pc at or above {format_probability(level)}", **ring)
        for rows, color, level in _alerts(probability, yellow, red)
        if rows.any()
    ]


def _alerts(
    probability: Array, yellow: float, red: float
) -> tuple[tuple[NDArray[np.bool_], str, float], ...]:
    """The rows at each alert level, its colour and its threshold."""
    return (
        ((probability >= yellow) & (probability < red), YELLOW_ALERT, yellow),
        (probability >= red, RED_ALERT, red),
    )


def plot_counts(ax: Axes, values: Array, kind: NDArray[np.int8], edges: Array, *, upright: bool) -> Axes:
    """Number of values (m,) between the edges, stacked by kind; upright: values along x."""
    base = np.zeros(len(edges) - 1)
    direction: Literal["vertical", "horizontal"] = "vertical" if upright else "horizontal"
    for style in kinds_present(kind):
        top = base + np.histogram(values[kind == int(style.kind)], edges)[0]
        ax.stairs(top, edges, baseline=base, fill=True, orientation=direction, **area_style(style))
        base = top
    axis = ax.yaxis if upright else ax.xaxis
    axis.set_major_locator(MaxNLocator(3, integer=True))
    axis.set_label_text("events (count)")
    ax.tick_params(labelleft=upright, labelbottom=not upright)
    limit = 1.1 * max(float(base.max(initial=0.0)), 1.0)
    (ax.set_ylim if upright else ax.set_xlim)(0.0, limit)
    return ax
