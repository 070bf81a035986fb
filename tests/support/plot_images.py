"""Small reference pictures for `tests/unit/report/figures/test_images.py`; `python tests/support/plot_images.py`
rewrites them.

Inspect the figures themselves (`debrissim plot`) before writing new references.

A picture is compared as a thumbnail of 96 x 60 blocks of 36 pixels: letters become grey bars. A block counts as
different if it is lighter or darker, by some levels, than all nine blocks around its position in the second picture, so
that letters which another version of FreeType or matplotlib shifts by a pixel do not count (measured: references of
matplotlib 3.11 and pictures of 3.9 differ by at most 38 levels), while a curve, a legend entry, a hatch or a colour
that is missing or displaced does. A single mark among many, or one thin line, is not detected: the tests of the plotted
data cover those.
"""

from __future__ import annotations

import io

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter
from support.paths import ROOT
from support.plot_factory import make_evolution_data, make_run_view

from debrissim.report import style
from debrissim.report.figures.registry import plot_figures

FOLDER = ROOT / "tests" / "unit" / "report" / "figures" / "images"
SIZE = (96, 60)
LEVELS = 45
"""A block differs if a colour channel differs by more than this number of 255 levels."""
MOST_BLOCKS = 12
"""Number of the 5,760 blocks that may differ."""
_DPI = 72.0


def pictures() -> dict[str, Figure]:
    """Every figure of a run, and that of an evolution, from made-up data."""
    return {**plot_figures(make_run_view(30)), **plot_figures(make_evolution_data())}


def thumbnail(figure: Figure) -> NDArray[np.int16]:
    """Mean colours (60, 96, 3), 0 to 255."""
    buffer = io.BytesIO()
    with style.house_style():
        figure.savefig(buffer, format="png", dpi=_DPI)
    with Image.open(buffer) as image:
        return np.asarray(image.convert("RGB").resize(SIZE, Image.Resampling.BOX), dtype=np.int16)


def reference(name: str) -> NDArray[np.int16]:
    with Image.open(FOLDER / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def blocks_that_differ(first: NDArray[np.int16], second: NDArray[np.int16]) -> int:
    """Number of differing blocks of two thumbnails."""
    return int((np.maximum(_beyond(first, second), _beyond(second, first)).max(axis=2) > LEVELS).sum())


def _beyond(first: NDArray[np.int16], second: NDArray[np.int16]) -> NDArray[np.int16]:
    """Levels (60, 96, 3) by which each block leaves the range of the nine blocks around its place in the second."""
    around = {"size": (3, 3, 1), "mode": "nearest"}
    low, high = minimum_filter(second, **around), maximum_filter(second, **around)
    return np.maximum(np.maximum(low - first, first - high), 0)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, figure in pictures().items():
        Image.fromarray(thumbnail(figure).astype(np.uint8)).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
