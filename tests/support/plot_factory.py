"""Plausible plot data of any size, and axes to plot on."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from debrissim.catalog.catalog import ObjectKind
from debrissim.report.figures.evolution import EvolutionData
from debrissim.report.views import EventPlane, EventTrack, RunView, TopEvent, VolumeOutline
from debrissim.results.schema.conjunctions import CONJUNCTIONS, DENSITY
from debrissim.results.table import Table


def make_axes(projection: str | None = None) -> Axes:
    """Axes on a new figure, independent of pyplot."""
    figure = Figure()
    FigureCanvasAgg(figure)
    return figure.add_subplot(projection=projection)


def make_run_view(m: int, **changes: object) -> RunView:
    """m events of an ISS-like week, the same for the same m; `changes` replace fields and columns of events."""
    rng = np.random.default_rng(7)
    probability = 10.0 ** rng.uniform(-12.0, -3.5, m)
    probability[::4] = 0.0
    azimuth_deg = rng.uniform(-180.0, 180.0, m)
    azimuth_deg[2::50] = np.nan
    time_s = np.linspace(-20.0, 20.0, 81)
    track = np.array([0.4, -0.3, 0.1]) + time_s[:, None] * np.array([-3.0, -9.0, 5.0])
    # In this order, because each takes the next random numbers.
    events: dict[str, object] = {
        "tca_s": np.sort(rng.uniform(0.0, 7.0, m)) * 86400.0,
        "miss_distance_km": 25.0 * np.sqrt(rng.random(m)),
        "relative_speed_km_s": rng.uniform(0.1, 15.5, m),
        "approach_azimuth_deg": azimuth_deg,
        "collision_probability": probability,
        "maximum_probability": np.maximum(probability, 1e-7),
        "dilution": rng.random(m) < 0.3,
        "object_kind": np.array([ObjectKind(k).label for k in rng.integers(0, 4, m)], dtype=object),
        "primary_latitude_deg": np.clip(51.6 * np.sin(rng.uniform(-np.pi, np.pi, m)), -51.6, 51.6),
        "primary_altitude_km": rng.uniform(413.0, 437.0, m),
        "secondary_age_days": rng.uniform(-1.0, 9.0, m),
        "synthetic": np.zeros(m, dtype=np.bool_),
        "secondary_norad_id": np.arange(30123, 30123 + m),
        "secondary_name": np.array([f"DEB {k}" for k in range(m)], dtype=object),
    }
    position_km = rng.uniform(-1.0, 1.0, (m, 3)) * np.array([2.0, 25.0, 25.0])
    events |= {f"relative_position_{axis}_km": position_km[:, k] for k, axis in enumerate("rtn")}
    plane = rng.uniform(-0.5, 0.5, (m, 3, 3))
    covariance = plane @ np.swapaxes(plane, 1, 2)
    for name, i, j in (("xx", 0, 0), ("xy", 0, 1), ("yy", 1, 1), ("xz", 0, 2), ("yz", 1, 2), ("zz", 2, 2)):
        events[f"plane_covariance_{name}_km2"] = covariance[:, i, j]
    speeds = rng.uniform(-8.0, 8.0, (m, 3))
    events |= {f"relative_velocity_{axis}_km_s": speeds[:, k] for k, axis in enumerate("rtn")}
    tca_ms = (1000.0 * np.asarray(events["tca_s"])).astype("timedelta64[ms]")
    events |= {
        "primary_longitude_deg": rng.uniform(-180.0, 180.0, m),
        "tca_utc": np.datetime64("2024-05-01T00:00:00", "ms") + tca_ms,
    }
    state = (4700.0, -1100.0, 4780.0, 2.8, 7.0, -1.14)
    names = (*(f"primary_{axis}_km" for axis in "xyz"), *(f"primary_v{axis}_km_s" for axis in "xyz"))
    events |= {name: np.full(m, value) for name, value in zip(names, state, strict=True)}
    density = {
        f"{kind.label.replace(' ', '_')}_per_km3": np.full(36, 1e-9 * (kind + 1)) for kind in ObjectKind
    }
    edges_km = np.arange(200.0, 2001.0, 50.0)
    shells = {"altitude_low_km": edges_km[:-1], "altitude_high_km": edges_km[1:]} | density
    view: dict[str, object] = {
        "title": "iss-week",
        "primary_name": "ISS (ZARYA)",
        "start_label": "2024-05-01 00:00 UTC",
        "start_utc": np.datetime64("2024-05-01T00:00", "ms"),
        "span_days": 7.0,
        "catalog_label": "made up, 20 objects",
        "covariance_label": "by altitude and age",
        "synthetic": False,
        "partly_synthetic": False,
        "sums": {
            "volumes": [
                {"name": "iss-2x25x25", "description": "NASA's box of 4 x 50 x 50 km", "count": m},
                {"name": "socrates-5km", "description": "SOCRATES' sphere of 5 km radius", "count": m // 30},
            ]
        },
        "yellow": 1e-5,
        "red": 1e-4,
        "volumes": (
            VolumeOutline("iss-2x25x25", (2.0, 25.0, 25.0), is_round=False),
            VolumeOutline("socrates-5km", (5.0, 5.0, 5.0), is_round=True),
        ),
        "band_km": (413.0, 422.0),
        "planes": tuple(
            EventPlane(f"DEB {k}", np.array([0.4, 0.3]), np.diag([1.0, 0.04]), 0.06, 1e-4 / (k + 1), 2e-4)
            for k in range(min(m, 8))
        ),
        "tracks": tuple(EventTrack(f"DEB {k}", time_s, track) for k in range(min(m, 5))),
        "top": make_top_event() if m else None,
    }
    events |= {name: value for name, value in changes.items() if name in events}
    tables = {"conjunctions": Table(CONJUNCTIONS, events), "density": Table(DENSITY, shells)}
    view |= {name: value for name, value in changes.items() if name not in events}
    return RunView(tables=tables, **view)


def make_top_event(**changes: object) -> TopEvent:
    """One event with curves of the right shape; `changes` replace fields."""
    scale, radius_km, time_s = (
        np.geomspace(0.01, 100.0, 41),
        np.geomspace(1e-3, 1.0, 41),
        np.linspace(-2, 3, 41),
    )
    columns: dict[str, object] = {
        "label": "DEB 0 (30123)",
        "method": "foster",
        "probability": 1e-4,
        "maximum_probability": 2e-4,
        "maximum_scale": 0.5,
        "hard_body_radius_km": 0.06,
        "miss_km": 0.5,
        "sigma_range": (0.5, 2.0),
        "scale": scale,
        "dilution_probability": 2e-4 * np.exp(1.0 - 0.25 / scale**2) * 0.25 / scale**2,
        "radius_km": radius_km,
        "radius_probability": 1e-4 * (radius_km / 0.06) ** 2,
        "time_s": time_s,
        "cumulative": 1e-4 / (1.0 + np.exp(-4.0 * (time_s - 0.5))),
        "note": "",
    }
    return TopEvent(**(columns | changes))


def make_evolution_data(**changes: object) -> EvolutionData:
    """Three encounters through seven catalogues, the last of them outside the volumes at first."""
    days = np.tile(np.linspace(7.0, 1.0, 7), 3)
    track = np.repeat(np.arange(3), 7)
    growth = np.tile(np.arange(7.0), 3)
    columns: dict[str, object] = {
        "title": "iss-week",
        "catalog_label": "7 catalogues, made up",
        "covariance_label": "by altitude and age",
        "synthetic": True,
        "yellow": 1e-5,
        "red": 1e-4,
        "track": track,
        "names": tuple(f"DEB {number} (3012{number})" for number in track.tolist()),
        "days_to_tca": days,
        "miss_distance_km": 3.0 + 2.0 * track + np.sin(growth + track),
        "miss_sigma_km": 0.4 * days,
        "tca_shift_s": -0.05 * days**2 * (track + 1.0),
        "probability": 10.0 ** (-9.0 + growth * (1.0 - 0.3 * track)),
        "diluted": growth < 4,
        "inside": (track < 2) | (growth > 2),
    }
    return EvolutionData(**(columns | changes))
