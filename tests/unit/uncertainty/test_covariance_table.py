"""Covariances from a user's table, and objects that bring errors of their own."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import Elements, make_catalog

from debrissim.catalog import Origin, internal_numbers, write_omm_csv
from debrissim.core.errors import InputError
from debrissim.propagation.conics import state_transition
from debrissim.uncertainty.covariance_table import read_covariance_table
from debrissim.uncertainty.element_set_error import fixed_model
from debrissim.uncertainty.object_covariances import ObjectCovariances, read_object_covariances
from debrissim.uncertainty.propagate import propagate_covariance
from debrissim.uncertainty.rotation import state_inertial_to_rtn, state_rtn_to_inertial

STATE = np.array([[6795.0, 0.0, 0.0, 0.0, 4.75, 6.0]])
SIGMAS = "norad_id,sigma_r_km,sigma_t_km,sigma_n_km,growth_r_km_day,growth_t_km_day,growth_n_km_day,growth_t_km_day2"
LOWER = [
    f"c{a}_{b}"
    for k, a in enumerate(("r", "t", "n", "rdot", "tdot", "ndot"))
    for b in ("r", "t", "n", "rdot", "tdot", "ndot")[: k + 1]
]


def _file(folder: Path, text: str) -> Path:
    path = folder / "covariances.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _position(table, row=0, age=0.0, jd=2460310.5, fraction=0.25, state=STATE):
    return table.position_covariance_rtn_km2([row], state, [age], [jd], [fraction])[0]


def test_standard_deviations_and_growth(tmp_path):
    table = read_covariance_table(
        _file(tmp_path, f"{SIGMAS}\n25544,0.1,0.5,0.2,0.01,1.0,,0.25\n5,1,2,3,,,,\n")
    )
    assert table.norad_id.tolist() == [5, 25544]
    assert table.row_indices([25544, 7, 5, 99999]).tolist() == [1, -1, 0, -1]
    assert _position(table, 1) == pytest.approx(np.diag([0.01, 0.25, 0.04]))
    for age in (2.0, -2.0):
        expected = [0.01 + 0.02**2, 0.25 + (2.0 + 0.25 * 4.0) ** 2, 0.04]
        assert _position(table, 1, age) == pytest.approx(np.diag(expected))
    assert _position(table, 0, 100.0) == pytest.approx(np.diag([1.0, 4.0, 9.0]))
    assert table.label == "given by the user for 2 objects (covariances.csv)"


def test_a_matrix_of_position_keeps_its_correlations_and_order_of_columns(tmp_path):
    text = "cn_n, NORAD_ID ,cr_r,ct_r,ct_t,cn_r,cn_t\n9,25544,1,-0.5,4,0.1,-0.2\n"
    table = read_covariance_table(_file(tmp_path, text))
    expected = [[1.0, -0.5, 0.1], [-0.5, 4.0, -0.2], [0.1, -0.2, 9.0]]
    assert _position(table, age=3.0) == pytest.approx(np.array(expected))
    assert not table.has_velocity[0]


def test_an_epoch_of_its_own_counts_for_growth(tmp_path):
    text = (
        "norad_id,epoch_utc,sigma_r_km,sigma_t_km,sigma_n_km,growth_t_km_day\n"
        "25544,2024-01-01T12:00:00Z,0.1,0.5,0.2,1\n"
    )
    table = read_covariance_table(_file(tmp_path, text))
    # The element set is of 06:00, the encounter a day later: 18 hours after the table's epoch.
    assert _position(table, age=1.0)[1, 1] == pytest.approx(0.25 + 0.75**2)


def test_position_and_velocity_are_carried_to_the_encounter(tmp_path):
    rng = np.random.default_rng(8)
    root = rng.normal(size=(6, 6)) * np.array([0.1, 0.3, 0.1, 2e-4, 1e-4, 1e-4])[:, None]
    covariance = root @ root.T
    cells = [repr(float(covariance[i, j])) for i in range(6) for j in range(i + 1)]
    path = _file(tmp_path, ",".join(["norad_id", *LOWER]) + "\n" + ",".join(["25544", *cells]) + "\n")
    table = read_covariance_table(path)
    assert table.has_velocity[0]
    np.testing.assert_array_equal(table.covariance_rtn[0], covariance)
    there, _ = state_transition(STATE, 0.3 * 86400.0)
    carried = propagate_covariance(state_rtn_to_inertial(covariance[None], STATE), STATE, 0.3 * 86400.0)
    expected = state_inertial_to_rtn(carried, there)[0, :3, :3]
    np.testing.assert_allclose(_position(table, age=0.3, state=there), expected, rtol=1e-7)
    np.testing.assert_allclose(_position(table), covariance[:3, :3], rtol=1e-9)


def test_compressed_tables_are_read(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"norad_id,sigma_r_km,sigma_t_km,sigma_n_km\n\n5,1,2,3\n\n"))
    assert len(read_covariance_table(path)) == 1
    assert read_covariance_table(str(path)).label == read_covariance_table(path).label


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty file; expected a CSV header"),
        ("norad_id,cr_r\n", "a header without rows"),
        ("number,cr_r\n1,2\n", "the CSV header has number, cr_r; expected norad_id"),
        ("norad_id,sigma_km\n1,2\n", "unknown column 'sigma_km'; expected some of norad_id, epoch_utc, sigma_r_km"),
        ("norad_id,cr_r,cr_r\n1,2,3\n", "column 'cr_r' is in the header twice"),
        (f"{SIGMAS}\n5,1,2,3\n", "line 2: expected 8 fields, got 4"),
        (f"{SIGMAS}\n5,1,2,3,,,,\nx,1,2,3,,,,\n", "line 3: 'x' is not a catalogue number"),
        (f"{SIGMAS}\n5,1,two,3,,,,\n", "line 2: sigma_t_km is 'two', expected a finite number"),
        (f"{SIGMAS}\n5,1,inf,3,,,,\n", "line 2: sigma_t_km is 'inf', expected a finite number"),
        (f"{SIGMAS}\n5,1,0,3,,,,\n", "line 2: sigma_t_km is 0, expected > 0"),
        (f"{SIGMAS}\n5,1,,3,,,,\n", "line 2: sigma_t_km is missing; expected all of sigma_r_km"),
        (f"{SIGMAS}\n5,1,2,3,,-1,,\n", "line 2: growth_t_km_day is -1, expected >= 0"),
        (f"{SIGMAS}\n5,,,,1,1,1,\n", "line 2: expected either sigma_r_km, ... or cr_r, ..., got neither"),
        (f"{SIGMAS},cr_r\n5,1,2,3,,,,,4\n", "line 2: expected either sigma_r_km, ... or cr_r, ..., got both"),
        (f"{SIGMAS}\n5,1,2,3,,,,\n7,1,2,3,,,,\n5,1,2,3,,,,\n", "line 4: object 5 has a row already, line 2"),
        ("norad_id,cr_r,ct_r,ct_t,cn_r,cn_t,cn_n\n5,1,0,-4,0,0,1\n", "line 2: ct_t is -4, expected a variance > 0"),
        ("norad_id,cr_r,ct_r,ct_t,cn_r,cn_t,cn_n\n5,1,0,4,0,-3,1\n", "cn_t makes a correlation of -1.5, expected -1"),
        ("norad_id,cr_r,ct_r,crdot_r\n5,1,0,4\n", "line 2: ct_t is missing"),
        ("norad_id,epoch_utc,sigma_r_km,sigma_t_km,sigma_n_km\n5,noon,1,1,1\n", "epoch_utc is 'noon', expected a UTC"),
    ],
)  # fmt: skip
def test_a_bad_table_is_reported_with_its_line(tmp_path, text, message):
    path = _file(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_covariance_table(path)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{path}: ")


def test_growth_and_velocity_exclude_each_other(tmp_path):
    names = ",".join(["norad_id", *LOWER, "growth_t_km_day"])
    cells = [
        "1" if name in ("cr_r", "ct_t", "cn_n", "crdot_rdot", "ctdot_tdot", "cndot_ndot") else "0"
        for name in LOWER
    ]
    with pytest.raises(InputError, match="line 2: growth cannot be combined with velocity"):
        read_covariance_table(_file(tmp_path, names + "\n" + ",".join(["5", *cells, "1"]) + "\n"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: no such file"):
        read_covariance_table(tmp_path / "none.csv")


def test_own_errors_replace_the_model_where_there_are_any(tmp_path):
    table = read_covariance_table(_file(tmp_path, f"{SIGMAS}\n700002,1,2,3,,,,\n700003,1,2,3,,,,\n"))
    own = ObjectCovariances(
        {700001: fixed_model((0.1, 0.2, 0.3)), 700002: fixed_model((9.0, 9.0, 9.0))}, table
    )
    objects = make_catalog(Elements(), Elements(), Elements(), Elements())
    # The third is synthetic: its number means nothing to a table.
    synthetic = int(internal_numbers(Origin.SYNTHETIC, 700003))
    objects = objects.with_columns(norad_id=np.array([700001, 700002, synthetic, 700004]))
    model = np.broadcast_to(np.eye(3), (4, 3, 3))
    got = own.apply(model, objects, np.repeat(STATE, 4, axis=0), np.zeros(4), 2.0)
    for row, diagonal in enumerate(([0.04, 0.16, 0.36], [4.0, 16.0, 36.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0])):
        assert got[row] == pytest.approx(np.diag(diagonal))
    assert own.label_with("modelled") == (
        "modelled; 700001 modelled, not measured: fixed 100/200/300 m (R/T/N); 700002 modelled, not measured: "
        "fixed 9000/9000/9000 m (R/T/N); given by the user for 2 objects (covariances.csv)"
    )
    assert (own.apply(model[:0], objects[[]], STATE[:0], np.zeros(0), 1.0)).shape == (0, 3, 3)


def test_histories_are_measured_before_the_start_only(tmp_path):
    rng = np.random.default_rng(3)
    days = np.arange(0.0, 80.0, 0.25)
    history = make_catalog(
        *(
            Elements(bstar=0.0, mean_anomaly_deg=float(m), epoch_days=float(d), norad_id=5)
            for d, m in zip(days, rng.uniform(0.0, 360.0, days.size), strict=True)
        )
    )
    path = tmp_path / "history.csv"
    write_omm_csv(history, path)
    assert read_object_covariances(None, [], 2460310.5, 0.0, 365.0) is None
    own = read_object_covariances(None, [path], 2460310.5, 0.3125 + 60.0, 40.0)
    assert own is not None
    assert own.measured[5].label == "measured from 160 element sets of 5, 2024-01-21 to 2024-03-01"
    with pytest.raises(InputError, match=r"history\.csv: in the 30 days before the start, history: expected"):
        read_object_covariances(None, [path], 2460210.5, 0.0, 30.0)
    # A store of past catalogues holds an object many times: the same sets count once.
    twice = read_object_covariances(None, [path, path], 2460310.5, 0.3125 + 60.0, 40.0)
    assert twice is not None
    assert twice.measured[5].label == own.measured[5].label
