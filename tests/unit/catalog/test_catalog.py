"""Catalogues as tables: one epoch, rows by object, filters with forgiving input, python-sgp4 records and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sgp4.api import Satrec
from support.catalogs import random_catalog
from support.element_records import COSMOS_2251, IRIDIUM_33, lines_of

from debrissim.catalog import Catalog, ObjectKind, join_sizes, parse_catalog, read_catalog, write_omm_csv
from debrissim.catalog.filters import select_objects
from debrissim.catalog.population.model import bundled_population, read_population
from debrissim.core.errors import InputError, RunError
from debrissim.core.time import Time
from debrissim.propagation.sgp4 import make_propagator

STATION = (
    "1 25544U 98067A   21319.86359406  .00001699  00000-0  39549-4 0  9996",
    "2 25544  51.6442 312.7312 0004574 201.3017 242.9752 15.48581038312108",
)
LINES = lines_of(("0 ISS (ZARYA)", *STATION), ("0 COSMOS 2251", *COSMOS_2251), ("0 IRIDIUM 33", *IRIDIUM_33))
CATALOG = parse_catalog(LINES, "three.3le").catalog


def test_the_epoch_of_one_element_set() -> None:
    epoch = CATALOG[0].epoch
    assert isinstance(epoch, Time)
    assert (epoch.jd, epoch.fraction) == (CATALOG.epoch_jd[0], CATALOG.epoch_fraction[0])
    assert repr(epoch) == "Time('2021-11-15T20:43:34.527Z')"
    for table in (CATALOG, CATALOG[[]]):
        with pytest.raises(InputError, match=f"expected a table of one element set, got {len(table)}"):
            _ = table.epoch


@pytest.mark.parametrize("key", [25544, np.int64(25544), "ISS (ZARYA)", " iss (zarya) "])
def test_rows_are_found_by_number_and_name(key: Any) -> None:
    assert CATALOG.loc[key].norad_id.tolist() == [25544]


def test_all_rows_of_an_object_are_taken_in_order() -> None:
    twice = Catalog.concat([CATALOG, CATALOG[[2, 0]]])
    assert twice.loc[25544].norad_id.tolist() == [25544, 25544]
    assert twice.loc["IRIDIUM 33"].norad_id.tolist() == [24946, 24946]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (25545, "no object 25545 among 3; similar: 25544"),
        ("ISS", r"no object 'ISS' among 3; similar: ISS \(ZARYA\)"),
        ("COSMOS 2252", "no object 'COSMOS 2252' among 3; similar: COSMOS 2251"),
        ("xyzzy", "no object 'xyzzy' among 3$"),
        ("", "no object '' among 3$"),
        (1.5, "expected a catalogue number or a name, got 1.5"),
        (True, "expected a catalogue number or a name, got True"),
        (slice(0, 2), r"rows are catalog\[\.\.\.\]"),
    ],
)
def test_an_object_that_is_not_there_is_reported_with_similar_ones(key: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CATALOG.loc[key]


@pytest.mark.parametrize(
    "kind", ["debris", "Rocket Body", "rocket_body", "ROCKET-BODY", 3, ObjectKind.PAYLOAD]
)
def test_a_kind_is_a_name_a_number_or_a_member(kind: Any) -> None:
    catalog = random_catalog(np.random.default_rng(1), 50).with_columns(
        object_kind=np.arange(50, dtype=np.int8) % 4
    )
    selected = catalog.filter(kind=kind)
    assert len(selected) in (12, 13)
    assert set(selected.object_kind.tolist()) == {int(ObjectKind.of(kind))}
    several = catalog.filter(kind=[kind, "unknown"])
    assert set(several.object_kind.tolist()) == {int(ObjectKind.of(kind)), 0}


def test_conditions_are_combined() -> None:
    assert CATALOG.filter().norad_id.tolist() == CATALOG.norad_id.tolist()
    assert CATALOG.filter(perigee_km=(700, 900)).name.tolist() == ["COSMOS 2251", "IRIDIUM 33"]
    assert CATALOG.filter(perigee_km=(700, 900), name="cosmos*").norad_id.tolist() == [22675]
    assert CATALOG.filter(norad_id=25544).norad_id.tolist() == [25544]
    assert CATALOG.filter(norad_id=[25544, 24946], exclude_norad_id=24946).norad_id.tolist() == [25544]
    assert len(CATALOG.filter(kind=[], apogee_km=(0, 1e9))) == 0
    mask = select_objects(CATALOG, kinds=["payload"], name_pattern="COSMOS*")
    assert CATALOG[mask].norad_id.tolist() == CATALOG.filter("payload", name="COSMOS*").norad_id.tolist()


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"kind": "sputnik"}, "expected one of unknown, payload, rocket body, debris, got 'sputnik'"),
        ({"kind": 7}, "expected one of unknown, payload, rocket body, debris, got 7"),
        ({"kind": True}, "got True"),
        ({"kind": ["debris", None]}, "got None"),
        ({"perigee_km": (900, 700)}, r"perigee_km: expected \(lowest, highest\) in km, got \(900, 700\)"),
        ({"apogee_km": 700}, r"apogee_km: expected \(lowest, highest\) in km, got 700"),
        ({"apogee_km": (1, 2, 3)}, "apogee_km: expected"),
        ({"apogee_km": (np.nan, 2)}, "apogee_km: expected"),
        ({"norad_id": "25544"}, "catalogue numbers: expected whole numbers, got '25544'"),
        ({"exclude_norad_id": [1.5]}, r"catalogue numbers: expected whole numbers, got \[1\.5\]"),
    ],
)
def test_a_bad_condition_is_reported(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        CATALOG.filter(**conditions)


def test_a_catalogue_file_is_a_table_with_its_source(tmp_path: Path) -> None:
    path = tmp_path / "three.3le"
    path.write_bytes(LINES + b"rubbish\n")
    file = read_catalog(str(path))
    assert repr(file) == "<CatalogFile three.3le: 3le, 3 element sets, 1 rejected>"
    assert file.path == path
    assert [rejection.line for rejection in file.rejected] == [10]
    assert len(file) == len(file.catalog) == len(list(file)) == 3
    assert file[1].name.tolist() == ["COSMOS 2251"]
    assert file.loc[25544].epoch == CATALOG[0].epoch
    assert file.filter(name="IRIDIUM*").norad_id.tolist() == [24946]


def test_paths_may_be_text(tmp_path: Path) -> None:
    path = str(tmp_path / "three.csv.xz")
    write_omm_csv(CATALOG, path)
    assert read_catalog(path).catalog.norad_id.tolist() == CATALOG.norad_id.tolist()
    sizes = tmp_path / "sizes.csv"
    sizes.write_text("norad_id,mass_kg\n25544,420000\n", encoding="utf-8")
    assert join_sizes(CATALOG, str(sizes)).mass_kg[0] == 420000.0
    population = str(tmp_path / "population.csv")
    bundled_population().write(population)
    assert read_population(population).object_count == bundled_population().object_count
    with pytest.raises(RunError, match="cannot be written"):
        bundled_population().write(tmp_path / "none" / "population.csv")


FIELDS = (
    "satnum", "jdsatepoch", "jdsatepochF", "ndot", "nddot", "bstar", "inclo", "nodeo", "ecco", "argpo", "mo",
    "no_kozai", "intldesg",
)  # fmt: skip


def assert_same_records(first: list[Satrec], second: list[Satrec]) -> None:
    for name in FIELDS:
        assert [getattr(record, name) for record in first] == [getattr(record, name) for record in second], (
            name
        )


@pytest.mark.parametrize("lines", [STATION, COSMOS_2251, IRIDIUM_33])
def test_records_of_a_tle_give_its_published_elements(lines: tuple[str, str]) -> None:
    """The columns are those of our own reader to the bit, but for B*, of which python-sgp4 rounds the last bit."""
    record = Satrec.twoline2rv(*lines)
    catalog = Catalog.from_sgp4([record], names=["AN OBJECT DEB"])
    assert_same_records(catalog.to_sgp4(), [record])
    read = parse_catalog(lines_of(lines), "x").catalog
    assert catalog.bstar == pytest.approx(read.bstar, rel=3e-16)
    for name, values in catalog.columns().items():
        if name not in ("name", "object_kind", "bstar"):
            np.testing.assert_array_equal(values, read.columns()[name], err_msg=name)
    assert catalog.name.tolist() == ["AN OBJECT DEB"]
    assert catalog.object_kind.tolist() == [ObjectKind.DEBRIS]


def test_records_go_through_a_catalogue_and_come_back_the_same() -> None:
    catalog = random_catalog(np.random.default_rng(5), 500)
    records = catalog.to_sgp4()
    again = Catalog.from_sgp4(iter(records), catalog.name.tolist())
    assert_same_records(again.to_sgp4(), records)
    assert_same_records(Catalog.from_sgp4(again.to_sgp4()).to_sgp4(), records)
    np.testing.assert_allclose(again.raan_deg, catalog.raan_deg, rtol=4e-16)
    np.testing.assert_allclose(again.mean_motion_rev_day, catalog.mean_motion_rev_day, rtol=4e-16)


def test_records_propagate_as_the_catalogue_does() -> None:
    catalog = parse_catalog(LINES, "x").catalog
    propagator = make_propagator(catalog, 2459533.5, 0.0)
    codes, positions, _ = propagator.states([0, 1, 2], [0.0, 3600.0])
    for row, record in enumerate(catalog.to_sgp4()):
        for k, fraction in enumerate((0.0, 1.0 / 24.0)):
            code, position, _ = record.sgp4(2459533.5, fraction)
            assert code == codes[row, k]
            assert position == pytest.approx(positions[row, k], abs=1e-8)


def test_records_without_a_number_name_or_designator() -> None:
    catalog = CATALOG.with_columns(
        norad_id=np.array([799_500_000, 339_999, 5]),
        international_designator=np.array(["", "", "1998-067ABC"]),
    )
    records = catalog.to_sgp4()
    assert [record.satnum for record in records] == [0, 339_999, 5]
    again = Catalog.from_sgp4(records)
    assert again.name.tolist() == ["", "", ""]
    assert again.international_designator.tolist() == ["", "", "1998-067ABC"]
    assert again.object_kind.tolist() == [0, 0, 0]
    assert len(Catalog.from_sgp4([])) == 0
    assert CATALOG[[]].to_sgp4() == []


def test_records_of_another_type_are_reported() -> None:
    with pytest.raises(InputError, match=r"expected sgp4\.api\.Satrec objects, got 'ISS'"):
        Catalog.from_sgp4(["ISS"])  # type: ignore[list-item]
    with pytest.raises(InputError, match="expected one name per record, got 0 for 3 records"):
        Catalog.from_sgp4(CATALOG.to_sgp4(), names=[])
