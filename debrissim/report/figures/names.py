"""Names next to points, if there is room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report.style import INK

_SIZE_PT = 7.0
# For DejaVu Sans: width of a capital and height of a line, relative to the font size.
_WIDTH, _HEIGHT = 0.72, 1.3
# Positions of a name next to its point, in typographic points: the corner of the box nearest to the point.
_PLACES = (
    (6.0, 0.0),
    (-6.0, 0.0),
    (0.0, 8.0),
    (0.0, -8.0),
    (6.0, 9.0),
    (-6.0, 9.0),
    (6.0, -9.0),
    (-6.0, -9.0),
)


def name_points(
    ax: Axes, points: Array, names: Sequence[str], *, marks: Array, levels: Sequence[float] = ()
) -> int:
    """Write names (k,) next to points (k, 2), in data units, in this order; return the number of names that had room.

    The limits of the axes must be set. marks: (n, 2) in data units, all that no name may hide; levels: of lines across
    the axes. A name that would leave the axes, hide a mark, or cross a line or another name is left out.
    """
    scale = 72.0 / ax.figure.dpi

    def in_points(place: Array) -> Array:
        return np.asarray(ax.transData.transform(place)) * scale

    at, marks = in_points(points.reshape(-1, 2)), in_points(marks.reshape(-1, 2))
    lines = in_points(np.array([[ax.get_xlim()[0], level] for level in levels]).reshape(-1, 2))[:, 1]
    low, high = (np.asarray(corner) * scale for corner in (ax.bbox.min, ax.bbox.max))
    boxes = np.empty((0, 4))
    for place, point, name in zip(points.tolist(), at, names, strict=True):
        size = np.array([_WIDTH * _SIZE_PT * len(name), _HEIGHT * _SIZE_PT])
        for dx, dy in _PLACES:
            centre = point + np.array([dx + np.sign(dx) * size[0] / 2.0, dy])
            box = np.concatenate([centre - size / 2.0, centre + size / 2.0])
            if _is_free(box, boxes, marks, lines, low, high):
                boxes = np.concatenate([boxes, box[None]])
                ax.annotate(
                    name,
                    tuple(place),
                    xytext=(dx, dy),
                    textcoords="offset points",
                    ha="center" if dx == 0.0 else "left" if dx > 0.0 else "right",
                    va="center",
                    fontsize=_SIZE_PT,
                    color=INK,
                    zorder=6,
                    parse_math=False,
                )
                break
    return len(boxes)


def _is_free(box: Array, boxes: Array, marks: Array, lines: Array, low: Array, high: Array) -> bool:
    inside: NDArray[np.bool_] = (box[:2] >= low) & (box[2:] <= high)
    hidden = ((marks > box[:2] - 2.0) & (marks < box[2:] + 2.0)).all(axis=1)
    crossed = ((boxes[:, :2] < box[2:]) & (boxes[:, 2:] > box[:2])).all(axis=1)
    struck = (lines > box[1]) & (lines < box[3])
    return bool(inside.all() and not (hidden.any() or crossed.any() or struck.any()))
