"""Screening volumes: membership, and the sphere that encloses them."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.screening.volumes import PRESETS, Membership, ScreeningVolume, volume_by_orbit


def test_a_sphere() -> None:
    volume = ScreeningVolume.sphere(5.0)
    points = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, -5.0, 0.0], [3.0, 4.0, 1e-6], [4.0, 3.0, 0.1]])
    assert volume.contains(points).tolist() == [True, True, True, False, False]
    assert volume.enclosing_radius_km == 5.0
    assert volume.name == "sphere 5 km"


def test_a_box_along_rtn() -> None:
    volume = ScreeningVolume.box(2.0, 25.0, 10.0)
    points = np.array(
        [[2.0, -25.0, 10.0], [2.0001, 0.0, 0.0], [0.0, 25.1, 0.0], [0.0, 0.0, -10.01], [-2, 0, 0]]
    )
    assert volume.contains(points).tolist() == [True, False, False, False, True]
    assert volume.enclosing_radius_km == pytest.approx(np.sqrt(4.0 + 625.0 + 100.0))
    assert volume.name == "box 2 x 25 x 10 km"


@pytest.mark.parametrize(
    "volume",
    [
        ScreeningVolume.ellipsoid(0.75, 25.0, 30.0),
        ScreeningVolume.sphere(7.0),
        ScreeningVolume.box(0.75, 25.0, 25.0),
        ScreeningVolume.box(30.0, 1.0, 2.0),
    ],
    ids=str,
)
def test_the_enclosing_sphere_encloses(volume: ScreeningVolume) -> None:
    points = np.random.default_rng(1).uniform(-40.0, 40.0, (4000, 3))
    inside = volume.contains(points)
    assert inside.any()
    assert (np.linalg.norm(points[inside], axis=1) <= volume.enclosing_radius_km).all()


def test_no_points() -> None:
    assert ScreeningVolume.sphere(1.0).contains(np.empty((0, 3))).shape == (0,)
    assert ScreeningVolume.box(1.0, 1.0, 1.0).contains(np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize("width", [0.0, -1.0, np.nan, np.inf])
def test_half_widths_must_be_positive(width: float) -> None:
    with pytest.raises(InputError, match="half-widths"):
        ScreeningVolume.sphere(width)
    with pytest.raises(InputError, match="half-widths"):
        ScreeningVolume.box(1.0, width, 1.0)


def test_presets() -> None:
    assert PRESETS["iss-2x25x25"].half_widths_km == (2.0, 25.0, 25.0)
    assert PRESETS["socrates-5km"].is_sphere
    assert all(name == volume.name and volume.source for name, volume in PRESETS.items())


def test_a_volume_by_name_or_as_it_is() -> None:
    own = ScreeningVolume.box(1.0, 2.0, 3.0, "mine")
    assert ScreeningVolume.of("iss-2x25x25") is PRESETS["iss-2x25x25"]
    assert ScreeningVolume.of(own) is own
    with pytest.raises(InputError) as caught:
        ScreeningVolume.of("iss-2x25x52")
    assert str(caught.value) == (
        "screening volume: expected one of iss-0.75x25x25, iss-2x25x25, iss-watch-20x40x40, socrates-5km, "
        "leo1-0.4x44x51, leo2-0.4x25x25, leo3-0.4x12x12, leo4-0.4x2x2, got 'iss-2x25x52'; did you mean 'iss-2x25x25'?"
    )


def test_dimensions_as_text() -> None:
    assert ScreeningVolume.box(0.75, 25.0, 3.0).dimensions == "0.75 x 25 x 3"
    assert ScreeningVolume.sphere(5.0).dimensions == "sphere of 5"
    assert ScreeningVolume.ellipsoid(1.0, 2.0, 3.0).dimensions == "ellipsoid of 1 x 2 x 3"
    assert ScreeningVolume.ellipsoid(1.0, 2.0, 3.0).description == "an ellipsoid of 2 x 4 x 6 km"


def test_an_ellipsoid_along_rtn() -> None:
    volume = ScreeningVolume.ellipsoid(2.0, 25.0, 10.0)
    points = np.array(
        [[2.0, 0.0, 0.0], [0.0, -25.0, 0.0], [1.5, 17.0, 0.0], [1.0, 12.0, 7.0], [0.0, 0.0, 10.01]]
    )
    assert volume.contains(points).tolist() == [True, True, False, True, False]
    assert volume.enclosing_radius_km == 25.0
    assert volume.name == "ellipsoid 2 x 25 x 10 km"
    with pytest.raises(InputError, match="half-widths"):
        ScreeningVolume.ellipsoid(1.0, -1.0, 1.0)


@pytest.mark.parametrize(
    ("perigee_km", "name"),
    [
        (180.0, "leo1-0.4x44x51"),
        (500.0, "leo1-0.4x44x51"),
        (500.1, "leo2-0.4x25x25"),
        (800.0, "leo3-0.4x12x12"),
        (2000.0, "leo4-0.4x2x2"),
    ],
)
def test_the_volume_of_a_regime(perigee_km: float, name: str) -> None:
    volume = volume_by_orbit(perigee_km, 0.01, "1 TEST")
    assert volume is PRESETS[name]
    assert "UNVERIFIED" in volume.source


@pytest.mark.parametrize(
    ("perigee_km", "eccentricity", "words"),
    [
        (35786.0, 0.0, "a perigee above 2,000 km \\(35,786 km\\)"),
        (300.0, 0.7, "eccentric orbits \\(0.70, above 0.25\\)"),
    ],
)
def test_regimes_without_a_published_volume_are_refused(
    perigee_km: float, eccentricity: float, words: str
) -> None:
    with pytest.raises(
        InputError, match=f"auto: no published screening volume is known for {words}, that of 1 TEST"
    ):
        volume_by_orbit(perigee_km, eccentricity, "1 TEST")


def test_membership_by_name() -> None:
    assert Membership.of("tca") is Membership.TCA
    with pytest.raises(InputError) as caught:
        Membership.of("any")
    assert str(caught.value).startswith("inside: expected one of any moment, tca, got 'any'")
