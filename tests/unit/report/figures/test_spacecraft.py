"""The figure of a fleet: a row per spacecraft, whose numbers are those of the results folder."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from support.small import ORBIT, made_up_catalog, small

from debrissim.conjunctions.run import run
from debrissim.report.figures.registry import plot_figures
from debrissim.report.figures.spacecraft import MAX_ROWS, finding, ranked
from debrissim.report.read_views import folder_views
from debrissim.report.views import FleetView, RunView
from debrissim.results.folder import read_summary


def make_fleet(p: int, **changes: object) -> FleetView:
    """p spacecraft with falling probabilities, in an order of their own."""
    rng = np.random.default_rng(11)
    order = rng.permutation(p)
    chance = 10.0 ** (-4.0 - 0.1 * order)
    number = rng.poisson(20.0, p).astype(np.float64)
    fields: dict[str, object] = {
        "title": "fleet-week",
        "span_days": 7.0,
        "catalog_label": "made up",
        "covariance_label": "by altitude and age",
        "synthetic": False,
        "partly_synthetic": False,
        "rates_alone": False,
        "volume": "NASA's box of 4 x 50 x 50 km",
        "names": tuple(f"CRAFT {rank}" for rank in order),
        "approaches": np.stack([number, 0.5 * number, 1.5 * number], axis=1),
        "probability": np.stack([chance, 0.1 * chance, 3.0 * chance], axis=1),
        "closest_km": rng.uniform(0.1, 20.0, p),
    }
    return FleetView(**(fields | changes))


def _page(view: FleetView) -> Figure:
    return plot_figures(view)["spacecraft"]


def _rows(page: Figure) -> list[str]:
    return [label.get_text() for label in page.axes[0].get_yticklabels()]


@pytest.mark.parametrize("p", [2, 5, 30, MAX_ROWS])
def test_every_spacecraft_has_a_row_and_the_most_probable_is_first(p: int) -> None:
    page = _page(make_fleet(p))
    assert _rows(page) == [f"CRAFT {rank}" for rank in range(p)]
    assert page.texts[0].get_text() == (
        f"CRAFT 0 has the most probable collision of {p} spacecraft: 1 in 10,000 within 7 days"
    )
    page.draw_without_rendering()
    boxes = [label.get_window_extent() for label in page.axes[0].get_yticklabels()]
    assert all(below.y1 <= above.y0 for above, below in pairwise(boxes))
    legend = page.legends[0].get_window_extent()
    assert legend.y1 < page.axes[0].get_window_extent().y0


def test_of_more_spacecraft_the_first_are_plotted_and_the_others_counted() -> None:
    page = _page(make_fleet(MAX_ROWS + 20))
    assert len(_rows(page)) == MAX_ROWS
    assert "20 more spacecraft not shown" in "\n".join(text.get_text() for text in page.findobj(Text))


def test_a_sampled_run_has_approaches_alone() -> None:
    nothing = np.full((3, 3), np.nan)
    view = make_fleet(3, probability=nothing, closest_km=nothing[:, 0], rates_alone=True, synthetic=True)
    page = _page(view)
    assert len(page.axes) == 1
    words = "\n".join(text.get_text() for text in page.findobj(Text))
    assert "probability of" not in words
    assert "nearest" not in words
    first = ranked(view)[0]
    assert view.approaches[first, 0] == view.approaches[:, 0].max()
    number = int(view.approaches[first, 0])
    assert finding(view, ranked(view)) == (
        f"{view.names[first]} has the most close approaches of 3 spacecraft: {number} within 7 days"
    )
    nobody = replace(view, approaches=np.zeros((3, 3)))
    assert finding(nobody, ranked(nobody)) == "No close approach of 3 spacecraft within 7 days"


def test_spacecraft_without_a_probability_come_last() -> None:
    view = make_fleet(4)
    value = view.probability.copy()
    value[1] = np.nan
    assert ranked(replace(view, probability=value))[-1] == 1


def test_the_numbers_are_those_of_the_folder(tmp_path: Path) -> None:
    orbits = [{"norad_id": 25544, "name": "ISS", "elements": ORBIT}]
    orbits.append({"norad_id": 48274, "name": "CSS", "elements": ORBIT | {"inclination_deg": 41.5}})
    wide = {"model": "fixed", "fixed_sigma_rtn_km": [100.0, 300.0, 100.0]}
    folder = tmp_path / "results"
    result = run(small(primaries=orbits, covariance=wide), catalogs=[made_up_catalog(900)])
    result.write(folder)
    views = [view for _, view in folder_views(folder)]
    (fleet,) = (view for view in views if isinstance(view, FleetView))
    own = read_summary(folder)["totals"]["primaries"]
    in_file = [each["name"] for each in own]
    own.sort(key=lambda each: -each["cumulative_probability"])
    assert fleet.names == tuple(each["name"] for each in own)
    assert fleet.approaches[:, 0].tolist() == [each["volumes"][0]["count"] for each in own]
    assert fleet.probability[:, 0].tolist() == [each["cumulative_probability"] for each in own]
    runs = [view for view in views if isinstance(view, RunView)]
    closest = {
        name: float(view.events.miss_distance_km.min()) for name, view in zip(in_file, runs, strict=True)
    }
    assert fleet.closest_km.tolist() == [closest[name] for name in fleet.names]
