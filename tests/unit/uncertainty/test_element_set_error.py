"""The element-set error models against the published table and the ISS's measured growth."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.uncertainty.element_set_error import (
    DEFAULT_MODEL,
    MODELS,
    PUBLISHED_MODEL,
    fixed_model,
    get_covariance_model,
)

ISS = (415.0, 0.0005, 51.6)


@pytest.mark.parametrize(
    ("orbit", "metres"),
    [
        # Flohrer, Krag & Klinkrad 2008, Table 2.
        (ISS, (107, 308, 169)),
        ((780.0, 0.001, 86.4), (115, 517, 137)),
        ((850.0, 0.001, 98.7), (91, 428, 114)),
        ((35786.0, 0.0002, 0.1), (357, 432, 83)),
        ((250.0, 0.72, 7.0), (2252, 4270, 1421)),
        # Cells the table lacks take their documented neighbours.
        ((35786.0, 0.0002, 75.0), (357, 432, 83)),
        ((26000.0, 0.2, 75.0), (4712, 6223, 1208)),
        # Edges belong to the class above.
        ((800.0, 0.0, 30.0), (71, 228, 95)),
        ((400.0, 0.1, 60.0), (494, 814, 1337)),
    ],
)
def test_epoch_sigma(orbit, metres):
    assert 1000.0 * get_covariance_model("flohrer-2008").sigma_rtn_km(*orbit, 3.0)[0] == pytest.approx(metres)
    assert 1000.0 * get_covariance_model(PUBLISHED_MODEL).sigma_rtn_km(*orbit, 0.0)[0] == pytest.approx(
        metres
    )


@pytest.mark.parametrize(
    ("name", "altitude", "measured"),
    [
        # ISS, measured along-track sigma in m at 1, 3 and 7 days, and normal at 3 days.
        (f"{PUBLISHED_MODEL}-quiet", 419.0, (1560, 6525, 29077, 389)),
        (PUBLISHED_MODEL, 415.0, (3946, 26745, 189537, 331)),
        (f"{PUBLISHED_MODEL}-active", 390.0, (5645, 35345, 237118, 547)),
    ],
)
def test_growth_follows_the_measured_iss(name, altitude, measured):
    sigma = 1000.0 * get_covariance_model(name).sigma_rtn_km(
        altitude, 0.0005, 51.6, np.array([1.0, 3.0, 7.0])
    )
    assert sigma[:, 1] == pytest.approx(measured[:3], rel=0.25)
    assert sigma[1, 2] == pytest.approx(measured[3], rel=0.35)


def test_above_the_drag_it_is_levit_and_marshall():
    sigma = get_covariance_model(PUBLISHED_MODEL).sigma_rtn_km(np.array([800.0, 1400.0]), 0.001, 74.0, 2.0)
    assert sigma[:, 1] == pytest.approx(np.hypot(0.428, 3.0), rel=0.02)
    assert sigma[:, 0].max() < 0.2


def test_sigma_grows_with_age_either_way_and_stays_on_the_orbit():
    model = get_covariance_model(PUBLISHED_MODEL)
    age = np.array([0.0, 0.5, 1.0, 7.0, 30.0, 1000.0])
    sigma = model.sigma_rtn_km(*ISS, age)
    assert (np.diff(sigma, axis=0) >= 0.0).all()
    assert model.sigma_rtn_km(*ISS, -age).tolist() == sigma.tolist()
    assert sigma[-1, 1] == pytest.approx(np.pi * 6793.0 / np.sqrt(3.0), rel=1e-3)
    assert np.isfinite(model.sigma_rtn_km(-100.0, 0.0, 0.0, 1.0)).all()
    assert np.isfinite(model.sigma_rtn_km(1e6, 0.9, 180.0, 1.0)).all()


def test_covariance_is_diagonal_and_scales():
    plain = get_covariance_model("socrates").covariance_rtn_km2([400.0, 800.0], 0.0, 51.6, 1.0)
    assert plain[1] == pytest.approx(np.diag([0.01, 0.09, 0.01]))
    doubled = get_covariance_model("socrates").covariance_rtn_km2(400.0, 0.0, 51.6, 1.0, sigma_factor=2.0)
    assert doubled[0] == pytest.approx(4.0 * plain[0])
    assert fixed_model((0.1, 2.0, 0.3)).covariance_rtn_km2(400.0, 0.0, 0.0, 9.0)[0, 1, 1] == pytest.approx(
        4.0
    )


def test_every_model_says_that_it_is_modelled():
    for model in [*MODELS.values(), fixed_model((0.1, 0.5, 0.1))]:
        assert model.label.startswith("modelled, not measured: ")
        assert model.source
        assert model.warning


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match=r"covariance model: expected one of .*fixed, got 'cdm'"):
        get_covariance_model("cdm")
    with pytest.raises(InputError, match="fixed_sigma_rtn_km"):
        get_covariance_model("fixed")
    with pytest.raises(InputError, match="sigma_rtn_km: expected three finite"):
        get_covariance_model("fixed", fixed_sigma_rtn_km=(1.0, 0.0, 1.0))
    with pytest.raises(InputError, match="age_days: expected finite numbers, got nan"):
        get_covariance_model(DEFAULT_MODEL).covariance_rtn_km2(*ISS, np.nan)
    with pytest.raises(InputError, match="eccentricity"):
        get_covariance_model(DEFAULT_MODEL).covariance_rtn_km2(400.0, 1.0, 51.6, 0.0)
    with pytest.raises(InputError, match="sigma_factor"):
        get_covariance_model("socrates").covariance_rtn_km2(*ISS, 0.0, sigma_factor=0.0)
