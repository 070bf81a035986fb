"""The screening volumes around the primary, from three sides, with the secondaries in them at closest approach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import FAINT, INK, plot_points, plot_rings
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView, VolumeOutline

# The components to the right and upwards. N = R x T points to port: with N to the right the view is backwards.
VIEWS = ((1, 0), (1, 2), (2, 0))
_NAMES = ("radial R, up (km)", "transverse T, ahead (km)", "normal N, to port (km)")
_TITLES = ("from starboard", "from above", "from ahead")
_DASHES = ("-", "--", "-.", ":")


def plot_volume_view(
    ax: Axes, relative_rtn_km: Array, volumes: Sequence[VolumeOutline], kind: NDArray[np.int8],
    *, view: int, probability: Array, yellow: float, red: float,
) -> Axes:  # fmt: skip
    """Relative positions at TCA (m, 3), km in the primary's RTN, in one of the `VIEWS`, with the volumes' outlines.

    The axes reach as far as the volumes, on one scale: a box is as flat as it is. Beyond them are secondaries that are
    inside at another moment of their approach.
    """
    right, up = VIEWS[view]
    for number, volume in enumerate(volumes):
        across, along = _outline(volume, right, up)
        ax.plot(across, along, color=INK, lw=1.1, ls=_DASHES[number % len(_DASHES)], zorder=2)
    ax.plot([0.0], [0.0], marker="+", color=INK, ms=9, mew=1.4, ls="none", zorder=5)
    rows = thinned(probability >= yellow)
    x, y = relative_rtn_km[rows, right], relative_rtn_km[rows, up]
    plot_points(ax, x, y, kind[rows])
    plot_rings(ax, x, y, probability[rows], yellow, red)
    note_thinned(ax, len(rows), len(kind))
    for axis, component, limit in ((ax.xaxis, right, ax.set_xlim), (ax.yaxis, up, ax.set_ylim)):
        reach = 1.08 * max(volume.half_widths_km[component] for volume in volumes)
        limit(-reach, reach)
        axis.set_label_text(_NAMES[component])
    ax.set_aspect("equal", adjustable="box")
    ax.yaxis.labelpad = 1.0
    ax.set_title(_TITLES[view], loc="left", fontsize=8.5, color=FAINT)
    return ax


def volume_handles(volumes: Sequence[VolumeOutline]) -> list[Artist]:
    """Legend entries of the outlines."""
    return [
        Line2D([], [], color=INK, lw=1.1, ls=_DASHES[number % len(_DASHES)], label=volume.name)
        for number, volume in enumerate(volumes)
    ]


@figure("screening_volumes", order=130, when=lambda view: view.has_events)
def screening_volumes(view: RunView) -> Figure:
    """The screening volumes from three sides, with the events in them at closest approach."""
    page = layout.event_page(view, findings.inside(view))
    position = np.stack([view.events[f"relative_position_{axis}_km"] for axis in "rtn"], axis=1)
    probability = view.probability
    grid = page.add_gridspec(1, 3, left=0.075, right=0.985, bottom=0.32, top=0.83, wspace=0.3)
    for side in range(3):
        plot_volume_view(
            page.add_subplot(grid[0, side]),
            position,
            view.volumes,
            view.kind,
            view=side,
            probability=probability,
            yellow=view.yellow,
            red=view.red,
        )
    rings = style.ring_handles(probability, view.yellow, view.red)
    layout.kind_legend(page, view, [*rings, *volume_handles(view.volumes)])
    return page


def _outline(volume: VolumeOutline, right: int, up: int) -> tuple[Array, Array]:
    width, height = volume.half_widths_km[right], volume.half_widths_km[up]
    if volume.is_round:
        angle = np.linspace(0.0, 2.0 * np.pi, 181)
        return width * np.cos(angle), height * np.sin(angle)
    return width * np.array([-1.0, 1.0, 1.0, -1.0, -1.0]), height * np.array([-1.0, -1.0, 1.0, 1.0, -1.0])
