"""Figures of the benchmarks, in the house style of debrissim's reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from debrissim.report import style

# Series differ in marker as well as in colour.
SERIES = (
    (style.BLUE, "o"),
    (style.PURPLE, "s"),
    (style.GREEN, "^"),
    (style.SKY, "D"),
    (style.FAINT, "v"),
)


@contextmanager
def picture(
    path: Path, heading: str, panels: int, size_in: tuple[float, float], rows: int = 1
) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure with rows of panels under a heading, written to path on exit; the panels are listed row by row."""
    with style.house_style():
        figure = Figure(figsize=size_in, dpi=style.FIGURE_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(heading, x=0.01, ha="left", weight="bold", fontsize=10.5)
        yield figure, [figure.add_subplot(rows, panels, k + 1) for k in range(rows * panels)]
        figure.savefig(path, metadata={"Software": None})
