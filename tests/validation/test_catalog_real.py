"""Whole real catalogues: read without loss, with the counts of their provenance note."""

from __future__ import annotations

import csv
import io
import lzma
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import Satrec
from support.shared import shared_path

from debrissim.catalog import (
    Catalog,
    ObjectKind,
    catalog_epoch,
    join_sizes,
    latest_before,
    parse_catalog,
    read_catalog,
    summarize_catalog,
    with_default_sizes,
    write_omm_csv,
)

OMM_2024 = "data/catalogues/2024-11-01_celestrak_omm.csv.xz"
TLE_2022 = "data/catalogues/2022-01-22_spacetrack.3le.xz"


def test_the_omm_catalogue_of_2024() -> None:
    file = read_catalog(shared_path(OMM_2024))
    assert (file.format, file.record_count, file.rejected) == ("omm-csv", 26834, ())
    summary = summarize_catalog(file.catalog, stale_after_days=10.0)
    assert summary.object_count == 26834
    assert summary.by_kind["debris"] == 10850
    assert summary.by_kind["rocket body"] == 2159
    assert summary.by_parent_event["Fengyun 1C"] == 2015
    assert summary.by_parent_event["Cosmos 2251"] == 704
    assert file.catalog.norad_id.max() == 270387
    assert summary.epoch[0] in (2460614.5, 2460615.5)  # 2024-10-31 or 11-01
    # About one per cent is stale, and some epochs are in the future.
    assert 0.005 < summary.stale_count / 26834 < 0.03
    assert summary.last_epoch > summary.epoch


def test_the_tle_catalogue_of_2022() -> None:
    file = read_catalog(shared_path(TLE_2022))
    assert (file.format, file.record_count, file.rejected) == ("3le", 23939, ())
    catalog = file.catalog
    named = np.char.startswith(catalog.name, "COSMOS 1408 DEB")
    assert np.count_nonzero(named) == 1215
    # One of them has the number and designator of another launch, and hence no label.
    assert np.count_nonzero(catalog.parent_event == "Cosmos 1408") == 1214
    assert catalog.norad_id.max() > 270000  # Alpha-5: T.... is 270000 and up
    assert (catalog.object_kind[named] == ObjectKind.DEBRIS).all()


def test_tle_fields_agree_with_the_sgp4_package() -> None:
    path = shared_path(TLE_2022)
    catalog = read_catalog(path).catalog
    lines = lzma.decompress(path.read_bytes()).decode().splitlines()
    for row in range(0, len(catalog), 97):
        satrec = Satrec.twoline2rv(lines[3 * row + 1], lines[3 * row + 2])
        assert catalog.norad_id[row] == satrec.satnum
        assert catalog.epoch_jd[row] == satrec.jdsatepoch
        assert catalog.epoch_fraction[row] == pytest.approx(satrec.jdsatepochF, abs=1e-12)
        assert catalog.eccentricity[row] == satrec.ecco
        assert catalog.bstar[row] == pytest.approx(satrec.bstar, rel=1e-15)
        assert np.radians(catalog.mean_anomaly_deg[row]) == pytest.approx(satrec.mo, rel=1e-15)
        rate = catalog.mean_motion_rev_day[row] * 2.0 * np.pi / 1440.0
        assert rate == pytest.approx(satrec.no_kozai, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "count", "event"),
    [
        ("cosmos_2251_deb_first_801.csv.xz", 801, "Cosmos 2251"),
        ("fy1c_deb_first_1324.csv.xz", 1324, "Fengyun 1C"),
        ("iridium_33_deb_first_482.csv.xz", 482, "Iridium 33"),
        ("cosmos1408_debris_2022-01-22.3le.xz", 1215, "Cosmos 1408"),
    ],
)
def test_the_fragments_of_four_breakups(name: str, count: int, event: str) -> None:
    file = read_catalog(shared_path(f"data/events/{name}"))
    assert file.rejected == ()
    assert len(file.catalog) == np.unique(file.catalog.norad_id).size == count
    assert (file.catalog.object_kind == ObjectKind.DEBRIS).all()
    assert np.count_nonzero(file.catalog.parent_event == event) >= count - 1


def test_numbers_from_tle_lines_give_the_same_elements_as_the_omm_fields() -> None:
    """Space-Track's CSV has both notations of each element set."""
    path = shared_path("data/events/iridium_33_deb_first_482.csv.xz")
    rows = list(csv.DictReader(io.StringIO(lzma.decompress(path.read_bytes()).decode())))
    text = "".join(f"{row['TLE_LINE0']}\n{row['TLE_LINE1']}\n{row['TLE_LINE2']}\n" for row in rows)
    from_tle = parse_catalog(text.encode(), "lines").catalog
    from_omm = read_catalog(path).catalog
    # (Except the designator: one TLE lacks its piece.)
    for field in ("norad_id", "name", "epoch_jd", "eccentricity", "mean_motion_rev_day"):
        np.testing.assert_array_equal(getattr(from_tle, field), getattr(from_omm, field), err_msg=field)
    # Some numbers of this CSV have the noise of a float's last bit ("5.5261000000000005e-05").
    np.testing.assert_allclose(from_tle.bstar, from_omm.bstar, rtol=1e-15)
    # TLEs have epochs to 1e-8 day (0.9 ms), the OMM to a microsecond.
    np.testing.assert_allclose(from_tle.epoch_fraction, from_omm.epoch_fraction, rtol=0.0, atol=1.2e-11)


def test_the_last_element_sets_before_two_events() -> None:
    collision = read_catalog(shared_path("data/events/iridium33_cosmos2251_last_before_collision.3le"))
    assert collision.catalog.norad_id.tolist() == [24946, 22675]
    assert collision.catalog.name.tolist() == ["IRIDIUM 33", "COSMOS 2251"]
    test = read_catalog(shared_path("data/events/cosmos1408_iss_2021-11-15.3le"))
    assert test.catalog.norad_id.tolist() == [13552, 25544]


def test_the_station_s_histories() -> None:
    history = read_catalog(shared_path("data/iss/iss_element_history_1998-2021.csv.gz"))
    assert (len(history.catalog), len(history.rejected)) == (37424, 0)
    assert set(history.catalog.norad_id.tolist()) == {25544}
    assert history.catalog.epoch_jd[0] == 2451137.5  # 1998-11-20, the launch of Zarya

    year = read_catalog(shared_path("data/iss/iss_elements_with_tles_2019-12_2020-12.csv.xz"))
    assert year.record_count == 1958
    # Space-Track issued many sets several times.
    assert {rejection.reason.split(" of ")[0] for rejection in year.rejected} == {"duplicate"}
    assert len(year.catalog) + len(year.rejected) == 1958
    merged, superseded = latest_before([year.catalog, history.catalog], *catalog_epoch(year.catalog))
    assert (len(merged), superseded) == (1, len(year.catalog) + 37424 - 1)


def test_sizes_join_the_catalogue() -> None:
    catalog = read_catalog(shared_path(OMM_2024)).catalog
    joined = join_sizes(catalog, shared_path("data/sizes/hbr_mass_2024-11-01.csv.xz"))
    known = ~np.isnan(joined.hard_body_radius_m)
    assert 11_000 < np.count_nonzero(known) < 12_000
    debris = known & (joined.object_kind == ObjectKind.DEBRIS)
    assert np.median(joined.hard_body_radius_m[debris]) == pytest.approx(0.088, abs=0.001)
    filled = with_default_sizes(joined)
    assert (filled.hard_body_radius_m > 0.0).all()
    assert (filled.mass_kg > 0.0).all()


@pytest.mark.parametrize("name", [OMM_2024, TLE_2022])
def test_whole_catalogues_round_trip(tmp_path: Path, name: str) -> None:
    catalog = read_catalog(shared_path(name)).catalog
    write_omm_csv(catalog, tmp_path / "c.csv")
    again = read_catalog(tmp_path / "c.csv").catalog
    for field in fields(Catalog):
        np.testing.assert_array_equal(
            getattr(again, field.name), getattr(catalog, field.name), err_msg=field.name
        )
