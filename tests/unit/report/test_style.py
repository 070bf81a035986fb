from __future__ import annotations

import math

import matplotlib
import numpy as np
import pytest
from support.plot_factory import make_axes

from debrissim.catalog.catalog import ObjectKind
from debrissim.report import style


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.24e-5, "1.2e-5"), (1e-10, "1e-10"), (0.0, "0"), (9.96e-5, "1e-4"), (math.nan, "not available")],
)
def test_probabilities_are_written_short(value: float, text: str) -> None:
    assert style.format_probability(value) == text


@pytest.mark.parametrize(
    ("length_km", "text"),
    [
        (0.06, "60 m"),
        (0.41234, "412 m"),
        (12.345, "12.3 km"),
        (43210.4, "43210 km"),
        (math.inf, "not available"),
    ],
)
def test_lengths_are_written_in_the_most_readable_unit(length_km: float, text: str) -> None:
    assert style.format_length_km(length_km) == text


def test_every_object_kind_has_its_own_colour_mark_and_hatch() -> None:
    assert {s.kind for s in style.KIND_STYLES} == set(ObjectKind)
    for cue in ("color", "marker", "hatch"):
        assert len({getattr(s, cue) for s in style.KIND_STYLES}) == len(ObjectKind)
    alerts = {style.YELLOW_ALERT, style.RED_ALERT}
    assert alerts.isdisjoint(s.color for s in style.KIND_STYLES)


def test_the_object_kinds_differ_in_lightness_too() -> None:
    # What is left of a colour in a grey print: Rec. 709 luma of the sRGB values.
    luma = [
        np.dot([0.2126, 0.7152, 0.0722], [int(s.color[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])
        for s in style.KIND_STYLES
    ]
    assert np.diff(sorted(luma)).min() > 0.05


def test_text_the_font_lacks_becomes_a_question_mark() -> None:
    assert style.printable("Größe ³ Орбита") == "Größe ³ Орбита"
    assert style.printable("天宮\n\tCSS\x00") == "?? CSS?"


def test_long_text_is_shortened_to_length() -> None:
    assert style.shorten("abc", 3) == "abc"
    assert style.shorten("abcdefgh ijk", 8) == "abcde..."


def test_kinds_present_keeps_the_stacking_order() -> None:
    kind = np.array([ObjectKind.UNKNOWN, ObjectKind.DEBRIS, ObjectKind.UNKNOWN], dtype=np.int8)
    assert [s.label for s in style.kinds_present(kind)] == ["debris", "unknown"]
    assert style.kinds_present(kind[:0]) == ()


def test_house_style_restores_the_settings_of_the_caller() -> None:
    with matplotlib.rc_context({"font.size": 31.0}):
        with style.house_style():
            assert matplotlib.rcParams["font.size"] == 8.5
        assert matplotlib.rcParams["font.size"] == 31.0


@pytest.mark.parametrize(("low", "high"), [(3e-11, 1e-3), (1e-30, 1.0), (1.0, 30.0)])
def test_a_log_axis_has_a_readable_number_of_labels(low: float, high: float) -> None:
    ax = make_axes()
    style.log_axis(ax, low, high, "{:g}".format)
    shown = [t for t in ax.get_yticks() if low <= t <= high]
    assert 3 <= len(shown) <= 12
