"""The page's colours: those of the figures, and readable (WCAG 2.1: text 4.5 to 1, marks 3 to 1), light and dark."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("debrissim.report.html") / "templates" / "report.css").read_text(encoding="utf-8")
TEXT = ("ink", "faint", "link", "red", "yellow", "green")
GROUNDS = ("page", "card", "red-wash", "yellow-wash")
MARKS = (
    "accent",
    "debris",
    "rocket-body",
    "payload",
    "unknown",
    "red",
    "yellow",
    *(f"craft-{k}" for k in range(8)),
)


def palette(selector: str) -> dict[str, str]:
    (block,) = re.findall(re.escape(selector) + r" \{(.*?)\}", CSS, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    # The grey that WCAG's own examples give as just enough on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("selector", [":root", '[data-theme="dark"]'])
def test_text_and_marks_are_readable(selector: str):
    colours = palette(selector)
    for ground in GROUNDS:
        for name in TEXT:
            assert contrast(colours[name], colours[ground]) >= 4.5, f"{name} on {ground}"
    for name in MARKS:
        assert contrast(colours[name], colours["page"]) >= 3.0, name
    assert contrast("#a33f00", "#ffffff") >= 4.5
    assert "background: #a33f00; color: #fff" in CSS


def test_both_themes_name_the_same_colours():
    assert set(palette(":root")) == set(palette('[data-theme="dark"]'))
