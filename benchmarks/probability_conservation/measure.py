"""Do collision probabilities add up to the geometric rate, and how often do they alarm the station?

    python -m benchmarks.probability_conservation.measure

Needs the shared catalogues (DEBRISSIM_SHARED, by default ../shared next to the repository). Some minutes for each
catalogue.

Targets on six orbits, each at many random phases, are screened for a week against a whole real catalogue, within a
sphere into which the errors of most objects fit; the part of them that does is the expected ratio. For each target
and covariance model the sum of the collision probabilities is compared with the number of collisions that the same
hard bodies would have: passes within a small sphere, scaled by the areas, and the analytic flux. A probability is
calibrated in the mean if the ratio is as expected, whatever the size of the errors. For the station, probabilities
above the thresholds are counted. Writes conservation.csv, alarms.csv and conservation.png here.
"""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import erf

from benchmarks.common import output_folder
from debrissim.catalog import Catalog, catalog_epoch, latest_before, read_catalog, with_default_sizes
from debrissim.catalog.identifiers import Origin, internal_numbers
from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.conjunctions.assessment import assess_encounters
from debrissim.core.arrays import Array
from debrissim.core.constants import DAYS_PER_YEAR, SECONDS_PER_DAY, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.statistics import garwood_interval
from debrissim.hazard.station.collision_rate import independent_objects, with_mean_radius
from debrissim.report import style
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.screen import ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.aged_element_sets import Behaviour, behaviour_of
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, PUBLISHED_MODEL, get_covariance_model

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or HERE.parents[2] / "shared")
CATALOGUES = ("2022-01-22_spacetrack.3le.xz", "2024-11-01_celestrak_omm.csv.xz")
MODELS = (PUBLISHED_MODEL, DEFAULT_MODEL)
DAYS = 7.0
COUNTED_KM = 20.0
STATION = 25544
YELLOW, RED = 1e-5, 1e-4
AGES_DAYS = (0.0, 1.0, 3.0, 5.0, 8.0)


@dataclass(frozen=True)
class Target:
    """An orbit with a hard body, the number of phases at which it is screened, and the radius of the sphere."""

    name: str
    altitude_km: float
    inclination_deg: float
    radius_m: float
    phases: int
    sphere_km: float


TARGETS = (
    Target("ISS", 418.0, 51.64, 70.0, 96, 100.0),
    Target("550 km, 53 deg", 550.0, 53.0, 10.0, 48, 50.0),
    Target("600 km, 97.8 deg", 600.0, 97.8, 10.0, 48, 50.0),
    Target("780 km, 86.4 deg", 780.0, 86.4, 10.0, 96, 30.0),
    Target("850 km, 98.8 deg", 850.0, 98.8, 10.0, 96, 30.0),
    Target("1,000 km, 82.9 deg", 1000.0, 82.9, 10.0, 96, 30.0),
)


@dataclass(frozen=True, eq=False)
class Passes:
    """Passes of all phases of a target, m rows, and the number of collisions that the flux gives for all of them.

    hit_each: (m,) collisions that a pass within `COUNTED_KM` represents, zero beyond; by model (m,): probability, and
    inside, the part of the errors that fits into the sphere.
    """

    target: Target
    phase: NDArray[np.int64]
    miss_km: Array
    age_days: Array
    thrusting: NDArray[np.bool_]
    hit_each: Array
    probability: dict[str, Array]
    inside: dict[str, Array]
    from_flux: float


def whole(name: str) -> Catalog:
    """A catalogue with one set per object and sizes filled in."""
    catalog = read_catalog(SHARED / "data/catalogues" / name).catalog
    return with_default_sizes(latest_before([catalog], *catalog_epoch(catalog))[0])


def copies_of(target: Target, catalog: Catalog, rng: np.random.Generator) -> Catalog:
    """The target at random phases: the station's own set, or a circular orbit with the epoch of the station's set."""
    station = catalog[catalog.norad_id == STATION]
    copies = station[np.zeros(target.phases, dtype=np.int64)]
    angles = 360.0 * rng.random((3, target.phases))
    copies = copies.with_columns(
        raan_deg=angles[0],
        arg_perigee_deg=angles[1],
        mean_anomaly_deg=angles[2],
        norad_id=internal_numbers(Origin.UNNUMBERED, np.arange(target.phases)),
        hard_body_radius_m=np.full(target.phases, target.radius_m),
    )
    if target.name == "ISS":
        return copies
    motion = np.sqrt(WGS72_MU_KM3_S2 / (WGS72_RADIUS_KM + target.altitude_km) ** 3)
    return copies.with_columns(
        mean_motion_rev_day=np.full(target.phases, motion * SECONDS_PER_DAY / (2.0 * np.pi)),
        eccentricity=np.full(target.phases, 0.001),
        inclination_deg=np.full(target.phases, target.inclination_deg),
        bstar=np.full(target.phases, 5e-5),
    )


def objects_near(target: Target, catalog: Catalog) -> Catalog:
    """The independent objects whose altitudes come within the sphere of a target's orbit and 50 km more."""
    objects = catalog[independent_objects(catalog)]
    reach = target.sphere_km + 50.0
    return objects[
        (objects.perigee_altitude_km < target.altitude_km + reach)
        & (objects.apogee_altitude_km > target.altitude_km - reach)
    ]


def encounters_of(target: Target, both: Catalog, start: tuple[float, float], sphere_km: float) -> Encounters:
    """Closest approaches of the phases, the first rows of `both`, to the other objects within a week of `start`."""
    result = screen(
        both,
        np.arange(target.phases),
        *start,
        DAYS * SECONDS_PER_DAY,
        [ScreeningVolume.sphere(sphere_km)],
        settings=ScreeningSettings(workers=1),
    )
    found = result.encounters
    return found[(found.secondary >= target.phases) & (found.status == EncounterStatus.MINIMUM)]


def collisions_by_flux(target: Target, both: Catalog) -> float:
    """Collisions that the analytic flux gives for one phase and week; `both`: the phases, and the objects near them."""
    copies, objects = with_mean_radius(both[: target.phases]), with_mean_radius(both[target.phases :])
    altitude = float(np.mean(copies.semi_major_axis_km)) - WGS72_RADIUS_KM
    areas = np.pi * (target.radius_m + objects.hard_body_radius_m) ** 2
    flux = flux_by_object_per_m2_year(objects, altitude, target.inclination_deg)
    return float(np.sum(flux * areas)) * DAYS / DAYS_PER_YEAR


def passes_of(target: Target, catalog: Catalog, rng: np.random.Generator) -> Passes:
    """Screen all phases of a target for a week and assess the passes with every model."""
    objects = objects_near(target, catalog)
    both = Catalog.concat([copies_of(target, catalog, rng), objects])
    encounters = encounters_of(target, both, catalog_epoch(catalog), target.sphere_km)
    radius_m = both.hard_body_radius_m[encounters.primary] + both.hard_body_radius_m[encounters.secondary]
    counted = encounters.miss_distance_km <= COUNTED_KM
    probability, inside = {}, {}
    for name in MODELS:
        risk = assess_encounters(encounters, both, get_covariance_model(name)).probability
        probability[name] = risk.value
        # Along the longer axis of the ellipse: the shorter one fits in.
        longest = np.sqrt(np.linalg.eigvalsh(risk.plane.covariance_km2)[:, -1])
        inside[name] = erf(target.sphere_km / (np.sqrt(2.0) * longest))
    return Passes(
        target=target,
        phase=encounters.primary,
        miss_km=encounters.miss_distance_km,
        age_days=np.maximum(encounters.primary_age_days, encounters.secondary_age_days),
        thrusting=behaviour_of(both)[encounters.secondary] == Behaviour.THRUSTING,
        hit_each=np.where(counted, (radius_m / (1000.0 * COUNTED_KM)) ** 2, 0.0),
        probability=probability,
        inside=inside,
        from_flux=collisions_by_flux(target, both) * target.phases,
    )


def ratio_with_interval(
    numerator: Array, denominator: Array, rng: np.random.Generator
) -> tuple[float, float, float]:
    """The ratio of sums over phases (p,), and its 95 % interval by resampling the phases."""
    rows = rng.integers(0, numerator.size, (2000, numerator.size))
    ratios = numerator[rows].sum(axis=1) / np.maximum(denominator[rows].sum(axis=1), 1e-300)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(numerator.sum() / denominator.sum()), float(low), float(high)


def conservation_rows(catalogue: str, passes: Passes, rng: np.random.Generator) -> list[list[object]]:
    """Rows of conservation.csv."""
    out: list[list[object]] = []
    phases = passes.target.phases

    def per_phase(values: Array) -> Array:
        return np.bincount(passes.phase, values, phases)

    for objects, rows in (
        ("all", np.ones(len(passes.phase), dtype=np.bool_)),
        ("all but thrusting", ~passes.thrusting),
    ):
        counted = per_phase(np.where(rows, passes.hit_each, 0.0))
        for model, value in passes.probability.items():
            summed = per_phase(np.where(rows, value, 0.0))
            ratio, low, high = ratio_with_interval(summed, counted, rng)
            fits = (passes.hit_each * passes.inside[model])[rows].sum() / passes.hit_each[rows].sum()
            flux = summed.sum() / passes.from_flux if objects == "all" else np.nan
            out.append(
                [catalogue[:10], passes.target.name, objects, model, phases, int(rows.sum()),
                 f"{summed.sum() / phases:.3g}", f"{counted.sum() / phases:.3g}",
                 f"{ratio:.2f}", f"{low:.2f}", f"{high:.2f}", f"{fits:.2f}", f"{flux:.2f}"]
            )  # fmt: skip
    return out


def alarm_rows(catalogue: str, passes: Passes) -> list[list[object]]:
    """Rows of alarms.csv: passes above the thresholds by age of the older set, per year of one target."""
    out: list[list[object]] = []
    for model, value in passes.probability.items():
        for low, high in (*pairwise(AGES_DAYS), (0.0, np.inf)):
            rows = (passes.age_days >= low) & (passes.age_days < high)
            # The years of screening in which sets have such ages: by the passes within the small sphere.
            years = (
                passes.target.phases
                * DAYS
                / DAYS_PER_YEAR
                * (passes.hit_each[rows].sum() / passes.hit_each.sum())
            )
            counts = [int((value[rows] >= threshold).sum()) for threshold in (YELLOW, RED)]
            bounds = [garwood_interval(count) for count in counts]
            out.append(
                [catalogue[:10], model, f"{low:g}", f"{high:g}", f"{years:.3f}"]
                + [
                    text
                    for count, (least, most) in zip(counts, bounds, strict=True)
                    for text in (count, f"{count / years:.2f}", f"{least / years:.2f}", f"{most / years:.2f}")
                ]
            )
    return out


def plot(ax: Axes, table: list[list[object]]) -> Axes:
    """Ratios with intervals by target, one colour per model; dashes: expected, by what fits into the sphere."""
    for model, color, shift in zip(MODELS, (style.PURPLE, style.BLUE), (-0.12, 0.12), strict=True):
        rows = [row for row in table if row[3] == model and row[2] == "all but thrusting"]
        at = np.arange(len(rows)) + shift
        ratio, low, high = (np.array([float(str(row[k])) for row in rows]) for k in (8, 9, 10))
        ax.errorbar(
            at,
            ratio,
            np.clip([ratio - low, high - ratio], 0.0, None),
            fmt="o",
            color=color,
            ms=4,
            label=model,
        )
        expected = [float(str(row[11])) for row in rows]
        ax.plot(at, expected, "_", color=color, ms=12, label=f"{model}, expected")
        ax.set_xticks(
            np.arange(len(rows)),
            [str(row[1]).replace(", ", "\n") + f"\n{str(row[0])[:4]}" for row in rows],
            fontsize=6.5,
        )
    ax.axhline(1.0, color=style.FAINT, lw=0.8, ls="--")
    ax.set_ylim(bottom=0.0)
    ax.set_ylabel("sum of Pc / collisions of the same hard bodies")
    ax.set_title("Sums of probabilities against the geometric rate, without objects under thrust")
    ax.legend(frameon=False, loc="upper left", ncols=2)
    return ax


def main() -> None:
    """Screen, assess, compare, write."""
    rng = np.random.default_rng(12)
    table, alarms = [], []
    for name in CATALOGUES:
        catalog = whole(name)
        for target in TARGETS:
            sys.stderr.write(f"{name[:4]}, {target.name}\n")
            passes = passes_of(target, catalog, rng)
            table += conservation_rows(name, passes, rng)
            if target.name == "ISS":
                alarms += alarm_rows(name, passes)
    for path, header, rows in (
        (
            "conservation.csv",
            ["catalogue", "target", "objects", "model", "phases", "passes", "sum_pc", "collisions_by_count", "ratio",
             "ratio_low", "ratio_high", "expected_ratio", "ratio_to_flux"],
            table,
        ),
        (
            "alarms.csv",
            ["catalogue", "model", "age_from_days", "age_to_days", "years", "above_yellow", "yellow_per_year",
             "yellow_low", "yellow_high", "above_red", "red_per_year", "red_low", "red_high"],
            alarms,
        ),
    ):  # fmt: skip
        with (output_folder(HERE) / path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    with style.house_style():
        figure = Figure(figsize=(9.0, 4.6), layout="constrained")
        FigureCanvasAgg(figure)
        plot(figure.subplots(), table)
        figure.savefig(output_folder(HERE) / "conservation.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
