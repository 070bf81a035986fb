"""The heading of the figure of an evolution: the way of the first encounter's Pc."""

from __future__ import annotations

import numpy as np
from support.plot_factory import make_evolution_data

from debrissim.report.figures.evolution import finding


def test_the_heading_is_the_way_of_the_first_encounter() -> None:
    data = make_evolution_data()
    assert finding(data) == "DEB 0 (30120): Pc from 1e-9 to 1e-3, red, over 7 catalogues"
    once = np.where((data.track == 0) & (data.days_to_tca < 7.0), np.nan, data.probability)
    assert finding(make_evolution_data(probability=once)) == "DEB 0 (30120): Pc 1e-9"
    assert finding(make_evolution_data(probability=np.full(21, np.nan))) == "No Pc with any of the catalogues"


def test_the_order_is_that_of_the_catalogues_not_of_the_rows() -> None:
    data = make_evolution_data()
    turned = {name: getattr(data, name)[::-1] for name in ("track", "days_to_tca", "probability", "names")}
    assert finding(make_evolution_data(**turned)) == finding(data)
