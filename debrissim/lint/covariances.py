"""Covariance matrices: whether numbers can be a covariance.

Source: CCSDS 502.0-B-3, 6.2.7.10 (an OCM's is positive definite); for the other messages the meaning of the word.

Assumptions
- Rows and columns whose variance is 0 do not count (CCSDS 508.0-B-1, 5.2.8).
- The numbers are rounded to the digits in which they are written: within that rounding nothing is a fault.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from debrissim.lint.findings import Collector
from debrissim.lint.values import number, significant_digits

_SAME = 1e-12


class MatrixFault(NamedTuple):
    """rule: short name; text: the sentence's end; place: index of the number at fault, row by row.

    is_advice: whether it may come from rounding or modelling, and no clause forbids it.
    """

    rule: str
    text: str
    place: int
    is_advice: bool = False

    def add(self, out: Collector, line: int, subject: str, clause: str) -> None:
        """Add the finding."""
        if self.is_advice:
            out.advice(self.rule, line, f"{subject}{self.text}", clause)
        else:
            out.fault(self.rule, line, f"{subject}{self.text}", clause)


def matrix_fault(texts: Sequence[str], names: Sequence[str], *, definite: bool = False) -> MatrixFault | None:
    """The fault of a lower triangle given row by row; None if it may be a covariance matrix.

    Parameters
    ----------
    texts : sequence of str
        n (n + 1) / 2 numbers as they are written; with one that is not a number there is no fault here.
    names : sequence of str
        Their names, for the sentence.
    definite : bool
        Whether a clause demands a positive definite matrix: a variance of zero is a fault then, and so is a matrix that
        is indefinite beyond rounding.
    """
    values = [number(text) for text in texts]
    if any(value is None for value in values):
        return None
    cells: list[float] = [value for value in values if value is not None]
    size = (math.isqrt(8 * len(cells) + 1) - 1) // 2
    diagonal = [row * (row + 3) // 2 for row in range(size)]
    for place in diagonal:
        if cells[place] < 0.0:
            return MatrixFault(
                "variance-negative", f"{names[place]} is a variance below 0 ({cells[place]:g})", place
            )
        if definite and cells[place] == 0.0:
            return MatrixFault("variance-zero", f"{names[place]} is a variance of 0; expected more", place)
    rows = [row for row in range(size) if cells[diagonal[row]] > 0.0]
    digits = min((max(significant_digits(text), 1) for text in texts if number(text)), default=1)
    slack = 2.0 * 10.0 ** (1 - min(digits, 16)) + _SAME
    for k, row in enumerate(rows):
        for column in rows[:k]:
            place = row * (row + 1) // 2 + column
            scale = math.sqrt(cells[diagonal[row]]) * math.sqrt(cells[diagonal[column]])
            if abs(cells[place]) > scale * (1.0 + slack):
                ratio = abs(cells[place]) / scale if scale else math.inf
                text = f"{names[place]} is a correlation of {ratio:.3g}, beyond 1"
                return MatrixFault("correlation", text, place)
    return _indefinite(cells, rows, slack, definite=definite)


def _indefinite(
    cells: Sequence[float], rows: Sequence[int], slack: float, *, definite: bool
) -> MatrixFault | None:
    if len(rows) < 2:
        return None
    import numpy as np

    matrix = np.eye(len(rows))
    for k, row in enumerate(rows):
        sigma = math.sqrt(cells[row * (row + 3) // 2])
        for m, column in enumerate(rows[:k]):
            other = math.sqrt(cells[column * (column + 3) // 2])
            value = cells[row * (row + 1) // 2 + column] / sigma / other
            matrix[k, m] = matrix[m, k] = min(max(value, -1.0), 1.0)
    lowest = float(np.linalg.eigvalsh(matrix)[0])
    if lowest >= -len(rows) * slack:
        return None
    text = f"the matrix is not positive semidefinite (eigenvalue {lowest:.2g} of its correlations)"
    return MatrixFault("matrix-indefinite", text, 0, is_advice=not definite)
