"""Collision probability against time, compared with the yellow and red thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.catalog import identifier
from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures import findings, layout
from debrissim.report.figures.dates import date_axis
from debrissim.report.figures.names import name_points
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    CROWDED,
    FAINT,
    INK,
    NO_APPROACH,
    RED_ALERT,
    SKY,
    YELLOW_ALERT,
    empty_note,
    format_probability,
    log_axis,
    plot_thresholds,
)
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView

PROBABILITY_FLOOR = 1e-10
_MAX_NAMES = 12
_NAME_LENGTH = 22
# Size of the marks below the yellow threshold.
PALE = "#AAB2BA"


def plot_probability_timeline(
    ax: Axes,
    tca_days: Array,
    probability: Array,
    maximum_probability: Array,
    *,
    diluted: NDArray[np.bool_],
    yellow: float,
    red: float,
    start: np.datetime64,
    span_days: float | None = None,
    names: Sequence[str] = (),
    floor: float = PROBABILITY_FLOOR,
) -> Axes:
    """Each event as a disc at its Pc; from yellow upwards in its colour, with a whisker up to its maximum Pc and its
    name.

    tca_days: (m,) days since the start; probability, maximum_probability: (m,), NaN if a method gave none;
    diluted: (m,) in the dilution region, where better data could raise Pc: hollow. A Pc below `floor`, zero
    among them, is a triangle at the floor. start: of the span, UTC. span_days: the right end of the axis, by default
    the last event. names: (m,) of the secondaries; none for no names.
    """
    count, rows = len(tca_days), thinned(probability >= yellow)
    last = float(tca_days.max()) if count else 1.0
    named = _most_probable(probability, yellow) if len(names) else np.empty(0, dtype=np.intp)
    words, flagged = [names[row] for row in named.tolist()], int((probability >= yellow).sum())
    spots = np.stack([tca_days[named], probability[named]], axis=1)
    tca_days, diluted = tca_days[rows], diluted[rows]
    probability, maximum_probability = probability[rows], maximum_probability[rows]
    known = np.isfinite(probability)
    shown = np.maximum(np.where(known, probability, floor), floor)
    above = known & (probability >= floor)
    below = known & ~above
    peak = np.where(np.isfinite(maximum_probability), maximum_probability, 0.0)
    notable = probability >= yellow
    whisker = notable & (peak > 1.05 * shown)

    highest = max([10.0 * red, *(3.0 * shown[known]), *(2.0 * peak[whisker])])
    log_axis(ax, floor / 3.0, min(highest, 1.5), format_probability)
    date_axis(ax, start, (span_days or last) or 1.0, "time of closest approach")
    plot_thresholds(ax, yellow, red)
    crowded = len(tca_days) > CROWDED
    ax.add_collection(
        LineCollection(
            list(np.stack([np.stack([tca_days, shown], -1), np.stack([tca_days, peak], -1)], 1)[whisker]),
            colors=SKY,
            linewidths=1.0,
            zorder=3,
        ),
        autolim=False,
    )
    ax.scatter(tca_days[whisker], peak[whisker], s=18, linewidths=1.2, marker="_", color=SKY, zorder=3)
    edge = np.where(probability >= red, RED_ALERT, np.where(notable, YELLOW_ALERT, PALE))
    face = np.where(diluted, "white", edge)
    size = np.where(notable, 36.0, 6.0 if crowded else 14.0)
    ax.scatter(
        tca_days[above],
        shown[above],
        s=size[above],
        c=face[above].tolist(),
        edgecolors=edge[above].tolist(),
        linewidths=np.where(notable, 1.0, 0.7)[above].tolist(),
        zorder=4,
        clip_on=False,
    )
    plot_below_floor(ax, tca_days[below], floor, crowded=crowded)
    # Whiskers must not be hidden by a name, either.
    heights = (shown, np.sqrt(shown * np.maximum(peak, shown)), np.maximum(peak, shown))
    marks = np.concatenate([np.stack([tca_days, height], axis=1)[notable] for height in heights])
    fitted = name_points(ax, spots, words, marks=marks, levels=(yellow, red))
    if 0 < fitted < flagged:
        ax.text(
            0.995, 0.985, f"{fitted} of {flagged:,} at or above yellow are named",
            transform=ax.transAxes, ha="right", va="top", fontsize=7.0, color=FAINT,
        )  # fmt: skip
    ax.set_ylabel("collision probability Pc (dimensionless)")
    note_missing(ax, known)
    note_thinned(ax, len(rows), count)
    return ax


def _most_probable(probability: Array, yellow: float) -> NDArray[np.intp]:
    """The rows that are named: the most probable of those at or above yellow, in this order."""
    notable = np.flatnonzero(probability >= yellow)
    return notable[np.argsort(-probability[notable], kind="stable")][:_MAX_NAMES]


def plot_below_floor(ax: Axes, x: Array, floor: float, *, crowded: bool) -> None:
    """Triangles on the floor of the axes at x (k,), for events whose Pc is below it."""
    ax.scatter(
        x, np.full(len(x), floor), s=12 if crowded else 20, marker="v", facecolors="none", edgecolors=PALE,
        linewidths=0.7, zorder=4,
    )  # fmt: skip


def below_floor_handles(probability: Array, floor: float) -> list[Artist]:
    """Legend entry of the triangles with their number, if there are any."""
    below = int((probability < floor).sum())
    label = f"{below:,} below {format_probability(floor)}"
    return [Line2D([], [], ls="none", marker="v", mfc="none", mec=PALE, ms=5, label=label)] if below else []


def note_missing(ax: Axes, known: NDArray[np.bool_]) -> None:
    """Write into the axes that there is no event, or no event with a Pc; known (m,)."""
    if len(known) == 0:
        empty_note(ax, NO_APPROACH)
    elif not known.any():
        empty_note(ax, "no event of this run has a collision probability")


def legend_handles(probability: Array, *, yellow: float, floor: float = PROBABILITY_FLOOR) -> list[Artist]:
    """Legend entries of the marks, with their numbers; the lines across the axes explain the rest."""
    missing = int(np.isnan(probability).sum())
    handles: list[Artist] = [
        Line2D(
            [], [], ls="none", marker="o", mfc="white", mec=INK, ms=5, label="hollow: in the dilution region"
        ),
    ]
    if (probability >= yellow).any():
        handles.append(Line2D([], [], color=SKY, marker="_", ms=6, label="up to the maximum Pc"))
    handles += below_floor_handles(probability, floor)
    if missing:
        handles.append(Line2D([], [], ls="none", label=f"{missing:,} without a Pc, not shown"))
    return handles


def _several(view: RunView) -> bool:
    """One probability does not make a time series."""
    return view.has_probabilities and int(np.isfinite(view.probability).sum()) > 1


@figure("probability_timeline", order=30, when=_several)
def probability_timeline(view: RunView) -> Figure:
    """Pc and maximum Pc of each event over time."""
    page = layout.event_page(view, findings.levels(view))
    ax = page.add_axes((0.09, 0.25, 0.83, 0.63))
    # Thresholds can be low: both lines must be well above the floor.
    floor = min(PROBABILITY_FLOOR, view.yellow / 100.0)
    probability = view.probability
    plot_probability_timeline(
        ax,
        view.tca_days,
        probability,
        view.events.maximum_probability,
        diluted=view.events.dilution,
        yellow=view.yellow,
        red=view.red,
        start=view.start_utc,
        span_days=view.span_days,
        names=secondary_names(view),
        floor=floor,
    )
    style.bottom_legend(page, legend_handles(probability, yellow=view.yellow, floor=floor), columns=5)
    return page


def secondary_names(view: RunView) -> list[str]:
    """(m,) of the other object, or of both where there are several primaries; with a number if names are equal."""
    events = view.events
    notable = _most_probable(view.probability, view.yellow)
    names = [""] * len(events)
    both = view.band_km is None
    for row in notable.tolist():
        name = str(events.secondary_name[row]) or identifier(events.secondary_norad_id[row])
        names[row] = f"{events.primary_name[row]} / {name}" if both else name
    pairs = {(names[row], int(events.secondary_norad_id[row])) for row in notable.tolist()}
    shared = Counter(name for name, _ in pairs)
    for row in notable.tolist():
        name = names[row]
        if shared[name] > 1:
            name = f"{layout.short_name(name, _NAME_LENGTH)} {identifier(events.secondary_norad_id[row])}"
        names[row] = layout.short_name(name, _NAME_LENGTH + 8)
    return names
