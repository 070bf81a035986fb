"""The diagram of J. Gabbard: apogee and perigee of fragments against their period.

Fragments thrown along the motion keep their perigee at the original altitude and lie on the rising arm, those thrown
against it keep their apogee there; the length of the arms shows how fast they were thrown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report import style

Columns = Mapping[str, Array]

NOTHING_IN_ORBIT = "no fragment in orbit"
_SHOWN_PERCENT = (3.0, 97.0)
# More points than this overlap.
_MAX_POINTS = 20_000
# Apogee, perigee; the scatter of catalogued fragments is plotted over that of modelled ones.
_MODEL, _SEEN = (style.SKY, style.GREEN), (style.BLUE, "#004D38")


def plot_gabbard(
    ax: Axes, model: Columns, seen: Columns | None, origin: tuple[float, float, float], *, title: str
) -> Axes:
    """Apogee and perigee of fragments against their period.

    model, seen: period_min, perigee_km, apogee_km (k,), min and km, seen ones on top; origin: the same three for the
    object they come from. The axes contain the middle 94 % of the periods and the seen fragments; a title gives the
    number outside.
    """
    known = np.isfinite(model["period_min"]) & np.isfinite(model["apogee_km"]) & (model["perigee_km"] > 0.0)
    outside = int((~known).sum())
    model = {name: column[known] for name, column in model.items()}
    spans = [np.percentile(model["period_min"], _SHOWN_PERCENT)] if known.any() else []
    if seen is not None and seen["period_min"].size:
        spans.append(np.percentile(seen["period_min"], [0.0, 100.0]))
    low, high = (
        (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else (origin[0] - 1.0, origin[0] + 1.0)
    )
    margin = 0.03 * (high - low) + 0.1
    low, high = min(low, origin[0]) - margin, max(high, origin[0]) + margin
    inside = (model["period_min"] >= low) & (model["period_min"] <= high)
    outside += int((~inside).sum())
    shown = thinned(np.flatnonzero(inside))
    crowd = 4.0 if shown.size > 2000 else 9.0
    for name, mark, tint in (("apogee_km", "^", _MODEL[0]), ("perigee_km", "v", _MODEL[1])):
        ax.scatter(
            model["period_min"][shown],
            model[name][shown],
            s=crowd,
            marker=mark,
            color=tint,
            alpha=0.6,
            linewidths=0.0,
        )
    if seen is not None:
        for name, mark, tint in (("apogee_km", "^", _SEEN[0]), ("perigee_km", "v", _SEEN[1])):
            ax.scatter(seen["period_min"], seen[name], s=7.0, marker=mark, color=tint, linewidths=0.0)
    ax.plot(origin[0], 0.5 * (origin[1] + origin[2]), marker="+", ms=12, mew=1.6, color=style.INK, ls="none")
    heights = [
        model["apogee_km"][inside],
        *([] if seen is None else [seen["apogee_km"]]),
        np.array([origin[2]]),
    ]
    ax.set_xlim(low, high)
    ax.set_ylim(0.0, 1.05 * float(np.concatenate(heights).max()))
    left_out = f", {outside:,} more outside" if outside else ""
    seen_count = "" if seen is None else f"; {seen['period_min'].size:,} catalogued"
    ax.set_title(
        f"{title}\n{int(inside.sum()):,} modelled{left_out}{seen_count}",
        fontsize=8.0,
        linespacing=1.25,
        parse_math=False,
    )
    ax.set_xlabel("period (min)")
    ax.set_ylabel("altitude of apogee and perigee (km)")
    if not spans:
        style.empty_note(ax, NOTHING_IN_ORBIT)
    return ax


def gabbard_handles(compared: bool) -> list[Artist]:
    """Legend entries of the marks; compared: with those of catalogued fragments."""

    def mark(shape: str, tint: str, label: str) -> Artist:
        return Line2D([], [], ls="none", marker=shape, color=tint, label=label)

    handles = [mark("^", _MODEL[0], "apogee, modelled"), mark("v", _MODEL[1], "perigee, modelled")]
    if compared:
        handles += [mark("^", _SEEN[0], "apogee, catalogued"), mark("v", _SEEN[1], "perigee, catalogued")]
    return [*handles, Line2D([], [], ls="none", marker="+", mew=1.6, ms=9, color=style.INK, label="parent")]


def thinned(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """As many of the rows as a figure can show, evenly spaced."""
    return rows[:: max(1, -(-rows.size // _MAX_POINTS))]


def same_limits(axes: Sequence[Axes]) -> None:
    """Panels side by side on the same scales, so that they can be compared."""
    if not axes:
        return
    limits = np.array([(*ax.get_xlim(), *ax.get_ylim()) for ax in axes])
    low, high = limits.min(axis=0), limits.max(axis=0)
    for ax in axes:
        ax.set(xlim=(low[0], high[1]), ylim=(low[2], high[3]))
