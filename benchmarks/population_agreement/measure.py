"""Does the bundled population represent the catalogue it was fitted to? Writes CSVs and a figure here.

    python -m benchmarks.population_agreement.measure [--catalogue FILE] [--samples 20]

About two minutes on one core, mostly for SGP4 and the search for close pairs.
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks.common import add_output, output_folder
from debrissim.catalog import Catalog, read_catalog
from debrissim.catalog.population.density import shell_time_fractions, spatial_density_per_km3
from debrissim.catalog.population.flux import flux_on_orbit_per_m2_year
from debrissim.catalog.population.model import bundled_population
from debrissim.catalog.population.synthesis import synthesize
from debrissim.catalog.stations import at_crewed_station
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.propagation.sgp4 import make_propagator

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or HERE.parents[2] / "shared")
CATALOGUE = SHARED / "data" / "catalogues" / "2024-11-01_celestrak_omm.csv.xz"
EPOCH = (2460614.5, 22.0 / 24.0)  # 2024-10-31T22:00, the reference instant of the fitted ages
# 10 km where the fleets and the stations are, 25 km elsewhere.
EDGES_KM = np.concatenate(
    [np.arange(200.0, 300.0, 25.0), np.arange(300.0, 600.0, 10.0), np.arange(600.0, 2001.0, 25.0)]
)
COARSE_EDGES_KM = np.arange(200.0, 2001.0, 25.0)
ORBITS = (
    ("ISS", 418.0, 51.64),
    ("CSS", 387.0, 41.47),
    ("fleet shell", 550.0, 53.0),
    ("Sun-synchronous", 800.0, 98.6),
    ("Cosmos 2251 band", 790.0, 74.0),
    ("OneWeb band", 1200.0, 87.9),
    ("1500 km", 1500.0, 66.0),
)
PAIR_DISTANCE_KM = 10.0
FAST_KM_S = 0.5  # slower pairs (docked, released together, in formation) are not modelled

REAL_COLOUR, MODEL_COLOUR, BAND_COLOUR = "#000000", "#D55E00", "#0072B2"  # Okabe and Ito

Densities = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE)
    parser.add_argument("--samples", type=int, default=20)
    add_output(parser)
    options = parser.parse_args()
    whole = read_catalog(options.catalogue).catalog
    real = whole[~at_crewed_station(whole.name)]
    model = bundled_population()
    samples = [
        synthesize(model, model.object_count, np.random.default_rng(seed), *EPOCH)
        for seed in range(options.samples)
    ]
    densities = {}
    for name, edges in (("density_10_25_km.csv", EDGES_KM), ("density_25_km.csv", COARSE_EDGES_KM)):
        densities[name] = write_density(output_folder(HERE) / name, real, samples, edges)
    write_summary(output_folder(HERE) / "density_summary.csv", densities)
    write_flux(output_folder(HERE) / "flux.csv", real, samples)
    write_motion(output_folder(HERE) / "motion.csv", real, samples[0])
    plot(output_folder(HERE) / "agreement.png", *densities["density_10_25_km.csv"], EDGES_KM)


def write_density(path: Path, real: Catalog, samples: list[Catalog], edges: NDArray[np.float64]) -> Densities:
    """Write densities; returns that of the catalogue (bins,), of each sample (samples, bins), and objects per bin."""
    truth = spatial_density_per_km3(real, edges)
    sampled = np.stack([spatial_density_per_km3(sample, edges) for sample in samples])
    present = shell_time_fractions(real, edges).sum(axis=0)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            [
                "altitude_low_km",
                "altitude_high_km",
                "objects_present",
                "real_per_km3",
                "synthetic_mean_per_km3",
                "synthetic_sd_per_km3",
                "error_of_mean_percent",
                "worst_draw_percent",
                "poisson_percent",
            ]
        )
        for k in range(truth.size):
            error = 100.0 * (sampled[:, k] / truth[k] - 1.0)
            table.writerow(
                [
                    f"{edges[k]:.0f}",
                    f"{edges[k + 1]:.0f}",
                    f"{present[k]:.1f}",
                    f"{truth[k]:.4e}",
                    f"{sampled[:, k].mean():.4e}",
                    f"{sampled[:, k].std(ddof=1):.1e}",
                    f"{error.mean():.2f}",
                    f"{error[np.argmax(np.abs(error))]:.2f}",
                    f"{100.0 / np.sqrt(present[k]):.2f}",
                ]
            )
    return truth, sampled, present


def write_summary(path: Path, densities: dict[str, Densities]) -> None:
    """Write the worst bins among those with at least some number of objects at a time."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        error_columns = ["mean_error_worst_percent", "mean_error_rms_percent", "single_draw_worst_percent"]
        table.writerow(
            ["bins", "objects_at_least", "bin_count", *error_columns, "mean_error_worst_in_poisson_sigmas"]
        )
        for name, (truth, sampled, present) in densities.items():
            for floor in (0.0, 50.0, 100.0, 200.0):
                rows = present >= floor
                error = 100.0 * (sampled[:, rows] / truth[rows] - 1.0)
                mean = np.abs(error.mean(axis=0))
                sigmas = mean * np.sqrt(present[rows]) / 100.0
                figures = mean.max(), np.sqrt((mean**2).mean()), np.abs(error).max(), sigmas.max()
                label = name.removesuffix(".csv")
                table.writerow([label, f"{floor:.0f}", rows.sum(), *(f"{figure:.1f}" for figure in figures)])


def write_flux(path: Path, real: Catalog, samples: list[Catalog]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            [
                "orbit",
                "altitude_km",
                "inclination_deg",
                "real_per_m2_year",
                "synthetic_mean_per_m2_year",
                "error_of_mean_percent",
                "draw_sd_percent",
                "worst_draw_percent",
            ]
        )
        for name, altitude, inclination in ORBITS:
            truth = flux_on_orbit_per_m2_year(real, altitude, inclination)
            sampled = np.array(
                [flux_on_orbit_per_m2_year(sample, altitude, inclination) for sample in samples]
            )
            error = 100.0 * (sampled / truth - 1.0)
            row = [f"{sampled.mean():.4e}", f"{error.mean():.2f}", f"{error.std(ddof=1):.2f}"]
            worst = error[np.argmax(np.abs(error))]
            table.writerow([name, altitude, inclination, f"{truth:.4e}", *row, f"{worst:.2f}"])


def write_motion(path: Path, real: Catalog, synthetic: Catalog) -> None:
    """Write SGP4's failures within a week, and pairs within 10 km at 240 random instants of the first day."""
    shuffled = synthetic.with_columns(
        raan_deg=np.random.default_rng(1).random(len(synthetic)) * 360.0,
        mean_anomaly_deg=np.random.default_rng(2).random(len(synthetic)) * 360.0,
    )
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            [
                "catalogue",
                "failing_at_start_percent",
                "failing_within_7_days_percent",
                "fast_pairs_within_10_km",
                "fast_starlink_pairs_within_10_km",
            ]
        )
        for name, catalog in (
            ("real", real),
            ("synthetic", synthetic),
            ("synthetic, phases random", shuffled),
        ):
            propagator = make_propagator(catalog, *EPOCH)
            rows = np.arange(len(catalog))
            codes, _, _ = propagator.states(rows, np.arange(0.0, 7.0 * SECONDS_PER_DAY + 1.0, 10800.0))
            failing = [100.0 * (codes[:, 0] != 0).mean(), 100.0 * (codes != 0).any(axis=1).mean()]
            instants = np.sort(np.random.default_rng(3).random(240)) * SECONDS_PER_DAY
            pairs = _fast_pairs(catalog, *propagator.states(rows, instants))
            table.writerow(
                [name, *(f"{percent:.3f}" for percent in failing), *(f"{count:.2f}" for count in pairs)]
            )


def _fast_pairs(
    catalog: Catalog,
    codes: NDArray[np.uint8],
    positions: NDArray[np.float64],
    velocities: NDArray[np.float64],
) -> tuple[float, float]:
    """Mean number of pairs within 10 km and faster than 0.5 km/s at an instant: all, and both Starlink."""
    starlink = np.char.find(catalog.name, "STARLINK") >= 0
    found = np.zeros(2)
    for k in range(codes.shape[1]):
        good = np.flatnonzero(codes[:, k] == 0)
        pairs = good[cKDTree(positions[good, k]).query_pairs(PAIR_DISTANCE_KM, output_type="ndarray")]
        speed = np.linalg.norm(velocities[pairs[:, 0], k] - velocities[pairs[:, 1], k], axis=1)
        pairs = pairs[speed > FAST_KM_S]
        found += [len(pairs), np.count_nonzero(starlink[pairs].all(axis=1))]
    return float(found[0] / codes.shape[1]), float(found[1] / codes.shape[1])


def plot(
    path: Path,
    truth: NDArray[np.float64],
    sampled: NDArray[np.float64],
    present: NDArray[np.float64],
    edges: NDArray[np.float64],
) -> None:
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(9.0, 7.5), sharex=True, height_ratios=(2, 1), layout="constrained"
    )
    top.stairs(truth, edges, color=REAL_COLOUR, linewidth=2.2, label="real catalogue of 2024-11-01")
    label = f"SYNTHETIC, mean of {sampled.shape[0]} samples of the bundled population"
    top.stairs(sampled.mean(axis=0), edges, color=MODEL_COLOUR, linewidth=1.3, linestyle="--", label=label)
    top.set_yscale("log")
    top.set_ylabel("spatial density [objects / km³]")
    top.set_title("The bundled population against the catalogue it was fitted to")
    error = 100.0 * (sampled / truth - 1.0)
    poisson = 100.0 / np.sqrt(present)
    label = "Poisson, 1 sigma: the scatter between catalogues of as many objects"
    bottom.stairs(poisson, edges, baseline=-poisson, fill=True, color=BAND_COLOUR, alpha=0.2, label=label)
    mean, low, high = error.mean(axis=0), error.min(axis=0), error.max(axis=0)
    bottom.stairs(mean, edges, baseline=None, color=MODEL_COLOUR, linewidth=1.6, label="mean of the samples")
    label = "minimum to maximum of the samples"
    bottom.stairs(high, edges, baseline=low, fill=True, color=MODEL_COLOUR, alpha=0.3, label=label)
    bottom.axhline(0.0, color=REAL_COLOUR, linewidth=0.8)
    bottom.set_ylim(-40.0, 80.0)
    bottom.set_xlim(edges[0], edges[-1])
    bottom.set_ylabel("synthetic less real [%]")
    bottom.set_xlabel(
        "altitude above the equatorial radius [km]; bins of 10 km from 300 to 600 km, else 25 km"
    )
    for axes in (top, bottom):
        axes.grid(alpha=0.3)
        axes.legend(loc="upper right", fontsize=9, framealpha=0.9)
    figure.savefig(path, dpi=130)
    plt.close(figure)


if __name__ == "__main__":
    main()
