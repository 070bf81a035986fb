"""Scenarios with covariances of single objects, and the command that measures a history."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import Elements, make_catalog
from support.paths import SCENARIOS

from debrissim.catalog import write_omm_csv
from debrissim.cli.main import main
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.scenario.conjunctions import parse_scenario

SCENARIO = SCENARIOS / "iridium_cosmos_2009.toml"
HEADER = "norad_id,sigma_r_km,sigma_t_km,sigma_n_km\n"
IRIDIUM, COSMOS = 24946, 22675


def _run(folder: Path, **covariance: object) -> ConjunctionResult:
    content = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    content["covariance"] = {"model": "flohrer-2008"} | covariance
    return run(parse_scenario(content, folder=folder))


def _sigmas(result: ConjunctionResult) -> dict[int, list[float]]:
    """By catalogue number, whichever of the two is called the primary."""
    encounters, assessment = result.screening.encounters, result.assessment
    return {
        int(encounters.primary_norad_id[0]): assessment.primary_sigma_rtn_km[0].tolist(),
        int(encounters.secondary_norad_id[0]): assessment.secondary_sigma_rtn_km[0].tolist(),
    }


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> ConjunctionResult:
    return _run(tmp_path_factory.mktemp("plain"))


def test_a_table_with_the_models_numbers_changes_nothing_but_the_label(tmp_path, modelled):
    rows = f"{COSMOS},0.115,0.517,0.137\n{IRIDIUM},0.115,0.517,0.137\n"
    (tmp_path / "mine.csv").write_text(HEADER + rows, encoding="utf-8")
    result = _run(tmp_path, table="mine.csv")
    np.testing.assert_allclose(
        result.assessment.probability.value, modelled.assessment.probability.value, rtol=1e-12
    )
    label = (
        "modelled, not measured: Flohrer 2008 at epoch, no growth; given by the user for 2 objects (mine.csv)"
    )
    assert result.assessment.probability.covariance_label == label
    assert result.provenance["method"]["covariance"]["label"] == label
    (own,) = result.provenance["method"]["covariance"]["own"]
    assert own["norad_ids"] == [COSMOS, IRIDIUM]
    assert modelled.provenance["method"]["covariance"]["own"] == []


def test_factors_scale_every_role_once_whatever_the_source(tmp_path, modelled):
    (tmp_path / "mine.csv").write_text(f"{HEADER}{COSMOS},0.3,0.4,0.5\n", encoding="utf-8")
    plain = _run(tmp_path, table="mine.csv")
    assert _sigmas(plain)[COSMOS] == pytest.approx([0.3, 0.4, 0.5])
    assert _sigmas(plain)[IRIDIUM] == pytest.approx(_sigmas(modelled)[IRIDIUM])
    scaled = _run(tmp_path, table="mine.csv", primary_factor=2.0, secondary_factor=3.0)
    np.testing.assert_allclose(
        scaled.assessment.primary_sigma_rtn_km, 2.0 * plain.assessment.primary_sigma_rtn_km, rtol=1e-12
    )
    np.testing.assert_allclose(
        scaled.assessment.secondary_sigma_rtn_km, 3.0 * plain.assessment.secondary_sigma_rtn_km, rtol=1e-12
    )
    both = _run(tmp_path, table="mine.csv", primary_factor=2.0, secondary_factor=2.0)
    np.testing.assert_allclose(
        both.assessment.probability.value, plain.assessment.probability_double_sigma, rtol=1e-9
    )


def _history(path: Path, number: int, last_day: float) -> Path:
    """90 days of element sets whose mean anomaly scatters, up to a day after 2024-01-01 07:30."""
    rng = np.random.default_rng(3)
    days = last_day - 0.25 * np.arange(360)[::-1]
    write_omm_csv(
        make_catalog(
            *(
                Elements(bstar=0.0, mean_anomaly_deg=float(m), epoch_days=float(d), norad_id=number)
                for d, m in zip(days, rng.uniform(0.0, 360.0, days.size), strict=True)
            )
        ),
        path,
    )
    return path


def test_a_history_of_one_object_takes_the_place_of_its_model(tmp_path, modelled):
    # 2009-02-10 is 5,438 days before the catalogues' start.
    _history(tmp_path / "history.csv", COSMOS, -5438.5)
    measured = _run(tmp_path, histories=["history.csv"])
    assert _sigmas(measured)[IRIDIUM] == pytest.approx(_sigmas(modelled)[IRIDIUM])
    assert _sigmas(measured)[COSMOS][1] > 100.0
    assert f"{COSMOS} measured from " in measured.assessment.probability.covariance_label
    coasting = _run(tmp_path, histories=["history.csv"], history_coasting=True)
    assert "manoeuvres left out" in coasting.assessment.probability.covariance_label
    with pytest.raises(InputError, match=r"history\.csv: in the 1 days before the start, history: expected"):
        _run(tmp_path, histories=["history.csv"], history_days=1.0)


def test_a_bad_table_ends_the_run_before_the_screening(tmp_path):
    (tmp_path / "mine.csv").write_text(f"{HEADER}{COSMOS},0.3,-0.4,0.5\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.csv: line 2: sigma_t_km is -0\.4, expected > 0"):
        _run(tmp_path, table="mine.csv")


def test_the_covariances_along_the_velocity_are_in_the_table(modelled):
    table, plane = modelled.encounters, modelled.assessment.probability.plane
    assert table["plane_covariance_zz_km2"][0] == pytest.approx(plane.sigma_along_km[0] ** 2, rel=1e-12)


def test_the_command_prints_the_errors_of_a_history(tmp_path, capsys):
    path = _history(tmp_path / "history.csv", 25544, 0.0)
    assert main(["catalog", "errors", str(path), "--from", "2023-11-01", "--before", "2023-12-01"]) == 0
    words = capsys.readouterr().out
    assert "25544" in words
    assert "120 element sets, 2023-11-01T" in words
    assert "sigma T = " in words
    assert "pairs across them are in" in words
    assert max(len(line) for line in words.splitlines()) <= 80
    assert main(["catalog", "errors", str(path), "--coasting"]) == 0
    assert "0 jumps of mean motion (manoeuvres); pairs across them are left out" in capsys.readouterr().out
    assert main(["catalog", "errors", str(path), "--norad-id", "5"]) == 2
    assert f"{path}: history: object 5 is not in it" in capsys.readouterr().err
