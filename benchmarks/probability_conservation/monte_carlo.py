"""Does the sum of Pc equal the number of hits if the errors really happen? Element sets are displaced and propagated.

    python -m benchmarks.probability_conservation.monte_carlo

Needs the shared catalogues, as `measure`. Ten minutes of one core.

A whole catalogue and 192 phases of one orbit are screened for a week. The sum of Pc over the passes is compared with a
count that is independent of it but for the screening: every element set, on both sides, gets errors sampled from the
model, is propagated with SGP4 and screened again, three times, and the passes within the hard body are counted. Bodies
have 0.5 to 5 km in place of metres, so that there is something to count. The sum misses what lies outside the sphere of
30 km, which the count does not: their ratio is the expected one of `measure`, without its formula. Writes
monte_carlo.csv.

Along-track the errors of the model over the week are replaced by the straight line through them (an error of the mean
longitude and one of the mean motion); those of eccentricity and plane have at epoch the sigma of the middle of the
week, and turn with the perigee by some degrees a day. A sum over passes from all directions does not depend on it.
"""

from __future__ import annotations

import csv
import sys

import numpy as np

from benchmarks.common import output_folder
from benchmarks.probability_conservation.long_run import CATALOGUE, Passes, passes_of, probability
from benchmarks.probability_conservation.measure import (
    DAYS,
    HERE,
    TARGETS,
    copies_of,
    encounters_of,
    objects_near,
    whole,
)
from debrissim.catalog import Catalog, catalog_epoch, days_since
from debrissim.core.arrays import Array
from debrissim.uncertainty.aged_element_sets import aged
from debrissim.uncertainty.calibrated_errors import bundled_calibration, element_sigmas_km
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL

ORBIT = "850 km, 98.8 deg"
SEED, BATCHES, SAMPLES = 100, 2, 3
BODIES_KM = (0.5, 1.0, 2.0, 5.0)


def displaced(catalog: Catalog, start: tuple[float, float], rng: np.random.Generator) -> Catalog:
    """The catalogue with errors of the calibrated model, sampled once for every element set.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    start : (2,)
        Start of the week as a split Julian date, UTC.
    """
    age = -days_since(catalog, *start)
    z = rng.standard_normal((len(catalog), 5))
    table, days = bundled_calibration(), np.arange(DAYS + 1.0)
    along = np.stack([element_sigmas_km(table, aged(catalog, age + day))[1] for day in days], axis=1)
    slope, ahead = straight_line(age[:, None] + days, along * z[:, 4:])
    x, y, w, i = (element_sigmas_km(table, aged(catalog, age + 0.5 * DAYS))[0] * z[:, :4]).T
    axis = catalog.semi_major_axis_km
    perigee, inclination = np.radians(catalog.arg_perigee_deg), np.radians(catalog.inclination_deg)
    e_x = catalog.eccentricity * np.cos(perigee) + x / axis
    e_y = catalog.eccentricity * np.sin(perigee) + y / axis
    node = w / (axis * np.maximum(np.sin(inclination), 0.05))
    longitude = np.radians(catalog.mean_anomaly_deg) + perigee + ahead / axis - node * np.cos(inclination)
    return catalog.with_columns(
        eccentricity=np.hypot(e_x, e_y),
        arg_perigee_deg=np.degrees(np.arctan2(e_y, e_x)) % 360.0,
        mean_anomaly_deg=np.degrees(longitude - np.arctan2(e_y, e_x)) % 360.0,
        raan_deg=(catalog.raan_deg + np.degrees(node)) % 360.0,
        inclination_deg=np.degrees(np.abs(inclination + i / axis)),
        mean_motion_rev_day=catalog.mean_motion_rev_day + slope / axis / (2.0 * np.pi),
    )


def straight_line(at: Array, values: Array) -> tuple[Array, Array]:
    """Slope (n,) and value at zero (n,) of the line of least squares through k points (n, k) each."""
    centre, mean = at.mean(axis=1), values.mean(axis=1)
    across = at - centre[:, None]
    slope = (across * (values - mean[:, None])).sum(axis=1) / (across**2).sum(axis=1)
    return slope, mean - slope * centre


def counted(miss_km: Array) -> list[int]:
    """Passes within each body."""
    return [int(np.count_nonzero(miss_km <= body)) for body in BODIES_KM]


def main() -> None:
    """Sum, displace, count, write."""
    catalog = whole(CATALOGUE)
    start = catalog_epoch(catalog)
    target = next(target for target in TARGETS if target.name == ORBIT)
    passes: Passes = passes_of(target, catalog, BATCHES, np.random.default_rng(SEED))[DEFAULT_MODEL]
    rng, errors = np.random.default_rng(SEED), np.random.default_rng(SEED + 77)
    counts = np.zeros((1 + SAMPLES, len(BODIES_KM)), dtype=np.int64)
    for batch in range(BATCHES):
        both = Catalog.concat([copies_of(target, catalog, rng), objects_near(target, catalog)])
        for k in range(1 + SAMPLES):
            sys.stderr.write(f"{ORBIT}: {batch + 1} of {BATCHES}, catalogue {k} of {SAMPLES}\n")
            those = both if k == 0 else displaced(both, start, errors)
            counts[k] += counted(encounters_of(target, those, start, max(BODIES_KM)).miss_distance_km)
    with (output_folder(HERE) / "monte_carlo.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["catalogue", "target", "weeks", "body_km", "sum_pc", "undisplaced", "samples", "displaced", "ratio",
             "ratio_sigma"]
        )  # fmt: skip
        for k, body in enumerate(BODIES_KM):
            summed = probability(passes.miss_km, passes.sigma_km, np.full(len(passes.phase), body)).sum()
            hits = counts[1:, k].sum()
            ratio = summed * SAMPLES / hits
            writer.writerow(
                [CATALOGUE[:10], ORBIT, passes.phases, body, f"{summed:.1f}", counts[0, k], SAMPLES, hits,
                 f"{ratio:.3f}", f"{ratio / np.sqrt(hits):.3f}"]
            )  # fmt: skip


if __name__ == "__main__":
    main()
