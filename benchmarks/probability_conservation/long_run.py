"""Is the low sum of Pc on two orbits a fault, or the scatter of a sum that rests on few passes?

    python -m benchmarks.probability_conservation.long_run

Needs the shared catalogues, as `measure`. A quarter of an hour of one core for each orbit.

The two orbits of `measure` whose ratio was lowest are screened again at many times as many random phases. Each row of
long_run.csv compares the sum of Pc with the collisions that passes within 20 km represent, for a range of sigma (the
geometric mean of both standard deviations in the encounter plane): with the ratio expected from what fits into the
sphere, and with the range of 95 % of the ratios if the sum is conserved (the same passes, each with a miss that is
sampled anywhere in the sphere). `equal_passes` is the number of equal contributions that would scatter as much. The row
"96 weeks" has the range for as many passes as `measure` has. The rows with a body of hundreds of metres take that
radius for every pass in place of the true one: many passes then have a high probability, and the same errors, misses
and integrals give a ratio that scatters little (95 % interval by resampling the phases). flux.csv has the passes
within several distances, weighted by the area of the hard bodies, over what the analytic flux expects.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.special import erf

from benchmarks.common import output_folder
from benchmarks.probability_conservation.measure import (
    CATALOGUES,
    COUNTED_KM,
    HERE,
    MODELS,
    TARGETS,
    Target,
    collisions_by_flux,
    copies_of,
    encounters_of,
    objects_near,
    ratio_with_interval,
    whole,
)
from debrissim.catalog import Catalog, catalog_epoch
from debrissim.core.arrays import Array
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import EncounterPlane, encounter_plane, plane_from_components
from debrissim.screening.encounters import Encounters
from debrissim.uncertainty.aged_element_sets import argument_of_latitude_deg
from debrissim.uncertainty.element_set_error import get_covariance_model
from debrissim.uncertainty.rotation import to_primary_rtn

CATALOGUE = CATALOGUES[1]
RUNS = {"850 km, 98.8 deg": (204, 14), "1,000 km, 82.9 deg": (205, 20)}
"""By target: seed, and number of times that all its phases are screened."""
SIGMA_KM = (0.0, 0.1, 0.3, 1.0, np.inf)
BODIES_KM = (0.3, 1.0, 2.0)
WITHIN_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
SAMPLES = 400
_REACH_SIGMA = 8.0


@dataclass(frozen=True, eq=False)
class Passes:
    """Passes of all phases of a target within its sphere, m rows.

    phase (m,); miss_km (m, 2) and sigma_km (m, 2) along the principal axes of the covariance in the encounter plane,
    the major one first; radius_km (m,) of both hard bodies together.
    """

    sphere_km: float
    phases: int
    phase: Array
    miss_km: Array
    sigma_km: Array
    radius_km: Array

    @property
    def collisions_each(self) -> Array:
        """(m,) collisions that a pass within `COUNTED_KM` represents, zero beyond."""
        counted = np.hypot(self.miss_km[:, 0], self.miss_km[:, 1]) <= COUNTED_KM
        return np.where(counted, (self.radius_km / COUNTED_KM) ** 2, 0.0)

    @property
    def mean_sigma_km(self) -> Array:
        """(m,) km, the geometric mean of both standard deviations."""
        return np.asarray(np.sqrt(self.sigma_km.prod(axis=1)))

    @property
    def inside(self) -> Array:
        """(m,) the part of the errors along the major axis that fits into the sphere."""
        return np.asarray(erf(self.sphere_km / (np.sqrt(2.0) * self.sigma_km[:, 0])))


def probability(miss_km: Array, sigma_km: Array, radius_km: Array) -> Array:
    """(m,) by Foster's method, from misses and standard deviations (m, 2) along the principal axes."""
    out = np.zeros(len(miss_km))
    near = np.all(np.abs(miss_km) < _REACH_SIGMA * sigma_km + radius_km[:, None], axis=1)
    covariance = sigma_km[near, :, None] ** 2 * np.eye(2)
    out[near] = foster(plane_from_components(miss_km[near], covariance), radius_km[near])
    return out


def sums_if_conserved(passes: Passes, group: Array, count: int, rng: np.random.Generator) -> Array:
    """(SAMPLES, count) sums of Pc by group (m,) of 0 to count - 1, each pass with a miss that is sampled anywhere.

    The misses are uniform in a square of the sphere's cross-section.
    """
    half = 0.5 * np.sqrt(np.pi) * passes.sphere_km
    out = np.empty((SAMPLES, count))
    for k in range(SAMPLES):
        miss = half * rng.random((len(passes.phase), 2), dtype=np.float32)
        rows = np.flatnonzero(np.all(miss < _REACH_SIGMA * passes.sigma_km, axis=1))
        value = probability(miss[rows].astype(float), passes.sigma_km[rows], passes.radius_km[rows])
        out[k] = np.bincount(group[rows], value, count)
    return out


def equal_passes(passes: Passes) -> float:
    """The number of equal contributions of which a sum would scatter as this sum of Pc does, relative to its mean.

    The mean of Pc over misses is r^2 / S^2, that of its square r^4 / (4 sigma_1 sigma_2 S^2) for a body r that is small
    against the errors, and at most r^2 / S^2.
    """
    mean = passes.inside * passes.radius_km**2
    square = passes.inside * np.minimum(
        passes.radius_km**4 / (4.0 * passes.mean_sigma_km**2), passes.radius_km**2
    )
    return float(mean.sum() ** 2 / (square.sum() * passes.sphere_km**2))


def select(passes: Passes, rows: Array) -> Passes:
    """The passes of some rows."""
    return replace(
        passes,
        phase=passes.phase[rows],
        miss_km=passes.miss_km[rows],
        sigma_km=passes.sigma_km[rows],
        radius_km=passes.radius_km[rows],
    )


def rows_of(target: Target, model: str, passes: Passes, rng: np.random.Generator) -> Iterator[list[object]]:
    """Rows of long_run.csv for one orbit and model."""
    start = [CATALOGUE[:10], target.name, model]
    value = probability(passes.miss_km, passes.sigma_km, passes.radius_km)
    group = np.digitize(passes.mean_sigma_km, SIGMA_KM[1:-1])
    sampled = sums_if_conserved(passes, group, len(SIGMA_KM) - 1, rng)
    first = passes.phase < target.phases
    few = sums_if_conserved(select(passes, first), group[first], 1 + group.max(), rng).sum(axis=1)
    total = float((passes.collisions_each * passes.inside).sum())
    for weeks, low, high, rows, sums in (
        (passes.phases, 0.0, np.inf, np.ones(len(group), dtype=np.bool_), sampled.sum(axis=1)),
        *((passes.phases, *limits, group == k, sampled[:, k]) for k, limits in enumerate(pairwise(SIGMA_KM))),
        (target.phases, 0.0, np.inf, first, few),
    ):
        if not rows.any():
            continue
        those = select(passes, rows)
        counted = those.collisions_each.sum()
        expected = float((those.collisions_each * those.inside).sum())
        # The sampled sums have the density of the whole sphere; the ratio has that within `COUNTED_KM`.
        everywhere = float((those.inside * (those.radius_km / those.sphere_km) ** 2).sum())
        scatter = np.quantile(sums, (0.025, 0.5, 0.975)) / everywhere * expected / counted
        yield [
            *start, weeks, "true", low, high, int(rows.sum()), f"{expected / total:.3f}",
            f"{value[rows].sum() / counted:.3f}", *(f"{number:.2f}" for number in scatter),
            f"{expected / counted:.2f}", f"{equal_passes(those):.1f}",
        ]  # fmt: skip
    for radius_km in BODIES_KM:
        body = replace(passes, radius_km=np.full(len(group), radius_km))
        value = probability(body.miss_km, body.sigma_km, body.radius_km)
        each = body.collisions_each
        numerator, denominator = (np.bincount(body.phase, v, body.phases) for v in (value, each))
        ratio, low, high = ratio_with_interval(numerator, denominator, rng)
        yield [
            *start, passes.phases, f"{1000.0 * radius_km:.0f} m", 0.0, np.inf, len(group), "1.000", f"{ratio:.3f}",
            f"{low:.2f}", "", f"{high:.2f}", f"{(each * body.inside).sum() / each.sum():.2f}",
            f"{equal_passes(body):.1f}",
        ]  # fmt: skip


def flux_rows(target: Target, passes: Passes, by_flux: float) -> Iterator[list[object]]:
    """Rows of flux.csv: passes within distances, as collisions of the hard bodies, over those by the flux."""
    distance = np.hypot(passes.miss_km[:, 0], passes.miss_km[:, 1])
    for within in WITHIN_KM:
        each = (passes.radius_km[distance <= within] / within) ** 2
        ratio = each.sum() / (by_flux * passes.phases)
        error = np.sqrt((each**2).sum()) / (by_flux * passes.phases)
        yield [CATALOGUE[:10], target.name, passes.phases, within, len(each), f"{ratio:.3f}", f"{error:.3f}"]


def encounter_plane_of(model: str, encounters: Encounters, catalog: Catalog) -> EncounterPlane:
    """The encounter planes of m encounters with the errors of a model."""
    errors = get_covariance_model(model)
    primary, secondary = (
        errors.covariance_of(catalog[rows], age, argument_of_latitude_deg=argument_of_latitude_deg(state))
        for rows, state, age in (
            (encounters.primary, encounters.primary_state, encounters.primary_age_days),
            (encounters.secondary, encounters.secondary_state, encounters.secondary_age_days),
        )
    )
    return encounter_plane(
        encounters.relative_position_rtn_km,
        encounters.relative_velocity_rtn_km_s,
        primary + to_primary_rtn(secondary, encounters.secondary_state, encounters.primary_state),
    )


def passes_of(target: Target, catalog: Catalog, batches: int, rng: np.random.Generator) -> dict[str, Passes]:
    """Screen `batches` times the phases of a target for a week; the passes by model."""
    objects = objects_near(target, catalog)
    parts: dict[str, list[Passes]] = {model: [] for model in MODELS}
    for batch in range(batches):
        sys.stderr.write(f"{target.name}: {batch + 1} of {batches}\n")
        both = Catalog.concat([copies_of(target, catalog, rng), objects])
        found = encounters_of(target, both, catalog_epoch(catalog), target.sphere_km)
        radius_m = both.hard_body_radius_m[found.primary] + both.hard_body_radius_m[found.secondary]
        for model, those in parts.items():
            plane = encounter_plane_of(model, found, both)
            those.append(
                Passes(
                    target.sphere_km,
                    batches * target.phases,
                    found.primary + batch * target.phases,
                    plane.miss_principal_km,
                    np.stack([plane.sigma_major_km, plane.sigma_minor_km], axis=1),
                    radius_m / 1000.0,
                )
            )
    return {model: joined(those) for model, those in parts.items()}


def joined(parts: list[Passes]) -> Passes:
    """All passes of several batches."""
    columns = ("phase", "miss_km", "sigma_km", "radius_km")
    return replace(parts[0], **{c: np.concatenate([getattr(part, c) for part in parts]) for c in columns})


def write(name: str, header: list[str], rows: list[list[object]]) -> None:
    """Write a table here."""
    with (output_folder(HERE) / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Screen, sum, sample, write."""
    catalog = whole(CATALOGUE)
    rows: list[list[object]] = []
    flux: list[list[object]] = []
    for target in TARGETS:
        if target.name in RUNS:
            seed, batches = RUNS[target.name]
            passes = passes_of(target, catalog, batches, np.random.default_rng(seed))
            both = Catalog.concat(
                [copies_of(target, catalog, np.random.default_rng(seed)), objects_near(target, catalog)]
            )
            flux += flux_rows(target, passes[MODELS[0]], collisions_by_flux(target, both))
            for model, those in passes.items():
                rows += rows_of(target, model, those, np.random.default_rng(1))
    write_tables(rows, flux)


def write_tables(rows: list[list[object]], flux: list[list[object]]) -> None:
    """Write long_run.csv and flux.csv."""
    write(
        "long_run.csv",
        ["catalogue", "target", "model", "weeks", "body", "sigma_from_km", "sigma_to_km", "passes",
         "fraction_of_expected", "ratio", "low", "median", "high", "expected_ratio", "equal_passes"],
        rows,
    )  # fmt: skip
    write(
        "flux.csv",
        ["catalogue", "target", "weeks", "within_km", "passes", "ratio_to_flux", "sigma"],
        flux,
    )


if __name__ == "__main__":
    main()
