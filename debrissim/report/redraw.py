"""The figures of a results folder, plotted from the files in it alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from debrissim.core.errors import RunError
from debrissim.report import output
from debrissim.report.figures.registry import plot_figures
from debrissim.report.read_views import read_cloud, read_messages, read_run

_FOLDER = "plots"


def draw_plots(folder: Path | str, *, form: str = output.PNG, size: str = output.SCREEN) -> list[Path]:
    """Plot every registered figure of a results folder into plots/, replacing files of the same name.

    form: "png" or "svg"; size: "screen" or "page". Returns the paths. Raises InputError if `folder` is not a results
    folder and for an unknown format or size, RunError if the disk refuses.
    """
    folder = Path(folder)
    output.check(form, size)
    views = list(_views(folder))
    plots = folder / _FOLDER
    try:
        plots.mkdir(exist_ok=True)
        return [
            path for prefix, view in views for path in save_figures(view, plots, prefix, form=form, size=size)
        ]
    except OSError as error:
        raise RunError(f"{plots}: cannot be written ({error.strerror or error})") from error


def save_figures(
    view: object, plots: Path, prefix: str = "", *, form: str = output.PNG, size: str = output.SCREEN
) -> list[Path]:
    """Plot the figures of a view and write `<prefix><name>.<form>` of each into an existing folder; return the paths.

    Raises InputError for a format or size that is not in `output.FORMS`, `output.SIZES`.
    """
    output.check(form, size)
    return [
        output.save_figure(figure, plots / f"{prefix}{name}.{form}", size=size)
        for name, figure in plot_figures(view).items()
    ]


def _views(folder: Path) -> Iterator[tuple[str, object]]:
    """Each view of a folder, after the prefix of its files."""
    run = read_run(folder)
    messages = read_messages(folder, run)
    cloud = read_cloud(folder)
    # A run of messages alone has no catalogue, so no density of any kind of object.
    if not messages or any(name.endswith("_per_km3") for name in run.tables["density"].columns()):
        yield "", run
    for number, message in enumerate(messages):
        yield f"event_{number}_", message
    if cloud:
        yield "", cloud
