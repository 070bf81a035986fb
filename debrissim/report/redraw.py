"""The figures of a results folder, plotted from the files in it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from debrissim.report import output
from debrissim.report.figures.registry import plot_figures
from debrissim.report.read_views import read_cloud, read_messages, read_primaries, read_run
from debrissim.results.table import Table


def draw_plots(
    folder: Path | str,
    *,
    file_format: str = output.PNG,
    size: str = output.SCREEN,
    tables: Mapping[str, Table] | None = None,
) -> list[Path]:
    """Plot every registered figure of a results folder into plots/, replacing files of the same name.

    Parameters
    ----------
    folder : Path or str
        The results folder.
    file_format : "png" or "svg"
        Format of the files.
    size : "screen" or "page"
        Size of the figures.
    tables : mapping of str to Table, optional
        Those of the folder where they are at hand, so that they are not read again.

    Returns
    -------
    list of Path
        Paths of the figures.

    Raises
    ------
    InputError
        If `folder` is not a results folder and for an unknown format or size.
    RunError
        If the disk refuses; FigureError for figures that fail, after all others were written.
    """
    folder = Path(folder)
    output.check(file_format, size)
    saved = output.Saved()
    for prefix, view in list(_views(folder, tables)):
        part = output.save_each(
            plot_figures(view), output.plots_folder(folder), prefix=prefix, file_format=file_format, size=size
        )
        saved.paths.extend(part.paths)
        saved.failed.extend(part.failed)
    return saved.all_or_error()


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


def _views(folder: Path, tables: Mapping[str, Table] | None) -> Iterator[tuple[str, object]]:
    """Each view of a folder, after the prefix of its files."""
    run = read_run(folder, tables)
    messages = read_messages(folder, run)
    cloud = read_cloud(folder, run.tables)
    # A run of messages alone has no catalogue, so no density of any kind of object.
    primaries = read_primaries(folder, run.tables)
    if primaries:
        yield from ((f"{own}_", view) for own, view in primaries.items())
    elif not messages or any(name.endswith("_per_km3") for name in run.tables["density"].columns()):
        yield "", run
    for number, message in enumerate(messages):
        yield f"event_{number}_", message
    if cloud:
        yield "", cloud
