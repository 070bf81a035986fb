from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from support.plot_factory import make_axes

from debrissim.catalog.catalog import ObjectKind
from debrissim.report.figures.direction import plot_approach_direction, plot_approach_speed
from debrissim.report.style import NO_APPROACH

# Two from straight ahead on either side of it, one from starboard, one from port, one without direction.
AZIMUTH_DEG = np.array([-5.0, 5.0, 90.0, -90.0, math.nan])
KIND = np.array(
    [ObjectKind.DEBRIS, ObjectKind.ROCKET_BODY, ObjectKind.DEBRIS, ObjectKind.PAYLOAD, ObjectKind.DEBRIS],
    dtype=np.int8,
)
SPEED_KM_S = np.array([14.0, 14.5, 9.0, 10.0, 0.0])


def _sectors(ax: Axes) -> dict[str, list[tuple[float, float, float]]]:
    """Per kind: middle azimuth in degrees, inner and outer radius of each bar."""
    return {
        str(patch.get_label()): [
            (round(math.degrees(v[:-1, 0].mean()), 6), v[:, 1].min(), v[:, 1].max())
            for v in patch.get_path().to_polygons()
        ]
        for patch in ax.patches
        if isinstance(patch, PathPatch)
    }


def test_bars_count_events_by_azimuth_stacked_by_kind() -> None:
    ax = plot_approach_direction(make_axes("polar"), AZIMUTH_DEG, KIND)
    assert _sectors(ax) == {
        "debris": [(0.0, 0.0, 1.0), (90.0, 0.0, 1.0)],
        "rocket body": [(0.0, 1.0, 2.0)],
        "payload": [(270.0, 0.0, 1.0)],
    }
    assert ax.get_title() == "number of approaches (count per 15 deg)\n1 without a direction left out"


@pytest.mark.parametrize(
    ("name", "azimuth_deg"), [("ahead", 0.0), ("starboard", 90.0), ("aft", 180.0), ("port", -90.0)]
)
def test_cardinal_points_are_labelled_at_their_azimuths(name: str, azimuth_deg: float) -> None:
    ax = plot_approach_direction(make_axes("polar"), AZIMUTH_DEG, KIND)
    (text,) = (t for t in ax.texts if t.get_text() == name)
    position = ax.transData.transform((math.radians(azimuth_deg), ax.get_ylim()[1]))
    np.testing.assert_allclose(ax.transAxes.inverted().transform(position), text.get_position(), atol=0.03)


def test_speeds_are_radii_in_the_right_direction() -> None:
    ax = plot_approach_speed(make_axes("polar"), AZIMUTH_DEG, SPEED_KM_S, KIND)
    points = {str(c.get_label()): np.asarray(c.get_offsets()) for c in ax.collections}
    np.testing.assert_allclose(points["debris"], [[math.radians(-5.0), 14.0], [math.pi / 2.0, 9.0]])
    assert sum(len(p) for p in points.values()) == 4
    assert "km/s" in ax.get_title()
    assert ax.get_ylim() == (0.0, 16.0)


def test_a_run_without_events_has_a_note() -> None:
    rose = plot_approach_direction(make_axes("polar"), AZIMUTH_DEG[:0], KIND[:0])
    speed = plot_approach_speed(make_axes("polar"), AZIMUTH_DEG[4:], SPEED_KM_S[4:], KIND[4:])
    for ax in (rose, speed):
        assert NO_APPROACH in {t.get_text() for t in ax.texts}
