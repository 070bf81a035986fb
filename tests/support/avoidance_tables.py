"""The files of an avoidance study of an invented encounter, by the closed form of a nearly circular orbit.

Along-track dv, t before the closest approach: the spacecraft is 3 t dv behind and up to 4 dv / n above.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from debrissim.results.schema.avoidance import CANDIDATES, CELLS, ENCOUNTERS, MINIMA, PLANE
from debrissim.results.table import Schema, write_table

PERIOD_H = 1.55
GOAL = 1e-6
SIGMA_KM = np.array([1.2, 0.25])
RADIUS_KM = 0.02
MISS_KM = np.array([0.3, 0.05])


def _burns(hours: np.ndarray, sizes: np.ndarray, direction: str) -> dict[str, np.ndarray]:
    before, size = (x.ravel() for x in np.meshgrid(hours, sizes))
    turn = 2.0 * np.pi * before / PERIOD_H
    rate = 2.0 * np.pi / (PERIOD_H * 3600.0)
    dv = size / 1000.0
    if direction in ("along-track", "free"):
        u, v = (
            3.0 * before * 3600.0 * dv - 4.0 * dv / rate * np.sin(turn),
            2.0 * dv / rate * (1.0 - np.cos(turn)),
        )
    elif direction == "radial":
        u, v = 2.0 * dv / rate * (1.0 - np.cos(turn)), dv / rate * np.sin(turn)
    else:
        u, v = np.zeros(before.size), dv / rate * np.sin(turn)
    miss = MISS_KM + np.stack([0.7 * u, 0.7 * u + v], axis=1)
    return {"before": before, "size": size, "miss": miss}


def _pc(miss: np.ndarray, error_km: np.ndarray | float = 0.0) -> np.ndarray:
    u, v = np.sqrt(SIGMA_KM[0] ** 2 + np.square(error_km)), np.sqrt(SIGMA_KM[1] ** 2 + np.square(error_km))
    exponent = 0.5 * ((miss[:, 0] / u) ** 2 + (miss[:, 1] / v) ** 2)
    return np.asarray(RADIUS_KM**2 / (2.0 * u * v) * np.exp(-exponent))


def _columns(found: dict[str, np.ndarray], direction: str, first: int) -> dict[str, object]:
    before, size, miss = found["before"], found["size"], found["miss"]
    count = before.size
    error_km = 0.05 * np.linalg.norm(miss - MISS_KM, axis=1)
    exact, pc = _pc(miss), _pc(miss, error_km)
    start = np.datetime64("2030-01-02T00:00:00", "ms")
    diluted = (pc <= GOAL) & (exact > GOAL)
    zero = np.zeros(count)
    return {
        "burn": first + np.arange(count),
        "burn_utc": start - (before * 3.6e6).astype("timedelta64[ms]"),
        "before_tca_hours": before,
        "before_tca_revolutions": before / PERIOD_H,
        "direction": [direction] * count,
        "delta_v_m_s": size,
        "delta_v_r_m_s": size if direction == "radial" else zero,
        "delta_v_t_m_s": size if direction in ("along-track", "free") else zero,
        "delta_v_n_m_s": size if direction == "normal" else zero,
        "duration_s": zero,
        "status": ["ok"] * count,
        "tca_shift_s": zero,
        "miss_distance_km": np.linalg.norm(miss, axis=1),
        "miss_r_km": miss[:, 0],
        "miss_t_km": miss[:, 1],
        "miss_n_km": zero,
        "theory_error_km": 0.03 * size * before,
        "relative_speed_km_s": zero + 11.0,
        "mahalanobis_distance": np.linalg.norm(miss / SIGMA_KM, axis=1),
        "collision_probability": pc,
        "probability_without_execution_error": exact,
        "method": ["foster"] * count,
        "neighbour_miss_km": zero + np.nan,
        "neighbour_probability": zero + np.nan,
        "diluted": diluted,
        "meets_goal": (pc <= GOAL) & (exact <= GOAL),
        "gradient_r": zero,
        "gradient_t": zero + 1.0,
        "gradient_n": zero,
        "_miss": miss,
    }


def write_study(
    folder: Path,
    directions: tuple[str, ...] = ("along-track", "radial", "normal"),
    hours: np.ndarray | None = None,
    sizes: np.ndarray | None = None,
    candidates: int = 30,
) -> Path:
    """Write cells, minima, candidates, plane and the summary of an invented study into a new folder."""
    folder.mkdir()
    hours = (
        np.concatenate([np.arange(0.13, 4.7, 0.13), np.arange(5.0, 48.0, 0.8)]) if hours is None else hours
    )
    sizes = np.geomspace(0.01, 3.0, 14) if sizes is None else sizes
    signed = np.concatenate([-sizes[::-1], sizes])
    parts, first = [], 1
    for name in directions:
        found = _burns(hours, sizes if name == "free" else signed, name)
        parts.append(_columns(found, name, first))
        first += found["before"].size
    cells = {key: np.concatenate([np.asarray(part[key]) for part in parts]) for key in parts[0]}
    good = np.flatnonzero(cells["meets_goal"])
    smallest = [
        rows[np.argmin(np.abs(cells["delta_v_m_s"][rows]))]
        for name in directions
        for hour in hours
        if (rows := good[(cells["direction"][good] == name) & (cells["before_tca_hours"][good] == hour)]).size
    ]
    chosen = np.array(
        sorted(smallest, key=lambda k: abs(cells["delta_v_m_s"][k]))[:candidates], dtype=np.int64
    )
    miss = cells.pop("_miss")
    pick = {key: value[chosen] for key, value in cells.items()}
    verdict = np.where(np.arange(chosen.size) % 4 == 1, "worse", "green")
    verdict[-1:] = "not examined"
    _write(folder, CELLS, cells)
    rows = np.array(smallest, dtype=np.int64)
    minima = {key: value[rows] for key, value in cells.items()}
    _write(folder, MINIMA, minima)
    _write(
        folder,
        CANDIDATES,
        pick
        | {
            "verdict": verdict,
            "reason": np.where(verdict == "worse", "meets COSMOS 1 (<b>x</b>) DEB", ""),
            "encounters": np.arange(chosen.size),
            "new_above_goal": (verdict == "worse").astype(np.int64),
            "highest_probability": np.full(chosen.size, 1e-7),
        },
    )
    worse = pick["burn"][verdict == "worse"]
    _write(
        folder,
        ENCOUNTERS,
        {
            "burn": worse,
            "tca_utc": np.full(worse.size, np.datetime64("2030-01-03T04:05:06.789", "ms")),
            "norad_id": 900 + np.arange(worse.size),
            "name": ["COSMOS 1 (<b>x</b>) DEB"] * worse.size,
            "miss_distance_km": np.full(worse.size, 0.21),
            "miss_r_km": np.full(worse.size, 0.01),
            "miss_t_km": np.full(worse.size, 0.2),
            "miss_n_km": np.full(worse.size, 0.05),
            "relative_speed_km_s": np.full(worse.size, 9.0),
            "collision_probability": np.geomspace(1e-5, 2e-6, worse.size) if worse.size else np.zeros(0),
            "method": ["foster"] * worse.size,
            "probability_without_burn": np.full(worse.size, np.nan),
            "above_goal": np.ones(worse.size, dtype=bool),
        },
    )
    plane_miss = np.vstack([MISS_KM[None], miss[chosen]])
    count = len(plane_miss)
    error = 0.05 * np.linalg.norm(plane_miss - MISS_KM, axis=1) ** 1.0
    _write(
        folder,
        PLANE,
        {
            "burn": np.concatenate([[0], pick["burn"]]),
            "miss_u_km": plane_miss[:, 0],
            "miss_v_km": plane_miss[:, 1],
            "covariance_uu_km2": SIGMA_KM[0] ** 2 + error**2,
            "covariance_uv_km2": np.zeros(count),
            "covariance_vv_km2": SIGMA_KM[1] ** 2 + error**2,
            "hard_body_radius_m": np.full(count, 1000.0 * RADIUS_KM),
        },
    )
    green = chosen[verdict == "green"]
    best = next(iter([*green, *chosen]), None)
    summary = {
        "kind": "avoidance",
        "answer": {
            "verdict": "certified" if green.size else "not certified" if chosen.size else "no burn",
            "burn": None if best is None else {"number": int(cells["burn"][best])},
            "spacecraft": {"name": "MINE"},
            "other": {"name": "THEIRS $x$"},
            "without_burn": {"collision_probability": float(_pc(MISS_KM[None])[0])},
            "goals": {"probability": GOAL},
        },
        "method": {"theory": "closed form"},
        "provenance": {
            "scenario": {"title": "An invented encounter"},
            "versions": {"debrissim": "0"},
            "seed": 1,
        },
    }
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return folder


def _write(folder: Path, schema: Schema, columns: dict[str, object]) -> None:
    own = {column.name: columns[column.name] for column in schema.columns}
    write_table(folder / schema.file, schema.table(own))
