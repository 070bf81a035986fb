"""A modelled cloud about a primary: passes by revolution, their decay over days, and the cloud itself."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from debrissim.core.arrays import Array
from debrissim.report.style import BLUE, FAINT, INK, PURPLE, YELLOW_ALERT, empty_note, log_axis

FRAGMENTS, BACKGROUND = "modelled fragments", "everything else"
_FEWEST_COLUMNS = 4


def draw_passes(
    ax: Axes, begin_h: Array, end_h: Array, fragments: Array, background: Array, *, start_label: str
) -> Axes:
    """Passes in each revolution (m,), fragments' and all others' side by side; begin_h, end_h in hours."""
    width = 0.4 * (end_h - begin_h)
    ax.bar(begin_h + 0.6 * width, fragments, 0.95 * width, color=BLUE)
    ax.bar(
        begin_h + 1.75 * width,
        background,
        0.95 * width,
        facecolor=PURPLE,
        edgecolor="white",
        hatch="////",
        lw=0.4,
    )
    ax.set_xlim(0.0, float(end_h.max(initial=1.0)))
    ax.set_ylim(0.0, 1.15 * max(1.0, float(fragments.max(initial=0.0)), float(background.max(initial=0.0))))
    ax.set_xlabel(f"hours since {start_label}; one pair of bars a revolution", parse_math=False)
    ax.set_ylabel("passes in the revolution")
    if not (fragments.any() or background.any()):
        empty_note(ax, "no pass in these revolutions")
    return ax


def pass_handles() -> list[Artist]:
    """What the bars mean."""
    return [
        Patch(color=BLUE, label=FRAGMENTS),
        Patch(facecolor=PURPLE, edgecolor="white", hatch="////", lw=0.4, label=BACKGROUND),
    ]


def decay_handles() -> list[Artist]:
    """What the marks mean."""
    return [
        Line2D([], [], color=color, marker=marker, ms=4, lw=0.8, label=f"{label}, 95 % interval of the count")
        for color, marker, label in ((BLUE, "o", FRAGMENTS), (PURPLE, "s", BACKGROUND))
    ]


def draw_decay(
    ax: Axes,
    middle_days: Array,
    rate: Array,
    interval: Array,
    background: Array,
    background_interval: Array,
    *,
    start_label: str,
) -> Axes:
    """Passes per day (m,) of fragments with their 95 % intervals (m, 2), over those of all others."""
    # Side by side, however long the axis.
    aside = 0.0035 * float(middle_days.max(initial=0.5))
    for values, limits, color, marker, shift in (
        (rate, interval, BLUE, "o", -aside),
        (background, background_interval, PURPLE, "s", aside),
    ):
        ax.errorbar(
            middle_days + shift,
            values,
            yerr=np.abs(limits.T - values),
            fmt=marker,
            color=color,
            ms=3.5,
            lw=0.8,
        )
    highest = float(np.max(np.concatenate([interval[:, 1], background_interval[:, 1]]), initial=1.0))
    ax.set_ylim(0.0, 1.08 * highest)
    ax.set_xlim(0.0, float(middle_days.max(initial=0.5)) + 0.5)
    ax.set_xlabel(f"days since {start_label}", parse_math=False)
    ax.set_ylabel("passes per day")
    return ax


def draw_shares(ax: Axes, days: Array, in_orbit: Array, crossing: Array, *, drawn: int) -> Axes:
    """Share of the fragments drawn that are in orbit, and that cross the primary's shell, over days (d,)."""
    whole = max(drawn, 1)
    ax.plot(days, 100.0 * in_orbit / whole, color=FAINT, ls=(0, (5, 2)), label="in orbit")
    ax.plot(
        days, 100.0 * crossing / whole, color=BLUE, marker="o", ms=3, label="crossing the primary's shell"
    )
    ax.set_xlim(float(days[0]), float(days[-1]))
    ax.set_ylim(0.0, 105.0)
    ax.set_xlabel("days since the start")
    ax.set_ylabel("share of the fragments drawn (%)")
    return ax


def draw_cloud_density(
    ax: Axes, days: Array, altitude_edges_km: Array, per_km3: Array, *, band_km: tuple[float, float]
) -> Axes:
    """Fragments per km^3, per_km3 (d, bins), as a map over days (d,), the last an edge, and altitude (bins + 1,) km.

    Of less than a few days, which would be a few broad columns, the first and the last as profiles.
    """
    peak = float(per_km3.max(initial=0.0))
    ax.set_ylabel("altitude (km)")
    if peak == 0.0:
        empty_note(ax, "no fragment in these altitudes")
        return ax
    unit = "fragments per km\N{SUPERSCRIPT THREE}"
    if len(days) < _FEWEST_COLUMNS:
        for values, color, dash in ((per_km3[0], FAINT, (0, (5, 2))), (per_km3[-1], BLUE, "-")):
            ax.stairs(
                values, altitude_edges_km, orientation="horizontal", color=color, ls=dash, baseline=None
            )
        log_axis(ax, 1e-3 * peak, 2.0 * peak, lambda value: f"{value:.0e}", which="x")
        ax.set_xlabel(f"{unit}, at the start (dashed) and the end")
    else:
        image = ax.pcolormesh(
            days,
            altitude_edges_km,
            np.maximum(per_km3[:-1], 1e-3 * peak).T,
            cmap="viridis",
            norm=LogNorm(1e-3 * peak, peak),
            rasterized=True,
        )
        ax.set_xlabel("days since the start")
        ax.figure.colorbar(image, ax=ax, pad=0.02).set_label(unit, color=INK)
    ax.axhspan(*band_km, facecolor="none", edgecolor=YELLOW_ALERT, lw=1.2)
    ax.annotate(
        "primary's shell",
        (1.0, 0.5 * (band_km[0] + band_km[1])),
        xycoords=("axes fraction", "data"),
        xytext=(-4, -9),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=7.5,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.0},
    )
    ax.set_ylim(float(altitude_edges_km[0]), float(altitude_edges_km[-1]))
    return ax
