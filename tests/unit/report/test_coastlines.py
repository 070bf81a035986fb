"""The coastlines: where there is land, and nothing that is no coast."""

import numpy as np
import pytest

from debrissim.report.coastlines import coastlines


def _on_land(longitude: float, latitude: float) -> bool:
    """Whether a ray to the north crosses an odd number of coasts; the pole is at sea."""
    crossings = 0
    for line in coastlines():
        (x0, y0), (x1, y1) = line[:-1].T, line[1:].T
        spans = (x0 <= longitude) != (x1 <= longitude)
        at = y0[spans] + (longitude - x0[spans]) / (x1[spans] - x0[spans]) * (y1[spans] - y0[spans])
        crossings += int((at > latitude).sum())
    return crossings % 2 == 1


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "land"),
    [
        ("Moscow", 37.6, 55.8, True),
        ("Alice Springs", 133.9, -23.7, True),
        ("Brasilia", -47.9, -15.8, True),
        ("the South Pole", 0.0, -89.9, True),
        ("Wrangel Island", 179.5, 71.1, True),
        ("Chukotka beyond the antimeridian", -178.0, 67.0, True),
        ("Madagascar", 46.7, -19.4, True),
        ("the North Pole", 0.0, 89.9, False),
        ("Point Nemo", -123.4, -48.9, False),
        ("the Caspian Sea", 51.0, 42.0, False),
        ("the Bay of Bengal", 88.0, 15.0, False),
        ("the Gulf of Guinea", 0.0, 0.0, False),
    ],
)
def test_land_is_inside_the_coasts(place: str, longitude: float, latitude: float, land: bool) -> None:
    assert _on_land(longitude, latitude) is land, place


def test_every_line_is_on_the_globe_and_jumps_nowhere() -> None:
    for line in coastlines():
        assert line.ndim == 2
        assert line.shape[1] == 2
        assert len(line) >= 2
        assert (np.abs(line[:, 0]) <= 180.0).all()
        assert (np.abs(line[:, 1]) <= 90.0).all()
        assert np.abs(np.diff(line[:, 0])).max() < 30.0
        along = np.abs(line[:, 0]) == 180.0
        assert not (along[:-1] & along[1:]).any()


def test_every_line_is_closed_or_ends_at_the_antimeridian() -> None:
    for line in coastlines():
        assert (line[0] == line[-1]).all() or (np.abs(line[[0, -1], 0]) == 180.0).all()
