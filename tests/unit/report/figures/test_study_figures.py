"""The headings of studies' figures are their findings."""

from __future__ import annotations

import numpy as np
import pytest
from support.plot_factory import make_axes

from debrissim.report.figures import flux, shields, station_years
from debrissim.results.schema.flux import FACES
from debrissim.results.schema.station_years import YEARS
from debrissim.results.table import Table

SPEED = np.array([0.0, 20.0])
SHIELDS = {
    "us-lab-cylinder": {0.0: (SPEED, np.array([1.5, 0.5])), 45.0: (SPEED, np.array([2.9, 1.0]))},
    "node-2-3": {0.0: (SPEED, np.array([3.0, 1.0])), 45.0: (SPEED, np.array([4.8, 1.0]))},
}


def test_shields_are_named_in_words_and_the_heading_has_their_sizes() -> None:
    labels = [handle.get_label() for handle in shields.curve_handles(SHIELDS)]
    assert labels == ["US lab cylinder", "node 2-3"]
    assert shields._stops(SHIELDS) == (
        "At 10 km/s, 0\N{DEGREE SIGN} from the normal, spheres larger than 10 to 20 mm go through"
    )


def test_a_panel_has_the_lines_of_its_angle_on_the_axis_of_all() -> None:
    axes = [shields.plot_critical_diameter(make_axes(), SHIELDS, angle) for angle in (0.0, 45.0)]
    assert axes[0].get_ylim() == axes[1].get_ylim()
    assert [line.get_ydata()[0] for line in axes[1].lines] == [29.0, 48.0]


def _years(year: list[int], in_orbit: list[float], rate: list[float]) -> Table:
    columns = {"year": year, "years_in_orbit": in_orbit, "rate_mean_shadow_per_year": rate}
    return Table(YEARS, {name: np.array(values) for name, values in columns.items()})


def test_the_growth_is_from_the_first_whole_year_to_the_last() -> None:
    years = _years([1998, 1999, 2025], [0.1, 1.0, 1.0], [1e-5, 1e-4, 1e-2])
    assert station_years._growth(years).endswith(": 1 in 10,000 in 1999, 1 in 100 in 2025")
    assert station_years._growth(_years([2025], [0.2], [1e-2])).endswith(": 1 in 100 in 2025")


def test_the_face_with_most_debris_is_named() -> None:
    faces = Table(
        FACES, {"face": np.array(["wake", "ram"], dtype=object), "debris_factor": np.array([0.0, 2.85])}
    )
    assert flux._foremost(faces) == "ram face: 2.9 times as much as on a tumbling plate"


def test_the_axis_of_speeds_ends_where_the_hits_do() -> None:
    edges, fraction = np.arange(0.0, 81.0, 2.0), np.zeros(40)
    fraction[5:20] = 1.0 / 15.0
    ax = flux.plot_speed_fractions(make_axes(), edges, {"debris": fraction, "meteoroids": fraction})
    assert ax.get_xlim() == (0.0, 40.0)


@pytest.mark.parametrize(
    ("size_cm", "label"), [(0.001, "10 µm"), (0.1, "1 mm"), (10.0, "10 cm"), (100.0, "1 m")]
)
def test_sizes_have_the_unit_of_their_size(size_cm: float, label: str) -> None:
    assert flux._size_label(size_cm) == label
