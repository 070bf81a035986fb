"""`catalog.screen(..., ephemerides=...)`: as the scenario does it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD
from support.ephemeris_samples import EOP_CSV
from support.flown_scenarios import HOUR_S, fleet_toml, write_fleet

from debrissim.catalog import Catalog
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError, RunError
from debrissim.core.time import Time, utc_text
from debrissim.ephemerides import read_ephemerides
from debrissim.scenario.conjunctions import load_scenario
from debrissim.screening.volumes import ScreeningVolume, volume_by_orbit

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
    with pytest.raises(InputError, match="expected one ephemeris per object"):
        crowd.screen("all", ephemerides=[file, file], **OPTIONS)
    with pytest.raises(InputError, match=r"none\.oem"):
        crowd.screen("all", ephemerides=folder / "none.oem", **OPTIONS)


def test_a_span_that_no_ephemeris_covers_is_the_reason_for_no_result(fleet: tuple[Path, Catalog]):
    folder, crowd = fleet
    after = folder / "fleet" / "2.oem"
    words = rf"primary .*\({crowd.norad_id[2]}\): its ephemeris or element sets cover no moment of the span$"
    with pytest.raises(RunError, match=words):
        crowd.screen(int(crowd.norad_id[2]), ephemerides=after, **OPTIONS)
    with pytest.raises(InputError, match="1 whose ephemerides or element sets cover no moment"):
        crowd[[0, 2]].screen(int(crowd.norad_id[0]), ephemerides=after, **OPTIONS)


def test_the_limit_of_the_interpolation_error_is_a_keyword(fleet: tuple[Path, Catalog]):
    folder, crowd = fleet
    file = folder / "fleet" / "0.oem"
    assert crowd.screen("all", ephemerides=file, max_error_km=0.5, **OPTIONS) is not None
    with pytest.raises(InputError, match=r"0\.oem.*expected at most 1e-12 km"):
        crowd.screen("all", ephemerides=file, max_error_km=1e-12, **OPTIONS)
    with pytest.raises(InputError, match=r"^max_error_km: expected a number above 0, got 0\.0"):
        crowd.screen("all", ephemerides=file, max_error_km=0.0, **OPTIONS)


def test_earth_orientation_is_a_keyword_as_in_a_scenario(fleet: tuple[Path, Catalog], tmp_path: Path):
    """An Earth-fixed file: without orientation its error is half a kilometre, and its path another one."""
    folder, crowd = fleet
    text = (
        (folder / "fleet" / "0.oem")
        .read_text(encoding="utf-8")
        .replace("REF_FRAME = TEME", "REF_FRAME = ITRF")
    )
    (tmp_path / "fixed.oem").write_text(text, encoding="utf-8")
    first, second = EOP_CSV.split("\n")[:2]
    days = [second.replace("57753", str(60308 + day)) for day in range(5)]
    (tmp_path / "finals").write_text("\n".join([first, *days]) + "\n", encoding="ascii")
    toml = (
        fleet_toml()
        .replace('["fleet/*.oem", "fleet/3.opm"]', '["fixed.oem"]')
        .replace('"crowd.csv"', f'"{(folder / "crowd.csv").as_posix()}"')
    )
    (tmp_path / "fixed.toml").write_text(
        toml + '[ephemerides]\nearth_orientation = "finals"\nmax_error_km = 50.0\n', encoding="utf-8"
    )
    expected = run(load_scenario(tmp_path / "fixed.toml"))
    # The states are not made for the Earth's frame, which takes a wide bound.
    options = OPTIONS | {"ephemerides": tmp_path / "fixed.oem", "max_error_km": 50.0}
    found = crowd.screen("all", earth_orientation=tmp_path / "finals", **options)
    assert found.inputs.trajectories[0].earth_orientation == expected.inputs.trajectories[0].earth_orientation
    assert np.abs(found.encounters.tca_s - expected.encounters.tca_s).max() < 1e-3
    without = crowd.screen("all", **options)
    errors = [screening.inputs.trajectories[0].arcs.error_km.max() for screening in (found, without)]
    assert errors[1] - errors[0] > 0.3


def test_auto_takes_the_volume_of_each_primarys_orbit(fleet: tuple[Path, Catalog]):
    _, crowd = fleet
    numbers = crowd.norad_id[:3].tolist()
    options = OPTIONS | {"volume": "auto"}
    automatic = crowd.screen(numbers, **options)
    names = {volume.name for volume in automatic.inputs.volumes}
    assert all(name.startswith("leo") for name in names)
    for number in numbers:
        (volume,) = crowd.screen(number, **options).inputs.volumes
        assert volume == volume_by_orbit(
            float(crowd.loc[number].perigee_altitude_km[0]), float(crowd.loc[number].eccentricity[0]), "it"
        )
    both = crowd.screen(numbers, **(OPTIONS | {"volume": ["auto", ScreeningVolume.sphere(120.0)]}))
    alone = crowd.screen(numbers, **OPTIONS)
    assert len(both) >= len(alone) > 0
    with pytest.raises(InputError, match=r'^volume: "auto" needs primaries'):
        crowd.screen("all", **options)
    high = crowd.with_columns(mean_motion_rev_day=np.full(len(crowd), 1.0))
    with pytest.raises(InputError, match=r"^volume: "):
        high.screen(numbers, **options)
