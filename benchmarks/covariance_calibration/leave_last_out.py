"""How much sharper is an object's own history than its class? Writes leave_last_out.csv here.

    python -m benchmarks.covariance_calibration.leave_last_out

Needs the shared SOCRATES events. The last set of each object is left out; factors from the earlier sets
(`uncertainty.own_scale`) are applied to the differences between these and the last. Gain: mean increase of the log
density of a Student t of 2.5 degrees of freedom at what happened, each model at its best width. Width: mean
(geometric) sigma of the one in those of the other, each scaled to hold 68.27 % of the differences.
"""

from __future__ import annotations

import csv

import numpy as np
from scipy.stats import t as student

from benchmarks.common import output_folder
from benchmarks.covariance_calibration.pairs import HERE, load_pairs, older_sets
from debrissim.core.arrays import Array
from debrissim.uncertainty.aged_element_sets import Behaviour
from debrissim.uncertainty.calibrated_errors import bundled_calibration, element_sigmas_km
from debrissim.uncertainty.own_scale import MIN_AGE_DAYS, scales_from_sets

ERRORS = ("X", "Y", "W", "I", "L")
WIDTHS = np.exp(np.linspace(-1.5, 1.5, 61))


def best_density(units: Array) -> float:
    """The maximum over widths of the mean log density of differences in units of sigma."""
    return float(
        max(np.mean(student.logpdf(units / width, 2.5)) - np.log(width) for width in WIDTHS.tolist())
    )


def main() -> None:
    """Measure and write."""
    catalog, pairs = load_pairs()
    last = np.append(np.diff(catalog.norad_id) != 0, True)
    scales = scales_from_sets(catalog[~last])
    pairs = pairs[last[pairs.newer] & (pairs.age_days > MIN_AGE_DAYS)]
    factor, known = scales.of(catalog.norad_id[pairs.older])
    pairs, factor = pairs[known], factor[known]
    sets = older_sets(catalog, pairs)
    errors, along = element_sigmas_km(bundled_calibration(), sets)
    units = np.column_stack([pairs.errors_km / errors, pairs.along_km / along])
    table = []
    for behaviour in Behaviour:
        rows = sets.behaviour == behaviour
        for k, name in enumerate(ERRORS):
            before, own = units[rows, k], units[rows, k] / factor[rows, k]
            shift = float(np.log(factor[rows, k]).mean())
            gain = best_density(own) - shift - best_density(before)
            width = np.exp(shift) * np.quantile(np.abs(own), 0.6827) / np.quantile(np.abs(before), 0.6827)
            within = [100.0 * (np.abs(own) <= multiple).mean() for multiple in (1.0, 2.0)]
            table.append(
                [behaviour.label, name, int(rows.sum()), f"{gain:.3f}", f"{width:.2f}"]
                + [f"{x:.1f}" for x in within]
            )
    with (output_folder(HERE) / "leave_last_out.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["objects", "error", "pairs", "gain", "width", "within_1_sigma", "within_2_sigma"])
        writer.writerows(table)


if __name__ == "__main__":
    main()
