"""Spatial density of the catalogue over altitude, by object kind, with the band the primary flies in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from debrissim.catalog.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.bins import bin_edges
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import INK, KIND_STYLES, YELLOW_ALERT, area_style, empty_note
from debrissim.report.views import RunView


def plot_density(
    ax: Axes,
    altitude_edges_km: Array,
    density_per_km3_by_kind: Mapping[ObjectKind, Array],
    *,
    band_km: tuple[float, float] | None = None,
    band_label: str = "",
) -> Axes:
    """Objects per km^3 in altitude bins, stacked by kind.

    altitude_edges_km: (bins + 1,) km; density_per_km3_by_kind: per `ObjectKind` (bins,) 1/km^3;
    band_km: perigee and apogee altitude of the primary, km, shaded and named by band_label.
    """
    if len(altitude_edges_km) < 2:
        empty_note(ax, "no density in this run")
        return ax
    base = np.zeros(len(altitude_edges_km) - 1)
    total = sum((np.asarray(d) for d in density_per_km3_by_kind.values()), base)
    peak = float(total.max(initial=0.0))
    # Densities are of the order of 1e-8: the power of ten is in the label, where it cannot be overlooked.
    exponent = int(np.floor(np.log10(peak))) if peak > 0.0 else 0
    for kind in KIND_STYLES:
        density = density_per_km3_by_kind.get(kind.kind)
        if density is None or not density.any():
            continue
        top = base + density / 10.0**exponent
        ax.stairs(top, altitude_edges_km, baseline=base, fill=True, label=kind.label, **area_style(kind))
        base = top
    highest = 1.12 * peak / 10.0**exponent if peak > 0.0 else 1.0
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
    ax.set_ylim(0.0, highest)
    ax.set_xlabel("altitude (km)")
    factor = f"1e{exponent} " if exponent else ""
    ax.set_ylabel(f"spatial density ({factor}objects per km\N{SUPERSCRIPT THREE})")
    if peak == 0.0:
        empty_note(ax, "no object of the catalogue in these altitudes")
    return ax


def _has_objects(view: RunView) -> bool:
    shells = view.tables["density"]
    return any(shells[name].any() for name in shells.columns() if name.endswith("_per_km3"))


@figure("density", order=60, when=_has_objects)
def density(view: RunView) -> Figure:
    """Spatial density of the catalogue over altitude."""
    page = layout.event_page(view, findings.density(view))
    ax = page.add_axes((0.09, 0.25, 0.88, 0.6))
    shells = view.tables["density"]
    names = {kind: f"{kind.label.replace(' ', '_')}_per_km3" for kind in ObjectKind}
    plot_density(
        ax,
        bin_edges(shells["altitude_low_km"], shells["altitude_high_km"]),
        {kind: shells[name] for kind, name in names.items() if name in shells},
        band_km=view.band_km,
        band_label=layout.short_name(view.primary_name),
    )
    handles, _ = ax.get_legend_handles_labels()
    if handles:
        style.bottom_legend(page, handles)
    return page
