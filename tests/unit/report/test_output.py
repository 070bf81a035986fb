"""Figures as files: two formats, two sizes, the same bytes again."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image
from support.plot_factory import make_run_view

from debrissim.report.figures.registry import plot_figures
from debrissim.report.output import save_figure


@pytest.fixture(scope="module")
def figure():
    return plot_figures(make_run_view(30))["miss_and_speed"]


def test_a_page_is_170_mm_wide_at_300_dots_per_inch(figure, tmp_path: Path) -> None:
    with Image.open(save_figure(figure, tmp_path / "a.png", size="page")) as image:
        dots = image.info["dpi"]
        assert image.size[0] / dots[0] * 25.4 == pytest.approx(170.0, abs=0.2)
        assert dots[0] == pytest.approx(300.0, abs=0.1)


@pytest.mark.parametrize(("size", "width"), [("screen", "576pt"), ("page", "170mm")])
def test_svg_is_well_formed_and_reproducible(figure, tmp_path: Path, size: str, width: str) -> None:
    first = save_figure(figure, tmp_path / "a.svg", size=size).read_bytes()
    again = plot_figures(make_run_view(30))["miss_and_speed"]
    assert save_figure(again, tmp_path / "b.svg", size=size).read_bytes() == first
    root = ElementTree.fromstring(first.decode("utf-8"))
    assert root.attrib["width"] == width
    assert root.attrib["viewBox"] == "0 0 576 360"
    assert b"date" not in first.lower().replace(b"updated", b"")
