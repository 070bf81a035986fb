"""The smallest burn that avoids an encounter, against the time of the burn."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from debrissim.core.arrays import Array
from debrissim.core.numbers import rounded
from debrissim.report import style
from debrissim.report.avoidance_view import CERTIFIED, AvoidanceData, burn_words
from debrissim.report.figures.avoidance import add_revolutions
from debrissim.report.figures.registry import figure
from debrissim.results.table import Table

_LINES = {
    "along-track": (style.BLUE, "-", "o"),
    "radial": (style.PURPLE, "--", "s"),
    "normal": (style.GREEN, "-.", "^"),
    "free": (style.INK, ":", "D"),
}


@figure(
    "smallest_burns",
    order=20,
    views=(AvoidanceData,),
    # If nothing has to be avoided, there are no smallest burns.
    when=lambda data: bool((data.minima.meets_goal & (data.minima.delta_v_m_s != 0.0)).any()),
    caption=(
        "The smallest burn that meets the goals for the encounter to be avoided, by its time; the smaller of both "
        "signs. Rings: certified burns, which can be larger than the smallest. Lines end where no burn meets the "
        "goals."
    ),
)
def smallest_burns(data: AvoidanceData) -> Figure:
    """The smallest burn that meets the goals against its time, one line per direction."""
    page = style.new_figure(
        _finding(data.minima[data.minima.meets_goal], data.candidates), footer=data.footer, synthetic=False
    )
    ax = page.add_axes((0.1, 0.24, 0.86, 0.58))
    handles: list[Artist] = []
    for name, (color, dash, marker) in _LINES.items():
        rows = data.minima[(data.minima.direction == name) & data.minima.meets_goal]
        if not len(rows):
            continue
        tried = data.cells.before_tca_hours[data.cells.direction == name]
        hours, size = smallest_of_times(rows, np.concatenate([tried, rows.before_tca_hours]))
        ax.plot(hours, size, color=color, ls=dash, marker=marker, ms=2.5, zorder=3)
        handles.append(Line2D([], [], color=color, ls=dash, marker=marker, ms=4, label=name))
    green = data.candidates[data.candidates.verdict == "green"]
    if len(green):
        ax.plot(
            green.before_tca_hours, np.abs(green.delta_v_m_s), ls="none", marker="o", ms=7, mfc="none",
            mec=style.GREEN, mew=1.2, zorder=4,
        )  # fmt: skip
        handles.append(
            Line2D([], [], ls="none", marker="o", mfc="none", mec=style.GREEN, ms=7, label=CERTIFIED)
        )
    sizes: Array = np.abs(data.minima.delta_v_m_s[data.minima.meets_goal])
    style.log_axis(ax, 0.7 * float(sizes.min()), 1.4 * float(sizes.max()), lambda value: f"{value:g}")
    ax.set_xlim(1.02 * float(data.minima.before_tca_hours.max()), 0.0)
    ax.set_xlabel("start of the burn before the closest approach (hours)")
    ax.set_ylabel("smallest burn that meets the goals (m/s)")
    add_revolutions(ax, data.minima)
    style.bottom_legend(page, handles, columns=5)
    return page


def smallest_of_times(rows: Table, tried_hours: Array) -> tuple[Array, Array]:
    """The different times, ascending, and the smallest burn of either sign at each; NaN where there is none."""
    hours = np.unique(np.round(tried_hours, 6))
    own = np.round(rows.before_tca_hours, 6)
    size = np.full(hours.size, np.nan)
    np.fmin.at(size, np.searchsorted(hours, own), np.abs(rows.delta_v_m_s))
    return hours, size


def _finding(rows: Table, candidates: Table) -> str:
    """The smallest of all burns that meet the goals, and the smallest certified one where it is larger."""
    smallest = _smallest(rows)
    size = abs(float(smallest.delta_v_m_s[0]))
    screened = candidates[candidates.verdict != "not examined"]
    green = screened[screened.verdict == "green"]
    certified = abs(float(_smallest(green).delta_v_m_s[0])) if len(green) else np.inf
    # To the three digits to which candidates are rounded up.
    if not len(screened) or certified <= 1.01 * size:
        return f"Smallest burn: {burn_words(smallest)}{', certified' if len(screened) else ''}"
    words = f"Smallest burn for only this encounter {rounded(size, 3)} m/s"
    if not len(green):
        return f"{words}, none of {len(screened):,} certified"
    return f"{words}, certified {rounded(certified, 3)} m/s"


def _smallest(rows: Table) -> Table:
    row = int(np.argmin(np.abs(rows.delta_v_m_s)))
    one: Table = rows[row : row + 1]
    return one
