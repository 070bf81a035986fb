"""Small reference pictures for `test_plot_images`; `python tests/unit/report/plot_images.py` writes them anew.

Look at the figures themselves (`debrissim plot`) before writing new references.

A picture is compared as a thumbnail of 96 x 60 blocks of 36 dots: letters become grey bars. A block counts as different
if it is lighter or darker, by some levels, than all nine blocks around its place in the other picture, so that letters
which another version of FreeType or matplotlib sets a dot further do not count (measured: references of matplotlib 3.11
and pictures of 3.9 differ by 38 levels at most), while a curve, a legend entry, a hatch or a colour that is missing or
elsewhere does. A single mark among many, or one thin line, is not caught: that is for the tests of the data drawn.
"""

from __future__ import annotations

import io

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter
from support.paths import ROOT
from support.plot_factory import make_evolution_data, make_plot_data

from debrissim.report import style
from debrissim.report.figures.evolution import evolution_figure
from debrissim.report.figures.save import draw_figures

FOLDER = ROOT / "tests" / "unit" / "report" / "figures" / "images"
SIZE = (96, 60)
LEVELS = 45
"""A block differs if a colour channel does by more than so many of 255 levels."""
MOST_BLOCKS = 12
"""So many of the 5,760 blocks may differ."""
_DPI = 72.0


def pictures() -> dict[str, Figure]:
    """Every figure of a run, and that of a track, from made-up data."""
    return {**draw_figures(make_plot_data(30)), "evolution": evolution_figure(make_evolution_data())}


def thumbnail(figure: Figure) -> NDArray[np.int16]:
    """(60, 96, 3) mean colours, 0 to 255."""
    buffer = io.BytesIO()
    with style.house_style():
        figure.savefig(buffer, format="png", dpi=_DPI)
    with Image.open(buffer) as image:
        return np.asarray(image.convert("RGB").resize(SIZE, Image.Resampling.BOX), dtype=np.int16)


def reference(name: str) -> NDArray[np.int16]:
    with Image.open(FOLDER / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def blocks_that_differ(one: NDArray[np.int16], other: NDArray[np.int16]) -> int:
    """Of two thumbnails."""
    return int((np.maximum(_beyond(one, other), _beyond(other, one)).max(axis=2) > LEVELS).sum())


def _beyond(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.int16]:
    """(60, 96, 3) by how many levels each block leaves the range of the nine blocks around its place in the other."""
    around = {"size": (3, 3, 1), "mode": "nearest"}
    low, high = minimum_filter(other, **around), maximum_filter(other, **around)
    return np.maximum(np.maximum(low - one, one - high), 0)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, figure in pictures().items():
        Image.fromarray(thumbnail(figure).astype(np.uint8)).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
