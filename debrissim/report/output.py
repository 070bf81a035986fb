"""Figures as files: PNG and SVG, for the screen and for a printed page. The same figure gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from debrissim.core.errors import FigureError, InputError, reason
from debrissim.core.files import replace_file, unwritable
from debrissim.core.text import printable
from debrissim.report import style
from debrissim.results.own_files import PLOTS

PNG, SVG = "png", "svg"
FORMATS = (PNG, SVG)
SCREEN, PAGE = "screen", "page"


@dataclass(frozen=True)
class Size:
    """The size of a written figure: dots per inch of the figure, and its width on paper, mm (None: unscaled)."""

    dots_per_inch: float
    width_mm: float | None


@dataclass(frozen=True)
class Saved:
    """Figures as files. paths: of those that were written. failed: name and reason of each that was not."""

    paths: list[Path] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def all_or_error(self) -> list[Path]:
        """The paths. Raises FigureError if a figure failed."""
        if self.failed:
            raise FigureError(self.failed, self.paths)
        return self.paths


# A page: the width of the text on A4 with margins of 20 mm, at 300 dots per printed inch. The figure is the same, with
# smaller letters: 8.5 points become 7.1.
_PAGE_WIDTH_MM = 170.0
_PAGE_DPI = 300.0
SIZES = {
    SCREEN: Size(style.FIGURE_DPI, None),
    PAGE: Size(_PAGE_DPI * _PAGE_WIDTH_MM / 25.4 / style.FIGURE_SIZE_IN[0], _PAGE_WIDTH_MM),
}
_SVG_SIZE = re.compile(r'(<svg [^>]*?)width="([0-9.]+)pt" height="([0-9.]+)pt"')


def check(file_format: str, size: str) -> None:
    """Raise InputError for an unknown format or size."""
    for label, value, known in (("format", file_format, FORMATS), ("size", size, tuple(SIZES))):
        if value not in known:
            raise InputError(f"plot: expected a {label} among {', '.join(known)}, got {value!r}")


def save_figure(figure: Figure, path: Path, *, size: str = SCREEN) -> Path:
    """Write a figure in the house style, as PNG or SVG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    path : Path
        The file; its ending, .png or .svg, decides the format.
    size : "screen" or "page"
        Size of the figure, see `SIZES`.

    Returns
    -------
    Path
        The path, as given.

    Raises
    ------
    InputError
        For another ending and for a size that is not in `SIZES`.
    RunError
        If writing fails.
    """
    file_format = path.suffix.removeprefix(".")
    check(file_format, size)
    with style.house_style():
        data = _svg(figure, SIZES[size]).encode() if file_format == SVG else _png(figure, SIZES[size])
    replace_file(path, data)
    return path


def save_each(
    figures: Mapping[str, Figure],
    folder: Path,
    *,
    names: Iterable[str] | None = None,
    prefix: str = "",
    file_format: str = PNG,
    size: str = SCREEN,
) -> Saved:
    """Write figures as `<prefix><name>.<file_format>`; one that fails costs only itself.

    Parameters
    ----------
    figures : mapping of str to matplotlib.figure.Figure
        The figures by name, each plotted when it is looked up.
    folder : Path
        An existing folder.
    names : iterable of str, optional
        The figures to write; by default all.
    prefix : str
        Beginning of the file names.
    file_format : "png" or "svg"
        Format of the files.
    size : "screen" or "page"
        Size of the figures.

    Returns
    -------
    Saved
        The paths of the files, and the figures that failed.

    Raises
    ------
    InputError
        For a format or size that is not in `FORMATS`, `SIZES`.
    """
    check(file_format, size)
    saved = Saved()
    for name in figures if names is None else names:
        path = folder / f"{prefix}{name}.{file_format}"
        try:
            saved.paths.append(save_figure(figures[name], path, size=size))
        except Exception as error:  # noqa: BLE001 (a fault of any kind in one figure must not cost the others)
            saved.failed.append(f"{path.stem} ({printable(reason(error))})")
    return saved


def plots_folder(folder: Path) -> Path:
    """The folder of the figures of a results folder, made if it does not exist. Raises RunError if writing fails."""
    plots = folder / PLOTS
    try:
        plots.mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(plots, error) from error
    return plots


def _png(figure: Figure, size: Size) -> bytes:
    image = io.BytesIO()
    printed = size.dots_per_inch if size.width_mm is None else _PAGE_DPI
    figure.savefig(
        image,
        format=PNG,
        dpi=size.dots_per_inch,
        # Without the library's version in it, the file depends on the data alone.
        metadata={"Software": None},
        # Compression 3: as small as the default 6 on flat colours, in two thirds of the time.
        pil_kwargs={"compress_level": 3, "dpi": (printed, printed)},
    )
    return image.getvalue()


def _svg(figure: Figure, size: Size) -> str:
    """The figure as SVG, its text as paths, so that it looks the same where the font is missing."""
    text = io.StringIO()
    # The salt replaces random names of clip paths; the date would be the time of writing.
    with matplotlib.rc_context({"svg.hashsalt": "debrissim", "svg.fonttype": "path"}):
        figure.savefig(text, format=SVG, metadata={"Date": None, "Creator": None})
    if size.width_mm is None:
        return text.getvalue()
    height_mm = size.width_mm * figure.get_figheight() / figure.get_figwidth()
    return _SVG_SIZE.sub(
        rf'\g<1>width="{size.width_mm:g}mm" height="{height_mm:g}mm"', text.getvalue(), count=1
    )
