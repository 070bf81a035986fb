"""Sizes from a file, and defaults."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from support.element_records import as_csv, as_json, omm

from debrissim.catalog import (
    DEFAULT_SIZES,
    Catalog,
    ObjectKind,
    SizeGroup,
    join_sizes,
    mass_is_default,
    parse_catalog,
    size_group,
    size_is_default,
    with_default_sizes,
)
from debrissim.core.errors import InputError
from debrissim.hazard.impact import MASS_RANGES_KG


@pytest.fixture
def catalog() -> Catalog:
    types = ["PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN"]
    records = [omm(NORAD_CAT_ID=str(30 - k), OBJECT_TYPE=name) for k, name in enumerate(types)]
    return parse_catalog(as_csv(*records, omm(NORAD_CAT_ID="900000001", SYNTHETIC="1")), "x").catalog


def sizes(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sizes.csv"
    path.write_bytes(text.encode())
    return path


def test_join_by_number(tmp_path: Path, catalog: Catalog) -> None:
    text = "ObjectID,HBR,HBRSigma,Mass\r\n28,0.05,0,1.5\r\n900000001,9,0,9\r\n30,,0,2550\r\n1,4,0,4\r\n\r\n"
    joined = join_sizes(catalog, sizes(tmp_path, text))
    np.testing.assert_array_equal(joined.hard_body_radius_m, [np.nan, np.nan, 0.05, np.nan, np.nan])
    np.testing.assert_array_equal(joined.mass_kg, [2550.0, np.nan, 1.5, np.nan, np.nan])
    assert np.isnan(catalog.mass_kg).all()  # the argument is left as it was


def test_a_blank_leaves_what_was_known_and_own_names_work(tmp_path: Path, catalog: Catalog) -> None:
    known = catalog.with_columns(hard_body_radius_m=np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    path = tmp_path / "s.csv.gz"
    path.write_bytes(gzip.compress(b'mass_kg,norad_id,hard_body_radius_m\n"7",29,\n,30,6\n,30,6\n'))
    joined = join_sizes(known, path)
    assert joined.hard_body_radius_m.tolist() == [6.0, 2.0, 3.0, 4.0, 5.0]
    assert joined.mass_kg[1] == 7.0
    only_mass = join_sizes(known, sizes(tmp_path, "norad_id,mass_kg\n30,8\n"))
    assert only_mass.mass_kg[0] == 8.0
    assert only_mass.hard_body_radius_m[0] == 1.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty file"),
        ("a,b\n1,2\n", "the CSV header has a, b; expected norad_id and at least one of"),
        ("norad_id,b\n1,2\n", "expected norad_id and at least one of"),
        ("norad_id,mass_kg\n", "a header without rows"),
        ("norad_id,mass_kg\n5,1\n6\n", "line 3: expected 2 fields, got 1"),
        ("norad_id,mass_kg\n5,1\nx,1\n", "line 3: 'x' is not a catalogue number"),
        ("norad_id,mass_kg\n5,1\n6,heavy\n", "line 3: mass 'heavy' is not a positive number"),
        ("norad_id,mass_kg\n5,0\n", "line 2: mass '0' is not a positive number"),
        ("norad_id,hard_body_radius_m\n5,inf\n", "line 2: hard-body radius 'inf' is not a positive number"),
        ("norad_id,mass_kg\n5,1\n5,2\n", "line 3: object 5 has another size than on line 2"),
    ],
)
def test_bad_size_files(tmp_path: Path, catalog: Catalog, text: str, message: str) -> None:
    path = sizes(tmp_path, text)
    with pytest.raises(InputError) as caught:
        join_sizes(catalog, path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_missing_and_cut_off_size_files(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(InputError, match="no such file"):
        join_sizes(catalog, tmp_path / "nothing")
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(b"norad_id,mass_kg\n5,1\n")[:-9])
    with pytest.raises(InputError, match="compressed stream ends early"):
        join_sizes(catalog, path)


def test_defaults_by_kind(catalog: Catalog) -> None:
    assert set(DEFAULT_SIZES) == set(SizeGroup)
    assert [int(kind) for kind in ObjectKind] == [int(SizeGroup[kind.name]) for kind in ObjectKind]
    known = catalog.with_columns(
        hard_body_radius_m=np.array([np.nan, 7.0, np.nan, np.nan, np.nan]),
        mass_kg=np.array([5.0, np.nan, np.nan, np.nan, np.nan]),
    )
    filled = with_default_sizes(known)
    kinds = [ObjectKind(kind) for kind in known.object_kind]
    radii = [DEFAULT_SIZES[kind].hard_body_radius_m for kind in kinds]
    masses = [DEFAULT_SIZES[kind].mass_kg for kind in kinds]
    assert filled.hard_body_radius_m.tolist() == [radii[0], 7.0, *radii[2:]]
    assert filled.mass_kg.tolist() == [5.0, *masses[1:]]
    expected = [True, False, True, True, True]
    assert size_is_default(known).tolist() == size_is_default(filled).tolist() == expected
    assert mass_is_default(known).tolist() == mass_is_default(filled).tolist() == [False, *[True] * 4]


CUBESATS = ("FLOCK 4Q-1", "LEMUR-2-ROCKETJONAH", "SPACEBEE-156", "AEROCUBE 2", "CUBESAT XI-IV (CO-57)", "DOVE 2",
            "KEPLER-8", "BRO-1", "TEVEL-3", "ASTROCAST-0101", "SITRO-AIS-12")  # fmt: skip
OTHERS = (
    "ENVISAT",
    "STARLINK-1007",
    "ISS (ZARYA)",
    "DOVE (DO-17)",
    "KEPLER",
    "BROOKLYN",
    "SYNTHETIC FLOCK 000001",
    "LEMURIA 1",
)


@pytest.mark.parametrize(
    ("name", "group"),
    [*((n, SizeGroup.CUBESAT) for n in CUBESATS), *((n, SizeGroup.PAYLOAD) for n in OTHERS)],
)
def test_cubesats_are_recognised_by_their_names(name: str, group: SizeGroup) -> None:
    catalog = parse_catalog(as_csv(omm(OBJECT_NAME=name)), "x").catalog
    assert size_group(catalog).tolist() == [group]
    assert with_default_sizes(catalog).mass_kg.tolist() == [DEFAULT_SIZES[group].mass_kg]


def test_debris_of_a_cubesat_is_debris() -> None:
    catalog = parse_catalog(
        as_csv(omm(OBJECT_NAME="FLOCK 1 DEB"), omm(NORAD_CAT_ID="5", OBJECT_NAME="CUBE R/B")), "x"
    ).catalog
    assert size_group(catalog).tolist() == [SizeGroup.DEBRIS, SizeGroup.ROCKET_BODY]


def test_every_range_of_masses_holds_its_default_and_that_of_a_cubesat() -> None:
    assert set(MASS_RANGES_KG) == set(SizeGroup)
    for group, (low, high) in MASS_RANGES_KG.items():
        assert low < DEFAULT_SIZES[group].mass_kg < high
    # One that its name does not show is a payload, and its range must hold its mass.
    assert MASS_RANGES_KG[SizeGroup.PAYLOAD][0] <= 5.0


@pytest.mark.parametrize(
    ("size", "group"),
    [
        ("SMALL", SizeGroup.CUBESAT),
        ("MEDIUM", SizeGroup.PAYLOAD),
        ("LARGE", SizeGroup.PAYLOAD),
        ("N/A", SizeGroup.PAYLOAD),
    ],
)
def test_a_spacecraft_of_small_radar_cross_section_is_of_the_size_of_a_cubesat(
    size: str, group: SizeGroup
) -> None:
    for writer in (as_csv, as_json):
        catalog = parse_catalog(writer(omm(OBJECT_NAME="QB50P1", RCS_SIZE=size)), "x").catalog
        assert size_group(catalog).tolist() == [group]
    debris = parse_catalog(as_csv(omm(OBJECT_NAME="A DEB", RCS_SIZE=size)), "x").catalog
    assert size_group(debris).tolist() == [SizeGroup.DEBRIS]
