"""The layout that figures of a run share: page, heading, footer, panels and legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from debrissim.report import style
from debrissim.report.views import RunView, TopEvent

NAME_LENGTH = 32
PANEL_NAME_LENGTH = 27
_EVENT_NAME_LENGTH = 60
# Maximum length of a name and a finding in capitals: longer text would run off the page.
_HEADING_LENGTH = 82
_SHORTEST_NAME = 10


def page(view: RunView, heading: str) -> Figure:
    """An empty page with a heading, and a footer with the sources of its numbers."""
    footer = (
        view.title,
        f"catalogue: {view.catalog_label}",
        "only rates: no dates, names or probabilities"
        if view.rates_alone
        else f"covariance: {view.covariance_label}",
    )
    return style.new_figure(heading, footer=footer, synthetic=view.synthetic, partly=view.partly_synthetic)


def short_name(name: str, length: int = NAME_LENGTH) -> str:
    """A name that can be printed and fits into a heading."""
    return style.shorten(style.printable(name), length)


def event_page(view: RunView, finding: str) -> Figure:
    """A page headed "<primary>: <finding>", or only by the finding if all objects are screened against each other; the
    name is shortened."""
    if view.ranked and view.sums.get("primaries") == []:
        return page(view, finding[0].upper() + finding[1:])
    length = min(NAME_LENGTH, max(_HEADING_LENGTH - len(finding), _SHORTEST_NAME))
    return page(view, f"{short_name(view.primary_name, length)}: {finding}")


def axes_with_sides(figure: Figure) -> tuple[Axes, Axes, Axes]:
    """A large axes, with a small one above it and one to its right."""
    grid = figure.add_gridspec(
        2, 2, left=0.09, right=0.97, bottom=0.25, top=0.88, width_ratios=(4, 1), height_ratios=(1, 3),
        wspace=0.07, hspace=0.08,
    )  # fmt: skip
    above, right = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 1])
    return figure.add_subplot(grid[1, 0]), above, right


def kind_legend(figure: Figure, view: RunView, more: Sequence[Artist] = ()) -> None:
    """A legend of the kinds of object among the events, and of further marks."""
    styles = style.kinds_present(view.kind)
    if styles:
        entries: list[Artist | tuple[Artist, ...]] = [*style.kind_handles(styles), *more]
        style.bottom_legend(figure, entries, columns=4 if len(entries) <= 4 else -(-len(entries) // 2))


def top_event_figure(
    view: RunView,
    finding: Callable[[TopEvent], str],
    plot: Callable[[Axes, TopEvent], Sequence[Artist]],
    *,
    legend: bool = True,
) -> Figure:
    """A page with a curve of the most probable event, or of the one event of a message; there must be one.

    finding: of the event, for the heading. plot: plots the event into an axes and returns the entries of the legend;
    legend: leave room for one.
    """
    event = view.top
    assert event is not None
    figure = event_page(view, finding(event))
    ax = figure.add_axes((0.1, 0.25, 0.82, 0.56) if legend else (0.1, 0.17, 0.86, 0.64))
    label = short_name(event.label, _EVENT_NAME_LENGTH)
    words = "most probable encounter: " if view.ranked and len(view.events) > 1 else ""
    # An explicit y saves matplotlib from measuring every tick label to place the title.
    ax.set_title(
        f"{words}{label}\nPc: {event.method}", loc="left", y=1.02, pad=0.0, linespacing=1.4, parse_math=False
    )
    handles = plot(ax, event)
    if handles:
        style.bottom_legend(figure, handles)
    return figure


def has_top(view: RunView) -> bool:
    """Whether there is an event with curves."""
    return view.top is not None
