"""Where does the time of an all-against-all screening go, and how close is it to the limit of the processor?

    python -m benchmarks cost_model [--size small|full] [--catalog FILE]

Each stage of the coarse phase is timed alone, on one thread, with data in the cache, for several steps; the minimum of
many runs counts, as other load only adds to the time. Writes stages.csv, conditions.csv and stages.png.
The stages are internal to `debrissim.screening`: this script changes with them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.common import DAY_S, Objects, objects, options, quickest, say, write_conditions, write_csv
from benchmarks.picture import SERIES, picture
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.ephemeris import USUAL_EXTRA_KM, EphemerisWindow, make_window
from debrissim.report import style
from debrissim.screening.kernels import cells

HERE = Path(__file__).resolve().parent
WINDOW_S, DISTANCE_KM, TOLERANCE_KM = 14400.0, 5.0, 0.5
STEPS_S = (20.0, 30.0, 40.0, 50.0, 60.0, 75.0)
SAMPLES = 10
STAGES = ("nodes", "interpolation", "classes", "sorting", "ordinary", "special")
LABELS = ("SGP4 at nodes", "interpolation", "classes, bands", "sorting", "ordinary pairs", "special objects")


def main() -> None:
    asked = options(__doc__, HERE)
    repeats = 5 if asked.small else 40
    data = objects(asked.catalog, 5000 if asked.small else None, DAY_S)
    window, nodes_s = windows_of(data, repeats)
    rows = [stages(window, nodes_s, step_s, repeats) for step_s in STEPS_S]
    write_csv(asked.out / "stages.csv", rows)
    write_conditions(
        asked,
        data.label,
        len(data.catalog),
        {"threshold and tolerance": f"{DISTANCE_KM:g} km, {TOLERANCE_KM:g} km", "window": f"{WINDOW_S:g} s"},
    )
    plot(asked.out / "stages.png", rows, f"{len(data.catalog):,} objects ({data.label})")


def windows_of(data: Objects, repeats: int) -> tuple[EphemerisWindow, float]:
    """An ephemeris window of all objects, and the seconds to make it."""
    propagator, everyone = data.propagator, np.arange(len(data.catalog))

    def make() -> EphemerisWindow:
        return make_window(propagator, everyone, 30000.0, 30000.0 + WINDOW_S, TOLERANCE_KM)

    say("nodes")
    return make(), quickest(make, max(3, repeats // 8))


def stages(window: EphemerisWindow, nodes_s: float, step_s: float, repeats: int) -> dict[str, Any]:
    """One row: ns per object and sample of each stage, pairs tested, and seconds per day of all stages."""
    say(f"step {step_s:g} s")
    samples = window.start_s + 3000.0 + step_s * np.arange(SAMPLES + 2)
    matrices = {n: interpolation_matrix(n, window.start_s, window.end_s, samples) for n in range(4, 513, 2)}
    positions = window.positions(samples, matrices.__getitem__)
    count, middle, usual_km = window.rows.size, SAMPLES // 2, TOLERANCE_KM + USUAL_EXTRA_KM
    latitude, longitude = np.empty(count, np.float32), np.empty(count, np.float32)
    state, kinds = cells.empty_objects(count), np.empty(count, np.int8)
    order, stretch = np.empty(count, np.int32), np.empty((6, count + cells._BLOCK), np.float32)
    error, primary = window.error_bound_km, np.ones(count, dtype=np.bool_)
    bands = cells.number_of_bands(count)
    band_of, begins = np.empty(cells._LAYERS, np.int32), np.empty(bands + 2, np.int64)

    def classes() -> tuple[float, float]:
        cells._directions(positions[middle], latitude, longitude)
        return cells._classify(positions, middle, error, usual_km, step_s, state)

    def members() -> NDArray[np.int32]:
        cells._layers(positions, middle, error, step_s, DISTANCE_KM, state.kind, state.lowest, state.highest)
        cells._layers_into_bands(state.kind, state.lowest, bands, band_of)
        return cells._list_bands(state, band_of, begins, np.empty(2 * count, np.int32))

    spent = dict.fromkeys(STAGES, 0.0)
    spent["nodes"] = nodes_s * step_s / WINDOW_S
    evaluate_s = quickest(lambda: window.positions(samples, matrices.__getitem__), repeats)
    spent["interpolation"] = evaluate_s / SAMPLES
    fastest, widest = classes()
    spent["classes"] = quickest(classes, repeats) + quickest(members, repeats)
    listed = members()
    search = cells.PairSearch(
        positions,
        middle,
        step_s,
        DISTANCE_KM,
        error,
        primary,
        np.zeros(count, dtype=np.int64),
        state,
        usual_km,
        fastest,
        widest,
    )
    pairs, store = 0, np.empty((4096, 5))
    for number in range(bands):
        own = listed[begins[number] : begins[number + 1]]
        lowest_km, highest_km, _ = cells._limits(state, own)
        arguments = (
            search, own, latitude, longitude, (number, lowest_km, highest_km), stretch, order, kinds
        )  # fmt: skip
        band = cells._sorted_by_cell(*arguments)
        special = np.flatnonzero(kinds[: own.size] == 2)
        pairs += tested_pairs(search, band)
        spent["sorting"] += quickest(lambda a=arguments: cells._sorted_by_cell(*a), repeats)
        spent["ordinary"] += quickest(lambda s=band: cells._around_ordinary(search, s, store, 0), repeats)
        spent["special"] += quickest(
            lambda s=band, which=special: around_all(search, s, which, latitude, longitude, store), repeats
        )
    a_day = DAY_S / step_s
    return {
        "step_s": step_s,
        "objects": count,
        "specials": int((state.kind == 2).sum()),
        "pairs_an_object": f"{pairs / count:.1f}",
        **{f"{name}_ns": f"{1e9 * seconds / count:.1f}" for name, seconds in spent.items()},
        "pair_ns": f"{1e9 * spent['ordinary'] / pairs:.2f}",
        "one_core_s_a_day": f"{a_day * sum(spent.values()):.2f}",
    }


@njit
def around_all(search, band, places, latitude, longitude, store):  # type: ignore[no-untyped-def]
    count = 0
    for place in places:
        store, count = cells._around_special(search, band, place, latitude, longitude, store, count)
    return count


def tested_pairs(search: cells.PairSearch, band: cells.RadialBand) -> int:
    """Number of pairs in the stretches that `_around_ordinary` tests, without the remainders of blocks."""
    apart_km = cells._apart_km(search, 2.0 * search.usual_error_km, 2.0 * cells._ORDINARY_SPEED_KM_S)
    columns, base, first = band.columns, band.base, band.first
    total, rows = 0, columns.size
    for row in range(rows):
        edges = np.abs(np.array([row, min(row + 2, rows)]) * band.height - 0.5 * np.pi)
        wide = cells._widest_angle(apart_km / band.lowest_km, edges.max() + cells._ANGLE_ERROR)
        for column in range(columns[row]):
            cell = base[row] + column
            here = int(first[cell + 1] - first[cell])
            after = (column + 1) % columns[row]
            east = int(first[base[row] + after + 1] - first[base[row] + after]) if columns[row] > 1 else 0
            north = (0, 0, 0, 0)
            if row + 1 < rows:
                ratio, margin = columns[row + 1] / columns[row], wide / (2.0 * np.pi) * columns[row + 1]
                low, high = np.floor(column * ratio - margin), np.floor((column + 1) * ratio + margin)
                north = cells._stretches(int(low), int(high), columns[row + 1], base[row + 1], first)
            total += here * (here - 1) // 2 + here * (east + int(north[1] - north[0] + north[3] - north[2]))
    return total


def plot(path: Path, rows: list[dict[str, Any]], label: str) -> None:
    """Plot the time of one core for a day by stage against the step, and ns per pair against pairs."""
    steps = [row["step_s"] for row in rows]
    a_day: list[NDArray[np.float64]] = [
        np.array([float(row[f"{name}_ns"]) * 1e-9 * row["objects"] * DAY_S / row["step_s"] for row in rows])
        for name in STAGES
    ]
    with picture(path, f"Cost of the coarse phase, {label}", 2, (10.0, 3.8)) as (_, (cost, pair)):
        shades = [color for color, _ in SERIES] + [style.YELLOW_ALERT]
        cost.stackplot(steps, a_day, labels=list(LABELS), colors=shades, alpha=0.85)
        cost.set_xlabel("step (s)")
        cost.set_ylabel("one core, s for a day")
        cost.set_ylim(0.0, 1.3 * float(np.sum(a_day, axis=0).max()))
        cost.legend(loc="upper center", ncols=3)
        tested = [float(row["pairs_an_object"]) for row in rows]
        pair.plot(tested, [float(row["pair_ns"]) for row in rows], "-o", color=style.BLUE)
        pair.set_ylim(0.0)
        pair.set_xlabel("pairs tested per object and sample")
        pair.set_ylabel("ns per pair")


if __name__ == "__main__":
    main()
