"""Does the B* of an object show that it manoeuvres? Writes implausible_drag.csv here.

    python -m benchmarks.covariance_calibration.implausible_drag

Needs the shared SOCRATES events (DEBRISSIM_SHARED, by default ../shared next to the repository). Half a minute.

The along-track error of pairs of `AGES_DAYS`, in units of the model's sigma, by the ratio of the object's drag to the
typical one of debris at its perigee, for both halves of the objects: the 68.27 % quantile and half of the 95.45 %
quantile, each 1 for a Gaussian of that sigma.
"""

from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np

from benchmarks.common import output_folder
from benchmarks.covariance_calibration.fit import ONE, TWO
from benchmarks.covariance_calibration.pairs import HERE, is_test_object, load_pairs, older_sets
from debrissim.core.arrays import Array
from debrissim.uncertainty.aged_element_sets import AgedElementSets, Behaviour
from debrissim.uncertainty.calibrated_errors import (
    Calibration,
    bundled_calibration,
    drag_displacement_km,
    element_sigmas_km,
)

AGES_DAYS = (0.7, 8.0)
RATIOS = (-np.inf, -1.0, 0.0, 0.1, 0.3, 1.0, 3.0, 10.0, np.inf)
CLASSES = {
    "passive": (Behaviour.PASSIVE,),
    "payload and young payload": (Behaviour.PAYLOAD, Behaviour.YOUNG_PAYLOAD),
}
MIN_PAIRS = 30
COLUMNS = (
    "objects", "half", "drag_ratio_from", "drag_ratio_to", "object_count", "pairs",
    "quantile_68", "half_quantile_95",
)  # fmt: skip


def drag_ratio(table: Calibration, sets: AgedElementSets) -> Array:
    """(m,) drag of the element sets in units of the typical one at their perigees, with the sign of B*."""
    height = np.clip(sets.perigee_altitude_km, table.altitude_km[0], table.altitude_km[-1])
    typical = np.exp(np.interp(height, table.altitude_km, np.log(table.typical_drag_km)))
    return drag_displacement_km(sets) / typical


def main() -> None:
    """Measure and write."""
    catalog, pairs = load_pairs()
    table = bundled_calibration()
    sets = older_sets(catalog, pairs)
    ratio = drag_ratio(table, sets)
    units = np.abs(pairs.along_km) / element_sigmas_km(table, sets)[1]
    norad_id = catalog.norad_id[pairs.older]
    test = is_test_object(norad_id)
    aged = (pairs.age_days >= AGES_DAYS[0]) & (pairs.age_days < AGES_DAYS[1])
    with (output_folder(HERE) / "implausible_drag.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, behaviours in CLASSES.items():
            for half, of_half in (("fit", ~test), ("test", test)):
                for low, high in pairwise(RATIOS):
                    rows = aged & of_half & np.isin(sets.behaviour, behaviours)
                    rows &= (ratio >= low) & (ratio < high)
                    if rows.sum() < MIN_PAIRS:
                        continue
                    one, two = np.quantile(units[rows], (ONE, TWO))
                    counts = np.unique(norad_id[rows]).size, int(rows.sum())
                    sizes = f"{one:.2f}", f"{two / 2.0:.2f}"
                    writer.writerow([name, half, f"{low:g}", f"{high:g}", *counts, *sizes])


if __name__ == "__main__":
    main()
