"""The bundled population against the real catalogue it was fitted to.

The figures are in benchmarks/population_agreement.

Errors of reproduction, not of prediction: the bounds are slightly wider than the measured errors.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import Catalog, read_catalog
from debrissim.catalog.population.density import shell_time_fractions, spatial_density_per_km3
from debrissim.catalog.population.fit import fit_population
from debrissim.catalog.population.flux import flux_on_orbit_per_m2_year
from debrissim.catalog.population.model import BUNDLED_POPULATIONS, bundled_population
from debrissim.catalog.population.synthesis import synthesize
from debrissim.catalog.stations import at_crewed_station

EPOCH = (2460614.5, 22.0 / 24.0)


@pytest.fixture(scope="module")
def whole() -> Catalog:
    return read_catalog(shared_path("data/catalogues/2024-11-01_celestrak_omm.csv.xz")).catalog


@pytest.fixture(scope="module")
def real(whole: Catalog) -> Catalog:
    """All objects except the crewed stations and vehicles docked to them, which the model excludes."""
    return whole[~at_crewed_station(whole)]


def sample(seed: int) -> Catalog:
    model = bundled_population()
    return synthesize(model, model.object_count, np.random.default_rng(seed), *EPOCH)


def test_the_shipped_table_is_the_fit_of_the_shared_catalogue(whole: Catalog, tmp_path: Path) -> None:
    """If this fails after a change of kinds, breakups or the fit, refit and measure again."""
    fit_population(whole, bundled_population().title).write(tmp_path / "fit.csv")
    shipped = (files("debrissim.catalog.population") / "data" / BUNDLED_POPULATIONS["bundled"]).read_bytes()
    assert (tmp_path / "fit.csv").read_bytes() == shipped


def test_the_table_of_2022_is_the_fit_without_cosmos_1408(tmp_path: Path) -> None:
    whole = read_catalog(shared_path("data/catalogues/2022-01-22_spacetrack.3le.xz")).catalog
    model = bundled_population("bundled-2022")
    fit_population(whole, model.title, without_events=["Cosmos 1408"]).write(tmp_path / "fit.csv")
    shipped = (
        files("debrissim.catalog.population") / "data" / BUNDLED_POPULATIONS["bundled-2022"]
    ).read_bytes()
    assert (tmp_path / "fit.csv").read_bytes() == shipped
    before = whole[(whole.parent_event != "Cosmos 1408") & ~at_crewed_station(whole)]
    truth = flux_on_orbit_per_m2_year(before, 418.0, 51.64)
    sampled = [
        flux_on_orbit_per_m2_year(
            synthesize(model, model.object_count, np.random.default_rng(seed), 2459602.5, 0.0), 418.0, 51.64
        )
        for seed in range(5)
    ]
    assert np.mean(sampled) == pytest.approx(truth, rel=0.06)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_density_agrees_over_altitude(real: Catalog, seed: int) -> None:
    edges = np.arange(200.0, 2001.0, 25.0)
    present = shell_time_fractions(real, edges).sum(axis=0)
    truth = spatial_density_per_km3(real, edges)
    error = spatial_density_per_km3(sample(seed), edges) / truth - 1.0
    # 25 km bins with at least this number of objects at a time: relative error of a single sample.
    for objects, bound in ((200.0, 0.08), (100.0, 0.12), (50.0, 0.20)):
        assert np.abs(error[present >= objects]).max() < bound
    # Emptier bins (below 300 km, above 1700 km): within the noise of that number of objects.
    assert np.abs(error * np.sqrt(present))[present < 50.0].max() < 3.5


def test_density_agrees_by_10_km_where_the_stations_and_the_fleets_are(real: Catalog) -> None:
    edges = np.arange(300.0, 601.0, 10.0)
    present = shell_time_fractions(real, edges).sum(axis=0)
    sampled = np.mean([spatial_density_per_km3(sample(seed), edges) for seed in range(5)], axis=0)
    error = sampled / spatial_density_per_km3(real, edges) - 1.0
    assert np.abs(error[present >= 100.0]).max() < 0.10
    assert np.abs(error).max() < 0.25


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_flux_on_the_iss_orbit_agrees(real: Catalog, seed: int) -> None:
    truth = flux_on_orbit_per_m2_year(real, 418.0, 51.64)
    assert flux_on_orbit_per_m2_year(sample(seed), 418.0, 51.64) == pytest.approx(truth, rel=0.12)


def test_flux_on_the_iss_orbit_agrees_on_average(real: Catalog) -> None:
    truth = flux_on_orbit_per_m2_year(real, 418.0, 51.64)
    sampled = [flux_on_orbit_per_m2_year(sample(seed), 418.0, 51.64) for seed in range(10)]
    assert np.mean(sampled) == pytest.approx(truth, rel=0.05)


def test_inclinations_and_drag_agree(real: Catalog) -> None:
    """Quantiles over low orbits: joint bins must preserve the marginals too."""
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    quantiles = []
    for catalog in (real, sample(0)):
        low = catalog[catalog.apogee_altitude_km < 2000.0]
        # Station-kept satellites have no drag in the model; their real B* reflects thrust, not air.
        drifting = low[~np.isin(low.parent_event, [""])]
        quantiles.append((np.quantile(low.inclination_deg, levels), np.quantile(drifting.bstar, levels)))
    np.testing.assert_allclose(quantiles[1][0], quantiles[0][0], atol=1.0)
    np.testing.assert_allclose(quantiles[1][1], quantiles[0][1], rtol=0.25, atol=1e-4)
