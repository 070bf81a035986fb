"""Writing a catalogue and reading it back."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.element_records import as_csv, omm

from debrissim.catalog import (
    Catalog,
    ObjectKind,
    Origin,
    RcsSize,
    internal_numbers,
    parse_catalog,
    read_catalog,
    write_omm_csv,
)
from debrissim.core.epochs import format_iso_epoch, parse_iso_epochs
from debrissim.core.errors import RunError


def assert_same(first: Catalog, second: Catalog) -> None:
    for field in fields(Catalog):
        np.testing.assert_array_equal(
            getattr(first, field.name), getattr(second, field.name), err_msg=field.name
        )


def texts(size: int) -> st.SearchStrategy[str]:
    # As reading leaves them: no runs of white space, no control characters.
    alphabet = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
    words = st.lists(st.text(alphabet, min_size=1, max_size=size), max_size=3)
    return words.map(lambda parts: " ".join(parts)[:100].strip())


def finite(low: float, high: float, **more: bool) -> st.SearchStrategy[float]:
    # Adding zero: reading turns -0.0 into 0.0.
    return st.floats(low, high, **more).map(lambda value: value + 0.0)


ORIGINS = [Origin.SYNTHETIC, Origin.FRAGMENT, Origin.UNNUMBERED]


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    digits = st.integers(1, 999_999_999)
    internal = st.builds(
        lambda origin, serial: int(internal_numbers(origin, serial)), st.sampled_from(ORIGINS), digits
    )
    numbers = draw(st.lists(digits | internal, min_size=1, max_size=6, unique=True))

    def column(values: st.SearchStrategy[object], dtype: type) -> np.ndarray:
        return np.array([draw(values) for _ in numbers], dtype=dtype)

    size = st.just(np.nan) | st.floats(0.0, 1e5, exclude_min=True)
    return Catalog(
        norad_id=np.array(numbers, dtype=np.int64),
        name=column(texts(30), np.str_),
        international_designator=column(st.sampled_from(["", "1998-067A", "2024-140ABC"]), np.str_),
        object_kind=column(st.sampled_from(list(ObjectKind)), np.int8),
        parent_event=column(texts(12), np.str_),
        epoch_jd=column(st.integers(2435840, 2524592).map(lambda day: day - 0.5), np.float64),
        epoch_fraction=column(finite(0.0, 1.0, exclude_max=True), np.float64),
        mean_motion_rev_day=column(finite(0.0010001, 20.0), np.float64),
        eccentricity=column(finite(0.0, 1.0, exclude_max=True), np.float64),
        inclination_deg=column(finite(0.0, 180.0), np.float64),
        raan_deg=column(finite(-360.0, 360.0), np.float64),
        arg_perigee_deg=column(finite(0.0, 360.0), np.float64),
        mean_anomaly_deg=column(finite(0.0, 360.0), np.float64),
        bstar=column(finite(-9.99e8, 9.99e8), np.float64),
        mean_motion_dot=column(finite(-1e3, 1e3), np.float64),
        mean_motion_ddot=column(finite(-1e3, 1e3), np.float64),
        hard_body_radius_m=column(size, np.float64),
        mass_kg=column(size, np.float64),
        rcs_size=column(st.sampled_from(list(RcsSize)), np.int8),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(catalogs())
def test_what_is_written_reads_back_to_the_last_bit(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "c.csv"
    write_omm_csv(catalog, path)
    file = read_catalog(path)
    assert file.rejected == ()
    assert file.format == "omm-csv"
    assert_same(file.catalog, catalog)


@given(st.floats(0.0, 1.0, exclude_max=True) | st.integers(0, 86400 * 10**6 - 1).map(lambda k: k / 86400e6))
def test_epochs_round_trip(fraction: float) -> None:
    text = format_iso_epoch(2454871.5, fraction)
    jd, again, bad = parse_iso_epochs([text])
    assert (jd[0], again[0], bad) == (2454871.5, fraction, [])


def test_microseconds_are_written_as_such() -> None:
    assert format_iso_epoch(2454871.5, 67779281952 / 86400e6) == "2009-02-09T18:49:39.281952"
    for jd, fraction in ((2454871.25, 0.0), (2454871.5, 1.0), (2454871.5, float("nan"))):
        with pytest.raises(ValueError, match="expected a midnight"):
            format_iso_epoch(jd, fraction)


@pytest.mark.parametrize("ending", ["", ".gz", ".xz"])
def test_the_same_catalogue_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    catalog = parse_catalog(as_csv(omm(OBJECT_NAME="IRIDIUM 33 DEB")), "x").catalog
    first, second = tmp_path / f"a.csv{ending}", tmp_path / f"b.csv{ending}"
    write_omm_csv(catalog, first)
    write_omm_csv(read_catalog(first).catalog, second)
    assert first.read_bytes() == second.read_bytes()
    assert read_catalog(second).catalog.parent_event.tolist() == ["Iridium 33"]


def test_the_file_is_celestrak_s_csv_with_more_columns(tmp_path: Path) -> None:
    write_omm_csv(
        parse_catalog(as_csv(omm(), omm(NORAD_CAT_ID="7", SYNTHETIC="1")), "x").catalog, tmp_path / "c"
    )
    header, real, synthetic = (tmp_path / "c").read_text().splitlines()
    assert header.startswith(
        "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,"
    )
    assert real == (
        "IRIDIUM 33,1997-051C,2009-02-09T18:49:39.281952,14.34219863,0.0002288,86.3994,121.7028,85.1644,"
        "274.9812,0,U,24946,999,0,4.7668e-05,1.53e-06,0.0,PAYLOAD,,,,,"
    )
    assert ",U,S-000007,999," in synthetic
    assert synthetic.endswith("PAYLOAD,synthetic,,,,")


def test_an_old_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("old")
    write_omm_csv(parse_catalog(as_csv(omm()), "x").catalog, path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["c.csv"]
    assert len(read_catalog(path).catalog) == 1
    assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    catalog = parse_catalog(as_csv(omm()), "x").catalog
    with pytest.raises(RunError, match="cannot be written"):
        write_omm_csv(catalog, tmp_path / "no such folder" / "c.csv")
    folder = tmp_path / "a_folder.csv"
    folder.mkdir()
    with pytest.raises(RunError, match=r"a_folder\.csv: cannot be written"):
        write_omm_csv(catalog, folder)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a_folder.csv"]
