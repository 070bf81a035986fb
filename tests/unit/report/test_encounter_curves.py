from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.small import small

from debrissim.conjunctions.run import run
from debrissim.report.curves import encounter_curves, top_event
from debrissim.results.reader import FolderTables
from debrissim.results.table import Table
from debrissim.uncertainty.element_set_error import PUBLISHED_MODEL


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Errors so wide that passages at hundreds of km have values on a whole curve.
    folder = tmp_path_factory.mktemp("curves") / "results"
    run(small(covariance={"model": PUBLISHED_MODEL})).write(folder)
    return folder


@pytest.fixture(scope="module")
def table(folder: Path) -> Table:
    return FolderTables(folder)["conjunctions"]


def test_the_middle_of_every_curve_is_the_encounter_of_the_table(table: Table):
    curves = encounter_curves(table)

    def columns(stem: str, axes: str) -> np.ndarray:
        return np.stack([table[stem.format(axis)] for axis in axes], axis=1)

    middle = len(curves.track_time_s) // 2
    assert curves.track_time_s[middle] == 0.0
    assert curves.track_rtn_km[:, middle] == pytest.approx(
        columns("relative_position_{}_km", "rtn"), abs=1e-6
    )
    middle = len(curves.paths.arc_time_s) // 2
    assert curves.paths.arc_km[:, middle] == pytest.approx(columns("secondary_{}_km", "xyz"), abs=1e-6)
    middle = len(curves.paths.orbit_fraction) // 2
    assert curves.paths.orbit_km[:, middle] == pytest.approx(columns("primary_{}_km", "xyz"), abs=1e-6)
    # A revolution later it is where it was.
    assert curves.paths.orbit_km[:, 0] == pytest.approx(curves.paths.orbit_km[:, -1], abs=1e-5)
    assert curves.paths.orbit_period_s == pytest.approx(86400.0 / 15.5, rel=0.01)


def test_greenwich_is_where_the_longitudes_of_the_table_have_it_and_the_sun_at_its_height(table: Table):
    paths = encounter_curves(table).paths
    meridian = np.arctan2(table.primary_y_km, table.primary_x_km) - np.radians(table.primary_longitude_deg)
    turns = (paths.earth_angle_rad - meridian) / (2.0 * np.pi)
    assert np.abs(turns - np.rint(turns)).max() < 1e-6
    assert np.linalg.norm(paths.sun, axis=1) == pytest.approx(1.0)
    # Local noon: the meridian below the Sun has the time of day that clocks show there, to the equation of time.
    noon = np.degrees(np.arctan2(paths.sun[:, 1], paths.sun[:, 0]) - paths.earth_angle_rad)
    midnights = table.tca_utc.astype("datetime64[D]")
    hours = (table.tca_utc - midnights) / np.timedelta64(1, "h")
    late = np.mod(15.0 * (hours - 12.0) + noon + 180.0, 360.0) - 180.0
    assert np.abs(late).max() < 4.3


def test_tracks_agree_with_those_of_sgp4(folder: Path, table: Table):
    """tracks.csv is SGP4's every second; a minute from TCA the objects are hundreds of km apart, two-body motion within
    0.2 km of SGP4 (seen: 0.1 km), within 0.03 km a quarter of a minute from TCA."""
    curves, tracks = encounter_curves(table), FolderTables(folder)["tracks"]
    time = tracks.time_s
    position = np.stack([tracks[f"relative_position_{axis}_km"] for axis in "rtn"], axis=1)
    compared = 0
    for row in np.unique(tracks.encounter):
        own = tracks.encounter == row
        for bound_km, reach_s in ((0.2, 60.0), (0.03, 15.0)):
            for node in np.flatnonzero(np.abs(curves.track_time_s) <= reach_s):
                at = np.flatnonzero(np.abs(time[own] - curves.track_time_s[node]) < 1e-9)
                if len(at):
                    gap = position[own][at[0]] - curves.track_rtn_km[row, node]
                    assert np.linalg.norm(gap) < bound_km
                    compared += 1
    assert compared >= 30


def test_dilution_curves_of_many_events_agree_with_those_of_one(table: Table):
    curves = encounter_curves(table)
    event = top_event(table, 0, "", table.collision_probability_method[0])
    assert event is not None
    inside = (
        (event.scale >= curves.scale[0])
        & (event.scale <= curves.scale[-1])
        & (event.dilution_probability > 1e-12)
    )
    assert inside.sum() > 5
    positive = curves.dilution[0] > 0.0
    interpolated = np.interp(
        np.log(event.scale[inside]), np.log(curves.scale[positive]), np.log(curves.dilution[0][positive])
    )
    # Straight pieces between sixteen points per decade.
    assert interpolated == pytest.approx(np.log(event.dilution_probability[inside]), abs=0.3)


def test_a_row_without_plane_or_orbit_has_no_curves_and_affects_no_other_row(table: Table):
    whole = encounter_curves(table)
    broken = {name: column.copy() for name, column in table.columns().items()}
    broken["plane_miss_x_km"][0] = np.nan
    # Faster than any ellipse.
    broken["secondary_vx_km_s"][1] = 99.0
    curves = encounter_curves(Table(table.schema, broken))
    assert np.isnan(curves.dilution[0]).all()
    assert np.isfinite(curves.dilution[1:]).all()
    assert np.isnan(curves.track_rtn_km[1]).all()
    assert np.isnan(curves.paths.arc_km[1]).all()
    assert np.array_equal(curves.track_rtn_km[2:], whole.track_rtn_km[2:])
    assert np.array_equal(curves.track_rtn_km[0], whole.track_rtn_km[0])


def test_no_encounter_gives_empty_curves(table: Table):
    curves = encounter_curves(table.head(0))
    assert curves.dilution.shape[0] == curves.paths.arc_km.shape[0] == len(curves.paths.orbit_period_s) == 0
