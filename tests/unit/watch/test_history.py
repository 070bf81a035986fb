"""The history of an event: its arrays, its figures, and its words."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.fleet import EVENTS, write_fleet
from support.watch import START, approach, run_record

from debrissim.report.event_views import HistoryView
from debrissim.report.figures.event_history import event_history, finding
from debrissim.report.figures.registry import plot_figures
from debrissim.report.output import save_figure
from debrissim.watch import Batch, Store
from debrissim.watch.answers import event_answer, most_probable_first, overview, update_range
from debrissim.watch.history import event_view, events_view, history_view, thresholds
from debrissim.watch.sigmas import miss_sigma_km


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    path = write_fleet(tmp_path_factory.mktemp("fleet") / "events.sqlite", START)
    with Store.open(path, write=False) as opened:
        yield opened


def view_of(store: Store, number: int) -> HistoryView:
    return event_view(store, number)


def test_the_miss_has_the_deviation_along_it() -> None:
    along_t = approach("a", relative_position_rtn_km=(0.0, 2.0, 0.0))
    assert miss_sigma_km(along_t) == pytest.approx(2.0**0.5)
    diagonal = approach(
        "b", relative_position_rtn_km=(1.0, 1.0, 0.0), covariance_rtn_km2=(4.0, 1.0, 9.0, 0.0, 0.0, 1.0)
    )
    # u C u with u along (1, 1, 0): (4 + 2 + 9) / 2.
    assert miss_sigma_km(diagonal) == pytest.approx(7.5**0.5)
    for lacking in ({"covariance_rtn_km2": None}, {"relative_position_rtn_km": None}):
        assert miss_sigma_km(approach("c", **lacking)) is None
    assert miss_sigma_km(approach("d", relative_position_rtn_km=(0.0, 0.0, 0.0))) is None


def test_the_view_has_the_numbers_of_the_reports(store: Store) -> None:
    event = store.event(4)
    updates = store.history(event)
    view = history_view(event, updates, 1e-5, 1e-4)
    assert len(updates) == 9
    assert view.probability.tolist() == [update.probability for update in updates]
    assert view.days_to_tca.tolist() == [(event.latest.tca - u.reported) / 86400.0 for u in updates]
    assert view.tca_shift_s[-1] == 0.0
    assert set(view.sources) == {"own runs", "18 SDS"}
    assert np.isnan(view_of(store, 7).probability).all()


def test_thresholds_are_those_of_the_newest_run(tmp_path: Path, store: Store) -> None:
    assert thresholds(store) == (1e-5, 1e-4)
    with Store.open(tmp_path / "events.sqlite") as other:
        assert thresholds(other) == (1e-5, 1e-4)
        other.add(Batch((), run_record("r", yellow=1e-6, red=1e-3)))
        assert thresholds(other) == (1e-6, 1e-3)


def test_the_figure_puts_points_into_the_bands(store: Store) -> None:
    view = view_of(store, 14)
    page = event_history(view)
    pc, miss, tca = page.axes
    # Time runs towards TCA.
    assert pc.get_xlim()[0] > pc.get_xlim()[1]
    edges = sorted(
        {
            round(float(y), 12)
            for patch in pc.patches
            for y in patch.get_extents().transformed(pc.transData.inverted()).intervaly
        }
    )
    assert view.yellow in edges
    assert view.red in edges
    shown = np.concatenate(
        [points.get_offsets() for points in pc.collections if hasattr(points, "get_sizes")]
    )
    assert sorted(shown[:, 1]) == pytest.approx(sorted(view.probability))
    assert pc.get_ylim()[0] == pytest.approx(min(view.yellow / 100.0, *view.probability) / 3.0)
    for ax, name, small, large, values in (
        (miss, "miss", "m", "km", view.miss_distance_km + np.nan_to_num(view.miss_sigma_km)),
        (tca, "ΔTCA", "ms", "s", view.tca_shift_s),
    ):
        is_small = np.abs(values).max() < 1.0
        assert ax.get_ylabel() == f"{name} ({small if is_small else large})"
    points = np.concatenate([c.get_offsets() for c in tca.collections if hasattr(c, "get_sizes")])
    scale = 1000.0 if tca.get_ylabel() == "ΔTCA (ms)" else 1.0
    assert sorted(points[:, 1]) == pytest.approx(sorted(scale * view.tca_shift_s))


@pytest.mark.parametrize("number", [1, 4, 7])
def test_figures_are_written_and_the_same_each_time(store: Store, tmp_path: Path, number: int) -> None:
    paths = [tmp_path / f"{k}.png" for k in range(2)]
    for path in paths:
        save_figure(plot_figures(view_of(store, number))["event"], path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first.startswith(b"\x89PNG")


def test_one_report_and_one_after_tca_are_plotted(tmp_path: Path) -> None:
    late = approach("late", days=0.0, reported_days=0.5, probability=1e-30)
    with Store.open(tmp_path / "events.sqlite") as other:
        other.add(Batch((late,)))
        page = plot_figures(event_view(other, 1))["event"]
    page.savefig(io.BytesIO(), format="png")


def test_panels_are_those_of_the_most_probable(store: Store) -> None:
    ranked = most_probable_first(store.events())
    page = plot_figures(events_view(store, ranked))["events"]
    assert [ax.get_title().split(":")[0] for ax in page.axes] == [str(event.number) for event in ranked[:6]]
    assert f"{EVENTS - 6} more events not shown" in [text.get_text() for text in page.texts]


def test_the_title_says_where_pc_came_from(store: Store) -> None:
    assert finding(view_of(store, 14)).endswith(", red")
    falling = replace(view_of(store, 1), probability=np.array([1e-3, 2e-6]))
    assert finding(falling) == "Pc 2e-6, green, after 1e-3"
    assert finding(view_of(store, 7)) == "no Pc reported"


def test_the_most_probable_comes_first_and_those_without_pc_last(store: Store) -> None:
    ranked = most_probable_first(store.events())
    values = [event.latest.probability for event in ranked]
    assert values[:-1] == sorted(values[:-1], reverse=True)
    assert values[-1] is None


def test_answers_in_words(store: Store) -> None:
    red, green, unknown = (store.event(number) for number in (14, 2, 7))
    words = event_answer(red, START, 1e-5, 1e-4)
    assert (
        words == "CSS (TIANHE) and DEBRIS 13: 1 in 890 to collide, in 4.9 days, RED (at or above 1 in 10,000)"
    )
    assert event_answer(green, START, 1e-5, 1e-4).endswith("in 13 h, below yellow (1 in 100,000)")
    assert "the collision probability is not known" in event_answer(unknown, START, 1e-5, 1e-4)
    assert (
        update_range(red.latest)
        == "range from 1 in 8,900 to 1 in 450 over its errors: Pc 1.1e-3 (1.1e-4 to 2.2e-3)"
    )
    assert update_range(unknown.latest) == "whatever its errors, at most 1 in 10,000: maximum Pc 1e-4"
    whole = overview(store, store.events(), START, 1e-5, 1e-4)
    assert whole.answer.startswith(words)
    assert whole.level == "red"
    assert "from 6 runs; the newest, Fleet" in whole.method


def test_nothing_found_says_what_was_examined(store: Store, tmp_path: Path) -> None:
    later = START + 100 * 86400.0
    nothing = overview(store, (), later, 1e-5, 1e-4)
    assert nothing.answer == "No event ahead of 2025-02-09 00:00:00 UTC"
    assert "4 spacecraft, 2024-10-31 16:00:00 to 2024-11-07 16:00:00 UTC" in nothing.method
    with Store.open(tmp_path / "events.sqlite") as empty:
        assert overview(empty, (), later, 1e-5, 1e-4).method == "nothing was recorded: no run, no message"
