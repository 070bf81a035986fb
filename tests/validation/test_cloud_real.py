"""The modelled cloud of Cosmos 1408 compared with the real one, ten weeks after the test of 15 November 2021.

Truth: Space-Track's catalogue of 22 January 2022, with 1,214 of its fragments, 1,130 of them still in orbit at noon
by their own element sets, and the ISS of that catalogue. The model is not fitted to any of it; it consists of the mass
of the satellite, the breakup model, area-to-mass ratios and a table of air density.

Required agreement:
- The position of the cloud: under the mean Sun of the table (the real one was between quiet and mean) the median
  perigee and apogee agree to some km, and 36 % of the fragments cross the shell of the ISS, as against 37 to 38 %.
- The hazard per fragment: in the following week the ISS passes 0.22 real ones within 50 km per fragment, and 0.18 to
  0.21 modelled ones, depending on the seed.
- Not the number: the law gives 1,447 of 10 cm and above, of which 740 to 820 are still in orbit, depending on the seed;
  1,562 were catalogued in the end. Real breakups had 0.35 to 2.96 times the number of the law.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from support.paths import SCENARIOS
from support.shared import shared_path

from debrissim.catalog import Catalog, read_catalog
from debrissim.conjunctions.inputs import load_inputs
from debrissim.conjunctions.run import run
from debrissim.core.time import split_julian_date
from debrissim.propagation.mean_elements import mean_elements_from_states
from debrissim.propagation.sgp4 import make_propagator
from debrissim.scenario.conjunctions import Scenario, load_scenario

CATALOGUE = "data/catalogues/2022-01-22_spacetrack.3le.xz"
SCENARIO = SCENARIOS / "asat_cosmos_1408.toml"
NOON = datetime(2022, 1, 22, 12, tzinfo=UTC)
# Perigee and apogee of the ISS of that day, and 10 km to either side.
SHELL_KM = (406.0, 432.0)


def scenario(sun: str = "moderate", **changes: Any) -> Scenario:
    base = load_scenario(SCENARIO)
    event = base.breakups[0].model_copy(update={"sun": sun})
    primary = base.primaries[0].model_copy(update={"prefer": "catalog"})
    catalogue = base.catalog.model_copy(update={"max_age_days": 100.0})
    span = base.span.model_copy(update={"start": NOON, "duration_days": 7.0})
    update = {"breakups": (event,), "primaries": (primary,), "catalog": catalogue, "span": span}
    return base.model_copy(update=update | changes)


def at_noon(catalog: Catalog) -> Catalog:
    """Objects that have not decayed since their epoch, with their mean elements at noon of that day."""
    jd, fraction = split_julian_date(NOON)
    propagator = make_propagator(catalog, jd, fraction)
    # From well before any epoch: SGP4 may recover spuriously after a decay.
    days = (catalog.epoch_jd - jd) + (catalog.epoch_fraction - fraction)
    steps = np.linspace(0.0, 1.0, 300)
    codes, _, _ = propagator.states_along(np.arange(len(catalog)), np.outer(days * 86400.0, 1.0 - steps))
    up = np.flatnonzero((codes == 0).all(axis=1))
    _, position, velocity = propagator.states(up, [0.0])
    elements = mean_elements_from_states(position[:, 0], velocity[:, 0], jd, fraction)
    good = elements.status == 0
    return catalog[up[good]].with_columns(
        mean_motion_rev_day=elements.mean_motion_rev_day[good], eccentricity=elements.eccentricity[good]
    )


def crossing_fraction(catalog: Catalog) -> float:
    reaches = (catalog.perigee_altitude_km <= SHELL_KM[1]) & (catalog.apogee_altitude_km >= SHELL_KM[0])
    return float(reaches.mean())


@pytest.fixture(scope="module")
def real() -> Catalog:
    catalog = read_catalog(shared_path(CATALOGUE)).catalog
    return at_noon(catalog[catalog.parent_event == "Cosmos 1408"])


def modelled(sun: str) -> Catalog:
    inputs = load_inputs(scenario(sun), (shared_path(CATALOGUE),))
    return at_noon(inputs.catalog[inputs.fragments])


@pytest.mark.slow
def test_the_cloud_is_where_the_real_one_is(real: Catalog) -> None:
    cloud = modelled("moderate")
    assert 1100 < len(real) < 1215
    assert np.median(cloud.perigee_altitude_km) == pytest.approx(
        np.median(real.perigee_altitude_km), abs=10.0
    )
    assert np.median(cloud.apogee_altitude_km) == pytest.approx(np.median(real.apogee_altitude_km), abs=15.0)
    assert crossing_fraction(real) == pytest.approx(0.38, abs=0.02)
    # 763 of them: the fraction has a standard error of 0.017.
    assert crossing_fraction(cloud) == pytest.approx(crossing_fraction(real), abs=0.05)


@pytest.mark.slow
def test_the_number_left_depends_on_solar_activity(real: Catalog) -> None:
    # Of 1,058 that stayed in orbit at first; the real Sun was between the first two.
    left = {sun: len(modelled(sun)) for sun in ("quiet", "moderate", "active")}
    assert left["active"] < left["moderate"] < left["quiet"] < 1058
    assert 800 < left["quiet"] < 950
    assert 700 < left["moderate"] < 830
    # In number the real cloud is 1.2 to 1.7 times the modelled one, well inside the stated factors of 0.35 to 2.96.
    assert 1.2 < len(real) / left["quiet"] < len(real) / left["moderate"] < 1.7


@pytest.mark.slow
def test_the_iss_passes_as_many_per_fragment() -> None:
    rates = []
    for seed in (1, 2, 3):
        result = run(scenario(seed=seed), catalogs=[shared_path(CATALOGUE)])
        encounters, catalog = result.screening.encounters, result.inputs.catalog
        of_model = np.isin(np.arange(len(catalog)), result.inputs.fragments)
        of_real = catalog.parent_event == "Cosmos 1408"
        up = (result.screening.object_status == 0) & ~np.isnan(catalog.bstar)
        near = result.screening.encounters.inside[:, 1]
        passes = [int((near & of[encounters.secondary]).sum()) for of in (of_model, of_real)]
        fragments = [int((of & up).sum()) for of in (of_model, of_real)]
        rates.append([count / number for count, number in zip(passes, fragments, strict=True)])
        assert passes[1] == 247
        assert 1100 < fragments[1] < 1150
    model, truth = np.array(rates).T
    # 247 passes have a standard error of 6 %, three samples of about 150 each 5 %.
    assert model.mean() / truth.mean() == pytest.approx(1.0, abs=0.2)
