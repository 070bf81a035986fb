"""The screening volumes around the primary, from three sides, with the secondaries in them at closest approach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
# Inches: the page, and the space for the panels with their labels.
_PAGE_IN = (8.0, 5.0)
_LEFT_IN, _RIGHT_IN, _BOTTOM_IN, _TOP_IN = 0.7, 7.85, 0.95, 4.22
_GAP_IN = (0.4, 0.55)
_LEGEND_IN = 2.8
_NAMES = ("up, R (km)", "ahead, T (km)", "to port, N (km)")
_TITLES = ("from starboard", "from above", "from ahead")
_DASHES = ("-", "--", "-.", ":")


def plot_volume_view(
    ax: Axes, relative_rtn_km: Array, volumes: Sequence[VolumeOutline], kind: NDArray[np.int8],
    *, view: int, probability: Array, yellow: float, red: float,
) -> Axes:  # fmt: skip
    """Relative positions at TCA (m, 3), km in the primary's RTN, in one of the `VIEWS`, with the volumes' outlines.

    The axes extend as far as the volumes, on one scale, so a flat box is shown flat. Secondaries that are inside at a
    different moment of their approach are beyond them.
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
    reach_km = _reach_km(volumes)
    for axis, component, limit in ((ax.xaxis, right, ax.set_xlim), (ax.yaxis, up, ax.set_ylim)):
        limit(-reach_km[component], reach_km[component])
        axis.set_label_text(_NAMES[component])
    ax.set_aspect("equal", adjustable="box")
    ax.yaxis.labelpad = 1.0
    ax.set_title(_TITLES[view], loc="left", fontsize=8.5, color=FAINT)
    return ax


def volume_handles(volumes: Sequence[VolumeOutline], labels: Mapping[str, str]) -> list[Artist]:
    """Legend entries of the outlines; labels: of the volumes by name."""
    return [
        Line2D([], [], color=INK, lw=1.1, ls=_DASHES[number % len(_DASHES)], label=labels[volume.name])
        for number, volume in enumerate(volumes)
    ]


@figure("screening_volumes", order=130, when=lambda view: view.has_many)
def screening_volumes(view: RunView) -> Figure:
    """The screening volumes from three sides, with the events in them at closest approach.

    As in a technical drawing: the view from starboard, the view from ahead to its right, and the view from above below
    it, all on one scale.
    """
    page = layout.event_page(view, findings.inside(view))
    position = np.stack([view.events[f"relative_position_{axis}_km"] for axis in "rtn"], axis=1)
    probability = view.probability
    places, corner = _places(view.volumes)
    for side, place in enumerate(places):
        ax = page.add_axes(place)
        plot_volume_view(
            ax,
            position,
            view.volumes,
            view.kind,
            view=side,
            probability=probability,
            yellow=view.yellow,
            red=view.red,
        )
        # Shared with the panel below or to the left.
        if side == 0:
            ax.set_xlabel("")
        if side == 2:
            ax.set_ylabel("")
    counts = {
        volume["name"]: f"{volume['count']:,} inside {volume['description']}"
        for volume in view.sums["volumes"]
    }
    handles: list[Artist | tuple[Artist, ...]] = [
        *style.kind_handles(style.kinds_present(view.kind)),
        *style.ring_handles(probability, view.yellow, view.red),
        *volume_handles(view.volumes, counts),
    ]
    style.legend(page, handles, "upper left", corner, columns=1)
    return page


def _reach_km(volumes: Sequence[VolumeOutline]) -> Array:
    """(3,) half-widths of the panels along R, T and N."""
    return np.asarray(1.08 * np.max([volume.half_widths_km for volume in volumes], axis=0))


def _places(
    volumes: Sequence[VolumeOutline],
) -> tuple[list[tuple[float, float, float, float]], tuple[float, float]]:
    """The places of the `VIEWS` on the page, all on one scale, and the upper left corner of the free quarter."""
    radial, transverse, normal = (2.0 * _reach_km(volumes)).tolist()
    scale = min(
        (_RIGHT_IN - _LEFT_IN - _GAP_IN[0]) / (transverse + normal),
        (_TOP_IN - _BOTTOM_IN - _GAP_IN[1]) / (radial + normal),
    )
    radial, transverse, normal = radial * scale, transverse * scale, normal * scale
    free = _RIGHT_IN - _LEFT_IN - _GAP_IN[0] - transverse - max(normal, _LEGEND_IN)
    left = _LEFT_IN + max(free, 0.0) / 2.0
    below, right = _TOP_IN - radial - _GAP_IN[1] - normal, left + transverse + _GAP_IN[0]
    inches = (
        (left, _TOP_IN - radial, transverse, radial),
        (left, below, transverse, normal),
        (right, _TOP_IN - radial, normal, radial),
    )
    width, height = _PAGE_IN
    places = [(x / width, y / height, w / width, h / height) for x, y, w, h in inches]
    return places, (right / width, (below + normal) / height)


def _outline(volume: VolumeOutline, right: int, up: int) -> tuple[Array, Array]:
    width, height = volume.half_widths_km[right], volume.half_widths_km[up]
    if volume.is_round:
        angle = np.linspace(0.0, 2.0 * np.pi, 181)
        return width * np.cos(angle), height * np.sin(angle)
    return width * np.array([-1.0, 1.0, 1.0, -1.0, -1.0]), height * np.array([-1.0, -1.0, 1.0, 1.0, -1.0])
