"""The main job on a real catalogue: a week of the ISS against all public objects of 2024-11-01."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import Satrec, SatrecArray
from sgp4.omm import initialize
from support.csv_text import read_csv
from support.paths import SCENARIOS
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.scenario.conjunctions import load_scenario

CATALOGUE = "data/catalogues/2024-11-01_celestrak_omm.csv.xz"
# Docked to the station on that day, by the published list of visiting vehicles: Nauka, Progress MS-27 and 28,
# Cygnus NG-21, Soyuz MS-26, Dragon Crew-9.
ISS_AND_DOCKED = {25544, 49044, 59913, 60378, 60450, 61043, 61447}
CSS_AND_DOCKED = {48274, 53239, 54216, 58811, 59591, 61683}


@pytest.fixture(scope="module")
def iss() -> ConjunctionResult:
    return run(load_scenario(SCENARIOS / "iss_week.toml"), catalogs=[shared_path(CATALOGUE)])


@pytest.fixture(scope="module")
def distance_km() -> Callable[[int, int, np.ndarray, float, float], np.ndarray]:
    """Distance of two objects by python-sgp4 directly from the file, without the propagation of this package."""
    with lzma.open(shared_path(CATALOGUE), "rt", encoding="utf-8") as stream:
        records = {int(fields["NORAD_CAT_ID"]): fields for fields in csv.DictReader(stream)}

    def satellite(number: int) -> Satrec:
        record = Satrec()
        initialize(record, records[number])
        return record

    def of(first: int, second: int, seconds: np.ndarray, jd: float, fraction: float) -> np.ndarray:
        days = fraction + seconds / 86400.0
        _, positions, _ = SatrecArray([satellite(first), satellite(second)]).sgp4(
            np.full(days.shape, jd), days
        )
        return np.asarray(np.linalg.norm(positions[1] - positions[0], axis=-1))

    return of


def test_the_station_is_from_the_catalogue_and_nothing_is_synthetic(iss: ConjunctionResult):
    assert iss.provenance["primaries"][0]["element_set_from"] == "catalogue"
    assert iss.provenance["catalogue"]["objects"] == 26834
    assert iss.provenance["catalogue"]["synthetic"] is False
    assert not iss.inputs.catalog.synthetic.any()


def test_docked_vehicles_are_listed_and_in_no_conjunction(iss: ConjunctionResult, tmp_path: Path):
    iss.write(tmp_path / "out")
    pairs = read_csv(tmp_path / "out" / "co_located.csv")
    assert {int(n) for n in pairs["first_norad_id"] + pairs["second_norad_id"]} == ISS_AND_DOCKED
    assert max(float(x) for x in pairs["maximum_separation_km"]) < 50.0
    table = read_csv(tmp_path / "out" / "conjunctions.csv")
    assert not ISS_AND_DOCKED & {int(n) for n in table["secondary_norad_id"]}
    assert set(table["synthetic"]) == {"false"}
    assert (tmp_path / "out" / "plots" / "probability_timeline.png").is_file()


def test_every_approach_is_a_minimum_of_sgp4s_own_distance(iss: ConjunctionResult, distance_km):
    table, inputs = iss.encounters, iss.inputs
    assert len(table["tca_s"]) > 50
    for k, tca in enumerate(table["tca_s"]):
        near = distance_km(
            25544,
            table["secondary_norad_id"][k],
            tca + np.array([-0.05, 0.0, 0.05]),
            inputs.start_jd,
            inputs.start_fraction,
        )
        # Within a centimetre: python-sgp4 takes an OMM's epoch as one float of days, good to 0.3 microseconds.
        assert near[1] == pytest.approx(table["miss_distance_km"][k], abs=1e-5)
        assert near[1] <= near[0]
        assert near[1] <= near[2]


def test_the_age_limit_excludes_older_element_sets():
    scenario = load_scenario(SCENARIOS / "iss_week.toml")
    strict = scenario.catalog.model_copy(update={"max_age_days": 1.0})
    short = scenario.span.model_copy(update={"duration_days": 0.1})
    result = run(
        scenario.model_copy(update={"catalog": strict, "span": short}),
        catalogs=[shared_path(CATALOGUE)],
    )
    catalog = read_catalog(shared_path(CATALOGUE)).catalog
    start = result.inputs.start_jd, result.inputs.start_fraction
    age = np.abs((catalog.epoch_jd - start[0]) + (catalog.epoch_fraction - start[1]))
    stale = set(catalog.norad_id[age > 1.0].tolist())
    numbers, status = result.inputs.catalog.norad_id, result.screening.object_status
    listed = set(numbers[status == ObjectStatus.STALE].tolist())
    failed = set(numbers[(status != ObjectStatus.OK) & (status != ObjectStatus.STALE)].tolist())
    assert listed == stale - failed
    assert result.provenance["counts"]["stale"] == len(listed) > 100


def test_the_modules_of_the_chinese_station_are_co_located():
    scenario = load_scenario(SCENARIOS / "css_week.toml")
    short = scenario.span.model_copy(update={"duration_days": 0.1})
    result = run(scenario.model_copy(update={"span": short}), catalogs=[shared_path(CATALOGUE)])
    pairs = result.screening.co_located
    numbers = result.inputs.catalog.norad_id[np.concatenate([pairs.first, pairs.second])]
    assert set(numbers.tolist()) == CSS_AND_DOCKED
