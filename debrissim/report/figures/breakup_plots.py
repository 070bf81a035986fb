"""Sizes, area-to-mass ratios and velocity changes of fragments compared with the laws from which they are sampled."""

from __future__ import annotations

import numpy as np
import scipy
from matplotlib.axes import Axes

from debrissim.core.arrays import Array
from debrissim.hazard.breakup.distributions import (
    MAX_LENGTH_M,
    MIN_LENGTH_M,
    VELOCITY_SIGMA,
    NumberLaw,
    area_to_mass,
    cumulative_count,
)
from debrissim.report import style
from debrissim.report.figures.gabbard import thinned

_BANDS = (0.05, 0.5, 0.95)


def plot_sizes(ax: Axes, length_m: Array, law: NumberLaw, range_factors: tuple[float, float]) -> Axes:
    """Number of fragments of each length and above: sampled lengths (k,) m, the law, and its observed errors."""
    shortest = float(length_m.min()) if length_m.size else MAX_LENGTH_M
    edges = np.geomspace(MIN_LENGTH_M, 10.0, 200)
    expected = cumulative_count(edges, law)
    low, high = range_factors
    ax.fill_between(edges, low * expected, high * expected, color=style.SKY, alpha=0.25, linewidth=0.0)
    valid = edges <= MAX_LENGTH_M
    ax.plot(edges[valid], expected[valid], color=style.BLUE)
    ax.plot(edges[~valid], expected[~valid], color=style.BLUE, ls=":")
    ordered = np.sort(length_m)
    ax.step(ordered, np.arange(ordered.size, 0, -1), where="post", color=style.INK, lw=1.2)
    ax.axvline(MAX_LENGTH_M, color=style.FAINT, lw=0.9, ls="--")
    top = high * float(cumulative_count(min(shortest, 0.1), law))
    style.log_axis(ax, min(shortest, 0.1) / 1.3, 10.0, _length_text, which="x")
    style.log_axis(ax, 0.5, 2.0 * max(top, 10.0), "{:g}".format)
    ax.annotate(
        "the laws hold up to 1 m",
        (MAX_LENGTH_M, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(5, -4),
        textcoords="offset points",
        va="top",
        fontsize=7.5,
        color=style.FAINT,
    )
    ax.set_xlabel("characteristic length")
    ax.set_ylabel("fragments of this length and above (count)")
    if not length_m.size:
        style.empty_note(ax, "no fragments")
    return ax


def _scatter(ax: Axes, x: Array, y: Array, color: str, marker: str) -> None:
    """Pale marks of fragments, smaller where they are many."""
    size = 4.0 if x.size > 1000 else 9.0
    ax.scatter(x, y, s=size, marker=marker, color=color, alpha=0.35, linewidths=0.0)


def plot_area_to_mass(
    ax: Axes, length_m: Array, area_to_mass_m2_kg: Array, *, rocket_body: bool, color: str, marker: str
) -> Axes:
    """Area-to-mass ratio of fragments (k,) against length (k,) m, with 5, 50 and 95 % of its distribution."""
    shown = thinned(np.arange(length_m.size))
    _scatter(ax, length_m[shown], area_to_mass_m2_kg[shown], color, marker)
    shortest = float(length_m.min()) if length_m.size else 0.05
    edges = np.geomspace(shortest, MAX_LENGTH_M, 160)
    grid = np.linspace(-4.5, 2.5, 701)
    law = area_to_mass(edges, rocket_body=rocket_body)
    chance = np.stack([law.cdf(chi) for chi in grid])
    for level in _BANDS:
        chi = [np.interp(level, chance[:, k], grid) for k in range(edges.size)]
        ax.plot(
            edges,
            10.0 ** np.array(chi),
            color=style.INK,
            lw=1.4 if level == 0.5 else 0.9,
            ls="-" if level == 0.5 else "--",
        )
    longest = max(MAX_LENGTH_M, float(length_m.max(initial=0.0)))
    style.log_axis(ax, shortest / 1.1, 1.3 * longest, _length_text, which="x")
    low = min(1e-3, float(area_to_mass_m2_kg.min(initial=1.0)))
    high = max(10.0, float(area_to_mass_m2_kg.max(initial=1.0)))
    style.log_axis(ax, 0.7 * low, 1.4 * high, "{:g}".format)
    ax.set_xlabel("characteristic length")
    ax.set_ylabel("area-to-mass ratio (m\N{SUPERSCRIPT TWO}/kg)")
    return ax


def plot_velocity(
    ax: Axes,
    area_to_mass_m2_kg: Array,
    velocity_change_m_s: Array,
    law: NumberLaw,
    *,
    color: str,
    marker: str,
) -> Axes:
    """Velocity change (k,) m/s against area-to-mass ratio (k,), with 5, 50 and 95 % of its law."""
    moving = velocity_change_m_s > 0.0
    shown = thinned(np.flatnonzero(moving))
    _scatter(ax, area_to_mass_m2_kg[shown], velocity_change_m_s[shown], color, marker)
    low, high = float(area_to_mass_m2_kg.min(initial=1e-2)), float(area_to_mass_m2_kg.max(initial=1.0))
    ends = np.array([0.7 * low, 1.4 * high])
    middle = law.velocity_mean(np.log10(ends))
    for level in _BANDS:
        ax.plot(
            ends,
            10.0 ** (middle + VELOCITY_SIGMA * scipy.special.ndtri(level)),
            color=style.INK,
            lw=1.4 if level == 0.5 else 0.9,
            ls="-" if level == 0.5 else "--",
        )
    style.log_axis(ax, float(ends[0]), float(ends[1]), "{:g}".format, which="x")
    speeds = velocity_change_m_s[moving]
    style.log_axis(
        ax, 0.7 * float(speeds.min(initial=1.0)), 1.4 * float(speeds.max(initial=1e3)), "{:g}".format
    )
    ax.set_xlabel("area-to-mass ratio (m\N{SUPERSCRIPT TWO}/kg)")
    ax.set_ylabel("velocity change (m/s)")
    return ax


def _length_text(length_m: float) -> str:
    if length_m < 0.01:
        return f"{length_m * 1000.0:g} mm"
    return f"{length_m * 100.0:g} cm" if length_m < 1.0 else f"{length_m:g} m"
