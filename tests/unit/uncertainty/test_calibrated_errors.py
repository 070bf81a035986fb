"""The calibrated model: its drag against SGP4, its geometry against displaced orbits, and its limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sgp4.api import WGS72
from sgp4.model import Satrec

from debrissim.catalog import Catalog, ObjectKind, parse_catalog
from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.uncertainty.aged_element_sets import (
    AgedElementSets,
    Behaviour,
    aged,
    argument_of_latitude_deg,
    behaviour_of,
)
from debrissim.uncertainty.calibrated_errors import (
    bundled_calibration,
    calibrated_covariance_km2,
    compose_covariance_km2,
    drag_displacement_km,
    element_sigmas_km,
)
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, PUBLISHED_MODEL, get_covariance_model

LINES = (
    "1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994",
    "2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336",
)


def _catalog(count: int = 1) -> Catalog:
    one = parse_catalog("\n".join(("IRIDIUM 33", *LINES)).encode(), "lines").catalog
    return one[np.zeros(count, dtype=np.int64)]


def _satrec(h_km: float, e: float, bstar: float) -> Satrec:
    record = Satrec()
    a = (6378.135 + h_km) / (1.0 - e)
    motion = np.sqrt(WGS72_MU_KM3_S2 / a**3) * 60.0
    record.sgp4init(WGS72, "i", 1, 25000.0, bstar, 0.0, 0.0, e, 1.0, np.radians(97.0), 0.3, motion, 2.0)
    return record


@pytest.mark.parametrize(
    ("h_km", "e", "bstar"),
    [(250.0, 0.001, 1e-4), (420.0, 0.0005, 3e-5), (780.0, 0.01, -5e-5), (550.0, 0.05, 2e-3)],
)
def test_drag_displacement_is_that_of_sgp4(h_km, e, bstar):
    """The secular advance of the mean anomaly, from SGP4's own coefficient 3/2 C1 t^2."""
    record = _satrec(h_km, e, bstar)
    sets = AgedElementSets.of(h_km, e, 57.3, 1.0, bstar=bstar)
    a = (6378.135 + h_km) / (1.0 - e)
    expected = a * record.t2cof * record.no_unkozai * 1440.0**2
    # Ours has the axis of two-body motion in place of SGP4's, some km from it.
    assert drag_displacement_km(sets)[0] == pytest.approx(expected, rel=0.05)
    # Over half a day the quadratic term is nearly all of the difference that B* makes.
    with_drag, without = (_satrec(h_km, e, b).sgp4(2433281.5 + 25000.0, 0.5) for b in (bstar, 0.0))
    r, v = np.array(without[1])[None], np.array(without[2])[None]
    along = rotate(rtn_basis(r, v), np.array(with_drag[1])[None] - r)[0, 1]
    assert along == pytest.approx(0.25 * expected, rel=0.15, abs=0.02)


def test_unknown_drag_stays_unknown_and_the_model_takes_a_typical_one():
    sets = AgedElementSets.of([450.0, 780.0], 0.001, 98.0, 3.0)
    assert np.isnan(drag_displacement_km(sets)).all()
    sigma = element_sigmas_km(bundled_calibration(), sets)[1]
    assert np.isfinite(sigma).all()
    assert sigma[0] > 5.0 * sigma[1]


def _orbit(
    x: float, y: float, w: float, i: float, along: float, u_deg: float, a: float = 7000.0
) -> np.ndarray:
    """Position (3,) km on an orbit of inclination 70 deg, displaced by errors in km; slow and exact."""
    inclination = np.radians(70.0) + i / a
    node = 0.4 + w / a / np.sin(np.radians(70.0))
    ex, ey = x / a, y / a
    e, perigee = np.hypot(ex, ey), np.arctan2(ey, ex)
    # Mean argument of latitude, kept where the undisturbed object is but for the node's motion along the track.
    mean = np.radians(u_deg) + along / a - (node - 0.4) * np.cos(inclination) - perigee
    anomaly = mean
    for _ in range(50):
        anomaly = mean + e * np.sin(anomaly)
    true = 2.0 * np.arctan2(
        np.sqrt(1.0 + e) * np.sin(anomaly / 2.0), np.sqrt(1.0 - e) * np.cos(anomaly / 2.0)
    )
    radius = a * (1.0 - e * np.cos(anomaly))
    angle = true + perigee
    cn, sn, ci, si = np.cos(node), np.sin(node), np.cos(inclination), np.sin(inclination)
    ca, sa = np.cos(angle), np.sin(angle)
    return radius * np.array([cn * ca - sn * ci * sa, sn * ca + cn * ci * sa, si * sa])


@pytest.mark.parametrize("u_deg", [0.0, 35.0, 90.0, 200.0])
def test_geometry_is_that_of_displaced_orbits(u_deg):
    """The covariance is the sum over errors of the outer products of the displacements that they cause."""
    sigma = {"x": 0.3, "y": 0.1, "w": 0.4, "i": 0.2}
    base = _orbit(0.0, 0.0, 0.0, 0.0, 0.0, u_deg)
    ahead = _orbit(0.0, 0.0, 0.0, 0.0, 0.0, u_deg + 0.01)
    basis = rtn_basis(base[None], (ahead - base)[None])
    expected = np.zeros((3, 3))
    for name, size in sigma.items():
        moved = _orbit(**{k: size * (k == name) for k in sigma}, along=0.0, u_deg=u_deg)
        d = rotate(basis, (moved - base)[None])[0]
        expected += np.outer(d, d)
    d = rotate(basis, (_orbit(0.0, 0.0, 0.0, 0.0, 0.5, u_deg) - base)[None])[0]
    expected += np.outer(d, d)
    # So old that the radial part of drag has gone.
    sets = AgedElementSets.of(622.0, 0.0, 70.0, 1e6, argument_of_latitude_deg=u_deg)
    covariance = compose_covariance_km2(sets, np.array([list(sigma.values())]), np.array([0.5]))[0]
    assert covariance == pytest.approx(expected, abs=2e-4)


def test_an_object_that_drag_has_moved_ahead_is_lower():
    sets = AgedElementSets.of(400.0, 0.0005, 51.6, [3.0, -3.0], behaviour=Behaviour.PAYLOAD)
    covariance = calibrated_covariance_km2(replace(sets, bstar=np.array([1e-3, 1e-3])))
    correlation = covariance[:, 0, 1] / np.sqrt(covariance[:, 0, 0] * covariance[:, 1, 1])
    assert -1.0 < correlation[0] < -0.3
    assert correlation[1] == pytest.approx(-correlation[0])


def test_along_track_errors_follow_drag():
    model = get_covariance_model(DEFAULT_MODEL)
    quiet, active = model.sigma_rtn_km(420.0, 0.0005, 51.6, 5.0, bstar=[2e-5, 2e-3])[:, 1]
    assert 30.0 < active / quiet < 110.0
    negative = model.sigma_rtn_km(420.0, 0.0005, 51.6, 5.0, bstar=-2e-3)[0, 1]
    assert negative == pytest.approx(active)


def test_errors_grow_with_age_and_with_manoeuvres():
    model = get_covariance_model(DEFAULT_MODEL)
    age = np.array([0.0, 0.5, 1.0, 3.0, 7.0, 30.0])
    sigma = model.sigma_rtn_km(780.0, 0.001, 86.4, age, bstar=5e-5)
    assert (np.diff(sigma, axis=0) > 0.0).all()
    assert (sigma[0] > 0.0).all()
    kinds = [b for b in Behaviour if b != Behaviour.THRUSTING]
    along = [model.sigma_rtn_km(780.0, 0.001, 86.4, 3.0, bstar=5e-5, behaviour=b)[0, 1] for b in kinds]
    assert along == sorted(along)
    thrusting = model.sigma_rtn_km(540.0, 0.001, 53.0, 3.0, bstar=5e-5, behaviour=Behaviour.THRUSTING)
    passive = model.sigma_rtn_km(540.0, 0.001, 53.0, 3.0, bstar=5e-5)
    assert thrusting[0, 1] > 5.0 * passive[0, 1]
    # However old: not further than anywhere on the orbit.
    assert model.sigma_rtn_km(300.0, 0.001, 53.0, 1e4, bstar=1e-2)[0, 1] < 2.0 * np.pi * 6700.0


def test_the_issue_that_it_answers():
    """Debris at 600 to 800 km in December 2020: 168 and 564 m along-track at 1 and 3 days, 34 m cross-track at one day.

    These are medians-based sigmas over all objects, typical drag and inclination are not those of all: a factor of two.
    """
    model = get_covariance_model(DEFAULT_MODEL)
    sigma = 1000.0 * model.sigma_rtn_km(700.0, 0.002, 98.5, [1.0, 3.0])
    assert sigma[:, 1] == pytest.approx([168.0, 564.0], rel=1.0)
    assert sigma[0, 2] == pytest.approx(34.0, rel=1.0)
    before = 1000.0 * get_covariance_model(PUBLISHED_MODEL).sigma_rtn_km(700.0, 0.002, 98.5, [1.0, 3.0])
    assert (before[:, 1] > 4.0 * sigma[:, 1]).all()


def test_retrograde_is_prograde_folded_and_edges_are_constant():
    model = get_covariance_model(DEFAULT_MODEL)
    folded = model.sigma_rtn_km(780.0, 0.001, [80.0, 100.0, 0.0, 15.0], 3.0)
    assert folded[0] == pytest.approx(folded[1])
    assert folded[2] == pytest.approx(folded[3])
    assert np.isfinite(model.covariance_rtn_km2([-100.0, 120.0, 2999.0], 0.0, 0.0, 1.0)).all()


def test_outside_the_pairs_it_is_the_published_model():
    ours, published = (get_covariance_model(n) for n in (DEFAULT_MODEL, f"{PUBLISHED_MODEL}-quiet"))
    for orbit in ((250.0, 0.72, 7.0), (35786.0, 0.0002, 0.1), (780.0, 0.1, 63.0), (3000.0, 0.0, 63.0)):
        assert (
            ours.covariance_rtn_km2(*orbit, 3.0).tolist()
            == published.covariance_rtn_km2(*orbit, 3.0).tolist()
        )


def test_the_common_error_is_the_published_one_at_epoch_and_counted_once():
    scatter, common = (get_covariance_model(n) for n in (DEFAULT_MODEL, f"{DEFAULT_MODEL}+common"))
    orbits = np.array([780.0, 35786.0]), np.array([0.001, 0.0002]), np.array([86.4, 0.1])
    difference = common.covariance_rtn_km2(*orbits, 3.0) - scatter.covariance_rtn_km2(*orbits, 3.0)
    assert difference[0] == pytest.approx(np.diag(np.square([0.115, 0.517, 0.137])))
    # Outside the calibration the published errors stand alone.
    assert np.abs(difference[1]).max() == 0.0


def test_covariances_are_positive_definite_everywhere():
    rng = np.random.default_rng(5)
    n = 3000
    covariance = get_covariance_model(DEFAULT_MODEL).covariance_rtn_km2(
        rng.uniform(150.0, 5000.0, n),
        rng.uniform(0.0, 0.8, n),
        rng.uniform(0.0, 180.0, n),
        rng.uniform(-10.0, 30.0, n),
        bstar=rng.choice([np.nan, 0.0, 1e-5, -1e-3, 0.1], n),
        argument_of_latitude_deg=rng.uniform(0.0, 360.0, n),
        behaviour=rng.integers(0, 4, n),
    )
    assert np.linalg.eigvalsh(covariance).min() > 0.0
    assert np.abs(covariance - np.swapaxes(covariance, 1, 2)).max() == 0.0


def test_behaviour_by_kind_launch_name_and_perigee():
    catalog = _catalog(9)
    catalog = replace(
        catalog,
        name=np.array(
            [
                "IRIDIUM 33",
                "X DEB",
                "Y R/B",
                "STARLINK-1",
                "ISS",
                "OBJECT A",
                "OBJECT B",
                "SYNTHETIC",
                "STARLINK-9 DEB",
            ]
        ),
        object_kind=np.array([1, 3, 2, 1, 1, 0, 0, 1, 3], dtype=np.int8),
        international_designator=np.array(
            [
                "1997-051C",
                "2008-001A",
                "2008-001B",
                "2008-003A",
                "1970-067A",
                "2007-001A",
                "",
                "",
                "2008-001C",
            ]
        ),
        mean_motion_rev_day=np.array([14.3] * 4 + [15.5] + [14.3] * 4),
    )
    b = Behaviour
    assert behaviour_of(catalog).tolist() == [
        b.PAYLOAD, b.PASSIVE, b.PASSIVE, b.THRUSTING, b.PAYLOAD, b.YOUNG_PAYLOAD, b.PASSIVE, b.PAYLOAD, b.PASSIVE
    ]  # fmt: skip
    old = replace(
        catalog,
        international_designator=np.full(9, "1970-067A"),
        object_kind=np.full(9, ObjectKind.PAYLOAD, np.int8),
    )
    assert behaviour_of(old)[0] == b.PASSIVE
    assert behaviour_of(old)[4] == b.PAYLOAD


def test_a_catalogue_gives_what_its_columns_give():
    catalog = _catalog()
    model = get_covariance_model(DEFAULT_MODEL)
    of_columns = model.covariance_rtn_km2(
        catalog.perigee_altitude_km, catalog.eccentricity, catalog.inclination_deg, 2.0,
        bstar=catalog.bstar, argument_of_latitude_deg=40.0, behaviour=Behaviour.PAYLOAD, sigma_factor=2.0,
    )  # fmt: skip
    of_catalog = model.covariance_of(catalog, 2.0, argument_of_latitude_deg=40.0, sigma_factor=2.0)
    assert of_catalog.tolist() == of_columns.tolist()
    assert aged(catalog, 2.0).bstar.tolist() == catalog.bstar.tolist()


def test_argument_of_latitude_of_states():
    a, rate = 7000.0, 7.5
    u = np.radians([0.0, 40.0, 90.0, -130.0])
    i, node = np.radians(70.0), 0.7
    p = np.array([np.cos(node), np.sin(node), 0.0])
    q = np.array([-np.sin(node) * np.cos(i), np.cos(node) * np.cos(i), np.sin(i)])
    state = np.hstack(
        [
            a * (np.cos(u)[:, None] * p + np.sin(u)[:, None] * q),
            rate * (np.cos(u)[:, None] * q - np.sin(u)[:, None] * p),
        ]
    )
    assert argument_of_latitude_deg(state) == pytest.approx(np.degrees(u))
    equatorial = np.array([[0.0, a, 0.0, -rate, 0.0, 0.0]])
    assert argument_of_latitude_deg(equatorial) == pytest.approx([90.0])


def test_wrong_columns_are_named():
    model = get_covariance_model(DEFAULT_MODEL)
    with pytest.raises(InputError, match="bstar: expected finite numbers, got inf"):
        model.covariance_rtn_km2(500.0, 0.0, 98.0, 1.0, bstar=np.inf)
    with pytest.raises(InputError, match="argument_of_latitude_deg"):
        model.covariance_rtn_km2(500.0, 0.0, 98.0, 1.0, argument_of_latitude_deg=np.nan)
    with pytest.raises(
        InputError, match="behaviour: expected one of passive, payload, young payload, thrusting"
    ):
        model.covariance_rtn_km2(500.0, 0.0, 98.0, 1.0, behaviour=7)
