"""Which regimes and ages have the stated coverage, and what the data allow? Writes cells.csv here, prints a summary.

    python -m benchmarks.covariance_calibration.cells

Needs the shared SOCRATES events (DEBRISSIM_SHARED, by default ../shared next to the repository). A minute.

A cell is a class of objects, a band of perigees and one of ages, with `MIN_PAIRS` pairs or more. The model is tested
on objects that it was not fitted to, in both directions: the coefficients of the package on the half for testing, and
those of the same fit to that half on the other.

- Interval: 95 % of bootstrap samples of the objects of the cell (Efron & Tibshirani 1993, "An Introduction to the
  Bootstrap"), because pairs of one object are not independent. The samples come from a fixed seed.
- Limits: `LIMITS`, for one and two sigma.
- Exact: the fraction of such samples within the limits if one and two sigma held exactly 68.27 and 95.45 % of the
  cell: how often the right model would pass with so few objects.
- One size: whether any factor on the model's sigmas in this cell brings this component within both limits. Where
  none does, the differences do not have the shape of a Gaussian about zero, and no sigma holds both.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import output_folder
from benchmarks.covariance_calibration.fit import ONE, TWO, fit, rounded
from benchmarks.covariance_calibration.measure import MIN_PAIRS, groups
from benchmarks.covariance_calibration.pairs import HERE, is_test_object, load_pairs, older_sets
from debrissim.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.uncertainty.calibrated_errors import Calibration, calibrated_covariance_km2
from debrissim.uncertainty.coverage import MAHALANOBIS, MULTIPLES, standardise
from debrissim.uncertainty.element_differences import OrbitDifferences
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, get_covariance_model

COMPONENTS = ("R", "T", "N", "Mahalanobis")
LIMITS = ((0.60, 0.76), (0.91, 0.98))
SAMPLES = 400
SEED = 20201209
# (4, 3): the distances that should hold 68.27, 95.45 and 99.73 %.
DISTANCES = np.array([MULTIPLES] * 3 + [tuple(MAHALANOBIS)])
COLUMNS = [
    "tested_on", "objects", "perigee_km", "age_days", "object_count", "pairs", "component",
    *(f"{k:g}_sigma{part}" for k in MULTIPLES for part in ("", "_low", "_high")),
    "inside_1", "inside_2", "overlaps_1", "overlaps_2", "exact_1", "exact_2", "one_size",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class CellCoverage:
    """Coverage of one cell: fractions of R, T, N and Mahalanobis distance within one, two and three sigma.

    objects, pairs: counts. within, low, high: (4, 3) fraction, and the ends of its interval. exact: (4, 2) fraction.
    one_size: (4,) bool.
    """

    objects: int
    pairs: int
    within: Array
    low: Array
    high: Array
    exact: Array
    one_size: NDArray[np.bool_]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """(4, 2), whether the fractions within one and two sigma lie within the limits."""
        low, high = np.array(LIMITS).T
        return np.asarray((self.within[:, :2] >= low) & (self.within[:, :2] <= high))

    @property
    def overlaps(self) -> NDArray[np.bool_]:
        """(4, 2), whether the intervals overlap the limits."""
        low, high = np.array(LIMITS).T
        return np.asarray((self.high[:, :2] >= low) & (self.low[:, :2] <= high))


def cell_coverage(distances: Array, norad_id: NDArray[np.int64], samples: int = SAMPLES) -> CellCoverage:
    """Coverage of m pairs with an interval that resamples objects.

    Parameters
    ----------
    distances : (m, 4)
        Differences in R, T and N in units of sigma, not negative, and Mahalanobis distances.
    norad_id : (m,)
        Objects of the pairs.
    samples : int
        Bootstrap samples.
    """
    _, owner = np.unique(norad_id, return_inverse=True)
    objects = int(owner.max()) + 1
    chosen = np.random.default_rng(SEED).multinomial(objects, np.full(objects, 1.0 / objects), size=samples)
    counted = chosen @ np.bincount(owner, minlength=objects)

    def resampled(hits: NDArray[np.bool_]) -> Array:
        flat = hits.reshape(len(hits), -1).astype(np.float64)
        of_objects = np.stack([np.bincount(owner, column, objects) for column in flat.T], axis=1)
        return np.asarray((chosen @ of_objects / counted[:, None]).reshape(samples, *hits.shape[1:]))

    hits = distances[:, :, None] <= DISTANCES
    low, high = np.quantile(resampled(hits), (0.025, 0.975), axis=0)
    right = resampled(distances[:, :, None] <= np.quantile(distances, (ONE, TWO), axis=0).T)
    bottom, top = np.array(LIMITS).T
    # Factors on sigma that bring one and two sigma within their limits: between quantiles of the distances.
    ends = [
        np.quantile(distances, limit, axis=0) / DISTANCES[:, k]
        for k, limits in enumerate(LIMITS)
        for limit in limits
    ]
    return CellCoverage(
        objects=objects,
        pairs=len(distances),
        within=hits.mean(axis=0),
        low=low,
        high=high,
        exact=((right >= bottom) & (right <= top)).mean(axis=0),
        one_size=np.maximum(ends[0], ends[2]) <= np.minimum(ends[1], ends[3]),
    )


def cells(
    table: Calibration, catalog: Catalog, pairs: OrbitDifferences
) -> Iterator[tuple[str, str, str, CellCoverage]]:
    """(objects, perigee, age, coverage at the epoch of the newer set) of every cell."""
    model = replace(
        get_covariance_model(DEFAULT_MODEL), covariance=lambda sets: calibrated_covariance_km2(sets, table)
    )
    scores = standardise(model, catalog, pairs)
    distances = np.column_stack([np.abs(scores.rtn[:, 0]), scores.distance[:, 0]])
    norad_id = catalog.norad_id[pairs.older]
    for objects, perigee, age, rows in groups(catalog, pairs):
        if rows.sum() >= MIN_PAIRS:
            yield objects, perigee, age, cell_coverage(distances[rows], norad_id[rows])


def both_directions() -> Iterator[tuple[str, str, str, str, CellCoverage]]:
    """Cells of the half for testing with the coefficients of a fit to the other half, and the reverse."""
    catalog, pairs = load_pairs()
    norad_id = catalog.norad_id[pairs.older]
    test = is_test_object(norad_id)
    for name, tested in (("test", test), ("fit", ~test)):
        fitted = pairs[~tested]
        table, _ = fit(older_sets(catalog, fitted), fitted, norad_id[~tested])
        for cell in cells(rounded(table), catalog, pairs[tested]):
            yield name, *cell


def main() -> None:
    """Measure, write and summarise."""
    found: dict[tuple[str, str], list[CellCoverage]] = {}
    with (output_folder(HERE) / "cells.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for half, objects, perigee, age, cell in both_directions():
            found.setdefault((half, objects), []).append(cell)
            for k, component in enumerate(COMPONENTS):
                percent = 100.0 * np.stack([cell.within[k], cell.low[k], cell.high[k]], axis=1)
                truths = [*cell.inside[k], *cell.overlaps[k]]
                writer.writerow(
                    [half, objects, perigee, age, cell.objects, cell.pairs, component]
                    + [f"{x:.1f}" for x in percent.ravel()]
                    + [str(bool(x)).lower() for x in truths]
                    + [f"{x:.2f}" for x in cell.exact[k]]
                    + [str(bool(cell.one_size[k])).lower()]
                )
    lines = ["tested on, objects: cells; % inside, overlapping, of an exact model (one, two sigma); one size"]
    for (half, objects), of_class in found.items():
        parts = [
            " ".join(f"{100.0 * x:.0f}" for x in np.mean([getattr(c, name) for c in of_class], axis=(0, 1)))
            for name in ("inside", "overlaps", "exact")
        ]
        one_size = np.mean([cell.one_size for cell in of_class])
        lines.append(f"{half}, {objects}: {len(of_class)}; {', '.join(parts)}; {100.0 * one_size:.0f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
