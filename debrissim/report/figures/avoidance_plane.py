"""The encounter plane before and after the best burn of an avoidance study."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Ellipse
from matplotlib.ticker import MaxNLocator

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.avoidance_view import AvoidanceData
from debrissim.report.figures.registry import figure

# As a fraction of the height of the axes: a smaller hard body has its own inset.
_SEEN = 0.02
_SQUEEZED = 8.0
_PLANE_AXES = (0.1, 0.24, 0.56, 0.62)


@figure(
    "before_and_after",
    order=30,
    views=(AvoidanceData,),
    when=lambda data: bool(
        data.best and (data.plane.burn == data.best).any() and (data.plane.burn == 0).any()
    ),
    caption="Where the other object passes, in the plane perpendicular to the relative velocity, with the combined "
    "error at "
    "1, 2 "
    "and 3 sigma; the spacecraft is at the origin. Equal axes; errors far longer than wide are cropped.",
)
def before_and_after(data: AvoidanceData) -> Figure:
    """The encounter plane without a burn and with the best one, on equal axes."""
    before, after = (data.plane[data.plane.burn == burn] for burn in (0, data.best))
    misses = np.array([[float(t.miss_u_km[0]), float(t.miss_v_km[0])] for t in (before, after)])
    covariances = [
        np.array(
            [
                [float(t.covariance_uu_km2[0]), float(t.covariance_uv_km2[0])],
                [float(t.covariance_uv_km2[0]), float(t.covariance_vv_km2[0])],
            ]
        )
        for t in (before, after)
    ]
    distance = np.linalg.norm(misses, axis=1)
    page = style.new_figure(
        f"Miss in the encounter plane {style.format_length_km(distance[0])} without the burn, "
        f"{style.format_length_km(distance[1])} with it",
        footer=data.footer,
        synthetic=False,
    )
    ax = page.add_axes(_PLANE_AXES)
    radius_km = float(before.hard_body_radius_m[0]) / 1000.0
    colors = (style.PURPLE, style.BLUE)
    for miss, covariance, color in zip(misses, covariances, colors, strict=True):
        _plot_ellipses(ax, miss, covariance, color)
    ax.annotate(
        "",
        tuple(misses[1]),
        tuple(misses[0]),
        arrowprops={"arrowstyle": "->", "color": style.INK, "lw": 1.2},
        zorder=5,
    )
    ax.add_patch(Circle((0.0, 0.0), radius_km, fc=style.RED_ALERT, ec=style.RED_ALERT, zorder=6))
    ax.plot(0.0, 0.0, "+", ms=9, color=style.INK, zorder=6)
    _set_view(ax, misses, covariances, radius_km)
    ax.set_xlabel("along the major axis of the error without a burn (km)")
    ax.set_ylabel("along its minor axis (km)")
    if radius_km < _SEEN * float(np.ptp(ax.get_ylim())):
        _plot_inset(page, misses, radius_km)
    style.bottom_legend(page, _plane_handles(colors), columns=4)
    return page


def _plot_ellipses(ax: Axes, miss: Array, covariance: Array, color: str) -> None:
    if not np.isfinite(covariance).all():
        return
    values, vectors = np.linalg.eigh(covariance)
    sigma = np.sqrt(np.clip(values, 0.0, None))
    angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    for number in (1.0, 2.0, 3.0):
        ax.add_patch(
            Ellipse(
                (float(miss[0]), float(miss[1])), 2.0 * number * float(sigma[1]), 2.0 * number * float(sigma[0]),
                angle=angle, fc="none", ec=color, lw=1.0, alpha=1.0 if number == 1.0 else 0.5, zorder=3,
            )
        )  # fmt: skip
    ax.plot(miss[0], miss[1], "o", ms=4, color=color, zorder=5)


def _set_view(ax: Axes, misses: Array, covariances: list[Array], radius_km: float) -> None:
    """Equal axes that contain both misses and the ellipses, or only the width of a long ellipse."""
    low, high = np.full(2, -radius_km), np.full(2, radius_km)
    for miss, covariance in zip(misses, covariances, strict=True):
        reach = np.zeros(2)
        if np.isfinite(covariance).all():
            minor, major = np.sqrt(np.clip(np.linalg.eigvalsh(covariance), 0.0, None))
            reach = 3.2 * np.sqrt(np.clip(np.diag(covariance), 0.0, None))
            if major > _SQUEEZED * max(minor, 1e-12):
                reach = np.minimum(
                    reach, 4.0 * max(minor, radius_km, 0.3 * float(np.ptp(misses, axis=0).max()))
                )
        low, high = np.minimum(low, miss - reach), np.maximum(high, miss + reach)
    span = high - low
    half = 0.52 * max(float(span[1]), float(span[0]) / 1.4)
    centre = 0.5 * (low + high)
    wide = style.FIGURE_SIZE_IN[0] * _PLANE_AXES[2] / (style.FIGURE_SIZE_IN[1] * _PLANE_AXES[3])
    ax.set_xlim(centre[0] - wide * half, centre[0] + wide * half)
    ax.set_ylim(centre[1] - half, centre[1] + half)
    ax.set_aspect("equal")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(5))


def _plot_inset(page: Figure, misses: Array, radius_km: float) -> None:
    """The hard body at its own scale."""
    ax = page.add_axes((0.72, 0.5, 0.24, 0.34))
    scale_m = 1000.0 * radius_km
    ax.add_patch(Circle((0.0, 0.0), scale_m, fc=style.RED_ALERT, ec=style.RED_ALERT, alpha=0.5))
    ax.plot(1000.0 * misses[0, 0], 1000.0 * misses[0, 1], "o", ms=4, color=style.PURPLE)
    reach = 4.0 * max(scale_m, 1e-3)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.xaxis.set_major_locator(MaxNLocator(3))
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.set_title("the hard body, in metres", fontsize=7.5, loc="left")


def _plane_handles(colors: tuple[str, str]) -> list[Artist]:
    ring: dict[str, Any] = {"ls": "none", "marker": "o", "mfc": "none", "ms": 8}
    return [
        Line2D([], [], mec=colors[0], label="without a burn: 1, 2, 3 sigma", **ring),
        Line2D([], [], mec=colors[1], label="with the burn", **ring),
        Line2D([], [], ls="none", marker="+", color=style.INK, ms=8, label="spacecraft"),
    ]
