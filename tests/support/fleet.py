"""A store with a fleet of three spacecraft, followed by runs every eight hours and by messages."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from support.reports import HOSTILE
from support.watch import approach, run_record

from debrissim.core.time import Time
from debrissim.watch.event import Batch, CatalogueSeen, EventUpdate, TrackedObject
from debrissim.watch.store import Store

KEYS = ("25544", "48274", "20580")
NAMES = ("ISS (ZARYA)", "CSS (TIANHE)", "HUBBLE")
EVENTS = 14
RUNS = 6
QUIET = TrackedObject("43013", "QUIET ONE")


def write_fleet(path: Path, now: Time, *, hostile: bool = False) -> Path:
    """Write a store as of `now`.

    14 events in the next five days, reported by six runs; three messages about the fourth. The seventh has no Pc; the
    last spacecraft has no event.
    """
    rng = np.random.default_rng(4)
    names = HOSTILE if hostile else NAMES
    craft = tuple(TrackedObject(key, names[k]) for k, key in enumerate(KEYS))
    others = [
        TrackedObject(str(30_000 + k), HOSTILE[k % len(HOSTILE)] if hostile else f"DEBRIS {k}")
        for k in range(EVENTS)
    ]
    with Store.open(path) as store:
        for run in range(RUNS):
            made = now + (run - RUNS) * 8 * 3600.0
            updates = tuple(
                _update(f"run{run}:{k}", k, run, craft[k % 3], others[k], now, made, float(rng.normal()))
                for k in range(EVENTS)
            )
            record = run_record(
                f"run{run}",
                title=HOSTILE[1] if hostile else "Fleet",
                made=made,
                start=made,
                spacecraft=(*craft, QUIET),
                catalogues=(CatalogueSeen(f"{run}", "active.csv", "celestrak:active", made),),
            )
            store.add(Batch(updates, record))
        for k in range(3):
            made = now + (k - 3) * 9 * 3600.0
            update = _update(f"message{k}", 3, k, craft[0], others[3], now, made, 0.0)
            source = HOSTILE[0] if hostile else "18 SDS"
            store.add(Batch((replace(update, source=source, origin=f"{k}.cdm"),)))
    return path


def _update(
    key: str,
    k: int,
    run: int,
    craft: TrackedObject,
    other: TrackedObject,
    now: Time,
    made: Time,
    noise: float,
) -> EventUpdate:
    """The report by a run of event k, whose objects cross each other's orbits at one point."""
    angle = 2.0 * math.pi * k / EVENTS
    position = 6778.0 * np.array([math.cos(angle), 0.6 * math.sin(angle), 0.8 * math.sin(angle)])
    velocity = 7.67 * np.array([-math.sin(angle), 0.6 * math.cos(angle), 0.8 * math.cos(angle)])
    across = velocity * np.array([0.9, 1.0, -1.0])
    return approach(
        key,
        reported=made,
        tca=now + (0.2 + 0.36 * k) * 86400.0 + noise / (run + 1),
        primary=craft,
        secondary=other,
        probability=None if k == 6 else 10.0 ** (-8.0 + 0.35 * k + 0.1 * run),
        dilution=k % 4 == 0,
        miss_distance_km=2.0 + 0.3 * k + 0.1 * noise,
        primary_state=(*position.tolist(), *velocity.tolist()),
        secondary_state=(*position.tolist(), *across.tolist()),
    )
