"""Fluxes against the reference points, and against the tables of NASA/TM-2009-214785."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.shared import shared_path

from debrissim.core.constants import SECONDS_PER_YEAR
from debrissim.hazard.particles.debris_flux import DebrisFlux, debris_speeds, inclination_factor
from debrissim.hazard.particles.meteoroids import (
    focusing_ecss,
    focusing_ssp,
    grun_flux_per_m2_s,
    shielding_factor,
)
from debrissim.hazard.particles.published_flux import (
    DEBRIS_BY_ALTITUDE_KM,
    DEBRIS_BY_YEAR,
    METEOROIDS_BY_ALTITUDE_KM,
)


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    return json.loads(shared_path("reference/flux_models.json").read_text(encoding="utf-8"))


def test_grun(reference: dict[str, Any]):
    for case in reference["grun"]:
        flux = float(grun_flux_per_m2_s(case["inputs"]["m"]))
        assert flux == pytest.approx(case["expected"]["flux"], rel=1e-14)
        assert flux * SECONDS_PER_YEAR == pytest.approx(case["expected"]["flux_yr"], rel=1e-14)


def test_earth_factors(reference: dict[str, Any]):
    for case in reference["earth_factors"]:
        h, expected = float(case["inputs"]["h_km"]), case["expected"]
        assert shielding_factor(h) == pytest.approx(expected["shield_factor"], rel=1e-14)
        assert focusing_ssp(h) == pytest.approx(expected["G_SSP30425"], rel=1e-14)
        assert focusing_ecss(h, 20.0) == pytest.approx(expected["G_v20"], rel=1e-14)
        assert focusing_ecss(h, 17.0) == pytest.approx(expected["G_v17"], rel=1e-14)


def test_nasa90(reference: dict[str, Any]):
    for case in reference["nasa90"]:
        i = case["inputs"]
        assert float(inclination_factor(i["i"])) == pytest.approx(i["psi"], rel=1e-14)
        flux = float(DebrisFlux(i["h"], i["i"], (i["t"], i["t"]), i["S"]).flux_per_m2_year(i["d"]))
        assert flux == pytest.approx(case["expected"]["flux"], rel=1e-13)


def test_mean_speeds_of_nasa90(reference: dict[str, Any]):
    """They agree to 7e-5: f(v) ends with a corner, which the quadrature rounds off."""
    for inclination, mean in reference["nasa90_velocity"]["mean_impact_speed_km_s"].items():
        speed, weight = debris_speeds(float(inclination))
        assert float(weight @ speed) == pytest.approx(mean, rel=1e-4)


def test_the_published_tables_are_as_printed(reference: dict[str, Any]):
    tables = reference["handbook_tables"]
    by_altitude = {float(h): row for h, row in tables["table_2_3_51.6deg_2010"].items()}
    assert {h: row["ORDEM2000_debris"] for h, row in by_altitude.items()} == DEBRIS_BY_ALTITUDE_KM
    assert {h: row["SSP30425B_meteoroid"] for h, row in by_altitude.items()} == METEOROIDS_BY_ALTITUDE_KM
    by_year = tables["table_2_4_400km_51.6deg_debris_by_year"]
    assert {int(y): pytest.approx(f) for y, f in by_year.items()} == dict(DEBRIS_BY_YEAR)
