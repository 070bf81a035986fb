"""The figures of a results folder, plotted only from the files in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from debrissim.report import output
from debrissim.report.figures.registry import plot_figures
from debrissim.report.read_views import folder_views
from debrissim.results.table import Table


def draw_plots(
    folder: Path | str,
    *,
    file_format: str = output.PNG,
    size: str = output.SCREEN,
    every: bool = False,
    tables: Mapping[str, Table] | None = None,
) -> list[Path]:
    """Plot the figures of a results folder into plots/, replacing files of the same name.

    Parameters
    ----------
    folder : Path or str
        The results folder.
    file_format : "png" or "svg"
        Format of the files.
    size : "screen" or "page"
        Size of the figures.
    every : bool
        Every figure that applies, not only the usual ones.
    tables : mapping of str to Table, optional
        Those of the folder that are already loaded, so that they are not read again.

    Returns
    -------
    list of Path
        Paths of the figures.

    Raises
    ------
    InputError
        If `folder` is not a results folder and for an unknown format or size.
    RunError
        If writing fails; FigureError for figures that fail, after all others were written.
    """
    folder = Path(folder)
    output.check(file_format, size)
    views = folder_views(folder, tables)
    return save_views(views, folder, file_format=file_format, size=size, every=every).all_or_error()


def save_views(
    views: Iterable[tuple[str, object]],
    folder: Path,
    *,
    file_format: str = output.PNG,
    size: str = output.SCREEN,
    every: bool = False,
    part: tuple[int, int] = (0, 1),
) -> output.Saved:
    """Plot the figures of views into plots/ of a results folder; one that fails costs only itself.

    views: each after the prefix of its files. part: (k, n), only the figures of the k-th of n processes that share
    them. The rest as of `draw_plots`. Raises RunError if writing fails.
    """
    saved, count = output.Saved(), 0
    for prefix, view in views:
        figures, plots = plot_figures(view, every=every), output.plots_folder(folder)
        # Alternating, 0 1 1 0 0 1 1 0, because the first figures have the most panels.
        turns = (*range(part[1]), *reversed(range(part[1])))
        own = [name for k, name in enumerate(figures, count) if turns[k % len(turns)] == part[0]]
        count += len(figures)
        found = output.save_each(figures, plots, names=own, prefix=prefix, file_format=file_format, size=size)
        saved.paths.extend(found.paths)
        saved.failed.extend(found.failed)
    return saved


def save_figures(
    view: object, plots: Path, prefix: str = "", *, file_format: str = output.PNG, size: str = output.SCREEN
) -> list[Path]:
    """Plot the figures of a view and write each as `<prefix><name>.<file_format>` into an existing folder.

    Parameters
    ----------
    view : object
        The value that the figures are built from (`report.views`).
    plots : Path
        The folder.
    prefix : str
        Beginning of the file names.
    file_format : "png" or "svg"
        Format of the files.
    size : "screen" or "page"
        Size of the figures.

    Returns
    -------
    list of Path
        Paths of the figures.

    Raises
    ------
    InputError
        For a format or size that is not in `output.FORMATS`, `output.SIZES`.
    FigureError
        For figures that fail, after all others were written.
    """
    saved = output.save_each(plot_figures(view), plots, prefix=prefix, file_format=file_format, size=size)
    return saved.all_or_error()
