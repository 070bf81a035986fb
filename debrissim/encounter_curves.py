"""The curves of many stored encounters at once, for the page that shows any of them at a click.

Everything comes from the columns of conjunctions.csv.

Assumptions
- Motion about TCA is two-body motion through both of SGP4's states at TCA. At the ends of a track, a minute from
  TCA and hundreds of kilometres apart, that differs from SGP4 by up to 0.1 km, a quarter of a minute from TCA by up to
  0.015 km (seen on the six likeliest encounters of scenarios/iss_week.toml). An arc of minutes and the revolution of an
  orbit are pictures on the scale of the Earth, no ephemeris.
- Dilution curves are those of the circular hard body by Foster's integral, whatever method gave the table's values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.folder import numbers
from debrissim.probability.dilution import dilution_curve
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.propagation.two_body import EquinoctialOrbits, bound, equinoctial
from debrissim.report.html.data import EncounterCurves

Array = NDArray[np.float64]

_SCALES = np.geomspace(1e-2, 1e3, 81)
# Denser towards TCA, where the range turns: 0.23 s, then ever wider, to a minute.
_TRACK_TIME_S = 60.0 * np.linspace(-1.0, 1.0, 33) * np.abs(np.linspace(-1.0, 1.0, 33))
_ARC_TIME_S = np.linspace(-600.0, 600.0, 21)
_ORBIT_SHARE = np.linspace(-0.5, 0.5, 49)


def encounter_curves(table: dict[str, list[str]]) -> EncounterCurves:
    """The curves of every row of a table with the columns of conjunctions.csv.

    Raises KeyError for a table without the columns, ValueError for a cell that is no number.
    """
    primary, secondary = _states(table, "primary"), _states(table, "secondary")
    moving = _on_ellipses(primary) & _on_ellipses(secondary)
    m = len(primary)
    track = np.full((m, len(_TRACK_TIME_S), 3), np.nan)
    arc = np.full((m, len(_ARC_TIME_S), 3), np.nan)
    orbit = np.full((m, len(_ORBIT_SHARE), 3), np.nan)
    period = np.full(m, np.nan)
    if moving.any():
        one, other = equinoctial(primary[moving]), equinoctial(secondary[moving])
        period[moving] = one.period_s
        track[moving] = _relative(one, other)
        arc[moving] = np.stack([other.states(time)[:, :3] for time in _ARC_TIME_S], axis=1)
        orbit[moving] = np.stack([one.states(share * one.period_s)[:, :3] for share in _ORBIT_SHARE], axis=1)
    return EncounterCurves(
        scale=_SCALES,
        dilution=_dilution(table),
        track_time_s=_TRACK_TIME_S,
        track_rtn_km=track,
        arc_time_s=_ARC_TIME_S,
        arc_km=arc,
        orbit_share=_ORBIT_SHARE,
        orbit_km=orbit,
        orbit_period_s=period,
    )


def _states(table: dict[str, list[str]], role: str) -> Array:
    """(m, 6) km, km/s."""
    names = [f"{role}_{axis}_km" for axis in "xyz"] + [f"{role}_v{axis}_km_s" for axis in "xyz"]
    return np.stack([numbers(table[name]) for name in names], axis=1)


def _on_ellipses(state: Array) -> NDArray[np.bool_]:
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(state).all(axis=1))
    return np.asarray(finite & bound(np.where(finite[:, None], state, 1.0)))


def _relative(one: EquinoctialOrbits, other: EquinoctialOrbits) -> Array:
    """(m, k, 3) km, the other as seen from the one, in its RTN of each moment."""
    parts = []
    for time in _TRACK_TIME_S:
        here, there = one.states(time), other.states(time)
        parts.append(rotate(rtn_basis(here[:, :3], here[:, 3:]), there[:, :3] - here[:, :3]))
    return np.stack(parts, axis=1)


def _dilution(table: dict[str, list[str]]) -> Array:
    """(m, n) probability; NaN where there is no plane or no hard body."""
    miss = np.stack([numbers(table[f"plane_miss_{axis}_km"]) for axis in "xy"], axis=1)
    xx, xy, yy = (numbers(table[f"plane_covariance_{name}_km2"]) for name in ("xx", "xy", "yy"))
    covariance = np.stack([np.stack([xx, xy], axis=1), np.stack([xy, yy], axis=1)], axis=1)
    radius = numbers(table["hard_body_radius_m"]) / 1000.0
    good = np.isfinite(miss).all(axis=1) & np.isfinite(covariance).all(axis=(1, 2)) & np.isfinite(radius)
    curves = np.full((len(radius), len(_SCALES)), np.nan)
    if good.any():
        plane = plane_from_components(miss[good], covariance[good])
        curves[good] = dilution_curve(plane, radius[good], _SCALES).probability
    return curves
