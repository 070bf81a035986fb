"""Risk over altitude and inclination, as a map with orbits marked in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from debrissim.core.arrays import Array
from debrissim.core.numbers import count
from debrissim.report import style
from debrissim.report.figures.registry import figure
from debrissim.report.hits import odds
from debrissim.results.table import Table


def plot_risk_map(
    ax: Axes,
    altitude_km: Array,
    inclination_deg: Array,
    value: Array,
    label: str,
    *,
    marked: Sequence[tuple[str, float, float]] = (),
) -> Axes:
    """value (altitudes, inclinations) over altitude_km (altitudes,) and inclination_deg (inclinations,), in colour.

    marked: (name, altitude km, inclination degrees). Cells in which no object flies stay white.
    """
    shown = np.ma.masked_less_equal(value, 0.0)
    if shown.count() == 0:
        style.empty_note(ax, "no object flies at these altitudes")
        return ax
    top = float(shown.max())
    bottom = max(float(shown.min()), 1e-4 * top)
    mesh = ax.pcolormesh(
        inclination_deg, altitude_km, shown, norm=LogNorm(bottom, top), cmap="cividis", shading="nearest"
    )
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02, fraction=0.05)
    bar.set_label(label)
    bar.ax.yaxis.set_major_formatter(lambda number, _: style.format_probability(number))
    bar.ax.minorticks_off()
    middle = 0.5 * float(inclination_deg[0] + inclination_deg[-1])
    for name, altitude, inclination in marked:
        # The stations are so close together that names on one side would overlap.
        crowded = any(0.0 < i - inclination < 25.0 and abs(a - altitude) < 100.0 for _, a, i in marked)
        left = inclination < middle and not crowded
        ax.plot(inclination, altitude, marker="o", ms=7, mfc="white", mec=style.RED_ALERT, mew=1.8, ls="none")
        ax.annotate(
            style.printable(name),
            (inclination, altitude),
            xytext=(8 if left else -8, 0),
            textcoords="offset points",
            ha="left" if left else "right",
            va="center",
            fontsize=8.5,
            parse_math=False,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )
    ax.grid(visible=False)
    ax.set_xlabel("inclination (degrees)")
    ax.set_ylabel("altitude (km)")
    return ax


@dataclass(frozen=True, eq=False)
class RiskMapView:
    """A folder of kind "risk-map": content of summary.json, rows of map.csv and of marked.csv."""

    summary: Mapping[str, Any]
    cells: Table
    marked: Table

    @property
    def place(self) -> str:
        """The orbit with the highest flux."""
        answer = self.summary["answer"]
        altitude, inclination = answer["highest_at_altitude_km"], answer["highest_at_inclination_deg"]
        return f"at {altitude:.0f} km and {inclination:.0f} degrees"


@figure(
    "risk_map",
    order=10,
    views=(RiskMapView,),
    caption="Hits per year by catalogued objects on a sphere, by altitude and inclination of its orbit (colour, "
    "logarithmic); white: no object flies there. Circles: the marked orbits.",
)
def risk_map(view: RiskMapView) -> Figure:
    """Rate of hits on the spacecraft."""
    answer, catalogue = view.summary["answer"], view.summary["method"]["catalogue"]
    chance = odds(answer["highest_rate_per_year"])
    footer = (
        f"{style.shorten(catalogue['label'].split(', ')[0], 55)}, {catalogue['epoch_utc'][:10]}, "
        f"{count(catalogue['independent_object_count'], 'object')}; flux of Kessler (1981), Opik (1951), error 15 %",
        "circular orbits; an upper bound near the shells of a fleet that keeps its phases",
    )
    page = style.new_figure(
        f"Hits on a sphere of {answer['hard_body_radius_m']:g} m: most {view.place}, {chance} a year",
        footer=footer,
        synthetic=catalogue["synthetic"],
    )
    altitude, inclination = (np.unique(view.cells[name]) for name in ("altitude_km", "inclination_deg"))
    values = view.cells["rate_per_year"].reshape(altitude.size, inclination.size)
    orbits = (view.marked[name].tolist() for name in ("name", "altitude_km", "inclination_deg"))
    marked = list(zip(*orbits, strict=True))
    ax = page.add_axes((0.085, 0.165, 0.84, 0.7))
    plot_risk_map(ax, altitude, inclination, values, "hits per year", marked=marked)
    return page
