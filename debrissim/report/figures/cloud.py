"""A modelled cloud around a primary: passes per revolution, their decay over days, and the cloud itself."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import count, rounded
from debrissim.report import style
from debrissim.report.figures import findings
from debrissim.report.figures.gabbard import NOTHING_IN_ORBIT, gabbard_handles, plot_gabbard, same_limits
from debrissim.report.figures.layout import short_name
from debrissim.report.figures.registry import figure
from debrissim.report.style import BLUE, FAINT, INK, PURPLE, YELLOW_ALERT, empty_note, log_axis
from debrissim.report.views import CloudView

FRAGMENTS, BACKGROUND = "modelled fragments", "all other objects"
_MIN_COLUMNS = 4
_MAX_PARENTS = 3


def plot_passes(
    ax: Axes,
    begin_h: Array,
    end_h: Array,
    fragments: Array,
    background: Array | None,
    *,
    start_label: str,
) -> Axes:
    """Passes in each revolution (m,), of fragments and, if given, of all others; begin_h, end_h in hours."""
    width = 0.4 * (end_h - begin_h)
    ax.bar(begin_h + (0.6 if background is not None else 1.2) * width, fragments, 0.95 * width, color=BLUE)
    if background is not None:
        ax.bar(
            begin_h + 1.75 * width,
            background,
            0.95 * width,
            facecolor=PURPLE,
            edgecolor="white",
            hatch="////",
            lw=0.4,
        )
    shown = fragments if background is None else np.concatenate([fragments, background])
    ax.set_xlim(0.0, float(end_h.max(initial=1.0)))
    ax.set_ylim(0.0, 1.15 * max(1.0, float(shown.max(initial=0.0))))
    bars = "bar" if background is None else "pair of bars"
    ax.set_xlabel(f"hours since {start_label}; one {bars} per revolution", parse_math=False)
    ax.set_ylabel("passes in the revolution")
    if not shown.any():
        empty_note(ax, "no pass in these revolutions")
    return ax


def pass_handles(*, compared: bool) -> list[Artist]:
    """Legend entries of the bars."""
    handles: list[Artist] = [
        Patch(color=BLUE, label=FRAGMENTS),
        Patch(facecolor=PURPLE, edgecolor="white", hatch="////", lw=0.4, label=BACKGROUND),
    ]
    return handles if compared else handles[:1]


def decay_handles(*, compared: bool) -> list[Artist]:
    """Legend entries of the marks."""
    handles: list[Artist] = [
        Line2D([], [], color=color, marker=marker, ms=4, lw=0.8, label=f"{label}, 95 % interval of the count")
        for color, marker, label in ((BLUE, "o", FRAGMENTS), (PURPLE, "s", BACKGROUND))
    ]
    return handles if compared else handles[:1]


def plot_decay(
    ax: Axes,
    middle_days: Array,
    rate: Array,
    interval: Array,
    background: tuple[Array, Array] | None,
    *,
    start_label: str,
) -> Axes:
    """Passes per day (m,) of fragments with their 95 % intervals (m, 2), and, if given, the same for all others."""
    # Side by side, regardless of the length of the axis.
    aside = 0.0035 * float(middle_days.max(initial=0.5))
    series = [(rate, interval, BLUE, "o", -aside)]
    if background is not None:
        series.append((*background, PURPLE, "s", aside))
    for values, limits, color, marker, shift in series:
        ax.errorbar(
            middle_days + shift,
            values,
            yerr=np.abs(limits.T - values),
            fmt=marker,
            color=color,
            ms=3.5,
            lw=0.8,
        )
    highest = max(float(limits.max(initial=1.0)) for _, limits, *_ in series)
    ax.set_ylim(0.0, 1.08 * highest)
    ax.set_xlim(0.0, float(middle_days.max(initial=0.5)) + 0.5)
    ax.set_xlabel(f"days since {start_label}", parse_math=False)
    ax.set_ylabel("passes per day")
    return ax


def plot_fractions(ax: Axes, days: Array, in_orbit: Array, crossing: Array, *, sampled: int) -> Axes:
    """Fractions of the sampled fragments in orbit, and crossing the primary's shell, over days (d,)."""
    whole = max(sampled, 1)
    ax.plot(days, 100.0 * in_orbit / whole, color=FAINT, ls=(0, (5, 2)), label="in orbit")
    ax.plot(
        days, 100.0 * crossing / whole, color=BLUE, marker="o", ms=3, label="crossing the primary's shell"
    )
    ax.set_xlim(float(days[0]), float(days[-1]))
    ax.set_ylim(0.0, 105.0)
    ax.set_xlabel("days since the start")
    ax.set_ylabel("fraction of the sampled fragments (%)")
    return ax


def plot_cloud_density(
    ax: Axes, days: Array, altitude_edges_km: Array, per_km3: Array, *, band_km: tuple[float, float]
) -> Axes:
    """Fragments per km^3, per_km3 (d, bins), over days (d,), the last an edge, and altitude (bins + 1,) km, as a map.

    With only a few days there would be a few broad columns: instead the first and the last day are plotted as profiles.
    """
    peak = float(per_km3.max(initial=0.0))
    ax.set_ylabel("altitude (km)")
    if peak == 0.0:
        empty_note(ax, "no fragment in these altitudes")
        return ax
    unit = "fragments per km\N{SUPERSCRIPT THREE}"
    if len(days) < _MIN_COLUMNS:
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
        bar = ax.figure.colorbar(image, ax=ax, pad=0.02)
        bar.set_label(unit, color=INK)
        # Its own labels are mathtext, which the house style prints as it is.
        bar.ax.yaxis.set_major_formatter(lambda value, _: style.format_probability(value))
        bar.ax.minorticks_off()
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


@figure(
    "cloud_passes",
    order=10,
    views=(CloudView,),
    caption=(
        "Passes of modelled fragments in each revolution that begins on the first day, with those of all other "
        "objects where these are compared."
    ),
)
def cloud_passes(view: CloudView) -> Figure:
    """Passes in each revolution of the first day."""
    passes = view.revolutions[view.revolutions.begin_s < SECONDS_PER_DAY]
    fragments, background = passes.fragment_passes.sum(), passes.background_passes.sum()
    others = "" if view.not_compared else f", {background:,} of everything else"
    span = count(len(passes), "revolution")
    page = _page(
        view, f"{count(int(fragments), 'pass', 'passes')} of fragments {view.volume} in {span}{others}"
    )
    ax = page.add_axes((0.08, 0.25, 0.89, 0.62))
    plot_passes(
        ax,
        passes.begin_s / 3600.0,
        passes.end_s / 3600.0,
        passes.fragment_passes,
        None if view.not_compared else passes.background_passes,
        start_label=view.start_label,
    )
    style.bottom_legend(page, pass_handles(compared=not view.not_compared))
    return page


@figure(
    "cloud_decay",
    order=20,
    views=(CloudView,),
    when=lambda view: len(view.days) > 1,
    caption="Passes per day over the span, with the 95 % interval of the count.",
)
def cloud_decay(view: CloudView) -> Figure:
    """Passes per day over the span."""
    days = view.days
    rates = days.fragment_per_day.mean(), days.background_per_day.mean()
    page = _page(view, f"{_both(view, *rates)} a day, {view.volume}")
    ax = page.add_axes((0.08, 0.25, 0.89, 0.62))
    background = (
        days.background_per_day,
        np.stack([days.background_per_day_low, days.background_per_day_high], axis=1),
    )
    plot_decay(
        ax,
        0.5 * (days.begin_s + days.end_s) / SECONDS_PER_DAY,
        days.fragment_per_day,
        np.stack([days.fragment_per_day_low, days.fragment_per_day_high], axis=1),
        None if view.not_compared else background,
        start_label=view.start_label,
    )
    style.bottom_legend(page, decay_handles(compared=not view.not_compared), columns=2)
    return page


@figure(
    "cloud_density",
    order=30,
    views=(CloudView,),
    caption="Modelled fragments in orbit and crossing the altitudes of the spacecraft, and their density by "
    "altitude.",
)
def cloud_density(view: CloudView) -> Figure:
    """Fragments in orbit over time, and their density over altitude."""
    page = _page(view, findings.decay(view))
    grid = page.add_gridspec(1, 2, left=0.08, right=0.955, bottom=0.25, top=0.86, wspace=0.27)
    days = view.time_s / SECONDS_PER_DAY
    left = page.add_subplot(grid[0])
    plot_fractions(left, days, view.in_orbit, view.crossing, sampled=view.sampled)
    plot_cloud_density(
        page.add_subplot(grid[1]), days, view.altitude_edges_km, view.per_km3, band_km=view.band_km
    )
    style.bottom_legend(page, left.get_legend_handles_labels()[0])
    return page


@figure(
    "cloud_gabbard",
    order=40,
    views=(CloudView,),
    caption="Highest and lowest altitude of each modelled fragment against the period of its orbit, right "
    "after the event.",
)
def cloud_gabbard(view: CloudView) -> Figure:
    """Gabbard diagrams of the fragments of each parent."""
    page = style.new_figure(
        f"{int(view.in_orbit[0]):,} of {view.sampled:,} modelled fragments stay in orbit",
        footer=(view.title, f"fragments: {view.event_label}", "two-body orbits right after the event"),
        synthetic=True,
    )
    parents = view.parents[:_MAX_PARENTS]
    grid = page.add_gridspec(
        1, max(1, len(parents)), left=0.085, right=0.98, bottom=0.235, top=0.83, wspace=0.25
    )
    panels = [page.add_subplot(grid[k]) for k in range(len(parents))]
    for ax, parent in zip(panels, parents, strict=True):
        plot_gabbard(ax, parent.columns, None, parent.origin, title=short_name(parent.name))
    same_limits(panels)
    if not parents:
        style.empty_note(page.add_subplot(grid[0]), NOTHING_IN_ORBIT)
    style.bottom_legend(page, gabbard_handles(compared=False), columns=3)
    return page


def _both(view: CloudView, fragments: float, background: float) -> str:
    """Passes of the fragments and, if they are compared, of all other objects, in words."""
    others = "" if view.not_compared else f", {rounded(background)} of all other objects"
    return f"{rounded(fragments)} passes of modelled fragments{others}"


def _page(view: CloudView, heading: str) -> Figure:
    footer = (
        view.title,
        f"not compared with all other objects: {view.not_compared}"
        if view.not_compared
        else f"all other objects: {view.catalog_label}",
        f"fragments: {view.event_label}, NASA standard breakup model, one sample; {view.count_label}",
    )
    name = short_name(view.primary_name)
    return style.new_figure(f"{name}: {heading}", footer=footer, synthetic=True, partly=view.partly_synthetic)
