"""Spatial density of the catalogue over altitude, by object kind, with the band the primary flies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from debrissim.catalog.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.report import style
from debrissim.report.bins import bin_edges
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    INK,
    KIND_STYLES,
    YELLOW_ALERT,
    KindStyle,
    area_style,
    empty_note,
    format_probability,
    log_axis,
)
from debrissim.report.views import RunView

Shown: TypeAlias = Sequence[tuple[KindStyle, Array]]

_DASHES = ("-", "--", "-.", ":")
# A density requires many objects; the pair of a scenario has none.
_MIN_OBJECTS = 50.0
# As a fraction of the peak: below it, a linear axis shows a flat line.
_SMALL_PART = 0.2


def plot_density(
    ax: Axes,
    altitude_edges_km: Array,
    density_per_km3_by_kind: Mapping[ObjectKind, Array],
    *,
    band_km: tuple[float, float] | None = None,
    band_label: str = "",
    log: bool = False,
) -> Axes:
    """Objects per km^3 in altitude bins, stacked by kind; log: as lines on a logarithmic axis, with their sum.

    altitude_edges_km: (bins + 1,) km; density_per_km3_by_kind: per `ObjectKind` (bins,) 1/km^3;
    band_km: perigee and apogee altitude of the primary, km, shaded and named by band_label.
    """
    if len(altitude_edges_km) < 2:
        empty_note(ax, "no density in this run")
        return ax
    shown = [
        (kind, density_per_km3_by_kind[kind.kind])
        for kind in KIND_STYLES
        if kind.kind in density_per_km3_by_kind and density_per_km3_by_kind[kind.kind].any()
    ]
    base = np.zeros(len(altitude_edges_km) - 1)
    total = sum((density for _, density in shown), base)
    peak = float(total.max(initial=0.0))
    if log and peak > 0.0:
        _plot_lines(ax, altitude_edges_km, shown, total)
    else:
        _plot_stack(ax, altitude_edges_km, shown, peak)
    if band_km is not None:
        middle = (band_km[0] + band_km[1]) / 2.0
        # Above the frame, where no peak of the catalogue can run into it.
        on_the_left = middle < altitude_edges_km.mean()
        # A near-circular orbit's band can be thinner than a pixel: the edge line keeps it in sight.
        ax.axvspan(*band_km, facecolor=YELLOW_ALERT, alpha=0.45, edgecolor=YELLOW_ALERT, lw=1.2, zorder=3)
        ax.annotate(
            f"{band_label} {band_km[0]:.0f}-{band_km[1]:.0f} km".strip(),
            (middle, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(-6 if on_the_left else 6, 4),
            textcoords="offset points",
            ha="left" if on_the_left else "right",
            va="bottom",
            fontsize=8,
            color=INK,
            parse_math=False,
        )
    ax.set_xlim(float(altitude_edges_km[0]), float(altitude_edges_km[-1]))
    ax.set_xlabel("altitude (km)")
    if peak == 0.0:
        empty_note(ax, "no object of the catalogue at these altitudes")
    return ax


def _plot_stack(ax: Axes, edges_km: Array, shown: Shown, peak: float) -> None:
    # Densities are of the order of 1e-8: the power of ten is in the label, where it is easily seen.
    exponent = int(np.floor(np.log10(peak))) if peak > 0.0 else 0
    base = np.zeros(len(edges_km) - 1)
    for kind, density in shown:
        top = base + density / 10.0**exponent
        ax.stairs(top, edges_km, baseline=base, fill=True, label=kind.label, **area_style(kind))
        base = top
    ax.set_ylim(0.0, 1.12 * peak / 10.0**exponent if peak > 0.0 else 1.0)
    factor = f"1e{exponent} " if exponent else ""
    ax.set_ylabel(f"spatial density ({factor}objects per km\N{SUPERSCRIPT THREE})")


def _plot_lines(ax: Axes, edges_km: Array, shown: Shown, total: Array) -> None:
    log_axis(ax, float(total[total > 0.0].min()) / 20.0, 2.0 * float(total.max()), format_probability)
    for (kind, density), dash in zip(shown, _DASHES, strict=False):
        # Zero has no logarithm; such a bin has no line.
        ax.stairs(
            np.where(density > 0.0, density, np.nan),
            edges_km,
            label=kind.label,
            color=kind.color,
            ls=dash,
            lw=1.4,
        )
    ax.stairs(np.where(total > 0.0, total, np.nan), edges_km, label="all kinds", color=INK, lw=2.0)
    ax.set_ylabel("spatial density (objects per km\N{SUPERSCRIPT THREE})")


def _has_objects(view: RunView) -> bool:
    """Whether there are enough objects for a density, of a catalogue and not of a pair."""
    shells = view.tables["density"]
    radius_km = np.stack([shells["altitude_low_km"], shells["altitude_high_km"]]) + WGS72_RADIUS_KM
    volume_km3 = 4.0 / 3.0 * np.pi * np.diff(radius_km**3, axis=0)[0]
    names = [name for name in shells.columns() if name.endswith("_per_km3")]
    return sum(float(shells[name] @ volume_km3) for name in names) >= _MIN_OBJECTS


def _pays_as_log(view: RunView, total: Array, edges_km: Array) -> bool:
    """Whether the density where the primary flies is too small compared with the peak to be read next to it."""
    if view.band_km is None:
        return False
    own = total[max(int(np.searchsorted(edges_km, sum(view.band_km) / 2.0)) - 1, 0) :][:1]
    return bool((own > 0.0).all() and (own < _SMALL_PART * total.max()).all())


@figure("density", order=60, when=_has_objects)
def density(view: RunView) -> Figure:
    """Spatial density of the catalogue over altitude."""
    page = layout.event_page(view, findings.density(view))
    ax = page.add_axes((0.09, 0.25, 0.88, 0.63 if view.band_km is None else 0.6))
    shells = view.tables["density"]
    names = {kind: f"{kind.label.replace(' ', '_')}_per_km3" for kind in ObjectKind}
    edges_km = bin_edges(shells["altitude_low_km"], shells["altitude_high_km"])
    by_kind = {kind: shells[name] for kind, name in names.items() if name in shells}
    plot_density(
        ax,
        edges_km,
        by_kind,
        band_km=view.band_km,
        band_label=layout.short_name(view.primary_name),
        log=_pays_as_log(view, np.sum(list(by_kind.values()), axis=0), edges_km),
    )
    handles, _ = ax.get_legend_handles_labels()
    if handles:
        style.bottom_legend(page, handles, columns=len(handles))
    return page
