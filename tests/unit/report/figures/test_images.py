"""Figures as pictures against small references, and the differences that the comparison accepts and rejects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.plot_factory import make_evolution_data, make_run_view
from support.plot_images import FOLDER, MOST_BLOCKS, SIZE, blocks_that_differ, pictures, reference, thumbnail

from debrissim.report import style
from debrissim.report.figures.registry import plot_figures

NAMES = sorted(path.stem for path in FOLDER.glob("*.png"))


@pytest.fixture(scope="module")
def plots() -> Mapping[str, Figure]:
    return pictures()


def test_every_figure_has_its_reference(plots: Mapping[str, Figure]) -> None:
    assert sorted(plots) == NAMES
    assert all(reference(name).shape == (SIZE[1], SIZE[0], 3) for name in NAMES)


@pytest.fixture(scope="module")
def spare() -> dict[str, Figure]:
    """The same figures again, to be damaged."""
    return pictures()


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_looks_as_it_did(plots: Mapping[str, Figure], name: str) -> None:
    assert blocks_that_differ(thumbnail(plots[name]), reference(name)) <= MOST_BLOCKS


def test_differently_rendered_letters_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's FreeType: hinted letters, which differ by a dot everywhere."""
    settings = style._SETTINGS | {"text.hinting": "default"}
    monkeypatch.setattr(style, "_SETTINGS", settings)
    for name, figure in pictures().items():
        assert blocks_that_differ(thumbnail(figure), reference(name)) <= MOST_BLOCKS, name


def _without_lines(figure: Figure) -> Figure:
    for line in list(figure.axes[0].lines):
        line.remove()
    return figure


def _without_legend(figure: Figure) -> Figure:
    figure.legends[0].remove()
    return figure


def _without_panel(figure: Figure) -> Figure:
    figure.axes[-1].remove()
    return figure


def _on_another_scale(figure: Figure) -> Figure:
    low, high = figure.axes[0].get_ylim()
    figure.axes[0].set_ylim(low, high + 0.1 * (high - low))
    return figure


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("dilution_curve", _without_lines),
        ("evolution", _without_lines),
        ("miss_and_speed", _without_legend),
        ("screening_volumes", _without_panel),
        ("density", _on_another_scale),
    ],
)
def test_a_wrong_picture_is_rejected(spare: dict[str, Figure], name: str, harm) -> None:
    figure = harm(spare[name])
    assert blocks_that_differ(thumbnail(figure), reference(name)) > MOST_BLOCKS


def test_other_data_colours_or_labels_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    real = plot_figures(replace(make_run_view(30), synthetic=True))
    more = plot_figures(make_run_view(31))
    for name in ("encounter_planes", "cumulative_pc"):
        assert blocks_that_differ(thumbnail(real[name]), reference(name)) > MOST_BLOCKS, name
    for name in ("miss_and_speed", "age_pc"):
        assert blocks_that_differ(thumbnail(more[name]), reference(name)) > MOST_BLOCKS, name
    empty = plot_figures(make_evolution_data(probability=np.full(21, np.nan)))["evolution"]
    assert blocks_that_differ(thumbnail(empty), reference("evolution")) > MOST_BLOCKS
    swapped = (*style.KIND_STYLES[1:], style.KIND_STYLES[0])
    colours = [look.color for look in swapped]
    looks = tuple(
        style.KindStyle(look.kind, color, look.marker, look.hatch)
        for look, color in zip(style.KIND_STYLES, colours, strict=True)
    )
    monkeypatch.setattr(style, "KIND_STYLES", looks)
    assert (
        blocks_that_differ(thumbnail(pictures()["approach_direction"]), reference("approach_direction"))
        > MOST_BLOCKS
    )
