"""`catalog.screen(..., ephemerides=...)`: as the scenario does it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD
from support.flown_scenarios import HOUR_S, fleet_toml, write_fleet

from debrissim.catalog import Catalog
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError, RunError
from debrissim.core.time import Time, utc_text
from debrissim.ephemerides import read_ephemerides
from debrissim.scenario.conjunctions import load_scenario
from debrissim.screening.volumes import ScreeningVolume

OPTIONS = {
    "start": Time.of(utc_text(START_JD, START_FRACTION)),
    "days": HOUR_S / 86400.0,
    "volume": ScreeningVolume.sphere(120.0),
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Catalog]:
    folder = tmp_path_factory.mktemp("fleet")
    return folder, write_fleet(folder)


def test_the_verb_gives_what_the_scenario_gives(fleet: tuple[Path, Catalog]):
    folder, crowd = fleet
    (folder / "all.toml").write_text(fleet_toml(), encoding="utf-8")
    expected = run(load_scenario(folder / "all.toml"))
    files = [folder / "fleet" / name for name in ("0.oem", "1.oem", "2.oem", "3.opm")]
    found = crowd.screen("all", ephemerides=files, **OPTIONS)
    assert len(found) > 10
    assert len(found) == len(expected.encounters)
    assert np.abs(found.encounters.tca_s - expected.encounters.tca_s).max() < 1e-3
    assert found.gaps.norad_id.tolist() == expected.tables["gaps"].norad_id.tolist()
    assert found.gaps.begin_s == pytest.approx(expected.tables["gaps"].begin_s, abs=1e-3)
    values = crowd.screen("all", ephemerides=read_ephemerides(files), **OPTIONS)
    assert values.encounters.equals(found.encounters)
    assert len(found.assess().encounters) == len(found)


def test_an_object_need_not_be_in_the_catalogue(fleet: tuple[Path, Catalog]):
    folder, crowd = fleet
    number = int(crowd.norad_id[0])
    listed = crowd.screen(number, ephemerides=folder / "fleet" / "0.oem", **OPTIONS)
    alone = crowd[1:].screen(number, ephemerides=str(folder / "fleet" / "0.oem"), **OPTIONS)
    assert alone.encounters.tca_s.tolist() == listed.encounters.tca_s.tolist()
    assert len(alone.gaps) == 0


def test_two_ephemerides_of_one_object_are_one_sentence(fleet: tuple[Path, Catalog]):
    folder, crowd = fleet
    file = folder / "fleet" / "0.oem"
    with pytest.raises(InputError, match="expected one ephemeris of each object"):
        crowd.screen("all", ephemerides=[file, file], **OPTIONS)
    with pytest.raises(InputError, match=r"none\.oem"):
        crowd.screen("all", ephemerides=folder / "none.oem", **OPTIONS)


def test_a_span_that_no_ephemeris_covers_is_the_reason_for_no_result(fleet: tuple[Path, Catalog]):
    folder, crowd = fleet
    after = folder / "fleet" / "2.oem"
    words = f"primary {crowd.norad_id[2]} .*: its ephemeris or element sets cover no moment of the span$"
    with pytest.raises(RunError, match=words):
        crowd.screen(int(crowd.norad_id[2]), ephemerides=after, **OPTIONS)
    with pytest.raises(InputError, match="1 whose ephemerides or element sets cover no moment"):
        crowd[[0, 2]].screen(int(crowd.norad_id[0]), ephemerides=after, **OPTIONS)
