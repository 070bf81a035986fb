"""Does the model follow the activity of the Sun? The ISS, year by year. Writes iss_activity.csv here.

    python -m benchmarks.covariance_calibration.iss_activity

Needs the shared history of the ISS. Pairs of element sets three days apart without a jump of mean motion between
them. Drag: the median of D (`calibrated_errors.drag_displacement_km`); sigma: the 68.27 % quantile along-track;
model: the median of the model's sigma for the same sets; within: percent of the differences within one and two of the
model's sigmas.
"""

from __future__ import annotations

import csv

import numpy as np

from benchmarks.common import output_folder
from benchmarks.covariance_calibration.pairs import HERE, SHARED
from debrissim.catalog import read_catalog
from debrissim.uncertainty.aged_element_sets import aged
from debrissim.uncertainty.calibrated_errors import calibrated_covariance_km2, drag_displacement_km
from debrissim.uncertainty.pairwise import (
    AgeBin,
    drop_straddling,
    manoeuvre_jumps,
    pairwise_differences,
    sort_by_epoch,
)

HISTORY = "data/iss/iss_element_history_1998-2021.csv.gz"
YEARS = range(1999, 2021)
DAYS = AgeBin(3.0, 0.25)
WITHIN = ("within_1_sigma", "within_2_sigma")
_JD_OF_2000, _DAYS_PER_YEAR = 2451544.5, 365.25


def main() -> None:
    """Measure and write."""
    history = sort_by_epoch(read_catalog(SHARED / HISTORY).catalog)
    # The file has no designators: launched in 1998, kept below 450 km, so never passive.
    history = history.with_columns(
        international_designator=np.full(len(history), "1998-067A"),
        object_kind=np.ones(len(history), dtype=np.int8),
    )
    year = 2000.0 + (history.epoch_jd - _JD_OF_2000) / _DAYS_PER_YEAR
    table = []
    for first in YEARS:
        sets = history[(year >= first) & (year < first + 1)]
        pairs = drop_straddling(pairwise_differences(sets, [DAYS]), manoeuvre_jumps(sets))
        older = aged(sets[pairs.older], pairs.age_days)
        sigma = np.sqrt(calibrated_covariance_km2(older)[:, 1, 1])
        along = np.abs(pairs.difference_rtn_km[:, 1])
        measured = float(np.quantile(along, 0.6827))
        drag = float(np.median(np.abs(drag_displacement_km(older))))
        within = [100.0 * float((along <= k * sigma).mean()) for k in (1.0, 2.0)]
        table.append(
            [first, len(pairs), f"{drag:.2f}", f"{measured:.2f}", f"{measured / drag / 9.0:.2f}",
             f"{np.median(sigma):.2f}", *(f"{x:.0f}" for x in within)]
        )  # fmt: skip
    with (output_folder(HERE) / "iss_activity.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["year", "pairs", "drag_km", "sigma_km", "sigma_per_drag", "model_sigma_km", *WITHIN])
        writer.writerows(table)


if __name__ == "__main__":
    main()
